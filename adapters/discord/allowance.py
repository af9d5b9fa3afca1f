"""How many more roles a server lets the bot give, as the headers of its last answer told; never known by heart.

https://docs.discord.com/developers/topics/rate-limits#header-format
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.domain.ids import SECOND

GRANT_EVERY = SECOND
"""What is taken for true before a server told: ten in ten seconds (observed, PLATFORMS A2)."""
SPARE = 1
"""Left over of each bucket: for somebody who has to be sent out, and because the library lets a lane wait behind the
call that empties a bucket."""


@dataclass(frozen=True, slots=True)
class Told:
    """``left`` calls of ``limit`` until the bucket is full again, at ``until``; ``window`` is how long that takes."""

    limit: int
    left: int
    until: float
    window: float


class Allowance:
    """One for every server, for the route that gives roles."""

    def __init__(self, clock: Callable[[], float] = lambda: asyncio.get_running_loop().time()) -> None:
        self._clock = clock
        self._told: dict[str, Told] = {}

    def note(self, server: str, headers: Mapping[str, str]) -> None:
        """Headers that cannot be read change nothing."""
        try:
            limit, left = int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remaining"])
            wait = float(headers["X-RateLimit-Reset-After"])
        except (KeyError, ValueError):
            return
        before = self._told.get(server)
        known = before.window if before and before.limit == limit else 0.0
        window = wait if left >= limit - 1 else max(known, wait)
        self._told[server] = Told(limit, left, self._clock() + wait, window)

    def cost(self, server: str, party: int) -> int:
        """Microseconds behind this party until the next one may come: none while the bucket holds both."""
        told, now = self._told.get(server), self._clock()
        if told is None:
            return GRANT_EVERY * party
        left, wait = (told.left, told.until - now) if now < told.until else (told.limit, told.window)
        return 0 if left - party >= party + SPARE else int(wait * SECOND)
