"""Lines, likes and moderation."""

from __future__ import annotations

from dataclasses import dataclass

from core.app.commands.base import Command, OfSession
from core.domain.form import Values
from core.domain.ids import Instant, MessageId
from core.domain.text import Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine(Command):
    """Somebody wrote a line in ``room``; ``ref`` is the platform's id of it."""

    ref: str
    body: Doc
    written: Instant = Instant(0)
    """The line's own time where ``at`` is that of a later edit read back; 0: the same."""
    reply_to: str = ""
    """The platform's id of the message in the same room that it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLine(Command):
    ref: str
    body: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteLine(Command):
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveLike(Command):
    """Somebody put an emoji on a message of the room, or took it back (``on`` is False)."""

    ref: str
    emoji: str
    """As Unicode, without skin tone; an emoji of the workspace's own as ``:name:``."""
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMessageForm(OfSession):
    """To everybody, in the session's name."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEveryone(OfSession):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFeed(OfSession):
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowUpdates(OfSession):
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModerateForm(Command):
    """ "Moderate…" on a message: by its own id where it is known, else by the channel and the platform's id of it."""

    message: MessageId | None = None
    channel: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderate(Command):
    message: MessageId
    values: Values
