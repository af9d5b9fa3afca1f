"""Every card, line and form as Discord gets it: as it was agreed, and within every limit of Discord's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from adapters.discord import answers, commands, forms, lines, render
from adapters.discord.answers import Asked
from core.app.handle.shared_fields import form_of
from core.app.outcome import Outcome
from core.domain import view as v
from core.domain.drawing import Bar, Bars
from core.domain.form import Field, Form, Pick
from core.domain.ids import MINUTE, SECOND, Instant, SessionId
from core.domain.interactions import KINDS, question
from core.domain.interactions.kind import Frame, Said, Tally
from core.domain.people import DISCLAIMER
from core.domain.text import Doc, Jump, Leaf, Link, Styled, When, doc
from tests.fakes.ballots import counted
from tests.on_each import on_each
from tests.render.limits_discord import broken, broken_modal, described, name_problems
from tests.unit.hostile import SAMPLES, hostile

NOON = Instant(1_790_000_100 * SECOND)
SESSION = SessionId("01jsession000000")
HERE = v.Attendees(SESSION)
IDENT = "01jpoll000000000"
SERVER = "1"


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


STATES = {
    "open_hidden": lambda kind, spec: Frame(IDENT, False, NOON, None, "end"),
    "open_shared": lambda kind, spec: Frame(IDENT, False, NOON, counted(kind, spec).while_open()),
    "ended": lambda kind, spec: Frame(IDENT, True, NOON, counted(kind, spec)),
    "ended_unshared": lambda kind, spec: Frame(IDENT, True, NOON, None, "never"),
}
CARDS = [
    (name, number, state) for name, kind in KINDS.items() for number in range(len(kind.samples())) for state in STATES
]


def of_kind(name: str, number: int, state: str) -> v.Card:
    kind = KINDS[name]
    spec = kind.samples()[number]
    return v.Card(HERE, kind.view(spec, STATES[state](kind, spec)))


@pytest.mark.shows("in-words")
@pytest.mark.parametrize(("name", "number", "state"), CARDS)
def test_every_kind_in_every_state_is_as_agreed_and_fits(
    name: str, number: int, state: str, snapshot: SnapshotAssertion
) -> None:
    body = render.card(of_kind(name, number, state))
    assert broken(body) == []
    assert body["components"] == snapshot


@pytest.mark.parametrize(("name", "number", "state"), CARDS)
def test_every_card_is_as_discord_describes_messages(name: str, number: int, state: str) -> None:
    body = render.card(of_kind(name, number, state))
    assert described("MessageCreateRequest", body | {"nonce": "a-1", "enforce_nonce": True}) == []
    assert described("CreateMessageInteractionCallbackRequest", {"type": 4, "data": body}) == []


ANSWERED = {
    "short": Said("More breaks", "Mira K."),
    "long": Said("W" * question.ANSWER_LIMIT, "W" * 60),
    "signs": Said("*_~`<@U1>|" * 50, "*_<!here>_*"),
    "lines": Said("a\n\n> b\n# c", ""),
}


@pytest.mark.shows("question-read")
@pytest.mark.parametrize("which", ANSWERED)
@pytest.mark.parametrize("ended", [False, True])
def test_answers_in_peoples_own_words_are_as_agreed_and_fit(
    which: str, ended: bool, snapshot: SnapshotAssertion
) -> None:
    spec = question.samples()[-1]
    frame = Frame(
        IDENT, ended, NOON, Tally(17, (), {"Slack": 9, "Discord": 8}), said=(ANSWERED[which],) * 5, said_more=12
    )
    body = render.card(v.Card(HERE, question.view(spec, frame)))
    assert broken(body) == []
    assert body["components"] == snapshot


PARTS: dict[str, v.Part] = {
    "heading": v.Heading("Which topic first?"),
    "heading_with_signs": v.Heading("# Which *topic* first_?"),
    "words": v.Words(doc("The chat is shared with “PyCom”. Ends at ", When(NOON, "date"), ".")),
    "words_with_signs": v.Words("2 * 3 * 4 & <you> @everyone"),
    "note": v.Note(doc("Keynote · live · ", When(NOON, "date"), " to ", When(NOON))),
    "note_of_lines": v.Note("one\n\ntwo"),
    "choices": v.Choices(
        (
            v.Choice("A", "Async in anger", v.Button("Vote A", "vote:x:0", spoken="Vote for A"), "42 % · 10", 0.42),
            v.Choice("B", "Typing at scale", None, "0 % · 0", 0.0),
        )
    ),
    "choices_with_signs": v.Choices((v.Choice("A", "*args", v.Button("Vote A", "vote:x:0")),)),
    "select": v.Select("Pick one", "vote:x", (v.Option("A  Tea", "0"), v.Option("B  Milk", "1"))),
    "select_several": v.Select("Pick some", "vote:x", (v.Option("A  Tea", "0"), v.Option("B  Milk", "1")), most=2),
    "buttons": v.Buttons(
        (
            v.Button("Publish now", "publish:x", "primary"),
            v.Button("End", "askend:x", "danger"),
            v.Button("Keep", "keep"),
            v.Button("Keep too", "keep"),
            v.LinkButton("Slides", "https://example.org/slides"),
            v.LinkButton("Odd", "javascript:alert(1)"),
            v.Button("The sixth", "sixth"),
        )
    ),
    "jumps": v.Words(doc("Open now: ", Jump("22", "333", "Which [topic] *first*?"), " · ", Jump("odd", "1", "old"))),
    "jump_buttons": v.Buttons(
        (
            v.JumpButton("Open the stage", "22"),
            v.JumpButton("Go to message", "22", "333"),
            v.JumpButton("Elsewhere", "C0SLACK", "1.2"),
        )
    ),
    "scale": v.Scale(
        tuple(v.Button(label, f"vote:x:{i}") for i, label in enumerate(("1 poor", "2", "3", "4", "5", "6 great")))
    ),
    "picture": v.Picture(Bars("Tea?", (Bar("Yes", 3, 0.75), Bar("No", 1, 0.25))), "Tea? Yes 75 %, No 25 %."),
    "divider": v.Divider(),
}


@pytest.mark.shows("in-words")
@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    body = render.card(v.Card(HERE, (PARTS[name],)), SERVER)
    assert broken(body) == []
    assert described("MessageCreateRequest", body) == []
    assert body["components"] == snapshot


def test_where_no_server_is_known_what_leads_somewhere_is_words() -> None:
    for name in ("jumps", "jump_buttons"):
        body = render.card(v.Card(HERE, (PARTS[name],)))
        assert broken(body) == []
        assert "channels/" not in str(body)
    assert "Open the stage" in str(render.card(v.Card(HERE, (PARTS["jump_buttons"],))))


@pytest.mark.parametrize("server", ["11", ""])
def test_direct_messages_are_of_no_server(server: str) -> None:
    there = v.Card(v.Public(), (v.Buttons((v.JumpButton("Open Q1", "22", "333", direct=True),)),))
    assert "/channels/@me/22/333" in str(render.card(there, server))
    elsewhere = v.Card(v.Public(), (v.Buttons((v.JumpButton("Open Q1", "D0SLACK", direct=True),)),))
    assert "/channels/" not in str(render.card(elsewhere, server))


def test_the_rooms_that_a_card_leads_to_are_told() -> None:
    card = v.Card(HERE, (PARTS["jump_buttons"], v.Note(doc(Styled("bold", (Jump("44", "5", "x"),))))))
    assert list(render.rooms_in(card)) == ["22", "22", "C0SLACK", "44"]


def test_no_part_is_left_out() -> None:
    assert {type(part) for part in PARTS.values()} == set(v.PARTS) == set(get_args(v.Part))


def test_a_second_button_with_the_same_action_has_an_id_of_its_own_and_means_the_same() -> None:
    container = render.card(v.Card(HERE, (PARTS["buttons"],)))["components"][0]
    ids = [one.get("custom_id") for one in container["components"][1]["components"]]
    assert ids[2:4] == ["keep", "keep#2"]
    assert render.action_of("keep#2") == "keep"


def test_a_card_too_long_for_discord_is_shortened_and_says_so() -> None:
    parts = tuple(v.Words(f"{number} " + "word " * 400) for number in range(6))
    body = render.card(v.Card(HERE, parts))
    assert broken(body) == []
    assert "…" in "".join(render.texts(body["components"]))
    assert all(f"{number} word" in "".join(render.texts(body["components"])) for number in range(6))


def speech(body: Doc, author: str = "Mira K.", origin: str = "Slack", avatar: str | None = None) -> v.Speech:
    return v.Speech(author, origin, avatar, body, HERE)


QUOTE = v.Quote("Jon <@5>", "is *this* the end\n# or not @everyone?", "22", "333")
LINES: dict[str, v.Speech | v.Bundle] = {
    "line": speech(
        doc("hello ", Styled("bold", doc("all")), " *not bold* <@1> ", Link("https://example.org", "")),
        avatar="https://cdn.example/a.png",
    ),
    "from_discord": speech(doc("hello"), "Clyde of Discord", "Discord", "http://insecure.example/a.png"),
    "long_name": speech(doc("hello"), "N" * 60, "Slack"),
    "bundle": v.Bundle(
        (speech(doc("one\n# two")), speech(doc("שלום"), "אנה"), speech(doc("x"), origin="Discord")), HERE
    ),
    "liked_once": replace(speech(doc("hello")), likes=1),
    "answer_liked": replace(speech(doc("yes")), likes=12, quote=QUOTE),
    "answer_to_what_is_not_here": replace(speech(doc("yes")), quote=v.Quote("Jon", "is it?", "22")),
    "bundle_of_answers": v.Bundle(
        (replace(speech(doc("yes")), quote=QUOTE, likes=2), replace(speech(doc("no"), "Jon"), likes=1)), HERE
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_every_line_is_as_agreed_and_fits(name: str, snapshot: SnapshotAssertion) -> None:
    body = lines.line(LINES[name], SERVER)
    assert broken(body) == []
    assert described("IncomingWebhookRequestPartial", body) == []
    assert described("IncomingWebhookUpdateRequestPartial", lines.edited(body)) == []
    assert {"line": body, "told": lines.told(LINES[name], SERVER)} == snapshot


@given(st.lists(hostile, min_size=1, max_size=60), st.sampled_from([1, 50, 400]))
def test_a_bundle_fits_however_long_its_lines_are(texts: list[str], times: int) -> None:
    made = lines.line(v.Bundle(tuple(speech(doc("x", text * times)) for text in texts), HERE))
    assert broken(made) == []


def test_only_the_longest_lines_of_a_bundle_are_shortened() -> None:
    made = lines.line(v.Bundle((speech(doc("short")), speech(doc("y" * 20_000)), speech(doc("brief"))), HERE))
    assert "short" in made["content"]
    assert "brief" in made["content"]
    assert "…" in made["content"]


@given(hostile, hostile, st.integers(0, 10**6))
def test_any_line_by_anybody_fits(author: str, body: str, likes: int) -> None:
    said = speech((Leaf("x"), Leaf(body[:900])), author)
    assert broken(lines.line(said)) == []
    quote = v.Quote(author, body, "1" * 20, "2" * 20)
    answered = lines.line(replace(said, quote=quote, likes=likes), "3" * 20)
    assert broken(answered) == []
    assert len(answered["content"].split("\n")[0]) < 400
    assert lines.unliked(answered["content"]) == lines.line(replace(said, quote=quote), "3" * 20)["content"]


def test_what_is_quoted_gives_way_to_the_line() -> None:
    long = replace(speech(doc("word " * 398)), quote=QUOTE)
    made = lines.line(long, SERVER)
    assert broken(made) == []
    assert made["content"].startswith("word word")


@on_each("author", [*SAMPLES[:300], "discord", "ＤＩＳＣＯＲＤ", "DisCord Clyde", "clyde" * 30, "", " ", "here"])
def test_any_name_is_one_that_a_webhook_may_have(author: str) -> None:
    assert name_problems(lines.webhook_name(author, "Slack")) == []
    assert name_problems(lines.webhook_name(author, "Discord")) == []


JOIN = Form(
    "Join session",
    "joined:01jsession000000:0123456789ab",
    "Accept",
    (
        Field("name", "Name to show", value=("Mira",), longest=60, hint="Others see this name"),
        Field("settings", "Settings", "choices", value=("toasts",), required=False,
              picks=(Pick("Allow toast notifications", "toasts"), Pick("Enable private chat", "private_chat"))),
        Field("agree", "Your agreement", "agree", picks=(Pick("I accept that this is recorded", "yes"),)),
    ),
    again="join:01jsession000000",
    intro=DISCLAIMER,
)  # fmt: skip
FORMS = {"join": JOIN} | {f"new_{name}": form_of(name, SESSION) for name in KINDS}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_as_agreed_and_fits(name: str, snapshot: SnapshotAssertion) -> None:
    data = forms.modal(FORMS[name])
    assert broken_modal(data) == []
    assert described("ModalInteractionCallbackRequest", {"type": 9, "data": data}) == []
    assert data == snapshot


@given(st.data())
def test_a_form_filled_with_anything_fits_and_comes_back_the_same(data: st.DataObject) -> None:
    form = FORMS[data.draw(st.sampled_from(sorted(FORMS)))]
    texts = {each.name: (data.draw(hostile),) for each in form.fields if each.kind in ("line", "paragraph")}
    filled = form.filled(texts, dict.fromkeys(texts, "Please look at this again. " * 9), "Once more, please.")
    made = forms.modal(filled)
    assert broken_modal(made) == []
    back = forms.values([_submitted(one) for one in made["components"]])
    for each in filled.fields:
        if each.kind in ("choice", "choices", "agree"):
            assert back[each.name] == each.value
        else:
            assert "".join(back[each.name]).split() == "".join(each.value)[:4000].split()


def _submitted(part: dict[str, Any]) -> dict[str, Any]:
    """A modal's part as Discord sends it back untouched."""
    if part["type"] != 18:
        return {"type": part["type"], "id": 1}
    inner = part["component"]
    picked = [option["value"] for option in inner.get("options", ()) if option.get("default")]
    sent: dict[str, Any] = {"type": inner["type"], "id": 2, "custom_id": inner["custom_id"]}
    if inner["type"] == 4:
        sent["value"] = inner.get("value", "")
    elif inner["type"] == 21:
        sent["value"] = picked[0] if picked else None
    else:
        sent["values"] = picked
    return {"type": 18, "id": 1, "component": sent}


