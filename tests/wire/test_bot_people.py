"""What people decide for themselves: consent, a new text, settings, leaving, a line to the bot (SPEC 2.1, 2.3, 6.3)."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from core.app.handle import furnishing
from tests.wire.audience import BOT, CHANNEL, DOOR, STAGE, has, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import on_stage


@pytest.mark.shows("join", "join-first")
@on_every_side
async def test_without_a_yes_nothing_of_a_person_is_shared(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        await stage.live(side.across)
        guest = side.guest
        await stage.people[guest].write(CHANNEL, "Before my yes")
        assert "You are not in this session" in await stage.told(guest, "command", "/stage leave")
        opened = await stage.people[guest].command(CHANNEL, "/stage join")
        sheet = await stage.form(guest, opened)
        assert "is recorded" in sheet.text
        labels = [entry.label for entry in sheet.entries]
        assert labels[:2] == ["Name to show", "Settings"]
        await stage.people[guest].close()
        await stage.people[guest].write(CHANNEL, "Still before my yes")
        await stage.join(guest)
        await stage.people[guest].write(CHANNEL, "After my yes")
        await stage.read(side.across, "After my yes")
        assert not [post for post in await stage.posts(side.across) if "before my yes" in post.text.lower()]
        assert stage.rows("SELECT count(*) FROM message") == [(1,)]
        told = await stage.told(guest, "command", "/stage join")
        assert "You are in already." in told


@pytest.mark.shows("join-again", "session-rules")
@on_every_side
async def test_a_new_text_asks_again(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        await stage.live(side.guest, side.across, made=True)
        await stage.form(side.host, await stage.people[side.host].command(CHANNEL, "/mod session rules"))
        typed = {"Text to accept; a new one asks again": "Everything is recorded, and filmed."}
        assert "Saved." in await stage.send(side.host, typed, CHANNEL)
        with contextlib.suppress(LookupError, PermissionError):  # out of the room by now, which is as good
            await stage.people[side.guest].write(STAGE, "I have not read the new text")
        opened = await stage.press(side.guest, "Join session", shared, DOOR)
        assert "and filmed" in (await stage.form(side.guest, opened)).text
        await stage.fill_join(side.guest, opened)
        await stage.say(side.guest, "I have read it now")
        await stage.join(side.across)
        await stage.say(side.guest, "And so have we")
        await stage.read(side.across, "And so have we")
        assert not [post for post in await stage.posts(side.across) if "not read the new text" in post.text]


@pytest.mark.shows("settings", "leave", "join")
@on_every_side
async def test_settings_hold_on_the_other_platform_and_leaving_ends_it(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        await stage.live(side.across, made=True)
        guest = side.guest
        opened = await stage.press(guest, "Join session", shared, DOOR)
        await stage.fill_join(guest, opened, **{"Name to show": "Mo Kowalski"})
        await stage.say(guest, "With my last name")
        assert "Mo Kowalski" in (await stage.read(side.across, "With my last name")).author
        await stage.press(guest, "Menu", shared)
        await stage.press(guest, "Settings")
        await stage.form(guest, await stage.press(guest, "Change settings"))
        chosen = ["Allow toast notifications", "Enable private chat"]
        told = await stage.send(guest, {"Settings": chosen})
        assert "Others see Mo" in told and "lines that are in the chat already keep the old one" in told
        await stage.people[guest].write(STAGE, "Without my last name")
        author = (await stage.read(side.across, "Without my last name")).author
        assert "Mo" in author and "Kowalski" not in author
        assert "Mo Kowalski" in (await stage.read(side.across, "With my last name")).author, "a platform's limit"
        sheet = await stage.form(guest, await stage.people[guest].command(STAGE, "/stage settings"))
        assert set(sheet.entries[1].value) == set(chosen)
        assert "Others see Mo Kowalski" in await stage.send(guest, {"Settings": [*chosen, "Show my last name"]})
        await stage.press(guest, "Leave session")
        await stage.press(guest, "Stay")
        await stage.read(guest, "Nothing was changed.")
        await stage.people[guest].command(STAGE, "/stage leave")
        await stage.press(guest, "Leave")
        await stage.lost(guest, STAGE)
        told = await stage.told(guest, "command", "/stage menu", channel=CHANNEL)
        assert "You have not joined this session." in told or "You are in no session now." in told
        await stage.join(guest)
        await stage.say(guest, "Back again")
        await stage.read(side.across, "Back again")


@pytest.mark.shows("bot-line", "admission-doors", "join", "session-life")
@on_every_side
async def test_a_line_to_the_bot_is_answered_and_who_joined_hears_of_the_doors(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, side: Side
) -> None:
    monkeypatch.setattr(furnishing, "DOORS_AFTER", 0)
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        stage.hosting.sort(key=lambda who: who != side.host)
        await stage.prepare("23:57", "1h")
        await stage.go("announce")
        for who in (side.guest, side.other):
            opened = await stage.press(who, "Join session", shared, DOOR)
            quiet: dict[str, Any] = {"Settings": ["Enable private chat"]} if who == side.other else {}
            await stage.fill_join(who, opened, **quiet)
            if side.slack:
                await stage.read(who, "You're in.", channel=BOT)
            await stage.people[who].write(BOT, "Is anybody there?")
            answer = await stage.read(who, "Nobody but you reads this.", channel=BOT)
            assert has(answer, "Menu")
        await stage.press(side.guest, "Menu", lambda post: "Nobody but you" in post.text, BOT)
        await stage.go("open")
        stage.chat = STAGE
        await stage.read(side.guest, "joined")
        await stage.find(side.other, STAGE)
        if side.slack:
            await stage.read(side.guest, "The doors of “Keynote” are open.", channel=BOT)
        assert not [post for post in await stage.posts(side.other, BOT) if "The doors of" in post.text]
