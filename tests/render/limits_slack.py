"""Slack's rules for blocks and views, written from its documentation alone: what a message must not break.

Numbers stand here a second time on purpose; this file knows nothing of the adapter. Where the project's copy of
Slack's published types is at hand, every block is held to that as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

TYPES = Path(__file__).resolve().parents[3] / "shared" / "specs" / "slack_types.schema.json"
TEXTS = {"section": 3000, "header": 150}
RICH_INLINE = {"text", "link", "channel", "date", "emoji"}
"""What a bot's line may hold: nothing here calls anybody."""
WORDS = {"text", "value", "action_id", "block_id", "accessibility_label", "initial_value", "url"}
"""Where Slack's types take any words."""


def broken(blocks: list[dict[str, Any]], text: str) -> list[str]:
    """Every rule of a message that is broken."""
    found = [*_of_blocks(blocks, 50), *_of_text(text)]
    if sum(len(one) for block in blocks for one in _strings(block)) > 13_200:
        found.append("the words of all blocks are too long together")
    return found


def broken_view(view: dict[str, Any]) -> list[str]:
    """Every rule of a modal that is broken."""
    found = list(_of_blocks(view["blocks"], 100))
    for name in ("title", "submit", "close"):
        if name in view and not 1 <= len(view[name]["text"]) <= 24:
            found.append(f"{name} has 1 to 24 characters")
    if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
        found.append("inputs need a submit button")
    if len(view.get("private_metadata", "")) > 3000 or len(view.get("callback_id", "")) > 255:
        found.append("metadata or callback_id is too long")
    if len(json.dumps(view)) > 250_000:
        found.append("a view holds 250 kB")
    return found


def _of_text(text: str) -> Iterator[str]:
    if not 1 <= len(text) <= 4000:
        yield f"text has 1 to 4,000 characters, not {len(text)}"


def _of_blocks(blocks: list[dict[str, Any]], most: int) -> Iterator[str]:
    if not 1 <= len(blocks) <= most:
        yield f"1 to {most} blocks, not {len(blocks)}"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)) or any(not 1 <= len(one) <= 255 for one in ids):
        yield "block ids are unique and have 1 to 255 characters"
    for block in blocks:
        yield from _of_block(block)
        yield from _by_types(block)


def _of_block(block: dict[str, Any]) -> Iterator[str]:
    match block["type"]:
        case "section":
            yield from _text_object(block["text"], 3000)
            if "accessory" in block:
                yield from _element(block["accessory"])
        case "context":
            if not 1 <= len(block["elements"]) <= 10:
                yield "a context has 1 to 10 elements"
            for element in block["elements"]:
                yield from _text_object(element, 2000)
        case "actions":
            names = [element["action_id"] for element in block["elements"]]
            if not 1 <= len(names) <= 25 or len(set(names)) != len(names):
                yield "an actions block has 1 to 25 elements, each with its own action_id"
            for element in block["elements"]:
                if element["type"].startswith("multi_"):
                    yield "a menu for several cannot stand in an actions block"
                yield from _element(element)
        case "input":
            yield from _text_object(block["label"], 2000)
            if "hint" in block:
                yield from _text_object(block["hint"], 2000)
            yield from _element(block["element"])
        case "rich_text":
            for section in block["elements"]:
                for element in section["elements"]:
                    if element["type"] not in RICH_INLINE:
                        yield f"rich text holds a {element['type']}"
                    if element["type"] == "text" and not element["text"]:
                        yield "rich text holds empty words"
        case "image":
            if not 1 <= len(block["alt_text"]) <= 2000:
                yield "alt_text has 1 to 2,000 characters"
            if set(block.get("slack_file", {})) != {"id"} or not re.fullmatch(
                r"F[A-Z0-9]{8,}", block["slack_file"]["id"]
            ):
                yield "a file is named by its id alone"
        case "divider":
            pass
        case other:
            yield f"an unexpected block: {other}"


def _text_object(made: dict[str, Any], most: int) -> Iterator[str]:
    if not 1 <= len(made["text"]) <= most:
        yield f"a text has 1 to {most} characters, not {len(made['text'])}"
    if made["type"] == "mrkdwn" and made.get("verbatim") is not True:
        yield "Slack would look for links and names in this text"


def _element(element: dict[str, Any]) -> Iterator[str]:
    if not 1 <= len(element["action_id"]) <= 255:
        yield "an action_id has 1 to 255 characters"
    match element["type"]:
        case "button":
            yield from _text_object(element["text"], 75)
            if len(element.get("accessibility_label", "")) > 75 or len(element.get("url", "")) > 3000:
                yield "a button's spoken label has 75 characters, its address 3,000"
            if element.get("style", "primary") not in ("primary", "danger"):
                yield "a button is primary, danger or neither"
        case "plain_text_input":
            if not 1 <= element["max_length"] <= 3000 or len(element.get("initial_value", "")) > element["max_length"]:
                yield "an input holds at most 3,000 characters, and what it begins with"
        case "static_select" | "multi_static_select" as kind:
            yield from _text_object(element["placeholder"], 150)
            yield from _options(element, 100)
            if kind.startswith("multi_") and not 1 <= element["max_selected_items"] <= len(element["options"]):
                yield "a menu for several allows one to all"
        case "users_select":
            yield from _text_object(element["placeholder"], 150)
            if not element.get("initial_user", "U").startswith(("U", "W")):
                yield "a user's id begins with U or W"
        case "radio_buttons" | "checkboxes":
            yield from _options(element, 10)
        case other:
            yield f"an unexpected element: {other}"


def _options(element: dict[str, Any], most: int) -> Iterator[str]:
    options = element["options"]
    if not 1 <= len(options) <= most:
        yield f"1 to {most} options"
    if len({one["value"] for one in options}) != len(options):
        yield "options differ in their values"
    for one in options:
        yield from _text_object(one["text"], 75)
        if not 1 <= len(one["value"]) <= 150:
            yield "an option's value has 1 to 150 characters"
    chosen = element.get("initial_options", [])
    if any(
        one not in options for one in [*chosen, *([element["initial_option"]] if "initial_option" in element else [])]
    ):
        yield "what is chosen at first is one of the options"


def _strings(node: object) -> Iterable[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("text", "fallback") and isinstance(value, str):
                yield value
            else:
                yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


@cache
def _types() -> Any:
    if not TYPES.exists():
        return None
    told = TYPES.read_text()
    assert not re.search(r'"(minLength|maxLength|pattern|format)": *[\d"]', told), (
        "words matter to the types: judge each"
    )
    schema = json.loads(told)
    schema["$ref"] = "#/definitions/KnownBlock"
    return jsonschema.validators.validator_for(schema)(schema)


def _by_types(block: dict[str, Any]) -> Iterator[str]:
    """Slack's own published types, which allow no key that they do not name."""
    if not _as_in_types(json.dumps(_shape(block))):
        yield f"not a block by Slack's types: {json.dumps(block)[:300]}"


@cache
def _as_in_types(shape: str) -> bool:
    validator = _types()
    return validator is None or bool(validator.is_valid(json.loads(shape)))


def _shape(node: Any, name: str = "") -> Any:
    """The block with other words: the types say nothing of words, and judging one takes milliseconds."""
    if isinstance(node, dict):
        return {name: _shape(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_shape(one) for one in node]
    return "words" if isinstance(node, str) and name in WORDS else node
