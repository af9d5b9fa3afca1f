"""``make bench``: every row of the performance table, measured now; ``ONLY=burst,edits`` in the environment, or names
as arguments, choose some. Writes ``build/bench.json``; the exit status tells only whether something broke."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from rich.console import Console  # noqa: E402

from tests.bench import lines, reacting, socketed, storing, votes, weight  # noqa: E402
from tests.bench.rows import Row, show, write  # noqa: E402

Bench = Callable[[Path], Awaitable[Row | Sequence[Row]]]


async def _over_http(folder: Path, wanted: Sequence[str]) -> list[Row]:
    made = []
    async with votes.http(folder) as stage:
        if "slack_http_vote" in wanted:
            made.append(await votes.slack_http_vote(stage))
        if "p99_300" in wanted:
            made.append(await votes.p99_300(stage))
    return made


BENCHES: Mapping[str, Bench] = {
    "slack_http_vote": lambda folder: _over_http(folder, ["slack_http_vote"]),
    "p99_300": lambda folder: _over_http(folder, ["p99_300"]),
    "slack_socket_vote": socketed.slack_socket_vote,
    "discord_vote": socketed.discord_vote,
    "many_registered": votes.many_registered,
    "burst": votes.burst,
    "burst_reactions": reacting.burst_reactions,
    "big_poll": storing.big_poll,
    "edits": lines.edits,
    "line_idle": lines.line_idle,
    "lines_20": lines.lines_20,
    "memory_session": weight.memory_session,
    "memory_database": weight.with_years,
    "writer_sqlite": storing.writer_sqlite,
    "writer_postgresql": storing.writer_postgresql,
    "replicas": storing.replicas,
}


async def measure(wanted: Sequence[str], console: Console) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    broken: list[str] = []
    for name in wanted:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="sidestage-bench-") as folder:
            try:
                made = await BENCHES[name](Path(folder))
            except Exception:
                broken.append(name)
                console.print(f"[red]{name} broke[/red]")
                console.print(traceback.format_exc(), markup=False)
                continue
        rows += [made] if isinstance(made, Row) else made
        gc.collect()
        console.print(f"{name}: {time.monotonic() - began:.0f} s", style="dim")
    return rows, broken


def main(arguments: Sequence[str]) -> int:
    console = Console()
    asked = [name for one in (*arguments, os.environ.get("ONLY", "")) for name in one.split(",") if name]
    if unknown := [name for name in asked if name not in BENCHES]:
        console.print(f"There is no {', '.join(unknown)}; there are: {', '.join(BENCHES)}", markup=False)
        return 2
    rows, broken = asyncio.run(measure(asked or list(BENCHES), console))
    write(rows, ROOT / "build" / "bench.json")
    show(rows, console)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
