"""The table of REST routes and the call that a handler gets; a route is found by its path, fixed segments first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.discord import permissions
from adapters.sandbox.discord.checks import Checker
from adapters.sandbox.discord.errors import refusal, unauthorized
from adapters.sandbox.discord.model import Application, Channel, Guild, Json
from adapters.sandbox.discord.world import World

Reply = tuple[int, Any]


@dataclass(slots=True)
class Call:
    world: World
    route: Route
    params: dict[str, str]
    query: dict[str, str]
    body: Any
    files: list[tuple[str, str, bytes]]
    app: Application | None
    gateway_url: str = ""
    shards: int = 1

    @property
    def bot(self) -> Application:
        if self.app is None:
            raise unauthorized()
        return self.app

    @property
    def form(self) -> Json:
        return self.body if isinstance(self.body, dict) else {}

    def id(self, name: str) -> str:
        return self.params[name]

    def channel(self, *needed: int) -> Channel:
        """The channel of the path, if the bot sees it and has every permission that is needed there."""
        return self.allowed(self.world.find_channel(self.id("channel_id")), *needed)

    def allowed(self, found: Channel, *needed: int) -> Channel:
        granted = self.world.granted(self.bot.bot, found)
        if not granted & permissions.VIEW_CHANNEL:
            raise refusal(50001)
        for bit in needed:
            if not granted & bit:
                raise refusal(50013)
        return found

    def guild(self, *needed: int) -> Guild:
        found = self.world.find_guild(self.id("guild_id"), self.bot.bot)
        granted = permissions.base(found, found.members[self.bot.bot.id])
        for bit in needed:
            if not granted & bit:
                raise refusal(50013)
        return found


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    template: str
    act: Callable[[Call], Reply]
    check: Checker | None
    signed: bool
    """Whether the bot's token is needed; False where a token stands in the path."""
    bucket: str
    limit: int
    window: float
    names: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    fixed: dict[str, _Node] = field(default_factory=dict)
    any: _Node | None = None
    methods: dict[str, Route] = field(default_factory=dict)


_ROOT = _Node()
_LIMITS: dict[str, tuple[int, float]] = {
    # Observed practice: Discord documents that limits exist and how headers tell them, not the numbers.
    "messages": (5, 5.0),
    "edits": (5, 5.0),
    "deletes": (5, 1.0),
    "reactions": (1, 0.25),
    "webhook": (5, 2.0),
    "member_roles": (10, 10.0),
    "channel": (5, 5.0),
    "new_thread": (5, 10.0),
    "direct": (10, 10.0),
    "other": (20, 1.0),
}


def route(
    method: str, template: str, *, check: Checker | None = None, signed: bool = True, bucket: str = "other"
) -> Callable[[Callable[[Call], Reply]], Callable[[Call], Reply]]:
    """Put a handler into the table."""

    def register(act: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
        node, names = _ROOT, []
        for part in template.strip("/").split("/"):
            if part.startswith("{"):
                names.append(part[1:-1])
                node.any = node.any or _Node()
                node = node.any
            else:
                node = node.fixed.setdefault(part, _Node())
        limit, window = _LIMITS[bucket]
        name = f"{method} {template}" if bucket == "other" else bucket
        node.methods[method] = Route(method, template, act, check, signed, name, limit, window, tuple(names))
        return act

    return register


def match(method: str, segments: list[str]) -> tuple[Route | None, dict[str, str], bool]:
    """The route, the parameters of the path, and whether the path is known at all."""
    found = _walk(_ROOT, segments, 0, [])
    if found is None:
        return None, {}, False
    node, values = found
    chosen = node.methods.get(method)
    if chosen is None:
        return None, {}, True
    return chosen, dict(zip(chosen.names, values, strict=True)), True


def _walk(node: _Node, segments: list[str], index: int, values: list[str]) -> tuple[_Node, list[str]] | None:
    if index == len(segments):
        return (node, values) if node.methods else None
    fixed = node.fixed.get(segments[index])
    if fixed is not None:
        found = _walk(fixed, segments, index + 1, values)
        if found is not None:
            return found
    if node.any is not None:
        return _walk(node.any, segments, index + 1, [*values, segments[index]])
    return None


def table() -> list[Route]:
    """Every route, for tests and for the page."""

    def collect(node: _Node) -> list[Route]:
        inner = [*node.fixed.values(), *([node.any] if node.any else [])]
        return [*node.methods.values(), *(one for each in inner for one in collect(each))]

    return collect(_ROOT)
