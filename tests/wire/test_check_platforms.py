"""``sidestage check`` beside a running bot: what is missing is named with its remedy, and nothing is changed."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from adapters.discord.adapter import DiscordSettings
from adapters.discord.check import PERMISSIONS, invite
from adapters.sandbox.discord import permissions
from adapters.sandbox.discord.model import Overwrite
from adapters.slack.check import _scopes
from adapters.slack.manifest import EVENTS, SCOPES
from config import check
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


@pytest.mark.shows("check", on="both")
async def test_nothing_is_missing_where_everything_is_right(stage: Stage) -> None:
    report = await told(stage)
    assert report.text() == "Everything is in place."
    assert report.ok
    assert json.loads(report.json()) == {"ok": True, "findings": []}


@pytest.mark.shows("check", on="slack")
async def test_what_slack_lacks_is_named_with_its_remedy(stage: Stage) -> None:
    await stage.quiet()  # else the bot tries to post where it may not, and knows by itself that the room is lost
    space, app = next(iter(stage.slack.workspaces.values())), app_of(stage)
    install = space.installs[0]
    stage.slack.grants[install.bot_token] = replace(
        stage.slack.grants[install.bot_token], scopes=frozenset(SCOPES) - {"im:write", "chat:write.customize"}
    )
    app.events, app.commands = frozenset(EVENTS) - {"message.channels", "group_left"}, frozenset({"/mod"})
    app.interactivity = app.messages_tab = app.home_tab = False
    app.shortcuts = {}
    room = next(it for it in space.channels.values() if it.name == CHANNEL)
    room.members.discard(install.bot.id)
    report = await told(stage)
    assert not report.ok
    for words in (
        "scope im:write is missing",
        "scope chat:write.customize is missing",
        "event message.channels is not subscribed",
        "event group_left is not subscribed to (the bot was removed from a private room); add it",
        "entry “Ask about this” is missing in the menu of messages; add it under Interactivity & Shortcuts",
        "entry “Moderate…” is missing in the menu of messages; add it under Interactivity & Shortcuts",
        "The menu is not shown in the App Home; switch on the Home Tab",
        "switch on Interactivity",
        "Messages Tab",
        "command /stage is missing",
        "not in the stage #keynote; write `/invite @Sidestage` there.",
    ):
        assert words in report.text()
    assert len(report.text().splitlines()) == 12, report.text()
    app.messages_tab = app.messages_read_only = True
    text = (await told(stage)).text()
    assert "Nobody can write to the bot; tick “Allow users to send Slash commands and messages" in text
    assert "Messages Tab under" not in text
    room.archived = True
    assert "stage #keynote is archived" in (await told(stage)).text()


@pytest.mark.shows("check", on="slack")
@pytest.mark.parametrize("scope", SCOPES)
async def test_every_scope_and_what_it_is_for_is_named_where_it_is_missing(scope: str) -> None:
    (finding,) = _scopes(",".join(set(SCOPES) - {scope}))
    assert finding.sentence.startswith(f"The scope {scope} is missing ({SCOPES[scope]}); add it")


@pytest.mark.shows("check", on="slack")
async def test_a_room_of_the_team_that_others_can_read_is_named(stage: Stage) -> None:
    space = next(iter(stage.slack.workspaces.values()))
    room = next(it for it in space.channels.values() if it.name == CHANNEL)
    with closing(sqlite3.connect(stage.folder / "bot.db")) as raw, raw:
        raw.execute("UPDATE place SET kind = 'queue' WHERE kind = 'stage' AND venue LIKE 'slack:%'")
    text = (await told(stage)).text()
    assert "Everybody in the workspace can read the queue #keynote, which is for the team; make it private" in text
    room.kind = "group"
    assert "can read the queue" not in (await told(stage)).text()
    room.shared = True
    assert "People of another organisation can read the queue #keynote" in (await told(stage)).text()


@pytest.mark.shows("check", on="discord")
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


WRONG = {
    "slack_bot_token": ("xoxb-0-wrong-and-long", "Slack does not accept the bot token (invalid_auth); copy it"),
    "slack_app_token": ("xapp-0-wrong-and-long", "Slack does not accept the app token (invalid_auth); make one"),
    "slack_config_token": ("xoxe.xoxp-wrong", "accept the app configuration token (invalid_auth); make a new"),
    "discord_token": ("wrong.token.here", "Discord does not accept the bot's token; copy it"),
}


@pytest.mark.shows("check", on="both")
async def test_a_token_that_is_not_accepted_is_named(stage: Stage) -> None:
    for setting, (value, words) in WRONG.items():
        report = await told(stage, **{setting: SecretStr(value)})
        assert words in report.text()
        assert len(report.text().splitlines()) == 2


@pytest.mark.shows("check", on="both")
async def test_everything_is_seen_in_http_mode_and_before_any_session_too(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, mode="http") as stage:
        app = app_of(stage)
        stage.more["slack_config_token"] = next(iter(stage.slack.workspaces.values())).config_token(app)
        assert (await told(stage)).text() == "Everything is in place."
        app.request_url = "https://bot.example/wrong"
        assert "the events' request url is not the bot's" in (await told(stage)).text().lower()
        app.mode = "socket"
        assert "Socket Mode is on, but SIDESTAGE_SLACK_MODE is http" in (await told(stage)).text()


async def test_platforms_that_are_not_there_or_never_answer_do_not_hold_the_list_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {"slack_api_url": "http://127.0.0.1:1/api/", "discord_api_url": "http://127.0.0.1:1/api/v10"}
    text = (await told(stage, **nowhere)).text()
    assert "Slack cannot be reached" in text
    assert "Discord cannot be reached" in text

    monkeypatch.setattr(check, "SECONDS", 0.5)
    silent = asyncio.Event()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent.wait()
        writer.close()

    server = await asyncio.start_server(keep, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    began = time.monotonic()
    nowhere = {f"{name}_api_url": f"http://127.0.0.1:{port}/" for name in ("slack", "discord")}
    text = (await told(stage, **nowhere)).text()
    assert time.monotonic() - began < 4
    assert "Slack did not answer" in text
    assert "Discord did not answer" in text
    silent.set()
    server.close()
    await server.wait_closed()


@pytest.mark.shows("check", on="discord")
async def test_what_the_bot_can_do_without_is_told_and_does_not_count(stage: Stage) -> None:
    guild = next(iter(stage.discord.guilds.values()))
    for role in guild.roles.values():
        role.permissions &= ~(permissions.MENTION_EVERYONE | permissions.CREATE_PRIVATE_THREADS)
    report = await told(stage)
    text = report.text()
    assert "the bot cannot notify anybody: it lacks Mention @everyone, @here and All Roles; give it" in text
    assert "cannot tell a moderator who takes no direct messages anything, nor hold questions in private" in text
    assert "(they go by direct message): it lacks Create Private Threads; give it" in text
    assert text.count("(not counted)") == 2 and "Everything else is in place." in text


@pytest.mark.shows("check", on="discord")
async def test_who_reads_conversations_along_is_named_once(stage: Stage) -> None:
    guild = next(iter(stage.discord.guilds.values()))
    stage.discord.role("Helpers", ("manage_threads",), guild)
    stage.discord.role("Owners", ("administrator", "manage_threads"), guild)
    text = (await told(stage)).text()
    assert "Members with Manage Threads can read the private threads of questions (in PyCom: Helpers); take it" in text
    assert text.count("Manage Threads") == 1 and "(not counted)" in text


@pytest.mark.shows("check", on="discord")
async def test_a_server_without_rooms_is_judged_by_the_roles(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        guild = next(iter(stage.discord.guilds.values()))
        for role in guild.roles.values():
            role.permissions &= ~permissions.MANAGE_WEBHOOKS
        text = (await look_over(stage.settings())).text()
        assert "In PyCom the bot lacks Manage Webhooks; give them to its role" in text
        member = guild.members.pop(next(iter(stage.discord.applications.values())).bot.id)
        text = (await look_over(stage.settings())).text()
        assert "The bot is in no server; invite the bot with the link" in text
        guild.members[member.user.id] = member


async def test_what_could_not_be_seen_is_said_and_does_not_count(stage: Stage) -> None:
    stage.slack.faults.add({"method": "auth.test", "status": 200, "body": {"ok": True, "team_id": "T0"}, "count": 1})
    report = await told(stage)
    assert "(not counted) The granted scopes could not be seen" in report.text()


async def test_answers_that_make_no_sense_are_no_traceback(stage: Stage) -> None:
    asked = ("auth.test", "bots.info", "conversations.info", "apps.manifest.export")
    bodies: tuple[Any, ...] = ("<html>", [], {"ok": True}, {"ok": False}, {"ok": False, "error": 5})
    for body in bodies:
        for method in asked:
            stage.slack.faults.add({"method": method, "status": 200, "body": body, "count": 1})
        assert not (await told(stage)).ok


async def test_what_the_database_tells_is_looked_at_beside_the_running_bot(stage: Stage) -> None:
    await stage.people["ana"].write(CHANNEL, "Kept under the key")
    deadline = time.monotonic() + 8
    while not stage.rows("SELECT id FROM message"):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    other = await told(stage, secret_key=SecretStr(Fernet.generate_key().decode()))
    assert "The stored text was sealed with another key; put the old key back" in other.text()
    with closing(sqlite3.connect(stage.folder / "bot.db")) as raw, raw:
        raw.execute("UPDATE place SET state = 'dead' WHERE kind = 'stage'")
    text = (await told(stage)).text()
    assert text.count("Nothing more is shown in the stage #keynote, for it could not be reached; write `/mod room") == 2
    with closing(sqlite3.connect(stage.folder / "bot.db")) as raw, raw:
        raw.execute("UPDATE session SET state = 'ended'")
    assert (await told(stage)).text() == "Everything is in place."


@pytest.mark.shows("install", on="discord")
async def test_the_invitation_asks_for_what_is_used_and_nothing_else(stage: Stage) -> None:
    settings = stage.settings()
    assert settings.discord_token is not None
    link = await invite(DiscordSettings(settings.discord_token.get_secret_value(), settings.discord_api_url))
    app = next(iter(stage.discord.applications.values()))
    wanted = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))
    assert link == discord.utils.oauth_url(app.id, permissions=wanted, scopes=("bot", "applications.commands"))
    assert not wanted.administrator
