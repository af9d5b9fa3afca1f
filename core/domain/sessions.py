"""A session's life: draft, announced, doors open, live, ended, archived; and the venues in which it is held."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo, available_timezones

from core.domain.form import Invalid
from core.domain.ids import MINUTE, Instant, SessionId, VenueId, instant
from core.domain.people import DISCLAIMER, Ability, Member, fingerprint
from core.domain.refused import Refused

State = Literal["draft", "announced", "open", "live", "ended", "archived"]
Access = Literal["gated", "open"]
"""``gated``: the stage opens to a person after consent; ``open``: everybody in the venue can read it (SPEC 1.3)."""
NAME_LIMIT = 120
"""Characters (SPEC 1.1)."""
LONGEST_MINUTES = 24 * 60
DISCLAIMER_LIMIT = 2_000
"""Characters: the whole text stands above the form, and Slack's section holds 3,000 once escaped."""
FURTHEST_YEARS = 10
"""A start further away is a slip of the finger, and calendars end somewhere."""


@dataclass(frozen=True, slots=True)
class Session:
    pk: ClassVar = ("id",)
    id: SessionId
    name: str
    state: State
    starts_at: Instant
    ends_at: Instant
    zone: str
    """IANA name, for reading typed times and for display where a platform cannot show the reader's own."""
    disclaimer: str = DISCLAIMER
    consent_version: int = 1
    consent_needed: bool = True
    created_at: Instant = Instant(0)
    access: Access = "gated"
    like: str = "👍"
    """The emoji that counts as a like (SPEC 3.1)."""
    slow: int = 0
    """Seconds between two lines of one person; 0: as fast as they type (SPEC 3.5)."""
    links: bool = True
    words: tuple[str, ...] = ()
    """Words and phrases that are not shared."""
    cleared_at: Instant | None = None
    """Lines of the chat up to here are hidden from attendees (SPEC 3.5)."""
    team: int = 0
    """How often a moderator was let go: two at the same time would each count on the other one to stay."""
    notified_at: Instant | None = None
    """When people were last told of something by a mention."""
    reactions: tuple[str, ...] = ()
    """Five emoji, each with its word (``👏 Clap``); none: the usual five (SPEC 7.1)."""
    burst_at: Instant | None = None
    """When many reactions at once were last told of."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Venue:
    """One Slack workspace or one Discord server that the bot serves."""

    pk: ClassVar = ("id",)
    id: VenueId
    platform: str
    name: str
    can: frozenset[Ability] = frozenset()
    """What its platform has beyond what all have, as who acted there last told."""
    out_since: Instant | None = None
    """Nothing goes out to it since then."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A session is held in a venue."""

    pk: ClassVar = ("session", "venue")
    session: SessionId
    venue: VenueId


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-time code by which an organiser of another venue adds that venue to the session (SPEC 1.7)."""

    pk: ClassVar = ("digest",)
    digest: str
    """SHA-256 of the code; the code itself is shown once and kept nowhere."""
    session: SessionId
    expires_at: Instant
    used: bool = False
    version: int = 0


INVITE_LIFE = 10 * MINUTE
CODE_LENGTH = 8
STATE_WORDS: dict[State, str] = {
    "draft": "not announced yet",
    "announced": "announced",
    "open": "doors open",
    "live": "live",
    "ended": "ended",
    "archived": "archived",
}
STANDS: dict[State, str] = {
    "draft": "is not announced yet",
    "announced": "is announced",
    "open": "has its doors open",
    "live": "is live",
    "ended": "has ended",
    "archived": "is archived",
}
"""The same in a sentence."""
_STEPS: dict[State, tuple[State, ...]] = {
    "draft": ("announced", "open", "live"),
    "announced": ("open", "live", "ended"),
    "open": ("live", "ended"),
    "live": ("ended",),
    "ended": ("archived",),
    "archived": (),
}


def advance(session: Session, state: State) -> Session:
    """The session in its next state. Refused when that step does not exist, in words that name where it stands."""
    if state == session.state:
        raise Refused(f"“{session.name}” {STANDS[session.state]} already.")
    if state not in _STEPS[session.state]:
        raise Refused(f"“{session.name}” {STANDS[session.state]}, so that is not possible now.")
    return replace(session, state=state)


ROOM_NAME_LIMIT = 60
"""Characters of a room's name: Slack's holds 80 (Discord's 100), and a number may stand behind it."""


def room_name(session: Session, kind: str) -> str:
    """``keynote-the-road-ahead-stage``: small letters, digits and hyphens, the same beginning for all rooms."""
    words = re.sub(r"[\W_]+", "-", session.name.casefold()).strip("-")
    return f"{words[: ROOM_NAME_LIMIT - len(kind) - 1].strip('-') or 'session'}-{kind}"


def joinable(session: Session) -> bool:
    """From the announcement on, days before (SPEC 1.1); private things go on after the end, joining does not."""
    return session.state in ("announced", "open", "live")


def over(session: Session) -> bool:
    """Nothing new begins in it any more (SPEC 1.1)."""
    return session.state in ("ended", "archived")


def chatting(session: Session) -> bool:
    return session.state in ("open", "live")


def consented(session: Session, member: Member | None) -> bool:
    """Whether this person accepted the text that is in force; a new text asks again (SPEC 2.1)."""
    if member is None or member.consented_at is None:
        return False
    return not session.consent_needed or member.consent_hash == fingerprint(session.disclaimer)


def parse_start(typed: str, zone: str, now: Instant) -> Instant:
    """``now``, ``14:30`` (the next one) or ``2026-11-14 14:30``, in the session's zone.

    A wall time that a clock change skips is refused, one that it repeats is asked about (SPEC 1.5).
    Raises Invalid for the field ``start``.
    """
    text = typed.strip().lower()
    tz = ZoneInfo(known_zone(zone))
    here = datetime.fromtimestamp(now / 1e6, tz)
    if text in ("", "now"):
        return now
    midnight, which = here.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0), ""
    if match := re.fullmatch(r"(\d{1,2})[:.](\d{2})", text):
        wall = _wall(midnight, int(match[1]), int(match[2]))
        if wall <= here.replace(tzinfo=None):
            wall += timedelta(days=1)
    elif match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})[ t](\d{1,2})[:.](\d{2})( (?:first|second))?", text):
        try:
            day = midnight.replace(year=int(match[1]), month=int(match[2]), day=int(match[3]))
        except ValueError:
            raise Invalid({"start": "There is no such day. Write it like 2026-11-14 14:30."}) from None
        if abs(day.year - here.year) > FURTHEST_YEARS:
            raise Invalid({"start": f"Choose a day within the next {FURTHEST_YEARS} years."})
        wall, which = _wall(day, int(match[4]), int(match[5])), match[6] or ""
    else:
        raise Invalid({"start": "Write the start like 14:30, 2026-11-14 14:30, or now."})
    return _resolve(wall, tz, which.strip())


