"""Rooms on Discord: made with their category and role, found again after a lost answer, opened to people, put away.

Nothing is remembered that Discord does not tell: what is ours bears the bot's own overwrite, and the role of a
session stands in the overwrites of its stage.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from adapters.discord import limits, rights
from adapters.discord.admission import TEAM, admitting, readable
from adapters.discord.allowance import GRANT_EVERY, SPARE, Allowance
from adapters.discord.calls import Calls, code
from adapters.discord.naming import ARCHIVED, channel_name, session_name, slug, stem
from adapters.discord.parse import Ours, time_snowflake
from adapters.discord.rights import overwrite, overwrite_of, overwrites
from adapters.discord.shapes import Json, several, text
from adapters.discord.words import (
    CANNOT_ADMIT,
    CANNOT_ARCHIVE,
    CANNOT_EXPEL,
    CANNOT_MAKE,
    CANNOT_SET_TOPIC,
    CROWDED,
    FULL,
    GONE,
    NO_SECOND_FACTOR,
    NOT_ALLOWED,
    TWO_FACTORS,
    UNKNOWN_MEMBER,
    cannot_make,
    refused,
)
from core.app.platform import Closed, Lacking, Missing, NotYet, Opened, PlatformTrouble, Rejected, Unclear
from core.domain.ids import MINUTE, AccountId, Instant
from core.domain.surfaces import Place

CHANNEL = "/channels/{channel_id}"
GUILD = "/guilds/{guild_id}"
CHANNELS = "/guilds/{guild_id}/channels"
ROLES = "/guilds/{guild_id}/roles"
MEMBER = "/guilds/{guild_id}/members/{user_id}"
MEMBER_ROLE = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
OVERWRITE = "/channels/{channel_id}/permissions/{overwrite_id}"

TEXT, CATEGORY = 0, 4
GRANT_PACE = GRANT_EVERY * 10 // (10 - SPARE)
"""What a crowd's line is reckoned to take a person: nine of the ten in ten seconds (observed, PLATFORMS A2)."""
HOOKED = ("stage", "backchannel")
"""Kinds of places where people's lines go out."""
NOT_BEFORE = MINUTE
"""Discord's clock gives a channel its id, ours says since when it was wanted; they may differ by this."""


async def held(calls: Calls, ours: Ours, server: str) -> int:
    """What the bot may do in the whole server."""
    guild = await calls.get(GUILD, guild_id=server)
    me = await calls.get(MEMBER, guild_id=server, user_id=ours.user)
    return rights.granted(several(guild, "roles"), server, [str(role) for role in me.get("roles") or ()])


