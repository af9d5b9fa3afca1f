"""Quiz with its leaderboard, rating and crowd vote over both platforms, by visible words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.wire.audience import CHANNEL, QUEUE, has, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage


async def publishes(stage: Stage, host: str, command: str, values: dict[str, Any]) -> str:
    """What the host reads before it is published."""
    await stage.form(host, await stage.people[host].command(CHANNEL, command))
    told = await stage.send(host, values, CHANNEL)
    await stage.press(host, "Publish now", lambda post: post.private, CHANNEL)
    await stage.see(host, lambda post: post.private and "Published." in post.text, channel=CHANNEL)
    return told


async def presses(stage: Stage, who: str, words: str, label: str) -> str:
    card = await stage.see(who, lambda post: shared(post) and words in post.text and has(post, label))
    return await stage.told(who, "press", card.id, label)


async def ends(stage: Stage, host: str, word: str) -> None:
    await stage.press(host, "End", channel=QUEUE)
    await stage.press(host, f"End {word}", channel=QUEUE)


@pytest.mark.shows("quiz", "leaderboard")
@on_every_side
async def test_a_quiz_names_its_answer_at_the_end_and_who_leads_of_those_who_want_it(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        stage.hosting.sort(key=lambda who: who != host)
        await stage.live(host, guest, across, made=True)
        await stage.find(host, QUEUE)
        boxes = ["Show the correct answer when it ends", "Count it for the leaderboard"]
        secret = "Anonymous: nobody can tie an answer to a person after the end"
        await stage.form(host, await stage.people[host].command(CHANNEL, "/mod quiz"))
        wrong = {"Question": "When?", "Answers, one a line": "1989\n* 1991\n1995", "Settings": [*boxes, secret]}
        sheet = await stage.again(host, wrong, CHANNEL)
        assert "An anonymous quiz cannot count for the leaderboard." in sheet.text + str(sheet)
        told = await stage.send(host, {"Settings": boxes}, CHANNEL)
        assert "orrect" not in told, "the exact card"
        await stage.press(host, "Publish now", lambda post: post.private, CHANNEL)
        told = await presses(stage, guest, "When?", "Answer B")
        assert "Your answer: B, 1991." in told and "orrect" not in told
        assert "Your answer: A, 1989." in await presses(stage, across, "When?", "Answer A")
        for who in (guest, across):
            card = await stage.see(who, lambda post: shared(post) and "When?" in post.text and "2 answers" in post.text)
            assert "orrect" not in card.text and "right" not in card.text
        await stage.read(host, "1 of 2 right", channel=QUEUE)
        await ends(stage, host, "quiz")
        for who in (guest, across):
            card = await stage.read(who, "Quiz · ended")
            assert "correct ✓" in card.text and "1 of 2 right" in card.text and "Leaderboard" not in card.text

        await stage.press(guest, "Leaderboard", lambda post: post.private)
        await stage.press(guest, "Join leaderboard")
        await stage.read(guest, f"1. {guest.title()}, 1 right")
        for who in (guest, across):
            await stage.read(who, f"Leaderboard: 1. {guest.title()}, 1 right")
        await stage.people[across].command(stage.chat, "/stage leaderboard")
        board = await stage.read(across, "Leaderboard of “Keynote”")
        assert f"1. {guest.title()}, 1 right" in board.text and "You are not on it" in board.text
        await stage.people[guest].command(stage.chat, "/stage menu")
        await stage.press(guest, "Leaderboard", lambda post: has(post, "Feed"))
        await stage.press(guest, "Leave leaderboard")
        await stage.vanished(across, f"Leaderboard: 1. {guest.title()}")


@pytest.mark.shows("quiz")
@on_every_side
async def test_several_correct_answers_are_picked_in_one_menu(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        await stage.live(side.host, side.guest, side.other, made=True)
        await stage.find(side.host, QUEUE)
        await publishes(
            stage, side.host, "/mod quiz", {"Question": "Primes?", "Answers, one a line": "*2\n4\n7 (correct)"}
        )
        for who, picked in ((side.guest, ["A  2", "C  7"]), (side.other, ["A  2"])):
            card = await stage.see(who, lambda post: shared(post) and has(post, "Choose one or more"))
            told = await stage.told(who, "choose", card.id, "Choose one or more", picked)
            assert "Your answer: A, 2" in told, told
        await stage.read(side.host, "1 of 2 right", channel=QUEUE)
        await ends(stage, side.host, "quiz")
        await stage.read(side.guest, "1 of 2 right")


@pytest.mark.shows("rating")
@on_every_side
async def test_a_rating_is_one_press_and_tells_its_mean(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        stage.hosting.sort(key=lambda who: who != host)
        await stage.live(host, guest, across, made=True)
        await stage.find(host, QUEUE)
        values = {"What is rated": "The coffee", "Scale of": ["❤️ Hearts"], "Steps": ["1 to 10"]}
        await publishes(stage, host, "/mod rating", values)
        card = await stage.see(guest, lambda post: shared(post) and has(post, "10 great"))
        labels = [it.label for it in card.controls]
        assert [*labels[:2], *labels[-2:]] == ["1 poor", "2", "9", "10 great"]
        assert "Your rating: 10 of 10." in await presses(stage, guest, "The coffee", "10 great")
        assert "Your rating: 7 of 10." in await presses(stage, across, "The coffee", "7")
        for who in (guest, across):
            await stage.read(who, "8.5 of 10, 2 ratings")
        await ends(stage, host, "rating")
        for who in (guest, across):
            ended = await stage.read(who, "Rating · ended")
            assert "8.5 of 10, 2 ratings" in ended.text and not has(ended, "10 great")


@pytest.mark.shows("crowd-vote")
@on_every_side
async def test_each_tap_turns_a_crowd_vote(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        stage.hosting.sort(key=lambda who: who != host)
        await stage.live(host, guest, across, made=True)
        await stage.find(host, QUEUE)
        await publishes(stage, host, "/mod vote", {"Statement": "I use it", "Emoji": ["🚀 Rocket"]})
        assert "You are in." in await presses(stage, guest, "I use it 🚀", "Count me in 0")
        assert "You are in." in await presses(stage, across, "I use it", "Count me in 1")
        assert "You are out again." in await presses(stage, guest, "I use it", "Count me in 2")
        assert "You are in." in await presses(stage, guest, "I use it", "Count me in 1")
        for who in (guest, across):
            await stage.see(who, lambda post: shared(post) and has(post, "Count me in 2"))
        await stage.press(host, "Hide results", channel=QUEUE)
        for who in (guest, across):
            hidden = await stage.see(who, lambda post: shared(post) and has(post, "Count me in"))
            assert "2 people" not in hidden.text
        await stage.press(host, "Show results", channel=QUEUE)
        await ends(stage, host, "crowd vote")
        for who in (guest, across):
            await stage.read(who, "2 people counted in")
