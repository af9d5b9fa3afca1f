"""The adapter as a whole: starts the connection, hands in what people do, answers them, catches up after gaps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.discord import answers
from adapters.discord.answering import Answering
from adapters.discord.blanks import Blanks
from adapters.discord.calls import Calls
from adapters.discord.client import Ears, point
from adapters.discord.entry import NOT_ACCEPTED as NOT_ACCEPTED
from adapters.discord.entry import CannotStart as CannotStart
from adapters.discord.entry import enter
from adapters.discord.gaps import Gaps, Talk, Talks, patient
from adapters.discord.gateway import DiscordGateway
from adapters.discord.hearing import Hearing
from adapters.discord.history import History, Known
from adapters.discord.intake import Intake
from adapters.discord.pace import Pace, Spend
from adapters.discord.parse import Ours
from adapters.discord.replies import Replies
from adapters.discord.rooms import server_of
from adapters.discord.shard import Fatal
from adapters.discord.shards import Lease, Release, Shards
from adapters.discord.starts import Starts
from adapters.discord.voices import Voices
from adapters.discord.watch import Watch
from core.app.commands import Command
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.platform import Draw, Unauthorized
from core.app.ports import Clock, Submit
from core.app.suggest import Ask, Suggest
from core.domain.refused import Ignored
from core.domain.surfaces import Place
from core.domain.view import Option, say

log = logging.getLogger(__name__)

Rooms = Callable[[], Awaitable[Sequence[Place]]]


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    """Addresses are the library's own where none are given; the gateway's is asked of a given API."""

    token: str = field(repr=False)
    api_url: str | None = None
    """Up to and with the version: ``…/api/v10``."""
    gateway_url: str | None = None


NAMES_WITHIN = 0.5
"""Seconds for the servers' names, which come right behind the greeting."""


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
        lease: Lease | None = None,
        release: Release | None = None,
        listened: Rooms | None = None,
        suggest: Suggest | None = None,
        spend: Spend | None = None,
        draw: Draw | None = None,
        talks: Talks | None = None,
    ) -> None:
        """``known`` gives the last lines taken in at a place: those that are gone since were deleted.

        ``watched`` gives the rooms that only the team may read, ``listened`` those where people listen; ``suggest``
        answers while somebody types. With ``lease`` and ``release`` several processes
        share the bot: one of them hears, all of them send; ``spend`` are the budgets that they share. ``draw`` makes
        results into pictures; without it they are told in words. ``talks`` gives the places where people talk with
        the moderators, each with what heads it.
        """
        self._settings, self._submit, self._rooms = settings, submit, rooms
        self._all_watched, self._all_listened = watched or _no_rooms, listened or _no_rooms
        self._ours = Ours()
        self._ears = Ears(lambda server: self._missed_some())
        self._pace = Pace(clock, spend)
        calls = Calls(self._ears.http, self._pace)
        self.platform = DiscordGateway(calls, self._ours, draw)
        self._intake = Intake(self._outcome, self._go, lambda: patient(rooms))
        self._watch = Watch(calls, self._ours, self._watched_here, rooms, self._outcome, clock, self._missed_some)
        self._voices = Voices(self._ours, self._listened_here, self._outcome, self._go, clock)
        asked = suggest or _nothing
        self._answering = Answering(
            self._ears, calls, self._ours, self._outcome, self._taken, asked, self._go, clock, draw
        )
        direct = self._answering.hear_message
        history = History(calls, self._ours, self._ears, clock, self._intake.take, known or _none_known, direct)
        self._all_talks = talks or _no_talks
        self._gaps = Gaps(history, self._ours, self._rooms_here, self._outcome, clock)
        self._blanks = Blanks(calls, self._ours, rooms, self._outcome, clock, self._words_are_back, self._ask_for_words)
        self._starts = Starts(calls, clock, settings.gateway_url)
        http, take, without = self._ears.http, self._ears.take, self._without_words
        self._shards = Shards(http, self._starts, take, self._missed, self._back, clock, without, lease, release)
        self._hearing = Hearing(
            self._ears, self._ours, self._intake, self._watch, direct, self._go, clock, self._blanks
        )
        self._ears.hear(self._voices.events())
        self._ears.hear({**self._hearing.events(), "INTERACTION_CREATE": self._answering.hear_interaction})
        self._gap = 0
        """Counts the moments after which something may have been missed."""
        self._started = self._closing = False
        self._looking: list[asyncio.Task[None]] = []
        self._reading: set[asyncio.Task[None]] = set()
        self._running: set[asyncio.Task[None]] = set()

    # -- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Connect; returns when ready, or when another process hears already. Raises CannotStart.

        Waits as long as Discord is down.
        """
        point(self._settings.api_url)
        self._answering.replies = Replies()
        await enter(self._ears, self._ours, self._settings.token, self._pace)
        try:
            await self._starts.learn()
            await self._shards.start()
        except Unauthorized:
            raise CannotStart(NOT_ACCEPTED) from None
        except Fatal as fatal:
            raise CannotStart(str(fatal)) from None
        self._started = True
        looks = {
            "discord watch": self._watch.run(),
            "discord words": self._blanks.run(),
            "discord voices": self._voices.run(),
        }
        self._looking = [asyncio.create_task(work, name=name) for name, work in looks.items()]

    async def close(self) -> None:
        """Stop hearing, let what is under way finish, then leave."""
        self._closing = True
        ending = [*self._looking, *self._reading]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self._shards.close()
        await self._ears.close()
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
        """Messages in rooms of ours that came without any content."""
        return self._blanks.number

    @property
    def connected(self) -> bool:
        """Whether this process hears."""
        return self._shards.connected

    async def health(self) -> Mapping[str, object]:
        """``ok`` while what is to be heard here is heard, with its words (RELIABILITY 10 and 24)."""
        told = {**self._shards.told(), "blank_messages": self.blanks, "unanswered": self.unanswered}
        if self._blanks.trouble:
            told["trouble"] = self._blanks.trouble
        return {"ok": self._shards.well and not self._blanks.trouble, **told}

    # -- handing in ----------------------------------------------------------------------------------------------------

    async def _outcome(self, command: Command) -> Outcome | Saving:
        try:
            return await self._submit(command)
        except Ignored:
            return Outcome()
        except Exception:
            log.exception("a command could not be carried out")
            return Outcome(say(answers.READER, NOT_SAVED), done=False)

    # -- what may have been missed ----------------------------------------------------------------------------------

    async def catch_up(self) -> None:
        """Read back what the rooms missed."""
        await self._gaps.catch_up(await patient(self._talks_here))

    def _missed(self) -> None:
        """What is heard from now on waits for what was missed before it."""
        self._gap += 1
        self._intake.hold("history")

    def _missed_some(self) -> None:
        """The connection stands, and yet some of it did not come: a server was out of reach, or words were."""
        self._missed()
        self._back()

    def _back(self) -> None:
        """At every start, after every lost connection: a session that goes on may have gaps, too."""
        if not self._closing:
            task = asyncio.create_task(self._read_back(self._gap))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _read_back(self, gap: int) -> None:
        """Cancelled, it lets nothing go: what is heard would move the room's mark past what was not read."""
        try:
            talks = await patient(self._talks_here)  # before what is heard meanwhile moves their marks
            await self._ears.servers.told(NAMES_WITHIN)
            await self._gaps.catch_up(talks)
        except Exception:
            log.exception("what was missed could not be read back")
        if gap == self._gap:  # else the next one reads on from here
            await self._intake.release("history")

    async def _rooms_here(self) -> Sequence[Place]:
        """Those whose events come to this process."""
        return [place for place in await self._rooms() if self._shards.hears(server_of(place))]

    async def _talks_here(self) -> Sequence[Talk]:
        """Direct messages are told by the first shard, whatever server they are about."""
        every = await self._all_talks()
        return [it for it in every if self._shards.hears("0" if it[0].kind == "dm" else server_of(it[0]))]

    async def _watched_here(self) -> Sequence[Place]:
        return [place for place in await self._all_watched() if self._shards.hears(server_of(place))]

    async def _listened_here(self) -> Sequence[Place]:
        return [place for place in await self._all_listened() if self._shards.hears(server_of(place))]

    async def _taken(self, channel: str) -> None:
        """Somebody may have made this channel a room."""
        await self._watch.taken(channel)
        await self._voices.taken(channel)

    # -- words ------------------------------------------------------------------------------------------------------

    async def _without_words(self) -> bool:
        """Discord refuses the words of messages. Whoever just sets the bot up is told so, and nothing is lost by it;
        people in the middle of a session keep their buttons."""
        if not self._started and not await patient(self._rooms):
            return False
        self._blanks.refused = True
        await self._blanks.missing()
        return True

    def _words_are_back(self) -> None:
        """What was written without them is read back first."""
        self._missed_some()
        self._go(self._blanks.over())

    def _ask_for_words(self) -> None:
        self._shards.content = True
        self._shards.afresh()

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


async def _none_known(place: Place) -> Sequence[str]:
    return ()


async def _no_talks() -> Sequence[Talk]:
    return ()


async def _no_rooms() -> Sequence[Place]:
    return ()


async def _nothing(ask: Ask) -> tuple[Option, ...]:
    return ()
