"""Conversations read back: what is handed in again, and what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from adapters.slack import talks
from adapters.slack.identity import Install
from adapters.slack.parse import timestamp
from adapters.slack.reading import Names
from adapters.slack.talks import REMEMBERED, Talks
from core.app import commands as c
from core.app.outcome import Outcome
from core.app.platform import Closed, TooFast
from core.app.ports import StorageDown
from core.domain.ids import MINUTE, SECOND, Instant, PlaceId, VenueId
from core.domain.surfaces import Place

NOW = Instant(1_790_000_500 * SECOND)
INSTALL = Install("T1", "Acme", "", "UBOT", "BBOT")
HEAD = timestamp(Instant(NOW - 60 * MINUTE))


def at(minutes: int) -> str:
    """So many minutes ago."""
    return timestamp(Instant(NOW - minutes * MINUTE))


class Direct:
    """One person's direct messages, as Slack tells of them."""

    def __init__(self, seen: str = "", known: Sequence[str] = (), places: int = 1) -> None:
        self.heard_events: list[Mapping[str, Any]] = []
        self.commands: list[Any] = []
        self.asked: list[str] = []
        self.thread: list[dict[str, Any]] = []
        self.outside: list[dict[str, Any]] = []
        self.known_refs = known
        self.saves = iter([True] * 99)
        self.trouble: list[Exception] = []
        self.turns = 0
        self.places = [
            Place(PlaceId(f"dm{it}"), VenueId("slack:T1"), "dm", ref=f"D{it}", state="open", seen=seen)
            for it in range(places)
        ]

    # -- what the reader is given ---------------------------------------------------------------------------------

    async def heard(self, event: Mapping[str, Any]) -> bool:
        self.heard_events.append(event)
        return next(self.saves)

    async def submit(self, command: c.Command) -> Outcome:
        self.commands.append(command)
        return Outcome()

    async def conversations(self) -> Sequence[tuple[Place, str]]:
        elsewhere = Place(PlaceId("x"), VenueId("slack:T2"), "dm", ref="DX", state="open")
        return [(elsewhere, HEAD), (self.places[0], ""), *((place, HEAD) for place in self.places)]

    async def known(self, place: Place) -> Sequence[str]:
        return self.known_refs

    async def turn(self) -> None:
        self.turns += 1

    async def names(self, *_: object) -> Names:
        return Names("T1")

    async def after(self) -> bool:
        return True

    async def conversations_replies(self, **given: Any) -> dict[str, Any]:
        self.asked.append(f"{given['channel']}/{given['ts']}")
        if self.trouble:
            raise self.trouble.pop()
        if given["ts"] == HEAD:
            return {"ok": True, "messages": [{"ts": HEAD, "bot_id": "BBOT", "text": "Q1"}, *self.thread]}
        found = [it for it in self.outside if it["ts"] == given["ts"]]
        return {"ok": True, "messages": found} if found else {"ok": False, "error": "thread_not_found"}

    async def conversations_history(self, **given: Any) -> dict[str, Any]:
        return {"ok": True, "messages": self.outside}


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> None:
    async def call(method: Any, **given: Any) -> Any:
        return await method(**{name: it for name, it in given.items() if name not in ("repeatable", "fine", "budget")})

    monkeypatch.setattr(talks, "call", call)
    monkeypatch.setattr("adapters.slack.history.call", call)
    monkeypatch.setattr(talks, "RETRY_SECONDS", 0.0)


def reader(direct: Direct) -> Talks:
    made: Any = Talks
    reading = made(
        direct, INSTALL, direct, direct, direct.submit, direct.conversations, direct.known, direct, lambda: NOW,
        direct.after,
    )  # fmt: skip
    assert isinstance(reading, Talks)
    return reading


def line(ts: str, **more: Any) -> dict[str, Any]:
    return {"ts": ts, "thread_ts": HEAD, "user": "UANN", "type": "message", "text": "And why?", **more}


async def test_new_lines_are_heard_as_if_they_came_now_and_known_ones_and_the_bots_are_not(called: None) -> None:
    direct = Direct(seen=at(50), known=[at(40)])
    direct.thread = [line(at(40)), line(at(30), subtype="thread_broadcast"), line(at(20), user="UBOT", bot_id="BBOT")]
    assert await reader(direct).catch_up() == 1
    (event,) = direct.heard_events
    assert event["ts"] == at(30)
    assert (event["type"], event["channel"], event["channel_type"], event["thread_ts"]) == ("message", "D0", "im", HEAD)
    assert "subtype" not in event
    assert direct.commands == []


async def test_an_edit_of_a_known_line_and_its_deletion_are_found(called: None) -> None:
    outside, gone, stone = at(35), at(25), at(24)
    direct = Direct(known=[at(40), outside, gone, stone, at(90)])
    direct.thread = [line(at(40), text="And when?", edited={"user": "UANN", "ts": at(10)})]
    direct.outside = [
        {"ts": outside, "user": "UANN", "type": "message", "text": "New", "edited": {"user": "UANN", "ts": at(9)}},
        {"ts": stone, "user": "USLACKBOT", "type": "message", "subtype": "tombstone", "text": "Gone"},
    ]
    reading = reader(direct)
    assert await reading.catch_up() == 4
    told = {(type(it).__name__, it.ref) for it in direct.commands}
    assert told == {("EditLine", at(40)), ("EditLine", outside), ("DeleteLine", gone), ("DeleteLine", stone)}
    assert [it for it in direct.asked if it != f"D0/{HEAD}"] == [f"D0/{stone}", f"D0/{gone}"]
    # What was written before the oldest receipt that was read is of a conversation that is not read back.
    assert f"D0/{at(90)}" not in direct.asked
    direct.asked.clear()  # what is gone is asked for once
    assert await reading.catch_up() == 2
    assert direct.asked == [f"D0/{HEAD}"]


async def test_an_old_line_behind_the_mark_is_not_handed_in_once_more(called: None) -> None:
    old = timestamp(Instant(NOW - REMEMBERED - MINUTE))
    direct = Direct(seen=at(50))
    direct.thread = [line(old)]
    assert await reader(direct).catch_up() == 0
    direct = Direct(seen=timestamp(Instant(NOW - REMEMBERED - 2 * MINUTE)))
    direct.thread = [line(old)]
    assert await reader(direct).catch_up() == 1


async def test_a_line_outside_of_threads_is_heard_again_where_its_answer_was_lost(called: None) -> None:
    direct = Direct(seen=at(50), known=[])
    direct.outside = [{"ts": at(30), "user": "UANN", "type": "message", "text": "Hello?"}]
    direct.saves = iter([False, True])
    reading = reader(direct)
    with pytest.raises(StorageDown):
        await reading.catch_up()
    direct.places[0] = Place(
        PlaceId("dm0"), VenueId("slack:T1"), "dm", ref="D0", state="open", seen=at(30)
    )  # saved after all, a moment too late
    assert await reading.catch_up() == 1
    assert [it["ts"] for it in direct.heard_events] == [at(30), at(30)]
    assert await reading.catch_up() == 0  # all was read, so the mark holds from now on


async def test_every_listed_conversation_is_read_at_the_pace_of_the_platform(called: None) -> None:
    direct = Direct(places=60)
    direct.trouble = [TooFast(0.0), Closed("channel_not_found")]
    await reader(direct).catch_up()
    assert len({it.partition("/")[0] for it in direct.asked}) == 60
    assert len(direct.asked) == 61
    assert direct.turns == len(direct.asked)
    assert not any(it.startswith("DX") for it in direct.asked)
