"""What people type: mentions in a line as the client sends them, and a slash command as an interaction's data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.sandbox.discord import permissions, shapes
from adapters.sandbox.discord.model import Application, Channel, Guild, Json, User
from adapters.sandbox.discord.world import World


def as_sent(text: str, channel: Channel, world: World) -> str:
    """Typed @name, @role and #channel as the client replaces them, longest name first."""
    guild = channel.guild
    names: dict[str, str] = {}
    if guild is not None:
        for role in guild.roles.values():
            if role.id != guild.id:
                names["@" + role.name] = f"<@&{role.id}>"
        for other in guild.channels.values():
            names["#" + other.name] = f"<#{other.id}>"
        for member in guild.members.values():
            for name in (member.user.name, member.user.shown, member.shown):
                names["@" + name] = f"<@{member.user.id}>"
    else:
        for user in channel.recipients:
            names |= {"@" + name: f"<@{user.id}>" for name in (user.name, user.shown)}
    if not names or ("@" not in text and "#" not in text):
        return text
    pattern = "|".join(re.escape(each) for each in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<![<\w])({pattern})(?!\w)", lambda found: names[found[1]], text)


def commands_for(world: World, user: User, channel: Channel, kind: int) -> list[tuple[Application, Json]]:
    """The commands that the person's client offers here: by context and default permissions."""
    found: list[tuple[Application, Json]] = []
    granted = world.granted(user, channel)
    for app in world.applications.values():
        if channel.guild is not None and app.bot.id not in channel.guild.members:
            continue
        if channel.guild is None and app.bot not in channel.recipients:
            continue
        scopes = [channel.guild.id, None] if channel.guild is not None else [None]
        for scope in scopes:
            for each in app.commands.get(scope, {}).values():
                contexts = each.get("contexts")
                here = 0 if channel.guild is not None else 1
                needed = each.get("default_member_permissions")
                refused = channel.guild is not None and needed is not None and not _has(granted, int(needed))
                if each["type"] == kind and (contexts is None or here in contexts) and not refused:
                    found.append((app, each))
    return found


def _has(granted: int, needed: int) -> bool:
    if granted & permissions.ADMINISTRATOR:
        return True
    return bool(needed) and granted & needed == needed


def command_data(
    world: World,
    user: User,
    channel: Channel,
    line: str,
    values: Mapping[str, str] | None = None,
    focused: str | None = None,
) -> tuple[Application, Json]:
    """The interaction data of a typed line such as ``/mod poll question:What next? minutes:5``.

    With ``values`` the line is the command alone. ``focused`` is the option being typed in, for its suggestions.
    """
    first, _, rest = line.strip().removeprefix("/").partition(" ")
    for app, command in commands_for(world, user, channel, 1):
        if command["name"] == first:
            given = Given(world, channel, values, focused)
            options = given.options(command.get("options") or [], rest.strip())
            data: Json = {"id": command["id"], "name": command["name"], "type": 1, "options": options}
            if command.get("guild_id"):
                data["guild_id"] = command["guild_id"]
            return app, data | ({"resolved": given.resolved} if given.resolved else {})
    raise LookupError(f"there is no command /{first} here")


def path_of(data: Json) -> list[str]:
    """``["stage", "ask"]``: the command with its subcommands."""
    names, inner = [str(data["name"])], data.get("options") or []
    while inner and inner[0]["type"] in (1, 2):
        names.append(str(inner[0]["name"]))
        inner = inner[0].get("options") or []
    return names


def innermost(data: Json) -> list[Json]:
    """The options with values."""
    inner: list[Json] = data.get("options") or []
    while inner and inner[0]["type"] in (1, 2):
        inner = inner[0].get("options") or []
    return inner


