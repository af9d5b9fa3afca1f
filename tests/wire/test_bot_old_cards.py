"""A poll that has been open for over an hour: Discord lets old messages be edited seldom, so it is posted anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.slack.clock import SystemClock
from tests.wire.audience import STAGE, has, shared
from tests.wire.bot_stage import on_stage

Check = Callable[[Sequence[Any]], None]


class Later(SystemClock):
    """Real time, and as much more as a test says."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


@pytest.mark.shows("rooms-worn", "poll-result", on="discord")
async def test_votes_on_a_poll_older_than_an_hour_are_shown_on_one_card_whatever_discord_refuses(
    tmp_path: Path, outgoing: Check
) -> None:
    time = Later()
    async with on_stage(tmp_path, outgoing, platforms=("discord",), time=time) as stage:
        await stage.live("bo", "nova", "sam", made=True)
        await stage.poll()
        old = await stage.see("nova", lambda post: shared(post) and has(post, "Vote A"))
        time.ahead = 3_700
        for turn in range(12):
            cards = [post for post in await stage.posts("nova") if shared(post) and has(post, "Vote A")]
            await stage.people["nova"].press(STAGE, cards[-1].id, f"Vote {'AB'[turn % 2]}")
            await asyncio.sleep(0.4)
        refused = [one for one in stage.discord.requests if one.status == 429 and old.id in str(one.arguments)]
        new = await stage.see("sam", lambda post: shared(post) and has(post, "Vote A") and post.id != old.id)
        await stage.people["sam"].press(STAGE, new.id, "Vote B")
        await stage.see("bo", lambda post: post.id == new.id and "2 votes" in post.text)
        cards = [post for post in await stage.posts("nova") if shared(post) and has(post, "Vote A")]
        assert [post.id for post in cards] == [new.id], "the old one is gone"
        assert 1 <= len(refused) <= 3, "it is not tried again and again"
