"""The library's client without its gateway: token, application and REST of it, and our ears on every event.

The payloads are taken before anything makes objects of them: everything that is read stands in the payload itself, so
nothing depends on a cache or on views held in memory, and presses on messages from before a restart are like any
other. From text to command a press takes 20 µs; through the library's DynamicItem it takes 105 to 145 µs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import discord
from discord.http import Route

from adapters.discord.servers import Servers

log = logging.getLogger(__name__)

Payload = Mapping[str, Any]
Hear = Callable[[Any], None]


def point(api_url: str | None) -> None:
    """Let the library speak to this address: it is an attribute of its class, so one Discord a process."""
    if api_url is not None:
        Route.BASE = api_url.rstrip("/")


class Ears(discord.Client):
    """Hands each event to whoever hears it; knows what servers and channels are called."""

    def __init__(self, on_return: Callable[[str], None]) -> None:
        """``on_return`` hears of a server that was out of Discord's own reach and is back."""
        # Nothing is ever said aloud here; operators need not read that it could not be.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            # Unused: sessions are begun in shard.py. Without any the library warns.
            intents=discord.Intents(guilds=True),
            # The library pings everybody mentioned unless told otherwise.
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            # Longer waits are the lane's business: it is told, and nothing sleeps in here.
            max_ratelimit_timeout=30.0,
        )
        self.servers = Servers(on_return)
        self._heard: dict[str, list[Hear]] = {}
        self.hear(self.servers.events())

    def hear(self, events: Mapping[str, Hear]) -> None:
        """Gateway event → what takes its payload, such as ``INTERACTION_CREATE``; who came first hears it first."""
        for event, heard in events.items():
            self._heard.setdefault(event, []).append(heard)

    def take(self, event: str, payload: Any) -> None:
        """An event of the gateway. Raises nothing: an exception here would end the connection."""
        for heard in self._heard.get(event, ()):
            try:
                heard(payload)
            except Exception:
                log.exception("an event could not be read: %s", event)

    # -- names ------------------------------------------------------------------------------------------------------

    def guild(self, ident: str) -> str | None:
        return self.servers.guild(ident)

    def channel(self, ident: str) -> str | None:
        return self.servers.channel(ident)

    def home(self, channel: str) -> str:
        """The server of a channel; empty where it is not known."""
        return self.servers.home(channel)

    def role(self, guild: str, ident: str) -> str | None:
        return self.servers.role(guild, ident)
