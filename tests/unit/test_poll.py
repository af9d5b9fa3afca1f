"""Polls: every limit at its edge, every ballot, every card."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.form import Invalid
from core.domain.ids import Instant
from core.domain.interactions import poll
from core.domain.interactions.kind import Answer, Count, Frame, Tally
from core.domain.refused import Refused
from core.domain.text import plain
from core.domain.view import Choices, Heading, Public, Select, say
from tests.fakes.bot import words
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, hostile


def read(question: str = "Tea?", options: tuple[str, ...] = ("Yes", "No"), several: bool = False) -> poll.Spec:
    return poll.read(
        {"question": (question,), "options": ("\n".join(options),), "several": ("yes",) if several else ()}
    )


def problems(question: str = "Tea?", options: tuple[str, ...] = ("Yes", "No")) -> set[str]:
    with pytest.raises(Invalid) as refused:
        read(question, options)
    assert all(sentence.endswith((".", "fit.")) for sentence in refused.value.errors.values())
    return set(refused.value.errors)


def test_the_length_of_a_question():
    assert problems(question="") == problems(question=" \u200b ") == {"question"}
    assert read(question="x").question == "x"
    assert len(read(question="x" * 299).question) == 299
    assert len(read(question="x" * 300).question) == 300
    assert problems(question="x" * 301) == problems(question="x" * 100_000) == {"question"}


def test_the_number_of_options():
    letters = tuple("abcdef")
    assert problems(options=()) == problems(options=("a",)) == problems(options=letters) == {"options"}
    for number in (2, 3, 4, 5):
        assert read(options=letters[:number]).options == letters[:number]


def test_the_length_of_an_option():
    for length in (1, 54, 55):
        assert read(options=("x" * length, "y")).options == ("x" * length, "y")
    assert problems(options=("y", "x" * 56)) == {"options"}


def test_empty_lines_are_no_options_and_equal_ones_are_refused():
    assert read(options=("", " a ", "\u200b", "b", "")).options == ("a", "b")
    assert problems(options=("Tea", "tea")) == problems(options=("é", "e\u0301")) == {"options"}


def test_all_that_is_wrong_is_said_at_once():
    assert problems(question="", options=("a",)) == {"question", "options"}
    with pytest.raises(Invalid):
        poll.read({})


@on_each("raw", SAMPLES)
def test_whatever_is_typed_is_kept_clean_or_refused_with_a_sentence(raw):
    try:
        spec = poll.read({"question": (raw,), "options": (f"{raw}\nother one",)})
    except Invalid as refused:
        assert set(refused.errors) <= {"question", "options"}
    else:
        assert poll.read(poll.write(spec)) == spec
        assert 1 <= len(spec.question) <= 300
        assert all(1 <= len(option) <= 55 and "\n" not in option for option in spec.options)


@given(hostile, st.lists(hostile, max_size=6), st.booleans())
def test_what_was_read_reads_back_the_same(question, options, several):
    try:
        spec = read(question, tuple(options), several)
    except Invalid:
        return
    assert poll.read(poll.write(spec)) == spec


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize(
    "picked",
    [
        (),
        ("2",),
        ("-1",),
        ("x",),
        ("",),
        ("٠",),
        ("0", "x"),
        ("1", "01"),
        ("0.0",),
        ("99999",),
        ("²",),
        ("0 ",),
        ("0", "1", "2"),
    ],
)
def test_what_is_no_option_is_refused(picked, several):
    with pytest.raises(Refused):
        poll.respond(poll.Spec("?", ("a", "b"), several), picked, None)


def test_a_ballot_is_the_same_whatever_the_order_of_picking():
    spec = poll.Spec("?", ("a", "b", "c"), several=True)
    assert poll.respond(spec, ("2", "0"), None) == poll.respond(spec, ("0", "2"), "[1]") == "[0,2]"
    single = poll.Spec("?", ("a", "b"))
    assert poll.respond(single, ("1",), "[0]") == "[1]"
    with pytest.raises(Refused, match="one choice"):
        poll.respond(single, ("0", "1"), None)


@given(st.lists(st.tuples(st.sets(st.integers(0, 4), min_size=1), st.sampled_from(["slack", "discord"])), max_size=30))
def test_a_tally_counts_every_ballot_once(ballots):
    spec = poll.Spec("?", tuple("abcde"), several=True)
    counts = [Count(json.dumps(sorted(held)), platform, 1) for held, platform in ballots]
    tally = poll.tally(spec, counts)
    assert tally.voters == len(ballots) == sum(tally.platforms.values())
    assert tally.options == tuple(sum(i in held for held, _ in ballots) for i in range(5))


def frame(**more: object) -> Frame:
    return Frame(**{"ident": "i" * 16, "ended": False, "ends_at": Instant(0), "tally": None, **more})  # type: ignore[arg-type]


SPEC = poll.Spec("Tea?", ("Yes", "No", "Maybe"))


def test_an_open_poll_has_a_button_beside_every_choice_and_says_what_is_shared():
    parts = poll.view(SPEC, frame(tally=Tally(3, (2, 1, 0), {"Slack": 2, "Discord": 1})))
    assert isinstance(parts[0], Heading)
    (choices,) = [part for part in parts if isinstance(part, Choices)]
    assert [it.button.action for it in choices.items if it.button] == [f"vote:{'i' * 16}:{n}" for n in range(3)]
    assert [it.result for it in choices.items] == ["67 % · 2", "33 % · 1", "0 % · 0"]
    assert [it.share for it in choices.items] == [2 / 3, 1 / 3, 0.0]
    assert words(say(Public(), plain(parts[-1].text))) == "3 votes · Slack 2, Discord 1"  # type: ignore[union-attr]


def test_with_several_answers_one_menu_takes_them_all_at_once():
    parts = poll.view(poll.Spec("?", ("a", "b"), several=True), frame())
    (menu,) = [part for part in parts if isinstance(part, Select)]
    assert (menu.least, menu.most, [it.value for it in menu.options]) == (1, 2, ["0", "1"])
    assert [it.button for part in parts if isinstance(part, Choices) for it in part.items] == [None, None]


def test_hidden_results_leave_the_options_in_their_order_and_no_number():
    for over in (False, True):
        parts = poll.view(SPEC, frame(ended=over, tally=None, shared="end"))
        (choices,) = [part for part in parts if isinstance(part, Choices)]
        assert [(it.label, it.result, it.share) for it in choices.items] == [
            (option, "", None) for option in SPEC.options
        ]


def test_an_ended_poll_has_no_buttons_and_the_most_votes_first():
    parts = poll.view(SPEC, frame(ended=True, tally=Tally(4, (1, 2, 2))))
    (choices,) = [part for part in parts if isinstance(part, Choices)]
    assert [(it.label, it.button, it.result) for it in choices.items] == [
        ("No", None, "50 % · 2 · most votes"),
        ("Maybe", None, "50 % · 2 · most votes"),
        ("Yes", None, "25 % · 1"),
    ]


def test_an_ended_poll_that_nobody_answered_names_no_winner():
    parts = poll.view(SPEC, frame(ended=True, tally=Tally(0, (0, 0, 0))))
    (choices,) = [part for part in parts if isinstance(part, Choices)]
    assert {it.result for it in choices.items} == {"0 % · 0"}


def test_the_confirmation_names_every_choice():
    assert plain(poll.confirm(SPEC, Answer("[0,2]"), None)) == (
        "Your vote: A, Yes; C, Maybe. You can change it until the poll ends."
    )
