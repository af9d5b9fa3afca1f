"""Reactions of the audience, and the words and emoji that a session uses (SPEC 1.7, 7.1)."""

from __future__ import annotations

from dataclasses import dataclass

from core.app.commands.base import Command, OfSession
from core.domain.form import Values
from core.domain.ids import SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class React(Command):
    """A press on one of the stage bar's five; emoji put on a post come as ``GiveLike``."""

    session: SessionId
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTextsForm(OfSession):
    """The like and the five reactions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTexts(OfSession):
    values: Values
