"""The adapter as a whole: starts the connection, hands in what people do, answers them, catches up after gaps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import discord

from adapters.discord import answers, commands, parse
from adapters.discord.answers import Asked
from adapters.discord.calls import Calls
from adapters.discord.client import Ears, Payload, point
from adapters.discord.forms import Typed
from adapters.discord.gateway import DiscordGateway
from adapters.discord.history import History, Known
from adapters.discord.intake import PAUSE, Intake
from adapters.discord.parse import Ours
from adapters.discord.replies import Replies
from core.app.commands import Command
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.platform import Down, PlatformTrouble, TooFast
from core.app.ports import Clock, StorageDown, Submit
from core.domain.refused import Ignored
from core.domain.surfaces import Place
from core.domain.view import say

log = logging.getLogger(__name__)

Rooms = Callable[[], Awaitable[Sequence[Place]]]
LONGEST_PAUSE = 30.0
"""Seconds between two attempts to log in while Discord is down."""
CATCH_UP_TRIES = 6


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
        self, settings: DiscordSettings, submit: Submit, rooms: Rooms, clock: Clock, known: Known | None = None
    ) -> None:
        """``known`` gives the last lines taken in at a place: those that are gone since were deleted."""
        self._settings, self._submit, self._rooms, self._clock = settings, submit, rooms, clock
        self._intake = Intake(self._outcome, self._go, self._known_rooms)
        self._ours = Ours()
        self._typed = Typed(clock)
        self._ears = Ears(
            {
                "INTERACTION_CREATE": self._hear_interaction,
                "MESSAGE_CREATE": lambda payload: self._hear_line(self._line, payload),
                "MESSAGE_UPDATE": lambda payload: self._hear_line(self._edit, payload),
                "MESSAGE_DELETE": lambda payload: self._hear_line(self._deletion, payload),
                "MESSAGE_DELETE_BULK": self._hear_bulk,
            },
            self.catch_up,
        )
        self._ears.also("READY", lambda payload: self._intake.hold("history"))
        calls = Calls(self._ears.http)
        self.platform = DiscordGateway(calls, self._ours)
        self._history = History(calls, self._ours, self._ears, clock, self._intake.take, known or _none_known)
        self._replies: Replies | None = None
        self._connection: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._catching_up = asyncio.Lock()
        self.blanks = 0
        """Messages that came without any content: the message content intent is missing."""

    # -- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Connect; returns when ready. Raises CannotStart; waits as long as Discord is down."""
        point(self._settings.api_url, self._settings.gateway_url)
        self._replies = Replies()
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

    async def close(self) -> None:
        """Stop hearing, let what is under way finish, then leave."""
        await self._ears.close()
        if self._connection is not None:
            await asyncio.gather(self._connection, return_exceptions=True)
        if self._running:
            await asyncio.wait(self._running, timeout=3)
        for task in self._running:
            task.cancel()
        if self._replies is not None:
            await self._replies.close()

    @property
    def unanswered(self) -> int:
        return self._replies.unanswered if self._replies else 0

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

    # -- interactions -----------------------------------------------------------------------------------------------

    def _hear_interaction(self, payload: Payload) -> None:
        command = parse.interaction(payload, self._clock(), self._ears)
        if command is not None:
            self._go(self._answer(Asked.of(payload), command))

    async def _answer(self, asked: Asked, command: Command) -> None:
        assert self._replies is not None, "nothing is heard before the start"
        outcome = await self._outcome(command)
        if not isinstance(outcome, Saving):
            await self._replies.first(asked, answers.response(outcome, asked, self._typed), answers.unshown(asked))
            return
        await self._replies.first(asked, answers.saving(asked), answers.saving(asked))
        try:
            late = await outcome.then
        except Exception:
            log.exception("a command could not be carried out")
            late = Outcome(say(answers.READER, NOT_SAVED), done=False)
        await self._replies.edit(asked, answers.later(late, asked, self._typed))

    async def _outcome(self, command: Command) -> Outcome | Saving:
        try:
            return await self._submit(command)
        except Ignored:
            return Outcome()
        except Exception:
            log.exception("a command could not be carried out")
            return Outcome(say(answers.READER, NOT_SAVED), done=False)

    # -- lines ------------------------------------------------------------------------------------------------------

    def _hear_line(self, read: Callable[[Payload], Command | None], payload: Payload) -> None:
        command = read(payload)
        if command is not None:
            self._intake.hear(command)

    def _hear_bulk(self, payload: Payload) -> None:
        for ident in payload.get("ids") or ():
            self._hear_line(self._deletion, {**payload, "id": ident})

    def _line(self, message: Payload) -> Command | None:
        if not message.get("guild_id") or not parse.is_line(message, self._ours):
            return None
        if parse.is_blank(message):
            self.blanks += 1
            return None
        return parse.line(message, self._clock(), self._ears)

    def _edit(self, message: Payload) -> Command | None:
        if not message.get("guild_id") or not parse.is_line(message, self._ours) or parse.is_blank(message):
            return None
        return parse.edit(message, self._clock(), self._ears)

    def _deletion(self, payload: Payload) -> Command | None:
        guild = str(payload.get("guild_id") or "")
        if not guild:
            return None
        return parse.deletion(str(payload.get("id")), str(payload.get("channel_id")), guild, self._clock())

    # -- gaps -------------------------------------------------------------------------------------------------------

    async def catch_up(self) -> None:
        """Read back what the rooms missed. At every start and after every lost session."""
        async with self._catching_up:
            try:
                for place in await self._known_rooms():
                    if place.venue.startswith("discord:"):
                        await self._catch_up(place)
            finally:
                await self._intake.release("history")

    async def _known_rooms(self) -> Sequence[Place]:
        while True:
            try:
                return await self._rooms()
            except StorageDown as down:
                log.warning("the rooms are not known yet: %s", down)
                await asyncio.sleep(PAUSE)

    async def _catch_up(self, place: Place) -> None:
        for attempt in range(CATCH_UP_TRIES):
            try:
                await self._history.catch_up(place)
                return
            except StorageDown as down:
                log.warning("a room's history waits for the storage: %s", down)
                await asyncio.sleep(min(2.0**attempt, LONGEST_PAUSE))
            except PlatformTrouble as trouble:
                log.warning("a room's history could not be read: %s", trouble.reason)
                if isinstance(trouble, TooFast):
                    await asyncio.sleep(trouble.seconds)
                elif isinstance(trouble, Down):
                    await asyncio.sleep(min(2.0**attempt, LONGEST_PAUSE))
                else:
                    return

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


async def _none_known(place: Place) -> Sequence[str]:
    return ()
