"""Every kind of interaction is complete: it offers every name, and every sample keeps every limit in every state."""

from __future__ import annotations

import inspect
import itertools
import json
import types

import pytest

from core.app.handle.shared_fields import CLOSES, SECRET, SHARING, fields_of, form_of
from core.domain.form import Form, Invalid
from core.domain.ids import Instant, SessionId
from core.domain.interactions import KINDS
from core.domain.interactions.common import TITLE_WORDS
from core.domain.interactions.kind import Answer, Count, Frame, Kind, Tally
from core.domain.interactions.parts import Parts, parts_of
from core.domain.refused import Refused
from core.domain.text import plain
from core.domain.view import Attendees, Button, Card, Choices, Heading, Note, Part, Scale, Select
from tests.contract.test_commands import check_card, check_form
from tests.fakes.bot import all_buttons

IDENT = "0123456789abcdef"
NAMES = {name for name in (*vars(Kind), *Kind.__annotations__) if not name.startswith("_")}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def missing(kind: object) -> set[str]:
    """What a module lacks to be a kind; a function counts only with the Protocol's parameters."""
    lacking = set()
    for name in NAMES:
        offered, wanted = getattr(kind, name, None), getattr(Kind, name, None)
        if offered is None or offered == "":
            lacking.add(name)
        elif inspect.isfunction(wanted):
            parameters = list(inspect.signature(wanted).parameters)[1:]
            if list(inspect.signature(offered).parameters) != parameters:
                lacking.add(name)
    if "samples" not in lacking and len(kind.samples()) < 2:  # type: ignore[attr-defined]
        lacking.add("samples")
    return lacking


@each_kind
def test_a_kind_offers_every_name(kind):
    assert missing(kind) == set()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_kind_that_lacks_one_name_is_found(name):
    poor = types.SimpleNamespace(**{it: getattr(KINDS["poll"], it) for it in NAMES if it != name})
    assert missing(poor) == {name}


def test_a_kind_with_one_sample_or_other_parameters_is_found():
    whole = {it: getattr(KINDS["poll"], it) for it in NAMES}
    assert missing(types.SimpleNamespace(**{**whole, "samples": lambda: (1,)})) == {"samples"}
    assert missing(types.SimpleNamespace(**{**whole, "view": lambda spec: ()})) == {"view"}


def test_kinds_are_registered_under_their_own_names():
    for name, kind in KINDS.items():
        assert kind.NAME == name == name.lower()
        assert name.isalpha(), "it is a command's word on every platform"
        assert 1 <= len(kind.TITLE) <= 20 and kind.TITLE[0].isupper()


@each_kind
def test_its_form_leaves_room_for_the_fields_that_all_share(kind):
    form = form_of(kind.NAME, SessionId(IDENT))
    check_form(form)
    assert {it.name for it in kind.fields()} <= {it.name for it in form.fields}, "none of its own fields is lost"
    assert not {it.name for it in kind.fields()} & {SHARING.name, CLOSES.name, "secret"}
    offers = [it.name for it in form.fields if SECRET in it.picks]
    assert len(offers) == ("secret" in kind.TRAITS), "what can be anonymous offers it once"


@each_kind
def test_what_is_frozen_is_a_field_of_its_own_and_is_not_asked_after_the_first_answer(kind):
    assert {it.name for it in kind.fields()} | beside(kind) >= kind.FROZEN
    assert not {it.name for it in fields_of(kind, answered=True)} & kind.FROZEN
    assert not any(SECRET in it.picks for it in fields_of(kind, answered=True))


def beside(kind: Kind) -> set[str]:
    """What it holds besides its form's fields: questions that have forms of their own."""
    return {"questions"} if "parts" in kind.TRAITS else set()


@each_kind
def test_its_samples_fill_its_form_and_read_back(kind):
    names = {it.name: it for it in kind.fields()}
    for spec in kind.samples():
        assert isinstance(spec, kind.Spec)
        values = kind.write(spec)
        assert set(values) == set(names) | beside(kind), "what is written fills every field"
        assert kind.read(values) == spec
        for name in names:
            assert len("".join(values[name])) <= names[name].longest


@each_kind
def test_an_empty_form_is_refused_at_its_own_fields(kind):
    with pytest.raises(Invalid) as refused:
        kind.read({})
    assert set(refused.value.errors) <= {it.name for it in kind.fields()}


