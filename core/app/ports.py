"""What the core asks of the outside, on one page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from core.app.commands import Command
from core.app.outcome import Outcome, Saving
from core.app.platform import Budget, Opened
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.ids import Instant, NewId, PlaceId, SubjectId, SurfaceId, VenueId
from core.domain.schedule import Due
from core.domain.surfaces import Place, Surface, SurfaceKind

Clock = Callable[[], Instant]
"""The one place where the wall clock is read."""

Needs = Callable[[UnitOfWork], Iterable[Key]]
"""Names keys, given what is loaded so far; asked again until it names nothing new."""


class Submit(Protocol):
    """Hand in a command; returns once it is committed, or ``Saving`` when that takes over 1.5 s."""

    def __call__(self, command: Command) -> Awaitable[Outcome | Saving]: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """Time and randomness, handed to every handler."""

    now: Instant
    new_id: NewId


class Conflict(Exception):
    """Somebody else changed a row since it was loaded; decide again on fresh state."""


class StorageDown(Exception):
    """The database did not answer; nothing of the batch was saved."""


class Transaction(Protocol):
    """One writing transaction; leaving it without ``commit`` rolls back."""

    def fill(self, work: UnitOfWork, needs: Needs) -> None: ...

    def flush(self, work: UnitOfWork) -> None:
        """Write the changes, subjects last in id order. Raises Conflict."""
        ...

    def commit(self) -> None: ...

    @property
    def ledger(self) -> Ledger: ...


class Store(Protocol):
    """Storage, called from threads only. Errors: Conflict, StorageDown."""

    def writing(self, *, alone: bool = False) -> AbstractContextManager[Transaction]:
        """``alone``: for one command that may change what others count on; it waits for and holds off their batches."""
        ...

    def read(self, needs: Needs) -> UnitOfWork:
        """What these keys hold now, on a reading connection."""
        ...

    @property
    def outbox(self) -> Outbox: ...

    def ready(self) -> bool:
        """Whether a write would go through now."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Task:
    """The next thing to do in a lane."""

    surface: Surface
    version: int
    """The subject's version that will be shown."""
    parent_ref: str | None = None
    held: bool = False
    """What it answers is not posted yet: it waits behind that, and later lines wait behind it."""

    @property
    def verb(self) -> str:
        """``post``, ``edit``, ``delete``, ``drop`` (gone before it was done) or ``rebundle``.

        Of the other kinds of surfaces: ``admit`` and ``expel``, ``pin`` and ``unpin``, ``topic``, ``archive``.
        """
        surface = self.surface
        if surface.kind != "post":
            doing, undoing = _VERBS[surface.kind]
            # Somebody may be in although no answer said so: a crash, or a second try, came in between.
            done = surface.ref is not None or surface.kind == "grant"
            return doing if not surface.gone else undoing if done else "drop"
        if surface.bundle is not None:
            return "rebundle"
        if surface.gone:
            return "delete" if surface.ref is not None else "post" if surface.sent_at is not None else "drop"
        return "post" if surface.ref is None else "edit"


_VERBS: Mapping[SurfaceKind, tuple[str, str]] = {
    "grant": ("admit", "expel"),
    "pin": ("pin", "unpin"),
    "topic": ("topic", "drop"),
    "archive": ("archive", "drop"),
}
"""What each kind asks for, and what undoes it."""


class Comparer(Protocol):
    """Tells which questions ask the same, in whatever language. Called from threads only."""

    def essence(self, text: str) -> str:
        """What of a question is compared."""
        ...

    def closest(self, essence: str, others: Sequence[str]) -> tuple[int, float] | None:
        """Which of the others' essences asks the same, the first of several, and how alike they are (0 to 1)."""
        ...


