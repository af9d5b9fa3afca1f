"""A whole session as people live it, on two platforms at once and by visible words only.

Here are the people with their eyes and hands; what happens is told in the chapters (``story_*.py``).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.hands import Answered, Post
from config.demo_script import Part, Script
from config.stage_set import StageSet

CHANNEL = "general"
"""Where everybody is from the start."""
DOOR, STAGE, QUEUE, BACKCHANNEL = (f"keynote-the-road-ahead-{it}" for it in ("door", "stage", "queue", "backchannel"))
BOT = "@bot"
"""A person's direct messages with the bot."""
SETTLED = 60.0
"""Seconds in which everything must have arrived: the platforms' own rates need some of them, a busy machine more."""
LOOK = 0.1
"""Seconds between two looks."""


@dataclass
class Player:
    """Somebody with the app open."""

    part: Part
    hands: Any

    @property
    def name(self) -> str:
        return self.part.name

    @property
    def platform(self) -> str:
        return self.part.platform

    @property
    def manages(self) -> bool:
        return self.part.role == "moderator"


@dataclass
class Claims:
    """What the demo claims, each checked."""

    held: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def check(self, claim: str, holds: bool, seen: object = "") -> None:
        (self.held if holds else self.failed).append(claim if holds else f"{claim} (seen: {str(seen)[:600]})")


@dataclass
class Line:
    """What somebody wrote in the stage: where it stands and how it reads on the other platform."""

    who: Player
    id: str
    text: str
    reads: str
    label: str = ""
    to: str = ""
    among: bool = False
    """What it answers stood among other lines, in one post."""
    gone: bool = False
    """Deleted, by whomever."""
    liked: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Act:
    """A press, a pick, a command or a form, and whether the platform showed an answer."""

    who: str
    what: str
    began: float
    ended: float
    ok: bool
    milliseconds: float


