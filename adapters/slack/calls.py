"""One way to call Slack: no blind retries, every failure as one of the ports' exceptions.

slack_sdk repeats a request once after a reset connection, which can post twice; here nothing is ever repeated, and a
failure says whether the call was certainly not done (Down), may have been done (Unclear), or will never be done.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Mapping
from ipaddress import ip_address
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from core.app.platform import Closed, Down, Missing, PlatformTrouble, Rejected, TooFast, Unauthorized, Unclear

SECONDS = 15.0
"""For a whole call; Slack answers within one or two, or not at all."""
WAIT_UNKNOWN = 30.0
"""Where a 429 does not say how long."""
LONGEST_WAIT = 3600.0

Call = Callable[..., Awaitable[Any]]

ERRORS: Mapping[type[PlatformTrouble], frozenset[str]] = {
    Missing: frozenset({"message_not_found"}),
    Closed: frozenset(
        {
            "cannot_dm_bot",
            "channel_is_archived",
            "channel_not_found",
            "is_archived",
            "is_inactive",
            "messages_tab_disabled",
            "method_not_supported_for_channel_type",
            "not_in_channel",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "user_disabled",
            "user_not_found",
            "user_not_in_channel",
            "user_not_visible",
            "users_not_found",
        }
    ),
    Unauthorized: frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}),
    TooFast: frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"}),
    Unclear: frozenset({"fatal_error", "internal_error"}),
    Down: frozenset({"request_timeout", "service_unavailable", "team_added_to_org"}),
}
"""What Slack's own words mean; every other word is Rejected: asking again would bring the same."""


def client_of(api_url: str | None, token: str | None, session: aiohttp.ClientSession | None) -> AsyncWebClient:
    """A client of the Web API that repeats nothing; without an address it is slack_sdk's own."""
    client = AsyncWebClient(
        token=token, base_url=api_url or AsyncWebClient.BASE_URL, session=session, retry_handlers=[]
    )
    if on_this_machine(client.base_url):
        client.proxy = None
    return client


def on_this_machine(url: str) -> bool:
    """Whether an address is this machine's own: a proxy from the environment is not asked for it."""
    host = URL(url).host or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def session_of() -> aiohttp.ClientSession:
    """The connections to Slack, kept warm; it keeps no cookies."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=SECONDS, connect=5.0),
        connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=30),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def call(
    method: Call, *, repeatable: bool = False, budget: str = "", fine: Collection[str] = (), **arguments: Any
) -> Mapping[str, Any]:
    """Call once and return Slack's answer. ``repeatable``: doing it twice is the same as once, so unclear is Down.

    ``fine``: Slack's words for refusals that are answers too; such an answer has ``ok`` False and ``error``.

    A method that Slack asked to wait for is not called before its time, whoever asks: it is TooFast at once.
    """
    waits, which = _waits_of(method, arguments)
    if (left := waits.get(which, 0.0) - asyncio.get_running_loop().time()) > 0:
        raise TooFast(left, budget)
    try:
        answer = await method(**{name: value for name, value in arguments.items() if value is not None})
    except SlackApiError as failure:
        if (told := _told(failure)).get("error") in fine:
            return told
        trouble = _of_answer(failure, repeatable, budget)
        if isinstance(trouble, TooFast):
            waits[which] = asyncio.get_running_loop().time() + trouble.seconds
        raise trouble from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as failure:
        raise Down(type(failure).__name__) from None
    except (TimeoutError, aiohttp.ClientError, OSError, SlackClientError, ValueError, AttributeError) as failure:
        # AttributeError: slack_sdk reads a text answer as if it were an object.
        raise _unclear(type(failure).__name__, repeatable) from None
    data = answer.data
    return data if isinstance(data, dict) else {}


WAITS: WeakKeyDictionary[object, dict[str, float]] = WeakKeyDictionary()
"""By client: until when (in the loop's time) Slack wants no further call of a method."""


def _waits_of(method: Call, arguments: Mapping[str, Any]) -> tuple[dict[str, float], str]:
    """The waits of the method's client, and what a wait counts for: posting is held to a channel, all else to none."""
    client, name = getattr(method, "__self__", method), getattr(method, "__name__", "")
    where = f"{name}:{arguments.get('channel')}" if name == "chat_postMessage" else name
    return WAITS.setdefault(client, {}), where


def _told(failure: SlackApiError) -> Mapping[str, Any]:
    data = getattr(failure.response, "data", None)
    return data if isinstance(data, dict) and isinstance(data.get("error"), str) else {}


def _of_answer(failure: SlackApiError, repeatable: bool, budget: str) -> PlatformTrouble:
    response: Any = failure.response
    # Where the body is not JSON, slack_sdk hands over the bare answer of aiohttp.
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    headers = getattr(response, "headers", None) or {}
    word = _told(failure).get("error")
    if status == 429 or word in ERRORS[TooFast]:
        return TooFast(retry_after(headers.get("Retry-After")), budget)
    if status == 401:
        return Unauthorized("status 401")
    if status >= 500:
        return _unclear(f"status {status}", repeatable)
    if isinstance(word, str):
        for kind, words in ERRORS.items():
            if word in words:
                return _unclear(word, repeatable) if kind is Unclear else kind(word)
        return Rejected(word)
    if 400 <= status < 500:
        return Rejected(f"status {status}")
    return _unclear("not an answer of Slack's", repeatable)


def _unclear(reason: str, repeatable: bool) -> PlatformTrouble:
    return Down(reason) if repeatable else Unclear(reason)


def retry_after(told: object) -> float:
    """Seconds to wait, from 0 to 3,600; what cannot be read waits 30 (RELIABILITY 6)."""
    try:
        seconds = float(str(told).strip())
    except ValueError:
        return WAIT_UNKNOWN
    if not math.isfinite(seconds) or seconds < 0:
        return WAIT_UNKNOWN
    return min(seconds, LONGEST_WAIT)


# -- what an answer holds, whatever its shape --------------------------------------------------------------------------


def part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def entries(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = value.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def word(value: object, name: str) -> str:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""
