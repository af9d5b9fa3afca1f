"""The commands as Discord registers them: slash commands from core's one table of verbs, and the message's menu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.discord import limits
from adapters.discord.shapes import Json as Shape
from adapters.discord.shapes import several, text
from core.app.verbs import VERBS, Argument, Verb

Json = dict[str, Any]

CHAT_INPUT, SUBCOMMAND, SUBCOMMAND_GROUP, STRING = 1, 1, 2, 3
MESSAGE = 3
"""The type of commands in a message's menu, under Apps."""
MODERATE = "Moderate…"
ASK = "Ask about this"
IN_GUILD = 0
GUILD_INSTALL = 0
SUMMARIES = {"stage": "Take part in the session", "mod": "Run the session"}


def wanted(verbs: Sequence[Verb] = VERBS) -> list[Json]:
    """All application commands, as Bulk Overwrite takes them."""
    typed: list[Json] = [
        {
            "type": CHAT_INPUT,
            "name": group,
            "description": SUMMARIES.get(group, group),
            "options": _options([verb for verb in verbs if verb.group == group]),
            "contexts": [IN_GUILD],
            "integration_types": [GUILD_INSTALL],
        }
        for group in dict.fromkeys(verb.group for verb in verbs)
    ]
    menu = [
        {"type": MESSAGE, "name": name, "contexts": [IN_GUILD], "integration_types": [GUILD_INSTALL]}
        for name in (ASK, MODERATE)
    ]
    return [*typed, *menu]


def _options(verbs: Sequence[Verb]) -> list[Json]:
    made: list[Json] = []
    groups: dict[str, Json] = {}
    for verb in verbs:
        if len(verb.path) == 1:
            made.append(_subcommand(verb, verb.path[0]))
            continue
        first = verb.path[0]
        if first not in groups:
            groups[first] = {"type": SUBCOMMAND_GROUP, "name": first, "description": first.capitalize(), "options": []}
            made.append(groups[first])
        groups[first]["options"].append(_subcommand(verb, verb.path[1]))
    return made


def _subcommand(verb: Verb, name: str) -> Json:
    return {
        "type": SUBCOMMAND,
        "name": name,
        "description": verb.summary[: limits.COMMAND_DESCRIPTION],
        # Discord wants required options first.
        "options": [_option(it) for it in sorted(verb.arguments, key=lambda it: not it.required)],
    }


def _option(argument: Argument) -> Json:
    made: Json = {
        "type": STRING,
        "name": argument.name,
        "description": argument.summary[: limits.COMMAND_DESCRIPTION],
        "required": argument.required,
    }
    if argument.choices:
        made["choices"] = [{"name": choice, "value": choice} for choice in argument.choices]
    elif argument.examples or argument.lines:
        made["autocomplete"] = True
    return made


def same(registered: Iterable[Json], ours: Iterable[Json]) -> bool:
    """Whether nothing would change; keys that Discord adds or leaves out when empty do not count."""
    return _plain(registered) == _plain(ours)


def _plain(commands: Iterable[Json]) -> dict[tuple[int, str], Json]:
    return {(command.get("type", CHAT_INPUT), command["name"]): _command(command) for command in commands}


def _command(it: Json) -> Json:
    return {
        "type": it.get("type", CHAT_INPUT),
        "description": it.get("description", ""),
        "contexts": it.get("contexts"),
        "integration_types": it.get("integration_types"),
        "options": [_known(option) for option in it.get("options") or ()],
    }


def _known(it: Json) -> Json:
    return {
        "type": it["type"],
        "name": it["name"],
        "description": it.get("description", ""),
        "required": bool(it.get("required", False)),
        "autocomplete": bool(it.get("autocomplete", False)),
        "choices": [(choice["name"], choice["value"]) for choice in it.get("choices") or ()],
        "options": [_known(option) for option in it.get("options") or ()],
    }


def called(data: Shape) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Group, path and typed options of a command interaction's data."""
    path, options = _opened(data)
    given = {text(one, "name"): text(one, "value") for one in options if "value" in one}
    return text(data, "name"), tuple(path), given


def focused(data: Shape) -> tuple[str, str] | None:
    """Name and beginning of the option that is being typed."""
    _, options = _opened(data)
    return next(((text(one, "name"), text(one, "value")) for one in options if one.get("focused") is True), None)


def _opened(data: Shape) -> tuple[list[str], list[Shape]]:
    path: list[str] = []
    options = several(data, "options")
    while options and options[0].get("type") in (SUBCOMMAND, SUBCOMMAND_GROUP) and "value" not in options[0]:
        path.append(text(options[0], "name"))
        options = several(options[0], "options")
    return path, options
