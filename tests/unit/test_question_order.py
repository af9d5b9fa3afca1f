"""Any questions in any order of arrival stand in the order that the board promises (SPEC 12.1)."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from core.app.posted import Asked, Cast, Posted, board, counted
from core.domain.ids import AccountId, Instant, PersonId, QuestionId, SessionId, VenueId
from core.domain.question_order import SORTS, Sort, firsts, ordered, rule

VENUES = [VenueId(it) for it in ("slack:T1", "discord:G1", "slack:T2")]


@st.composite
def boards(draw: st.DrawFn) -> list[Posted]:
    """Few people, votes and instants, so that all of them tie."""
    numbers = range(1, draw(st.integers(0, 14)) + 1)
    asked = [
        Asked(
            QuestionId(f"q{number}"), number, draw(st.sampled_from(VENUES)),
            PersonId(draw(st.sampled_from("abcde"))), Instant(draw(st.integers(0, 4))),
            draw(st.sampled_from(("pending", "claimed", "resolved", "merged"))), False, False, "",
        )
        for number in numbers
    ]  # fmt: skip
    votes: Counter[str] = Counter({it.id: draw(st.integers(0, 3)) for it in asked})
    made = list(board(SessionId("s"), "newest", asked, votes).questions)
    on_stage = draw(st.integers(-1, len(made) - 1))
    return [replace(it, live=index == on_stage and it.state != "resolved") for index, it in enumerate(made)]


def waiting(entries: list[Posted]) -> list[Posted]:
    return [it for it in entries if not it.live and it.state != "resolved"]


@given(boards(), st.sampled_from(sorted(SORTS)), st.randoms())
def test_every_question_stands_once_wherever_it_came_from(asked: list[Posted], sort: Sort, chance: random.Random):
    shown = ordered(asked, sort)
    assert sorted(it.number for it in shown) == sorted(it.number for it in asked)
    shuffled = list(asked)
    chance.shuffle(shuffled)
    assert ordered(shuffled, sort) == shown


@given(boards(), st.sampled_from(sorted(SORTS)))
def test_what_is_on_stage_is_first_and_what_is_answered_last(asked: list[Posted], sort: Sort):
    ranks = [0 if it.live else 2 if it.state == "resolved" else 1 for it in ordered(asked, sort)]
    assert ranks == sorted(ranks)


@given(boards())
def test_nobodys_second_question_stands_before_a_first_one(asked: list[Posted]):
    first = [it.first for it in waiting(ordered(asked))]
    assert first == sorted(first, reverse=True)


@given(boards())
def test_within_one_place_votes_decide_and_then_age(asked: list[Posted]):
    for venue in VENUES:
        for first in (True, False):
            mine = [it for it in waiting(ordered(asked)) if it.venue == venue and it.first == first]
            assert mine == sorted(mine, key=lambda it: (-it.votes, it.asked_at, it.number))


@given(boards())
def test_places_take_turns_as_long_as_each_has_a_question(asked: list[Posted]):
    for first in (True, False):
        mine = [it for it in waiting(ordered(asked)) if it.first == first]
        left = Counter(it.venue for it in mine)
        had: Counter[VenueId] = Counter()
        for one in mine:
            had[one.venue] += 1
            # Nobody gets ahead of a place that still waits for its turn.
            assert all(had[one.venue] - had[it] <= 1 for it in left if left[it] > had[it])
        if mine:
            assert mine[0].votes == max(it.votes for it in mine), "the one that is wanted most begins"


@given(boards())
def test_the_other_sorts_are_what_they_are_called(asked: list[Posted]):
    by_votes = [it.votes for it in waiting(ordered(asked, "votes"))]
    assert by_votes == sorted(by_votes, reverse=True)
    newest = [(it.asked_at, it.number) for it in waiting(ordered(asked, "newest"))]
    assert newest == sorted(newest, reverse=True)


@given(
    st.lists(st.tuples(st.sampled_from([PersonId(it) for it in "abc"]), st.integers(1, 30)), unique_by=lambda it: it[1])
)
def test_everybody_has_one_first_question(asked: list[tuple[PersonId, int]]):
    first = firsts(asked)
    for person, theirs in groupby(sorted(asked), key=lambda it: it[0]):
        numbers = [number for _, number in theirs]
        assert first & set(numbers) == {min(numbers)}, person


def test_the_rule_of_each_sort_is_said_in_words():
    two = [replace(A_QUESTION, venue=it) for it in VENUES[:2]]
    assert rule("fair", two) == (
        "Fair order: who asks for the first time comes first, each workspace and server in turn, then the most upvotes."
    )
    assert "in turn" not in rule("fair", two[:1])
    assert rule("votes").startswith("Most votes:") and rule("newest").startswith("Newest:")


A_QUESTION = Posted(
    QuestionId("q"), 1, VENUES[0], PersonId("a"), Instant(0), 0, "pending", False, False, "", True
)  # fmt: skip


# -- upvotes ----------------------------------------------------------------------------------------------------------


@st.composite
def casts(draw: st.DrawFn) -> list[Cast]:
    """Deliveries are of one event each; accounts belong to few persons."""
    made = []
    for number in range(draw(st.integers(0, 20))):
        account = draw(st.integers(0, 5))
        made.append(
            Cast(
                QuestionId(draw(st.sampled_from(("q1", "q2")))),
                PersonId(f"p{account // 2}"),
                frozenset({PersonId("p0")}),
                draw(st.booleans()),
                Instant(draw(st.integers(0, 3))),
                f"d{number:02}",
                AccountId(f"a{account}"),
            )
        )
    return made


@given(casts(), st.randoms())
def test_one_upvote_a_person_the_latest_counts_and_order_and_repetitions_do_not_matter(
    cast: list[Cast], chance: random.Random
):
    expected: Counter[str] = Counter()
    for head in ("q1", "q2"):
        for person in ("p1", "p2"):
            mine = [it for it in cast if (it.head, it.person) == (head, person)]
            if mine and max(mine, key=lambda it: (it.at, it.delivery)).on:
                expected[head] += 1
    again = [*cast, *cast]
    chance.shuffle(again)
    assert counted(cast) == counted(again) == expected
