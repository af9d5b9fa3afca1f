"""The tick: APScheduler only wakes us; what is due are rows, and the inbox lets each fire once (RELIABILITY 14, 15)."""

from __future__ import annotations

import asyncio

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from core.app.commands import Fire
from core.app.ports import Clock, StorageDown, Store
from core.domain.ids import SECOND, AccountId, DeliveryKey, VenueId
from core.domain.people import Actor
from core.domain.schedule import Due
from jobs.executor import Executor
from jobs.likeness import DEED, Likeness
from jobs.metrics import LATE

log = structlog.get_logger()

TICK = 1
"""Seconds."""
SWEEP = 300
"""Seconds between two sweeps."""
CLOCK = Actor(AccountId("clock::"), "clock", VenueId("clock:"), nick="Clock")


class Tick:
    """Fires what is due and sweeps; late ones run at once and their lateness is logged."""

    def __init__(self, store: Store, executor: Executor, likeness: Likeness, clock: Clock) -> None:
        self._store, self._executor, self._likeness, self._clock = store, executor, likeness, clock
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        for job, seconds in ((self.fire_due, TICK), (self.sweep, SWEEP)):
            # misfire_grace_time=None: a frozen process runs what it missed; coalesce: once.
            self._scheduler.add_job(
                job, "interval", seconds=seconds, coalesce=True, misfire_grace_time=None, max_instances=1
            )
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def fire_due(self) -> None:
        try:
            asked: list[Due] = []
            for due in await asyncio.to_thread(self._store.outbox.due, self._clock()):
                if due.what.startswith(DEED):
                    asked.append(due)
                    continue
                late = (self._clock() - due.due) / SECOND
                LATE.observe(late)
                log.info("due", what=due.what, late_seconds=round(late, 1))
                key = DeliveryKey(f"due:{due.what}:{due.due}")
                await self._executor(
                    Fire(actor=CLOCK, delivery=key, at=due.due, at_source="event", what=due.what, due=due.due)
                )
            if asked:
                await self._likeness.compare(asked)
        except StorageDown as down:
            log.error("what is due cannot be read", why=str(down))

    async def sweep(self) -> None:
        try:
            dropped = await self._executor.work(lambda ledger: ledger.sweep(self._clock()))
            log.debug("swept", dropped=dropped)
        except StorageDown as down:
            log.error("the sweep did not run", why=str(down))
