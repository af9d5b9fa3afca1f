"""Drafts over the wire: the exact card, edits of two at once, a time, the run of show, and out of sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Post, Sheet
from config import bot as bot_module
from core.domain.ids import SECOND, Instant
from tests.wire.audience import CHANNEL, QUEUE, STAGE, has, private, shared
from tests.wire.bot_sides import Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]


def alone(words: str, label: str) -> Callable[[Post], bool]:
    return lambda post: post.private and words in post.text and has(post, label)


def asks(question: str) -> Callable[[Post], bool]:
    return lambda post: shared(post) and question in post.text and has(post, "Vote A")


async def pick(stage: Stage, who: str, words: str, option: str, channel: str = CHANNEL) -> str:
    """One entry of the menu More on somebody's own card with these words; what they read then."""
    card = await stage.see(who, alone(words, "More"), channel=channel)
    return await stage.told(who, "choose", card.id, "More", [option], channel=channel)


async def opens(stage: Stage, who: str, words: str, option: str) -> Sheet:
    """The form that an entry of the menu More opens."""
    return await stage.form(who, await stage.choose(who, "More", option, CHANNEL, alone(words, "More")))


async def show(stage: Stage, who: str, words: str, channel: str = CHANNEL) -> Post:
    """What somebody reads who opens the first of the list."""
    await stage.people[who].command(channel, "/mod live")
    await stage.press(who, "Open", lambda post: private(post) and words in post.text, channel)
    return await stage.see(who, alone(words, "More"), channel=channel)


