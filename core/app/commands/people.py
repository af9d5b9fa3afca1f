"""What people do about themselves."""

from __future__ import annotations

from dataclasses import dataclass

from core.app.commands.base import Command, MenuTab, OfSession
from core.domain.form import Values
from core.domain.ids import SessionId
from core.domain.text import Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJoinForm(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(OfSession):
    values: Values
    consent: str = ""
    """The first characters of the hash of the text that the person was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowMenu(OfSession):
    """The person's tabs, one of them open; also what the App Home shows (SPEC 13.4)."""

    tab: MenuTab = "stage"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSettingsForm(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings(OfSession):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToLeave(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class PickSession(Command):
    """Which of several sessions was meant; ``asked`` names what was said before."""

    asked: str
    picked: SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteToBot(Command):
    """A line in the person's direct messages with the bot (SPEC 6.5); ``ref`` is the platform's id of it."""

    body: Doc
    ref: str = ""
    reply_to: str = ""
    """The message of the same conversation that it answers, or in whose thread it stands; empty: to nobody."""
