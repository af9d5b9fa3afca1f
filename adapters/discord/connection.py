"""One gateway socket from hello to its end: greeting, heartbeats, events in order; whatever ends it raises Ended.

Discord's documentation of the connection's life: https://discord.com/developers/docs/events/gateway and the table of
close codes in https://discord.com/developers/docs/topics/opcodes-and-status-codes. The library's own loop is not used:
it waits 60 s for a hello and for an acknowledgement, up to 17 minutes between attempts, and cannot be given up to
another process.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import aiohttp

Json = Mapping[str, Any]
Dispatch = Callable[[str, Any], Awaitable[None]]

CONNECT_WITHIN = 5.0
HELLO_WITHIN = 4.0
ANSWER_WITHIN = 8.0
"""Seconds between two signs of life after RESUME and before RESUMED; after IDENTIFY READY may take as long."""
ACK_WITHIN = 8.0
"""Seconds for the acknowledgement of a heartbeat; with Discord's usual 41.25 s between two a half-open connection is
known as one in less than 50 s."""
GOODBYE = 1.0
"""Seconds for the other side's close frame: one that is gone sends none."""
TAIL = b"\x00\x00\xff\xff"
"""Ends each message of a zlib stream (Z_SYNC_FLUSH)."""

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 7, 9, 10, 11
FATAL = frozenset({4004, 4010, 4011, 4012, 4013, 4014})
"""After these no reconnecting helps."""
AFRESH = frozenset({4007})
"""Invalid sequence: the same RESUME would be refused again. After 4009 the session may still be there."""
INVALID = "the session is invalid"
GIVE_UP, KEEP = 1000, 4000
"""A client that closes with 1000 or 1001 ends its session; with any other code it can resume."""


@dataclass(slots=True)
class Session:
    """What a RESUME needs; empty before the first READY and after the session was lost."""

    id: str = ""
    url: str = ""
    seq: int | None = None

    def lose(self) -> None:
        self.id, self.url, self.seq = "", "", None


class Ended(Exception):
    """The connection is over; ``code`` is a close code where the gateway gave one; ``lost`` when the session is."""

    def __init__(self, why: str, code: int = 0, *, lost: bool = False) -> None:
        super().__init__(why)
        self.why, self.code, self.lost = why, code, lost


class Connection:
    """One socket; ``dispatch`` gets every event in order and raises nothing."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: Session, dispatch: Dispatch) -> None:
        self._socket, self._session, self._dispatch = socket, session, dispatch
        self._inflate = zlib.decompressobj()
        self._acked = asyncio.Event()
        self._interval = 0.0
        self.greeted = False
        """READY or RESUMED came."""

    async def live(self, greeting: Callable[[], Json]) -> NoReturn:
        """Greet once hello came, and hand on what comes until the end. Raises Ended."""
        try:
            await self._hello()
            await self._send(greeting())
            tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._beat())]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            raise Ended("it ended without a word")
        except (aiohttp.ClientError, OSError, RuntimeError, zlib.error) as cause:
            # RuntimeError: aiohttp's word for a send or receive on a closed socket.
            raise Ended(type(cause).__name__) from None
        except (ValueError, KeyError, TypeError, AttributeError) as cause:
            raise Ended(f"what came could not be read ({type(cause).__name__})") from None
        except BaseException as over:
            if not isinstance(over, Ended):
                await self.close(GIVE_UP)
            raise
        finally:
            await self.close(KEEP)

    async def close(self, code: int) -> None:
        """Within a second, also when nobody is there any more; a second call does nothing."""
        with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError):
            async with asyncio.timeout(GOODBYE):
                await self._socket.close(code=code)

    # -- in ---------------------------------------------------------------------------------------------------------

    async def _hello(self) -> None:
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                told = await self._next()
        except TimeoutError:
            raise Ended("no hello came") from None
        if told.get("op") == INVALID_SESSION or told.get("op") == RECONNECT:
            await self._take(told)
        self._interval = float(told["d"]["heartbeat_interval"]) / 1000

    async def _read(self) -> None:
        while True:
            try:
                async with asyncio.timeout(None if self.greeted else ANSWER_WITHIN):
                    told = await self._next()
            except TimeoutError:
                raise Ended("no answer to the greeting came") from None
            await self._take(told)

    async def _next(self) -> Json:
        """The next payload, whole."""
        while True:
            message = await self._socket.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                return _payload(message.data)
            if message.type is aiohttp.WSMsgType.BINARY:
                parts = self._inflate.decompress(message.data)
                while not message.data.endswith(TAIL):
                    message = await self._socket.receive()
                    if message.type is not aiohttp.WSMsgType.BINARY:
                        raise self._ended()
                    parts += self._inflate.decompress(message.data)
                return _payload(parts)
            if message.type not in (aiohttp.WSMsgType.PING, aiohttp.WSMsgType.PONG):
                raise self._ended()

    def _ended(self) -> Ended:
        code = self._socket.close_code or 0
        return Ended(f"closed with {code}" if code else "cut", code, lost=code in AFRESH)

    async def _take(self, told: Json) -> None:
        code, data = told.get("op"), told.get("d")
        if code == DISPATCH:
            await self._event(str(told.get("t")), told.get("s"), data)
        elif code == HEARTBEAT:
            await self._heartbeat()
        elif code == HEARTBEAT_ACK:
            self._acked.set()
        elif code == RECONNECT:
            raise Ended("asked to reconnect")
        elif code == INVALID_SESSION:
            raise Ended(INVALID, lost=data is not True)

    async def _event(self, name: str, seq: Any, data: Any) -> None:
        if name == "READY":
            self._session.id, self._session.url = str(data["session_id"]), str(data.get("resume_gateway_url") or "")
        elif isinstance(seq, int) and self._session.seq is not None and seq <= self._session.seq:
            return  # A resume may begin before what was heard last.
        if isinstance(seq, int):
            self._session.seq = seq
        if name in ("READY", "RESUMED"):
            self.greeted = True
        await self._dispatch(name, data)

    # -- out --------------------------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        """The first at a random moment of the interval, so that not all clients beat together after an outage."""
        await asyncio.sleep(self._interval * random.random())
        while True:
            self._acked.clear()
            await self._heartbeat()
            began = asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(min(ACK_WITHIN, self._interval)):
                    await self._acked.wait()
            except TimeoutError:
                raise Ended("a heartbeat was not acknowledged") from None
            await asyncio.sleep(max(0.0, self._interval - (asyncio.get_running_loop().time() - began)))

    async def _heartbeat(self) -> None:
        await self._send({"op": HEARTBEAT, "d": self._session.seq})

    async def _send(self, payload: Json) -> None:
        await self._socket.send_str(json.dumps(payload, separators=(",", ":")))


def _payload(raw: str | bytes) -> Json:
    told = json.loads(raw)
    if not isinstance(told, dict):
        raise ValueError("a payload is an object")
    return told
