"""The gateway: who hears which event, sessions that can be resumed, and what is cut out without the message intent.

An event gets its sequence number once, when it happens; a session without a socket keeps its events for a resume.
"""

from __future__ import annotations

import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.sandbox.discord import guild_shapes, permissions, shapes
from adapters.sandbox.discord.model import Application, Event, Guild, Json, Recorded
from adapters.sandbox.discord.world import World

if TYPE_CHECKING:
    from adapters.sandbox.discord.sockets import Link

GUILDS, GUILD_MEMBERS, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 15
PRESENCES = 1 << 8
ALL_INTENTS = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))
RESUMABLE_FOR = 180.0
KEPT_EVENTS = 5_000

_INTENTS: dict[str, tuple[int, int]] = {
    # Event → (intent in a guild, intent in direct messages).
    "GUILD_MEMBER_": (GUILD_MEMBERS, 0),
    "GUILD_": (GUILDS, 0),
    "CHANNEL_PINS_UPDATE": (GUILDS, 1 << 12),
    "CHANNEL_": (GUILDS, 1 << 12),
    "THREAD_MEMBERS_UPDATE": (GUILDS | GUILD_MEMBERS, 0),
    "THREAD_": (GUILDS, 0),
    "WEBHOOKS_UPDATE": (1 << 5, 0),
    "VOICE_STATE_UPDATE": (1 << 7, 0),
    "MESSAGE_REACTION_": (1 << 10, 1 << 13),
    "MESSAGE_": (1 << 9, 1 << 12),
}
_SIGHT = ("CHANNEL_CREATE", "CHANNEL_UPDATE", "GUILD_MEMBER_UPDATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE")
_SEEN_ONLY = ("MESSAGE_", "THREAD_", "CHANNEL_PINS_UPDATE")


@dataclass(slots=True)
class Session:
    id: str
    app: Application
    intents: int
    shard: tuple[int, int]
    seq: int = 0
    kept: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    link: Link | None = None
    lost: float = 0.0
    seen: set[str] = field(default_factory=set)
    """The channels that the bot was told in full."""

    def push(self, name: str, data: Json) -> None:
        self.seq += 1
        sent = json.dumps({"op": 0, "t": name, "s": self.seq, "d": data}, separators=(",", ":"))
        self.kept.append((self.seq, sent))
        if self.link is not None:
            self.link.send(sent)


