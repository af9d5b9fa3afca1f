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
            await people.stage.raise_bot()


async def test_five_kills_lose_and_double_nothing(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest
) -> None:
    async with crowd(tmp_path, seed_of(request), outgoing, program=HURRIED) as people:
        await killed(people, 5)
        await people.settled()
        answered, unanswered = await people.check_presses()
        print(f"{answered} presses answered, {unanswered} not")
        assert answered > 50
