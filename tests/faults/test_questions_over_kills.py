"""A question from Discord that two moderators on two platforms want: the bot dies between any two steps (SPEC 4)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Post
from tests.faults.mortal import on_mortal_stage
from tests.wire.audience import CHANNEL, QUEUE
from tests.wire.bot_stage import Stage

Check = Callable[[Sequence[Any]], None]
ASKED, ANSWER = "Will the recordings be public?", "Yes, on Friday."
THREAD = "Q1 · Keynote"


def card(words: str) -> Callable[[Post], bool]:
    return lambda post: not post.private and words in post.text


@pytest.mark.timeout(180)
@pytest.mark.shows("answer", "killed", on="both")
async def test_a_question_goes_its_way_however_often_the_bot_dies(tmp_path: Path, outgoing: Check) -> None:
    async with on_mortal_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "nova", "mira", made=True)
        await appoint(stage)

        async def dies() -> None:
            await stage.die()
            await stage.start_bot()

        await ask(stage)
        await dies()
        won, lost = await both_reply(stage)
        await dies()
        # Back to all, by who has it; then the other one takes it.
        await stage.choose(won, "More", "Send back to pending", QUEUE, card("claimed by"))
        await stage.see(lost, card("pending"), channel=QUEUE)
        await dies()
        await reply(stage, lost)
        await dies()
        await in_thread(stage, ANSWER)
        await stage.see(won, card(f"Q1 answered by {lost.title()}"), channel=QUEUE)
        await dies()
        unread(stage, "bot.log", "sidestage.db")
        await publish(stage, won)
        await dies()
        for who in ("mira", "nova"):
            told = await stage.told(who, "command", "/stage feed")
            assert f"{ASKED} – “{ANSWER}”" in told and "Anonymous" in told, told
        assert [row[0] for row in stage.rows("select state from question")] == ["resolved"]
        assert stage.rows("select count(*) from question_line") == [(2,)]
        unread(stage, "bot.log")


def unread(stage: Stage, *names: str) -> None:
    """Nothing that was said in private stands in these files: not in a log, nor in the database, where it is sealed."""
    for name in names:
        held = b"".join(it.read_bytes() for it in stage.folder.glob(f"{name}*") if it.is_file())
        assert held and not [it for it in (ASKED, ANSWER) if it.encode() in held], name


async def appoint(stage: Stage) -> None:
    """Bo, who organises on Discord, moderates too."""
    await stage.people["bo"].command(CHANNEL, "/mod team")
    opened = await stage.press("bo", "Add", channel=CHANNEL)
    await stage.form("bo", opened)
    told = await stage.send("bo", {"Person": "Bo", "As": "Moderator"}, CHANNEL)
    assert "Bo" in told, told


async def in_thread(stage: Stage, words: str) -> None:
    """Nova reads it in the private thread, as soon as that is there."""
    deadline = time.monotonic() + stage.patience
    while True:
        with contextlib.suppress(LookupError):
            if any(words in post.text for post in await stage.people["nova"].look(THREAD)):
                return
        assert time.monotonic() < deadline, words
        await stage.moment("nova")


async def ask(stage: Stage) -> None:
    told = await stage.told("nova", "command", f"/stage ask {ASKED}")
    assert told.startswith("Q1 was received: number 1 in line."), told
    for who in ("ana", "bo"):
        await stage.see(who, card("Q1 · Nova (Discord)"), channel=QUEUE)
    await in_thread(stage, "Q1 · received")


async def both_reply(stage: Stage) -> tuple[str, str]:
    """In the same instant; one gets the form, the other one reads who has it."""
    posts = {who: await stage.see(who, card("Q1 · Nova"), channel=QUEUE) for who in ("ana", "bo")}
    pressed = await asyncio.gather(*(stage.people[who].press(QUEUE, posts[who].id, "Reply") for who in posts))
    answers = dict(zip(posts, pressed, strict=True))
    deadline = time.monotonic() + stage.patience
    # On Slack a form may open after the press is acknowledged.
    while not (winners := [who for who in posts if answers[who].sheet]) and not await stage.people["ana"].sheet():
        assert time.monotonic() < deadline, answers
        await stage.moment("ana")
    (won,) = winners or ["ana"]
    (lost,) = {"ana", "bo"} - {won}
    await stage.see(lost, lambda post: post.private and f"{won.title()} has Q1 already." in post.text, channel=QUEUE)
    await stage.people[won].close()
    for who in posts:
        await stage.see(who, card(f"claimed by {won.title()}"), channel=QUEUE)
    return won, lost


async def reply(stage: Stage, who: str) -> None:
    opened = await stage.press(who, "Reply", card("Q1 · Nova"), QUEUE)
    sheet = await stage.form(who, opened)
    assert "Answering as Keynote. This is not a private chat." in sheet.text and ASKED in sheet.text
    told = await stage.send(who, {"Answer": ANSWER}, QUEUE)
    assert "Your answer to Q1 is sent. It is marked as answered." in told, told


async def publish(stage: Stage, who: str) -> None:
    """Asks first, with words that can be changed and nobody's name."""
    opened = await stage.choose(who, "More", "Publish…", QUEUE, card("Q1 answered by"))
    await stage.form(who, opened)
    told = await stage.send(who, {}, QUEUE)
    assert "Q1 is in the feed." in told, told
