"""Apps, where they are installed, what their tokens allow, and what each person has open of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.slack.model import Message, User


@dataclass(slots=True)
class App:
    """An app as it is configured at Slack; installed in one workspace or several."""

    id: str
    name: str
    mode: str
    request_url: str
    events: frozenset[str]
    commands: frozenset[str]
    shortcuts: Mapping[str, str]
    """Visible name → callback_id."""
    app_token: str
    signing_secret: str
    verification_token: str
    client_id: str
    client_secret: str
    global_shortcuts: Mapping[str, str] = field(default_factory=dict)
    """Those that are used from anywhere, not on a message."""
    hints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Command → ``description`` and ``usage_hint``, as the list over the message field shows them."""
    interactivity: bool = True
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False


@dataclass(slots=True)
class Install:
    """An app in one workspace."""

    app: App
    team: str
    bot_token: str
    bot: User
    scopes: frozenset[str]

    @property
    def bot_id(self) -> str:
        return self.bot.bot_id or ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may do."""

    app: App
    install: Install | None
    user: User | None
    scopes: frozenset[str]


@dataclass(slots=True)
class Person:
    """What one person has open: modals from bottom to top, App Home, what was typed but not sent."""

    views: list[str] = field(default_factory=list)
    home: str | None = None
    typed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Container (view id or message ts) → ``block_id/action_id`` → value object."""
    private: dict[str, dict[str, Message]] = field(default_factory=dict)
    """Channel → ts → ephemeral message; kept by no server, so a reload loses them."""
    arrived: deque[Message] = field(default_factory=lambda: deque(maxlen=50))
