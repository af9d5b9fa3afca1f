"""One REST call, tried once: what came of it is a value or one of core's troubles, never a library's exception.

The calls go through discord.py's own client, which keeps Discord's rate limit buckets, its headers and its connection
pool. Left alone it also tries again by itself: up to five times after 500, 502, 504 and 524 and, on some systems,
after a reset connection. A post through a webhook carries no nonce, so a second try could be a second message; and a
lane that sleeps in the library cannot be told from one that hangs. ``HTTPClient.request`` hands unknown keywords to
aiohttp's request; ``middlewares`` is one of them, and ours ends the call by raising before the library sees an answer
that it would try again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import aiohttp
import discord
import orjson
from discord.http import HTTPClient, Route

from adapters.discord import pace
from adapters.discord.pace import Pace
from core.app.platform import Closed, Down, Missing, PlatformTrouble, Rejected, TooFast, Unauthorized, Unclear, Worn

Json = dict[str, Any]

PATIENCE = aiohttp.ClientTimeout(total=10, connect=5)
"""A lane's lease lasts 15 s."""
LONGEST_PAUSE = 3600.0
BLOCKED_PAUSE = 60.0
"""After a 429 that names no time, or that comes from the network before Discord."""

MISSING_CODES = frozenset({10008})
CLOSED_CODES = frozenset({10003, 10004, 10013, 40001, 50001, 50007, 50013, 50083, 50278, 160005, 160006})
"""Unknown channel, guild or user, no access, closed direct messages, no permission, archived or locked thread."""
SLOW_CODES = frozenset({20016, 20022, 20026, 20028, 20029, 40003, 340013})
"""Slow mode, write limits, direct messages opened too fast."""
TOO_OLD = 30046
"""Too many edits of messages older than an hour: three in six seconds a channel (observed)."""
WEBHOOK_CODES = frozenset({10015, 50027})
"""Unknown webhook, invalid webhook token: it was deleted."""


File = tuple[str, bytes]
"""Its name and what it holds."""
Heard = Callable[[Mapping[str, str]], None]


class WebhookGone(Closed):
    """The webhook is not there any more; nothing was done."""


