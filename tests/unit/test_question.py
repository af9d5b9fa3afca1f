"""Open questions: every limit at its edge, and what of the answers a card shows."""

from __future__ import annotations

import pytest
from hypothesis import given

from core.domain.form import Invalid
from core.domain.ids import Instant
from core.domain.interactions import question
from core.domain.interactions.kind import Answer, Count, Frame, Said, Tally
from core.domain.interactions.life import reading
from core.domain.text import plain
from core.domain.view import Attendees, Button, Buttons, Card, Note, Part, Words, in_words
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, hostile

SPEC = question.Spec("What would you change?")
SEEN = Tally(3, (), {"Slack": 2, "Discord": 1})


def frame(**more: object) -> Frame:
    return Frame(**{"ident": "i" * 16, "ended": False, "ends_at": Instant(0), "tally": None, **more})  # type: ignore[arg-type]


def words(parts: tuple[Part, ...]) -> str:
    return in_words(Card(Attendees("s"), parts))  # type: ignore[arg-type]


def buttons(parts: tuple[Part, ...]) -> dict[str, str]:
    rows = (part.items for part in parts if isinstance(part, Buttons))
    return {it.label: it.action for row in rows for it in row if isinstance(it, Button)}


def test_the_length_of_a_question():
    for length in (1, 299, 300):
        assert len(question.read({"question": ("x" * length,)}).question) == length
    for typed in ("", " \u200b ", "x" * 301):
        with pytest.raises(Invalid) as refused:
            question.read({"question": (typed,)})
        assert set(refused.value.errors) == {"question"}


def test_answers_wait_for_a_moderator_unless_the_box_is_empty():
    (_, box) = question.fields()
    assert box.value == (question.APPROVAL.value,), "ticked by default"
    assert question.read({"question": ("Why?",), "approval": ("yes",)}).approval
    assert not question.read({"question": ("Why?",), "approval": ()}).approval
    typed = {"answer": ("Tea",)}
    assert question.take(SPEC, typed).waits
    assert not question.take(question.Spec("Why?", approval=False), typed).waits


def test_the_length_of_an_answer():
    for length in (1, 499, 500):
        assert question.take(SPEC, {"answer": ("x" * length,)}) == Answer('"answered"', "x" * length, waits=True)
    for typed, sentence in (("", "Write an answer."), (" \u200b\n ", "Write"), ("x" * 501, "501 characters; 500 fit.")):
        with pytest.raises(Invalid, match=sentence):
            question.take(SPEC, {"answer": (typed,)})


@on_each("raw", SAMPLES)
def test_whatever_is_typed_is_kept_sealed_or_refused(raw):
    try:
        answer = question.take(SPEC, {"answer": (raw,)})
    except Invalid as refused:
        assert set(refused.errors) == {"answer"}
    else:
        assert answer.choice == '"answered"'
        assert question.take(SPEC, question.given(SPEC, answer)) == answer


@given(hostile)
def test_what_was_written_comes_back_in_the_form(raw):
    try:
        answer = question.take(SPEC, {"answer": (raw,)})
    except Invalid:
        return
    assert question.take(SPEC, question.given(SPEC, answer)) == answer
    assert plain(question.confirm(SPEC, answer, None)).count("\n") == 0


def test_a_tally_counts_persons_by_platform():
    counts = (Count('"answered"', "slack", 3, 1), Count('"answered"', "discord", 2))
    assert question.tally(SPEC, counts) == Tally(5, (), {"slack": 3, "discord": 2}, 1)


def test_the_card_shows_five_answers_with_names_and_the_way_to_all():
    said = tuple(Said(f"Answer {number}", f"Name {number}") for number in range(5))
    parts = question.view(SPEC, frame(tally=SEEN, said=said, said_more=12))
    shown = [plain(part.text) for part in parts if isinstance(part, Words)]
    assert shown == [f"Name {number}: Answer {number}" for number in range(5)]
    assert "and 12 more" in words(parts)
    assert buttons(parts) == {"Answer": f"answer:{'i' * 16}", "All answers": f"said:{'i' * 16}"}
    assert "3 answers · Slack 2, Discord 1. Moderators read an answer before" in words(parts)


def test_an_answer_longer_than_the_card_shows_can_be_read_in_whole():
    short, long = Said("x" * question.SHORT, "Ann"), Said("x" * (question.SHORT + 1), "Ann")
    assert set(buttons(question.view(SPEC, frame(tally=SEEN, said=(short,))))) == {"Answer"}
    assert set(buttons(question.view(SPEC, frame(tally=SEEN, said=(long,))))) == {"Answer", "All answers"}
    assert "…" in words(question.view(SPEC, frame(tally=SEEN, said=(long,))))
    assert "\n" not in plain(question.view(SPEC, frame(tally=SEEN, said=(Said("a\nb", "Ann"),)))[2].text)  # type: ignore[union-attr]


def test_without_a_name_an_answer_stands_in_quotes():
    parts = question.view(SPEC, frame(tally=SEEN, said=(Said("Tea"),), anonymous=True))
    assert [plain(part.text) for part in parts if isinstance(part, Words)] == ["“Tea”"]
    assert "nobody can tie an answer to a person; until then the operator could" in words(parts)


def test_hidden_answers_leave_no_number():
    for shared, told in (("end", "Answers are shown when it ends."), ("never", "Answers are not shown now.")):
        parts = question.view(SPEC, frame(shared=shared))
        assert told in words(parts)
        assert set(buttons(parts)) == {"Answer"}
        assert isinstance(parts[-1], Note)
        assert not any(sign.isdigit() for part in parts[2:] for sign in words((part,)))


def test_an_ended_question_takes_no_answer_and_keeps_the_way_to_all():
    parts = question.view(SPEC, frame(ended=True, tally=SEEN, said=(Said("Tea", "Ann"),), said_more=1))
    assert set(buttons(parts)) == {"All answers"}
    assert "Open question · ended" in words(parts) and "3 answers" in words(parts)


def test_the_confirmation_says_who_reads_it_and_until_when_it_can_be_changed():
    told = plain(question.confirm(SPEC, Answer('"answered"', "Tea"), None))
    assert told == "Your answer: “Tea”. Others can read it when a moderator has approved it. You can change it."
    free = question.Spec("Why?", approval=False)
    assert plain(question.confirm(free, Answer('"answered"', "Tea"), None)) == "Your answer: “Tea”. You can change it."


def test_one_wording_is_told_from_another_without_saying_it():
    assert reading("Tea") == reading("Tea") != reading("tea")
    assert "Tea" not in reading("Tea") and len(reading("x" * 500)) == 10
