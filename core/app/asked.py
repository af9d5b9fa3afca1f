"""Rows that storage derives when asked: which questions wait, who has which, what all may read (SPEC 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.app.posted import Board as Board
from core.app.posted import Posted as Posted
from core.domain.ids import Instant, PersonId, QuestionId, SessionId

WAITING = 50
"""Open questions of which a desk that came later shows cards, the oldest; more of them bury each other."""


@dataclass(frozen=True, slots=True)
class Queued:
    """One open question, as the list and the desk need it."""

    id: QuestionId
    number: int
    waiting_since: Instant
    pinned: bool
    owner: PersonId | None
    claimed_at: Instant | None
    waits: bool = False
    """For a moderator to let it through, onto the board."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Every open question of a session, and how many are closed in which way."""

    pk: ClassVar = ("session",)
    session: SessionId
    open: tuple[Queued, ...]
    """Those that wait first, pinned ones before others, oldest first; then the claimed ones, oldest first."""
    resolved: int
    declined: int
    merged: int

    @property
    def pending(self) -> Sequence[Queued]:
        return [it for it in self.open if it.owner is None]

    @property
    def claimed(self) -> Sequence[Queued]:
        return [it for it in self.open if it.owner is not None]

    @property
    def oldest(self) -> Sequence[Queued]:
        """In the order in which they came: the first :data:`WAITING` have a card at every desk."""
        return sorted(self.open, key=lambda it: (it.waiting_since, it.number))

    @property
    def waiting(self) -> int:
        """How many wait to be let through onto the board."""
        return sum(it.waits for it in self.open)

    @property
    def asked(self) -> int:
        return len(self.open) + self.resolved + self.declined + self.merged


def in_order(entry: Queued) -> tuple[bool, bool, int, int]:
    """The order of :attr:`Queue.open`."""
    return entry.owner is not None, not entry.pinned, entry.waiting_since, entry.number


@dataclass(frozen=True, slots=True)
class Published:
    """Which questions of a session are in its feed, the first published first; ``named`` show who asked them."""

    pk: ClassVar = ("session",)
    session: SessionId
    questions: tuple[QuestionId, ...]
    named: tuple[QuestionId, ...]


@dataclass(frozen=True, slots=True)
class AskedSince:
    """How many questions were asked, and how many answered, from an instant on."""

    pk: ClassVar = ("session", "since")
    session: SessionId
    since: Instant
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class OnDuty:
    """When each moderator of a session last did something at the desk."""

    pk: ClassVar = ("session",)
    session: SessionId
    people: tuple[tuple[PersonId, Instant], ...]

    def since(self, at: Instant) -> frozenset[PersonId]:
        return frozenset(person for person, last in self.people if last >= at)
