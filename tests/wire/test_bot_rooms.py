"""Sessions and their rooms over the wire: made, adopted, named, gated or open, put away (SPEC 1.1 to 1.7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from tests.wire.audience import BACKCHANNEL, CHANNEL, DOOR, QUEUE, STAGE, has, shared, until
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

LATER = "23:57"
"""A start that does not come while the test runs; a session of an hour at most."""


def at(stage: Stage, side: Side) -> None:
    """The host of this side makes the session; the other one enters its code."""
    stage.hosting.sort(key=lambda who: who != side.host)
    stage.chat = STAGE


async def setup_of(stage: Stage, who: str) -> Post:
    await stage.people[who].command(CHANNEL, "/mod session setup")
    return await stage.see(who, lambda post: post.private and has(post, "Details"), channel=CHANNEL)


@pytest.mark.shows("session-create", "session-setup", "session-details", "session-life", "session-archive")
@pytest.mark.shows("rooms-made", "admission", "refused-form")
@on_every_side
async def test_a_session_is_prepared_announced_run_and_put_away(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        at(stage, side)
        host, guest = side.host, side.guest
        await stage.form(host, await stage.people[host].command(CHANNEL, "/mod session create"))
        wrong = await stage.again(host, {"Name": "Kenote", "Start": "25:99", "Length": "45m"}, CHANNEL)
        assert {entry.label: entry.value for entry in wrong.entries}["Name"] == "Kenote"
        fine = {"Start": LATER, "Timezone of the start": "UTC"}
        assert "“Kenote” is made." in await stage.send(host, fine, CHANNEL)
        await stage.form(host, await stage.press(host, "Details", channel=CHANNEL))
        assert "Saved." in await stage.send(host, {"Name": "Keynote", "Length": "1h30m"}, CHANNEL)
        sheet = await stage.form(host, await stage.people[host].command(CHANNEL, "/mod session details"))
        assert sheet.entries[0].value == "Keynote"
        await stage.people[host].close()
        assert (await setup_of(stage, host)).text.startswith("Setup\nKeynote")
        await stage.press(host, "Announce", channel=CHANNEL)
        door = await stage.see(guest, lambda post: has(post, "Join session"), channel=DOOR)
        assert "Keynote" in door.text
        assert not {QUEUE, BACKCHANNEL, STAGE} & await stage.listed(guest)
        await stage.read(host, "attendees cannot see this room", channel=BACKCHANNEL)
        await stage.find(host, QUEUE)
        await stage.press(host, "Look again", channel=CHANNEL)
        opened = await stage.press(guest, "Join session", shared, DOOR)
        await stage.fill_join(guest, opened)
        assert "The chat opens at" in (await stage.read(guest, "You're in.", channel=DOOR)).text
        assert STAGE not in await stage.listed(guest)
        await stage.press(host, "Open doors", channel=QUEUE)
        await stage.see(guest, lambda post: has(post, "Menu") and shared(post))
        assert STAGE not in await stage.listed(side.other)
        assert STAGE not in await stage.listed(host), "a moderator joins too before they read along"
        await stage.press(host, "Start now", lambda post: not post.private, QUEUE)
        await stage.press(host, "10 more minutes", shared, QUEUE)
        await stage.read(host, "ends at", channel=QUEUE)
        await stage.press(host, "End session", shared, QUEUE)
        await stage.press(host, "Keep it open", channel=QUEUE)
        await stage.read(host, "Nothing was changed.", channel=QUEUE)
        await stage.press(host, "End session", shared, QUEUE)
        await stage.press(host, "End session", lambda post: has(post, "Keep it open"), QUEUE)
        await stage.press(host, "Archive", channel=QUEUE)
        await stage.press(host, "Keep them", channel=QUEUE)
        await stage.read(host, "Nothing was changed.", channel=QUEUE)
        assert "Archive “Keynote”?" in await stage.told(host, "command", "/mod session archive", channel=QUEUE)
        await stage.press(host, "Archive", lambda post: has(post, "Keep them"), QUEUE)
        for room in (STAGE, DOOR):
            await stage.lost(guest, room)
        await stage.lost(host, QUEUE)
        assert CHANNEL in await stage.listed(guest)


@pytest.mark.shows("rooms-made", "rooms-adopted", "session-life", "session-archive")
@on_every_side
async def test_a_name_that_is_taken_gets_a_number_and_rooms_may_be_chosen(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        at(stage, side)
        host = side.host
        if side.slack:
            await stage.people[side.guest].create("keynote-backchannel")
        await stage.prepare(LATER, "1h")
        await stage.people[host].command(CHANNEL, "/mod rooms")
        for kind in ("Door", "Queue", "Backchannel"):
            assert has(await stage.read(host, "Rooms of “Keynote” here", channel=CHANNEL), f"{kind}: this channel")
        await stage.press(host, "Door: this channel", channel=CHANNEL)
        await stage.read(host, "This channel is the door now.", channel=CHANNEL)
        told = await stage.told(host, "command", "/mod room stage", channel=CHANNEL)
        assert "This channel has a purpose already" in told
        await stage.press(side.host_across, "Announce", channel=CHANNEL)
        await stage.see(side.guest, lambda post: has(post, "Join session"), channel=CHANNEL)
        made = "keynote-backchannel-2" if side.slack else "keynote-backchannel"
        await stage.read(host, "attendees cannot see this room", channel=made)
        assert DOOR not in await stage.listed(side.guest)
        assert DOOR in await stage.listed(side.across)
        await stage.go("open")
        await stage.join(side.guest, CHANNEL)
        await stage.go("start")
        await stage.go("end")
        await stage.press(host, "End session", channel=CHANNEL)
        await stage.press(host, "Archive", channel=CHANNEL)
        await stage.press(host, "Archive", lambda post: has(post, "Keep them"), CHANNEL)
        await stage.read(host, "the others are free again", channel=CHANNEL)
        await stage.prepare(name="Second")
        told = await stage.told(host, "command", "/mod room stage", channel=CHANNEL)
        assert "This channel is the stage now." in told


@pytest.mark.shows("admission-open", "join-press", "join-first", "session-rules", "session-setup")
@on_every_side
async def test_an_open_session_is_read_by_all_and_joined_by_one_press(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        at(stage, side)
        await stage.prepare(LATER, "1h")
        await setup_of(stage, side.host)
        await stage.form(side.host, await stage.press(side.host, "Rules", channel=CHANNEL))
        rules = {"Who can read the chat": "Everybody here (for large audiences)"}
        told = await stage.send(side.host, {**rules, "Joining": "Is one press: you tell people"}, CHANNEL)
        assert "Saved." in told
        await setup_of(stage, side.host)
        await stage.form(side.host, await stage.press(side.host, "Rules", channel=CHANNEL))
        before = {"Who can read the chat": "Who joined", "Joining": "Asks to accept the text below"}
        assert "Saved." in await stage.send(side.host, before, CHANNEL)
        await stage.form(side.host, await stage.people[side.host].command(CHANNEL, "/mod session rules"))
        assert "Saved." in await stage.send(side.host, {**rules, "Joining": "Is one press: you tell people"}, CHANNEL)
        await stage.go("announce")
        await stage.go("open")
        await stage.find(side.other, STAGE)
        if side.slack:
            await stage.people[side.other].join(STAGE)
            await stage.people[side.other].write(STAGE, "Nobody has heard my yes")
        await stage.press(side.guest, "Join session", shared, DOOR)
        await stage.read(side.guest, "You're in. The chat is", channel=DOOR)
        await stage.press(side.across, "Join session", shared, DOOR)
        await stage.press(side.guest, "Menu", shared)
        await stage.say(side.guest, "Everybody reads this")
        await stage.read(side.across, "Everybody reads this")
        assert not [post for post in await stage.posts(side.across) if "my yes" in post.text]


@pytest.mark.shows("rooms-topic")
@pytest.mark.shows("rooms-bookmark", on="slack")
@on_every_side
async def test_the_head_of_a_room_says_what_it_is_for_and_leads_to_the_menu(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        host = side.host
        await stage.live(host, side.guest, made=True)
        await headed(stage, host, BACKCHANNEL, "Moderators only: attendees cannot see this room.")
        await stage.people[host].command(CHANNEL, "/mod team")
        await stage.form(host, await stage.press(host, "Add", channel=CHANNEL))
        assert "is a speaker now." in await stage.send(host, {"Person": side.guest, "As": "Speaker"}, CHANNEL)
        for who in (host, side.guest):
            await headed(stage, who, BACKCHANNEL, "Moderators and speakers only: attendees cannot see this room.")
        if side.slack:
            (bookmark,) = await stage.people[side.guest].bookmarks(STAGE)
            assert bookmark.label == "Sidestage" and "app_redirect?app=" in bookmark.url


async def headed(stage: Stage, who: str, room: str, words: str) -> None:
    """Wait until the room's topic holds these words."""
    await stage.find(who, room)

    async def says_so() -> bool:
        return words in await stage.people[who].topic(room)

    await until(says_so)