def wall(session: Session) -> str:
    """The start as :func:`parse_start` reads it; a time that comes twice is named."""
    here = datetime.fromtimestamp(session.starts_at // 1_000_000, ZoneInfo(session.zone))
    twice = here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()
    return f"{here:%Y-%m-%d %H:%M}" + ((" second" if here.fold else " first") if twice else "")


def _wall(day: datetime, hour: int, minute: int) -> datetime:
    if hour > 23 or minute > 59:
        raise Invalid({"start": "There is no such time of day. Write it like 14:30."})
    return day.replace(hour=hour, minute=minute)


def _resolve(wall: datetime, tz: ZoneInfo, which: str) -> Instant:
    early, late = wall.replace(tzinfo=tz, fold=0), wall.replace(tzinfo=tz, fold=1)
    if early.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != wall:
        raise Invalid(
            {"start": "The clocks change then, and this time is skipped. Choose one an hour earlier or later."}
        )
    if early.utcoffset() != late.utcoffset() and not which:
        asked = f"Add “first” or “second”: {wall:%Y-%m-%d %H:%M} first."
        raise Invalid({"start": f"The clocks change then, and this time comes twice. {asked}"})
    return instant((late if which == "second" else early).astimezone(UTC))


def known_zone(typed: str) -> str:
    """The IANA name that was typed, in whatever case. Raises Invalid for the field ``zone``."""
    name = _zones().get(typed.casefold())
    if name is None:
        raise Invalid({"zone": "This timezone is not known. Write it like Europe/Berlin or UTC."})
    return name


@cache
def _zones() -> dict[str, str]:
    """Walks through the machine's files, so only once."""
    return {name.casefold(): name for name in available_timezones()}


def parse_minutes(typed: str, field: str = "minutes") -> int:
    """``90``, ``90m``, ``1h`` or ``1h30m`` in minutes, 1 to 1,440. Raises Invalid for the field."""
    match = re.fullmatch(r"(?:(\d{1,2})\s*h)?\s*(?:(\d{1,4})\s*(?:m|min|minutes)?)?", typed.strip().lower())
    minutes = int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise Invalid({field: "Write a length like 10m or 1h30m, a day at most."})
    return minutes
