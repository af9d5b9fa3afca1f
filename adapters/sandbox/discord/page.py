"""What one person's app shows now, as JSON for the page: rooms, the open channel and thread, commands, form, voice.

Messages, channels and commands are Discord's own objects; nothing is in it that this person could not see.
"""

from __future__ import annotations

from adapters.sandbox.discord import look, permissions, shapes, typed
from adapters.sandbox.discord.model import (
    DM,
    STAGE,
    THREAD_NOTICE,
    VOICE,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    User,
)
from adapters.sandbox.discord.people import People
from adapters.sandbox.discord.world import World

SHOWN = 80
"""Messages of a channel that are drawn at first."""
RECENT = 9
MAY = {
    "write": permissions.SEND_MESSAGES,
    "attach": permissions.ATTACH_FILES,
    "react": permissions.ADD_REACTIONS,
    "pin": permissions.PIN_MESSAGES,
    "moderate": permissions.MANAGE_MESSAGES,
    "thread": permissions.CREATE_PUBLIC_THREADS,
    "private_thread": permissions.CREATE_PRIVATE_THREADS,
    "manage_threads": permissions.MANAGE_THREADS,
    "manage": permissions.MANAGE_CHANNELS,
    "commands": permissions.USE_APPLICATION_COMMANDS,
}


def players(world: World) -> list[Json]:
    """Everybody who may be played."""
    shown: list[Json] = []
    for each in world.users.values():
        if not each.bot:
            homes = [guild for guild in world.guilds.values() if each.id in guild.members]
            manages = any(permissions.base(it, it.members[each.id]) & permissions.MANAGE_GUILD for it in homes)
            owns = any(it.owner_id == each.id for it in homes)
            shown.append({"id": each.id, "name": each.shown, "note": "owner" if owns else "manages" if manages else ""})
    return shown


def view(people: People, user: User, channel: str, thread: str, more: int = 0) -> Json:
    world = people.world
    seen = people.channels(user)
    open_now = _opened(people, user, channel, seen)
    beside = next((each for each in seen if each.is_thread and each.id == thread), None)
    voices = [(guild, guild.voices[user.id]) for guild in world.guilds.values() if user.id in guild.voices]
    shown: Json = {
        "me": {"id": user.id, "name": user.shown, "open_to_messages": user.open_to_messages},
        "names": _names(world, user, seen),
        "guilds": [_guild(world, each, user, seen) for each in world.guilds.values() if user.id in each.members],
        "directs": _directs(world, user),
        "voice": [voices[0][1][key] for key in ("channel_id", "self_deaf", "self_mute")] if voices else None,
        "form": people.forms[user.id].raw() if user.id in people.forms else None,
    }
    if open_now is not None:
        shown["channel"] = _room(people, user, open_now, more)
    if beside is not None:
        shown["thread"] = _room(people, user, beside, more)
    return shown


def _opened(people: People, user: User, channel: str, seen: list[Channel]) -> Channel | None:
    """The channel that was asked for; without one, or when it is not seen any more, the first text channel."""
    try:
        if channel:
            return people.channel(user, channel)
    except LookupError:
        pass
    return next((each for each in sorted(seen, key=_place) if each.type == 0), None)


def _place(one: Channel) -> tuple[int, int]:
    return one.position, int(one.id)


def _names(world: World, user: User, seen: list[Channel]) -> Json:
    """Id → how people, roles and channels are called for this person."""
    made: Json = {app.bot.id: {"name": app.bot.shown, "bot": True} for app in world.applications.values()}
    made[user.id] = {"name": user.shown}
    for guild in world.guilds.values():
        if user.id in guild.members:
            made |= {each.id: {"name": each.name, "color": each.color} for each in guild.roles.values()}
            made |= {key: _person(guild, each) for key, each in guild.members.items()}
    for each in seen:
        made[each.id] = {"name": each.name, "thread": each.is_thread, "voice": each.type in (VOICE, STAGE)}
    return made


def _person(guild: Guild, who: Member) -> Json:
    held = sorted((guild.roles[each] for each in who.roles if each in guild.roles), key=lambda each: -each.position)
    color = next((each.color for each in held if each.color), 0)
    return {"name": who.shown, "bot": who.user.bot} | ({"color": color} if color else {})


