"""The board as storage derives it: the public questions of a session and how many persons want each (SPEC 12.1).

One person has one upvote for a question over all accounts and over everything that was merged into it: their latest
act counts. Nobody counts for their own question; who is blocked counts nowhere, and their questions are not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import AccountId, Instant, PersonId, QuestionId, SessionId, VenueId
from core.domain.question_order import Sort, firsts, ordered


@dataclass(frozen=True, slots=True)
class Posted:
    """One question on the board. ``first``: its asker had asked none in public before."""

    id: QuestionId
    number: int
    venue: VenueId
    person: PersonId
    asked_at: Instant
    votes: int
    state: str
    live: bool
    spoken: bool
    label: str
    first: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Every public question of a session, sorted: once for all who look at the same moment."""

    pk: ClassVar = ("session", "sort")
    session: SessionId
    sort: Sort
    questions: tuple[Posted, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of what was asked in public and not taken off again."""

    id: QuestionId
    number: int
    venue: VenueId
    person: PersonId
    asked_at: Instant
    state: str
    live: bool
    spoken: bool
    label: str


def board(session: SessionId, sort: Sort, asked: Collection[Asked], votes: Counter[str]) -> Board:
    """Merged ones do not stand by themselves, but were asked."""
    first = firsts((it.person, it.number) for it in asked)
    shown = [_posted(it, votes[it.id], it.number in first) for it in asked if it.state != "merged"]
    return Board(session, sort, tuple(ordered(shown, sort)))


def _posted(it: Asked, votes: int, first: bool) -> Posted:
    return Posted(
        it.id, it.number, it.venue, it.person, it.asked_at, votes, it.state, it.live, it.spoken, it.label, first
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """What one account said last of one question. ``head``: that question, or the one it was merged into."""

    head: QuestionId
    person: PersonId
    askers: frozenset[PersonId]
    """Of both."""
    on: bool
    at: Instant
    delivery: str
    account: AccountId


def counted(cast: Iterable[Cast]) -> Counter[str]:
    """How many persons want each question; in whatever order they come."""
    latest: dict[tuple[QuestionId, PersonId], Cast] = {}
    for one in cast:
        before = latest.get((one.head, one.person))
        if one.person not in one.askers and (before is None or _event(before) < _event(one)):
            latest[(one.head, one.person)] = one
    return Counter(head for (head, _), one in latest.items() if one.on)


def _event(one: Cast) -> tuple[Instant, str, AccountId]:
    return one.at, one.delivery, one.account
