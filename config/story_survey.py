"""The survey: taken in one form on Slack and in pages on Discord, left by one and gone on with, open after the end."""

from __future__ import annotations

import asyncio
import random

from adapters.sandbox.hands import Answered, Post
from config.story import STAGE, Player, Story, has
from config.story_answers import writers
from config.story_guests import press, send
from config.story_kinds import PARTS, SURVEY, TALKS, Values, end
from config.story_poll import SEED

CHAT = ("Great 😀", "Good 🙂", "So-so 😐", "Not good 🙁")
BEST, ROOM, SOUND, MISSING, AGAIN, WHOLE = (
    f"{values['Question']}{' (required)' if 'Rule' in values else ''}" for _, values in PARTS
)
TAKERS = {"slack": 8, "discord": 5}

STARS = (2, 3, 4, 4, 5, 5)
"""It was a good evening for most."""


async def taken(story: Story) -> None:
    """Some take it; the last of those on Discord leaves after the first page."""
    dice, some = random.Random(SEED + 9), writers(story, 24, 10)
    takers = [it for name, number in TAKERS.items() for it in [one for one in some if one.platform == name][:number]]
    story.facts["late"] = takers[-1]
    gate = asyncio.Semaphore(4)

    async def one(player: Player, first: Values, second: Values) -> None:
        async with gate:
            await _take(story, player, first, second)

    await asyncio.gather(*(one(it, _first(dice, it), _second(dice)) for it in takers))
    story.tell("people", "both", f"take the survey: {len(takers)}, {takers[-1].name} only its first page")


def _first(dice: random.Random, player: Player) -> Values:
    return {
        BEST: dice.choice(TALKS),
        ROOM: dice.choice(CHAT),
        SOUND: f"{dice.choice(STARS)} of 5 ⭐",
        MISSING: f"A longer break, {player.name} thinks",
        AGAIN: dice.choice(("Yes", "Yes", "Yes", "No")),
    }


def _second(dice: random.Random) -> Values:
    return {WHOLE: f"{dice.choice(STARS)} of 5 ⭐"}


async def _take(story: Story, player: Player, first: Values, second: Values) -> None:
    opened = await _begin(story, player, "Start survey")
    if player.platform == "slack":
        done = await send(story, player, opened, {**first, **second}, STAGE, 3.0)
        assert done.ok, (player.name, done)
        return
    await story.fill(player, opened, dict(first), STAGE)
    if player is not story.facts["late"]:
        await _goes_on(story, player, await story.press(player, "Continue", STAGE), second)


async def _goes_on(story: Story, player: Player, opened: Answered, values: Values) -> None:
    await story.fill_for(player, opened, dict(values), "Thank you.", STAGE)


async def _begin(story: Story, player: Player, label: str) -> Answered:
    """The card's button brings the invitation, and its button the form."""
    card = story.facts["cards"][SURVEY, player.platform]
    answer = await press(story, player, STAGE, card, "Take survey")
    invited = next((it for it in answer.private if has(it, label)), None)
    if invited is None:
        invited = await story.see(player, lambda post: post.private and has(post, label))
    return await press(story, player, STAGE, invited.id, label)


async def after_the_end(story: Story) -> None:
    """The session is over, the survey is not: what was begun is gone on with where it was left."""
    late = story.facts["late"]
    await _goes_on(story, late, await _begin(story, late, "Continue survey"), _second(random.Random(SEED + 10)))
    story.claims.check(f"{late.name} goes on with the survey after the session's end, where it was left", True)
    number = sum(TAKERS.values())
    for player in story.one_each():
        await story.see(player, lambda post: _counts(story, player.platform, post, number))  # noqa: B023
        story.claims.check(f"the survey's card in {player.platform} tells that {number} have answered", True)
    await end(story, SURVEY)


def _counts(story: Story, platform: str, post: Post, number: int) -> bool:
    return bool(post.id == story.facts["cards"][SURVEY, platform] and f"{number} have answered" in post.text)
