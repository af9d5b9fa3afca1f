"""Each right that Discord's bot lists, taken: one plain sentence names it, and what waited comes when it is back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import rights
from adapters.discord.check import PERMISSIONS
from adapters.sandbox.discord import permissions, shapes
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
