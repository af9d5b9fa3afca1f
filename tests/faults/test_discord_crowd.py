"""A crowd joins on Discord within a minute, with all its limits on: everybody reads an answer, all are let in, no 429.

The minute of the presses passes as it does in life; the line that follows passes faster.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.discord.model import User
from adapters.sandbox.slack.clock import SystemClock
from config import bot
from core.domain.ids import Instant
from tests.faults.hurried_loop import HurriedLoop
from tests.wire.audience import BACKCHANNEL, CHANNEL, DOOR, QUEUE, STAGE, has, shared
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
AGREED = {"Your agreement": ["I accept that this is recorded"]}
LINE = re.compile(r"You are number ([\d,]+) in line for the chat; it opens to you in about (\d+) (seconds?|minutes?)")
GRANT = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
PACE = 20.0


class LoopClock(SystemClock):
    def __init__(self, loop: HurriedLoop) -> None:
        self.now = loop.now  # type: ignore[method-assign]


async def joins(stage: Stage, user: User, card: str) -> str:
    """What this person reads in the end; the client shows no error on the way."""
    people = stage.servers["discord"].people
    opened = await people.press(user, DOOR, card, "Join session")
    assert opened["ok"], (user.name, opened)
    done = await people.fill(user, {"Name to show": user.name.title(), **AGREED})
    assert done["ok"], (user.name, done)
    return "\n".join(str(post["text"]) for post in done["private"])


def told_seconds(said: str) -> float:
    """How long it was said to take; nobody who reads nothing of a line waits longer than a moment."""
    found = LINE.search(said)
    return int(found[2]) * (60 if found[3].startswith("minute") else 1) if found else 5.0


async def comes(stage: Stage, number: int, loop: HurriedLoop, within: float) -> None:
    """``number`` people join evenly ``within`` so many seconds; the team works and the chat goes on meanwhile."""
    world = stage.discord
    guild = world.only_guild()
    users = [world.user(f"guest-{index}") for index in range(number)]
    for user in users:
        world.join(user, guild)
    stage.chat = STAGE
    await stage.prepare()
    await stage.go("announce")
    await stage.go("start")
    await stage.join("bo")
    card = (await stage.see("bo", lambda post: shared(post) and has(post, "Join session"), channel=DOOR)).id
    people = stage.servers["discord"].people
    people.linger = 3.0

    told_at: list[float] = [0.0] * number

    async def one(index: int, user: User) -> str:
        await asyncio.sleep(within * index / number)
        said = await joins(stage, user, card)
        told_at[index] = loop.now()
        return said

    answers = await asyncio.gather(*(one(index, user) for index, user in enumerate(users)))
    assert all("You're in." in said for said in answers), Counter(said[:60] for said in answers)
    places = [int(found[1].replace(",", "")) for said in answers if (found := LINE.search(said))]
    assert len(places) >= number - 5 - within, "whoever waits reads it"
    assert max(places) <= number
    inside = lambda: sum(STAGE in {it.name for it in people.channels(user)} for user in users)  # noqa: E731
    print(f"{inside()} of {number} are in already; the last one reads: {answers[-1].splitlines()[0]}")
    await the_team_and_the_chat_go_on(stage, loop)
    began = loop.time()
    loop.hurry(PACE)
    while (there := inside()) < number:
        assert loop.time() < began + number * 1.3 + 30, f"only {there} are in"
        await asyncio.sleep(5)
    loop.hurry(1)
    print(f"all {number} are in after {loop.time() - began:.0f} s more")
    told = Counter(one.status for one in world.requests)
    role = next(it.id for it in world.only_guild().roles.values() if it.name == "Keynote")
    given = [one for one in world.requests if one.route == GRANT and one.arguments["path"]["role_id"] == role]
    assert not told[429], told
    assert world.invalid_requests() == 0
    assert sum(one.method == "PUT" for one in given) == number + 1, "nobody is given the role twice"
    came = {one.arguments["path"]["user_id"]: one.at for one in given}
    others = [one for one in world.requests if one.route == GRANT and one.arguments["path"]["role_id"] != role]
    assert len(others) <= number // 5, "who is only to be told of things comes behind whoever waits"
    late = [came[user.id] - at - told_seconds(said) for user, at, said in zip(users, told_at, answers, strict=True)]
    print(f"the worst came {max(late):.0f} s later than told, the best {-min(late):.0f} s earlier")
    assert max(late) < 15 + number * 0.2, "what is told of the wait is true, but for what a busy machine takes"


async def the_team_and_the_chat_go_on(stage: Stage, loop: HurriedLoop) -> None:
    """A moderator who is appointed now, and a line that is written now, wait for nobody in line."""
    began = loop.time()
    await stage.people["bo"].command(CHANNEL, "/mod team")
    await stage.form("bo", await stage.press("bo", "Add", lambda post: "Team of" in post.text, CHANNEL))
    assert (await stage.people["bo"].fill({"Person": "nova", "As": "Moderator"})).ok
    await stage.find("nova", QUEUE)
    await stage.find("nova", BACKCHANNEL)
    assert loop.time() - began < 6, "the team's rooms have a pace of their own"
    began = loop.time()
    await stage.poll()
    await stage.see("bo", lambda post: has(post, "Vote A"), channel=STAGE)
    assert loop.time() - began < 6, "cards go out between two who are let in"


@pytest.mark.shows("admission-place", "admission", "crowd-forms")
@pytest.mark.parametrize(
    ("number", "within"), [(60, 4.0), pytest.param(1_000, 60.0, marks=[pytest.mark.long, pytest.mark.timeout(600)])]
)
def test_a_crowd_that_joins_at_once_reads_its_places_and_is_let_in_without_one_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, within: float, outgoing: Check
) -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, HurriedLoop)
        monkeypatch.setattr(bot, "clock", lambda: Instant(int(loop.now() * 1_000_000)))
        time = LoopClock(loop)
        async with on_stage(tmp_path, outgoing, rates=True, platforms=("discord",), time=time) as stage:
            await comes(stage, number, loop, within)

    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        runner.run(story())
