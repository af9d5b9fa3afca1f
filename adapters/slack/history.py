"""What was said while nobody listened, read back through the same parse and the same choke point as live lines.

conversations.history holds no replies in threads (but those sent to the channel too): threads are read apart, and a
line is taken for deleted only where Slack would show it if it were still there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import limits, lines
from adapters.slack.calls import call
from adapters.slack.directory import Directory
from adapters.slack.identity import Install
from adapters.slack.parse import instant_of, timestamp
from adapters.slack.reading import named
from core.app.commands import Command
from core.domain.ids import Instant
from core.domain.surfaces import Place

Message = Mapping[str, Any]
Submit = Callable[[Command], Awaitable[object]]
PAGES = 25
"""5,000 lines at most; a longer gap is longer than anybody reads back."""
THREADS = 30
"""Threads read in one room: conversations.replies allows 50 calls a minute."""
CHECKS = 15
"""Single messages asked for in one room."""
NOT_THERE = frozenset({"thread_not_found", "message_not_found"})


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What came of reading a room."""

    commands: int = 0
    whole: bool = True
    """False when more was missed than is read back: what is left out is older than what was read."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Messages in the order of their time."""

    messages: Sequence[Message] = ()
    whole: bool = True
    """Nothing that was asked for lies before them."""


async def messages_since(client: AsyncWebClient, channel: str, since: Instant, pages: int = PAGES) -> Pages:
    """The channel's last messages, without replies in threads, back to an instant at least.

    One call where a page reaches that far, so that who waits for a call never needs two at once.
    """
    return await _pages(client.conversations_history, pages, since=since, channel=channel)


async def replies(client: AsyncWebClient, channel: str, thread: str, oldest: str = "") -> Sequence[Message]:
    """What was written in a thread, after a timestamp where one is given; without the message that heads it."""
    found = await _pages(
        client.conversations_replies, PAGES, fine=NOT_THERE, channel=channel, ts=thread, oldest=oldest or None
    )
    return [message for message in found.messages if message["ts"] != thread]


async def _pages(
    method: Callable[..., Awaitable[Any]], pages: int, since: Instant | None = None, **arguments: Any
) -> Pages:
    """Slack gives a channel's pages newest first; with ``since`` older ones than that are not asked for."""
    found: dict[str, Message] = {}
    cursor: str | None = None
    for _ in range(pages):
        answer = await call(method, repeatable=True, limit=limits.HISTORY_PAGE, cursor=cursor, **arguments)
        listed = answer.get("messages")
        for message in listed if isinstance(listed, list) else []:
            if isinstance(message, dict) and isinstance(ts := message.get("ts"), str):
                found[ts] = message
        following = answer.get("response_metadata")
        cursor = following.get("next_cursor") if isinstance(following, dict) else None
        if not cursor or (since is not None and any((instant_of(ts) or 0) <= since for ts in found)):
            break
    return Pages(in_order(found.values()), not cursor)


def in_order(messages: Iterable[Message]) -> list[Message]:
    return sorted(messages, key=lambda message: instant_of(message["ts"]) or 0)


def threads(messages: Iterable[Message]) -> Mapping[str, Instant]:
    """The messages that head a thread, each with the time of its latest reply."""
    heads = ((str(one["ts"]), instant_of(one.get("latest_reply"))) for one in messages)
    return {ts: latest for ts, latest in heads if latest is not None}


@dataclass(slots=True)
class _Room:
    """What was found of one room."""

    before: Pages
    after: Pages
    seen: Instant
    replies: dict[str, Message] = field(default_factory=dict)
    unread: dict[str, Instant] = field(default_factory=dict)
    """Threads that were not read, by their heads."""

    def there(self) -> frozenset[str]:
        """Every message that is still there. A deleted one that heads a thread stays as a stone."""
        messages = (*self.before.messages, *self.after.messages, *self.replies.values())
        return frozenset(str(one["ts"]) for one in messages if one.get("subtype") != "tombstone")

    def known(self) -> list[Message]:
        return [*self.before.messages, *(one for one in self.replies.values() if not self._new(one))]

    def missed(self) -> list[Message]:
        """In the order of their time; a reply that was sent to the channel too stands there once."""
        new = {str(one["ts"]): one for one in (*self.replies.values(), *self.after.messages)}
        return in_order(one for one in new.values() if self._new(one))

    def _new(self, message: Message) -> bool:
        return (instant_of(message["ts"]) or 0) > self.seen


