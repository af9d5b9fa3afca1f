"""Every card, line and form as Slack gets it: as it was agreed, and within every limit of Slack's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from adapters.slack import forms
from adapters.slack.identity import install_of
from adapters.slack.jumps import address, placed, placed_card
from adapters.slack.render import Rendered, bar, card_blocks, card_text, render
from core.app.handle.shared_fields import form_of
from core.domain import view as v
from core.domain.drawing import Bar, Bars
from core.domain.form import Field, Form, Pick
from core.domain.ids import SECOND, Instant, SessionId
from core.domain.interactions import KINDS, question
from core.domain.interactions.kind import Frame, Said, Tally
from core.domain.people import DISCLAIMER
from core.domain.text import Doc, Jump, Link, Styled, When, doc, shorten
from tests.fakes.ballots import counted
from tests.on_each import on_each
from tests.render.limits_slack import broken, broken_view
from tests.unit.hostile import SAMPLES, hostile

SITE = "https://acme.slack.example/"
REF = "1790000100.000100"
NOON = Instant(1_790_000_100 * SECOND)
SESSION = SessionId("01jsession000000")
HERE = v.Attendees(SESSION)
IDENT = "01jpoll000000000"


def shown(made: Rendered) -> dict[str, Any]:
    return {"text": made.text, "username": made.username, "icon_url": made.icon_url, "blocks": made.blocks}


STATES = {
    "open_hidden": lambda kind, spec: Frame(IDENT, False, NOON, None, "end"),
    "open_shared": lambda kind, spec: Frame(IDENT, False, NOON, counted(kind, spec).while_open()),
    "ended": lambda kind, spec: Frame(IDENT, True, NOON, counted(kind, spec)),
    "ended_unshared": lambda kind, spec: Frame(IDENT, True, NOON, None, "never"),
}
CARDS = [
    (name, number, state) for name, kind in KINDS.items() for number in range(len(kind.samples())) for state in STATES
]


@pytest.mark.shows("in-words")
@pytest.mark.parametrize(("name", "number", "state"), CARDS)
def test_every_kind_in_every_state_is_as_agreed_and_fits(
    name: str, number: int, state: str, snapshot: SnapshotAssertion
) -> None:
    kind = KINDS[name]
    spec = kind.samples()[number]
    made = render(v.Card(HERE, kind.view(spec, STATES[state](kind, spec))))
    assert broken(made.blocks, made.text) == []
    assert shown(made) == snapshot


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
    made = render(v.Card(HERE, question.view(spec, frame)))
    assert broken(made.blocks, made.text) == []
    assert shown(made) == snapshot


PARTS: dict[str, v.Part] = {
    "heading": v.Heading("Which topic first?"),
    "heading_with_signs": v.Heading("Which *topic* first_?"),
    "words": v.Words(doc("The chat is shared with “PyCom”. Ends at ", When(NOON, "date"), ".")),
    "words_with_signs": v.Words("2 * 3 * 4 & <you>"),
    "words_with_signs_and_time": v.Words(doc("“a_b_c” ends at ", When(NOON), " now.")),
    "note": v.Note(doc("Keynote · live · ", When(NOON, "date"), " to ", When(NOON))),
    "note_with_signs": v.Note(doc("*Keynote* · live · ", When(NOON, "date"), " to ", When(NOON))),
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
        )
    ),
    "scale": v.Scale(
        tuple(v.Button(label, f"vote:x:{i}") for i, label in enumerate(("1 poor", "2", "3", "4", "5", "6 great")))
    ),
    "picture": v.Picture(Bars("Tea?", (Bar("Yes", 3, 0.75), Bar("No", 1, 0.25))), "Tea? Yes 75 %, No 25 %."),
    "divider": v.Divider(),
    "words_with_a_jump": v.Words(doc("See ", Jump("C0STAGE001", REF, "this line"), ".")),
    "buttons_that_jump": v.Buttons(
        (v.Button("Menu", "menu"), v.JumpButton("Go to message", "C0STAGE001", REF), v.JumpButton("Open", "C0STAGE001"))
    ),
}


@pytest.mark.shows("in-words")
@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    made = render(v.Card(HERE, (PARTS[name],)), SITE)
    assert broken(made.blocks, made.text) == []
    assert [*made.blocks, {"text": made.text}] == snapshot


def test_no_part_is_left_out() -> None:
    assert {type(part) for part in PARTS.values()} == set(v.PARTS) == set(get_args(v.Part))


def speech(body: Doc, author: str = "Mira K.", origin: str = "Discord", avatar: str | None = None) -> v.Speech:
    return v.Speech(author, origin, avatar, body, HERE)


LINES: dict[str, v.Content] = {
    "line": speech(
        doc("hello ", Styled("bold", doc("all")), " *not bold* <!here> ", Link("https://example.org", "")),
        avatar="https://cdn.example/a.png",
    ),
    "line_of_a_long_name": speech(doc("hi"), author="N" * 100, avatar="http://cdn.example/a.png"),
    "bundle": v.Bundle((speech(doc("one")), speech(doc("two\nlines"), author="*Jon*"), speech(doc("three"))), HERE),
    "line_that_answers": replace(speech(doc("yes")), quote=v.Quote("Jon B.", "Is it on?", "C0STAGE001", REF)),
    "line_that_answers_what_is_not_here": replace(speech(doc("yes")), quote=v.Quote("*Jon*", "Is it _on_?")),
    "line_with_a_like": replace(speech(doc("yes")), likes=1),
    "line_with_likes": replace(speech(doc("yes")), likes=3),
    "bundle_with_answers_and_likes": v.Bundle(
        (
            replace(speech(doc("yes")), quote=v.Quote("Jon B.", "Is it on? " * 20, "C0STAGE001", REF), likes=2),
            replace(speech(doc("no")), quote=v.Quote("", ""), likes=1),
        ),
        HERE,
    ),
    "bundle_of_two_places": v.Bundle((speech(doc("one")), speech(doc("two"), origin="Slack")), HERE),
}


@pytest.mark.parametrize("name", LINES)
def test_lines_of_people_are_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    made = render(LINES[name], SITE)
    assert broken(made.blocks, made.text) == []
    assert len(made.username or "") <= 80
    assert shown(made) == snapshot


JUMPS = v.Card(
    HERE,
    (
        v.Words(doc("See ", Styled("bold", doc(Jump("C0STAGE001", REF, "this *line*"))), ".")),
        v.Buttons((v.Button("Menu", "menu"), v.JumpButton("Open the stage", "C0STAGE001"))),
        v.Buttons((v.JumpButton("Go to message", "C0STAGE001", REF),)),
    ),
)


def test_without_the_workspaces_address_nothing_is_lost() -> None:
    made = render(JUMPS)
    assert broken(made.blocks, made.text) == []
    assert [it["text"]["text"] for it in made.blocks[1]["elements"]] == ["Menu"]
    notes = [it["elements"][0]["text"] for it in made.blocks[2:]]
    assert notes == ["Open the stage: <#C0STAGE001>", "Go to message: <#C0STAGE001>"]
    assert made.text == "See *this *line**.\nOpen the stage: <#C0STAGE001>\nGo to message: <#C0STAGE001>"


def test_a_card_is_kept_for_each_workspace_apart() -> None:
    there = "https://other.slack.example/"
    urls = [it for site in (SITE, there, SITE, "") for it in [json.dumps(render(JUMPS, site).blocks)]]
    assert [SITE in it for it in urls] == [True, False, True, False]
    assert [there in it for it in urls] == [False, True, False, False]


@pytest.mark.parametrize(
    ("room", "ref", "url"),
    [
        ("C0STAGE001", REF, f"{SITE}archives/C0STAGE001/p1790000100000100"),
        ("C0STAGE001", "", f"{SITE}archives/C0STAGE001"),
        ("C0STAGE001", "odd", ""),
        ("../evil", REF, ""),
        ("", REF, ""),
    ],
)
def test_addresses_are_slacks_own_or_none(room: str, ref: str, url: str) -> None:
    assert address(SITE, room, ref) == url
    assert address("", room, ref) == ""


def test_what_leads_nowhere_is_left_as_it_is() -> None:
    parts = (
        PARTS["words_with_signs_and_time"],
        PARTS["note"],
        PARTS["buttons"],
        v.Words(doc(Styled("bold", doc("x")))),
    )
    assert all(one is other for one, other in zip(placed(parts, SITE), parts, strict=True))


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://acme.slack.example/", SITE),
        ("https://acme.slack.example", SITE),
        ("javascript:alert(1)", ""),
        ("", ""),
        (5, ""),
        (None, ""),
    ],
)
def test_the_workspaces_address_is_a_web_address_or_none(url: object, site: str) -> None:
    assert install_of({"team_id": "T1", "url": url}).site == site


def test_a_button_to_a_message_that_is_not_known_leads_to_its_room() -> None:
    (button,) = render(v.Card(HERE, (v.Buttons((v.JumpButton("Go", "C0STAGE001", "odd"),)),)), SITE).blocks[0][
        "elements"
    ]
    assert button["url"] == f"{SITE}archives/C0STAGE001"


def test_a_card_for_a_modal_or_the_home_has_its_addresses_too() -> None:
    assert SITE in json.dumps(card_blocks(JUMPS, 100, SITE))
    assert card_blocks(placed_card(JUMPS, SITE)) == card_blocks(JUMPS, 100, SITE) == render(JUMPS, SITE).blocks
    assert card_blocks(JUMPS) == render(JUMPS).blocks


def test_likes_stand_however_long_the_line_is() -> None:
    for content in (speech(doc("&" * 12_000)), v.Bundle((speech(doc("x" * 12_000)),), HERE)):
        liked = (
            v.Bundle((replace(content.lines[0], likes=7),), HERE)
            if isinstance(content, v.Bundle)
            else replace(content, likes=7)
        )
        made = render(liked)
        assert broken(made.blocks, made.text) == []
        assert made.text.endswith("\n7 likes from elsewhere")


@on_each("raw", SAMPLES[::5])
def test_no_quote_breaks_a_line(raw: str) -> None:
    """A quote is cut by the core to so many characters; the line itself is tried at any length elsewhere."""
    text = shorten(raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), 80)
    for quote in (v.Quote(text, text), v.Quote(text, text, "C0STAGE001", REF), v.Quote(text, text, text, text)):
        line = replace(speech(doc(text), author=text), quote=quote, likes=2)
        for made in (render(line, SITE), render(v.Bundle((line, line), HERE), SITE)):
            assert broken(made.blocks, made.text) == []


@on_each("raw", SAMPLES)
def test_no_text_breaks_a_message(raw: str) -> None:
    """Text comes in through ``clean`` in truth; here nothing is cleaned, only JSON must be able to carry it."""
    text = raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    button = v.Button("Vote", "vote:x:0", spoken=text)
    parts = (
        v.Heading(text),
        v.Words(text),
        v.Words(doc("a ", When(NOON), text)),
        v.Note(doc(text, When(NOON))),
        v.Choices((v.Choice("A", text, button, text, 0.5),)),
        v.Select(text, "vote:x", (v.Option(text, "0"),)),
    )
    contents: list[v.Content] = [v.Card(HERE, (part,)) for part in parts]
    for content in (*contents, speech(doc(text), author=text)):
        made = render(content)
        assert broken(made.blocks, made.text) == [], type(content)
        json.dumps(made.blocks).encode()


@given(st.lists(hostile, min_size=1, max_size=30), st.sampled_from([1, 50, 400]))
def test_a_bundle_fits_however_long_its_lines_are(texts: list[str], times: int) -> None:
    made = render(v.Bundle(tuple(speech(doc(text * times)) for text in texts), HERE))
    assert broken(made.blocks, made.text) == []


def test_a_bundle_that_fits_is_whole() -> None:
    made = render(v.Bundle(tuple(speech(doc("x" * 700)) for _ in range(15)), HERE))
    assert json.dumps(made.blocks).count("x" * 700) == 15


def test_only_the_longest_lines_of_a_bundle_are_shortened() -> None:
    made = render(v.Bundle((speech(doc("short")), speech(doc("y" * 20_000)), speech(doc("brief"))), HERE))
    words = "".join(element.get("text", "") for element in made.blocks[1]["elements"][0]["elements"])
    assert "short" in words
    assert "brief" in words
    assert "…" in words


def test_a_card_with_too_many_parts_says_so() -> None:
    made = render(v.Card(HERE, tuple(v.Words(f"line {number}") for number in range(60))))
    assert len(made.blocks) == 50
    assert made.blocks[-1]["elements"][0]["text"] == "… and 11 more lines that do not fit here."
    assert "line 59" in made.text


def test_an_entity_is_never_cut() -> None:
    card = v.Card(HERE, (v.Words("&" * 3000), v.Words(doc("a", When(NOON)))))
    assert not card_text(card).removesuffix("…").endswith(("&", "&a", "&am", "&amp"))


@pytest.mark.parametrize(("share", "full"), [(0.0, 0), (0.001, 1), (0.42, 4), (0.999, 9), (1.0, 10), (7.0, 10)])
def test_a_bar_never_says_more_than_the_words(share: float, full: int) -> None:
    assert bar(share) == "■" * full + "□" * (10 - full)
    assert bar(None) == ""


# -- forms -------------------------------------------------------------------------------------------------------------

JOIN = Form(
    "Join session",
    "joined:01jsession000000:0123456789ab",
    "Accept",
    (
        Field("name", "Name to show", value=("Mira",), longest=60, hint="Others see this name"),
        Field("settings", "Settings", "choices", ("toasts",), required=False, picks=(Pick("Toasts", "toasts"),)),
        Field("agree", "Your agreement", "agree", picks=(Pick("I accept", "yes"),)),
    ),
    again="join:01jsession000000",
    intro=DISCLAIMER,
)


@pytest.mark.parametrize("name", KINDS)
def test_the_form_of_every_kind_is_as_agreed_and_fits(name: str, snapshot: SnapshotAssertion) -> None:
    view = forms.form_view(form_of(name, SESSION), "C0STAGE001", "https://hooks.slack.example/1")
    assert broken_view(view) == []
    assert view == snapshot


def test_the_join_form_is_as_agreed(snapshot: SnapshotAssertion) -> None:
    view = forms.form_view(JOIN, "C0STAGE001")
    assert broken_view(view) == []
    assert view == snapshot


@on_each("raw", SAMPLES)
def test_no_typing_breaks_a_form(raw: str) -> None:
    text = raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    form = JOIN.filled({"name": (text,), "settings": (text,)}, {"agree": text or "Tick the box."}, problem=text)
    assert broken_view(forms.form_view(Form(text, "a", text, form.fields, intro=text), "C1")) == []


def state_of(view: dict[str, Any]) -> dict[str, Any]:
    """What Slack sends when a person submits a form without touching it."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            kept = {name.removeprefix("initial_"): value for name, value in element.items() if name[:8] == "initial_"}
            renamed = {"option": "selected_option", "options": "selected_options"}
            filled = {renamed.get(name, name): value for name, value in kept.items()}
            values[block["block_id"]] = {element["action_id"]: {"type": element["type"], **filled}}
    return values


