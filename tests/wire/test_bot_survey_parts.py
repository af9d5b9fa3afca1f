"""The questions of a survey's draft, changed, moved and removed by visible words; its own name, words and button."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wire.audience import CHANNEL, has, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import on_stage
from tests.wire.test_bot_survey import QUESTIONS


@pytest.mark.shows("survey-make")
@on_every_side
async def test_a_moderator_changes_moves_and_removes_questions_of_the_draft(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        host, guest = side.host, side.guest
        await stage.live(host, guest, made=True)
        await stage.form(host, await stage.people[host].command(CHANNEL, "/mod survey"))
        words = {
            "Name of the survey": "Evening",
            "What to say before it": "Be frank.",
            "Words on its button": "Tell us",
        }
        assert "Evening" in await stage.send(host, words, CHANNEL)
        await stage.press(host, "Questions", lambda post: post.private, CHANNEL)
        for sort, values in (QUESTIONS[0], QUESTIONS[3]):
            await stage.form(host, await stage.choose(host, "Add a question", sort, CHANNEL))
            await stage.send(host, dict(values), CHANNEL)

        await stage.choose(host, "Change a question", "1. Best talk?", CHANNEL)
        await stage.form(host, await stage.press(host, "Edit question", channel=CHANNEL))
        assert "Question 1 is saved." in await stage.send(host, {"Question": "Which talk?"}, CHANNEL)
        await stage.choose(host, "Change a question", "1. Which talk?", CHANNEL)
        await stage.press(host, "Move down", channel=CHANNEL)
        await stage.read(host, "It is question 2 now.", channel=CHANNEL)
        await stage.choose(host, "Change a question", "2. Which talk?", CHANNEL)
        await stage.press(host, "Move up", channel=CHANNEL)
        await stage.read(host, "It is question 1 now.", channel=CHANNEL)
        await stage.choose(host, "Change a question", "1. Which talk?", CHANNEL)
        await stage.press(host, "Move down", channel=CHANNEL)
        await stage.read(host, "It is question 2 now.", channel=CHANNEL)
        await stage.choose(host, "Change a question", "1. What else?", CHANNEL)
        await stage.press(host, "All questions", channel=CHANNEL)
        await stage.read(host, "2. Which talk?", channel=CHANNEL)
        await stage.choose(host, "Change a question", "1. What else?", CHANNEL)
        await stage.press(host, "Remove", channel=CHANNEL)
        await stage.press(host, "Remove question", channel=CHANNEL)
        await stage.read(host, "“What else?” is removed.", channel=CHANNEL)
        await stage.press(host, "Show the draft", channel=CHANNEL)
        await stage.press(host, "Publish now", lambda post: post.private, CHANNEL)
        await stage.press(guest, "Tell us", shared)
        invited = await stage.see(guest, lambda post: post.private and has(post, "Start survey"))
        assert "Be frank." in invited.text and "1 question" in invited.text
        sheet = await stage.form(guest, await stage.press(guest, "Start survey", lambda post: post.private))
        assert [entry.label for entry in sheet.entries] == ["Which talk? (required)"]
