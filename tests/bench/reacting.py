"""A whole crowd reacts at once: nothing is lost, the number is exact, and the stage bar is edited at its calm pace."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

from adapters.sandbox.slack.seen import handles
from core.app.session_cards import CALM
from core.domain.ids import SECOND
from core.domain.reactions import BURST
from tests.bench import load
from tests.bench.crowd import Crowd, fill
from tests.bench.processes import result_of
from tests.bench.rows import Row, percentile, ratio_of_pairs
from tests.bench.servers import Slack, bot, slack_server, until
from tests.bench.storing import crowd
from tests.bench.votes import burst

CROWD = 10_000
ROUNDS = 7


async def burst_reactions(folder: Path, presses: int = CROWD, rounds: int = ROUNDS, people: int = 4_000) -> list[Row]:
    (folder / "votes").mkdir(exist_ok=True)
    votes = await burst(folder / "votes", presses)
    return [await _burst(folder, presses, votes.ours), await _cost(folder, rounds, people)]


async def _burst(folder: Path, presses: int, votes: float) -> Row:
    (folder / "burst").mkdir(exist_ok=True)
    async with slack_server(presses) as server:
        url = f"sqlite:///{folder / 'burst' / 'burst.db'}"
        await asyncio.to_thread(fill, url, Crowd([server.room()], polls=(), bar=True))
        async with bot(folder, url, server.settings("http"), name="reactions") as ours:
            bar = (await server.cards())[0]
            requests = load.signed(server.presses(server.people, bar, 1), server.install.app.signing_secret)
            on = await load.wires(ours.ready["http_port"], presses)
            edits, began = server.count("chat.update"), time.perf_counter()
            run = await load.by_http(requests, on, at_once=True)
            load.hang_up(on)
            wanted = f"Clap {presses:,}"
            await until(lambda: wanted in _labels(server, bar), f"{wanted} on the bar, not {_labels(server, bar)}")
            took = time.perf_counter() - began
            edits = server.count("chat.update") - edits
            told = await until(lambda: _burst_line(server), "the line about all of them", BURST / SECOND + 15)
    errors = run.errors + presses - len(run.waits)
    most = int(took * SECOND // CALM) + 1
    return Row(
        "burst_reactions", percentile(run.waits, 0.99), "s",
        f"{presses} reactions by as many people on {presses} connections, all sent at the same moment; p99 of the "
        "answer beside as many votes; the bar shows the exact number, with no more edits than one at once and one "
        "every 6 s; and a line tells of all of them",
        votes, 1.2, "ratio at most", None, errors == 0 and edits <= most and told.startswith(f"{presses:,} claps"),
        {"errors": errors, "edits": edits, "edits_at_most": most, "exact_after_s": took, "told": told,
         "p50_s": percentile(run.waits, 0.5), "per_s": run.rate},
    )  # fmt: skip


def _labels(server: Slack, ts: str) -> str:
    return " ".join(it.label for it in handles(server.space, server.channels[0].messages[ts].blocks))


def _burst_line(server: Slack) -> str:
    texts = (one.text for one in server.channels[0].messages.values() if one.user == server.install.bot.id)
    return next((text for text in texts if " in 30 s" in text), "")


async def _cost(folder: Path, rounds: int, people: int) -> Row:
    url = f"sqlite:///{folder / 'cost.db'}"
    await asyncio.to_thread(fill, url, crowd(people))
    found = await result_of(
        ["-m", "tests.bench.writer", "reactions", url, str(rounds), str(people)], folder / "reactions.log"
    )
    return Row(
        "reaction_cost", statistics.median(found["reactions"]), "µs/reaction",
        f"a reaction through the writer alone on SQLite, beside a ballot; {rounds} rounds of {people}",
        statistics.median(found["ballots"]), 1.3, "ratio at most", ratio_of_pairs(found["reactions"], found["ballots"]),
    )  # fmt: skip
