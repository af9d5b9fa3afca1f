"""People who write and vote without a pause while things break, and what must be true when all is quiet again.

What is checked comes from the servers' own records and from the database, never from what the bot says of itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from adapters.sandbox.hands import Post
from config.stage_set import StageSet, plan
from storage import tables
from storage.engines import parse_url
from tests.faults.forked import ForkedStageSet
from tests.wire.audience import Audience, has

Check = Callable[[Sequence[Any]], None]
LETTERS = "ABC"
HURRIED = ("-m", "tests.faults.hurried_bot")
MARK = re.compile(r"line-[sd]-\d{4}")
"""What makes each line known again on the other side."""
SLACK = ("ana", "mira", "leo", "kim")
DISCORD = ("bo", "nova", "sam", "ida")
CALM_WITHIN = 40.0


@dataclass
class Crowd(Audience):
    """A live session with a poll, held by a bot process that may die."""

    stage: StageSet = field(kw_only=True)
    dice: random.Random = field(kw_only=True)
    busy: bool = True
    pressed: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)
    """Person → what they pressed, and whether it is answered yet."""
    pauses: tuple[float, float] = (0.03, 0.25)

    # -- acting -----------------------------------------------------------------------------------------------------

    async def writing(self, who: str) -> None:
        """Lines one after the other until told to stop."""
        number = 0
        while self.busy:
            platform = "s" if who in SLACK else "d"
            await self.people[who].write(self.chat, f"line-{platform}-{100 * self._index(who) + number:04d} of {who}")
            number += 1
            await asyncio.sleep(self.dice.uniform(*self.pauses) * 2)

    async def voting(self, who: str, card: str) -> None:
        presses = self.pressed.setdefault(who, [])
        while self.busy:
            letter = self.dice.choice(LETTERS)
            presses.append((letter, False))
            answer = await self.people[who].press(self.chat, card, f"Vote {letter}")
            presses[-1] = (letter, answer.ok)
            await asyncio.sleep(self.dice.uniform(*self.pauses))

    async def answered(self, number: int) -> None:
        """Wait, while everybody acts, until so many presses were answered."""
        async with asyncio.timeout(CALM_WITHIN):
            while sum(ok for presses in self.pressed.values() for _, ok in presses) < number:
                await asyncio.sleep(0.1)

    def _index(self, who: str) -> int:
        return (SLACK + DISCORD).index(who)

    @asynccontextmanager
    async def acting(self) -> AsyncIterator[None]:
        """Everybody writes and votes as long as the body runs."""
        self.busy = True
        cards = {who: (await self.see(who, is_poll)).id for who in self.people}
        acts = [asyncio.create_task(self.writing(who)) for who in ("mira", "leo", "nova", "sam")]
        acts += [asyncio.create_task(self.voting(who, cards[who])) for who in self.people]
        try:
            yield
        finally:
            self.busy = False
            await asyncio.gather(*acts)

    async def slow_posts(self) -> None:
        """Posts take a moment, as they do in life, so that kills find some of them on their way."""
        slack = {"method": "chat.postMessage", "delay": 0.5}
        discord = {"method": "POST", "route": "/webhooks/{webhook_id}/{webhook_token}", "delay": 0.5}
        for platform, rule in (("slack", slack), ("discord", discord)):
            assert self.stage.session is not None
            address = f"{self.stage.where[platform]['base_url']}/sandbox/faults"
            async with self.stage.session.post(address, json=rule) as answer:
                assert answer.status == 200, await answer.text()

    # -- what must be true ------------------------------------------------------------------------------------------

    async def settled(self, *, within: float = CALM_WITHIN) -> None:
        """Every line once on the other side and in its room's order; both cards show the database's tally."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while wrong := await self._amiss():
            if loop.time() > deadline:
                raise AssertionError(wrong)
            await asyncio.sleep(0.2)

    async def _amiss(self) -> list[str]:
        slack, discord = await self.people["mira"].look(self.chat), await self.people["nova"].look(self.chat)
        found = [compared("Slack to Discord", marks(slack, "s", own=True), marks(discord, "s", own=False))]
        found.append(compared("Discord to Slack", marks(discord, "d", own=True), marks(slack, "d", own=False)))
        tally = Counter((await asyncio.to_thread(self.ballots)).values())
        for name, posts in (("Slack", slack), ("Discord", discord)):
            card = [post for post in posts if is_poll(post)]
            found.append("" if len(card) == 1 else f"{name} has {len(card)} cards")
            if not shows(card[-1], [tally[letter] for letter in LETTERS]):
                found.append(f"{name}'s card is not {tally}: {card[-1].text}")
        return [it for it in found if it]

    async def answered_stands(self) -> None:
        """As people know it at this moment; for right after a kill, before later presses cover what was lost."""
        ballots = await asyncio.to_thread(self.ballots)
        for who, presses in self.pressed.items():
            assert ballots.get(who, "") in possible(presses), (who, ballots.get(who), presses[-5:])

    async def check_presses(self) -> tuple[int, int]:
        """The same by the servers' records. Returns how many presses were answered, and how many were not."""
        ballots, told = await asyncio.to_thread(self.ballots), await self._presses()
        for who, presses in told.items():
            assert ballots.get(who, "") in possible(presses), (who, ballots.get(who), presses[-5:])
        answers = [ok for presses in told.values() for _, ok in presses]
        return sum(answers), len(answers) - sum(answers)

    async def _presses(self) -> dict[str, list[tuple[str, bool]]]:
        """As the servers recorded them: who, which letter, and whether it was answered in time."""
        told = (await self.stage.ask("slack", "actions"))["actions"] + await self.stage.ask("discord", "actions")
        found: dict[str, list[tuple[str, bool]]] = {}
        for act in told:
            label = str(act.get("label") or "")
            if act["verb"] == "press" and label.startswith("Vote "):
                found.setdefault(act["user"], []).append((label.removeprefix("Vote "), bool(act["ok"])))
        return found

    def ballots(self) -> dict[str, str]:
        """Name → letter, as the database has it."""
        engine = create_engine(parse_url(self.stage.database_url))
        query = select(tables.ballot.c.account, tables.ballot.c.choice)
        try:
            with engine.connect() as connection:
                rows = list(connection.execute(query))
        finally:
            engine.dispose()
        return {self.names[str(account).rpartition(":")[2]]: LETTERS[json.loads(choice)[0]] for account, choice in rows}

    names: dict[str, str] = field(default_factory=dict)
    """The platforms' ids → names."""

    async def learn_names(self) -> None:
        slack, discord = await self.stage.ask("slack", "world"), await self.stage.ask("discord", "world")
        self.names = {user["id"]: user["name"] for space in slack["workspaces"] for user in space["users"]}
        self.names |= {user["id"]: user["username"] for user in discord["users"]}

    async def requests(self) -> list[dict[str, Any]]:
        return [*(await self.stage.ask("slack", "requests"))["requests"], *await self.stage.ask("discord", "requests")]


