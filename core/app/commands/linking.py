"""Tying two accounts of one human together (SPEC 2.4)."""

from __future__ import annotations

from dataclasses import dataclass

from core.app.commands.base import Command
from core.domain.form import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLinking(Command):
    """Which accounts are one person now, and the way to tie another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveLinkCode(Command):
    """A code for the other account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLinkForm(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAccounts(Command):
    """The other account's code was typed here."""

    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToUnlink(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink(Command):
    pass
