"""A form of eight fields by visible words on both platforms: pages on Discord, one modal or messages on Slack."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Sheet
from adapters.slack.allowance import SharedAllowance
from core.app import handle, intake
from core.app.commands import Command, KeepPage
from jobs.executor import Executor
from tests.fakes import long_form
from tests.fakes.long_form import WRONG, parts, resumed
from tests.wire.audience import CHANNEL, has, until
from tests.wire.bot_sides import Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
LONG = ("Kept, every word of it. " * 100).strip()
FIRST: Mapping[str, Any] = {
    "First line": "a",
    "Second text": LONG,
    "Third colour": ["Blue"],
    "Fourth colours": ["Red", "Green"],
    "Fifth line": "e",
}
SECOND: Mapping[str, Any] = {"Sixth line": "f", "Seventh text": "g", "Eighth colour": ["Green"]}
LABELS = [*FIRST, *SECOND]


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    for command, use in parts().items():
        monkeypatch.setitem(handle.USES, command, use)
    monkeypatch.setattr(intake, "RESUMED", resumed())


def held(sheet: Sheet) -> dict[str, str | tuple[str, ...]]:
    return {it.label: it.value for it in sheet.entries}


async def opens(stage: Stage, who: str) -> Sheet:
    return await stage.form(who, await stage.people[who].command(CHANNEL, "/stage settings"))


async def pages(stage: Stage, who: str, sheet: Sheet, first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """Fill the open form to its end, however many pages it takes; what is read then."""
    if len(sheet.entries) == len(LABELS):
        return await stage.send(who, {**first, **second})
    told = await stage.send(who, dict(first))
    assert "Page 1 of 2 saved." in told
    await stage.form(who, await stage.press(who, "Continue", lambda post: post.private))
    return await stage.send(who, dict(second))


def accepted(stage: Stage) -> int:
    return int(stage.rows("SELECT count(*) FROM draft WHERE form LIKE 'accepted:%'")[0][0])


@pytest.mark.shows("pages")
@on_every_side
async def test_eight_fields_are_asked_whole_or_in_pages(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        await stage.live(side.guest)
        sheet = await opens(stage, side.guest)
        assert [it.label for it in sheet.entries] == (LABELS if side.slack else LABELS[:5])
        assert sheet.title == ("A long form" if side.slack else "A long form (1 of 2)")
        told = await pages(stage, side.guest, sheet, FIRST, SECOND)
        for words in ("one a", "six f", "seven g", "three blue", "eight green", "four red+green", LONG):
            assert words in told
        assert accepted(stage) == 1
        assert held(await opens(stage, side.guest))["First line"] == ""


@pytest.mark.shows("pages", "refused-form")
@on_every_side
async def test_mistakes_on_both_pages_come_back_one_after_the_other(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    who = side.guest
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        await stage.live(who)
        sheet = await opens(stage, who)
        bad = {**FIRST, "First line": "bad"}, {**SECOND, "Seventh text": "bad"}
        if side.slack:
            sheet = await stage.again(who, {**bad[0], **bad[1]})
            assert {it.label: it.error for it in sheet.entries if it.error} == {
                "First line": WRONG,
                "Seventh text": WRONG,
            }
            assert "Got" in await stage.send(who, {"First line": "a", "Seventh text": "g"})
        else:
            assert WRONG in await pages(stage, who, sheet, *bad)
            sheet = await stage.form(who, await stage.press(who, "Try again"))
            assert held(sheet)["First line"] == "bad" and held(sheet)["Second text"] == LONG
            assert "Page 1 of 2 saved." in await stage.send(who, {"First line": "a"})
            assert held(await opens(stage, who))["First line"] == "a", "the newer typing"
            sheet = await stage.form(who, await stage.press(who, "Continue"))
            assert held(sheet)["Seventh text"] == "bad"
            assert WRONG in await stage.send(who, {})
            sheet = await stage.form(who, await stage.press(who, "Try again"))
            assert sheet.title == "A long form (2 of 2)"
            assert "one a" in await stage.send(who, {"Seventh text": "g"})
        assert accepted(stage) == 1


@pytest.mark.shows("pages", on="discord")
async def test_pages_outlive_a_restart_and_a_client_that_was_closed(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("nova")
        await opens(stage, "nova")
        await stage.send("nova", dict(FIRST))
        await stage.restart()
        sheet = await stage.form("nova", await stage.press("nova", "Continue"))
        assert sheet.title == "A long form (2 of 2)"
        await stage.people["nova"].reload()  # the private line with Continue is gone
        sheet = await opens(stage, "nova")
        assert held(sheet)["Second text"] == LONG and held(sheet)["Third colour"] in ("Blue", ("Blue",))
        assert "one a" in await pages(stage, "nova", sheet, {}, SECOND)
        assert accepted(stage) == 1


@pytest.mark.shows("pages", "crowd-forms", on="slack")
@pytest.mark.parametrize("fits", [True, False])
async def test_without_a_modal_the_form_is_a_message_or_several(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, fits: bool
) -> None:
    async def spent(*_: object, **__: object) -> bool:
        return False

    if not fits:
        wide = tuple(replace(it, hint="Words. " * 280) for it in long_form.FIELDS)
        monkeypatch.setattr(long_form, "FIELDS", wide)
        monkeypatch.setattr(long_form.long_form, "__defaults__", (wide,))
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await stage.live("mira")
        monkeypatch.setattr(SharedAllowance, "ask", spent)
        hands = stage.people["mira"]
        await hands.command(CHANNEL, "/stage settings")
        post = await stage.see("mira", lambda post: has(post, "Send"))
        if fits:
            await hands.enter(CHANNEL, post.id, {**FIRST, **SECOND})
        else:
            assert "(1 of 2)" in post.text and "Sixth line" not in post.text
            await hands.enter(CHANNEL, post.id, FIRST)
            await hands.press(CHANNEL, post.id, "Send")
            await stage.press("mira", "Continue")
            post = await stage.see("mira", lambda post: has(post, "Send") and "(2 of 2)" in post.text)
            await hands.enter(CHANNEL, post.id, SECOND)
        await hands.press(CHANNEL, post.id, "Send")
        told = (await stage.read("mira", "Got ")).text
        assert "one a" in told and "four red+green" in told and "six f" in told and LONG in told
        assert accepted(stage) == 1


@pytest.mark.shows("pages", "crowd-forms", on="slack")
async def test_what_was_picked_brings_back_all_that_was_typed_before(tmp_path: Path, outgoing: Check) -> None:
    """Slack tells of a choice at once, with all that is typed by then; of closing it may tell nothing."""
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await stage.live("mira")
        hands = stage.people["mira"]
        await opens(stage, "mira")
        await hands.enter("@sheet", "", {"First line": "half", "Second text": LONG})
        picked = await hands.choose("@sheet", "", "Third colour", ["Blue"])
        assert picked.ok
        await hands.close()
        sheet = await opens(stage, "mira")
        typed = held(sheet)
        assert (typed["First line"], typed["Second text"]) == ("half", LONG)
        assert typed["Third colour"] in ("Blue", ("Blue",))
        assert "Got" in await stage.send("mira", {})
        assert held(await opens(stage, "mira"))["First line"] == ""


@pytest.mark.shows("pages", on="slack")
async def test_a_pick_that_is_kept_slowly_leaves_the_form_as_it_is(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, commit = threading.Event(), Executor._commit

    def slow(executor: Executor, commands: Sequence[Command], *, alone: bool) -> Any:
        if any(isinstance(it, KeepPage) for it in commands):
            assert free.wait(20)
        return commit(executor, commands, alone=alone)

    monkeypatch.setattr(Executor, "_commit", slow)
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await stage.live("mira")
        hands = stage.people["mira"]
        await opens(stage, "mira")
        await hands.enter("@sheet", "", {"First line": "half"})
        stage.bot.executor._patience = 0.1
        assert (await hands.choose("@sheet", "", "Third colour", ["Blue"])).ok
        free.set()
        await until(lambda: stage.rows("SELECT form FROM draft WHERE form LIKE 'set:%'"))
        sheet = await hands.sheet()
        assert sheet.title == "A long form" and held(sheet)["First line"] == "half"
        stage.bot.executor._patience = 1.5
        assert "one half" in await stage.send("mira", {})


@pytest.mark.shows("pages", on="slack")
async def test_what_slack_may_tell_of_closing_is_kept(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        stage.slack.tells_state_on_close = True
        await stage.live("mira")
        hands = stage.people["mira"]
        await opens(stage, "mira")
        await hands.enter("@sheet", "", {"First line": "half"})
        await hands.close()
        assert held(await opens(stage, "mira"))["First line"] == "half"
