"""Whole durable votes through the bot beside the plain libraries' buttons that do nothing, round by round in turns."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.bench import load
from tests.bench.crowd import Crowd, fill
from tests.bench.load import Run
from tests.bench.processes import Program, started
from tests.bench.rows import Row, percentile, ratio_of_pairs
from tests.bench.servers import Slack, bot, slack_server

ROUNDS = 5
PRESSES = 2_000
CROWD = 10_000
POLLS = ("first", "second", "third")
"""Everybody has voted on all but the first: there a press is a first vote, which is confirmed privately besides."""


@dataclass
class Side:
    """One of the two programs that take turns."""

    program: Program
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    errors: int = 0

    async def round(self, go: Callable[[], Awaitable[Run]], presses: int) -> None:
        before = self.program.cpu
        run = await go()
        await asyncio.sleep(0.3)  # what follows the answers belongs to the presses too
        self.cpu.append((self.program.cpu - before) / presses * 1e6)
        self.rates.append(run.rate)
        self.p99.append(percentile(run.waits, 0.99) * 1000)
        self.errors += run.errors + presses - len(run.waits)


def versus(name: str, ours: Side, theirs: Side, bar: float, how: str) -> Row:
    return Row(
        name, statistics.median(ours.rates), "presses/s", how, statistics.median(theirs.rates), bar, "ratio at least",
        ratio_of_pairs(ours.rates, theirs.rates), ours.errors == 0,
        {
            "p99_ms": statistics.median(ours.p99), "reference_p99_ms": statistics.median(theirs.p99),
            "cpu_us": statistics.median(ours.cpu), "reference_cpu_us": statistics.median(theirs.cpu),
            "cpu_ratio": ratio_of_pairs(theirs.cpu, ours.cpu), "errors": ours.errors,
        },
    )  # fmt: skip


# -- Slack over HTTP ------------------------------------------------------------------------------------------------


@dataclass
class Http:
    """A workspace, our bot in HTTP mode on a filled database, and Bolt's button."""

    slack: Slack
    url: str
    ours: Program
    stock: Program
    cards: Sequence[str]

    @property
    def secret(self) -> str:
        return self.slack.install.app.signing_secret

    def requests(self, number: int, poll: int, option: int = 0) -> list[bytes]:
        people = self.slack.people
        some = [people[n % len(people)] for n in range(number)]
        return load.signed(self.slack.presses(some, self.cards[poll], option), self.secret)

    async def run(self, program: Program, requests: Sequence[bytes], in_flight: int = load.IN_FLIGHT) -> Run:
        on = await load.wires(program.ready["http_port"], in_flight)
        try:
            return await load.by_http(requests, on)
        finally:
            load.hang_up(on)


@asynccontextmanager
async def http(folder: Path, people: int = CROWD) -> AsyncIterator[Http]:
    async with slack_server(people) as server:
        url = f"sqlite:///{folder / 'http.db'}"
        await asyncio.to_thread(fill, url, Crowd([server.room()], polls=POLLS, voted=POLLS[1:]))
        stock = await started(
            ["-m", "tests.bench.stock", "slack-http", server.running.api_url, server.install.bot_token,
             server.install.app.signing_secret], folder / "stock.log",
        )  # fmt: skip
        try:
            async with bot(folder, url, server.settings("http")) as ours:
                made = Http(server, url, ours, stock, await server.cards(len(POLLS)))
                for program in (ours, stock):  # neither is measured cold
                    await made.run(program, made.requests(500, 1, 1))
                yield made
        finally:
            await stock.stop()


async def slack_http_vote(stage: Http, rounds: int = ROUNDS, presses: int = PRESSES) -> Row:
    ours, theirs = Side(stage.ours), Side(stage.stock)
    for number in range(rounds):
        for side in (ours, theirs):
            requests = stage.requests(presses, 1, number % 3)
            await side.round(partial(stage.run, side.program, requests), presses)
    row = versus(
        "slack_http_vote", ours, theirs, 1.3,
        f"{rounds} rounds of {presses} signed block_actions, {load.IN_FLIGHT} in flight, by people who have joined: a "
        "whole durable vote (a changed one, so no private confirmation) beside Bolt's do-nothing button with "
        "process_before_response=True on the same server; cpu_us is of the server alone",
    )  # fmt: skip
    first, confirmed = Side(stage.ours), min(presses, len(stage.slack.people))
    requests = stage.requests(confirmed, 0)
    await first.round(partial(stage.run, stage.ours, requests), confirmed)
    row.more.update(first_votes_per_s=first.rates[0], first_votes_p99_ms=first.p99[0], first_vote_cpu_us=first.cpu[0])
    return row