class Calls:
    """Every call that is not the answer to an interaction."""

    def __init__(self, http: HTTPClient, pace: Pace | None = None) -> None:
        self._http, self._pace = http, pace or Pace()

    async def get(self, path: str, *, params: Mapping[str, Any] | None = None, **ids: str) -> Any:
        return await self._send(Route("GET", path, **ids), posts=False, params=dict(params or {}))

    async def post(
        self,
        path: str,
        body: Json,
        *,
        params: Mapping[str, Any] | None = None,
        files: Sequence[File] = (),
        **ids: str,
    ) -> Any:
        """A call that makes something: what cannot be known of it is Unclear."""
        content = _content(body, files)
        return await self._send(Route("POST", path, **ids), posts=True, params=dict(params or {}), **content)

    async def put(self, path: str, body: Json | None = None, *, heard: Heard | None = None, **ids: str) -> None:
        """A call that sets something; done twice it is done once. ``heard`` is given the headers of the answer."""
        content = {} if body is None else {"json": body}
        await self._send(Route("PUT", path, **ids), posts=False, heard=heard, **content)

    async def patch(self, path: str, body: Json, *, files: Sequence[File] = (), **ids: str) -> Any:
        return await self._send(Route("PATCH", path, **ids), posts=False, **_content(body, files))

    async def delete(self, path: str, **ids: str) -> None:
        await self._send(Route("DELETE", path, **ids), posts=False)

    async def _send(self, route: Route, *, posts: bool, heard: Heard | None = None, **arguments: Any) -> Any:
        unknown: type[PlatformTrouble] = Unclear if posts else Down
        if self._http.token is None:
            raise Down("not connected yet")
        try:
            return await self._http.request(
                route, timeout=PATIENCE, middlewares=self._middlewares(heard), allow_redirects=False, **arguments
            )
        except _Answered as answer:
            found = _trouble_of_status(answer, unknown)
            if isinstance(found, TooFast) and found.budget:
                self._pace.hold(found.seconds)
            raise found from None
        except discord.RateLimited as limited:
            raise TooFast(_bounded(limited.retry_after)) from None
        except discord.HTTPException as refused:
            raise trouble(refused.status, refused.code, unknown) from None
        except _NotSent as cause:
            raise Down(str(cause)) from None
        except (_Cut, aiohttp.ClientError, OSError, TimeoutError, ValueError) as cause:
            # ValueError: an answer that says it is JSON and is not, such as one cut in the middle.
            raise unknown(type(cause).__name__) from None

    def _middlewares(self, heard: Heard | None) -> tuple[aiohttp.ClientMiddlewareType, ...]:
        async def counted(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
            # Here, as the library may let a call wait for its route's bucket before it comes to be sent.
            await self._pace.turn()
            response = await handler(request)
            if heard is not None:
                heard(response.headers)
            return response

        return (_once, counted)


def _content(body: Json, files: Sequence[File]) -> dict[str, Any]:
    return {"form": parts(body, files)} if files else {"json": body}


def parts(body: Json, files: Sequence[File]) -> list[dict[str, Any]]:
    """A multipart request; ``files[n]`` is what the body's ``attachments`` call n (reference#uploading-files)."""
    told = {"name": "payload_json", "value": orjson.dumps(body).decode()}
    sent = [
        {"name": f"files[{number}]", "value": data, "filename": name, "content_type": "image/png"}
        for number, (name, data) in enumerate(files)
    ]
    return [told, *sent]


class _NotSent(Exception):
    """No connection came about."""


class _Cut(Exception):
    """The connection ended before the answer."""


class _Answered(Exception):
    """429 or a server's error."""

    def __init__(self, status: int, headers: Mapping[str, str], body: Any) -> None:
        super().__init__(str(status))
        self.status, self.headers, self.body = status, headers, body


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        response = await handler(request)
        if response.status == 429 or response.status >= 500:
            raise _Answered(response.status, response.headers, await _body(response))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as cause:
        raise _NotSent(type(cause).__name__) from None
    except (aiohttp.ClientError, OSError, TimeoutError) as cause:
        raise _Cut(type(cause).__name__) from None
    return response


async def _body(response: aiohttp.ClientResponse) -> Any:
    """The JSON of an error; None when it is none, such as a page of the network before Discord."""
    try:
        return await response.json(content_type=None)
    except (ValueError, aiohttp.ClientError):
        return None


def _trouble_of_status(answer: _Answered, unknown: type[PlatformTrouble]) -> PlatformTrouble:
    if answer.status != 429:
        return unknown(f"HTTP {answer.status}")
    body = answer.body if isinstance(answer.body, dict) else {}
    told = body.get("retry_after", answer.headers.get("Retry-After"))
    if body.get("code") == TOO_OLD:
        return Worn(_bounded(told))
    return TooFast(_bounded(told), pace.NAME if body.get("global") else "")


def code(trouble: PlatformTrouble) -> int:
    """Discord's own number of what went wrong; 0 where it told none."""
    found = re.search(r"code (\d+)$", trouble.reason)
    return int(found[1]) if found else 0


def _bounded(told: Any) -> float:
    """Seconds to wait, whatever was said: 0.0 to 3600.0."""
    try:
        seconds = float(told)
    except (TypeError, ValueError):
        return BLOCKED_PAUSE
    return min(seconds, LONGEST_PAUSE) if seconds >= 0 else BLOCKED_PAUSE


def trouble(status: int, code: int, unknown: type[PlatformTrouble] = Down) -> PlatformTrouble:
    """What a refusal means. Reasons are codes: an answer's words may repeat what was sent."""
    reason = f"HTTP {status}, code {code}"
    if status == 401:
        return Unauthorized(reason)
    if code in WEBHOOK_CODES:
        return WebhookGone(reason)
    if code in MISSING_CODES:
        return Missing(reason)
    if code == TOO_OLD:
        return Worn(BLOCKED_PAUSE)
    if code in SLOW_CODES:
        return TooFast(BLOCKED_PAUSE)
    if code in CLOSED_CODES or status == 403:
        return Closed(reason)
    if status == 404:
        return Missing(reason)
    if 400 <= status < 500:
        return Rejected(reason)
    return unknown(reason)
