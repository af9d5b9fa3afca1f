"""Payloads as Discord sends them, and the commands that they are; nothing that arrives raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import acts, parse
from adapters.discord.answers import Asked
from adapters.discord.parse import Ours
from core.app import commands as c
from core.app.verbs import typed
from core.domain.ids import Instant, instant
from core.domain.text import Leaf, Link, Mention, Styled, plain

FOLDER = Path(__file__).parent / "discord"
NOW = Instant(1_900_000_000_000_000)
OURS = Ours("1110000000000000001", "1110000000000000001")
GUILD, ROOM = "1130000000000000001", "1140000000000000001"


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


class Named:
    def guild(self, ident: str) -> str | None:
        return "PyCom"

    def channel(self, ident: str) -> str | None:
        return "keynote"

    def role(self, guild: str, ident: str) -> str | None:
        return "speakers"


def command(name: str) -> c.Command:
    made = parse.interaction(payload(name), NOW, Named())
    assert made is not None
    return made


# -- who, when, where -------------------------------------------------------------------------------------------------


def test_an_act_carries_who_when_and_where() -> None:
    made = command("press_vote")
    assert made.actor.account == "discord:1120000000000000001"
    assert made.actor.venue == f"discord:{GUILD}"
    assert (made.actor.venue_name, made.actor.nick, made.actor.platform) == ("PyCom", "Mira K.", "discord")
    assert made.actor.avatar is not None
    assert "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6.png" in made.actor.avatar
    assert not made.actor.manages
    assert not made.actor.fleeting
    assert made.delivery == "interaction:1290000000000000001"
    assert (made.room, made.at_source) == (ROOM, "event")
    assert made.at == parse.snowflake_time("1290000000000000001")


def test_who_manages_the_server_is_an_organiser_and_has_the_servers_picture() -> None:
    made = command("command_session_create")
    assert made.actor.manages
    assert made.actor.nick == "boss"
    assert made.actor.avatar is not None
    assert f"/guilds/{GUILD}/users/1120000000000000002/avatars/f0e1d2c3" in made.actor.avatar


@pytest.mark.parametrize(
    ("permissions", "manages"), [("32", True), ("8", True), ("2048", False), ("", False), ("x", False)]
)
def test_manage_server_or_administrator_makes_an_organiser(permissions: str, manages: bool) -> None:
    press = payload("press_vote")
    press["member"]["permissions"] = permissions
    made = parse.interaction(press, NOW)
    assert made is not None
    assert made.actor.manages is manages


def test_in_direct_messages_there_is_no_server() -> None:
    made = command("press_direct")
    assert isinstance(made, c.OpenJoinForm)
    assert (made.actor.venue, made.actor.nick, made.actor.manages) == ("discord:", "Mira Kay", False)


def test_no_act_is_later_than_its_arrival() -> None:
    early = Instant(1_500_000_000_000_000)
    made = parse.interaction(payload("press_vote"), early)
    assert made is not None
    assert made.at == early


def test_ids_of_one_millisecond_keep_their_order() -> None:
    first = int(payload("press_vote")["id"]) >> 22 << 22
    times = [parse.snowflake_time(first + number) for number in range(5)]
    assert times == sorted(set(times))
    assert times[-1] - times[0] < 1000
    assert parse.time_snowflake(times[0]) == str(first)


# -- what -------------------------------------------------------------------------------------------------------------


def test_commands_are_found_by_their_path() -> None:
    assert isinstance(command("command_join"), c.OpenJoinForm)
    assert isinstance(command("command_session_create"), c.OpenSessionForm)
    poll = command("command_poll")
    assert isinstance(poll, c.OpenInteractionForm)
    assert (poll.kind, dict(poll.given)) == ("poll", {"question": "Which topic first?"})
    room = command("command_room")
    assert isinstance(room, c.UseRoom)
    assert room.kind == "door"
    unknown = command("command_unknown")
    assert isinstance(unknown, c.Explain)
    assert "dance" in unknown.sentence


def test_a_commands_words_are_kept_for_the_case_that_several_sessions_are_meant() -> None:
    for name, words in (
        ("command_join", "stage join"),
        ("command_poll", "mod poll Which topic first?"),
        ("command_room", "mod room door"),
    ):
        made = command(name)
        assert isinstance(made, c.OfSession)
        assert made.said == words
        again = typed(parse.envelope(payload(name), NOW, Named()), *words.split(" ", 1))
        assert again == made


@pytest.mark.parametrize("name", ["menu_moderate", "command_moderate"])
def test_moderate_names_the_message_from_its_menu_or_by_its_link(name: str) -> None:
    made = command(name)
    assert isinstance(made, c.OpenModerateForm)
    assert (made.channel, made.ref) == (ROOM, "1290000000000000101")


def test_a_question_is_asked_about_a_message_from_its_menu() -> None:
    made = command("menu_ask")
    assert isinstance(made, c.OpenAskForm)
    assert (made.channel, made.ref, made.session) == (ROOM, "1290000000000000101", None)


def test_a_menu_entry_from_another_time_is_explained() -> None:
    made = command("menu_unknown")
    assert isinstance(made, c.Explain)
    assert "from another time" in made.sentence


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("https://discord.com/channels/1/22/333", "22/333"),
        (" <https://ptb.discord.com/channels/1/22/333> ", "22/333"),
        ("https://discord.com/channels/@me/22/333", "22/333"),
        ("https://acme.slack.example/archives/C1/p1790000050000200", "C1/1790000050.000200"),
        (" <https://acme.slack.example/archives/C1/p1790000050000200?thread_ts=1.2&cid=C1>", "C1/1790000050.000200"),
        ("https://acme.slack.example/archives/C1", "https://acme.slack.example/archives/C1"),
        ("https://discord.com/channels/1/22", "https://discord.com/channels/1/22"),
        ("What next?", "What next?"),
        ("see https://discord.com/channels/1/22/333", "see https://discord.com/channels/1/22/333"),
    ],
)
def test_a_messages_link_is_read_as_channel_and_message(pasted: str, read: str) -> None:
    assert parse.located(pasted) == read


def test_presses_choices_and_forms_are_found_by_their_ids() -> None:
    vote = command("press_vote")
    assert isinstance(vote, c.CastBallot)
    assert (vote.interaction, vote.picked) == ("01jpoll000000000", ("0",))
    several = command("choose_several")
    assert isinstance(several, c.CastBallot)
    assert several.picked == ("0", "2")
    assert isinstance(command("press_private"), c.EndInteraction)
    assert isinstance(command("press_namesake"), c.KeepOpen)
    assert isinstance(command("press_old"), c.Explain)
    joined = command("form_join")
    assert isinstance(joined, c.Join)
    assert joined.consent == "0123456789ab"
    assert joined.values == {"name": ("Mira K.",), "settings": ("toasts", "last_name"), "agree": ("yes",)}
    made = command("form_poll")
    assert isinstance(made, c.SubmitInteraction)
    assert made.values == {
        "question": ("Tea?",),
        "options": ("Yes\nNo",),
        "several": (),
        "sharing": ("end",),
        "then": (),
    }


def test_what_is_no_act_is_no_command() -> None:
    assert parse.interaction(payload("autocomplete"), NOW) is None


def test_an_answer_knows_whether_it_stands_on_a_private_message() -> None:
    assert Asked.of(payload("press_private")).in_private
    assert not Asked.of(payload("press_vote")).in_private
    assert Asked.of(payload("press_vote")).on_message
    assert not Asked.of(payload("command_join")).on_message
    assert Asked.of(payload("press_direct")).user == "1120000000000000001"


# -- lines ------------------------------------------------------------------------------------------------------------


def line(name: str) -> c.PostLine:
    made = parse.line(payload(name), NOW, Named())
    assert made is not None
    return made


@pytest.mark.shows("lines-styles")
def test_a_line_is_read_with_its_styles_and_names() -> None:
    made = line("message")
    assert made.delivery == f"line:{GUILD}:{ROOM}:1290000000000000101"
    assert (made.ref, made.room, made.written) == ("1290000000000000101", ROOM, 0)
    assert made.body == (
        Leaf("Hello "),
        Styled("bold", (Leaf("all"),)),
        Leaf(" "),
        Mention(made.actor.account.replace("001", "002"), "The boss"),  # type: ignore[arg-type]
        Leaf(" in #keynote"),
    )


@pytest.mark.shows("files")
def test_files_stickers_and_forwarded_words_are_told() -> None:
    assert line("message_file").body == (Link("https://cdn.example/slides.pdf", "slides.pdf, 121 KB"),)
    assert plain(line("message_sticker").body) == "(sticker: Wave)"
    assert plain(line("message_forwarded").body) == "(forwarded) from elsewhere"
    assert plain(line("message_reply").body) == "agreed"


def test_a_reply_names_what_it_answers_in_the_same_room_and_forwarding_answers_nothing() -> None:
    assert line("message_reply").reply_to == "1290000000000000050"
    assert line("message").reply_to == line("message_forwarded").reply_to == ""
    elsewhere = payload("message_reply")
    elsewhere["message_reference"]["channel_id"] = "1140000000000000002"
    read = parse.line(elsewhere, NOW, Named())
    assert read is not None
    assert read.reply_to == ""


def test_a_line_read_back_tells_both_its_times() -> None:
    made = line("message_edited")
    assert made.written == parse.snowflake_time(made.ref)
    assert made.at == max(_at("2026-11-14T14:32:05.123000+00:00"), made.written)


def _at(stamp: str) -> Instant:
    from datetime import datetime

    return instant(datetime.fromisoformat(stamp))


def test_an_edit_has_its_own_time_and_key() -> None:
    made = parse.edit(payload("message_edited"), NOW)
    assert made is not None
    assert made.at == _at("2026-11-14T14:32:05.123000+00:00")
    assert made.delivery == f"edit:{GUILD}:{ROOM}:1290000000000000101:{made.at}"
    assert plain(made.body) == "Hello again"


@pytest.mark.parametrize("name", ["message", "message_unfurled"])
def test_a_change_that_is_none_of_the_authors_is_no_edit(name: str) -> None:
    assert parse.edit(payload(name), NOW) is None


def test_a_deletion_is_by_nobody_and_at_its_arrival() -> None:
    made = parse.deletion("5", ROOM, GUILD, NOW)
    assert (made.ref, made.room, made.at, made.at_source) == ("5", ROOM, NOW, "arrival")
    assert made.delivery == f"delete:{GUILD}:{ROOM}:5"
    assert made.actor.account == "discord:"


@pytest.mark.parametrize("name", ["message_own", "message_own_webhook", "message_joined"])
def test_our_own_words_and_discords_notices_are_no_lines(name: str) -> None:
    assert not parse.is_line(payload(name), OURS)


def test_a_webhook_of_ours_is_known_by_its_id_too() -> None:
    message = payload("message_other_webhook")
    assert parse.is_line(message, OURS)
    assert not parse.is_line(message, Ours("1", "2", {"1170000000000000009"}))


@pytest.mark.parametrize("name", ["message_other_bot", "message_other_webhook"])
def test_other_programs_are_bots(name: str) -> None:
    assert parse.is_line(payload(name), OURS)
    assert line(name).actor.bot


def test_a_message_without_anything_is_blank() -> None:
    assert parse.is_blank(payload("message_blank"))
    assert parse.line(payload("message_blank"), NOW) is None
    assert not any(
        parse.is_blank(payload(name)) for name in ("message", "message_file", "message_sticker", "message_own")
    )


# -- reactions and lines to the bot -----------------------------------------------------------------------------------


def test_a_reaction_is_a_like_without_skin_tone_and_at_its_arrival() -> None:
    made = acts.reaction(payload("reaction_add"), NOW, Named(), OURS, on=True)
    assert made is not None
    assert (made.emoji, made.on, made.ref, made.room) == ("👍", True, "1290000000000000101", ROOM)
    assert (made.at, made.at_source, made.actor.nick) == (NOW, "arrival", "Mira K.")
    taken = acts.reaction(payload("reaction_remove"), NOW, Named(), OURS, on=False)
    assert taken is not None
    assert (taken.emoji, taken.on) == (":party:", False)
    assert taken.actor.account == made.actor.account
    assert taken.delivery != made.delivery


def test_our_own_reactions_are_no_likes_and_those_in_direct_messages_are_of_no_server() -> None:
    told = payload("reaction_add")
    assert acts.reaction(told | {"user_id": OURS.user}, NOW, Named(), OURS, on=True) is None
    del told["guild_id"]
    made = acts.reaction(told, NOW, Named(), OURS, on=True)
    assert made is not None and made.actor.venue == "discord:"


def test_a_line_in_the_direct_messages_is_written_to_the_bot() -> None:
    made = acts.written(payload("direct_line"), NOW, Named(), OURS)
    assert made is not None
    assert plain(made.body) == "is there a recording?"
    assert (made.room, made.actor.account) == ("1140000000000000009", "discord:1120000000000000001")
    assert made.delivery == "write:1140000000000000009:1290000000000000101"
    assert (made.ref, made.reply_to) == ("1290000000000000101", "")
    reference = {"type": 0, "channel_id": "1140000000000000009", "message_id": "1290000000000000099"}
    answer = payload("direct_line") | {"type": 19, "message_reference": reference}
    made = acts.written(answer, NOW, Named(), OURS)
    assert made is not None and made.reply_to == "1290000000000000099"
    bot = payload("direct_line")
    bot["author"]["bot"] = True
    assert acts.written(bot, NOW, Named(), OURS) is None
    assert acts.written(payload("message"), NOW, Named(), OURS) is None, "said in a server"


# -- anything ---------------------------------------------------------------------------------------------------------

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@given(st.data())
def test_nothing_that_arrives_raises(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    broken = _break(payload(name), data)
    Asked.of(broken)
    parse.interaction(broken, NOW, Named())
    acts.reaction(broken, NOW, Named(), OURS, on=True)
    acts.written(broken, NOW, Named(), OURS)
    if parse.is_line(broken, OURS) and not parse.is_blank(broken):
        parse.line(broken, NOW, Named())
        parse.edit(broken, NOW, Named())


def _break(whole: Any, data: st.DataObject) -> Any:
    """The payload with one thing in it replaced or gone."""
    if not isinstance(whole, dict | list) or not whole or data.draw(st.integers(0, 3)) == 0:
        return data.draw(JUNK) if not isinstance(whole, dict) else whole | {"extra": data.draw(JUNK)}
    key = data.draw(st.sampled_from(sorted(whole) if isinstance(whole, dict) else range(len(whole))))
    copy: Any = whole.copy()
    if isinstance(copy, dict) and data.draw(st.booleans()):
        del copy[key]
    else:
        copy[key] = _break(copy[key], data)
    return copy
