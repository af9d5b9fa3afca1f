"""Anonymous ballots: the voter is a keyed hash until the end, and after it nobody (SPEC 5.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import InteractionId


@dataclass(frozen=True, slots=True)
class BallotKey:
    """The key of one anonymous interaction, kept sealed and destroyed after its end."""

    pk: ClassVar = ("interaction",)
    interaction: InteractionId
    key: str
    """Hexadecimal."""
