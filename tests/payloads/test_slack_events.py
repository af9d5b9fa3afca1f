"""Events that are no lines of a room, the entry in a message's menu, presses in modals and in the App Home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import events, parse
from adapters.slack.emojis import unicode_of
from adapters.slack.events import News
from adapters.slack.identity import Install
from adapters.slack.reading import Names
from core.app import commands as c
from core.domain.ids import SECOND, AccountId, Instant
from core.domain.text import plain
from tests.payloads.test_slack_parse import spoiled

FOLDER = Path(__file__).parent / "slack"
INSTALL = Install("T0ACME0001", "Acme", "", "U0BOT00001", "B0BOT00001")
NOW = Instant(1_790_000_500 * SECOND)
MIRA = AccountId("slack:T0ACME0001:U0MIRA0001")


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def event(name: str, **changed: Any) -> dict[str, Any]:
    return {**payload(name)["event"], **changed}


# -- likes -------------------------------------------------------------------------------------------------------------


def test_a_reaction_is_a_like_without_its_skin_tone() -> None:
    given_, taken = (events.like(event(name), INSTALL, NOW) for name in ("reaction_added", "reaction_removed"))
    assert given_ is not None
    assert taken is not None
    assert (given_.room, given_.ref, given_.emoji, given_.on) == ("C0STAGE001", "1790000000.000100", "👍", True)
    assert (given_.at, given_.at_source, given_.actor.account) == (1_790_000_100_000_200, "event", MIRA)
    assert (taken.emoji, taken.on) == ("👍", False)
    key = "reaction:T0ACME0001:C0STAGE001:1790000000.000100:U0MIRA0001:thumbsup::skin-tone-2:1790000100.000200"
    assert given_.delivery == key != taken.delivery


@pytest.mark.parametrize(
    "changed",
    [
        {"user": "U0BOT00001"},
        {"item": {"type": "file", "file": "F1"}},
        {"reaction": ""},
    ],
)
def test_what_is_no_like_of_a_person_is_left_alone(changed: dict[str, Any]) -> None:
    assert events.like(event("reaction_added", **changed), INSTALL, NOW) is None


def test_a_like_in_a_direct_message_with_the_bot_counts_there() -> None:
    item = {"type": "message", "channel": "D0MIRA0001", "ts": "1790000000.000100"}
    found = events.like(event("reaction_added", item=item), INSTALL, NOW)
    assert found is not None
    assert (found.room, found.ref, found.on) == ("D0MIRA0001", "1790000000.000100", True)


def test_the_account_that_is_known_better_counts() -> None:
    found = events.like(event("reaction_added"), INSTALL, NOW, AccountId("slack:T0OTHER001:U0MIRA0001"))
    assert found is not None
    assert found.actor.account == "slack:T0OTHER001:U0MIRA0001"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("+1", "👍"),
        ("thumbsup::skin-tone-6", "👍"),
        ("heart", "❤️"),
        ("thinking_face", "🤔"),
        ("man-shrugging", "🤷‍♂️"),
        ("flag-de", "🇩🇪"),
        ("large_green_circle", "🟢"),
        ("simple_smile", "🙂"),
        ("smiling_face_with_3_hearts", "🥰"),
        ("acme-logo", ":acme-logo:"),
        ("", ""),
        ("no name", ""),
    ],
)
def test_emoji_by_name(name: str, shown: str) -> None:
    assert unicode_of(name) == shown


# -- rooms -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("member_joined_channel", News("C0BACK0001", member=True)),
        ("bot_left_channel", News("C0BACK0001", gone="left")),
        ("channel_archive", News("C0STAGE001", gone="archived")),
        ("group_left", News("C0BACK0001", gone="left")),
        ("group_rename", News("C0BACK0001")),
        ("channel_shared", News("C0BACK0001")),
        ("channel_id_changed", News("G0BACK0001")),
        ("made_public", News("C0BACK0001")),
        ("message", None),
        ("note_to_bot", None),
        ("reaction_added", None),
        ("app_home_opened", None),
    ],
)
def test_news_of_rooms(name: str, told: News | None) -> None:
    assert events.news(event(name), INSTALL) == told


# -- lines to the bot, the App Home ------------------------------------------------------------------------------------


def test_a_line_to_the_bot_is_answered_in_its_thread() -> None:
    told = event("note_to_bot")
    assert events.in_private(told)
    asked = events.note(told, INSTALL, Names("T0ACME0001"), NOW)
    assert asked is not None
    assert isinstance(asked.command, c.WriteToBot)
    assert plain(asked.command.body) == "when does it start?"
    assert (asked.command.ref, asked.command.reply_to) == ("1790000100.000600", "1790000000.000700")
    assert (asked.user, asked.room, asked.thread) == ("U0MIRA0001", "D0MIRA0001", "1790000000.000700")
    assert asked.command.delivery == "line:T0ACME0001:D0MIRA0001:1790000100.000600"
    assert asked.command.actor.account == MIRA


@pytest.mark.parametrize(
    "changed",
    [
        {"user": "U0BOT00001"},
        {"bot_id": "B0OTHER001"},
        {"user": "USLACKBOT"},
        {"subtype": "thread_broadcast"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"channel_type": "mpim"},
        {"ts": "now"},
    ],
)
def test_what_nobody_wrote_to_the_bot_is_left_alone(changed: dict[str, Any]) -> None:
    assert events.note(event("note_to_bot", **changed), INSTALL, Names(), NOW) is None


@pytest.mark.parametrize("thread", ["", "1790000100.000600", "none"])
def test_a_line_to_the_bot_outside_a_thread_answers_nothing(thread: str) -> None:
    asked = events.note(event("note_to_bot", thread_ts=thread), INSTALL, Names(), NOW)
    assert asked is not None
    assert isinstance(asked.command, c.WriteToBot)
    assert (asked.command.ref, asked.command.reply_to) == ("1790000100.000600", "")


@pytest.mark.parametrize(
    ("name", "kind", "changed", "told"),
    [
        ("message_changed", "im", {}, True),
        ("message_deleted", "im", {}, True),
        ("message_changed", "mpim", {}, False),
        ("note_to_bot", "im", {}, False),
        ("note_to_bot", "im", {"subtype": "file_share"}, False),
    ],
)
def test_edits_and_deletions_in_a_direct_message_with_the_bot_are_told_from_new_lines(
    name: str, kind: str, changed: dict[str, Any], told: bool
) -> None:
    assert events.rewritten(event(name, channel_type=kind, **changed)) is told


@pytest.mark.parametrize("channel", ["im", "mpim", "app_home", None])
def test_a_direct_message_is_known_as_one(channel: str | None) -> None:
    assert events.in_private(event("note_to_bot", channel_type=channel))
    assert not events.in_private(event("message"))


def test_an_opened_home_asks_for_the_menu() -> None:
    asked = events.opened_home(event("app_home_opened"), INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.ShowMenu)
    assert (asked.command.tab, asked.command.session, asked.command.room) == ("stage", None, "")
    assert asked.command.delivery == "home:T0ACME0001:U0MIRA0001:1790000100.000300"
    assert events.opened_home(event("app_home_opened", tab="messages"), INSTALL, NOW) is None


def test_a_time_of_an_unknown_form_is_that_of_arrival() -> None:
    asked = events.opened_home(event("app_home_opened", event_ts="1515449522000016"), INSTALL, NOW)
    assert asked is not None
    assert asked.command.at == NOW


# -- presses in modals and in the home; the entry in a message's menu --------------------------------------------------


def test_a_press_in_the_home_knows_what_it_showed() -> None:
    asked = parse.press(payload("press_in_home"), INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.OpenSettingsForm)
    assert (asked.at_home, asked.view, asked.home) == (True, "", "menu:01jsession000000:setup")
    assert (asked.title, asked.room, asked.response_url) == ("Settings", "", "")


def test_a_press_in_a_modal_knows_the_modal_and_where_it_came_from() -> None:
    asked = parse.press(payload("press_in_modal"), INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.Leave)
    assert (asked.at_home, asked.view, asked.home) == (False, "V0CARD0001", "menu:01jsession000000:settings")
    assert (asked.title, asked.room) == ("Settings", "C0STAGE001")
    assert asked.response_url.endswith("/abc")


def test_a_message_is_moderated_from_its_menu_also_in_a_thread() -> None:
    asked = parse.shortcut(payload("message_menu"), INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.OpenModerateForm)
    assert (asked.command.channel, asked.command.ref) == ("C0STAGE001", "1790000050.000200")
    assert (asked.command.at, asked.command.room) == (1_790_000_100_123_456, "C0STAGE001")
    assert (asked.thread, asked.user) == ("1790000000.000100", "U0MIRA0001")


def test_a_message_is_asked_about_from_its_menu() -> None:
    asked = parse.shortcut({**payload("message_menu"), "callback_id": "ask"}, INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.OpenAskForm)
    assert (asked.command.channel, asked.command.ref) == ("C0STAGE001", "1790000050.000200")
    assert (asked.command.session, asked.command.text, asked.trigger) == (
        None,
        "",
        payload("message_menu")["trigger_id"],
    )


@pytest.mark.parametrize("changed", [{"callback_id": "dance"}, {"type": "shortcut", "channel": None, "message": None}])
def test_an_unknown_entry_is_explained(changed: dict[str, Any]) -> None:
    asked = parse.shortcut({**payload("message_menu"), **changed, "message_ts": ""}, INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.Explain)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("moderate https://acme.slack.example/archives/C1/p1790000050000200", "moderate C1/1790000050.000200"),
        (
            "moderate https://acme.slack.example/archives/C1/p1790000050000200?thread_ts=1790000000.000100&cid=C1",
            "moderate C1/1790000050.000200",
        ),
        ("Moderate <https://acme.slack.example/archives/C1/p1790000050000200>", "Moderate C1/1790000050.000200"),
        ("moderate <https://acme.slack.example/archives/C1/p1790000050000200|a line>", "moderate C1/1790000050.000200"),
        ("moderate https://discord.example/channels/1/22/333", "moderate 22/333"),
        ("moderate <https://discord.example/channels/1/22/333|a line>", "moderate 22/333"),
        ("moderate https://discord.example/channels/1/22", "moderate https://discord.example/channels/1/22"),
        ("moderate https://acme.slack.example/archives/C1", "moderate https://acme.slack.example/archives/C1"),
        (
            "poll See https://acme.slack.example/archives/C1/p1790000050000200",
            "poll See https://acme.slack.example/archives/C1/p1790000050000200",
        ),
    ],
)
def test_the_address_of_a_message_is_read_where_it_is_to_be_moderated(line: str, meant: str) -> None:
    assert parse.located(line) == meant


def test_a_typed_address_names_the_message() -> None:
    body = {**payload("slash"), "text": "moderate &lt;https://acme.slack.example/archives/C1/p1790000050000200&gt;"}
    asked = parse.slash(body, INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.OpenModerateForm)
    assert (asked.command.channel, asked.command.ref) == ("C1", "1790000050.000200")


# -- anything ----------------------------------------------------------------------------------------------------------


@given(spoiled())
def test_no_payload_of_any_shape_raises_here_either(body: dict[str, Any]) -> None:
    parse.shortcut(body, INSTALL, NOW)
    told = body.get("event")
    for one in (told if isinstance(told, dict) else body, body):
        events.news(one, INSTALL)
        events.like(one, INSTALL, NOW)
        events.opened_home(one, INSTALL, NOW)
        events.in_private(one)
        events.rewritten(one)
        events.note(one, INSTALL, Names(), NOW)


@given(st.text())
def test_no_line_raises(line: str) -> None:
    parse.located(line)
    unicode_of(line)
