"""The bot is killed again and again while people write and vote: what was answered stays, lines come once."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from config.stage_set import StageSet, plan
from tests.faults.crowd import HURRIED, Check, Crowd, crowd, seed_of
from tests.wire.audience import BACKCHANNEL, CHANNEL, DOOR, QUEUE, STAGE, Audience, has

ENOUGH = 21
"""Presses answered in all: less would show nothing."""


async def killed(people: Crowd, times: int) -> None:
    """``kill -9`` at random moments, and started again each time."""
    async with people.acting():
        for _ in range(times):
            await asyncio.sleep(people.dice.uniform(0.05, 1.2))
            await people.stage.kill_bot()
            await people.answered_stands()
            await people.stage.raise_bot()
        await people.answered(ENOUGH)


async def everything_stands(people: Crowd) -> None:
    await people.settled()
    answered, unanswered = await people.check_presses()
    print(f"{answered} presses answered, {unanswered} not")
    assert answered >= ENOUGH


@pytest.mark.timeout(180)
@pytest.mark.shows("killed", on="both")
async def test_five_kills_lose_and_double_nothing(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest
) -> None:
    async with crowd(tmp_path, seed_of(request), outgoing, program=HURRIED) as people:
        await killed(people, 5)
        await everything_stands(people)


@pytest.mark.long
@pytest.mark.shows("killed", on="both")
async def test_two_kills_beside_postgres_lose_and_double_nothing(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest, postgres_url: str
) -> None:
    seed = seed_of(request)
    async with crowd(tmp_path, seed, outgoing, program=HURRIED, database_url=postgres_url) as people:
        await killed(people, 2)
        await everything_stands(people)


@pytest.mark.shows("killed", "rooms-made", "admission", on="both")
@pytest.mark.parametrize("times", [pytest.param(5, marks=[pytest.mark.long, pytest.mark.timeout(300)])])
async def test_rooms_are_made_once_and_people_let_in_however_often_the_bot_dies(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest, times: int
) -> None:
    """Killed while channels are being made, while people are let in, and while both are put away."""
    dice = random.Random(seed_of(request))
    here, there = ("ana", "mira", "leo"), ("bo", "nova", "sam")
    slack = [{"name": name, "admin": name == "ana"} for name in here]
    discord = [{"name": name, "manages": name == "bo"} for name in there]
    stage = StageSet(tmp_path, plan(slack, discord), program=HURRIED)
    try:
        await stage.raise_servers()
        await stage.raise_bot()
        people: dict[str, Any] = {name: stage.slack(name) for name in here}
        people |= {name: stage.discord(name) for name in there}
        event = Audience(people, ["ana", "bo"], patience=40.0)
        await slowly(stage)
        await event.prepare("23:57", "1h")
        await event.go("announce")
        await killed_often(stage, dice, times)
        for who in people:
            await event.join(who)
        await event.go("open")
        await killed_often(stage, dice, times)
        for who in people:
            await event.find(who, STAGE)
        for who in ("ana", "bo"):
            await event.find(who, BACKCHANNEL)
            rooms = sorted(room.name for room in await people[who].channels())
            assert rooms == sorted((CHANNEL, DOOR, STAGE, QUEUE, BACKCHANNEL))
        await event.go("start")
        await people["ana"].command(CHANNEL, "/mod session end")
        await event.press("ana", "End session", channel=CHANNEL)
        await event.press("ana", "Archive", channel=CHANNEL)
        await event.press("ana", "Archive", lambda post: has(post, "Keep them"), CHANNEL)
        await killed_often(stage, dice, times)
        for who in people:
            await event.lost(who, STAGE)
        outgoing([*(await stage.ask("slack", "requests"))["requests"], *await stage.ask("discord", "requests")])
    finally:
        await stage.strike()


async def killed_often(stage: StageSet, dice: random.Random, times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(dice.uniform(0.05, 0.8))
        await stage.kill_bot()
        await stage.raise_bot()


async def slowly(stage: StageSet) -> None:
    """What makes rooms and lets people in takes a moment, so that kills find some of it under way."""
    for platform, rule in (
        ("slack", {"method": "conversations.*", "delay": 0.2}),
        ("discord", {"method": "POST", "route": "/guilds/{guild_id}/channels", "delay": 0.2}),
        ("discord", {"method": "PUT", "route": "/*", "delay": 0.2}),
    ):
        assert stage.session is not None
        address = f"{stage.where[platform]['base_url']}/sandbox/faults"
        async with stage.session.post(address, json=rule) as answer:
            assert answer.status == 200, await answer.text()


@pytest.mark.shows("killed", on="both")
@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
async def test_fifty_kills_lose_and_double_nothing(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest, database: str
) -> None:
    """With the waits of real life."""
    address = request.getfixturevalue("postgres_url") if database == "PostgreSQL" else ""
    async with crowd(tmp_path, seed_of(request), outgoing, database_url=address) as people:
        people.pauses = (0.5, 2.0)  # a room takes about thirty posts a minute on Discord
        await killed(people, 50)
        await people.settled(within=120)
        await everything_stands(people)
