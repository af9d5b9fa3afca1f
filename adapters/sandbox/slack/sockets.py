"""Socket Mode's server side: one app has up to ten connections, an envelope goes to exactly one of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import WSMsgType, web

from adapters.sandbox.slack.installs import App
from adapters.sandbox.slack.model import Json
from adapters.sandbox.slack.world import World

if TYPE_CHECKING:
    from adapters.sandbox.slack.delivery import Deliveries

MOST = 10
"""docs.slack.dev/apis/events-api/using-socket-mode: up to 10 open connections at once."""
PING_SECONDS = 10.0
REFRESH_SECONDS = 2.0
"""How long a connection that is to be refreshed stays open; it gets nothing new meanwhile."""


class Unanswered(Exception):
    """The app did not take a delivery."""

    def __init__(self, shown: str, retry_reason: str) -> None:
        super().__init__(shown)
        self.shown, self.retry_reason = shown, retry_reason


class Connection:
    """One web socket of an app."""

    def __init__(self, world: World, app: App, socket: web.WebSocketResponse) -> None:
        self.world, self.app, self.socket = world, app, socket
        self.pending: dict[str, tuple[str, asyncio.Future[Any]]] = {}
        self.ready = False
        self.sent = 0

    async def send(self, envelope: Json, kind: str) -> asyncio.Future[Any]:
        """Hand over one envelope; the future becomes its acknowledgement's payload."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.pending[envelope["envelope_id"]] = (kind, future)
        self.sent += 1
        try:
            await self.socket.send_str(orjson.dumps(envelope).decode())
        except (ConnectionError, RuntimeError):
            self.lost()
        return future

    def acknowledged(self, data: str) -> None:
        """One message from the app; everything but an acknowledgement breaks the protocol."""
        try:
            body = orjson.loads(data)
            envelope_id = body["envelope_id"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            self.world.note("ack", {"data": data}, ("not an acknowledgement",), "ignored")
            return
        _, future = self.pending.pop(envelope_id, ("", None))
        unknown = set(body) - {"envelope_id", "payload"}
        if unknown:
            self.world.note("ack", body, (f"unknown keys: {', '.join(sorted(unknown))}",), "ok")
        if future is None:
            self.world.note("ack", body, ("acknowledged too late or twice",), "ignored")
        elif not future.done():
            future.set_result(body.get("payload") or None)

    def lost(self) -> None:
        """The socket is gone: what was not acknowledged has failed."""
        self.ready = False
        pending, self.pending = self.pending, {}
        for _, future in pending.values():
            if not future.done():
                future.set_exception(Unanswered("dispatch_failed", "connection_failed"))

    async def disconnect(self, reason: str) -> None:
        """Tell the app to go: ``warning`` about 10 s ahead, a refresh leaves a moment, the others close at once."""
        refresh = reason == "refresh_requested"
        self.ready = self.ready and reason == "warning"
        await self.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
        if refresh and self.world.deliveries is not None:
            self.world.deliveries.background(self._close_soon())
        elif reason != "warning":
            await self.close()

    async def _close_soon(self) -> None:
        await self.world.clock.sleep(REFRESH_SECONDS)
        await self.close()

    async def close(self) -> None:
        self.ready = False
        await self.socket.close()
        self.lost()


async def serve_socket(deliveries: Deliveries, request: web.Request) -> web.StreamResponse:
    """The endpoint behind ``apps.connections.open``; a ticket opens one connection."""
    world = deliveries.world
    app_id = deliveries.tickets.pop(request.query.get("ticket", ""), "")
    app = world.apps.get(app_id)
    if app is None:
        return web.Response(status=401)
    socket = web.WebSocketResponse(heartbeat=PING_SECONDS, max_msg_size=1 << 22)
    await socket.prepare(request)
    connections = deliveries.connections.setdefault(app.id, [])
    connection = Connection(world, app, socket)
    if len(connections) >= MOST:
        await connection.disconnect("too_many_websockets")
        return socket
    connections.append(connection)
    await socket.send_json(
        {
            "type": "hello",
            "num_connections": len(connections),
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": app.id},
        }
    )
    connection.ready = True
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                connection.acknowledged(message.data)
    finally:
        if connection in connections:
            connections.remove(connection)
        connection.lost()
    return socket
