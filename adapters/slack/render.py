"""What is shown, as Slack messages: pure; every part rendered, every limit kept, nothing dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from adapters.slack import limits
from adapters.slack.markup import inert, is_web, mrkdwn, rich, shortened, utc
from core.domain.text import Doc, Leaf, Styled, Text, When, as_doc, doc, plain, shorten
from core.domain.view import (
    Bundle,
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Content,
    Divider,
    Heading,
    LinkButton,
    Note,
    Part,
    Public,
    Select,
    Speech,
    Words,
    in_words,
)

Block = dict[str, Any]
BAR = 10
"""Signs of a bar; it repeats what the words before it say."""
LABEL, RESULT = 2_400, 500
"""A choice that is too long for a section is cut so that its result still stands."""
CARDS_KEPT = 256
"""A crowd reads few different answers: each is rendered once, and nobody changes what was rendered."""
LINK_ACTION = "link"
"""The action of a button that only opens an address; Slack tells the app of its press all the same."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """``text`` is the notification and what a screen reader gets; it holds everything that the blocks show."""

    blocks: list[Block]
    text: str
    username: str | None = None
    icon_url: str | None = None

    def body(self) -> Block:
        return {"text": self.text, "blocks": self.blocks}


def render(content: Content) -> Rendered:
    match content:
        case Card():
            return _card(content.parts)
        case Speech():
            return _speech(content)
        case Bundle():
            return _bundle(content)


# -- cards -------------------------------------------------------------------------------------------------------------


@lru_cache(CARDS_KEPT)
def _card(parts: tuple[Part, ...]) -> Rendered:
    card = Card(Public(), parts)
    return Rendered(card_blocks(card), card_text(card))


def card_text(card: Card) -> str:
    """The card in words; of a card of nothing but buttons, their labels."""
    labels = (button.label for part in card.parts if isinstance(part, Buttons) for button in part.items)
    return cut(in_words(card, mrkdwn)) or cut(mrkdwn(", ".join(labels))) or "…"


def card_blocks(card: Card, most: int = limits.BLOCKS_IN_MESSAGE) -> list[Block]:
    """No ``block_id``: Slack asks for a new one whenever a message changes, and makes it where none is given."""
    blocks = [block for part in card.parts for block in part_blocks(part)]
    if len(blocks) > most:
        left = len(blocks) - most + 1
        blocks = [*blocks[: most - 1], _context([_plain_text(f"… and {left} more lines that do not fit here.", 2000)])]
    return blocks


def part_blocks(part: Part) -> Iterable[Block]:
    """The blocks of one part."""
    match part:
        case Heading(text):
            yield _paragraph(text, bold=True)
        case Words(text):
            yield _paragraph(text)
        case Note(text):
            yield _context(_small(as_doc(text)))
        case Choices(items):
            yield from _choices(items)
        case Select():
            yield _select(part)
        case Buttons(items):
            if items:
                yield _actions([_button(item) for item in items])
        case Divider():
            yield {"type": "divider"}


def _paragraph(text: Text, *, bold: bool = False) -> Block:
    """A section; rich text where a sign that somebody typed would style words in it."""
    tree = as_doc(text)
    shown: Doc = (Styled("bold", tree),) if bold else tree
    if inert(shown) and len(words := mrkdwn(shown)) <= limits.SECTION_TEXT:
        return {"type": "section", "text": _mrkdwn(words or " ")}
    if not bold and _only_leaves(tree):
        return {"type": "section", "text": _plain_text(plain(tree), limits.SECTION_TEXT)}
    return _rich_text(rich(shortened(shown, limits.SECTION_TEXT)))


def _small(tree: Doc) -> list[Block]:
    """Context elements: one string where nothing in it can style words, else what was typed apart from the rest."""
    if inert(tree) and len(words := mrkdwn(tree)) <= limits.CONTEXT_TEXT:
        return [_mrkdwn(words or " ")]
    if len(tree) > limits.CONTEXT_ELEMENTS:
        tree = (Leaf("".join(utc(it.at, it.style) if isinstance(it, When) else plain((it,)) for it in tree)),)
    return [
        _mrkdwn(mrkdwn((node,)))
        if inert((node,)) and not isinstance(node, Leaf)
        else _plain_text(plain((node,)), limits.CONTEXT_TEXT)
        for node in tree
    ]


def _choices(items: tuple[Choice, ...]) -> Iterable[Block]:
    """A section each, its button beside it, the result in words and then as a bar on a second line."""
    styled = all(inert(text) for item in items for text in (item.letter, item.label, item.result))
    for item in items:
        second = "  ".join(one for one in (shorten(item.result, RESULT), bar(item.share)) if one)
        tree = doc(Styled("bold", doc(item.letter)) if item.letter else "", "  " if item.letter else "", item.label)
        if second:
            tree = (*tree, Leaf(f"\n{second}"))
        text = _mrkdwn(mrkdwn(tree))
        if not styled or len(text["text"]) > limits.SECTION_TEXT:
            label = shorten(plain(doc(item.letter, "  " if item.letter else "", item.label)), LABEL)
            text = _plain_text("\n".join(one for one in (label, second) if one), limits.SECTION_TEXT)
        yield {"type": "section", "text": text, **({"accessory": _button(item.button)} if item.button else {})}


def bar(share: float | None) -> str:
    """A bar of ten signs; some of a share is never shown as none, not all of it never as all."""
    if share is None:
        return ""
    full = round(min(max(share, 0.0), 1.0) * BAR)
    if 0 < share < 1:
        full = min(max(full, 1), BAR - 1)
    return "■" * full + "□" * (BAR - full)


def _select(part: Select) -> Block:
    options = [
        {
            "text": _plain_text(option.label, limits.OPTION_TEXT),
            "value": option.value[: limits.OPTION_VALUE],
        }
        for option in part.options[: limits.SELECT_OPTIONS]
    ]
    element: Block = {
        "type": "static_select",
        "action_id": part.action,
        "placeholder": _plain_text(part.placeholder, limits.PLACEHOLDER),
        "options": options,
    }
    if part.most == 1:
        return _actions([element])
    # A menu for several may stand beside a section or in an input only, not in an actions block.
    element |= {"type": "multi_static_select", "max_selected_items": min(part.most, len(options))}
    return {"type": "section", "text": _plain_text(part.placeholder, limits.SECTION_TEXT), "accessory": element}


def _button(item: Button | LinkButton) -> Block:
    made: Block = {"type": "button", "text": _plain_text(item.label, limits.BUTTON_TEXT)}
    match item:
        case LinkButton(_, url):
            made["action_id"] = LINK_ACTION
            if is_web(url):
                made["url"] = url
        case Button(_, action, style, spoken):
            made["action_id"] = action
            if style != "plain":
                made["style"] = style
            if spoken:
                made["accessibility_label"] = shorten(spoken, limits.SPOKEN_LABEL)
    return made


def _actions(elements: list[Block]) -> Block:
    """An actions block; Slack wants an ``action_id`` once in a block, so a second one carries a number."""
    used: set[str] = set()
    for element in elements:
        wanted, number = element["action_id"], 1
        while element["action_id"] in used:
            number += 1
            element["action_id"] = f"{wanted}#{number}"
        used.add(element["action_id"])
    return {"type": "actions", "elements": elements[: limits.ACTIONS_ELEMENTS]}


def action_of(action_id: str) -> str:
    """The action behind an ``action_id`` of ours."""
    return action_id.partition("#")[0]


# -- people's lines ----------------------------------------------------------------------------------------------------


def _speech(speech: Speech) -> Rendered:
    body = shortened(speech.body, limits.BLOCKS_TEXT)
    icon = speech.avatar if speech.avatar and speech.avatar.startswith("https://") else None
    return Rendered([_rich_text(rich(body))], cut(mrkdwn(body)) or "…", byline(speech), icon)


def byline(speech: Speech) -> str:
    """``Mira K. · Discord``, the name cut where both would not fit."""
    origin = f" · {speech.origin}" if speech.origin else ""
    return shorten(speech.author or "Guest", limits.USERNAME - len(origin)) + origin


def _bundle(bundle: Bundle) -> Rendered:
    lines = _fitting(bundle.lines)
    origins = list(dict.fromkeys(line.origin for line in lines if line.origin))
    head = f"Chat from {' and '.join(origins)}" if origins else "Chat"
    head += ", 1 line" if len(lines) == 1 else f", {len(lines)} lines"
    several = len(origins) > 1
    tree: list[Any] = []
    for line in lines:
        name = byline(line) if several else line.author or "Guest"
        tree += [*doc("\n" if tree else "", Styled("bold", doc(name)), "  "), *line.body]
    words = "\n".join(f"{mrkdwn(line.author or 'Guest')}: {mrkdwn(line.body)}" for line in lines)
    blocks = [_context([_plain_text(head, limits.CONTEXT_TEXT)]), _rich_text(rich(tuple(tree)))]
    return Rendered(blocks, cut(f"{mrkdwn(head)}\n{words}"))


def _fitting(lines: tuple[Speech, ...]) -> tuple[Speech, ...]:
    """The lines, the longest of them shortened where Slack would refuse all of them together."""
    most = limits.BLOCKS_TEXT
    sizes = sorted(len(plain(line.body)) + len(byline(line)) + 3 for line in lines)
    if sum(sizes) <= most:
        return lines
    room, left = most, len(sizes)
    for size in sizes:
        if size * left > room:
            break
        room, left = room - size, left - 1
    share = max(room // max(left, 1), 1)
    return tuple(
        replace(line, body=shortened(line.body, max(share - len(byline(line)) - 3, 1)))
        if len(plain(line.body)) + len(byline(line)) + 3 > share
        else line
        for line in lines
    )


# -- text objects ------------------------------------------------------------------------------------------------------


def cut(text: str, limit: int = limits.MESSAGE_TEXT) -> str:
    """An escaped string cut to fit, never inside an entity."""
    if len(text) <= limit:
        return text
    short = shorten(text, limit)[:-1]
    return re.sub(r"(<[^<>]*|&[a-z]*)$", "", short).rstrip() + "…"


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack shall find no links, channels or names in words by itself.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain_text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": shorten(text, limit) or " ", "emoji": True}


def _context(elements: list[Block]) -> Block:
    return {"type": "context", "elements": elements}


def _rich_text(elements: list[Block]) -> Block:
    section = {"type": "rich_text_section", "elements": elements or [{"type": "text", "text": " "}]}
    return {"type": "rich_text", "elements": [section]}


def _only_leaves(tree: Doc) -> bool:
    return all(isinstance(node, Leaf) for node in tree)
