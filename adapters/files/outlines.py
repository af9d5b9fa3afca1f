"""The text of a session file as an outline: YAML 1.2's plain data with lines, and nothing that grows or runs.

Only the parser's events are used. Aliases and tags are refused, so nothing can unfold to more than was written; what
is plain (``14:30``, ``no``) stays the text that it is in YAML 1.2, where YAML 1.1 sees numbers and booleans.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml
from yaml.reader import ReaderError

from core.domain.plan_nodes import FILE_BYTES, NESTED, NODES, Many, Mistake, Named, Node, One, OneKind, Outline
from core.domain.words import shorten

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""With libyaml a megabyte takes a fifth of a second, without it several."""
_STRING = "tag:yaml.org,2002:str"
_PLAIN: tuple[tuple[OneKind, re.Pattern[str]], ...] = (
    ("null", re.compile(r"~|null|Null|NULL|")),
    ("boolean", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("number", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+")),
    ("number", re.compile(r"[-+]?(?:\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")),
)
"""The core schema of YAML 1.2 (yaml.org/spec/1.2.2, 10.3.2)."""


class Unreadable(Exception):
    def __init__(self, line: int, column: int, sentence: str) -> None:
        super().__init__(sentence)
        self.mistake = Mistake(line, column, sentence)


def outline(text: str | bytes) -> Outline:
    """The nodes of the only document, or the mistake that keeps it from being read. Never raises."""
    try:
        return _node(_decoded(text))
    except Unreadable as found:
        return (found.mistake,)
    except ReaderError as odd:
        return (_odd(text, odd),)
    except yaml.MarkedYAMLError as wrong:
        return (_mistake(wrong),)
    except yaml.YAMLError:
        return (Mistake(1, 1, "This cannot be read as YAML. Compare it with the example file."),)


def _decoded(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode(errors="replace")
    if len(raw) > FILE_BYTES:
        raise Unreadable(1, 1, f"The file has {len(raw):,} bytes; {FILE_BYTES:,} fit. Make two sessions of it.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        raise Unreadable(line, 1, "A character here is not UTF-8. Save the file as UTF-8.") from None


@dataclass(slots=True)
class _Open:
    """A list, or names and values, that is not finished."""

    line: int
    column: int
    named: bool
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[One, Node]] = field(default_factory=list)
    key: One | None = None

    def take(self, node: Node) -> None:
        if not self.named:
            self.items.append(node)
        elif self.key is not None:
            self.entries.append((self.key, node))
            self.key = None
        elif isinstance(node, One):
            self.key = node
        else:
            raise Unreadable(node.line, node.column, "A name is one word; here stands a list or another table.")

    def closed(self) -> Node:
        if self.named:
            return Named(self.line, self.column, tuple(self.entries))
        return Many(self.line, self.column, tuple(self.items))


def _node(text: str) -> Node:
    nested: list[_Open] = []
    root: Node | None = None
    count = 0
    for event in yaml.parse(text, Loader=_LOADER):
        assert event.start_mark is not None, "the parser marks every event"
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        node: Node | None = None
        if isinstance(event, yaml.NodeEvent):
            _check(event, line, column)
            count += 1
            if count > NODES:
                raise Unreadable(line, column, f"The file holds more than {NODES:,} values. Make two sessions of it.")
        if isinstance(event, yaml.CollectionStartEvent):
            if len(nested) == NESTED:
                raise Unreadable(line, column, "Lists inside lists go too deep here; no session file needs that.")
            nested.append(_Open(line, column, isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.CollectionEndEvent):
            node = nested.pop().closed()
        elif isinstance(event, yaml.ScalarEvent):
            node = One(line, column, event.value, _kind(event))
        elif isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise Unreadable(line, column, "A second document begins here. One file is one session: remove the ---.")
        if node is not None and nested:
            nested[-1].take(node)
        elif node is not None:
            root = node
    return root or One(1, 1, "", "null")


def _check(event: yaml.NodeEvent, line: int, column: int) -> None:
    named = shorten(event.anchor or "", 40)
    if isinstance(event, yaml.AliasEvent):
        raise Unreadable(line, column, f"“*{named}” repeats something; write it out in full, or quote it.")
    if event.anchor is not None:
        raise Unreadable(line, column, f"“&{named}” marks something for repeating; remove it, or quote it.")
    tag = getattr(event, "tag", None)
    if tag not in (None, "!", _STRING):
        raise Unreadable(line, column, "A tag (a word that begins with “!”) stands here; remove it, or quote it.")


def _kind(event: yaml.ScalarEvent) -> OneKind:
    if not event.implicit[0] or event.tag is not None:
        return "string"  # quoted, or a block of text
    return next((kind for kind, pattern in _PLAIN if pattern.fullmatch(event.value)), "string")


_SENTENCES = (
    ("mapping values are not allowed", "A colon stands inside a text here. Put the whole text into quotes."),
    ("cannot start any token", "A text cannot begin with this sign, and a tab cannot indent. Use quotes, or spaces."),
    ("quoted scalar", "A quote that begins here has no end. Add the closing quote."),
    ("flow sequence", "A list that begins with [ has no end, or lacks a comma. Look for the missing ] or comma."),
    ("flow mapping", "A part that begins with { has no end, or lacks a comma. Look for the missing } or comma."),
    ("could not find expected ':'", "A name without a colon stands here. Write “name: value”."),
    ("block collection", "This line is indented otherwise than the lines it belongs to. Align them."),
    ("block mapping", "This line is indented otherwise than the lines it belongs to. Align them."),
    ("block scalar", "This text is indented otherwise than it began. Align its lines."),
)
"""What the parser says, and what people read. Without one that fits, it is the last sentence below."""


def _mistake(wrong: yaml.MarkedYAMLError) -> Mistake:
    mark = wrong.problem_mark or wrong.context_mark
    said = f"{wrong.problem} {wrong.context}"
    if any(it in said for it in ("quoted scalar", "flow", "expected ':'")):
        mark = wrong.context_mark or mark
    sentence = next((ours for theirs, ours in _SENTENCES if theirs in said), "")
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Mistake(*place, sentence or "This cannot be read as YAML. Look for a missing quote, colon or space.")


def _odd(text: str | bytes, odd: ReaderError) -> Mistake:
    raw = text if isinstance(text, bytes) else text.encode(errors="replace")
    line = raw[: max(odd.position, 0)].count(b"\n") + 1
    return Mistake(line, 1, "A character here cannot be seen and does not belong into a text. Remove it.")
