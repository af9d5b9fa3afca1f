"""The whole bot and both stand-in servers in one event loop, with people who use nothing but visible words."""

from __future__ import annotations

import asyncio
import sqlite3
import time as clock
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import aiohttp
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from sqlalchemy import text

from adapters.discord import pace
from adapters.discord.check import PERMISSIONS
from adapters.discord.gateway import DiscordGateway
from adapters.sandbox import discord, slack
from adapters.sandbox.hands import Post
from adapters.sandbox.slack.clock import SystemClock
from adapters.slack.allowance import SharedAllowance
from adapters.slack.gateway import SlackGateway
from adapters.slack.manifest import EVENTS, SCOPES, SHORTCUTS
from config import bot as bot_module
from config.bot import Bot
from config.settings import Settings
from config.stage_set import GROUPS
from core.app import session_cards
from core.app.platform import Budget
from core.domain.ids import SECOND, Instant
from jobs import surfaces
from storage import engines
from storage.engines import _prepare_writer
from tests.storage.prepared import remembering, sqlite_at
from tests.wire import openings, shelf
from tests.wire.audience import CHANNEL, STAGE, Audience, Test, until
from tests.wire.inside import DiscordInside, SlackInside

SLACK_PEOPLE, DISCORD_PEOPLE = ("ana", "mira", "leo"), ("bo", "nova", "sam")
"""The first of each manages the place."""
Mode = Literal["socket", "http"]
CLOCK = bot_module.clock
KNOWN_WITHIN = 1.0
"""Seconds in which the bot has heard of what it posted, unless a test keeps that from it."""


@dataclass(kw_only=True)
class Stage(Audience):
    """``check`` is given all requests that the bot sent, at the end."""

    folder: Path
    check: Callable[[Sequence[Any]], None]
    mode: Mode = "socket"
    platforms: tuple[str, ...] = ("slack", "discord")
    database_url: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    """Further settings."""
    anew: bool = False
    """Everything is played from the start, whoever played it before."""
    slack: slack.World = field(default_factory=slack.World)
    discord: discord.World = field(default_factory=discord.World)
    bot: Bot = field(init=False)
    servers: dict[str, Any] = field(default_factory=dict)
    http: aiohttp.ClientSession = field(init=False)
    _install: Any = None
    _token: str = ""
    _raised: bytes = b""
    """How the worlds look before anybody did anything."""

    # -- life -------------------------------------------------------------------------------------------------------

    async def raise_all(self) -> None:
        self.http = aiohttp.ClientSession()
        if "slack" in self.platforms:
            await self._raise_slack()
        if "discord" in self.platforms:
            await self._raise_discord()
        self.hosting = [name for name in (SLACK_PEOPLE[0], DISCORD_PEOPLE[0]) if name in self.people]
        self._raised = b"" if self.anew or self.database_url else openings.looks(self)
        await self.start_bot()

    async def _raise_slack(self) -> None:
        space = self.slack.workspace("Acme")
        people = [space.user(name, admin=name == SLACK_PEOPLE[0]) for name in SLACK_PEOPLE]
        space.channel(CHANNEL, members=people)
        self._install = space.install(
            scopes=SCOPES, events=EVENTS, commands=list(GROUPS), shortcuts=SHORTCUTS, mode=self.mode
        )
        running = self.servers["slack"] = await slack.start(self.slack)
        self.people |= {name: SlackInside(running, name, session=self.http) for name in SLACK_PEOPLE}

    async def _raise_discord(self) -> None:
        guild = self.discord.guild("PyCom", self.discord.user("owner"))
        for name in DISCORD_PEOPLE:
            self.discord.join(self.discord.user(name, name.title()), guild, manage=name == DISCORD_PEOPLE[0])
        self.discord.channel(CHANNEL, guild)
        self._token = self.discord.application("Sidestage", allow=tuple(PERMISSIONS)).token
        running = self.servers["discord"] = await discord.start(self.discord)
        self.people |= {name: DiscordInside(running, name, session=self.http) for name in DISCORD_PEOPLE}

    def settings(self) -> Settings:
        given: dict[str, Any] = {
            "database_url": self.database_url or f"sqlite:///{self.folder / 'bot.db'}",
            "http_port": 0,
            "_env_file": None,
        }
        if "slack" in self.platforms:
            app = self._install.app
            given |= {"slack_bot_token": self._install.bot_token, "slack_app_token": app.app_token}
            given |= {"slack_signing_secret": app.signing_secret, "slack_mode": self.mode}
            given |= {"slack_api_url": self.servers["slack"].api_url}
        if "discord" in self.platforms:
            server = self.servers["discord"]
            given |= {"discord_token": self._token, "discord_api_url": server.api_url}
            given |= {"discord_gateway_url": server.gateway_url}
        return Settings(**given | self.more)

    async def start_bot(self) -> None:
        if not self.database_url and not (kept := self.folder / "bot.db").exists():
            sqlite_at(kept)
        self.bot = Bot(self.settings())
        await self.bot.start()
        if self._install is not None:
            self._install.app.request_url = f"http://127.0.0.1:{self.bot.web.port}/slack/events"

    async def restart(self) -> None:
        await self.bot.stop()
        await self.start_bot()

    async def live(self, *joining: str, made: bool = False) -> None:
        """As in every audience; taken over from the story that played the same before, if there is one."""
        untouched = self._raised and openings.looks(self) == self._raised and bot_module.clock is CLOCK
        if not untouched:
            await super().live(*joining, made=made)
            return
        everybody = (*self.hosting, "joined", *(joining or self.people))
        name = shelf.at("-".join((self.mode, *self.platforms, "made" if made else "found", *everybody)))
        if (kept := shelf.found(name)) is not None:
            self.chat = STAGE if made else CHANNEL
            await self.bot.stop()
            openings.put_up(self, kept)
            await self.start_bot()
            return
        await super().live(*joining, made=made)
        if shelf.wanted(name):
            await self.quiet()
            await self.bot.stop()
            shelf.leave(name, openings.taken_down(self))
            await self.start_bot()

    async def strike(self) -> None:
        if hasattr(self, "bot"):
            await self.bot.stop()
        for server in self.servers.values():
            await server.close()
        await self.http.close()

    async def see(self, who: str, test: Test, within: float = 0.0, channel: str = "") -> Post:
        """As in every audience; what the bot posted, it knows by then: nobody acts on a line within milliseconds."""
        post = await super().see(who, test, within, channel)
        deadline = clock.monotonic() + KNOWN_WITHIN
        while post.bot and not post.private and self._unknown(post.id) and clock.monotonic() < deadline:
            await asyncio.sleep(0.005)
        return post

    async def moderate(self, who: str, post: Post, what: str, reply: str = "", channel: str = "") -> str:
        await self.taken_in(post.id)
        return await super().moderate(who, post, what, reply, channel)

    async def taken_in(self, ident: str) -> None:
        """Wait until the bot knows the line: nobody reads and judges one within the milliseconds that this takes."""
        await until(lambda: bool(self.rows("SELECT 1 FROM surface WHERE ref = :ref LIMIT 1", ref=ident)))

    def _unknown(self, ident: str) -> bool:
        """Whether this may be there without the bot having heard so yet."""
        on_its_way = self.rows("SELECT 1 FROM surface WHERE sent_at IS NOT NULL AND ref IS NULL LIMIT 1")
        return bool(on_its_way) and not self.rows("SELECT 1 FROM surface WHERE ref = :ref LIMIT 1", ref=ident)

    async def quiet(self) -> None:
        """Wait until the bot has nothing to show anywhere, now or later."""
        ever = Instant(1 << 60)
        await until(lambda: not self.bot.reconciler.lanes and not self.bot.store.outbox.waiting(ever, self.platforms))

    def rows(self, query: str, **given: str) -> list[Any]:
        """What the database says."""
        with self.bot.store.reader.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), given)]

    def requests(self) -> list[Any]:
        return [*self.slack.requests, *self.discord.requests]


