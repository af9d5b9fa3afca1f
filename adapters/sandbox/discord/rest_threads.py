"""Routes of threads and their members; a thread from a message has the message's id."""

from __future__ import annotations

from adapters.sandbox.discord import checks, messages, permissions, shapes
from adapters.sandbox.discord.errors import refusal
from adapters.sandbox.discord.model import Channel, Guild, Json, User
from adapters.sandbox.discord.routes import Call, Reply, route
from adapters.sandbox.discord.world import World

MOST_ACTIVE = 1000


def start(world: World, parent: Channel, thread_id: str, kind: int, name: str, owner: User, body: Json) -> Channel:
    """A new thread with its owner in it."""
    guild = guild_of(parent)
    if sum(each.is_thread and not each.archived for each in guild.channels.values()) >= MOST_ACTIVE:
        raise refusal(160006)
    made = Channel(thread_id, kind, name, guild, parent.id)
    made.owner_id, made.created, made.changed = owner.id, world.clock(), world.clock()
    made.archive_minutes = body.get("auto_archive_duration") or 1440
    made.slowmode = body.get("rate_limit_per_user") or 0
    made.invitable = body.get("invitable", True)
    made.people[owner.id] = world.clock()
    world.add_channel(made)
    return made


def guild_of(channel: Channel) -> Guild:
    if channel.guild is None:
        raise refusal(50024)
    return channel.guild


@route(
    "POST",
    "/channels/{channel_id}/messages/{message_id}/threads",
    check=checks.thread_from_message,
    bucket="new_thread",
)
def start_from_message(call: Call) -> Reply:
    channel = call.channel(permissions.CREATE_PUBLIC_THREADS, permissions.READ_MESSAGE_HISTORY)
    found = messages.find(channel, call.id("message_id"))
    if found.thread_id is not None:
        raise refusal(160004)
    made = start(call.world, channel, found.id, 11, call.form["name"], call.bot.bot, call.form)
    found.thread_id = made.id
    return 201, shapes.thread(made, call.bot.bot.id)


@route("POST", "/channels/{channel_id}/threads", check=checks.thread, bucket="new_thread")
def start_alone(call: Call) -> Reply:
    kind = call.form.get("type") or 12
    needed = permissions.CREATE_PRIVATE_THREADS if kind == 12 else permissions.CREATE_PUBLIC_THREADS
    channel = call.channel(needed)
    if channel.type not in (0, 5) or (channel.type == 5 and kind == 12):
        raise refusal(50024)
    made = start(call.world, channel, call.world.ids.next(), kind, call.form["name"], call.bot.bot, call.form)
    if kind == 11:
        messages.put(call.world, channel, call.bot.bot, {"content": made.name}, kind=18)
    return 201, shapes.thread(made, call.bot.bot.id)


def _thread(call: Call) -> Channel:
    found = call.channel()
    if not found.is_thread:
        raise refusal(50024)
    return found


def add(world: World, thread: Channel, user_id: str) -> None:
    """Somebody comes into the thread; a bot hears of its own coming by THREAD_CREATE."""
    if user_id in thread.people:
        return
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


@route("PUT", "/channels/{channel_id}/thread-members/{user_id}")
def add_member(call: Call) -> Reply:
    thread, user_id = _thread(call), call.id("user_id")
    guild = guild_of(thread)
    if user_id == "@me":
        user_id = call.bot.bot.id
    else:
        call.allowed(thread, permissions.SEND_MESSAGES_IN_THREADS)
        if thread.type == 12 and not thread.invitable and thread.owner_id != call.bot.bot.id:
            call.allowed(thread, permissions.MANAGE_THREADS)
    if thread.archived:
        raise refusal(50083)
    member = call.world.find_member(guild, user_id)
    parent = guild.channels[thread.parent_id or ""]
    if not permissions.within(guild, member, parent) & permissions.VIEW_CHANNEL:
        raise refusal(50001)  # Who does not see the parent channel cannot be brought into its threads.
    add(call.world, thread, user_id)
    return 204, None


@route("DELETE", "/channels/{channel_id}/thread-members/{user_id}")
def remove_member(call: Call) -> Reply:
    thread, user_id = _thread(call), call.id("user_id")
    if thread.archived:
        raise refusal(50083)
    if user_id == "@me":
        user_id = call.bot.bot.id
    elif not (thread.type == 12 and thread.owner_id == call.bot.bot.id):
        call.allowed(thread, permissions.MANAGE_THREADS)
    drop(call.world, thread, user_id)
    return 204, None


@route("GET", "/channels/{channel_id}/thread-members")
def list_members(call: Call) -> Reply:
    thread = _thread(call)
    return 200, [shapes.thread_member(thread, each) for each in thread.people]


@route("GET", "/channels/{channel_id}/thread-members/{user_id}")
def get_member(call: Call) -> Reply:
    thread = _thread(call)
    user_id = call.bot.bot.id if call.id("user_id") == "@me" else call.id("user_id")
    if user_id not in thread.people:
        raise refusal(10007)
    return 200, shapes.thread_member(thread, user_id)


def _page(call: Call, threads: list[Channel]) -> Reply:
    me = call.bot.bot.id
    shown = [shapes.thread(each, me) for each in threads]
    own = [shapes.thread_member(each, me) for each in threads if me in each.people]
    return 200, {"threads": shown, "members": own, "has_more": False}


@route("GET", "/guilds/{guild_id}/threads/active")
def active(call: Call) -> Reply:
    guild = call.guild()
    me = guild.members[call.bot.bot.id]
    found = [
        each
        for each in guild.channels.values()
        if each.is_thread and not each.archived and permissions.visible(guild, me, each)
    ]
    return _page(call, found)


def _archived(call: Call, kind: int, *needed: int) -> Reply:
    channel = call.channel(permissions.READ_MESSAGE_HISTORY, *needed)
    inside = [each for each in guild_of(channel).channels.values() if each.parent_id == channel.id]
    return _page(call, [each for each in inside if each.type == kind and each.archived])


@route("GET", "/channels/{channel_id}/threads/archived/public")
def archived_public(call: Call) -> Reply:
    return _archived(call, 11)


@route("GET", "/channels/{channel_id}/threads/archived/private")
def archived_private(call: Call) -> Reply:
    return _archived(call, 12, permissions.MANAGE_THREADS)
