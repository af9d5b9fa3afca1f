"""A number that grows whenever something changed that somebody could see; those who look wait for it to grow."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Serial:
    number: int = 0
    _waiting: set[asyncio.Event] = field(default_factory=set)

    def bump(self, *_: object) -> None:
        self.number += 1
        while self._waiting:
            self._waiting.pop().set()

    async def after(self, since: int, within: float) -> int:
        """The number as soon as it is above ``since``, after ``within`` seconds in any case."""
        if self.number <= since:
            grown = asyncio.Event()
            self._waiting.add(grown)
            try:
                await asyncio.wait_for(grown.wait(), within)
            except TimeoutError:
                self._waiting.discard(grown)
        return self.number
