"""What the tests of the stand-in Discord share: a served world, a connected bare discord.py client, raw requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.sandbox.discord import Running, World, start
from adapters.sandbox.discord.model import Application


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[Running]:
    """The world on a free loopback port, with discord.py pointed at it."""
    running = await start(world)
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = running.api_url, yarl.URL(running.gateway_url)
    try:
        yield running
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
        await running.close()


def all_intents() -> discord.Intents:
    intents = discord.Intents.default()
    intents.message_content = intents.members = True
    return intents


@asynccontextmanager
async def connected(client: discord.Client, app: Application) -> AsyncIterator[discord.Client]:
    """The client logged in and ready."""
    tasks: list[asyncio.Task[Any]] = []
    try:
        await client.login(app.token)
        task, ready = asyncio.create_task(client.connect()), asyncio.create_task(client.wait_until_ready())
        tasks += [task, ready]
        await asyncio.wait(tasks, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        assert ready.done(), "the client did not become ready"
        yield client
    finally:
        await client.close()
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(holds: Callable[[], Any], within: float = 5.0) -> None:
    """Wait for a condition, with a deadline."""
    end = asyncio.get_running_loop().time() + within
    while not holds():
        assert asyncio.get_running_loop().time() < end, "the condition never came true"
        await asyncio.sleep(0.005)


class Raw:
    """Requests as they stand in the documentation, without a library's own checks."""

    def __init__(self, running: Running, app: Application) -> None:
        self._base = running.api_url
        self._headers = {"Authorization": f"Bot {app.token}"}

    async def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any, Any]:
        headers = options.pop("headers", self._headers)
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self._base + path, json=body, headers=headers, params=options) as response,
        ):
            shown = await response.json() if response.status != 204 else None
            return response.status, shown, response.headers


def leaves(errors: dict[str, Any], path: str = "") -> dict[str, str]:
    """The error tree as path → code."""
    found: dict[str, str] = {}
    for key, value in errors.items():
        if key == "_errors":
            found[path] = value[0]["code"]
        else:
            found |= leaves(value, f"{path}.{key}" if path else key)
    return found
