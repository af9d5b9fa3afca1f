"""A survey whose bot dies between its pages: what was sent is there again, and each person counts once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Sheet
from tests.faults.mortal import MortalStage, on_mortal_stage
from tests.wire.audience import CHANNEL, has, shared
from tests.wire.test_bot_survey import FIRST, LAST, made

Check = Callable[[Sequence[Any]], None]


async def back(stage: MortalStage) -> None:
    await stage.die()
    await stage.start_bot()


async def goes_on(stage: MortalStage, who: str, label: str) -> Sheet:
    """From the card, which stays, into the form."""
    await stage.press(who, "Take survey", shared)
    return await stage.form(who, await stage.press(who, label, lambda post: post.private and has(post, label)))


@pytest.mark.shows("survey", "killed", on="both")
@pytest.mark.timeout(240)
async def test_pages_of_a_survey_outlive_kills(tmp_path: Path, outgoing: Check) -> None:
    async with on_mortal_stage(tmp_path, outgoing) as stage:
        stage.patience = 20.0
        await stage.live("ana", "mira", "nova")
        await made(stage, "ana")
        await back(stage)
        await goes_on(stage, "nova", "Start survey")
        assert "Page 1 of 2 saved." in await stage.send("nova", dict(FIRST), CHANNEL)
        await back(stage)
        sheet = await goes_on(stage, "nova", "Continue survey")
        assert sheet.title == "Survey (2 of 2)"
        assert "Thank you. 4 of 6 answered." in await stage.send("nova", dict(LAST), CHANNEL)
        await goes_on(stage, "mira", "Start survey")
        await back(stage)
        assert "Thank you. 4 of 6 answered." in await stage.send("mira", {**FIRST, **LAST}, CHANNEL)
        await back(stage)
        await stage.see("mira", lambda post: shared(post) and "2 have answered" in post.text)
        card = await stage.see("nova", lambda post: shared(post) and has(post, "Take survey"))
        assert "already" in await stage.told("nova", "press", card.id, "Take survey")
        assert stage.rows("SELECT count(*) FROM ballot") == [(2,)]
