"""Permission bits, and what a member may do where: base permissions of the roles, then overwrites, as documented.

https://discord.com/developers/docs/topics/permissions#permission-overwrites
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.sandbox.discord.model import CATEGORY, Channel, Guild, Member, User

CREATE_INSTANT_INVITE = 1 << 0
KICK_MEMBERS = 1 << 1
BAN_MEMBERS = 1 << 2
ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
CONNECT = 1 << 20
SPEAK = 1 << 21
CHANGE_NICKNAME = 1 << 26
MANAGE_NICKNAMES = 1 << 27
MANAGE_ROLES = 1 << 28
MANAGE_WEBHOOKS = 1 << 29
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
CREATE_PRIVATE_THREADS = 1 << 36
SEND_MESSAGES_IN_THREADS = 1 << 38
MODERATE_MEMBERS = 1 << 40
PIN_MESSAGES = 1 << 51
BYPASS_SLOWMODE = 1 << 52

ALL = (1 << 53) - 1

EVERYONE = (
    CREATE_INSTANT_INVITE
    | ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | CONNECT
    | SPEAK
    | CHANGE_NICKNAME
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS
)
"""What a new server gives everybody, as far as this stand-in looks at it."""

BOT = (
    EVERYONE
    | MANAGE_CHANNELS
    | MANAGE_MESSAGES
    | MANAGE_ROLES
    | MANAGE_WEBHOOKS
    | MANAGE_THREADS
    | CREATE_PRIVATE_THREADS
    | MODERATE_MEMBERS
    | PIN_MESSAGES
)
"""What an invited bot gets here unless the test says otherwise."""

MANAGER = (
    MANAGE_GUILD | MANAGE_CHANNELS | MANAGE_MESSAGES | PIN_MESSAGES | MANAGE_ROLES | MANAGE_THREADS | MENTION_EVERYONE
)
"""What those have who run a server here."""

IN_DIRECT_MESSAGES = (
    ADD_REACTIONS | VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY | PIN_MESSAGES
)

IN_TIMEOUT = VIEW_CHANNEL | READ_MESSAGE_HISTORY
"""All that a member in timeout keeps, administrators excepted."""

BITS: dict[str, int] = {name: value for name, value in list(globals().items()) if name.isupper() and type(value) is int}


def bits(names: Iterable[str] | int | None) -> int:
    """Permissions given as a number or as names such as ``manage_messages``."""
    if names is None:
        return 0
    if isinstance(names, int):
        return names
    return sum({BITS[name.upper()] for name in names})


def base(guild: Guild, member: Member) -> int:
    if guild.owner_id == member.user.id:
        return ALL
    granted = guild.roles[guild.id].permissions
    for role in member.roles:
        if role in guild.roles:
            granted |= guild.roles[role].permissions
    return ALL if granted & ADMINISTRATOR else granted


def _overwritten(granted: int, channel: Channel, guild: Guild, member: Member) -> int:
    whole = channel.overwrites.get(guild.id)
    if whole is not None:
        granted = (granted & ~whole.deny) | whole.allow
    allow = deny = 0
    for role in member.roles:
        each = channel.overwrites.get(role)
        if each is not None:
            allow |= each.allow
            deny |= each.deny
    granted = (granted & ~deny) | allow
    own = channel.overwrites.get(member.user.id)
    if own is not None:
        granted = (granted & ~own.deny) | own.allow
    return granted


def within(guild: Guild, member: Member, channel: Channel, parent: Channel | None = None) -> int:
    """What the member may do in a channel; a thread takes its parent's overwrites."""
    granted = base(guild, member)
    if granted & ADMINISTRATOR:
        return ALL
    granted = _overwritten(granted, parent or channel, guild, member)
    if not granted & VIEW_CHANNEL:
        return 0  # Denying VIEW_CHANNEL takes every other permission with it.
    if parent is None and not granted & SEND_MESSAGES:
        granted &= ~(MENTION_EVERYONE | ATTACH_FILES | EMBED_LINKS)
    return granted


def visible(of: Guild, who: Member, one: Channel) -> bool:
    """Whether the member sees the channel; a private thread needs membership in it or MANAGE_THREADS."""
    if one.type == CATEGORY and any(
        each.parent_id == one.id and visible(of, who, each) for each in of.channels.values()
    ):
        return True  # A category is seen by who sees something in it.
    parent = of.channels.get(one.parent_id or "") if one.is_thread else None
    granted = within(of, who, one, parent)
    if not granted & VIEW_CHANNEL:
        return False
    return one.type != 12 or who.user.id in one.people or bool(granted & MANAGE_THREADS)


def granted(user: User, channel: Channel, now: float) -> int:
    """The user's permissions in any channel, 0 for who is not in it; little is left to who is timed out."""
    guild = channel.guild
    if guild is None:
        return IN_DIRECT_MESSAGES if user in channel.recipients else 0
    who = guild.members.get(user.id)
    if who is None:
        return 0
    quiet = who.timeout is not None and who.timeout > now and not base(guild, who) & ADMINISTRATOR
    left = IN_TIMEOUT if quiet else ALL
    if not channel.is_thread:
        return within(guild, who, channel) & left
    parent = guild.channels.get(channel.parent_id or "")
    return within(guild, who, channel, parent) & left if visible(guild, who, channel) else 0
