"""Whole sessions through the whole bot: joined, talked, voted and ended by visible words, wherever it is held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Post
from tests.wire.audience import copies, has
from tests.wire.bot_stage import Mode, Stage, on_stage

Check = Callable[[Sequence[Any]], None]


async def lines_cross(stage: Stage) -> None:
    """A line each way reads the same on the other side, under its author's name, once."""
    for author, reader in (("mira", "nova"), ("nova", "mira")):
        text = f"Hello from {author}"
        await stage.people[author].write(stage.chat, text)
        copy = await stage.read(reader, text)
        assert author.title() in copy.author
        assert copies(await stage.posts(reader), [text]) == [text]


async def vote(stage: Stage, who: str, letter: str) -> None:
    answer = await stage.press(who, f"Vote {letter}", lambda post: not post.private)
    assert answer.ok, answer
    told = await stage.see(who, lambda post: post.private and f"Your vote: {letter}" in post.text)
    assert told.private


def totals(post: Post, *lines: str) -> bool:
    return not post.private and all(line in post.text for line in lines)


async def a_poll(stage: Stage, voters: Sequence[str]) -> None:
    """Everybody votes A, the first changes to B, then it ends; every place shows the same."""
    await stage.poll()
    for who in voters:
        await vote(stage, who, "A")
    await vote(stage, voters[0], "B")
    await stage.end_poll()
    for who in voters:
        card = await stage.see(who, lambda post: totals(post, "ended", f"{len(voters)} votes", "Which topic?"))
        assert f"· {len(voters) - 1}" in card.text
        assert not has(card, "Vote A")


@pytest.mark.shows("session-one", "lines", "poll-vote", "poll-result", "poll-end", "ways-in", on="both")
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_session_in_slack_and_discord(tmp_path: Path, outgoing: Check, mode: Mode) -> None:
    async with on_stage(tmp_path, outgoing, mode=mode, rates=mode == "socket", anew=True) as stage:
        await stage.live("ana", "mira", "nova", made=True)
        await lines_cross(stage)
        await a_poll(stage, ("mira", "nova", "ana"))


@pytest.mark.shows("session-one", on="slack")
async def test_a_session_in_slack_alone(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("slack",), anew=True) as stage:
        await stage.live("ana", "mira", made=True)
        await stage.people["mira"].write(stage.chat, "Nobody else to hear it")
        await a_poll(stage, ("mira", "ana"))
        assert copies(await stage.posts("mira"), ["Nobody else to hear it"]) == []


@pytest.mark.shows("session-one", on="discord")
async def test_a_session_in_discord_alone(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",), anew=True) as stage:
        await stage.live("bo", "nova", made=True)
        await stage.people["nova"].write(stage.chat, "Nobody else to hear it")
        await a_poll(stage, ("nova", "bo"))
        assert copies(await stage.posts("nova"), ["Nobody else to hear it"]) == []
