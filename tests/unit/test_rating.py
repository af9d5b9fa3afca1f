"""Ratings: every limit at its edge, every step, the mean to the decimal, every card."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.drawing import Bars
from core.domain.form import Invalid
from core.domain.ids import Instant
from core.domain.interactions import rating
from core.domain.interactions.kind import Answer, Count, Frame, Tally
from core.domain.refused import Refused
from core.domain.text import plain
from core.domain.view import Card, Choices, Public, Scale, in_words
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, hostile


def read(statement: str = "How was it?", emoji: str = "star", steps: str = "5") -> rating.Spec:
    return rating.read({"statement": (statement,), "emoji": (emoji,), "steps": (steps,)})


def problems(**typed: str) -> set[str]:
    with pytest.raises(Invalid) as refused:
        read(**typed)
    assert all(sentence.endswith((".", "fit.")) for sentence in refused.value.errors.values())
    return set(refused.value.errors)


def test_the_length_of_a_statement():
    assert problems(statement="") == problems(statement=" \u200b ") == {"statement"}
    assert [len(read(statement="x" * number).statement) for number in (1, 299, 300)] == [1, 299, 300]
    assert problems(statement="x" * 301) == {"statement"}


def test_two_to_ten_steps_and_five_where_nothing_is_said():
    for steps in ("1", "11", "0", "-2", "x", "٥", "5.0", "05", "999999"):
        assert problems(steps=steps) == {"steps"}
    assert [read(steps=str(number)).steps for number in range(2, 11)] == list(range(2, 11))
    assert rating.read({"statement": ("x",)}) == rating.Spec("x", "star", 5)


def test_five_emoji_each_with_words():
    assert [read(emoji=name).emoji for name in ("star", "heart", "thumbs", "number", "face")] == list(rating.EMOJI)
    assert problems(emoji="skull") == {"emoji"}
    assert all(label.split(" ", 1)[1].isascii() for field in rating.fields() for label, in
               [[pick.label] for pick in field.picks if field.name == "emoji"])  # fmt: skip
    assert problems(statement="", emoji="skull", steps="1") == {"statement", "emoji", "steps"}


@on_each("raw", SAMPLES)
def test_whatever_is_typed_is_kept_clean_or_refused_with_a_sentence(raw):
    for values in ({"statement": (raw,)}, {"statement": ("x",), "emoji": (raw,), "steps": (raw,)}):
        try:
            spec = rating.read(values)
        except Invalid as refused:
            assert set(refused.errors) <= {"statement", "emoji", "steps"}
        else:
            assert rating.read(rating.write(spec)) == spec


@given(hostile, st.sampled_from(list(rating.EMOJI)), st.integers(2, 10))
def test_what_was_read_reads_back_the_same(statement, emoji, steps):
    try:
        spec = read(statement, emoji, str(steps))
    except Invalid:
        return
    assert rating.read(rating.write(spec)) == spec


def frame(**more: object) -> Frame:
    return Frame(**{"ident": "i" * 16, "ended": False, "ends_at": Instant(0), "tally": None, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("steps", range(2, 11))
def test_one_button_a_step_and_words_only_at_the_ends(steps):
    spec = rating.Spec("How?", "star", steps)
    (scale,) = [part for part in rating.view(spec, frame()) if isinstance(part, Scale)]
    assert len(scale.items) == steps
    assert [it.label for it in scale.items] == ["1 poor", *map(str, range(2, steps)), f"{steps} great"]
    assert [it.spoken.partition(",")[0] for it in scale.items] == [f"{n} of {steps}" for n in range(1, steps + 1)]
    assert [it.action for it in scale.items] == [f"vote:{'i' * 16}:{n}" for n in range(steps)]
    for place in range(steps):
        ballot = rating.respond(spec, (str(place),), None)
        assert plain(rating.confirm(spec, Answer(ballot), None)).startswith(f"Your rating: {place + 1} of {steps}.")


@pytest.mark.parametrize("picked", [(), ("5",), ("-1",), ("x",), ("٠",), ("0", "1"), ("99999",)])
def test_what_is_no_step_is_refused(picked):
    with pytest.raises(Refused):
        rating.respond(rating.Spec("?"), picked, None)


@pytest.mark.parametrize(
    ("options", "mean"),
    [((0, 0, 0, 0, 1), "5.0"), ((1, 0, 0, 0, 0), "1.0"), ((1, 0, 0, 0, 1), "3.0"), ((0, 0, 0, 3, 1), "4.3"),
     ((0, 0, 0, 19, 1), "4.1"), ((0, 0, 0, 21, 1), "4.0"), ((7, 0, 0, 0, 1), "1.5")],
)  # fmt: skip
def test_the_mean_has_one_decimal_half_rounded_up(options, mean):
    assert rating.mean(Tally(sum(options), options)) == mean


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["Slack", "Discord"])), min_size=1, max_size=40))
def test_a_tally_counts_every_ballot_once(ballots):
    spec = rating.Spec("?", "number", 10)
    tally = rating.tally(spec, [Count(json.dumps([step]), platform, 1) for step, platform in ballots])
    assert tally.voters == len(ballots) == sum(tally.platforms.values()) == sum(tally.options)
    exact = Fraction(sum(step + 1 for step, _ in ballots), len(ballots))
    assert abs(Fraction(rating.mean(tally)) - exact) <= Fraction(1, 20)


TALLY = Tally(120, (4, 6, 10, 40, 60), {"Slack": 70, "Discord": 50})


def test_shared_results_are_the_mean_and_how_the_steps_were_chosen():
    for ended in (False, True):
        parts = rating.view(rating.Spec("How?"), frame(ended=ended, tally=TALLY))
        (spread,) = [part for part in parts if isinstance(part, Choices)]
        assert [(it.letter, it.button, it.result) for it in spread.items] == [
            ("5", None, "50 % · 60"), ("4", None, "33 % · 40"), ("3", None, "8 % · 10"), ("2", None, "5 % · 6"),
            ("1", None, "3 % · 4"),
        ]  # fmt: skip
        assert spread.items[0].label == "stars, great ⭐" and spread.items[4].label == "star, poor ⭐"
        assert "4.2 of 5, 120 ratings" in in_words(Card(Public(), parts))
        assert any(isinstance(part, Scale) for part in parts) is not ended
    assert rating.summary(rating.Spec("How?"), TALLY) == "4.2 of 5, 120 ratings"
    picture = rating.drawing(rating.Spec("How?"), TALLY)
    assert isinstance(picture, Bars)
    assert [bar.number for bar in picture.bars] == [60, 40, 10, 6, 4]
    assert (picture.bars[0].label, picture.foot) == ("5  stars, great", "4.2 of 5, 120 ratings")


def test_without_ratings_no_mean_is_made_up():
    spec, nobody = rating.Spec("How?"), Tally(0, (0,) * 5)
    assert rating.summary(spec, nobody) == "No ratings"
    for ended in (False, True):
        assert "of 5" not in in_words(Card(Public(), rating.view(spec, frame(ended=ended, tally=nobody))))


def test_hidden_results_are_nowhere_on_the_card():
    for ended in (False, True):
        parts = rating.view(rating.Spec("How?"), frame(ended=ended, tally=None, shared="never"))
        assert not any(isinstance(part, Choices) for part in parts)
        assert "ratings" not in in_words(Card(Public(), parts))
