"""What was said while the bot was away is read back: all of it, in order, before what is said from then on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from config.bot import Bot
from tests.wire.audience import CHANNEL, copies
from tests.wire.bot_stage import Stage, on_stage

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
    posts = await stage.people[reader].settle(CHANNEL, lambda posts: set(copies(posts, lines)) >= set(lines), within=10)
    assert copies(posts, lines) == list(lines)


@pytest.mark.parametrize(("writer", "reader"), WAYS, ids=["Slack", "Discord"])
async def test_what_was_missed_comes_before_what_is_said_while_it_is_read(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, writer: str, reader: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "mira", "nova")
        hands = stage.people[writer]
        await hands.write(CHANNEL, "line 1 before")
        await stage.read(reader, "line 1 before")
        await stage.bot.stop()
        missed = ["line 2 missed", "line 3 missed"]
        for line in missed:
            await hands.write(CHANNEL, line)
        slowly(monkeypatch, 0.5)
        await stage.start_bot()
        await hands.write(CHANNEL, "line 4 at once")
        await arrived(stage, reader, ["line 1 before", *missed, "line 4 at once"])


@pytest.mark.parametrize(("writer", "reader"), WAYS, ids=["Slack", "Discord"])
async def test_an_edit_made_while_the_bot_was_away_follows(
    tmp_path: Path, outgoing: Check, writer: str, reader: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "mira", "nova")
        hands = stage.people[writer]
        ident = await hands.write(CHANNEL, "line 1 before")
        await stage.read(reader, "line 1 before")
        await stage.bot.stop()
        await hands.edit(CHANNEL, ident, "line 1 changed")
        await stage.start_bot()
        await stage.read(reader, "line 1 changed")


@pytest.mark.parametrize(("writer", "reader"), WAYS, ids=["Slack", "Discord"])
async def test_a_deletion_made_while_the_bot_was_away_follows(
    tmp_path: Path, outgoing: Check, writer: str, reader: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "mira", "nova")
        hands = stage.people[writer]
        gone = await hands.write(CHANNEL, "line 1 to go")
        await hands.write(CHANNEL, "line 2 stays")
        await stage.read(reader, "line 2 stays")
        await stage.bot.stop()
        await hands.delete(CHANNEL, gone)
        await stage.start_bot()
        await stage.people[reader].settle(CHANNEL, lambda posts: not any("line 1" in post.text for post in posts))
        assert copies(await stage.posts(reader), ["line 2 stays"]) == ["line 2 stays"]