def asked(kind: int, action: str = "", *, private: bool = False, on_message: bool = False) -> Asked:
    return Asked("1", "token", "9", "5", kind, action, on_message or private, private)


def test_a_refused_form_is_told_in_words_and_opens_again_as_it_was() -> None:
    now = [Instant(0)]
    typed = forms.Typed(lambda: now[0])
    refused = JOIN.filled({"name": ("",), "settings": ()}, {"name": "Write the name that others shall see."})
    body = answers.response(Outcome(refused, done=False), asked(5, JOIN.action), typed)
    assert body["type"] == 4
    assert body["data"]["flags"] == 64 | 1 << 15
    assert broken(body["data"]) == []
    assert "Write the name that others shall see" in "".join(render.texts(body["data"]["components"]))
    again = answers.response(Outcome(JOIN), asked(3, JOIN.again, private=True), typed)
    assert again["type"] == 9
    assert forms.values([_submitted(one) for one in again["data"]["components"]])["settings"] == ()
    assert "Write the name" in str(again["data"])
    now[0] = Instant(16 * MINUTE)
    late = answers.response(Outcome(JOIN), asked(3, JOIN.again), typed)
    assert late["data"] == forms.modal(JOIN)


def test_what_was_typed_with_a_command_is_in_the_form_that_came_late_and_what_is_newer_wins() -> None:
    typed = forms.Typed(lambda: Instant(0))
    late = JOIN.filled({"name": ("Typed with the command",), "settings": ("toasts",)})
    answers.later(Outcome(late), asked(2), typed)
    fields = {each.name: each.value for each in typed.fill("5", JOIN.filled({"name": ()})).fields}
    assert fields["name"] == ("Typed with the command",)
    newer = typed.fill("5", JOIN.filled({"name": ("Changed since",), "settings": ("toasts", "surname")}))
    assert [each.value for each in newer.fields][:2] == [("Changed since",), ("toasts", "surname")]


