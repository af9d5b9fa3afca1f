"""Rows that storage counts when asked, never keeps: tallies and head counts cannot drift from what they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import Instant, InteractionId, MessageId, PersonId, PlaceId, SessionId, SubjectId
from core.domain.interactions.kind import Count


@dataclass(frozen=True, slots=True)
class Counts:
    """All current ballots of an interaction that count, equal ones together."""

    pk: ClassVar = ("interaction",)
    interaction: InteractionId
    counts: tuple[Count, ...]
    given: bool = False
    """Whether anybody has answered, also who is blocked and may be let in again."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was written in answer to an interaction: how much may be shown, how much waits for a moderator."""

    pk: ClassVar = ("interaction",)
    interaction: InteractionId
    shown: int
    waiting: int
    newest: tuple[PersonId, ...]
    """Whose may be shown, the newest first, at most 25."""


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """Whose answers come from this place on, at most six: ``shown`` newest first, or ``all``.

    Of all of them those that wait come first, oldest first; then the rest, newest first.
    """

    pk: ClassVar = ("interaction", "of", "start")
    interaction: InteractionId
    of: str
    start: int
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Likes:
    """How many persons like something now, by the place in which they said so."""

    pk: ClassVar = ("subject",)
    subject: SubjectId
    places: tuple[tuple[PlaceId, int], ...]


@dataclass(frozen=True, slots=True)
class Reacted:
    """How many reactions of each kind a session has, by platform."""

    pk: ClassVar = ("session",)
    session: SessionId
    counts: tuple[tuple[str, str, int], ...]

    def of(self, kind: str) -> int:
        return sum(number for of, _, number in self.counts if of == kind)


@dataclass(frozen=True, slots=True)
class Burst:
    """The reactions that came in the half minute before an instant, by kind, and from how many persons."""

    pk: ClassVar = ("session", "until")
    session: SessionId
    until: Instant
    counts: tuple[tuple[str, int], ...]
    persons: int

    @property
    def total(self) -> int:
        return sum(number for _, number in self.counts)


LEADERS = 10
"""So many are named; a card of more is read by nobody."""


@dataclass(frozen=True, slots=True)
class Leaders:
    """Who is on a session's leaderboard: only who asked to be, joined, and is not blocked."""

    pk: ClassVar = ("session",)
    session: SessionId
    quizzes: int
    """How many count: those that have ended."""
    number: int
    top: tuple[tuple[PersonId, int], ...]
    """The first ten with their right answers, best first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's right answers, and how many on the leaderboard have more; also of one who is not on it."""

    pk: ClassVar = ("session", "person")
    session: SessionId
    person: PersonId
    right: int
    better: int


@dataclass(frozen=True, slots=True)
class Joined:
    """How many persons consented in a session."""

    pk: ClassVar = ("session",)
    session: SessionId
    number: int


@dataclass(frozen=True, slots=True)
class Listening:
    """How many persons who joined are in a session's voice rooms, and how many of these hear something."""

    pk: ClassVar = ("session",)
    session: SessionId
    number: int
    hearing: int


@dataclass(frozen=True, slots=True)
class Recent:
    """The newest lines of a session's chat that stand, newest first, at most 25."""

    pk: ClassVar = ("session",)
    session: SessionId
    messages: tuple[MessageId, ...]


@dataclass(frozen=True, slots=True)
class Uncleared:
    """The oldest lines of a chat that clearing it has not reached yet, at most 200."""

    pk: ClassVar = ("session",)
    session: SessionId
    messages: tuple[MessageId, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many persons were to be let into a place before this instant and still wait for it."""

    pk: ClassVar = ("place", "before")
    place: PlaceId
    before: Instant
    number: int
