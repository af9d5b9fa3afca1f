"""The neutral text tree between platforms; whatever a person typed is leaf text and stays leaf text.

How a tree is read from and written for a platform is that platform's adapter's business. What is done to plain
strings stands in :mod:`core.domain.words` and can be had from here too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.domain.ids import AccountId, Instant
from core.domain.words import COMBINING_LIMIT as COMBINING_LIMIT
from core.domain.words import border
from core.domain.words import clean as clean
from core.domain.words import isolate as isolate
from core.domain.words import one_line as one_line
from core.domain.words import shorten as shorten
from core.domain.words import weight as weight

Style = Literal["bold", "italic", "strike", "code"]
STYLES: tuple[Style, ...] = ("bold", "italic", "strike", "code")


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
    """A web address; ``label`` empty shows the address itself."""

    url: str
    label: str = ""


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
    """Everybody who wants to be told: the only words that notify anybody. ``ref`` is the id of their role."""

    ref: str
    shown: str


Node = Leaf | Styled | Link | Mention | When | Room | Jump | Crowd
Doc = tuple[Node, ...]
Text = str | Doc
"""Where cards take text, a plain string is one leaf."""

LINE_LIMIT = 12_000
"""Characters of a chat line that are kept; longer than any member can type on either platform."""
PIECE_WEIGHT = 1_800
"""A line's copies are cut into pieces of this weight, so that each fits 2,000 characters (Discord) once escaped."""


def doc(*parts: str | Node) -> Doc:
    """A tree of leaves and nodes; empty strings fall away."""
    return tuple(Leaf(part) if isinstance(part, str) else part for part in parts if part != "")


def as_doc(text: Text) -> Doc:
    return doc(text) if isinstance(text, str) else text


def plain(text: Text) -> str:
    """Every word of a tree, without styles; instants are left out."""
    return text if isinstance(text, str) else "".join(_words(node) for node in text)


def _words(node: Node) -> str:
    match node:
        case Leaf(text):
            return text
        case Styled(_, children):
            return plain(children)
        case Link(url, label):
            return label or url
        case Mention(_, shown) | Crowd(_, shown):
            return f"@{shown}"
        case Jump(_, _, label):
            return label
    return ""


def clean_doc(tree: Doc) -> Doc:
    """The tree with every leaf cleaned, neighbours merged, empty nodes gone and outer spaces trimmed."""
    # What goes from between two leaves may let their ends melt into one.
    while (nodes := _trimmed(_merged(_tidy(_merged(tree))))) != tree:
        tree = nodes
    return nodes


def _trimmed(nodes: Doc) -> Doc:
    while nodes and isinstance(nodes[0], Leaf) and not nodes[0].text.strip():
        nodes = nodes[1:]
    while nodes and isinstance(nodes[-1], Leaf) and not nodes[-1].text.strip():
        nodes = nodes[:-1]
    if nodes and isinstance(nodes[0], Leaf):
        nodes = (Leaf(nodes[0].text.lstrip()), *nodes[1:])
    if nodes and isinstance(nodes[-1], Leaf):
        nodes = (*nodes[:-1], Leaf(nodes[-1].text.rstrip()))
    return nodes


def _tidy(tree: Doc, within: frozenset[Style] = frozenset()) -> Iterable[Node]:
    for node in tree:
        match node:
            case Styled(style, children) if style in within:
                yield from _tidy(children, within)
            case Leaf(text):
                if kept := _clean_inside(text):
                    yield Leaf(kept)
            case Styled(style, children):
                if inner := _merged(_tidy(_merged(children), within | {style})):
                    yield Styled(style, inner)
            case Link(url, label):
                yield Link(one_line(url), one_line(label))
            case Mention(account, shown):
                yield Mention(account, one_line(shown))
            case When() | Room() | Jump() | Crowd():
                yield node


def _clean_inside(text: str) -> str:
    """Clean a piece that has neighbours: spaces at its ends stay."""
    start = text[: len(text) - len(text.lstrip())]
    end = text[len(text.rstrip()) :] if text.strip() else ""
    return _spaces(start) + clean(text) + _spaces(end)


def _spaces(run: str) -> str:
    return "".join(char for char in run.replace("\r\n", "\n") if char in " \n\t\u00a0\u3000")


