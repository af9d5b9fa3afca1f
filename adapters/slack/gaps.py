"""What was missed: rooms read back after a gap, lines kept waiting meanwhile, and the gap told to the core.

A line taken in moves its room's mark, and what lay before the mark is never read: so lines wait for history.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import structlog

from adapters.slack.history import History, ReadBack
from adapters.slack.identity import Install
from adapters.slack.parse import instant_of
from adapters.slack.watch import ourselves
from core.app.commands import ReportGap
from core.app.outcome import Saving
from core.app.platform import Closed, Down, PlatformTrouble, TooFast
from core.app.ports import StorageDown, Submit
from core.domain.ids import MINUTE, SECOND, DeliveryKey, Instant
from core.domain.surfaces import Place

log = structlog.get_logger()

RETRY_SECONDS = 2.0
TRIES = 6
"""A bot that starts again and again finds Slack's allowance spent, which comes back at fifty calls a minute."""
READING_SECONDS = 2.0
"""How long a line may wait for history: Slack wants its answer within three seconds."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Deliveries between two instants were missed; in one room, or in all of the workspace."""

    key: str
    begin: Instant
    end: Instant
    room: str = ""


class Gaps:
    """Reads back, once more when something is missed while reading."""

    def __init__(
        self,
        history: History,
        install: Install,
        submit: Submit,
        rooms: Callable[[], Awaitable[Sequence[Place]]],
        clock: Callable[[], Instant],
    ) -> None:
        """``rooms`` gives the platform's open stages and backchannels."""
        self._history, self._install, self._submit = history, install, submit
        self._rooms, self._clock = rooms, clock
        self._reading: asyncio.Task[None] | None = None
        self._again = False
        self._read = asyncio.Event()
        """Set while no history is to be read."""
        self._told: dict[Gap, asyncio.Task[None]] = {}
        """Gaps that Slack told of, each with the report that it is being read."""

    def missed(self) -> None:
        """Deliveries may have been missed: read the history, once more if it is being read already."""
        self._again = True
        self._read.clear()
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_back())

    def dropped(self, minute: object) -> None:
        """Slack dropped what happened in a minute (apis/events-api, "Rate limiting"): moderators shall know."""
        now = self._clock()
        begin = min(Instant(minute * SECOND), now) if isinstance(minute, int) and 0 < minute < 10**11 else now
        gap = Gap(f"rate:{self._install.team}:{begin // MINUTE}", begin, Instant(begin + MINUTE))
        if gap not in self._told:
            self._told[gap] = asyncio.create_task(self._told_once(gap))
        self.missed()

    async def caught_up(self) -> bool:
        """Wait a moment for history; where that takes long Slack is left to bring the lines again."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READING_SECONDS):
                await self._read.wait()
        return self._read.is_set()

    async def catch_up(self) -> ReadBack:
        """Read every room of ours back from where it was seen last."""
        count, whole = 0, True
        for place in await self._rooms():
            if place.venue == self._install.venue and place.state not in ("dead", "released"):
                back = await self._one(place)
                count, whole = count + back.commands, whole and back.whole
        return ReadBack(count, whole)

    async def close(self) -> None:
        tasks = [*self._told.values(), *([self._reading] if self._reading is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _read_back(self) -> None:
        while self._again:
            self._again = False
            told = tuple(self._told.items())
            try:
                back = await self.catch_up()
                if back.commands:
                    log.info("slack: read back what was missed", commands=back.commands)
                for gap, reading in told:
                    await asyncio.wait({reading})
                    await self._report(gap, "filled" if back.whole else "lost")
                    self._told.pop(gap, None)
            except StorageDown as down:
                log.warning("slack: the rooms are not known yet", why=str(down))
                await asyncio.sleep(RETRY_SECONDS)
                self._again = True
            except Exception:
                log.exception("slack: reading back failed")
        self._read.set()

    async def _one(self, place: Place) -> ReadBack:
        try:
            back = await self._patiently(place)
        except Closed as closed:
            # The room is gone, which the watch tells; there is nothing to read and nobody misses it there.
            log.info("slack: a room cannot be read", place=place.id, why=closed.reason)
            return ReadBack(0)
        except PlatformTrouble as trouble:
            log.warning("slack: a room could not be read back", place=place.id, why=trouble.reason)
            back = ReadBack(0, whole=False)
        if not back.whole:
            await self._report(self._lost(place), "lost")
        return back

    async def _patiently(self, place: Place) -> ReadBack:
        """Meanwhile lines wait with Slack: what is given up too soon stands behind them, or is missing."""
        for _ in range(TRIES - 1):
            try:
                return await self._history.catch_up(place, self._submit)
            except TooFast as slow:
                await asyncio.sleep(slow.seconds)
            except Down:
                await asyncio.sleep(RETRY_SECONDS)
        return await self._history.catch_up(place, self._submit)

    def _lost(self, place: Place) -> Gap:
        begin = instant_of(place.seen) or place.seen_at
        return Gap(f"unread:{self._install.team}:{place.ref}:{begin}", begin, self._clock(), place.ref or "")

    async def _told_once(self, gap: Gap) -> None:
        with contextlib.suppress(StorageDown):
            await self._report(gap, "reading")

    async def _report(self, gap: Gap, state: Literal["reading", "filled", "lost"]) -> None:
        outcome = await self._submit(
            ReportGap(
                actor=ourselves(self._install),
                delivery=DeliveryKey(f"gap:{gap.key}:{state}"),
                at=gap.begin,
                at_source="arrival",
                room=gap.room,
                key=gap.key,
                until=gap.end,
                state=state,
            )
        )
        if isinstance(outcome, Saving):
            await outcome.then
