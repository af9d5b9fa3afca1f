"""The writer alone, in a process of its own: ``python -m tests.bench.writer JOB ADDRESS …``; its last line is JSON.

``batches``: ballots through the Executor by size of batch, beside a commit for each by hand; ``polls``: a big poll
beside a small one; ``reactions``: beside ballots; ``replica``: one of several writers on one database, which starts
when its standard input says so.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.app.commands import CastBallot, Command, React
from core.app.outcome import Saving
from core.domain.ids import SECOND, AccountId, DeliveryKey, InteractionId, SessionId, VenueId
from core.domain.people import Actor
from core.domain.reactions import APART
from jobs.executor import Executor
from storage import tables
from storage.store import SqlStore, open_store
from tests.bench.crowd import KEY, now

VENUE = "slack:T0BENCH"


def account(number: int) -> str:
    return f"slack:T0BENCH:U{number:07d}"


def ballot(number: int, poll: str, delivery: str) -> CastBallot:
    at = now()
    actor = Actor(AccountId(account(number)), "slack", VenueId(VENUE), fleeting=True)
    return CastBallot(
        actor=actor, delivery=DeliveryKey(f"{delivery}-{number}"), at=at, interaction=InteractionId(poll),
        picked=(str(at % 3),),
    )  # fmt: skip


async def cast(executor: Executor, commands: Sequence[Command]) -> float:
    """Seconds until all are committed; those that were not are counted by the caller from the database."""

    async def one(command: Command) -> None:
        outcome = await executor(command)
        if isinstance(outcome, Saving):
            outcome = await outcome.then
        assert outcome.done, outcome

    began = time.perf_counter()
    await asyncio.gather(*map(one, commands))
    return time.perf_counter() - began


class ByHand:
    """The same effect without batches: inbox, two look-ups, ballot and version, one commit a ballot."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        make = postgresql.insert if store.writer.dialect.name == "postgresql" else sqlite.insert
        made = make(tables.ballot)
        rest = {name: made.excluded[name] for name in ("choice", "at", "delivery", "account", "platform", "moderator")}
        self.upsert = made.on_conflict_do_update(index_elements=["interaction", "person"], set_=rest)
        self.account = select(tables.account.c.person).where(tables.account.c.id == bindparam("who"))
        self.member = select(tables.member.c.role).where(
            tables.member.c.session == bindparam("of"), tables.member.c.person == bindparam("who")
        )
        subject = tables.subject
        self.touch = update(subject).where(subject.c.id == bindparam("what")).values(version=subject.c.version + 1)

    def one(self, connection: Connection, command: CastBallot) -> None:
        person = connection.execute(self.account, {"who": command.actor.account}).scalar_one()
        role = connection.execute(self.member, {"of": "session", "who": person}).scalar_one()
        connection.execute(insert(tables.inbox), {"id": command.delivery, "at": command.at, "outcome": b"{}"})
        connection.execute(self.upsert, {
            "interaction": command.interaction, "person": person, "account": command.actor.account, "platform": "slack",
            "choice": f"[{command.picked[0]}]", "at": command.at, "delivery": command.delivery,
            "moderator": role == "moderator"})  # fmt: skip
        connection.execute(self.touch, {"what": f"interaction:{command.interaction}"})

    def all(self, commands: Sequence[CastBallot]) -> float:
        began = time.perf_counter()
        for command in commands:
            with self.store.writer.begin() as connection:
                self.one(connection, command)
        return time.perf_counter() - began


async def started(store: SqlStore, batch: int) -> Executor:
    executor = Executor(store, now, lambda: "id", batch=batch)
    executor.start()
    return executor