@pytest.mark.shows("session-link")
@on_every_side
async def test_a_code_is_good_once(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        at(stage, side)
        await stage.prepare(LATER, "1h")
        code = (await stage.read(side.host, "Code: ", channel=CHANNEL)).text.partition("Code: ")[2][:8]
        for typed in (code, "ABCDEFGH"):
            told = await stage.told(side.host_across, "command", f"/mod session enter {typed}", channel=CHANNEL)
            assert "This code is not valid any more." in told
        told = await stage.told(side.guest, "command", f"/mod session enter {code}", channel=CHANNEL)
        assert "Only organisers can do that here" in told
        told = await stage.told(side.host, "command", "/mod session link", channel=CHANNEL)
        assert "Code: " in told


@pytest.mark.shows("session-link")
@on_every_side
async def test_a_code_is_entered_by_the_menu_too(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        stage.hosting = [side.host]
        await stage.prepare(LATER, "1h")
        link = await stage.told(side.host, "command", "/mod session link", channel=CHANNEL)
        code, other = link.partition("Code: ")[2][:8], side.host_across
        for typed, told in (("ABCDEFGH", "not valid any more"), (code, "is held here too now")):
            await stage.people[other].command(CHANNEL, "/stage menu")
            await stage.form(other, await stage.press(other, "Enter a code", channel=CHANNEL))
            assert told in await stage.send(other, {"Code": typed}, CHANNEL)


@pytest.mark.shows("session-which", "menu")
@on_every_side
async def test_with_several_sessions_a_select_asks_and_what_was_typed_is_kept(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        at(stage, side)
        host = side.host
        await stage.live(host, made=True)
        await stage.prepare("23:58", name="Workshop")
        told = await stage.told(host, "command", "/mod poll Tea or coffee?", channel=CHANNEL)
        assert "Which session?" in told
        picked = await stage.choose(host, "Choose a session", "Keynote", CHANNEL)
        sheet = await stage.form(host, picked)
        assert sheet.entries[0].value == "Tea or coffee?"
        await stage.send(host, {"Options, one a line": "Tea\nCoffee"}, CHANNEL)
        await stage.press(host, "Publish now", channel=CHANNEL)
        await stage.see(host, lambda post: has(post, "Vote A"))
        await stage.people[host].command(CHANNEL, "/stage menu")
        await stage.choose(host, "Choose a session", "Workshop", CHANNEL)
        await stage.see(host, lambda post: post.private and post.text.startswith("Workshop"), channel=CHANNEL)
