"""Measures one action of a person: how long it took and which private messages and forms it brought."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.slack.model import Action, Json, User
from adapters.sandbox.slack.seen import sheet_json
from adapters.sandbox.slack.seen_links import seen_post
from adapters.sandbox.slack.world import Workspace


@dataclass(slots=True)
class Watch:
    """Takes the time of an action and finds out what it brought."""

    space: Workspace
    user: User
    serial: int
    began: float

    @classmethod
    def start(cls, space: Workspace, user: User) -> Watch:
        return cls(space, user, space.world.serial, time.perf_counter())

    def private(self) -> list[Json]:
        arrived = self.space.person(self.user.id).arrived
        mine = [one for one in arrived if one.serial > self.serial]
        return [seen_post(self.space, self.space.channels[one.channel], one) for one in mine]

    def sheet(self) -> Json | None:
        person = self.space.person(self.user.id)
        view = self.space.views.get(person.views[-1]) if person.views else None
        if view is None or view.serial <= self.serial:
            return None
        return sheet_json(self.space, view, person.typed.get(view.id, {}))

    async def until(self, seconds: float) -> None:
        """Wait for a private message or a form, at most so long."""

        async def something() -> None:
            while not self.private() and self.sheet() is None:
                await self.space.world.change()

        try:
            async with asyncio.timeout(seconds):
                await something()
        except TimeoutError:
            return

    def done(self, verb: str, error: str | None, **details: Any) -> Json:
        """Record the action and say what came of it."""
        elapsed = (time.perf_counter() - self.began) * 1000
        world = self.space.world
        if world.record == "full" or error:
            world.actions.append(
                Action(
                    world.clock.now(),
                    self.user.name,
                    verb,
                    ok=error is None,
                    error=error,
                    milliseconds=elapsed,
                    **{"channel": "", **details},
                )
            )
        return {
            "ok": error is None,
            "error": error,
            "milliseconds": elapsed,
            "private": self.private(),
            "sheet": self.sheet(),
        }
