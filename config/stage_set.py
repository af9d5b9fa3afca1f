"""The stand-in servers and the bot as processes of their own, for the demo, the sandbox and the fault tests."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

import aiohttp

from adapters.sandbox.discord.hands import DiscordHands
from adapters.sandbox.slack.hands import SlackHands
from adapters.slack.manifest import EVENTS, SCOPES, SHORTCUTS, manifest
from core.app.verbs import VERBS

GROUPS = tuple(sorted({f"/{verb.group}" for verb in VERBS}))
READY_SECONDS = 30.0


class Program(Protocol):
    """A process that was started."""

    @property
    def returncode(self) -> int | None: ...

    def send_signal(self, signal: int, /) -> None: ...

    def kill(self) -> None: ...

    async def wait(self) -> int: ...


@dataclass
class StageSet:
    """Both servers and one bot, in one folder."""

    folder: Path
    plan: dict[str, Any]
    database_url: str = ""
    program: tuple[str, ...] = ("-m", "config", "run")
    """What Python is told to run as the bot."""
    servers: asyncio.subprocess.Process | None = None
    bot: Program | None = None
    where: dict[str, dict[str, str]] = field(default_factory=dict)
    session: aiohttp.ClientSession | None = None

    def __post_init__(self) -> None:
        self.database_url = self.database_url or f"sqlite:///{self.folder / 'sidestage.db'}"

    async def raise_servers(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        plan = self.folder / "plan.json"
        plan.write_text(json.dumps(self.plan))
        with (self.folder / "servers.log").open("ab") as log:
            self.servers = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "adapters.sandbox", str(plan), stdout=asyncio.subprocess.PIPE, stderr=log
            )
        assert self.servers.stdout is not None
        line = await asyncio.wait_for(self.servers.stdout.readline(), READY_SECONDS)
        self.where = json.loads(line)
        self.session = aiohttp.ClientSession()

    def environment(self) -> dict[str, str]:
        """What the bot is told: addresses, tokens and nothing else of ours."""
        slack, discord = self.where["slack"], self.where["discord"]
        mine = {
            "DATABASE_URL": self.database_url,
            "SLACK_BOT_TOKEN": slack["bot_token"],
            "SLACK_APP_TOKEN": slack["app_token"],
            "SLACK_SIGNING_SECRET": slack["signing_secret"],
            "SLACK_MODE": self.plan["slack"].get("mode", "socket"),
            "SLACK_API_URL": slack["api_url"],
            "DISCORD_TOKEN": discord["token"],
            "DISCORD_API_URL": discord["api_url"],
            "DISCORD_GATEWAY_URL": discord["gateway_url"],
            "HTTP_PORT": str(self.plan.get("http_port", 0)),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SIDESTAGE_")}
        return kept | {f"SIDESTAGE_{name}": value for name, value in mine.items()}

    async def raise_bot(self) -> None:
        """Start it and wait until it says that it is ready. Raises RuntimeError with its last words."""
        log = self.folder / "bot.log"
        before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as file:
            self.bot = await self.spawn(file)
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while b'"event": "ready"' not in (said := log.read_bytes()[before:]):
            if self.bot.returncode is not None or asyncio.get_running_loop().time() > deadline:
                raise RuntimeError(f"the bot did not start:\n{said.decode(errors='replace')[-2_000:]}")
            await asyncio.sleep(0.05)

    async def spawn(self, log: IO[bytes]) -> Program:
        """The bot's process, which writes all it says to the log."""
        return await asyncio.create_subprocess_exec(
            sys.executable, *self.program, env=self.environment(), stdout=log, stderr=log
        )

    async def kill_bot(self) -> None:
        """As a power cut: no goodbye."""
        await self._end(self.bot, signal.SIGKILL)

    async def stop_bot(self) -> int:
        return await self._end(self.bot, signal.SIGTERM)

    async def strike(self) -> None:
        """Take everything down."""
        await self._end(self.bot, signal.SIGTERM)
        await self._end(self.servers, signal.SIGTERM)
        if self.session is not None:
            await self.session.close()

    async def _end(self, process: Program | None, number: signal.Signals) -> int:
        if process is None or process.returncode is not None:
            return 0 if process is None else process.returncode or 0
        process.send_signal(number)
        try:
            return await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            return await process.wait()

    # -- eyes and hands ---------------------------------------------------------------------------------------------

    def slack(self, person: str) -> SlackHands:
        return SlackHands(self.where["slack"]["base_url"], person, session=self.session)

    def discord(self, person: str) -> DiscordHands:
        return DiscordHands(self.where["discord"]["base_url"], person, session=self.session)

    async def ask(self, platform: str, what: str) -> Any:
        """``requests``, ``presses`` or ``actions`` as the server itself recorded them."""
        assert self.session is not None
        async with self.session.get(f"{self.where[platform]['base_url']}/sandbox/{what}") as answer:
            return await answer.json()


def plan(slack_people: list[dict[str, Any]], discord_people: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A workspace and a server with one channel each, and the app installed as its manifest asks."""
    return {
        "slack": {
            "workspace": "Acme",
            "people": slack_people,
            "channels": ["keynote"],
            "scopes": list(SCOPES),
            "events": list(EVENTS),
            "commands": list(GROUPS),
            "shortcuts": dict(SHORTCUTS),
            "hints": {
                it["command"]: {name: it[name] for name in ("description", "usage_hint")}
                for it in manifest("socket")["features"]["slash_commands"]
            },
        }
        | more.pop("slack", {}),
        "discord": {"server": "PyCom", "people": discord_people, "channels": ["keynote"]} | more.pop("discord", {}),
    } | more
