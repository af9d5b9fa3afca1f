"""How many calls of one method may be made: what a crowd wants over that is refused at once, so nothing ever queues.

Counted here first, because a crowd over the limit shall cost the database nothing and a slow database shall delay
no form; then in the budgets that all replicas share, where these can be had in time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from adapters.slack import limits
from core.app.platform import Budget
from core.app.ports import StorageDown
from core.domain.ids import SECOND, Instant

Spend = Callable[[Sequence[Budget], Instant], Awaitable[Instant]]
"""Spends all of the budgets and gives back the instant it was given, or none and says when to try again."""
ASKING_SECONDS = 0.3
"""How long the shared budgets are waited for: a trigger lives three seconds."""


class Allowance:
    """The calls of one Tier 4 method in one workspace: at most 97 in any minute, the last of them kept from crowds."""

    def __init__(self, clock: Callable[[], Instant]) -> None:
        self._clock = clock
        self._next = 0
        """When the calls so far are paid for at the steady rate."""
        self._held = 0

    def take(self, *, crowd: bool) -> bool:
        """Whether one more call is allowed; it is counted then."""
        now = self._clock()
        if now < self._held or self._next - _burst(crowd) > now:
            return False
        self._next = max(self._next, now) + limits.TIER_4
        return True

    def count(self) -> bool:
        """One more call that cannot be spared; False only while Slack has asked to wait."""
        now = self._clock()
        self._next = max(self._next, now) + limits.TIER_4
        return now >= self._held

    def hold(self, seconds: float) -> None:
        """Slack said to wait."""
        self._held = max(self._held, self._clock() + int(seconds * SECOND))


class SharedAllowance(Allowance):
    """The same, agreed with the other replicas."""

    def __init__(self, name: str, clock: Callable[[], Instant], spend: Spend | None) -> None:
        super().__init__(clock)
        self._name, self._spend = name, spend

    async def ask(self, *, crowd: bool) -> bool:
        """Whether one more call is allowed by us and by all; who does not answer in time has nothing against it."""
        if not self.take(crowd=crowd):
            return False
        if self._spend is None:
            return True
        now = self._clock()
        budget = Budget(self._name, limits.TIER_4, _burst(crowd))
        try:
            async with asyncio.timeout(ASKING_SECONDS):
                return await self._spend((budget,), now) <= now
        except (TimeoutError, StorageDown):
            return True


class Turns:
    """Calls of one method that can wait for their turn; agreed with the other replicas where that can be had."""

    def __init__(self, name: str, cost: int, clock: Callable[[], Instant], spend: Spend | None) -> None:
        self._budget, self._clock, self._spend = Budget(name, cost, limits.TIER_3_BURST), clock, spend
        self._next = 0

    async def turn(self) -> None:
        """Return when one more call may be made; it is counted then."""
        while True:
            now = self._clock()
            free = self._next - self._budget.burst
            if free <= now:
                free = await self._shared(now)
            if free <= now:
                self._next = max(self._next, now) + self._budget.cost
                return
            await asyncio.sleep((free - now) / SECOND)

    async def _shared(self, now: Instant) -> int:
        try:
            return now if self._spend is None else await self._spend((self._budget,), now)
        except StorageDown:
            return now


def _burst(crowd: bool) -> int:
    return limits.TIER_4_CROWD_BURST if crowd else limits.TIER_4_BURST