@pytest.mark.parametrize("name", KINDS)
def test_a_form_that_nobody_touched_brings_back_what_it_held(name: str) -> None:
    kind = KINDS[name]
    for spec in kind.samples():
        fields = form_of(name, SESSION).fields
        held = {it.name: it.value for it in fields} | dict(kind.write(spec))
        held |= {"sharing": ("end",)} if "sharing" in held else {}
        values = dict(forms.values(state_of(forms.form_view(form_of(name, SESSION).filled(held), "C1"))))
        if "parts" in kind.TRAITS:
            values["questions"] = held["questions"]  # these have forms of their own
        assert values == held
        assert kind.read(values) == spec


def test_what_a_form_does_not_show_is_not_told_by_its_fields() -> None:
    form = JOIN.filled({}, {"agree": "Tick the box."})
    assert forms.errors(form) == {}
    assert "Tick the box." in json.dumps(forms.form_view(form, "C1"))
    both = JOIN.filled({}, {"name": "Write a name."}, problem="The text has changed.")
    assert forms.errors(both) == {"name": "The text has changed. Write a name."}


def test_a_long_text_is_shown_whole() -> None:
    text = " ".join(f"word{number}" for number in range(1500))
    view = forms.form_view(Form("T", "a", "Send", (), intro=text), "C1")
    assert len(view["blocks"]) > 3
    assert " ".join(block["text"]["text"] for block in view["blocks"]) == text


def test_where_a_form_was_opened_comes_back() -> None:
    assert forms.unpack(forms.pack("create", "C1", "https://a")) == forms.Origin("create", "C1", "https://a")
    for odd in (None, "", "[]", '"x"', "{", '{"action": 1}'):
        assert forms.unpack(odd) == forms.Origin()


def test_a_card_can_be_a_page_of_a_modal(snapshot: SnapshotAssertion) -> None:
    view = forms.card_view(v.say(HERE, doc("You're in. Until ", When(NOON), ".")), "Join session")
    assert broken_view(view) == []
    assert view == snapshot
