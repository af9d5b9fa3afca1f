"""Socket Mode: connections that Slack sends payloads over, opened again whenever they end; a gap is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from adapters.slack.calls import client_of, on_this_machine
from core.app.ports import Unauthorized

log = structlog.get_logger()

PING_SECONDS = 5.0
"""slack_sdk takes a connection for dead after four pings without an answer."""
CONNECTIONS = 1
"""Slack allows ten and sends each payload over any one of them; a second one is for hand-over without a gap."""


class Sockets:
    """The connections of one app."""

    def __init__(self, app: AsyncApp, app_token: str, api_url: str | None, on_gap: Callable[[], None]) -> None:
        self._app, self._token, self._api_url, self._on_gap = app, app_token, api_url, on_gap
        self._handlers: list[AsyncSocketModeHandler] = []

    async def open(self) -> None:
        """Connect. Raises Unauthorized for a token that Slack does not take; waits for Slack otherwise."""
        for _ in range(CONNECTIONS):
            handler = AsyncSocketModeHandler(
                self._app,
                self._token,
                web_client=client_of(self._api_url, None, None),
                ping_interval=PING_SECONDS,
            )
            client: Any = handler.client
            if on_this_machine(client.web_client.base_url):
                client.proxy = None
            greeted = asyncio.Event()
            client.message_listeners.append(self._greeting(greeted))
            self._handlers.append(handler)
            await self._connect(handler)
            await greeted.wait()

    async def _connect(self, handler: AsyncSocketModeHandler) -> None:
        try:
            await handler.connect_async()  # type: ignore[no-untyped-call]
        except SlackApiError as failure:
            raise Unauthorized(str(failure.response.get("error", "refused"))) from None

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
        for handler in self._handlers:
            client: Any = handler.client
            tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
            with contextlib.suppress(Exception):
                await handler.close_async()  # type: ignore[no-untyped-call]
            # slack_sdk cancels its tasks and leaves them; a task that nobody awaits is a warning at the end.
            await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
        self._handlers.clear()
