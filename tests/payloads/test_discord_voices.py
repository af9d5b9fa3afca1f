"""From voice states to reports: whole rooms without bots, a pause apart, and never of what is not known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.discord import voices
from adapters.discord.parse import Ours
from adapters.discord.voices import Voices
from core.app.commands import Command, ReportListeners
from core.app.ports import StorageDown
from core.domain.ids import Instant, PlaceId, VenueId
from core.domain.surfaces import Place

ROOM = Place(PlaceId("v"), VenueId("discord:1"), "voice", ref="7")


@dataclass
class Ear:
    """What is reported, as user → deafened."""

    rooms: list[Place] = field(default_factory=lambda: [ROOM])
    down: bool = False
    heard: list[dict[str, bool]] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    now: int = 1

    def __post_init__(self) -> None:
        self.voices = Voices(Ours("9", "9"), self.listened, self.submit, self.go, self.clock)

    def clock(self) -> Instant:
        self.now += 1
        return Instant(self.now)

    async def listened(self) -> Sequence[Place]:
        if self.down:
            raise StorageDown("away")
        return self.rooms

    async def submit(self, command: Command) -> None:
        assert isinstance(command, ReportListeners)
        assert (command.room, command.actor.bot, command.actor.venue) == ("7", True, "discord:1")
        self.heard.append({one.account.partition(":")[2]: one.deafened for one in command.listening})

    def go(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.create_task(work))

    def hear(self, event: str, payload: Any) -> None:
        self.voices.events()[event](payload)

    def server(self, *users: str, bots: Sequence[str] = (), **more: Any) -> None:
        states = [{"user_id": user, "channel_id": "7", "self_deaf": False, "deaf": False} for user in users]
        members = [{"user": {"id": user, "bot": user in bots}} for user in users]
        self.hear("GUILD_CREATE", {"id": "1", "voice_states": states, "members": members} | more)

    def moves(self, user: str, channel: str | None, **more: Any) -> None:
        self.hear("VOICE_STATE_UPDATE", {"guild_id": "1", "user_id": user, "channel_id": channel} | more)

    async def settle(self) -> None:
        await asyncio.gather(*self.tasks)


@pytest.fixture
async def ear(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ear]:
    monkeypatch.setattr(voices, "PAUSE", 0.03)
    monkeypatch.setattr(voices, "MOMENT", 0.01)
    yield Ear()


async def test_of_a_server_that_was_not_told_of_nothing_is_reported(ear: Ear) -> None:
    await ear.voices.round()
    ear.moves("2", "7")
    await ear.settle()
    assert ear.heard == []


async def test_everybody_there_is_reported_without_bots(ear: Ear) -> None:
    ear.server("2", "3", "4", bots=["4"])
    await ear.voices.round()
    ear.moves("5", "7", member={"user": {"id": "5", "bot": True}})
    ear.moves("6", "8")
    await ear.settle()
    assert ear.heard == [{"2": False, "3": False}]


@pytest.mark.parametrize("deaf", ["self_deaf", "deaf"])
async def test_who_hears_nothing_is_told_whoever_did_that_and_an_audience_hears(ear: Ear, deaf: str) -> None:
    ear.server("2")
    await ear.voices.round()
    ear.moves("2", "7", **{deaf: True})
    ear.moves("3", "7", suppress=True, self_mute=True)
    await ear.settle()
    assert ear.heard[-1] == {"2": True, "3": False}


async def test_many_changes_are_few_reports_and_what_changes_nothing_is_none(ear: Ear) -> None:
    ear.server()
    await ear.voices.round()
    for number in range(100, 200):
        ear.moves(str(number), "7")
    await ear.settle()
    assert [len(it) for it in ear.heard] == [0, 100]
    ear.moves("100", "7", self_video=True)
    await ear.settle()
    assert len(ear.heard) == 2


async def test_two_reports_of_a_room_are_a_pause_apart(ear: Ear) -> None:
    ear.server("2")
    await ear.voices.round()
    began = asyncio.get_running_loop().time()
    ear.moves("2", None)
    await ear.settle()
    assert asyncio.get_running_loop().time() - began >= 0.028
    assert ear.heard == [{"2": False}, {}]


async def test_moving_to_another_channel_is_leaving_this_one(ear: Ear) -> None:
    ear.server("2", "3")
    await ear.voices.round()
    ear.moves("2", "8")
    await ear.settle()
    ear.moves("2", "7")
    await ear.settle()
    assert ear.heard == [{"2": False, "3": False}, {"3": False}, {"2": False, "3": False}]


async def test_a_new_connection_tells_all_anew(ear: Ear) -> None:
    ear.server("2", "3")
    await ear.voices.round()
    ear.hear("READY", {"guilds": [{"id": "1", "unavailable": True}]})
    await ear.voices.round()
    assert len(ear.heard) == 1, "until then nobody knows"
    ear.server("3")
    await ear.settle()
    assert ear.heard[-1] == {"3": False}
    ear.hear("GUILD_DELETE", {"id": "1", "unavailable": True})
    await ear.voices.round()
    assert len(ear.heard) == 2


async def test_a_room_that_was_just_taken_is_reported_at_once(ear: Ear) -> None:
    ear.rooms = []
    ear.server("2")
    await ear.voices.round()
    ear.rooms = [ROOM]
    await ear.voices.taken("8")
    assert ear.heard == []
    await ear.voices.taken("7")
    assert ear.heard == [{"2": False}]


async def test_a_storage_that_is_down_loses_nothing(ear: Ear) -> None:
    ear.server("2")
    await ear.voices.round()
    ear.down = True
    ear.moves("3", "7")
    await ear.voices.round()
    await ear.settle()
    assert ear.heard[-1] == {"2": False, "3": False}


@pytest.mark.parametrize("event", ["READY", "GUILD_CREATE", "GUILD_DELETE", "VOICE_STATE_UPDATE"])
async def test_odd_payloads_change_nothing(ear: Ear, event: str) -> None:
    ear.server("2")
    for odd in ({}, {"id": None}, {"guild_id": "1", "user_id": []}, {"id": "5", "voice_states": [3], "members": "x"}):
        ear.hear(event, odd)
    await ear.voices.round()
    await ear.settle()
    assert ear.heard == [{"2": False}]
