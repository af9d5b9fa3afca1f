"""A stage whose bot is a process of its own and dies as in a power cut; the stand-in servers live in the test's."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.sandbox import discord, slack
from adapters.sandbox.slack.clock import SystemClock
from tests.faults.forked import ForkedStageSet
from tests.storage.prepared import sqlite_at
from tests.wire.bot_stage import Mode, Stage

MORTAL = ("-m", "tests.faults.mortal_bot")


@dataclass(kw_only=True)
class MortalStage(Stage):
    """``die`` and ``start_bot`` in turns."""

    program: tuple[str, ...] = MORTAL
    child: ForkedStageSet = field(init=False)

    async def start_bot(self) -> None:
        if not hasattr(self, "child"):
            self.child = ForkedStageSet(self.folder, self._plan(), program=self.program, where=self._where())
            sqlite_at(self.folder / "sidestage.db")
        await self.child.raise_bot()

    async def die(self) -> None:
        await self.child.kill_bot()

    async def strike(self) -> None:
        if hasattr(self, "child"):
            await self.child.strike()
        await super().strike()

    def rows(self, query: str, **given: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "sidestage.db", timeout=5)) as database:
            return database.execute(query, given).fetchall()

    def _where(self) -> dict[str, dict[str, str]]:
        app, server = self._install.app, self.servers["discord"]
        tokens = {
            "bot_token": self._install.bot_token,
            "app_token": app.app_token,
            "signing_secret": app.signing_secret,
        }
        here = tokens | {"api_url": self.servers["slack"].api_url}
        return {
            "slack": here,
            "discord": {"token": self._token, "api_url": server.api_url, "gateway_url": server.gateway_url},
        }

    def _plan(self) -> dict[str, Any]:
        if self.mode == "socket":
            return {"slack": {"mode": self.mode}}
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._install.app.request_url = f"http://127.0.0.1:{port}/slack/events"
        return {"slack": {"mode": self.mode}, "http_port": port}


@asynccontextmanager
async def on_mortal_stage(
    folder: Path,
    check: Callable[[Sequence[Any]], None],
    *,
    mode: Mode = "socket",
    time: SystemClock | None = None,
    **more: Any,
) -> AsyncIterator[MortalStage]:
    """As ``on_stage``, with a bot that can be killed; it lives through the session from its opening on."""
    time = time or SystemClock()
    here, there = slack.World(clock=time, rates=False), discord.World(rates=False, clock=time.now)
    stage = MortalStage(folder=folder, check=check, slack=here, discord=there, mode=mode, anew=True, **more)
    try:
        await stage.raise_all()
        yield stage
    finally:
        await stage.strike()
    check(stage.requests())


def log_of(stage: MortalStage) -> list[dict[str, Any]]:
    """What the bot logged, all of its lives."""
    told = (stage.folder / "bot.log").read_text().splitlines()
    return [json.loads(line) for line in told if line.startswith("{")]
