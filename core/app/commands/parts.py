"""Interactions that are made of several questions: made one by one, taken in one go, read question by question."""

from __future__ import annotations

from dataclasses import dataclass

from core.app.commands.asking import OfInteraction
from core.domain.form import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowParts(OfInteraction):
    """All its questions, for a moderator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPart(OfInteraction):
    """One of them, with what can be done with it. ``part`` is its key."""

    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPartForm(OfInteraction):
    sort: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitPart(OfInteraction):
    """``before``: the mark of the question that the form was filled with."""

    sort: str
    part: str
    before: str
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePart(OfInteraction):
    """One step among the questions."""

    part: str
    down: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePart(OfInteraction):
    """``sure``: it was asked once more."""

    part: str
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowInvitation(OfInteraction):
    """What stands before the first question, for who may answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissInteraction(OfInteraction):
    """It is not listed any more for this person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPartAnswers(OfInteraction):
    """What came of one question, for a moderator; ``page`` of what was written."""

    place: int = 0
    page: int = 0
