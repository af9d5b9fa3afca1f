"""Open question, word cloud, announcement and crowd reaction over both platforms, by visible words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wire.audience import CHANNEL, QUEUE, has, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.test_bot_scores import ends, publishes

SECRET = "Anonymous: nobody can tie an answer to a person after the end"
READ_FIRST = "Show answers only after a moderator approved them"


async def writes(stage: Stage, who: str, words: str, button: str, label: str, typed: str) -> str:
    """What is told to who answers."""
    opened = await stage.press(who, button, lambda post: shared(post) and words in post.text)
    await stage.form(who, opened)
    return await stage.send(who, {label: typed})


async def begun(stage: Stage, side: Side) -> None:
    stage.hosting.sort(key=lambda who: who != side.host)
    await stage.live(side.host, side.guest, side.across, made=True)
    await stage.find(side.host, QUEUE)


@pytest.mark.shows("question-answer", "question-approve", "question-read")
@on_every_side
async def test_answers_are_read_by_a_moderator_before_everybody_reads_them(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await begun(stage, side)
        await publishes(stage, host, "/mod question", {"Question": "What is missing?", "Answers": [READ_FIRST]})
        told = await writes(stage, guest, "What is missing?", "Answer", "Your answer", "More tea")
        assert "Others can read it when a moderator has approved it." in told
        await writes(stage, across, "What is missing?", "Answer", "Your answer", "Something rude")
        await stage.read(host, "2 wait for approval", channel=QUEUE)
        for who in (guest, across):
            card = await stage.see(who, lambda post: shared(post) and "2 answers" in post.text)
            assert "More tea" not in card.text and "rude" not in card.text
        await stage.press(host, "Answers", channel=QUEUE)
        page = await stage.see(host, lambda post: post.private and has(post, "Approve 2"), channel=QUEUE)
        assert f"{guest.title()}: More tea" in page.text and f"{across.title()}: Something rude" in page.text
        await stage.press(host, "Decline 2", channel=QUEUE)
        await stage.read(host, "Declined; nobody else can read it.", channel=QUEUE)
        await stage.press(host, "Approve 1", channel=QUEUE)
        for who in (guest, across):
            card = await stage.see(who, lambda post: shared(post) and f"{guest.title()}: More tea" in post.text)
            assert "rude" not in card.text
        await stage.read(host, "Nothing waits for approval", channel=QUEUE)
        await stage.see(host, lambda post: "Live: Open" in post.text and "wait" not in post.text, channel=QUEUE)
        await writes(stage, guest, "What is missing?", "Answer", "Your answer", "More tea, please")
        await stage.vanished(across, f"{guest.title()}: More tea")
        await ends(stage, host, "open question")
        await stage.read(guest, "Open question · ended")


@pytest.mark.shows("question-read")
@on_every_side
async def test_all_answers_stand_on_a_private_page_without_names_where_it_is_anonymous(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await begun(stage, side)
        await publishes(stage, host, "/mod question", {"Question": "Why?", "Answers": [SECRET]})
        long = "Because " * 40
        await writes(stage, guest, "Why?", "Answer", "Your answer", long)
        for who in (guest, across):
            card = await stage.see(who, lambda post: shared(post) and "“Because" in post.text)
            assert "…" in card.text and f"{guest.title()}:" not in card.text
            await stage.press(who, "All answers", shared)
            await stage.see(who, lambda post: post.private and long.strip() in post.text)


@pytest.mark.shows("cloud")
@on_every_side
async def test_words_are_counted_together_whoever_writes_them(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await begun(stage, side)
        await publishes(stage, host, "/mod cloud", {"Question": "The day?", "Who answered what": [SECRET]})
        await stage.see(guest, lambda post: shared(post) and "The day?" in post.text and "nonymous" in post.text)
        told = await writes(stage, guest, "The day?", "Add words", "One to three words", "Bright calm")
        assert "Your words: Bright, calm." in told
        assert "Your word: bright." in await writes(
            stage, across, "The day?", "Add words", "One to three words", "bright"
        )
        for who in (guest, across):
            await stage.read(who, "right 2, calm 1")
            await stage.read(who, "2 people, 3 words")
        await ends(stage, host, "word cloud")
        for who in (guest, across):
            ended = await stage.read(who, "Word cloud · ended")
            assert "right 2, calm 1" in ended.text and not has(ended, "Add words")


@pytest.mark.shows("announcement")
@pytest.mark.shows("announcement-clicks", on="slack")
@on_every_side
async def test_an_announcement_is_kept_in_updates_and_its_page_is_opened(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await begun(stage, side)
        page = {"Button": "See the menu", "Page that the button opens": "http://example.org/menu"}
        await stage.form(host, await stage.people[host].command(CHANNEL, "/mod announcement"))
        sheet = await stage.again(host, {"Title": "Lunch", "Text": "In the foyer.", **page}, CHANNEL)
        assert "https://" in sheet.text + str(sheet)
        await stage.send(host, {"Page that the button opens": "https://example.org/menu"}, CHANNEL)
        await stage.press(host, "Publish now", lambda post: post.private, CHANNEL)
        for who in (guest, across):
            card = await stage.see(who, lambda post: shared(post) and "In the foyer." in post.text)
            assert has(card, "See the menu")
            await stage.people[who].command(stage.chat, "/stage updates")
            await stage.see(who, lambda post: post.private and "In the foyer." in post.text)
        await stage.read(host, "0 opened the link on Slack; Discord does not tell.", channel=QUEUE)
        on_slack = guest if side.slack else across
        card = await stage.see(on_slack, lambda post: shared(post) and has(post, "See the menu"))
        for _ in range(2):
            await stage.people[on_slack].press(stage.chat, card.id, "See the menu")
        await stage.read(host, "1 opened the link on Slack; Discord does not tell.", channel=QUEUE)


@pytest.mark.shows("crowd-reaction")
@on_every_side
async def test_a_crowd_reaction_is_seen_by_everybody(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await begun(stage, side)
        await stage.form(host, await stage.people[host].command(CHANNEL, "/mod reaction"))
        await stage.send(host, {"Everybody sees": ["Celebrate 🎉"]}, CHANNEL)
        await stage.press(host, "Send to everyone", lambda post: post.private, CHANNEL)
        for who in (guest, across):
            card = await stage.see(who, lambda post: shared(post) and "Celebrate" in post.text)
            assert "from the moderators of “Keynote”" in card.text
