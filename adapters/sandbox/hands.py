"""A person's eyes and hands on one platform: what somebody with the app open can see and do, by visible words only.

Both stand-in servers offer the same verbs, so a script plays a person without knowing which platform it is on.
Every call goes over HTTP to the server's control address (``/sandbox/…``); the server records each action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Control:
    """A button, select or link button as it is seen."""

    label: str
    kind: str
    """``button``, ``select`` or ``link``."""
    options: tuple[str, ...] = ()
    url: str | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the words of a message, or a bookmark."""

    label: str
    url: str
    post: tuple[str, str] | None = None
    """(channel id, message id) where the address is that of a message on this platform."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in a message."""

    alt: str
    """What is said of it to who does not see it."""
    url: str
    """Where its bytes are, on the stand-in server."""


@dataclass(frozen=True, slots=True)
class Room:
    """A channel as this person finds it."""

    id: str
    name: str
    private: bool = False
    member: bool = True
    archived: bool = False
    shared: bool = False
    """People of another company read it."""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One message as this person sees it now."""

    id: str
    channel: str
    author: str
    """The display name that the app shows over the message."""
    text: str
    """Every visible word, top to bottom, one line a block or component; markup already rendered away."""
    private: bool
    """Only this person sees it (ephemeral)."""
    controls: tuple[Control, ...] = ()
    edited: bool = False
    thread: str | None = None
    """The message that this one replies to; it is shown under that one."""
    bot: bool = False
    links: tuple[Link, ...] = ()
    """Where the links in the words lead, top to bottom; files are links too. Link buttons are controls."""
    quotes: tuple[str, ...] = ()
    """What it quotes, each quotation as one text."""
    pinned: bool = False
    replies: int = 0
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Emoji → the names of those who reacted with it."""
    images: tuple[Image, ...] = ()
    """Top to bottom."""
    system: bool = False
    """The platform wrote it: somebody joined, the topic changed, a message was pinned."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One input of an open form."""

    label: str
    kind: str
    """``text``, ``paragraph``, ``select``, ``radio``, ``checkboxes`` or ``checkbox``."""
    value: str | tuple[str, ...] = ""
    options: tuple[str, ...] = ()
    required: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open form (modal) as this person sees it."""

    title: str
    entries: tuple[Entry, ...]
    text: str = ""
    submit: str = "Submit"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one action of the person."""

    ok: bool
    """False when the platform shows its own failure ("This interaction failed", "operation_timeout")."""
    milliseconds: float
    error: str | None = None
    private: tuple[Post, ...] = ()
    """Private messages that this action brought by the time the call returned."""
    sheet: Sheet | None = None
    """The form that it opened."""


class Hands(Protocol):
    """One person. Channels go by their shown name (``keynote-stage``), direct messages with the bot by ``@bot``."""

    user: str

    async def look(self, channel: str) -> Sequence[Post]:
        """All messages of the channel that this person sees, oldest first, their own private ones included."""
        ...

    async def write(self, channel: str, text: str, *, reply_to: str | None = None) -> str:
        """Type a line and send it; returns the message's id."""
        ...

    async def edit(self, channel: str, post: str, text: str) -> None: ...

    async def delete(self, channel: str, post: str) -> None: ...

    async def command(self, channel: str, line: str) -> Answered:
        """Use a slash command as typed, for example ``/stage join``."""
        ...

    async def press(self, channel: str, post: str, label: str) -> Answered:
        """Press the button with that visible label."""
        ...

    async def choose(self, channel: str, post: str, label: str, options: Sequence[str]) -> Answered:
        """Pick options, by their visible words, in the select whose label or placeholder is given."""
        ...

    async def fill(self, values: Mapping[str, str | Sequence[str]]) -> Answered:
        """Fill the open form by its labels (others keep what they hold) and submit it.

        ``sheet`` of the answer: the same form with its errors when it was refused, the next one when one was opened.
        """
        ...

    async def close(self) -> None:
        """Close the open form without sending it."""
        ...

    async def shortcut(self, channel: str, post: str, name: str) -> Answered:
        """Use an entry of the message's own menu by its visible name."""
        ...

    async def react(self, channel: str, post: str, emoji: str, *, remove: bool = False) -> None: ...

    async def upload(self, channel: str, name: str, data: bytes, text: str = "", *, reply_to: str | None = None) -> str:
        """Put a file into the channel, with a line or without; returns the message's id."""
        ...

    async def image(self, image: Image) -> bytes:
        """What a picture shows."""
        ...

    async def channels(self) -> Sequence[Room]:
        """The channels that this person finds."""
        ...

    async def pins(self, channel: str) -> Sequence[Post]:
        """The pinned messages of a channel, newest pin first."""
        ...

    async def topic(self, channel: str) -> str:
        """The words under the channel's name."""
        ...
