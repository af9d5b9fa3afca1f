"""Rooms read back after a gap, one after the other; what could not be had is told to the core."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from adapters.discord import history
from adapters.discord.acts import by_itself
from adapters.discord.history import History
from adapters.discord.intake import PAUSE
from adapters.discord.parse import Ours, snowflake_time
from core.app.commands import Command, ReportGap
from core.app.platform import Closed, Down, Lacking, PlatformTrouble, TooFast
from core.app.ports import Clock, StorageDown
from core.domain.surfaces import Place

log = logging.getLogger(__name__)

Rooms = Callable[[], Awaitable[Sequence[Place]]]
Talk = tuple[Place, str]
Talks = Callable[[], Awaitable[Sequence[Talk]]]
Told = TypeVar("Told")
LONGEST_PAUSE = 30.0
"""Seconds between two attempts while Discord is down."""
TRIES = 6


async def patient(rooms: Callable[[], Awaitable[Sequence[Told]]]) -> Sequence[Told]:
    """The rooms, or the conversations, as soon as the storage tells them."""
    while True:
        try:
            return await rooms()
        except StorageDown as down:
            log.warning("the rooms are not known yet: %s", down)
            await asyncio.sleep(PAUSE)


class Gaps:
    """``submit`` never raises; ``rooms`` gives those with a chat."""

    def __init__(
        self,
        past: History,
        ours: Ours,
        rooms: Rooms,
        submit: Callable[[Command], Awaitable[object]],
        clock: Clock,
    ) -> None:
        self._history, self._ours, self._rooms, self._submit, self._clock = past, ours, rooms, submit, clock
        self._reading = asyncio.Lock()

    async def catch_up(self, talks: Sequence[Talk] = ()) -> None:
        """Read back what the rooms missed, then these conversations."""
        async with self._reading:
            for place in await patient(self._rooms):
                if place.venue.startswith("discord:") and not await self._whole(place):
                    await self._lost(place)
            read: set[str | None] = set()
            for place, head in talks:
                if place.ref not in read:  # servers share a person's direct messages
                    read.add(place.ref)
                    await self._whole(place, head)

    async def _whole(self, place: Place, head: str = "") -> bool:
        """Read one room; whether nothing is missing. A room that is gone is the watch's to tell."""
        for attempt in range(TRIES):
            try:
                if place.kind == "dm":
                    await self._history.catch_up_direct(place, head)
                    return True
                return await self._history.catch_up(place) < history.MOST
            except StorageDown as down:
                log.warning("a room's history waits for the storage: %s", down)
                await asyncio.sleep(min(2.0**attempt, LONGEST_PAUSE))
            except PlatformTrouble as trouble:
                log.warning("a room's history could not be read: %s", trouble.reason)
                if isinstance(trouble, TooFast):
                    await asyncio.sleep(trouble.seconds)
                elif isinstance(trouble, Down) and not isinstance(trouble, Lacking):
                    await asyncio.sleep(min(2.0**attempt, LONGEST_PAUSE))
                else:
                    return isinstance(trouble, Closed)
        return False

    async def _lost(self, place: Place) -> None:
        """From the last line that was seen: some of what followed is missing."""
        begin, now = snowflake_time(place.seen) if place.seen else place.seen_at, self._clock()
        server = place.venue.partition(":")[2]
        key = f"unread:{server}:{place.ref}:{begin}"
        came = by_itself(self._ours, server, f"gap:{key}:lost", begin, place.ref or "")
        await self._submit(ReportGap(**came.fields(), key=key, until=now, state="lost"))
