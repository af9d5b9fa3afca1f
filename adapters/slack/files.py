"""Files of a message as links with name and size, each on a line of its own; never the address of their content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.markup import is_web
from core.domain.text import Doc, Leaf, Link, Node, one_line

GONE = ("tombstone", "hidden_by_limit")
"""Modes of files that are not there any more (reference/objects/file-object)."""
STEP = 1000
UNITS = ("bytes", "kB", "MB", "GB")


def attached(message: Mapping[str, Any]) -> Doc:
    """``name, 1.2 MB`` for each file, leading to its page; a file without one is its name."""
    files = message.get("files")
    shown = [_file(one) for one in files if isinstance(one, dict)] if isinstance(files, list) else []
    tree: list[Node] = []
    for node in shown:
        if node is not None:
            tree += [Leaf("\n"), node] if tree else [node]
    return tuple(tree)


def _file(told: Mapping[str, Any]) -> Node | None:
    if told.get("mode") in GONE:
        return None
    # Of a file from a connected workspace only the id may be told.
    name = next((one_line(value) for it in ("name", "title") if isinstance(value := told.get(it), str) and value), "")
    size = told.get("size")
    words = ", ".join(one for one in (name or "a file", in_words(size) if isinstance(size, int) else "") if one)
    link = told.get("permalink")
    return Link(link, words) if isinstance(link, str) and is_web(link) else Leaf(words)


def in_words(size: int) -> str:
    """``1.2 MB``, ``340 kB``, ``1 byte``; nothing for nothing."""
    if size <= 0:
        return ""
    unit, amount = 0, float(size)
    while round(amount) >= STEP and unit < len(UNITS) - 1:
        unit, amount = unit + 1, amount / STEP
    if unit == 0:
        return "1 byte" if size == 1 else f"{size} bytes"
    return f"{amount:.1f} {UNITS[unit]}" if amount < 10 else f"{amount:.0f} {UNITS[unit]}"
