"""One stand-in Discord: its guilds, people, channels, applications, and the record of all that bots and people did.

Ids grow with the clock; every change that a bot could hear of is emitted to the listeners once, in order.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict, Unpack

from adapters.sandbox.discord import permissions, shapes
from adapters.sandbox.discord.caps import Caps
from adapters.sandbox.discord.errors import refusal
from adapters.sandbox.discord.model import (
    CATEGORY,
    DM,
    STAGE,
    TEXT,
    VOICE,
    Action,
    Application,
    Channel,
    Clock,
    Event,
    Guild,
    Interaction,
    Json,
    Member,
    Message,
    Overwrite,
    Recorded,
    Role,
    Snowflakes,
    User,
    Webhook,
)

KINDS = {"text": TEXT, "voice": VOICE, "category": CATEGORY, "stage": STAGE}
Names = Iterable[str] | int | None


class Where(TypedDict, total=False):
    """The optional half of an Event."""

    guild: Guild | None
    channel: Channel | None
    message: Message | None
    application: str | None


class World:
    def __init__(
        self,
        clock: Clock = time.time,
        *,
        rates: bool = True,
        record: str = "full",
        patience: float = 3.0,
        heartbeat: float = 41.25,
    ) -> None:
        """``patience``: seconds until "This interaction failed"; ``record``: ``full``, ``counts`` or ``off``."""
        self.clock = clock
        self.rates = rates
        self.record = record
        self.patience = patience
        self.heartbeat = heartbeat
        self.caps = Caps()
        self.ids = Snowflakes(clock)
        self.guilds: dict[str, Guild] = {}
        self.users: dict[str, User] = {}
        self.names: dict[str, User] = {}
        self.files: dict[str, bytes] = {}
        self.files_url = "https://cdn.discordapp.test/attachments"
        self.channels: dict[str, Channel] = {}
        self.webhooks: dict[str, Webhook] = {}
        self.applications: dict[str, Application] = {}
        self.tokens: dict[str, Application] = {}
        self.interactions: dict[str, Interaction] = {}
        self.interaction_tokens: dict[str, Interaction] = {}
        self.nonces: dict[tuple[str, str], tuple[str, float]] = {}
        self.old_edits: dict[str, list[float]] = {}
        self.requests: list[Recorded] = []
        self.counts: dict[tuple[str, str, int], int] = {}
        self.actions: list[Action] = []
        self.refused: deque[float] = deque()
        self.listeners: list[Callable[[Event], None]] = []
        self._direct: dict[frozenset[str], Channel] = {}

    # Construction

    def guild(self, name: str, owner: User | None = None) -> Guild:
        who = owner or self.user(f"owner-{len(self.guilds) + 1}")
        made = Guild(self.ids.next(), name, who.id)
        made.roles[made.id] = Role(made.id, "@everyone", permissions.EVERYONE)
        self.guilds[made.id] = made
        made.members[who.id] = Member(who, self.clock())
        return made

    def user(self, name: str, display: str | None = None, *, bot: bool = False, open_to_messages: bool = True) -> User:
        made = User(self.ids.next(), name, display, bot, None, open_to_messages)
        self.users[made.id] = made
        self.names.setdefault(name, made)
        return made

    def role(self, name: str, allow: Names = (), guild: Guild | None = None, *, mentionable: bool = False) -> Role:
        where = guild or self.only_guild()
        for other in where.roles.values():  # A new role comes in just above @everyone.
            other.position += other.id != where.id
        made = Role(self.ids.next(), name, permissions.bits(allow), 1, mentionable)
        where.roles[made.id] = made
        self.emit("GUILD_ROLE_CREATE", {"guild_id": where.id, "role": shapes.role(made)}, guild=where)
        return made

    def join(
        self,
        user: User,
        guild: Guild | None = None,
        roles: Iterable[Role] = (),
        *,
        nick: str | None = None,
        manage: bool = False,
    ) -> Member:
        """A person comes in; ``manage`` gives a role with MANAGE_GUILD and what goes with it."""
        where = guild or self.only_guild()
        held = [each.id for each in roles]
        if manage:
            found = next((each for each in where.roles.values() if each.name == "managers"), None)
            held.append((found or self.role("managers", permissions.MANAGER, where)).id)
        made = Member(user, self.clock(), held, nick)
        where.members[user.id] = made
        self.emit("GUILD_MEMBER_ADD", shapes.member(made) | {"guild_id": where.id}, guild=where)
        return made

    def channel(
        self,
        name: str,
        guild: Guild | None = None,
        *,
        kind: str = "text",
        category: Channel | None = None,
        topic: str | None = None,
        private: bool = False,
        bots: bool = True,
        members: Iterable[User | Role] = (),
        overwrites: Mapping[str, tuple[Names, Names]] | None = None,
    ) -> Channel:
        """A channel; ``private`` hides it from all but ``members`` and ``bots``; overwrites are id → (allow, deny)."""
        where = guild or self.only_guild()
        made = Channel(self.ids.next(), KINDS[kind], name, where, category.id if category else None, topic)
        made.position, made.created = len(where.channels), self.clock()
        if private:
            made.overwrites[where.id] = Overwrite(where.id, 0, 0, permissions.VIEW_CHANNEL)
            for app in self.applications.values() if bots else ():
                made.overwrites[app.bot.id] = Overwrite(app.bot.id, 1, permissions.VIEW_CHANNEL)
        for each in members:
            kind_of = 0 if isinstance(each, Role) else 1
            made.overwrites[each.id] = Overwrite(each.id, kind_of, permissions.VIEW_CHANNEL)
        for target, (allow, deny) in (overwrites or {}).items():
            kind_of = 0 if target in where.roles else 1
            made.overwrites[target] = Overwrite(target, kind_of, permissions.bits(allow), permissions.bits(deny))
        self.add_channel(made)
        return made

    def application(
        self,
        name: str,
        *,
        token: str | None = None,
        message_content: bool = True,
        members: bool = True,
        presences: bool = False,
        guilds: Iterable[Guild] | None = None,
        allow: Names = permissions.BOT,
    ) -> Application:
        """An application with its bot, the intents granted in the portal, invited to all guilds unless told which."""
        bot = self.user(name.replace(" ", "-").lower(), name, bot=True)
        secret = token or f"sandbox.{bot.id}.{secrets.token_urlsafe(18)}"
        made = Application(bot.id, name, secret, bot, message_content, members, presences)
        self.applications[made.id] = made
        self.tokens[secret] = made
        for each in self.guilds.values() if guilds is None else guilds:
            self.invite(made, each, allow)
        return made

    def invite(self, app: Application, guild: Guild, allow: Names = permissions.BOT) -> Member:
        """The bot comes in with its managed role, which the owner has dragged to the top."""
        role = self.role(app.name, allow, guild)
        role.managed, role.position, role.bot_id = True, len(guild.roles), app.bot.id
        made = self.join(app.bot, guild, [role])
        self.emit("GUILD_CREATE", {"id": guild.id}, guild=guild, application=app.id)
        return made

    # Looking things up

    def only_guild(self) -> Guild:
        if not self.guilds:
            return self.guild("Sandbox")
        return next(iter(self.guilds.values()))

    def find_channel(self, channel_id: str) -> Channel:
        if channel_id not in self.channels:
            raise refusal(10003)
        return self.channels[channel_id]

    def find_guild(self, guild_id: str, viewer: User | None = None) -> Guild:
        found = self.guilds.get(guild_id)
        if found is None or (viewer is not None and viewer.id not in found.members):
            raise refusal(10004)
        return found

    def find_member(self, guild: Guild, user_id: str) -> Member:
        found = guild.members.get(user_id)
        if found is None:
            raise refusal(10007 if user_id in self.users else 10013)
        return found

    def named(self, name: str) -> User:
        if name in self.names or name in self.users:
            return self.names.get(name) or self.users[name]
        for each in self.users.values():
            if each.global_name == name:
                return each
        raise KeyError(f"there is no user {name}")

    def granted(self, user: User, channel: Channel) -> int:
        """The user's permissions in the channel, 0 for who is not in it."""
        return permissions.granted(user, channel, self.clock())

    def direct(self, one: User, other: User) -> Channel:
        """The direct messages of two; made at the first look."""
        pair = frozenset((one.id, other.id))
        found = self._direct.get(pair)
        if found is None:
            found = Channel(self.ids.next(), DM, recipients=[one, other], created=self.clock())
            self._direct[pair] = found
            self.channels[found.id] = found
        return found

    # Changing things

    def add_channel(self, made: Channel) -> None:
        self.channels[made.id] = made
        if made.guild is not None:
            made.guild.channels[made.id] = made
        name = "THREAD_CREATE" if made.is_thread else "CHANNEL_CREATE"
        extra: Json = {"newly_created": True} if made.is_thread else {}
        self.emit(name, shapes.channel(made) | extra, guild=made.guild, channel=made)

    def change_channel(self, one: Channel) -> None:
        name = "THREAD_UPDATE" if one.is_thread else "CHANNEL_UPDATE"
        self.emit(name, shapes.channel(one), guild=one.guild, channel=one)

    def drop_channel(self, one: Channel) -> None:
        """Its threads go with it; what stood in a category stays, without it."""
        data = shapes.channel(one)
        home = one.guild.channels if one.guild is not None else {}
        inside = [each for each in home.values() if each.parent_id == one.id]
        for each in (*(each for each in inside if each.is_thread), one):
            self.channels.pop(each.id, None)
            home.pop(each.id, None)
        if one.is_thread:
            data = {key: data[key] for key in ("id", "type", "guild_id", "parent_id")}
        self.emit("THREAD_DELETE" if one.is_thread else "CHANNEL_DELETE", data, guild=one.guild, channel=one)
        for each in inside:
            if not each.is_thread:
                each.parent_id = None
                self.change_channel(each)

    def change_member(self, guild: Guild, who: Member) -> None:
        self.emit("GUILD_MEMBER_UPDATE", shapes.member(who) | {"guild_id": guild.id}, guild=guild)

    def emit(self, name: str, data: Json, **where: Unpack[Where]) -> None:
        """Tell the listeners; who hears it depends on guild, channel, message and application."""
        event = Event(name, data, **where)
        for each in self.listeners:
            each(event)

    # What the bots did

    def invalid_requests(self) -> int:
        """How many requests were answered 401, 403 or 429 in the last 10 minutes (Discord bans at 10,000)."""
        now = self.clock()
        while self.refused and self.refused[0] < now - 600:
            self.refused.popleft()
        return len(self.refused)

    @property
    def violations(self) -> list[Recorded]:
        return [each for each in self.requests if each.violations]
