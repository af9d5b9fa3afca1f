"""Who can read the rooms, and whether they are still there: looked at each minute and whenever Slack tells of a change.

A look is what Slack says now, so it does not matter in which order news arrive or whether some are lost. A look that
fails for an ordinary reason changes nothing; it is repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import limits
from adapters.slack.allowance import Turns
from adapters.slack.calls import call
from adapters.slack.directory import Directory, account_of
from adapters.slack.events import News
from adapters.slack.identity import Install
from adapters.slack.words import NOT_INVITED, WORDS
from core.app.commands import Reader, ReportRoom
from core.app.outcome import Saving
from core.app.platform import Closed, PlatformTrouble, TooFast
from core.app.ports import StorageDown, Submit
from core.domain.ids import SECOND, DeliveryKey, Instant, VenueId
from core.domain.people import Actor
from core.domain.surfaces import Place

log = structlog.get_logger()

ROUND_SECONDS = 60.0
AGAIN_SECONDS = 5.0
"""After a failed look."""
LEARNING_SECONDS = 0.5
"""Between two readings of which rooms are ours: a crowd comes and goes in rooms that nobody watches."""
TRIES = 3
PAGE = 200
"""Members asked for at once; conversations.members recommends no more."""
PAGES = 25
GONE: Mapping[str, str] = {
    "channel_is_archived": "archived",
    "channel_not_found": "left",
    "is_archived": "archived",
    "not_in_channel": "left",
}
"""Slack's words for a room that is gone for the bot; a private one that it was put out of is not found."""

SAID = {"archived": "it is archived. Unarchive it and invite the bot", "left": WORDS["not_in_channel"]}
"""The same in words for the moderators."""
MENDED = frozenset({*GONE, *GONE.values(), *SAID.values(), *(WORDS[code] for code in GONE), NOT_INVITED})
"""Why a room cannot be used that may be used again, and that a look can tell to be."""

Places = Callable[[], Awaitable[Sequence[Place]]]


def ourselves(install: Install) -> Actor:
    """Who reports what no person did."""
    return Actor(install.account(install.bot_user), "slack", install.venue, install.team_name, bot=True)


@dataclass(frozen=True, slots=True)
class Heard:
    """News, and when they came."""

    news: News
    at: Instant


