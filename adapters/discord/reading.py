"""What a member typed, as the neutral text tree: markdown read by Discord's own rules; total, never raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from adapters.discord.blocks import pieces
from adapters.discord.markup import ZERO_WIDTH
from core.domain.ids import SECOND, AccountId, Instant
from core.domain.links import host
from core.domain.text import Doc, Fence, Item, Leaf, Link, Mention, Node, Quoted, Style, Styled, When, doc, plain

DEEPEST = 6
"""Styles within styles; more are read as they stand."""
LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""


class Names(Protocol):
    """What things of a server are called, as far as the gateway told."""

    def guild(self, ident: str) -> str | None: ...

    def channel(self, ident: str) -> str | None: ...

    def role(self, guild: str, ident: str) -> str | None: ...


@dataclass(slots=True)
class Unnamed:
    """Knows nothing."""

    def guild(self, ident: str) -> str | None:
        return None

    def channel(self, ident: str) -> str | None:
        return None

    def role(self, guild: str, ident: str) -> str | None:
        return None


@dataclass(slots=True)
class Reader:
    """Reads one message's content; ``people`` holds the shown names of those it mentions, by user id."""

    people: Mapping[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=Unnamed)
    guild: str = ""

    def read(self, content: str) -> Doc:
        return tuple(self._blocks(content))

    def _blocks(self, text: str, *, quoted: bool = False) -> Iterator[Node]:
        for piece in pieces(text, quoted=quoted):
            match piece.kind:
                case "fence":
                    yield Fence(piece.text, piece.language)
                case "quote":
                    yield Quoted(tuple(self._blocks(piece.text, quoted=True)))
                case "item":
                    yield Item(self._nodes(piece.text, 0, set()), piece.depth, piece.number)
                case "heading":
                    # Larger letters belong to the platform; a line that stands out is what others can show.
                    yield from self._styled("bold", piece.text, 0)
                case _:
                    yield from self._nodes(piece.text, 0, set())

    def _nodes(self, text: str, depth: int, hopeless: set[str]) -> Doc:
        nodes: list[Node] = []
        words, at = "", 0
        while at < len(text):
            start = _START.search(text, at)
            if start is None:
                break
            words += text[at : start.start()]
            at = start.start()
            taken = self._rule(text, at, depth, hopeless)
            if taken is None:
                words += text[at]
                at += 1
                continue
            made, at = taken
            if isinstance(made, str):
                words += made
                continue
            if words:
                nodes.append(Leaf(words))
                words = ""
            nodes.extend(made)
        words += text[at:]
        if words:
            nodes.append(Leaf(words))
        return tuple(nodes)

    def _rule(self, text: str, at: int, depth: int, hopeless: set[str]) -> tuple[str | Doc, int] | None:
        for name, pattern, act in _RULES:
            if name in hopeless or text[at] not in _BEGINS[name]:
                continue
            found = pattern.match(text, at)
            if found is None:
                # No end of it from here on means none from any later place on; else long runs would cost the square.
                if name in _TO_THE_END and text.startswith(_BEGINS[name][0] * 2, at):
                    hopeless.add(name)
                continue
            made = act(self, found, depth)
            if made is not None:
                return made, found.end()
        return None

    def _styled(self, style: Style, inner: str, depth: int) -> Doc:
        if depth >= DEEPEST:
            return (Leaf(inner),)
        children = self._nodes(inner, depth + 1, set())
        return (Styled(style, children),) if children else ()

    def _mention(self, ident: str) -> Doc:
        return (Mention(AccountId(f"discord:{ident}"), self.people.get(ident, "somebody")),)

    def _link(self, label: str, url: str) -> Doc | None:
        """Styles in a label are not carried: what is pressed is one run of words."""
        words = plain(self._nodes(label, DEEPEST, set()))
        return (Link(url, words),) if host(url) else None


def _address(url: str) -> str | Doc:
    """An address as it stands; the client leaves a bracket that closes nothing in it outside."""
    behind = ""
    while url.endswith(")") and url.count(")") > url.count("("):
        url, behind = url[:-1], behind + ")"
    return doc(Link(url), behind) if host(url) else url + behind


_START = re.compile(rf"[\\`<\[*_~|h{ZERO_WIDTH}]")