def possible(presses: Sequence[tuple[str, bool]]) -> set[str]:
    """What the ballot may be: the last answered press, or a later one without an answer; "" is none at all."""
    found = {""}
    for letter, answered in presses:
        found = {letter} if answered else found | {letter}
    return found


def is_poll(post: Post) -> bool:
    return has(post, "Vote A") and not post.private


def marks(posts: Sequence[Post], platform: str, *, own: bool) -> list[str]:
    """The lines' marks in the order they stand in: as they were written (``own``) or as the bot shows them."""
    found = [mark for post in posts if post.bot is not own and not post.private for mark in MARK.findall(post.text)]
    return [mark for mark in found if mark.startswith(f"line-{platform}")]


def compared(way: str, written: Sequence[str], shown: Sequence[str]) -> str:
    """What is wrong with the copies; nothing when they are the same in the same order."""
    if written == shown:
        return ""
    twice = [mark for mark, number in Counter(shown).items() if number > 1]
    lost = sorted(set(written) - set(shown))
    first = next((pair for pair in zip(written, shown, strict=False) if pair[0] != pair[1]), None)
    return f"{way}: {len(written)} lines; doubled {twice}; lost {lost}; first out of order {first}"


def shows(post: Post, numbers: Sequence[int]) -> bool:
    """Whether the card shows these counts of A, B and C; an option nobody took may show no number."""
    lines = post.text.splitlines()
    for letter, number in zip(LETTERS, numbers, strict=True):
        start = next((i for i, line in enumerate(lines) if line.lstrip("* ").startswith(letter)), None)
        if start is None or f"· {number}" not in " ".join(lines[start : start + 2]):
            return False
    return True


@asynccontextmanager
async def crowd(
    folder: Path, seed: int, outgoing: Callable[[Sequence[Any]], None], **more: Any
) -> AsyncIterator[Crowd]:
    """A session that is live with a poll; everything is taken down at the end."""
    slack = [{"name": name, "admin": name == SLACK[0]} for name in SLACK]
    discord = [{"name": name, "manages": name == DISCORD[0]} for name in DISCORD]
    stage = ForkedStageSet(folder, plan(slack, discord), **more)
    try:
        await stage.raise_servers()
        await stage.raise_bot()
        people: dict[str, Any] = {name: stage.slack(name) for name in SLACK}
        people |= {name: stage.discord(name) for name in DISCORD}
        made = Crowd(people, [SLACK[0], DISCORD[0]], stage=stage, dice=random.Random(seed))
        await made.learn_names()
        await made.live(made=True)
        await made.poll()
        await made.slow_posts()
        yield made
        outgoing(await made.requests())
    finally:
        await stage.strike()


def seed_of(request: pytest.FixtureRequest) -> int:
    """Always the same for the quick form, a new one for the long form; TEST_SEED plays a printed one again."""
    new = random.SystemRandom().randrange(1_000_000) if request.node.get_closest_marker("long") else 1
    seed = int(os.environ.get("TEST_SEED", new))
    print(f"TEST_SEED={seed}")
    return seed
