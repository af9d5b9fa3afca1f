"""The silent part of the audience: they join, are let in and answer; they write nothing.

There are too many of them to look around one by one: what stands in the rooms is looked up by one person a platform,
and as many join at once as a crowd does within a few seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.sandbox.hands import Answered, Post
from config.demo_script import Part, Platform
from config.story import DOOR, STAGE, Player, Story, has, is_form

GUESTS = {"slack": 136, "discord": 24}
"""Discord gives ten people a ten seconds the role that lets them in, Slack lets in a hundred at once."""
AT_ONCE = 24
PATIENCE = 12.0
"""Seconds that somebody looks for a form or an answer before looking elsewhere."""
FRESH = 0.15
"""Seconds for which what was seen is taken for what stands there."""
TRIES = 20
"""So often does somebody look again whose button has other words by now."""


def parts(taken: int = 0) -> Iterator[Part]:
    """Their accounts, none of them in the cast."""
    for platform, number in GUESTS.items():
        for _ in range(number):
            taken += 1
            where: Platform = "slack" if platform == "slack" else "discord"
            yield Part(f"guest{taken:03}", where, "attendee", f"Guest {taken:03}")


# -- joining --------------------------------------------------------------------------------------------------------


async def join(story: Story, platform: str) -> None:
    """So many at once; each is inside when the stage is in their list."""
    observer = next(it for it in story.one_each() if it.platform == platform)
    door = await story.see(observer, lambda post: has(post, "Join session") and not post.private, DOOR)
    some = [it for it in story.guests if it.platform == platform]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(player: Player) -> None:
        async with gate:
            await _join(story, player, door.id)

    await asyncio.gather(*(one(it) for it in some))
    story.tell("people", platform, f"join: {len(some)} silent guests, each after a form")
    for player in some:
        await story.find(player, STAGE)
        story.inside.append(player)
    story.claims.check(f"all {len(some)} guests are let in {platform}", True)
    story.tell("bot", platform, f"has let in {len(some)} guests")


async def _join(story: Story, player: Player, door: str) -> None:
    opened = await press(story, player, DOOR, door, "Join session")
    values: dict[str, str | Sequence[str]] = {"Name to show": player.part.shown}
    if opened.sheet is not None and any(entry.label == "Your agreement" for entry in opened.sheet.entries):
        values["Your agreement"] = ["I accept that this is recorded"]
    done = await send(story, player, opened, values, DOOR)
    assert done.ok, (player.name, done)
    if done.sheet is not None:
        await player.hands.close()


# -- acting without looking around ----------------------------------------------------------------------------------


async def press(story: Story, player: Player, room: str, post: str, label: str, seconds: float = PATIENCE) -> Answered:
    """Press, and stay for what comes of it."""
    more = {"wait": seconds} if player.platform == "slack" and seconds else {}
    return await story.act(player, "press", room, post, label, **more)


async def send(
    story: Story,
    player: Player,
    opened: Answered,
    values: Mapping[str, str | Sequence[str]],
    room: str,
    seconds: float = PATIENCE,
) -> Answered:
    """Fill what was opened, a form or a message with the same fields, and stay for the answer."""
    message = next((it for it in opened.private if is_form(it)), None)
    if player.platform == "discord":
        return await story.fill(player, opened, dict(values), room)
    if opened.sheet is not None or message is None:
        ready = opened.sheet is not None and opened.sheet.entries
        message = None if ready else await story.form(player, opened, room)
    if message is None:
        return await story.act(player, "fill", values, wait=seconds)
    story.facts["forms_as_messages"] = story.facts.get("forms_as_messages", 0) + 1
    await player.hands.enter(room, message.id, values)
    return await press(story, player, room, message.id, message.controls[-1].label, seconds)


# -- what stands in the stage ---------------------------------------------------------------------------------------


@dataclass
class Eyes:
    """What everybody on a platform sees in the stage, looked up for all of them at once."""

    story: Story
    player: Player
    at: float = 0.0
    posts: Sequence[Post] = ()
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self) -> Sequence[Post]:
        async with self.lock:
            now = asyncio.get_running_loop().time()
            if now - self.at > FRESH:
                self.posts = [it for it in await self.player.hands.look(STAGE) if not it.private]
                self.at = asyncio.get_running_loop().time()
            return self.posts

    async def button(self, card: str, words: str) -> tuple[str, str]:
        """The card's button that begins with these words, as it reads now; without a card, the newest one."""
        for post in reversed(await self.look()):
            for control in post.controls if card in ("", post.id) else ():
                if control.label.startswith(words):
                    return post.id, control.label
        raise LookupError(f"{self.player.name} sees no button “{words}”")


async def tap(story: Story, player: Player, card: str, words: str) -> bool:
    """Press the button that begins with these words; its number may change between the look and the press."""
    for _ in range(TRIES):
        try:
            post, label = await story.eyes[player.platform].button(card, words)
            return (await story.act(player, "press", STAGE, post, label)).ok
        except LookupError:
            await asyncio.sleep(FRESH)
    raise AssertionError(f"{player.name} does not get to press “{words}”")


# -- those who are let in slowly ------------------------------------------------------------------------------------


async def discord_begins(story: Story) -> None:
    """Nobody waits for them: who is inside when something is asked answers it."""
    story.facts["joining"] = asyncio.create_task(join(story, "discord"))


async def discord_is_in(story: Story) -> None:
    await story.facts.pop("joining")


async def slack(story: Story) -> None:
    await join(story, "slack")
