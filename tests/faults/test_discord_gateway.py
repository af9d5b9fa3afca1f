"""Discord's gateway breaks in every way that its documentation names, while people talk: back soon, all there, once."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import DiscordAdapter, shard
from tests.faults.crowd import seed_of
from tests.faults.test_gaps import Talk, shown
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
HEARTBEAT = 2.0
"""Seconds instead of Discord's 41.25: how soon a silent connection is known as one hangs on it alone."""
BACK_WITHIN = 10.0
PAGE = "<html><h1>502 Bad Gateway</h1></html>"


@dataclass
class Breaks:
    """What can be done to the gateway; each method says whether the session is lost by it."""

    stage: Stage
    taken: list[float] = field(default_factory=list)
    losses: int = 0

    @property
    def hub(self) -> Any:
        return self.stage.servers["discord"].hub

    @property
    def adapter(self) -> DiscordAdapter:
        return next(it for it in self.stage.bot.adapters if isinstance(it, DiscordAdapter))

    def count(self, route: str) -> int:
        return sum(one.route == route for one in self.stage.discord.requests)

    async def do(self, name: str, *arguments: Any) -> None:
        """Break it, and wait until it is whole again."""
        before, began = set(self.hub.links), time.monotonic()
        lost = getattr(self, name)(*arguments)
        self.losses += bool(lost)
        while not self._whole(before):
            assert time.monotonic() - began < 2 * BACK_WITHIN, (name, arguments)
            await asyncio.sleep(0.01)
        self.hub.calm()
        self.stage.servers["discord"].faults.clear()
        self.taken.append(time.monotonic() - began)
        assert self.taken[-1] < BACK_WITHIN, (name, arguments, self.taken[-1])

    def _whole(self, before: set[Any]) -> bool:
        fresh = [link for link in self.hub.links if link not in before and not link.frozen and link.session]
        return bool(fresh) and self.adapter.connected

    # -- without the loss of the session ----------------------------------------------------------------------------

    def drop(self) -> None:
        self.hub.drop()

    def half_open(self) -> None:
        self.hub.freeze()

    def deaf(self) -> None:
        """Heartbeats are not acknowledged; events go on coming."""
        self.hub.acknowledges = False

    def reconnect(self) -> None:
        self.hub.ask_to_reconnect()

    def invalid_but_resumable(self) -> None:
        self.hub.invalidate(resumable=True)

    def close(self, code: int) -> bool:
        self.hub.close(code)
        return code in (4007, 4009)

    def late_hello(self) -> None:
        self.hub.hello_after = 6.0
        self.hub.drop()

    def turned_away(self) -> None:
        """An error page instead of a connection, twice."""
        self.hub.refusals = 2
        self.hub.drop()

    def forgetful(self) -> None:
        """Resumed, but what was missed does not come."""
        self.hub.forgetful = True
        self.hub.drop()

    def twice(self) -> None:
        self.hub.copies = 2
        self.hub.drop()

    # -- with it ----------------------------------------------------------------------------------------------------

    def invalid(self) -> bool:
        self.hub.invalidate()
        return True

    def forgotten(self) -> bool:
        self.hub.drop()
        asyncio.get_running_loop().call_soon(self.hub.forget_sessions)
        return True

    def asked_in_vain(self, fault: dict[str, Any]) -> bool:
        """The address is asked for before a new session, and the answer is none."""
        self.stage.servers["discord"].faults.add(method="GET", route="/gateway/bot", count=2, **fault)
        return self.invalid()


KINDS: list[tuple[Any, ...]] = [
    ("drop",),
    ("half_open",),
    ("invalid",),
    ("forgetful",),
    ("reconnect",),
    ("close", 4000),
    ("deaf",),
    ("invalid_but_resumable",),
    ("close", 4001),
    ("close", 4002),
    ("close", 4003),
    ("close", 4005),
    ("close", 4007),
    ("close", 4008),
    ("close", 4009),
    ("close", 1000),
    ("close", 1001),
    ("late_hello",),
    ("turned_away",),
    ("twice",),
    ("forgotten",),
    ("asked_in_vain", {"status": 429, "retry_after": 2.0}),
    ("asked_in_vain", {"status": 500}),
    ("asked_in_vain", {"status": 502, "body": PAGE}),
    ("asked_in_vain", {"status": 200, "body": PAGE}),
    ("asked_in_vain", {"cut": "after"}),
]


async def broken(
    stage: Stage, kinds: Sequence[tuple[Any, ...]], dice: random.Random, heartbeat: float = HEARTBEAT
) -> Breaks:
    """While somebody on Discord writes, changes and takes back, everything breaks, one after the other."""
    stage.discord.heartbeat = heartbeat
    await stage.live("ana", "mira", "nova", made=True)
    talk, breaks, done = Talk(stage, "nova"), Breaks(stage), asyncio.Event()

    async def talking() -> None:
        number = 0
        while not done.is_set():
            await talk.write(number)
            if number > 3 and dice.random() < 0.3:
                await talk.change(dice.choice(sorted(talk.texts)[-4:]))
            if number > 3 and dice.random() < 0.1:
                await talk.take_back(dice.choice(sorted(talk.texts)[-4:]))
            number += 1
            await asyncio.sleep(dice.uniform(0.1, 0.4))

    talks = asyncio.create_task(talking())
    for kind in kinds:
        await breaks.do(*kind)
        await asyncio.sleep(dice.uniform(0.1, 0.4))
    done.set()
    await talks
    wanted = talk.wanted()
    posts = await stage.people["mira"].settle(stage.chat, lambda posts: sorted(shown(posts)) == wanted, within=20)
    assert shown(posts) == wanted
    return breaks


def told(breaks: Breaks) -> None:
    taken = sorted(breaks.taken)
    print(
        f"{len(taken)} faults: back after {statistics.median(taken):.2f} s in the middle, {taken[-1]:.2f} s at most; "
        f"{breaks.count('IDENTIFY')} IDENTIFY for {breaks.losses} lost sessions and the first; "
        f"{breaks.count('RESUME')} RESUME"
    )


@pytest.mark.shows("connection-lost")
async def test_six_faults_of_the_gateway_lose_and_double_nothing(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard, "INVALID_PAUSE", (0.1, 0.3))
    async with on_stage(tmp_path, outgoing, anew=True) as stage:
        breaks = await broken(stage, KINDS[:6], random.Random(seed_of(request)), heartbeat=0.8)
        told(breaks)
        assert breaks.count("IDENTIFY") == 1 + breaks.losses == 2
        health = await breaks.adapter.health()
        assert health["ok"] and health["connected"] and health["identifies_today"] == 2


@pytest.mark.shows("connection-lost")
@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_hundred_faults_of_the_gateway_lose_and_double_nothing(
    tmp_path: Path, outgoing: Check, request: pytest.FixtureRequest
) -> None:
    dice = random.Random(seed_of(request))
    kinds = [*KINDS, *(dice.choice(KINDS) for _ in range(100 - len(KINDS)))]
    async with on_stage(tmp_path, outgoing, anew=True) as stage:
        breaks = await broken(stage, kinds, dice)
        told(breaks)
        assert breaks.count("IDENTIFY") == 1 + breaks.losses
