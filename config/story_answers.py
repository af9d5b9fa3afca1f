"""Everybody answers at once, one of each kind: with changes of mind, double presses and forms."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Iterable, Sequence
from functools import partial

from adapters.sandbox.hands import Post
from config.story import QUEUE, STAGE, Player, Story, has
from config.story_guests import TRIES, press, send, tap
from config.story_kinds import ANSWERS, CLOUD, QUESTION, QUIZ, RATING, RIGHT, VOTE, ended
from config.story_poll import SEED, voters

STEPS = ("1 poor", "2", "3", "4", "5 great")
FIVE = ("Clap", "Heart", "Think", "Wow", "Smile")
WRITERS = 10
"""So many write at once: a form takes a while to fill."""
SPOKEN = ("async", "types", "community", "packages", "speed", "colour", "mugs", "joy", "trains")
TOPICS = ("Testing", "Packaging", "The standard library", "Teaching", "Old code", "Small computers", "Plain text")
JOINING = ("Leo", "Hana", "Sam", "Tess")
"""They want to be on the leaderboard, and know the answer."""
WAITS = re.compile(r"((?:" + "|".join(TOPICS) + r"), if [\w.]+ may choose)\W*(\d+) · waits for approval")
BURST = re.compile(r"\d+ \w+.* in 30 s")


async def _all(some: Iterable[Awaitable[object]], most: int = 1_000) -> int:
    gate = asyncio.Semaphore(most)

    async def one(it: Awaitable[object]) -> None:
        async with gate:
            await it

    return len(await asyncio.gather(*(one(it) for it in some)))


# -- pressed --------------------------------------------------------------------------------------------------------


async def pressed(story: Story, player: Player, about: str, label: str) -> None:
    """Again where the platform shows no answer."""
    for _ in range(TRIES):
        if (await story.act(player, "press", STAGE, story.facts["cards"][about, player.platform], label)).ok:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{player.name} presses {TRIES} times and reads no answer")


async def _picks(story: Story, player: Player, about: str, labels: Sequence[str], dice: random.Random) -> None:
    """Most press once, some change their minds, some press twice at once."""
    chosen, how = dice.choice(labels), dice.random()
    if how < 0.2:
        await pressed(story, player, about, dice.choice(labels))
    await asyncio.gather(*(pressed(story, player, about, chosen) for _ in range(2 if how > 0.9 else 1)))


async def rating(story: Story) -> None:
    dice, some = random.Random(SEED + 3), voters(story)
    began = time.monotonic()
    number = await _all(_picks(story, it, RATING, STEPS, dice) for it in some)
    _rate(story, RATING, number, began)
    for player in story.one_each():
        card = await _card(story, player, RATING)
        hidden = "Results when it ends" in card.text and "%" not in card.text and " ratings" not in card.text
        story.claims.check(f"while it is open, the rating shows no result in {player.platform}", hidden, card.text)


async def rate(story: Story, player: Player, dice: random.Random) -> None:
    await pressed(story, player, RATING, dice.choice(STEPS))


async def vote(story: Story) -> None:
    """Each distinct tap turns it: who taps twice is out again."""
    dice, some = random.Random(SEED + 4), voters(story)
    began = time.monotonic()
    number = await _all(_taps(story, it, dice.choice((1, 1, 1, 1, 2, 2, 3)), dice.random() < 0.3) for it in some)
    _rate(story, VOTE, number, began)


async def _taps(story: Story, player: Player, number: int, at_once: bool) -> None:
    card = story.facts["cards"][VOTE, player.platform]
    if at_once:
        await asyncio.gather(*(tap(story, player, card, "Count me in") for _ in range(number)))
        return
    for _ in range(number):
        await tap(story, player, card, "Count me in")


async def quiz(story: Story) -> None:
    """Within its half minute; nothing says what is right before it has closed by itself."""
    dice, joining = random.Random(SEED + 5), [story.named(it) for it in JOINING]
    began = time.monotonic()
    labels = [f"Answer {letter}" for letter in "ABC"[: len(ANSWERS)]]
    number = await _all(_picks(story, it, QUIZ, labels, dice) for it in voters(story) if it not in joining)
    for player in joining:
        await pressed(story, player, QUIZ, f"Answer {RIGHT}")
        await story.command(player, "/stage leaderboard", STAGE)
        await story.press_for(player, "Join leaderboard", "You are on it.", STAGE)
    _rate(story, QUIZ, number, began)
    for player in story.one_each():
        card = await _card(story, player, QUIZ)
        told = "ended" in card.text or "correct" not in card.text
        story.claims.check(f"while it is open, the quiz tells no right answer in {player.platform}", told, card.text)
    story.tell("people", "both", f"join the leaderboard: {', '.join(JOINING)}")


async def quiz_closes(story: Story) -> None:
    """By itself; then everybody sees what is right, and who leads among those who joined."""
    await ended(story, QUIZ)
    for player in story.one_each():
        card = await story.see(player, lambda post: QUIZ in post.text and "Leaderboard:" in post.text)
        line = next(it for it in card.text.splitlines() if "correct ✓" in it)
        story.claims.check(f"the closed quiz says in {player.platform} what is right", ANSWERS[1] in card.text, line)
        named = [it for it in JOINING if story.named(it).part.shown.split()[0] in card.text]
        story.claims.check(f"the leaderboard in {player.platform} names those who joined it, and nobody else",
                           len(named) == len(JOINING) and "Guest" not in card.text, card.text)  # fmt: skip
        story.facts["told"][QUIZ][player.platform] = card


async def _card(story: Story, player: Player, about: str, *words: str) -> Post:
    ident = story.facts["cards"][about, player.platform]
    return await story.see(player, lambda post: post.id == ident and all(it in post.text for it in words))


def _rate(story: Story, about: str, number: int, began: float) -> None:
    taken = time.monotonic() - began
    story.facts.setdefault("votes_a_second", {})[about] = round(number / taken, 1)
    story.tell("people", "both", f"answer “{about}”: {number} in {taken:.1f} s")


# -- reactions ------------------------------------------------------------------------------------------------------


async def reactions(story: Story) -> None:
    """The five buttons of the stage bar, each pressed at most once by a person."""
    dice = random.Random(SEED + 6)
    some = dice.sample(voters(story), 60)
    number = await _all(_reacts(story, it, dice.sample(FIVE, dice.choice((1, 1, 2)))) for it in some)
    story.tell("people", "both", f"press the five reactions: {number} people")


async def _reacts(story: Story, player: Player, words: Sequence[str]) -> None:
    for word in words:
        await tap(story, player, "", word)


async def burst_seen(story: Story) -> None:
    """One line in every stage, the same everywhere."""
    lines = []
    for player in story.one_each():
        post = await story.see(player, lambda it: it.bot and not it.private and bool(BURST.search(it.text)))
        found = BURST.search(post.text)
        assert found is not None
        lines.append(found[0])
    story.claims.check(
        "many reactions at once are told by the same line on both platforms", len(set(lines)) == 1, lines
    )
    story.tell("bot", "both", f"tells: {lines[0]}")


# -- written --------------------------------------------------------------------------------------------------------


def writers(story: Story, number: int, guests: int) -> list[Player]:
    """Attendees of the cast, but for those who are looked over the shoulder, and guests."""
    seen = {it.name for it in story.one_each()}
    cast = [it for it in voters(story) if it.part.role == "attendee" and it.name not in seen]
    own = [it for it in cast if it not in story.inside]
    return [*random.Random(SEED).sample(own, number), *story.inside[:guests]]


async def _writes(story: Story, player: Player, about: str, label: str, values: Sequence[dict[str, str]]) -> None:
    card = story.facts["cards"][about, player.platform]
    for one in values:
        opened = await press(story, player, STAGE, card, label)
        done = await send(story, player, opened, one, STAGE, 3.0)
        assert done.ok, (player.name, done)


async def cloud(story: Story) -> None:
    dice = random.Random(SEED + 7)

    def words() -> dict[str, str]:
        some = [dice.choice((it, it, it.title(), it.upper())) for it in dice.sample(SPOKEN, dice.randint(1, 3))]
        return {"One to three words": dice.choice((" ", ", ")).join(some)}

    some = writers(story, 24, 24)
    number = await _all(
        (_writes(story, it, CLOUD, "Add words", [words() for _ in range(dice.choice((1, 1, 1, 1, 2)))]) for it in some),
        WRITERS,
    )
    story.tell("people", "both", f"put words into the cloud: {number} people, some of them twice")


async def question(story: Story) -> None:
    some = writers(story, 14, 10)
    dice = random.Random(SEED + 8)

    def answer(player: Player) -> dict[str, str]:
        return {"Your answer": f"{dice.choice(TOPICS)}, if {player.name} may choose"}

    number = await _all(
        (_writes(story, it, QUESTION, "Answer", [answer(it) for _ in range(dice.choice((1, 1, 1, 2)))]) for it in some),
        WRITERS,
    )
    story.tell("people", "both", f"answer the open question in their own words: {number} people")


async def approve(story: Story) -> None:
    """Three answers are approved and one is declined: the others wait, and are read by moderators only."""
    host = story.one_each(manages=True)[0]
    twin = await story.see(
        host, lambda post: not post.private and QUESTION in post.text and has(post, "Answers"), QUEUE
    )
    await story.act(host, "press", QUEUE, twin.id, "Answers")
    told: list[str] = []
    for does in ("Approve", "Approve", "Approve", "Decline"):
        page = await story.see(host, lambda post: post.private and bool(WAITS.search(post.text)), QUEUE)
        words, number = next((found[1], found[2]) for found in WAITS.finditer(page.text) if found[1] not in told)
        await story.act(host, "press", QUEUE, page.id, f"{does} {number}")
        await story.see(host, partial(_decided, words, f"{does.lower()}d"), QUEUE)
        told.append(words)
    story.facts["approved"], story.facts["declined"] = told[:3], told[3:]
    story.tell(host.name, host.platform, f"approves “{'”, “'.join(told[:3])}”, and declines “{told[3]}”")


def _decided(words: str, state: str, post: Post) -> bool:
    return post.private and bool(re.search(rf"{re.escape(words)}\W*\d+ · {state}", post.text))


async def approved(story: Story) -> None:
    yes, no = story.facts["approved"], story.facts["declined"]
    for player in story.one_each():
        card = await _card(story, player, QUESTION, *yes)
        story.claims.check(f"approved answers stand in {player.platform}, and no other ones",
                           card.text.count("may choose") == len(yes) and not any(it in card.text for it in no),
                           card.text)  # fmt: skip


async def pictured(story: Story) -> None:
    """The cloud as a picture, with words for who does not see it."""
    for player in story.one_each():
        card = await story.see(player, lambda post: bool(post.images) and CLOUD in post.text)
        drawn = await player.hands.image(card.images[0])
        story.claims.check(f"the word cloud's picture stands in {player.platform} and is told in words",
                           len(drawn) > 1_000 and "is the largest" in card.images[0].alt, card.images)  # fmt: skip
