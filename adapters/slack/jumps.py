"""Ways to a message or a channel as addresses: a pure change of what is shown, done before anything is rendered.

Without the workspace's address nothing is lost: a jump keeps its words, and a button that would lead to a channel is
said as a line with the channel's name to be pressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from core.domain.text import Doc, Item, Jump, Link, Node, Quoted, Room, Styled, Text, doc
from core.domain.view import AnyButton, Buttons, Card, Heading, JumpButton, LinkButton, Note, Part, Words

_ROOM = re.compile(r"[A-Z][A-Z0-9]{1,20}")
_LEADS = re.compile(r"archives/([A-Z][A-Z0-9]{1,20})/p([0-9]{1,12})([0-9]{6})(?:[?#].*)?")
_TS = re.compile(r"([0-9]{1,12})\.([0-9]{6})")


def address(site: str, room: str, ref: str = "") -> str:
    """Of a message, or of a channel where ``ref`` is empty (reference/methods/chat.getPermalink); empty if unknown."""
    stamp = _TS.fullmatch(ref)
    if not site or not _ROOM.fullmatch(room) or (ref and stamp is None):
        return ""
    return f"{site}archives/{room}" + (f"/p{stamp[1]}{stamp[2]}" if stamp else "")


def pointed(site: str, url: str) -> tuple[str, str] | None:
    """The channel and the message that an address of this workspace leads to; None for all others.

    An answer in a thread is named by itself; the thread's message stands behind the question mark.
    """
    found = _LEADS.fullmatch(url[len(site) :]) if site and url.startswith(site) else None
    return (found[1], f"{found[2]}.{found[3]}") if found else None


def linked(text: Text, site: str) -> Text:
    """The words with every jump that has an address as a link."""
    return text if isinstance(text, str) else linked_doc(text, site)


def linked_doc(tree: Doc, site: str) -> Doc:
    """The same tree where nothing in it leads anywhere."""
    made = tuple(_linked(node, site) for node in tree)
    return tree if all(one is other for one, other in zip(made, tree, strict=True)) else made


def _linked(node: Node, site: str) -> Node:
    match node:
        case Jump(room, ref, label) if url := address(site, room, ref):
            return Link(url, label)
        case Styled(_, children) | Quoted(children) | Item(children):
            inner = linked_doc(children, site)
            return node if inner is children else replace(node, children=inner)
        case _:
            return node


def placed(parts: Iterable[Part], site: str) -> Iterable[Part]:
    """The parts of a card with addresses in the place of jumps."""
    for part in parts:
        match part:
            case Heading(text) | Words(text) | Note(text):
                words = linked(text, site)
                yield part if words is text else replace(part, text=words)
            case Buttons(items) if any(isinstance(item, JumpButton) for item in items):
                shown = [_button(item, site) for item in items]
                if kept := tuple(item for item in shown if not isinstance(item, JumpButton)):
                    yield Buttons(kept)
                yield from (_in_words(item) for item in shown if isinstance(item, JumpButton))
            case _:
                yield part


def placed_card(card: Card, site: str) -> Card:
    """The card, for whatever renders its blocks itself: a modal, the App Home."""
    return Card(card.audience, tuple(placed(card.parts, site)))


def _button(item: AnyButton, site: str) -> AnyButton:
    match item:
        case JumpButton(label, room, ref) if url := address(site, room, ref) or address(site, room):
            return LinkButton(label, url)
        case _:
            return item


def _in_words(button: JumpButton) -> Note:
    return Note(doc(f"{button.label}: ", Room(button.room)))
