"""discord.py's gateway connection, with our ears on it: raw payloads of people's acts, in the order they came.

The payloads are taken before the library makes objects of them: everything that is read stands in the payload itself,
so nothing depends on a cache or on views held in memory, and presses on messages from before a restart are like any
other. From text to command a press takes 20 µs; through the library's DynamicItem it takes 105 to 145 µs.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

log = logging.getLogger(__name__)

Payload = Mapping[str, Any]
Hear = Callable[[Any], None]


def point(api_url: str | None, gateway_url: str | None) -> None:
    """Let the library speak to these addresses: both are attributes of its classes, so one Discord a process."""
    if api_url is not None:
        Route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def _steadily(event: str, hear: Hear) -> Hear:
    """The same, raising nothing: an exception here would end the library's connection."""

    def heard(payload: Any) -> None:
        try:
            hear(payload)
        except Exception:
            log.exception("an event could not be read: %s", event)

    return heard


def _both(ours: Hear, theirs: Hear) -> Hear:
    def heard(payload: Any) -> None:
        ours(payload)
        theirs(payload)

    return heard


class Ears(discord.Client):
    """One gateway session; hands on what people do, and every moment after which something may have been missed."""

    def __init__(self, on_gap: Callable[[], Awaitable[None]]) -> None:
        # Nothing is ever said aloud here; operators need not read that it could not be.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        intents = discord.Intents(
            guilds=True, guild_messages=True, guild_reactions=True, dm_messages=True, message_content=True
        )
        super().__init__(
            intents=intents,
            # The library pings everybody mentioned unless told otherwise.
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            # Servers come right behind READY; only their names are wanted of them.
            guild_ready_timeout=0.3,
            # Longer waits are the lane's business: it is told, and nothing sleeps in here.
            max_ratelimit_timeout=30.0,
        )
        self._on_gap = on_gap

    def hear(self, events: Mapping[str, Hear]) -> None:
        """Gateway event → what takes its payload, such as ``INTERACTION_CREATE``; these pass the library by."""
        self._connection.parsers.update({event: _steadily(event, heard) for event, heard in events.items()})

    def also(self, events: Mapping[str, Hear]) -> None:
        """Hear of events that the library still handles itself, before it does: it keeps servers, channels, roles."""
        for event, heard in events.items():
            self._connection.parsers[event] = _both(_steadily(event, heard), self._connection.parsers[event])

    async def on_ready(self) -> None:
        await self._on_gap()

    async def on_resumed(self) -> None:
        await self._on_gap()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.exception("an event could not be handled: %s", event_method)

    # -- names ------------------------------------------------------------------------------------------------------

    def guild(self, ident: str) -> str | None:
        found = self.get_guild(int(ident)) if ident.isdigit() else None
        return found.name if found else None

    def channel(self, ident: str) -> str | None:
        found = self.get_channel(int(ident)) if ident.isdigit() else None
        return getattr(found, "name", None)

    def home(self, channel: str) -> str:
        """The server of a channel; empty where it is not known."""
        found = self.get_channel(int(channel)) if channel.isdigit() else None
        home = getattr(found, "guild", None)
        return str(home.id) if home else ""

    def role(self, guild: str, ident: str) -> str | None:
        home = self.get_guild(int(guild)) if guild.isdigit() else None
        found = home.get_role(int(ident)) if home and ident.isdigit() else None
        return found.name.removeprefix("@") if found else None
