"""Reactions of the audience: five emoji, and each that somebody gave; counts are made from these alone (SPEC 7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import Instant, PersonId, SessionId


@dataclass(frozen=True, slots=True)
class Reaction:
    """One that counts. ``kind`` is its place among the five; ``slot`` is the window of time that it was given in."""

    pk: ClassVar = ("session", "person", "kind", "slot")
    session: SessionId
    person: PersonId
    kind: str
    slot: int
    platform: str
    at: Instant
