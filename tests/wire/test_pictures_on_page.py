"""The sandbox page shows results as pictures in both halves, with the words for who does not see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.page.browser import NAMES, found
from tests.wire.audience import CHANNEL, STAGE
from tests.wire.bot_stage import on_stage
from tests.wire.test_bot_pictures import CLOUD, shown, stage_answer
from tests.wire.test_page_in_browser import window

Check = Callable[[Sequence[Any]], None]
pytestmark = pytest.mark.skipif(found() is None, reason=f"this machine has no browser: none of {', '.join(NAMES)}")
LOADED = """[...document.querySelectorAll('%s img')].some((it) =>
    it.complete && it.naturalWidth === 1000 && it.alt.includes('is the largest'))"""


async def test_the_page_shows_pictures_in_both_halves(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "mira", "nova", made=True)
        await stage.form("ana", await stage.people["ana"].command(CHANNEL, "/mod cloud"))
        await stage.send("ana", {"Question": CLOUD}, CHANNEL)
        await stage.people["ana"].command(CHANNEL, "/mod live")
        await stage.press("ana", "Publish now", lambda post: CLOUD in post.text, CHANNEL)
        await stage_answer(stage, "mira", 0)
        await shown(stage, "mira", "bright")
        await shown(stage, "nova", "bright")
        async with window(stage, "slack=mira&discord=nova") as eyes:
            await eyes.room(STAGE)
            await eyes.tab.until(LOADED % ".slack .messages")
            await eyes.press(STAGE, ".discord")
            await eyes.tab.until(LOADED % ".discord")
