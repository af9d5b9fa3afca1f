"""Discord: gateway events in, as commands; cards, lines and forms out. Decides nothing."""

from adapters.discord.adapter import CannotStart, DiscordAdapter, DiscordSettings

__all__ = ["CannotStart", "DiscordAdapter", "DiscordSettings"]
