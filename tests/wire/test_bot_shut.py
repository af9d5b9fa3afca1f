"""Who of the team takes no direct messages is told in a private thread, which nobody else reads (SPEC 8.2)."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.sandbox.discord.model import PRIVATE_THREAD, Channel
from adapters.sandbox.hands import Post
from core.app.handle import showing
from tests.wire.audience import BACKCHANNEL, BOT, CHANNEL, STAGE
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import Stage, on_stage

THREAD = "For Nova"
EXPOSED = "People who are not on the team can read it."


async def appoint(stage: Stage, who: str, post: str = "Moderator") -> None:
    await stage.people["bo"].command(CHANNEL, "/mod team")
    await stage.form("bo", await stage.press("bo", "Add", team_card, CHANNEL))
    await stage.people["bo"].fill({"Person": who, "As": post})
    await stage.read("bo", f"{who.title()} is a", channel=CHANNEL)


def team_card(post: Post) -> bool:
    return post.private and "Team of" in post.text


async def read(stage: Stage, who: str, words: str, times: int = 1) -> None:
    """In the thread, as soon as it is there."""
    deadline = time.monotonic() + stage.patience
    while True:
        try:
            found = [post for post in await stage.people[who].look(THREAD) if words in post.text]
        except LookupError:
            found = []
        if len(found) == times:
            return
        assert time.monotonic() < deadline, f"{who} reads “{words}” {len(found)} times"
        await asyncio.sleep(0.02)


async def unseen(stage: Stage, who: str) -> None:
    with pytest.raises(LookupError):
        await stage.people[who].look(THREAD)


def threads(stage: Stage) -> list[Channel]:
    return [it for it in stage.discord.channels.values() if it.type == PRIVATE_THREAD]


def readers(stage: Stage, thread: Channel) -> set[str]:
    return {stage.discord.users[it].name for it in thread.people}


@pytest.mark.shows("shut-messages", "backchannel-guard", on="discord")
async def test_a_moderator_with_closed_messages_reads_all_of_it_in_a_thread(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        with capture_logs() as logs:
            await reads_all_of_it(stage, monkeypatch)
    shut = [it["log_level"] for it in logs if "takes no direct messages" in it["event"]]
    assert shut == ["info"], "an ordinary thing, and said once however often it is tried again"
    assert not [it for it in logs if it["log_level"] in ("error", "critical")]


async def reads_all_of_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    nova = stage.discord.named("nova")
    nova.open_to_messages = False
    await stage.live("bo", "nova", "sam", made=True)
    await appoint(stage, "nova")
    await read(stage, "nova", "moderator")
    (thread,) = threads(stage)
    assert readers(stage, thread) == {"sidestage", "nova"}
    await unseen(stage, "sam")
    await stage.people["bo"].convert(BACKCHANNEL, private=False)
    await read(stage, "nova", EXPOSED)
    await stage.read("bo", EXPOSED, channel=BOT)
    await unseen(stage, "sam")
    await stage.people["bo"].convert(BACKCHANNEL, private=True)
    await read(stage, "nova", "is for the team only again")
    # An hour later it is tried again; still closed, what was to be told goes into the same thread.
    monkeypatch.setattr(showing, "SHUT_FOR", 0)
    await stage.people["bo"].convert(BACKCHANNEL, private=False)
    await read(stage, "nova", EXPOSED, times=2)
    nova.open_to_messages = True
    await stage.people["bo"].convert(BACKCHANNEL, private=True)
    await stage.read("nova", "is for the team only again", channel=BOT)
    assert threads(stage) == [thread]
    assert not [post for post in await stage.posts("sam") if EXPOSED in post.text]


@pytest.mark.shows("shut-messages", on="discord")
async def test_a_thread_that_somebody_deleted_is_made_anew(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        stage.discord.named("nova").open_to_messages = False
        await stage.live("bo", "nova", made=True)
        await appoint(stage, "nova")
        await read(stage, "nova", "moderator")
        (first,) = threads(stage)
        await stage.people["bo"].delete_channel(THREAD)
        await unseen(stage, "nova")
        await stage.people["bo"].convert(BACKCHANNEL, private=False)
        await read(stage, "nova", EXPOSED)
        (second,) = threads(stage)
        assert second.id != first.id


@pytest.mark.shows("shut-messages", on="discord")
async def test_an_attendee_with_closed_messages_reads_no_error_and_a_speaker_has_a_thread(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        for name in ("nova", "sam"):
            stage.discord.named(name).open_to_messages = False
        await stage.live("bo", "nova", "sam", made=True)
        await stage.poll()
        card = await stage.read("sam", "Which topic?")
        assert (await stage.people["sam"].press(STAGE, card.id, "Vote A")).ok
        told = await stage.told("sam", "command", "/stage menu")
        assert "Open now" in told
        assert threads(stage) == []
        await appoint(stage, "nova", "Speaker")
        await read(stage, "nova", "speaker")
        (thread,) = threads(stage)
        parent = stage.discord.channels[thread.parent_id or ""]
        assert parent.name == BACKCHANNEL, "speakers do not read the desk"
        assert stage.rows("SELECT kind FROM place WHERE kind = 'thread'") == [("thread",)]
        assert not [post for post in await stage.posts("sam") if "cannot" in post.text or "error" in post.text]


@pytest.mark.parametrize("word", ["user_disabled", "cannot_dm_bot", "messages_tab_disabled"])
async def test_who_cannot_be_written_to_in_slack_is_no_error(tmp_path: Path, outgoing: Check, word: str) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        stage.slack.faults.add({"method": "conversations.open", "error": word})
        with capture_logs() as logs:
            await stage.live("ana", "mira", made=True)
            await stage.people["ana"].command(CHANNEL, "/mod team")
            await stage.form("ana", await stage.press("ana", "Add", team_card, CHANNEL))
            await stage.people["ana"].fill({"Person": "mira", "As": "Moderator"})
            await stage.read("ana", "Mira is a", channel=CHANNEL)
            deadline = time.monotonic() + stage.patience
            while not (shut := [it["log_level"] for it in logs if "takes no direct messages" in it["event"]]):
                assert time.monotonic() < deadline, logs
                await asyncio.sleep(0.02)
        assert {*shut} == {"info"} and not [it for it in logs if it["log_level"] == "error"]
