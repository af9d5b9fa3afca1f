"""Discord's one limit for all that bears the bot's token, 50 requests a second: every call through here keeps to it.

Which calls count: each that is sent with the token, so webhooks' posts too, as the library sends the token along.
Answers to interactions do not count (https://docs.discord.com/developers/topics/rate-limits#global-rate-limit); they go
out in :mod:`adapters.discord.replies` and never come here. Counted here first, in the order in which calls came; then
in the budget that all replicas share, where it can be had in time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from core.app.platform import Budget, TooFast
from core.app.ports import Clock, StorageDown
from core.domain.ids import SECOND, Instant

NAME = "discord:all"
CALL_EVERY = SECOND // 40
CALL_BURST = SECOND // 8
"""With the steady 40 a second no second sees more than 46, however unevenly the network carries them."""
ASKING_SECONDS = 0.3
"""How long the shared budget is waited for."""
LONGEST = 3.0
"""Seconds; who would wait longer is told so, as a call has ten in all and a lane's lease lasts fifteen."""

Spend = Callable[[Sequence[Budget], Instant], Awaitable[Instant]]
"""Spends all of the budgets and gives back the instant it was given, or none and says when to try again."""


class Pace:
    """One for a bot's token in this process."""

    def __init__(self, clock: Clock | None = None, spend: Spend | None = None) -> None:
        """Without ``clock`` and ``spend`` this process is alone."""
        self._clock, self._spend = clock, spend
        self._paid_until = 0.0
        """When the calls so far are paid for at the steady rate, in the loop's time."""
        self._held = 0.0

    async def turn(self) -> None:
        """Return when one more call may be made; it is counted. Raises TooFast where that takes long: none was then."""
        began = now = _time()
        free = max(self._held, self._paid_until - CALL_BURST / SECOND, now)
        if free - now > LONGEST:
            raise TooFast(free - now)
        # Counted before it waits: who comes later is behind it.
        self._paid_until = max(self._paid_until, free) + CALL_EVERY / SECOND
        while free > now or (free := max(self._held, now + await self._shared())) > now:
            if free - began > LONGEST:
                raise TooFast(free - now)
            await asyncio.sleep(free - now)
            now = _time()

    def hold(self, seconds: float) -> None:
        """Discord wants no call of the bot's before that."""
        self._held = max(self._held, _time() + seconds)

    async def _shared(self) -> float:
        """Seconds until the replicas together have one to spare: none where it was counted, or nobody can tell."""
        if self._spend is None or self._clock is None:
            return 0.0
        now = self._clock()
        try:
            async with asyncio.timeout(ASKING_SECONDS):
                free = await self._spend((Budget(NAME, CALL_EVERY, CALL_BURST),), now)
        except (TimeoutError, StorageDown):
            return 0.0
        return (free - now) / SECOND


def _time() -> float:
    return asyncio.get_running_loop().time()
