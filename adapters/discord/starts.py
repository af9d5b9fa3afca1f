"""How often a new gateway session may begin: Discord's own count, and ours far below it.

Each IDENTIFY counts (https://discord.com/developers/docs/events/gateway#identifying): 1,000 a day, and beyond them
Discord resets the bot's token. A day with more than a hundred is one in which something else is wrong.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from adapters.discord.calls import Calls
from adapters.discord.shapes import Json, inner, number, text
from core.app.platform import Down, PlatformTrouble, TooFast, Unauthorized
from core.app.ports import Clock
from core.domain.ids import MINUTE, SECOND, Instant

log = logging.getLogger(__name__)

MOST_A_DAY = 100
DAY = 24 * 60 * MINUTE
APART = 5.0
"""Seconds between two IDENTIFYs of one bot with several shards (max_concurrency 1)."""
LONGEST_LOOK = 60.0
"""Seconds between two questions whether sessions may begin again."""


class Starts:
    """One for all shards of a process."""

    def __init__(self, calls: Calls, clock: Clock, given: str | None = None) -> None:
        """``given`` is another address of the gateway than Discord tells."""
        self._calls, self._clock, self._given = calls, clock, given
        self._url = ""
        self.shards = 1
        self._left, self._reset = 1, Instant(0)
        self._begun: deque[Instant] = deque()
        self._turn = asyncio.Lock()
        self._last = 0.0

    @property
    def today(self) -> int:
        """IDENTIFYs of this process in the last 24 hours."""
        while self._begun and self._begun[0] <= self._clock() - DAY:
            self._begun.popleft()
        return len(self._begun)

    @property
    def url(self) -> str:
        return self._url

    async def ask(self) -> None:
        """Where the gateway is, how many shards Discord wants, how many sessions may begin. Raises PlatformTrouble."""
        told = await self._calls.get("/gateway/bot")
        address = text(told, "url") if isinstance(told, dict) else ""
        if not address.startswith(("ws://", "wss://")):
            raise Down("an answer that is none")
        limit = inner(told, "session_start_limit")
        self._url, self.shards = self._given or address, max(1, number(told, "shards"))
        # Who tells no limit has none.
        self._left = number(limit, "remaining") if "remaining" in limit else MOST_A_DAY
        self._reset = Instant(self._clock() + _milliseconds(limit))

    async def one(self, say: Callable[[str], None]) -> str:
        """Wait until a session may begin, and return the gateway's address; ``say`` is told why it waits.

        Raises Unauthorized.
        """
        async with self._turn:
            while True:
                await self.learn()
                until = self._next()
                if until <= self._clock():
                    break
                wait = (until - self._clock()) / SECOND
                say(f"Discord lets the bot connect anew in {_minutes(wait)}: it has used up its connections for today.")
                await asyncio.sleep(min(wait, LONGEST_LOOK))
            if self.shards > 1:
                await asyncio.sleep(self._last + APART - asyncio.get_running_loop().time())
            self._last = asyncio.get_running_loop().time()
            say("")
            return self._url

    def begun(self) -> None:
        """A session begins now."""
        self._left -= 1
        self._begun.append(self._clock())

    async def learn(self) -> None:
        """Asked before every session; a gateway that is known need not wait for an answer that does not come.

        Raises Unauthorized.
        """
        pause = 0.5
        while True:
            try:
                return await self.ask()
            except Unauthorized:
                raise
            except PlatformTrouble as trouble:
                if self._url and isinstance(trouble, Down | TooFast):
                    log.warning("discord: the gateway's address was not told (%s); the known one is taken", trouble)
                    return None
                log.warning("discord: the gateway's address is not known: %s", trouble)
                await asyncio.sleep(trouble.seconds if isinstance(trouble, TooFast) else pause)
            pause = min(pause * 2, 8.0)

    def _next(self) -> Instant:
        """When the next session may begin; a time that has passed is now."""
        ours = Instant(self._begun[0] + DAY) if self.today >= MOST_A_DAY else Instant(0)
        theirs = self._reset if self._left <= 0 else Instant(0)
        return max(ours, theirs)


def _milliseconds(limit: Json) -> int:
    return max(0, number(limit, "reset_after")) * (SECOND // 1_000)


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"
