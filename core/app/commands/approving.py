"""What people wrote in answer to an interaction: read by all, approved or declined by moderators; pages opened."""

from __future__ import annotations

from dataclasses import dataclass

from core.app.commands.asking import OfInteraction
from core.domain.ids import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnswers(OfInteraction):
    """Everything that may be shown, from this place on."""

    start: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowAnswers(OfInteraction):
    """For moderators: what waits for them first."""

    start: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAnswer(OfInteraction):
    """``read``: which words the moderator saw, as :func:`core.domain.interactions.life.reading` tells them apart."""

    person: PersonId
    read: str
    approve: bool
    start: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountClick(OfInteraction):
    """Somebody opened the page of an interaction's button; told by platforms that tell of it."""
