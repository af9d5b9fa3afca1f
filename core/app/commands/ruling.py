"""The rules of the chat, clearing it, and who is blocked (SPEC 2.5, 3.5)."""

from __future__ import annotations

from dataclasses import dataclass

from core.app.commands.base import Command, OfSession
from core.domain.form import Values
from core.domain.ids import AccountId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChatRulesForm(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeChatRules(OfSession):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToClearChat(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearChat(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowBlocked(OfSession):
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unblock(OfSession):
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntered(Command):
    """Somebody came into ``room``, let in by whomever."""

    account: AccountId
