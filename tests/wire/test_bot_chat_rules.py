"""The rules of the chat, clearing it, and who is blocked, by visible words (SPEC 2.5, 3.5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.sandbox.discord import changes
from tests.wire.audience import BOT, STAGE
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import on_stage


@pytest.mark.shows("chat-rules")
@on_every_side
async def test_a_line_that_breaks_a_rule_is_shared_nowhere_and_its_author_reads_why(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest, across)), made=True)
        await stage.form(host, await stage.people[host].command(STAGE, "/mod session chat"))
        told = await stage.send(host, {"Links": "Only the team may", "Words that are not shared": "damn\nheck*"}, STAGE)
        assert "links are the team's; 2 words kept back" in told
        bad = await stage.say(guest, "what the heckling is this")
        await stage.say(guest, "see https://example.org/ there")
        await stage.say(guest, "a kind line")
        await stage.read(across, "a kind line")
        seen = [post.text for post in await stage.posts(across)]
        assert not [text for text in seen if "heckling" in text or "example.org" in text]
        why = (await stage.read(guest, "was not shared", channel=BOT)).text
        assert "a word that is not wanted here" in why
        if side.slack:
            assert "please delete it there" in why
        else:
            assert "It was removed." in why
            await stage.gone(host, bad)
        await stage.people[guest].edit(STAGE, await stage.say(guest, "first kind"), "then www.example.org")
        await stage.say(guest, "a last line")
        await stage.read(across, "a last line")
        await stage.vanished(across, "first kind")
        await stage.form(host, await stage.people[host].command(STAGE, "/mod session chat"))
        free = {"Links": "Everybody may share links", "Words that are not shared": ""}
        assert "slow mode is off" in await stage.send(host, {**free, "Slow mode": "Off"}, STAGE)
        await stage.say(guest, "one with https://example.org/")
        await stage.read(across, "one with")
        await stage.form(host, await stage.people[host].command(STAGE, "/mod session chat"))
        assert "one line in 5 minutes" in await stage.send(host, {"Slow mode": "A line in 5 minutes"}, STAGE)
        await stage.say(guest, "and one too soon")
        await stage.say(host, "The team may write on")
        await stage.read(across, "The team may write on")
        assert not [post for post in await stage.posts(across) if "too soon" in post.text]


@pytest.mark.shows("chat-clear")
@on_every_side
async def test_a_cleared_chat_is_gone_for_attendees(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest, across)), made=True)
        for number in range(3):
            await stage.say(guest, f"old line {number}")
        await stage.say(across, "old line of another")
        await stage.read(across, "old line 2")
        await stage.read(guest, "old line of another")
        asked = await stage.told(host, "command", "/mod session clear")
        assert "Clear the chat of" in asked
        await stage.people[host].command(STAGE, "/mod session setup")
        await stage.choose(host, "The chat", "Clear the chat")
        assert "only they can delete" in asked, "what stays on Slack is named"
        await stage.press(host, "Keep it", lambda post: "Clear the chat of" in post.text)
        await stage.people[host].command(STAGE, "/mod session clear")
        await stage.press(host, "Clear chat", lambda post: "Clear the chat of" in post.text)
        await stage.read(host, "is being cleared")
        await stage.vanished(across, "old line 2")
        await stage.vanished(guest, "old line of another")
        await stage.say(guest, "a new line")
        await stage.read(across, "a new line")


@pytest.mark.shows("blocked", "blocked-back")
@on_every_side
async def test_who_is_blocked_stays_out_until_somebody_lets_them_in(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest, across)), made=True)
        await stage.say(guest, "an unkind line")
        copy = await stage.read(host, "an unkind line")
        await stage.read(across, "an unkind line")
        await stage.moderate(host, copy, "Block the author")
        await stage.lost(guest, STAGE)
        if side.slack:
            await stage.people[host].invite(STAGE, guest)
            await stage.find(guest, STAGE)
            await stage.lost(guest, STAGE)
        else:
            role = next(it for it in stage.discord.only_guild().roles.values() if it.name == "Keynote")
            changes.grant(stage.discord, stage.discord.named(guest), role)
            again = await stage.say(guest, "here I am again")
            await stage.gone(host, again)
        await stage.people[host].command(STAGE, "/mod blocked")
        await stage.press(host, "Unblock", lambda post: guest.title() in post.text)
        await stage.read(host, f"{guest.title()} takes part again.")
        await stage.find(guest, STAGE)
        await stage.say(guest, "a kind line")
        await stage.read(across, "a kind line")
        await stage.people[host].command(STAGE, "/mod session setup")
        await stage.choose(host, "The chat", "Who is blocked")
        await stage.read(host, "Nobody is blocked")
