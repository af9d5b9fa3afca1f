"""What takes the bot long: the platform has its answer in time, and people what came of it (SPEC 14)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Sheet
from core.app.commands import CastBallot, Command, OpenInteractionForm, React
from core.app.outcome import Saving
from jobs.executor import Executor
from tests.wire.audience import BOT, CHANNEL, has, until
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

PATIENCE = 0.3
"""Seconds until “received, saving…”; outside of tests most of what the platforms allow."""


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Ballots, reactions and forms of interactions wait until it is set."""
    free, commit = threading.Event(), Executor._commit

    def slow(executor: Executor, commands: Sequence[Command], *, alone: bool) -> Any:
        if any(isinstance(it, CastBallot | React | OpenInteractionForm) for it in commands):
            assert free.wait(20)
        return commit(executor, commands, alone=alone)

    monkeypatch.setattr(Executor, "_commit", slow)
    return free


@pytest.mark.shows("slow", "poll-vote")
@on_every_side
async def test_a_vote_that_is_saved_slowly_is_told_twice_and_counts_once(
    tmp_path: Path, outgoing: Check, writer: threading.Event, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        writer.set()
        await stage.live(side.host, side.guest)
        await stage.poll()
        card = (await stage.see(side.guest, lambda post: has(post, "Vote A"))).id
        writer.clear()
        stage.bot.executor._patience = PATIENCE
        pressed = asyncio.create_task(stage.people[side.guest].press(CHANNEL, card, "Vote A"))
        await stage.read(side.guest, Saving.sentence)
        writer.set()
        assert (await pressed).ok
        await stage.read(side.guest, "Your vote: A")
        await stage.see(side.host, lambda post: has(post, "Vote A") and "1 vote" in post.text)
        if not side.slack:  # there the answer is one message, which says by now what came of it
            assert not [it for it in await stage.posts(side.guest) if Saving.sentence in it.text]


@pytest.mark.shows("reactions")
@on_every_side
async def test_a_reaction_that_is_saved_slowly_is_quiet_and_counts_and_a_refusal_is_told_all_the_same(
    tmp_path: Path, outgoing: Check, writer: threading.Event, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        writer.set()
        await stage.live(side.host, side.guest)
        bar = await stage.see(side.guest, lambda post: has(post, "Clap 👏"))
        writer.clear()
        stage.bot.executor._patience = PATIENCE
        pressed = [await stage.people[who].press(CHANNEL, bar.id, "Clap 👏") for who in (side.guest, side.other)]
        assert all(it.ok and not it.private for it in pressed)
        writer.set()
        await stage.see(side.host, lambda post: has(post, "Clap 1 👏"))
        assert not [it for it in await stage.posts(side.guest) if Saving.sentence in it.text]
        await stage.read(side.other, "Join the session first", channel=CHANNEL if side.slack else BOT)


@pytest.mark.shows("slow", "poll-make")
@on_every_side
async def test_a_form_that_takes_long_can_be_filled_all_the_same(
    tmp_path: Path, outgoing: Check, writer: threading.Event, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        host = side.host
        await stage.live(host)
        if side.slack:
            sheet = await slack_form(stage, host, writer)
        else:
            sheet = await discord_form(stage, host, writer)
        assert {it.label: it.value for it in sheet.entries}["Question"] == "Slowly?"
        assert "Saved as a draft." in await stage.send(host, {"Options, one a line": "Yes\nNo"})
        await stage.press(host, "Publish now", lambda post: post.private)
        await stage.see(host, lambda post: has(post, "Vote A") and "Slowly?" in post.text)


async def slack_form(stage: Stage, who: str, writer: threading.Event) -> Sheet:
    """Its modal opens at once, and has its fields later."""
    await stage.people[who].command(CHANNEL, "/mod poll Slowly?")
    assert not (await opened(stage, who, fields=False)).entries
    writer.set()
    return await opened(stage, who, fields=True)


async def opened(stage: Stage, who: str, *, fields: bool) -> Sheet:
    async def there() -> Sheet | None:
        sheet: Sheet | None = await stage.people[who].sheet()
        return sheet if sheet is not None and (sheet.entries or not fields) else None

    sheet: Sheet = await until(there)
    return sheet


async def discord_form(stage: Stage, who: str, writer: threading.Event) -> Sheet:
    """There no modal may come later: a button of the answer opens it."""
    usual, stage.bot.executor._patience = stage.bot.executor._patience, PATIENCE
    await stage.people[who].command(CHANNEL, "/mod poll Slowly?")
    told = (await stage.read(who, Saving.sentence)).id
    stage.bot.executor._patience = usual
    writer.set()
    offered = await stage.see(who, lambda post: post.id == told and bool(post.controls))
    return await stage.form(who, await stage.people[who].press(CHANNEL, told, offered.controls[0].label))
