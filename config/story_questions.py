"""Questions: asked on both platforms, wanted by two moderators at once, answered, published; one of them late."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence

from adapters.sandbox.hands import Answered, Post
from config.story import BACKCHANNEL, BOT, DOOR, QUEUE, STAGE, Player, Story, has
from config.story_poll import BLOCKED

ASKED: tuple[str, ...] = (
    "Will the recordings be public?",
    "Is there a transcript of the second talk?",
    "Which version of the library was on the slides?",
    "Can I get the slides in a format that my reader speaks?",
    "Who pays for the hosting of all this?",
    "How do I become a speaker next year?",
)
"""Each names its asker too, so that none is written twice."""
PUBLISHED, WANTED, LATE = 0, 1, 5
"""Which of them is published, which one two moderators want at once, and which waits until the session is over."""
ANSWER = "Yes, we will send it round on Friday"
FEED = STAGE.replace("-stage", "-feed")
NUMBER = re.compile(r"(Q\d+) was received")


async def asked(story: Story) -> None:
    """Three of each platform, each in private."""
    people = [it for platform in ("slack", "discord") for it in _askers(story, platform)]
    story.facts["askers"] = people
    story.facts["questions"] = {}
    for player, words in zip(people, ASKED, strict=True):
        text = f"{words} {player.name} asks"
        await story.command(player, f"/stage ask {text}", STAGE)
        told = await story.see(player, lambda post: post.private and bool(NUMBER.search(post.text)), STAGE)
        found = NUMBER.search(told.text)
        story.facts["questions"][text] = (player, found[1] if found else "")
        await _hears(story, player, "received", text)
    story.tell("people", "both", f"ask the moderators: {len(people)} questions, read by nobody else")


def _askers(story: Story, platform: str) -> list[Player]:
    those = [it for it in story.on(platform) if not it.manages and it.part.role == "attendee"]
    busy = {BLOCKED, *(it.name for it in story.one_each())}
    return [it for it in those if it.name not in busy][:3]


def _question(story: Story, index: int) -> tuple[str, Player, str]:
    """(its words, who asked, its number)."""
    text = list(story.facts["questions"])[index]
    player, number = story.facts["questions"][text]
    return text, player, number


async def _hears(story: Story, player: Player, *words: str) -> None:
    """In the conversation: the thread of their own, or the direct messages."""

    async def there() -> bool:
        for room in (*await _threads(story, player), BOT):
            try:
                posts = await player.hands.look(room)
            except LookupError:
                continue
            if any(all(it in " ".join([post.text, *post.quotes]) for it in words) for post in posts):
                return True
        return False

    await story.until(f"{player.name} reads {' and '.join(words)}", there)


async def _threads(story: Story, player: Player) -> list[str]:
    numbers = [number for one, number in story.facts["questions"].values() if one is player]
    return [f"{number} · Keynote: The road ahead" for number in numbers if player.platform == "discord"]


# -- moderators -----------------------------------------------------------------------------------------------------


async def wanted_by_two(story: Story) -> None:
    """Both press Reply in the same instant: one has it, the other reads who, and answers the next one instead."""
    _, asker, number = _question(story, WANTED)
    hosts = story.one_each(manages=True)
    cards = [await story.see(host, _card(number), QUEUE) for host in hosts]
    pressed = await asyncio.gather(
        *(story.act(host, "press", QUEUE, card.id, "Reply") for host, card in zip(hosts, cards, strict=True))
    )
    won, lost, opened = await _won(story, hosts, pressed, number)
    claim = f"of two moderators who press Reply at once one has the question, and the other reads “{won.name} has it”"
    story.claims.check(claim, True)
    await _sends(story, won, opened, number)
    await _hears(story, asker, "Answering as", ANSWER)
    story.tell(won.name, won.platform, f"has {number} first and answers it; {lost.name} read so")


async def _won(
    story: Story, hosts: list[Player], pressed: list[Answered], number: str
) -> tuple[Player, Player, Answered]:
    """Who reads that the other one has it."""
    losers: list[Player] = []

    async def told() -> bool:
        for host in hosts:
            posts = await host.hands.look(QUEUE)
            if any(post.private and f"has {number} already" in post.text for post in posts):
                losers.append(host)
                return True
        return False

    await story.until("one of two moderators reads who has the question", told)
    lost = losers[0]
    won = next(it for it in hosts if it is not lost)
    return won, lost, pressed[hosts.index(won)]


async def _sends(story: Story, host: Player, opened: Answered, number: str, *ticks: str) -> None:
    values: dict[str, str | Sequence[str]] = {"Answer": f"{ANSWER} ({number})"}
    if ticks:
        values["Then"] = ["Mark as answered", *ticks]
    await story.fill_for(host, opened, values, f"Your answer to {number} is sent", QUEUE)


async def answered(story: Story) -> None:
    """One is answered and published in three clicks; the others but the last are taken from the front."""
    host, other = story.one_each(manages=True)
    text, asker, number = _question(story, PUBLISHED)
    card = await story.see(host, _card(number), QUEUE)
    opened = await story.act(host, "press", QUEUE, card.id, "Reply")
    await _sends(story, host, opened, number, "Publish to the feed (asker shown as Anonymous)")
    await _hears(story, asker, "Answering as", ANSWER)
    story.tell(host.name, host.platform, f"answers {number} and publishes it, without the asker's name")
    for index in range(len(ASKED)):
        if index in (PUBLISHED, WANTED, LATE):
            continue
        _, asker, number = _question(story, index)
        desk = await story.see(other, lambda post: has(post, "Take next"), QUEUE)
        opened = await story.act(other, "press", QUEUE, desk.id, "Take next")
        await _sends(story, other, opened, number)
        await _hears(story, asker, "Answering as", f"({number})")
    story.tell(other.name, other.platform, "takes the next ones from the front and answers them")
    for player in story.one_each():
        await story.command(player, "/stage feed", STAGE)
        page = await story.see(player, lambda post: post.private and ANSWER in post.text, STAGE)
        holds = text in page.text and "Anonymous" in page.text
        claim = f"the published answer stands in the feed on {player.platform}, asked by Anonymous"
        story.claims.check(claim, holds, page.text)


def _card(number: str) -> Callable[[Post], bool]:
    return lambda post: not post.private and post.text.startswith(f"{number} · ") and has(post, "Reply")


async def after_the_end(story: Story) -> None:
    """The session is over; a question that waited is answered all the same, and the answer arrives."""
    host = story.one_each(manages=True)[1]
    _, asker, number = _question(story, LATE)
    card = await story.see(host, _card(number), QUEUE)
    opened = await story.act(host, "press", QUEUE, card.id, "Reply")
    await _sends(story, host, opened, number)
    await _hears(story, asker, "Answering as", f"({number})")
    story.claims.check(f"{number}, unanswered at the end, is answered later and {asker.name} reads it", True)


async def rooms(story: Story) -> None:
    """Which rooms attendees or speakers read: no word of a private question belongs there."""
    story.facts["shared"] = [
        room.id
        for host in story.one_each(manages=True)
        for room in await host.hands.channels()
        if room.name in (STAGE, DOOR, BACKCHANNEL, FEED)
    ]
