"""Crowd votes: every limit at its edge, the parity of taps, every card."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.drawing import Bars
from core.domain.form import Invalid
from core.domain.ids import Instant
from core.domain.interactions import vote
from core.domain.interactions.kind import Answer, Count, Frame, Tally
from core.domain.refused import Refused
from core.domain.text import plain
from core.domain.view import Button, Buttons, Card, Public, in_words
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, hostile


def problems(statement: str = "Me!", emoji: str = "hand") -> set[str]:
    with pytest.raises(Invalid) as refused:
        vote.read({"statement": (statement,), "emoji": (emoji,)})
    assert all(sentence.endswith((".", "fit.")) for sentence in refused.value.errors.values())
    return set(refused.value.errors)


def read(statement: str) -> vote.Spec:
    return vote.read({"statement": (statement,), "emoji": ("hand",)})


def test_the_length_of_a_statement():
    assert problems(statement="") == problems(statement=" \u200b ") == {"statement"}
    assert [len(read("x" * number).statement) for number in (1, 299, 300)] == [1, 299, 300]
    assert problems(statement="x" * 301) == {"statement"}


def test_one_emoji_of_the_list_each_with_words():
    assert problems(emoji="🔥") == {"emoji"}
    assert problems(statement="", emoji="x") == {"statement", "emoji"}
    for name, (sign, words) in vote.EMOJI.items():
        spec = vote.read({"statement": ("Me!",), "emoji": (name,)})
        head = vote.view(spec, frame())[0]
        assert words and plain(head.text) == f"Me! {sign}"  # type: ignore[union-attr]
        assert f"{sign} {words}" in [pick.label for pick in vote.fields()[1].picks]


@on_each("raw", SAMPLES)
def test_whatever_is_typed_is_kept_clean_or_refused_with_a_sentence(raw):
    for values in ({"statement": (raw,)}, {"statement": ("x",), "emoji": (raw,)}):
        try:
            spec = vote.read(values)
        except Invalid as refused:
            assert set(refused.errors) <= {"statement", "emoji"}
        else:
            assert vote.read(vote.write(spec)) == spec


@given(hostile)
def test_what_was_read_reads_back_the_same(statement):
    try:
        spec = read(statement)
    except Invalid:
        return
    assert vote.read(vote.write(spec)) == spec


SPEC = vote.Spec("I have used this")


@given(st.integers(0, 40))
def test_who_tapped_an_odd_number_of_times_is_in(taps):
    ballot: str | None = None
    for _ in range(taps):
        ballot = vote.respond(SPEC, ("0",), ballot)
    counted = vote.tally(SPEC, [Count(ballot, "Slack", 1, 1)] if ballot else [])
    assert (counted.voters, counted.moderators) == (taps % 2, taps % 2)


@pytest.mark.parametrize("picked", [(), ("1",), ("x",), ("0", "0"), ("00",), ("٠",)])
def test_what_is_not_its_button_is_refused(picked):
    with pytest.raises(Refused):
        vote.respond(SPEC, picked, None)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["Slack", "Discord"]), st.integers(1, 9)), max_size=20))
def test_only_who_is_in_counts(ballots):
    tally = vote.tally(SPEC, [Count(vote.IN if on else vote.OUT, at, number) for on, at, number in ballots])
    assert tally.voters == sum(number for on, _, number in ballots if on) == sum(tally.platforms.values())
    assert tally.options == (tally.voters,)


def frame(**more: object) -> Frame:
    return Frame(**{"ident": "i" * 16, "ended": False, "ends_at": Instant(0), "tally": None, **more})  # type: ignore[arg-type]


def button(tally: Tally | None) -> Button:
    (row,) = [part for part in vote.view(SPEC, frame(tally=tally)) if isinstance(part, Buttons)]
    (one,) = row.items
    assert isinstance(one, Button)
    return one


def test_the_number_is_on_the_button_only_where_everybody_may_know_it_and_it_fits():
    assert button(None).label == "Count me in"
    assert button(Tally(0, (0,))).label == "Count me in 0"
    assert button(Tally(88, (88,))).label == "Count me in 88"
    assert button(Tally(999_999, (999_999,))).label == "Count me in 999,999"
    assert button(Tally(1_000_000, (1_000_000,))).label == "Count me in"
    assert button(Tally(88, (88,))).action == f"vote:{'i' * 16}:0"


def test_an_ended_one_says_how_many_and_has_no_button():
    parts = vote.view(SPEC, frame(ended=True, tally=Tally(88, (88,), {"Slack": 50, "Discord": 38})))
    words = in_words(Card(Public(), parts))
    assert "88 people (Slack 50, Discord 38)" in words and words.endswith("88 people counted in")
    assert not any(isinstance(part, Buttons) for part in parts)
    hidden = in_words(Card(Public(), vote.view(SPEC, frame(ended=True))))
    assert "people" not in hidden and "results are not shared" in hidden
    assert vote.summary(SPEC, Tally(1, (1,))) == "1 person counted in"


def test_the_picture_compares_platforms_and_there_is_none_of_nobody():
    picture = vote.drawing(SPEC, Tally(4, (4,), {"Slack": 1, "Discord": 3}))
    assert isinstance(picture, Bars)
    assert [(bar.label, bar.number, bar.share) for bar in picture.bars] == [("Discord", 3, 0.75), ("Slack", 1, 0.25)]
    assert vote.drawing(SPEC, Tally(0, (0,))) is None


def test_the_answer_says_whether_one_is_in():
    assert plain(vote.confirm(SPEC, Answer(vote.IN), None)).startswith("You are in.")
    assert plain(vote.confirm(SPEC, Answer(vote.OUT), None)).startswith("You are out again.")
