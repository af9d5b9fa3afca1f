"""A session from a file."""

from __future__ import annotations

from dataclasses import dataclass

from core.app.commands.base import Command
from core.domain.form import Values
from core.domain.plan import Plan
from core.domain.plan_nodes import Mistake

PARTS = ("file", "second", "third")
"""One input holds 3,000 characters; a longer text comes in several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenImportForm(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan(Command):
    """``plan`` is what the text in ``values`` comes to; read on the way to the core, for that may take a moment."""

    values: Values
    plan: Plan | tuple[Mistake, ...] | None = None
    uploaded: bytes | None = None
    """The file itself, where it was not typed."""
    operator: bool = False
    """Given by who runs the bot, who organises in every venue; no platform can say so."""
