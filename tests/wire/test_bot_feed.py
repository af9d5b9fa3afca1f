"""What is pinned and asked, to be read in words; and what moderators tell everybody (SPEC 6.1, 6.2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.app.handle import updates
from tests.wire.audience import STAGE, has, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import on_stage

FEED = "keynote-feed"


@pytest.mark.shows("feed")
@on_every_side
async def test_pins_and_results_are_read_in_the_feed_by_who_joined(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest, across)), made=True)
        await stage.say(across, "The slides are on the wiki")
        copy = await stage.read(host, "The slides are on the wiki")
        await stage.moderate(host, copy, "Pin")
        await stage.poll("Which topic?")
        await stage.press(guest, "Vote B", shared)
        await stage.end_poll()
        told = await stage.told(guest, "command", "/stage feed")
        assert "Poll ended · Which topic? – Coffee 100 %, Tea 0 %, Water 0 %" in told and "1 vote" in told
        assert f"Pinned · {across.title()}: The slides are on the wiki" in told and "Go to message" in told
        await stage.press(guest, "Menu", shared)
        await stage.press(guest, "Feed")
        await stage.read(guest, "Poll ended")
        if side.slack:
            assert FEED not in await stage.listed(guest), "on Slack the menu and the App Home are the feed"
            return
        await stage.read(guest, "Poll ended · Which topic? – Coffee 100 %", channel=FEED)
        await stage.read(guest, "The slides are on the wiki", channel=FEED)
        with pytest.raises(PermissionError):
            await stage.people[guest].write(FEED, "Hello?")
        assert FEED not in await stage.listed(side.other), "who did not join does not see it"


@pytest.mark.shows("updates")
@on_every_side
async def test_what_moderators_tell_everybody_is_in_every_chat_and_kept(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, side: Side
) -> None:
    monkeypatch.setattr(updates, "PAGE", 1)
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest, across)), made=True)
        await stage.form(host, await stage.press(host, "Message everyone", shared, "keynote-queue"))
        sheet = await stage.again(host, {"Message": " "}, "keynote-queue")
        assert sheet.title == "Message everyone"
        await stage.people[host].fill({"Message": "The break is over."})
        for who in (guest, across):
            line = await stage.read(who, "The break is over.")
            assert "Keynote" in line.author
        assert "The break is over." in await stage.told(guest, "command", "/stage updates")
        await stage.press(across, "Menu", shared)
        await stage.press(across, "Updates")
        await stage.see(across, lambda post: has(post, "Now: Updates") and "The break is over." in post.text)
        opened = await stage.people[host].command(STAGE, "/mod message Lunch is served.")
        assert [entry.value for entry in (await stage.form(host, opened)).entries] == ["Lunch is served."]
        await stage.send(host, {}, STAGE)
        await stage.read(across, "Lunch is served.")
        await stage.people[guest].command(STAGE, "/stage updates")
        await stage.press(guest, "Show older")
        await stage.see(guest, lambda post: has(post, "Show the newest") and "The break is over." in post.text)
        await stage.press(guest, "Show the newest")
