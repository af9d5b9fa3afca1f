"""What a look at an installation found: each finding is one sentence of what is amiss and one of what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something missing or wrong, or (a note) something that could not be seen; no secret ever stands in it."""

    problem: str
    remedy: str
    note: bool = False

    @property
    def sentence(self) -> str:
        return f"{self.problem}; {self.remedy}."
