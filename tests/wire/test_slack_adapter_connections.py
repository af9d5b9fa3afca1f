"""Two connections of Socket Mode under traffic: one is taken away, with and without a warning, and nobody notices."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from adapters.sandbox.slack.sockets import Connection
from adapters.slack.sockets import CONNECTIONS
from core.app import commands as c
from core.app.outcome import Outcome
from core.domain.view import say
from tests.wire.test_slack_adapter_answers import ME, Bar, until

LATE_MILLISECONDS = 3_000


@dataclass
class Traffic:
    """People who press and write without a pause."""

    bar: Bar
    busy: bool = True
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0
    pressed: int = 0
    written: list[str] = field(default_factory=list)

    async def pressing(self, who: str) -> None:
        hands = await self.bar.hands(who)
        while self.busy:
            answer = await hands.press("keynote", self.bar.card, "Vote A")
            self.pressed += 1
            self.slowest = max(self.slowest, answer.milliseconds)
            if not answer.ok:
                self.failed.append(str(answer.error))

    async def writing(self, who: str) -> None:
        hands = await self.bar.hands(who)
        while self.busy:
            self.written.append(await hands.write("keynote", f"line {len(self.written)}"))

    async def taken(self) -> bool:
        """Whether every line that was written came in."""
        refs = {one.ref for one in self.bar.commands if isinstance(one, c.PostLine)}
        return set(self.written) <= refs


def links(bar: Bar) -> list[Connection]:
    assert bar.world.deliveries is not None
    return bar.world.deliveries.connections[bar.install.app.id]


async def under_traffic(bar: Bar, taking: Callable[[], object]) -> Traffic:
    """Press and write before, while and after a connection is taken away."""
    bar.answers = lambda command: Outcome(say(ME, "Your vote: A."))
    traffic = Traffic(bar)
    tasks = [asyncio.create_task(traffic.pressing(who)) for who in ("mira", "boss")]
    tasks.append(asyncio.create_task(traffic.writing("mira")))
    await until(lambda: traffic.pressed > 40)
    result = taking()
    if asyncio.iscoroutine(result):
        await result
    before = traffic.pressed
    await until(lambda: traffic.pressed > before + 40)
    traffic.busy = False
    await asyncio.gather(*tasks)
    await until(traffic.taken)
    return traffic


async def whole(bar: Bar) -> Mapping[str, object]:
    """Health once all connections are open."""

    async def found() -> Mapping[str, object] | None:
        health = await bar.adapter.health()
        return health if health["connections"] == CONNECTIONS else None

    return dict(await until(found))


@pytest.mark.shows("ways-in")
async def test_health_tells_how_many_connections_are_open() -> None:
    async with Bar.open() as bar:
        assert await whole(bar) == {"ok": True, "connected": True, "connections": 2, "mode": "socket"}
        for connection in list(links(bar)):
            await connection.close()

        async def cut() -> bool:
            return (await bar.adapter.health())["connections"] != CONNECTIONS

        await until(cut)
        assert (await whole(bar))["ok"]


@pytest.mark.shows("connection-lost")
async def test_a_warned_connection_is_followed_before_it_ends_and_nobody_waits() -> None:
    async with Bar.open() as bar:
        await whole(bar)
        old = links(bar)[0]
        bar.places = [bar.place(seen_at=1)]

        async def warned() -> None:
            await old.disconnect("warning")
            await until(lambda: len(links(bar)) == CONNECTIONS + 1)
            sent = old.sent
            await until(lambda: old.sent > sent + 3)  # Slack goes on using it until it ends
            await until(lambda: not old.pending)
            await old.close()

        traffic = await under_traffic(bar, warned)
        assert traffic.failed == []
        assert traffic.slowest < LATE_MILLISECONDS
        assert len([one for one in bar.commands if isinstance(one, c.CastBallot)]) == traffic.pressed
        keys = Counter(one.delivery for one in bar.commands)
        assert set(keys.values()) == {1}, "nothing was brought twice, so nothing was acknowledged late"
        assert (await whole(bar))["connections"] == CONNECTIONS
        # Nothing was missed, so no history was read.
        assert not bar.asked("conversations.history")


async def test_a_refreshed_connection_acknowledges_what_came_over_it() -> None:
    async with Bar.open() as bar:
        await whole(bar)
        for old in list(links(bar)):
            traffic = await under_traffic(bar, lambda old=old: old.disconnect("refresh_requested"))  # type: ignore[misc]
            assert traffic.failed == []
            await until(lambda old=old: old not in links(bar))
        await whole(bar)
        assert not [one for one in bar.world.requests if one.violations]


@pytest.mark.shows("connection-lost")
async def test_a_connection_that_is_cut_loses_no_line_and_the_other_goes_on() -> None:
    async with Bar.open() as bar:
        await whole(bar)
        old = links(bar)[0]

        def cut() -> None:
            transport = old.socket._req.transport if old.socket._req is not None else None
            assert transport is not None
            transport.abort()

        traffic = await under_traffic(bar, cut)
        # A press that was on the cut wire itself is Slack's to tell; nobody else noticed.
        assert len(traffic.failed) <= 2
        assert traffic.slowest < LATE_MILLISECONDS
        refs = Counter(one.ref for one in bar.commands if isinstance(one, c.PostLine))
        assert set(refs) == set(traffic.written)
        assert (await whole(bar))["connections"] == CONNECTIONS


@pytest.mark.shows("connection-lost")
async def test_a_connection_that_only_seems_open_is_replaced_and_what_went_into_it_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.slack.sockets.PING_SECONDS", 0.4)
    async with Bar.open() as bar:
        await whole(bar)
        old = links(bar)[0]
        transport = old.socket._req.transport if old.socket._req is not None else None
        assert isinstance(transport, asyncio.ReadTransport)
        transport.pause_reading()  # no ping of ours is answered, and no acknowledgement arrives
        hands = await bar.hands()
        refs = {await hands.write("keynote", f"line {number}") for number in range(10)}
        await until(lambda: old not in links(bar) and len(links(bar)) == CONNECTIONS)
        await until(lambda: refs <= {one.ref for one in bar.commands if isinstance(one, c.PostLine)})
        keys = {one.delivery for one in bar.commands}
        assert len(keys) == len(refs), "what came again has the key it had"
        assert (await hands.press("keynote", bar.card, "Vote A")).ok


async def test_too_many_connections_are_tried_again_later() -> None:
    async with Bar.open() as bar:
        await whole(bar)
        others = [bar.make() for _ in range(4)]
        for other in others:
            await other.start()
            bar.stack.push_async_callback(other.close)
        await until(lambda: len(links(bar)) == 10)
        eleventh = bar.make()
        starting = asyncio.create_task(eleventh.start())
        bar.stack.push_async_callback(eleventh.close)
        await until(lambda: len(bar.asked("apps.connections.open")) > 10)
        await others[0].close()
        await asyncio.wait_for(starting, 10)
        assert (await eleventh.health())["ok"]