def choices(kind: Kind, spec: object) -> list[str]:
    """What one can pick on its card."""
    parts = kind.view(spec, frame("open, hidden", None))
    card = Card(Attendees(SessionId(IDENT)), parts)
    pressed = [it.action.split(":") for it in all_buttons(card) if isinstance(it, Button)]
    found = [it[2] for it in pressed if it[0] == "vote"]
    return found + [option.value for part in parts if isinstance(part, Select) for option in part.options]


def answers(kind: Kind, spec: object) -> list[Answer]:
    """What can be written into its answer form: the first of what is to be picked, the last, and some words."""
    fields = kind.questions(spec)
    typed = [
        {it.name: (it.picks[place].value,) if it.picks else ("Tea",) for it in fields} for place in (0, -1) if fields
    ]
    return [kind.take(spec, values) for values in typed]


def tallied(kind: Kind, spec: object, number: int) -> Tally:
    given = [kind.respond(spec, (picked,), None) for picked in choices(kind, spec)]
    ballots = dict.fromkeys([*given, *(it.choice for it in answers(kind, spec))] if number else ())
    return kind.tally(spec, [Count(it, platform, number, 1) for it in ballots for platform in ("Slack", "Discord")])


STATES = {
    "open, hidden": (False, None, "end"),
    "open, never shared": (False, None, "never"),
    "open, nobody yet": (False, 0, "live"),
    "open, some": (False, 1, "live"),
    "open, a crowd": (False, 123_456, "live"),
    "ended, hidden": (True, None, "never"),
    "ended, nobody": (True, 0, "live"),
    "ended, some": (True, 1, "live"),
    "ended, a crowd": (True, 123_456, "end"),
}
"""Every state in which a card of it can be seen."""


def frame(state: str, tally: Tally | None, ends_at: Instant | None = None) -> Frame:
    over, _, shared = STATES[state]
    return Frame(IDENT, over, ends_at, tally, shared)


@each_kind
@pytest.mark.parametrize("state", STATES)
def test_its_card_in_every_state(kind, state):
    over, number, _ = STATES[state]
    for spec, ends_at in itertools.product(kind.samples(), (None, Instant(1))):
        tally = None if number is None else tallied(kind, spec, number)
        parts = kind.view(spec, frame(state, tally, ends_at))
        check_parts(kind, parts)
        if over:
            assert not acts(parts), "a card that has moved on loses its buttons"


def check_parts(kind: Kind, parts: tuple[Part, ...]) -> None:
    check_card(Card(Attendees(SessionId(IDENT)), parts))
    assert isinstance(parts[0], Heading), "the first line is the subject"
    assert isinstance(parts[1], Note) and plain(parts[1].text).startswith(kind.TITLE), "the second is kind and state"
    beside = sum(isinstance(part, Choices | Select) for part in parts)
    others = [it for part in parts if not isinstance(part, Choices | Scale) for it in all_buttons_of(part)]
    assert len(others) <= 3, "three buttons besides the choices"
    assert beside <= 2
    for part in parts:
        if isinstance(part, Choices):
            for item in part.items:
                assert item.share is None or 0.0 <= item.share <= 1.0
                assert item.share is None or item.result, "never a bar alone"


def all_buttons_of(part: Part) -> list[object]:
    return list(all_buttons(Card(Attendees(SessionId(IDENT)), (part,))))


READ = ("said",)
"""What may still be read on a card that has moved on; pages that open by themselves change nothing either."""


def acts(parts: tuple[Part, ...]) -> bool:
    buttons = [it for part in parts for it in all_buttons_of(part) if isinstance(it, Button)]
    return any(isinstance(part, Select) for part in parts) or any(
        it.action.partition(":")[0] not in READ for it in buttons
    )


@each_kind
def test_its_answer_form_fits_and_an_empty_one_is_refused_at_its_own_fields(kind):
    for spec in kind.samples():
        fields = kind.questions(spec)
        assert bool(fields) <= ("answered" in kind.TRAITS)
        if not fields:
            continue
        check_form(Form(kind.TITLE, "answered:x", "Submit", fields, again="answer:x", intro=kind.title(spec)))
        with pytest.raises(Invalid) as refused:
            kind.take(spec, {})
        assert set(refused.value.errors) <= {it.name for it in fields}


