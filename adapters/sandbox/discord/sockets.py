"""One gateway socket: hello, identify or resume, heartbeats, limits, and the close codes that Discord documents.

https://discord.com/developers/docs/events/gateway and the table of close codes beside it.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from typing import Any

from aiohttp import WSMsgType, web

from adapters.sandbox.discord.gateway import ALL_INTENTS, GUILD_MEMBERS, MESSAGE_CONTENT, PRESENCES, Hub, Session
from adapters.sandbox.discord.model import Application, Json

SENDS_PER_MINUTE = 120
LARGEST_PAYLOAD = 4096
_NAMES = {1: "HEARTBEAT", 2: "IDENTIFY", 3: "PRESENCE", 4: "VOICE_STATE", 6: "RESUME", 8: "REQUEST_GUILD_MEMBERS"}


class Link:
    """A connected client. What is sent goes out in order, by one writer."""

    def __init__(
        self, hub: Hub, socket: web.WebSocketResponse, transport: asyncio.Transport | None, compress: bool
    ) -> None:
        self.hub = hub
        self.socket = socket
        self.session: Session | None = None
        self.frozen = False
        """True while nothing gets through in either direction, and neither side knows."""
        self._ours = False
        """The server ended it; then the other side's code says nothing of the session."""
        self._transport = transport
        self._deflate = zlib.compressobj() if compress else None
        self._out: asyncio.Queue[str | tuple[int, str]] = asyncio.Queue()
        self._sends: deque[float] = deque()
        self._watch: asyncio.TimerHandle | None = None

    def send(self, text: str) -> None:
        self._out.put_nowait(text)

    def close(self, code: int, reason: str = "") -> None:
        self._ours = True
        self._out.put_nowait((code, reason))

    def abort(self) -> None:
        """The network is gone: no close frame."""
        self._left()
        if self._transport is not None:
            self._transport.abort()

    def freeze(self) -> None:
        """Nothing gets through from now on, not even a goodbye."""
        self.frozen = True
        if self._transport is not None:
            self._transport.pause_reading()

    async def run(self) -> None:
        self.hub.links.add(self)
        writer = asyncio.create_task(self._write())
        wait, self.hub.hello_after = self.hub.hello_after, 0.0
        await asyncio.sleep(wait)
        self.send(
            json.dumps({"op": 10, "d": {"heartbeat_interval": int(self.hub.world.heartbeat * 1000), "_trace": []}})
        )
        self._rearm()
        try:
            async for each in self.socket:
                if self.frozen:
                    continue
                if each.type is not WSMsgType.TEXT:
                    self.close(4002, "Error while decoding payload.")
                    continue
                self._receive(each.data)
        finally:
            self._left()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    def _left(self) -> None:
        self.hub.links.discard(self)
        if self._watch is not None:
            self._watch.cancel()
        session, self.session = self.session, None
        if session is not None and session.link is self:
            session.link, session.lost = None, self.hub.world.clock()
            if not self._ours and self.socket.close_code in (1000, 1001):
                # A client that closes with 1000 or 1001 gives its session up.
                self.hub.sessions.pop(session.id, None)

    async def _write(self) -> None:
        while True:
            each = await self._out.get()
            if self.frozen:
                continue
            try:
                if isinstance(each, tuple):
                    await self.socket.close(code=each[0], message=each[1].encode())
                    return
                if self._deflate is None:
                    await self.socket.send_str(each)
                else:
                    data = self._deflate.compress(each.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(data)
            except (ConnectionError, RuntimeError):
                return

    def _rearm(self) -> None:
        """Without a heartbeat in one and a half intervals the session has timed out (4009)."""
        if self._watch is not None:
            self._watch.cancel()
        wait = self.hub.world.heartbeat * 1.5
        self._watch = asyncio.get_running_loop().call_later(wait, self.close, 4009, "Session timed out.")

    def _receive(self, text: str) -> None:
        if len(text.encode()) > LARGEST_PAYLOAD:
            self._refuse("payload", 4002, "Error while decoding payload.")
            return
        try:
            sent = json.loads(text)
            code, data = sent["op"], sent.get("d")
        except (ValueError, TypeError, KeyError):
            self._refuse("payload", 4002, "Error while decoding payload.")
            return
        now = asyncio.get_running_loop().time()
        self._sends.append(now)
        while self._sends[0] < now - 60:
            self._sends.popleft()
        if len(self._sends) > SENDS_PER_MINUTE:
            self._refuse(_NAMES.get(code, str(code)), 4008, "You are being rate limited.")
            return
        self._act(code, data)

    def _refuse(self, what: str, code: int, reason: str) -> None:
        self.hub.record(what, {}, (f"{code} {reason}",))
        self.close(code, reason)

    def _act(self, code: int, data: Any) -> None:
        if code == 1:
            self.hub.record("HEARTBEAT", {"d": data})
            self._rearm()
            if self.hub.acknowledges:
                self.send(json.dumps({"op": 11, "d": None}))
        elif code == 2:
            self._identify(data if isinstance(data, dict) else {})
        elif code == 6:
            self._resume(data if isinstance(data, dict) else {})
        elif code not in _NAMES:
            self._refuse(str(code), 4001, "Unknown opcode.")
        elif self.session is None:
            self._refuse(_NAMES[code], 4003, "Not authenticated.")
        else:
            self.hub.record(_NAMES[code], data if isinstance(data, dict) else {})
            if code == 8:
                self._members(self.session, data)

    def _members(self, session: Session, data: Json) -> None:
        guild = self.hub.world.guilds.get(str(data.get("guild_id")))
        if guild is None or session.app.bot.id not in guild.members:
            return
        whole = data.get("query") == "" and not data.get("limit") and not data.get("user_ids")
        if whole and not session.intents & GUILD_MEMBERS:
            return  # The whole list needs the intent; Discord sends nothing.
        self.hub.members(session, guild, data)

    def _app(self, token: object) -> Application | None:
        return self.hub.world.tokens.get(str(token).removeprefix("Bot "))

    def _identify(self, data: Json) -> None:
        world = self.hub.world
        if self.session is not None:
            self._refuse("IDENTIFY", 4005, "Already authenticated.")
            return
        app, intents = self._app(data.get("token")), data.get("intents")
        shard = data.get("shard") or [0, 1]
        problem = _identify_problem(app, intents, shard, data)
        if problem is not None or app is None:
            code, reason = problem or (4004, "Authentication failed.")
            self._refuse("IDENTIFY", code, reason)
            return
        self.hub.record("IDENTIFY", data)
        now = world.clock()
        if app.identifies_left <= 0:
            self._refuse("IDENTIFY", 4004, "Authentication failed.")  # Beyond the budget Discord resets the token.
            return
        app.identifies_left -= 1
        if world.rates and now - app.identified < 5.0 and shard[1] > 1:
            # max_concurrency is one identify in five seconds; the second one gets an invalid session.
            self.send(json.dumps({"op": 9, "d": False}))
            return
        app.identified = now
        self.session = self.hub.begin(app, int(intents or 0), (int(shard[0]), int(shard[1])), self)

    def _resume(self, data: Json) -> None:
        self.hub.record("RESUME", data)
        if self._app(data.get("token")) is None:
            self.close(4004, "Authentication failed.")
            return
        known = self.hub.sessions.get(str(data.get("session_id")))
        seq = int(data.get("seq") or 0)
        if known is not None and seq > known.seq:
            self.close(4007, "Invalid seq.")
            return
        self.session = self.hub.resume(str(data.get("session_id")), seq, self)
        if self.session is None:
            self.send(json.dumps({"op": 9, "d": False}))


def _identify_problem(app: Application | None, intents: Any, shard: Any, data: Json) -> tuple[int, str] | None:
    if app is None:
        return 4004, "Authentication failed."
    if not isinstance(intents, int) or intents & ~ALL_INTENTS:
        return 4013, "Invalid intent(s)."
    if not isinstance(shard, list) or len(shard) != 2 or not 0 <= shard[0] < shard[1]:
        return 4010, "Invalid shard."
    granted = ((GUILD_MEMBERS, app.members), (MESSAGE_CONTENT, app.message_content), (PRESENCES, app.presences))
    if any(intents & bit and not allowed for bit, allowed in granted):
        return 4014, "Disallowed intent(s)."
    if not isinstance(data.get("properties"), dict):
        return 4002, "Error while decoding payload."
    return None


async def serve(hub: Hub, request: web.BaseRequest) -> web.StreamResponse:
    """A socket from its upgrade to its end."""
    if hub.refusals:
        hub.refusals -= 1
        return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
    socket = web.WebSocketResponse(autoping=True, compress=False, max_msg_size=1 << 16)
    await socket.prepare(request)
    query = request.query
    link = Link(hub, socket, request.transport, query.get("compress") == "zlib-stream")
    if query.get("v") not in ("10", "9"):
        await socket.close(code=4012, message=b"Invalid API version.")
        return socket
    if query.get("encoding", "json") != "json" or query.get("compress") not in (None, "zlib-stream"):
        await socket.close(code=4002, message=b"Only json and zlib-stream are spoken here.")
        return socket
    await link.run()
    return socket
