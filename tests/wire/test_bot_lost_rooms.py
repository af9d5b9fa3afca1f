"""Rights taken from the bot while people talk: told once in plain words, and all is well once they are back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.adapter import DiscordAdapter
from adapters.sandbox.discord import changes
from adapters.sandbox.discord.model import Channel, Member
from tests.wire.audience import CHANNEL, DOOR, QUEUE, STAGE, copies, has, shared
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]


def stage_of(stage: Stage) -> Channel:
    return next(one for one in stage.discord.channels.values() if one.name == STAGE)


def bot_of(stage: Stage) -> Member:
    guild = stage.discord.only_guild()
    return next(one for one in guild.members.values() if one.user.bot)


def unseen(stage: Stage, *, off: bool) -> None:
    channel, bot = stage_of(stage), bot_of(stage).user
    kept = ["view_channel", "send_messages", "read_message_history"]
    changes.overwrite(stage.discord, channel, bot, () if off else kept, kept[:1] if off else ())


def mute(stage: Stage, *, off: bool) -> None:
    channel, bot = stage_of(stage), bot_of(stage).user
    kept, taken = ["view_channel", "read_message_history"], ["send_messages", "manage_webhooks"]
    changes.overwrite(stage.discord, channel, bot, kept if off else [*kept, *taken], taken if off else ())


def timed_out(stage: Stage, *, off: bool) -> None:
    bot = bot_of(stage)
    bot.timeout = stage.discord.clock() + 3_600 if off else None
    stage.discord.change_member(stage.discord.only_guild(), bot)


async def look(stage: Stage) -> None:
    """The watch's next round."""
    (adapter,) = (it for it in stage.bot.adapters if isinstance(it, DiscordAdapter))
    await adapter._watch.round()


async def rooms_again(stage: Stage) -> None:
    """A moderator in the channel itself."""
    await stage.people["bo"].command(STAGE, "/mod rooms")
    await stage.press("bo", "Stage: this channel", channel=STAGE)


@pytest.mark.shows("rooms-lost", on="discord")
@pytest.mark.parametrize("mended", [look, rooms_again], ids=["by a look", "by a command"])
@pytest.mark.parametrize(
    ("lost", "words"), [(unseen, "Give it View Channel there"), (mute, "may not write"), (timed_out, "may not write")]
)
async def test_a_chat_that_the_bot_may_not_use_is_told_of_once_and_comes_back_with_what_waited(
    tmp_path: Path,
    outgoing: Check,
    lost: Callable[..., None],
    words: str,
    mended: Callable[[Stage], Awaitable[None]],
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        await stage.say("mira", "before")
        await stage.read("nova", "before")
        lost(stage, off=True)
        await stage.poll()
        told = await stage.read("ana", "cannot be used any more", channel=QUEUE)
        assert words in told.text and "code 5" not in told.text
        await look(stage)
        assert "can be used again" not in " ".join(post.text for post in await stage.posts("ana", QUEUE)), "not yet"
        lost(stage, off=False)
        await mended(stage)
        await stage.see("nova", lambda post: has(post, "Vote A"))
        await stage.say("nova", "good to have you back")
        await stage.read("mira", "good to have you back")
        lost_rooms = [post.text for post in await stage.posts("ana", QUEUE) if "cannot be used any more" in post.text]
        assert len(lost_rooms) == len(set(lost_rooms)), "each room once"


@pytest.mark.shows("admission-refused", on="discord")
async def test_who_joins_while_the_bot_may_let_nobody_in_is_let_in_when_it_may(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", made=True)
        guild = stage.discord.only_guild()
        role = next(one for one in guild.roles.values() if one.name == "Keynote")
        below, role.position = role.position, 99
        opened = await stage.press(
            "nova", "Join session", lambda post: shared(post) and has(post, "Join session"), DOOR
        )
        await stage.fill_join("nova", opened, DOOR)
        await stage.read("bo", "In Discord nobody is let in who joins: the bot may not let people in.", channel=QUEUE)
        role.position = below
        await stage.find("nova", STAGE, within=20)
        await stage.read("bo", "In Discord people are let in again.", channel=QUEUE)


@pytest.mark.shows("admission-refused", on="slack")
async def test_who_joins_while_slack_lets_the_bot_invite_nobody_is_let_in_when_it_does(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await stage.live("ana", made=True)
        stage.slack.faults.add({"method": "conversations.invite", "error": "restricted_action"})
        await stage.fill_join("mira", await stage.press("mira", "Join session", shared, DOOR))
        told = "In Slack nobody is let in who joins: the workspace does not let the bot add people; an admin can allow"
        await stage.read("ana", told, channel=QUEUE)
        stage.slack.faults.clear()
        await stage.find("mira", STAGE, within=20)
        await stage.read("ana", "In Slack people are let in again.", channel=QUEUE)


@pytest.mark.shows("rooms-lost", on="slack")
async def test_a_chat_in_slack_that_the_bot_was_taken_out_of_comes_back_when_it_is_invited_again(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova")
        await stage.say("nova", "before")
        await stage.read("mira", "before")
        await stage.people["ana"].kick(CHANNEL, "Sidestage")
        await stage.read("bo", "cannot be used any more", channel=QUEUE)
        await asyncio.sleep(0)
        await stage.people["ana"].invite(CHANNEL, "Sidestage")
        await stage.read("bo", "can be used again", channel=QUEUE)
        await stage.say("nova", "good to have you back")
        await stage.read("mira", "good to have you back")


@pytest.mark.shows("lines-blank", on="discord")
async def test_words_that_discord_keeps_back_are_told_of_once_and_come_when_they_may(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        await stage.poll()
        await stage.say("nova", "line 0.")
        await stage.read("mira", "line 0.")
        app, hub = next(iter(stage.discord.applications.values())), stage.servers["discord"].hub
        hub.withhold(app, words=True)
        for number in range(1, 8):
            await stage.people["nova"].write(STAGE, f"line {number}.")
        for who in ("ana", "bo"):
            told = await stage.read(who, "Discord gives the bot no words of messages", channel=QUEUE)
            assert "Message Content Intent" in told.text
        await stage.press("nova", "Vote A", shared)
        await stage.read("nova", "Your vote: A")
        troubles = [it for it in await stage.posts("ana", QUEUE) if "Discord gives the bot no words" in it.text]
        assert len(troubles) == 1
        hub.withhold(app, words=False)
        await stage.people["nova"].write(STAGE, "line 8.")
        await stage.read("bo", "Discord gives the bot the words of messages again", channel=QUEUE)
        lines = [f"line {number}." for number in range(9)]
        posts = await stage.people["mira"].settle(
            STAGE, lambda posts: set(copies(posts, lines)) == set(lines), within=20
        )
        assert copies(posts, lines) == lines
