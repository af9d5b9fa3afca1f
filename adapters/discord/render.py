"""Cards as the bodies of Discord requests: pure, plain dicts, within every limit, with no mention ever allowed.

Dicts rather than discord.py's LayoutView: a view wants a running loop and keeps state per message, while everything
here is one value made from another; presses are told apart by their ids alone, so no view must live for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from adapters.discord import limits
from adapters.discord.markup import DIRECT, address, escape, spell, user_of, web_address
from core.domain.drawing import Drawing
from core.domain.text import Called, Crowd, Doc, Jump, Node, Styled, Text, as_doc, plain, shorten
from core.domain.view import (
    AnyButton,
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Divider,
    Heading,
    JumpButton,
    LinkButton,
    Note,
    Part,
    Picture,
    Scale,
    Select,
    Words,
)

Json = dict[str, Any]

ACTION_ROW, BUTTON, SELECT, SECTION, TEXT_DISPLAY, SEPARATOR, CONTAINER = 1, 2, 3, 9, 10, 14, 17
GALLERY = 12
STYLES = {"plain": 2, "primary": 1, "danger": 4}
LINK_STYLE = 5
BAR = 10
"""Cells of a bar."""
NO_MENTIONS: Json = {"parse": []}
CARDS_KEPT = 256
"""A crowd reads few different answers: each is rendered once."""


class Unfit(ValueError):
    """A card that cannot be shown on Discord whatever is shortened; core's contract tests keep it from being made."""


def card(shown: Card, server: str = "", names: Mapping[Drawing, str] | None = None) -> Json:
    """The body that shows a card: one container of Components V2; not to be changed.

    ``server`` is the reader's own: jumps lead into it. ``names``: the files of those pictures that are sent along, in
    the order of the body's ``attachments``; of all others the words are shown.
    """
    return _card(shown.parts, server, tuple((names or {}).items()))


@lru_cache(CARDS_KEPT)
def _card(parts: tuple[Part, ...], server: str, named: tuple[tuple[Drawing, str], ...]) -> Json:
    names, alts = dict(named), {it.drawing: it.alt for it in parts if isinstance(it, Picture)}
    for longest in (limits.DISPLAYED, 1500, 700, 300, 120):
        components = list(_components(parts, longest, server, names))
        if displayed(components) <= limits.DISPLAYED:
            break
    if not components:
        raise Unfit("a card without parts")
    made = [{"type": CONTAINER, "components": components}]
    _part_namesakes(made, {})
    if count(made) > limits.COMPONENTS or displayed(made) > limits.DISPLAYED:
        raise Unfit(f"a card of {count(made)} components and {displayed(made)} characters")
    body = {"components": made, "flags": limits.COMPONENTS_V2, "allowed_mentions": NO_MENTIONS}
    sent = [(name, alts[drawing]) for drawing, name in named if drawing in alts]
    attached = [
        {"id": str(number), "filename": name, "description": described(alt)} for number, (name, alt) in enumerate(sent)
    ]
    return body | {"attachments": attached} if attached else body


def described(alt: str) -> str:
    """A picture in words, for who does not see it."""
    return shorten(alt, limits.DESCRIPTION) or "…"


AGAIN = "#"
"""Stands before the number of a second button with the same action: ids are unique within a message."""


def _part_namesakes(components: Sequence[Json], seen: dict[str, int]) -> None:
    for one in components:
        if action := one.get("custom_id"):
            seen[action] = seen.get(action, 0) + 1
            if seen[action] > 1:
                one["custom_id"] = f"{action}{AGAIN}{seen[action]}"
        _part_namesakes([*one.get("components", ()), *([one["accessory"]] if "accessory" in one else [])], seen)


def action_of(custom_id: str) -> str:
    """The action of a pressed button."""
    return custom_id.partition(AGAIN)[0]


def rooms_in(shown: Card) -> Iterable[str]:
    """The rooms that a card leads to."""
    for part in shown.parts:
        match part:
            case Buttons(items):
                yield from (item.room for item in items if isinstance(item, JumpButton))
            case Heading(text) | Words(text) | Note(text):
                yield from (node.room for node in _nodes(as_doc(text)) if isinstance(node, Jump))


def notified(shown: Card) -> dict[str, list[str]]:
    """Whom the card tells, as allowed mentions: roles, and persons; nothing else in it may notify anybody."""
    told = [part.text for part in shown.parts if isinstance(part, Heading | Words | Note)]
    nodes = [node for text in told for node in _nodes(as_doc(text))]
    roles = [node.ref for node in nodes if isinstance(node, Crowd) and node.ref.isascii() and node.ref.isdigit()]
    users = [user for node in nodes if isinstance(node, Called) and (user := user_of(node.account))]
    return {what: list(dict.fromkeys(ids)) for what, ids in (("roles", roles), ("users", users)) if ids}


def _nodes(tree: Doc) -> Iterable[Node]:
    for node in tree:
        yield node
        if isinstance(node, Styled):
            yield from _nodes(node.children)


def count(components: Sequence[Json]) -> int:
    """Components, nested ones and accessories too."""
    return sum(
        1 + count(one.get("components", ())) + count([one["accessory"]] if "accessory" in one else [])
        for one in components
    )


def displayed(components: Sequence[Json]) -> int:
    """Characters in all text displays."""
    return sum(len(text) for text in texts(components))


