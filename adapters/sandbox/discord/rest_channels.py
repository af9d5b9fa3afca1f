"""Routes of channels, their overwrites, and guild channels."""

from __future__ import annotations

import re
from typing import Any

from adapters.sandbox.discord import checks, permissions, shapes, threads
from adapters.sandbox.discord.errors import invalid_form, refusal
from adapters.sandbox.discord.model import CATEGORY, DM, Channel, Guild, Json, Overwrite
from adapters.sandbox.discord.routes import Call, Reply, route

OVERWRITES = 1000
"""The most that a channel has (error 30060)."""


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
    """Owners may rename, archive and change the archive time, unless it is locked; the rest needs MANAGE_THREADS."""
    mine = thread.owner_id == call.bot.bot.id and not thread.locked
    only_opens = set(body) <= {"archived"} and body.get("archived") is False
    own_keys = {"name", "archived", "auto_archive_duration", "rate_limit_per_user"}
    if not (mine and set(body) <= own_keys) and not (only_opens and not thread.locked):
        call.allowed(thread, permissions.MANAGE_THREADS)
    if only_opens:
        call.allowed(thread, permissions.SEND_MESSAGES_IN_THREADS)
    if thread.archived and body.get("archived") is not False and set(body) - {"locked", "archived"}:
        raise refusal(50083)
    if body.get("name") is not None:
        thread.name = body["name"]
    if body.get("archived") is not None:
        threads.archive(call.world, thread, archived=body["archived"])
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
        given = overwrites_of(body["permission_overwrites"])
        for each in given.values():
            if each != channel.overwrites.get(each.id):
                _refuse_overwrite(call, channel.guild, each, channel)
        channel.overwrites = given


def channel_name(name: str, kind: int) -> str:
    """Discord writes names of text channels in small letters with hyphens; punctuation falls out."""
    if kind not in (0, 5, 15):
        return name.strip()
    return re.sub(r"-{2,}", "-", re.sub(r"[!-,./:-@\[-^`{-~]", "", "-".join(name.lower().split())))


def overwrites_of(given: list[Any]) -> dict[str, Overwrite]:
    return {
        str(each["id"]): Overwrite(
            str(each["id"]), int(each.get("type", 0)), int(each.get("allow") or 0), int(each.get("deny") or 0)
        )
        for each in given
    }


def _refuse_overwrite(call: Call, guild: Guild | None, wanted: Overwrite, channel: Channel | None = None) -> None:
    """A bot allows and denies only what it has itself, in the server or the category above, unless an overwrite of the
    channel gives it MANAGE_ROLES; only administrators give that.

    That an overwrite of a stranger is refused as unknown member, and of a strange role as unknown role, is not
    documented.
    """
    assert guild is not None, "only guild channels have overwrites"
    me = guild.members[call.bot.bot.id]
    held = permissions.base(guild, me)
    if wanted.type == 1 and wanted.id not in guild.members:
        raise refusal(10007)
    if wanted.type == 0 and wanted.id not in guild.roles:
        raise refusal(10011)
    if held & permissions.ADMINISTRATOR:
        return
    if (wanted.allow | wanted.deny) & permissions.MANAGE_ROLES:
        raise refusal(50013)
    if channel is not None:
        own = [channel.overwrites[each] for each in (*me.roles, me.user.id) if each in channel.overwrites]
        if any(each.allow & permissions.MANAGE_ROLES for each in own):
            return
        above = guild.channels.get(channel.parent_id or "")
        held |= permissions.within(guild, me, above) if above is not None else 0
    if (wanted.allow | wanted.deny) & ~held:
        raise refusal(50013)


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
    if channel.is_thread:
        raise refusal(50024)
    wanted = Overwrite(key, body["type"], int(body.get("allow") or 0), int(body.get("deny") or 0))
    _refuse_overwrite(call, channel.guild, wanted, channel)
    if key not in channel.overwrites and len(channel.overwrites) >= OVERWRITES:
        raise refusal(30060)
    if channel.overwrites.get(key) != wanted:
        channel.overwrites[key] = wanted
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


def _refuse_parent(guild: Guild, made: Channel) -> None:
    """Only categories hold channels, each up to fifty of them."""
    if made.parent_id is None:
        return
    above = guild.channels.get(made.parent_id)
    wrong = above is None or above.type != CATEGORY or made.type == CATEGORY
    if wrong or sum(each.parent_id == made.parent_id for each in guild.channels.values()) >= 50:
        code = "CHANNEL_PARENT_INVALID" if wrong else "CHANNEL_PARENT_MAX_CHANNELS"
        words = "Category does not exist" if wrong else "Maximum number of channels in category reached (50)"
        raise invalid_form({"parent_id": {"_errors": [{"code": code, "message": words}]}})


@route("POST", "/guilds/{guild_id}/channels", check=checks.create_channel, bucket="channel")
def create_channel(call: Call) -> Reply:
    guild, body, world = call.guild(permissions.MANAGE_CHANNELS), call.form, call.world
    if sum(not each.is_thread for each in guild.channels.values()) >= world.caps.channels:
        raise refusal(30013)
    kind = body.get("type") or 0
    made = Channel(world.ids.next(), kind, channel_name(body["name"], kind), guild, None, body.get("topic"))
    made.parent_id = str(body["parent_id"]) if body.get("parent_id") else None
    _refuse_parent(guild, made)
    made.position = body.get("position") or len(guild.channels)
    made.nsfw, made.slowmode = bool(body.get("nsfw")), body.get("rate_limit_per_user") or 0
    made.created = world.clock()
    if body.get("permission_overwrites"):
        made.overwrites = overwrites_of(body["permission_overwrites"])
        for each in made.overwrites.values():
            _refuse_overwrite(call, guild, each)
    elif made.parent_id is not None and made.parent_id in guild.channels:
        made.overwrites = dict(guild.channels[made.parent_id].overwrites)
    world.add_channel(made)
    return 201, _shown(call, made)
