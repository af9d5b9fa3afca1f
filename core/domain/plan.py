"""A session as a file plans it, before anything is made of it (SPEC 13.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.domain.ids import Instant
from core.domain.interactions.life import Sharing
from core.domain.people import DISCLAIMER
from core.domain.plan_nodes import Mistake
from core.domain.sessions import Access

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


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    starts_at: Instant
    ends_at: Instant
    zone: str = "UTC"
    id: str = ""
    access: Access = "gated"
    consent: bool = True
    disclaimer: str = DISCLAIMER
    like: str = ""
    """Empty: what every session has."""
    venues: tuple[PlannedVenue, ...] = ()
    interactions: tuple[PlannedInteraction, ...] = ()


def told(mistakes: Sequence[Mistake], most: int = 10) -> str:
    """For people: the first ones by line, and how many more there are."""
    lines = [it.told() for it in mistakes[:most]]
    if len(mistakes) > most:
        lines.append(f"and {len(mistakes) - most} more")
    return "\n".join(lines)
