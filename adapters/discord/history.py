"""Lines and edits made while nobody listened, read back and handed in exactly as if they had just arrived."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from adapters.discord import limits, parse
from adapters.discord.calls import Calls
from adapters.discord.gateway import HOOKED, MESSAGES, messages_after
from adapters.discord.parse import Ours, time_snowflake
from adapters.discord.permitted import Permitted
from adapters.discord.reading import Names
from core.app.commands import Command
from core.domain.ids import Instant
from core.domain.surfaces import Place

log = logging.getLogger(__name__)

Take = Callable[[list[Command]], Awaitable[None]]
Known = Callable[[Place], Awaitable[Sequence[str]]]
MOST_DIRECT = limits.HISTORY_PAGE
"""Of one person's direct messages."""
MOST = 2_000
"""Lines read back in one room; what lies behind them is a gap that the log names."""


class History:
    """Reads rooms from where they were last seen; a second reading changes nothing, the delivery keys see to that."""

    def __init__(
        self,
        calls: Calls,
        ours: Ours,
        names: Names,
        clock: Callable[[], Instant],
        take: Take,
        known: Known,
        direct: Callable[[dict[str, Any]], None] = lambda message: None,
    ) -> None:
        """``known`` gives the last lines of a place that were taken in; ``direct`` takes direct messages."""
        self._calls, self._ours, self._names, self._clock, self._take = calls, ours, names, clock, take
        self._known, self._direct = known, direct
        self._permitted = Permitted(calls, ours)

    async def catch_up(self, place: Place) -> int:
        """Hand in what ``place`` missed; returns how many lines that were. Raises Lacking where none may be read.

        Where no line was seen yet reading begins when the room was taken; what was said before is not the bot's.
        """
        start = place.seen or (time_snowflake(place.seen_at) if place.seen_at else "")
        if place.kind not in (*HOOKED, "queue", "question") or place.ref is None or not start.isdigit():
            return 0
        guild = place.venue.partition(":")[2]
        told = bool(place.seen) and await self._changes_before(place, place.ref, guild)
        batch: list[Command] = []
        number = 0
        async for message in messages_after(self._calls, place.ref, start, MOST):
            number += 1
            batch.extend(self._acts(message, guild))
            if len(batch) >= limits.HISTORY_PAGE:
                await self._take(batch)
                batch = []
        await self._take(batch)
        if not (told or number):
            await self._permitted.check_read_back(place.ref)
        if number >= MOST:
            log.warning("more than %s lines were missed in a room; the rest was not read", MOST)
        return number

    async def catch_up_direct(self, place: Place, head: str) -> None:
        """The same in direct messages, behind what heads the conversation: what was before that is no part of one."""
        start = max((it for it in (place.seen, head) if it.isdigit()), key=int, default="")
        if not start or place.ref is None:
            return
        if place.seen:
            await self._changes_before(place, place.ref, "")
        async for message in messages_after(self._calls, place.ref, start, MOST_DIRECT):
            self._direct(message)

    async def _changes_before(self, place: Place, channel: str, guild: str) -> bool:
        """Edits and deletions of lines that were seen: the last hundred; edits that are younger than the last line.

        False where there is nothing at all.
        """
        params = {"before": str(int(place.seen) + 1), "limit": limits.HISTORY_PAGE}
        page = await self._calls.get(MESSAGES, params=params, channel_id=channel)
        edits = [
            edit
            for message in page
            if self._said(message)
            and (edit := parse.edit(message, self._clock(), self._names, guild)) is not None
            and edit.at >= place.seen_at
        ]
        gone = _gone(page, await self._known(place) if page else (), int(place.seen))
        deletions = [parse.deletion(ident, channel, guild, self._clock()) for ident in gone]
        await self._take([*sorted(edits, key=lambda edit: edit.at), *deletions])
        return bool(page)

    def _said(self, message: dict[str, Any]) -> bool:
        """What comes without any words is no line, and no edit that took the words away."""
        return parse.is_line(message, self._ours) and not parse.is_blank(message)

    def _acts(self, message: dict[str, Any], guild: str) -> list[Command]:
        """The line, and its edit once more: the line may be known while its edit is not."""
        if not self._said(message):
            return []
        now = self._clock()
        posted = parse.line(message, now, self._names, guild)
        edited = parse.edit(message, now, self._names, guild)
        return [act for act in (posted, edited) if act is not None]


def _gone(page: Sequence[dict[str, Any]], known: Sequence[str], seen: int) -> Sequence[str]:
    """Known lines that the page would hold if they were still there, the oldest first."""
    there = {int(message["id"]) for message in page}
    return [ident for ident in reversed(known) if min(there) <= int(ident) <= seen and int(ident) not in there]
