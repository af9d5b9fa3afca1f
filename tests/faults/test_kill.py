"""The bot is killed again and again while people write and vote: what was answered stays, lines come once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.faults.crowd import HURRIED, Check, Crowd, crowd, seed_of


async def killed(people: Crowd, times: int) -> None:
    """``kill -9`` at random moments, and started again each time."""
    async with people.acting():
        for _ in range(times):
            await asyncio.sleep(people.dice.uniform(0.05, 1.2))
            await people.stage.kill_bot()
            await people.answered_stands()
            await people.stage.raise_bot()


async def everything_stands(people: Crowd) -> None:
    await people.settled()
    answered, unanswered = await people.check_presses()
    print(f"{answered} presses answered, {unanswered} not")
    assert answered > 20


async def test_five_kills_lose_and_double_nothing(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest
) -> None:
    async with crowd(tmp_path, seed_of(request), outgoing, program=HURRIED) as people:
        await killed(people, 5)
        await everything_stands(people)


async def test_two_kills_beside_postgres_lose_and_double_nothing(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest, postgres_url: str
) -> None:
    seed = seed_of(request)
    async with crowd(tmp_path, seed, outgoing, program=HURRIED, database_url=postgres_url) as people:
        await killed(people, 2)
        await everything_stands(people)


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
