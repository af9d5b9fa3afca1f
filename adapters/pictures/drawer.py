"""Drawings to PNG pictures, off the event loop: by a process that starts with the first and is let go when idle.

Whatever goes wrong there comes to no picture here; the words that stand beside every picture stand alone then.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL

import structlog

from core.domain.drawing import Drawing

log = structlog.get_logger()

SECONDS = 3.0
"""For one drawing, with the start of the process."""
IDLE_SECONDS = 20.0
KEPT, KEPT_BYTES = 36, 1_500_000
"""Pictures kept by what they show."""
WAITING = 24
"""So many drawings may wait; who comes then has words."""
ASKED_BYTES = 500_000
COMMAND = (sys.executable, "-m", "adapters.pictures.worker")
ROOT = Path(__file__).parents[2]
NEEDED = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
"""What is handed on of the environment: no token is."""


class Drawer:
    """One at a time, in the order of asking."""

    def __init__(self, command: Sequence[str] = COMMAND, *, seconds: float = SECONDS, idle: float = IDLE_SECONDS):
        self._command, self._seconds, self._idle = tuple(command), seconds, idle
        self._kept: dict[Drawing, bytes | None] = {}
        """The newest last; None where it can never be drawn."""
        self._under_way: dict[Drawing, asyncio.Task[bytes | None]] = {}
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._leaving: asyncio.TimerHandle | None = None
        self._ended: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        """Of the process that draws, while there is one."""
        return self._process.pid if self._process else None

    async def draw(self, drawing: Drawing) -> bytes | None:
        """The picture, or None where there is none to be had. Who waits no longer leaves it to be kept."""
        if drawing in self._kept:
            self._kept[drawing] = found = self._kept.pop(drawing)
            return found
        task = self._under_way.get(drawing)
        if task is None:
            if len(self._under_way) >= WAITING:
                return None
            task = self._under_way[drawing] = asyncio.create_task(self._drawn(drawing))
            task.add_done_callback(lambda _: self._under_way.pop(drawing, None))
        return await asyncio.shield(task)

    async def close(self) -> None:
        for task in (tasks := list(self._under_way.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._end(kill=False)
        await asyncio.gather(*self._ended, return_exceptions=True)

    async def _drawn(self, drawing: Drawing) -> bytes | None:
        asked = json.dumps(dataclasses.asdict(drawing)).encode()
        if len(asked) > ASKED_BYTES:
            return None
        async with self._turn:
            if self._leaving is not None:
                self._leaving.cancel()
                self._leaving = None
            try:
                async with asyncio.timeout(self._seconds):
                    sign, data = await self._ask(asked)
            except (TimeoutError, OSError, EOFError, ValueError) as failure:
                log.warning("a picture was not drawn", why=type(failure).__name__)
                await self._end(kill=True)
                return None
            except asyncio.CancelledError:
                # Its answer would be taken for that of the next.
                await self._end(kill=True)
                raise
            self._leaving = asyncio.get_running_loop().call_later(self._idle, self._leave)
        if sign != b"+":
            log.warning("a picture cannot be drawn", why=data.decode("ascii", "replace")[:60])
        self._keep(drawing, data if sign == b"+" else None)
        return data if sign == b"+" else None

    async def _ask(self, asked: bytes) -> tuple[bytes, bytes]:
        if self._process is None or self._process.returncode is not None:
            self._process = await self._begun()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(len(asked).to_bytes(4) + asked)
        await self._process.stdin.drain()
        head = await self._process.stdout.readexactly(5)
        return head[:1], await self._process.stdout.readexactly(int.from_bytes(head[1:]))

    async def _begun(self) -> Process:
        environment = {name: value for name in NEEDED if (value := os.environ.get(name)) is not None}
        return await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=ROOT, env=environment
        )

    def _keep(self, drawing: Drawing, made: bytes | None) -> None:
        self._kept[drawing] = made
        while len(self._kept) > KEPT or sum(len(one or b"") for one in self._kept.values()) > KEPT_BYTES:
            del self._kept[next(iter(self._kept))]

    def _leave(self) -> None:
        """Nobody asked for a while."""
        self._leaving = None
        task = asyncio.create_task(self._end(kill=False))
        self._ended.add(task)
        task.add_done_callback(self._ended.discard)

    async def _end(self, *, kill: bool) -> None:
        """It ends by itself when nothing can come any more, and at once where it hangs."""
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            if kill:
                process.kill()
            try:
                async with asyncio.timeout(1.0):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