async def p99_300(stage: Http, rounds: int = ROUNDS, seconds: float = 4.0) -> Row:
    ours, theirs = Side(stage.ours), Side(stage.stock)
    presses = int(300 * seconds)
    for number in range(rounds):
        for side in (ours, theirs):
            requests = stage.requests(presses, 2, number % 3)
            on = await load.wires(side.program.ready["http_port"], load.IN_FLIGHT)
            await side.round(partial(load.paced_by_http, requests, on, 300), presses)
            load.hang_up(on)
    return Row(
        "p99_300", statistics.median(ours.p99), "ms",
        f"p99 of the answer at 300 signed presses a second, {rounds} rounds of {seconds:g} s, waits counted from when "
        "a press was due, beside Bolt's do-nothing button",
        statistics.median(theirs.p99), 1.5, "ratio at most", ratio_of_pairs(ours.p99, theirs.p99), ours.errors == 0,
    )  # fmt: skip


def ballots(url: str, poll: str) -> int:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            counted = text("SELECT count(*) FROM ballot WHERE interaction = :poll AND delivery <> 'd'")
            return int(connection.execute(counted, {"poll": poll}).scalar_one())
    finally:
        engine.dispose()


async def burst(folder: Path, presses: int = CROWD) -> Row:
    """A database of its own: every ballot is a first one."""
    (folder / "burst").mkdir(exist_ok=True)
    async with slack_server(presses) as server:
        url = f"sqlite:///{folder / 'burst' / 'burst.db'}"
        await asyncio.to_thread(fill, url, Crowd([server.room()]))
        async with bot(folder, url, server.settings("http"), name="burst") as ours:
            card = (await server.cards())[0]
            requests = load.signed(server.presses(server.people, card, 0), server.install.app.signing_secret)
            on = await load.wires(ours.ready["http_port"], presses)
            run = await load.by_http(requests, on, at_once=True)
            load.hang_up(on)
            at_once = kept = await asyncio.to_thread(ballots, url, "poll")
            for _ in range(60):  # what was answered "received, saving…" is stored soon after
                if kept >= presses:
                    break
                await asyncio.sleep(0.5)
                kept = await asyncio.to_thread(ballots, url, "poll")
    errors, lost = run.errors + presses - len(run.waits), len(run.waits) - run.errors - kept
    return Row(
        "burst", percentile(run.waits, 0.99), "s",
        f"{presses} first votes by as many people on {presses} connections, all sent at the same moment; p99 of the "
        "answer; saving: answered 'received, saving', stored a moment later; lost: answered and never stored",
        None, 1.5, "at most", None, errors == 0 and lost <= 0,
        {"errors": errors, "lost": max(lost, 0),
         "saving": max(len(run.waits) - at_once, 0), "p50_s": percentile(run.waits, 0.5), "per_s": run.rate},
    )  # fmt: skip


async def many_registered(folder: Path, rounds: int = ROUNDS, presses: int = PRESSES) -> Row:
    async with slack_server(presses) as server:
        sides: list[Side] = []
        urls = [f"sqlite:///{folder / name}" for name in ("few/few.db", "many/many.db")]
        for url, name in zip(urls, ("few", "many"), strict=True):
            (folder / name).mkdir(exist_ok=True)
            await asyncio.to_thread(fill, url, Crowd([server.room()], voted=("poll",)))
        settings = server.settings("http")
        async with (
            bot(folder, urls[0], settings, name="few") as few,
            bot(folder, urls[1], settings, name="many", module="tests.bench.many") as many,
        ):
            stage = Http(server, "", few, many, await server.cards(2))
            sides = [Side(few), Side(many)]
            for number in range(rounds + 1):
                for side in sides:
                    requests = stage.requests(presses, 0, number % 3)
                    await side.round(partial(stage.run, side.program, requests), presses)
    few_cpu, many_cpu = sides[0].cpu[1:], sides[1].cpu[1:]
    return Row(
        "many_registered", statistics.median(many_cpu), "µs/press",
        "processor time a vote with 60 more interaction kinds, commands and forms registered, beside the bot as it "
        f"is; {rounds} rounds of {presses}",
        statistics.median(few_cpu), 1.1, "ratio at most", ratio_of_pairs(many_cpu, few_cpu),
        sides[0].errors + sides[1].errors == 0,
        {"presses_per_s": statistics.median(sides[1].rates), "reference_per_s": statistics.median(sides[0].rates)},
    )  # fmt: skip
