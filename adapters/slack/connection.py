"""One web socket of Socket Mode, used once: whatever comes in over it is acknowledged over it, or not at all.

slack_sdk's own client closes a connection before it opens the next one, and acknowledges over the new one what came
over the old one; so payloads get from here to Bolt, and the client is not used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import orjson
import structlog
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

log = structlog.get_logger()

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
FINISHING_SECONDS = 3.0
"""An acknowledgement is due within three seconds; later it is of no use."""


class Connection:
    """Reads until the socket ends; every payload is handled by a task of its own."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, dispatch: Dispatch) -> None:
        self._socket, self._dispatch = socket, dispatch
        self._tasks: set[asyncio.Task[None]] = set()
        self.greeted = False
        self.reason = ""
        """Why Slack wants it to end, where it said so."""
        self.news = asyncio.Event()
        """It was greeted, told to end, or has ended."""
        self.leaving = asyncio.Event()
        """Told to end, or ended."""
        self._reading = asyncio.create_task(self._read())

    @property
    def open(self) -> bool:
        return self.greeted and not self._socket.closed and not self._reading.done()

    async def close(self) -> None:
        """Finish what is being handled, then end."""
        if self._tasks and not self._socket.closed:
            await asyncio.wait(self._tasks, timeout=FINISHING_SECONDS)
        await self._socket.close()
        self._reading.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(self._reading, *self._tasks, return_exceptions=True)

    async def ended(self, within: float) -> None:
        """Wait for Slack to close it."""
        await asyncio.wait({self._reading}, timeout=within)

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._received(message.data)
        finally:
            self.leaving.set()
            self.news.set()

    def _received(self, raw: str) -> None:
        try:
            told = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return
        match told:
            case {"type": "hello"}:
                self.greeted = True
                self.news.set()
            case {"type": "disconnect"}:
                self.reason = str(told.get("reason") or "disconnect")
                self.leaving.set()
                self.news.set()
            case {"envelope_id": str(envelope), "payload": dict(payload)}:
                task = asyncio.create_task(self._handle(envelope, payload, told))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _handle(self, envelope: str, payload: dict[str, Any], told: dict[str, Any]) -> None:
        try:
            request = AsyncBoltRequest(mode="socket_mode", body=payload, headers=_retry(told))
            response = await self._dispatch(request)
            # What was not taken is not acknowledged, so that Slack brings it again or says that it failed.
            if response.status == 200:
                await self._socket.send_str(orjson.dumps(_acknowledgement(envelope, response)).decode())
        except (ConnectionError, RuntimeError) as lost:
            log.info("slack: an acknowledgement was too late for its connection", why=type(lost).__name__)
        except Exception as failure:
            log.error("slack: a payload failed in the library", why=type(failure).__name__)


def _retry(told: dict[str, Any]) -> dict[str, Any]:
    """As the headers that HTTP would carry."""
    found = {"x-slack-retry-num": told.get("retry_attempt"), "x-slack-retry-reason": told.get("retry_reason")}
    return {name: str(value) for name, value in found.items() if value is not None}


def _acknowledgement(envelope: str, response: BoltResponse) -> dict[str, Any]:
    if not response.body:
        return {"envelope_id": envelope}
    is_json = response.first_headers().get("content-type", "").startswith("application/json")
    return {"envelope_id": envelope, "payload": orjson.loads(response.body) if is_json else {"text": response.body}}
