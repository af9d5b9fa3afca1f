"""An event loop whose time can be made to pass faster, timers and all: an hour of waiting in minutes."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Mapping


class _Selector(selectors.BaseSelector):
    """Waits as long on the machine's clock as the loop means on its own."""

    def __init__(self) -> None:
        self._kept = selectors.DefaultSelector()
        self.pace = 1.0

    def register(self, fileobj: int, events: int, data: object = None) -> selectors.SelectorKey:  # type: ignore[override]
        return self._kept.register(fileobj, events, data)

    def unregister(self, fileobj: int) -> selectors.SelectorKey:  # type: ignore[override]
        return self._kept.unregister(fileobj)

    def modify(self, fileobj: int, events: int, data: object = None) -> selectors.SelectorKey:  # type: ignore[override]
        return self._kept.modify(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return self._kept.select(timeout / self.pace if timeout and timeout > 0 else timeout)

    def close(self) -> None:
        self._kept.close()

    def get_map(self) -> Mapping[int, selectors.SelectorKey]:  # type: ignore[override]
        return self._kept.get_map()  # type: ignore[return-value]


class HurriedLoop(asyncio.SelectorEventLoop):
    """``hurry(20)``: from now on twenty seconds pass in one."""

    def __init__(self) -> None:
        self._since, self._then, self._epoch = time.monotonic(), time.monotonic(), time.time() - time.monotonic()
        self._waits = _Selector()
        super().__init__(self._waits)

    def hurry(self, pace: float) -> None:
        self._then, self._since = self.time(), time.monotonic()
        self._waits.pace = pace

    def time(self) -> float:
        return self._then + (time.monotonic() - self._since) * self._waits.pace

    def now(self) -> float:
        """Seconds since 1970; any thread may ask."""
        return self._epoch + self.time()
