"""Events of one workspace: lines, likes, lines to the bot, opened App Homes and news of rooms.

Bolt is the way in, with one listener for each kind of payload and a table of our own behind it: every further
listener would cost each payload about 10 microseconds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from slack_bolt.response import BoltResponse

from adapters.slack import events, lines
from adapters.slack.directory import Directory
from adapters.slack.home import Homes
from adapters.slack.identity import Install
from adapters.slack.reading import named
from adapters.slack.replies import Replies
from adapters.slack.submitting import Submitting, unsaved
from core.app.commands import Command
from core.app.outcome import Outcome
from core.domain.ids import Instant
from core.domain.view import Card

Body = Mapping[str, Any]


def acknowledged() -> BoltResponse:
    return BoltResponse(status=200, body="")


def refused() -> BoltResponse:
    """Slack brings an event again that was not acknowledged, and shows a failure for a press."""
    return BoltResponse(status=500, body="")


class Hearing:
    """What happens in rooms is acknowledged once it is committed, so that Slack brings again what is not."""

    def __init__(
        self,
        install: Install,
        core: Submitting,
        directory: Directory,
        replies: Replies,
        homes: Homes,
        clock: Callable[[], Instant],
        caught_up: Callable[[], Awaitable[bool]],
        heard: Callable[[events.News], None] | None,
    ) -> None:
        self._install, self._core, self._directory, self._replies = install, core, directory, replies
        self._homes, self._clock, self._caught_up, self._heard = homes, clock, caught_up, heard

    async def event(self, body: Body) -> BoltResponse:
        event = body.get("event")
        if not isinstance(event, dict):
            return acknowledged()
        app = body.get("api_app_id")
        if news := events.news(event, self._install):
            if self._heard is not None:
                self._heard(news)
            return await self._kept(events.entered(event, self._install, self._clock()))
        match event.get("type"):
            case "message" if events.in_private(event):
                if events.rewritten(event):
                    return await self._kept(await self.read(event, app))
                return await self.note(event, app)
            case "message":
                return await self._line(event, app)
            case "reaction_added" | "reaction_removed":
                user = event.get("user")
                author = self._core.known(user) if isinstance(user, str) else None
                return await self._kept(events.like(event, self._install, self._clock(), author))
            case "app_home_opened":
                if asked := events.opened_home(event, self._install, self._clock()):
                    self._homes.draw(asked, crowd=True)
        return acknowledged()

    async def read(self, event: Body, app: object) -> Command | None:
        """The command of a message event, names looked up where it mentions anybody.

        Slack's own lines (a crowd of "@mira has joined the channel") name people too, and are nobody's words.
        """
        message = event.get("message") if event.get("subtype") == "message_changed" else event
        people, rooms = frozenset[str](), frozenset[str]()
        if isinstance(message, dict) and message.get("subtype") in lines.WRITTEN:
            people, rooms = named(message)
        names = await self._directory.names(self._install, people, rooms)
        return lines.event_line(event, self._install, names, self._clock(), app)

    async def _line(self, event: Body, app: object) -> BoltResponse:
        command = await self.read(event, app)
        if command is None:
            return acknowledged()
        return await self._kept(command) if await self._caught_up() else refused()

    async def _kept(self, command: Command | None) -> BoltResponse:
        if command is None:
            return acknowledged()
        return acknowledged() if _saved(await self._core.committed(command)) else refused()

    async def note(self, event: Body, app: object = None) -> BoltResponse:
        """A line to the bot: whatever comes of it is said where it was written."""
        names = await self._directory.names(self._install, *named(event))
        asked = events.note(event, self._install, names, self._clock(), app)
        if asked is None:
            return acknowledged()
        outcome = await self._core.committed(await self._core.introduced(asked))
        if not _saved(outcome):
            return refused()
        if outcome is not None and outcome.reply is not None:
            self._replies.later(self._replies.write_back(asked, outcome.reply))
        return acknowledged()

    async def heard(self, event: Body) -> bool:
        """A line to the bot that was read back; False where it could not be saved."""
        return (await self.note(event)).status == HTTPStatus.OK


def _saved(outcome: Outcome | None) -> bool:
    """A refusal is an answer too; only what was not written down shall come again."""
    if outcome is None:
        return False
    return outcome.done or not (isinstance(outcome.reply, Card) and unsaved(outcome.reply))
