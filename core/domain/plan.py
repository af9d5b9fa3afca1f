"""A session as a file plans it, before anything is made of it (SPEC 13.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.domain.ids import Instant
from core.domain.interactions.life import Sharing
from core.domain.plan_nodes import Mistake

RoomKey = Literal["stage", "door", "queue", "backchannel"]
ROOM_KEYS: tuple[RoomKey, ...] = ("stage", "door", "queue", "backchannel")


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """``user`` is the platform's own id; the name is shown until they choose theirs."""

    user: str
    name: str


@dataclass(frozen=True, slots=True)
class PlannedVenue:
    """``name`` or ``id`` is empty."""

    platform: str
    name: str = ""
    id: str = ""
    rooms: tuple[tuple[RoomKey, str], ...] = ()
    """Kinds of rooms with the platform's ids of the channels."""
    moderators: tuple[PlannedPerson, ...] = ()
    speakers: tuple[PlannedPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedInteraction:
    kind: str
    spec: Any
    sharing: Sharing = "live"
    at: Instant | None = None
    after: int | None = None
    """Microseconds after the start, where ``at`` was given so: it moves with the start."""
    anonymous: bool = False
    lasts: int | None = None
    """Microseconds after which it ends by itself."""


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    starts_at: Instant
    ends_at: Instant
    zone: str = "UTC"
    id: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the session that the file sets; what it does not say stays as it is."""
    questions: Mapping[str, Any] = field(default_factory=dict)
    """Fields of its rules for questions that the file sets."""
    venues: tuple[PlannedVenue, ...] = ()
    interactions: tuple[PlannedInteraction, ...] = ()


def told(mistakes: Sequence[Mistake], most: int = 10) -> str:
    """For people: the first ones by line, and how many more there are; what was just said is not said again in full."""
    lines = [
        f"Line {it.line}: the same" if before is not None and it.sentence == before.sentence else it.told()
        for before, it in zip((None, *mistakes), mistakes[:most], strict=False)
    ]
    if len(mistakes) > most:
        lines.append(f"and {len(mistakes) - most} more")
    return "\n".join(lines)
