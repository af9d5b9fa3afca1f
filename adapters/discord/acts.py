"""What happens besides lines and presses: reactions, lines to the bot itself, and what the bot finds out by itself."""

from __future__ import annotations

from adapters.discord import parse
from adapters.discord.parse import Ours, actor, content
from adapters.discord.reading import Names
from adapters.discord.shapes import Json, inner, text
from core.app import commands as c
from core.app.intake import Envelope
from core.domain.ids import AccountId, DeliveryKey, Instant, VenueId
from core.domain.people import Actor

_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
"""Skin tones: a like is a like in any of them."""


def emoji(told: Json) -> str:
    """An emoji as Unicode without its skin tone; one of a server's own as ``:name:``."""
    name = text(told, "name")
    return (f":{name}:" if name else "") if text(told, "id") else name.translate(_TONES)


def reaction(payload: Json, now: Instant, names: Names, ours: Ours, *, on: bool) -> c.GiveLike | None:
    """Somebody's reaction; None for the bot's own. Discord does not tell when it was given."""
    guild, user, message = text(payload, "guild_id"), text(payload, "user_id"), text(payload, "message_id")
    sign = emoji(inner(payload, "emoji"))
    if not (user and message and sign) or user in (ours.user, ours.application):
        return None
    member = inner(payload, "member")
    channel = text(payload, "channel_id")
    who = actor(inner(member, "user") or {"id": user}, member, guild, names)
    key = DeliveryKey(f"reaction:{guild}:{channel}:{message}:{user}:{sign}:{int(on)}:{now}")
    came = Envelope(who, key, now, "arrival", channel)
    return c.GiveLike(**came.fields(), ref=message, emoji=sign, on=on)


def written(message: Json, now: Instant, names: Names, ours: Ours) -> c.WriteToBot | None:
    """A person's line in the direct messages with the bot; None for what nobody said there."""
    author = inner(message, "author")
    if message.get("guild_id") or author.get("bot") or not parse.is_line(message, ours):
        return None
    body = content(message, names)
    channel, ident = text(message, "channel_id"), text(message, "id")
    if not body:
        return None
    at = Instant(min(parse.snowflake_time(ident), now))
    came = Envelope(actor(author, {}, "", names), DeliveryKey(f"write:{channel}:{ident}"), at, "event", channel)
    return c.WriteToBot(**came.fields(), body=body, ref=ident, reply_to=parse.answered(message))


def by_itself(ours: Ours, server: str, key: str, now: Instant, room: str = "") -> Envelope:
    """What the bot found out: its own account is the actor."""
    who = Actor(AccountId(f"discord:{ours.user}"), "discord", VenueId(f"discord:{server}"), bot=True)
    return Envelope(who, DeliveryKey(key), now, "arrival", room)
