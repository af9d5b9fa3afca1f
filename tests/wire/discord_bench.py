"""A connected Discord adapter beside the stand-in: what it does is seen there, what it hears is only noted down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import DiscordAdapter, DiscordSettings
from adapters.discord.gateway import DiscordGateway
from adapters.sandbox.discord import DiscordHands, Running, World, start
from adapters.sandbox.discord.model import Application, Channel, Guild
from core.app.commands import Command
from core.app.outcome import Outcome, Saving
from core.domain.ids import Instant, PersonId, PlaceId, SessionId, VenueId
from core.domain.surfaces import Place
from core.domain.text import doc
from core.domain.view import Attendees, Button, Buttons, Card, Heading, OnlyPerson, Speech, Words, say

SESSION = SessionId("01jsession000000")
ALL = Attendees(SESSION)
POLL = Card(ALL, (Heading("Which topic first?"), Words("0 votes"), Buttons((Button("Vote A", "vote:x:0"),))))
LINE = Speech("Mira K.", "Slack", None, doc("hello *all*"), ALL)
READER = OnlyPerson(PersonId("p"))
Leasing = tuple[Any, Any]
"""How a lease is taken and let go; nothing where there is one process only."""


def clock() -> Instant:
    return Instant(time.time_ns() // 1_000)


@dataclass
class Bench:
    """A connected adapter whose commands are only noted down; ``answer`` says what they come to."""

    world: World
    sandbox: Running
    adapter: DiscordAdapter
    stage: Place
    heard: list[Command]
    answer: Callable[[Command], Awaitable[Outcome | Saving]]
    guild: Guild
    app: Application
    another: Callable[[Leasing], DiscordAdapter]
    """One more process of the same bot."""
    watched: list[Place] = field(default_factory=list)
    talks: list[tuple[Place, str]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)

    @property
    def platform(self) -> DiscordGateway:
        return self.adapter.platform

    def posts(self) -> list[Any]:
        return list(self.world.channels[self.stage.ref or ""].messages.values())

    def faults(self, **given: Any) -> None:
        self.sandbox.faults.add(**given)

    async def until(self, holds: Callable[[], bool], within: float = 5.0) -> None:
        deadline = time.monotonic() + within
        while not holds():
            assert time.monotonic() < deadline, self.heard
            await asyncio.sleep(0.01)

    async def hands(self, user: str) -> DiscordHands:
        return DiscordHands(self.sandbox.url, user)

    def channel(self, ref: str | None) -> Channel:
        return self.world.channels[ref or ""]

    def requests(self, method: str, route: str) -> int:
        return sum((one.method, one.route) == (method, route) for one in self.world.requests)


@asynccontextmanager
async def on_bench(
    *, rates: bool = False, start_up: bool = True, lease: Leasing = (None, None), **invited: Any
) -> AsyncIterator[Bench]:
    """``invited`` says how the bot came in, such as ``allow``."""
    world = World(rates=rates)
    here = world.guild("Here")
    world.join(world.user("mira", "Mira K."), here)
    channel = world.channel("keynote", here)
    app = world.application("Sidestage", **invited)
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    sandbox = await start(world)
    stage = Place(PlaceId("pl"), VenueId(f"discord:{here.id}"), "stage", SESSION, ref=channel.id, state="open")
    heard: list[Command] = []

    async def nothing(command: Command) -> Outcome | Saving:
        return Outcome(say(READER, "Noted."))

    async def submit(command: Command) -> Outcome | Saving:
        heard.append(command)
        return await made.answer(command)

    async def rooms() -> Sequence[Place]:
        return (made.stage,)

    async def watched() -> Sequence[Place]:
        return made.watched

    async def known(place: Place) -> Sequence[str]:
        return made.known

    async def talks() -> Sequence[tuple[Place, str]]:
        return made.talks

    def another(leasing: Leasing) -> DiscordAdapter:
        settings = DiscordSettings(app.token, sandbox.api_url)
        adapters.append(DiscordAdapter(settings, submit, rooms, clock, known, watched, *leasing, talks=talks))
        return adapters[-1]

    adapters: list[DiscordAdapter] = []
    made = Bench(world, sandbox, another(lease), stage, heard, nothing, here, app, another)
    try:
        if start_up:
            await made.adapter.start()
        yield made
    finally:
        for adapter in adapters:
            await adapter.close()
        await sandbox.close()
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
    assert not [(one.method, one.route, one.violations) for one in world.requests if one.violations]
