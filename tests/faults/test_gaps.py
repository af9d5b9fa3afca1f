"""What was said while the bot was away is read back: all of it, in order, before what is said from then on."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import history
from adapters.sandbox.hands import Post
from adapters.sandbox.slack.clock import SystemClock
from adapters.sandbox.slack.limits import Limits
from config.bot import Bot, clock
from core.domain.ids import SECOND, Instant
from tests.wire.audience import BOT, CHANNEL, QUEUE, copies, private
from tests.wire.bot_stage import Mode, Stage, on_stage
from tests.wire.cards_of_questions import of

Check = Callable[[Sequence[Any]], None]
WAYS = [("mira", "nova"), ("nova", "mira")]


def slowly(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The bot takes its time before it reads any history."""
    rooms = Bot._rooms

    def slow(bot: Bot, platform: str) -> Callable[[], Awaitable[Sequence[Any]]]:
        quick = rooms(bot, platform)

        async def wait() -> Sequence[Any]:
            await asyncio.sleep(seconds)
            return await quick()

        return wait

    monkeypatch.setattr(Bot, "_rooms", slow)


async def arrived(stage: Stage, reader: str, lines: Sequence[str]) -> None:
    posts = await stage.people[reader].settle(
        stage.chat, lambda posts: set(copies(posts, lines)) >= set(lines), within=10
    )
    assert copies(posts, lines) == list(lines)


@pytest.mark.shows("lines-away", on="both")
@pytest.mark.parametrize(("writer", "reader"), WAYS, ids=["Slack", "Discord"])
async def test_what_was_missed_comes_before_what_is_said_while_it_is_read(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, writer: str, reader: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "mira", "nova", made=True)
        hands = stage.people[writer]
        await hands.write(stage.chat, "line 1 before")
        await stage.read(reader, "line 1 before")
        await stage.bot.stop()
        missed = ["line 2 missed", "line 3 missed"]
        for line in missed:
            await hands.write(stage.chat, line)
        slowly(monkeypatch, 0.5)
        await stage.start_bot()
        await hands.write(stage.chat, "line 4 at once")
        await arrived(stage, reader, ["line 1 before", *missed, "line 4 at once"])


@pytest.mark.shows("lines-away", on="both")
@pytest.mark.parametrize(("writer", "reader"), WAYS, ids=["Slack", "Discord"])
async def test_an_edit_made_while_the_bot_was_away_follows(
    tmp_path: Path, outgoing: Check, writer: str, reader: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "mira", "nova", made=True)
        hands = stage.people[writer]
        ident = await hands.write(stage.chat, "line 1 before")
        await stage.read(reader, "line 1 before")
        await stage.bot.stop()
        await hands.edit(stage.chat, ident, "line 1 changed")
        await stage.start_bot()
        await stage.read(reader, "line 1 changed")


@pytest.mark.shows("lines-away", on="both")
@pytest.mark.parametrize(("writer", "reader"), WAYS, ids=["Slack", "Discord"])
async def test_a_deletion_made_while_the_bot_was_away_follows(
    tmp_path: Path, outgoing: Check, writer: str, reader: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "mira", "nova", made=True)
        hands = stage.people[writer]
        gone = await hands.write(stage.chat, "line 1 to go")
        await hands.write(stage.chat, "line 2 stays")
        await stage.read(reader, "line 2 stays")
        await stage.bot.stop()
        await hands.delete(stage.chat, gone)
        await stage.start_bot()
        await stage.people[reader].settle(stage.chat, lambda posts: not any("line 1" in post.text for post in posts))
        assert copies(await stage.posts(reader), ["line 2 stays"]) == ["line 2 stays"]


@pytest.mark.shows("beside-away", on="both")
async def test_what_moderators_wrote_beside_cards_while_the_bot_was_away_reaches_the_askers(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "leo", made=True)
        await stage.people["bo"].command(CHANNEL, "/mod session setup")
        await stage.form("bo", await stage.press("bo", "Q&A", private, CHANNEL))
        ways = {"Mode": "Each question by itself", "Ways": ["Lines under a card go to the asker"]}
        assert "Saved. Questions: " in await stage.send("bo", ways, CHANNEL)
        heads = {}
        for number, (host, guest) in enumerate((("ana", "mira"), ("bo", "leo")), 1):
            await stage.told(guest, "command", f"/stage ask Is there tea for {guest}?", channel=CHANNEL)
            await stage.form(host, await stage.press(host, "Reply", of(number), QUEUE))
            heads[host] = (await stage.see(host, of(number, "claimed by"), channel=QUEUE)).id
        await stage.bot.stop()
        for host, head in heads.items():
            line = await stage.people[host].write(QUEUE, "Green and bleak", reply_to=head)
            await stage.people[host].edit(QUEUE, line, f"Green and black, says {host}")
            await stage.people[host].write(QUEUE, "-- nobody asked last year", reply_to=head)
        await stage.start_bot()
        for host, guest in (("ana", "mira"), ("bo", "leo")):
            await stage.read(guest, f"Green and black, says {host}", channel=BOT)
        await stage.restart()
        await stage.quiet()
        for guest in ("mira", "leo"):
            texts = [post.text for post in await stage.posts(guest, BOT)]
            assert sum("Green" in text for text in texts) == 1
            assert not any("last year" in text for text in texts)


# -- a long absence -------------------------------------------------------------------------------------------------