def _merged(nodes: Iterable[Node]) -> Doc:
    """Neighbouring leaves as one, and neighbours of one style as one."""
    kept: list[Node] = []
    for node in nodes:
        match kept[-1:], node:
            case [Leaf(before)], Leaf(text):
                kept[-1] = Leaf(before + text)
            case [Styled(style, before)], Styled(same, children) if style == same:
                kept[-1] = Styled(style, _merged((*before, *children)))
            case _:
                kept.append(node)
    return tuple(kept)


def dump(tree: Doc) -> str:
    """The tree as compact JSON, for keeping."""
    return json.dumps([_plain(node) for node in tree], ensure_ascii=False, separators=(",", ":"))


def _plain(node: Node) -> object:
    match node:
        case Leaf(text):
            return text
        case Styled(style, children):
            return [style, [_plain(child) for child in children]]
        case Link(url, label):
            return ["link", url, label]
        case Mention(account, shown):
            return ["mention", account, shown]
        case When(at, style):
            return ["when", at, style]
        case Room(ref):
            return ["room", ref]
        case Jump(room, ref, label):
            return ["jump", room, ref, label]
        case Crowd(_, shown):
            return f"@{shown}"  # kept words notify nobody


def load(kept: str) -> Doc:
    """The tree that :func:`dump` wrote."""
    return tuple(_node(item) for item in json.loads(kept))


def _node(item: object) -> Node:
    match item:
        case str(text):
            return Leaf(text)
        case ["link", str(url), str(label)]:
            return Link(url, label)
        case ["mention", str(account), str(shown)]:
            return Mention(AccountId(account), shown)
        case ["room", str(ref)]:
            return Room(ref)
        case ["jump", str(room), str(ref), str(label)]:
            return Jump(room, ref, label)
        case ["when", int(at), ("time" | "date" | "left") as style]:
            return When(Instant(at), style)
        case [("bold" | "italic" | "strike" | "code") as style, list(children)]:
            return Styled(style, tuple(_node(child) for child in children))
        case _:
            raise ValueError(f"not a text tree: {item!r}")


def pieces(tree: Doc, limit: int = PIECE_WEIGHT) -> tuple[Doc, ...]:
    """The tree cut into pieces of at most ``limit`` weight, at line ends or spaces where it can; nothing is lost."""
    cut: list[Doc] = []
    current: list[Node] = []
    room = limit
    for node in _cuttable(tree, limit):
        needed = _node_weight(node)
        if needed > room and current:
            cut.append(tuple(current))
            current, room = [], limit
        room -= needed - (_MARKUP if current and _same_style(current[-1], node) else 0)
        current.append(node)
    if current or not cut:
        cut.append(tuple(current))
    return tuple(_merged(piece) for piece in cut)


_MARKUP = 4  # weight of a style's signs before and after


def _same_style(one: Node, other: Node) -> bool:
    return isinstance(one, Styled) and isinstance(other, Styled) and one.style == other.style


def _node_weight(node: Node) -> int:
    match node:
        case Link(url, label):
            return 2 * (len(url) + len(label)) + 8
        case When() | Room():
            return 32
        case Styled(_, children):
            return _MARKUP + sum(_node_weight(child) for child in children)
        case _:
            return weight(_words(node))


def _cuttable(tree: Doc, limit: int) -> Iterable[Node]:
    for node in tree:
        match node:
            case Leaf(text):
                yield from (Leaf(run) for run in _runs(text, limit))
            case Styled(style, children):
                yield from (Styled(style, (child,)) for child in _cuttable(children, max(limit - _MARKUP, 2)))
            case Link(url, label) if _node_weight(node) > limit:
                yield from (Leaf(run) for run in _runs(f"{label} {url}".strip(), limit))
            case _:
                yield node


def _runs(text: str, limit: int) -> Iterable[str]:
    """Words with the space behind them; a word heavier than a piece is cut by characters."""
    for word in re.findall(r"\S*\s?", text):
        while weight(word) > limit:
            end = border(word, max(1, limit // 2)) or max(1, limit // 2)
            yield word[:end]
            word = word[end:]
        if word:
            yield word
