"""What the bot tells the moderators by itself: a gap in the chat, a room that others can read, a line that stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import Instant, SessionId
from core.domain.text import Doc


@dataclass(frozen=True, slots=True)
class Notice:
    """One such telling; its words may change while what they tell of goes on. ``body`` is kept sealed."""

    pk: ClassVar = ("id",)
    id: str
    session: SessionId
    at: Instant
    body: Doc
    version: int = 0
