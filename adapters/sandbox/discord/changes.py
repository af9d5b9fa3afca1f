"""What an owner of the server does in its settings while a bot runs: roles, overwrites, names, removals, voice."""

from __future__ import annotations

from adapters.sandbox.discord import permissions, shapes
from adapters.sandbox.discord.model import Channel, Guild, Json, Overwrite, Role, User
from adapters.sandbox.discord.world import Names, World


def grant(world: World, user: User, role: Role, *, on: bool = True, guild: Guild | None = None) -> None:
    """Give a role, or take it."""
    where = guild or world.only_guild()
    member = where.members[user.id]
    if on and role.id not in member.roles:
        member.roles.append(role.id)
    elif not on and role.id in member.roles:
        member.roles.remove(role.id)
    world.change_member(where, member)


def rename(world: World, user: User, nick: str | None, guild: Guild | None = None) -> None:
    where = guild or world.only_guild()
    where.members[user.id].nick = nick
    world.change_member(where, where.members[user.id])


def overwrite(world: World, channel: Channel, target: User | Role | Guild, allow: Names = (), deny: Names = ()) -> None:
    """Set an overwrite; a guild stands for @everyone (a private channel becomes public by ``overwrite(…, guild)``)."""
    kind = 1 if isinstance(target, User) else 0
    channel.overwrites[target.id] = Overwrite(target.id, kind, permissions.bits(allow), permissions.bits(deny))
    world.change_channel(channel)


def leave(world: World, user: User, guild: Guild | None = None) -> None:
    """Somebody goes, or a bot is removed, which hears GUILD_DELETE."""
    where = guild or world.only_guild()
    where.members.pop(user.id)
    if user.id in world.applications:
        world.emit("GUILD_DELETE", {"id": where.id}, guild=where, application=user.id)
    world.emit("GUILD_MEMBER_REMOVE", {"guild_id": where.id, "user": shapes.user(user)}, guild=where)


def remove_guild(world: World, guild: Guild) -> None:
    """The server is deleted: every bot in it hears GUILD_DELETE."""
    for app in world.applications.values():
        if app.bot.id in guild.members:
            world.emit("GUILD_DELETE", {"id": guild.id}, guild=guild, application=app.id)
    del world.guilds[guild.id]
    for channel in guild.channels.values():
        world.channels.pop(channel.id, None)


def voice(
    world: World, user: User, channel: Channel | None, *, self_deaf: bool = False, self_mute: bool = False
) -> None:
    """Somebody enters, changes in or leaves a voice or stage channel."""
    guild = channel.guild if channel is not None and channel.guild is not None else world.only_guild()
    data: Json = {
        "guild_id": guild.id,
        "channel_id": channel.id if channel else None,
        "user_id": user.id,
        "member": shapes.member(guild.members[user.id]),
        "session_id": f"voice-{user.id}",
        "deaf": False,
        "mute": False,
        "self_deaf": self_deaf,
        "self_mute": self_mute,
        "self_video": False,
        "suppress": False,
        "request_to_speak_timestamp": None,
    }
    if channel is None:
        guild.voices.pop(user.id, None)
    else:
        guild.voices[user.id] = data
    world.emit("VOICE_STATE_UPDATE", data, guild=guild)
