"""Hands in the process of the servers: the same verbs without a request for each, and waiting that is woken.

A story looks hundreds of times, and its looks over HTTP cost it more than the bot did; that they go over HTTP too is
held by the tests of the stand-in servers, and by every story whose bot is a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
import orjson

from adapters.sandbox import discord, slack
from adapters.sandbox.discord.hands import DiscordHands
from adapters.sandbox.hands import Post
from adapters.sandbox.slack.control import find_person
from adapters.sandbox.slack.hands import SlackHands
from adapters.sandbox.slack.persons import VERBS

WITHIN = 20.0
"""Seconds in which what shall be seen must be there, on a loaded machine too."""
RELOOK = 0.1
"""Seconds after which it is looked again, told or not: not every change is told of (somebody let into a room)."""
BREATH = 0.004
"""Seconds after a change before it is looked: changes come in bunches."""
READS = frozenset({"look", "rooms", "pins", "topic"})


async def _as_by_wire() -> None:
    """About the time that a request takes: the bot goes on meanwhile, as it would."""
    await asyncio.sleep(0.001)


def _plain(body: Any) -> Any:
    """As it would have come over the wire: nothing of the world itself is handed out."""
    return orjson.loads(orjson.dumps(body))


class SlackInside(SlackHands):
    """A person of a stand-in Slack that runs in this process."""

    def __init__(self, running: slack.Running, user: str, *, session: aiohttp.ClientSession) -> None:
        super().__init__(running.base_url, user, session=session)
        self._world = running.world

    async def _do(self, verb: str, **body: Any) -> dict[str, Any]:
        space, user = find_person(self._world, self.user)
        if user.deleted:
            raise LookupError(f"{user.name} has no account any more")
        await _as_by_wire()
        found: dict[str, Any] = _plain(await VERBS[verb](space, user, _plain(body)))
        return found

    async def changed(self) -> None:
        """Come back when something may look different."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RELOOK):
                await self._world.change()
        await asyncio.sleep(BREATH)

    async def settle(
        self, channel: str, predicate: Callable[[Sequence[Post]], object], within: float = WITHIN
    ) -> Sequence[Post]:
        return await _settled(self, channel, predicate, within)


class DiscordInside(DiscordHands):
    """A person of a stand-in Discord that runs in this process."""

    def __init__(self, running: discord.Running, user: str, *, session: aiohttp.ClientSession) -> None:
        super().__init__(running.url, user, session=session)
        self._control = running.server.control

    async def _send(self, verb: str, **body: Any) -> Any:
        await _as_by_wire()
        try:
            return _plain(await self._control.act(verb, _plain({"user": self.user, **body})))
        except FileNotFoundError as told:
            raise LookupError(str(told)) from told
        except TypeError as told:
            raise ValueError(str(told)) from told
        finally:
            if verb not in READS:
                self._control.serial.bump()

    async def changed(self) -> None:
        """Come back when something may look different."""
        await self._control.serial.after(self._control.serial.number, RELOOK)
        await asyncio.sleep(BREATH)

    async def settle(
        self, channel: str, predicate: Callable[[Sequence[Post]], Any], within: float = WITHIN
    ) -> Sequence[Post]:
        return await _settled(self, channel, predicate, within)


async def _settled(
    hands: SlackInside | DiscordInside, channel: str, predicate: Callable[[Sequence[Post]], Any], within: float
) -> Sequence[Post]:
    """Look after every change until the predicate holds; an AssertionError tells what was seen last."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while True:
        posts = await hands.look(channel)
        if predicate(posts):
            return posts
        if loop.time() > end:
            seen = "\n".join(f"- {it.author}: {it.text!r} {[one.label for one in it.controls]}" for it in posts)
            raise AssertionError(f"after {within} s {hands.user} sees in {channel}:\n{seen or '(nothing)'}")
        await hands.changed()
