"""The writer alone by size of batch, on big and small polls, and two of them on one PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.bench.crowd import Crowd, Room, fill
from tests.bench.processes import ROOT, cpu_of_tree, result_of
from tests.bench.rows import Row, ratio_of_pairs
from tests.bench.writer import VENUE, account
from tests.storage.postgres import PostgreSQL, programs

ROUNDS = 5


def crowd(people: int, *, polls: Sequence[str] = ("poll",), voted: Sequence[str] = ()) -> Crowd:
    room = Room(VENUE, "Acme", "C1", [account(number) for number in range(people)])
    return Crowd([room], polls=polls, voted=voted, shown=False)


@asynccontextmanager
async def postgresql() -> AsyncIterator[PostgreSQL]:
    """A server of our own that keeps its word about durability. Raises LookupError where there is none."""
    folder = programs()
    if folder is None:
        raise LookupError("no PostgreSQL programs here: Debian's package postgresql brings them")
    server = await asyncio.to_thread(PostgreSQL, folder, True)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.stop)


async def writer_sqlite(folder: Path, rounds: int = ROUNDS, people: int = 4_000) -> list[Row]:
    return await _writer("sqlite", f"sqlite:///{folder / 'writer.db'}", folder, rounds, people)


async def writer_postgresql(folder: Path, rounds: int = ROUNDS, people: int = 4_000) -> list[Row]:
    async with postgresql() as server:
        return await _writer("postgresql", server.database(), folder, rounds, people)


async def _writer(name: str, url: str, folder: Path, rounds: int, people: int) -> list[Row]:
    await asyncio.to_thread(fill, url, crowd(people))
    found = await result_of(
        ["-m", "tests.bench.writer", "batches", url, str(rounds), str(people)], folder / "writer.log"
    )
    hand = found["by hand"]
    return [
        Row(
            f"writer_{name}_{size}", statistics.median(found[str(size)]), "ballots/s",
            f"whole CastBallot commands through the Executor on {name}, durable, batches of {size}, beside the same "
            "effect by hand with SQLAlchemy Core and a commit each",
            statistics.median(hand), ratio_is=ratio_of_pairs(found[str(size)], hand),
        )
        for size in (1, 50, 200)
    ]  # fmt: skip


async def big_poll(folder: Path, rounds: int = 7, people: int = 4_000, big: int = 100_000, small: int = 100) -> Row:
    """A hundred thousand have voted on one poll and a hundred on the other; the same people vote on both now."""
    url = f"sqlite:///{folder / 'polls.db'}"
    await asyncio.to_thread(_fill_polls, url, people, big, small)
    found = await result_of(["-m", "tests.bench.writer", "polls", url, str(rounds), str(people)], folder / "polls.log")
    return Row(
        "big_poll", statistics.median(found["big"]), "µs/vote",
        f"a vote through the writer alone on SQLite when its poll has {big} ballots, beside one with {small}; {rounds} "
        f"rounds of {people}",
        statistics.median(found["small"]), 1.2, "ratio at most", ratio_of_pairs(found["big"], found["small"]),
    )  # fmt: skip


def _fill_polls(url: str, people: int, big: int, small: int) -> None:
    fill(url, crowd(people, polls=("big", "small")))
    engine = create_engine(url)
    rows = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
        "INSERT INTO ballot (interaction, person, account, platform, choice, at, delivery, moderator) "
        "SELECT :poll, 'p-other-' || i, 'other:' || i, 'slack', '[0]', 1, 'd', false FROM n"
    )
    with engine.begin() as connection:
        for poll, count in (("big", big), ("small", small)):
            connection.execute(text(rows), {"poll": poll, "count": count})
    engine.dispose()


# -- replicas -------------------------------------------------------------------------------------------------------


async def replicas(folder: Path, rounds: int = ROUNDS, people: int = 4_000) -> Row:
    """Two writers share a poll and each other's voters; one writer does the same number of votes alone."""
    async with postgresql() as server:
        url = server.database()
        await asyncio.to_thread(fill, url, crowd(people))
        one: list[float] = []
        two: list[float] = []
        failed, wrong, votes = 0.0, 0, 0
        deadlocks = _deadlocks(url)
        for number in range(rounds):
            for costs, writers in ((one, 1), (two, 2)):
                cost, troubles = await _writers(url, server.pid, folder, writers, people, f"{number}-{writers}")
                costs.append(cost)
                failed += troubles
                votes += 2 * people + 400 * writers
                wrong += _off(url, people, votes)
        deadlocks = _deadlocks(url) - deadlocks
    return Row(
        "replicas", statistics.median(two), "µs/vote",
        f"processor time a vote, writers and PostgreSQL together, of two writer processes on one PostgreSQL voting on "
        f"one poll at once, beside one writer casting as many; {rounds} rounds",
        statistics.median(one), 1.15, "ratio at most", ratio_of_pairs(two, one),
        deadlocks == 0 and failed == 0 and wrong == 0,
        {"deadlocks": deadlocks, "failed_batches": failed, "tally_differences": wrong},
    )  # fmt: skip


async def _writers(url: str, server: int, folder: Path, number: int, people: int, name: str) -> tuple[float, float]:
    """(processor time a vote in microseconds, batches that failed)."""
    share = people // number
    processes = []
    for index in range(number):
        with (folder / "replica.log").open("ab") as log:
            arguments = ["replica", url, f"{name}-{index}", str(index * share), str(share), "2"]
            processes.append(
                await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "tests.bench.writer", *arguments, cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
                    stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log,
                )
            )  # fmt: skip
    for one in processes:
        assert one.stdout is not None
        await one.stdout.readline()
    before = cpu_of_tree(server)
    answers = await asyncio.gather(*(one.communicate(b"go\n") for one in processes))
    database = cpu_of_tree(server) - before
    found = [json.loads(said.splitlines()[-1]) for said, _ in answers]
    votes = sum(it["votes"] for it in found)
    return (sum(it["cpu"] for it in found) + database) / votes * 1e6, sum(it["failed"] for it in found)


def _one(url: str, query: str) -> int:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())
    finally:
        engine.dispose()


def _deadlocks(url: str) -> int:
    return _one(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def _off(url: str, people: int, votes: int) -> int:
    """By how many the ballots differ from one a person, and the deliveries kept from the votes that were answered."""
    kept = _one(url, "SELECT count(*) FROM ballot WHERE interaction = 'poll'")
    answered = _one(url, "SELECT count(*) FROM inbox")
    return abs(people - kept) + abs(answered - votes)
