"""The team over the wire: picked from the platform's own menu of people, removed, and out at once (RELIABILITY 43)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Answered, Post
from core.app.handle import roster
from tests.wire.audience import CHANNEL, DOOR, has, shared
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
TEAMS = (("ana", "mira"), ("bo", "nova"))
"""Who manages, and whom they make a moderator: in Slack, in Discord."""


async def join_as(stage: Stage, who: str, name: str) -> None:
    opened = await stage.press(who, "Join session", shared, DOOR)
    await stage.fill_join(who, opened, **{"Name to show": name})


async def add(stage: Stage, host: str, who: str, post: str) -> Answered:
    await stage.people[host].command(CHANNEL, "/mod team")
    await stage.form(host, await stage.press(host, "Add", team_card))
    done: Answered = await stage.people[host].fill({"Person": who, "As": post})
    return done


def team_card(post: Post) -> bool:
    return post.private and "Team of" in post.text


async def remove_first(stage: Stage, host: str, words: str) -> None:
    """Press the first Remove of the team, read whom that means, and press it once more."""
    await stage.people[host].command(CHANNEL, "/mod team")
    await stage.press(host, "Remove", team_card)
    asked = await stage.see(host, lambda post: words in post.text and has(post, "Keep"))
    await stage.people[host].press(CHANNEL, asked.id, "Remove")
    await stage.read(host, "any more.")


async def heard(stage: Stage, who: str, answer: Answered) -> str:
    """What the person reads after sending a form, in the form's place or below it."""
    if answer.sheet is not None and answer.sheet.text:
        return str(answer.sheet.text)
    if answer.private:
        return "\n".join(post.text for post in answer.private)
    return (
        await stage.see(who, lambda post: post.private and ("Only " in post.text or "You're in." in post.text))
    ).text


@pytest.mark.shows("team", "team-at-once", "poll-list", on="both")
async def test_a_form_opened_before_a_removal_and_old_buttons_are_refused(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo")
        await stage.poll()
        for host, who in TEAMS:
            called = f"Aa {who.title()}"
            await join_as(stage, who, called)
            await add(stage, host, who, "Moderator")
            await stage.read(host, f"{called} is a moderator now.")
            await stage.people[who].command(CHANNEL, "/mod live")
            await stage.press(who, "Open", lambda post: post.private)
            listed = await stage.see(who, lambda post: post.private and has(post, "Hide results"))
            opened = await stage.form(who, await stage.people[who].command(CHANNEL, "/mod poll Mine?"))
            assert opened.entries
            await remove_first(stage, host, f"Remove {called} as moderator of “Keynote”?")
            before = rows(stage)
            sent = await stage.people[who].fill({"Options, one a line": "Tea\nCoffee"})
            assert "Only moderators of this session can do that." in await heard(stage, who, sent)
            assert rows(stage) == before
            await stage.people[who].close()
            told = await stage.told(who, "press", listed.id, "Hide results")
            assert "Only moderators of this session can do that." in told
            assert rows(stage) == before
        assert stage.rows("SELECT hidden, state FROM interaction") == [(0, "live")]


def rows(stage: Stage) -> list[Any]:
    return [stage.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in ("interaction", "draft", "member", "audit")]


@pytest.mark.shows("team", "team-at-once", on="both")
async def test_somebody_who_never_acted_is_picked_and_bots_are_not(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo")
        for host, who, called in (("ana", "leo", "leo"), ("bo", "sam", "Sam")):
            refused = await add(stage, host, "sidestage" if host == "ana" else "Sidestage", "Moderator")
            if refused.sheet is None:
                await stage.read(host, "Pick a person.")
            else:
                assert "Pick a person." in str(refused.sheet)
                await stage.people[host].close()
            await add(stage, host, who, "Organiser of Acme" if host == "ana" else "Organiser of PyCom")
            await stage.read(host, f"{called} is an organiser now.")
            told = await stage.told(who, "command", "/mod session setup")
            assert "Setup" in told
            await remove_first(stage, host, f"Remove {called} as organiser of")
            told = await stage.told(who, "command", "/mod session setup")
            assert "Only organisers can do that here" in told
        people = dict(stage.rows("SELECT id, name FROM person"))
        written = stage.rows("SELECT person, deed, object FROM audit ORDER BY at")
        assert [(people[by], deed, people[to]) for by, deed, to in written if deed.endswith("organiser")] == [
            ("Ana", "appoint organiser", "leo"),
            ("Ana", "remove organiser", "leo"),
            ("Bo", "appoint organiser", "Sam"),
            ("Bo", "remove organiser", "Sam"),
        ]
        assert len(stage.rows("SELECT id FROM account WHERE nick LIKE '%idestage%'")) == 0


@pytest.mark.shows("team", on="both")
async def test_a_team_longer_than_a_page_is_read_page_by_page(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "PAGE", 3)
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova")
        for host, who in TEAMS:
            await add(stage, host, who, "Speaker")
            await stage.read(host, "is a speaker now.")
            await stage.people[host].command(CHANNEL, "/mod team")
            await stage.press(host, "Show more", team_card)
            await stage.press(host, "Show the first", team_card)
            await stage.see(host, lambda post: post.text.startswith("Team of") and has(post, "Show more"))
