"""Coming in: the bot's token accepted and its commands registered, however long Discord is down meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord

from adapters.discord import commands
from adapters.discord.client import Ears
from adapters.discord.gaps import LONGEST_PAUSE
from adapters.discord.pace import Pace
from adapters.discord.parse import Ours
from adapters.discord.shard import REFUSED
from core.app.platform import TooFast

log = logging.getLogger(__name__)

NOT_ACCEPTED = REFUSED[4004]
LOGIN_CALLS = 2
"""The library's own, when it logs in: who the bot is, and of which application."""


class CannotStart(Exception):
    """Discord will not take the bot as it is set up; the sentence says what to change."""


async def enter(ears: Ears, ours: Ours, token: str, pace: Pace) -> None:
    """Raises CannotStart; waits as long as Discord is down."""

    async def login() -> None:
        for _ in range(LOGIN_CALLS):
            await pace.turn()
        try:
            await ears.login(token)
        except discord.LoginFailure:
            raise CannotStart(NOT_ACCEPTED) from None
        ours.application = str(ears.application_id or "")
        ours.user = str(ears.user.id) if ears.user else ""

    await _patiently(login)
    await _patiently(lambda: register(ears, int(ours.application), pace))


async def register(ears: Ears, application: int, pace: Pace) -> None:
    """Register the slash commands, only when they differ: Discord allows 200 creations a day."""
    wanted: Any = commands.wanted()
    await pace.turn()
    registered: Any = await ears.http.get_global_commands(application)
    if not commands.same(registered, wanted):
        await pace.turn()
        try:
            await ears.http.bulk_upsert_global_commands(application, wanted)
        except discord.HTTPException as refused:
            if refused.status >= 500 or refused.status == 429:
                raise
            raise CannotStart(f"Discord refused the slash commands: code {refused.code}.") from None


async def _patiently(act: Callable[[], Awaitable[None]]) -> None:
    pause = 1.0
    while True:
        try:
            return await act()
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError, TimeoutError) as cause:
            if isinstance(cause, discord.HTTPException) and cause.status < 500 and cause.status != 429:
                raise
            log.warning("Discord cannot be reached (%s); trying again in %.0f s", type(cause).__name__, pause)
        except TooFast as busy:  # other processes of the bot's use up what it may ask
            pause = max(pause, busy.seconds)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
