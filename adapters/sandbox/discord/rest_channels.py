"""Routes of channels, their overwrites, and guild channels."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.discord import checks, permissions, shapes
from adapters.sandbox.discord.errors import refusal
from adapters.sandbox.discord.model import DM, Channel, Json, Overwrite
from adapters.sandbox.discord.routes import Call, Reply, route


def _shown(call: Call, one: Channel) -> Json:
    return shapes.channel(one, call.bot.bot.id)


@route("GET", "/channels/{channel_id}")
def get_channel(call: Call) -> Reply:
    return 200, _shown(call, call.channel())


@route("PATCH", "/channels/{channel_id}", check=checks.edit_channel, bucket="channel")
def edit_channel(call: Call) -> Reply:
    channel, body = call.channel(), call.form
    if channel.guild is None:
        raise refusal(50024)
    if channel.is_thread:
        _edit_thread(call, channel, body)
    else:
        call.allowed(channel, permissions.MANAGE_CHANNELS)
        _edit_plain(call, channel, body)
    call.world.change_channel(channel)
    return 200, _shown(call, channel)


def _edit_thread(call: Call, thread: Channel, body: Json) -> None:
    """Owners may rename, archive and change the archive time; the rest needs MANAGE_THREADS."""
    mine = thread.owner_id == call.bot.bot.id
    only_opens = set(body) <= {"archived"} and body.get("archived") is False
    own_keys = {"name", "archived", "auto_archive_duration", "rate_limit_per_user"}
    if not (mine and set(body) <= own_keys) and not (only_opens and not thread.locked):
        call.allowed(thread, permissions.MANAGE_THREADS)
    if thread.archived and body.get("archived") is not False and set(body) - {"locked", "archived"}:
        raise refusal(50083)
    if body.get("name") is not None:
        thread.name = body["name"]
    if body.get("archived") is not None:
        thread.archived, thread.changed = body["archived"], call.world.clock()
    thread.locked = body.get("locked", thread.locked)
    thread.invitable = body.get("invitable", thread.invitable)
    thread.archive_minutes = body.get("auto_archive_duration") or thread.archive_minutes
    thread.slowmode = body.get("rate_limit_per_user", thread.slowmode) or 0


def _edit_plain(call: Call, channel: Channel, body: Json) -> None:
    if body.get("name") is not None:
        channel.name = channel_name(body["name"], channel.type)
    if "topic" in body:
        channel.topic = body["topic"]
    if "parent_id" in body:
        channel.parent_id = None if body["parent_id"] is None else str(body["parent_id"])
    for key, name in (("position", "position"), ("nsfw", "nsfw"), ("rate_limit_per_user", "slowmode")):
        if body.get(key) is not None:
            setattr(channel, name, body[key])
    if body.get("permission_overwrites") is not None:
        call.allowed(channel, permissions.MANAGE_ROLES)
        channel.overwrites = overwrites_of(body["permission_overwrites"])


def channel_name(name: str, kind: int) -> str:
    """Discord writes names of text channels in small letters with hyphens."""
    return "-".join(name.lower().split()) if kind in (0, 5, 15) else name


def overwrites_of(given: list[Any]) -> dict[str, Overwrite]:
    return {
        str(each["id"]): Overwrite(
            str(each["id"]), int(each.get("type", 0)), int(each.get("allow") or 0), int(each.get("deny") or 0)
        )
        for each in given
    }


@route("DELETE", "/channels/{channel_id}", bucket="channel")
def delete_channel(call: Call) -> Reply:
    channel = call.channel()
    if channel.type == DM:
        return 200, _shown(call, channel)
    call.allowed(channel, permissions.MANAGE_THREADS if channel.is_thread else permissions.MANAGE_CHANNELS)
    shown = _shown(call, channel)
    call.world.drop_channel(channel)
    return 200, shown


@route("PUT", "/channels/{channel_id}/permissions/{overwrite_id}", check=checks.permission_overwrite)
def put_overwrite(call: Call) -> Reply:
    channel, key, body = call.channel(permissions.MANAGE_ROLES), call.id("overwrite_id"), call.form
    channel.overwrites[key] = Overwrite(key, body["type"], int(body.get("allow") or 0), int(body.get("deny") or 0))
    call.world.change_channel(channel)
    return 204, None


@route("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}")
def delete_overwrite(call: Call) -> Reply:
    channel = call.channel(permissions.MANAGE_ROLES)
    if channel.overwrites.pop(call.id("overwrite_id"), None) is not None:
        call.world.change_channel(channel)
    return 204, None


@route("GET", "/guilds/{guild_id}/channels")
def list_channels(call: Call) -> Reply:
    guild = call.guild()
    me = guild.members[call.bot.bot.id]
    seen = [each for each in guild.channels.values() if not each.is_thread and permissions.visible(guild, me, each)]
    return 200, [_shown(call, each) for each in seen]  # Since 16 November 2026 without what the bot may not view.


@route("POST", "/guilds/{guild_id}/channels", check=checks.create_channel, bucket="channel")
def create_channel(call: Call) -> Reply:
    guild, body, world = call.guild(permissions.MANAGE_CHANNELS), call.form, call.world
    if sum(not each.is_thread for each in guild.channels.values()) >= 500:
        raise refusal(30013)
    kind = body.get("type") or 0
    made = Channel(world.ids.next(), kind, channel_name(body["name"], kind), guild, None, body.get("topic"))
    made.parent_id = str(body["parent_id"]) if body.get("parent_id") else None
    made.position = body.get("position") or len(guild.channels)
    made.nsfw, made.slowmode = bool(body.get("nsfw")), body.get("rate_limit_per_user") or 0
    made.created = world.clock()
    if body.get("permission_overwrites"):
        granted = permissions.base(guild, guild.members[call.bot.bot.id])
        if not granted & permissions.MANAGE_ROLES and any(
            int(each.get("allow") or 0) & ~granted for each in body["permission_overwrites"]
        ):
            raise refusal(50013)
        made.overwrites = overwrites_of(body["permission_overwrites"])
    elif made.parent_id is not None and made.parent_id in guild.channels:
        made.overwrites = dict(guild.channels[made.parent_id].overwrites)
    world.add_channel(made)
    return 201, _shown(call, made)
