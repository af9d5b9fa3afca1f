"""Lines as Slack tells of them: written, edited, deleted, unfurled; live and read back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from adapters.slack import lines
from adapters.slack.files import in_words
from adapters.slack.identity import Install
from adapters.slack.reading import Names, named, read
from core.app import commands as c
from core.domain.ids import SECOND, AccountId, Instant
from core.domain.text import Fence, Item, Leaf, Link, Mention, Quoted, Styled, plain
from tests.payloads.test_slack_parse import INSTALL, MIRA, NOW, payload, spoiled

JON = AccountId("slack:T0ACME0001:U0JON00001")
NAMES = Names("T0ACME0001", {"U0JON00001": "Jon B."}, {"C0OTHER001": "lobby"})
APP = "A0SIDE0001"


def command_of(name: str) -> c.Command | None:
    body = payload(name)
    return lines.event_line(body["event"], INSTALL, NAMES, NOW, body["api_app_id"])


@pytest.mark.shows("lines-styles")
def test_a_written_line_has_its_words_styles_links_and_people() -> None:
    line = command_of("message")
    assert isinstance(line, c.PostLine)
    assert line.body == (
        Leaf("hello "),
        Styled("bold", (Leaf("all"),)),
        Leaf(" & <you>, see "),
        Link("https://example.org/a?b=1&c=2", "the page"),
        Leaf(" "),
        Mention(JON, "Jon B."),
        Leaf(" "),
        Leaf("🎉"),
    )
    assert (line.ref, line.room, line.at, line.written) == (
        "1790000100.000100",
        "C0STAGE001",
        1_790_000_100_000_100,
        1_790_000_100_000_100,
    )
    assert line.delivery == "line:T0ACME0001:C0STAGE001:1790000100.000100"
    assert (line.actor.account, line.actor.bot, line.actor.venue) == (MIRA, False, "slack:T0ACME0001")


def test_a_line_without_rich_text_is_read_from_its_string() -> None:
    line = command_of("message_text_only")
    assert isinstance(line, c.PostLine)
    assert line.body == (
        Leaf("hello "),
        Styled("bold", (Leaf("all"),)),
        Leaf(" & <you>, see "),
        Link("https://example.org/a?b=1&c=2", "the page"),
        Leaf(" "),
        Mention(JON, "Jon B."),
        Leaf(" 🎉"),
    )


@pytest.mark.shows("lines-styles")
def test_lists_quotes_and_code_keep_their_lines() -> None:
    line = command_of("message_list_and_quote")
    assert isinstance(line, c.PostLine)
    assert plain(line.body) == "do:\n• one\n• two\n> said\nx < 1"
    assert [node for node in line.body if node != Leaf("\n")] == [
        Leaf("do:\n"),
        Item((Leaf("one"),)),
        Item((Styled("italic", (Leaf("two"),)),)),
        Quoted((Leaf("said"),)),
        Fence("x < 1"),
    ]


@pytest.mark.shows("lines-as-typed")
def test_calls_to_everybody_are_words() -> None:
    for blocks in (True, False):
        event = payload("message_broadcast")["event"]
        if not blocks:
            del event["blocks"]
        body = read(event, NAMES)
        assert all(isinstance(node, Leaf) for node in body)
        assert plain(body) == ("@channel @here @group #lobby" if blocks else "@channel @here @staff #lobby")


def test_the_names_that_a_line_takes_are_known_before_it_is_read() -> None:
    assert named(payload("message")["event"]) == (frozenset({"U0JON00001"}), frozenset())
    assert named(payload("message_text_only")["event"]) == (frozenset({"U0JON00001"}), frozenset())
    assert named(payload("message_broadcast")["event"]) == (frozenset(), frozenset({"C0OTHER001"}))


def test_somebody_unknown_is_someone() -> None:
    assert Mention(JON, "someone") in read(payload("message")["event"], Names("T0ACME0001"))


@pytest.mark.parametrize(
    "name",
    [
        "message_own",
        "message_own_changed",
        "message_unfurled",
        "message_got_reply",
        "message_joined",
    ],
)
def test_what_is_no_new_line_of_a_person_is_left_alone(name: str) -> None:
    assert command_of(name) is None


def test_our_own_line_is_known_by_the_app_too() -> None:
    body = payload("message_own")
    body["event"]["bot_id"] = "B0SECOND01"
    assert lines.event_line(body["event"], INSTALL, NAMES, NOW, body["api_app_id"]) is None
    assert lines.event_line(body["event"], INSTALL, NAMES, NOW) is not None


def test_another_bot_is_a_bot() -> None:
    line = command_of("message_other_bot")
    assert isinstance(line, c.PostLine)
    assert line.actor.bot
    assert line.actor.account == "slack:T0ACME0001:B0OTHER001"


@pytest.mark.parametrize("name", ["message_thread_broadcast", "message_file"])
def test_lines_sent_to_the_room_from_elsewhere_are_lines(name: str) -> None:
    assert isinstance(command_of(name), c.PostLine)


def test_a_reply_in_a_thread_is_a_line_that_says_what_it_answers() -> None:
    line = command_of("message_reply")
    assert isinstance(line, c.PostLine)
    assert (line.ref, line.reply_to) == ("1790000103.000100", "1790000100.000100")
    broadcast = command_of("message_thread_broadcast")
    assert isinstance(broadcast, c.PostLine)
    assert broadcast.reply_to == "1790000100.000100"


def test_a_line_that_is_in_no_thread_or_heads_one_answers_nothing() -> None:
    event = payload("message")["event"]
    for thread in (None, "", event["ts"], "odd", 5):
        line = lines.event_line({**event, "thread_ts": thread}, INSTALL, NAMES, NOW)
        assert isinstance(line, c.PostLine)
        assert line.reply_to == ""


def test_a_reply_is_edited_and_deleted_like_any_line() -> None:
    edit, deletion = command_of("message_reply_changed"), command_of("message_reply_deleted")
    assert isinstance(edit, c.EditLine)
    assert (edit.ref, plain(edit.body)) == ("1790000103.000100", "hello all")
    assert isinstance(deletion, c.DeleteLine)
    assert deletion.ref == "1790000103.000100"


@pytest.mark.parametrize("name", ["message_reply", "message_reply_changed", "message_reply_deleted"])
def test_our_own_reply_is_left_alone(name: str) -> None:
    event = payload(name)["event"]
    for message in (event, event.get("message"), event.get("previous_message")):
        if message:
            message["bot_id"] = INSTALL.bot
    assert lines.event_line(event, INSTALL, NAMES, NOW) is None


@pytest.mark.shows("files")
def test_a_file_is_a_link_with_name_and_size_on_a_line_of_its_own() -> None:
    line = command_of("message_file")
    assert isinstance(line, c.PostLine)
    link = Link("https://acme.example/files/U0MIRA0001/F0SLIDES01/slides.pdf", "slides.pdf, 1.2 MB")
    assert line.body == (Leaf("my slides"), Leaf("\n"), link)


def test_a_line_of_only_files_is_a_line_and_no_private_address_gets_out() -> None:
    line = command_of("message_file_only")
    assert isinstance(line, c.PostLine)
    assert plain(line.body).split("\n") == [
        "slides.pdf, 1.2 MB",
        "chart.png, 340 kB",
        "a file",
        "notes.txt, 12 bytes",
    ]
    assert "url_private" in str(payload("message_file_only"))
    assert "files.example" not in str(line.body)


def test_a_file_that_was_removed_changes_the_line() -> None:
    before = payload("message_file")["event"]
    after = {**before, "files": [{"id": "F0SLIDES01", "mode": "tombstone"}]}
    event = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C0STAGE001",
        "message": after,
        "previous_message": before,
        "ts": "1790000200.000300",
        "event_ts": "1790000200.000300",
    }
    edit = lines.event_line(event, INSTALL, NAMES, NOW)
    assert isinstance(edit, c.EditLine)
    assert edit.body == (Leaf("my slides"),)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, ""),
        (-1, ""),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (10_500, "10 kB"),
        (999_400, "999 kB"),
        (999_600, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (3_000_000_000, "3.0 GB"),
        (10**16, "10000000 GB"),
    ],
)
def test_sizes_are_told_in_the_unit_that_reads_best(size: int, words: str) -> None:
    assert in_words(size) == words


def test_an_edit_is_made_by_its_author_when_it_was_made() -> None:
    edit = command_of("message_changed")
    assert isinstance(edit, c.EditLine)
    assert (edit.ref, plain(edit.body), edit.actor.account) == ("1790000100.000100", "hello all", MIRA)
    assert edit.at == 1_790_000_200 * SECOND
    assert edit.delivery == "edit:T0ACME0001:C0STAGE001:1790000100.000100:1790000200.000000"


def test_a_deletion_names_the_line() -> None:
    deletion = command_of("message_deleted")
    assert isinstance(deletion, c.DeleteLine)
    assert (deletion.ref, deletion.at, deletion.at_source) == ("1790000100.000100", 1_790_000_300_000_400, "event")
    assert deletion.delivery == "delete:T0ACME0001:C0STAGE001:1790000100.000100"


def test_a_deleted_line_with_a_thread_is_deleted_once() -> None:
    stone = command_of("message_tombstone")
    assert isinstance(stone, c.DeleteLine)
    assert stone.ref == "1790000100.000100"
    assert stone.delivery == "delete:T0ACME0001:C0STAGE001:1790000100.000100"


def test_a_line_read_back_is_the_line_that_was_heard() -> None:
    event = payload("message")["event"]
    message = {name: value for name, value in event.items() if name not in ("channel", "event_ts", "channel_type")}
    assert lines.posted(message, "C0STAGE001", INSTALL, NAMES, NOW) == command_of("message")
    edited = payload("message_changed")["event"]["message"]
    assert lines.edited(edited, "C0STAGE001", INSTALL, NAMES, NOW) == command_of("message_changed")
    again = lines.posted(edited, "C0STAGE001", INSTALL, NAMES, NOW, edited_at=lines.edit_time(edited))
    assert again is not None
    assert (again.at, again.written) == (1_790_000_200 * SECOND, 1_790_000_100_000_100)


def test_a_line_is_never_later_than_its_arrival() -> None:
    early = Instant(1_790_000_000 * SECOND)
    body = payload("message")
    line = lines.event_line(body["event"], INSTALL, NAMES, early)
    assert isinstance(line, c.PostLine)
    assert (line.at, line.written) == (early, early)


@given(spoiled())
def test_no_event_of_any_shape_raises(body: dict[str, Any]) -> None:
    event = body.get("event")
    if isinstance(event, dict):
        named(event)
        lines.event_line(event, INSTALL, NAMES, NOW, body.get("api_app_id"))
        lines.event_line(event, Install(""), Names(), NOW)