class Outbox(Protocol):
    """The surfaces as a queue, as read: what waits where. Called from threads only."""

    def waiting(
        self, now: Instant, platforms: Collection[str], holder: str = ""
    ) -> Sequence[tuple[PlaceId, Instant, int]]:
        """Places of these platforms with something to do and a lane that is free or the holder's own, when the first
        of it may be tried, and the urgency of the most urgent."""
        ...

    def tasks(self, place: PlaceId, limit: int) -> Sequence[Task]:
        """What the place waits for: posts before edits, most urgent and oldest first."""
        ...

    def owned(self, place: PlaceId, refs: Sequence[str]) -> frozenset[str]:
        """Those of the refs that a surface has."""
        ...

    def natives(self, place: PlaceId, limit: int) -> Sequence[str]:
        """The refs of the last lines that people wrote in the place, newest first; deleted ones too."""
        ...

    def conversations(self, platforms: Collection[str]) -> Sequence[tuple[Place, str]]:
        """Where these platforms' askers have their conversations, each with the ref of the receipt that heads it (in a
        thread of one's own, or where it is not posted: empty). Open ones first, then those that were active last."""
        ...

    def taken(self, venue: VenueId) -> frozenset[str]:
        """The refs of every place in the venue: what is made for a new room is none of these."""
        ...

    def due(self, now: Instant, limit: int = 100) -> Sequence[Due]: ...

    def rooms(self, platform: str) -> Sequence[Place]:
        """What is read after a gap: the platform's stages and backchannels of sessions under way, then the queues in
        which questions are open: moderators may have written to an asker beside a card."""
        ...

    def watched(self, platform: str) -> Sequence[Place]:
        """The platform's queues and backchannels that only the team may read, of sessions not yet archived; and rooms
        that cannot be used (``dead``), of sessions not yet over, to see whether they can be again."""
        ...

    def listened(self, platform: str) -> Sequence[Place]:
        """The platform's voice rooms of sessions that can be joined: who is in them is reported."""
        ...


class Ledger(Protocol):
    """The surfaces as a queue, as written; all of it inside the writer's transaction.

    What carries a holder is written only while that holder has the place's lane, and returns whether it was.
    """

    def lease(self, place: PlaceId, holder: str, now: Instant, until: Instant) -> Place | None:
        """Take or keep the place's lane; None while another holds it."""
        ...

    def keep(self, lane: str, holder: str, now: Instant, until: Instant) -> bool:
        """Take or keep a lane that is no place's, such as a shard; False while another holds it."""
        ...

    def release(self, place: PlaceId, holder: str) -> bool: ...

    def spend(self, budgets: Sequence[Budget], now: Instant) -> Instant:
        """Spend all of them at once and return ``now``, or none and return when to try again."""
        ...

    def hold(self, budget: str, until: Instant) -> None:
        """The platform said to wait: nothing is spent from this budget before then."""
        ...

    def opened(self, place: PlaceId, holder: str, opened: Opened) -> bool: ...

    def sending(self, task: Task, holder: str, now: Instant) -> bool:
        """Commit ``sent_at`` before a post."""
        ...

    def shown(self, task: Task, holder: str, ref: str, next_at: Instant) -> bool: ...

    def retry(self, task: Task, holder: str, at: Instant, *, sent: bool, failed: bool = True) -> bool:
        """Try again at ``at``; ``sent`` keeps the mark of a call whose outcome is unknown.

        What had to wait without having ``failed`` is no attempt more: the next failure is followed by no longer pause.
        """
        ...

    def admitted(self, tasks: Sequence[Task], holder: str, failed: Mapping[SurfaceId, str]) -> bool:
        """Grants of one place were carried out together; those that failed are buried with their reason."""
        ...

    def archived(self, task: Task, holder: str) -> bool:
        """The room was put away: the surface is done and the place is dead."""
        ...

    def touch(self, subjects: Sequence[SubjectId]) -> bool:
        """These changed by what the jobs did; always True."""
        ...

    def removed(self, task: Task, holder: str) -> bool:
        """It is gone from the platform; when it was wanted again meanwhile, it is posted anew as another life."""
        ...

    def worn(self, task: Task, holder: str, old: SurfaceId, now: Instant) -> bool:
        """It is posted anew as another life; what it was posted as is removed under the name ``old``.

        What is pinned by it is pinned again once it is there.
        """
        ...

    def bury(self, task: Task, holder: str, reason: str) -> bool:
        """Nothing more is tried here."""
        ...

    def close(self, place: PlaceId, holder: str, reason: str) -> bool:
        """The place is gone on the platform."""
        ...

    def bundle(self, tasks: Sequence[Task], holder: str, surface: SurfaceId, now: Instant) -> bool:
        """Let one new post, of this surface, carry all these lines."""
        ...

    def rebundle(self, task: Task, holder: str) -> bool:
        """A line inside a bundle changed: the bundle is to be shown anew."""
        ...

    def sweep(self, now: Instant) -> int:
        """Settle what has nothing left to show and drop deliveries older than a day; returns the rows dropped."""
        ...