class History:
    """Reading a room back."""

    def __init__(
        self,
        client: AsyncWebClient,
        install: Install,
        directory: Directory,
        clock: Callable[[], Instant],
        known: Callable[[Place], Awaitable[Sequence[str]]],
    ) -> None:
        """``known`` gives the last lines of a place that were taken in, replies in threads too, newest first."""
        self._client, self._install, self._directory, self._clock = client, install, directory, clock
        self._known = known

    async def catch_up(self, place: Place, submit: Submit) -> ReadBack:
        """Submit what was written, edited or deleted in the place after ``place.seen``; tells how much that was.

        Where no line was seen yet reading begins when the room was taken; what was said before that is not the bot's
        business, so where neither is known nothing is read.
        """
        start = place.seen or (timestamp(place.seen_at) if place.seen_at else "")
        if not place.ref or not start:
            return ReadBack()
        room = await self._room(place.ref, start)
        if not place.seen:
            room.before = Pages()
        known = await self._known(place) if room.before.messages else ()
        await self._read_threads(room, place.ref, known)
        count = 0
        for message in room.known():
            # Lines that were known already; what is new is an edit made after the last line that was seen.
            if (at := lines.edit_time(message)) is not None and at > room.seen:
                count += await self._submit_all(message, place.ref, submit, known=True)
        for ref in await self._gone(room, place.ref, known):
            await submit(lines.deleted(ref, place.ref, self._install, self._clock()))
            count += 1
        for message in room.missed():
            count += await self._submit_all(message, place.ref, submit, known=False)
        return ReadBack(count, room.after.whole and not any(latest > room.seen for latest in room.unread.values()))

    async def _room(self, channel: str, start: str) -> _Room:
        """What lies after the mark, and of what lies before it at least half a page where there is so much."""
        mark = instant_of(start) or Instant(0)
        recent = await messages_since(self._client, channel, mark, PAGES)
        after = [one for one in recent.messages if (instant_of(one["ts"]) or 0) > mark]
        before = Pages(recent.messages[: len(recent.messages) - len(after)], recent.whole)
        if len(before.messages) < limits.HISTORY_PAGE // 2 and not recent.whole:
            history = self._client.conversations_history
            before = await _pages(history, 1, channel=channel, latest=start, inclusive=True)
        return _Room(before, Pages(after, recent.whole or len(after) < len(recent.messages)), mark)

    async def _read_threads(self, room: _Room, channel: str, known: Sequence[str]) -> None:
        """Those in which something new stands, then those that may hold known lines which the channel does not show."""
        listed = room.there()
        absent = [at for ref in known if ref not in listed and (at := instant_of(ref)) is not None]
        heads = threads((*room.before.messages, *room.after.messages))
        fresh = {head: latest for head, latest in heads.items() if latest > room.seen}
        begun = {head: instant_of(head) or Instant(0) for head in heads}
        older = {
            head: latest
            for head, latest in heads.items()
            if head not in fresh and any(begun[head] < at <= latest for at in absent)
        }
        for number, (head, latest) in enumerate([*_newest(fresh), *_newest(older)]):
            if number >= THREADS:
                room.unread[head] = latest
                continue
            for message in await replies(self._client, channel, head):
                room.replies[str(message["ts"])] = message

    async def _gone(self, room: _Room, channel: str, known: Sequence[str]) -> Sequence[str]:
        """Known lines that Slack would show if they were still there, the oldest first.

        Within the page before the mark a line is in the channel or in a thread. Where that page is the channel's
        first, every thread's head is on it; else a thread may hang on an older message, and the line is asked for.
        """
        there = room.there()
        first = instant_of(room.before.messages[0]["ts"]) if room.before.messages else None
        gone: list[str] = []
        checks = 0
        for ref in known:
            at = instant_of(ref)
            if ref in there or first is None or at is None or not first <= at <= room.seen:
                continue
            if any((instant_of(head) or 0) < at <= latest for head, latest in room.unread.items()):
                continue
            if not room.before.whole:
                checks += 1
                if checks > CHECKS or await self._stands(channel, ref):
                    continue
            gone.append(ref)
        return gone[::-1]

    async def _stands(self, channel: str, ref: str) -> bool:
        """Whether a message is there, in the channel or in any thread (reference/methods/conversations.replies)."""
        answer = await call(
            self._client.conversations_replies, repeatable=True, fine=NOT_THERE, channel=channel, ts=ref, limit=1
        )
        return answer.get("error") not in NOT_THERE

    async def _submit_all(self, message: Message, room: str, submit: Submit, *, known: bool) -> int:
        if self._install.posted(message):
            return 0
        names = await self._directory.names(self._install, *named(message))
        now, at = self._clock(), lines.edit_time(message)
        line = None if known else lines.posted(message, room, self._install, names, now, edited_at=at)
        edit = lines.edited(message, room, self._install, names, now) if at is not None else None
        commands = [command for command in (line, edit) if command is not None]
        for command in commands:
            await submit(command)
        return len(commands)


def _newest(heads: Mapping[str, Instant]) -> Sequence[tuple[str, Instant]]:
    return sorted(heads.items(), key=lambda head: head[1], reverse=True)
