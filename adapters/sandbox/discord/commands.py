"""The rules of application commands as they are registered: names, lengths, counts, nesting.

https://discord.com/developers/docs/interactions/application-commands#application-command-object
"""

from __future__ import annotations

import re
from typing import Any

from adapters.sandbox.discord.fields import (
    Check,
    Found,
    Path,
    Violation,
    anything,
    boolean,
    each,
    number,
    one_of,
    record,
    snowflake,
    text,
)
from adapters.sandbox.discord.model import Json

_NAME = re.compile(r"^[-_'\w]{1,32}$")


def _name(value: Any, path: Path, found: Found) -> None:
    text(32, 1)(value, path, found)
    if isinstance(value, str) and (not _NAME.match(value) or value != value.lower()):
        found.append(Violation(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"))


def _choice_value(value: Any, path: Path, found: Found) -> None:
    """A string of at most 100 characters, or a number."""
    if isinstance(value, str):
        text(100)(value, path, found)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        found.append(Violation(path, "BASE_TYPE_CHOICES", "A choice's value is a string or a number."))


choice = record({"name": text(100, 1), "value": _choice_value, "name_localizations": anything}, ("name", "value"))
"""One choice of an option, fixed or suggested."""


def _order(value: Json, path: Path, found: Found) -> None:
    seen_optional = False
    names: set[str] = set()
    for index, one in enumerate(value.get("options") or []):
        if not isinstance(one, dict):
            continue
        if one.get("name") in names:
            found.append(
                Violation(
                    (*path, "options"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists"
                )
            )
        names.add(str(one.get("name")))
        if one.get("required") and seen_optional:
            message = "Required options must be placed before non-required options"
            found.append(
                Violation((*path, "options", str(index)), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
            )
        seen_optional |= not one.get("required") and one.get("type") not in (1, 2)


def _option_rules(value: Json, path: Path, found: Found) -> None:
    _order(value, path, found)
    if value.get("autocomplete") and (value.get("choices") or value.get("type") not in (3, 4, 10)):
        message = "autocomplete is for strings and numbers without choices"
        found.append(Violation((*path, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", message))


def _option(value: Any, path: Path, found: Found) -> None:
    fields: dict[str, Check] = {
        "type": one_of(*range(1, 12)),
        "name": _name,
        "description": text(100, 1),
        "required": boolean,
        "choices": each(choice, 25),
        "options": each(_option, 25),
        "channel_types": each(number(0, 20), 20),
        "min_value": anything,
        "max_value": anything,
        "min_length": number(0, 6000),
        "max_length": number(1, 6000),
        "autocomplete": boolean,
        "name_localizations": anything,
        "description_localizations": anything,
    }
    record(fields, ("type", "name", "description"), then=_option_rules)(value, path, found)


def _whole(value: Json, path: Path, found: Found) -> None:
    kind = value.get("type") or 1
    if kind == 1:
        _name(value.get("name"), (*path, "name"), found)
        text(100, 1)(value.get("description") or "", (*path, "description"), found)
    elif value.get("description"):
        found.append(
            Violation(
                (*path, "description"),
                "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
                "Context menus have no description",
            )
        )
    _order(value, path, found)
    if _size(value) > 8000:
        found.append(Violation(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)"))


def _size(value: Any) -> int:
    """Characters of names, descriptions and values of the whole command, which Discord sums up."""
    if isinstance(value, dict):
        own = sum(len(str(value[key])) for key in ("name", "description", "value") if isinstance(value.get(key), str))
        return own + sum(_size(value.get(key)) for key in ("options", "choices"))
    return sum(_size(one) for one in value) if isinstance(value, list) else 0


_command = record(
    {
        "id": snowflake,
        "type": one_of(1, 2, 3, 4),
        "name": text(32, 1),
        "description": text(100),
        "options": each(_option, 25),
        "default_member_permissions": anything,
        "dm_permission": boolean,
        "default_permission": boolean,
        "nsfw": boolean,
        "contexts": each(one_of(0, 1, 2), 3),
        "integration_types": each(one_of(0, 1), 2),
        "name_localizations": anything,
        "description_localizations": anything,
        "handler": anything,
    },
    ("name",),
    then=_whole,
)


def check_command(body: Any, flags: int = 0) -> Found:
    found: Found = []
    _command(body, (), found)
    return found


def check_edit(body: Any, flags: int = 0) -> Found:
    found: Found = []
    if isinstance(body, dict):
        _command({"name": "unnamed", "description": "unnamed", **body}, (), found)
    return found


def check_bulk(body: Any, flags: int = 0) -> Found:
    found: Found = []
    each(_command, 110)(body, (), found)
    if isinstance(body, list):
        kinds = [(one.get("type") or 1, one.get("name")) for one in body if isinstance(one, dict)]
        for index, kind in enumerate(kinds):
            if kind in kinds[:index]:
                message = "Application command names must be unique"
                found.append(Violation((str(index), "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message))
        for kind_number, most in ((1, 100), (2, 15), (3, 15)):
            if sum(kind == kind_number for kind, _ in kinds) > most:
                found.append(Violation((), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length."))
    return found
