"""A message that has only a string: entities always mean something; stars and the like where a person wrote mrkdwn.

Every line that a person types comes with rich text (docs.slack.dev/reference/block-kit/blocks/rich-text-block); strings
alone come from ``/me``, from older clients and from what was posted for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapters.slack.emojis import spelled
from adapters.slack.markup import unescape
from core.domain.ids import SECOND, AccountId, Instant
from core.domain.links import leads
from core.domain.text import Doc, Fence, Item, Leaf, Link, Mention, Node, Quoted, Style, Styled, When, doc
from core.domain.text_tidy import merged

_ENTITY = re.compile(r"<([^<>\n]*)>")
_TOKEN = re.compile(r"\{(\w+)\}")
LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called: filled before a message is read, so that reading needs no network."""

    home: str = ""
    """Where the accounts of mentioned people live: the workspace or the organisation."""
    people: Mapping[str, str] = field(default_factory=dict)
    rooms: Mapping[str, str] = field(default_factory=dict)
    site: str = ""
    """The workspace's own address: below it its messages have theirs."""

    def person(self, user: str) -> Mention:
        return Mention(AccountId(f"slack:{self.home}:{user}"), self.people.get(user) or "someone")

    def room(self, ref: str) -> Leaf:
        return Leaf(f"#{self.rooms.get(ref) or 'channel'}")


def from_text(text: str, names: Names) -> Doc:
    """An escaped string with entities; stars and the like stay the characters that they are."""
    nodes: list[Node] = []
    last = 0
    for hit in _ENTITY.finditer(text):
        nodes += [Leaf(unescape(text[last : hit.start()])), *_entity(hit[1], names)]
        last = hit.end()
    nodes.append(Leaf(unescape(text[last:])))
    return tuple(node for node in nodes if node != Leaf(""))


def _entity(inside: str, names: Names) -> Doc:
    target, _, raw_label = inside.partition("|")
    label = unescape(raw_label)
    if target.startswith("@"):
        return (names.person(target[1:]),)
    if target.startswith("#"):
        return (Leaf(f"#{label}") if label else names.room(target[1:]),)
    if target.startswith("!"):
        return _special(target[1:], label)
    return (link(unescape(target), label),)


def link(url: str, label: str) -> Node:
    """A web address or a mailbox; all else is the words that stand for it."""
    bare = url.removeprefix("mailto:").removeprefix("tel:")
    if leads(url):
        return Link(url, "" if label in (url, bare) else label)
    return Leaf(f"{label} ({bare})" if label and label not in (url, bare) else bare)


def _special(target: str, label: str) -> Doc:
    name, *told = target.split("^")
    if name == "date" and len(told) >= 2:
        return date(told[0], told[1], label)
    if name in ("here", "channel", "everyone"):
        return (Leaf(f"@{name}"),)
    if name == "subteam":
        return (Leaf(label if label.startswith("@") else f"@{label or 'group'}"),)
    return (Leaf(label or target),)


def date(seconds: str, form: str, fallback: str) -> Doc:
    """An instant (docs.slack.dev/messaging/formatting-message-text, dates) and the words around it."""
    tokens = list(_TOKEN.finditer(form))
    if not tokens or not re.fullmatch(r"[0-9]{1,12}", seconds) or int(seconds) > LAST_SECOND:
        return (Leaf(fallback or form),)
    called = {hit[1] for hit in tokens}
    style: Literal["time", "date", "left"] = "date"
    if called <= {"time", "time_secs"}:
        style = "time"
    elif called == {"ago"}:
        style = "left"
    before, after = form[: tokens[0].start()], form[tokens[-1].end() :]
    return doc(before, When(Instant(int(seconds) * SECOND), style), after)


# -- mrkdwn (docs.slack.dev/messaging/formatting-message-text) -----------------------------------------------------

_FENCE = re.compile(r"```\n?(?=[^\n])((?:(?!```)[\s\S])+?)\n?```")
_QUOTE = re.compile(r"&gt; ?(.*)")
_BULLET = re.compile(r"( *)[•◦▪︎] +(\S.*)")
_INLINE = re.compile(r"<[^<>\n]*>|`([^`\n]+)`|:[a-z0-9_+'-]{1,100}:(?::skin-tone-[2-6]:)?|[*_~]")
_SIGNS: Mapping[str, Style] = {"*": "bold", "_": "italic", "~": "strike"}
_SPANS = {
    sign: re.compile(rf"[{sign}]((?![\s{sign}])(?:<[^<>\n]*>|[^\n{sign}<])*(?<!\s))[{sign}](?!\w)") for sign in _SIGNS
}


def from_mrkdwn(text: str, names: Names) -> Doc:
    """An escaped string as the client shows it: styles, quotes, bullets and code as well."""
    nodes: list[Node] = []
    last = 0
    for hit in _FENCE.finditer(text):
        nodes += [*_lines(text[last : hit.start()], names), Fence(unescape(hit[1]))]
        last = hit.end()
    return merged(node for node in (*nodes, *_lines(text[last:], names)) if node != Leaf(""))


def _lines(text: str, names: Names) -> Iterator[Node]:
    for index, line in enumerate(text.split("\n")):
        if index:
            yield Leaf("\n")
        if quote := _QUOTE.fullmatch(line):
            yield Quoted(tuple(_inline(quote[1], names)) or (Leaf("\n"),))
        elif bullet := _BULLET.fullmatch(line):
            yield Item(tuple(_inline(bullet[2], names)), len(bullet[1]) // 4)
        else:
            yield from _inline(line, names)


def _inline(text: str, names: Names, within: frozenset[Style] = frozenset()) -> Iterable[Node]:
    at = last = 0
    while found := _INLINE.search(text, at):
        at, taken = found.end(), _taken(text, found, names, within)
        if taken is not None:
            nodes, at = taken
            yield from (Leaf(unescape(text[last : found.start()])), *nodes)
            last = at
    yield Leaf(unescape(text[last:]))


def _taken(text: str, found: re.Match[str], names: Names, within: frozenset[Style]) -> tuple[Doc, int] | None:
    sign = found[0]
    if sign[0] == "<":
        return _entity(sign[1:-1], names), found.end()
    if sign[0] == "`":
        return (Styled("code", from_text(found[1], names)),), found.end()
    if sign[0] == ":":
        return (Leaf(spelled(sign)),), found.end()
    style, hit = _SIGNS[sign], _SPANS[sign].match(text, found.start())
    before = text[: found.start()][-1:]
    if hit is None or style in within or before.isalnum() or before == sign:
        return None
    return (Styled(style, tuple(_inline(hit[1], names, within | {style}))),), hit.end()
