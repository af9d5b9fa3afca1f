"""Stand-in platforms inside the bench's own process, and bots beside it as programs of their own.

The presses that are measured go through the stand-ins' sockets but past their checks, so that the load costs little
beside what is measured; everything else the bots send is answered by the stand-ins as always.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from adapters.sandbox import discord, slack
from adapters.sandbox.discord.server import Server
from adapters.sandbox.slack.installs import Install
from adapters.sandbox.slack.model import Channel, Json, User
from adapters.sandbox.slack.payloads import Place, action_of, block_actions, response_url
from adapters.sandbox.slack.seen import handles
from adapters.sandbox.slack.world import Workspace
from adapters.slack.manifest import EVENTS, SCOPES
from config.stage_set import GROUPS
from tests.bench.crowd import KEY, Room
from tests.bench.processes import Program, started

SETTLE_SECONDS = 30.0
CHANNEL = "keynote"


async def until(found: Callable[[], Any], what: str, seconds: float = SETTLE_SECONDS) -> Any:
    """What is found once it is there. Raises TimeoutError with what was waited for."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (value := found()):
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(0.02)
    return value


@dataclass
class Slack:
    """One workspace with a crowd in one channel, or in several channels."""

    running: slack.Running
    space: Workspace
    install: Install
    channels: list[Channel]
    people: list[User]

    @property
    def world(self) -> slack.World:
        return self.running.world

    def room(self, number: int = 0, *, joined: int | None = None) -> Room:
        accounts = [f"slack:{self.space.id}:{one.id}" for one in self.people[:joined]]
        return Room(f"slack:{self.space.id}", self.space.name, self.channels[number].id, accounts)

    def settings(self, mode: str) -> dict[str, str]:
        return {
            "SIDESTAGE_SLACK_BOT_TOKEN": self.install.bot_token,
            "SIDESTAGE_SLACK_APP_TOKEN": self.install.app.app_token,
            "SIDESTAGE_SLACK_SIGNING_SECRET": self.install.app.signing_secret,
            "SIDESTAGE_SLACK_MODE": mode,
            "SIDESTAGE_SLACK_API_URL": self.running.api_url,
        }

    def count(self, method: str) -> int:
        return self.world.counts[(method, "ok")]

    async def cards(self, number: int = 1, channel: int = 0) -> list[str]:
        """The messages of the bot that have buttons, oldest first, once there are so many."""

        def found() -> list[str]:
            messages = self.channels[channel].messages
            return [
                ts
                for ts, one in messages.items()
                if one.user == self.install.bot.id and list(handles(self.space, one.blocks))
            ]

        return list(await until(lambda: found() if len(found()) >= number else None, "the bot's cards in Slack"))

    def press(self, person: User, ts: str, option: int) -> Json:
        """The payload of a press, as Slack would send it now."""
        room = self.channels[0]
        place = Place(room, room.messages[ts], None)
        handle = list(handles(self.space, place.blocks))[option]
        return block_actions(self.space, self.install, person, place, action_of(self.space, handle))

    def presses(self, people: list[User], ts: str, option: int) -> list[bytes]:
        """The same for many, made from one payload: what differs is who, when, the trigger and the way back."""
        whole = self.press(people[0], ts, option)
        room, source = self.channels[0], self.channels[0].messages[ts]
        made = []
        for person in people:
            one = dict(whole)
            one["user"] = {"id": person.id, "username": person.name, "name": person.name, "team_id": self.space.id}
            one["trigger_id"] = self.world.trigger(person.id)
            one["actions"] = [whole["actions"][0] | {"action_ts": f"{self.world.clock.now():.6f}"}]
            one["response_url"] = response_url(self.space, person, room, source=source)
            made.append(orjson.dumps(one))
        return made


