"""What the bot weighs: its memory with a full session and with years of data, and how long it takes to be ready."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench import load
from tests.bench.crowd import Crowd, fill, fill_in_bulk
from tests.bench.processes import Program
from tests.bench.rows import Row
from tests.bench.servers import Slack, bot, slack_server


async def memory_session(folder: Path, people: int = 10_000) -> Row:
    """Everybody votes once, so that whatever is kept for a person is kept."""
    url = f"sqlite:///{folder / 'session.db'}"
    async with slack_server(people) as slack:
        await asyncio.to_thread(fill, url, Crowd([slack.room()]))
        async with bot(folder, url, slack.settings("socket")) as program:
            empty = program.megabytes
            await _everybody_votes(slack)
            await asyncio.sleep(3)
            full = program.megabytes
    return Row(
        "memory_session", full, "MB",
        f"resident memory of the bot with one live session of {people} people, each of whom has voted; "
        "idle_mb: before the votes",
        None, 120, "at most", more={"idle_mb": empty},
    )  # fmt: skip


async def _everybody_votes(slack: Slack) -> None:
    ts = (await slack.cards())[0]
    assert slack.world.deliveries is not None
    connection = slack.world.deliveries.connections[slack.install.app.id][0]
    run = await load.by_socket(connection, slack.presses(slack.people, ts, 0))
    assert not run.errors, f"{run.errors} presses got no answer"


async def with_years(folder: Path, people: int = 100_000, ballots: int = 1_000_000) -> list[Row]:
    """One live session of 1,000 people beside what years left."""
    url = f"sqlite:///{folder / 'years.db'}"
    starts: list[float] = []
    memory: list[float] = []
    async with slack_server(1_000) as slack:
        await asyncio.to_thread(fill, url, Crowd([slack.room()]))
        await asyncio.to_thread(fill_in_bulk, url, people, ballots)
        for _ in range(5):
            async with bot(folder, url, slack.settings("socket")) as program:
                starts.append(_start(program))
                await _everybody_votes(slack)
                await asyncio.sleep(1)
                memory.append(program.megabytes)
    what = f"a database of {people:,} people and {ballots:,} ballots"
    middle = len(starts) // 2
    return [
        Row(
            "memory_database", sorted(memory)[middle], "MB",
            f"resident memory of the bot with {what}, after 1,000 votes in a live session", None, 250, "at most",
        ),
        Row("start", sorted(starts)[middle], "s", f"from its start to ready with {what}", None, 5, "at most"),
    ]  # fmt: skip


def _start(program: Program) -> float:
    return program.seconds
