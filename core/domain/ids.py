"""Identifiers and instants; every id is opaque text that may be shown to anybody and tells nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NewType

SessionId = NewType("SessionId", str)
VenueId = NewType("VenueId", str)
"""``<platform>:<the platform's own id of the workspace or server>``."""
PersonId = NewType("PersonId", str)
AccountId = NewType("AccountId", str)
"""``<platform>:<home>:<user>``; the home is empty where user ids are the same everywhere."""
PlaceId = NewType("PlaceId", str)
SubjectId = NewType("SubjectId", str)
"""``<what>:<id>``, for example ``interaction:01J…``; see :mod:`core.app.cards`."""
SurfaceId = NewType("SurfaceId", str)
InteractionId = NewType("InteractionId", str)
MessageId = NewType("MessageId", str)
QuestionId = NewType("QuestionId", str)
LineId = NewType("LineId", str)
"""One line of a question's conversation."""
DeliveryKey = NewType("DeliveryKey", str)
"""What a platform calls one delivery; the same for every repetition of it."""
Instant = NewType("Instant", int)
"""Microseconds since 1970 in UTC."""

NewId = Callable[[], str]
"""Draws a fresh id of 16 characters."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter can be taken for another."""


def instant(moment: datetime) -> Instant:
    """The instant of an aware datetime."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Instant((delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds)


def moment(at: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return datetime.fromtimestamp(at // SECOND, UTC).replace(microsecond=at % SECOND)


def subject(what: str, ident: str) -> SubjectId:
    return SubjectId(f"{what}:{ident}")


def spell(number: int, length: int = 16) -> str:
    """The lowest ``5 × length`` bits of a number as text of that length."""
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5))