@dataclass(slots=True)
class Hub:
    world: World
    url: str = ""
    sessions: dict[str, Session] = field(default_factory=dict)
    links: set[Link] = field(default_factory=set)
    copies: int = 1
    """2 while a fault makes the gateway deliver every event twice."""
    acknowledges: bool = True
    """False while a fault makes the gateway leave heartbeats unanswered."""
    hello_after: float = 0.0
    """Seconds before the hello of the next connection, once."""
    refusals: int = 0
    """So many connections to come are answered with an error page."""
    forgetful: bool = False
    """True while a fault makes resumed sessions go on without what they missed."""

    def hear(self, event: Event) -> None:
        for session in list(self.sessions.values()):
            if self._wants(session, event):
                for _ in range(self.copies):
                    session.push(event.name, self._cut(session, event))
                if event.guild is not None and event.name in _SIGHT:
                    self._reveal(session, event)

    def _wants(self, session: Session, event: Event) -> bool:
        app, index, count = session.app, *session.shard
        home = (int(event.guild.id) >> 22) % count if event.guild is not None else 0
        if home != index:
            return False
        if event.application is not None:
            return event.application == app.id
        if not self._intended(session, event):
            return False
        if event.guild is None:
            return event.channel is not None and app.bot in event.channel.recipients
        me = event.guild.members.get(app.bot.id)
        if me is None:
            return False
        if event.channel is not None and event.name.startswith(_SEEN_ONLY):
            return permissions.visible(event.guild, me, event.channel)
        return True

    def _intended(self, session: Session, event: Event) -> bool:
        own = event.name == "GUILD_MEMBER_UPDATE" and event.data["user"]["id"] == session.app.bot.id
        if own:
            return True  # A bot always hears of changes to itself.
        for prefix, (in_guild, in_direct) in _INTENTS.items():
            if event.name.startswith(prefix):
                return bool(session.intents & (in_guild if event.guild is not None else in_direct))
        return True

    def _cut(self, session: Session, event: Event) -> Json:
        one, bot = event.message, session.app.bot.id
        if event.channel is not None and event.guild is not None and event.name in ("CHANNEL_CREATE", "CHANNEL_UPDATE"):
            return guild_shapes.channel_for(event.guild, event.guild.members[bot], event.channel)
        if event.name == "GUILD_CREATE" and event.guild is not None:
            return self.guild(session, event.guild)
        if one is None or session.intents & MESSAGE_CONTENT or event.guild is None:
            return event.data
        if one.author.id == bot or one.application_id == session.app.id or bot in one.pinged.users:
            return event.data
        return event.data | {"content": "", "embeds": [], "components": [], "attachments": []}

    def _reveal(self, session: Session, event: Event) -> None:
        """Channels that came into the bot's sight, or went out of it, are told by CHANNEL_UPDATE."""
        guild = event.guild
        me = guild.members.get(session.app.bot.id) if guild is not None else None
        if guild is None or me is None:
            return
        for each in [one for one in guild.channels.values() if not one.is_thread]:
            seen = permissions.visible(guild, me, each)
            if seen != (each.id in session.seen) and each is not event.channel:
                session.push("CHANNEL_UPDATE", guild_shapes.channel_for(guild, me, each))
        self._look(session, guild)

    def _look(self, session: Session, guild: Guild) -> None:
        me = guild.members[session.app.bot.id]
        mine = {each.id for each in guild.channels.values() if permissions.visible(guild, me, each)}
        session.seen = (session.seen - guild.channels.keys()) | mine

    def guild(self, session: Session, guild: Guild) -> Json:
        self._look(session, guild)
        joined = guild.members[session.app.bot.id].joined
        return guild_shapes.full_guild(guild, session.app, members=bool(session.intents & GUILD_MEMBERS), joined=joined)

    def begin(self, app: Application, intents: int, shard: tuple[int, int], link: Link) -> Session:
        """A fresh session: READY with guilds still to come, then one GUILD_CREATE each."""
        made = Session(secrets.token_hex(16), app, intents, shard, link=link)
        self.sessions[made.id] = made
        index, count = shard
        guilds = [
            each
            for each in self.world.guilds.values()
            if app.bot.id in each.members and (int(each.id) >> 22) % count == index
        ]
        made.push(
            "READY",
            {
                "v": 10,
                "user": shapes.user(app.bot) | {"verified": True, "mfa_enabled": False, "email": None, "flags": 0},
                "guilds": [{"id": each.id, "unavailable": True} for each in guilds],
                "session_id": made.id,
                "resume_gateway_url": self.url,
                "shard": list(shard),
                "application": {"id": app.id, "flags": shapes.application_flags(app)},
                "private_channels": [],
                "relationships": [],
                "session_type": "normal",
            },
        )
        if intents & GUILDS:
            for each in guilds:
                made.push("GUILD_CREATE", self.guild(made, each))
        return made

    def resume(self, session_id: str, seq: int, link: Link) -> Session | None:
        """The session with its socket replaced and the missed events sent; None when it is gone."""
        found = self.sessions.get(session_id)
        if found is None:
            return None
        if found.link is None and self.world.clock() - found.lost > RESUMABLE_FOR:
            del self.sessions[session_id]
            return None
        if found.kept and seq < found.kept[0][0] - 1:
            return None
        old, found.link = found.link, link
        if old is not None and old is not link:
            old.session = None
            old.close(4000, "resumed elsewhere")
        for number, sent in list(found.kept):
            if number > seq and not self.forgetful:
                link.send(sent)
        found.push("RESUMED", {"_trace": []})
        return found

    def members(self, session: Session, guild: Guild, asked: Json) -> None:
        """GUILD_MEMBERS_CHUNK for a request of members."""
        wanted = [str(each) for each in asked["user_ids"]] if isinstance(asked.get("user_ids"), list) else None
        prefix = str(asked.get("query") or "").lower()
        people = [
            each
            for each in guild.members.values()
            if (each.user.id in wanted if wanted is not None else each.user.name.lower().startswith(prefix))
        ]
        if asked.get("limit"):
            people = people[: int(asked["limit"])]
        data: Json = {
            "guild_id": guild.id,
            "members": [shapes.member(each) for each in people],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        data["not_found"] = [each for each in wanted or [] if each not in guild.members]
        if asked.get("nonce") is not None:
            data["nonce"] = asked["nonce"]
        session.push("GUILD_MEMBERS_CHUNK", data)

    def record(self, what: str, arguments: Json, violations: tuple[str, ...] = ()) -> None:
        if self.world.record == "full" or violations:
            shown = {key: "…" if key == "token" else value for key, value in arguments.items()}
            self.world.requests.append(Recorded(self.world.clock(), "GATEWAY", what, shown, violations))

    # Faults

    def drop(self) -> int:
        """Cut all sockets without a word."""
        links = list(self.links)
        for each in links:
            each.abort()
        return len(links)

    def freeze(self) -> int:
        """Half-open: nothing comes in or goes out any more, and neither side is told."""
        for each in self.links:
            each.freeze()
        return len(self.links)

    def close(self, code: int) -> None:
        """End all connections with this code; sessions that it ends are gone."""
        for each in list(self.links):
            if code in (4004, 4007, 4009, 4010, 4011, 4013, 4014) and each.session is not None:
                self.sessions.pop(each.session.id, None)
                each.session = None
            each.close(code, "Sandbox fault.")

    def withhold(self, app: Application, *, words: bool) -> None:
        """The message content intent is switched off or on in the portal, and sessions under way go by it."""
        app.message_content = not words
        for each in self.sessions.values():
            if each.app is app:
                each.intents = each.intents & ~MESSAGE_CONTENT | (0 if words else MESSAGE_CONTENT)

    def calm(self) -> None:
        """No fault any more."""
        self.acknowledges, self.copies, self.hello_after, self.refusals, self.forgetful = True, 1, 0.0, 0, False

    def ask_to_reconnect(self) -> None:
        for each in list(self.links):
            each.send(json.dumps({"op": 7, "d": None}))

    def invalidate(self, *, resumable: bool = False) -> None:
        for each in list(self.links):
            if not resumable and each.session is not None:
                self.sessions.pop(each.session.id, None)
                each.session = None
            each.send(json.dumps({"op": 9, "d": resumable}))

    def forget_sessions(self) -> None:
        """Lost sessions can no longer be resumed."""
        for session in list(self.sessions.values()):
            if session.link is None:
                del self.sessions[session.id]
