"""Private answers on their way to one person: never public, never waited for longer than Slack waits for us.

A ``response_url`` takes five answers in thirty minutes (interactivity/handling-user-interaction); where it fails the
person is told in the room, and where that fails by direct message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import aiohttp
import orjson
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import call, on_this_machine
from adapters.slack.forms import form_view
from adapters.slack.parse import Asked
from adapters.slack.render import render
from core.app.ports import PlatformTrouble, TooFast
from core.domain.form import Form
from core.domain.ids import PersonId
from core.domain.view import Button, Card, OnlyPerson, say

log = structlog.get_logger()

CLOSING_SECONDS = 5.0
"""How long answers that are on their way may take when the bot stops."""
LONGEST_WAIT = 30.0
"""A private answer that Slack refuses as too fast is tried once more after at most so many seconds."""
AT_ONCE = 50
"""Answers on the wire at the same time; the others wait their turn."""


class Replies:
    """Sends private answers, each as a task of its own where nobody has to wait for it."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self._client, self._session = client, session
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

    async def answer(self, asked: Asked, card: Card, *, dear: bool = True) -> None:
        """Show a card to whoever asked. ``dear``: try the other ways too when the first one fails."""
        if asked.response_url:
            body = {"response_type": "ephemeral", "replace_original": asked.private, **render(card).body()}
            async with self._gate:
                if await self._respond(asked.response_url, body):
                    return
        if dear:
            await self.whisper(asked, card)

    async def whisper(self, asked: Asked, card: Card) -> None:
        """An ephemeral message in the room, or a direct one where that is not possible."""
        shown = render(card).body()
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

    async def open_form(self, asked: Asked, form: Form) -> None:
        """A trigger lives three seconds and works once; when it is too late the person gets a button instead."""
        try:
            await call(
                self._client.views_open, trigger_id=asked.trigger, view=form_view(form, asked.room, asked.response_url)
            )
        except PlatformTrouble as trouble:
            log.info("slack: a form could not be opened", why=trouble.reason)
            await self.answer(asked, again(form))

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


def again(form: Form, sentence: str = "") -> Card:
    """What to do when a form cannot be shown: its problems in words, and a button that opens it once more."""
    told = [sentence] if sentence else []
    told += [one for one in (form.problem, *(field.error for field in form.fields)) if one]
    buttons = (Button("Open the form", form.again, "primary"),) if form.again else ()
    return say(OnlyPerson(PersonId("")), *(told or ["The form could not be opened in time."]), buttons=buttons)


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
