"""Who wants to be on the leaderboard of a session's quizzes (SPEC 5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import PersonId, SessionId


@dataclass(frozen=True, slots=True)
class Leading:
    """Somebody's choice; who made none is not on it."""

    pk: ClassVar = ("session", "person")
    session: SessionId
    person: PersonId
    on: bool
