"""What exists in a workspace: persons, channels, messages, views; mutable records that only the stand-in changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    """A person or a bot user of one workspace."""

    id: str
    name: str
    """The handle, as in ``@alice``."""
    real_name: str
    display_name: str
    avatar: str
    admin: bool = False
    owner: bool = False
    bot: bool = False
    deleted: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    zone: str = "Europe/London"
    team: str = ""
    """The workspace that they belong to; another one's people come in through shared channels (Slack Connect)."""
    guest: str = ""
    """``single`` (one channel) or ``multi`` (several); a guest sees no channel but their own."""

    @property
    def shown(self) -> str:
        """The name that the app shows over a message."""
        return self.display_name or self.real_name or self.name


@dataclass(slots=True)
class Message:
    """One message; ``only_for`` makes it ephemeral."""

    ts: str
    channel: str
    text: str
    user: str | None
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    icon: Json | None = None
    metadata: Json | None = None
    client_msg_id: str | None = None
    edited: Json | None = None
    broadcast: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    pinned: bool = False
    pinned_by: str = ""
    pinned_at: int = 0
    extra: Json = field(default_factory=dict)
    """What a line that Slack itself writes says beside its text: the topic, the old name, who invited."""
    only_for: str | None = None
    serial: int = 0
    """Grows with every change in the world; tells what is new to a person."""
    replies: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Channel:
    """A channel, private channel or direct message; messages are kept oldest first."""

    id: str
    name: str
    kind: str
    """``channel``, ``group``, ``im`` or ``mpim``: the ``channel_type`` of events."""
    creator: str
    created: int
    members: set[str] = field(default_factory=set)
    topic: str = ""
    purpose: str = ""
    set_by: dict[str, tuple[str, int]] = field(default_factory=dict)
    """``topic`` or ``purpose`` → who set it last and when."""
    former: list[str] = field(default_factory=list)
    """Its names before, newest first."""
    teams: list[str] = field(default_factory=list)
    """Other workspaces that share it."""
    archived: bool = False
    general: bool = False
    shared: bool = False
    posting: str = ""
    """What only admins may post there: see ``policy.POSTING``; empty where everybody may post everything."""
    messages: dict[str, Message] = field(default_factory=dict)
    bookmarks: dict[str, Json] = field(default_factory=dict)
    last: int = 0
    """The microseconds of the latest ts."""

    @property
    def direct(self) -> bool:
        return self.kind in ("im", "mpim")


@dataclass(slots=True)
class File:
    """An uploaded file; it may be shown once its upload is complete."""

    id: str
    team: str
    user: str
    name: str
    length: int
    alt: str = ""
    title: str = ""
    data: bytes = b""
    complete: bool = False
    completed: float = 0.0


@dataclass(slots=True)
class View:
    """A modal or an App Home as one person has it."""

    id: str
    user: str
    kind: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    serial: int = 0


@dataclass(slots=True)
class Trigger:
    """The right to open one modal, for 3 seconds."""

    id: str
    user: str
    expires: float
    view: str | None = None
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer one interaction 5 times within 30 minutes."""

    path: str
    user: str
    channel: str
    expires: float
    source: str | None = None
    source_private: bool = False
    thread_ts: str | None = None
    uses: int = 0
    command: bool = False
    shown: list[Message] = field(default_factory=list)
    """What was said through it, or changed."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request or answer that came from the app."""

    at: float
    method: str
    arguments: Mapping[str, Any]
    violations: tuple[str, ...]
    answered: str
    """``ok`` or the error code."""
    status: int = 200

    def to_dict(self) -> Json:
        return {
            "at": self.at,
            "method": self.method,
            "arguments": dict(self.arguments),
            "violations": list(self.violations),
            "answered": self.answered,
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person did."""

    at: float
    user: str
    verb: str
    channel: str
    post: str = ""
    action_id: str = ""
    value: Any = None
    label: str = ""
    ok: bool = True
    error: str | None = None
    milliseconds: float = 0.0

    def to_dict(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}
