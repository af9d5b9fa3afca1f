"""The stand-in's time: every deadline, retry and expiry asks one of these clocks, never the operating system."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """Seconds since 1970 and the ways to wait for them."""

    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...

    async def first(self, future: asyncio.Future[T], seconds: float) -> T:
        """The future's result, or TimeoutError when it is not there after so many seconds."""
        ...


class SystemClock:
    """Real time."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def first(self, future: asyncio.Future[T], seconds: float) -> T:
        async with asyncio.timeout(seconds):
            return await asyncio.shield(future)


class ManualClock:
    """Time that stands still until a test moves it."""

    def __init__(self, start: float | None = None) -> None:
        # Signed requests are compared with real time by the receiver, so the default start is now.
        self._now = time.time() if start is None else start
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        await self._alarm(seconds)

    async def first(self, future: asyncio.Future[T], seconds: float) -> T:
        alarm = self._alarm(seconds)
        both: set[asyncio.Future[Any]] = {future, alarm}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        alarm.cancel()
        if future.done():
            return future.result()
        raise TimeoutError

    @property
    def due(self) -> list[float]:
        """The seconds until each alarm that somebody still waits for."""
        return [round(when - self._now, 6) for when, _, alarm in self._waiting if not alarm.done()]

    async def advance(self, seconds: float) -> None:
        """Move time forward; whoever waited wakes in the order of the due times."""
        goal = self._now + seconds
        while self._waiting and self._waiting[0][0] <= goal:
            due, _, alarm = heapq.heappop(self._waiting)
            if alarm.done():
                continue
            self._now = max(self._now, due)
            alarm.set_result(None)
            await asyncio.sleep(0.001)  # lets the woken task run and set its next alarm
        self._now = goal
        await asyncio.sleep(0)

    def _alarm(self, seconds: float) -> asyncio.Future[None]:
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self._now + seconds, next(self._order), alarm))
        return alarm
