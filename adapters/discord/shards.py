"""Which shards this process holds: each under a lease, so that of several processes one hears and all may send.

A process that is alive renews its leases in time; one that was stopped, and goes on after another took its shard
over, asks before it hands on a single event.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord

from adapters.discord.shard import Door, Fatal, Shard, Signs
from adapters.discord.starts import Starts
from core.app.ports import Clock, StorageDown
from core.domain.ids import SECOND, Instant

log = logging.getLogger(__name__)

Lease = Callable[[str, int], Awaitable[bool]]
"""Take or keep what has this name for so many microseconds; False while another holds it. Raises StorageDown."""
Release = Callable[[str], Awaitable[object]]

LEASE = 15 * SECOND
RENEWALS = 4
"""In the time of one lease."""
LOOK = 1.0
"""Seconds between two looks whether a shard of another process is free."""
MOMENT = 0.5
"""Seconds for an answer before an event goes on."""
INTENT = 4014
CONTENT = discord.Intents(message_content=True).value
INTENTS = discord.Intents(
    guilds=True, guild_messages=True, guild_reactions=True, dm_messages=True, dm_reactions=True, voice_states=True
).value


@dataclass(slots=True)
class Hold:
    """One shard and this process: ``until`` as this process knows it."""

    shard: Shard
    held: bool = False
    until: Instant = Instant(0)
    fatal: Fatal | None = None
    known: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once it is known whether another process holds it, or that it cannot be held."""
    running: asyncio.Task[None] | None = None
    asking: asyncio.Task[bool] | None = None

    @property
    def name(self) -> str:
        return f"discord:shard:{self.shard.number}"

    @property
    def well(self) -> bool:
        return not self.held or self.shard.well


