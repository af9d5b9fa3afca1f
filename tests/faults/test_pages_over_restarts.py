"""Forms of several pages over a kill: each page that was sent is kept or still open, and the whole counts once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Answered
from tests.faults.crowd import seed_of
from tests.faults.mortal import MortalStage, on_mortal_stage
from tests.wire.audience import CHANNEL, has

Check = Callable[[Sequence[Any]], None]
PEOPLE = ("ana", "mira", "leo", "bo", "nova", "sam")
SLACK = PEOPLE[:3]
TEXT = ("Every word of it is kept. " * 25).strip()
GOT = f"two {TEXT}"
PROGRAM = ("-m", "tests.faults.paged_bot")


def first(who: str) -> dict[str, str]:
    return {"First line": f"by {who}", "Second text": TEXT, "Fifth line": "fifth"}


def second(who: str) -> dict[str, str]:
    return {"Sixth line": f"six of {who}", "Seventh text": TEXT}


async def opens(stage: MortalStage, who: str) -> None:
    await stage.form(who, await stage.people[who].command(CHANNEL, "/stage settings"))


async def turns(stage: MortalStage, who: str) -> None:
    """From the page that is saved to the next."""
    post = await stage.see(who, lambda post: post.private and has(post, "Continue"), channel=CHANNEL)
    await stage.form(who, await stage.people[who].press(CHANNEL, post.id, "Continue"))


def counted(stage: MortalStage) -> Counter[str]:
    return Counter(account for (account,) in stage.rows("SELECT account FROM draft WHERE form LIKE 'accepted:%'"))


async def finishes(stage: MortalStage, who: str, page: int, answer: Answered) -> str:
    """What somebody does whose bot died: send once more what is open, else open it again, and go on."""
    hands = stage.people[who]
    if answer.ok:
        return ""
    if answer.sheet is not None:
        typed = str(answer.sheet)
        assert (TEXT in typed) and (f"by {who}" in typed or f"six of {who}" in typed), "it is still there"
        told = await stage.send(who, {}, CHANNEL)
    else:
        await hands.reload()
        await opens(stage, who)
        told = await stage.send(who, {**first(who), **second(who)} if who in SLACK else first(who), CHANNEL)
        page = 0
    if who not in SLACK and page == 0 and "saved" in told:
        await turns(stage, who)
        told = await stage.send(who, second(who), CHANNEL)
    return told


@pytest.mark.shows("pages", "killed", on="both")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("times", [4, pytest.param(40, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
async def test_pages_sent_while_the_bot_dies_are_kept_and_count_once(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest, times: int
) -> None:
    """Six forms a time, of which the bot dies under the first page, then under the last."""
    dice = random.Random(seed_of(request))
    async with on_mortal_stage(tmp_path, outgoing, program=PROGRAM) as stage:
        await stage.live(*PEOPLE)
        stage.discord.patience = 1.0
        for turn in range(times):
            page = turn % 2
            before = counted(stage)
            for who in PEOPLE:
                await opens(stage, who)
                if page and who not in SLACK:
                    assert "Page 1 of 2 saved." in await stage.send(who, first(who), CHANNEL)
                    await turns(stage, who)
            values = {
                who: {**first(who), **second(who)} if who in SLACK else (second(who) if page else first(who))
                for who in PEOPLE
            }
            sent = [asyncio.create_task(stage.people[who].fill(values[who])) for who in PEOPLE]
            await asyncio.sleep(dice.uniform(0, 0.06))
            await stage.die()
            answers = dict(zip(PEOPLE, await asyncio.gather(*sent), strict=True))
            await stage.start_bot()
            for who, answer in answers.items():
                told = await finishes(stage, who, page, answer)
                if answer.ok and who not in SLACK and page == 0:
                    await turns(stage, who)
                    told = await stage.send(who, second(who), CHANNEL)
                made = counted(stage)[account(stage, who)] - before[account(stage, who)]
                assert made == 1, f"turn {turn}: {who} has {made} of it, told {told[:200]!r}"
                if told and "sent already" not in told:
                    assert f"one by {who}" in told and GOT in told and f"six of {who}" in told and "five fifth" in told
                await stage.people[who].reload()


def account(stage: MortalStage, who: str) -> str:
    rows = stage.rows(f"SELECT id FROM account WHERE nick = '{who}' OR nick = '{who.title()}'")
    assert len(rows) == 1, rows
    return str(rows[0][0])
