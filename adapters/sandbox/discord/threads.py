"""Threads and who is in them, for bots and people alike; permissions are checked by the callers.

https://docs.discord.com/developers/topics/threads
"""

from __future__ import annotations

from adapters.sandbox.discord import permissions, shapes
from adapters.sandbox.discord.errors import refusal
from adapters.sandbox.discord.model import PRIVATE_THREAD, Channel, Guild, Json, User
from adapters.sandbox.discord.world import World

PARTICIPANTS = 1000
"""The most that are in a thread (error 30033)."""


def guild_of(channel: Channel) -> Guild:
    if channel.guild is None:
        raise refusal(50024)
    return channel.guild


def refuse_full(world: World, guild: Guild) -> None:
    """Guilds are capped at a number of active threads (160006); that number is not documented."""
    if sum(each.is_thread and not each.archived for each in guild.channels.values()) >= world.caps.threads:
        raise refusal(160006)


def start(world: World, parent: Channel, thread_id: str, kind: int, name: str, owner: User, body: Json) -> Channel:
    """A new thread with its owner in it."""
    guild = guild_of(parent)
    refuse_full(world, guild)
    made = Channel(thread_id, kind, name, guild, parent.id)
    made.owner_id, made.created, made.changed = owner.id, world.clock(), world.clock()
    made.archive_minutes = body.get("auto_archive_duration") or 1440
    made.slowmode = body.get("rate_limit_per_user") or 0
    made.invitable = body.get("invitable", True)
    made.people[owner.id] = world.clock()
    world.add_channel(made)
    return made


def archive(world: World, thread: Channel, *, archived: bool) -> None:
    """Archive, or make active again, which counts against the cap like a new one.

    That unarchiving is refused with 160006 too is drawn from "guilds are capped at a certain number of active threads".
    """
    if thread.archived and not archived:
        refuse_full(world, guild_of(thread))
    thread.archived, thread.changed = archived, world.clock()


def sees_parent(thread: Channel, user_id: str) -> bool:
    """Without VIEW_CHANNEL on the parent nobody sees a thread, added or mentioned or not."""
    guild = guild_of(thread)
    member, parent = guild.members.get(user_id), guild.channels.get(thread.parent_id or "")
    if member is None or parent is None:
        return False
    return bool(permissions.within(guild, member, parent) & permissions.VIEW_CHANNEL)


def may_add(thread: Channel, adder: User, granted: int) -> bool:
    """Whether the adder may bring in others: into a private thread that is not invitable only moderators may."""
    open_to_all = thread.type != PRIVATE_THREAD or thread.invitable or thread.owner_id == adder.id
    return open_to_all or bool(granted & permissions.MANAGE_THREADS)


def add(world: World, thread: Channel, user_id: str) -> None:
    """Somebody comes into the thread; a bot hears of its own coming by THREAD_CREATE."""
    if user_id in thread.people:
        return
    if len(thread.people) >= PARTICIPANTS:
        raise refusal(30033)
    guild = guild_of(thread)
    thread.people[user_id] = world.clock()
    for app in world.applications.values():
        if app.bot.id == user_id:
            data = shapes.thread(thread, user_id)
            world.emit("THREAD_CREATE", data, guild=guild, channel=thread, application=app.id)
    shown = shapes.thread_member(thread, user_id) | {"member": shapes.member(guild.members[user_id]), "presence": None}
    _tell(world, thread, {"added_members": [shown]})


def drop(world: World, thread: Channel, user_id: str) -> None:
    if thread.people.pop(user_id, None) is not None:
        _tell(world, thread, {"removed_member_ids": [user_id]})


def _tell(world: World, thread: Channel, extra: Json) -> None:
    guild = guild_of(thread)
    data: Json = {"id": thread.id, "guild_id": guild.id, "member_count": min(len(thread.people), 50)}
    world.emit("THREAD_MEMBERS_UPDATE", data | extra, guild=guild, channel=thread)
