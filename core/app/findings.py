"""What a look at an installation found: each finding is one sentence of what is amiss and one of what to do."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.ids import MINUTE
from core.domain.schedule import about


@dataclass(frozen=True, slots=True)
class Finding:
    """Something missing or wrong, or (a note) something that could not be seen; no secret ever stands in it."""

    problem: str
    remedy: str
    note: bool = False

    @property
    def sentence(self) -> str:
        return f"{self.problem}; {self.remedy}."


LONG_LINE = 10 * MINUTE
"""A line at the door that takes longer than this is no way to begin (SPEC 1.3)."""


def of_line(where: str, session: str, number: int, pace: int) -> Finding | None:
    """Whether so many are let in one after the other for too long; ``pace`` is microseconds a person."""
    if number * pace <= LONG_LINE:
        return None
    problem = f"Letting {number:,} people into the chat of {session} in {where} takes about {about(number * pace)}"
    remedy = (
        "choose “Everybody here” under Rules before the doors open: all can read it then, and writing asks for consent"
    )
    return Finding(problem, remedy, note=True)