def texts(components: Sequence[Json]) -> Iterable[str]:
    """What the text displays say, top to bottom; of a received message too."""
    for one in components:
        if one.get("type") == TEXT_DISPLAY:
            yield str(one.get("content", ""))
        yield from texts(one.get("components") or ())


def _components(parts: Sequence[Part], longest: int, server: str, names: Mapping[Drawing, str]) -> Iterable[Json]:
    """Text that follows text goes into one display: fewer components, and lines that stand together."""
    lines: list[str] = []
    for part in parts:
        for made in _part(part, longest, server, names):
            if isinstance(made, str):
                if made.strip():
                    lines.append(made)
                continue
            yield from _display(lines)
            lines = []
            yield made
    yield from _display(lines)


def _display(lines: list[str]) -> Iterable[Json]:
    if lines:
        yield {"type": TEXT_DISPLAY, "content": "\n".join(lines)}


def _part(part: Part, longest: int, server: str, names: Mapping[Drawing, str]) -> Iterable[str | Json]:
    match part:
        case Heading(text):
            yield spell((Styled("bold", as_doc(_cut(text, longest))),), server) if plain(text).strip() else ""
        case Words(text):
            yield spell(_cut(text, longest), server)
        case Note(text):
            yield small(spell(_cut(text, longest), server))
        case Choices(items):
            for choice in items:
                yield _choice(choice, longest)
        case Select():
            yield _select(part)
        case Buttons(buttons):
            made: list[Json] = []
            for item in buttons:
                if words := _unpressable(item, server):
                    yield words
                else:
                    made.append(_button(item, server))
            for start in range(0, len(made), limits.ROW_BUTTONS):
                yield {"type": ACTION_ROW, "components": made[start : start + limits.ROW_BUTTONS]}
        case Scale(steps):
            for start in range(0, len(steps), limits.ROW_BUTTONS):
                row = [_button(item, server) for item in steps[start : start + limits.ROW_BUTTONS]]
                yield {"type": ACTION_ROW, "components": row}
        case Picture(drawing, alt) if drawing in names:
            media = {"url": f"attachment://{names[drawing]}"}
            yield {"type": GALLERY, "items": [{"media": media, "description": described(alt)}]}
        case Picture(_, alt):
            yield small(spell(_cut(alt, longest), server))
        case Divider():
            yield {"type": SEPARATOR, "divider": True, "spacing": 1}


def _cut(text: Text, longest: int) -> Text:
    words = plain(text)
    return text if len(words) <= longest else shorten(words, longest)


def small(written: str) -> str:
    """Small grey text; the sign counts for one line only."""
    return "\n".join(f"-# {line}" for line in written.split("\n") if line.strip())


def _choice(item: Choice, longest: int) -> str | Json:
    first = f"**{escape(item.letter)}** {escape(_cut_words(item.label, longest))}"
    result = f"{escape(item.result)}  {bar(item.share)}".strip() if item.result or item.share is not None else ""
    written = f"{first}\n{small(result)}" if result else first
    if item.button is None:
        return written
    return {
        "type": SECTION,
        "components": [{"type": TEXT_DISPLAY, "content": written}],
        "accessory": _button(item.button, ""),
    }


def _cut_words(text: str, longest: int) -> str:
    return text if len(text) <= longest else shorten(text, longest)


def bar(share: float | None) -> str:
    """The share once more as a bar, behind the words that say it."""
    if share is None:
        return ""
    filled = round(max(0.0, min(1.0, share)) * BAR)
    return "█" * filled + "░" * (BAR - filled)


def _unpressable(item: AnyButton, server: str) -> str:
    """In words what no button can lead to; empty for all others."""
    match item:
        case LinkButton(label, url, _) if not _pressable(url):
            return escape(f"{label} ({url})")
        case JumpButton(label) if not _where(item, server):
            return escape(label)
        case _:
            return ""


def _button(item: AnyButton, server: str) -> Json:
    label = shorten(item.label, limits.LABEL) or "…"
    match item:
        case Button(_, action, style):
            return {"type": BUTTON, "style": STYLES[style], "label": label, "custom_id": action}
        case LinkButton(_, url, _):
            return {"type": BUTTON, "style": LINK_STYLE, "label": label, "url": url}
        case JumpButton():
            return {"type": BUTTON, "style": LINK_STYLE, "label": label, "url": _where(item, server)}


def _where(item: JumpButton, server: str) -> str:
    return address(DIRECT if item.direct else server, item.room, item.ref)


def _pressable(url: str) -> bool:
    """Whether a button may lead there; else its address is shown in words."""
    return web_address(url) is not None and len(url) <= limits.BUTTON_URL


def _select(part: Select) -> Json:
    if not 1 <= len(part.options) <= limits.SELECT_OPTIONS:
        raise Unfit(f"a select of {len(part.options)} options")
    options = [{"label": shorten(option.label, limits.OPTION) or "…", "value": option.value} for option in part.options]
    menu = {
        "type": SELECT,
        "custom_id": part.action,
        "placeholder": shorten(part.placeholder, limits.PLACEHOLDER),
        "options": options,
        "min_values": min(part.least, len(options)),
        "max_values": min(max(part.most, 1), len(options)),
    }
    return {"type": ACTION_ROW, "components": [menu]}
