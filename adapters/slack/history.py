"""What was said while nobody listened, read back through the same parse and the same choke point as live lines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
PAGES = 25
"""5,000 lines at most; a longer gap is longer than anybody reads back."""


async def messages_after(client: AsyncWebClient, channel: str, oldest: str, pages: int = PAGES) -> Sequence[Message]:
    """The messages of a channel after a timestamp, oldest first. Slack gives pages newest first."""
    return await _pages(client, pages, channel=channel, oldest=oldest, inclusive=False)


async def _pages(client: AsyncWebClient, pages: int, **arguments: Any) -> Sequence[Message]:
    found: dict[str, Message] = {}
    cursor: str | None = None
    for _ in range(pages):
        answer = await call(
            client.conversations_history, repeatable=True, limit=limits.HISTORY_PAGE, cursor=cursor, **arguments
        )
        listed = answer.get("messages")
        for message in listed if isinstance(listed, list) else []:
            if isinstance(message, dict) and isinstance(ts := message.get("ts"), str):
                found[ts] = message
        following = answer.get("response_metadata")
        cursor = following.get("next_cursor") if isinstance(following, dict) else None
        if not cursor:
            break
    return [found[ts] for ts in sorted(found, key=lambda ts: instant_of(ts) or 0)]


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
        """``known`` gives the last lines of a place that were taken in."""
        self._client, self._install, self._directory, self._clock = client, install, directory, clock
        self._known = known

    async def catch_up(self, place: Place, submit: Callable[[Command], Awaitable[object]]) -> int:
        """Submit what was written, edited or deleted in the place after ``place.seen``; returns how many that were.

        Where no line was seen yet reading begins when the room was taken; what was said before that is not the bot's
        business, so where neither is known nothing is read.
        """
        start = place.seen or (timestamp(place.seen_at) if place.seen_at else "")
        if not place.ref or not start:
            return 0
        missed = await messages_after(self._client, place.ref, start)
        before = await _pages(self._client, 1, channel=place.ref, latest=start, inclusive=True) if place.seen else ()
        seen = instant_of(start) or Instant(0)
        count = 0
        for message in before:
            # Lines that were known already; what is new is an edit made after the last line that was seen.
            if (at := lines.edit_time(message)) is not None and at > seen:
                count += await self._submit_all(message, place.ref, submit, known=True)
        for ref in self._gone(before, await self._known(place) if before else (), seen):
            await submit(lines.deleted(ref, place.ref, self._install, self._clock()))
            count += 1
        for message in missed:
            count += await self._submit_all(message, place.ref, submit, known=False)
        return count

    def _gone(self, before: Sequence[Message], known: Sequence[str], seen: Instant) -> Sequence[str]:
        """Known lines that the page would hold if they were still there, the oldest first."""
        there = {message["ts"] for message in before if message.get("subtype") != "tombstone"}
        first = instant_of(before[0]["ts"]) if before else None
        return [
            ref
            for ref in reversed(known)
            if ref not in there and first is not None and (at := instant_of(ref)) is not None and first <= at <= seen
        ]

    async def _submit_all(
        self, message: Message, room: str, submit: Callable[[Command], Awaitable[object]], *, known: bool
    ) -> int:
        if self._install.posted(message) or not lines.in_room(message):
            return 0
        names = await self._directory.names(self._install, *named(message))
        now, at = self._clock(), lines.edit_time(message)
        line = None if known else lines.posted(message, room, self._install, names, now, edited_at=at)
        edit = lines.edited(message, room, self._install, names, now) if at is not None else None
        commands = [command for command in (line, edit) if command is not None]
        for command in commands:
            await submit(command)
        return len(commands)
