"""A whole evening on Slack: the real adapter, storage and jobs against the stand-in, by socket and by signed HTTP."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest

from adapters.sandbox.slack import Running, SlackHands, World, start
from adapters.slack import SlackAdapter, SlackSettings
from adapters.slack.manifest import EVENTS, SCOPES, SHORTCUTS
from adapters.web import server
from core.domain.ids import Instant, VenueId, spell
from jobs.executor import Executor
from jobs.lanes import Reconciler
from tests.storage.prepared import store_at
from tests.wire.test_slack_adapter_answers import until

Mode = Literal["socket", "http"]


def clock() -> Instant:
    return Instant(time.time_ns() // 1_000)


class Evening:
    """One workspace, an organiser and two guests, and the bot."""

    def __init__(self, mode: Mode) -> None:
        self.mode: Mode = mode
        self.world = World()
        self.space = self.world.workspace("Acme")
        self.boss = self.space.user("boss", admin=True)
        self.mira, self.jon = self.space.user("mira"), self.space.user("jon")
        self.install = self.space.install(
            scopes=SCOPES, events=EVENTS, commands=["/stage", "/mod"], shortcuts=SHORTCUTS, mode=mode
        )
        people = [self.boss, self.mira, self.jon]
        self.stage = self.space.channel("keynote", members=people)
        self.stack = AsyncExitStack()
        self.sandbox: Running
        self.adapter: SlackAdapter
        self.executor: Executor

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, mode: Mode = "socket") -> AsyncIterator[Evening]:
        evening = cls(mode)
        async with evening.stack:
            await evening._start(folder)
            yield evening

    async def _start(self, folder: Path) -> None:
        self.sandbox = await start(self.world)
        self.stack.push_async_callback(self.sandbox.close)
        store = store_at(f"sqlite:///{folder / 'bot.db'}", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=")
        self.stack.callback(store.close)
        numbers = itertools.count(1)
        new_id: Callable[[], str] = lambda: spell(next(numbers) * 0x9E3779B97F4A7C15F39D)  # noqa: E731
        self.executor = Executor(store, clock, new_id)
        self.executor.start()
        self.stack.push_async_callback(self.executor.stop)
        app = self.install.app
        settings = SlackSettings(
            self.install.bot_token, app.app_token, app.signing_secret, self.mode, self.sandbox.api_url
        )
        rooms = partial(asyncio.to_thread, store.outbox.rooms, "slack")
        watched = partial(asyncio.to_thread, store.outbox.watched, "slack")

        async def taken(venue: VenueId) -> Collection[str]:
            return await asyncio.to_thread(store.outbox.taken, venue)

        self.adapter = SlackAdapter(settings, self.executor, rooms, clock, watched=watched, taken=taken)
        reconciler = Reconciler(store, self.executor, {"slack": self.adapter.platform}, clock, new_id)
        self.executor.on_commit = reconciler.ring

        async def health() -> dict[str, object]:
            return {"ok": True}

        web = await server.serve("127.0.0.1", 0, self.adapter.routes(), health)
        self.stack.push_async_callback(web.close)
        app.request_url = f"http://127.0.0.1:{web.port}/slack/events"
        await self.adapter.start()
        self.stack.push_async_callback(self.adapter.close)
        reconciler.start()
        self.stack.push_async_callback(reconciler.stop)

    async def hands(self, user: str) -> SlackHands:
        return await self.stack.enter_async_context(SlackHands(self.sandbox.base_url, user))

    def faultless(self) -> None:
        assert not [(one.method, one.violations) for one in self.world.requests if one.violations]


async def seen(hands: SlackHands, channel: str, *words: str, within: float = 5.0) -> Any:
    """The newest post of the channel that holds all these words; waits for it."""

    def find(posts: Sequence[Any]) -> Any:
        return next((post for post in reversed(posts) if all(word in post.text for word in words)), None)

    deadline = time.monotonic() + within
    while (found := find(await hands.look(channel))) is None:
        assert time.monotonic() < deadline, [post.text for post in await hands.look(channel)]
        await asyncio.sleep(0.02)
    return found


@pytest.mark.long
@pytest.mark.shows("session-create", "rooms-adopted", "join", "poll-make", "poll-vote", "poll-result", "poll-list")
@pytest.mark.shows("moderate", "pin", "ways-in")
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_from_the_first_command_to_the_last_result(tmp_path: Path, mode: Mode) -> None:
    async with Evening.open(tmp_path, mode) as evening:
        boss, mira = await evening.hands("boss"), await evening.hands("mira")
        opened = await boss.command("keynote", "/mod session create", wait=2)
        assert opened.ok, opened
        assert opened.sheet is not None
        assert opened.sheet.title == "New session"
        made = await boss.fill({"Name": "Keynote: The *road* <ahead>"}, wait=2)
        assert made.ok, made
        setup = await seen(boss, "keynote", "is made", "made when the doors open")
        assert setup.private
        taken = await boss.press("keynote", setup.id, "Stage: this channel", wait=2)
        assert taken.ok
        setup = await seen(boss, "keynote", "This channel is the stage now")
        assert (await boss.press("keynote", setup.id, "Announce", wait=2)).ok
        door = await seen(mira, "keynote", "Keynote: The *road* <ahead>", "0 have joined")
        joining = await mira.press("keynote", door.id, "Join session", wait=2)
        assert joining.sheet is not None
        assert "recorded" in joining.sheet.text
        empty = await mira.fill({"Name to show": " "}, wait=2)
        assert empty.sheet is not None
        assert [entry.error for entry in empty.sheet.entries if entry.error] == [
            "Write the name that others shall see."
        ]
        joined = await mira.fill({"Name to show": "Mira K."}, wait=2)
        assert joined.ok, joined
        assert ["You're in. The chat is #keynote." in post.text for post in joined.private] == [True]
        welcome = await seen(mira, "@bot", "You're in.")
        menu = await mira.press("@bot", welcome.id, "Menu", wait=2)
        assert "Now: Live stage" in [control.label for control in menu.private[0].controls]
        await boss.command("keynote", "/stage join", wait=2)
        await boss.fill({"Name to show": "The boss"}, wait=2)
        for step in ("open", "start"):
            assert (await boss.command("keynote", f"/mod session {step}", wait=2)).ok
        await boss.command("keynote", "/mod poll Which topic first?", wait=2)
        published = await boss.fill({"Options, one a line": "Async in anger\nTyping *at* scale"}, wait=2)
        assert published.ok, published
        card = await seen(mira, "keynote", "Which topic first?", "Poll · open")
        voted = await mira.press("keynote", card.id, "Vote B", wait=2)
        assert voted.ok
        vote = await seen(mira, "keynote", "Your vote: B, Typing *at* scale.")
        assert vote.private
        await seen(mira, "keynote", "Which topic first?", "1 vote", within=15)
        listed = await boss.command("keynote", "/mod live", wait=2)
        assert "Poll: Which topic first?" in listed.private[0].text
        line = await mira.write("keynote", "a line to pin")
        moderate = await boss.shortcut("keynote", line, "Moderate…", wait=2)
        assert moderate.sheet is not None
        assert "a line to pin" in moderate.sheet.text
        pinned = await boss.fill({"What to do": "Pin"}, wait=2)
        assert pinned.ok, pinned
        await until(lambda: _pinned(mira))
        evening.faultless()


@pytest.mark.long
@pytest.mark.shows("home", "session-details", "bot-line")
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_everything_is_in_the_app_home_too(tmp_path: Path, mode: Mode) -> None:
    async with Evening.open(tmp_path, mode) as evening:
        boss, mira = await evening.hands("boss"), await evening.hands("mira")
        await mira.home()
        await seen(mira, "@home", "As of")
        await boss.command("keynote", "/mod session create", wait=2)
        await boss.fill({"Name": "Keynote"}, wait=2)
        setup = await seen(boss, "keynote", "is made")
        await boss.press("keynote", setup.id, "Stage: this channel", wait=2)
        await boss.command("keynote", "/mod session announce", wait=2)
        door = await seen(mira, "keynote", "0 have joined")
        await mira.press("keynote", door.id, "Join session", wait=2)
        await mira.fill({"Name to show": "Mira K."}, wait=2)
        await seen(mira, "@bot", "You're in.")
        await mira.home()
        home = await seen(mira, "@home", "Keynote", "announced")
        await mira.press("@home", home.id, "Settings")
        await seen(mira, "@home", "Mira K.")
        await mira.write("@bot", "is anybody there?")
        await seen(mira, "@bot", "Nobody but you reads this.")
        await boss.home()
        home = await seen(boss, "@home", "Keynote")
        await boss.press("@home", home.id, "Setup")
        home = await seen(boss, "@home", "Chat (stage): #keynote")
        details = await boss.press("@home", home.id, "Details", wait=2)
        assert details.sheet is not None
        changed = await boss.fill({"Name": "The keynote"}, wait=2)
        assert changed.ok, changed
        await seen(boss, "@home", "The keynote", "Chat (stage): #keynote")
        evening.faultless()


@pytest.mark.long
@pytest.mark.shows("backchannel-guard")
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_backchannel_that_anybody_can_read_goes_silent(tmp_path: Path, mode: Mode) -> None:
    async with Evening.open(tmp_path, mode) as evening:
        boss = await evening.hands("boss")
        await boss.command("keynote", "/mod session create", wait=2)
        await boss.fill({"Name": "Keynote"}, wait=2)
        await boss.command("keynote", "/mod session announce", wait=2)
        back = "keynote-backchannel"
        await until(lambda: _sees(boss, back))
        await boss.invite(back, "jon")
        await seen(boss, "@bot", "jon")
        evening.faultless()


async def _pinned(hands: SlackHands) -> bool:
    return any("a line to pin" in post.text for post in await hands.pins("keynote"))


async def _sees(hands: SlackHands, channel: str) -> bool:
    return any(one.name == channel and one.member for one in await hands.channels())


Submitted = Callable[..., Awaitable[Any]]
