"""A whole session as people live it: two moderators and six attendees on two platforms, by visible words only.

Here are the people with their eyes and hands; what happens is told in the chapters.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.hands import Answered, Post
from core.domain.words import clean

CHANNEL = "general"
"""Where everybody is from the start."""
DOOR, STAGE, QUEUE, BACKCHANNEL = (f"keynote-the-road-ahead-{it}" for it in ("door", "stage", "queue", "backchannel"))
BOT = "@bot"
"""A person's direct messages with the bot."""
SETTLED = 20.0
"""Seconds in which everything must have arrived; the platforms' own rates need some of them."""
LOOK = 0.05
"""Seconds between two looks."""


@dataclass
class Player:
    """Somebody with the app open."""

    name: str
    platform: str
    hands: Any
    manages: bool = False


@dataclass
class Claims:
    """What the demo claims, each checked."""

    held: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def check(self, claim: str, holds: bool, seen: object = "") -> None:
        (self.held if holds else self.failed).append(claim if holds else f"{claim} (seen: {seen})")


@dataclass
class Story:
    """The session; ``tell`` is told what people do and see, for the transcript."""

    players: Sequence[Player]
    tell: Callable[[str, str, str], None]
    claims: Claims = field(default_factory=Claims)
    lines: list[tuple[str, str]] = field(default_factory=list)
    """(platform, text) as they were written."""
    wanted: dict[str, str] = field(default_factory=dict)
    """Person → the letter they chose last."""

    def named(self, name: str) -> Player:
        return next(it for it in self.players if it.name == name)

    def one_each(self, *, manages: bool = False) -> list[Player]:
        """One of each platform, Slack first."""
        return [
            next(it for it in self.players if it.platform == platform and it.manages is manages)
            for platform in ("slack", "discord")
        ]

    # -- looking ----------------------------------------------------------------------------------------------------

    async def see(self, player: Player, test: Callable[[Post], bool], room: str = STAGE) -> Post:
        """The newest post that passes, once there is one. Raises AssertionError with what was there instead."""
        await self.find(player, room)
        posts: Sequence[Post] = await player.hands.settle(
            room, lambda all_of_it: any(map(test, all_of_it)), within=SETTLED
        )
        return [post for post in posts if test(post)][-1]

    async def read(self, player: Player, words: str, room: str = STAGE) -> Post:
        return await self.see(player, lambda post: words in post.text, room)

    async def rooms(self, player: Player) -> set[str]:
        """The channels in this person's list."""
        return {room.name for room in await player.hands.channels() if not room.archived}

    async def find(self, player: Player, room: str) -> None:
        """Wait until the room is in this person's list."""
        if not room.startswith("@"):
            await self.until(f"{player.name} finds #{room}", lambda: self._lists(player, room))

    async def _lists(self, player: Player, room: str) -> bool:
        return room in await self.rooms(player)

    async def until(self, claim: str, holds: Callable[[], Any]) -> None:
        """Wait for it. Raises AssertionError."""
        deadline = asyncio.get_running_loop().time() + SETTLED
        while not await holds():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"not so within {SETTLED} s: {claim}")
            await asyncio.sleep(LOOK)

    # -- acting -----------------------------------------------------------------------------------------------------

    async def press(self, player: Player, label: str, room: str = STAGE, *, shared: bool = False) -> Answered:
        """Press the newest button with these words: of a card for all, or of one's own."""
        card = await self.see(player, lambda post: has(post, label) and post.private is not shared, room)
        answer: Answered = await player.hands.press(room, card.id, label)
        self.claims.check(f"“{label}” is answered in time", answer.ok, answer)
        return answer

    async def press_for(self, player: Player, label: str, words: str, room: str = STAGE, **how: bool) -> Post:
        """Press, and read the private answer that has these words."""
        await self.press(player, label, room, **how)
        return await self.see(player, lambda post: post.private and words in post.text, room)

    async def fill(self, player: Player, opened: Answered, values: dict[str, str | Sequence[str]]) -> Answered:
        """Fill the form that an act opened, and send it."""
        if opened.sheet is None and player.platform == "slack":
            await self.until(f"a form opens for {player.name}", player.hands.sheet)
        done: Answered = await player.hands.fill(values)
        self.claims.check(f"{player.name}'s form is taken", done.ok, done)
        return done


def has(post: Post, label: str) -> bool:
    return any(control.label == label for control in post.controls)


def shown_by_bot(posts: Sequence[Post], wanted: Sequence[str]) -> list[str]:
    """Those of the lines that the bot shows, in the order they stand in; a post may hold several."""
    found: list[str] = []
    for post in posts:
        if post.bot and not post.private:
            shown = clean(post.text)  # without the sign that nobody sees behind an @
            places = [(shown.find(text), text) for text in wanted for _ in range(shown.count(text))]
            found += [text for _, text in sorted(places)]
    return found
