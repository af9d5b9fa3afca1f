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
from adapters.sandbox.discord import Running, World, changes, start
from adapters.sandbox.discord.hands import DiscordHands
from core.app.commands import Command
from core.app.outcome import Outcome
from core.domain.ids import Instant, spell
from jobs.executor import Executor
from jobs.lanes import Reconciler
from tests.storage.prepared import store_at

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
        store = store_at(f"sqlite:///{self.folder / 'bot.db'}", SECRET)
        numbers = itertools.count(time.time_ns())
        new_id: Callable[[], str] = lambda: spell(next(numbers) * 0x9E3779B97F4A7C15F39D)  # noqa: E731
        self.outbox = store.outbox
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

    async def known(self, ref: str) -> None:
        """Wait until the bot has written down that it posted this: a person is never as fast as a test."""

        async def owned() -> bool:
            rooms = await asyncio.to_thread(self.outbox.rooms, "discord")
            return any(ref in self.outbox.owned(room.id, [ref]) for room in rooms)

        await waits(owned)

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


@pytest.mark.long
@pytest.mark.shows("session-create", "rooms-adopted", "join", "poll-make", "poll-vote", "poll-result", "refused-form")
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


@pytest.mark.long
@pytest.mark.shows("lines")
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


@pytest.mark.long
@pytest.mark.shows("lines-away")
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