@each_kind
def test_what_is_missing_is_one_sentence_and_at_least_one_sample_lacks_nothing(kind):
    told = [kind.missing(spec) for spec in kind.samples()]
    assert "" in told
    assert all(it.endswith(".") and len(it) <= 150 for it in told if it)


@each_kind
def test_a_kind_of_several_questions_offers_all_that_they_take(kind):
    if "parts" not in kind.TRAITS:
        return
    parts = parts_of(kind)
    names = {name for name in (*vars(Parts), *Parts.__annotations__) if not name.startswith("_")}
    assert not {name for name in names if getattr(parts, name, None) is None}
    assert 2 <= len(parts.SORTS) <= 10 and 1 <= parts.MOST <= 10, "each is picked from one list"
    for sort in parts.SORTS:
        check_form(Form("A question", "parted:x", "Save", parts.fields(sort), again="partform:x"))
        with pytest.raises(Invalid):
            parts.read(sort, "1", {})
    for spec in kind.samples():
        assert parts.having(spec, parts.of(spec)) == spec
        tally = kind.tally(spec, ())
        for question, counted in zip(parts.of(spec), tally.parts, strict=True):
            assert parts.read(question.sort, question.key, parts.write(question)) == question
            fields = {it.name: it for it in parts.fields(question.sort)}
            assert all(len("".join(value)) <= fields[name].longest for name, value in parts.write(question).items())
            assert "\n" not in parts.told(question) + parts.result(question, counted)
            drawn = parts.drawing(question, counted)
            assert drawn is None or drawn.title


@each_kind
def test_its_summary_is_one_line_of_words(kind):
    for spec in kind.samples():
        for number in (0, 1, 1_000):
            told = kind.summary(spec, tallied(kind, spec, number))
            assert told == " ".join(told.split()) and len(told) <= 500


@each_kind
def test_hidden_results_leave_no_trace(kind):
    for spec, over in itertools.product(kind.samples(), (False, True)):
        assert not any(
            any(sign.isdigit() for sign in item.result) or item.share is not None
            for part in kind.view(spec, Frame(IDENT, over, None, None, "never"))
            if isinstance(part, Choices)
            for item in part.items
        )


@each_kind
def test_a_ballot_is_canonical_counted_once_and_confirmed_in_two_lines(kind):
    for spec in kind.samples():
        for picked in choices(kind, spec):
            ballot = kind.respond(spec, (picked,), None)
            assert json.dumps(json.loads(ballot), separators=(",", ":")) == ballot
            again = kind.respond(spec, (picked,), ballot)
            assert (again == ballot) is ("flips" not in kind.TRAITS)
            assert "flips" not in kind.TRAITS or kind.respond(spec, (picked,), again) == ballot
            assert kind.tally(spec, [Count(ballot, "slack", 3)]).voters == 3
            sentence = plain(kind.confirm(spec, Answer(ballot), Instant(1)))
            assert sentence and sentence.count("\n") <= 1
            assert len(sentence) <= 2_000
        for answer in answers(kind, spec):
            assert json.dumps(json.loads(answer.choice), separators=(",", ":")) == answer.choice
            assert kind.take(spec, kind.given(spec, answer)) == answer, "the form holds what was written"
            assert kind.tally(spec, [Count(answer.choice, "slack", 3)]).voters == 3
            sentence = plain(kind.confirm(spec, answer, Instant(1)))
            assert sentence and sentence.count("\n") <= 1 and len(sentence) <= 2_000
        with pytest.raises(Refused):
            kind.respond(spec, ("nonsense",), None)
        assert kind.tally(spec, []).voters == 0


@each_kind
def test_free_text_is_kept_sealed_and_waits_only_where_somebody_can_approve_it(kind):
    for spec in kind.samples():
        for answer in answers(kind, spec):
            assert not answer.words or "Tea" not in answer.choice
            assert answer.waits <= ("approved" in kind.TRAITS)


@each_kind
def test_it_has_a_title_of_one_line_and_so_has_its_picture(kind):
    for spec in kind.samples():
        assert 1 <= len(kind.title(spec)) <= TITLE_WORDS and "\n" not in kind.title(spec)
        for number in (0, 1, 1_000):
            drawn = kind.drawing(spec, tallied(kind, spec, number))
            assert drawn is None or drawn.title == kind.title(spec)
