"""Private answers on their way to one person: never public, never waited for longer than Slack waits for us.

A ``response_url`` takes five answers in thirty minutes (interactivity/handling-user-interaction); where it fails the
person is told in the room, and where that fails by direct message.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Coroutine, Mapping
from typing import Any

import aiohttp
import orjson
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.allowance import SharedAllowance
from adapters.slack.calls import call, on_this_machine
from adapters.slack.forms import card_view, form_message, form_view, loading_view
from adapters.slack.parse import Asked
from adapters.slack.render import render
from core.app.platform import PlatformTrouble, TooFast
from core.domain.form import Form
from core.domain.view import Card

log = structlog.get_logger()

CLOSING_SECONDS = 5.0
"""How long answers that are on their way may take when the bot stops."""
LONGEST_WAIT = 30.0
"""A private answer that Slack refuses as too fast is tried once more after at most so many seconds."""
TRIGGER_SECONDS = 3.0
"""What opens later than this opens no more."""
TOLD = "Please note"
"""The title of a modal that says something instead of asking."""
AT_ONCE = 50
"""Answers on the wire at the same time; the others wait their turn."""


class Replies:
    """Sends private answers, each as a task of its own where nobody has to wait for it."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, opening: SharedAllowance) -> None:
        """``opening``: how many forms may be opened as modals."""
        self._client, self._session, self._opening = client, session, opening
        self._tasks: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(AT_ONCE)

    def later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start it; a failure is logged by its kind."""
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=CLOSING_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    # -- messages -----------------------------------------------------------------------------------------------------

    async def answer(self, asked: Asked, card: Card, *, dear: bool = True, beside: bool = False) -> None:
        """Show a card to whoever asked. ``dear``: try the other ways too when the first one fails.

        ``beside``: what was pressed stays, for it holds what they typed.
        """
        await self._tell(asked, render(card).body(), replace=asked.private and not beside, dear=dear)

    async def give_form(self, asked: Asked, form: Form) -> None:
        """The form as a message; in the place of the one that was sent."""
        mark = f"{zlib.crc32(asked.command.delivery.encode()):08x}"
        await self._tell(asked, form_message(form, mark), replace=asked.sent)

    async def _tell(self, asked: Asked, shown: Mapping[str, Any], *, replace: bool, dear: bool = True) -> None:
        if asked.response_url:
            body = {"response_type": "ephemeral", "replace_original": replace, **shown}
            async with self._gate:
                if await self._respond(asked.response_url, body):
                    return
        if dear:
            await self._whisper(asked, shown)

    async def _whisper(self, asked: Asked, shown: Mapping[str, Any]) -> None:
        """An ephemeral message in the room, or a direct one where that is not possible."""
        if asked.room:
            try:
                await _patiently(
                    lambda: call(self._client.chat_postEphemeral, channel=asked.room, user=asked.user, **shown)
                )
                return
            except PlatformTrouble as trouble:
                log.info("slack: an answer goes by direct message", why=trouble.reason)
        opened = await _patiently(lambda: call(self._client.conversations_open, users=asked.user, repeatable=True))
        channel = opened.get("channel")
        if isinstance(channel, dict) and isinstance(channel.get("id"), str):
            await _patiently(
                lambda: call(
                    self._client.chat_postMessage,
                    channel=channel["id"],
                    unfurl_links=False,
                    unfurl_media=False,
                    **shown,
                )
            )

    # -- modals -------------------------------------------------------------------------------------------------------

    async def open_form(self, asked: Asked, form: Form, *, crowd: bool = False) -> None:
        """As a modal; where the budget is spent or the trigger too old, the same form as a message."""
        if not await self._open(asked, form_view(form, asked.room, asked.response_url), crowd=crowd):
            await self.give_form(asked, form)

    async def open_loading(self, asked: Asked, *, crowd: bool = False) -> str:
        """A modal to be filled by :meth:`fill`; its id, or nothing where it could not be opened."""
        return await self._open(asked, loading_view(), crowd=crowd)

    async def fill(self, asked: Asked, view: str, reply: Card | Form) -> None:
        """Put the form, or what there is to say instead, into a modal that was opened for it."""
        shown = form_view(reply, asked.room, asked.response_url) if isinstance(reply, Form) else card_view(reply, TOLD)
        try:
            await _patiently(lambda: call(self._client.views_update, view_id=view, view=shown, repeatable=True))
        except PlatformTrouble as trouble:
            log.info("slack: a modal could not be filled", why=trouble.reason)
            if isinstance(reply, Form):
                await self.give_form(asked, reply)
            else:
                await self.answer(asked, reply)

    async def _open(self, asked: Asked, view: Mapping[str, Any], *, crowd: bool) -> str:
        """The id of the opened modal. A trigger lives three seconds and works once."""
        if not asked.trigger or not await self._opening.ask(crowd=crowd):
            return ""
        try:
            async with asyncio.timeout(TRIGGER_SECONDS):
                answer = await call(self._client.views_open, trigger_id=asked.trigger, view=view)
        except TimeoutError:
            return ""
        except PlatformTrouble as trouble:
            log.info("slack: a form could not be opened", why=trouble.reason)
            if isinstance(trouble, TooFast):
                self._opening.hold(trouble.seconds)
            return ""
        opened = answer.get("view")
        return str(opened.get("id") or "?") if isinstance(opened, dict) else "?"

    # -- the wire -----------------------------------------------------------------------------------------------------

    async def _respond(self, url: str, body: Mapping[str, Any]) -> bool:
        try:
            proxy = None if on_this_machine(url) else self._client.proxy
            headers = {"Content-Type": "application/json; charset=utf-8"}
            async with self._session.post(url, data=orjson.dumps(body), headers=headers, proxy=proxy) as response:
                if response.status == 200:
                    return True
                log.info("slack: a response_url refused an answer", status=response.status)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            log.info("slack: a response_url could not be reached", why=type(failure).__name__)
        return False


async def _patiently(attempt: Any) -> Any:
    """Once more where Slack says how long to wait."""
    try:
        return await attempt()
    except TooFast as slow:
        await asyncio.sleep(min(slow.seconds, LONGEST_WAIT))
        return await attempt()


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except PlatformTrouble as trouble:
        log.warning("slack: a private answer was not delivered", why=trouble.reason)
    except Exception:
        log.exception("slack: a private answer failed")
