"""Tokens that are over before the answer is there: everybody reads one sentence, nothing is lost or done twice.

Discord: 3 s for the first answer, 15 minutes for the token. Slack: 3 s and one use for a trigger, 30 minutes and five
uses for a response_url (RELIABILITY 20, 21).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.app.commands import CastBallot, Command, OpenInteractionForm, SubmitInteraction
from core.app.handle import chat_rules, showing
from core.app.outcome import Saving
from jobs.executor import Executor
from tests.wire.audience import BOT, CHANNEL, DOOR, STAGE, has, shared, until
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.test_bot_old_cards import Later

Check = Callable[[Sequence[Any]], None]
SLOW = CastBallot | OpenInteractionForm | SubmitInteraction
"""What waits while the writer is held."""
PATIENCE = 0.2
"""Seconds until “received, saving…”."""
OVER = frozenset({"expired_url", "used_url"})
"""What Slack says of a response_url is no broken rule here: that it is over can only be found out."""
DISCORD_LATER, SLACK_LATER = 16 * 60, 31 * 60
"""Seconds after which a token, and a response_url, are over."""


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """What is slow waits until it is set."""
    free, commit = threading.Event(), Executor._commit
    free.set()

    def slow(executor: Executor, commands: Sequence[Command], *, alone: bool) -> Any:
        if any(isinstance(it, SLOW) for it in commands):
            assert free.wait(20)
        return commit(executor, commands, alone=alone)

    monkeypatch.setattr(Executor, "_commit", slow)
    return free


@contextmanager
def held(stage: Stage, writer: threading.Event) -> Iterator[None]:
    """Long enough for “received, saving…”, and longer."""
    usual, stage.bot.executor._patience = stage.bot.executor._patience, PATIENCE
    writer.clear()
    try:
        yield
    finally:
        stage.bot.executor._patience = usual
        writer.set()


@asynccontextmanager
async def alone(folder: Path, outgoing: Check, name: str, time: Later) -> AsyncIterator[Stage]:
    def check(sent: Sequence[Any]) -> None:
        outgoing([it for it in sent if not OVER & set(it.violations)])

    async with on_stage(folder, check, platforms=(name,), time=time) as stage:
        yield stage


def untroubled(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    assert not [it for it in caplog.records if it.exc_info], "no traceback"
    assert "Traceback" not in capsys.readouterr().out


def interactions(stage: Stage) -> list[Any]:
    return stage.rows("SELECT state FROM interaction ORDER BY id")


async def unread(who: str, stage: Stage, words: str, channel: str) -> None:
    assert not [it for it in await stage.posts(who, channel) if words in it.text]


# -- Discord --------------------------------------------------------------------------------------------------------


async def test_what_is_saved_after_discords_token_is_over_is_told_by_direct_message(
    tmp_path: Path,
    outgoing: Check,
    writer: threading.Event,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    time = Later()
    async with alone(tmp_path, outgoing, "discord", time) as stage:
        await stage.live("bo", "nova")
        await stage.form("bo", await stage.people["bo"].command(CHANNEL, "/mod poll Slowly?"))
        with held(stage, writer):
            await stage.people["bo"].fill({"Options, one a line": "Yes\nNo"})
            await stage.read("bo", Saving.sentence)
            time.ahead = DISCORD_LATER
        told = await stage.read("bo", "Saved as a draft.", channel=BOT)
        assert interactions(stage) == [("draft",)], "once"
        assert (await stage.people["bo"].press(BOT, told.id, "Publish now")).ok
        await stage.read("bo", "Published.", channel=BOT)
        # A form that is ready too late comes with a button that opens it.
        with held(stage, writer):
            await stage.people["bo"].command(CHANNEL, "/mod poll Late?")
            await stage.see("bo", lambda post: post.private and Saving.sentence in post.text)
            time.ahead += DISCORD_LATER
        offered = await stage.see("bo", lambda post: post.id != told.id and has(post, "Open form"), channel=BOT)
        sheet = await stage.form("bo", await stage.people["bo"].press(BOT, offered.id, offered.controls[0].label))
        assert {it.label: it.value for it in sheet.entries}["Question"] == "Late?"
        assert "Saved as a draft." in await stage.send("bo", {"Options, one a line": "Yes\nNo"}, BOT)
        assert sorted(interactions(stage)) == [("draft",), ("live",)]
        # Whoever voted was asked to look again, and reads what is stored.
        card = await stage.see("nova", lambda post: has(post, "Vote A") and "Slowly?" in post.text)
        with held(stage, writer):
            await stage.people["nova"].press(CHANNEL, card.id, "Vote A")
            await stage.read("nova", Saving.sentence)
            time.ahead += DISCORD_LATER
        await stage.see("bo", lambda post: post.id == card.id and "1 vote" in post.text)
        await stage.people["nova"].press(CHANNEL, card.id, "Vote A")
        await stage.read("nova", "Your vote: A")
        assert stage.rows("SELECT count(*) FROM ballot") == [(1,)]
    untroubled(capsys, caplog)


async def test_private_answers_go_on_sixteen_minutes_later_on_discord(tmp_path: Path, outgoing: Check) -> None:
    time = Later()
    async with alone(tmp_path, outgoing, "discord", time) as stage:
        await stage.live("bo", "nova")
        await stage.people["nova"].command(CHANNEL, "/stage menu")
        menu = await stage.see("nova", lambda post: post.private and has(post, "Settings"))
        await stage.poll()
        card = await stage.see("nova", lambda post: has(post, "Vote A"))
        time.ahead = DISCORD_LATER
        assert (await stage.people["nova"].press(CHANNEL, menu.id, "Settings")).ok
        await stage.see("nova", lambda post: post.id == menu.id and has(post, "Change settings"))
        time.ahead += DISCORD_LATER
        await stage.form("nova", await stage.people["nova"].press(CHANNEL, menu.id, "Change settings"))
        assert (await stage.people["nova"].fill({})).ok
        await stage.people["nova"].press(CHANNEL, card.id, "Vote B")
        await stage.read("nova", "Your vote: B")
        await stage.see("bo", lambda post: post.id == card.id and "1 vote" in post.text)


async def test_an_answer_that_discord_waits_for_no_longer_is_told_by_direct_message(
    tmp_path: Path, outgoing: Check, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """10062: after 3 s the interaction is unknown; 40060: it has its answer, though the word of it was lost."""
    async with alone(tmp_path, outgoing, "discord", Later()) as stage:
        await stage.live("bo", "nova")
        await stage.form("bo", await stage.people["bo"].command(CHANNEL, "/mod poll Lost?"))
        faults, route = stage.servers["discord"].faults, "/interactions/{interaction_id}/{interaction_token}/callback"
        faults.add(method="POST", route=route, status=404, code=10062, count=1)
        stage.discord.patience = 0.4
        assert not (await stage.people["bo"].fill({"Options, one a line": "Yes\nNo"})).ok
        saved = await stage.read("bo", "Saved as a draft.", channel=BOT)
        assert interactions(stage) == [("draft",)], "once"
        stage.discord.patience = 3.0
        assert (await stage.people["bo"].press(BOT, saved.id, "Publish now")).ok
        await stage.read("bo", "Published.", channel=BOT)
        assert interactions(stage) == [("live",)]
        faults.add(method="POST", route=route, cut="after", count=1)
        assert (await stage.press("nova", "Vote A")).ok
        assert len([it for it in await stage.posts("nova") if "Your vote: A" in it.text]) == 1
        await unread("nova", stage, "Your vote", BOT)
    untroubled(capsys, caplog)


async def test_who_takes_no_direct_messages_is_not_tried_again_and_again(tmp_path: Path, outgoing: Check) -> None:
    async with alone(tmp_path, outgoing, "discord", Later()) as stage:
        await stage.live("bo")
        stage.discord.named("bo").open_to_messages = False
        faults, route = stage.servers["discord"].faults, "/interactions/{interaction_id}/{interaction_token}/callback"
        stage.discord.patience = 0.2
        for _ in range(3):
            faults.add(method="POST", route=route, status=404, code=10062, count=1)
            assert not (await stage.people["bo"].command(CHANNEL, "/stage menu")).ok
            faults.clear()
        stage.discord.patience = 3.0
        assert "joined" in await stage.told("bo", "command", "/stage menu")
        direct = [it for it in stage.discord.requests if it.method == "POST" and it.status == 403]
        assert len(direct) == 1


# -- Slack ----------------------------------------------------------------------------------------------------------


async def test_what_is_saved_after_slacks_response_url_is_over_is_told_all_the_same(
    tmp_path: Path,
    outgoing: Check,
    writer: threading.Event,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    time = Later()
    async with alone(tmp_path, outgoing, "slack", time) as stage:
        await stage.live("ana", "mira")
        await stage.poll()
        card = await stage.see("mira", lambda post: has(post, "Vote A"))
        for number, over in enumerate((lambda: setattr(time, "ahead", SLACK_LATER), lambda: spend(stage))):
            label = f"Vote {'AB'[number]}"
            with held(stage, writer):
                await stage.people["mira"].press(CHANNEL, card.id, label)
                await stage.read("mira", Saving.sentence)
                over()
            await stage.read("mira", f"Your vote: {label[-1]}")
        await stage.see("ana", lambda post: post.id == card.id and "1 vote" in post.text)
        assert stage.rows("SELECT count(*) FROM ballot") == [(1,)]
        # A form that stood open for longer than that.
        await stage.form("ana", await stage.people["ana"].command(CHANNEL, "/mod session create"))
        time.ahead += SLACK_LATER
        values = {"Name": "Second", "Start": "23:58", "Length": "45m", "Timezone of the start": "UTC"}
        await stage.people["ana"].fill(values)
        await stage.read("ana", "“Second” is made.")
        assert stage.rows("SELECT count(*) FROM session") == [(2,)]
    untroubled(capsys, caplog)


def spend(stage: Stage) -> None:
    """Five answers were given to each."""
    for url in stage.slack.urls.values():
        url.uses = 5


@pytest.mark.parametrize("why", ["older than three seconds", "used"])
async def test_a_form_whose_trigger_is_over_comes_as_a_private_message(
    tmp_path: Path,
    outgoing: Check,
    writer: threading.Event,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    why: str,
) -> None:
    time = Later()
    async with alone(tmp_path, outgoing, "slack", time) as stage:
        await stage.live("ana")
        writer.clear()
        before = len(stage.slack.triggers)
        asked = asyncio.create_task(stage.people["ana"].command(CHANNEL, "/mod poll Late?"))
        await until(lambda: begun(stage, before))
        if why == "used":
            list(stage.slack.triggers.values())[-1].used = True
        else:
            time.ahead += 4
        assert (await asked).ok
        writer.set()
        form = await stage.see("ana", lambda post: post.private and "Options, one a line" in post.text)
        assert await stage.people["ana"].sheet() is None
        await stage.people["ana"].enter(CHANNEL, form.id, {"Options, one a line": "Yes\nNo"})
        await stage.people["ana"].press(CHANNEL, form.id, form.controls[-1].label)
        await stage.press("ana", "Publish now", lambda post: post.private and "Late?" in post.text, CHANNEL)
        await stage.see("ana", lambda post: shared(post) and has(post, "Vote A") and "Late?" in post.text)
        assert interactions(stage) == [("live",)]
    untroubled(capsys, caplog)


async def begun(stage: Stage, before: int) -> bool:
    return len(stage.slack.triggers) > before


# -- closed direct messages on Discord --------------------------------------------------------------------------------


async def test_an_attendee_with_closed_messages_reads_no_error_and_is_tried_once_an_hour(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_rules, "TOLD_EVERY", 0)
    async with on_stage(tmp_path, outgoing) as stage:
        stage.discord.named("nova").open_to_messages = False
        stage.hosting.reverse()
        await stage.prepare("23:58", "30m")
        stage.chat = STAGE
        await stage.go("announce")
        await stage.fill_join("nova", await stage.press("nova", "Join session", shared, DOOR), DOOR)
        await stage.fill_join("mira", await stage.press("mira", "Join session", shared, DOOR), DOOR)
        await stage.go("start")  # who joined before is told that the doors are open
        await stage.join("bo")
        await stage.find("nova", STAGE)
        await stage.form("bo", await stage.people["bo"].command(STAGE, "/mod session chat"))
        await stage.send("bo", {"Words that are not shared": "heckling"}, STAGE)
        for number in range(3):
            await stage.gone("bo", await stage.say("nova", f"heckling {number}"))
            await stage.say("nova", f"kind {number}.")
            await stage.read("mira", f"kind {number}.")
        assert "joined" in await stage.told("nova", "command", "/stage menu")
        await until(lambda: tried(stage, 1))
        assert not [it for it in await stage.posts("nova") if "cannot" in it.text or "error" in it.text]
        stage.discord.named("nova").open_to_messages = True
        monkeypatch.setattr(showing, "SHUT_FOR", 0)  # an hour later
        await stage.say("nova", "heckling once more")
        await stage.read("nova", "was not shared", channel=BOT)
        assert await tried(stage, 1), "one refused call"


async def tried(stage: Stage, times: int) -> bool:
    """So many direct messages were refused."""
    refused = [it for it in stage.discord.requests if it.status == 403]
    return len(refused) == times
