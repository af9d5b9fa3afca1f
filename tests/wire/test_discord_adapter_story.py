"""A whole evening on Discord: the real adapter, storage and jobs against the stand-in, in two servers at once."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import CannotStart, DiscordAdapter, DiscordSettings
from adapters.sandbox.discord import Running, World, start
from adapters.sandbox.discord.hands import DiscordHands
from core.app.commands import Command
from core.app.outcome import Outcome
from core.domain.ids import Instant, spell
from jobs.executor import Executor
from jobs.lanes import Reconciler
from storage.store import open_store

SECRET = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE="


def clock() -> Instant:
    return Instant(time.time_ns() // 1_000)


class Evening:
    """Two servers, an organiser of both, two guests, and the bot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = World()
        self.here, self.there = self.world.guild("Here"), self.world.guild("There")
        self.boss = self.world.user("boss", "The boss")
        self.mira, self.jon = self.world.user("mira", "Mira K."), self.world.user("jon", "Jon")
        for guild in (self.here, self.there):
            self.world.join(self.boss, guild, manage=True)
        self.world.join(self.mira, self.here)
        self.world.join(self.jon, self.there)
        self.stage = self.world.channel("keynote", self.here)
        self.hall = self.world.channel("hall", self.there)
        self.app = self.world.application("Sidestage")
        self.stack = AsyncExitStack()
        self.sandbox: Running
        self.adapter: DiscordAdapter
        self.executor: Executor

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path) -> AsyncIterator[Evening]:
        evening = cls(folder)
        before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        try:
            async with evening.stack:
                evening.sandbox = await start(evening.world)
                evening.stack.push_async_callback(evening.sandbox.close)
                await evening.begin()
                try:
                    yield evening
                finally:
                    await evening.end()
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before

    async def begin(self) -> None:
        """Start the bot; after :meth:`end` once more on the same storage."""
        store = open_store(f"sqlite:///{self.folder / 'bot.db'}", secret=SECRET)
        numbers = itertools.count(time.time_ns())
        new_id: Callable[[], str] = lambda: spell(next(numbers) * 0x9E3779B97F4A7C15F39D)  # noqa: E731
        self.executor = Executor(store, clock, new_id)
        self.executor.start()
        rooms = partial(asyncio.to_thread, store.outbox.rooms, "discord")
        settings = DiscordSettings(self.app.token, self.sandbox.api_url, self.sandbox.gateway_url)
        known = lambda place: asyncio.to_thread(store.outbox.natives, place.id, 200)  # noqa: E731
        watched = partial(asyncio.to_thread, store.outbox.watched, "discord")
        self.adapter = DiscordAdapter(settings, self.executor, rooms, clock, known, watched)
        reconciler = Reconciler(store, self.executor, {"discord": self.adapter.platform}, clock, new_id)
        self.executor.on_commit = reconciler.ring
        await self.adapter.start()
        reconciler.start()

        async def end() -> None:
            await self.adapter.close()
            await reconciler.stop()
            await self.executor.stop()
            store.close()

        self.end = end

    async def hands(self, user: str) -> DiscordHands:
        return await self.stack.enter_async_context(DiscordHands(self.sandbox.url, user))

    def faultless(self) -> None:
        assert not [(one.method, one.route, one.violations) for one in self.world.requests if one.violations]


async def seen(hands: DiscordHands, channel: str, *words: str, within: float = 5.0) -> Any:
    """The newest post of the channel that holds all these words; waits for it."""

    def find(posts: Sequence[Any]) -> Any:
        return next((post for post in reversed(posts) if all(word in post.text for word in words)), None)

    return find(await hands.settle(channel, find, within))


async def gather(evening: Evening) -> tuple[DiscordHands, DiscordHands, DiscordHands]:
    """The session is made, held in both servers and live; everybody is in."""
    boss, mira, jon = [await evening.hands(name) for name in ("boss", "mira", "jon")]
    opened = await boss.command("keynote", "/mod session create")
    assert opened.sheet is not None, opened
    made = await boss.fill({"Name": "Keynote: The *road* <ahead>"})
    assert made.ok, made
    setup = await seen(boss, "keynote", "is made", "made when the doors open")
    assert setup.private
    assert (await boss.press("keynote", setup.id, "Stage: this channel")).ok
    setup = await seen(boss, "keynote", "This channel is the stage now")
    assert (await boss.press("keynote", setup.id, "Add a venue")).ok
    code = (await seen(boss, "keynote", "/mod session enter")).text.split("/mod session enter")[1].split()[0]
    assert (await boss.command("hall", f"/mod session enter code:{code.strip('`.')}")).ok
    assert (await boss.command("hall", "/mod room kind:stage")).ok
    assert (await boss.command("keynote", "/mod session announce")).ok
    for hands, channel in ((mira, "keynote"), (jon, "hall"), (boss, "keynote")):
        joining = await hands.command(channel, "/stage join")
        assert joining.sheet is not None, joining
        assert "recorded" in joining.sheet.text
        assert (await hands.fill({"Your agreement": ["I accept that this is recorded"]})).ok
        await seen(hands, channel, "You're in.")
    for step in ("open", "start"):
        assert (await boss.command("keynote", f"/mod session {step}")).ok
    return boss, mira, jon


