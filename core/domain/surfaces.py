"""What can be shown, where, and what has been shown: subjects, places and surfaces.

A change of what is visible is ``subject.version + 1``; bringing every surface up to date is a job of its own, so a
crash loses nothing and a thousand changes are one edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from core.domain.ids import (
    MINUTE,
    SECOND,
    AccountId,
    Instant,
    PersonId,
    PlaceId,
    SessionId,
    SubjectId,
    SurfaceId,
    VenueId,
)
from core.domain.view import Attendees, Audience, Backstage, Moderators, OnlyPerson, Public

PlaceKind = Literal[
    "door", "stage", "feed", "queue", "backchannel", "voice", "notify", "dm", "thread", "question", "home"
]
"""``voice`` is listened in and never written to; ``notify`` is no room but a role: who is in it is told by a mention.
``thread`` is one person's private thread under a room (its parent), for who takes no direct messages; ``question`` is
one under the stage, for a conversation with the moderators (SPEC 4.2)."""
ROOMS: tuple[PlaceKind, ...] = ("door", "stage", "feed", "queue", "backchannel")
KEPT: Mapping[PlaceKind, tuple[int, int]] = {
    "stage": (25, 3 * MINUTE),
    "backchannel": (25, 3 * MINUTE),
    "queue": (5, 30 * SECOND),
}
"""How many messages may follow a room's own card, and how long it stays where it is at least (SPEC 3.7)."""
PlaceState = Literal["wanted", "open", "exposed", "dead", "released"]
"""``exposed``: somebody can read it for whom it is not meant, so nothing is shown there until that ends (SPEC 8.2)."""
Follow = Literal["live", "once", "pulled"]
SurfaceKind = Literal["post", "pin", "grant", "topic", "archive"]
"""What is done to show it: a message, a pin on one (the parent), a person admitted, a topic, a room put away."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that can be shown. ``settled`` is the version that all its surfaces show."""

    pk: ClassVar = ("id",)
    id: SubjectId
    version: int = 1
    settled: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A room, thread, direct message or home; a row before it exists on the platform."""

    pk: ClassVar = ("id",)
    id: PlaceId
    venue: VenueId
    kind: PlaceKind
    session: SessionId | None = None
    person: PersonId | None = None
    account: AccountId | None = None
    """Of a direct message: whom the platform shall reach."""
    parent: PlaceId | None = None
    ref: str | None = None
    """The platform's id of the channel."""
    state: PlaceState = "wanted"
    trouble: str = ""
    """Why nothing can be shown there, in plain words; told to the moderators once."""
    name: str = ""
    """What the channel shall be called when it is made; empty where one was adopted."""
    private: bool = False
    """Only who was admitted can read it. A room is made so; of an adopted one it is what the platform told."""
    made: bool = False
    """The bot made it, so the bot may put it away."""
    prunes: bool = False
    """The platform lets the bot remove other people's messages there; told when the place is opened."""
    pace: int = 0
    """Microseconds that letting one person in takes where many wait; 0: at once. Told when the place is opened."""
    wears: bool = False
    """A message there bears few edits once it is an hour old; told when the place is opened."""
    wanted_at: Instant = Instant(0)
    """A channel that the bot made before this is another one's, whatever its name."""
    kept: SurfaceId | None = None
    """The card that stays near the end of the room (SPEC 3.7)."""
    kept_at: Instant = Instant(0)
    lines: int = 0
    """Messages that followed it, ours and others'."""
    seen: str = ""
    """The last source id handled here, committed with its message; reading on starts after it."""
    seen_at: Instant = Instant(0)
    """That message's time, or when the room was taken: where no id is known yet, reading on starts there."""


@dataclass(frozen=True, slots=True)
class Surface:
    """One subject in one place."""

    pk: ClassVar = ("id",)
    id: SurfaceId
    subject: SubjectId
    place: PlaceId
    part: int = 0
    kind: SurfaceKind = "post"
    parent: SurfaceId | None = None
    follow: Follow = "live"
    urgency: int = 5
    """1 (private replies) to 9 (counts that can wait); what spends a scarce budget first."""
    order_at: Instant = Instant(0)
    """Posts of a place go out in this order: the time the platform gave to the original."""
    ref: str | None = None
    """The platform's id of the message; None until it is known."""
    ours: bool = True
    """False for what a person wrote natively: original and copies are found by one index in both directions."""
    life: int = 0
    """How many times it was posted; a post again is a new life."""
    shown: int = 0
    sent_at: Instant | None = None
    """Committed before the call: with no ref beside it, the call's outcome is unknown."""
    gone: bool = False
    """It shall be removed; while a post is in flight the ref is written first, then it is deleted."""
    attempts: int = 0
    next_at: Instant = Instant(0)
    expires_at: Instant | None = None
    dead: str = ""
    """Why nothing more is tried here; empty while it lives."""
    bundle: SurfaceId | None = None
    """The surface of the post that carries this line among others."""


def usable(place: Place) -> bool:
    """Whether something may be shown there: neither gone on the platform (dead) nor let go for another session."""
    return place.state in ("wanted", "open")


def audience_of(place: Place) -> Audience:
    """Who can read what is written in the place, in the widest case."""
    match place:
        case Place(kind="door"):
            return Public()
        case Place(kind="stage" | "feed", session=session) if session is not None:
            return Attendees(session)
        case Place(kind="backchannel", session=session) if session is not None:
            return Backstage(session)
        case Place(kind="queue", session=session) if session is not None:
            return Moderators(session)
        case Place(kind="dm" | "thread" | "question" | "home", person=person) if person is not None:
            return OnlyPerson(person)
        case _:
            return Public()


def fits(made_for: Audience, place: Place) -> bool:
    """Whether everybody who can read the place belongs to those that the content was made for. Deny by default."""
    readers = audience_of(place)
    match made_for, readers:
        case Public(), _:
            return True
        case Attendees(mine), Attendees(theirs) | Backstage(theirs) | Moderators(theirs):
            return mine == theirs
        case Backstage(mine), Backstage(theirs) | Moderators(theirs):
            return mine == theirs
        case Moderators(mine), Moderators(theirs):
            return mine == theirs
        case OnlyPerson(me), OnlyPerson(them):
            return me == them
        case _:
            return False
