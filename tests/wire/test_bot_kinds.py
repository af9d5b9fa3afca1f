"""Every kind of interaction through every act of its life, on both platforms: the cells of README's table of kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from config import bot as bot_module
from core.domain.ids import MINUTE, Instant
from core.domain.interactions import KINDS
from tests.wire.audience import CHANNEL, QUEUE, has, shared
from tests.wire.bot_sides import Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.kinds_told import ACTS, KINDS_TOLD, Told, answer

Check = Callable[[Sequence[Any]], None]


@pytest.mark.timeout(180)
@pytest.mark.shows("kinds")
@on_every_side
async def test_every_kind_goes_through_every_act_of_its_life(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, side: Side
) -> None:
    ahead = [0]
    real = bot_module.clock
    monkeypatch.setattr(bot_module, "clock", lambda: Instant(real() + ahead[0]))
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        stage.hosting.sort(key=lambda who: who != side.host)
        await stage.live(side.host, side.guest, side.across, made=True)
        await stage.find(side.host, QUEUE)
        for name, kind in KINDS_TOLD.items():
            played = await life(stage, side, name, kind, ahead)
            assert played | kind.none.keys() == set(ACTS), (name, set(ACTS) - played)


async def life(stage: Stage, side: Side, name: str, kind: Told, ahead: list[int]) -> set[str]:
    """From the command to its end; returns what was done and seen."""
    host, guest, across = side.host, side.guest, side.across
    word = KINDS[name].TITLE.lower()
    await stage.form(host, await stage.people[host].command(CHANNEL, f"/mod {name}"))
    made = await stage.send(host, dict(kind.form), CHANNEL)
    assert "Saved as a draft." in made and kind.subject in made, made
    played = {"create"}
    for button, pick, values in kind.prepare:
        await stage.press(host, button, lambda post: post.private, CHANNEL)
        await stage.form(host, await stage.choose(host, "Add a question", pick, CHANNEL))
        await stage.send(host, dict(values), CHANNEL)
        await stage.press(host, "Show the draft", channel=CHANNEL)
    await stage.people[host].command(CHANNEL, "/mod live")
    await stage.see(
        host,
        lambda post: all(words in post.text for words in ("Interactions of", f"{KINDS[name].TITLE} “", " · draft")),
        channel=CHANNEL,
    )
    played.add("draft")

    await stage.form(host, await stage.press(host, "Edit", channel=CHANNEL))
    changed = await stage.send(host, dict(kind.edited), CHANNEL)
    assert "Saved." in changed and kind.now in changed, changed
    played.add("edit")

    card = await stage.see(host, lambda post: has(post, kind.send) and kind.now in post.text, channel=CHANNEL)
    assert "Published." in await stage.told(host, "press", card.id, kind.send, channel=CHANNEL)
    for who in (guest, across):
        await stage.see(who, lambda post: shared(post) and kind.now in post.text)
    played.add("publish")
    if kind.answers:
        await answer(stage, guest, kind, 0)
        played.add("answer")
        if "change" not in kind.none:
            await answer(stage, guest, kind, 1)
            played.add("change")
    if "hide" not in kind.none:
        await hidden_and_shown(stage, side, kind)
        played.add("hide")
    if "end" not in kind.none:
        await stage.press(host, "End", channel=kind.desk)
        await stage.press(host, f"End {word}", channel=kind.desk)
        for who in (guest, across):
            await stage.see(who, lambda post: kind.now in post.text and "ended" in post.text.lower())
        played.add("end")
    if "unpublish" not in kind.none:
        await stage.choose(host, "More", "Unpublish", kind.desk)
        await stage.press(host, "Unpublish", channel=kind.desk)
        for who in (guest, across):
            await out_of_sight(stage, who, kind)
        played.add("unpublish")
    if "schedule" not in kind.none:
        await by_itself(stage, side, kind, ahead)
        played.add("schedule")
    return played


async def hidden_and_shown(stage: Stage, side: Side, kind: Told) -> None:
    def card(shown: bool) -> Callable[[Any], bool]:
        return lambda post: shared(post) and kind.now in post.text and (kind.hidden in post.text) is shown

    for who in (side.guest, side.across):
        await stage.see(who, card(True))
    await stage.press(side.host, "Hide results", channel=kind.desk)
    for who in (side.guest, side.across):
        await stage.see(who, card(False))
    await stage.press(side.host, "Show results", channel=kind.desk)
    for who in (side.guest, side.across):
        await stage.see(who, card(True))


async def by_itself(stage: Stage, side: Side, kind: Told, ahead: list[int]) -> None:
    """A copy of it publishes itself at its time, in both places."""
    host = side.host
    await stage.choose(host, "More", "Duplicate", kind.desk)
    await stage.see(host, lambda post: post.private and has(post, kind.send), channel=kind.desk)
    await stage.form(host, await stage.choose(host, "More", "Publish at a time", kind.desk))
    starts = stage.rows("SELECT starts_at FROM session")[0][0]
    minutes = (bot_module.clock() - starts) // MINUTE + 2
    assert "publishes itself" in await stage.send(host, {"Publish at": f"+{minutes}m"}, kind.desk)
    before = {post.id for post in await stage.posts(host, kind.desk)}
    ahead[0] += 2 * MINUTE
    for who in (side.guest, side.across):
        await stage.see(who, lambda post: shared(post) and kind.now in post.text)
    if "unpublish" not in kind.none and "end" not in kind.none:  # out of the way of the next kind
        await stage.see(
            host, lambda post: shared(post) and post.id not in before and "Live:" in post.text, 0.0, kind.desk
        )
        await stage.choose(host, "More", "Unpublish", kind.desk)
        await stage.press(host, "Unpublish", channel=kind.desk)
        await out_of_sight(stage, side.guest, kind)


async def out_of_sight(stage: Stage, who: str, kind: Told) -> None:
    """Of the chat; what this person was told alone stays."""
    await stage.people[who].settle(
        stage.chat, lambda posts: not any(shared(post) and kind.now in post.text for post in posts)
    )
