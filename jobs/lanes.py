"""The reconciler: makes what is shown equal to what is wanted, a lane for each place; one's trouble delays no other.

It watches for places that wait, takes a lane for each, and lets it work until nothing is left.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Mapping
from itertools import islice

import structlog

from core.app.platform import Platform
from core.app.ports import Clock, StorageDown, Store
from core.domain.ids import SECOND, Instant, NewId, PlaceId
from core.domain.surfaces import ROOMS, Place
from jobs.executor import Executor
from jobs.lane import LEASE, Lane
from jobs.metrics import LANES
from jobs.reports import Reports

log = structlog.get_logger()

LOOK = 1.0
"""Seconds between looks when nobody rings: other replicas' work, what comes due, what was left by a crash."""
SOON = 0.25
"""Seconds that newer numbers may wait for a look: edits are paced by the platforms anyway, looks cost the presses."""
CALM = 0.02
"""Seconds between two looks when somebody rings all the time: a burst of presses is one look, not one each."""

AT_ONCE = 5
"""What is as urgent as that waits behind no crowd's welcomes."""
FEW, MOST = 5, 40
"""So many of the lanes to single persons look again at once, and so many are held at all, each platform its own.

When a thousand people join, a thousand messages wait for their turn at the platform; if all of them asked for it
again and again, the machine had no time for anybody else.
"""


class Reconciler:
    """Makes what is shown equal to what is wanted, for all places of the platforms that run here."""

    def __init__(
        self, store: Store, executor: Executor, platforms: Mapping[str, Platform], clock: Clock, new_id: NewId
    ) -> None:
        self._store, self._executor, self._platforms = store, executor, platforms
        self._clock, self._new_id = clock, new_id
        self._holder = new_id()
        self._bell = asyncio.Event()
        self._lanes: dict[PlaceId, asyncio.Task[None]] = {}
        self._rings: dict[PlaceId, asyncio.Event] = {}
        self._personal: dict[PlaceId, asyncio.Event] = {}
        """The rings of lanes to single persons, those first that were not rung for longest."""
        self._persons: dict[PlaceId, str] = {}
        """Places that are known to be a single person's, with their platforms."""
        self._left: set[PlaceId] = set()
        """Lanes that could not be given back while the storage was away: until then nobody takes them."""
        self._reports = Reports(executor, clock)
        self._halted: set[str] = set()
        self._stopping = False
        self._soon: asyncio.TimerHandle | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def halted(self) -> frozenset[str]:
        """Platforms whose token was refused: nothing is sent there until the program is started anew."""
        return frozenset(self._halted)

    @property
    def lanes(self) -> int:
        return len(self._lanes)

    def ring(self, pressing: bool = True) -> None:
        """Something may have become visible; what is not pressing may wait a moment for more of its kind."""
        if pressing:
            self._bell.set()
        elif self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(SOON, self._ring_late)

    def _ring_late(self) -> None:
        self._soon = None
        self._bell.set()

    def start(self) -> None:
        self._watch = asyncio.create_task(self._watching(), name="reconciler")

    async def stop(self) -> None:
        """Let calls in flight finish, then end."""
        self._stopping = True
        if self._soon is not None:
            self._soon.cancel()
        self._bell.set()
        for ring in self._rings.values():
            ring.set()
        await asyncio.gather(*self._lanes.values(), *([self._watch] if self._watch else []), return_exceptions=True)

    async def _watching(self) -> None:
        while not self._stopping:
            try:
                await self._look()
            except StorageDown as down:
                log.error("the queue cannot be read", why=str(down))
                await asyncio.sleep(LOOK)
            await asyncio.sleep(CALM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):  # wait_for may swallow a cancellation on Python 3.11
                    await self._bell.wait()
            self._bell.clear()

    async def _look(self) -> None:
        now = self._clock()
        served = self._platforms.keys() - self._halted
        if left := self._left - self._lanes.keys():
            await self._executor.work(lambda it: [it.release(place, self._holder) for place in left])
            self._left -= left
        waiting = await asyncio.to_thread(self._store.outbox.waiting, now, served, self._holder)
        self._wake({place for place, first, _ in waiting if first <= now})
        for place, first, urgency in sorted(waiting, key=lambda it: (it[1], it[2])):
            late = place in self._persons and self._full(self._persons[place], urgency)
            if place not in self._lanes and not late and first <= now + int(LOOK * SECOND):
                self._rings[place] = asyncio.Event()
                LANES.inc()
                self._lanes[place] = asyncio.create_task(self._serve(place, urgency), name=f"lane {place}")

    def _wake(self, due: Collection[PlaceId]) -> None:
        """Rooms where something may be done, persons in turn; a lane looks by itself too when its time has come."""
        for ident, ring in self._rings.items():
            if ident in due and ident not in self._personal:
                ring.set()
        for ident in list(islice((it for it in self._personal if it in due), FEW)):
            ring = self._personal.pop(ident)
            ring.set()
            self._personal[ident] = ring

    async def _serve(self, ident: PlaceId, urgency: int) -> None:
        try:
            now = self._clock()
            place = await self._executor.work(lambda it: it.lease(ident, self._holder, now, Instant(now + LEASE)))
            if place is not None:
                await self._in_turn(place, urgency)
        except StorageDown as down:
            self._left.add(ident)
            log.error("a lane stopped", place=ident, why=str(down))
        except Exception:
            log.exception("a lane failed", place=ident)
            await asyncio.sleep(LOOK)
        finally:
            self._lanes.pop(ident, None)
            LANES.dec()
            self._rings.pop(ident, None)
            self._personal.pop(ident, None)
            self._bell.set()  # what came while the lane was closing is seen at once

    async def _in_turn(self, place: Place, urgency: int) -> None:
        """Work in a room at once; for a person where there are not too many already."""
        if place.kind in ROOMS:
            await self._work(place)
            return
        self._persons[place.id] = platform = place.venue.partition(":")[0]
        if not self._full(platform, urgency):
            self._personal[place.id] = self._rings[place.id]
            await self._work(place)
        else:
            await self._executor.work(lambda it: it.release(place.id, self._holder))

    def _full(self, platform: str, urgency: int) -> bool:
        """Who waits for one platform's rates holds up nobody on another one, nor whom something concerns at once."""
        most = MOST if urgency > AT_ONCE else 2 * MOST
        return sum(self._persons[it] == platform for it in self._personal) >= most

    async def _work(self, place: Place) -> None:
        platform = self._platforms[place.venue.partition(":")[0]]
        work, ring = self._executor.work, self._rings[place.id]
        lane = Lane(place, platform, self._store, work, self._clock, self._new_id, self._holder, ring, self._reports)
        try:
            while not lane.lost and not self._stopping and await lane.step():
                if lane.unauthorized:
                    self._halted.add(platform.name)
                    log.critical("the token is refused; nothing more is sent", platform=platform.name)
                    break
        finally:
            await work(lambda it: it.release(place.id, self._holder))
