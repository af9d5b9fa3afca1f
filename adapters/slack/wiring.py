"""Bolt, wired once: one catch-all listener a kind of payload, authorization from memory, answers after the commit.

Bolt's own request verification is off: it parses a body before it checks the signature and logs what it refuses, so
:mod:`adapters.slack.ingress` verifies first; over a socket there is nothing to verify. Its filter of the bot's own
events is off too, because :mod:`adapters.slack.lines` drops them in both modes and for read-back lines alike.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.hearing import acknowledged, refused
from adapters.slack.identity import Install
from adapters.slack.ingress import STAMP_HEADER
from adapters.slack.listen import Listener
from core.domain.ids import SECOND, Instant

log = structlog.get_logger()

_ANY = re.compile("")
Headers = Mapping[str, Any]


class App(AsyncApp):
    """Bolt, with presses going past its middleware: they come in crowds, and all that it would find out is known.

    Each costs a third of what it costs through Bolt's matchers, contexts and clients, by socket and by HTTP alike.
    """

    on_press: Callable[[dict[str, Any]], Awaitable[BoltResponse]]

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        if req.body.get("type") == "block_actions":
            return await self.on_press(req.body)
        try:
            return await super().async_dispatch(req)
        except Exception as failure:
            # Bolt looks into payloads by index before anybody could handle what it then raises.
            log.error("slack: a payload failed in the library", why=type(failure).__name__)
            return unreadable()


def bolt_app(
    client: AsyncWebClient, install: Install, token: str, listener: Listener, on_gap: Callable[[object], None]
) -> App:
    """The app for one workspace. ``client`` carries no token: authorization gives it, from memory.

    ``on_gap`` is told of a minute, in seconds since 1970, of which deliveries were dropped.
    """
    result = AuthorizeResult(
        enterprise_id=install.enterprise or None,
        team_id=install.team,
        bot_user_id=install.bot_user,
        bot_id=install.bot,
        bot_token=token,
    )

    async def authorize() -> AuthorizeResult:
        return result

    app = App(
        name="sidestage",
        logger=_quiet(),
        client=client,
        authorize=authorize,
        # The answer must follow the commit, and without this Bolt looks for the answer only every 10 ms.
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )

    async def on_event(body: dict[str, Any]) -> BoltResponse:
        return await _safely(listener.hearing.event(body))

    async def on_press(body: dict[str, Any]) -> BoltResponse:
        return await _safely(listener.press(body))

    async def on_form(body: dict[str, Any], request: AsyncBoltRequest) -> BoltResponse:
        return await _safely(listener.submission(body, _signed(request)))

    async def on_command(body: dict[str, Any], request: AsyncBoltRequest) -> BoltResponse:
        return await _safely(listener.slash(body, _signed(request)))

    async def on_shortcut(body: dict[str, Any]) -> BoltResponse:
        return await _safely(listener.shortcut(body))

    async def on_closed(body: dict[str, Any]) -> BoltResponse:
        return await _safely(listener.closed(body))

    async def on_unhandled(error: Exception, body: dict[str, Any]) -> BoltResponse:
        if not isinstance(error, BoltUnhandledRequestError):
            log.error("slack: a payload failed in the library", why=type(error).__name__)
            return unreadable()
        if body.get("type") == "app_rate_limited":
            # Slack dropped deliveries of a minute: what was said in it is read back.
            log.warning("slack: deliveries were dropped, the history is read")
            on_gap(body.get("minute_rate_limited"))
        return acknowledged()

    app.event(_ANY)(on_event)
    app.on_press = on_press
    app.view_submission(_ANY)(on_form)
    app.view_closed(_ANY)(on_closed)
    app.command(_ANY)(on_command)
    app.shortcut(_ANY)(on_shortcut)
    app.error(on_unhandled)
    return app


def unreadable() -> BoltResponse:
    """Of a shape that Slack's own library does not know."""
    return BoltResponse(status=400, body="")


def _signed(request: AsyncBoltRequest) -> Instant | None:
    """When Slack signed the request; a socket's payloads are not signed."""
    stamps = request.headers.get(STAMP_HEADER)
    return Instant(int(stamps[0]) * SECOND) if stamps else None


async def _safely(handled: Awaitable[BoltResponse]) -> BoltResponse:
    try:
        return await handled
    except Exception:
        log.exception("slack: a payload failed")
        return refused()


def _quiet() -> logging.Logger:
    """A logger that never writes a payload: Bolt and slack_sdk do so at DEBUG and in some warnings."""
    logger = logging.getLogger("sidestage.slack")
    if logger.level == logging.NOTSET or logger.level < logging.ERROR:
        logger.setLevel(logging.ERROR)
    return logger
