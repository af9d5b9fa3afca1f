"""Slack's requests over HTTP, verified before anything of them is read: only what Slack signed gets further.

RELIABILITY 42: raw bytes, at most 1 MB, signed within five minutes, never seen before, nested at most 50 deep; else
401, 413 or 400 with an empty body, and nothing of the body in any log.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from yarl import URL

from adapters.slack import limits
from core.domain.ids import MINUTE, SECOND, Instant

STAMP_HEADER = "x-slack-request-timestamp"
SIGNATURE_HEADER = "x-slack-signature"
_RETRY_HEADERS = ("x-slack-retry-num", "x-slack-retry-reason")
DEPTH = 50
REMEMBERED = 10 * MINUTE

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


class Replays:
    """Signatures that were seen, each for ten to twenty minutes; two sets take turns, so nothing is ever searched."""

    def __init__(self) -> None:
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()
        self._turn = 0

    def first(self, signature: bytes, now: Instant) -> bool:
        """Whether it is new; from now on it is not."""
        turn = now // REMEMBERED
        if turn != self._turn:
            self._old = self._young if turn == self._turn + 1 else set()
            self._young, self._turn = set(), turn
        if signature in self._young or signature in self._old:
            return False
        self._young.add(signature)
        return True

    def forget(self, signature: bytes) -> None:
        """What we failed to handle may come again."""
        self._young.discard(signature)
        self._old.discard(signature)


class Ingress:
    """Verifies, decodes and hands over; ``dispatch`` gets payloads as dicts, exactly as over a socket."""

    def __init__(self, secret: str, clock: Callable[[], Instant]) -> None:
        self._secret, self._clock = secret.encode(), clock
        self._replays = Replays()
        self.dispatch: Dispatch | None = None
        """None until the bot knows who it is."""
        self.press: Callable[[dict[str, Any]], Awaitable[BoltResponse]] | None = None
        """Takes presses by themselves, without the request that Bolt wants around a payload."""

    async def handle(self, request: web.Request) -> web.Response:
        raw = await _body(request)
        if raw is None:
            return web.Response(status=413)
        signature = self._verified(request.headers, raw)
        if signature is None:
            return web.Response(status=401)
        payload = decoded(raw, request.content_type)
        if payload is None:
            return web.Response(status=400)
        if payload.get("type") == "url_verification":
            return web.Response(text=str(payload.get("challenge", "")))
        response = await self._hand_over(payload, request.headers) if self.dispatch else None
        if response is None or response.status >= 500:
            self._replays.forget(signature)
        return web.Response(status=503) if response is None else _answered(response)

    async def _hand_over(self, payload: dict[str, Any], headers: Mapping[str, str]) -> BoltResponse:
        assert self.dispatch is not None
        if self.press is not None and payload.get("type") == "block_actions":
            return await self.press(payload)
        kept = {name: headers[name] for name in (STAMP_HEADER, *_RETRY_HEADERS) if name in headers}
        # The mode says only that the body is decoded already; Bolt's own decoding costs 25 times as much.
        try:
            request = AsyncBoltRequest(mode="socket_mode", body=payload, headers=dict(kept))
        except Exception:  # Bolt looks for users and rooms in shapes that it takes for granted
            return BoltResponse(status=400, body="")
        return await self.dispatch(request)

    def _verified(self, headers: Mapping[str, str], raw: bytes) -> bytes | None:
        """The signature as 32 bytes when Slack signed this body just now and it was never seen; else None."""
        stamp, told = headers.get(STAMP_HEADER, ""), headers.get(SIGNATURE_HEADER, "")
        if not (self._secret and stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and told.isascii()):
            return None
        now = self._clock()
        if abs(now - int(stamp) * SECOND) > limits.SIGNATURE_SECONDS * SECOND:
            return None
        signature = hmac.digest(self._secret, b"v0:" + stamp.encode() + b":" + raw, "sha256")
        if not hmac.compare_digest(f"v0={signature.hex()}".encode(), told.encode()):
            return None
        return signature if self._replays.first(signature, now) else None


async def _body(request: web.Request) -> bytes | None:
    """The raw body; None when it is larger than any payload of Slack's."""
    if (request.content_length or 0) > limits.BODY_BYTES:
        return None
    raw = bytearray()
    async for piece in request.content.iter_any():
        raw += piece
        if len(raw) > limits.BODY_BYTES:
            return None
    return bytes(raw)


def decoded(raw: bytes, content_type: str) -> dict[str, Any] | None:
    """The payload of a body: JSON, a form, or a form whose field ``payload`` is JSON. None for anything else."""
    try:
        if content_type == "application/json":
            return _object(orjson.loads(raw))
        if content_type != "application/x-www-form-urlencoded":
            return None
        # yarl decodes forms in C: 6 microseconds where urllib takes 151.
        fields = URL.build(path="/", query_string=raw.decode(), encoded=True).query
        return _object(orjson.loads(fields["payload"])) if "payload" in fields else dict(fields)
    except (ValueError, RecursionError):
        return None


def _object(value: object) -> dict[str, Any] | None:
    return value if isinstance(value, dict) and shallow(value) else None


def shallow(value: object, depth: int = DEPTH) -> bool:
    """Whether nothing in it is nested deeper; level by level, so that depth costs no stack."""
    level: list[Any] = [value]
    for _ in range(depth):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return True
    return False


def _answered(response: BoltResponse) -> web.Response:
    if response.status >= 400 or not response.body:
        return web.Response(status=response.status)
    content_type = response.first_headers().get("content-type", "text/plain").partition(";")[0]
    return web.Response(status=response.status, text=response.body or "", content_type=content_type)
