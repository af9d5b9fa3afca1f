"""Conversations of questions read back after a gap: what their askers wrote, edited or deleted in direct messages.

Rooms have a mark behind which all is read; in direct messages every line that was taken in is known by itself, so
nothing here depends on the order in which lines arrive meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import lines
from adapters.slack.allowance import Turns
from adapters.slack.calls import call, entries
from adapters.slack.directory import Directory
from adapters.slack.history import NOT_THERE, Pages, messages_since, replies
from adapters.slack.identity import Install
from adapters.slack.parse import instant_of
from adapters.slack.reading import named
from core.app.platform import Down, PlatformTrouble, TooFast
from core.app.ports import StorageDown, Submit
from core.domain.ids import MINUTE, Instant
from core.domain.surfaces import Place

log = structlog.get_logger()

Message = Mapping[str, Any]
Conversations = Callable[[], Awaitable[Sequence[tuple[Place, str]]]]
"""Where askers have their conversations, each with what heads it: open ones first, then those that were active last.

They are read at the pace of Slack's limit, 50 calls of conversations.replies a minute.
"""
CHECKS = 15
"""Single messages asked for in one person's direct messages."""
TRIES = 6
RETRY_SECONDS = 2.0
REMEMBERED = 20 * 60 * MINUTE
"""A delivery that was refused is known for a day; so long a line may be handed in again."""


class Hears(Protocol):
    """How a line in direct messages is taken in and answered; False where it could not be saved."""

    async def heard(self, event: Message) -> bool: ...


@dataclass(slots=True)
class _Direct:
    """One person's direct messages, as far as they were read."""

    place: Place
    known: frozenset[str]
    seen: Instant
    """When the last line was written that was taken in before."""
    there: set[str] = field(default_factory=set)
    first: Instant = Instant(2**62)

    def absent(self) -> Sequence[str]:
        """Known lines that were seen nowhere yet, newest first; older ones than was read are of no interest."""
        return sorted((it for it in self.known - self.there if (instant_of(it) or 0) >= self.first), reverse=True)


