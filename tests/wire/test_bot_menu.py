"""The menu and Slack's App Home, old buttons, double presses and wrong rooms (SPEC 13.4, 14)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from tests.wire.audience import BACKCHANNEL, BOT, CHANNEL, DOOR, QUEUE, STAGE, has, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Mode, Stage, on_stage

HOME = "@home"


async def drawn(stage: Stage, who: str, tab: str) -> Post:
    """The App Home once it shows this tab."""
    return await stage.see(who, lambda post: has(post, f"Now: {tab}"), channel=HOME)


@pytest.mark.shows("home", "settings", "poll-make", "session-create", on="slack")
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_the_app_home_shows_each_persons_tabs(tmp_path: Path, outgoing: Check, mode: Mode) -> None:
    async with on_stage(tmp_path, outgoing, mode=mode) as stage:
        await stage.people["leo"].home()
        await stage.read("leo", "You are in no session now.", channel=HOME)
        await stage.people["ana"].home()
        await stage.form("ana", await stage.press("ana", "New session", channel=HOME))
        await stage.people["ana"].close()
        await stage.live("ana", "mira", "bo", made=True)
        await stage.people["mira"].home()
        page = await drawn(stage, "mira", "Live stage")
        assert has(page, "Open the stage") and not has(page, "Interactions")
        await stage.press("mira", "Settings", channel=HOME)
        await drawn(stage, "mira", "Settings")
        await stage.form("mira", await stage.press("mira", "Change settings", channel=HOME))
        await stage.people["mira"].fill({"Name to show": "Mira from Home"})
        await stage.read("mira", "Your name here is Mira from Home.", channel=HOME)
        await stage.people["mira"].close()
        await stage.people["ana"].home()
        await drawn(stage, "ana", "Live stage")
        await stage.press("ana", "Interactions", channel=HOME)
        await drawn(stage, "ana", "Interactions")
        await stage.form("ana", await stage.choose("ana", "New", "Poll", HOME))
        saved = await stage.people["ana"].fill({"Question": "From home?", "Options, one a line": "Yes\nNo"})
        assert saved.sheet is not None and "Saved as a draft." in saved.sheet.text
        await stage.people["ana"].press("@sheet", "", "Publish now")
        await stage.see("mira", lambda post: has(post, "Vote A") and "From home?" in post.text)
        await stage.press("ana", "Refresh", channel=HOME)
        await stage.press("ana", "Setup", channel=HOME)
        page = await drawn(stage, "ana", "Setup")
        assert has(page, "Team") and has(page, "Rules")
        await stage.press("ana", "Live stage", channel=HOME)
        await drawn(stage, "ana", "Live stage")
        assert (await stage.press("ana", "Now: Live stage", channel=HOME)).ok


@pytest.mark.shows("menu", "session-setup", "rooms-adopted", "team", "team-at-once", "backchannel")
@on_every_side
async def test_the_menu_has_the_tabs_of_who_asks(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        host, guest = side.host, side.guest
        told = await stage.told(guest, "command", "/stage menu")
        assert "You are in no session now." in told
        await stage.live(host, guest, made=True)
        if side.slack:
            assert "Keynote" in await stage.told(guest, "command", "/stage", channel=STAGE)
        await stage.press(host, "Menu", shared)
        await stage.press(host, "Setup")
        await stage.press(host, "Rooms")
        await stage.read(host, "Rooms of “Keynote” here")
        await stage.people[host].command(CHANNEL, "/mod session setup")
        await stage.press(host, "Team", channel=CHANNEL)
        await stage.form(host, await stage.press(host, "Add", channel=CHANNEL))
        speaker = {"Person": guest, "As": "Speaker"}
        assert "is a speaker now." in await stage.send(host, speaker, CHANNEL)
        await stage.find(guest, BACKCHANNEL)
        await stage.read(guest, "Moderators and speakers only", channel=BACKCHANNEL)
        await stage.read(guest, "You are a speaker of “Keynote” now.", channel=BOT)
        assert QUEUE not in await stage.listed(guest)
        await stage.press(host, "Remove", channel=CHANNEL)
        asked = await stage.see(host, lambda post: has(post, "Keep"), channel=CHANNEL)
        await stage.people[host].press(CHANNEL, asked.id, "Keep")
        await stage.people[host].command(CHANNEL, "/mod team")
        await stage.press(host, "Remove", channel=CHANNEL)
        await stage.press(host, "Remove", lambda post: has(post, "Keep"), CHANNEL)
        await stage.lost(guest, BACKCHANNEL)


@pytest.mark.shows("twice", "old-cards", "refused", "session-life", "session-link")
@on_every_side
async def test_double_presses_old_buttons_and_wrong_rooms_have_their_sentences(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        stage.hosting.sort(key=lambda who: who != side.host)
        host, guest = side.host, side.guest
        await stage.prepare("23:57", "1h")
        await stage.people[host].command(CHANNEL, "/mod session setup")
        card = await stage.see(host, lambda post: post.private and has(post, "Announce"), channel=CHANNEL)
        both = await asyncio.gather(*(stage.people[host].press(CHANNEL, card.id, "Announce") for _ in range(2)))
        assert all(answer.ok for answer in both)
        desk = await stage.see(host, lambda post: has(post, "Open doors"), channel=QUEUE)
        doors = [room.name for room in await stage.people[guest].channels() if "door" in room.name]
        assert doors == [DOOR]
        for _ in range(2):
            await stage.people[host].press(QUEUE, desk.id, "Open doors")
        stage.chat = STAGE
        await stage.press(guest, "Join session", shared, DOOR)
        await stage.fill_join(guest, await stage.press(guest, "Join session", shared, DOOR))
        told = await stage.told(guest, "press", await door_of(stage, guest), "Join session", channel=DOOR)
        assert "You are in already." in told
        told = await stage.told(guest, "command", "/mod moderate nowhere", channel=CHANNEL)
        assert "nothing to moderate" in told or "link" in told
        told = await stage.told(host, "command", "/mod room backchannel", channel=QUEUE)
        assert "This channel has a purpose already" in told
        told = await stage.told(host, "command", "/mod session extend soon", channel=CHANNEL)
        assert "Write a length like 10m" in told
        assert "Code: " in await stage.told(host, "command", "/mod session link", channel=CHANNEL)
        told = await stage.told(host, "command", "/mod session end", channel=CHANNEL)
        assert "End “Keynote” for everybody?" in told
        await stage.press(host, "End session", lambda post: has(post, "Keep it open"), CHANNEL)
        await stage.read(host, "has ended", channel=CHANNEL)
        for typed, sentence in (("extend 10m", "has ended and cannot be extended"), ("details", "is over")):
            assert sentence in await stage.told(host, "command", f"/mod session {typed}", channel=QUEUE)


async def door_of(stage: Stage, who: str) -> str:
    return (await stage.see(who, lambda post: has(post, "Join session") and shared(post), channel=DOOR)).id
