"""Long trees in pieces that fit one message each: nothing is lost, and what is cut is closed and opened again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.domain.text_nodes import (
    Doc,
    Fence,
    Item,
    Leaf,
    Link,
    Node,
    Quoted,
    Room,
    Styled,
    When,
    plain,
    words,
)
from core.domain.text_tidy import merged
from core.domain.words import border, weight

PIECE_WEIGHT = 1_800
"""A line's copies are cut into pieces of this weight, so that each fits 2,000 characters (Discord) once escaped."""
MARKUP = 4  # weight of a style's signs before and after
QUOTE_SIGN = 2  # "> " at the start of each line
WAY = 128  # a masked link to a message on Discord, whose ids have 20 digits
FENCE_SIGNS = 8  # three ticks and a line end on each side


def pieces(tree: Doc, limit: int = PIECE_WEIGHT) -> tuple[Doc, ...]:
    """The tree cut into pieces of at most ``limit`` weight, at line ends or spaces where it can.

    Only white space where a cut was made is left out: no message begins or ends with it, nor consists of it.
    """
    if sum(_cost(node, 0) for node in tree) <= limit:
        return (tree,)
    trimmed = (_trimmed(merged(piece)) for piece in _filled(tree, limit, 0))
    return tuple(piece for piece in trimmed if piece) or ((),)


def _filled(tree: Doc, limit: int, line: int) -> Iterator[list[Node]]:
    """Runs of nodes that fit; ``line`` is what each line costs beyond its words, where signs stand before it."""
    current: list[Node] = []
    room = limit
    for node in _units(tree, limit, line):
        needed = _cost(node, line)
        if needed > room and current:
            yield current
            current, room = [], limit
        room -= needed - (MARKUP if current and _same_style(current[-1], node) else 0)
        current.append(node)
    if current:
        yield current


def _same_style(one: Node, other: Node) -> bool:
    return isinstance(one, Styled) and isinstance(other, Styled) and one.style == other.style


def _cost(node: Node, line: int) -> int:
    match node:
        case Link(url, label):
            # A way to a message may take its place, with an address of the other platform.
            return 2 * (len(url) + len(label)) + (WAY if node.room else 8)
        case When() | Room():
            return 32
        case Styled(_, children):
            return MARKUP + sum(_cost(child, line) for child in children)
        case Quoted(children):
            return QUOTE_SIGN + sum(_cost(child, line + QUOTE_SIGN) for child in children)
        case Item(children):
            return _head(node) + sum(_cost(child, line + _head(node)) for child in children)
        case Fence(text):
            return _around(node, line) + _raw(text, line)
        case _:
            said = words(node)
            return weight(said) + line * said.count("\n")


def _head(item: Item) -> int:
    return 2 * item.depth + len(item.sign)


def _around(fence: Fence, line: int) -> int:
    return FENCE_SIGNS + len(fence.language) + 2 * line


def _raw(code: str, line: int) -> int:
    """Code is written as it stands, but for signs that would end it or mention somebody."""
    return len(code) + code.count("`") + code.count("@") + line * code.count("\n")


def _units(tree: Doc, limit: int, line: int) -> Iterator[Node]:
    """What is not cut any further: words, and whole blocks where they fit."""
    for node in tree:
        match node:
            case Leaf(text):
                yield from (Leaf(run) for run in _runs(text, limit, line))
            case Styled(style, children):
                yield from (Styled(style, (child,)) for child in _units(children, max(limit - MARKUP, 2), line))
            case Link(url, label) if _cost(node, line) > limit:
                yield from (Leaf(run) for run in _runs(f"{label} {url}".strip(), limit, line))
            case Quoted() | Item() | Fence() if _cost(node, line) > limit:
                for index, part in enumerate(_opened(node, limit, line)):
                    yield from (Leaf("\n"), *part) if index else part
            case _:
                yield node


def _opened(block: Node, limit: int, line: int) -> Iterator[list[Node]]:
    """A block too heavy for one message, in parts that fit one each."""
    match block:
        case Quoted(children):
            for part in _filled(children, max(limit - QUOTE_SIGN, 8), line + QUOTE_SIGN):
                if kept := _trimmed(merged(part)):
                    yield [Quoted(kept)]
        case Item(children, depth, number):
            # Its words go on without a sign, or they would read as an item of their own.
            head = _head(block)
            for index, part in enumerate(_filled(children, max(limit - head, 8), line + head)):
                if kept := _trimmed(merged(part)):
                    yield list(kept) if index else [Item(kept, depth, number)]
        case Fence(text, language):
            for code in _code(text, max(limit - _around(block, line), 8), line):
                yield [Fence(code, language)]


def _code(text: str, limit: int, line: int) -> Iterator[str]:
    """Lines of code that fit together; a line too long for that is cut by characters."""
    current: list[str] = []
    room = limit
    for one in _code_lines(text, limit):
        needed = _raw(one, line) + line + 1
        if needed > room and current:
            yield "\n".join(current)
            current, room = [], limit
        room -= needed
        current.append(one)
    yield "\n".join(current)


def _code_lines(text: str, limit: int) -> Iterator[str]:
    most = max(1, limit // 2 - 2)
    for one in text.split("\n"):
        while _raw(one, 0) + 2 > limit and len(one) > 1:
            end = border(one, most) or most
            yield one[:end]
            one = one[end:]
        yield one


def _runs(text: str, limit: int, line: int) -> Iterable[str]:
    """Words with the space behind them; a word heavier than a piece is cut by characters."""
    for word in re.findall(r"\S*\s?", text):
        while weight(word) + line * word.count("\n") > limit and len(word) > 1:
            end = border(word, max(1, limit // 2)) or max(1, limit // 2)
            yield word[:end]
            word = word[end:]
        if word:
            yield word


def _trimmed(piece: Doc) -> Doc:
    """Without the white space at its ends; code keeps its own."""
    while piece and _blank(piece[0]):
        piece = piece[1:]
    while piece and _blank(piece[-1]):
        piece = piece[:-1]
    if piece:
        piece = (_stripped(piece[0], 0), *piece[1:])
        piece = (*piece[:-1], _stripped(piece[-1], -1))
    return piece


def _blank(node: Node) -> bool:
    return isinstance(node, Leaf | Styled) and not plain((node,)).strip() and not _instants(node)


def _instants(node: Node) -> bool:
    return isinstance(node, When | Room) or (isinstance(node, Styled) and any(map(_instants, node.children)))


def _stripped(node: Node, end: int) -> Node:
    match node:
        case Leaf(text):
            return Leaf(text.rstrip() if end else text.lstrip())
        case Styled(style, children) if children and style != "code":
            inner = _trimmed(children)
            return Styled(style, inner)
    return node