class Talks:
    """Reads back, once more when something is missed while reading."""

    def __init__(
        self,
        client: AsyncWebClient,
        install: Install,
        directory: Directory,
        hears: Hears,
        submit: Submit,
        conversations: Conversations,
        known: Callable[[Place], Awaitable[Sequence[str]]],
        turns: Turns,
        clock: Callable[[], Instant],
        after: Callable[[], Awaitable[bool]],
    ) -> None:
        """``after`` waits a moment for the rooms' history, which comes first; False when that takes longer."""
        self._client, self._install, self._directory = client, install, directory
        self._hears, self._submit, self._conversations, self._known = hears, submit, conversations, known
        self._turns, self._clock, self._after = turns, clock, after
        self._reading: asyncio.Task[None] | None = None
        self._again = False
        self._gone: set[str] = set()
        """Lines found to be deleted: nobody is asked for them again."""
        self._marks: dict[str, Instant] = {}
        """Where reading begins, kept until all was read: a line that is saved late moves its mark unanswered."""

    def missed(self) -> None:
        """Deliveries may have been missed."""
        self._again = True
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_back())

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def catch_up(self) -> int:
        """Read what was missed in the threads of questions; returns how much that was."""
        count, heads = 0, dict[str, list[str]]()
        places: dict[str, Place] = {}
        for place, head in await self._conversations():
            if place.venue == self._install.venue and place.ref and head:
                places[place.id] = place
                heads.setdefault(place.id, []).append(head)
        for ident, place in places.items():
            count += await self._person(place, heads[ident])
        self._marks.clear()
        return count

    async def _person(self, place: Place, heads: Sequence[str]) -> int:
        """One person after the other: who waits for an answer does not wait for two hundred others."""
        known = frozenset(await self._known(place)) - self._gone
        mark = instant_of(place.seen) or place.seen_at
        direct, count = _Direct(place, known, self._marks.setdefault(place.id, mark)), 0
        for head in heads:
            count += await self._thread(direct, head)
        count += await self._outside(direct)
        return count + await self._absent(direct)

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _read_back(self) -> None:
        while self._again:
            self._again = False
            try:
                while not await self._after():
                    pass
                if count := await self.catch_up():
                    log.info("slack: read back what askers wrote", commands=count)
            except StorageDown as down:
                log.warning("slack: the conversations are not known yet", why=str(down))
                await asyncio.sleep(RETRY_SECONDS)
                self._again = True
            except Exception:
                log.exception("slack: reading conversations back failed")

    async def _thread(self, direct: _Direct, head: str) -> int:
        room, count = direct.place.ref or "", 0
        found = await self._patiently(lambda: replies(self._client, room, head))
        if found is None:
            return 0
        direct.first = min(direct.first, instant_of(head) or direct.first)
        for message in found:
            direct.there.add(str(message["ts"]))
            count += await self._one(direct, message)
        return count

    async def _outside(self, direct: _Direct) -> int:
        """Lines in no thread: known ones with their edits, and new ones, whose writer is still to be asked for whom."""
        if not direct.seen and not direct.absent():
            return 0
        oldest = Instant(min([direct.seen or 2**62, *(instant_of(ref) or 0 for ref in direct.absent())]))
        found: Pages | None = await self._patiently(
            lambda: messages_since(self._client, direct.place.ref or "", oldest, 1)
        )
        count = 0
        for message in found.messages if found else ():
            ref, at = str(message["ts"]), instant_of(message["ts"]) or 0
            if ref in direct.there or message.get("subtype") == "tombstone":
                continue
            direct.there.add(ref)
            if ref in direct.known or (direct.seen and at > direct.seen):
                count += await self._one(direct, message)
        return count

    async def _one(self, direct: _Direct, message: Message) -> int:
        """A new line is taken in as if it came now, with the same key; of a known one only its edit is new."""
        if self._install.posted(message):
            return 0
        if str(message["ts"]) in direct.known:
            return await self._edit(direct, message)
        if not self._fresh(direct, message):
            return 0
        subtype = {} if message.get("subtype") == "thread_broadcast" else {"subtype": message.get("subtype")}
        event = {key: value for key, value in message.items() if key != "subtype"} | subtype
        if not await self._hears.heard({**event, "type": "message", "channel": direct.place.ref, "channel_type": "im"}):
            raise StorageDown("a line could not be saved")
        return 1

    def _fresh(self, direct: _Direct, message: Message) -> bool:
        at = instant_of(message["ts"]) or 0
        return at > self._clock() - REMEMBERED or at > direct.seen

    async def _edit(self, direct: _Direct, message: Message) -> int:
        if lines.edit_time(message) is None:
            return 0
        names = await self._directory.names(self._install, *named(message))
        command = lines.edited(message, direct.place.ref or "", self._install, names, self._clock())
        if command is not None:
            await self._submit(command)
        return int(command is not None)

    async def _absent(self, direct: _Direct) -> int:
        """Known lines that stand nowhere that was read: deleted, or in a thread that is not read."""
        room, count = direct.place.ref or "", 0
        for ref in direct.absent()[:CHECKS]:
            answer = await self._patiently(lambda ref=ref: self._asked_for(room, ref))  # type: ignore[misc]
            if answer is None:
                continue
            shown = next((one for one in entries(answer, "messages") if one.get("ts") == ref), None)
            if answer.get("error") in NOT_THERE or (shown and shown.get("subtype") == "tombstone"):
                await self._submit(lines.deleted(ref, room, self._install, self._clock()))
                self._gone.add(ref)
                count += 1
            elif shown:
                count += await self._edit(direct, shown)
        return count

    async def _asked_for(self, room: str, ref: str) -> Mapping[str, Any]:
        return await call(
            self._client.conversations_replies, repeatable=True, fine=NOT_THERE, channel=room, ts=ref, limit=1
        )

    async def _patiently(self, attempt: Callable[[], Awaitable[Any]]) -> Any:
        """At the pace that Slack allows; None where it cannot be had."""
        for _ in range(TRIES):
            await self._turns.turn()
            try:
                return await attempt()
            except TooFast as slow:
                await asyncio.sleep(slow.seconds)
            except Down:
                await asyncio.sleep(RETRY_SECONDS)
            except PlatformTrouble as trouble:
                log.warning("slack: a conversation cannot be read back", why=trouble.reason)
                return None
        log.warning("slack: a conversation was not read back", why="Slack asked to wait too often")
        return None
