"""Lines from before a kill: what becomes of them afterwards still crosses, both ways (SPEC 3.2, RELIABILITY 14)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.mortal import on_mortal_stage
from tests.wire.audience import STAGE
from tests.wire.bot_sides import Side, on_every_side

Check = Callable[[Sequence[Any]], None]


@pytest.mark.shows("killed", "lines", "replies", "likes")
@on_every_side
async def test_edits_likes_answers_and_deletions_of_old_lines_follow_after_a_kill(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    """Of a line of one's own, and of the copy of another's."""
    async with on_mortal_stage(tmp_path, outgoing, mode=side.mode) as stage:
        guest, across = side.guest, side.across
        await stage.live(guest, across, side.other, made=True)
        here, there = stage.people[guest], stage.people[across]
        line = await here.write(STAGE, "Which slide is this?")
        copy = await stage.read(across, "Which slide is this?")
        asked = await there.write(STAGE, "Is there tea?")
        tea = await stage.read(guest, "Is there tea?")
        await stage.die()
        await stage.start_bot()
        await here.edit(STAGE, line, "Which slide is that?")
        await stage.see(across, lambda post: post.id == copy.id and "Which slide is that?" in post.text)
        await stage.people[side.other].react(STAGE, line, "👍")
        await stage.see(across, lambda post: post.id == copy.id and "1 like from elsewhere" in post.text)
        await there.write(STAGE, "Number five", reply_to=copy.id)
        answer = await stage.read(guest, "Number five")
        if side.slack:
            assert answer.thread == line
        else:
            assert "Which slide is that?" in " ".join([answer.text, *answer.quotes])
        await here.write(STAGE, "In the hall", reply_to=tea.id)
        answer = await stage.read(across, "In the hall")
        if side.slack:
            assert "Is there tea?" in " ".join([answer.text, *answer.quotes])
        else:
            assert answer.thread == asked
        await here.delete(STAGE, line)
        await stage.vanished(across, "Which slide is that?")
