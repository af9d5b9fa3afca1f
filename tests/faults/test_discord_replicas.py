"""Several processes on one PostgreSQL: one of them hears Discord, all of them send; who dies is followed by another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from config.stage_set import StageSet
from tests.faults.crowd import Check, Crowd, crowd, seed_of

TAKEN_OVER_WITHIN = 20.0


@asynccontextmanager
async def second(people: Crowd) -> AsyncIterator[StageSet]:
    """Another process of the same bot."""
    first = people.stage
    other = StageSet(first.folder / "second", first.plan, first.database_url, first.program)
    other.folder.mkdir()
    other.where, other.session = first.where, first.session
    await other.raise_bot()
    try:
        yield other
    finally:
        await other.stop_bot()


async def identified(stage: StageSet) -> int:
    return sum(one["route"] == "IDENTIFY" for one in await stage.ask("discord", "requests"))


async def heard(stage: StageSet) -> int:
    """How many sessions have a connection."""
    return sum(one["connected"] for one in (await stage.ask("discord", "world"))["sessions"])


async def until(holds: Callable[[], Any], within: float) -> float:
    """Seconds until then."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not await holds():
        assert loop.time() - began < within
        await asyncio.sleep(0.05)
    return loop.time() - began


async def health(stage: StageSet) -> Any:
    ready = [line for line in (stage.folder / "bot.log").read_text().splitlines() if '"event": "ready"' in line]
    assert stage.session is not None
    async with stage.session.get(f"http://127.0.0.1:{json.loads(ready[-1])['http_port']}/health") as answer:
        return await answer.json()


async def followed(people: Crowd) -> None:
    """Both live; the one that hears is killed; it comes back, and the other leaves in peace."""
    first = people.stage
    async with second(people) as other:
        async with people.acting():
            await asyncio.sleep(2)
            assert (await identified(first), await heard(first)) == (1, 1), "two processes, one session"
            assert (await health(other))["platforms"]["discord"]["shards"] == [{"shard": 0, "of": 1, "here": False}]
            assert (await health(other))["ok"]
            await first.kill_bot()
            await until(lambda: gone(first), 5)
            taken = await until(lambda: heard(first), TAKEN_OVER_WITHIN)
            print(f"taken over {taken:.1f} s after the kill")
            await first.raise_bot()
            assert (await identified(first), await heard(first)) == (2, 1)
            await asyncio.sleep(1)
            await other.stop_bot()
            print(f"taken over {await until(lambda: heard(first), 5):.1f} s after the other left")
        await people.settled()
        answered, unanswered = await people.check_presses()
        print(f"{answered} presses answered, {unanswered} not")
        assert answered > 20
        assert await identified(first) == 3, "one for each session that was lost"


async def gone(stage: StageSet) -> bool:
    return not await heard(stage)


@pytest.mark.shows("ways-in")
@pytest.mark.long
@pytest.mark.timeout(300)
async def test_a_process_that_dies_is_followed_by_another_within_twenty_seconds(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest, postgres_url: str
) -> None:
    """With the leases of real life; the quick form is with the adapter alone."""
    async with crowd(tmp_path, seed_of(request), outgoing, database_url=postgres_url) as people:
        people.pauses = (0.5, 2.0)
        await followed(people)
