"""The bot that a platform, or the machine, does not let start says so in one sentence and ends."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from config.stage_set import StageSet, plan

Check = Callable[[Sequence[Any]], None]


@pytest.mark.shows("start-refused", on="both")
@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-0-wrong", "Slack refuses the bot"),
        ("SLACK_APP_TOKEN", "xapp-0-wrong", "Slack refuses the bot"),
        ("DISCORD_TOKEN", "SECRETSECRET.wrong.token", "Discord refuses the bot"),
        ("HTTP_PORT", "taken", "change SIDESTAGE_HTTP_PORT"),
    ],
)
async def test_a_bot_that_may_not_start_says_why_and_ends_with_status_2(
    tmp_path: Path, setting: str, value: str, told: str
) -> None:
    stage = StageSet(tmp_path, plan([{"name": "Ana"}], [{"name": "Bo"}]))
    try:
        await stage.raise_servers()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            if value == "taken":
                value = str(taken.getsockname()[1])
            environment = stage.environment() | {f"SIDESTAGE_{setting}": value}
            bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "config", "run", env=environment, stderr=asyncio.subprocess.PIPE
            )
            _, said = await asyncio.wait_for(bot.communicate(), 20)
    finally:
        await stage.strike()
    words = said.decode()
    assert bot.returncode == 2, words
    last = words.rstrip("\n").split("\n")[-2:]
    assert last[0] == "Sidestage cannot start:", words
    assert told in last[1]
    assert "Traceback" not in words
    assert value not in words or setting == "HTTP_PORT"
