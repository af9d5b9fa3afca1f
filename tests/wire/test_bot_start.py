"""The bot that a platform, or the machine, does not let start says so in one sentence and ends."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from config.bot import Unstartable
from config.stage_set import StageSet, plan
from tests.wire.bot_stage import on_stage

Check = Callable[[Sequence[Any]], None]


@pytest.mark.shows("start-refused", on="both")
@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("slack_bot_token", "xoxb-0-wrong", "Slack refuses the bot"),
        ("slack_app_token", "xapp-0-wrong", "Slack refuses the bot"),
        ("discord_token", "SECRETSECRET.wrong.token", "Discord refuses the bot"),
    ],
)
async def test_a_bot_that_a_platform_refuses_says_which_and_no_token(
    tmp_path: Path, outgoing: Check, capfd: pytest.CaptureFixture[str], setting: str, value: str, told: str
) -> None:
    with pytest.raises(Unstartable) as refused:
        async with on_stage(tmp_path, outgoing, more={setting: value}):
            pass
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert value not in str(refused.value) + "".join(capfd.readouterr())


async def test_a_bot_whose_port_is_taken_names_the_setting(tmp_path: Path, outgoing: Check) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(Unstartable, match="change SIDESTAGE_HTTP_PORT"),
    ):
        async with on_stage(tmp_path, outgoing, more={"http_port": taken.getsockname()[1]}):
            pass


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-0-wrong", "Slack refuses the bot"),
        pytest.param("SLACK_APP_TOKEN", "xapp-0-wrong", "Slack refuses the bot", marks=pytest.mark.long),
        pytest.param("DISCORD_TOKEN", "SECRETSECRET.wrong.token", "Discord refuses the bot", marks=pytest.mark.long),
        pytest.param("HTTP_PORT", "taken", "change SIDESTAGE_HTTP_PORT", marks=pytest.mark.long),
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
