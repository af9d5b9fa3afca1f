"""Moderators arrange the feed; who was away is told what was missed, and of news where they asked for it (SPEC 6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.app.handle import toasting
from tests.wire.audience import BOT, CHANNEL, has, private, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

FEED = "keynote-feed"
NEWS = "Tell me of new interactions by direct message"


async def pinned(stage: Stage, host: str, author: str, *lines: str) -> None:
    for line in lines:
        await stage.say(author, line)
        await stage.moderate(host, await stage.read(host, line), "Pin")


async def order(stage: Stage, who: str, *lines: str) -> list[str]:
    """The lines as the private page has them, from top to bottom."""
    told = (await stage.told(who, "command", "/stage feed")).partition("Change an item")[0]
    return sorted((line for line in lines if line in told), key=told.index)


@pytest.mark.shows("feed-order")
@on_every_side
async def test_a_moderator_moves_an_item_and_unpins_one_from_the_feed(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest = side.host, side.guest
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest)), made=True)
        await pinned(stage, host, guest, "first thing", "second thing", "third thing")
        lines = ("first thing", "second thing", "third thing")
        assert await order(stage, guest, *lines) == ["third thing", "second thing", "first thing"]
        await stage.people[host].command(stage.chat, "/stage feed")
        label = f"Pinned · {guest.title()}: first thing"
        await stage.choose(host, "Change an item", label)
        await stage.press(host, "Move up", private)
        await stage.read(host, "It is number 2 of 3 in the feed now.")
        assert await order(stage, guest, *lines) == ["third thing", "first thing", "second thing"]
        await stage.press(host, "Move to top", private)
        await stage.read(host, "It is number 1 of 3 in the feed now.")
        assert await order(stage, guest, *lines) == ["first thing", "third thing", "second thing"]
        await stage.press(host, "Unpin", private)
        await stage.read(host, "It is not in the feed any more.")
        assert await order(stage, guest, *lines) == ["third thing", "second thing"]
        page = await stage.see(guest, lambda post: private(post) and "Feed of" in post.text)
        assert not has(page, "Change an item"), "it is for moderators"
        if not side.slack:
            await stage.read(guest, "second thing", channel=FEED)
            await stage.vanished(guest, "first thing", channel=FEED)


@pytest.mark.shows("catchup")
@on_every_side
async def test_who_was_away_reads_what_was_missed_by_command_and_by_button(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest = side.host, side.guest
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest)), made=True)
        await stage.say(guest, "Off for lunch")
        await stage.read(host, "Off for lunch")
        await stage.poll("Which topic?")
        await stage.press(host, "Vote B", shared)
        await stage.end_poll()
        told = await stage.told(guest, "command", "/stage catchup")
        assert "What happened in “Keynote”" in told and "Poll ended · Which topic? – Coffee 100 %" in told
        assert "when you last wrote, answered, liked or reacted" in told
        await stage.press(guest, "Menu", shared)
        await stage.press(guest, "Catch me up", private)
        await stage.read(guest, "Poll ended · Which topic?")
        await stage.press(guest, "Last 20 minutes", private)
        await stage.read(guest, "Poll ended · Which topic?")
        assert "Say how far back" in await stage.told(guest, "command", "/stage catchup soon")
        assert "Poll ended" in await stage.told(guest, "command", "/stage catchup 20m")


@pytest.mark.shows("updates")
@on_every_side
async def test_what_is_over_and_put_away_can_be_read_on(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, first = side.host, side.guest, stage.hosting[0]
        await stage.live(*dict.fromkeys((first, host, guest)), made=True)
        await stage.form(host, await stage.people[host].command(stage.chat, "/mod message The break is over."))
        await stage.send(host, {})
        await stage.read(guest, "The break is over.")
        await stage.people[first].command(CHANNEL, "/mod session end")
        await stage.press(first, "End session", lambda post: has(post, "Keep it open"), CHANNEL)
        await stage.press(first, "Archive", private, CHANNEL)
        await stage.press(first, "Archive", lambda post: has(post, "Keep them"), CHANNEL)
        await stage.read(first, "is archived", channel=CHANNEL)
        for line in ("/stage updates", "/stage catchup 20m"):
            told = await stage.told(guest, "command", line, channel=CHANNEL)
            assert "The break is over." in told, told
        assert "its feed and updates stay" in await stage.told(guest, "command", "/stage menu", channel=CHANNEL)
        await stage.press(guest, "Last session", private, CHANNEL)
        await stage.see(guest, lambda post: has(post, "Now: Live stage"), channel=CHANNEL)


@pytest.mark.shows("news")
@on_every_side
async def test_who_asked_for_it_is_told_of_a_poll_by_direct_message_and_stops_it_there(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, side: Side
) -> None:
    monkeypatch.setattr(toasting, "AWAY", 0)
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest = side.host, side.guest
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest, side.other)), made=True)
        await stage.form(guest, await stage.people[guest].command(stage.chat, "/stage settings"))
        told = await stage.send(guest, {"Settings": ["Allow toast notifications", NEWS]})
        assert f"{NEWS}: on" in told
        await stage.poll("Which topic?")
        message = await stage.read(guest, "Poll “Which topic?” is open in ", channel=BOT)
        assert has(message, "Stop these messages")
        await stage.press(guest, "Stop these messages", channel=BOT)
        await stage.see(guest, lambda post: "You get no more direct messages" in post.text, channel=BOT)
        await stage.poll("And now?")
        await stage.see(guest, lambda post: shared(post) and "And now?" in post.text)
        assert f"{NEWS}: off" in await stage.told(guest, "press", *await settings(stage, guest))
        for who in (guest, side.other):
            assert not [post for post in await stage.posts(who, BOT) if "And now?" in post.text]


async def settings(stage: Stage, who: str) -> tuple[str, str]:
    await stage.people[who].command(stage.chat, "/stage menu")
    post = await stage.see(who, lambda post: private(post) and has(post, "Settings"))
    return post.id, "Settings"
