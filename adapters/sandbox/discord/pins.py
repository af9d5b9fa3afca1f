"""Pinned messages: at most 250 a channel, each pin told by a notice in the channel.

https://docs.discord.com/developers/resources/message#pin-message
"""

from __future__ import annotations

from adapters.sandbox.discord import messages, shapes
from adapters.sandbox.discord.errors import refusal
from adapters.sandbox.discord.model import PIN_NOTICE, REPLY, Json, Message, User
from adapters.sandbox.discord.world import World

PINS = 250
"""The most that a channel has (error 30003)."""


def pin_as(world: World, one: Message, who: User) -> None:
    """Pin; what is pinned stays so. A notice in the channel points to it."""
    if one.pinned is not None:
        return
    if one.type not in (0, REPLY, 20, 23):
        raise refusal(50021)
    if sum(each.pinned is not None for each in one.channel.messages.values()) >= PINS:
        raise refusal(30003)
    pin(world, one, on=True)
    messages.put(world, one.channel, who, {}, reference=one, kind=PIN_NOTICE)


def pin(world: World, one: Message, *, on: bool) -> None:
    one.pinned = world.clock() if on else None
    one.drawn = None
    one.channel.pinned_at = world.clock() if on else one.channel.pinned_at
    data: Json = {"channel_id": one.channel.id, "last_pin_timestamp": shapes.iso(world.clock()) if on else None}
    if one.channel.guild is not None:
        data["guild_id"] = one.channel.guild.id
    world.emit("CHANNEL_PINS_UPDATE", data, guild=one.channel.guild, channel=one.channel)
    messages.tell(world, "MESSAGE_UPDATE", one)
