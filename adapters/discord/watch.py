"""Rooms for the team only, looked at each minute and at every change that Discord tells of: who can read them?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from adapters.discord import rights
from adapters.discord.acts import by_itself
from adapters.discord.admission import TEAM
from adapters.discord.calls import Calls, code
from adapters.discord.parse import Ours, called
from adapters.discord.permitted import within
from adapters.discord.rights import overwrites
from adapters.discord.rooms import CHANNEL, GUILD, HOOKED, MEMBER, held, server_of
from adapters.discord.shapes import Json, inner, several, text
from adapters.discord.words import (
    CANNOT_SEE,
    CLOSED_WORDS,
    LESS,
    MAY_NOT_MAKE,
    MAY_NOT_WRITE,
    NOBODY_NOTIFIED,
    NOT_IN_SERVER,
    NOTIFIED_AGAIN,
    less,
    may_not_write,
)
from core.app.commands import Command, Reader, ReportRoom, ReportTrouble
from core.app.platform import PlatformTrouble
from core.app.ports import Clock, StorageDown
from core.domain.ids import MINUTE, AccountId, Instant, instant
from core.domain.surfaces import Place

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks (SPEC 8.2)."""
MOMENT = 0.2
KNOWN_FOR = 10 * MINUTE
"""A reader's name and rights are asked anew after this."""
GONE = {number: CLOSED_WORDS[number] for number in (10003, 10004, 50001)}
"""What an answer says of a room: unknown channel, unknown guild, missing access."""
MENDED_BY_RIGHTS = (CANNOT_SEE, MAY_NOT_WRITE, NOT_IN_SERVER, "left")
"""How it is said why a room cannot be used that may be used again, and that a look can tell to be."""


Places = Callable[[], Awaitable[Sequence[Place]]]


