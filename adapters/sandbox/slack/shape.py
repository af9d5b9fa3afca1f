"""A small language for the shape of JSON; every breach is said in the words that Slack's own validator uses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any, str, list[str]], None]


def breach(text: str, path: str, found: list[str]) -> None:
    found.append(f"{text} [json-pointer:{path}]")


def anything(value: Any, path: str, found: list[str]) -> None:
    """Accepts every value."""


def flag(value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, bool):
        breach("must be a boolean", path, found)


def number(value: Any, path: str, found: list[str]) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        breach("must be a number", path, found)


def string(most: int | None = None, least: int = 0) -> Check:
    """A string of so many characters."""

    def check(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, str):
            breach("must provide a string", path, found)
        elif most is not None and len(value) > most:
            breach(f"must be less than {most + 1} characters", path, found)
        elif len(value) < least:
            breach(f"must be more than {least - 1} characters", path, found)

    return check


def choice(*allowed: Any) -> Check:
    def check(value: Any, path: str, found: list[str]) -> None:
        if value not in allowed:
            breach("must be a valid enum value", path, found)

    return check


def array(item: Check, most: int | None = None, least: int = 1) -> Check:
    def check(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, list):
            breach("must provide an array", path, found)
            return
        if most is not None and len(value) > most:
            breach(f"no more than {most} items allowed", path, found)
        if len(value) < least:
            breach(f"must have at least {least} items", path, found)
        for place, entry in enumerate(value):
            item(entry, f"{path}/{place}", found)

    return check


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with these keys and no others."""

    fields: Mapping[str, Check]
    required: Collection[str] = ()
    also: Check = field(default=anything)
    """A rule over the whole object."""

    def __call__(self, value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, dict):
            breach("must provide an object", path, found)
            return
        for name in self.required:
            if name not in value:
                breach(f"missing required field: {name}", path, found)
        for name, entry in value.items():
            check = self.fields.get(name)
            if check is None:
                breach(f"invalid additional property: {name}", path, found)
            else:
                check(entry, f"{path}/{name}", found)
        self.also(value, path, found)


def typed(shapes: Mapping[str, Shape]) -> Check:
    """An object whose ``type`` says which shape it has."""

    def check(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, dict):
            breach("must provide an object", path, found)
            return
        kind = value.get("type")
        shape = shapes.get(kind) if isinstance(kind, str) else None
        if shape is None:
            breach(f"unsupported type: {kind}", f"{path}/type", found)
        else:
            shape(value, path, found)

    return check


def either(*checks: Check) -> Check:
    """At least one of the checks finds nothing; otherwise the first one's breaches are told."""

    def check(value: Any, path: str, found: list[str]) -> None:
        first: list[str] | None = None
        for one in checks:
            mine: list[str] = []
            one(value, path, mine)
            if not mine:
                return
            first = mine if first is None else first
        found.extend(first or [])

    return check
