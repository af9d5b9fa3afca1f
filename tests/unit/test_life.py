"""An interaction's life, and when a ballot counts (I4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.chat import Message, deleted
from core.domain.ids import (
    SECOND,
    AccountId,
    DeliveryKey,
    Instant,
    InteractionId,
    MessageId,
    PersonId,
    PlaceId,
    SessionId,
)
from core.domain.interactions.life import (
    GRACE,
    Ballot,
    Interaction,
    State,
    check_open,
    ended,
    newer,
    published,
    results_visible,
    unpublished,
)
from core.domain.refused import Refused
from core.domain.text import doc

STATES: tuple[State, ...] = ("draft", "live", "ended", "unpublished")
OPENED, CLOSED = Instant(100 * SECOND), Instant(200 * SECOND)


def one(state: State) -> Interaction:
    return Interaction(
        InteractionId("i"), SessionId("s"), "poll", None, state,
        published_at=None if state == "draft" else OPENED,
        ended_at=CLOSED if state in ("ended", "unpublished") else None,
    )  # fmt: skip


def outcome(step, state: State) -> str:
    try:
        return step(one(state), CLOSED).state
    except Refused:
        return "refused"


def test_the_steps_of_a_life():
    assert [outcome(published, state) for state in STATES] == ["live", "refused", "refused", "ended"]
    assert [outcome(ended, state) for state in STATES] == ["refused", "ended", "ended", "refused"]
    assert [outcome(unpublished, state) for state in STATES] == ["refused", "unpublished", "unpublished", "refused"]


def test_ending_twice_keeps_the_first_end():
    over = one("ended")
    assert ended(over, Instant(CLOSED + 1)) is over
    assert unpublished(over, Instant(CLOSED + 1)).ended_at == CLOSED
    assert unpublished(one("live"), CLOSED).ended_at == CLOSED


def counts(interaction: Interaction, clicked: int, arrived: int) -> bool:
    try:
        check_open(interaction, "Poll", Instant(clicked), Instant(arrived))
    except Refused:
        return False
    return True


@pytest.mark.parametrize(
    ("clicked", "arrived", "counted"),
    [
        (CLOSED - 1, CLOSED, True),
        (CLOSED, CLOSED, True),
        (CLOSED, CLOSED + GRACE, True),
        (CLOSED, CLOSED + GRACE + 1, False),
        (CLOSED + 1, CLOSED + 1, False),
        (CLOSED + 1, CLOSED + GRACE, False),
        (OPENED, CLOSED + GRACE + 1, False),
    ],
)
def test_the_click_decides_up_to_five_seconds_after_the_end(clicked, arrived, counted):
    assert counts(one("ended"), clicked, arrived) is counted


@given(st.integers(0, 300 * SECOND), st.integers(0, 20 * SECOND), st.sampled_from(STATES))
def test_no_ballot_counts_before_publishing_after_the_end_or_out_of_sight(clicked, delay, state):
    interaction, arrived = one(state), clicked + delay
    if state == "ended" and arrived < CLOSED:
        arrived = CLOSED
    expected = {
        "draft": False,
        "live": arrived >= OPENED,
        "ended": clicked <= CLOSED and arrived <= CLOSED + GRACE,
        "unpublished": False,
    }[state]
    assert counts(interaction, clicked, arrived) is expected


def ballot(at: int, delivery: str) -> Ballot:
    return Ballot(InteractionId("i"), PersonId("p"), AccountId("a"), "slack", "[0]", Instant(at), DeliveryKey(delivery))


def test_the_later_click_wins_and_ties_go_by_delivery():
    assert newer(ballot(1, "a"), None)
    assert newer(ballot(2, "a"), ballot(1, "b"))
    assert not newer(ballot(1, "b"), ballot(2, "a"))
    assert newer(ballot(1, "b"), ballot(1, "a"))
    assert not newer(ballot(1, "a"), ballot(1, "b"))


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc")), min_size=1, max_size=8).flatmap(st.permutations))
def test_the_last_ballot_is_the_same_in_every_order(clicks):
    current: Ballot | None = None
    for at, delivery in clicks:
        if newer(ballot(at, delivery), current):
            current = ballot(at, delivery)
    assert current == ballot(*max(clicks))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("hidden", [False, True])
def test_results_are_seen_as_announced_and_never_while_hidden(state, hidden):
    seen = {
        sharing: results_visible(replace(one(state), sharing=sharing, hidden=hidden))
        for sharing in ("live", "end", "never")
    }
    assert seen == {"live": not hidden, "end": not hidden and state == "ended", "never": False}


def test_a_line_deleted_twice_is_deleted_once():
    line = Message(
        MessageId("m"), SessionId("s"), PlaceId("p"), AccountId("a"), PersonId("x"), doc("Hi"), Instant(1), Instant(1)
    )
    gone = deleted(line, Instant(5))
    assert (gone.body, gone.deleted, gone.changed_at) == ((), True, 5)
    assert deleted(gone, Instant(9)) is gone
