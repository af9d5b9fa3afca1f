"""Every button and option of every card, pressed after kill -9 and restart: each is answered (RELIABILITY 17)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.app.intake import BUTTONS
from core.app.outcome import NOT_SAVED, Saving
from tests.faults.mortal import MortalStage, on_mortal_stage
from tests.wire.album import Album, forged
from tests.wire.audience import STAGE
from tests.wire.bot_stage import Mode
from tests.wire.every_card import every_card, late

Check = Callable[[Sequence[Any]], None]
WHILE_DEAD = ("vote", "end", "leave", "hide", "extend", "qreply", "qup", "qdo")
EMPTY = (NOT_SAVED, Saving.sentence, "cannot be shown here")
"""Answers that tell nothing."""


def decided(stage: MortalStage) -> list[Any]:
    tables = ("ballot", "interaction", "session", "member", "question", "upvote")
    return [sorted(map(repr, stage.rows(f"SELECT * FROM {table}"))) for table in tables]


async def pressed_in_vain(stage: MortalStage, album: Album) -> None:
    """Nobody answers, the platform says so, and nothing comes of it later on."""
    before = decided(stage)
    stage.discord.patience = 0.2
    for verb in WHILE_DEAD:
        for slack in (True, False):
            one = next(it for it in reversed(album.of(verb)) if it.slack is slack)
            came = await album.press(one)
            assert (came.ok, came.error) == (False, "dispatch_failed" if slack else "This interaction failed")
    stage.discord.patience = 3.0
    await stage.start_bot()
    for who in ("mira", "nova"):
        assert "Keynote" in await stage.told(who, "command", "/stage menu", channel=STAGE)
    assert decided(stage) == before


SELDOM_IN = {
    "tests/wire/test_bot_drafts.py": {"delete", "timing", "unpublish"},
    "tests/wire/test_bot_chat_rules.py": {"chatrules", "blocked", "unblock", "clear"},
    "tests/wire/test_bot_linking.py": {"askunlink", "unlink"},
    "tests/wire/test_bot_feed_order.py": {"feedunpin", "stopnews"},
    "tests/wire/test_bot_feed.py": {"updates"},
    "tests/wire/test_bot_rehearsal.py": {"rehearse"},
    "tests/wire/test_bot_scores.py": {"lead", "leaders", "new"},
    "tests/wire/test_bot_survey_parts.py": {"askpart", "droppart", "partdown", "partform", "partup"},
    "tests/wire/test_bot_survey.py": {"page"},
    "tests/wire/test_bot_written.py": {"said", "click"},
    "tests/wire/test_bot_question_people.py": {"qblocked"},
    "tests/wire/cards_of_questions.py": {"qsheet"},
}
"""Shown only after what the story of every card does not do, or on one platform alone; the story that presses each."""
SELDOM = {verb for verbs in SELDOM_IN.values() for verb in verbs}


def seldom(stage: MortalStage, album: Album) -> None:
    """What this story shows on no card is pressed as if it stood on one."""
    session = stage.rows("SELECT id FROM session WHERE name = 'Keynote'")[0][0]
    for slack in (True, False):
        card = next(it for it in album.of("menu") if it.slack is slack and it.where == "private")
        for verb in sorted(SELDOM - album.verbs()):
            about = f"1:settings:{session}" if verb == "page" else f"{session}:{session}"
            album.controls.setdefault(forged(card, f"{verb}:{about}"))


@pytest.mark.timeout(180)  # a thousand presses, one after the other
@pytest.mark.shows("old-cards", "killed", on="both")
@pytest.mark.parametrize("mode", ["socket", pytest.param("http", marks=pytest.mark.long)])
async def test_every_button_of_every_card_is_answered_after_a_kill(tmp_path: Path, outgoing: Check, mode: Mode) -> None:
    async with on_mortal_stage(tmp_path, outgoing, mode=mode) as stage:
        album = await every_card(stage)
        await stage.die()
        if mode == "socket":
            await pressed_in_vain(stage, album)
        else:
            await stage.start_bot()
        seldom(stage, album)
        came = {one: await album.press(one) for one in sorted(album.controls, key=late)}
        assert [(str(one), it) for one, it in came.items() if not it.answered] == []
        assert [(str(one), it) for one, it in came.items() if any(words in it.text for words in EMPTY)] == []
        assert {one.verb for one in came} == set(BUTTONS), "a new button belongs into the story of every card"
        for slack in (True, False):
            assert set(BUTTONS) - {one.verb for one in came if one.slack is slack} <= {"moderate", *SELDOM}
