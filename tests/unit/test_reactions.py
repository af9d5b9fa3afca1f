"""What counts of what somebody gives, in whatever order it comes; and the five as people type them (SPEC 7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.emojis import as_like, read_five, standard
from core.domain.ids import SECOND, Instant, PersonId, SessionId
from core.domain.reactions import (
    APART,
    KINDS,
    USUAL,
    Reaction,
    burst_in_words,
    five,
    kind_of,
    near,
    slot_of,
    takes_place,
    thinned,
)

TIMES = st.lists(st.integers(0, 40 * SECOND) | st.sampled_from([n * SECOND for n in range(40)]), max_size=25)


def one(at: int) -> Reaction:
    return Reaction(SessionId("s"), PersonId("p"), "0", slot_of(Instant(at)), "slack", Instant(at))


def counted(times: Sequence[int]) -> list[int]:
    """As the writer does it: each looked at beside what is in the windows around it alone."""
    kept: dict[int, Reaction] = {}
    for at in times:
        given_now = one(at)
        instead_of = takes_place(given_now, [kept[slot] for slot in near(given_now.at) if slot in kept])
        if instead_of is not None:
            for other in instead_of:
                del kept[other.slot]
            kept[given_now.slot] = given_now
    return sorted(it.at for it in kept.values())


@given(TIMES)
def test_whatever_the_order_no_two_within_the_pause_are_counted(times: list[int]) -> None:
    kept = counted(times)
    assert all(after - before >= APART for before, after in pairwise(kept))
    assert set(kept) <= set(times)
    assert bool(kept) == bool(times)


@given(TIMES)
def test_in_the_order_given_each_counts_that_is_far_enough_behind_the_last(times: list[int]) -> None:
    assert counted(sorted(times)) == [it.at for it in thinned(map(one, times))]


@given(TIMES)
def test_two_in_one_instant_are_one(times: list[int]) -> None:
    assert counted([at for at in times for _ in range(2)]) == counted(times)


@given(st.integers(0, 20 * SECOND), st.integers(0, 20 * SECOND))
def test_of_two_the_order_of_delivery_never_matters(first: int, second: int) -> None:
    assert counted([first, second]) == counted([second, first])


@given(st.lists(st.integers(0, APART - 1), min_size=2, max_size=5), st.integers(0, 10 * SECOND))
def test_however_often_somebody_presses_within_the_pause_it_is_one_and_the_first(offsets: list[int], at: int) -> None:
    times = [at + offset for offset in offsets]
    assert {tuple(counted(order)) for order in permutations(times)} == {(min(times),)}


def test_pauses_are_kept_across_the_edge_of_two_windows() -> None:
    edge = 10 * APART
    assert counted([edge - 1, edge + 1]) == [edge - 1]
    assert counted([edge - 1, edge - 1 + APART]) == [edge - 1, edge - 1 + APART]


def test_the_usual_five_and_a_sessions_own() -> None:
    assert [it.word for it in five(())] == ["Clap", "Heart", "Think", "Wow", "Smile"]
    own = ("🔥 Fire", "👏 Clap", "🎉 Party", "🤯 Mind blown", "😄 Smile")
    assert [(it.kind, it.emoji, it.word) for it in five(own)][3] == ("3", "🤯", "Mind blown")
    assert (kind_of("👏", own), kind_of("👏", ()), kind_of("🔥", ())) == ("1", "0", None)
    assert kind_of("❤", ()) == kind_of("❤️", ()) == "1"


def test_a_burst_reads_with_the_most_first_and_the_emoji_last() -> None:
    assert burst_in_words([("0", 132)], ()) == "132 claps in 30 s 👏"
    assert burst_in_words([("0", 9), ("1", 1), ("3", 1_200)], ()) == "1,200 wows, 9 claps and 1 heart in 30 s 😮👏❤️"
    own = ("👏 Applaus", "❤️ Kiss", "🤔 Хм", "😮 Wow", "😄 Ha ha")
    assert burst_in_words([("1", 2), ("2", 3), ("4", 4)], own) == "4 ha ha, 3 хм and 2 kisses in 30 s 😄🤔❤️"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("👏", "👏"), ("👏🏽", "👏"), (":clap:", "👏"), (":heart:", "❤️"), ("❤", "❤️"), (":thumbsup:", "👍"),
        ("⭐", "⭐"),
        ("clap", ""), (":party_parrot:", ""), ("👏👏", ""), ("", ""), ("1", ""), ("🫩", ""), ("\u200d", ""),
    ],
)  # fmt: skip
def test_an_emoji_that_every_platform_has(typed: str, meant: str) -> None:
    assert standard(typed) == meant


def test_a_like_may_be_a_workspaces_own() -> None:
    assert (as_like(":party_parrot:"), as_like(" :+1: "), as_like("thumbs up")) == (":party_parrot:", "👍", "")


def test_the_usual_five_can_be_typed_as_they_are_shown() -> None:
    assert read_five(USUAL) == (USUAL, {})
    assert len(USUAL) == len(KINDS)


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (USUAL[:4], {-1: "These are 4; write exactly five"}),
        ((*USUAL, "🔥 Fire"), {-1: "These are 6"}),
        ((*USUAL[:4], "🔥"), {4: "Write an emoji and a word"}),
        ((*USUAL[:4], "Fire 🔥"), {4: "“Fire” is no emoji"}),
        ((*USUAL[:4], ":our_own: Fire"), {4: "no emoji that both"}),
        ((*USUAL[:4], "🔥 Thirteen chars"), {4: "has 14 characters"}),
        ((*USUAL[:4], "👏🏽 Applause"), {4: "too like another"}),
        ((*USUAL[:4], "🔥 CLAP"), {4: "too like another"}),
    ],
)
def test_what_is_wrong_with_the_five_is_told_by_line(lines: tuple[str, ...], wrong: dict[int, str]) -> None:
    _, found = read_five(lines)
    assert found.keys() == wrong.keys()
    assert all(wrong[number] in sentence for number, sentence in found.items())


@given(st.lists(st.text(max_size=20), max_size=7))
def test_anything_can_be_typed(lines: list[str]) -> None:
    read_five(lines)
    as_like("".join(lines))
