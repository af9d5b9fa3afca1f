"""What a text tree is made of; a leaf is words, and no character of it means anything to a platform.

Blocks (a quote, a list's item, code in lines) stand at the top of a tree or inside a quote, on lines of their own: the
words before one end with a line end and the words behind it begin with one, as :func:`core.domain.text.clean_doc` sees
to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.domain.ids import AccountId, Instant

Style = Literal["bold", "italic", "strike", "code", "spoiler"]
STYLES: tuple[Style, ...] = ("bold", "italic", "strike", "code", "spoiler")


@dataclass(frozen=True, slots=True)
class Leaf:
    """Words as they are; no character of them means anything to a platform."""

    text: str


@dataclass(frozen=True, slots=True)
class Styled:
    style: Style
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A web or mail address; ``label`` empty shows the address itself."""

    url: str
    label: str = ""
    room: str = ""
    ref: str = ""
    """Where it leads to a message in the venue in which it was written: the platform's ids of both."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A person by account, never notified: shown as ``@shown``."""

    account: AccountId
    shown: str


@dataclass(frozen=True, slots=True)
class When:
    """An instant in the reader's own zone: ``time`` (14:52), ``date`` (day and time) or ``left`` (in 5 minutes)."""

    at: Instant
    style: Literal["time", "date", "left"] = "time"


@dataclass(frozen=True, slots=True)
class Room:
    """A channel of the reader's own venue, to be pressed; ``ref`` is the platform's id of it."""

    ref: str


@dataclass(frozen=True, slots=True)
class Jump:
    """A message in a channel of the reader's own venue, to be pressed; both ids are the platform's."""

    room: str
    ref: str
    label: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody who wants to be told; beside :class:`Called` the only words that notify. ``ref``: their role's id."""

    ref: str
    shown: str


@dataclass(frozen=True, slots=True)
class Called:
    """One person who wants to be told of what concerns them alone, where a post notifies nobody by itself."""

    account: AccountId
    shown: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote in lines of its own; other blocks may stand in it, no other quote."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list, ``depth`` levels in; ``number`` is what stands before it, None for a bullet."""

    children: tuple[Node, ...]
    depth: int = 0
    number: int | None = None

    @property
    def sign(self) -> str:
        return "• " if self.number is None else f"{self.number}. "


@dataclass(frozen=True, slots=True)
class Fence:
    """Code in lines of its own, with its language where that was told."""

    text: str
    language: str = ""


Block = Quoted | Item | Fence
Node = Leaf | Styled | Link | Mention | When | Room | Jump | Crowd | Called | Block
Doc = tuple[Node, ...]
Text = str | Doc
"""Where cards take text, a plain string is one leaf."""
BLOCKS = (Quoted, Item, Fence)
DEEPEST_ITEM = 8
"""Slack's lists have no more levels; what is deeper stands at this one."""


def doc(*parts: str | Node) -> Doc:
    """A tree of leaves and nodes; empty strings fall away."""
    return tuple(Leaf(part) if isinstance(part, str) else part for part in parts if part != "")


def as_doc(text: Text) -> Doc:
    return doc(text) if isinstance(text, str) else text


def plain(text: Text) -> str:
    """Every word of a tree, without styles, the signs of lists and quotes in characters; instants are left out."""
    return text if isinstance(text, str) else "".join(words(node) for node in text)


def words(node: Node) -> str:
    match node:
        case Leaf(text) | Fence(text, _):
            return text
        case Styled(_, children):
            return plain(children)
        case Link(url, label):
            return label or url
        case Mention(_, shown) | Crowd(_, shown) | Called(_, shown):
            return f"@{shown}"
        case Jump(_, _, label):
            return label
        case Quoted(children):
            return "> " + plain(children).replace("\n", "\n> ")
        case Item(children, depth, _):
            return "  " * depth + node.sign + plain(children)
    return ""
