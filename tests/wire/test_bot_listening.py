"""Who listens in a Discord voice channel, as the desk tells it (SPEC 10.2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.discord import voices
from adapters.discord.adapter import DiscordAdapter
from adapters.sandbox.discord.model import Channel
from tests.wire.audience import CHANNEL, QUEUE, has
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import Stage, on_stage

TALK = "talk"
VOICE = "Voice: this channel"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "PAUSE", 0.05)


async def adopt(stage: Stage, kind: str = "voice") -> Channel:
    """A voice channel, made a room of the session in its own chat."""
    made = stage.discord.channel(TALK, stage.discord.only_guild(), kind=kind)
    await stage.people["bo"].command(TALK, "/mod rooms")
    await stage.press("bo", VOICE, channel=TALK)
    await stage.read("bo", "This channel is the voice now.", channel=TALK)
    return made


async def desk(stage: Stage, words: str) -> None:
    await stage.read("bo", words, channel=QUEUE)


@pytest.mark.shows("rooms-voice", on="discord")
@pytest.mark.parametrize("kind", ["voice", "stage"])
async def test_the_desk_tells_how_many_who_joined_are_in_the_voice_channel(
    tmp_path: Path, outgoing: Check, kind: str
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", "nova", made=True)
        people = stage.people
        await adopt(stage, kind)
        await desk(stage, "Nobody who joined is in the voice channel.")
        await people["nova"].voice(TALK)
        await desk(stage, "In the voice channel: 1 of 2 who joined.")
        await people["sam"].voice(TALK)
        await people["bo"].voice(TALK, deafened=True)
        await desk(stage, "In the voice channel: 2 of 2 who joined, 1 with the sound off.")
        await people["bo"].voice(TALK, muted=True)
        await desk(stage, "In the voice channel: 2 of 2 who joined.")
        # Who joins the session meanwhile counts at the next look.
        await stage.join("sam")
        await look(stage)
        await desk(stage, "In the voice channel: 3 of 3 who joined.")
        stage.discord.channel("elsewhere", stage.discord.only_guild(), kind="voice")
        await people["nova"].voice("elsewhere")
        await desk(stage, "In the voice channel: 2 of 3 who joined.")
        for who in ("bo", "sam"):
            await people[who].voice(None)
        await desk(stage, "Nobody who joined is in the voice channel.")
        assert not [it for it in stage.discord.requests if "/channels" in it.route and TALK in str(it.arguments)]


async def look(stage: Stage) -> None:
    """The next round of the minute."""
    (adapter,) = (it for it in stage.bot.adapters if isinstance(it, DiscordAdapter))
    await adapter._voices.round()


@pytest.mark.shows("rooms-voice", on="discord")
async def test_who_was_there_before_and_who_came_while_the_connection_was_lost_count(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", "nova", "sam", made=True)
        made = stage.discord.channel(TALK, stage.discord.only_guild(), kind="voice")
        await stage.people["nova"].voice(made.name)
        await stage.people["bo"].command(TALK, "/mod rooms")
        await stage.press("bo", VOICE, channel=TALK)
        await desk(stage, "In the voice channel: 1 of 3 who joined.")
        hub = stage.servers["discord"].hub
        hub.drop()
        hub.forget_sessions()
        await stage.people["nova"].voice(None)
        await stage.people["bo"].voice(TALK)
        await stage.people["sam"].voice(TALK, deafened=True)
        await desk(stage, "In the voice channel: 2 of 3 who joined, 1 with the sound off.")
        await stage.restart()
        await stage.people["sam"].voice(TALK)
        await desk(stage, "In the voice channel: 2 of 3 who joined.")


@pytest.mark.shows("rooms-voice", on="discord")
async def test_only_a_voice_channel_is_offered_as_one_and_it_is_no_chat(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        stage.hosting.reverse()
        await stage.live("bo", "nova", "mira", made=True)
        for host in ("bo", "ana"):
            await stage.people[host].command(CHANNEL, "/mod rooms")
            card = await stage.read(host, "Rooms of “Keynote” here", channel=CHANNEL)
            assert not has(card, VOICE)
            told = await stage.told(
                host, "command", f"/mod room {'kind:' if host == 'bo' else ''}voice", channel=CHANNEL
            )
            assert "in the chat of a voice channel" in told
        await adopt(stage)
        await stage.people["nova"].write(TALK, "Only those in the voice channel read this")
        await stage.say("nova", "And this is the chat")
        await stage.read("mira", "And this is the chat")
        assert not [post for post in await stage.posts("mira") if "Only those in" in post.text]
        await stage.people["bo"].command(TALK, "/mod poll Heard?")
        await stage.people["bo"].fill({"Options, one a line": "Yes\nNo"})
        await stage.press("bo", "Publish now", channel=TALK)
        await stage.read("mira", "Heard?")
        assert not [post for post in await stage.people["nova"].look(TALK) if post.bot and not post.private]
        # A channel that is gone is told of, and another one can be taken.
        await stage.people["bo"].delete_channel(TALK)
        await desk(stage, "Voice channel in “PyCom” of “Keynote” cannot be used any more (deleted).")
        await adopt(stage)