@pytest.mark.shows("drafts", "poll-make", "poll-list")
@on_every_side
async def test_two_moderators_edit_copy_and_delete_the_same_draft(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, other, guest = side.host, side.host_across, side.guest
        await stage.live(host, other, guest, side.across, made=True)
        await stage.draft(host, "Tea?", Closes="After 1 minute")
        assert not [post for post in await stage.posts(guest) if "Tea?" in post.text]
        await show(stage, other, "Tea?")
        await stage.form(host, await stage.press(host, "Edit", private, CHANNEL))
        await stage.form(other, await stage.press(other, "Edit", private, CHANNEL))
        told = await stage.send(other, {"Question": "Coffee?"}, CHANNEL)
        assert "Saved. This is how it will look:" in told and "Coffee?" in told
        again = await stage.again(host, {"Question": "Milk?"}, CHANNEL)
        words = " ".join([stage.refusal, again.text, *(it.error or "" for it in again.entries)])
        assert "changed it while you wrote" in words and "Question: Coffee?" in words, words
        assert next(it.value for it in again.entries if it.label == "Question") == "Milk?"
        assert "Milk?" in await stage.send(host, {}, CHANNEL)
        assert "A new draft with the same words:" in await pick(stage, host, "Milk?", "Duplicate")
        assert stage.rows("SELECT state FROM interaction") == [("draft",), ("draft",)]
        assert "Delete this draft of a poll?" in await pick(stage, host, "Milk?", "Delete")
        await stage.press(host, "Keep it", private, CHANNEL)
        await stage.read(host, "Nothing was changed.", channel=CHANNEL)
        await show(stage, host, "Milk?")
        await pick(stage, host, "Milk?", "Delete")
        await stage.press(host, "Delete", alone("cannot be brought back", "Delete"), CHANNEL)
        await stage.read(host, "The draft is deleted.", channel=CHANNEL)
        assert stage.rows("SELECT state FROM interaction") == [("draft",)]


@pytest.mark.shows("drafts", "timing")
@on_every_side
async def test_a_draft_publishes_itself_and_closes_by_itself_also_over_a_restart(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, side: Side
) -> None:
    ahead = [0]
    real = bot_module.clock
    monkeypatch.setattr(bot_module, "clock", lambda: Instant(real() + ahead[0]))
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(host, guest, across, made=True)
        await stage.draft(host, "Tea?", Closes="After 30 seconds")
        await opens(stage, host, "Tea?", "Publish at a time")
        again = await stage.again(host, {"Publish at": "soon"}, CHANNEL)
        assert "Write a time like 14:30" in " ".join([stage.refusal, *(it.error or "" for it in again.entries)])
        assert "It publishes itself at that time" in await stage.send(host, {"Publish at": "+10m"}, CHANNEL)
        ahead[0] = 601 * SECOND
        await stage.see(guest, asks("Tea?"))
        await stage.see(across, asks("Tea?"))
        await stage.press(guest, "Vote A", shared)
        await stage.read(guest, "Your vote: A")
        twin = await stage.see(host, lambda post: shared(post) and "Live: Poll “Tea?”" in post.text, channel=QUEUE)
        assert "closes" in twin.text
        ((closes,),) = stage.rows("SELECT closes_at FROM interaction")
        await stage.bot.stop()
        ahead[0] += 300 * SECOND
        await stage.start_bot()
        for who in (guest, across):
            await stage.see(who, lambda post: shared(post) and "Tea?" in post.text and "ended" in post.text)
        assert stage.rows("SELECT state, ended_at FROM interaction") == [("ended", closes)]


@pytest.mark.shows("edit-live", "unpublish")
@on_every_side
async def test_a_live_one_is_edited_given_time_taken_out_of_sight_and_shown_again(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        stage.hosting.sort(key=lambda who: who != host)
        await stage.live(host, guest, across, made=True)
        await stage.poll("Tea?", "Yes\nNo", Closes="After 5 minutes")
        await stage.press(guest, "Vote A", shared)
        await stage.read(guest, "Your vote: A")
        before = stage.rows("SELECT closes_at FROM interaction")[0][0]
        assert "It stays open 2 minutes longer." in await pick(stage, host, "Tea?", "2 more minutes")
        assert stage.rows("SELECT closes_at FROM interaction") == [(before + 120 * SECOND,)]
        sheet = await opens(stage, host, "Tea?", "Edit")
        assert [entry.label for entry in sheet.entries] == ["Results", "Closes"]
        assert "Everybody sees it now." in await stage.send(
            host, {"Results": "Share when it ends", "Closes": "After 10 minutes"}, CHANNEL
        )
        await stage.see(across, lambda post: asks("Tea?")(post) and "Results when it ends." in post.text)
        assert "Take this poll out of everybody's sight?" in await pick(stage, host, "Tea?", "Unpublish")
        await stage.press(host, "Leave it there", private, CHANNEL)
        await stage.read(host, "Nothing was changed.", channel=CHANNEL)
        await show(stage, host, "Tea?")
        await pick(stage, host, "Tea?", "Unpublish")
        await stage.press(host, "Unpublish", private, CHANNEL)
        for who in (guest, across):
            await stage.vanished(who, "Poll ·")
        await stage.press(host, "Show it again", private, CHANNEL)
        for who in (guest, across):
            card = await stage.see(who, lambda post: shared(post) and "Poll · ended" in post.text)
            assert "100 % · 1 · most votes" in card.text and not has(card, "Vote A")


@pytest.mark.shows("show-order")
@on_every_side
async def test_the_run_of_show_is_ordered_previewed_and_published_at_the_desk(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(host, guest, across, made=True)
        for number in range(1, 9):
            await stage.draft(host, f"Question {number}?")
        assert "It is number 7 of 8" in await pick(stage, host, "Question 8?", "Move up in the run of show")
        assert "It is number 8 of 8" in await pick(stage, host, "Question 8?", "Move down in the run of show")
        await stage.people[host].command(CHANNEL, "/mod live")
        await stage.press(host, "Next page", private, CHANNEL)
        await stage.see(host, alone("Question 8?", "Back"), channel=CHANNEL)
        await stage.press(host, "Back", private, CHANNEL)
        await stage.see(host, alone("Question 1?", "Next page"), channel=CHANNEL)
        await stage.see(host, lambda post: has(post, "Drafts 8"), channel=QUEUE)
        await stage.press(host, "Preview", shared, QUEUE)
        await stage.see(host, alone("Question 1?", "Publish now"), channel=QUEUE)
        await stage.press(host, "Publish next", lambda post: shared(post) and "Question 1?" in post.text, QUEUE)
        for who in (guest, across):
            await stage.see(who, asks("Question 1?"))
        await stage.see(host, lambda post: "Next up: Poll “Question 2?”" in post.text, channel=QUEUE)
        await stage.people[host].command(CHANNEL, "/mod next")
        for who in (guest, across):
            await stage.see(who, asks("Question 2?"), channel=STAGE)
