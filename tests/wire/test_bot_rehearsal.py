"""Before the start the drafts are tried in the backchannel, with made-up attendees (SPEC 12.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.app.handle import rehearsing
from tests.wire.audience import BACKCHANNEL, CHANNEL, QUEUE, STAGE, private, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import on_stage


@pytest.mark.shows("rehearsal")
@on_every_side
async def test_a_draft_is_tried_and_nothing_of_it_is_left(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, side: Side
) -> None:
    monkeypatch.setattr(rehearsing, "AT_ONCE", 20)
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, first = side.host, side.guest, stage.hosting[0]
        stage.chat = STAGE
        await stage.prepare("23:57")
        await stage.go("announce")
        for who in dict.fromkeys((first, host, guest)):
            opened = await stage.press(who, "Join session", shared, "keynote-door")
            await stage.fill_join(who, opened)
        await stage.go("open")
        await stage.draft(first, "Which topic?", "Tea\nCoffee")
        await stage.people[first].command(CHANNEL, "/mod session setup")
        await stage.press(first, "Rehearse", private, CHANNEL)
        await stage.read(first, "Next: Poll “Which topic?”", channel=CHANNEL)
        await stage.press(first, "Rehearse next", private, CHANNEL)
        await stage.read(first, "is in the backchannel now", channel=CHANNEL)
        card = await stage.see(
            host, lambda post: "Rehearsal" in post.text and "40 votes" in post.text, channel=BACKCHANNEL
        )
        assert "Which topic?" in card.text and "Made-up attendees answer." in card.text
        await stage.press(host, "Vote A", shared, BACKCHANNEL)
        await stage.read(host, "41 votes", channel=BACKCHANNEL)
        assert BACKCHANNEL not in await stage.listed(guest) and QUEUE not in await stage.listed(guest)
        for line in ("feed", "catchup 1h", "menu"):
            assert "Which topic?" not in await stage.told(guest, "command", f"/stage {line}")
        assert "Only moderators" in await stage.told(guest, "command", "/mod rehearse")
        told = await stage.told(first, "command", "/mod rehearse", channel=CHANNEL)
        assert "1 of 1 drafts are tried." in told
        await stage.press(first, "End rehearsal", private, CHANNEL)
        await stage.read(first, "nothing of it is kept", channel=CHANNEL)
        await stage.gone(host, card.id, BACKCHANNEL)
        assert stage.rows("SELECT count(*) FROM ballot") == [(0,)]
        assert stage.rows("SELECT count(*) FROM interaction WHERE rehearsal") == [(0,)]