Act = Callable[[Reader, "re.Match[str]", int], "str | Doc | None"]


def _timestamp(found: re.Match[str]) -> str | Doc | None:
    seconds = int(found[1])
    if not 0 <= seconds <= LAST_SECOND:
        return None
    letter = found[2] or "f"
    return (When(Instant(seconds * SECOND), "left" if letter == "R" else "time" if letter in "tT" else "date"),)


def _code_words(ticked: str) -> str:
    return re.sub(r"^ (?= *`)|(` *) $", r"\1", ticked)


_RULES: tuple[tuple[str, re.Pattern[str], Act], ...] = (
    ("escape", re.compile(r"\\([^0-9A-Za-z\s])"), lambda it, m, d: m[1]),
    ("unseen", re.compile(ZERO_WIDTH), lambda it, m, d: ""),
    (
        "fence",
        re.compile(r"```(?:[a-z0-9_+\-.#]*\n)?\n*([^\n](?:(?!```)[\s\S])*?)\n*```", re.IGNORECASE),
        lambda it, m, d: (Styled("code", (Leaf(m[1]),)),),
    ),
    (
        "code",
        re.compile(r"(`{1,2})(?!`)((?:(?!`{3})[\s\S])*?[^`])\1(?!`)"),
        lambda it, m, d: (Styled("code", (Leaf(_code_words(m[2])),)),),
    ),
    ("pointed", re.compile(r"<([^: >]+:/[^ >]+)>"), lambda it, m, d: doc(Link(m[1])) if host(m[1]) else m[1]),
    ("bare", re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]"), lambda it, m, d: _address(m[0])),
    ("member", re.compile(r"<@!?(\d{1,20})>"), lambda it, m, d: it._mention(m[1])),
    ("role", re.compile(r"<@&(\d{1,20})>"), lambda it, m, d: f"@{it.names.role(it.guild, m[1]) or 'role'}"),
    ("channel", re.compile(r"<#(\d{1,20})>"), lambda it, m, d: f"#{it.names.channel(m[1]) or 'channel'}"),
    ("emoji", re.compile(r"<a?(:\w{2,32}:)\d{1,20}>"), lambda it, m, d: m[1]),
    ("command", re.compile(r"<(/[^:<>\n]{1,100}):\d{1,20}>"), lambda it, m, d: m[1]),
    ("guide", re.compile(r"<id:(\w+)(?::\d+)?>"), lambda it, m, d: m[1]),
    ("time", re.compile(r"<t:(\d{1,13})(?::([tTdDfFsSR]))?>"), lambda it, m, d: _timestamp(m)),
    (
        "link",
        re.compile(r"\[((?:\\.|[^\[\]\\\n]){1,500})\]\(<?(https?://[^\s()<>]+)>?(?:\s+\"[^\"\n]*\")?\)"),
        lambda it, m, d: it._link(m[1], m[2]),
    ),
    ("bold", re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"), lambda it, m, d: it._styled("bold", m[1], d)),
    ("underline", re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"), lambda it, m, d: it._styled("italic", m[1], d)),
    ("strike", re.compile(r"~~([\s\S]+?)~~(?!_)"), lambda it, m, d: it._styled("strike", m[1], d)),
    ("spoiler", re.compile(r"\|\|([\s\S]+?)\|\|"), lambda it, m, d: it._styled("spoiler", m[1], d)),
    (
        "italic",
        re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])"),
        lambda it, m, d: it._styled("italic", m[1], d),
    ),
    (
        "slanted",
        re.compile(r"\*(?=\S)((?:\*\*(?=\S)[^*]+\*\*|\\[\s\S]|[^\\*])+?)\*(?!\*)"),
        lambda it, m, d: it._styled("italic", m[1], d),
    ),
)
_BEGINS: Mapping[str, str] = {
    "escape": "\\", "unseen": ZERO_WIDTH, "fence": "`", "code": "`", "bare": "h", "link": "[", "bold": "*",
    "underline": "_", "strike": "~", "spoiler": "|", "italic": "_", "slanted": "*",
    **dict.fromkeys(("pointed", "member", "role", "channel", "emoji", "command", "guide", "time"), "<"),
}  # fmt: skip
_TO_THE_END = frozenset({"bold", "underline", "strike", "spoiler"})
