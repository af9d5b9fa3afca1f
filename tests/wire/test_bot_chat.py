"""The chat over the wire: lines, edits, answers, likes, files, deletions, and the team's own room (SPEC 3.1, 8)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.sandbox.discord import changes
from adapters.sandbox.discord.model import Role, User
from adapters.sandbox.hands import Post
from tests.wire.audience import BACKCHANNEL, BOT, CHANNEL, DOOR, QUEUE, STAGE, copies, has, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage


@pytest.mark.shows("lines", "replies", "likes", "files")
@on_every_side
async def test_lines_answers_likes_files_and_deletions_cross(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        guest, across = side.guest, side.across
        await stage.live(guest, across, side.other, made=True)
        here, there = stage.people[guest], stage.people[across]
        first = await here.write(STAGE, "Which slide is this?")
        copy = await stage.read(across, "Which slide is this?")
        assert guest.title() in copy.author
        await here.edit(STAGE, first, "Which slide is that?")
        await stage.read(across, "Which slide is that?")
        answer = await there.write(STAGE, "Number five", reply_to=copy.id)
        shown = await stage.read(guest, "Number five")
        if side.slack:
            assert shown.thread == first
            assert any(post.id == first and post.replies == 1 for post in await stage.posts(guest))
        else:
            assert "Which slide is that?" in " ".join([shown.text, *shown.quotes])
        await here.write(STAGE, "Thank you", reply_to=shown.id if not side.slack else first)
        back = await stage.read(across, "Thank you")
        if side.slack:
            assert "Which slide is that?" in " ".join([back.text, *back.quotes])
        for who in (guest, side.other):
            await stage.people[who].react(STAGE, shown.id, "👍")
        await likes(stage, across, "Number five", 0)
        await there.react(STAGE, copy.id, "👍")
        await here.upload(STAGE, "slides.pdf", b"%PDF-1.7 some slides", "My slides")
        await stage.read(across, "slides.pdf")
        await there.delete(STAGE, answer)
        await stage.people[guest].settle(STAGE, lambda posts: not any("Number five" in post.text for post in posts))
        await here.delete(STAGE, first)
        await there.settle(STAGE, lambda posts: not any(post.text == "Which slide is that?" for post in posts))
        assert copies(await stage.posts(across), ["Thank you", "My slides"]) == ["Thank you", "My slides"]


async def likes(stage: Stage, who: str, words: str, number: int) -> None:
    """The likes from elsewhere that this person reads under the newest line with these words."""
    word = f"{number} {'like' if number == 1 else 'likes'} from elsewhere"
    await stage.see(who, lambda post: words in post.text and (not number or word in post.text))


@pytest.mark.shows("likes")
@on_every_side
async def test_likes_from_elsewhere_are_told_under_the_copy(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        guest, across = side.guest, side.across
        await stage.live(guest, across, side.other, made=True)
        line = await stage.people[guest].write(STAGE, "Like this?")
        await stage.read(across, "Like this?")
        for who in (guest, side.other):
            await stage.people[who].react(STAGE, line, "👍")
        await stage.people[guest].react(STAGE, line, "🎉")
        await likes(stage, across, "Like this?", 2)
        await stage.people[guest].react(STAGE, line, "👍", remove=True)
        await likes(stage, across, "Like this?", 1)


@pytest.mark.shows("backchannel")
@on_every_side
async def test_the_teams_room_is_shared_with_the_team_alone(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, across = side.host, side.host_across
        await stage.live(host, across, side.guest, side.across, made=True)
        line = "Ostrich at the door"
        written = await stage.say(host, line, BACKCHANNEL)
        copy = await stage.read(across, line, channel=BACKCHANNEL)
        await stage.people[across].react(BACKCHANNEL, copy.id, "👍")
        await stage.people[across].write(BACKCHANNEL, "Ostrich seen", reply_to=copy.id)
        await stage.read(host, "Ostrich seen", channel=BACKCHANNEL)
        told = await stage.moderate_refused(across, copy, BACKCHANNEL)
        assert "can be deleted by who wrote them" in told
        await stage.people[host].delete(BACKCHANNEL, written)
        await stage.people[across].settle(BACKCHANNEL, lambda posts: not any(line in post.text for post in posts))
        await stage.say(host, "Ostrich at the desk", QUEUE)
        for who in (side.guest, side.across):
            for room in (CHANNEL, STAGE, DOOR, BOT):
                assert not [post for post in await stage.posts(who, room) if "Ostrich" in post.text]
        assert not {BACKCHANNEL, QUEUE} & (await stage.listed(side.guest) | await stage.listed(side.across))


@pytest.mark.shows("backchannel-guard")
@on_every_side
async def test_a_backchannel_that_others_can_read_is_left_alone(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, across = side.host, side.host_across
        await stage.live(host, across, side.guest, made=True)
        await stage.say(across, "First", BACKCHANNEL)
        await stage.read(host, "First", channel=BACKCHANNEL)
        await stage.people[host].convert(BACKCHANNEL, private=False)
        told = await stage.read(host, "People who are not on the team can read it.", channel=BOT)
        assert f"in “{side.venue}”" in told.text
        await stage.read(across, "People who are not on the team can read it.", channel=BOT)
        await stage.say(across, "Second", BACKCHANNEL)
        await stage.say(across, "To the chat")
        await stage.read(side.guest, "To the chat")
        assert not [post for post in await stage.posts(host, BACKCHANNEL) if "Second" in post.text]
        await stage.people[host].convert(BACKCHANNEL, private=True)
        await stage.read(host, "is for the team only again", channel=BOT)
        await stage.say(across, "Third", BACKCHANNEL)
        await stage.read(host, "Third", channel=BACKCHANNEL)


@pytest.mark.shows("backchannel-guard", on="slack")
async def test_a_backchannel_that_is_shared_or_joined_from_outside_is_left_alone(
    tmp_path: Path, outgoing: Check
) -> None:
    """What only Slack has: another company, and anybody inside who brings in somebody else."""
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", made=True)
        await stage.find("ana", BACKCHANNEL)
        await stage.people["ana"].invite(BACKCHANNEL, "leo")
        await stage.read("bo", "leo can read it and is not on the team.", channel=BOT)
        await stage.say("bo", "Not for Leo", BACKCHANNEL)
        await stage.people["ana"].kick(BACKCHANNEL, "leo")
        await stage.read("bo", "is for the team only again", channel=BOT)
        await stage.say("bo", "For us", BACKCHANNEL)
        await stage.people["ana"].settle(BACKCHANNEL, lambda posts: any("For us" in it.text for it in posts))
        await stage.people["ana"].share(BACKCHANNEL)
        await stage.read("ana", "It is shared with another company.", channel=BOT)


@pytest.mark.shows("backchannel-guard", on="discord")
async def test_a_backchannel_that_somebody_was_let_into_is_left_alone(tmp_path: Path, outgoing: Check) -> None:
    """What only Discord has: who manages the server lets single members and whole roles into a channel."""
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("bo", "ana", "nova", made=True)
        await stage.find("bo", BACKCHANNEL)
        world = stage.discord
        channel = next(it for it in world.channels.values() if it.name == BACKCHANNEL)
        let_in: list[tuple[User | Role, str]] = [
            (world.named("sam"), "Sam can read it and is not on the team."),
            (world.role("Staff", (), world.only_guild()), "People who are not on the team can read it."),
        ]
        for number, (to, told) in enumerate(let_in, start=1):
            changes.overwrite(world, channel, to, ["view_channel", "read_message_history"])
            await stage.read("ana", told, channel=BOT)
            await stage.say("ana", f"Not while {to.name} reads it", BACKCHANNEL)
            changes.overwrite(world, channel, to)
            await stage.people["ana"].settle(BOT, lambda posts, number=number: again(posts) == number)
            await stage.say("ana", f"For us, without {to.name}", BACKCHANNEL)
            await stage.read("bo", f"For us, without {to.name}", channel=BACKCHANNEL)
        assert not [it for it in await stage.posts("bo", BACKCHANNEL) if "Not while" in it.text]


def again(posts: Sequence[Post]) -> int:
    """How many times somebody was told that the room is as it should be."""
    return sum("is for the team only again" in post.text for post in posts)


@pytest.mark.shows("team-only", "menu")
@on_every_side
async def test_who_is_not_on_the_team_finds_no_button_of_it(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        await stage.live(side.guest, side.host, made=True)
        line = await stage.people[side.host].write(STAGE, "Mine to keep")
        post = await stage.read(side.guest, "Mine to keep")
        assert post.id == line
        told = await stage.moderate_refused(side.guest, post)
        assert "Only moderators of this session can do that." in told
        for typed in ("/mod live", "/mod poll Why?", "/mod session end"):
            assert "Only" in await stage.told(side.guest, "command", typed)
        await stage.press(side.guest, "Menu", shared)
        menu = await stage.see(side.guest, lambda post: post.private and has(post, "Settings"))
        assert not has(menu, "Interactions") and not has(menu, "Setup")