async def test_from_the_first_command_to_the_last_result(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        boss, mira, jon = await gather(evening)
        asked = await boss.command("keynote", "/mod poll question:Which *topic* first?")
        assert asked.sheet is not None, asked
        again = await boss.fill({"Options, one a line": "only one"})
        assert again.ok
        refused = await seen(boss, "keynote", "Write 2 to 5 options", "only one")
        reopened = await boss.press("keynote", refused.id, "Try again")
        assert reopened.sheet is not None
        question = next(entry for entry in reopened.sheet.entries if entry.label == "Question")
        assert question.value == "Which *topic* first?"
        assert (await boss.fill({"Options, one a line": "Async in anger\nTyping at <scale>"})).ok
        poll = await seen(mira, "keynote", "Which *topic* first?", "Async in anger")
        pressed = await mira.press("keynote", poll.id, "Vote B")
        assert pressed.ok
        assert "Your vote: B, Typing at <scale>." in pressed.private[0].text
        other = await seen(jon, "hall", "Which *topic* first?")
        assert (await jon.press("hall", other.id, "Vote A")).ok
        await seen(mira, "keynote", "Which *topic* first?", "50 % · 1", "2 votes")
        await seen(jon, "hall", "Which *topic* first?", "50 % · 1", "2 votes")
        evening.faultless()
        assert evening.adapter.unanswered == 0


async def test_lines_their_edits_and_deletions_reach_the_other_server(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        _, mira, jon = await gather(evening)
        line = await mira.write("keynote", "Hello **there** @everyone [x](https://evil.example)")
        copy = await seen(jon, "hall", "Hello there")
        assert copy.author == "Mira K. · another server"
        assert not copy.private
        await mira.edit("keynote", line, "Goodbye _all_")
        await seen(jon, "hall", "Goodbye all")
        await mira.delete("keynote", line)
        await jon.settle("hall", lambda posts: not any("Goodbye" in post.text for post in posts))
        hall = evening.hall.messages.values()
        assert not any(message.pinged.users or message.pinged.everyone for message in hall if message.webhook_id)
        assert [post.text for post in await mira.look("keynote") if "Goodbye" in post.text] == []
        evening.faultless()


async def test_what_happened_while_the_bot_was_down_is_read_back(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        _, mira, jon = await gather(evening)
        early = await mira.write("keynote", "first line")
        await seen(jon, "hall", "first line")
        await evening.end()
        for number in range(3):
            await mira.write("keynote", f"while away {number}")
        await mira.edit("keynote", early, "first line, changed")
        await evening.begin()
        await seen(jon, "hall", "while away 2", within=10)
        await seen(jon, "hall", "first line, changed", within=10)
        words = "\n".join(post.text for post in await jon.look("hall"))
        assert [words.count(f"while away {number}") for number in range(3)] == [1, 1, 1]
        assert words.index("while away 0") < words.index("while away 1") < words.index("while away 2")
        evening.faultless()


async def test_a_room_without_any_line_yet_is_read_from_when_it_was_taken(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        _, mira, jon = await gather(evening)
        await evening.end()
        await mira.write("keynote", "the very first line")
        await evening.begin()
        await seen(jon, "hall", "the very first line", within=10)
        evening.faultless()


async def test_a_press_on_a_card_from_before_a_restart_counts(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        boss, mira, _ = await gather(evening)
        await boss.command("keynote", "/mod poll")
        await boss.fill({"Question": "Tea?", "Options, one a line": "Yes\nNo"})
        poll = await seen(mira, "keynote", "Tea?")
        await evening.end()
        await evening.begin()
        assert (await mira.press("keynote", poll.id, "Vote A")).ok
        await seen(mira, "keynote", "Tea?", "100 % · 1")
        evening.faultless()


@pytest.mark.parametrize("broken", ["token", "intent"])
async def test_a_wrong_set_up_is_told_in_one_sentence(tmp_path: Path, broken: str) -> None:
    world = World()
    world.guild("Here")
    app = world.application("Sidestage", message_content=broken != "intent")
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    sandbox = await start(world)
    token = app.token if broken == "intent" else "wrong"
    settings = DiscordSettings(token, sandbox.api_url)

    async def nothing(command: Command) -> Outcome:
        raise AssertionError("nobody acts here")

    async def no_rooms() -> Sequence[Any]:
        return ()

    adapter = DiscordAdapter(settings, nothing, no_rooms, clock)
    try:
        with pytest.raises(CannotStart, match="Message Content Intent" if broken == "intent" else "token"):
            await adapter.start()
    finally:
        await adapter.close()
        await sandbox.close()
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
    assert token not in repr(settings)
