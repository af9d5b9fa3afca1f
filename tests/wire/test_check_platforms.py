"""``sidestage check`` beside a running bot: what is missing is named with its remedy, and nothing is changed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
from pydantic import SecretStr

from adapters.discord.adapter import DiscordSettings
from adapters.discord.check import PERMISSIONS, invite
from adapters.sandbox.discord import permissions
from adapters.sandbox.discord.model import Overwrite
from adapters.slack.manifest import SCOPES
from config.check import Report, look_over
from tests.wire.audience import CHANNEL
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]


@pytest.fixture
async def stage(tmp_path: Path, outgoing: Check) -> AsyncIterator[Stage]:
    """A session in Slack and Discord, and Slack telling how its app is configured."""
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana")
        stage.more["slack_config_token"] = next(iter(stage.slack.workspaces.values())).config_token(app_of(stage))
        yield stage


def app_of(stage: Stage) -> Any:
    return next(iter(stage.slack.apps.values()))


async def told(stage: Stage, **changed: Any) -> Report:
    settings = stage.settings().model_copy(update=changed)
    report = await look_over(settings)
    for name in ("slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_config_token", "discord_token"):
        assert getattr(settings, name).get_secret_value() not in report.text() + report.json()
    return report


async def test_nothing_is_missing_where_everything_is_right(stage: Stage) -> None:
    report = await told(stage)
    assert report.text() == "Everything is in place."
    assert report.ok
    assert json.loads(report.json()) == {"ok": True, "findings": []}


async def test_what_slack_lacks_is_named_with_its_remedy(stage: Stage) -> None:
    space, app = next(iter(stage.slack.workspaces.values())), app_of(stage)
    install = space.installs[0]
    stage.slack.grants[install.bot_token] = replace(
        stage.slack.grants[install.bot_token], scopes=frozenset(SCOPES) - {"im:write", "chat:write.customize"}
    )
    app.events, app.commands = frozenset({"message.groups"}), frozenset({"/mod"})
    app.interactivity = app.messages_tab = False
    room = next(it for it in space.channels.values() if it.name == CHANNEL)
    room.members.discard(install.bot.id)
    report = await told(stage)
    assert not report.ok
    for words in (
        "scope im:write is missing",
        "scope chat:write.customize is missing",
        "event message.channels is not subscribed",
        "switch on Interactivity",
        "Messages Tab",
        "command /stage is missing",
        "not in the stage #keynote; write `/invite @Sidestage` there.",
    ):
        assert words in report.text()
    assert len(report.text().splitlines()) == 8, report.text()
    room.archived = True
    assert "stage #keynote is archived" in (await told(stage)).text()


async def test_what_discord_lacks_is_named_with_its_remedy(stage: Stage) -> None:
    world = stage.discord
    app, guild = next(iter(world.applications.values())), next(iter(world.guilds.values()))
    app.message_content = False
    room = next(it for it in guild.channels.values() if it.name == CHANNEL)
    denied = permissions.MANAGE_WEBHOOKS | permissions.READ_MESSAGE_HISTORY
    room.overwrites[guild.id] = Overwrite(guild.id, 0, 0, permissions.MANAGE_WEBHOOKS)
    room.overwrites[app.bot.id] = Overwrite(app.bot.id, 1, 0, denied)
    text = (await told(stage)).text()
    assert "Message Content Intent is off" in text
    assert "In the stage #keynote the bot lacks Read Message History, Manage Webhooks; allow it" in text
    room.overwrites[app.bot.id] = Overwrite(app.bot.id, 1, permissions.MANAGE_WEBHOOKS, permissions.VIEW_CHANNEL)
    assert "cannot see the stage" in (await told(stage)).text()


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("slack_bot_token", "xoxb-0-wrong-and-long", "Slack does not accept the bot token (invalid_auth); copy it"),
        ("slack_app_token", "xapp-0-wrong-and-long", "Slack does not accept the app token (invalid_auth); make one"),
        ("slack_config_token", "xoxe.xoxp-wrong", "accept the app configuration token (invalid_auth); make a new"),
        ("discord_token", "wrong.token.here", "Discord does not accept the bot's token; copy it"),
    ],
)
async def test_a_token_that_is_not_accepted_is_named(stage: Stage, setting: str, value: str, words: str) -> None:
    report = await told(stage, **{setting: SecretStr(value)})
    assert words in report.text()
    assert len(report.text().splitlines()) == 2


async def test_platforms_that_cannot_be_reached_are_named_at_once(stage: Stage) -> None:
    nowhere = {"slack_api_url": "http://127.0.0.1:1/api/", "discord_api_url": "http://127.0.0.1:1/api/v10"}
    text = (await told(stage, **nowhere)).text()
    assert "Slack cannot be reached" in text
    assert "Discord cannot be reached" in text


async def test_what_could_not_be_seen_is_said_and_does_not_count(stage: Stage) -> None:
    stage.slack.faults.add({"method": "auth.test", "status": 200, "body": {"ok": True, "team_id": "T0"}, "count": 1})
    report = await told(stage)
    assert "(not counted) The granted scopes could not be seen" in report.text()


@pytest.mark.parametrize("body", ["<html>", [], {"ok": True}, {"ok": False}, {"ok": False, "error": 5}])
async def test_answers_that_make_no_sense_are_no_traceback(stage: Stage, body: Any) -> None:
    for method in ("auth.test", "bots.info", "conversations.info", "apps.manifest.export"):
        stage.slack.faults.add({"method": method, "status": 200, "body": body, "count": 1})
    assert not (await told(stage)).ok


async def test_the_invitation_asks_for_what_is_used_and_nothing_else(stage: Stage) -> None:
    settings = stage.settings()
    assert settings.discord_token is not None
    link = await invite(DiscordSettings(settings.discord_token.get_secret_value(), settings.discord_api_url))
    app = next(iter(stage.discord.applications.values()))
    wanted = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))
    assert link == discord.utils.oauth_url(app.id, permissions=wanted, scopes=("bot", "applications.commands"))
    assert not wanted.administrator
