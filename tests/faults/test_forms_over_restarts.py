"""Forms over a restart: what was typed is never lost, whenever the bot dies (RELIABILITY 22, SPEC 5.1, 14)."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Answered, Sheet
from tests.faults.crowd import seed_of
from tests.faults.mortal import MortalStage, on_mortal_stage
from tests.wire.audience import CHANNEL

Check = Callable[[Sequence[Any]], None]
HOSTS = ("ana", "bo")
ONE = {"Options, one a line": "Only one"}
LONG = "Well put. " * 140
FINE = {"Options, one a line": "Tea\nCoffee"}


async def opened(stage: MortalStage, who: str, question: str) -> None:
    await stage.form(who, await stage.people[who].command(CHANNEL, f"/mod poll {question}"))


async def holds(stage: MortalStage, who: str, answer: Answered, *typed: str) -> None:
    """The form is still open, or the words are in what this person reads."""
    shown = str(answer.sheet) if answer.sheet is not None else ""
    for words in typed:
        if words not in shown:
            await stage.read(who, words)


async def moderating(stage: MortalStage, who: str) -> Sheet:
    line = await stage.read(who, "I am a moderator")
    await stage.taken_in(line.id)
    return await stage.form(who, await stage.people[who].shortcut(CHANNEL, line.id, "Moderate…"))


@pytest.mark.shows("refused-form", "killed", on="both")
async def test_what_was_typed_outlives_the_bot(tmp_path: Path, outgoing: Check) -> None:
    """Sent while it is dead, refused before it dies, and refused as a whole after it was started again."""
    async with on_mortal_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo")
        await stage.say("ana", "I am a moderator")
        for who in HOSTS:
            await opened(stage, who, f"Asked by {who}?")
        await stage.die()
        stage.discord.patience = 0.3
        for who in HOSTS:
            vain = await stage.people[who].fill(FINE)
            assert not vain.ok
            await holds(stage, who, vain, f"Asked by {who}?", "Coffee")
        stage.discord.patience = 3.0
        await stage.start_bot()
        for who in HOSTS:  # the same form, still open, is sent once more
            assert "Saved as a draft." in await stage.send(who, {})
        assert len(stage.rows("SELECT id FROM interaction")) == 2
        for who in HOSTS:
            await opened(stage, who, f"Once more by {who}?")
            await stage.people[who].fill(ONE)
            await moderating(stage, who)
            await stage.people[who].fill({"What to do": "Block the author", "Answer in the session's name": LONG})
        await stage.die()
        await stage.start_bot()
        for who in HOSTS:
            await stage.people[who].reload()
            sheet = await stage.form(who, await stage.people[who].command(CHANNEL, "/mod poll"))
            typed = {entry.label: entry.value for entry in sheet.entries}
            assert (typed["Question"], typed["Options, one a line"]) == (f"Once more by {who}?", "Only one")
            assert LONG in str(await moderating(stage, who))
        for who in HOSTS:
            await stage.people[who].reload()
            await opened(stage, who, f"Too late by {who}?")
        before = stage.rows("SELECT * FROM draft")
        await end(stage)
        for who in HOSTS:
            told = await stage.send(who, FINE)
            assert "is over; nothing new can be made in it." in told
            assert f"Too late by {who}?" in told and "Coffee" in told
        assert stage.rows("SELECT * FROM draft") == before


async def end(stage: MortalStage) -> None:
    """By the clock, so that no form is shut by it."""
    with closing(sqlite3.connect(stage.folder / "sidestage.db", timeout=5, isolation_level=None)) as database:
        database.execute("UPDATE due SET due = 1 WHERE what LIKE 'session_end:%'")
    async with asyncio.timeout(15):
        while stage.rows("SELECT state FROM session") != [("ended",)]:
            await asyncio.sleep(0.05)


@pytest.mark.shows("refused-form", "killed", on="both")
@pytest.mark.parametrize("times", [pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
async def test_a_form_sent_while_the_bot_dies_is_done_or_still_there(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest, times: int
) -> None:
    """Killed between sending and answer: done once where that was answered, else the form holds all that was typed."""
    dice = random.Random(seed_of(request))
    async with on_mortal_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo")
        stage.discord.patience = 1.0
        for turn in range(times):
            for who in HOSTS:
                await opened(stage, who, f"Turn {turn} of {who}?")
            before = stage.rows("SELECT count(*) FROM interaction")[0][0]
            sent = [asyncio.create_task(stage.people[who].fill(FINE)) for who in HOSTS]
            await asyncio.sleep(dice.uniform(0, 0.03))
            await stage.die()
            answers = dict(zip(HOSTS, await asyncio.gather(*sent), strict=True))
            made = stage.rows("SELECT count(*) FROM interaction")[0][0] - before
            done = sum(it.ok for it in answers.values())
            assert done <= made <= len(HOSTS), "what was answered is done, and nothing twice"
            await stage.start_bot()
            for who, answer in answers.items():
                if not answer.ok:
                    await holds(stage, who, answer, f"Turn {turn} of {who}?", "Coffee")
                await stage.people[who].reload()
