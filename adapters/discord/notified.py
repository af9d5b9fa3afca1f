"""The role by which people are told of something: one a session, with no power at all, deleted with its rooms.

It is not mentionable: then the bot alone can tell its people, by the right to mention all roles, and only by naming it
(https://docs.discord.com/developers/resources/message#allowed-mentions-object). A mentionable role could be called by
every member of the server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from adapters.discord import limits, rights
from adapters.discord.allowance import Allowance
from adapters.discord.calls import Calls, code
from adapters.discord.naming import session_name
from adapters.discord.parse import Ours, time_snowflake
from adapters.discord.rooms import MEMBER, MEMBER_ROLE, NOT_BEFORE, ROLES, powerless, server_of
from adapters.discord.shapes import Json, text
from adapters.discord.words import (
    CANNOT_GIVE,
    CANNOT_MENTION,
    FULL,
    GONE,
    NOT_ALLOWED,
    ROLE_GONE,
    UNKNOWN_MEMBER,
    UNKNOWN_ROLE,
    refused,
)
from core.app.platform import Closed, Lacking, Missing, Opened, PlatformTrouble, Rejected, Unclear
from core.domain.ids import AccountId, Instant
from core.domain.surfaces import Place

ROLE = "/guilds/{guild_id}/roles/{role_id}"


class Notified:
    """A place of the kind ``notify``; its ref is the role's id."""

    def __init__(self, calls: Calls, ours: Ours, allowance: Allowance) -> None:
        self._calls, self._ours, self._allowance = calls, ours, allowance

    async def open(self, place: Place, taken: Collection[str]) -> Opened:
        server = server_of(place)
        roles = await self._calls.get(ROLES, guild_id=server)
        await self._check_rights(roles, server)
        if place.ref is not None:
            if place.ref not in {text(role, "id") for role in roles}:
                raise Closed(ROLE_GONE)
            return Opened(place.ref, private=True)
        ref = self._found(roles, place, taken) or await self._made(place, server)
        return Opened(ref, private=True)

    async def _check_rights(self, roles: Sequence[Json], server: str) -> None:
        me = await self._calls.get(MEMBER, guild_id=server, user_id=self._ours.user)
        held = rights.granted(roles, server, [str(role) for role in me.get("roles") or ()])
        if not held & rights.MENTIONING:
            raise Lacking(CANNOT_MENTION)

    def _found(self, roles: Iterable[Json], place: Place, taken: Collection[str]) -> str:
        """The one whose making got no answer; "" where there is none."""
        since = int(time_snowflake(Instant(place.wanted_at - NOT_BEFORE)))
        mine = (
            text(role, "id")
            for role in roles
            if text(role, "name") == role_name(place) and powerless(role) and int(text(role, "id")) >= since
        )
        return next((ident for ident in mine if ident not in taken), "")

    async def _made(self, place: Place, server: str) -> str:
        body = {"name": role_name(place), "permissions": "0", "hoist": False, "mentionable": False}
        try:
            made = await self._calls.post(ROLES, body, guild_id=server)
        except (Closed, Rejected) as no:
            if code(no) in NOT_ALLOWED:
                raise Lacking(CANNOT_GIVE) from None
            raise Closed(FULL) if code(no) == 30005 else refused(no, CANNOT_GIVE, Lacking) from None
        if not isinstance(made, dict) or not text(made, "id").isdigit():
            raise Unclear("an answer without an id")
        return text(made, "id")

    async def admit(self, place: Place, accounts: Sequence[AccountId]) -> Mapping[AccountId, str]:
        server, failed = server_of(place), dict[AccountId, str]()
        heard = partial(self._allowance.note, server)
        for account in accounts:
            user = account.rpartition(":")[2]
            try:
                await self._calls.put(MEMBER_ROLE, heard=heard, guild_id=server, user_id=user, role_id=_ref(place))
            except PlatformTrouble as trouble:
                if code(trouble) in UNKNOWN_MEMBER:
                    failed[account] = GONE
                elif code(trouble) == UNKNOWN_ROLE:
                    raise Closed(ROLE_GONE) from None
                else:
                    raise refused(trouble, CANNOT_GIVE, Lacking) from None
        return failed

    async def expel(self, place: Place, account: AccountId) -> None:
        user = account.rpartition(":")[2]
        try:
            await self._calls.delete(MEMBER_ROLE, guild_id=server_of(place), user_id=user, role_id=_ref(place))
        except PlatformTrouble as trouble:
            if not isinstance(trouble, Missing) and code(trouble) not in UNKNOWN_MEMBER:
                raise refused(trouble, CANNOT_GIVE, Lacking) from None

    async def archive(self, place: Place) -> None:
        """A session that is over tells nobody anything."""
        try:
            await self._calls.delete(ROLE, guild_id=server_of(place), role_id=_ref(place))
        except PlatformTrouble as trouble:
            raise trouble if isinstance(trouble, Missing) else refused(trouble, CANNOT_GIVE) from None


def role_name(place: Place) -> str:
    return f"{session_name(place)}: notify"[: limits.ROLE_NAME]


def _ref(place: Place) -> str:
    if place.ref is None:
        raise Rejected("the role is not made yet")
    return place.ref
