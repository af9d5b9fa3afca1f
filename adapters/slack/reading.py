"""A message of Slack's as a neutral text tree: from its rich text where it has some, else from its escaped string.

Total: any JSON gives a tree. Nothing that notifies survives: people become :class:`Mention`, groups, broadcasts and
channels become words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from adapters.slack.emojis import spelled
from adapters.slack.files import attached
from adapters.slack.jumps import pointed
from adapters.slack.strings import Names as Names
from adapters.slack.strings import date, from_mrkdwn, link
from adapters.slack.strings import from_text as from_text
from core.domain.text import Doc, Fence, Item, Leaf, Node, Quoted, Style, Styled, leading

_USER_IN_TEXT = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_ROOM_IN_TEXT = re.compile(r"<#([A-Z0-9]+)(?:\|([^<>]*))?>")
DEPTH = 8
"""Rich text nests three levels; what is deeper is not Slack's."""


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
    said, files = leading(_said(message, names), partial(pointed, names.site)), attached(message)
    return (*said, Leaf("\n"), *files) if said and files else said or files


def _said(message: Mapping[str, Any], names: Names) -> Doc:
    blocks = message.get("blocks")
    found = [one for one in blocks if _kind(one) == "rich_text"] if isinstance(blocks, list) else []
    tree = tuple(node for block in found for node in _block(block, names))
    return tree or from_mrkdwn(_string(message, "text"), names)


# -- rich text (docs.slack.dev/reference/block-kit/blocks/rich-text-block) ---------------------------------------------


def _block(block: Mapping[str, Any], names: Names) -> Iterable[Node]:
    """Each part begins a line; a section's own text may end with that line break already."""
    nodes: list[Node] = []
    quote: list[Node] = []
    for part in _list(block, "elements"):
        inner = tuple(_part(part, names))
        if part.get("type") == "rich_text_quote" or _number(part, "border") > 0:
            _append(quote, inner)
        else:
            _flush(nodes, quote)
            _append(nodes, inner)
    _flush(nodes, quote)
    return nodes


def _append(nodes: list[Node], more: Doc) -> None:
    if nodes and more and not (isinstance(nodes[-1], Leaf) and nodes[-1].text.endswith("\n")):
        nodes.append(Leaf("\n"))
    nodes += more


def _flush(nodes: list[Node], quote: list[Node]) -> None:
    if quote:
        _append(nodes, (Quoted(tuple(quote)),))
        quote.clear()


def _part(part: Mapping[str, Any], names: Names) -> Iterable[Node]:
    match part.get("type"):
        case "rich_text_list":
            yield from _items(part, names)
        case "rich_text_preformatted":
            code = "".join(_string(one, "text") or _string(one, "url") for one in _list(part, "elements"))
            yield Fence(code, _string(part, "language"))
        case _:
            yield from _inline(part, names)


def _items(part: Mapping[str, Any], names: Names) -> Iterable[Node]:
    first = max(_number(part, "offset"), 0) + 1
    for number, item in enumerate(_list(part, "elements"), first):
        numbered = number if part.get("style") == "ordered" else None
        yield Item(tuple(_inline(item, names)), _number(part, "indent"), numbered)
        yield Leaf("\n")


def _inline(part: Mapping[str, Any], names: Names) -> Iterable[Node]:
    for element in _list(part, "elements"):
        yield from _styled(_node(element, names), element.get("style"))


def _node(element: Mapping[str, Any], names: Names) -> Doc:
    match element.get("type"):
        case "text":
            return (Leaf(_string(element, "text")),)
        case "link":
            return (link(_string(element, "url"), _string(element, "text")),)
        case "user":
            return (names.person(_string(element, "user_id")),)
        case "channel":
            return (names.room(_string(element, "channel_id")),)
        case "usergroup":
            return (Leaf("@group"),)
        case "broadcast":
            return (Leaf(f"@{_string(element, 'range') or 'channel'}"),)
        case "emoji":
            return (Leaf(_emoji(element)),)
        case "date":
            stamp = str(_number(element, "timestamp"))
            return date(stamp, _string(element, "format"), _string(element, "fallback"))
        case "color":
            return (Leaf(_string(element, "value")),)
        case _:
            return ()


def _emoji(element: Mapping[str, Any]) -> str:
    """The character where Slack tells its code points (custom emoji have none), else by its name."""
    try:
        return "".join(chr(int(code, 16)) for code in _string(element, "unicode").split("-"))
    except (ValueError, OverflowError):
        tone = _number(element, "skin_tone")
        return spelled(f":{_string(element, 'name')}:" + (f":skin-tone-{tone}:" if tone else ""))


_CARRIED: Mapping[str, Style] = {
    "code": "code", "strike": "strike", "italic": "italic", "underline": "italic", "bold": "bold",
}  # fmt: skip
"""Discord's underline is read as italic too; none of the two can be typed on both platforms."""


def _styled(nodes: Doc, style: object) -> Doc:
    if isinstance(style, dict):
        for name, carried in _CARRIED.items():
            if style.get(name) is True and nodes:
                nodes = (Styled(carried, nodes),)
    return nodes


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


def _number(part: Mapping[str, Any], name: str) -> int:
    found = part.get(name)
    return found if isinstance(found, int) else 0


def _kind(block: object) -> object:
    return block.get("type") if isinstance(block, dict) else None
