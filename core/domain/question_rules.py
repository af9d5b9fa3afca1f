"""How a session takes questions: privately or in public, when, and with which words at hand (SPEC 4.1, 4.10, 12.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from core.domain.form import Invalid
from core.domain.ids import Instant, SessionId
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


def attended(rules: QuestionRules, zone: str, at: Instant) -> bool:
    """Whether moderators answer at that instant."""
    if not rules.opens or not rules.closes:
        return True
    here = datetime.fromtimestamp(at / 1e6, ZoneInfo(zone)).strftime("%H:%M")
    if rules.opens <= rules.closes:
        return rules.opens <= here < rules.closes
    return here >= rules.opens or here < rules.closes


def parse_hours(typed: str, field: str = "hours") -> tuple[str, str]:
    """``09:00-17:30`` as two times of day, nothing as two empty ones. Raises Invalid for the field."""
    text = one_line(typed)
    if not text:
        return "", ""
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})\s*(?:-|–|to)\s*(\d{1,2})[:.](\d{2})", text)
    if not found or not all(_is_time(found[it], found[it + 1]) for it in (1, 3)):
        raise Invalid({field: "Write the hours like 09:00-17:30, or leave this empty for always."})
    opens, closes = (f"{int(found[it]):02}:{found[it + 1]}" for it in (1, 3))
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


def _is_time(hour: str, minute: str) -> bool:
    return int(hour) < 24 and int(minute) < 60
