"""Two and three bridges in one room, late news of our own posts, previews of links: every line is shown once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Post
from core.domain.loops import LOOP_RELAYS
from core.domain.notices import Notice
from core.domain.surfaces import Surface
from core.domain.text import plain
from tests.fakes.bot import ANN, BEN, CHAT, HALL, OLGA, lively, words
from tests.wire.audience import CHANNEL, QUEUE
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]


def test_a_line_that_comes_round_is_shared_a_few_times_and_told_once() -> None:
    event = lively(OLGA, ANN, BEN)
    for number in range(30):
        event.wait(0.3)
        event.writes(ANN, CHAT, f"1.{number}", "Round and round")
        event.writes(BEN, CHAT, f"2.{number}", f"Something else, {number}")
    shown = [words(line) for line in event.room(HALL, "message")]
    assert shown.count("Round and round") == LOOP_RELAYS
    assert sum(line.startswith("Something else") for line in shown) == 30
    told = [plain(one.body) for one in event.store.rows(Notice)]
    assert len(told) == 1 and f"One line of {ANN.nick} (Slack) came more than 5 times in ten seconds" in told[0]


def test_a_crowd_that_says_the_same_is_no_loop_nor_is_who_says_it_slowly() -> None:
    event = lively(OLGA, ANN, BEN)
    for number in range(12):
        event.wait(2)
        event.writes(ANN, CHAT, f"1.{number}", "yes")
        event.writes(BEN, CHAT, f"2.{number}", "yes")
    assert len(event.room(HALL, "message")) == 24


def test_many_in_one_batch_are_held_back_too() -> None:
    event = lively(OLGA, ANN)
    for number in range(10):
        event.writes(ANN, CHAT, f"1.{number}", "again")
    assert len(event.room(HALL, "message")) == LOOP_RELAYS
    assert len([one for one in event.store.rows(Surface) if one.subject.startswith("message:") and one.ours]) == 5


class Bridge:
    """Another program that copies everything that is not its own from one room to the other, by people's accounts."""

    def __init__(self, stage: Stage, *ends: str, wait: float) -> None:
        self.stage, self.ends, self.wait = stage, ends, wait
        self.copied: list[str] = []
        self._known: set[tuple[str, str]] = set()
        self._mine: set[tuple[str, str]] = set()

    async def settle(self) -> None:
        """Everything written so far is no news."""
        for end in self.ends:
            self._known |= {(end, post.id) for post in await self.stage.posts(end)}

    async def run(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for end in self.ends:
                for post in await self.stage.posts(end):
                    if (end, post.id) not in self._known | self._mine and not post.private and wanted(post):
                        self._known.add((end, post.id))
                        await self._copy(post, end)
            await asyncio.sleep(0.05)

    async def _copy(self, post: Post, source: str) -> None:
        await asyncio.sleep(self.wait)
        for end in self.ends:
            if end != source:
                text = next(one for one in ("Ring one", "Ring two") if one in post.text)
                self._mine.add((end, await self.stage.say(end, text)))
                self.copied.append(text)


def wanted(post: Post) -> bool:
    return "Ring one" in post.text or "Ring two" in post.text


@pytest.mark.parametrize("others", [1, pytest.param(2, marks=pytest.mark.long)])
async def test_bridges_in_a_ring_come_to_rest(tmp_path: Path, outgoing: Check, others: int) -> None:
    """Their copies come from accounts that joined as people do, so nothing but the breaker can tell."""
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live()
        bridges = [Bridge(stage, "leo", "sam", wait=0.02), Bridge(stage, "mira", "nova", wait=0.3)][:others]
        for bridge in bridges:
            await bridge.settle()
        await stage.say("ana", "Ring one")
        await asyncio.gather(*(bridge.run(5) for bridge in bridges))
        ours = [
            post
            for who in ("ana", "bo")
            for post in await stage.posts(who)
            if post.bot and not post.private and "Ring one" in post.text
        ]
        # Each account of theirs gets five through, and the line itself one.
        assert sum(post.text.count("Ring one") for post in ours) <= 2 * others * LOOP_RELAYS + 1
        notes = [post for post in await stage.posts("ana", QUEUE) if "more than 5 times" in post.text]
        assert 1 <= len(notes) <= 2 * others
        await stage.say("ana", "Still here")
        await stage.read("bo", "Still here")


async def test_our_own_posts_come_back_before_we_know_their_ids_and_are_no_lines(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova")
        stage.slack.faults.add({"method": "chat.postMessage", "delay": 2.0, "count": 2})
        lines = [f"From {who} {number}" for number in range(2) for who in ("mira", "nova")]
        for line in lines:
            await stage.say(line.split()[1], line)
        for line in lines:
            await stage.read("bo" if "mira" in line else "ana", line)
        for who in ("ana", "bo"):
            shown = " ".join(post.text for post in await stage.posts(who))
            assert [shown.count(line) for line in lines] == [1] * len(lines)


async def test_the_preview_of_a_link_costs_no_edit(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        stage.slack.unfurls = True
        await stage.live("ana", "bo", "mira", "nova")
        ref = await stage.say("mira", "Slides: https://example.org/slides")
        await stage.read("bo", "Slides:")
        room = next(it for it in next(iter(stage.slack.workspaces.values())).channels.values() if it.name == CHANNEL)
        deadline = time.monotonic() + 8
        while not room.messages[ref].attachments:
            assert time.monotonic() < deadline, "Slack adds a preview"
            await asyncio.sleep(0.02)
        await stage.say("mira", "After it")
        await stage.read("bo", "After it")
        assert not [it for it in stage.discord.requests if it.method == "PATCH" and "webhook" in it.route]
