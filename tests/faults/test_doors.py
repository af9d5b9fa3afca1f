"""A crowd at the door of a session whose chat is for those who joined: all are let in, a hundred a call, no error."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.slack import forms, interactions
from adapters.sandbox.slack.model import User
from adapters.sandbox.slack.payloads import find_place
from adapters.sandbox.slack.seen import post_json, sheet_json
from tests.wire.audience import DOOR, STAGE, has
from tests.wire.bot_stage import Mode, Stage, on_stage

Check = Callable[[Sequence[Any]], None]
MINUTE = 60.0
MOST_A_MINUTE = 100
"""views.open and users.info are of Slack's tier 4."""
THINKING = 2.0
PATIENCE = 60.0
BAD = ("not saved", "went wrong", "try again", "another time")


@dataclass
class Guests:
    """The stand-in's people, without an HTTP call for each look."""

    stage: Stage
    card: str
    ways: Counter[str] = field(default_factory=Counter)
    read: list[str] = field(default_factory=list)
    """Everything that they read in private."""

    def __post_init__(self) -> None:
        (self.space,) = self.stage.slack.workspaces.values()
        self.door = next(it for it in self.space.channels.values() if it.name == DOOR)

    def sees(self, user: User) -> str:
        person = self.space.person(user.id)
        private = [post_json(self.space, self.door, it) for it in person.private.get(self.door.id, {}).values()]
        return str([*private, *self.forms(user)])

    def forms(self, user: User) -> list[dict[str, Any]]:
        person = self.space.person(user.id)
        return [sheet_json(self.space, self.space.views[it], person.typed.get(it, {})) for it in person.views]

    async def presses(self, user: User) -> None:
        pressed = await interactions.press(self.space, user, DOOR, self.card, "Join session")
        assert pressed["error"] is None, pressed

    async def until(self, user: User, *words: str) -> None:
        """Wait until they read one of these."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not any(it in (seen := self.sees(user)) for it in words):
            assert asyncio.get_running_loop().time() < deadline, f"{user.name} does not read {words!r}: {seen}"
            await asyncio.sleep(0.3)
        self.read.append(self.sees(user))

    async def joins(self, user: User, after: float) -> None:
        await asyncio.sleep(after)
        await self.presses(user)
        await self.until(user, "Settings", "look again")
        while "Settings" not in self.sees(user):  # a machine that is short of breath asks them to look again
            self.ways["again"] += 1
            await asyncio.sleep(THINKING)
            await self.presses(user)
            await self.until(user, "Settings", "look again")
        await asyncio.sleep(THINKING)
        if "Settings" in str(self.forms(user)):
            self.ways["modal"] += 1
            done = await forms.fill(self.space, user, {"Settings": ["Enable private chat"]})
        else:
            self.ways["message"] += 1
            mine = self.space.person(user.id).private[self.door.id]
            post = next(it for it, one in mine.items() if "Accept" in str(post_json(self.space, self.door, one)))
            place = find_place(self.space, user, DOOR, post)
            forms.enter(self.space, user, place.container, place.blocks, {"Settings": ["Enable private chat"]})
            done = await interactions.press(self.space, user, DOOR, post, "Accept")
        assert done["error"] is None, done
        await self.until(user, "You're in.", "You are in already.")

    def inside(self) -> int:
        room = next(it for it in self.space.channels.values() if it.name == STAGE)
        return sum(not self.space.users[it].bot for it in room.members)


def busiest_minute(records: Sequence[Any], method: str) -> int:
    times = sorted(it.at for it in records if it.method == method)
    return max((sum(first <= it < first + MINUTE for it in times) for first in times), default=0)


CROWDS = [
    pytest.param((60, 4.0), "socket", id="60 people in 4 s"),
    *(
        pytest.param(
            (1_000, MINUTE), mode, id=f"1,000 in a minute, {mode}", marks=[pytest.mark.long, pytest.mark.timeout(300)]
        )
        for mode in ("socket", "http")
    ),
]


@pytest.mark.shows("admission", on="slack")
@pytest.mark.parametrize(("crowd", "mode"), CROWDS)
async def test_everybody_at_the_door_is_let_in(
    tmp_path: Path, outgoing: Check, crowd: tuple[int, float], mode: Mode
) -> None:
    people, seconds = crowd
    async with on_stage(tmp_path, outgoing, mode=mode, rates=True, platforms=("slack",)) as stage:
        await stage.live("ana", made=True)
        card = await stage.see("ana", lambda post: has(post, "Join session"), channel=DOOR)
        guests = Guests(stage, card.id)
        users = [guests.space.user(f"guest{number:04d}") for number in range(people)]
        await asyncio.gather(*(guests.joins(user, seconds * at / people) for at, user in enumerate(users)))
        deadline = asyncio.get_running_loop().time() + 60
        while guests.inside() < people + 1:
            assert asyncio.get_running_loop().time() < deadline, f"only {guests.inside()} are inside"
            await asyncio.sleep(0.1)
        assert not [words for words in guests.read if any(bad in words.lower() for bad in BAD)]
        calls = stage.slack.requests
        invites = [str(it.arguments.get("users")).count(",") + 1 for it in calls if it.method == "conversations.invite"]
        assert max(invites) > 1, "those who wait are let in together"
        assert len(invites) < max(20, people / 5)
        assert Counter(it.method for it in calls if it.answered == "ratelimited") == {}
        for method in ("views.open", "users.info"):
            assert busiest_minute(calls, method) <= MOST_A_MINUTE, method
        assert guests.ways["modal"] > 0
        print(dict(guests.ways), "invites of", sorted(invites, reverse=True)[:12], "in", len(invites))
