"""Socket Mode: connections that Slack sends payloads over, opened again whenever they end; a gap is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import call, on_this_machine

log = structlog.get_logger()

PING_SECONDS = 5.0
"""slack_sdk takes a connection for dead after four pings without an answer."""
CONNECTIONS = 1
"""Slack allows ten and sends each payload over any one of them; a second one is for hand-over without a gap."""


class Sockets:
    """The connections of one app."""

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient, on_gap: Callable[[], None]) -> None:
        self._app, self._token, self._web, self._on_gap = app, app_token, client, on_gap
        self._handlers: list[AsyncSocketModeHandler] = []
        self._watch: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect. Raises PlatformTrouble when Slack does not give an address to connect to."""
        for _ in range(CONNECTIONS):
            # slack_sdk would ask again for ever with a token that Slack does not take; so we ask, once.
            answer = await call(self._web.apps_connections_open, app_token=self._token, repeatable=True)
            handler = AsyncSocketModeHandler(self._app, self._token, web_client=self._web, ping_interval=PING_SECONDS)
            self._handlers.append(handler)
            client: Any = handler.client
            if on_this_machine(self._web.base_url):
                client.proxy = None
            greeted = asyncio.Event()
            client.message_listeners.append(self._greeting(greeted))
            client.wss_uri = str(answer.get("url"))
            await handler.connect_async()  # type: ignore[no-untyped-call]
            await greeted.wait()
        self._watch = asyncio.create_task(self._renew())

    async def connected(self) -> bool:
        """Whether any connection is open."""
        found = [await self._client(handler).is_connected() for handler in self._handlers]
        return any(found)

    async def _renew(self) -> None:
        """An address works once and not for long, but slack_sdk would try the same one for ever: take it away."""
        while True:
            await asyncio.sleep(PING_SECONDS / 2)
            for handler in self._handlers:
                client = self._client(handler)
                if not await client.is_connected():
                    client.wss_uri = None

    def _greeting(self, greeted: asyncio.Event) -> Any:
        async def listen(client: Any, message: dict[str, Any], raw: str | None) -> None:
            if message.get("type") != "hello":
                return
            if greeted.is_set():
                log.info("slack: connected again, the history is read")
                self._on_gap()
            greeted.set()

        return listen

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        for handler in self._handlers:
            client = self._client(handler)
            tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
            with contextlib.suppress(Exception):
                await handler.close_async()  # type: ignore[no-untyped-call]
            # slack_sdk cancels its tasks and leaves them; a task that nobody awaits is a warning at the end.
            await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
        self._handlers.clear()

    @staticmethod
    def _client(handler: AsyncSocketModeHandler) -> Any:
        return handler.client