def _nothing(*_: object) -> None:
    pass


def _kept_in_memory(connection: sqlite3.Connection, more: Any) -> None:
    """As the bot prepares it, but nothing waits for the disk: no story pulls the plug of the machine."""
    _prepare_writer(connection, more)
    connection.execute("PRAGMA synchronous=OFF")


def _free(*_: object) -> Sequence[Budget]:
    return ()


async def _granted(allowance: SharedAllowance, *, crowd: bool) -> bool:
    """However many forms a story opens in a second; what Slack said stays said."""
    return allowance._held <= allowance._clock()


def _held(budgets: Callable[..., Sequence[Budget]]) -> Callable[..., Sequence[Budget]]:
    return lambda *asked: [Budget(it.name, 0, it.burst) for it in budgets(*asked)]


@contextmanager
def _hurried(*, rates: bool, held: bool = False) -> Iterator[None]:
    """The same rules in less time; without ``rates`` every line has a post of its own at once, and so its chances."""
    with pytest.MonkeyPatch.context() as patch:
        # The run has tuned the collector already (conftest); once more costs each story a quarter of a second.
        patch.setattr(bot_module, "gc", SimpleNamespace(collect=_nothing, freeze=_nothing, set_threshold=_nothing))
        patch.setattr(engines, "create_engine", remembering)
        patch.setattr(engines, "_prepare_writer", _kept_in_memory)
        patch.setattr(surfaces, "PACE", SECOND // 4)
        patch.setattr(session_cards, "CALM", SECOND // 4)
        patch.setattr(session_cards, "TWIN", SECOND // 4)
        patch.setattr(surfaces, "LOOK_UP_AFTER", SECOND)
        if not rates:
            patch.setattr(pace, "CALL_EVERY", 0)
            patch.setattr(SharedAllowance, "ask", _granted)
        for gateway in () if rates else (SlackGateway, DiscordGateway):
            patch.setattr(gateway, "budgets", _held(gateway.budgets) if held else _free)
            patch.setattr(gateway, "together", lambda *_: 0)
        yield


@asynccontextmanager
async def on_stage(
    folder: Path,
    check: Callable[[Sequence[Any]], None],
    *,
    rates: bool = False,
    held: bool = False,
    time: SystemClock | None = None,
    anew: bool = False,
    **more: Any,
) -> AsyncIterator[Stage]:
    """Everything started; taken down at the end, and every request of the bot looked at.

    ``rates``: the platforms limit and the bot keeps to it, at its real pace. ``held``: it keeps no pace of its own,
    but waits where a platform says so, for faults that say so. ``time``: that of both platforms.
    ``anew``: the session's opening too is played in this very story.
    """
    anew = anew or rates or held or time is not None
    time = time or SystemClock()
    here, there = slack.World(clock=time, rates=rates), discord.World(rates=rates, clock=time.now)
    stage = Stage(folder=folder, check=check, slack=here, discord=there, anew=anew, **more)
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    with _hurried(rates=rates, held=held):
        try:
            await stage.raise_all()
            yield stage
        finally:
            await stage.strike()
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
    check(stage.requests())