class Ahead(SystemClock):
    """One time for both stand-ins, the bot and whoever checks a signature, that can be moved on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return super().now() + self.seconds

    def instant(self) -> Instant:
        return Instant(clock() + int(self.seconds * SECOND))

    def everywhere(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr("config.bot.clock", self.instant)
        patch.setattr("slack_sdk.signature.Clock.now", lambda _: self.now())


@dataclass
class Talk:
    """What one person writes, changes and takes back."""

    stage: Stage
    who: str
    refs: dict[int, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)

    async def write(self, number: int) -> None:
        self.texts[number] = f"line {number:04d} as written."
        self.refs[number] = await self.stage.people[self.who].write(self.stage.chat, self.texts[number])

    async def change(self, number: int) -> None:
        self.texts[number] = f"line {number:04d} as changed."
        await self.stage.people[self.who].edit(self.stage.chat, self.refs[number], self.texts[number])

    async def take_back(self, number: int) -> None:
        await self.stage.people[self.who].delete(self.stage.chat, self.refs[number])
        del self.texts[number]

    def wanted(self) -> list[str]:
        return [self.texts[number] for number in sorted(self.texts)]


def shown(posts: Sequence[Post]) -> list[str]:
    return [line for post in posts if post.bot for line in re.findall(r"line \d{4} as \w+\.", post.text)]


ABSENT = 600.0
SIZES = [(60, 6, 4), pytest.param((500, 30, 20), marks=[pytest.mark.long, pytest.mark.timeout(300)])]
"""Lines, edits and deletions in ten minutes."""


@pytest.mark.shows("lines-away", on="both")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]} lines")
@pytest.mark.parametrize(
    ("writer", "reader", "mode"),
    [("mira", "nova", "socket"), ("mira", "nova", "http"), ("nova", "mira", "socket")],
    ids=["Slack by sockets", "Slack by HTTP", "Discord"],
)
async def test_ten_minutes_away_lose_and_double_nothing(
    tmp_path: Path,
    outgoing: Check,
    monkeypatch: pytest.MonkeyPatch,
    writer: str,
    reader: str,
    mode: Mode,
    size: tuple[int, int, int],
) -> None:
    """Lines from before are changed and taken back too; all of it stands on the other side, once and in order."""
    lines, edits, deletions = size
    time = Ahead()
    time.everywhere(monkeypatch)
    async with on_stage(tmp_path, outgoing, mode=mode, time=time) as stage:
        await stage.live("ana", "mira", "nova", made=True)
        talk = Talk(stage, writer)
        for number in range(20):
            await talk.write(number)
        await stage.read(reader, "line 0019")
        await stage.bot.stop()
        for number in range(20, 20 + lines):
            time.seconds += ABSENT / lines
            await talk.write(number)
        dice = random.Random(lines)
        touched = dice.sample(sorted(talk.refs), edits + deletions)
        for number in touched[:edits]:
            await talk.change(number)
        for number in touched[edits:]:
            await talk.take_back(number)
        await stage.start_bot()
        await talk.write(20 + lines)
        wanted = talk.wanted()
        hands = stage.people[reader]
        posts = await hands.settle(stage.chat, lambda posts: sorted(shown(posts)) == wanted, within=20 + lines / 5)
        assert shown(posts) == wanted


@pytest.mark.shows("lines-gap", on="discord")
async def test_moderators_read_that_more_was_missed_in_discord_than_can_be_read_back(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST", 3)
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "mira", "nova", "bo", made=True)
        await stage.say("nova", "line 1 before")
        await stage.read("mira", "line 1 before")
        await stage.bot.stop()
        for number in range(2, 7):
            await stage.people["nova"].write(stage.chat, f"line {number} missed")
        await stage.start_bot()
        for who in ("ana", "bo"):
            gap = await stage.read(who, "Not all of them could be read back", channel=QUEUE)
            assert "in “PyCom”" in gap.text
        await stage.say("nova", "line 7 at last")
        await stage.read("mira", "line 7 at last")
        assert not [post for post in await stage.posts("nova") if "could be read back" in post.text]


# -- what Slack does not deliver ------------------------------------------------------------------------------------


@pytest.mark.shows("lines-gap", on="slack")
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_moderators_read_of_a_gap_until_it_is_filled(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    async with on_stage(tmp_path, outgoing, mode=mode, rates=True) as stage:
        await stage.live("ana", "mira", "nova", "bo", made=True)
        await stage.say("mira", "line 1 before")
        await stage.read("nova", "line 1 before")
        await stage.find("bo", QUEUE)
        slowly(monkeypatch, 1.0)
        with monkeypatch.context() as patch:
            patch.setattr(Limits, "event", lambda *_: False)
            await stage.say("mira", "line 2 dropped")
            await stage.say("mira", "line 3 dropped")
            for who in ("ana", "bo"):
                gap = await stage.read(who, "did not arrive in time", within=60, channel=QUEUE)
                assert "in “Acme”" in gap.text
        await stage.say("mira", "line 4 delivered")
        for who in ("ana", "bo"):
            await stage.read(who, "They were read back: nothing is missing.", within=20, channel=QUEUE)
        lines = ["line 1 before", "line 2 dropped", "line 3 dropped", "line 4 delivered"]
        posts = await stage.people["nova"].settle(
            stage.chat, lambda posts: set(copies(posts, lines)) >= set(lines), within=20
        )
        assert copies(posts, lines) == lines
        assert not [post for post in await stage.posts("mira") if "did not arrive" in post.text]
