"""The adapter as a whole: starts the connection, hands in what people do, answers them, catches up after gaps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import discord

from adapters.discord import answers, commands
from adapters.discord.answering import Answering
from adapters.discord.calls import Calls
from adapters.discord.client import Ears, point
from adapters.discord.gaps import LONGEST_PAUSE, Gaps, patient
from adapters.discord.gateway import DiscordGateway
from adapters.discord.hearing import Hearing
from adapters.discord.history import History, Known
from adapters.discord.intake import Intake
from adapters.discord.parse import Ours
from adapters.discord.replies import Replies
from adapters.discord.watch import Watch
from core.app.commands import Command
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.ports import Clock, Submit
from core.domain.refused import Ignored
from core.domain.surfaces import Place
from core.domain.view import say

log = logging.getLogger(__name__)

Rooms = Callable[[], Awaitable[Sequence[Place]]]


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    """Addresses are the library's own where none are given; the gateway's is asked of a given API."""

    token: str = field(repr=False)
    api_url: str | None = None
    """Up to and with the version: ``…/api/v10``."""
    gateway_url: str | None = None


class CannotStart(Exception):
    """Discord will not take the bot as it is set up; the sentence says what to change."""


NOT_ACCEPTED = "Discord does not accept the bot's token. Copy it again from the application's “Bot” page."
NO_INTENT = (
    "Discord refused the connection because the bot may not read messages. Switch on “Message Content Intent” on the "
    "application's “Bot” page, then start again."
)


class DiscordAdapter:
    """One bot on Discord."""

    def __init__(
        self,
        settings: DiscordSettings,
        submit: Submit,
        rooms: Rooms,
        clock: Clock,
        known: Known | None = None,
        watched: Rooms | None = None,
    ) -> None:
        """``known`` gives the last lines taken in at a place: those that are gone since were deleted.

        ``watched`` gives the rooms that only the team may read.
        """
        self._settings, self._submit = settings, submit
        self._ours = Ours()
        self._ears = Ears(self.catch_up)
        calls = Calls(self._ears.http)
        self.platform = DiscordGateway(calls, self._ours)
        self._intake = Intake(self._outcome, self._go, lambda: patient(rooms))
        history = History(calls, self._ours, self._ears, clock, self._intake.take, known or _none_known)
        self._gaps = Gaps(history, self._ours, rooms, self._outcome, clock)
        self._watch = Watch(calls, self._ours, watched or _none_watched, rooms, self._outcome, clock)
        taken = self._watch.taken
        self._answering = Answering(self._ears, calls, self._ours, self._outcome, taken, self._go, clock)
        direct = self._answering.hear_message
        self._hearing = Hearing(self._ears, self._ours, self._intake, self._watch, direct, self._go, clock)
        self._ears.hear({**self._hearing.events(), "INTERACTION_CREATE": self._answering.hear_interaction})
        self._ears.also({**self._hearing.also(), "READY": lambda payload: self._intake.hold("history")})
        self._connection: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()

    # -- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Connect; returns when ready. Raises CannotStart; waits as long as Discord is down."""
        point(self._settings.api_url, self._settings.gateway_url)
        self._answering.replies = Replies()
        await self._patiently(self._login)
        await self._patiently(self._register)
        if self._settings.api_url is not None and self._settings.gateway_url is None:
            await self._patiently(self._ask_gateway)
        self._connection = asyncio.create_task(self._connect(), name="discord gateway")
        ready = asyncio.create_task(self._ears.wait_until_ready())
        await asyncio.wait({ready, self._connection}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            self._connection.result()
            raise CannotStart("The connection to Discord ended before it was ready.")
        self._watching = asyncio.create_task(self._watch.run(), name="discord watch")

    async def close(self) -> None:
        """Stop hearing, let what is under way finish, then leave."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self._ears.close()
        if self._connection is not None:
            await asyncio.gather(self._connection, return_exceptions=True)
        if self._running:
            await asyncio.wait(self._running, timeout=3)
        for task in self._running:
            task.cancel()
        if self._answering.replies is not None:
            await self._answering.replies.close()

    @property
    def unanswered(self) -> int:
        return self._answering.replies.unanswered if self._answering.replies else 0

    @property
    def blanks(self) -> int:
        """Messages that came without any content: the message content intent is missing."""
        return self._hearing.blanks

    @property
    def connected(self) -> bool:
        """Whether the gateway session lives."""
        return self._connection is not None and not self._connection.done() and self._ears.is_ready()

    async def health(self) -> Mapping[str, object]:
        """``ok`` while the gateway session lives and messages come with their words (RELIABILITY 10 and 24)."""
        told = {"connected": self.connected, "blank_messages": self.blanks, "unanswered": self.unanswered}
        return {"ok": self.connected and not self.blanks, **told}

    async def _login(self) -> None:
        try:
            await self._ears.login(self._settings.token)
        except discord.LoginFailure:
            raise CannotStart(NOT_ACCEPTED) from None
        self._ours.application = str(self._ears.application_id or "")
        self._ours.user = str(self._ears.user.id) if self._ears.user else ""

    async def _register(self) -> None:
        """Register the slash commands, only when they differ: Discord allows 200 creations a day."""
        application, wanted = int(self._ours.application), commands.wanted()
        registered: Any = await self._ears.http.get_global_commands(application)
        if not commands.same(registered, wanted):
            payload: Any = wanted
            try:
                await self._ears.http.bulk_upsert_global_commands(application, payload)
            except discord.HTTPException as refused:
                if refused.status >= 500 or refused.status == 429:
                    raise
                raise CannotStart(f"Discord refused the slash commands: code {refused.code}.") from None

    async def _ask_gateway(self) -> None:
        _, url, _ = await self._ears.http.get_bot_gateway()
        point(None, url)

    async def _patiently(self, act: Callable[[], Awaitable[None]]) -> None:
        pause = 1.0
        while True:
            try:
                return await act()
            except (
                discord.HTTPException,
                discord.GatewayNotFound,
                aiohttp.ClientError,
                OSError,
                TimeoutError,
            ) as cause:
                if isinstance(cause, discord.HTTPException) and cause.status < 500 and cause.status != 429:
                    raise
                log.warning("Discord cannot be reached (%s); trying again in %.0f s", type(cause).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _connect(self) -> None:
        try:
            await self._ears.connect(reconnect=True)
        except discord.PrivilegedIntentsRequired:
            log.critical(NO_INTENT)
            raise CannotStart(NO_INTENT) from None
        except discord.ConnectionClosed as closed:
            log.critical("Discord closed the connection for good: code %s", closed.code)
            if closed.code == 4004:
                raise CannotStart(NOT_ACCEPTED) from None
            raise CannotStart(f"Discord closed the connection for good: code {closed.code}.") from None

    # -- handing in ----------------------------------------------------------------------------------------------------

    async def _outcome(self, command: Command) -> Outcome | Saving:
        try:
            return await self._submit(command)
        except Ignored:
            return Outcome()
        except Exception:
            log.exception("a command could not be carried out")
            return Outcome(say(answers.READER, NOT_SAVED), done=False)

    async def catch_up(self) -> None:
        """Read back what the rooms missed. At every start and after every lost session."""
        try:
            await self._gaps.catch_up()
        finally:
            await self._intake.release("history")

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


async def _none_known(place: Place) -> Sequence[str]:
    return ()


async def _none_watched() -> Sequence[Place]:
    return ()