def test_a_form_that_was_taken_is_forgotten() -> None:
    typed = forms.Typed(lambda: Instant(0))
    typed.keep("5", JOIN.filled({"name": ("Other",)}))
    answers.response(Outcome(v.say(answers.READER, "You're in.")), asked(5, JOIN.action), typed)
    assert typed.fill("5", JOIN) is JOIN


WAYS = {
    "a press in a room": (asked(3, on_message=True), 4),
    "a press in a private answer": (asked(3, private=True), 7),
    "a command": (asked(2), 4),
    "a form opened by a command": (asked(5), 4),
    "a form opened in a private answer": (asked(5, private=True), 7),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_is_private_or_takes_the_place_of_a_private_one(way: str) -> None:
    come, kind = WAYS[way]
    typed = forms.Typed(lambda: Instant(0))
    body = answers.response(Outcome(v.say(answers.READER, "Your vote: A.")), come, typed)
    assert body["type"] == kind
    assert bool(body["data"]["flags"] & 64) == (kind == 4)
    assert broken(body["data"]) == []
    silent = answers.response(Outcome(), come, typed)
    assert silent["type"] == (6 if come.on_message else 4)
    assert broken(answers.saving(come)["data"]) == []
    assert broken(answers.later(Outcome(JOIN), come, typed)) == []


def test_the_commands_are_as_agreed_and_as_discord_describes_them(snapshot: SnapshotAssertion) -> None:
    wanted = commands.wanted()
    for command in wanted:
        assert described("ApplicationCommandCreateRequest", command) == []
    assert commands.same(wanted, wanted)
    assert not commands.same(wanted[:1], wanted)
    assert wanted == snapshot
