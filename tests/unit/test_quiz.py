"""Quizzes: every limit at its edge, every mark of a correct answer, and nothing that tells it before the end."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.drawing import Bars
from core.domain.form import Invalid
from core.domain.ids import Instant, InteractionId, SessionId
from core.domain.interactions import poll, quiz
from core.domain.interactions.kind import Answer, Count, Frame
from core.domain.interactions.leaders import in_words as leaders_in_words
from core.domain.interactions.leaders import leads, ranked
from core.domain.interactions.life import Interaction
from core.domain.refused import Refused
from core.domain.text import plain
from core.domain.view import Card, Choices, Public, Select, in_words
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, hostile


def read(question: str = "Is it?", answers: str = "* Yes\nNo", settings: tuple[str, ...] = ("reveal",)) -> quiz.Spec:
    return quiz.read({"question": (question,), "answers": (answers,), "settings": settings})


def problems(question: str = "Is it?", answers: str = "* Yes\nNo", settings: tuple[str, ...] = ()) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read(question, answers, settings)
    assert all(sentence.endswith((".", "fit.")) for sentence in refused.value.errors.values())
    return refused.value.errors


def test_the_length_of_a_question():
    assert set(problems(question="")) == {"question"}
    assert [len(read(question="x" * number).question) for number in (1, 299, 300)] == [1, 299, 300]
    assert set(problems(question="x" * 301)) == {"question"}


def test_the_number_of_answers():
    letters = [f"*{letter}" for letter in "abcdef"]
    for number in (0, 1, 6):
        assert set(problems(answers="\n".join(letters[:number]))) == {"answers"}
    for number in (2, 3, 4, 5):
        assert read(answers="\n".join(letters[:number])).answers == tuple("abcdef"[:number])


def test_the_length_of_an_answer_is_that_without_its_mark():
    for length in (1, 54, 55):
        assert read(answers=f"* {'x' * length}\ny").answers[0] == "x" * length
        assert read(answers=f"{'x' * length} (correct)\ny").answers[0] == "x" * length
    assert "Answer 2 has 56 characters" in problems(answers=f"*y\n{'x' * 56}")["answers"]
    assert "56 characters" in problems(answers=f"* {'x' * 56}\ny")["answers"]


@pytest.mark.parametrize(
    "line",
    ["*Yes", "* Yes", "  *   Yes", "✓ Yes", "✔ Yes", "✔\ufe0f Yes", "✅Yes", "Yes (correct)", "Yes (Correct)",
     "Yes(correct) ", "* Yes (correct)", "** Yes"],
)  # fmt: skip
def test_each_mark_of_a_correct_answer(line):
    assert read(answers=f"{line}\nNo") == quiz.Spec("Is it?", ("Yes", "No"), (0,))


def test_signs_elsewhere_mark_nothing():
    spec = read(answers="*a\n2*3\n(correct) b\nit is correct")
    assert (spec.answers, spec.right) == (("a", "2*3", "(correct) b", "it is correct"), (0,))


def test_at_least_one_is_correct_and_all_may_be():
    assert "at least one" in problems(answers="Yes\nNo")["answers"]
    assert read(answers="*Yes\n*No\n*Maybe").right == (0, 1, 2)
    assert set(problems(answers="*\nNo")) == {"answers"}


def test_equal_answers_are_refused_with_marks_and_without():
    assert set(problems(answers="* Tea\ntea")) == {"answers"}


def test_an_anonymous_quiz_cannot_count_for_the_leaderboard():
    assert problems(settings=("leaders", "secret")) == {
        "settings": "An anonymous quiz cannot count for the leaderboard. Choose one of the two."
    }
    assert read(settings=("leaders",)).leaders and not read(settings=("secret",)).leaders
    assert (read(settings=()).reveal, read(settings=("reveal",)).reveal) == (False, True)


def test_all_that_is_wrong_is_said_at_once():
    assert set(problems("", "a", ("leaders", "secret"))) == {"question", "answers", "settings"}


@on_each("raw", SAMPLES)
def test_whatever_is_typed_is_kept_clean_or_refused_with_a_sentence(raw):
    try:
        spec = read(raw, f"*{raw}\nother one\n{raw} (correct)")
    except Invalid as refused:
        assert set(refused.errors) <= {"question", "answers"}
    else:
        assert quiz.read(quiz.write(spec)) == spec
        assert all(1 <= len(answer) <= 55 and "\n" not in answer for answer in spec.answers)


@given(hostile, st.lists(st.tuples(st.sampled_from(["", "*", "✓ "]), hostile, st.sampled_from(["", " (correct)"])),
                         max_size=6), st.sets(st.sampled_from(["reveal", "leaders"])))  # fmt: skip
def test_what_was_read_reads_back_the_same(question, answers, settings):
    try:
        spec = read(question, "\n".join("".join(one) for one in answers), tuple(settings))
    except Invalid:
        return
    assert quiz.read(quiz.write(spec)) == spec


ONE = quiz.Spec("When?", ("1989", "1991", "1995"), (1,))
TWO = quiz.Spec("Which?", ("2", "4", "7"), (0, 2))


def test_one_correct_answer_takes_one_press_and_several_take_a_menu():
    open_frame = Frame("i" * 16, False, None, None, "end")
    (choices,) = [part for part in quiz.view(ONE, open_frame) if isinstance(part, Choices)]
    assert [(it.button.label, it.button.spoken) for it in choices.items if it.button] == [
        ("Answer A", "Answer A, 1989"), ("Answer B", "Answer B, 1991"), ("Answer C", "Answer C, 1995")
    ]  # fmt: skip
    (menu,) = [part for part in quiz.view(TWO, open_frame) if isinstance(part, Select)]
    assert (menu.least, menu.most) == (1, 3)
    with pytest.raises(Refused, match="one choice"):
        quiz.respond(ONE, ("0", "1"), None)
    assert quiz.respond(TWO, ("2", "0"), None) == "[0,2]"


@pytest.mark.parametrize("picked", [(), ("3",), ("-1",), ("x",), ("٠",), ("0", "x"), ("99999",)])
def test_what_is_no_answer_is_refused(picked):
    for spec in (ONE, TWO):
        with pytest.raises(Refused):
            quiz.respond(spec, picked, None)


def test_with_several_correct_exactly_all_of_them_are_right():
    ballots = ["[0]", "[2]", "[0,2]", "[0,1,2]", "[1]", "[0,1]"]
    counts = [Count(choice, "Slack", 10**place) for place, choice in enumerate(ballots)]
    tally = quiz.tally(TWO, counts)
    assert (tally.right, tally.voters) == (100, 111_111)


@given(st.lists(st.tuples(st.sets(st.integers(0, 2), min_size=1), st.sampled_from(["Slack", "Discord"])), max_size=30))
def test_a_tally_counts_every_ballot_once_and_the_right_ones(ballots):
    tally = quiz.tally(TWO, [Count(json.dumps(sorted(held), separators=(",", ":")), at, 1) for held, at in ballots])
    assert tally.voters == len(ballots) == sum(tally.platforms.values())
    assert tally.options == tuple(sum(i in held for held, _ in ballots) for i in range(3))
    assert tally.right == sum(held == {0, 2} for held, _ in ballots)


def shown(spec: quiz.Spec, frame: Frame) -> str:
    return repr(quiz.view(spec, frame))


@pytest.mark.parametrize("reveal", [False, True])
def test_until_the_end_nothing_on_the_card_tells_which_is_right(reveal):
    """The same bytes, whatever is right; how many are is told by the menu."""
    for number in (1, 2):
        cards = set()
        for right in itertools.combinations(range(3), number):
            spec = quiz.Spec("Which?", ("a", "b", "c"), right, reveal)
            counted = quiz.tally(spec, [Count("[0]", "Slack", 3)]).while_open()
            for tally in (None, counted):
                cards.add((tally is None, shown(spec, Frame("i" * 16, False, Instant(1), tally, "live"))))
            confirmed = plain(quiz.confirm(spec, Answer("[0]"), Instant(1)))
            cards.add((True, confirmed))
            cards.add((True, quiz.title(spec)))
            cards.add((False, quiz.summary(spec, counted) + repr(quiz.drawing(spec, counted))))
        assert len(cards) == 5


def test_at_the_end_the_correct_one_is_named_in_words_if_that_was_said():
    counts = [Count("[1]", "Slack", 31), Count("[0]", "Discord", 21)]
    tally = quiz.tally(ONE, counts)
    frame = Frame("i" * 16, True, Instant(0), tally, "end")
    words = in_words(Card(Public(), quiz.view(ONE, frame)))
    assert "B: 1991, 60 % · 31 · correct ✓ · most votes" in words
    assert "31 of 52 right" in words
    assert quiz.summary(ONE, tally) == "31 of 52 right. 1991 (correct) 60 %, 1989 40 %, 1995 0 %"
    picture = quiz.drawing(ONE, tally)
    assert isinstance(picture, Bars)
    assert picture.foot == "52 answers"
    assert [bar.mark for bar in picture.bars] == ["correct · most votes", "", ""]

    quiet = replace(ONE, reveal=False)
    other = replace(quiet, right=(0,))
    for spec in (quiet, other):
        words = in_words(Card(Public(), quiz.view(spec, replace(frame, tally=quiz.tally(spec, counts)))))
        assert "correct" not in words and "right" not in words
        assert "orrect" not in quiz.summary(spec, quiz.tally(spec, counts))
        assert "correct" not in repr(quiz.drawing(spec, quiz.tally(spec, counts)))


def test_hidden_results_leave_the_correct_one_and_no_number():
    for spec, tick in ((ONE, "correct ✓"), (replace(ONE, reveal=False), "")):
        (choices,) = [
            part for part in quiz.view(spec, Frame("i" * 16, True, None, None, "never")) if isinstance(part, Choices)
        ]
        assert [(it.letter, it.result, it.share) for it in choices.items] == [
            ("A", "", None), ("B", tick, None), ("C", "", None)
        ]  # fmt: skip


def test_the_confirmation_says_only_what_was_chosen():
    assert plain(quiz.confirm(TWO, Answer("[0,1]"), None)) == (
        "Your answer: A, 2; B, 4. You can change it until the quiz ends."
    )


def test_ties_share_a_rank_and_the_next_one_is_as_far_down():
    board = ranked([("Ann", 5), ("Ben", 3), ("Cleo", 3), ("Dan", 1)])
    assert [rank for rank, _, _ in board] == [1, 2, 2, 4]
    assert leaders_in_words(board[:2]) == "1. Ann, 5 right · 2. Ben, 3 right"
    spec = replace(ONE, leaders=True)
    frame = Frame("i" * 16, True, None, quiz.tally(spec, []), leaders=(("Ann", 5), ("Ben", 3)))
    assert "Leaderboard: 1. Ann, 5 right · 2. Ben, 3 right" in in_words(Card(Public(), quiz.view(spec, frame)))
    assert "Leaderboard:" not in in_words(Card(Public(), quiz.view(ONE, frame)))


def test_what_is_anonymous_or_tried_out_counts_for_nobody():
    spec = replace(ONE, leaders=True)
    counting = Interaction(InteractionId("i"), SessionId("s"), "quiz", spec, "ended")
    assert leads(counting)
    assert not leads(replace(counting, anonymous=True))
    assert not leads(replace(counting, rehearsal=True))
    assert not leads(replace(counting, spec=ONE))
    assert not leads(replace(counting, kind="poll", spec=poll.Spec("?", ("a", "b"))))
