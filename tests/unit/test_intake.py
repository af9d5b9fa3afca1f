"""From words and presses to commands: everything decodes, and what is unknown is explained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app import commands, intake
from core.app.intake import BUTTONS, FORMS, pressed, submitted
from core.app.verbs import VERBS, Verb, chosen, said, typed
from core.domain.form import Form
from core.domain.ids import DeliveryKey, Instant
from core.domain.interactions import KINDS
from core.domain.view import Card, Select
from tests.fakes.bot import ANN, BEN, CHAT, OLGA, Event, actions, words
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, anything, hostile

ENVELOPE = intake.Envelope(OLGA, DeliveryKey("d"), Instant(7), "signed", "C1")
GIVEN = {
    "kind": "stage",
    "length": "10m",
    "code": "ABCD1234",
    "question": "Tea?",
    "when": "now",
    "link": "C1/7.1",
    "text": "Hello",
    "since": "20m",
}


def path_of(verb: Verb) -> str:
    return " ".join((verb.group, *verb.path))


@pytest.mark.parametrize("verb", VERBS, ids=path_of)
def test_every_verb_makes_a_command_that_carries_the_envelope(verb):
    line = " ".join([*verb.path, *(GIVEN[it.name] for it in verb.arguments)])
    command = typed(ENVELOPE, verb.group, line)
    assert not isinstance(command, commands.Explain), command
    assert (command.actor, command.delivery, command.at, command.at_source, command.room) == (
        OLGA, "d", 7, "signed", "C1",
    )  # fmt: skip
    shouted = line.upper() if not verb.arguments else line
    assert typed(ENVELOPE, verb.group, shouted) == said(command, f"{verb.group} {shouted}")
    picked = chosen(ENVELOPE, verb, {it.name: GIVEN[it.name] for it in verb.arguments})
    assert said(picked, f"{verb.group} {line}") == command
    if isinstance(command, commands.OfSession):
        assert typed(ENVELOPE, *command.said.split(" ", 1)) == command, "what was typed can be said again"


@pytest.mark.parametrize("verb", VERBS, ids=path_of)
def test_every_verb_says_how_it_is_used(verb):
    assert verb.usage.startswith(f"/{verb.group} {' '.join(verb.path)}")
    assert 1 <= len(verb.summary) <= 100, "Discord shows 1 to 100 characters"
    for word in (verb.group, *verb.path, *(it.name for it in verb.arguments)):
        assert word == word.lower() and word.isalpha() and len(word) <= 32, "Discord's names of commands and options"
    for argument in verb.arguments:
        assert 1 <= len(argument.summary) <= 100
        assert len(argument.choices) <= 25
        assert f"<{argument.name}>" in verb.usage or (not argument.required and f"[{argument.name}]" in verb.usage)
    required = [it.required for it in verb.arguments]
    assert required == sorted(required, reverse=True), "Discord wants the required ones first"
    assert len(verb.path) <= 2, "Discord nests a command in a group at most"


@pytest.mark.parametrize("verb", [it for it in VERBS if any(a.required for a in it.arguments)], ids=path_of)
def test_what_is_missing_is_asked_for_with_the_usage(verb):
    command = typed(ENVELOPE, verb.group, " ".join(verb.path))
    assert isinstance(command, commands.Explain)
    assert verb.usage in command.sentence


def test_no_two_verbs_are_the_same_and_none_hides_another():
    paths = [(it.group, it.path) for it in VERBS]
    assert len(set(paths)) == len(paths)
    for group, path in paths:
        assert not any(other != path and other[: len(path)] == path for which, other in paths if which == group)


def test_a_room_is_one_of_the_known_kinds():
    command = typed(ENVELOPE, "mod", "room cellar")
    assert isinstance(command, commands.Explain)
    assert "stage, door, feed, queue, backchannel, voice" in command.sentence
    made = typed(ENVELOPE, "mod", "room DOOR")
    assert isinstance(made, commands.UseRoom)
    assert made.kind == "door"


def test_the_last_argument_takes_the_rest_of_the_line():
    command = typed(ENVELOPE, "mod", "poll  Which topic   first? ")
    assert isinstance(command, commands.OpenInteractionForm)
    assert command.given == {"question": "Which topic   first?"}


@pytest.mark.parametrize(
    "line", ["", "dance", "session", "session dance", "pol", "x" * 5_000, "\n", "session\x00create"]
)
@pytest.mark.parametrize("group", ["stage", "mod"])
def test_unknown_words_are_explained_with_every_usage(line, group):
    command = typed(ENVELOPE, group, line)
    if group == "stage" and not line.strip():
        assert isinstance(command, commands.ShowMenu)
        return
    assert isinstance(command, commands.Explain)
    assert all(verb.usage in command.sentence for verb in VERBS if verb.group == group)
    assert len(command.sentence) < 1_500, "it fits one message, whatever was typed"
    assert "\n" not in command.sentence and "\x00" not in command.sentence


@given(st.sampled_from(["stage", "mod", ""]), st.one_of(anything, hostile))
def test_no_typed_line_breaks_anything(group, line):
    assert isinstance(typed(ENVELOPE, group, line), commands.Command)


@given(st.one_of(anything, hostile), st.lists(anything, max_size=3).map(tuple))
def test_no_pressed_id_breaks_anything(made, picked):
    assert isinstance(pressed(ENVELOPE, made, picked), commands.Command)
    assert isinstance(submitted(ENVELOPE, made, {}), commands.Command)


@pytest.mark.parametrize("verb", sorted(BUTTONS))
def test_a_button_with_too_few_parts_is_explained(verb):
    command = pressed(ENVELOPE, verb)
    whole = (commands.OpenSessionForm, commands.OpenImportForm, commands.OpenCodeForm, commands.KeepOpen)
    linking = (
        commands.ShowMenu,
        commands.ShowLinking,
        commands.GiveLinkCode,
        commands.OpenLinkForm,
        commands.AskToUnlink,
        commands.Unlink,
        commands.StopNews,
    )
    assert isinstance(command, (commands.Explain, *whole, *linking))


@pytest.mark.parametrize("verb", sorted(FORMS))
def test_a_form_with_too_few_parts_is_explained(verb):
    command = submitted(ENVELOPE, verb, {})
    whole = (commands.CreateSession, commands.ImportPlan, commands.LinkAccounts, commands.EnterCode)
    assert isinstance(command, (commands.Explain, *whole))


@pytest.mark.parametrize("made", ["new:dance:s", "advance:s:burned", "advance:s:draft", "", ":", "unknown:x", "room:s"])
def test_old_and_made_up_buttons_are_explained(made):
    assert isinstance(pressed(ENVELOPE, made), commands.Explain)


def test_a_form_of_a_kind_that_is_gone_is_explained():
    assert isinstance(submitted(ENVELOPE, "made:dance:s", {}), commands.Explain)


@on_each("raw", [it for it in SAMPLES if 0 < len(it) < 60])
def test_what_is_no_command_is_quoted_harmlessly(raw):
    event = Event()
    assert event.types(ANN, f"/mod {raw}").done is False


def test_every_action_that_any_card_or_form_can_send_means_a_command():
    event = Event().live(OLGA, ANN)
    seen: list[Card | Form] = []
    lines = (
        "session create",
        "import",
        "session setup",
        "session end",
        "session details",
        "session rules",
        "rooms",
        "poll",
        "live",
    )
    for line in (*(f"/mod {it}" for it in lines), "/stage join", "/stage", "/stage settings", "/stage leave"):
        reply = event.types(OLGA, line, CHAT).reply
        assert reply is not None
        seen.append(reply)
    for made in ("draft", "publish"):
        poll = event.poll(then=made)
        for press in ("askend", "twin", "edit", "timing"):
            reply = event.presses(OLGA, f"{press}:{poll}", CHAT).reply
            assert reply is not None
            seen.append(reply)
    live = event.types(OLGA, "/mod live", CHAT).reply
    assert isinstance(live, Card)
    join = event.presses(BEN, f"join:{event.session}", CHAT).reply
    assert isinstance(join, Form), words(join)
    seen += [live, join, *(content for _, _, content in event.shown() if isinstance(content, Card))]
    made_by = {made for it in seen if isinstance(it, Card) for made in actions(it)}
    made_by |= {it.again for it in seen if isinstance(it, Form) and it.again}
    known = {
        "vote",
        "join",
        "twin",
        "publish",
        "edit",
        "more",
        "timing",
        "hide",
        "next",
        "list",
        "askend",
        "end",
        "keep",
        "link",
        "new",
        "menu",
        "newof",
        "leave",
        "settings",
        "rooms",
    }
    assert {made.partition(":")[0] for made in made_by} >= known
    for made in made_by:
        for picked in {
            part.options
            for it in seen
            if isinstance(it, Card)
            for part in it.parts
            if isinstance(part, Select) and part.action == made
        } or {()}:
            for value in [option.value for option in picked] or ["0"]:
                assert not isinstance(pressed(ENVELOPE, made, (value,)), commands.Explain), (made, value)
    for form in (it for it in seen if isinstance(it, Form)):
        assert not isinstance(submitted(ENVELOPE, form.action, {}), commands.Explain), form.action


def test_every_kind_has_its_verb():
    assert {it.path[0] for it in VERBS if it.group == "mod"} >= set(KINDS)


def test_a_bare_stage_is_the_menu_and_a_bare_mod_is_explained():
    assert isinstance(typed(ENVELOPE, "stage", ""), commands.ShowMenu)
    assert isinstance(typed(ENVELOPE, "mod", ""), commands.Explain)


def test_the_link_of_a_message_is_split_into_channel_and_message():
    command = typed(ENVELOPE, "mod", "moderate  C7/1700.5 ")
    assert isinstance(command, commands.OpenModerateForm)
    assert (command.channel, command.ref, command.message) == ("C7", "1700.5", None)
    alone = typed(ENVELOPE, "mod", "moderate nonsense")
    assert isinstance(alone, commands.OpenModerateForm)
    assert (alone.channel, alone.ref) == ("nonsense", "")


@pytest.mark.parametrize(("made", "tab"), [("menu:s:setup", "setup"), ("menu:s:dance", "stage"), ("menu:s", "stage")])
def test_a_tab_that_is_unknown_is_the_first(made, tab):
    command = pressed(ENVELOPE, made)
    assert isinstance(command, commands.ShowMenu)
    assert (command.session, command.tab) == ("s", tab)


@pytest.mark.parametrize("made", ["menu", "menu:"])
def test_a_menu_of_no_session_is_that_of_the_room_or_the_only_one(made):
    command = pressed(ENVELOPE, made)
    assert isinstance(command, commands.ShowMenu)
    assert command.session is None


def test_a_line_to_moderate_is_named_by_its_button_or_picked():
    for command in (pressed(ENVELOPE, "moderate:m1"), pressed(ENVELOPE, "moderate", ("m1",))):
        assert isinstance(command, commands.OpenModerateForm)
        assert command.message == "m1"
