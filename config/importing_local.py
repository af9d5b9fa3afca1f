"""The running bot's local door: a socket beside the SQLite file, through which other commands of the operator go.

Its mode is 0600, so whoever may read the database may use it and nobody else. On PostgreSQL there is none: there every
command works on the database itself, beside any number of bots.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import structlog
from aiohttp import web

from core.domain.plan_nodes import FILE_BYTES

log = structlog.get_logger()

Answer = Mapping[str, Any]
Take = Callable[[str, str], Awaitable[Answer]]
"""A file's text and the venue that was named, to ``done`` and ``words``."""
PREFIX = "sqlite:///"
PATH_LIMIT = 100
"""Bytes of a socket's address; Linux has room for 107, macOS for 103."""
SECONDS = 60.0
BODY_BYTES = 8 * FILE_BYTES
"""A file in JSON, where each of its characters may have become six."""


class Absent(Exception):
    """Nobody listens there."""


def socket_of(database_url: str) -> Path | None:
    """Where it is: by its shorter name. None where there is no file, or its address would be too long."""
    file = database_url.removeprefix(PREFIX)
    if not database_url.startswith(PREFIX) or not file or file == ":memory:":
        return None
    whole = Path(f"{file}.sock").absolute()
    shorter = min((str(whole), os.path.relpath(whole)), key=lambda it: len(os.fsencode(it)))
    return Path(shorter) if len(os.fsencode(shorter)) <= PATH_LIMIT else None


@dataclass(frozen=True, slots=True)
class Door:
    """A socket that is open."""

    socket: Path
    runner: web.AppRunner

    async def close(self) -> None:
        await self.runner.cleanup()
        await asyncio.to_thread(self.socket.unlink, missing_ok=True)


async def listen(socket: Path, take: Take) -> Door:
    """Open it; what a killed bot left there goes. Raises OSError."""

    async def imported(request: web.Request) -> web.Response:
        given = orjson.loads(await request.read())
        return web.Response(body=orjson.dumps(await take(given["text"], given["venue"])))

    app = web.Application(client_max_size=BODY_BYTES)
    app.add_routes([web.post("/import", imported)])
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.UnixSite(runner, str(socket)).start()
        await asyncio.to_thread(socket.chmod, 0o600)
    except BaseException:
        await runner.cleanup()
        raise
    return Door(socket, runner)


async def ask(socket: Path, given: Answer) -> Answer:
    """What the bot answers. Raises Absent where none listens."""
    try:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(socket)), timeout=aiohttp.ClientTimeout(total=SECONDS)
            ) as session,
            session.post("http://bot/import", data=orjson.dumps(given)) as answer,
        ):
            if answer.status != 200:
                return {"done": False, "words": "The running bot could not do that. Look into its log."}
            found = orjson.loads(await answer.read())
            return found if isinstance(found, dict) else {}
    except aiohttp.ClientConnectorError as gone:
        raise Absent from gone
    except TimeoutError:
        return {"done": False, "words": "The running bot did not answer in time. Do the same once more in a minute."}
