"""What kinds have in common that are answered by writing: how they say who reads an answer, and until when it holds."""

from __future__ import annotations

from core.domain.ids import Instant
from core.domain.interactions.common import counted_words, split
from core.domain.interactions.kind import Frame, Tally
from core.domain.text import Doc, When, doc

ANONYMOUS = "Anonymous: after the end nobody can tie an answer to a person; until then the operator could."
"""SPEC 5.4: said truthfully."""


def number(counted: Tally, *facts: str) -> str:
    """``12 answers · Slack 7, Discord 5``."""
    parted = split(counted)
    told = ", ".join(facts) or counted_words(counted.voters, "answer", "answers")
    return f"{told} · {parted}" if parted else told


def hidden(frame: Frame, what: str) -> str:
    """When others see what was written."""
    return f"{what} are shown when it ends." if frame.shared == "end" else f"{what} are not shown now."


def until(ends_at: Instant | None, what: str = "it") -> Doc:
    return doc(f" You can change {what} until ", When(ends_at), ".") if ends_at else doc(f" You can change {what}.")
