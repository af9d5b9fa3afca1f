"""A strict stand-in for Discord on loopback: REST v10, gateway, people's hands; it knows nothing of Sidestage."""

from __future__ import annotations

from adapters.sandbox.discord.hands import DiscordHands
from adapters.sandbox.discord.server import Running, start
from adapters.sandbox.discord.world import World

__all__ = ["DiscordHands", "Running", "World", "start"]
