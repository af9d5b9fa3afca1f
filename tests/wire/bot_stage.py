"""The whole bot and both stand-in servers in one event loop, with people who use nothing but visible words."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import aiohttp
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.sandbox import discord, slack
from adapters.sandbox.discord.hands import DiscordHands
from adapters.sandbox.hands import Answered, Post
from adapters.sandbox.slack.hands import SlackHands
from adapters.slack.manifest import EVENTS, SCOPES
from config.bot import Bot
from config.settings import Settings
from config.stage_set import GROUPS
from core.domain.ids import SECOND
from jobs import surfaces

CHANNEL = "keynote"
WITHIN = 8.0
"""Seconds in which what shall be seen must be there; far more than it takes."""
SLACK_PEOPLE, DISCORD_PEOPLE = ("ana", "mira", "leo"), ("bo", "nova", "sam")
"""The first of each manages the place."""
Mode = Literal["socket", "http"]
Test = Callable[[Post], bool]


@dataclass
class Stage:
    """``check`` is given all requests that the bot sent, at the end."""

    folder: Path
    check: Callable[[Sequence[Any]], None]
    mode: Mode = "socket"
    platforms: tuple[str, ...] = ("slack", "discord")
    database_url: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    """Further settings."""
    slack: slack.World = field(default_factory=slack.World)
    discord: discord.World = field(default_factory=discord.World)
    people: dict[str, Any] = field(default_factory=dict)
    bot: Bot = field(init=False)
    servers: dict[str, Any] = field(default_factory=dict)
    _http: aiohttp.ClientSession = field(init=False)
    _install: Any = None
    _token: str = ""

    # -- life -------------------------------------------------------------------------------------------------------

    async def _raise(self) -> None:
        self._http = aiohttp.ClientSession()
        if "slack" in self.platforms:
            await self._raise_slack()
        if "discord" in self.platforms:
            await self._raise_discord()
        await self.start_bot()

    async def _raise_slack(self) -> None:
        space = self.slack.workspace("Acme")
        people = [space.user(name, admin=name == SLACK_PEOPLE[0]) for name in SLACK_PEOPLE]
        space.channel(CHANNEL, members=people)
        self._install = space.install(scopes=SCOPES, events=EVENTS, commands=list(GROUPS), mode=self.mode)
        running = self.servers["slack"] = await slack.start(self.slack)
        self.people |= {name: SlackHands(running.base_url, name, session=self._http) for name in SLACK_PEOPLE}

    async def _raise_discord(self) -> None:
        guild = self.discord.guild("PyCom", self.discord.user("owner"))
        for name in DISCORD_PEOPLE:
            self.discord.join(self.discord.user(name, name.title()), guild, manage=name == DISCORD_PEOPLE[0])
        self.discord.channel(CHANNEL, guild)
        self._token = self.discord.application("Sidestage").token
        running = self.servers["discord"] = await discord.start(self.discord)
        self.people |= {name: DiscordHands(running.url, name, session=self._http) for name in DISCORD_PEOPLE}

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
        self.bot = Bot(self.settings())
        await self.bot.start()
        if self._install is not None:
            self._install.app.request_url = f"http://127.0.0.1:{self.bot.web.port}/slack/events"

    async def restart(self) -> None:
        await self.bot.stop()
        await self.start_bot()

    async def _strike(self) -> None:
        await self.bot.stop()
        for server in self.servers.values():
            await server.close()
        await self._http.close()
        # What the bot tunes for a process of its own must not stay for the other tests.
        gc.unfreeze()

    def requests(self) -> list[Any]:
        return [*self.slack.requests, *self.discord.requests]

    # -- people -----------------------------------------------------------------------------------------------------

    @property
    def hosts(self) -> list[Any]:
        """Who manages, one a platform."""
        return [self.people[name] for name in (SLACK_PEOPLE[0], DISCORD_PEOPLE[0]) if name in self.people]

    async def see(self, who: str, test: Test, within: float = WITHIN, channel: str = CHANNEL) -> Post:
        """The newest post that this person sees and that passes; waits for it."""
        posts = await self.people[who].settle(channel, lambda every: any(map(test, every)), within=within)
        return next(post for post in reversed(posts) if test(post))

    async def read(self, who: str, words: str, within: float = WITHIN) -> Post:
        return await self.see(who, lambda post: words in post.text, within)

    async def posts(self, who: str) -> Sequence[Post]:
        return await self.people[who].look(CHANNEL)  # type: ignore[no-any-return]

    async def press(self, who: str, label: str, test: Test = lambda post: True) -> Answered:
        """Press the newest button with these words, as soon as it is there."""
        post = await self.see(who, lambda post: has(post, label) and test(post))
        return await self.people[who].press(CHANNEL, post.id, label)  # type: ignore[no-any-return]

    async def told(self, who: str, act: Callable[[Any], Any]) -> str:
        """What this person alone reads after an act, wherever the platform shows it."""
        hands = self.people[who]
        before = {(post.id, post.text) for post in await hands.look(CHANNEL)}
        answer: Answered = await act(hands)
        if answer.sheet is not None and answer.sheet.text and not answer.sheet.entries:
            return answer.sheet.text
        if answer.private:
            return "\n".join(post.text for post in answer.private)

        def new(post: Post) -> bool:
            return post.private and (post.id, post.text) not in before

        return (await self.see(who, new)).text

    async def says(self, who: str, line: str) -> str:
        return await self.told(who, lambda hands: hands.command(CHANNEL, line))

    # -- the evening ------------------------------------------------------------------------------------------------

    async def live(self, *joining: str) -> None:
        """A session that is on, held in every place that is here, joined by these people (else by all)."""
        first, *others = self.hosting()
        await self.people[first].command(CHANNEL, "/mod session create")
        values = {"Name": "Keynote", "Start": "now", "Length": "45m", "Timezone of the start": "UTC"}
        await self.people[first].fill(values)
        await self.press(first, "Stage: this channel")
        await self.read(first, "stage now")
        for other in others:
            await self.press(first, "Add a venue")
            code = (await self.read(first, "Code: ")).text.partition("Code: ")[2][:8]
            await self.people[other].command(CHANNEL, f"/mod session enter {code}")
            await self.press(other, "Stage: this channel")
            await self.read(other, "stage now")
        for step in ("announce", "start"):
            assert (await self.people[first].command(CHANNEL, f"/mod session {step}")).ok
        for who in joining or tuple(self.people):
            await self.join(who)

    def hosting(self) -> list[str]:
        return [name for name in (SLACK_PEOPLE[0], DISCORD_PEOPLE[0]) if name in self.people]

    async def join(self, who: str) -> None:
        opened = await self.press(who, "Join session")
        assert opened.ok, opened
        await self.fill_join(who, opened)

    async def fill_join(self, who: str, opened: Answered) -> None:
        values: dict[str, Any] = {"Name to show": who.title()}
        sheet = opened.sheet or await self.sheet(who)
        if any(entry.label == "Your agreement" for entry in sheet.entries):
            values["Your agreement"] = ["I accept that this is recorded"]
        done = await self.people[who].fill(values)
        words = " ".join([*(post.text for post in done.private), done.sheet.text if done.sheet else ""])
        if "You're in." not in words:
            await self.read(who, "You're in.")
        await self.people[who].close()

    async def sheet(self, who: str) -> Any:
        """The form that is open; on Slack it may open after the press is acknowledged."""
        assert isinstance(self.people[who], SlackHands), "Discord's forms come with the answer"
        deadline = time.monotonic() + WITHIN
        while (found := await self.people[who].sheet()) is None:
            assert time.monotonic() < deadline, "no form opened"
            await asyncio.sleep(0.02)
        return found

    async def poll(self, question: str = "Which topic?", options: str = "Tea\nCoffee\nWater", **more: str) -> None:
        """The first host publishes it."""
        host = self.hosting()[0]
        opened = await self.people[host].command(CHANNEL, f"/mod poll {question}")
        if opened.sheet is None:
            await self.sheet(host)
        done = await self.people[host].fill({"Options, one a line": options, **more})
        assert done.ok, done

    async def end_poll(self) -> None:
        host = self.hosting()[0]
        await self.people[host].command(CHANNEL, "/mod live")
        await self.press(host, "End")
        await self.press(host, "End poll")
        await self.read(host, "Ended.")


def has(post: Post, label: str) -> bool:
    return any(control.label == label for control in post.controls)


def copies(posts: Sequence[Post], wanted: Sequence[str]) -> list[str]:
    """The wanted lines as the bot shows them, in the order they stand in; one post may hold several."""
    found: list[str] = []
    for post in posts:
        if post.bot and not post.private:
            places = [(post.text.find(text), text) for text in wanted for _ in range(post.text.count(text))]
            found += [text for _, text in sorted(places)]
    return found


@asynccontextmanager
async def on_stage(folder: Path, check: Callable[[Sequence[Any]], None], **more: Any) -> AsyncIterator[Stage]:
    """Everything started; taken down at the end, and every request of the bot looked at."""
    stage = Stage(folder, check, **more)
    before, collector = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY), gc.get_threshold()
    waits = surfaces.PACE, surfaces.LOOK_UP_AFTER
    try:
        surfaces.PACE, surfaces.LOOK_UP_AFTER = SECOND // 4, SECOND  # the same rules in less time
        await stage._raise()
        yield stage
    finally:
        if hasattr(stage, "bot"):
            await stage._strike()
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
        surfaces.PACE, surfaces.LOOK_UP_AFTER = waits
        gc.set_threshold(*collector)
    check(stage.requests())
