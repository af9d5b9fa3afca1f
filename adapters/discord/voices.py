"""Who is in which voice channel, as the gateway tells it, and the reports of those that are a session's rooms.

A report is everybody in the room at that moment; of a server that was not told of since the connection began there is
none. https://docs.discord.com/developers/resources/voice#voice-state-object
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.discord.acts import by_itself
from adapters.discord.parse import Ours
from adapters.discord.rooms import server_of
from adapters.discord.shapes import Json, inner, several, text
from core.app.commands import Command, Ears, ReportListeners
from core.app.ports import Clock, StorageDown
from core.domain.ids import AccountId
from core.domain.surfaces import Place

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two reports at least: who joined the session meanwhile counts from then on."""
PAUSE = 1.0
"""Seconds between two reports of one room, whatever happens in it."""
MOMENT = 0.05
"""Somebody who moves, or a server that is told of anew, is several events."""

Places = Callable[[], Awaitable[Sequence[Place]]]


@dataclass(frozen=True, slots=True)
class State:
    channel: str
    deafened: bool


class Voices:
    """``listened`` gives the voice rooms whose events come here; ``submit`` never raises; ``go`` starts work."""

    def __init__(
        self,
        ours: Ours,
        listened: Places,
        submit: Callable[[Command], Awaitable[object]],
        go: Callable[[Coroutine[Any, Any, None]], None],
        clock: Clock,
    ) -> None:
        self._ours, self._listened, self._submit, self._go, self._clock = ours, listened, submit, go, clock
        self._servers: dict[str, dict[str, State]] = {}
        """By server and user; bots are left out."""
        self._rooms: dict[str, Place] = {}
        self._soon: set[str] = set()
        self._last: dict[str, float] = {}

    def events(self) -> Mapping[str, Callable[[Json], None]]:
        return {
            "READY": self._ready,
            "GUILD_CREATE": self._created,
            "GUILD_DELETE": self._deleted,
            "VOICE_STATE_UPDATE": self._updated,
        }

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self.round()
            except Exception:
                log.exception("the voice rooms could not be reported")
            await asyncio.sleep(EVERY)

    async def round(self) -> None:
        await self._learn()
        for channel in list(self._rooms):
            await self._report(channel)

    async def taken(self, channel: str) -> None:
        """Somebody may have made this channel a room."""
        await self._learn()
        await self._report(channel)

    # -- events -----------------------------------------------------------------------------------------------------

    def _ready(self, payload: Json) -> None:
        """A new session: its servers follow, each in full."""
        for server in several(payload, "guilds"):
            self._servers.pop(text(server, "id"), None)

    def _created(self, guild: Json) -> None:
        """Without the members intent the members told of are the bot and who is in a voice channel."""
        server = text(guild, "id")
        if not server or guild.get("unavailable"):
            return
        bots = {text(who, "id") for one in several(guild, "members") if (who := inner(one, "user")).get("bot")}
        states = {text(one, "user_id"): _state(one) for one in several(guild, "voice_states")}
        self._servers[server] = {user: it for user, it in states.items() if user and it.channel and user not in bots}
        for channel, place in self._rooms.items():
            if server_of(place) == server:
                self._report_soon(channel)

    def _deleted(self, guild: Json) -> None:
        """Removed from it, or it is out of reach: what is known of it may be wrong from now on."""
        self._servers.pop(text(guild, "id"), None)

    def _updated(self, told: Json) -> None:
        here = self._servers.get(text(told, "guild_id"))
        user = text(told, "user_id")
        if here is None or not user or inner(inner(told, "member"), "user").get("bot"):
            return
        before, now = here.pop(user, None), _state(told)
        if now.channel:
            here[user] = now
        if before == now:
            return
        for channel in {now.channel, before.channel if before else ""} - {""}:
            self._report_soon(channel)

    # -- reports ----------------------------------------------------------------------------------------------------

    def _report_soon(self, channel: str) -> None:
        if channel in self._rooms and channel not in self._soon:
            self._soon.add(channel)
            self._go(self._later(channel))

    async def _later(self, channel: str) -> None:
        passed = asyncio.get_running_loop().time() - self._last.get(channel, -PAUSE)
        try:
            await asyncio.sleep(max(MOMENT, PAUSE - passed))
        finally:
            self._soon.discard(channel)
        await self._report(channel)

    async def _learn(self) -> None:
        try:
            self._rooms = {place.ref: place for place in await self._listened() if place.ref}
        except StorageDown as down:
            log.warning("the voice rooms are not known: %s", down)
            return
        self._last = {channel: at for channel, at in self._last.items() if channel in self._rooms}

    async def _report(self, channel: str) -> None:
        place = self._rooms.get(channel)
        here = self._servers.get(server_of(place)) if place else None
        if place is None or here is None:
            return
        self._last[channel] = asyncio.get_running_loop().time()
        present = {user: it for user, it in here.items() if it.channel == channel}
        listening = tuple(Ears(AccountId(f"discord:{user}"), present[user].deafened) for user in sorted(present))
        server, now = server_of(place), self._clock()
        came = by_itself(self._ours, server, f"voice:{server}:{channel}:{now}", now, channel)
        await self._submit(ReportListeners(**came.fields(), listening=listening))


def _state(told: Json) -> State:
    """The audience of a stage channel is suppressed, and hears."""
    return State(text(told, "channel_id"), bool(told.get("self_deaf") or told.get("deaf")))
