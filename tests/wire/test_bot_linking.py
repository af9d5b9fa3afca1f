"""One human with an account on each platform is one person: by a code, by buttons, and two again (SPEC 2.4)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.wire.audience import has, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage


async def linking(stage: Stage, who: str) -> None:
    await stage.press(who, "Menu")
    await stage.press(who, "Settings")
    await stage.press(who, "Link accounts")


async def code_of(stage: Stage, who: str) -> str:
    """By the menu: Settings, Link accounts, Get a code."""
    await linking(stage, who)
    await stage.press(who, "Get a code")
    found = re.search(r"Code: (\w{8})", (await stage.read(who, "Code: ")).text)
    assert found
    return found[1]


@pytest.mark.shows("linking")
@on_every_side
async def test_the_later_vote_of_one_person_counts_and_unlinking_brings_the_other_one_back(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        guest, across = side.guest, side.across
        host = stage.hosting[0]
        await stage.live(host, guest, across, made=True)
        await stage.poll()
        for who, vote in ((across, "Vote A"), (guest, "Vote B")):
            await stage.press(who, vote, shared)
        await stage.see(host, lambda post: has(post, "Vote A") and "2 votes" in post.text)
        code = await code_of(stage, guest)
        assert "Linked. You are" in await stage.told(across, "command", f"/stage link {code}")
        await stage.see(host, lambda post: has(post, "Vote A") and "1 vote" in post.text)
        await stage.press(across, "Vote A", shared)
        await stage.see(guest, lambda post: has(post, "Vote A") and "1 vote" in post.text)
        await linking(stage, guest)
        await stage.press(guest, "Unlink")
        await stage.press(guest, "Stay linked")
        await stage.read(guest, "Nothing was changed.")
        await linking(stage, guest)
        await stage.press(guest, "Unlink")
        await stage.read(guest, "You are two people then")
        await stage.press(guest, "Unlink", lambda post: "two people then" in post.text)
        await stage.read(guest, "Unlinked.")
        await stage.see(host, lambda post: has(post, "Vote A") and "2 votes" in post.text)


@pytest.mark.shows("linking")
@on_every_side
async def test_a_wrong_code_comes_back_in_its_form_and_a_right_one_needs_no_joining(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        guest, across = side.guest, side.across
        await stage.live(guest, across, made=True)
        await linking(stage, across)
        await stage.form(across, await stage.press(across, "Enter a code"))
        answer = await stage.people[across].fill({"Code": "WRONG123"})
        if answer.sheet is None:  # Discord allows no form in answer to a form: a button opens it again
            answer = await stage.press(across, "Try again")
        (entry,) = (await stage.form(across, answer)).entries
        assert entry.value == "WRONG123", "what was typed is kept"
        code = await code_of(stage, guest)
        done = await stage.people[across].fill({"Code": code.lower()})
        if done.sheet is None or "You are one person here" not in done.sheet.text:
            await stage.read(across, "You are one person here")
        assert stage.rows("SELECT count(*) FROM link WHERE active") == [(1,)]