class Watch:
    """``submit`` never raises; ``watched`` gives the rooms that only the team may read, ``rooms`` those with a chat."""

    def __init__(
        self,
        calls: Calls,
        ours: Ours,
        watched: Places,
        rooms: Places,
        submit: Callable[[Command], Awaitable[object]],
        clock: Clock,
        back: Callable[[], None],
    ) -> None:
        """``back``: a chat may be read again, and something was said there meanwhile."""
        self._calls, self._ours, self._submit, self._clock = calls, ours, submit, clock
        self._watched, self._chats = watched, rooms
        self._guarded: dict[str, Place] = {}
        self._rooms: dict[str, Place] = {}
        """Those, and the ones with a chat: looked at when Discord tells of a change."""
        self._unmade: list[Place] = []
        self._soon: set[str] = set()
        self._back = back
        self._told: dict[str, bool] = {}
        """Of rights without which a chat goes on less well: whether the bot has them, as it was told."""
        self._starting = True
        self._readers: dict[tuple[str, str], tuple[Instant, Reader | None]] = {}

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self.round()
            except Exception:
                log.exception("looking at the rooms failed")
            await asyncio.sleep(EVERY)

    async def round(self) -> None:
        """One look at every room that only the team may read."""
        await self.learn()
        for place in list(self._guarded.values()):
            await self.look(place)
        await self.try_again()
        self._starting = False

    async def try_again(self, server: str = "") -> None:
        """Rooms that the bot had no right to make are made once it has all that it takes."""
        for home in {server_of(place) for place in self._unmade}:
            if server not in ("", home):
                continue
            try:
                if rights.MAKING & ~await held(self._calls, self._ours, home):
                    continue
            except PlatformTrouble as trouble:
                log.warning("rights could not be looked at: %s", trouble.reason)
                continue
            for place in [it for it in self._unmade if server_of(it) == home]:
                self._unmade.remove(place)
                await self._report(place.id, home, private=False, back=True, place=place.id)

    async def rights_changed(self, server: str) -> None:
        """Roles were changed: the bot may have been given what it lacked."""
        if server not in self._soon:
            self._soon.add(server)
            await asyncio.sleep(MOMENT)
            self._soon.discard(server)
            await self.learn()
            await self.try_again(server)

    async def taken(self, channel: str) -> None:
        """Somebody may have made this channel a room: nothing is shown in a team's room before it was looked at."""
        await self.learn()
        if place := self._rooms.get(channel):
            await self.look(place)

    async def learn(self) -> None:
        """Which rooms there are, as the storage tells."""
        try:
            watched = await self._watched()
            self._guarded = {place.ref: place for place in watched if place.ref}
            self._unmade = [it for it in watched if not it.ref and it.trouble.startswith(MAY_NOT_MAKE)]
            self._rooms = {place.ref: place for place in await self._chats() if place.ref} | self._guarded
        except StorageDown as down:
            log.warning("the rooms to watch are not known: %s", down)

    async def soon(self, channel: str) -> None:
        """Look in a moment, once for however many changes are told until then: a team is let in one by one.

        By what the rooms are now: this one may have been made or lost since the last look.
        """
        if channel in self._soon:
            return
        self._soon.add(channel)
        await asyncio.sleep(MOMENT)
        self._soon.discard(channel)
        await self.learn()
        if place := self._rooms.get(channel):
            await self.look(place)

    def desk(self, channel: str) -> bool:
        """Whether the moderators' cards are in this channel."""
        place = self._guarded.get(channel)
        return place is not None and place.kind == "queue"

    def rooms_of(self, server: str) -> Sequence[Place]:
        return [place for place in self._rooms.values() if server_of(place) == server]

    async def gone(self, channel: str, server: str, why: str = "deleted") -> None:
        """Discord told that a channel is there no more."""
        await self._report(channel, server, private=True, gone=why)

    async def look(self, place: Place) -> None:
        """Ask Discord and report; a look that fails changes nothing."""
        channel, server = place.ref or "", server_of(place)
        try:
            told = await self._calls.get(CHANNEL, channel_id=channel)
            ruling = told
            if told.get("type") in rights.THREADS:
                ruling = await self._calls.get(CHANNEL, channel_id=text(told, "parent_id"))
            guild = await self._calls.get(GUILD, guild_id=server)
            roles = several(guild, "roles")
            private = told.get("type") == rights.PRIVATE_THREAD or rights.shut(
                roles, ruling, server, place.kind in TEAM
            )
            readers = await self._who(ruling, guild) if private else ()
            me = await self._calls.get(MEMBER, guild_id=server, user_id=self._ours.user)
            has = within(ruling, guild, me, self._ours)
            lacking = (rights.IN_THREADS if told.get("type") in rights.THREADS else rights.SEND) & ~has
            if place.state == "dead" and (lacking or not self._mended(place, me)):
                return
        except PlatformTrouble as trouble:
            if why := GONE.get(code(trouble)):
                await self._report(channel, server, private=True, gone=why)
            else:
                log.warning("a room could not be looked at: %s", trouble.reason)
            return
        if lacking and place.state != "dead":
            await self._report(channel, server, private=True, gone=may_not_write(rights.spelled(lacking)))
            return
        back = place.state == "dead"
        await self._report(channel, server, private=private, readers=readers, back=back)
        mine = [str(role) for role in me.get("roles") or ()]
        notifies = bool(rights.granted(roles, server, mine) & rights.MENTIONING)
        await self._notifies(place, notifies)
        await self._less(place, text(told, "name"), has, notifies)
        if back:
            self._back()

    def _mended(self, place: Place, me: Json) -> bool:
        """Whether rights were all that was missing in a lost room, and the bot may speak."""
        quiet = text(me, "communication_disabled_until")
        silenced = bool(quiet) and instant(datetime.fromisoformat(quiet)) > self._clock()
        return place.trouble.startswith(MENDED_BY_RIGHTS) and not silenced

    async def _notifies(self, place: Place, over: bool) -> None:
        """Without the right to mention, a role is shown as ever and tells nobody: no refusal would ever say so."""
        key = f"notify:{place.venue}"
        before = self._told.get(key)
        self._told[key] = over
        # Why else nobody can be notified is told under this key too: only what was said from here is taken back.
        if before is over or (over and before is None and not self._starting):
            return
        now = self._clock()
        came = by_itself(self._ours, server_of(place), f"{key}:{now}", now)
        words = NOTIFIED_AGAIN if over else NOBODY_NOTIFIED
        await self._submit(ReportTrouble(**came.fields(), key=key, words=words, over=over))

    async def _less(self, place: Place, name: str, has: int, notifies: bool) -> None:
        """What goes on in a chat, only less well: told when it begins and when it ends."""
        if place.kind not in HOOKED:
            return
        for right in LESS:
            bit = rights.named(right)
            if bit == rights.MENTIONING and (place.kind != "stage" or not notifies):
                continue
            over, key = bool(has & bit), f"right:{place.ref}:{right}"
            before = self._told.get(key)
            if before is over:
                continue
            self._told[key] = over
            now, server = self._clock(), server_of(place)
            words = less(right, rights.spelled(bit), name, over=over)
            came = by_itself(self._ours, server, f"{key}:{now}", now)
            await self._submit(ReportTrouble(**came.fields(), key=key, words=words, over=over))
            if before is False and bit == rights.READ_BACK:
                self._back()

    async def _report(self, channel: str, server: str, **found: Any) -> None:
        now = self._clock()
        came = by_itself(self._ours, server, f"room:{server}:{channel}:{now}", now, channel)
        await self._submit(ReportRoom(**came.fields(), **found))

    async def _who(self, channel: Json, guild: Json) -> tuple[Reader, ...]:
        """Those whom the channel's own overwrites let in; without the members intent nobody else can be named."""
        found: list[Reader] = []
        for one in overwrites(channel):
            user = text(one, "id")
            if one.get("type") == rights.MEMBER and user != self._ours.user and rights.bits(one, "allow") & rights.VIEW:
                reader = await self._reader(guild, user)
                found += [reader] if reader else []
        return tuple(found)

    async def _reader(self, guild: Json, user: str) -> Reader | None:
        """None for bots and for who has left the server."""
        server = text(guild, "id")
        at, known = self._readers.get((server, user), (Instant(0), None))
        if self._clock() - at < KNOWN_FOR:
            return known
        try:
            member = await self._calls.get(MEMBER, guild_id=server, user_id=user)
        except PlatformTrouble as trouble:
            if code(trouble) not in (10007, 10013):
                raise
            member = {}
        who, made = inner(member, "user"), None
        if who and not who.get("bot"):
            has = rights.granted(several(guild, "roles"), server, [str(role) for role in member.get("roles") or ()])
            manages = bool(has & rights.MANAGING) or text(guild, "owner_id") == user
            made = Reader(AccountId(f"discord:{user}"), called(who, member), manages)
        self._readers[(server, user)] = (self._clock(), made)
        return made
