"""Socket Mode: two connections that take turns, each followed by the next before it ends; a gap is told."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import call, on_this_machine
from adapters.slack.connection import Connection, Dispatch
from core.app.platform import Down, PlatformTrouble, TooFast

log = structlog.get_logger()

PING_SECONDS = 6.0
"""Half of it without an answer, and a connection is taken for dead."""
CONNECTIONS = 2
"""Slack allows ten and sends each payload over any one of them; when one is lost the other is there."""
GREETING_SECONDS = 10.0
ENDING_SECONDS = 30.0
"""Slack warns about ten seconds ahead; a connection that was followed by another is closed after that by us."""
FIRST_RETRY, LONGEST_RETRY = 0.5, 30.0


class Sockets:
    """The connections of one app; each place among them is kept filled by a task of its own."""

    def __init__(
        self,
        dispatch: Dispatch,
        app_token: str,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        on_gap: Callable[[], None],
    ) -> None:
        self._dispatch, self._token, self._on_gap = dispatch, app_token, on_gap
        self._web, self._session = client, session
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Open the first connection; the others follow. Raises PlatformTrouble when Slack does not let us connect."""
        first = await self._connect()
        self._later(self._keep(first))
        for _ in range(CONNECTIONS - 1):
            self._later(self._keep(None))

    @property
    def number(self) -> int:
        """How many connections are open."""
        return sum(one.open for one in self._connections)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in self._connections))
        self._connections.clear()

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _keep(self, current: Connection | None) -> None:
        """When a connection is to end, the next one is opened first; what was in between, if anything, is read back."""
        current = current or await self._patiently()
        while True:
            await current.leaving.wait()
            following = await self._patiently()
            if not current.open:
                log.info("slack: connected again, the history is read", reason=current.reason)
                self._on_gap()
            self._later(self._retire(current))
            current = following

    async def _retire(self, old: Connection) -> None:
        """Slack closes it when it likes, and what came over it is acknowledged until then."""
        await old.ended(ENDING_SECONDS)
        await old.close()
        self._connections.discard(old)

    async def _patiently(self) -> Connection:
        pause = FIRST_RETRY
        while True:
            try:
                return await self._connect()
            except PlatformTrouble as trouble:
                log.warning("slack: not connected", why=trouble.reason, others=self.number)
                told = trouble.seconds if isinstance(trouble, TooFast) else 0.0
            # Not all at once after an outage of Slack's.
            await asyncio.sleep(max(told, pause * random.uniform(0.5, 1.5)))
            pause = min(2 * pause, LONGEST_RETRY)

    async def _connect(self) -> Connection:
        """An address works once: whatever happens to it, the next try asks for another."""
        answer = await call(self._web.apps_connections_open, app_token=self._token, repeatable=True)
        url = str(answer.get("url") or "")
        proxy = None if on_this_machine(url) else self._web.proxy
        ssl = True if self._web.ssl is None else self._web.ssl
        try:
            socket = await self._session.ws_connect(url, heartbeat=PING_SECONDS, proxy=proxy, ssl=ssl)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as failure:
            raise Down(type(failure).__name__) from None
        connection = Connection(socket, self._dispatch)
        self._connections.add(connection)
        try:
            async with asyncio.timeout(GREETING_SECONDS):
                await connection.news.wait()
        except TimeoutError:
            pass
        except asyncio.CancelledError:
            await self._drop(connection)
            raise
        if connection.greeted:
            return connection
        await self._drop(connection)
        raise Down(connection.reason or "no greeting")

    async def _drop(self, connection: Connection) -> None:
        self._connections.discard(connection)
        await connection.close()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
