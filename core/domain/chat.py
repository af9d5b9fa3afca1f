"""Lines people write; the latest event time decides what a line says and whether it is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from core.domain.ids import AccountId, DeliveryKey, Instant, MessageId, PersonId, PlaceId, SessionId, SubjectId
from core.domain.text import Doc


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a stage. ``body`` is kept sealed."""

    pk: ClassVar = ("id",)
    id: MessageId
    session: SessionId
    place: PlaceId
    account: AccountId
    person: PersonId
    body: Doc
    at: Instant
    changed_at: Instant
    """The event time of the newest edit or deletion taken in; older ones change nothing."""
    deleted: bool = False
    reply_to: SubjectId | None = None
    """What it answers: another line, or a card."""
    voiced: bool = False
    """Said by a moderator in the name of the session."""
    pinned: bool = False
    pinned_at: Instant | None = None
    feed_at: Instant | None = None
    """Its place in the feed, where a moderator gave it one."""
    cleared: bool = False
    """Hidden from attendees by clearing the chat; reports keep it."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Like:
    """A person likes something in one place; the latest event decides, ties go by the delivery key."""

    pk: ClassVar = ("subject", "person", "place")
    subject: SubjectId
    person: PersonId
    place: PlaceId
    on: bool
    at: Instant
    delivery: DeliveryKey


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An edit or deletion of a line that has not been seen yet; waits 60 s, then is a tombstone (DESIGN 3)."""

    pk: ClassVar = ("place", "ref")
    place: PlaceId
    ref: str
    at: Instant
    body: Doc | None
    """What the line shall say; None for a deletion."""
    kept_until: Instant


def edited(message: Message, body: Doc, at: Instant) -> Message:
    """The line after an edit made at ``at``; the same object when the edit is old or changes nothing (an unfurl)."""
    if message.deleted or at < message.changed_at or body == message.body:
        return message
    return replace(message, body=body, changed_at=at)


def deleted(message: Message, at: Instant) -> Message:
    """The line after its deletion; its text goes with it."""
    if message.deleted:
        return message
    return replace(message, body=(), deleted=True, changed_at=max(at, message.changed_at))
