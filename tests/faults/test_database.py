"""The database dies, is opened twice or runs out of space: what was answered as done is stored, others are told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.app.outcome import NOT_SAVED
from core.domain.view import Card, in_words
from tests.fakes.rig import rigged
from tests.storage.postgres import MISSING, PostgreSQL, programs
from tests.wire.audience import CHANNEL, has
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
VOTERS = ("mira", "leo", "nova", "sam")
RECOVERED_WITHIN = 10.0


@pytest.fixture
def own_postgres() -> Iterator[PostgreSQL]:
    """One that this test may kill; it keeps what it said it has committed."""
    folder = programs()
    if folder is None:
        pytest.skip(MISSING)
    server = PostgreSQL(folder, durable=True)
    yield server
    server.stop()


@dataclass
class Voters:
    """People who vote one letter after the other and remember what they were told."""

    stage: Stage
    busy: bool = True
    told: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Person → (letter, what they read)."""

    async def votes(self, who: str, card: str) -> None:
        letters = "ABC"
        answers = self.told.setdefault(who, [])
        while self.busy:
            letter = letters[len(answers) % 3]
            answers.append((letter, await self.stage.told(who, "press", card, f"Vote {letter}")))
            await asyncio.sleep(0.06)  # above 50 presses a second a changed vote is not confirmed

    def latest(self, words: str) -> int:
        """How many read these words last."""
        return sum(words in answers[-1][1] for answers in self.told.values() if answers)

    def check(self) -> tuple[int, int]:
        """How many were told that their vote stands, and how many that it was not saved."""
        stored = {name: "ABC"[json.loads(choice)[0]] for name, choice in self.stage.rows(BALLOTS)}
        done = refused = 0
        for who, answers in self.told.items():
            possible: set[str] = set()
            for letter, words in answers:
                if f"Your vote: {letter}" in words:
                    possible, done = {letter}, done + 1
                else:
                    assert NOT_SAVED in words or "Received, saving" in words, words
                    possible, refused = possible | {letter}, refused + 1
            assert stored[who.title()] in possible, (who, stored[who.title()], answers[-5:])
        return done, refused


BALLOTS = "SELECT person.name, ballot.choice FROM ballot JOIN person ON person.id = ballot.person"


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.long)])
async def test_postgres_dies_and_comes_back_during_votes(
    tmp_path: Path, outgoing: Check, own_postgres: PostgreSQL, kills: int
) -> None:
    async with on_stage(tmp_path, outgoing, database_url=own_postgres.database()) as stage:
        await stage.live("ana", *VOTERS)
        await stage.poll()
        voters = Voters(stage)
        cards = {who: (await stage.see(who, lambda post: has(post, "Vote A"))).id for who in VOTERS}
        acts = asyncio.gather(*(voters.votes(who, cards[who]) for who in VOTERS))
        for _ in range(kills):
            await until(lambda: voters.latest("Your vote") == len(VOTERS))
            await asyncio.to_thread(own_postgres.kill)
            await until(lambda: voters.latest(NOT_SAVED) == len(VOTERS))
            await asyncio.to_thread(own_postgres.start)
            await until(lambda: voters.latest("Your vote") == len(VOTERS), RECOVERED_WITHIN)
        voters.busy = False
        await acts
        done, refused = voters.check()
        assert done > 10
        assert refused
        await stage.see("mira", lambda post: has(post, "Vote A") and "4 votes · Slack 2, Discord 2" in post.text)


async def until(holds: Callable[[], bool], within: float = 8.0) -> None:
    deadline = asyncio.get_running_loop().time() + within
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, "it did not come to that"
        await asyncio.sleep(0.01)


