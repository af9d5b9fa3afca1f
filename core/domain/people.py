"""Persons, their accounts, their part in a session, and what they agreed to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Literal

from core.domain.ids import AccountId, Instant, PersonId, PlaceId, SessionId, VenueId

Role = Literal["attendee", "speaker", "moderator"]
Post = Literal["organiser", "moderator", "speaker"]
"""What an organiser can make of somebody: an organiser of the venue, or a moderator or speaker of one session."""
Ability = Literal["mentions", "threads", "voice", "voice here", "files", "feed"]
"""What not every platform has: a role whose people are told by a mention, threads that only chosen people read, and
rooms whose listeners are known; and that this channel is such a room."""
POSTS: tuple[Post, ...] = ("organiser", "moderator", "speaker")
NAME_LIMIT = 60
"""Characters of the name to show: a Discord webhook's name holds 80, and the venue stands behind it."""

DISCLAIMER = (
    "Everything you write, ask, vote and react to in this session is recorded, private conversations with moderators "
    "and other people included. Your lines and the name below are shown on every platform where the session is held."
)


@dataclass(frozen=True, slots=True)
class Person:
    """A human being; settings are one for all their accounts (SPEC 2.3, 2.4)."""

    pk: ClassVar = ("id",)
    id: PersonId
    name: str
    toasts: bool = True
    private_chat: bool = True
    last_name: bool = True
    news: bool = False
    """Wants to be told of each new interaction by direct message (SPEC 6.3)."""
    settings_at: Instant = Instant(0)
    """When name and settings were last changed; an older change that arrives later changes nothing."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """A person's identity on one platform."""

    pk: ClassVar = ("id",)
    id: AccountId
    person: PersonId
    platform: str
    nick: str
    avatar: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A person's part in one session."""

    pk: ClassVar = ("session", "person")
    session: SessionId
    person: PersonId
    role: Role = "attendee"
    consented_at: Instant | None = None
    consent_hash: str = ""
    consent_version: int = 0
    blocked: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a person takes part in a session: the account that the venue's rooms admit."""

    pk: ClassVar = ("session", "venue", "account")
    session: SessionId
    venue: VenueId
    account: AccountId
    person: PersonId


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who joined, in a voice room of the session; who left it keeps a row that says so."""

    pk: ClassVar = ("place", "account")
    place: PlaceId
    account: AccountId
    session: SessionId
    person: PersonId
    here: bool
    deafened: bool
    at: Instant


@dataclass(frozen=True, slots=True)
class Organiser:
    """A person whom an organiser of the venue made one too; a withdrawn row gives nothing (SPEC 1.7)."""

    pk: ClassVar = ("venue", "person")
    venue: VenueId
    person: PersonId
    active: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True)
class Audit:
    """One change of who may do what: kept for whoever must answer for it, holding ids and no words of anybody."""

    pk: ClassVar = ("id",)
    id: str
    at: Instant
    session: SessionId
    venue: VenueId
    person: PersonId
    """Who did it."""
    deed: str
    object: str
    """To whom or to what."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted, as the platform tells it."""

    account: AccountId
    platform: str
    venue: VenueId
    venue_name: str = ""
    nick: str = ""
    avatar: str | None = None
    manages: bool = False
    """Slack: workspace owner or admin; Discord: Manage Server. Such a person organises in the venue (SPEC 1.7)."""
    bot: bool = False
    fleeting: bool = False
    """Private answers vanish there when the app is loaded again, so what must be kept also goes by direct message."""
    can: frozenset[Ability] = frozenset()
    """What the platform has beyond what all have."""


def shown_name(person: Person) -> str:
    """The name others see; the first word only where the person does not show the last name (SPEC 2.3)."""
    return person.name if person.last_name else person.name.split(" ")[0]


def fingerprint(text: str) -> str:
    """What a consent refers to: SHA-256 of the disclaimer, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
