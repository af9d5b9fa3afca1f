"""The neutral text tree between platforms; whatever a person typed is leaf text and stays leaf text.

``clean`` runs at every border where text comes in. How a tree is read from and written for a platform is that
platform's adapter's business.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.domain.ids import AccountId, Instant

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


Node = Leaf | Styled | Link | Mention | When | Room
Doc = tuple[Node, ...]
Text = str | Doc
"""Where cards take text, a plain string is one leaf."""

LINE_LIMIT = 12_000
"""Characters of a chat line that are kept; longer than any member can type on either platform."""
PIECE_WEIGHT = 1_800
"""A line's copies are cut into pieces of this weight, so that each fits 2,000 characters (Discord) once escaped."""
COMBINING_LIMIT = 8
"""Marks that may stand on one letter; more only serve to spill over other lines."""

_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0"
)
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")


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
        case Mention(_, shown):
            return f"@{shown}"
        case When() | Room():
            return ""


def clean(raw: str) -> str:
    """Text that is safe to keep and to show: NFC, no control, bidi or invisible characters, at most 8 marks a letter.

    Joiners stay where they join (emoji, Persian, Indic scripts). ``clean(clean(x)) == clean(x)``.
    """
    text = unicodedata.normalize("NFC", "".join(_kept(raw.replace("\r\n", "\n").replace("\r", "\n"))))
    return _joined(_capped(text)).strip()


def _kept(raw: str) -> Iterable[str]:
    for char in raw:
        if char in _INVISIBLE or char in _BIDI or "\ufff9" <= char <= "\ufffb":
            continue
        category = unicodedata.category(char)
        if category in ("Cs", "Co", "Cn") or (category == "Cc" and char not in "\n\t"):
            continue
        if "\U000e0000" <= char <= "\U000e001f" or char in "\u2028\u2029":
            continue
        yield char


def _capped(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= COMBINING_LIMIT:
            kept.append(char)
    return "".join(kept)


def _joined(text: str) -> str:
    """Drop joiners that stand beside nothing they could join."""
    kept: list[str] = []
    for index, char in enumerate(text):
        if char in _JOINERS:
            after = text[index + 1] if index + 1 < len(text) else " "
            before = kept[-1] if kept else " "
            if before < "\u0300" or after < "\u0300" or before in _JOINERS or after in _JOINERS:
                continue
        kept.append(char)
    return "".join(kept)


def one_line(raw: str) -> str:
    """Cleaned, on one line: for names, titles and options."""
    return " ".join(clean(raw).split())


def clean_doc(tree: Doc) -> Doc:
    """The tree with every leaf cleaned, neighbours merged, empty nodes gone and outer spaces trimmed."""
    nodes = _merged(_tidy(tree))
    while nodes and isinstance(nodes[0], Leaf) and not nodes[0].text.strip():
        nodes = nodes[1:]
    while nodes and isinstance(nodes[-1], Leaf) and not nodes[-1].text.strip():
        nodes = nodes[:-1]
    if nodes and isinstance(nodes[0], Leaf):
        nodes = (Leaf(nodes[0].text.lstrip()), *nodes[1:])
    if nodes and isinstance(nodes[-1], Leaf):
        nodes = (*nodes[:-1], Leaf(nodes[-1].text.rstrip()))
    return nodes


def _tidy(tree: Doc) -> Iterable[Node]:
    for node in tree:
        match node:
            case Leaf(text):
                if kept := _clean_inside(text):
                    yield Leaf(kept)
            case Styled(style, children):
                if inner := _merged(_tidy(children)):
                    yield Styled(style, inner)
            case Link(url, label):
                yield Link(one_line(url), one_line(label))
            case Mention(account, shown):
                yield Mention(account, one_line(shown))
            case When() | Room():
                yield node


def _clean_inside(text: str) -> str:
    """Clean a piece that has neighbours: spaces at its ends stay."""
    start = text[: len(text) - len(text.lstrip())]
    end = text[len(text.rstrip()) :] if text.strip() else ""
    return _spaces(start) + clean(text) + _spaces(end)


def _spaces(run: str) -> str:
    return "".join(char for char in run.replace("\r\n", "\n") if char in " \n\t\u00a0\u3000")


def _merged(nodes: Iterable[Node]) -> Doc:
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Leaf) and kept and isinstance(kept[-1], Leaf):
            kept[-1] = Leaf(kept[-1].text + node.text)
        else:
            kept.append(node)
    return tuple(kept)


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut before a mark or joiner would be parted from its letter, with an ellipsis."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f" or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip() + "…"


def isolate(name: str) -> str:
    """A name fenced with first-strong isolates, so that right-to-left names do not turn what follows."""
    return name if name.isascii() else f"\u2068{name}\u2069"


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
        case ["when", int(at), ("time" | "date" | "left") as style]:
            return When(Instant(at), style)
        case [("bold" | "italic" | "strike" | "code") as style, list(children)]:
            return Styled(style, tuple(_node(child) for child in children))
        case _:
            raise ValueError(f"not a text tree: {item!r}")


def weight(text: str) -> int:
    """Characters the text may take on a platform: ASCII punctuation and line ends may need escaping, so they count twice."""
    return len(text) + sum(1 for char in text if char < "\x7f" and not (char.isalnum() or char == " "))


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
        current.append(node)
        room -= needed
    if current or not cut:
        cut.append(tuple(current))
    return tuple(_merged(piece) for piece in cut)


def _node_weight(node: Node) -> int:
    match node:
        case Link(url, label):
            return 2 * (len(url) + len(label)) + 8
        case When() | Room():
            return 32
        case Styled(_, children):
            return 4 + sum(_node_weight(child) for child in children)
        case _:
            return weight(_words(node))


def _cuttable(tree: Doc, limit: int) -> Iterable[Node]:
    for node in tree:
        match node:
            case Leaf(text):
                yield from (Leaf(run) for run in _runs(text, limit))
            case Styled(style, children):
                yield from (Styled(style, (child,)) for child in _cuttable(children, limit - 4))
            case Link(url, label) if _node_weight(node) > limit:
                yield from (Leaf(run) for run in _runs(f"{label} {url}".strip(), limit))
            case _:
                yield node


def _runs(text: str, limit: int) -> Iterable[str]:
    """Words with the space behind them; a word heavier than a piece is cut by characters."""
    for word in re.findall(r"\S*\s?", text):
        while weight(word) > limit:
            end = max(1, limit // 2)
            while end > 1 and (unicodedata.combining(word[end]) or word[end] in _JOINERS or word[end - 1] in _JOINERS):
                end -= 1
            yield word[:end]
            word = word[end:]
        if word:
            yield word
