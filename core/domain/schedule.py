"""What is due and when; late ones run at once and say how late they were (RELIABILITY 15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import Instant


@dataclass(frozen=True, slots=True)
class Due:
    """``what`` names the deed and its object: ``session_end:<id>``. Moving it moves ``due``; it fires once."""

    pk: ClassVar = ("what",)
    what: str
    due: Instant
    fired_at: Instant | None = None
    version: int = 0
