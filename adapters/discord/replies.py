"""The way out for answers to interactions: fast, without the bot's token, and never raising.

Discord wants the first response within 3 s; it counts neither towards the bot's rate limits nor needs its token, so it
goes through a pool of its own, kept warm. Trying again is safe: the same response twice is answered 40060.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
import orjson
from discord.http import Route

from adapters.discord.answers import Asked
from adapters.discord.calls import File, parts

log = logging.getLogger(__name__)

Body = dict[str, Any]

TRIES = 3
FIRST_RESPONSE = aiohttp.ClientTimeout(total=2.5)
FETCH = aiohttp.ClientTimeout(total=1.2)
"""The first response waits for it."""
FOLLOW_UP = aiohttp.ClientTimeout(total=10)
LONGEST_WAIT = 1.0
WARM_SECONDS = 60
ACKNOWLEDGED, UNKNOWN_INTERACTION, TOKEN_OVER = 40060, 10062, 50027
JSON = {"Content-Type": "application/json"}
REFUSED = (400, 413)
"""Not a word of it was taken."""
CALLBACK = "/interactions/{id}/{token}/callback"


class Replies:
    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=WARM_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self.unanswered = 0
        """Interactions whose person has seen "This interaction failed" or nothing."""

    async def close(self) -> None:
        await self._session.close()

    async def first(self, asked: Asked, *bodies: Body, files: Sequence[File] = ()) -> bool:
        """Send the first response; the next body when Discord refuses one. False when the person got none.

        ``files`` belong to the first body.
        """
        route, status = Route("POST", CALLBACK, id=asked.id, token=asked.token), 0
        for body in bodies:
            status = await self._send(route, body, FIRST_RESPONSE, files)
            if status not in REFUSED:
                break
            files = ()
        if not 200 <= status < 300:
            self.unanswered += 1
        return 200 <= status < 300

    async def suggest(self, asked: Asked, body: Body) -> None:
        """Answer a look: who types on sends another one, so nobody waits for this one."""
        await self._send(Route("POST", CALLBACK, id=asked.id, token=asked.token), body, FIRST_RESPONSE)

    async def fetch(self, address: str, most: int) -> bytes | None:
        """At most so many bytes of an uploaded file; None where it does not come in time."""
        try:
            async with self._session.get(address, timeout=FETCH) as answer:
                if answer.status != 200:
                    return None
                data = b""
                async for chunk in answer.content.iter_chunked(most):
                    data += chunk
                    if len(data) >= most:
                        break
                return data[:most]
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as cause:
            log.warning("an uploaded file could not be fetched: %s", type(cause).__name__)
            return None

    async def edit(self, asked: Asked, body: Body, files: Sequence[File] = ()) -> bool:
        """Change the first response, within the 15 minutes that its token lives."""
        path = "/webhooks/{application}/{token}/messages/@original"
        route = Route("PATCH", path, application=asked.application, token=asked.token)
        return 200 <= await self._send(route, body, FOLLOW_UP, files) < 300

    async def _send(self, route: Route, body: Body, patience: aiohttp.ClientTimeout, files: Sequence[File] = ()) -> int:
        status = 0
        for attempt in range(TRIES):
            data, headers = _content(body, files)
            try:
                async with self._session.request(
                    route.method, route.url, data=data, headers=headers, timeout=patience
                ) as answer:
                    status = answer.status
                    if 200 <= status < 300:
                        return status
                    refusal = await _refusal(answer)
            except (aiohttp.ClientError, OSError, TimeoutError) as cause:
                log.warning("an answer could not be sent: %s", type(cause).__name__)
                await asyncio.sleep(0.05 * (attempt + 1))
                continue
            code = refusal.get("code")
            if code == ACKNOWLEDGED:
                return 200
            if status != 429 and status < 500:
                level = logging.INFO if code in (UNKNOWN_INTERACTION, TOKEN_OVER) else logging.ERROR
                log.log(level, "an answer was refused: HTTP %s, code %s", status, code)
                return status
            await asyncio.sleep(_pause(refusal, attempt))
        return status


def _content(body: Body, files: Sequence[File]) -> tuple[bytes | aiohttp.FormData, dict[str, str]]:
    """Made anew for each try: a form can be sent once."""
    if not files:
        return orjson.dumps(body), JSON
    form = aiohttp.FormData(quote_fields=False)
    for part in parts(body, files):
        form.add_field(**part)
    return form, {}


async def _refusal(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        body = await answer.json(content_type=None)
    except (ValueError, aiohttp.ClientError):
        return {}
    return body if isinstance(body, dict) else {}


def _pause(refusal: dict[str, Any], attempt: int) -> float:
    told = refusal.get("retry_after")
    return min(float(told), LONGEST_WAIT) if isinstance(told, int | float) else 0.1 * (attempt + 1)