def _guild(world: World, guild: Guild, user: User, seen: list[Channel]) -> Json:
    me = guild.members[user.id]
    mine = [each for each in seen if each.guild is guild]
    return {
        "id": guild.id,
        "name": guild.name,
        "roles": [each.name for each in guild.roles.values() if each.id in me.roles],
        "role_ids": list(me.roles),
        "manages": bool(permissions.base(guild, me) & permissions.MANAGE_CHANNELS),
        "channels": [_listed(world, guild, each, user) for each in sorted(mine, key=_place)],
    }


def _listed(world: World, guild: Guild, one: Channel, user: User) -> Json:
    shown = shapes.channel(one, user.id)
    nobody = Member(User("0", "nobody"), 0.0)
    shown["locked"] = not one.is_thread and not permissions.within(guild, nobody, one) & permissions.VIEW_CHANNEL
    shown["readable"] = bool(world.granted(user, one) & permissions.READ_MESSAGE_HISTORY)
    if one.type in (VOICE, STAGE):
        inside = [each for each in guild.voices.values() if each["channel_id"] == one.id]
        shown["voices"] = [{key: each[key] for key in ("user_id", "self_deaf", "self_mute")} for each in inside]
    return shown


def _directs(world: World, user: User) -> list[Json]:
    """Direct messages in which something was said, and always those with the bots that share a server."""
    for app in world.applications.values():
        if any({user.id, app.bot.id} <= each.members.keys() for each in world.guilds.values()):
            world.direct(app.bot, user)
    mine = [each for each in world.channels.values() if each.type == DM and user in each.recipients]
    return [
        shapes.channel(each, user.id) | {"recent": _recent(each, user)}
        for each in sorted(mine, key=lambda each: -int(each.last_message_id or 0))
        if each.last_message_id or any(one.bot for one in each.recipients)
    ]


def _recent(one: Channel, user: User) -> list[str]:
    """The newest lines of others, from which the app counts what is not read."""
    others = [each.id for each in reversed(one.messages.values()) if each.author.id != user.id and each.only is None]
    return others[:RECENT]


def _room(people: People, user: User, one: Channel, more: int) -> Json:
    world = people.world
    granted = world.granted(user, one)
    may = {key: bool(granted & bit) for key, bit in MAY.items()}
    may["write"] = people.may_write(user, one)
    may["commands"] = may["write"] and (may["commands"] or one.guild is None)
    all_of_it = people.visible(user, one)
    listed = all_of_it[-(SHOWN + more) :]
    pinned = sorted((each for each in all_of_it if each.pinned is not None), key=lambda each: -(each.pinned or 0))
    offers = may["commands"] and not one.archived
    return shapes.channel(one, user.id) | {
        "may": may,
        "locked": one.locked,
        "messages": [message(world, each, user) for each in listed],
        "older": len(all_of_it) - len(listed),
        "pins": [message(world, each, user) for each in pinned],
        "threads": [
            _thread(each, user) for each in people.channels(user) if each.is_thread and each.parent_id == one.id
        ],
        "people": _present(world, one),
        "commands": [each | {"app": app.name} for app, each in typed.commands_for(world, user, one, 1)]
        if offers
        else [],
        "menu": [each["name"] for _, each in typed.commands_for(world, user, one, 3)] if offers else [],
    }


def _thread(one: Channel, user: User) -> Json:
    return shapes.thread(one, user.id) | {"joined": user.id in one.people}


def _present(world: World, one: Channel) -> list[Json]:
    """Who sees the channel: those who can be mentioned and chosen there."""
    if one.guild is None:
        return [{"id": each.id, "name": each.shown, "username": each.name, "bot": each.bot} for each in one.recipients]
    guild = one.guild
    return [
        _person(guild, each) | {"id": each.user.id, "username": each.user.name, "inside": each.user.id in one.people}
        for each in guild.members.values()
        if world.granted(each.user, one) & permissions.VIEW_CHANNEL
    ]


def message(world: World, one: Message, user: User) -> Json:
    """The message object, with who reacted and which command brought it, which the app shows too."""
    shown = dict(shapes.message(one, user.id))
    guild = one.channel.guild
    if one.reactions:
        told = [
            each
            | {
                "people": [
                    look.display(world, guild, world.users.get(it)) for it in one.reactions[each["emoji"]["name"]]
                ]
            }
            for each in shown["reactions"]
        ]
        shown["reactions"] = told
    by = world.interactions.get(str((one.interaction or {}).get("id")))
    if by is not None and by.type == 2:
        shown["command"] = "/" * (by.data["type"] == 1) + " ".join(typed.path_of(by.data))
    if one.type == THREAD_NOTICE:
        shown["started"] = (one.reference or {}).get("channel_id")
    return shown
