"""Two accounts of one human as one person: the code that ties them, and what comes back when they part (SPEC 2.4).

While accounts are linked they share one person; what the other person was is set aside, never lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from core.domain.ids import MINUTE, AccountId, DeliveryKey, Instant, InteractionId, PersonId, SessionId, VenueId
from core.domain.interactions.life import Approval, Ballot
from core.domain.people import Member, Person, Role

CODE_LIFE = 10 * MINUTE
TRIES = 5
"""So many wrong codes in ten minutes; then nobody can guess on (SPEC 2.4)."""


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A one-time code that one account shows and another one enters."""

    pk: ClassVar = ("digest",)
    digest: str
    """SHA-256; the code itself is shown once and kept nowhere."""
    account: AccountId
    venue: VenueId
    expires_at: Instant
    used: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """The account has the person of another account, and had one of its own before."""

    pk: ClassVar = ("account",)
    account: AccountId
    person: PersonId
    before: PersonId
    at: Instant
    active: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True)
class WrongCodes:
    """How often an account entered a code that was none."""

    pk: ClassVar = ("account",)
    account: AccountId
    since: Instant
    number: int
    version: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """A part in a session as it was before two persons became one: ``mine`` of the one that stays, ``theirs``."""

    pk: ClassVar = ("account", "session", "whose")
    account: AccountId
    session: SessionId
    whose: Literal["mine", "theirs"]
    role: Role
    consented_at: Instant | None
    consent_hash: str
    consent_version: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class Superseded:
    """A ballot that another account of the same person overtook; it counts again when they part."""

    pk: ClassVar = ("interaction", "account")
    interaction: InteractionId
    account: AccountId
    platform: str
    choice: str
    at: Instant
    delivery: DeliveryKey
    moderator: bool = False
    words: str = ""
    state: Approval = ""


def overtaken(ballot: Ballot) -> Superseded:
    return Superseded(
        ballot.interaction,
        ballot.account,
        ballot.platform,
        ballot.choice,
        ballot.at,
        ballot.delivery,
        ballot.moderator,
        ballot.words,
        ballot.state,
    )


def restored(kept: Superseded, person: PersonId) -> Ballot:
    return Ballot(
        kept.interaction,
        person,
        kept.account,
        kept.platform,
        kept.choice,
        kept.at,
        kept.delivery,
        kept.moderator,
        kept.words,
        kept.state,
    )


def set_aside(account: AccountId, whose: Literal["mine", "theirs"], member: Member) -> Aside:
    return Aside(
        account,
        member.session,
        whose,
        member.role,
        member.consented_at,
        member.consent_hash,
        member.consent_version,
        member.blocked,
    )


def was(kept: Aside, member: Member) -> Member:
    """The part as it was, for the person of ``member``; a block stays with both (SPEC 2.4)."""
    return replace(
        member,
        role=kept.role,
        consented_at=kept.consented_at,
        consent_hash=kept.consent_hash,
        consent_version=kept.consent_version,
        blocked=kept.blocked or member.blocked,
    )


_RANK: dict[Role, int] = {"attendee": 0, "speaker": 1, "moderator": 2}


def together(mine: Member, theirs: Member) -> Member:
    """One part of two: the higher role, the newer consent, and a block of either."""
    newer = max((mine, theirs), key=lambda it: it.consented_at or 0)
    return replace(
        mine,
        role=max(mine.role, theirs.role, key=lambda it: _RANK[it]),
        consented_at=newer.consented_at,
        consent_hash=newer.consent_hash,
        consent_version=newer.consent_version,
        blocked=mine.blocked or theirs.blocked,
    )


def nothing(member: Member) -> Member:
    """The part that stays behind: it counts nowhere."""
    return replace(member, role="attendee", consented_at=None, consent_hash="", consent_version=0, blocked=False)


def settled(mine: Person, theirs: Person) -> Person:
    """One person's settings of two: what either switched off is off (SPEC 2.4)."""
    return replace(
        mine,
        toasts=mine.toasts and theirs.toasts,
        private_chat=mine.private_chat and theirs.private_chat,
        last_name=mine.last_name and theirs.last_name,
        news=mine.news and theirs.news,
    )
