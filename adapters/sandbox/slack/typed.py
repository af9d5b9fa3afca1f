"""What a person types becomes the ``text`` and the ``rich_text`` block that Slack sends with a message."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapters.sandbox.slack.marks import EMOJI, LINK, alias, escape

Find = Callable[[str], tuple[str, str] | None]
"""The text after ``@`` or ``#`` → (what was matched, its id)."""

_STYLES = {"*": "bold", "_": "italic", "~": "strike"}
_BROADCASTS = ("here", "channel", "everyone")
_ALIAS = re.compile(r":([a-z0-9_+\-]+):")
_CODE = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)


def encode(typed: str, person: Find, channel: Find, block_id: str) -> tuple[str, dict[str, Any]]:
    """(text, rich_text block) of a typed message."""
    writer = _Writer(person, channel)
    texts: list[str] = []
    parts: list[dict[str, Any]] = []
    last = 0
    for fence in [*_FENCE.finditer(typed), None]:
        before = typed[last : fence.start()] if fence else typed[last:]
        if before.strip("\n"):
            text, more = _lines(writer, before.strip("\n"))
            texts.append(text)
            parts.extend(more)
        if fence:
            texts.append(f"```{escape(fence[1])}```")
            code = [{"type": "text", "text": fence[1]}]
            parts.append({"type": "rich_text_preformatted", "elements": code, "border": 0})
            last = fence.end()
    return "\n".join(texts), {"type": "rich_text", "block_id": block_id, "elements": parts}


def _lines(writer: _Writer, typed: str) -> tuple[str, list[dict[str, Any]]]:
    """Runs of quoted and plain lines, each one rich text element."""
    texts: list[str] = []
    parts: list[dict[str, Any]] = []
    runs: list[tuple[bool, list[str]]] = []
    for line in typed.split("\n"):
        quoted = line.startswith("> ")
        if not runs or runs[-1][0] != quoted:
            runs.append((quoted, []))
        runs[-1][1].append(line[2:] if quoted else line)
    for quoted, lines in runs:
        text, inner = writer.inline("\n".join(lines), {})
        texts.append("\n".join(f"&gt; {one}" for one in text.split("\n")) if quoted else text)
        parts.append({"type": "rich_text_quote" if quoted else "rich_text_section", "elements": inner})
    return "\n".join(texts), parts


class _Writer:
    """Turns one run of typed text into mrkdwn and rich text elements, styles nested as typed."""

    def __init__(self, person: Find, channel: Find) -> None:
        self.person, self.channel = person, channel

    def inline(self, typed: str, style: dict[str, bool]) -> tuple[str, list[dict[str, Any]]]:
        texts: list[str] = []
        parts: list[dict[str, Any]] = []
        plain: list[str] = []

        def flush() -> None:
            if plain:
                parts.append(_styled({"type": "text", "text": "".join(plain)}, style))
                plain.clear()

        typed = alias(typed)
        place = 0
        while place < len(typed):
            taken = self._take(typed, place, style)
            if taken is None:
                plain.append(typed[place])
                texts.append(escape(typed[place]))
                place += 1
                continue
            flush()
            length, text, more = taken
            texts.append(text)
            parts.extend(more)
            place += length
        flush()
        return "".join(texts), parts

    def _take(self, typed: str, at: int, style: dict[str, bool]) -> tuple[int, str, list[dict[str, Any]]] | None:
        sign = typed[at]
        if sign == "@":
            return self._mention(typed, at, style)
        if sign == "#":
            found = self.channel(typed[at + 1 :])
            if found:
                name, id_ = found
                part = _styled({"type": "channel", "channel_id": id_}, style)
                return len(name) + 1, f"<#{id_}|{name}>", [part]
            return None
        if sign == "`" and (code := _CODE.match(typed, at)):
            part = _styled({"type": "text", "text": code[1]}, {**style, "code": True})
            return len(code[0]), f"`{escape(code[1])}`", [part]
        if sign == "h" and (link := LINK.match(typed, at)):
            return len(link[0]), f"<{escape(link[0])}>", [_styled({"type": "link", "url": link[0]}, style)]
        if sign == ":" and (word := _ALIAS.match(typed, at)) and word[1] in EMOJI:
            code_points = "-".join(f"{ord(one):x}" for one in EMOJI[word[1]])
            return len(word[0]), word[0], [{"type": "emoji", "name": word[1], "unicode": code_points}]
        if sign in _STYLES and _STYLES[sign] not in style:
            return self._marked(typed, at, style)
        return None

    def _mention(self, typed: str, at: int, style: dict[str, bool]) -> tuple[int, str, list[dict[str, Any]]] | None:
        rest = typed[at + 1 :]
        for word in _BROADCASTS:
            if re.match(rf"{word}\b", rest):
                return len(word) + 1, f"<!{word}>", [_styled({"type": "broadcast", "range": word}, style)]
        found = self.person(rest)
        if found is None:
            return None
        return len(found[0]) + 1, f"<@{found[1]}>", [_styled({"type": "user", "user_id": found[1]}, style)]

    def _marked(self, typed: str, at: int, style: dict[str, bool]) -> tuple[int, str, list[dict[str, Any]]] | None:
        mark = re.escape(typed[at])
        hit = re.compile(rf"{mark}(\S(?:[^\n{mark}]*\S)?){mark}(?!\w)").match(typed, at)
        if hit is None or (at and typed[at - 1].isalnum()):
            return None
        text, parts = self.inline(hit[1], {**style, _STYLES[typed[at]]: True})
        return len(hit[0]), f"{typed[at]}{text}{typed[at]}", parts


def _styled(part: dict[str, Any], style: dict[str, bool]) -> dict[str, Any]:
    return {**part, "style": dict(style)} if style else part
