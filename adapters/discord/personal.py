"""What one person alone reads: direct messages with the bot, or a private thread: for who takes none, and for each
conversation with the moderators.

https://docs.discord.com/developers/topics/threads
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

from adapters.discord import limits, rights
from adapters.discord.calls import Calls, code
from adapters.discord.parse import Ours, time_snowflake
from adapters.discord.permitted import Permitted
from adapters.discord.rights import PRIVATE_THREAD
from adapters.discord.rooms import CHANNEL, NOT_BEFORE, server_of
from adapters.discord.shapes import Json, number, several, text
from adapters.discord.words import (
    CANNOT_THREAD,
    NO_PARENT,
    NO_SECOND_FACTOR,
    NOT_ALLOWED,
    NOT_YET_IN,
    PARENT_GONE,
    THREADS_FULL,
    TWO_FACTORS,
    UNKNOWN_MEMBER,
)
from core.app.platform import Closed, Lacking, Missing, NotYet, Opened, PlatformTrouble, Rejected, Unclear
from core.domain.ids import Instant
from core.domain.surfaces import Place

DIRECT = "/users/@me/channels"
THREADS = "/channels/{channel_id}/threads"
ACTIVE = "/guilds/{guild_id}/threads/active"
THREAD_MEMBER = "/channels/{channel_id}/thread-members/{user_id}"
ARCHIVE_AFTER = 60
"""Minutes without a message: servers hold so many active threads and no more (160006)."""
ARCHIVED = 50083
THREADED = ("thread", "question")
"""Kinds of places that are private threads. Without the first somebody misses what concerns them, so it is tried again
when the right is there; the second goes on in direct messages instead."""
CAP = 160006


class Personal:
    """Threads are made one after the other in a server, so that two of one name are told apart."""

    def __init__(self, calls: Calls, ours: Ours) -> None:
        self._calls, self._ours, self._permitted = calls, ours, Permitted(calls, ours)
        self._making: dict[str, asyncio.Lock] = {}

    async def open(self, place: Place, taken: Collection[str], under: str) -> Opened:
        if place.ref is not None:
            await self._calls.get(CHANNEL, channel_id=place.ref)
            return Opened(place.ref, private=True)
        if place.account is None:
            raise Rejected("it is nobody's")
        user = place.account.rpartition(":")[2]
        if place.kind == "dm":
            return Opened(ident(await self._calls.post(DIRECT, {"recipient_id": user})), private=True)
        if not under:
            raise Closed(NO_PARENT)
        try:
            async with self._making.setdefault(server_of(place), asyncio.Lock()):
                thread = await self._found(place, taken, under, user) or await self._made(place, under)
                await self._bring_in(thread, user)
        except Lacking as lacking:
            raise Closed(lacking.reason) if place.kind == "question" else lacking from None
        return Opened(thread, private=True)

    async def _found(self, place: Place, taken: Collection[str], under: str, user: str) -> str:
        """The thread whose making got no answer: the bot is alone in it, or with this person. "" where there is none.

        Who is in it cannot be listed without the members intent; the number, and whether one person is, can be asked.
        """
        listed = await self._calls.get(ACTIVE, guild_id=server_of(place))
        for thread in self._mine(several(listed, "threads"), place, under):
            if text(thread, "id") in taken:
                continue
            if number(thread, "member_count") <= 1 or await self._holds(text(thread, "id"), user):
                return text(thread, "id")
        return ""

    def _mine(self, threads: Iterable[Json], place: Place, under: str) -> Iterable[Json]:
        since = int(time_snowflake(Instant(place.wanted_at - NOT_BEFORE)))
        for one in threads:
            ours = text(one, "owner_id") == self._ours.user and text(one, "parent_id") == under
            alike = number(one, "type") == PRIVATE_THREAD and text(one, "name") == _name(place)
            if ours and alike and int(text(one, "id") or 0) >= since:
                yield one

    async def _holds(self, thread: str, user: str) -> bool:
        try:
            await self._calls.get(THREAD_MEMBER, channel_id=thread, user_id=user)
        except Missing:
            return False
        except PlatformTrouble as trouble:
            if code(trouble) in UNKNOWN_MEMBER:
                return False
            raise
        return True

    async def _made(self, place: Place, under: str) -> str:
        body = {
            "name": _name(place),
            "type": PRIVATE_THREAD,
            "invitable": False,
            "auto_archive_duration": ARCHIVE_AFTER,
        }
        try:
            return ident(await self._calls.post(THREADS, body, channel_id=under))
        except (Closed, Missing, Rejected) as no:
            raise _in_words(no) from None

    async def _bring_in(self, thread: str, user: str) -> None:
        """Only who reads the room above can be in its threads: a moderator who is being let in is waited for."""
        try:
            await self._calls.put(THREAD_MEMBER, channel_id=thread, user_id=user)
        except (Closed, Missing, Rejected) as no:
            if code(no) in NOT_ALLOWED:
                may = await self._permitted.held(thread) & rights.IN_THREADS
                raise (NotYet(NOT_YET_IN) if may else Lacking(CANNOT_THREAD)) from None
            raise no if code(no) in UNKNOWN_MEMBER else _in_words(no) from None

    async def awake(self, place: Place, act: Callable[[], Awaitable[Any]]) -> Any:
        """Do it; in a thread that went to sleep nothing can be edited, so it is woken first.

        A message that is sent there wakes it by itself.
        """
        try:
            return await act()
        except Closed as closed:
            if place.kind not in THREADED or code(closed) != ARCHIVED or place.ref is None:
                raise
        try:
            await self._calls.patch(CHANNEL, {"archived": False}, channel_id=place.ref)
        except (Closed, Rejected) as no:
            raise _in_words(no) from None
        return await act()


def _in_words(no: PlatformTrouble) -> PlatformTrouble:
    if code(no) == CAP:
        return Closed(THREADS_FULL)
    if code(no) == NO_SECOND_FACTOR:
        return Closed(TWO_FACTORS)
    if code(no) in NOT_ALLOWED:
        return Lacking(CANNOT_THREAD)
    return Closed(PARENT_GONE) if code(no) == 10003 else no


def _name(place: Place) -> str:
    return " ".join(place.name.split())[: limits.CHANNEL_NAME].strip() or "For you"


def ident(made: Any) -> str:
    """The id of what was made; an answer without one says nothing about whether it was."""
    if isinstance(made, dict) and str(made.get("id", "")).isdigit():
        return str(made["id"])
    raise Unclear("an answer without an id")
