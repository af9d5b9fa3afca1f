"""One venue is out of reach: the other lives on, the first catches up, and both are told once (SPEC 1.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.domain.ids import SECOND
from jobs import reports
from tests.wire.audience import QUEUE, STAGE, copies
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
OUT = "cannot be reached since"
BACK = "was out of reach from"


def fail(stage: Stage, platform: str) -> Callable[[], None]:
    """Nothing that is sent there is answered; returns what ends it."""
    if platform == "slack":
        rule = stage.slack.faults.add({"method": "chat.*", "status": 503})
        return lambda: stage.slack.faults.rules.remove(rule)
    faults = stage.servers["discord"].faults
    rule = faults.add(status=503)
    return lambda: faults.rules.remove(rule)


async def notices(stage: Stage, who: str, words: str) -> int:
    return sum(words in post.text for post in await stage.posts(who, QUEUE))


SIDES = pytest.mark.parametrize(
    ("down", "here", "moderator", "there", "other"),
    [("slack", "nova", "bo", "mira", "ana"), ("discord", "mira", "ana", "nova", "bo")],
    ids=["Slack", "Discord"],
)


@pytest.mark.shows("session-outage", on="both")
@SIDES
async def test_the_other_venue_goes_on_and_the_first_catches_up(
    tmp_path: Path,
    outgoing: Check,
    monkeypatch: pytest.MonkeyPatch,
    down: str,
    here: str,
    moderator: str,
    there: str,
    other: str,
) -> None:
    monkeypatch.setattr(reports, "OUT_AFTER", SECOND)
    async with on_stage(tmp_path, outgoing) as stage:
        await outage(stage, down, here, moderator, there, other, pause=0.1)


@pytest.mark.shows("session-outage", on="both")
@pytest.mark.long
@pytest.mark.timeout(900)
@SIDES
async def test_five_minutes_out_of_reach_lose_nothing(
    tmp_path: Path, outgoing: Check, down: str, here: str, moderator: str, there: str, other: str
) -> None:
    async with on_stage(tmp_path, outgoing, rates=True) as stage:
        stage.patience = 75.0  # what waited so long is tried again within a minute
        await outage(stage, down, here, moderator, there, other, pause=25.0)


async def outage(stage: Stage, down: str, here: str, moderator: str, there: str, other: str, *, pause: float) -> None:
    """A dozen lines, a pause after each, and a vote while the other platform answers nothing."""
    await stage.live(*dict.fromkeys((stage.hosting[0], moderator, here, there)), made=True)
    await stage.read(other, "Desk: Keynote", channel=QUEUE)
    end = fail(stage, down)
    lines = [f"Line {number:02d}." for number in range(12)]
    for line in lines:
        await stage.say(here, line)
        await asyncio.sleep(pause)
    await stage.read(moderator, OUT, channel=QUEUE)
    await stage.poll()
    await stage.press(here, "Vote A")
    await stage.read(here, "Your vote: A")
    end()
    await stage.people[there].settle(
        STAGE, lambda posts: set(copies(posts, lines)) == set(lines), within=3 * stage.patience
    )
    assert copies(await stage.posts(there), lines) == lines, "once and in order"
    for who in (moderator, other):
        await stage.read(who, BACK, within=3 * stage.patience, channel=QUEUE)
        assert await notices(stage, who, BACK) == 1 and await notices(stage, who, OUT) == 0