@asynccontextmanager
async def slack_server(people: int, channels: int = 1, *, rates: bool = False) -> AsyncIterator[Slack]:
    world = slack.World(rates=rates, record="counts")
    space = world.workspace("Acme")
    crowd = [space.user(f"person{number}") for number in range(people)]
    rooms = [space.channel(f"{CHANNEL}-{number}", members=crowd) for number in range(channels)]
    install = space.install(scopes=SCOPES, events=EVENTS, commands=GROUPS, mode="socket")
    for room in rooms:
        room.members.add(install.bot.id)
    running = await slack.start(world)
    try:
        yield Slack(running, space, install, rooms, crowd)
    finally:
        await running.close()


@dataclass
class Discord:
    """One server with a crowd in its channels; answers to measured presses go past its checks."""

    world: discord.World
    server: Server
    url: str
    application: Any
    guild: Any
    channels: list[Any]
    people: list[Any]
    waiting: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    patches: int = 0

    def room(self, number: int = 0, *, joined: int | None = None) -> Room:
        accounts = [f"discord:{one.id}" for one in self.people[:joined]]
        return Room(f"discord:{self.guild.id}", self.guild.name, self.channels[number].id, accounts)

    def settings(self) -> dict[str, str]:
        return {
            "SIDESTAGE_DISCORD_TOKEN": self.application.token,
            "SIDESTAGE_DISCORD_API_URL": f"{self.url}/api/v10",
            "SIDESTAGE_DISCORD_GATEWAY_URL": self.server.hub.url,
        }

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.rel_url.raw_path
        if path.startswith("/api/v10/interactions/"):
            one = self.waiting.pop(path.split("/")[4], None)
            if one is not None:
                await request.read()
                if not one.done():
                    one.set_result(None)
                return web.Response(status=204)
        return await self.server.handle(request)

    def count(self, method: str, route: str) -> int:
        return sum(
            count
            for (asked, where, status), count in self.world.counts.items()
            if asked == method and where == route and status < 300
        )

    async def cards(self, number: int = 1, channel: int = 0) -> list[Any]:
        def found() -> list[Any]:
            bot = self.application.bot.id
            return [one for one in self.channels[channel].messages.values() if one.author.id == bot and one.components]

        return list(await until(lambda: found() if len(found()) >= number else None, "the bot's cards in Discord"))

    @property
    def session(self) -> Any:
        return next(one for one in self.server.hub.sessions.values() if one.link is not None)


@asynccontextmanager
async def discord_server(people: int, channels: int = 1, *, rates: bool = False) -> AsyncIterator[Discord]:
    world = discord.World(rates=rates, record="counts")
    guild = world.guild("PyCom", world.user("owner"))
    crowd = [world.user(f"person{number}", f"Person {number}") for number in range(people)]
    for one in crowd:
        world.join(one, guild)
    rooms = [world.channel(f"{CHANNEL}-{number}", guild) for number in range(channels)]
    application = world.application("Sidestage")
    server = Server(world, "")
    made = Discord(world, server, "", application, guild, rooms, crowd)
    runner = web.ServerRunner(web.Server(made.handle, access_log=None), shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    server.hub.url, made.url = f"ws://127.0.0.1:{port}/gateway", f"http://127.0.0.1:{port}"
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    try:
        yield made
    finally:
        server.hub.drop()
        world.listeners.remove(server.hub.hear)
        await runner.cleanup()


@asynccontextmanager
async def bot(
    folder: Path, url: str, settings: dict[str, str], *, name: str = "bot", module: str = "config"
) -> AsyncIterator[Program]:
    """Our bot on that database; ``ready["http_port"]`` is where it listens."""
    env = settings | {
        "SIDESTAGE_DATABASE_URL": url,
        "SIDESTAGE_SECRET_KEY": KEY,
        "SIDESTAGE_HTTP_PORT": "0",
        "SIDESTAGE_LOG_LEVEL": "info",
    }
    program = await started(["-m", module, "run"], folder / f"{name}.log", env=env)
    try:
        yield program
    finally:
        await program.stop()