class Watch:
    """Looks at rooms one after the other, each at most once at a time."""

    def __init__(
        self,
        client: AsyncWebClient,
        install: Install,
        submit: Submit,
        directory: Directory,
        clock: Callable[[], Instant],
        watched: Places,
        rooms: Places,
        taken: Callable[[VenueId], Awaitable[Collection[str]]],
        turns: Callable[[str, int], Turns],
    ) -> None:
        """``watched`` gives the rooms that only the team may read, ``rooms`` those with a chat, ``taken`` the refs of
        all; ``turns`` makes the pace of a method.
        """
        self._client, self._install, self._submit, self._directory = client, install, submit, directory
        self._clock, self._watched, self._rooms, self._taken = clock, watched, rooms, taken
        self._info = turns("conversations.info", limits.TIER_3)
        self._members = turns("conversations.members", limits.TIER_4)
        self._wanted: dict[str, Heard] = {}
        self._failed: dict[str, int] = {}
        self._told = asyncio.Event()
        self._guarded: frozenset[str] = frozenset()
        """The refs of the rooms that only the team may read, as they were known last."""
        self._lost: frozenset[str] = frozenset()
        """The refs of rooms that could not be used when last known."""
        self._ours: frozenset[str] = frozenset()
        self._learned_at = Instant(0)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._begin(self._rounds())
        self._begin(self._work())

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hear(self, news: News) -> None:
        """Look at the room soon; the reason that was told last counts."""
        now = self._clock()
        waiting = self._wanted.get(news.room, Heard(news, now)).news
        self._wanted[news.room] = Heard(News(news.room, news.gone or waiting.gone, news.member and waiting.member), now)
        self._told.set()

    def look_at_all(self) -> None:
        """Once, at all rooms that may be looked at: what happened meanwhile was told to nobody."""
        self._begin(self._gather(everything=True))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _rounds(self) -> None:
        while True:
            await self._gather(everything=False)
            await asyncio.sleep(ROUND_SECONDS)

    async def _gather(self, *, everything: bool) -> None:
        try:
            await self._learn()
            for ref in self._guarded | (self._refs(await self._rooms()) if everything else frozenset()):
                self._wanted.setdefault(ref, Heard(News(ref), self._learned_at))
            self._told.set()
        except StorageDown as down:
            log.warning("slack: the rooms to watch are not known", why=str(down))
        except Exception:
            log.exception("slack: the rooms to watch could not be had")

    async def _learn(self) -> None:
        """Which rooms are ours."""
        self._learned_at = self._clock()
        watched = await self._watched()
        self._guarded = self._refs(watched)
        self._lost = self._refs([place for place in watched if place.state == "dead"])
        self._ours = self._guarded | frozenset(await self._taken(self._install.venue))

    def _refs(self, places: Collection[Place]) -> frozenset[str]:
        """Rooms in use, and lost ones that may be there again."""
        ours = (place for place in places if place.venue == self._install.venue)
        return frozenset(it.ref for it in ours if it.ref and (it.state != "dead" or it.trouble in MENDED))

    async def _work(self) -> None:
        while True:
            await self._told.wait()
            while self._wanted:
                room = next(iter(self._wanted))
                await self._one(self._wanted.pop(room))
            self._told.clear()

    async def _one(self, heard: Heard) -> None:
        news = heard.news
        try:
            if not self._concerns(news) and self._learned_at <= heard.at:
                # Rooms may have become ours since.
                early = self._learned_at + LEARNING_SECONDS * SECOND - self._clock()
                if early > 0:
                    self._later(early / SECOND, heard)
                    return
                await self._learn()
            if not self._concerns(news):
                return
            if not news.member:
                await self._learn()  # whether it could not be used until now
            report = await self.look(news)
            outcome = await self._submit(report)
            if isinstance(outcome, Saving):
                await outcome.then
            self._failed.pop(news.room, None)
        except (PlatformTrouble, StorageDown) as trouble:
            log.warning("slack: a room could not be looked at", room=news.room, why=str(trouble))
            self._again(heard, trouble.seconds if isinstance(trouble, TooFast) else AGAIN_SECONDS)
        except Exception:
            log.exception("slack: looking at a room failed")

    def _concerns(self, news: News) -> bool:
        return news.room in (self._guarded if news.member else self._ours)

    def _again(self, heard: Heard, seconds: float) -> None:
        """A few times; later the next round or the next news."""
        room = heard.news.room
        self._failed[room] = self._failed.get(room, 0) + 1
        if self._failed[room] < TRIES:
            self._later(seconds, heard)
        else:
            del self._failed[room]

    def _later(self, seconds: float, heard: Heard) -> None:
        asyncio.get_running_loop().call_later(seconds, self._repeat, heard)

    def _repeat(self, heard: Heard) -> None:
        self._wanted.setdefault(heard.news.room, heard)
        self._told.set()

    async def look(self, news: News) -> ReportRoom:
        """What Slack says of the room now. Raises PlatformTrouble where it says nothing."""
        at = self._clock()
        try:
            return await self._look(news, at)
        except Closed as closed:
            if closed.reason not in GONE:
                raise
            return self._report(news.room, at, private=True, gone=news.gone or GONE[closed.reason])

    async def _look(self, news: News, at: Instant) -> ReportRoom:
        await self._info.turn()
        answer = await call(self._client.conversations_info, channel=news.room, repeatable=True)
        told = answer.get("channel")
        room: Mapping[str, Any] = told if isinstance(told, dict) else {}
        private = room.get("is_private") is True
        # Workspaces of one organisation are one company.
        beyond = room.get("is_shared") is True and room.get("is_org_shared") is not True
        shared = room.get("is_ext_shared") is True or beyond
        gone = "archived" if room.get("is_archived") is True else "left" if room.get("is_member") is False else ""
        readers: tuple[Reader, ...] = ()
        if private and not gone and news.room in self._guarded:
            readers = await self._readers(news.room)
        return self._report(news.room, at, private=private, shared=shared, gone=gone, readers=readers)

    async def _readers(self, room: str) -> tuple[Reader, ...]:
        """Everybody in it who is no bot. Who is not known to Slack's answer is a reader all the same."""
        found: list[Reader] = []
        for user in await self._everybody(room):
            profile = await self._directory.person(user)
            if profile.bot or profile.left:
                continue
            if not (profile.team or profile.hidden):
                raise PlatformTrouble("a member could not be looked up")
            account = account_of(self._install, user, profile)
            found.append(Reader(account, profile.nick, profile.manages))
        return tuple(found)

    async def _everybody(self, room: str) -> Sequence[str]:
        found: dict[str, None] = {}
        cursor: str | None = None
        for _ in range(PAGES):
            await self._members.turn()
            answer = await call(
                self._client.conversations_members, channel=room, limit=PAGE, cursor=cursor, repeatable=True
            )
            members = answer.get("members")
            listed = members if isinstance(members, list) else ()
            found |= dict.fromkeys(member for member in listed if isinstance(member, str))
            following = answer.get("response_metadata")
            cursor = following.get("next_cursor") if isinstance(following, dict) else None
            if not cursor:
                break
        found.pop(self._install.bot_user, None)
        return tuple(found)

    def _report(
        self,
        room: str,
        at: Instant,
        *,
        private: bool,
        shared: bool = False,
        gone: str = "",
        readers: tuple[Reader, ...] = (),
    ) -> ReportRoom:
        return ReportRoom(
            actor=ourselves(self._install),
            delivery=DeliveryKey(f"room:{self._install.team}:{room}:{at}"),
            at=at,
            at_source="arrival",
            room=room,
            private=private,
            shared=shared,
            gone=SAID.get(gone, gone),
            back=not gone and room in self._lost,
            readers=readers,
        )