class Rooms:
    """Making a room is done one after the other in a server, so that its rooms find the one category."""

    def __init__(self, calls: Calls, ours: Ours, allowance: Allowance) -> None:
        self._calls, self._ours, self._allowance = calls, ours, allowance
        self._making: dict[str, asyncio.Lock] = {}

    # -- opening ----------------------------------------------------------------------------------------------------

    async def open(self, place: Place, taken: Collection[str], under: str = "") -> Opened:
        if place.ref is not None:
            return await self._look(place, await self._calls.get(CHANNEL, channel_id=place.ref))
        if not place.name:
            raise Rejected("no channel was chosen for this room")
        server = server_of(place)
        try:
            async with self._making.setdefault(server, asyncio.Lock()):
                channel = await self._found_or_made(place, server, taken, under)
        except (Closed, Rejected) as no:
            if code(no) in NOT_ALLOWED:
                raise Closed(await self._lacking(server)) from None
            if code(no) in (30005, 30013):
                raise Closed(FULL) from None
            raise Closed(TWO_FACTORS) if code(no) == NO_SECOND_FACTOR else no from None
        return await self._look(place, channel)

    async def _lacking(self, server: str) -> str:
        """Which rights are missing to make rooms, in words."""
        try:
            lacking = rights.MAKING & ~await held(self._calls, self._ours, server)
        except PlatformTrouble:
            lacking = 0
        return cannot_make(rights.spelled(lacking)) if lacking else CANNOT_MAKE

    async def _look(self, place: Place, channel: Any) -> Opened:
        server = text(channel, "guild_id") or server_of(place)
        ruling = channel
        if channel.get("type") in rights.THREADS:
            ruling = await self._calls.get(CHANNEL, channel_id=text(channel, "parent_id"))
        roles = await self._calls.get(ROLES, guild_id=server)
        me = await self._calls.get(MEMBER, guild_id=server, user_id=self._ours.user)
        mine = [str(role) for role in me.get("roles") or ()]
        held = rights.within(rights.granted(roles, server, mine), ruling, server, [*mine, self._ours.user])
        private = channel.get("type") == rights.PRIVATE_THREAD or rights.shut(roles, ruling, server, place.kind in TEAM)
        known = replace(place, private=private, made=place.made or place.ref is None)
        return Opened(text(channel, "id"), private, bool(held & rights.PRUNING), pace(known), wears=True)

    async def _found_or_made(self, place: Place, server: str, taken: Collection[str], under: str) -> Any:
        listed = await self._calls.get(CHANNELS, guild_id=server)
        wanted = channel_name(place)
        for one in self._ours_among(listed, place):
            if one.get("type") == TEXT and slug(text(one, "name")) == wanted and text(one, "id") not in taken:
                return one
        category = await self._category(listed, place, server, taken)
        body: dict[str, Any] = {"name": wanted, "type": TEXT, "parent_id": category}
        role = await self._role(listed, place, server) if place.kind == "stage" else ""
        if place.kind == "feed" and not under:
            raise NotYet("the chat is not there yet")
        if place.kind == "feed":
            body["permission_overwrites"] = readable(await self._chat(under), self._ours.user)
        else:
            body["permission_overwrites"] = admitting(place, server, role, self._ours.user)
        return _made(await self._calls.post(CHANNELS, body, guild_id=server))

    async def _chat(self, ref: str) -> Json:
        try:
            told: Json = await self._calls.get(CHANNEL, channel_id=ref)
        except (Closed, Missing):
            raise NotYet("the chat cannot be seen") from None
        return told

    def _ours_among(self, listed: Iterable[Json], place: Place) -> list[Json]:
        """What the bot made since the place was wanted: it bears the bot's own overwrite."""
        since = int(time_snowflake(Instant(place.wanted_at - NOT_BEFORE)))
        return [one for one in listed if overwrite_of(one, self._ours.user) and int(text(one, "id") or 0) >= since]

    async def _category(self, listed: Sequence[Json], place: Place, server: str, taken: Collection[str]) -> str:
        """The one that holds the session's other rooms; else one just made; else a new one."""
        session = session_name(place)
        alive = {text(one, "id") for one in listed if not text(one, "name").endswith(ARCHIVED)}
        for one in listed:
            sibling = text(one, "id") in taken and stem(text(one, "name")) == slug(session)
            if sibling and text(one, "parent_id") in alive:
                return text(one, "parent_id")
        for one in self._ours_among(listed, place):
            if one.get("type") == CATEGORY and text(one, "name") == session:
                return text(one, "id")
        mark = overwrite(self._ours.user, rights.MEMBER, rights.VIEW)
        body = {"name": session, "type": CATEGORY, "permission_overwrites": [mark]}
        return text(_made(await self._calls.post(CHANNELS, body, guild_id=server)), "id")

    async def _role(self, listed: Sequence[Json], place: Place, server: str) -> str:
        """The session's role: one just made that no room uses yet, else a new one."""
        session = session_name(place)
        used = {text(each, "id") for one in listed for each in overwrites(one) if each.get("type") == rights.ROLE}
        since = int(time_snowflake(Instant(place.wanted_at - NOT_BEFORE)))
        for one in await self._calls.get(ROLES, guild_id=server):
            fresh = powerless(one) and int(text(one, "id")) >= since and text(one, "id") not in used
            if fresh and text(one, "name") == session:
                return text(one, "id")
        body = {"name": session, "permissions": "0", "hoist": False, "mentionable": False}
        return text(_made(await self._calls.post(ROLES, body, guild_id=server)), "id")

    # -- who may enter ----------------------------------------------------------------------------------------------

    async def admit(self, place: Place, accounts: Sequence[AccountId]) -> Mapping[AccountId, str]:
        channel = await self._calls.get(CHANNEL, channel_id=_ref(place))
        role = await self._session_role(place, channel)
        failed: dict[AccountId, str] = {}
        for account in accounts:
            try:
                await self._let_in(place, account.rpartition(":")[2], role)
            except PlatformTrouble as trouble:
                if code(trouble) in UNKNOWN_MEMBER:
                    failed[account] = GONE
                elif code(trouble) == 30060:
                    failed[account] = CROWDED
                else:
                    raise refused(trouble, CANNOT_ADMIT, Lacking) from None
        return failed

    async def expel(self, place: Place, account: AccountId) -> None:
        channel = await self._calls.get(CHANNEL, channel_id=_ref(place))
        role, user = await self._session_role(place, channel), account.rpartition(":")[2]
        try:
            if role:
                server = server_of(place)
                await self._calls.delete(MEMBER_ROLE, guild_id=server, user_id=user, role_id=role)
            if overwrite_of(channel, user):
                await self._calls.delete(OVERWRITE, channel_id=_ref(place), overwrite_id=user)
        except PlatformTrouble as trouble:
            if not isinstance(trouble, Missing) and code(trouble) not in UNKNOWN_MEMBER:
                raise refused(trouble, CANNOT_EXPEL, Lacking) from None

    async def _let_in(self, place: Place, user: str, role: str) -> None:
        if role:
            server = server_of(place)
            heard = partial(self._allowance.note, server)
            await self._calls.put(MEMBER_ROLE, heard=heard, guild_id=server, user_id=user, role_id=role)
        elif gated(place):
            body = {"type": rights.MEMBER, "allow": str(rights.ATTENDING), "deny": "0"}
            await self._calls.put(OVERWRITE, body, channel_id=_ref(place), overwrite_id=user)

    async def _session_role(self, place: Place, channel: Json) -> str:
        """The role made with the stage: of the powerless ones in its overwrites the one made right before it.

        Only such a role is ever given: in a channel that was adopted, and to any role that an administrator added,
        other rights may hang.
        """
        if place.kind != "stage" or not place.made:
            return ""
        server, born = server_of(place), int(text(channel, "id"))
        named = {text(one, "id") for one in overwrites(channel) if one.get("type") == rights.ROLE} - {server}
        roles = await self._calls.get(ROLES, guild_id=server) if named else ()
        mine = [int(text(one, "id")) for one in roles if text(one, "id") in named and powerless(one)]
        return str(max((ident for ident in mine if ident < born), default=""))

    # -- the rest ---------------------------------------------------------------------------------------------------

    async def set_topic(self, place: Place, topic: str) -> None:
        """Discord allows two changes in ten minutes, so what is there already is not sent."""
        channel = await self._calls.get(CHANNEL, channel_id=_ref(place))
        topic = topic[: limits.TOPIC]
        if text(channel, "topic") == topic or channel.get("type") in rights.THREADS:
            return
        try:
            await self._calls.patch(CHANNEL, {"topic": topic}, channel_id=_ref(place))
        except PlatformTrouble as trouble:
            raise refused(trouble, CANNOT_SET_TOPIC, Lacking) from None

    async def archive(self, place: Place) -> None:
        """Nobody writes there any more, everybody who could read still does, and the category says what it is."""
        channel = await self._calls.get(CHANNEL, channel_id=_ref(place))
        try:
            await self._quieten(channel, server_of(place))
            await self._rename_category(text(channel, "parent_id"))
        except PlatformTrouble as trouble:
            raise refused(trouble, CANNOT_ARCHIVE, Lacking) from None

    async def _quieten(self, channel: Json, server: str) -> None:
        everyone = overwrite_of(channel, server) or overwrite(server, rights.ROLE)
        for one in (everyone, *(each for each in overwrites(channel) if text(each, "id") != server)):
            allow, deny = rights.bits(one, "allow"), rights.bits(one, "deny")
            quiet = (allow & ~rights.WRITING, deny | (rights.WRITING if one is everyone else 0))
            if text(one, "id") == self._ours.user or quiet == (allow, deny):
                continue
            body = {"type": one.get("type"), "allow": str(quiet[0]), "deny": str(quiet[1])}
            await self._calls.put(OVERWRITE, body, channel_id=text(channel, "id"), overwrite_id=text(one, "id"))

    async def _rename_category(self, category: str) -> None:
        if not category:
            return
        told = await self._calls.get(CHANNEL, channel_id=category)
        name = text(told, "name")
        if overwrite_of(told, self._ours.user) and not name.endswith(ARCHIVED):
            await self._calls.patch(
                CHANNEL, {"name": name[: limits.CHANNEL_NAME - len(ARCHIVED)] + ARCHIVED}, channel_id=category
            )


def gated(place: Place) -> bool:
    """Whether letting somebody in takes a call."""
    return place.private or place.made or place.kind in TEAM


def pace(place: Place) -> int:
    """Microseconds that one person takes where a crowd waits."""
    return GRANT_PACE if place.kind == "stage" and gated(place) else 0


def server_of(place: Place) -> str:
    return place.venue.partition(":")[2]


def _ref(place: Place) -> str:
    if place.ref is None:
        raise Rejected("the place is not open")
    return place.ref


def _made(told: Any) -> Json:
    if isinstance(told, dict) and text(told, "id").isdigit():
        return told
    raise Unclear("an answer without an id")


def powerless(role: Json) -> bool:
    """A role that gives nothing by itself and that no bot or subscription owns."""
    return not rights.bits(role, "permissions") and not role.get("managed")
