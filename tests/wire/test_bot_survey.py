"""A survey over both platforms: made question by question, taken once by each person, ended by a moderator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.wire.audience import CHANNEL, has, shared
from tests.wire.bot_sides import Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
QUESTIONS: Sequence[tuple[str, Mapping[str, Any]]] = (
    (
        "Multiple choice",
        {"Question": "Best talk?", "Options, one a line": "Async\nTyping", "Rule": ["Everybody must answer it"]},
    ),
    ("Icon choice", {"Question": "The room?"}),
    ("Rating", {"Question": "The coffee?", "Scale of": ["Hearts ❤️"], "Steps": ["1 to 3"]}),
    ("Open question", {"Question": "What else?"}),
    ("Open question", {"Question": "And else?"}),
    ("Open question", {"Question": "Your words?", "Rule": ["Everybody must answer it"]}),
)


async def made(stage: Stage, host: str, questions: Sequence[tuple[str, Mapping[str, Any]]] = QUESTIONS) -> None:
    """A survey with these questions, published."""
    await stage.form(host, await stage.people[host].command(CHANNEL, "/mod survey"))
    told = await stage.send(host, {}, CHANNEL)
    assert "Keynote" in told and "Take survey" not in told
    await stage.press(host, "Questions", lambda post: post.private, CHANNEL)
    for number, (sort, values) in enumerate(questions, 1):
        await stage.form(host, await stage.choose(host, "Add a question", sort, CHANNEL))
        assert f"Question {number} is saved." in await stage.send(host, dict(values), CHANNEL)
    await stage.press(host, "Show the draft", channel=CHANNEL)
    await stage.press(host, "Publish now", lambda post: post.private, CHANNEL)
    await stage.see(host, lambda post: post.private and "Published." in post.text, channel=CHANNEL)


@pytest.mark.shows("survey")
@on_every_side
async def test_a_survey_is_made_taken_once_and_ended(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        await stage.live(side.host, side.guest, side.other)
        await made(stage, side.host)
        who = side.guest
        card = await stage.see(who, lambda post: shared(post) and has(post, "Take survey"))
        assert "6 questions" in card.text and "0 have answered" in card.text
        await stage.press(who, "Take survey", shared)
        sheet = await stage.form(who, await stage.press(who, "Start survey"))
        first = {"Best talk? (required)": ["Typing"], "The room?": ["Great 😀"], "What else?": "More tea"}
        if side.slack:
            assert len(sheet.entries) == 6
            sheet = await stage.again(who, {**first, "Your words? (required)": "  "})
            told = await stage.send(who, {"Your words? (required)": "Splendid"})
        else:
            assert sheet.title == "Survey (1 of 2)"
            assert "Page 1 of 2 saved." in await stage.send(who, first)
            await stage.form(who, await stage.press(who, "Continue"))
            told = await stage.send(who, {"Your words? (required)": "Splendid"})
        assert "Thank you. 4 of 6 answered." in told
        await stage.see(who, lambda post: shared(post) and "1 has answered" in post.text)
        again = await stage.told(
            who,
            "press",
            (await stage.see(who, lambda post: shared(post) and has(post, "Take survey"))).id,
            "Take survey",
        )
        assert "You have answered this survey already" in again
