"""Frozen dataclasses to JSON and back, exactly: a class is named by its tag, a tuple is a list.

Written here because the trees are unions of look-alikes (Heading, Words and Note all hold one text), which the
serialising libraries tell apart only by a tag that would have to stand in the domain's own classes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import is_dataclass
from functools import cache
from typing import Any

import orjson

from core.app.outcome import Outcome
from core.domain import drawing, form, text, view
from core.domain.interactions import KINDS
from core.domain.interactions.parts import parts_of

TAG = "$"
_PLAIN = frozenset({str, int, bool, float, type(None)})


@cache
def _classes() -> dict[str, type[Any]]:
    known: Iterable[Any] = (value for module in (view, form, text, drawing) for value in vars(module).values())
    made = {it.__name__: it for it in known if isinstance(it, type) and is_dataclass(it)} | {"Outcome": Outcome}
    asked = [parts_of(kind).Question for kind in KINDS.values() if "parts" in kind.TRAITS]
    return made | {it.__name__: it for it in asked}


@cache
def _names(of: Hashable) -> tuple[str, ...]:
    fields: dict[str, Any] = getattr(of, "__dataclass_fields__", {})
    return tuple(fields)


def pack(value: Any) -> Any:
    """The value as JSON's own types."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return [pack(item) for item in value]
    if kind is dict:
        return {name: pack(item) for name, item in value.items()}
    if is_dataclass(kind):
        packed = {TAG: kind.__name__}
        for name in _names(kind):
            packed[name] = pack(getattr(value, name))
        return packed
    return value


def unpack(value: Any) -> Any:
    """What :func:`pack` made; raises KeyError for a class that does not exist any more."""
    if isinstance(value, list):
        return tuple(unpack(item) for item in value)
    if isinstance(value, dict):
        inner = {name: unpack(item) for name, item in value.items() if name != TAG}
        return _classes()[value[TAG]](**inner) if TAG in value else inner
    return value


def dumps(value: Any) -> str:
    return orjson.dumps(pack(value)).decode()


def loads(kept: str) -> Any:
    return unpack(orjson.loads(kept))


def dumps_spec(spec: Any) -> str:
    """A kind's Spec without its tag: the kind is named in a column of its own."""
    return orjson.dumps({name: pack(getattr(spec, name)) for name in _names(spec.__class__)}).decode()


def loads_spec(of: type[Any], kept: str) -> Any:
    return of(**unpack(orjson.loads(kept)))
