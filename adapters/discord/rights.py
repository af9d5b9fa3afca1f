"""What roles and overwrites add up to in a channel: pure arithmetic on what Discord told, in its documented order.

https://docs.discord.com/developers/topics/permissions#permission-overwrites
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import discord

from adapters.discord.shapes import Json, inner, several, text

ROLE, MEMBER = 0, 1
"""Types of overwrites."""
PRIVATE_THREAD = 12
THREADS = (10, 11, PRIVATE_THREAD)


def _bits(**flags: bool) -> int:
    return discord.Permissions(**flags).value


def named(right: str) -> int:
    """One right by the API's name for it."""
    return _bits(**{right: True})


ALL = discord.Permissions.all().value
VIEW = _bits(view_channel=True)
SEND = _bits(send_messages=True)
READ_BACK = _bits(read_message_history=True)
REACT = _bits(add_reactions=True)
NEW_THREADS = _bits(create_public_threads=True, create_private_threads=True)
IN_THREADS = _bits(send_messages_in_threads=True)
WRITING = SEND | REACT | NEW_THREADS | IN_THREADS
ATTENDING = VIEW | SEND | READ_BACK | REACT
HOOKS = _bits(manage_webhooks=True)
PRUNING = _bits(manage_messages=True)
MENTIONING = _bits(mention_everyone=True)
"""Discord calls it Mention @everyone, @here and All Roles."""
MAKING = _bits(manage_channels=True, manage_roles=True) | VIEW | READ_BACK | WRITING
"""What making rooms takes: beside the two, each right that a room's overwrites give or take away."""
ADMINISTRATOR = _bits(administrator=True)
MANAGING = ADMINISTRATOR | _bits(manage_guild=True)


def bits(told: Json, name: str) -> int:
    """A set of permissions as Discord sends it, a string of digits; 0 for anything else."""
    held = text(told, name)
    return int(held) if held.isascii() and held.isdigit() else 0


SPELLED = {"mention_everyone": "Mention @everyone, @here and All Roles", "read_messages": "View Channel"}
"""Permissions that Discord's own settings name otherwise than its API."""


def spelled(held: int) -> str:
    """These permissions as Discord's own settings name them."""
    names = [name for name, on in discord.Permissions(held) if on]
    return ", ".join(SPELLED.get(name) or name.replace("_", " ").title().replace(" In ", " in ") for name in names)


def overwrite(ident: str, kind: int, allow: int = 0, deny: int = 0) -> dict[str, Any]:
    """One overwrite as Discord takes it."""
    return {"id": ident, "type": kind, "allow": str(allow), "deny": str(deny)}


def overwrites(channel: Json) -> list[Json]:
    return several(channel, "permission_overwrites")


def overwrite_of(channel: Json, ident: str) -> Json | None:
    return next((one for one in overwrites(channel) if text(one, "id") == ident), None)


def granted(roles: Iterable[Json], server: str, mine: Collection[str]) -> int:
    """What these roles give in the whole server; everybody's role bears the server's id."""
    value = 0
    for one in roles:
        if text(one, "id") in {server, *mine}:
            value |= bits(one, "permissions")
    return discord.Permissions.all().value if value & ADMINISTRATOR else value


def within(held: int, channel: Json, server: str, mine: Collection[str]) -> int:
    """The channel's overwrites on top: everybody's, then all roles' together, then the member's own.

    ``mine``: the member's roles and the member.
    """
    if held & ADMINISTRATOR:
        return held
    allow = deny = 0
    for one in overwrites(channel):
        if text(one, "id") == server:
            held = held & ~bits(one, "deny") | bits(one, "allow")
        elif text(one, "id") in mine and one.get("type") == ROLE:
            allow, deny = allow | bits(one, "allow"), deny | bits(one, "deny")
    held = held & ~deny | allow
    for one in overwrites(channel):
        if text(one, "id") in mine and one.get("type") == MEMBER:
            held = held & ~bits(one, "deny") | bits(one, "allow")
    return held


def everyone_reads(roles: Iterable[Json], channel: Json, server: str) -> bool:
    """Whether a member without any role sees the channel."""
    return bool(within(granted(roles, server, ()), channel, server, ()) & VIEW)


def shut(roles: Sequence[Json], channel: Json, server: str, team: bool) -> bool:
    """Whether only those whom the bot let in can read the channel.

    A team's room is open as well where a role of the server lets people in whom the bot does not know: administrators'
    roles change nothing, they read everything anyway, and a bot's role lets in no people.
    """
    if everyone_reads(roles, channel, server):
        return False
    if not team:
        return True
    known = {text(role, "id"): role for role in roles}
    for one in overwrites(channel):
        role = known.get(text(one, "id"))
        if one.get("type") == ROLE and role is not None and bits(one, "allow") & VIEW:
            harmless = bits(role, "permissions") & ADMINISTRATOR or inner(role, "tags").get("bot_id")
            if not harmless and text(one, "id") != server:
                return False
    return True
