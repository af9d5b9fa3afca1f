"""Text trees as compact JSON, for keeping; what an older version wrote reads back as it was."""

from __future__ import annotations

import json

from core.domain.ids import AccountId, Instant
from core.domain.text_nodes import (
    Called,
    Crowd,
    Doc,
    Fence,
    Item,
    Jump,
    Leaf,
    Link,
    Mention,
    Node,
    Quoted,
    Room,
    Styled,
    When,
)


def dump(tree: Doc) -> str:
    """The tree as compact JSON, for keeping."""
    return json.dumps(_plain(tree), ensure_ascii=False, separators=(",", ":"))


def _plain(tree: Doc) -> list[object]:
    return [_kept(node) for node in tree]


def _kept(node: Node) -> object:
    match node:
        case Leaf(text):
            return text
        case Styled(style, children):
            return [style, _plain(children)]
        case Link(url, label):
            return ["link", url, label, node.room, node.ref] if node.room else ["link", url, label]
        case Mention(account, shown):
            return ["mention", account, shown]
        case When(at, style):
            return ["when", at, style]
        case Room(ref):
            return ["room", ref]
        case Jump(room, ref, label):
            return ["jump", room, ref, label]
        case Crowd(_, shown) | Called(_, shown):
            return f"@{shown}"  # kept words notify nobody
        case Quoted(children):
            return ["quote", _plain(children)]
        case Item(children, depth, number):
            return ["item", _plain(children), depth, number]
        case Fence(text, language):
            return ["fence", text, language]


def load(kept: str) -> Doc:
    """The tree that :func:`dump` wrote."""
    return _tree(json.loads(kept))


def _tree(items: list[object]) -> Doc:
    return tuple(_node(item) for item in items)


def _node(item: object) -> Node:
    match item:
        case str(text):
            return Leaf(text)
        case ["link", str(url), str(label)]:
            return Link(url, label)
        case ["link", str(url), str(label), str(room), str(ref)]:
            return Link(url, label, room, ref)
        case ["mention", str(account), str(shown)]:
            return Mention(AccountId(account), shown)
        case ["room", str(ref)]:
            return Room(ref)
        case ["jump", str(room), str(ref), str(label)]:
            return Jump(room, ref, label)
        case ["when", int(at), ("time" | "date" | "left") as style]:
            return When(Instant(at), style)
        case [("bold" | "italic" | "strike" | "code" | "spoiler") as style, list(children)]:
            return Styled(style, _tree(children))
        case ["quote", list(children)]:
            return Quoted(_tree(children))
        case ["item", list(children), int(depth), (int() | None) as number]:
            return Item(_tree(children), depth, number)
        case ["fence", str(text), str(language)]:
            return Fence(text, language)
        case _:
            raise ValueError(f"not a text tree: {item!r}")
