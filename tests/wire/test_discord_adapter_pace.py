"""Fifty requests a second are all that Discord takes of a bot: whatever asks keeps to it, and answers do not wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from adapters.discord import pace
from adapters.discord.history import History
from adapters.discord.pace import LONGEST, Pace
from adapters.discord.permitted import Permitted
from adapters.discord.watch import Watch
from adapters.sandbox.discord.rates import GLOBAL_PER_SECOND
from core.app.commands import Command
from core.app.platform import Budget, Lacking, PlatformTrouble, TooFast
from core.app.ports import StorageDown
from core.domain.ids import SECOND, AccountId, Instant, PlaceId
from core.domain.surfaces import Place
from tests.wire.discord_bench import LINE, POLL, Bench, clock, on_bench

ROOMS = 14
GLOBAL = {"status": 429, "body": {"message": "slow", "retry_after": 60.0, "global": True}}


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with on_bench() as made:
        yield made


def most_in_a_second(times: Sequence[float]) -> int:
    return max(sum(begun <= other < begun + 1 for other in times) for begun in times)


async def everything(bench: Bench, place: Place) -> None:
    """What is asked for one room, by all that ask: opening, webhooks, cards, lines, pins, look-ups, rights, history."""
    platform, calls = bench.platform, bench.platform._calls
    await platform.open(place)
    card = await platform.post(place, POLL, nonce=f"{place.id}-1")
    await asyncio.gather(
        platform.post(place, LINE, nonce=f"{place.id}-2"),
        platform.edit(place, card, POLL),
        platform.pin(place, card),
        platform.like(place, POLL, Instant(clock() - 5 * SECOND)),
        Permitted(calls, bench.adapter._ours).held(place.ref or ""),
        history(bench).catch_up(replace(place, seen="1", seen_at=Instant(1))),
        watch(bench).look(place),
    )


def history(bench: Bench) -> History:
    async def take(batch: list[Command]) -> None:
        pass

    async def known(place: Place) -> Sequence[str]:
        return ()

    return History(bench.platform._calls, bench.adapter._ours, bench.adapter._ears, clock, take, known)


def watch(bench: Bench) -> Watch:
    async def rooms() -> Sequence[Place]:
        return ()

    async def submit(command: Command) -> None:
        pass

    return Watch(bench.platform._calls, bench.adapter._ours, rooms, rooms, submit, clock, lambda: None)


async def test_whatever_asks_no_second_sees_more_than_fifty_requests() -> None:
    async with on_bench(rates=True) as bench:
        refs = [bench.world.channel(f"room-{number}", bench.guild).id for number in range(ROOMS)]
        places = [replace(bench.stage, id=PlaceId(f"pl{ref}"), ref=ref) for ref in refs]
        persons = [bench.world.join(bench.world.user(f"person-{number}"), bench.guild).user for number in range(5)]
        direct = [
            Place(PlaceId(f"dm{it.id}"), bench.stage.venue, "dm", account=AccountId(f"discord:{it.id}"))
            for it in persons
        ]
        await asyncio.gather(*(everything(bench, it) for it in places), *(bench.platform.open(it) for it in direct))
        asked = bench.world.requests
        assert len(asked) > 120 and not [it.route for it in asked if it.status == 429]
        assert 30 < most_in_a_second([it.at for it in asked]) <= GLOBAL_PER_SECOND


async def test_a_press_is_answered_at_once_while_everything_else_waits(bench: Bench) -> None:
    card = await bench.platform.post(bench.stage, POLL, nonce="n-1")
    bench.faults(method="GET", route="/channels/{channel_id}", count=1, **GLOBAL)
    with pytest.raises(TooFast):
        await bench.platform._calls.get("/channels/{channel_id}", channel_id=bench.stage.ref or "")
    mira, began = await bench.hands("mira"), time.monotonic()
    answer = await mira.press("keynote", card, "Vote A")
    await mira.aclose()
    assert answer.ok and time.monotonic() - began < 2
    with pytest.raises(TooFast):
        await bench.platform.edit(bench.stage, card, POLL)


async def test_told_to_wait_for_everything_nothing_is_asked_meanwhile(bench: Bench) -> None:
    bench.faults(method="POST", route="/channels/{channel_id}/messages", count=1, **GLOBAL)
    with pytest.raises(TooFast) as told:
        await bench.platform.post(bench.stage, POLL, nonce="n-1")
    assert (told.value.seconds, told.value.budget) == (60.0, pace.NAME), "the other processes are told by this"
    asked = len(bench.world.requests)
    for act in (bench.platform.open(bench.stage), bench.platform.post(bench.stage, LINE, nonce="n-2")):
        with pytest.raises(TooFast) as told:
            await act
        assert 55 < told.value.seconds <= 60 and not told.value.budget
    assert len(bench.world.requests) == asked


class Shared:
    """The budgets that processes share."""

    def __init__(self) -> None:
        self.paid, self.held, self.down = 0, 0, False

    async def spend(self, budgets: Sequence[Budget], now: Instant) -> Instant:
        if self.down:
            raise StorageDown("gone")
        (it,) = budgets
        free = max(self.held, self.paid - it.burst)
        if free > now:
            return Instant(free)
        self.paid = max(self.paid, now) + it.cost
        return now


async def test_two_processes_share_what_a_second_allows() -> None:
    shared = Shared()
    times: list[float] = []

    async def ask(one: Pace) -> None:
        await one.turn()
        times.append(time.monotonic())

    both = [Pace(clock, shared.spend) for _ in range(2)]
    await asyncio.gather(*(ask(one) for one in both for _ in range(35)))
    assert len(times) == 70 and most_in_a_second(times) <= GLOBAL_PER_SECOND


async def test_what_another_process_was_told_to_wait_for_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Shared()
    shared.held = clock() + 60 * SECOND
    with pytest.raises(TooFast) as told:
        await Pace(clock, shared.spend).turn()
    assert told.value.seconds == pytest.approx(60, abs=1)
    shared.down = True
    await Pace(clock, shared.spend).turn()


async def test_who_would_wait_for_long_is_told_so_and_takes_nobodys_turn() -> None:
    one = Pace()
    turns = await asyncio.gather(*(one.turn() for _ in range(300)), return_exceptions=True)
    refused = [it for it in turns if isinstance(it, PlatformTrouble)]
    assert refused and all(isinstance(it, TooFast) and it.seconds > LONGEST for it in refused)
    assert len(turns) - len(refused) == pytest.approx(40 * LONGEST + 6, abs=2)
    assert not isinstance(refused[0], Lacking)
    await one.turn()
