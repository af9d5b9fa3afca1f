"""What is due and when; late ones run at once and say how late they were (RELIABILITY 15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import MINUTE, SECOND, Instant, InteractionId, PersonId, QuestionId, SessionId


@dataclass(frozen=True, slots=True)
class Due:
    """``what`` names the deed and its object: ``session_end:<id>``. Moving it moves ``due``; it fires once."""

    pk: ClassVar = ("what",)
    what: str
    due: Instant
    fired_at: Instant | None = None
    version: int = 0


def publishing(ident: InteractionId) -> str:
    """A draft goes live by itself."""
    return f"publish:{ident}"


def closing(ident: InteractionId) -> str:
    """A live one ends by itself."""
    return f"close:{ident}"


def forgetting(ident: InteractionId) -> str:
    """From now on nobody can tie an anonymous answer to its person."""
    return f"forget:{ident}"


def toasting(ident: InteractionId, by: PersonId) -> str:
    """Who asked to be told of new interactions is told of this one; not who published it."""
    return f"toast:{ident}:{by}"


def rehearsing(ident: InteractionId) -> str:
    """The next made-up attendees answer."""
    return f"rehearse:{ident}"


def rehearsing_ends(session: SessionId) -> str:
    """A rehearsal that nobody ended ends by itself."""
    return f"unrehearse:{session}"


def comparing(ident: QuestionId) -> str:
    """A new question is compared with those that are open."""
    return f"similar:{ident}"


def warning(ident: QuestionId) -> str:
    """Whoever has this question and has not answered is told so."""
    return f"claimwarn:{ident}"


def returning(ident: QuestionId) -> str:
    """A question that is still not answered is anybody's again."""
    return f"claimback:{ident}"


def about(wait: int) -> str:
    """Some time (microseconds) in words, never less than it is: ``20 seconds``, ``1 minute``, ``6 minutes``."""
    if wait <= 50 * SECOND:
        return f"{max(1, -(-wait // (10 * SECOND))) * 10} seconds"
    minutes = -(-wait // MINUTE)
    return "1 minute" if minutes == 1 else f"{minutes:,} minutes"
