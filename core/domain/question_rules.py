"""How a session takes questions: privately or in public, when, and with which words at hand (SPEC 4.1, 4.10, 12.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from core.domain.form import Invalid, Pick
from core.domain.ids import MINUTE, Instant, SessionId, instant
from core.domain.text import Doc, When, doc
from core.domain.words import one_line

Mode = Literal["single", "multi", "public", "off"]
MODES: dict[Mode, str] = {
    "single": "One conversation for each person",
    "multi": "Each question by itself",
    "public": "Everybody reads and upvotes them",
    "off": "No questions",
}
REPLIES = 10
"""Quick replies at most; a select of a form holds 25 and nobody reads so many."""
REPLY_LIMIT = 300
"""Characters of one quick reply, and of the automatic one."""
HOURS = r"\s*([0-9]{1,2})[:.]([0-9]{2})\s*(?:-|–|to)\s*([0-9]{1,2})[:.]([0-9]{2})\s*"
"""How hours are written; the same in session files."""
USUAL_REPLIES = (
    "Thank you for asking! We take this up live in a moment.",
    "This is answered in what is pinned: open the menu to read it.",
    "We do not know yet. We look it up and come back to you here.",
)


@dataclass(frozen=True, slots=True)
class QuestionRules:
    """A session's own; where there is no row these are the rules."""

    pk: ClassVar = ("session",)
    session: SessionId
    mode: Mode = "single"
    approval: bool = True
    """In public mode: a moderator lets each question through before others read it."""
    opens: str = ""
    closes: str = ""
    """Moderation hours as ``09:00`` in the session's zone; both empty: always. The end may be past midnight."""
    reply: str = ""
    """What is answered by itself outside of them."""
    replies: tuple[str, ...] = USUAL_REPLIES
    sends: bool = False
    """What the owner writes in the card's thread goes to the asker, unless it begins with ``--`` (SPEC 4.4)."""
    direct: bool = False
    """Conversations are direct messages even where private threads are possible (SPEC 4.2)."""
    version: int = 0


# -- hours ----------------------------------------------------------------------------------------------------------


def attended(rules: QuestionRules, zone: str, at: Instant) -> bool:
    """Whether moderators answer at that instant: by the clocks of the zone, whatever was done to them that day."""
    if not rules.opens or not rules.closes:
        return True
    here = _local(zone, at).strftime("%H:%M")
    if rules.opens <= rules.closes:
        return rules.opens <= here < rules.closes
    return here >= rules.opens or here < rules.closes


def back_at(rules: QuestionRules, zone: str, at: Instant) -> Instant | None:
    """When moderators answer again, for an instant outside their hours; None where they do by then."""
    if attended(rules, zone, at):
        return None
    today = _local(zone, at).date()
    # A change of the clocks may swallow the hours of one day, hardly those of two.
    for days in range(4):
        opening = _opening(rules, zone, today + timedelta(days=days))
        if opening > at and attended(rules, zone, opening):
            # Where the clocks skip the time of opening, hours begin when they go on.
            while opening - MINUTE > at and attended(rules, zone, Instant(opening - MINUTE)):
                opening = Instant(opening - MINUTE)
            return opening
    return None


def _opening(rules: QuestionRules, zone: str, day: date) -> Instant:
    hour, minute = rules.opens.split(":")
    return instant(datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=ZoneInfo(zone)))


def _local(zone: str, at: Instant) -> datetime:
    return datetime.fromtimestamp(at // 1_000_000, ZoneInfo(zone))


def hours_in_words(rules: QuestionRules, zone: str) -> str:
    """``from 09:00 to 17:30 (Europe/Berlin)``; empty: always."""
    if not rules.opens or not rules.closes:
        return ""
    over = "midnight" if rules.closes == "00:00" else rules.closes
    next_day = " the next day" if "00:00" < rules.closes < rules.opens else ""
    return f"from {rules.opens} to {over}{next_day} ({zone})"


def away(rules: QuestionRules, zone: str, at: Instant) -> Doc:
    """What somebody reads who asked outside the hours: the moderators' own words, their hours, when they are back."""
    hours, back = hours_in_words(rules, zone), back_at(rules, zone, at)
    own = f"{rules.reply} " if rules.reply and hours else rules.reply
    if not hours:
        return doc(own)
    return doc(f"{own}Moderators answer {hours}", *((", again on ", When(back, "date")) if back else ()), ".")


# -- what is typed --------------------------------------------------------------------------------------------------


def mode_picks() -> tuple[Pick, ...]:
    return tuple(Pick(told, mode) for mode, told in MODES.items())


def parse_mode(typed: str, field: str = "mode") -> Mode:
    """Nothing is the usual one. Raises Invalid for the field."""
    for mode in MODES:
        if typed == mode:
            return mode
    if typed:
        raise Invalid({field: "Pick one of these."})
    return "single"


def parse_reply(typed: str, field: str = "reply") -> str:
    """Raises Invalid for the field."""
    reply = one_line(typed)
    if len(reply) > REPLY_LIMIT:
        raise Invalid({field: f"The reply has {len(reply)} characters; {REPLY_LIMIT} fit."})
    return reply


def parse_hours(typed: str, field: str = "hours") -> tuple[str, str]:
    """``09:00-17:30`` as two times of day, nothing as two empty ones. Raises Invalid for the field."""
    text = one_line(typed)
    if not text:
        return "", ""
    found = re.fullmatch(HOURS, text)
    told = "Write the hours like 09:00-17:30, or leave this empty for always."
    if not found:
        raise Invalid({field: told})
    hours = [int(found[1]), int(found[3])]
    minutes = [int(found[2]), int(found[4])]
    if (hours[1], minutes[1]) == (24, 0):
        hours[1] = 0  # the end of the day
    if max(hours) > 23 or max(minutes) > 59:
        raise Invalid({field: told})
    opens, closes = (f"{hour:02}:{minute:02}" for hour, minute in zip(hours, minutes, strict=True))
    if opens == closes:
        raise Invalid({field: "These hours begin and end at the same time. Leave this empty for always."})
    return opens, closes


def parse_replies(typed: str, field: str = "replies") -> tuple[str, ...]:
    """One a line. Raises Invalid for the field."""
    lines = tuple(dict.fromkeys(line for it in typed.splitlines() if (line := one_line(it))))
    if len(lines) > REPLIES:
        raise Invalid({field: f"{REPLIES} quick replies at most; these are {len(lines)}."})
    if long := next((it for it in lines if len(it) > REPLY_LIMIT), ""):
        raise Invalid({field: f"“{long[:30]}…” has {len(long)} characters; {REPLY_LIMIT} fit."})
    return lines
