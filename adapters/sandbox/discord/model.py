"""What exists on the stand-in Discord: plain mutable records that only the world and its route handlers change."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Clock = Callable[[], float]
Json = dict[str, Any]

EPOCH_MS = 1420070400000
"""The first second of 2015, from which Discord's snowflakes count."""

TEXT, DM, VOICE, CATEGORY, PUBLIC_THREAD, PRIVATE_THREAD, STAGE = 0, 1, 2, 4, 11, 12, 13
THREADS = (10, 11, 12)
EPHEMERAL, LOADING, COMPONENTS_V2, SUPPRESS_NOTIFICATIONS, SUPPRESS_EMBEDS = 1 << 6, 1 << 7, 1 << 15, 1 << 12, 1 << 2
HAS_THREAD = 1 << 5
PIN_NOTICE, THREAD_NOTICE, REPLY = 6, 18, 19
"""Types of messages."""


class Snowflakes:
    """Ids that grow with the clock and never repeat, even when the clock stands still or goes back."""

    __slots__ = ("_clock", "_last")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        made = (int(self._clock() * 1000) - EPOCH_MS) << 22
        self._last = made if made > self._last else self._last + 1
        return str(self._last)


def moment(snowflake: str) -> float:
    """Unix seconds at which an id was made."""
    return ((int(snowflake) >> 22) + EPOCH_MS) / 1000


@dataclass(slots=True)
class User:
    id: str
    name: str
    global_name: str | None = None
    bot: bool = False
    avatar: str | None = None
    open_to_messages: bool = True
    """False when the person has closed direct messages (error 50007)."""

    @property
    def shown(self) -> str:
        return self.global_name or self.name


@dataclass(slots=True)
class Role:
    id: str
    name: str
    permissions: int = 0
    position: int = 0
    mentionable: bool = False
    managed: bool = False
    hoist: bool = False
    color: int = 0
    bot_id: str | None = None
    """Of a role that came with a bot: which bot."""


@dataclass(slots=True)
class Member:
    user: User
    joined: float
    roles: list[str] = field(default_factory=list)
    nick: str | None = None
    timeout: float | None = None

    @property
    def shown(self) -> str:
        return self.nick or self.user.shown


@dataclass(slots=True)
class Overwrite:
    id: str
    type: int
    """0 a role, 1 a member."""
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Guild:
    id: str
    name: str
    owner_id: str
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    """Threads too."""
    voices: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Channel:
    id: str
    type: int
    name: str = ""
    guild: Guild | None = None
    parent_id: str | None = None
    topic: str | None = None
    position: int = 0
    nsfw: bool = False
    slowmode: int = 0
    bitrate: int = 64000
    user_limit: int = 0
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    last_message_id: str | None = None
    pinned_at: float | None = None
    recipients: list[User] = field(default_factory=list)
    owner_id: str | None = None
    people: dict[str, float] = field(default_factory=dict)
    """The members of a thread and when each joined it."""
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    archive_minutes: int = 1440
    created: float = 0.0
    changed: float = 0.0

    @property
    def is_thread(self) -> bool:
        return self.type in THREADS


@dataclass(slots=True)
class Pinged:
    """Whom a message really notified, after its text and its allowed_mentions."""

    users: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


@dataclass(slots=True)
class Message:
    id: str
    channel: Channel
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: int = 0
    type: int = 0
    created: float = 0.0
    edited: float | None = None
    tts: bool = False
    nonce: str | None = None
    reference: Json | None = None
    pinned: float | None = None
    pinged: Pinged = field(default_factory=Pinged)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    webhook_id: str | None = None
    application_id: str | None = None
    interaction: Json | None = None
    only: str | None = None
    """The one user who sees it (ephemeral)."""
    thread_id: str | None = None
    history: list[str] = field(default_factory=list)
    """Every text that it showed before, for tests."""
    drawn: Json | None = None
    """The payload as last made; None after a change."""

    @property
    def loading(self) -> bool:
        return bool(self.flags & LOADING)


@dataclass(slots=True)
class Webhook:
    id: str
    channel_id: str
    guild_id: str
    name: str
    token: str
    application_id: str | None
    user: User
    avatar: str | None = None


@dataclass(slots=True)
class Application:
    id: str
    name: str
    token: str
    bot: User
    message_content: bool
    members: bool
    presences: bool
    commands: dict[str | None, dict[str, Json]] = field(default_factory=dict)
    """By guild id (None: global), then by command id."""
    identifies_left: int = 1000
    identifies_reset: int = 86_400_000
    """Milliseconds until there are 1,000 again, as /gateway/bot tells."""
    identified: float = 0.0


@dataclass(slots=True)
class Interaction:
    """One use of a command, a component or a form, from the press to the end of its token."""

    id: str
    token: str
    application: Application
    type: int
    """2 command, 3 component, 4 suggestions for a command's option, 5 form."""
    user: User
    channel: Channel
    created: float
    data: Json
    message: Message | None = None
    trigger: Interaction | None = None
    """For a form: the interaction that opened it."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first response."""
    filled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there is something to see: a response that is no "thinking…", or what replaced it."""
    first: int | None = None
    """The type of the first response."""
    failed: bool = False
    """Nobody answered in time: the person saw "This interaction failed"."""
    original: Message | None = None
    sheet: Json | None = None
    choices: list[Json] | None = None
    private: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; the gateway decides who hears it and with how much of its text."""

    name: str
    data: Json
    guild: Guild | None = None
    channel: Channel | None = None
    message: Message | None = None
    application: str | None = None
    """Only this application hears it."""


@dataclass(slots=True)
class Recorded:
    """One request of the bot, or one gateway send, as the server saw it."""

    at: float
    method: str
    route: str
    arguments: Json
    violations: tuple[str, ...] = ()
    status: int = 0


@dataclass(slots=True)
class Action:
    """One thing that a person did."""

    at: float
    user: str
    verb: str
    channel: str
    post: str | None = None
    label: str | None = None
    custom_id: str | None = None
    values: Sequence[str] = ()
    text: str | None = None
    ok: bool | None = None
    error: str | None = None
    milliseconds: float = 0.0
    interaction: str | None = None
    typed: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    """What a form was filled with, by its labels."""


USER_MENTION = re.compile(r"<@!?(\d+)>")
ROLE_MENTION = re.compile(r"<@&(\d+)>")
