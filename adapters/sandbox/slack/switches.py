"""Slack's bad days as switches with words: what a person who plays can turn on, and what the app then meets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.slack.faults import Fault
from adapters.sandbox.slack.model import Json
from adapters.sandbox.slack.world import World


@dataclass(frozen=True, slots=True)
class Switch:
    key: str
    label: str
    words: str
    rules: tuple[dict[str, Any], ...]


SWITCHES = (
    Switch("slow", "Slow", "Every call takes two seconds.", ({"method": "*.*", "delay": 2.0},)),
    Switch(
        "limited",
        "Too many requests",
        "Posts and edits are answered with 429: try again in 5 seconds.",
        ({"method": "chat.*", "status": 429, "retry_after": 5},),
    ),
    Switch(
        "forms",
        "No more forms",
        "Slack opens no form: its limit for this minute is used up.",
        ({"method": "views.open", "status": 429, "retry_after": 30},),
    ),
    Switch(
        "shaky",
        "Server errors",
        "Half of all calls fail with 503.",
        ({"method": "*.*", "status": 503, "probability": 0.5},),
    ),
    Switch(
        "lost",
        "Lost answers",
        "Half of all posts arrive, but the bot's connection breaks before it hears so.",
        ({"method": "chat.postMessage", "cut": "after", "probability": 0.5},),
    ),
    Switch(
        "down",
        "Slack is down for the bot",
        "Every call of the bot is cut off.",
        tuple({"method": name, "cut": "before"} for name in ("*.*", "response_url")),
    ),
    Switch(
        "twice",
        "Everything twice",
        "Each event and each press is delivered two times.",
        ({"method": "deliver:*", "copies": 2},),
    ),
    Switch(
        "late",
        "Late events",
        "What people write and react reaches the bot four seconds later.",
        ({"method": "deliver:events_api", "delay": 4.0},),
    ),
    Switch(
        "unheard",
        "Presses get lost",
        "No press, command or form reaches the bot.",
        tuple(
            {"method": f"deliver:{kind}", "cut": "before"}
            for kind in ("block_actions", "slash_commands", "view_submission", "message_action", "shortcut")
        ),
    ),
)
DROP = "drop"


class Switchboard:
    """Which of the switches are on in one world."""

    def __init__(self, world: World, drop: Callable[[str], Awaitable[int]]) -> None:
        self.world, self._drop = world, drop
        self._on: dict[str, list[Fault]] = {}

    def shown(self) -> list[Json]:
        standing = {id(one) for one in self.world.faults.rules}
        rows: list[Json] = [
            {
                "key": one.key,
                "label": one.label,
                "words": one.words,
                "on": any(id(rule) in standing for rule in self._on.get(one.key, ())),
            }
            for one in SWITCHES
        ]
        words = "The sockets are closed once, as Slack does every few hours; the bot connects again."
        return [*rows, {"key": DROP, "label": "Drop the connections", "words": words, "on": None}]

    async def turn(self, key: str, on: bool) -> None:
        """Raises LookupError for a key that no switch has."""
        if key == DROP:
            await self._drop("refresh_requested")
            return
        switch = next((one for one in SWITCHES if one.key == key), None)
        if switch is None:
            raise LookupError(f"no switch {key!r}")
        for rule in self._on.pop(key, ()):
            self.world.faults.remove(rule)
        if on:
            self._on[key] = [self.world.faults.add(rule) for rule in switch.rules]