@dataclass
class Story:
    """The session; ``tell`` is told what people do and see, for the transcript."""

    script: Script
    stage: StageSet
    players: Sequence[Player]
    tell: Callable[[str, str, str], None]
    claims: Claims = field(default_factory=Claims)
    guests: Sequence[Player] = ()
    """Who joins and answers, and writes nothing."""
    inside: list[Player] = field(default_factory=list)
    """Those of the guests who have been let in."""
    eyes: dict[str, Any] = field(default_factory=dict)
    """Platform → what everybody there sees in the stage."""
    lines: list[Line] = field(default_factory=list)
    unshared: list[str] = field(default_factory=list)
    """What broke a rule of the chat."""
    own: dict[str, list[str]] = field(default_factory=dict)
    """Person → such lines of theirs, which only they can delete on Slack."""
    behind: list[str] = field(default_factory=list)
    """What was said in the backchannel."""
    wanted: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """Poll → person → the letters they chose last."""
    acts: list[Act] = field(default_factory=list)
    down: list[tuple[float, float]] = field(default_factory=list)
    """When the bot was dead, by the clock of ``time.monotonic``."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Figures that only the chapters know."""

    @property
    def accounts(self) -> dict[str, Player]:
        """Everybody by the name of their account."""
        return {it.name.lower(): it for it in (*self.players, *self.guests)}

    def named(self, name: str) -> Player:
        return next(it for it in self.players if it.name == name)

    def one_each(self, *, manages: bool = False) -> list[Player]:
        """One of each platform, Slack first."""
        return [
            next(it for it in self.players if it.platform == platform and it.manages is manages and not _speaks(it))
            for platform in ("slack", "discord")
        ]

    def on(self, platform: str) -> list[Player]:
        return [it for it in self.players if it.platform == platform]

    # -- looking ----------------------------------------------------------------------------------------------------

    async def see(self, player: Player, test: Callable[[Post], bool], room: str = STAGE) -> Post:
        """The newest post that passes, once there is one. Raises AssertionError with what was there instead."""
        await self.find(player, room)
        seen: list[Post] = []

        async def there() -> bool:
            seen[:] = [post for post in await player.hands.look(room) if test(post)]
            return bool(seen)

        await self.until(f"{player.name} sees it in #{room}", there, lambda: self._last(player, room))
        return seen[-1]

    async def _last(self, player: Player, room: str) -> str:
        posts = list(await player.hands.look(room))[-6:]
        return " | ".join(f"{it.author}: {it.text[:100]!r} {[one.label for one in it.controls]}" for it in posts)

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

    async def until(self, claim: str, holds: Callable[[], Any], instead: Callable[[], Any] | None = None) -> None:
        """Wait for it. Raises AssertionError, with what is there instead."""
        deadline = asyncio.get_running_loop().time() + SETTLED
        while not await holds():
            if asyncio.get_running_loop().time() > deadline:
                there = f"; there is: {await instead()}" if instead else ""
                raise AssertionError(f"not so within {SETTLED:.0f} s: {claim}{there}")
            await asyncio.sleep(LOOK)

    # -- acting -----------------------------------------------------------------------------------------------------

    async def act(self, player: Player, verb: str, *arguments: Any, **more: Any) -> Answered:
        """Press, choose, command, shortcut, fill: whatever waits for an answer."""
        began = time.monotonic()
        answer: Answered = await getattr(player.hands, verb)(*arguments, **more)
        what = f"{verb} {arguments[-1] if verb in ('press', 'command', 'shortcut') else arguments}"
        self.acts.append(Act(player.name, what, began, time.monotonic(), answer.ok, answer.milliseconds))
        return answer

    async def press(self, player: Player, label: str, room: str = STAGE, *, shared: bool = False) -> Answered:
        """Press the newest button with these words: of a card for all, or of one's own."""
        card = await self.see(player, lambda post: has(post, label) and post.private is not shared, room)
        return await self.act(player, "press", room, card.id, label)

    async def press_for(self, player: Player, label: str, words: str, room: str = STAGE, **how: bool) -> Post:
        """Press, and read the private answer that has these words."""
        await self.press(player, label, room, **how)
        return await self.see(player, lambda post: post.private and words in post.text, room)

    async def command(self, player: Player, line: str, room: str = CHANNEL) -> Answered:
        return await self.act(player, "command", room, line)

    async def fill(
        self, player: Player, opened: Answered, values: dict[str, str | Sequence[str]], room: str = CHANNEL
    ) -> Answered:
        """Fill the form that an act opened, and send it.

        Slack opens about a hundred forms a minute; where many ask at once some get theirs as a message. A form that
        is slow to come stands there empty before.
        """
        form = await self.form(player, opened, room)
        if form is None:
            return await self.act(player, "fill", values)
        self.facts["forms_as_messages"] = self.facts.get("forms_as_messages", 0) + 1
        await player.hands.enter(room, form.id, values)
        return await self.act(player, "press", room, form.id, form.controls[-1].label)

    async def form(self, player: Player, opened: Answered, room: str) -> Post | None:
        """Wait until there is one; returns the message where it came as one."""
        message: list[Post] = []

        async def open_() -> bool:
            if (sheet := await player.hands.sheet()) is None:
                message[:] = [it for it in await player.hands.look(room) if it.private and is_form(it)]
            return bool(message) or bool(sheet is not None and sheet.entries)

        if (opened.sheet is None or not opened.sheet.entries) and player.platform == "slack":
            await self.until(f"a form opens for {player.name}", open_, lambda: self._last(player, room))
        return message[-1] if message else None

    async def fill_for(
        self, player: Player, opened: Answered, values: dict[str, str | Sequence[str]], words: str, room: str = STAGE
    ) -> str:
        """Fill it, and read these words: in the form's last page, beside the act or in the room."""
        done = await self.fill(player, opened, values, room)
        told = " ".join([*(post.text for post in done.private), done.sheet.text if done.sheet else ""])
        if done.sheet is not None:
            await player.hands.close()
        if words not in told:
            told = (await self.see(player, lambda post: post.private and words in post.text, room)).text
        return told


def is_form(post: Post) -> bool:
    """A message with something to fill in and a button below it."""
    kinds = [control.kind for control in post.controls]
    return len(kinds) > 1 and kinds[-1] == "button" and kinds[0] not in ("button", "link")


def _speaks(player: Player) -> bool:
    return player.part.role == "speaker"


def has(post: Post, label: str) -> bool:
    return any(control.label == label for control in post.controls)
