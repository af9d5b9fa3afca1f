"""What may stand where in a session file: one description that both the reader and the editors' JSON Schema go by."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.domain.plan_nodes import Many, Mistake, Named, Node, One
from core.domain.words import shorten

Schema = dict[str, Any]
Mistakes = list[Mistake]


@dataclass(frozen=True, slots=True)
class TextShape:
    """One text; numbers and true and false are texts too, as written. ``pattern`` is searched as JSON Schema does."""

    longest: int = 150
    pattern: str = ""
    wanted: str = ""
    """The sentence for a text that the pattern refuses."""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlagShape:
    """``true`` or ``false``."""


@dataclass(frozen=True, slots=True)
class PickShape:
    """One of some words or numbers, each with what it means."""

    picks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListShape:
    of: Shape
    least: int = 1
    most: int = 100


@dataclass(frozen=True, slots=True)
class Key:
    """A name in a table; ``about`` says in a few words what it is."""

    shape: Shape
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class TableShape:
    """Names with values. Exactly one of ``either`` must be there, where some are named."""

    keys: Mapping[str, Key]
    either: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KindShape:
    """A table whose value ``kind`` says which table it is."""

    kinds: Mapping[str, TableShape]


Shape = TextShape | FlagShape | PickShape | ListShape | TableShape | KindShape


@dataclass(frozen=True, slots=True)
class Found:
    """A table that was read: what was in order, by name; what was not is left out."""

    node: Named
    values: Mapping[str, Any] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    """Names about which a mistake was told."""

    def one(self, name: str) -> One | None:
        value = self.values.get(name)
        return value if isinstance(value, One) else None

    def text(self, name: str) -> str:
        value = self.one(name)
        return value.text if value else ""

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.one(name)
        return value.text.lower() == "true" if value else default

    def many(self, name: str) -> tuple[Any, ...]:
        value = self.values.get(name)
        return value if isinstance(value, tuple) else ()

    def table(self, name: str) -> Found | None:
        value = self.values.get(name)
        return value if isinstance(value, Found) else None


# -- reading --------------------------------------------------------------------------------------------------------


def check(shape: Shape, node: Node, wrong: Mistakes, about: str) -> Any:
    """One for a single value, a tuple for a list, Found for a table; None where a mistake was put into ``wrong``."""
    match shape:
        case TextShape():
            return _text(shape, node, wrong, about)
        case FlagShape():
            if isinstance(node, One) and node.kind == "boolean":
                return node
            _tell(wrong, node, f"{_named(about)} is true or false.")
        case PickShape(picks):
            if isinstance(node, One) and node.kind in ("string", "number") and node.text in picks:
                return node
            _tell(wrong, node, f"{_named(about)} is one of: {', '.join(picks)}.{_near(node, picks)}")
        case ListShape():
            return _list(shape, node, wrong, about)
        case TableShape():
            return _table(shape, node, wrong, about)
        case KindShape():
            return _of_kind(shape, node, wrong, about)
    return None


def _text(shape: TextShape, node: Node, wrong: Mistakes, about: str) -> One | None:
    if not isinstance(node, One):
        here = "a list" if isinstance(node, Many) else "a table of names"
        _tell(wrong, node, f"{_named(about)} is one text; here stands {here}.")
        return None
    if node.kind == "null" or not re.search(r"\S", node.text):
        _tell(wrong, node, f"{_named(about)} is empty. Write something, or remove the line.")
        return None
    told = ""
    if len(node.text) > shape.longest:
        told = f"{_named(about)} has {len(node.text):,} characters; {shape.longest:,} fit."
    elif shape.pattern and not re.search(shape.pattern, node.text):
        told = shape.wanted
    if told:  # a schema's limits of texts say nothing about numbers
        _tell(wrong, node, told, shape=node.kind == "string")
    return None if told else node


def _list(shape: ListShape, node: Node, wrong: Mistakes, about: str) -> tuple[Any, ...] | None:
    if not isinstance(node, Many):
        _tell(wrong, node, f"{_named(about)} is a list: one item a line, each behind a hyphen.")
        return None
    number = len(node.items)
    if number < shape.least:
        told = f"has {number}; write {shape.least} at least" if number else "is empty. Fill it, or remove it"
        _tell(wrong, node, f"{_named(about)} {told}.")
    if number > shape.most:
        _tell(wrong, node, f"{_named(about)} has {number}; {shape.most} fit.")
    read = [check(shape.of, item, wrong, about) for item in node.items]
    return tuple(item for item in read if item is not None)


def _table(shape: TableShape, node: Node, wrong: Mistakes, about: str) -> Found | None:
    if not isinstance(node, Named):
        _tell(wrong, node, f"{_named(about)} holds names with values, such as “{next(iter(shape.keys))}: …”.")
        return None
    values: dict[str, Any] = {}
    first: dict[str, One] = {}
    doubtful: set[str] = set()
    for name, value in node.entries:
        if (before := first.get(name.text)) is not None:
            told = f"stands here for the second time; the first is on line {before.line}. Keep one."
            _tell(wrong, name, f"“{shorten(name.text, 40)}” {told}", shape=False)
            continue
        first[name.text] = name
        if (known := shape.keys.get(name.text)) is None:
            near = _near(name, shape.keys) or f" These are: {', '.join(shape.keys)}."
            _tell(wrong, name, f"“{shorten(name.text, 40)}” is not known here.{near}")
            continue
        many = len(wrong)
        if (read := check(known.shape, value, wrong, name.text)) is not None:
            values[name.text] = read
        if len(wrong) > many:
            doubtful.add(name.text)
    for missing in (name for name, known in shape.keys.items() if known.required and name not in first):
        _tell(wrong, node, f"“{missing}” is missing: {shape.keys[missing].about}.")
        doubtful.add(missing)
    _either(shape, node, first, wrong)
    return Found(node, values, frozenset(doubtful))


def _either(shape: TableShape, node: Named, first: Mapping[str, One], wrong: Mistakes) -> None:
    given = [name for name in shape.either if name in first]
    quoted = " or ".join(f"“{name}”" for name in shape.either)
    if shape.either and not given:
        _tell(wrong, node, f"{quoted} is missing: {shape.keys[shape.either[0]].about}.")
    elif len(given) > 1:
        _tell(wrong, first[given[1]], f"Give {quoted}, not both.")


def _of_kind(shape: KindShape, node: Node, wrong: Mistakes, about: str) -> Found | None:
    if not isinstance(node, Named):
        _tell(wrong, node, f"{_named(about)} holds names with values, beginning with “kind: …”.")
        return None
    kind = next((value for name, value in node.entries if name.text == "kind"), None)
    if isinstance(kind, One) and kind.kind == "string" and kind.text in shape.kinds:
        return _table(shape.kinds[kind.text], node, wrong, about)
    known = ", ".join(shape.kinds)
    if kind is None:
        _tell(wrong, node, f"“kind” is missing: one of {known}.")
    else:
        _tell(wrong, kind, f"“kind” is one of: {known}.{_near(kind, shape.kinds)}")
    return None


def _named(about: str) -> str:
    return f"“{about}”" if about else "This file"


def _near(node: Node, known: Mapping[str, object]) -> str:
    word = node.text.casefold()[:40] if isinstance(node, One) else ""
    near = difflib.get_close_matches(word, list(known), 1)
    return f" Did you mean “{near[0]}”?" if near else ""


def _tell(wrong: Mistakes, node: Node, sentence: str, *, shape: bool = True) -> None:
    wrong.append(Mistake(node.line, node.column, sentence, shape))


# -- for editors ----------------------------------------------------------------------------------------------------


def schema(shape: Shape) -> Schema:
    """The same as JSON Schema 2020-12."""
    match shape:
        case TextShape(longest, pattern, _, examples):
            made: Schema = {"type": ["string", "number", "boolean"], "maxLength": longest, "pattern": pattern or r"\S"}
            if pattern:
                made["allOf"] = [{"pattern": r"\S"}]
            return made | ({"examples": list(examples)} if examples else {})
        case FlagShape():
            return {"type": "boolean"}
        case PickShape(picks):
            numbers = {int(name): told for name, told in picks.items() if name.isdigit()}
            words: list[str | int] = [*picks, *numbers]
            return {"enum": words, "markdownEnumDescriptions": [*picks.values(), *numbers.values()]}
        case ListShape(of, least, most):
            return {"type": "array", "items": schema(of), "minItems": least, "maxItems": most}
        case TableShape():
            return {"type": "object", **_named_schema(shape)}
        case KindShape(kinds):
            return {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"enum": list(kinds)}},
                "allOf": [
                    {"if": _is(name), "then": _named_schema(table)} for name, table in kinds.items()
                ],
            }  # fmt: skip


def _is(kind: str) -> Schema:
    return {"properties": {"kind": {"const": kind}}, "required": ["kind"]}


def _named_schema(shape: TableShape) -> Schema:
    made: Schema = {
        "properties": {name: {**schema(it.shape), "description": it.about} for name, it in shape.keys.items()},
        "required": [name for name, it in shape.keys.items() if it.required],
        "additionalProperties": False,
    }
    if shape.either:
        made["oneOf"] = [{"required": [name]} for name in shape.either]
    return made
