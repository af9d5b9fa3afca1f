"""A message of Slack's as a neutral text tree: from its rich text where it has some, else from its escaped string.

Total: any JSON gives a tree. Nothing that notifies survives: people become :class:`Mention`, groups, broadcasts and
channels become words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.files import attached
from adapters.slack.markup import is_web, unescape
from core.domain.ids import AccountId
from core.domain.text import STYLES, Doc, Leaf, Link, Mention, Node, Styled

_ENTITY = re.compile(r"<([^<>\n]*)>")
_USER_IN_TEXT = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_ROOM_IN_TEXT = re.compile(r"<#([A-Z0-9]+)(?:\|([^<>]*))?>")
DEPTH = 8
"""Rich text nests three levels; what is deeper is not Slack's."""


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called: filled before a message is read, so that reading needs no network."""

    home: str = ""
    """Where the accounts of mentioned people live: the workspace or the organisation."""
    people: Mapping[str, str] = field(default_factory=dict)
    rooms: Mapping[str, str] = field(default_factory=dict)

    def person(self, user: str) -> Mention:
        return Mention(AccountId(f"slack:{self.home}:{user}"), self.people.get(user) or "someone")

    def room(self, ref: str) -> Leaf:
        return Leaf(f"#{self.rooms.get(ref) or 'channel'}")


def named(message: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of people and of channels that a message names."""
    people, rooms = set(), set()
    for element in _leaves(message.get("blocks"), DEPTH):
        if element.get("type") == "user" and isinstance(element.get("user_id"), str):
            people.add(element["user_id"])
        if element.get("type") == "channel" and isinstance(element.get("channel_id"), str):
            rooms.add(element["channel_id"])
    text = message.get("text")
    if isinstance(text, str) and "<" in text:
        people.update(_USER_IN_TEXT.findall(text))
        rooms.update(ref for ref, name in _ROOM_IN_TEXT.findall(text) if not name)
    return frozenset(people), frozenset(rooms)


def read(message: Mapping[str, Any], names: Names) -> Doc:
    """The words of a message, and below them its files, each on a line of its own."""
    said, files = _said(message, names), attached(message)
    return (*said, Leaf("\n"), *files) if said and files else said or files


def _said(message: Mapping[str, Any], names: Names) -> Doc:
    blocks = message.get("blocks")
    found = [one for one in blocks if _kind(one) == "rich_text"] if isinstance(blocks, list) else []
    if found:
        tree = tuple(node for block in found for node in _block(block, names))
        return tree or from_text(_string(message, "text"), names)
    return from_text(_string(message, "text"), names)


def from_text(text: str, names: Names) -> Doc:
    """An escaped string with entities; stars and the like stay the characters that they are."""
    nodes: list[Node] = []
    last = 0
    for hit in _ENTITY.finditer(text):
        nodes.append(Leaf(unescape(text[last : hit.start()])))
        nodes.append(_entity(hit[1], names))
        last = hit.end()
    nodes.append(Leaf(unescape(text[last:])))
    return tuple(node for node in nodes if node != Leaf(""))


def _entity(inside: str, names: Names) -> Node:
    target, _, raw_label = inside.partition("|")
    label = unescape(raw_label)
    if target.startswith("@"):
        return names.person(target[1:])
    if target.startswith("#"):
        return Leaf(f"#{label}") if label else names.room(target[1:])
    if target.startswith("!"):
        return Leaf(_special(target[1:], label))
    url = unescape(target)
    if is_web(url):
        return Link(url, "" if label == url else label)
    return Leaf(label or url.removeprefix("mailto:").removeprefix("tel:"))


def _special(target: str, label: str) -> str:
    name = target.partition("^")[0]
    if name in ("here", "channel", "everyone"):
        return f"@{name}"
    if name == "subteam":
        return label if label.startswith("@") else f"@{label or 'group'}"
    return label or target


# -- rich text (docs.slack.dev/reference/block-kit/blocks/rich-text-block) ---------------------------------------------


def _block(block: Mapping[str, Any], names: Names) -> Iterable[Node]:
    """Each part begins a line; a section's own text may end with that line break already."""
    before: Node | None = None
    for part in _list(block, "elements"):
        if before is not None and not (isinstance(before, Leaf) and before.text.endswith("\n")):
            yield Leaf("\n")
        for node in _part(part, names):
            yield (before := node)


def _part(part: Mapping[str, Any], names: Names) -> Iterable[Node]:
    match part.get("type"):
        case "rich_text_list":
            yield from _items(part, names)
        case "rich_text_quote":
            yield Leaf("> ")
            yield from _inline(part, names)
        case "rich_text_preformatted":
            if inner := tuple(_inline(part, names)):
                yield Styled("code", inner)
        case _:
            yield from _inline(part, names)


def _items(part: Mapping[str, Any], names: Names) -> Iterable[Node]:
    indent = part.get("indent")
    margin = "  " * min(indent, DEPTH) if isinstance(indent, int) and indent > 0 else ""
    offset = part.get("offset")
    first = offset + 1 if isinstance(offset, int) else 1
    for number, item in enumerate(_list(part, "elements"), first):
        sign = f"{number}. " if part.get("style") == "ordered" else "• "
        yield Leaf(("\n" if number > first else "") + margin + sign)
        yield from _inline(item, names)


def _inline(part: Mapping[str, Any], names: Names) -> Iterable[Node]:
    for element in _list(part, "elements"):
        if (node := _node(element, names)) is not None:
            yield _styled(node, element.get("style"))


def _node(element: Mapping[str, Any], names: Names) -> Node | None:
    match element.get("type"):
        case "text":
            return Leaf(_string(element, "text"))
        case "link":
            url, label = _string(element, "url"), _string(element, "text")
            if is_web(url):
                return Link(url, "" if label == url else label)
            return Leaf(label or url.removeprefix("mailto:").removeprefix("tel:"))
        case "user":
            return names.person(_string(element, "user_id"))
        case "channel":
            return names.room(_string(element, "channel_id"))
        case "usergroup":
            return Leaf("@group")
        case "broadcast":
            return Leaf(f"@{_string(element, 'range') or 'channel'}")
        case "emoji":
            return Leaf(_emoji(element))
        case "date":
            return Leaf(_string(element, "fallback"))
        case "color":
            return Leaf(_string(element, "value"))
        case _:
            return None


def _emoji(element: Mapping[str, Any]) -> str:
    """The character where Slack tells its code points (custom emoji have none), else the name."""
    try:
        return "".join(chr(int(code, 16)) for code in _string(element, "unicode").split("-"))
    except (ValueError, OverflowError):
        return f":{_string(element, 'name')}:"


def _styled(node: Node, style: object) -> Node:
    if isinstance(style, dict):
        for name in STYLES:
            if style.get(name) is True:
                node = Styled(name, (node,))
    return node


def _leaves(value: object, depth: int) -> Iterable[Mapping[str, Any]]:
    if not isinstance(value, list) or not depth:
        return
    for one in value:
        if isinstance(one, dict):
            yield one
            yield from _leaves(one.get("elements"), depth - 1)


def _list(part: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = part.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _string(part: Mapping[str, Any], name: str) -> str:
    found = part.get(name)
    return found if isinstance(found, str) else ""


def _kind(block: object) -> object:
    return block.get("type") if isinstance(block, dict) else None
