"""What Discord suggests while a command is typed: usual lengths, and to moderators the newest lines (SPEC 13.4)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.wire.audience import STAGE, has, until
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import on_stage


@pytest.mark.shows("suggestions", on="discord")
async def test_lengths_are_suggested_and_one_is_taken(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", made=True)
        bo = stage.people["bo"]
        assert await bo.suggest(STAGE, "/mod session extend", "length") == ["5m", "10m", "15m", "30m", "1h"]
        assert await bo.suggest(STAGE, "/mod session extend", "length", "1") == ["10m", "15m", "1h"]
        assert await bo.suggest(STAGE, "/mod session extend", "length", "next year") == []
        assert await bo.suggest(STAGE, "/mod session start", "when") == ["now"]
        await bo.command(STAGE, "/mod session extend length:15m")
        await stage.read("bo", "ends at")


@pytest.mark.shows("suggestions", "moderate", on="discord")
async def test_a_moderator_picks_a_line_and_nobody_else_is_shown_any(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        await stage.say("nova", "Hello from <here> @everyone")
        await stage.say("mira", "Hello from Slack: hi")
        await stage.read("nova", "Hello from Slack")
        await stage.read("mira", "Hello from <here>")
        bo, moderate = stage.people["bo"], "/mod moderate"

        async def both() -> Sequence[str]:  # a copy is seen a moment before the bot knows where it stands
            every: Sequence[str] = await bo.suggest(STAGE, moderate, "link")
            return every if len(every) == 2 else ()

        assert await until(both) == ["Mira: Hello from Slack: hi", "Nova: Hello from <here> @everyone"]
        (mine,) = await bo.suggest(STAGE, moderate, "link", "slack")
        sheet = await stage.form("bo", await bo.command(STAGE, f"/mod moderate link:{mine}"))
        assert "Hello from Slack" in f"{sheet.text}{[entry.value for entry in sheet.entries]}"
        await stage.send("bo", {"What to do": "Delete everywhere"})
        await stage.people["nova"].settle(STAGE, lambda posts: not any("Hello from Slack" in it.text for it in posts))
        assert await bo.suggest(STAGE, moderate, "link", "slack") == []
        for who in ("nova", "sam"):
            assert await stage.people[who].suggest("keynote", moderate, "link") == []
        assert await stage.people["nova"].suggest(STAGE, moderate, "link") == []
        assert not has((await stage.posts("nova"))[-1], "Delete")
