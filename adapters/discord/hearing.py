"""Lines, edits, deletions and reactions as the gateway tells them, on their way to the intake; rooms that change."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from adapters.discord import acts, parse
from adapters.discord.blanks import Blanks
from adapters.discord.client import Ears, Hear, Payload
from adapters.discord.intake import Intake
from adapters.discord.parse import Ours
from adapters.discord.watch import Watch
from core.app.commands import Command, DeleteLine, EditLine, PostLine
from core.app.ports import Clock


class Hearing:
    """``direct`` takes messages that no server holds; ``go`` starts work of its own."""

    def __init__(
        self,
        ears: Ears,
        ours: Ours,
        intake: Intake,
        watch: Watch,
        direct: Hear,
        go: Callable[[Coroutine[Any, Any, None]], None],
        clock: Clock,
        blanks: Blanks,
    ) -> None:
        self._ears, self._ours, self._intake, self._watch = ears, ours, intake, watch
        self._direct, self._go, self._clock, self._blanks = direct, go, clock, blanks

    def events(self) -> Mapping[str, Hear]:
        return {
            "MESSAGE_CREATE": self._message,
            "MESSAGE_UPDATE": lambda payload: self._take(self._edit(payload)),
            "MESSAGE_DELETE": lambda payload: self._take(self._deletion(payload, str(payload.get("id")))),
            "MESSAGE_DELETE_BULK": self._bulk,
            "MESSAGE_REACTION_ADD": lambda payload: self._take(self._reaction(payload, on=True)),
            "MESSAGE_REACTION_REMOVE": lambda payload: self._take(self._reaction(payload, on=False)),
            "CHANNEL_UPDATE": self._changed,
            "CHANNEL_DELETE": self._deleted,
            "THREAD_CREATE": self._begun,
            "THREAD_UPDATE": self._changed,
            "THREAD_DELETE": self._deleted,
            "GUILD_ROLE_UPDATE": self._roles_changed,
            "GUILD_ROLE_DELETE": self._roles_changed,
            "GUILD_DELETE": self._left,
        }

    def _take(self, command: Command | None) -> None:
        if command is not None:
            self._intake.hear(command)

    # -- what is said -----------------------------------------------------------------------------------------------

    def _message(self, message: Payload) -> None:
        if not message.get("guild_id"):
            self._direct(message)
        else:
            self._take(self._line(message))

    def _line(self, message: Payload) -> Command | None:
        if not parse.is_line(message, self._ours):
            return None
        if parse.is_blank(message):
            self._go(self._blanks.blank(str(message.get("channel_id"))))
            return None
        self._blanks.worded(message)
        return self._beside(parse.line(message, self._clock(), self._ears))

    def _edit(self, message: Payload) -> Command | None:
        if not parse.is_line(message, self._ours) or (message.get("guild_id") and parse.is_blank(message)):
            return None
        return self._beside(parse.edit(message, self._clock(), self._ears))

    def _deletion(self, payload: Payload, ident: str) -> Command | None:
        guild = str(payload.get("guild_id") or "")
        return self._beside(parse.deletion(ident, str(payload.get("channel_id")), guild, self._clock()))

    def _beside(self, said: PostLine | EditLine | DeleteLine | None) -> Command | None:
        """What stands in a thread at a card of the desk answers that card, as where threads are no rooms."""
        desk = self._ears.servers.above(said.room) if said else ""
        if said is None or not self._watch.desk(desk):
            return said
        if isinstance(said, PostLine):
            return replace(said, room=desk, reply_to=said.room)
        return replace(said, room=desk)

    def _bulk(self, payload: Payload) -> None:
        for ident in payload.get("ids") or ():
            self._take(self._deletion(payload, str(ident)))

    def _reaction(self, payload: Payload, *, on: bool) -> Command | None:
        return acts.reaction(payload, self._clock(), self._ears, self._ours, on=on)

    # -- rooms ------------------------------------------------------------------------------------------------------

    def _changed(self, channel: Payload) -> None:
        self._go(self._watch.soon(str(channel.get("id"))))

    def _begun(self, thread: Payload) -> None:
        """The room above may be a desk since a moment ago."""
        if self._ears.servers.above(str(thread.get("id"))):
            self._go(self._watch.learn())

    def _deleted(self, channel: Payload) -> None:
        if guild := str(channel.get("guild_id") or ""):
            self._go(self._watch.gone(str(channel.get("id")), guild))

    def _roles_changed(self, payload: Payload) -> None:
        """Roles decide who can read, too; few rooms are watched, and roles change seldom."""
        for place in self._watch.rooms_of(str(payload.get("guild_id"))):
            self._go(self._watch.soon(place.ref or ""))
        self._go(self._watch.rights_changed(str(payload.get("guild_id"))))

    def _left(self, guild: Payload) -> None:
        """The bot was removed; a server that is only out of reach says so."""
        if not guild.get("unavailable"):
            for place in self._watch.rooms_of(str(guild.get("id"))):
                self._go(self._watch.gone(place.ref or "", str(guild.get("id")), "left"))
