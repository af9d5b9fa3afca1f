"""What every command carries: its actor, the event's own time and a delivery key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.domain.ids import DeliveryKey, Instant, SessionId
from core.domain.people import Actor

TimeSource = Literal["event", "gateway", "signed", "arrival"]
RoomKind = Literal["door", "stage", "feed", "queue", "backchannel", "voice"]
MenuTab = Literal["stage", "updates", "settings", "interactions", "setup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """``at`` is when the person acted, in the platform's words; never later than arrival. ``room`` is where."""

    actor: Actor
    delivery: DeliveryKey
    at: Instant
    at_source: TimeSource = "event"
    room: str = ""
    """The platform's id of the channel, empty in none."""
    form: str = ""
    """The form that was sent, where what was typed into it is kept until it is accepted."""
    paged: Paged | None = None
    """It is the last page only; the values of the others are kept."""


@dataclass(frozen=True, slots=True)
class Paged:
    """Which page of its form was sent, and what opens that again."""

    page: int
    opener: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSession(Command):
    """Concerns a session: named, or the room's, or the only one that the person joined (SPEC 1.6)."""

    session: SessionId | None = None
    said: str = ""
    """What was typed, with the command's first word; said again for the session picked where several are meant."""
