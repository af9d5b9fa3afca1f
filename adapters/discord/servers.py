"""What servers, channels and roles are called, as the gateway tells: names and homes only, nothing else is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.discord.shapes import inner, several, text

Payload = Mapping[str, Any]
PUBLIC_THREADS = (10, 11)
"""Types of channels: threads that everybody reads who reads the channel. One that was started at a message has its id.

https://docs.discord.com/developers/topics/threads
"""


@dataclass(slots=True)
class Server:
    """One server; threads are channels."""

    name: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)


class Servers:
    """Fed with gateway events; ``on_return`` hears of a server that was out of reach and is back."""

    def __init__(self, on_return: Callable[[str], None]) -> None:
        self._on_return = on_return
        self._servers: dict[str, Server] = {}
        self._homes: dict[str, str] = {}
        self._above: dict[str, str] = {}
        """The channels of public threads."""
        self._coming: set[str] = set()
        """Named by READY and not yet told of in full."""
        self._away: set[str] = set()
        self._all_came = asyncio.Event()

    def events(self) -> Mapping[str, Callable[[Payload], None]]:
        return {
            "READY": self._ready,
            "GUILD_CREATE": self._created,
            "GUILD_UPDATE": self._created,
            "GUILD_DELETE": self._deleted,
            "GUILD_ROLE_CREATE": self._role,
            "GUILD_ROLE_UPDATE": self._role,
            "GUILD_ROLE_DELETE": self._role_gone,
            "CHANNEL_CREATE": self._channel,
            "CHANNEL_UPDATE": self._channel,
            "CHANNEL_DELETE": self._channel_gone,
            "THREAD_CREATE": self._channel,
            "THREAD_UPDATE": self._channel,
            "THREAD_DELETE": self._channel_gone,
            "THREAD_LIST_SYNC": self._threads,
        }

    async def told(self, within: float) -> None:
        """Wait for the servers that come right behind READY; one that is out of reach is not waited for long."""
        try:
            async with asyncio.timeout(within):
                await self._all_came.wait()
        except TimeoutError:
            pass

    # -- names ------------------------------------------------------------------------------------------------------

    def guild(self, ident: str) -> str | None:
        found = self._servers.get(ident)
        return found.name if found else None

    def channel(self, ident: str) -> str | None:
        found = self._servers.get(self.home(ident))
        return found.channels.get(ident) if found else None

    def home(self, channel: str) -> str:
        """The server of a channel; empty where it is not known."""
        return self._homes.get(channel, "")

    def above(self, channel: str) -> str:
        """The channel in which a public thread was started; empty for what is none, or is not known."""
        return self._above.get(channel, "")

    def role(self, guild: str, ident: str) -> str | None:
        found = self._servers.get(guild)
        return found.roles.get(ident) if found else None

    # -- events -----------------------------------------------------------------------------------------------------

    def _ready(self, payload: Payload) -> None:
        self._coming = {text(one, "id") for one in several(payload, "guilds")}
        self._away.clear()
        self._all_came.clear()
        if not self._coming:
            self._all_came.set()

    def _created(self, guild: Payload) -> None:
        ident = text(guild, "id")
        if not ident or guild.get("unavailable"):
            return
        server = self._servers.setdefault(ident, Server())
        server.name = text(guild, "name")
        server.roles = {text(one, "id"): _role_name(one) for one in several(guild, "roles")}
        for one in (*several(guild, "channels"), *several(guild, "threads")):
            self._named(server, ident, one)
        self._coming.discard(ident)
        if not self._coming:
            self._all_came.set()
        if ident in self._away:
            self._away.discard(ident)
            self._on_return(ident)

    def _deleted(self, guild: Payload) -> None:
        """Removed from it; or it is out of reach for a while, and keeps its names."""
        ident = text(guild, "id")
        if guild.get("unavailable"):
            self._away.add(ident)
        elif found := self._servers.pop(ident, None):
            for channel in found.channels:
                self._homes.pop(channel, None)
                self._above.pop(channel, None)

    def _role(self, payload: Payload) -> None:
        if server := self._servers.get(text(payload, "guild_id")):
            role = inner(payload, "role")
            server.roles[text(role, "id")] = _role_name(role)

    def _role_gone(self, payload: Payload) -> None:
        if server := self._servers.get(text(payload, "guild_id")):
            server.roles.pop(text(payload, "role_id"), None)

    def _channel(self, channel: Payload) -> None:
        home = text(channel, "guild_id")
        if server := self._servers.get(home):
            self._named(server, home, channel)

    def _channel_gone(self, channel: Payload) -> None:
        ident = text(channel, "id")
        self._above.pop(ident, None)
        if server := self._servers.get(self._homes.pop(ident, "")):
            server.channels.pop(ident, None)

    def _threads(self, payload: Payload) -> None:
        home = text(payload, "guild_id")
        if server := self._servers.get(home):
            for one in several(payload, "threads"):
                self._named(server, home, one)

    def _named(self, server: Server, home: str, channel: Payload) -> None:
        ident = text(channel, "id")
        server.channels[ident] = text(channel, "name")
        self._homes[ident] = home
        if channel.get("type") in PUBLIC_THREADS:
            self._above[ident] = text(channel, "parent_id")


def _role_name(role: Payload) -> str:
    return text(role, "name").removeprefix("@")
