"""The whole bot draws: a word cloud is seen as a picture on both platforms, it changes with the answers, and a bot
whose drawing process dies goes on in words and then in pictures again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.wire.audience import CHANNEL, shared, until
from tests.wire.bot_sides import DISCORD, SOCKET, Side
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
CLOUD = "In one word?"
ANSWERS = ("bright", "bright, calm")
SIGNATURE = b"\x89PNG\r\n\x1a\n"


async def shown(stage: Stage, who: str, *words: str) -> bytes:
    """The picture of the cloud, once it stands beside these words."""
    post = await stage.see(
        who,
        lambda it: shared(it) and CLOUD in it.text and bool(it.images) and all(one in it.text for one in words),
    )
    (image,) = post.images
    assert image.alt in post.text
    return await stage.people[who].image(image)


@pytest.mark.shows("pictures", on="both")
@pytest.mark.parametrize("side", [SOCKET, DISCORD], ids=lambda it: it.name)
async def test_a_cloud_is_a_picture_on_both_platforms_and_changes_with_the_answers(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        stage.hosting.sort(key=lambda who: who != side.host)
        await stage.live(side.host, side.guest, side.across, made=True)
        await stage.form(side.host, await stage.people[side.host].command(CHANNEL, "/mod cloud"))
        await stage.send(side.host, {"Question": CLOUD}, CHANNEL)
        await stage.people[side.host].command(CHANNEL, "/mod live")
        await stage.press(side.host, "Publish now", lambda post: CLOUD in post.text, CHANNEL)

        await stage_answer(stage, side.guest, 0)
        first = await shown(stage, side.guest, "bright")
        assert first.startswith(SIGNATURE)
        assert await shown(stage, side.across, "bright") == first

        pid = stage.bot.drawer.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await stage_answer(stage, side.guest, 1)
        for who in (side.guest, side.across):
            await stage.see(who, lambda post: shared(post) and CLOUD in post.text and "calm" in post.text)
        await stage_answer(stage, side.across, 0)
        second = await shown(stage, side.guest, "bright 2", "calm")
        assert second.startswith(SIGNATURE)
        assert second != first
        assert await shown(stage, side.across, "bright 2", "calm") == second
        pid = stage.bot.drawer.pid
    await until(lambda: pid is None or not alive(pid))


async def stage_answer(stage: Stage, who: str, index: int) -> None:
    opened = await stage.press(who, "Add words", lambda post: shared(post) and CLOUD in post.text)
    await stage.form(who, opened)
    await stage.send(who, {"One to three words": ANSWERS[index]})


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
