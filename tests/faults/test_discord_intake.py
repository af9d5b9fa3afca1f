"""Lines that the storage did not take at first: handed in again, in order; one that never can be holds up nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from adapters.discord import intake
from adapters.discord.intake import Intake
from core.app.commands import DeleteLine
from core.app.outcome import Outcome
from core.domain.ids import AccountId, DeliveryKey, Instant, VenueId
from core.domain.people import Actor


class Storage:
    """Refuses some lines, some of the time."""

    def __init__(self, refuses: Callable[[str, int], bool]) -> None:
        self.refuses = refuses
        self.stored: list[str] = []
        self.tried = 0

    async def submit(self, command: Any) -> Outcome:
        self.tried += 1
        refused = self.refuses(command.ref, self.tried)
        if not refused:
            self.stored.append(command.ref)
        return Outcome(done=not refused)


def line(ref: str) -> DeleteLine:
    actor = Actor(AccountId("discord::1"), "discord", VenueId("discord:1"))
    return DeleteLine(actor=actor, delivery=DeliveryKey(ref), at=Instant(1), at_source="event", room="1", ref=ref)


async def heard(storage: Storage, refs: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PAUSE", 0.01)
    monkeypatch.setattr(intake, "LONGEST_PAUSE", 0.02)
    tasks: list[asyncio.Task[None]] = []

    async def answering() -> None:
        return

    def go(work: Any) -> None:
        tasks.append(asyncio.create_task(work))

    submit: Callable[[Any], Awaitable[Any]] = storage.submit
    made = Intake(submit, go, answering)
    for ref in refs:
        made.hear(line(ref))
        await asyncio.sleep(0)
    while any(not task.done() for task in tasks):
        await asyncio.gather(*tasks)


async def test_what_was_not_stored_is_handed_in_again_before_what_came_later(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Storage(lambda ref, tried: tried <= 2)
    await heard(storage, ["1", "2", "3", "4", "5"], monkeypatch)
    assert sorted(storage.stored) == ["1", "2", "3", "4", "5"]
    assert storage.stored[-1] == "5"


async def test_a_line_that_can_never_be_stored_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Storage(lambda ref, tried: ref == "2")
    await heard(storage, ["1", "2", "3", "4"], monkeypatch)
    assert storage.stored == ["1", "3", "4"]
    assert storage.tried < 12
