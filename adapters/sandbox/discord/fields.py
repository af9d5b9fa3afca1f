"""Checks of single fields, from which the checks of whole request bodies are put together.

A check adds violations and never raises; the codes and sentences are those of Discord's "Invalid Form Body".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.discord.model import Json

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    path: Path
    code: str
    message: str
    refused: bool = True
    """False for what Discord ignores silently (an unknown key): recorded, but the request goes on."""

    def __str__(self) -> str:
        return f"{'.'.join(self.path) or 'body'}: {self.message} ({self.code})"


Found = list[Violation]
Check = Callable[[Any, Path, Found], None]


def error_tree(found: Found) -> Json:
    """The ``errors`` of the body, nested by path as Discord nests them."""
    tree: Json = {}
    for each in found:
        node = tree
        for step in each.path:
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": each.code, "message": each.message})
    return tree


def anything(value: Any, path: Path, found: Found) -> None:
    """No rule of its own."""


def text(most: int, least: int = 0) -> Check:
    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, str):
            found.append(Violation(path, "STRING_TYPE_CONVERT", f"Could not interpret {value!r:.40} as string."))
        elif len(value) > most and not least:
            found.append(Violation(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length."))
        elif not least <= len(value) <= most:
            found.append(Violation(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."))

    return check


def number(least: int, most: int) -> Check:
    def check(value: Any, path: Path, found: Found) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            found.append(Violation(path, "NUMBER_TYPE_COERCE", f'Value "{value!r:.40}" is not int.'))
        elif value > most:
            found.append(Violation(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}."))
        elif value < least:
            found.append(Violation(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}."))

    return check


def boolean(value: Any, path: Path, found: Found) -> None:
    if not isinstance(value, bool):
        found.append(Violation(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false."))


def snowflake(value: Any, path: Path, found: Found) -> None:
    # discord.py sends some ids as numbers; Discord takes both.
    if isinstance(value, bool) or not (
        isinstance(value, int) or (isinstance(value, str) and value.isascii() and value.isdigit())
    ):
        found.append(Violation(path, "NUMBER_TYPE_COERCE", f'Value "{value!r:.40}" is not snowflake.'))


def digits(value: Any, path: Path, found: Found) -> None:
    """A permission set, sent as a string of digits."""
    if not str(value).isdigit():
        found.append(Violation(path, "NUMBER_TYPE_COERCE", f'Value "{value!r:.40}" is not int.'))


def one_of(*allowed: object) -> Check:
    def check(value: Any, path: Path, found: Found) -> None:
        if value not in allowed or (isinstance(value, bool) and not any(isinstance(each, bool) for each in allowed)):
            shown = "{" + ", ".join(map(str, allowed)) + "}"
            found.append(Violation(path, "BASE_TYPE_CHOICES", f"Value must be one of {shown}."))

    return check


def url(most: int = 2048, *schemes: str) -> Check:
    allowed = schemes or ("http", "https")

    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, str) or not value:
            found.append(Violation(path, "URL_TYPE_INVALID_URL", "Not a well formed URL."))
        elif len(value) > most:
            found.append(Violation(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length."))
        elif value.partition("://")[0].lower() not in allowed:
            message = f'Scheme "{value.partition(":")[0]}" is not supported. Scheme must be one of {allowed}.'
            found.append(Violation(path, "URL_TYPE_INVALID_SCHEME", message))
        elif re.search(r"\s", value) or not value.partition("://")[2]:
            found.append(Violation(path, "URL_TYPE_INVALID_URL", "Not a well formed URL."))

    return check


def each(item: Check, most: int, least: int = 0) -> Check:
    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, list):
            found.append(Violation(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType."))
            return
        if len(value) > most and not least:
            found.append(Violation(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length."))
        elif not least <= len(value) <= most:
            found.append(Violation(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."))
        for index, one in enumerate(value):
            item(one, (*path, str(index)), found)

    return check


def record(
    fields: Mapping[str, Check],
    required: Collection[str] = (),
    *,
    never_null: Collection[str] = (),
    then: Check | None = None,
) -> Check:
    """An object with these keys only; null stands for absent except where it may not."""

    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, dict):
            found.append(Violation(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType."))
            return
        for key in value.keys() - fields.keys():
            found.append(Violation((*path, str(key)), "UNKNOWN_KEY", "This key is not documented here.", refused=False))
        for key in required:
            if value.get(key) is None:
                found.append(Violation((*path, key), "BASE_TYPE_REQUIRED", "This field is required"))
        for key, rule in fields.items():
            if value.get(key) is not None:
                rule(value[key], (*path, key), found)
            elif key in value and key in never_null and key not in required:
                found.append(Violation((*path, key), "BASE_TYPE_REQUIRED", "This field is required"))
        if then is not None:
            then(value, path, found)

    return check
