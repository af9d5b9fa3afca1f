"""What the bot may do in a channel now, and which right is missing where Discord refuses something: asked when needed.

Discord's refusals name no right (50001, 50013), and a history that may not be read is an empty one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from adapters.discord import rights
from adapters.discord.calls import Calls, code
from adapters.discord.parse import Ours
from adapters.discord.rooms import CHANNEL, GUILD, MEMBER
from adapters.discord.shapes import Json, several, text
from adapters.discord.words import CANNOT_READ_BACK, CANNOT_SEE, CANNOT_THREAD, NOT_ALLOWED, in_words, may_not_write
from core.app.platform import Closed, Lacking, PlatformTrouble
from core.domain.surfaces import Place

Act = TypeVar("Act", bound=Callable[..., Awaitable[Any]])


class Permitted:
    """Asks Discord each time: a refusal is rare, and what was held before is what has just changed."""

    def __init__(self, calls: Calls, ours: Ours) -> None:
        self._calls, self._ours = calls, ours

    async def held(self, channel: str) -> int:
        """All of it, in a channel or a thread. Raises PlatformTrouble, Closed for a channel that is not seen."""
        told = await self._calls.get(CHANNEL, channel_id=channel)
        server = text(told, "guild_id")
        if not server:
            return rights.ALL
        ruling = told
        if told.get("type") in rights.THREADS:
            ruling = await self._calls.get(CHANNEL, channel_id=text(told, "parent_id"))
        guild = await self._calls.get(GUILD, guild_id=server)
        me = await self._calls.get(MEMBER, guild_id=server, user_id=self._ours.user)
        return within(ruling, guild, me, self._ours)

    async def why(self, closed: Closed, place: Place) -> PlatformTrouble:
        """The refusal in words that name the right."""
        if code(closed) not in NOT_ALLOWED or place.ref is None or place.kind in ("dm", "notify"):
            return in_words(closed)
        try:
            has = await self.held(place.ref)
        except PlatformTrouble:
            return in_words(closed)
        writing = rights.IN_THREADS if place.kind in ("thread", "question") else rights.SEND
        needed = rights.VIEW | rights.READ_BACK | writing
        lacking = needed & ~has
        if place.kind == "thread" and lacking:
            return Lacking(CANNOT_THREAD)
        if place.kind == "question":
            return Closed(CANNOT_THREAD) if lacking else in_words(closed)
        if lacking & rights.VIEW:
            return Closed(CANNOT_SEE)
        return Closed(may_not_write(rights.spelled(lacking))) if lacking else in_words(closed)

    async def check_read_back(self, channel: str) -> None:
        """To be asked where a history is empty. Raises Lacking where it only seems to be."""
        if not await self.held(channel) & rights.READ_BACK:
            raise Lacking(CANNOT_READ_BACK)


def within(ruling: Json, guild: Json, me: Json, ours: Ours) -> int:
    """The bot's rights by what Discord told of the channel that rules, the server and the bot as its member."""
    server = text(guild, "id")
    mine = [str(role) for role in me.get("roles") or ()]
    return rights.within(rights.granted(several(guild, "roles"), server, mine), ruling, server, [*mine, ours.user])


class Knows(Protocol):
    permitted: Permitted


def plainly(act: Act) -> Act:
    """A room that is closed to the bot is told of in words that moderators can do something with."""

    @wraps(act)
    async def done(self: Knows, place: Place, *given: Any, **named: Any) -> Any:
        try:
            return await act(self, place, *given, **named)
        except Closed as closed:
            raise await self.permitted.why(closed, place) from None

    return cast(Act, done)