@dataclass(slots=True)
class Given:
    """What a person put into a command's options."""

    world: World
    channel: Channel
    values: Mapping[str, str] | None = None
    focused: str | None = None
    resolved: Json = field(default_factory=dict)

    def options(self, known: list[Json], text: str) -> list[Json]:
        nested = [each for each in known if each["type"] in (1, 2)]
        if nested:
            name, _, rest = text.partition(" ")
            for each in nested:
                if each["name"] == name:
                    inner = self.options(each.get("options") or [], rest.strip())
                    return [{"name": name, "type": each["type"], "options": inner}]
            raise LookupError(f"choose one of {', '.join(each['name'] for each in nested)}, not {name!r}")
        given = _split(known, text) if self.values is None else dict(self.values)
        if unknown := given.keys() - {each["name"] for each in known}:
            raise LookupError(f"there is no option {sorted(unknown)}")
        return [made for each in known if (made := self._option(each, given)) is not None]

    def _option(self, option: Json, given: dict[str, str]) -> Json | None:
        name = option["name"]
        made: Json = {"name": name, "type": option["type"]}
        if name == self.focused:
            if not option.get("autocomplete"):
                raise LookupError(f"{name} has no suggestions")
            return made | {"value": given.get(name, ""), "focused": True}
        if name in given:
            try:
                return made | {"value": _value(option, given[name], self.world, self.channel, self.resolved)}
            except (ValueError, LookupError):
                if self.focused is None:  # While typing what is not valid yet is left out.
                    raise
                return None
        if option.get("required") and self.focused is None:
            raise ValueError(f"the option {name} is required")
        return None


def _split(known: list[Json], text: str) -> dict[str, str]:
    """``name:value`` pairs; a line without a name fills the first option, as the client's focus does."""
    if not text:
        return {}
    names = "|".join(re.escape(each["name"]) for each in known)
    marks = list(re.finditer(rf"(?:^|\s)({names}):", text)) if names else []
    if not marks:
        if not known:
            raise ValueError(f"this command takes no {text!r}")
        return {known[0]["name"]: text}
    ends = [each.start() for each in marks[1:]] + [len(text)]
    return {each[1]: text[each.end() : end].strip() for each, end in zip(marks, ends, strict=True)}


def _value(option: Json, typed: str, world: World, channel: Channel, resolved: Json) -> str | int | float | bool:
    for choice in option.get("choices") or []:
        if typed in (choice["name"], str(choice["value"])):
            chosen: str | int | float = choice["value"]
            return chosen
    if option.get("choices"):
        raise ValueError(f"{typed!r} is no choice of {option['name']}")
    kind = option["type"]
    if kind == 5:
        return typed.lower() in ("true", "yes", "1")
    if kind in (4, 10):
        if option.get("autocomplete") and not re.fullmatch(r"-?\d+(\.\d+)?", typed):
            return typed  # The name of a suggestion, whose value is put in its place.
        number = int(typed) if kind == 4 else float(typed)
        if option.get("min_value") is not None and number < option["min_value"]:
            raise ValueError(f"{option['name']} must be at least {option['min_value']}")
        if option.get("max_value") is not None and number > option["max_value"]:
            raise ValueError(f"{option['name']} must be at most {option['max_value']}")
        return number
    if kind in (6, 7, 8, 9):
        return pick(kind, typed, world, channel, resolved)
    if len(typed) > (option.get("max_length") or 6000) or len(typed) < (option.get("min_length") or 0):
        raise ValueError(f"{option['name']} has the wrong length")
    return as_sent(typed, channel, world)


def pick(kind: int, typed: str, world: World, channel: Channel, resolved: Json) -> str:
    """A person, role or channel by its visible name; what was found is put into ``resolved``."""
    guild, name = channel.guild, typed.strip().lstrip("@#").strip("<>!&")
    if kind in (6, 9) and guild is not None:
        for member in guild.members.values():
            if name in (member.user.id, member.user.name, member.user.shown, member.shown):
                resolved.setdefault("users", {})[member.user.id] = shapes.user(member.user)
                shown = shapes.member(member, with_user=False, granted=world.granted(member.user, channel))
                for key in ("deaf", "mute"):
                    shown.pop(key)
                resolved.setdefault("members", {})[member.user.id] = shown
                return member.user.id
    if kind in (6, 9) and guild is None:
        for user in channel.recipients:
            if name in (user.id, user.name, user.shown):
                resolved.setdefault("users", {})[user.id] = shapes.user(user)
                return user.id
    if kind in (8, 9) and guild is not None:
        for role in guild.roles.values():
            if name in (role.id, role.name):
                resolved.setdefault("roles", {})[role.id] = shapes.role(role)
                return role.id
    if kind == 7 and guild is not None:
        for other in guild.channels.values():
            if name in (other.id, other.name):
                resolved.setdefault("channels", {})[other.id] = _partial(guild, other)
                return other.id
    raise LookupError(f"there is no {typed!r} to choose")


def _partial(guild: Guild, one: Channel) -> Json:
    shown = shapes.channel(one)
    keys = ("id", "name", "type", "parent_id", "thread_metadata")
    return {key: shown[key] for key in keys if key in shown} | {
        "permissions": str(permissions.ALL),
        "guild_id": guild.id,
    }
