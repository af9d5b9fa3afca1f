"""Faults in words, for the page: each one switched on and off, or let happen once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.discord.faults import Fault, Faults
from adapters.sandbox.discord.gateway import Hub
from adapters.sandbox.discord.model import Json
from adapters.sandbox.discord.world import World

Reads = Callable[[], bool]
Sets = Callable[[bool], None]


@dataclass(frozen=True, slots=True)
class Switch:
    key: str
    label: str
    words: str
    set: Sets
    reads: Reads | None = None
    """None: it happens once."""

    def show(self) -> Json:
        return {"key": self.key, "label": self.label, "words": self.words, "on": self.reads() if self.reads else None}


RULES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "rates": (
        "Rate limits",
        "Every request of the bot is answered 429: try again in 2 seconds.",
        {"status": 429, "retry_after": 2.0},
    ),
    "errors": ("Server errors", "A third of the bot's requests is answered 500.", {"status": 500, "probability": 0.33}),
    "outage": ("Outage", "Every request of the bot is answered 503.", {"status": 503}),
    "slow": ("Slow", "Every answer to the bot takes 2 seconds.", {"delay": 2.0}),
    "lost": (
        "Lost answers",
        "A fifth of the bot's requests is carried out, but their answers are lost.",
        {"cut": "after", "probability": 0.2, "seed": 1},
    ),
}


class Switches:
    def __init__(self, world: World, hub: Hub, faults: Faults) -> None:
        self.world, self.hub, self.faults = world, hub, faults
        self.on: dict[str, Fault] = {}
        self.all = {each.key: each for each in self._all()}

    def show(self) -> list[Json]:
        return [each.show() for each in self.all.values()]

    def turn(self, key: str, on: bool) -> Json:
        if key not in self.all:
            raise LookupError(f"there is no switch {key!r}")
        self.all[key].set(on)
        return self.all[key].show()

    def _all(self) -> list[Switch]:
        world, hub = self.world, self.hub

        def once(act: Callable[[], object]) -> Sets:
            def happen(_: bool) -> None:
                act()

            return happen

        def refuse_words(on: bool) -> None:
            self._withheld = on
            for each in world.applications.values():
                hub.withhold(each, words=on)

        def full(on: bool) -> None:
            world.caps.threads = 0 if on else 1000

        def closed(on: bool) -> None:
            for each in world.users.values():
                each.open_to_messages = not on

        def deaf(on: bool) -> None:
            hub.acknowledges = not on

        def twice(on: bool) -> None:
            hub.copies = 2 if on else 1

        everybody = [each for each in world.users.values() if not each.bot]
        self._withheld = False
        return [
            *(self._rule(key) for key in RULES),
            Switch("drop", "Drop the connection", "The gateway closes; the bot may resume.", once(hub.drop)),
            Switch(
                "forget",
                "Forget the session",
                "The session cannot be resumed: the bot begins anew.",
                once(hub.invalidate),
            ),
            Switch(
                "deaf",
                "No heartbeats",
                "The gateway leaves heartbeats unanswered.",
                deaf,
                lambda: not hub.acknowledges,
            ),
            Switch("twice", "Events twice", "Every event is delivered twice.", twice, lambda: hub.copies > 1),
            Switch(
                "blank",
                "No message content",
                "Messages come without their text, as without the intent.",
                refuse_words,
                lambda: self._withheld,
            ),
            Switch(
                "closed",
                "Closed direct messages",
                "Nobody takes direct messages of the bot (50007).",
                closed,
                lambda: bool(everybody) and not any(each.open_to_messages for each in everybody),
            ),
            Switch(
                "full",
                "No room for threads",
                "The server has all the active threads that it may have (160006).",
                full,
                lambda: world.caps.threads == 0,
            ),
        ]

    def _rule(self, key: str) -> Switch:
        label, words, given = RULES[key]

        def turn(on: bool) -> None:
            if on and not reads():
                self.on[key] = self.faults.add(**given)
            elif not on and key in self.on:
                gone = self.on.pop(key)
                self.faults.rules[:] = [each for each in self.faults.rules if each is not gone]

        def reads() -> bool:
            return any(each is self.on.get(key) for each in self.faults.rules)

        return Switch(key, label, words, turn, reads)
