"""Each right that Discord's bot lists, taken: one plain sentence names it, and what waited comes when it is back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import rights
from adapters.discord.check import PERMISSIONS
from adapters.sandbox.discord import changes, permissions, shapes
from tests.wire.audience import BACKCHANNEL, DOOR, QUEUE, STAGE
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
MAKING = ("manage_channels", "manage_roles", "create_private_threads")
"""Without them some room cannot be made; what else it takes everybody has in a server as Discord makes it."""
QUICK = ("manage_channels", "create_private_threads")


def give(stage: Stage, name: str, *, on: bool) -> None:
    """In the bot's own role, as an owner does in the server's settings."""
    guild = stage.discord.only_guild()
    role = next(one for one in guild.roles.values() if one.bot_id)
    bit = permissions.bits([name])
    role.permissions = role.permissions | bit if on else role.permissions & ~bit
    stage.discord.emit("GUILD_ROLE_UPDATE", {"guild_id": guild.id, "role": shapes.role(role)}, guild=guild)


@pytest.mark.parametrize("name", [it if it in QUICK else pytest.param(it, marks=pytest.mark.long) for it in MAKING])
async def test_rooms_that_may_not_be_made_are_told_of_once_and_made_when_they_may(
    tmp_path: Path, outgoing: Check, name: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        stage.chat = STAGE
        give(stage, name, on=False)
        await stage.prepare()
        await stage.go("announce")
        told = await stage.read("ana", "Rooms of “Keynote” in “PyCom” cannot be made", channel=QUEUE)
        assert f"Give it {rights.spelled(permissions.bits([name]))}, or make a channel" in told.text
        await stage.go("start")
        await stage.join("ana")
        give(stage, name, on=True)
        await stage.read("ana", "can be made again and are on their way.", channel=QUEUE)
        for room in (DOOR, QUEUE, BACKCHANNEL):
            await stage.find("bo", room)
        await stage.join("nova")
        await stage.say("nova", "good to be here")
        await stage.read("ana", "good to be here")
        notices = [post.text for post in await stage.posts("ana", QUEUE) if "cannot be made" in post.text]
        assert len(notices) == 1, "one sentence, however many rooms"


def test_the_words_name_each_right_as_discord_does() -> None:
    held = {name: rights.spelled(permissions.bits([name])) for name in PERMISSIONS}
    assert held["view_channel"] == "View Channel"
    assert held["send_messages_in_threads"] == "Send Messages in Threads"
    assert held["mention_everyone"] == "Mention @everyone, @here and All Roles"
    assert all(words and "," not in words.replace("everyone, ", "") for words in held.values())


CHAT = ("view_channel", "send_messages", "read_message_history")


def forbid(stage: Stage, *names: str) -> None:
    """In the chat alone, by the channel's own settings."""
    channel = next(one for one in stage.discord.channels.values() if one.name == STAGE)
    bot = next(one.user for one in stage.discord.only_guild().members.values() if one.user.bot)
    changes.overwrite(stage.discord, channel, bot, CHAT, names)


async def test_what_may_not_be_pinned_or_deleted_is_told_and_done_when_it_may(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", "nova", made=True)
        await stage.say("nova", "Keep this")
        await stage.say("nova", "Away with this")
        keep, away = await stage.read("bo", "Keep this"), await stage.read("bo", "Away with this")
        forbid(stage, "pin_messages", "manage_messages")
        await stage.moderate("bo", keep, "Pin")
        await stage.moderate("bo", away, "Delete everywhere")
        await stage.read("bo", "nothing can be pinned: the bot may not pin messages there. Give it Pin", channel=QUEUE)
        await stage.read("bo", "not everything can be deleted: the bot may not delete", channel=QUEUE)
        await stage.poll()
        await stage.press("nova", "Vote A")
        await stage.read("nova", "Your vote: A")
        forbid(stage)
        await stage.read("bo", "what was to be pinned is pinned now.", 25, QUEUE)
        await stage.read("bo", "what was to be deleted is deleted now.", 25, QUEUE)
        assert [post.text for post in await stage.people["bo"].pins(STAGE)] == ["Keep this"]
        assert not [post for post in await stage.posts("nova") if "Away with this" in post.text]


async def test_lines_wait_while_slack_misses_a_scope(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        stage.slack.faults.add({"method": "chat.postMessage", "error": "missing_scope"})
        await stage.say("nova", "does this arrive?")
        await stage.read("bo", "In Slack something waits that cannot be shown: the app lacks a scope", channel=QUEUE)
        await stage.say("mira", "the other way it does")
        await stage.read("nova", "the other way it does")
        stage.slack.faults.clear()
        await stage.read("mira", "does this arrive?", 25)
        await stage.read("bo", "In Slack what waited is shown now.", 25, QUEUE)
