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
from adapters.slack.pictures import Pictures, pictured
from adapters.slack.render import render
from core.app.platform import PlatformTrouble, TooFast
from core.domain.form import Form
from core.domain.ids import DeliveryKey
from core.domain.view import Card

log = structlog.get_logger()

CLOSING_SECONDS = 5.0
"""How long answers that are on their way may take when the bot stops."""
LONGEST_WAIT = 30.0
"""A private answer that Slack refuses as too fast is tried once more after at most so many seconds."""
TRIGGER_SECONDS = 3.0
"""What opens later than this opens no more."""
AGAIN = (0.0, 1.5)
"""Before each try to show pictures; then their words are shown. An address takes five answers at most."""
TOLD = "Please note"
"""The title of a modal that says something instead of asking."""
ELSEWHERE = "elsewhere"
"""In place of a modal's id: another delivery of the same press, which came here too, opened it and fills it."""
REMEMBERED = 10_000
AT_ONCE = 50
"""Answers on the wire at the same time; the others wait their turn."""


class Replies:
    """Sends private answers, each as a task of its own where nobody has to wait for it."""

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        opening: SharedAllowance,
        pictures: Pictures | None = None,
    ) -> None:
        """``opening``: how many forms may be opened as modals. ``pictures``: without it their words are shown."""
        self._pictures = pictures
        self._client, self._session, self._opening = client, session, opening
        self._tasks: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._written: dict[DeliveryKey, None] = {}
        """Lines in direct messages that were answered, the oldest first: Slack brings an event more than once."""
        self._exchanged: dict[str, None] = {}
        """Triggers that a modal was asked for with, the oldest first."""

    def later(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
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
        replace = asked.private and not beside
        files = await self._pictures.give(card) if self._pictures and asked.response_url else {}
        for pause in AGAIN if files else ():
            await asyncio.sleep(pause)
            if await self._answered(asked, render(card, files=files).body(), replace=replace):
                return
        await self._tell(asked, render(card).body(), replace=replace, dear=dear)

    def at_once(self, asked: Asked, card: Card) -> dict[str, Any] | str:
        """What the response to a command says; a card with pictures comes behind it, for these take their time."""
        if not (self._pictures and pictured(card)):
            return {"response_type": "ephemeral", **render(card).body()}
        self.later(self.answer(asked, card))
        return ""

    async def write_back(self, asked: Asked, reply: Card | Form) -> None:
        """What there is to say to a line in the person's direct messages, in the same thread; once for each line."""
        key = asked.command.delivery
        if key in self._written:
            return
        self._written[key] = None
        if len(self._written) > REMEMBERED:
            del self._written[next(iter(self._written))]
        shown = form_message(reply, _mark(asked)) if isinstance(reply, Form) else render(reply).body()
        await self._post(asked.room, shown, asked.thread)

    async def give_form(self, asked: Asked, form: Form) -> None:
        """The form as a message; in the place of the one that was sent."""
        await self._tell(asked, form_message(form, _mark(asked)), replace=asked.sent)

    async def _tell(self, asked: Asked, shown: Mapping[str, Any], *, replace: bool, dear: bool = True) -> None:
        if not (asked.response_url and await self._answered(asked, shown, replace=replace)) and dear:
            await self._whisper(asked, shown)

    async def _answered(self, asked: Asked, shown: Mapping[str, Any], *, replace: bool) -> bool:
        # A new answer goes where it was asked; one in the place of another cannot move.
        thread = {"thread_ts": asked.thread} if asked.thread and not replace else {}
        body = {"response_type": "ephemeral", "replace_original": replace, **thread, **shown}
        async with self._gate:
            return await self._respond(asked.response_url, body)

    async def _whisper(self, asked: Asked, shown: Mapping[str, Any]) -> None:
        """An ephemeral message in the room, or a direct one where that is not possible."""
        room, thread = asked.room, asked.thread or None
        if room.startswith("D"):
            # Nobody else reads there, and what is posted stays.
            await self._post(room, shown, asked.thread)
            return
        if room:
            try:
                await _patiently(
                    lambda: call(
                        self._client.chat_postEphemeral, channel=room, user=asked.user, thread_ts=thread, **shown
                    )
                )
                return
            except PlatformTrouble as trouble:
                log.info("slack: an answer goes by direct message", why=trouble.reason)
        opened = await _patiently(lambda: call(self._client.conversations_open, users=asked.user, repeatable=True))
        channel = opened.get("channel")
        if isinstance(channel, dict) and isinstance(channel.get("id"), str):
            await self._post(channel["id"], shown)

    async def _post(self, channel: str, shown: Mapping[str, Any], thread: str = "") -> None:
        await _patiently(
            lambda: call(
                self._client.chat_postMessage,
                channel=channel,
                thread_ts=thread or None,
                unfurl_links=False,
                unfurl_media=False,
                **shown,
            )
        )

    # -- modals -------------------------------------------------------------------------------------------------------

    async def open_form(self, asked: Asked, form: Form, *, crowd: bool = False) -> None:
        """As a modal; where the budget is spent or the trigger too old, the same form as a message."""
        if not await self._open(asked, view_of(asked, form), crowd=crowd):
            await self.give_form(asked, form)

    async def open_card(self, asked: Asked, card: Card, *, crowd: bool = False) -> str:
        """A card as a modal, for where no message can stand; its id, or nothing where it went another way."""
        view = await self._open(asked, view_of(asked, card), crowd=crowd)
        if not view:
            await self.answer(asked, card)
        return view

    async def open_loading(self, asked: Asked, *, crowd: bool = False) -> str:
        """A modal to be filled by :meth:`fill`; its id, or nothing where it could not be opened."""
        return await self._open(asked, loading_view(), crowd=crowd)

    async def fill(self, asked: Asked, view: str, reply: Card | Form) -> None:
        """Put the form, or what there is to say instead, into a modal that was opened for it."""
        if view == ELSEWHERE:
            return
        shown = view_of(asked, reply)
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
        ours = asked.trigger in self._exchanged
        self._exchanged[asked.trigger] = None
        if len(self._exchanged) > REMEMBERED:
            del self._exchanged[next(iter(self._exchanged))]
        try:
            async with asyncio.timeout(TRIGGER_SECONDS):
                answer = await call(self._client.views_open, trigger_id=asked.trigger, view=view)
        except TimeoutError:
            return ""
        except PlatformTrouble as trouble:
            log.info("slack: a form could not be opened", why=trouble.reason)
            if isinstance(trouble, TooFast):
                self._opening.hold(trouble.seconds)
            return ELSEWHERE if ours and trouble.reason == "exchanged_trigger_id" else ""
        opened = answer.get("view")
        return str(opened.get("id") or "?") if isinstance(opened, dict) else "?"

    async def publish(self, user: str, view: Mapping[str, Any]) -> None:
        """Draw a person's App Home."""
        await call(self._client.views_publish, user_id=user, view=view, repeatable=True)

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


def view_of(asked: Asked, reply: Card | Form) -> Mapping[str, Any]:
    """What there is to say or ask as a modal that knows where it came from."""
    if isinstance(reply, Form):
        return form_view(reply, asked.room, asked.response_url, asked.home)
    return card_view(reply, asked.title or TOLD, asked.room, asked.response_url, asked.home)


def _mark(asked: Asked) -> str:
    return f"{zlib.crc32(asked.command.delivery.encode()):08x}"


async def _patiently(attempt: Any) -> Any:
    """Once more where Slack says how long to wait."""
    try:
        return await attempt()
    except TooFast as slow:
        await asyncio.sleep(min(slow.seconds, LONGEST_WAIT))
        return await attempt()


async def _logged(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except PlatformTrouble as trouble:
        log.warning("slack: a private answer was not delivered", why=trouble.reason)
    except Exception:
        log.exception("slack: a private answer failed")