class Shards:
    """``dispatch`` gets every event of the shards held here; ``before`` and ``back`` are told as in Signs."""

    def __init__(
        self,
        http: Door,
        starts: Starts,
        dispatch: Callable[[str, Any], None],
        before: Callable[[], None],
        back: Callable[[], None],
        clock: Clock,
        without: Callable[[], Awaitable[bool]],
        lease: Lease | None,
        release: Release | None,
    ) -> None:
        """``without`` is asked whether to go on when the words of messages are refused."""
        self._http, self._starts, self._hear, self._clock = http, starts, dispatch, clock
        self._before, self._back, self._without = before, back, without
        self._lease, self._release = lease, release
        self._tasks: list[asyncio.Task[None]] = []
        self.holds: Sequence[Hold] = ()
        self.content = True
        """Whether the words of messages are asked for: not after Discord refused them."""

    async def start(self) -> None:
        """Return when each shard is connected here, or known to be another's. Raises Fatal."""
        self.holds = [self._hold(number) for number in range(self._starts.shards)]
        self._tasks = [asyncio.create_task(self._keep(hold), name=hold.name) for hold in self.holds]
        for hold in self.holds:
            await hold.known.wait()
            if hold.fatal is not None:
                raise hold.fatal

    async def close(self) -> None:
        """End the sessions and let others have the shards at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- as they are ------------------------------------------------------------------------------------------------

    @property
    def here(self) -> Sequence[Shard]:
        return [hold.shard for hold in self.holds if hold.held]

    @property
    def connected(self) -> bool:
        """Whether all that is held here is connected, and something is."""
        return bool(self.here) and all(shard.ready.is_set() for shard in self.here)

    @property
    def well(self) -> bool:
        return bool(self.holds) and all(hold.well for hold in self.holds)

    @property
    def trouble(self) -> str:
        return next((hold.shard.trouble for hold in self.holds if hold.held and hold.shard.trouble), "")

    def hears(self, server: str) -> bool:
        """Whether the events of this server come here (docs: events/gateway#sharding)."""
        count = len(self.holds)
        return any(server.isdigit() and (int(server) >> 22) % count == shard.number for shard in self.here)

    def told(self) -> Mapping[str, object]:
        """For health."""
        return {
            "connected": self.connected,
            "shards": [
                {"shard": hold.shard.number, "of": hold.shard.count, "here": hold.held}
                | ({"connected": hold.shard.ready.is_set()} if hold.held else {})
                for hold in self.holds
            ],
            "resumes": sum(hold.shard.figures.resumes for hold in self.holds),
            "identifies_today": self._starts.today,
        } | ({"trouble": self.trouble} if self.trouble else {})

    def afresh(self) -> None:
        """New sessions for all, such as ones that may hear more."""
        for shard in self.here:
            shard.afresh()

    # -- holding ----------------------------------------------------------------------------------------------------

    def _hold(self, number: int) -> Hold:
        async def dispatch(name: str, data: Any) -> None:
            if self._lease is not None and self._clock() >= hold.until:
                await self._sure(hold)
            self._hear(name, data)

        signs = Signs(dispatch, self._before, self._back)
        shard = Shard(number, self._starts.shards, self._http, self._starts, self._intents, signs)
        hold = Hold(shard)
        return hold

    def _intents(self) -> int:
        return INTENTS | (CONTENT if self.content else 0)

    async def _keep(self, hold: Hold) -> None:
        """For ever: take it when it is free, live, and let it go when it is another's."""
        try:
            while True:
                if await self._asked(hold):
                    await self._live(hold)
                else:
                    hold.known.set()
                await asyncio.sleep(LOOK)
        finally:
            await self._let_go(hold)

    async def _asked(self, hold: Hold) -> bool:
        """Whether the lease is ours. A storage that does not answer takes none away, and gives none."""
        if self._lease is None:
            return True
        now = self._clock()
        try:
            if not await self._lease(hold.name, LEASE):
                hold.until = Instant(0)
                return False
        except StorageDown as down:
            log.warning("discord: the lease of %s could not be asked for: %s", hold.name, down)
            return hold.held
        hold.until = Instant(now + LEASE)
        return True

    async def _live(self, hold: Hold) -> None:
        """Connected as long as the lease lasts."""
        hold.held, hold.fatal = True, None
        hold.running = asyncio.create_task(self._run(hold))
        renewing = asyncio.create_task(self._renew(hold))
        ready = asyncio.create_task(hold.shard.ready.wait())
        try:
            await asyncio.wait({hold.running, renewing, ready}, return_when=asyncio.FIRST_COMPLETED)
            hold.known.set()
            await asyncio.wait({hold.running, renewing}, return_when=asyncio.FIRST_COMPLETED)
            if hold.fatal is not None:
                # It cannot be connected, and another process could not either; it says why until the end.
                await asyncio.wait({renewing})
            log.warning("discord: %s is given up here", hold.name)
        finally:
            for task in (hold.running, renewing, ready):
                task.cancel()
            await asyncio.gather(hold.running, renewing, ready, return_exceptions=True)
            hold.held = False

    async def _run(self, hold: Hold) -> None:
        while True:
            try:
                await hold.shard.run()
            except Fatal as fatal:
                if fatal.code != INTENT or not self.content or not await self._without():
                    hold.fatal = fatal
                    return
                self.content = False

    async def _renew(self, hold: Hold) -> None:
        """Returns when another process holds it."""
        while True:
            await asyncio.sleep(LEASE / SECOND / RENEWALS)
            if not await self._asked(hold):
                return

    async def _sure(self, hold: Hold) -> None:
        """Before an event is handed on by a process that may have slept: never returns when the shard is another's.

        People are told when the storage does not answer; so their acts are not held up by it.
        """
        hold.asking = asyncio.create_task(self._asked(hold))
        done, _ = await asyncio.wait({hold.asking}, timeout=MOMENT)
        if not done:
            hold.until = Instant(self._clock() + LEASE // RENEWALS)
        elif not hold.asking.result() and hold.running is not None:
            hold.running.cancel()
            await asyncio.sleep(LEASE / SECOND)

    async def _let_go(self, hold: Hold) -> None:
        if self._release is not None and hold.until:
            try:
                await self._release(hold.name)
            except StorageDown as down:
                log.warning("discord: %s is free in %s s only: %s", hold.name, LEASE // SECOND, down)