async def batches(address: str, rounds: str, people: str) -> dict[str, list[float]]:
    store, found = open_store(address, secret=KEY), dict[str, list[float]]()
    by_hand = ByHand(store)
    executors = {size: await started(store, size) for size in (1, 50, 200)}
    everybody = range(int(people))
    for number in range(int(rounds) + 1):
        for size, executor in executors.items():
            # So many that each round takes about as long.
            some = everybody[: max(200, len(everybody) * size // 200)] if size < 50 else everybody
            rate = len(some) / await cast(executor, [ballot(n, "poll", f"{size}-{number}") for n in some])
            found.setdefault(str(size), []).append(rate)
        some = everybody[: max(200, len(everybody) // 20)]
        seconds = await asyncio.to_thread(by_hand.all, [ballot(n, "poll", f"hand-{number}") for n in some])
        found.setdefault("by hand", []).append(len(some) / seconds)
    for executor in executors.values():
        await executor.stop()
    store.close()
    return {name: rates[1:] for name, rates in found.items()}


async def polls(address: str, rounds: str, people: str) -> dict[str, list[float]]:
    store, found = open_store(address, secret=KEY), dict[str, list[float]]()
    executor = await started(store, 200)
    for number in range(int(rounds) + 1):
        for poll in ("small", "big") if number % 2 else ("big", "small"):
            before = time.process_time()
            commands = [ballot(n, poll, f"{poll}-{number}") for n in range(int(people))]
            seconds = await cast(executor, commands)
            found.setdefault(poll, []).append(seconds / len(commands) * 1e6)
            found.setdefault(f"{poll} cpu", []).append((time.process_time() - before) / len(commands) * 1e6)
    await executor.stop()
    store.close()
    return {name: values[1:] for name, values in found.items()}


def reaction(number: int, delivery: str) -> React:
    actor = Actor(AccountId(account(number)), "slack", VenueId(VENUE), fleeting=True)
    return React(actor=actor, delivery=DeliveryKey(f"{delivery}-{number}"), at=now(), session=SessionId("session"),
                 kind=delivery[-1])  # fmt: skip


async def reactions(address: str, rounds: str, people: str) -> dict[str, list[float]]:
    """Each round of another kind or long behind the last: every one counts. Ballots are first ones or changed ones."""
    store, found = open_store(address, secret=KEY), dict[str, list[float]]()
    executor = await started(store, 200)
    for number in range(int(rounds) + 1):
        for what in ("reactions", "ballots") if number % 2 else ("ballots", "reactions"):
            kind = f"{what}-{number}-{number % 5}"
            made = reaction if what == "reactions" else partial(ballot, poll="poll")
            commands: list[Any] = [made(n, delivery=kind) for n in range(int(people))]
            if number and number % 5 == 0:
                await asyncio.sleep(APART / SECOND)
            found.setdefault(what, []).append(await cast(executor, commands) / len(commands) * 1e6)
    await executor.stop()
    with store.reader.connect() as connection:
        kept = connection.execute(select(func.count()).select_from(tables.reaction)).scalar_one()
    store.close()
    assert kept == (int(rounds) + 1) * int(people), kept
    return {name: values[1:] for name, values in found.items()}


async def replica(address: str, name: str, first: str, people: str, rounds: str) -> dict[str, float]:
    """Everybody votes in every round; the rounds of several replicas overlap on the same persons' rows and subject."""
    troubles = [0, 0]

    def count(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        troubles[0] += event.get("event") in ("batch tried one by one", "a batch failed", "not saved")
        troubles[1] += event.get("event") == "decided again on fresh state"
        raise structlog.DropEvent

    structlog.configure(processors=[count])
    store = open_store(address, secret=KEY)
    executor = await started(store, 200)
    await cast(executor, [ballot(n, "poll", f"{name}-warm") for n in range(int(first), int(first) + 400)])
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    before, seconds = time.process_time(), 0.0
    for number in range(int(rounds)):
        commands = [ballot(n, "poll", f"{name}-{number}") for n in range(int(first), int(first) + int(people))]
        seconds += await cast(executor, commands)
    cpu = time.process_time() - before
    await executor.stop()
    store.close()
    votes = int(people) * int(rounds)
    return {"votes": votes, "seconds": seconds, "cpu": cpu, "failed": troubles[0], "again": troubles[1]}


if __name__ == "__main__":
    job = {"batches": batches, "polls": polls, "reactions": reactions, "replica": replica}[sys.argv[1]]
    print(json.dumps(asyncio.run(job(*sys.argv[2:]))))  # type: ignore[operator]
