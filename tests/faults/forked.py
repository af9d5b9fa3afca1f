"""Bots that die often, each forked from a process that has imported what a bot imports: a tenth of the start-up.

Nothing else is shared: the environment is the bot's own, its program is run as ``python -m`` would, and it dies alone.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import multiprocessing
import os
import runpy
import signal
import sys
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import IO

from config.stage_set import Program, StageSet

IMPORTED = ("config.main", "config.bot")
"""Before any fork. Never a program of the tests: importing one changes the bot's rules."""


@functools.cache
def _forking() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    return context


def _live(module: str, arguments: list[str], folder: str, environment: dict[str, str], log: str) -> None:
    """In the fork: become the program. What was imported is not looked through again when the bot collects."""
    gc.freeze()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    with open(log, "ab") as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


@dataclass(frozen=True, slots=True)
class Forked:
    """What ``StageSet`` asks of a process."""

    process: ForkServerProcess

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode

    def send_signal(self, number: int, /) -> None:
        if self.process.exitcode is None and self.process.pid is not None:
            os.kill(self.process.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        while (code := self.process.exitcode) is None:
            await asyncio.sleep(0.005)
        return code


class ForkedStageSet(StageSet):
    """A stage set whose bot may be started as often as a test likes."""

    async def spawn(self, log: IO[bytes]) -> Program:
        assert self.program[0] == "-m"
        what = (self.program[1], list(self.program[2:]), os.getcwd(), self.environment(), str(log.name))
        process = _forking().Process(target=_live, args=what, daemon=True)
        process.start()
        return Forked(process)
