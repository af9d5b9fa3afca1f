"""What was said, on its way in: in order, held back while history is read, handed in again until it is stored.

Discord sends an event once; what the storage did not take is not sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Literal

import structlog

from core.app.commands import Command
from core.app.outcome import Outcome, Saving

log = structlog.get_logger()

PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds between two attempts while the storage does not answer."""
TRIES = 6
"""With a storage that answers, so that one line that cannot be stored does not hold up all others for ever."""
Reason = Literal["history", "storage"]


class Intake:
    """``submit`` never raises; ``go`` starts work of its own; ``answering`` returns when the storage can be read."""

    def __init__(
        self,
        submit: Callable[[Command], Awaitable[Outcome | Saving]],
        go: Callable[[Coroutine[Any, Any, None]], object],
        answering: Callable[[], Awaitable[object]],
    ) -> None:
        self._submit, self._go, self._answering = submit, go, answering
        self._reasons: set[Reason] = set()
        self._held: list[Command] = []
        self._unsaved: list[Command] = []

    def hear(self, command: Command) -> None:
        if self._reasons:
            self._held.append(command)
        else:
            self._go(self.take([command]))

    def hold(self, why: Reason) -> None:
        """What is heard from now on waits: a line taken in moves the room's mark, and what lay before would be lost."""
        self._reasons.add(why)

    async def release(self, why: Reason) -> None:
        self._reasons.discard(why)
        if not self._reasons:
            held, self._held = self._held, []
            await self.take(held)

    async def take(self, acts: Sequence[Command]) -> None:
        """Hand in; all of them are in the queue, in this order, before the first is waited for."""
        self._unsaved += await self._refused(acts)
        if self._unsaved and "storage" not in self._reasons:
            self.hold("storage")
            self._go(self._again())

    async def _again(self) -> None:
        for attempt in range(TRIES):
            log.warning("discord: lines wait for the storage", number=len(self._unsaved))
            await asyncio.sleep(min(PAUSE * 2**attempt, LONGEST_PAUSE))
            await self._answering()
            acts, self._unsaved = self._unsaved, []
            self._unsaved = await self._refused(acts) + self._unsaved
            if not self._unsaved:
                break
        else:
            log.error("discord: lines are given up, the storage answers and does not take them")
            self._unsaved.clear()
        await self.release("storage")

    async def _refused(self, acts: Sequence[Command]) -> list[Command]:
        kept = await asyncio.gather(*(self._kept(act) for act in acts))
        return [act for act, is_kept in zip(acts, kept, strict=True) if not is_kept]

    async def _kept(self, act: Command) -> bool:
        """False when nothing was stored; a line that is not wanted is done with."""
        outcome = await self._submit(act)
        if isinstance(outcome, Saving):
            try:
                outcome = await outcome.then
            except Exception:
                log.exception("discord: a line could not be kept")
                return False
        return outcome.done
