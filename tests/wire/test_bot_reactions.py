"""Reactions by visible words and real emoji: counted for everybody, told of together, chosen by the host (SPEC 7.1)."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from core.app.handle import reacting
from core.domain import reactions
from core.domain.ids import SECOND
from storage import fill
from tests.wire.audience import CHANNEL, has, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.test_bot_linking import code_of

USUAL = ("Clap 👏", "Heart ❤️", "Think 🤔", "Wow 😮", "Smile 😄")


async def counted(stage: Stage, label: str, *readers: str) -> None:
    """Everybody sees this number on the stage bar."""
    for who in readers:
        await stage.see(who, lambda post: shared(post) and has(post, label))


@pytest.mark.shows("reactions")
@on_every_side
async def test_presses_and_emoji_count_for_everybody_once_a_person(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        guest, across = side.guest, side.across
        await stage.live(*dict.fromkeys((stage.hosting[0], guest, across)))
        bar = await stage.see(guest, lambda post: shared(post) and has(post, USUAL[0]))
        assert tuple(it.label for it in bar.controls)[-5:] == USUAL
        assert "Reactions show to everyone, here and in" in bar.text
        pressed = await stage.press(guest, USUAL[0], shared)
        assert pressed.ok and not pressed.private and pressed.sheet is None, "the number is the answer"
        await counted(stage, "Clap 1 👏", guest, across)
        await stage.press(guest, "Clap 1 👏", shared)  # too soon: silently not counted
        await stage.people[across].react(stage.chat, (await stage.see(across, lambda it: has(it, "Menu"))).id, "😮")
        await counted(stage, "Wow 1 😮", guest, across)
        await counted(stage, "Clap 1 👏", guest)
        card = await stage.see(guest, lambda it: shared(it) and has(it, "Wow 1 😮"))
        await stage.people[guest].react(stage.chat, card.id, "❤️")
        await counted(stage, "Heart 1 ❤️", guest, across)
        await stage.people[guest].react(stage.chat, card.id, "❤️", remove=True)
        line = await stage.say(guest, "My own words")
        await stage.people[across].press(stage.chat, (await stage.see(across, lambda it: has(it, "Menu"))).id, USUAL[4])
        await stage.people[guest].react(stage.chat, line, "🤔")
        await counted(stage, "Smile 1 😄", guest, across)
        bar = await stage.see(guest, lambda post: shared(post) and has(post, "Smile 1 😄"))
        assert [it.label for it in bar.controls][-5:] == ["Clap 1 👏", "Heart 1 ❤️", USUAL[2], "Wow 1 😮", "Smile 1 😄"]
        other = side.other
        told = await stage.told(other, "press", bar.id, "Clap 1 👏")
        assert "Join the session first" in told


@pytest.mark.shows("reactions")
@on_every_side
async def test_linked_accounts_count_once_and_who_is_blocked_no_more(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest, across)))
        code = await code_of(stage, guest)
        assert "Linked. You are" in await stage.told(across, "command", f"/stage link {code}")
        for who in (guest, across):
            await stage.press(who, USUAL[0], shared)
        await stage.press(across, USUAL[1], shared)
        await counted(stage, "Heart 1 ❤️", host, across)
        await counted(stage, "Clap 1 👏", host, across)
        await stage.say(guest, "Not a kind line")
        line = await stage.read(host, "Not a kind line")
        assert "is blocked" in await stage.moderate(host, line, "Block the author")
        bar = await stage.see(across, lambda post: shared(post) and has(post, USUAL[2]))
        assert "This is not available to you in this session." in await stage.told(across, "press", bar.id, USUAL[2])
        with contextlib.suppress(LookupError, PermissionError):  # out of the room by now, which is as good
            await stage.people[across].react(stage.chat, bar.id, "😮")
        await stage.press(host, USUAL[4], shared)
        await counted(stage, "Smile 1 😄", host)
        bar = await stage.see(host, lambda post: shared(post) and has(post, "Smile 1 😄"))
        assert [it.label for it in bar.controls][-5:] == ["Clap 1 👏", "Heart 1 ❤️", USUAL[2], USUAL[3], "Smile 1 😄"]


@pytest.mark.shows("bursts")
@on_every_side
async def test_many_reactions_at_once_are_told_in_every_stage(
    tmp_path: Path, outgoing: Check, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (reactions, reacting, fill):
        monkeypatch.setattr(module, "BURST", 3 * SECOND)
    monkeypatch.setattr(reacting, "BURST_LEAST", 3)
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        guest, across = side.guest, side.across
        await stage.live(*dict.fromkeys((stage.hosting[0], guest, across)), made=True)
        for who in (guest, across):
            await stage.press(who, USUAL[0], shared)
        await stage.press(guest, USUAL[3], shared)
        for who in (guest, across):
            await stage.read(who, "2 claps and 1 wow in 3 s 👏😮")


@pytest.mark.shows("session-texts")
@on_every_side
async def test_a_host_chooses_the_like_and_the_five(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(*dict.fromkeys((stage.hosting[0], host, guest, across)), made=True)
        sheet = await stage.form(host, await stage.people[host].command(CHANNEL, "/mod session texts"))
        assert sheet.title == "Texts"
        five = "👏 Bravo\n🔥 Fire\n💡 Aha\n🎉 Party\n:smile: Smile"
        wrong = {"The like: one emoji": "🎈", "The five reactions, one a line": five.replace("🔥", "fire")}
        sheet = await stage.again(host, wrong, CHANNEL)
        assert any(five.replace("🔥", "fire") in str(it.value) for it in sheet.entries), sheet
        right = {"The like: one emoji": "🎈", "The five reactions, one a line": five}
        assert "Saved." in await stage.send(host, right, CHANNEL)
        await stage.press(guest, "Fire 🔥", shared)
        await counted(stage, "Fire 1 🔥", guest, across)
        await stage.people[host].command(CHANNEL, "/mod session setup")
        sheet = await stage.form(host, await stage.press(host, "Texts", channel=CHANNEL))
        assert any("🔥 Fire" in str(it.value) for it in sheet.entries), sheet