@pytest.mark.long
@pytest.mark.shows("lines-away")
async def test_a_room_without_any_line_yet_is_read_from_when_it_was_taken(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        _, mira, jon = await gather(evening)
        await evening.end()
        await mira.write("keynote", "the very first line")
        await evening.begin()
        await seen(jon, "hall", "the very first line", within=10)
        evening.faultless()


@pytest.mark.long
@pytest.mark.shows("old-cards")
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


# -- rooms that the bot makes -----------------------------------------------------------------------------------------


async def opened(evening: Evening, *, held_there: bool = True) -> tuple[DiscordHands, DiscordHands, DiscordHands]:
    """The same session with no room chosen: everything is made, in both servers; Mira and Jon joined at the door."""
    boss, mira, jon = [await evening.hands(name) for name in ("boss", "mira", "jon")]
    await boss.command("keynote", "/mod session create")
    assert (await boss.fill({"Name": "Road"})).ok
    if held_there:
        setup = await seen(boss, "keynote", "is made")
        assert (await boss.press("keynote", setup.id, "Add a venue")).ok
        code = (await seen(boss, "keynote", "/mod session enter")).text.split("/mod session enter")[1].split()[0]
        assert (await boss.command("hall", f"/mod session enter code:{code.strip('`.')}")).ok
    assert (await boss.command("keynote", "/mod session announce")).ok
    for hands in (mira, jon) if held_there else (mira,):
        await finds(hands, "road-door")
        door = await seen(hands, "road-door", "have joined")
        assert (await hands.press("road-door", door.id, "Join session")).sheet is not None
        assert (await hands.fill({"Your agreement": ["I accept that this is recorded"]})).ok
    assert "road-stage" not in {room.name for room in await mira.channels()}
    for step in ("open", "start"):
        assert (await boss.command("keynote", f"/mod session {step}")).ok
    for hands in (mira, jon) if held_there else (mira,):
        await finds(hands, "road-stage")
    return boss, mira, jon


async def finds(hands: DiscordHands, *names: str, within: float = 10.0) -> None:
    """Wait until this person finds the channels."""
    deadline = time.monotonic() + within
    while not set(names) <= (found := {room.name for room in await hands.channels()}):
        assert time.monotonic() < deadline, f"{hands.user} finds only {found}"
        await asyncio.sleep(0.02)


@pytest.mark.shows("rooms-made", "admission", "replies")
@pytest.mark.long
async def test_rooms_are_made_people_let_in_and_the_chat_is_one_in_both_servers(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        boss, mira, jon = await opened(evening)
        await finds(boss, "road-queue", "road-backchannel")
        assert not {"road-queue", "road-backchannel"} & {room.name for room in await mira.channels()}
        question = await mira.write("road-stage", "is there a *recording*?")
        copy = await seen(jon, "road-stage", "recording")
        assert copy.author == "Mira K. · another server"
        await evening.known(copy.id)
        await jon.write("road-stage", "yes, on Friday", reply_to=copy.id)
        answer = await seen(mira, "road-stage", "yes, on Friday")
        assert answer.quotes, answer
        assert "Mira K." in answer.quotes[0]
        stage = next(room.id for room in await mira.channels() if room.name == "road-stage")
        assert answer.links[0].post == (stage, question), "the quotation leads to the question here"
        await jon.react("road-stage", copy.id, "👍")
        evening.faultless()


@pytest.mark.shows("likes")
@pytest.mark.long
async def test_a_like_counts_on_the_copies_and_is_taken_back(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        _, mira, jon = await opened(evening)
        line = await mira.write("road-stage", "slides are up")
        copy = await seen(jon, "road-stage", "slides are up")
        await mira.react("road-stage", line, "👍🏽")
        await seen(jon, "road-stage", "slides are up", "1 like from elsewhere", within=15)
        await mira.react("road-stage", line, "👍🏽", remove=True)
        await jon.settle("road-stage", lambda posts: not any("from elsewhere" in post.text for post in posts), 15)
        assert copy.id in {post.id for post in await jon.look("road-stage")}
        evening.faultless()


@pytest.mark.shows("moderate", "pin", "delete")
@pytest.mark.long
async def test_moderate_pins_in_both_servers_and_deletes_what_somebody_wrote(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        boss, mira, jon = await opened(evening)
        assert (await boss.command("keynote", "/stage join")).sheet is not None
        assert (await boss.fill({"Your agreement": ["I accept that this is recorded"]})).ok
        await finds(boss, "road-stage")
        line = await mira.write("road-stage", "slides are up")
        await seen(jon, "road-stage", "slides are up")
        asked = await boss.shortcut("road-stage", line, "Moderate…")
        assert asked.sheet is not None, asked
        assert (await boss.fill({"What to do": "Pin"})).ok
        for hands in (mira, jon):
            await waits(partial(pinned, hands, "slides are up"))
        link = f"https://discord.com/channels/{evening.here.id}/{await room_of(mira, 'road-stage')}/{line}"
        asked = await boss.command("road-stage", f"/mod moderate link:{link}")
        assert asked.sheet is not None, asked
        assert (await boss.fill({"What to do": "Delete everywhere"})).ok
        for hands in (mira, jon):
            await hands.settle("road-stage", lambda posts: not any("slides are up" in post.text for post in posts))
        evening.faultless()


async def waits(holds: Callable[[], Any], within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not await holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def pinned(hands: DiscordHands, words: str) -> bool:
    return any(words in post.text for post in await hands.pins("road-stage"))


async def room_of(hands: DiscordHands, name: str) -> str:
    return next(room.id for room in await hands.channels() if room.name == name)


@pytest.mark.shows("leave")
@pytest.mark.long
async def test_who_leaves_sees_the_stage_no_more(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        _, mira, _ = await opened(evening, held_there=False)
        assert (await mira.command("road-stage", "/stage leave")).ok
        asked = await seen(mira, "road-stage", "Leave")
        await mira.press(
            "road-stage", asked.id, next(it.label for it in asked.controls if it.label.startswith("Leave"))
        )
        await waits(lambda: gone(mira, "road-stage"))
        evening.faultless()


async def gone(hands: DiscordHands, name: str) -> bool:
    return name not in {room.name for room in await hands.channels()}


@pytest.mark.shows("bot-line", "session-archive")
@pytest.mark.long
async def test_a_line_to_the_bot_is_answered_and_rooms_are_put_away(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        boss, mira, _ = await opened(evening, held_there=False)
        await mira.write("@bot", "is anybody there?")
        await seen(mira, "@bot", "Nobody but you reads this")
        await mira.write("road-stage", "the last word")
        assert (await boss.command("keynote", "/mod session end")).ok
        asked = await seen(boss, "keynote", "End “Road”")
        assert (await boss.press("keynote", asked.id, "End session")).ok
        ended = await seen(boss, "keynote", "has ended")
        assert (
            await boss.press("keynote", ended.id, next(it.label for it in ended.controls if "rchive" in it.label))
        ).ok
        asked = await seen(boss, "keynote", "Archive “Road”?")
        assert (await boss.press("keynote", asked.id, "Archive")).ok
        await waits(lambda: archived(mira))
        with pytest.raises(PermissionError):
            await mira.write("road-stage", "one more")
        assert "the last word" in [post.text for post in await mira.look("road-stage")]
        evening.faultless()


async def archived(hands: DiscordHands) -> bool:
    return any(room.name == "road-stage" and room.archived for room in await hands.channels())


@pytest.mark.long
async def test_a_backchannel_that_anybody_can_read_goes_silent(tmp_path: Path) -> None:
    async with Evening.open(tmp_path) as evening:
        boss, _, _ = await opened(evening, held_there=False)
        await finds(boss, "road-backchannel")
        await asyncio.sleep(0)
        await evening.adapter._watch.round()
        back = next(one for one in evening.here.channels.values() if one.name == "road-backchannel")
        changes.overwrite(evening.world, back, evening.here, ["view_channel"])
        await seen(boss, "@bot", "People who are not on the team can read it")
        evening.faultless()


@pytest.mark.long
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
