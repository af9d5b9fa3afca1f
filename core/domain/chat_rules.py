"""What a session allows in its chat: how often, whether links, and which words not (SPEC 3.5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from core.domain.form import Invalid
from core.domain.ids import MINUTE, SECOND, Instant, PersonId, SessionId
from core.domain.sessions import Session
from core.domain.text import Doc, Link, Styled, plain
from core.domain.words import clean

SLOW: tuple[int, ...] = (0, 5, 10, 30, 60, 300)
"""Seconds between two lines of one person; 0: slow mode is off."""
WORDS_LIMIT, WORD_LIMIT = 200, 60
"""So many words and phrases, of so many characters."""
TOLD_EVERY = 5 * MINUTE
"""Nobody is told more often than this why a line was not shared (SPEC 6.3: a budget of direct messages)."""


@dataclass(frozen=True, slots=True)
class Talk:
    """When somebody last wrote a line that counts, and was last told why one did not."""

    pk: ClassVar = ("session", "person")
    session: SessionId
    person: PersonId
    at: Instant
    told_at: Instant = Instant(0)


def ruled(session: Session) -> bool:
    return bool(session.slow or not session.links or session.words)


def broken(session: Session, body: Doc, at: Instant, before: Talk | None) -> str:
    """Which rule the line breaks, in a sentence that says what to do; empty when it breaks none.

    ``before``: None where the pace does not matter, as for an edit.
    """
    if not session.links and _linked(body):
        return "Links are off here. Write it without one."
    if session.words and _pattern(session.words).search(_plainly(plain(body))):
        return "It holds a word that is not wanted here. Write it in other words."
    if session.slow and before is not None and 0 <= at - before.at < session.slow * SECOND:
        return f"Slow mode is on: one line in {length(session.slow)}. Wait a moment and write it again."
    return ""


def length(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 60 else "a minute" if seconds == 60 else f"{seconds // 60} minutes"


def read_words(typed: str) -> tuple[str, ...]:
    """One word or phrase a line, or between commas. Raises Invalid for the field ``words``."""
    found = dict.fromkeys(word for part in re.split(r"[\n,]", typed) if (word := " ".join(clean(part).split())))
    if len(found) > WORDS_LIMIT:
        raise Invalid({"words": f"These are {len(found)} words; {WORDS_LIMIT} fit."})
    if long := next((word for word in found if len(word) > WORD_LIMIT), None):
        raise Invalid({"words": f"“{long[:20]}…” has {len(long)} characters; {WORD_LIMIT} fit."})
    return tuple(found)


def _linked(body: Doc) -> bool:
    return any(
        isinstance(node, Link) or (isinstance(node, Styled) and _linked(node.children)) for node in body
    ) or bool(_ADDRESS.search(plain(body)))


_ADDRESS = re.compile(r"(?i)\b(?:https?://|www\.)\S")


def _plainly(text: str) -> str:
    """As the eye reads it: case, full-width letters, accents and what hides between letters do not matter."""
    wide = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in wide if not unicodedata.combining(char) and unicodedata.category(char) != "Cf")


@lru_cache(maxsize=64)
def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Whole words; a star at the end of one stands for any ending."""
    made = (re.escape(_plainly(word.removesuffix("*"))) + ("" if word.endswith("*") else r"(?!\w)") for word in words)
    return re.compile(r"(?<!\w)(?:" + "|".join(made) + ")")
