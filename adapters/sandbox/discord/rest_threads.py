"""Routes of threads and their members; a thread from a message has the message's id."""

from __future__ import annotations

from adapters.sandbox.discord import checks, messages, permissions, shapes, threads
from adapters.sandbox.discord.errors import refusal
from adapters.sandbox.discord.model import Channel
from adapters.sandbox.discord.routes import Call, Reply, route


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
    made = threads.start(call.world, channel, found.id, 11, call.form["name"], call.bot.bot, call.form)
    found.thread_id = made.id
    return 201, shapes.thread(made, call.bot.bot.id)


@route("POST", "/channels/{channel_id}/threads", check=checks.thread, bucket="new_thread")
def start_alone(call: Call) -> Reply:
    kind = call.form.get("type") or 12
    needed = permissions.CREATE_PRIVATE_THREADS if kind == 12 else permissions.CREATE_PUBLIC_THREADS
    channel = call.channel(needed)
    if channel.type not in (0, 5) or (channel.type == 5 and kind == 12):
        raise refusal(50024)
    made = threads.start(call.world, channel, call.world.ids.next(), kind, call.form["name"], call.bot.bot, call.form)
    if kind == 11:
        messages.tell_thread(call.world, channel, call.bot.bot, made)
    return 201, shapes.thread(made, call.bot.bot.id)


def _thread(call: Call) -> Channel:
    found = call.channel()
    if not found.is_thread:
        raise refusal(50024)
    return found


@route("PUT", "/channels/{channel_id}/thread-members/{user_id}")
def add_member(call: Call) -> Reply:
    thread, user_id = _thread(call), call.id("user_id")
    if user_id == "@me":
        user_id = call.bot.bot.id
    else:
        call.allowed(thread, permissions.SEND_MESSAGES_IN_THREADS)
        if not threads.may_add(thread, call.bot.bot, call.world.granted(call.bot.bot, thread)):
            raise refusal(50013)
    if thread.archived:
        raise refusal(50083)
    call.world.find_member(threads.guild_of(thread), user_id)
    if not threads.sees_parent(thread, user_id):
        raise refusal(50001)  # Who does not see the parent channel cannot be brought into its threads.
    threads.add(call.world, thread, user_id)
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
    threads.drop(call.world, thread, user_id)
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


def _page(call: Call, found: list[Channel]) -> Reply:
    me = call.bot.bot.id
    shown = [shapes.thread(each, me) for each in found]
    own = [shapes.thread_member(each, me) for each in found if me in each.people]
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
    inside = [each for each in threads.guild_of(channel).channels.values() if each.parent_id == channel.id]
    return _page(call, [each for each in inside if each.type == kind and each.archived])


@route("GET", "/channels/{channel_id}/threads/archived/public")
def archived_public(call: Call) -> Reply:
    return _archived(call, 11)


@route("GET", "/channels/{channel_id}/threads/archived/private")
def archived_private(call: Call) -> Reply:
    return _archived(call, 12, permissions.MANAGE_THREADS)
