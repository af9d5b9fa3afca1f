"""Presses as fast, or as evenly, as wanted: by signed HTTP, by Slack's socket, by Discord's gateway."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import re
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

import orjson

from adapters.sandbox.slack.sockets import Connection
from tests.bench.servers import Discord

IN_FLIGHT = 64
PATIENCE = 30.0
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


@dataclass(slots=True)
class Run:
    """What came of some presses."""

    waits: list[float] = field(default_factory=list)
    """Seconds from the press to its answer."""
    errors: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds


def signed(bodies: Sequence[bytes], secret: str, path: str = "/slack/events") -> list[bytes]:
    """Whole HTTP requests, as Slack sends and signs them."""
    stamp = str(int(time.time()))
    made = []
    for body in bodies:
        raw = urlencode({"payload": body}).encode()
        digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nAccept-Encoding: gzip,deflate\r\n"
            f"User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(raw)}\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={digest}\r\n\r\n"
        )
        made.append(head.encode() + raw)
    return made


class _Wire(asyncio.Protocol):
    """One kept connection; one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.began = 0.0
        self.answered: Callable[[_Wire, int], None] = lambda wire, status: None
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, request: bytes, began: float) -> None:
        assert self.transport is not None
        self.began = began
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._got, 0, end)
        if len(self._got) < end + 4 + (int(length[1]) if length else 0):
            return
        status, self._got = int(self._got[9:12]), b""
        self.answered(self, status)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.began:
            self.answered(self, 0)


async def wires(port: int, number: int) -> list[_Wire]:
    loop = asyncio.get_running_loop()
    made: list[_Wire] = []
    for start in range(0, number, 100):  # a listening socket's queue holds about so many
        some = (loop.create_connection(_Wire, "127.0.0.1", port) for _ in range(min(100, number - start)))
        made += [protocol for _, protocol in await asyncio.gather(*some)]
    return made


def hang_up(all_of_them: Sequence[_Wire]) -> None:
    for one in all_of_them:
        one.began = 0.0
        if one.transport is not None:
            one.transport.abort()


async def by_http(requests: Sequence[bytes], on: Sequence[_Wire], *, at_once: bool = False) -> Run:
    """All of them, one on each wire at a time. ``at_once``: every wait counts from the beginning."""
    run, left, done = Run(), deque(requests), asyncio.Event()
    clock, open_wires = time.perf_counter, len(on)

    def answered(wire: _Wire, status: int) -> None:
        nonlocal open_wires
        now = clock()
        run.waits.append(now - wire.began)
        run.errors += status != 200
        if len(run.waits) == len(requests):
            done.set()
        if left and status:
            wire.send(left.popleft(), began if at_once else now)
        else:
            wire.began = 0.0
            open_wires -= not status

    began = clock()
    for wire in on:
        wire.answered = answered
        if left:
            wire.send(left.popleft(), began)
    await _patiently(done.wait())
    run.seconds = clock() - began
    return run


async def paced_by_http(requests: Sequence[bytes], on: Sequence[_Wire], rate: float) -> Run:
    """One every ``1 / rate`` seconds, whether or not earlier ones were answered; waits count from when it was due."""
    run, idle, done, due = Run(), deque(on), asyncio.Event(), deque[tuple[bytes, float]]()

    def answered(wire: _Wire, status: int) -> None:
        run.waits.append(time.perf_counter() - wire.began)
        run.errors += status != 200
        wire.began = 0.0
        if due:
            wire.send(*due.popleft())
        else:
            idle.append(wire)
        if len(run.waits) == len(requests):
            done.set()

    for wire in on:
        wire.answered = answered
    began = time.perf_counter()
    for number, request in enumerate(requests):
        at = began + number / rate
        if (early := at - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        if idle:
            idle.popleft().send(request, at)
        else:
            due.append((request, at))
    await _patiently(done.wait())
    run.seconds = time.perf_counter() - began
    return run


async def by_socket(connection: Connection, bodies: Sequence[bytes], in_flight: int = IN_FLIGHT) -> Run:
    """Envelopes over Slack's socket, so many unacknowledged at a time."""

    async def one(body: bytes) -> None:
        ident = str(uuid.uuid4())
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        connection.pending[ident] = ("block_actions", future)
        envelope = b'{"envelope_id":"%s","payload":%s,"type":"interactive","accepts_response_payload":false}'
        await connection.socket.send_str((envelope % (ident.encode(), body)).decode())
        await future

    return await _through(one, bodies, in_flight)


async def by_gateway(server: Discord, payloads: Sequence[dict[str, object]], in_flight: int = IN_FLIGHT) -> Run:
    """INTERACTION_CREATE over Discord's gateway; the callback is the answer."""
    session = server.session

    async def one(payload: dict[str, object]) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        server.waiting[str(payload["id"])] = future
        session.seq += 1
        event = {"op": 0, "t": "INTERACTION_CREATE", "s": session.seq, "d": payload}
        session.link.send(orjson.dumps(event).decode())
        await future

    return await _through(one, payloads, in_flight)


Item = TypeVar("Item")


async def _through(one: Callable[[Item], Awaitable[None]], items: Sequence[Item], in_flight: int) -> Run:
    run, left, clock = Run(), deque(items), time.perf_counter

    async def worker() -> None:
        while left:
            item, at = left.popleft(), clock()
            try:
                await asyncio.wait_for(one(item), PATIENCE)
            except Exception:
                run.errors += 1
            run.waits.append(clock() - at)

    began = clock()
    await asyncio.gather(*(worker() for _ in range(min(in_flight, len(items)))))
    run.seconds = clock() - began
    return run


async def _patiently(waiting: Coroutine[object, object, object]) -> None:
    """What has not come by then is missing from the run's waits."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await waiting