@pytest.mark.long
async def test_lines_written_while_postgres_is_away_arrive_afterwards(
    tmp_path: Path, outgoing: Check, own_postgres: PostgreSQL
) -> None:
    async with on_stage(tmp_path, outgoing, database_url=own_postgres.database()) as stage:
        await stage.live("ana", *VOTERS)
        await stage.people["nova"].write(CHANNEL, "line 1 before")
        await stage.read("mira", "line 1 before")
        await asyncio.to_thread(own_postgres.kill)
        await stage.people["nova"].write(CHANNEL, "line 2 while it was away")
        await stage.people["nova"].write(CHANNEL, "line 3 while it was away")
        await asyncio.sleep(0.3)  # so that they fail, not wait
        await asyncio.to_thread(own_postgres.start)
        await stage.people["nova"].write(CHANNEL, "line 4 after")
        await stage.read("mira", "line 4", within=RECOVERED_WITHIN)
        posts = await stage.people["mira"].settle(
            CHANNEL, lambda posts: len(numbers(posts)) == 4, within=RECOVERED_WITHIN
        )
        assert numbers(posts) == ["1", "2", "3", "4"]


def numbers(posts: Sequence[Any]) -> list[str]:
    return [number for post in posts if post.bot for number in re.findall(r"line (\d)", post.text)]


# -- SQLite ---------------------------------------------------------------------------------------------------------


async def test_a_second_bot_on_the_same_file_is_refused_with_one_sentence(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        settings = stage.settings()
        environment = {
            "SIDESTAGE_DATABASE_URL": settings.database_url,
            "SIDESTAGE_DISCORD_TOKEN": "not-asked-for",
            "SIDESTAGE_HTTP_PORT": "0",
        }
        program = [sys.executable, "-m", "config", "run"]
        ended = await asyncio.to_thread(
            subprocess.run, program, env=environment, capture_output=True, text=True, timeout=30
        )
        assert ended.returncode == 2
        assert ended.stderr.count("\n") == 2
        assert "is in use by another Sidestage" in ended.stderr
        assert "Traceback" not in ended.stderr
        await stage.live("bo", "nova")


FULL = """
import asyncio, json, sys
from tests.faults.test_database import fill_up
asyncio.run(fill_up(sys.argv[1]))
"""


def test_a_full_disk_loses_no_ballot_that_was_acknowledged(tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands for the full disk: SQLite may write so many bytes and no more (RELIABILITY 32)."""

    url = f"sqlite:///{tmp_path / 'full.db'}"
    ended = subprocess.run(
        [sys.executable, "-c", FULL, url],
        capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3_000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told["refused"], "the disk did not fill up"
    assert told["done"]
    assert told["lost"] == []
    assert told["sentences"] == [NOT_SAVED]
    assert told["again"], "with room again, votes are taken again"


async def fill_up(url: str) -> None:
    """In a process of its own: votes until the disk is full and a while on, then what is stored is looked at."""
    kept: dict[str, int] = {}
    sentences: set[str] = set()
    full = 0
    async with rigged(url) as rig:
        await rig.publish()
        await asyncio.gather(*(rig.join(f"P{number}", "2") for number in range(40)))
        room(_largest(url) + 300_000)
        for turn in range(400):
            outcomes = await asyncio.gather(*(rig.vote(f"P{number}", "2", (turn + number) % 3) for number in range(40)))
            for number, outcome in enumerate(outcomes):
                if outcome.done:
                    kept[f"P{number}"] = (turn + number) % 3
                else:
                    assert isinstance(outcome.reply, Card)
                    sentences.add(in_words(outcome.reply))
            full += not all(outcome.done for outcome in outcomes)
            if full > 3:
                break
        room(resource.RLIM_INFINITY)
        again = (await rig.vote("Ana", "1", 0)).done
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        stored = {name: json.loads(choice)[0] for name, choice in connection.execute(BALLOTS)}
    lost = [name for name, option in kept.items() if stored.get(name) != option]
    told = {"done": len(kept), "refused": full, "lost": lost, "sentences": sorted(sentences), "again": again}
    print(json.dumps(told))


def room(size: int) -> None:
    """No file may grow beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _largest(url: str) -> int:
    """Bytes of the database or of its log, whichever is more."""
    return max(file.stat().st_size for file in Path(url.removeprefix("sqlite:///")).parent.iterdir())
