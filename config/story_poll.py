"""Two polls with everybody voting at once: one choice, results live; several answers, anonymous, results at the end."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial

from adapters.sandbox.hands import Answered, Post
from config.story import CHANNEL, QUEUE, STAGE, Player, Story, has
from core.app.handle.shared_fields import SECRET

FIRST, SECOND = "Which topic first?", "What do you take home tonight?"
OPTIONS = {
    FIRST: ("Async in anger", "Typing at scale", "Packaging, again"),
    SECOND: ("One mug", "A tote bag", "The T-shirt", "A new idea"),
}
SEED = 20
TRIES = 20
"""So often does somebody press again whose press was not answered."""


async def publish(story: Story, question: str) -> None:
    first, second = story.one_each(manages=True)
    host = first if question == FIRST else second
    form = await story.command(host, f"/mod poll {question}")
    values: dict[str, str | Sequence[str]] = {"Options, one a line": "\n".join(OPTIONS[question])}
    if question == SECOND:
        values |= {
            "Answers": ["Allow more than one answer", SECRET.label],
            "Results": "Share when it ends",
        }
    await story.fill_for(host, form, values, "Saved as a draft.", CHANNEL)
    if question == FIRST:
        await story.press_for(host, "Publish now", "Published.", CHANNEL)
    else:
        card = await story.see(host, lambda post: post.private and has(post, "More"), CHANNEL)
        await story.act(host, "choose", CHANNEL, card.id, "More", ["Publish and notify people"])
        await story.see(host, lambda post: post.private and "Published." in post.text, CHANNEL)
    how = (
        "one choice, results live" if question == FIRST else "several answers, anonymous, results at the end, notified"
    )
    story.tell(host.name, host.platform, f"publishes the poll “{question}” ({how})")
    for player in story.one_each():
        label = "Vote A" if question == FIRST else "Choose one or more"
        card = await story.see(player, partial(_asks, label))
        story.facts.setdefault("cards", {})[question, player.platform] = card.id
    if question == SECOND:
        (told,) = [it for it in await story.stage.ask("discord", "requests") if _mentions(it)]
        roles = told["arguments"]["body"]["allowed_mentions"]["roles"]
        claim = "one message mentions the one role of those who want to be notified, and nobody else"
        story.claims.check(claim, len(roles) == 1, told)


def _asks(label: str, post: Post) -> bool:
    return has(post, label) and not post.private


def _mentions(request: dict[str, object]) -> bool:
    arguments = request["arguments"]
    body = arguments.get("body") if isinstance(arguments, dict) else None
    allowed = body.get("allowed_mentions") if isinstance(body, dict) else None
    return bool(allowed) and allowed != {"parse": []}


def voters(story: Story) -> list[Player]:
    """All who are inside but for who is blocked and the second accounts, which vote apart."""
    cast = [it for it in story.players if it.name != BLOCKED and story.script.human(it.name) == it.name]
    return [*cast, *story.inside]


BLOCKED = "Gus"


def start_voting(story: Story, question: str, dice: random.Random) -> list[asyncio.Task[object]]:
    """Everybody at once; who reads no answer presses again."""
    few = 1 if question == FIRST else 3
    letters = "ABCD"[: len(OPTIONS[question])]
    found: list[asyncio.Task[object]] = []
    for player in voters(story):
        chosen = tuple(sorted(dice.sample(letters, dice.randint(1, few))))
        found.append(asyncio.create_task(vote(story, player, question, chosen)))
    return found


async def everybody_votes(story: Story, question: str, seed: int = SEED) -> None:
    """And then those with two accounts with the other one too: the later vote of one person counts."""
    began = time.monotonic()
    tasks = start_voting(story, question, random.Random(seed))
    await asyncio.gather(*tasks)
    taken = time.monotonic() - began
    rate = len(tasks) / taken
    story.facts.setdefault("votes_a_second", {})[question] = round(rate, 1)
    story.tell("people", "both", f"vote on “{question}”: {len(tasks)} in {taken:.1f} s, {rate:.0f} a second")
    dice = random.Random(seed + 1)
    for _, there in story.script.same:
        await vote(story, story.named(there), question, (dice.choice("ABC"),))
    for player in story.one_each():
        chosen = "; ".join(f"{letter}, " for letter in story.wanted[question][player.name][:1])
        await story.see(player, lambda post, chosen=chosen: post.private and f"Your vote: {chosen}" in post.text)  # type: ignore[misc]
        story.claims.check(f"{player.name} reads their own vote on “{question}”, privately", True)


async def vote(story: Story, player: Player, question: str, chosen: tuple[str, ...]) -> None:
    card = story.facts["cards"][question, player.platform]
    for _ in range(TRIES):
        if (await _press(story, player, question, card, chosen)).ok:
            story.wanted.setdefault(question, {})[story.script.human(player.name)] = chosen
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{player.name} presses {TRIES} times and reads no answer")


async def _press(story: Story, player: Player, question: str, card: str, chosen: tuple[str, ...]) -> Answered:
    if question == FIRST:
        return await story.act(player, "press", STAGE, card, f"Vote {chosen[0]}")
    picks = [f"{letter}  {OPTIONS[question]['ABCD'.index(letter)]}" for letter in chosen]
    return await story.act(player, "choose", STAGE, card, "Choose one or more", picks)


def tally(story: Story, question: str) -> Counter[str]:
    return Counter(letter for letters in story.wanted[question].values() for letter in letters)


async def live_result(story: Story) -> None:
    """The open card of the first poll shows the count of the votes; that of the second shows none."""
    for player in story.one_each():
        where = player.platform
        card = await story.see(player, lambda post: has(post, "Vote A") and shows(story, post, FIRST))
        story.claims.check(f"the live result in {where} is the count of the votes", True)
        story.tell("bot", where, next(line for line in card.text.splitlines() if "votes" in line))


async def hidden_result(story: Story) -> None:
    for player in story.one_each():
        card = await story.see(player, lambda post: has(post, "Choose one or more"))
        hidden = "%" not in card.text and "Results when it ends" in card.text
        story.claims.check(f"while it is open, the second poll shows no result in {player.platform}", hidden, card.text)


async def end_polls(story: Story) -> None:
    host = story.one_each(manages=True)[0]
    for question in (FIRST, SECOND):
        twin = await story.see(host, partial(_ends, question), QUEUE)
        story.claims.check(f"the desk counts the answers to “{question}”", "answered" in twin.text, twin.text)
        await story.act(host, "press", QUEUE, twin.id, "End")
        await story.press_for(host, "End poll", "Ended.", QUEUE)
        story.tell(host.name, host.platform, f"ends “{question}”, asked once more before")
        for player in story.one_each():
            await _final_card(story, player, question)


def _ends(question: str, post: Post) -> bool:
    """Its twin at the desk."""
    return not post.private and has(post, "End") and question in post.text


async def _final_card(story: Story, player: Player, question: str) -> None:
    where = player.platform
    card = await story.see(player, lambda post: "ended" in post.text and question in post.text and not post.private)
    right = shows(story, card, question) and "most votes" in card.text
    story.claims.check(f"the final card of “{question}” in {where} shows the final tally", right, card.text)
    story.claims.check(f"the final card of “{question}” in {where} has no buttons", not card.controls, card.controls)
    story.facts.setdefault("final", {})[question] = card.text.splitlines()
    story.tell("bot", where, card.text.splitlines()[1])


def shows(story: Story, post: Post, question: str) -> bool:
    """Whether the card shows the counts of all options, wherever each stands."""
    lines, counts = post.text.splitlines(), tally(story, question)
    for letter in "ABCD"[: len(OPTIONS[question])]:
        start = next((i for i, line in enumerate(lines) if re.match(rf"\**{letter}\** ", line)), None)
        if start is None or not re.search(rf"· {counts[letter]}(?!\d)", " ".join(lines[start : start + 2])):
            return False
    return True
