"""Who wants to be on the leaderboard of a session's quizzes, and how it reads (SPEC 5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import PersonId, SessionId
from core.domain.interactions.life import Interaction


@dataclass(frozen=True, slots=True)
class Leading:
    """Somebody's choice; who made none is not on it."""

    pk: ClassVar = ("session", "person")
    session: SessionId
    person: PersonId
    on: bool


def leads(interaction: Interaction) -> bool:
    """Whether its right answers count: of an anonymous one nobody may know who gave them."""
    return bool(getattr(interaction.spec, "leaders", False)) and not (interaction.anonymous or interaction.rehearsal)


Ranked = tuple[int, str, int]
"""Rank, name, right answers."""


def ranked(leaders: Sequence[tuple[str, int]]) -> tuple[Ranked, ...]:
    """Best first; equally many right answers share a rank, and the next one is as far down as there are before it."""
    numbers = [number for _, number in leaders]
    return tuple((1 + sum(it > number for it in numbers), name, number) for name, number in leaders)


def line(one: Ranked) -> str:
    rank, name, number = one
    return f"{rank}. {name}, {number:,} right"


def in_words(leaders: Sequence[Ranked]) -> str:
    return " · ".join(line(it) for it in leaders)
