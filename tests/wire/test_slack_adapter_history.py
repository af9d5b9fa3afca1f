"""A room read back: threads too, each line once and in order, and nothing taken for deleted that still stands."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio

from adapters.sandbox.slack import SlackHands, World, start
from adapters.slack import history
from adapters.slack.calls import WAITS, call, client_of, session_of
from adapters.slack.directory import Directory
from adapters.slack.history import History, ReadBack
from adapters.slack.identity import install_of
from adapters.slack.manifest import SCOPES
from core.app.platform import TooFast
from core.domain.ids import Instant, PlaceId, SessionId, VenueId
from core.domain.surfaces import Place
from core.domain.text import plain


def clock() -> Instant:
    return Instant(time.time_ns() // 1_000)


class Reading:
    """A room in which mira writes, and what reading it back gives."""

    def __init__(self, world: World, mira: SlackHands, client: Any, install: Any) -> None:
        self.world, self.mira, self.client, self.install = world, mira, client, install
        self.space = next(iter(world.workspaces.values()))
        self.room = self.space.find_channel("keynote", self.space.find_user("mira"))
        self.known: list[str] = []
        """Newest first."""
        self.commands: list[Any] = []
        self.directory = Directory(client, clock)

    async def write(self, text: str, reply_to: str | None = None, *, seen: bool = True) -> str:
        ref = await self.mira.write("keynote", text, reply_to=reply_to)
        if seen:
            self.known.insert(0, ref)
        return ref

    async def posted(self, text: str, thread: str | None = None) -> str:
        answer = await call(self.client.chat_postMessage, channel=self.room.id, text=text, thread_ts=thread)
        return str(answer["ts"])

    async def back(self, seen: str) -> list[tuple[str, str, str]]:
        """Kind, ref and words of every command after reading back from ``seen`` on."""
        self.commands.clear()

        async def known(place: Place) -> Sequence[str]:
            return self.known

        async def submit(command: Any) -> None:
            self.commands.append(command)

        place = Place(
            PlaceId("p"), VenueId(f"slack:{self.space.id}"), "stage", SessionId("s"), ref=self.room.id, seen=seen
        )
        reader = History(self.client, self.install, self.directory, clock, known)
        self.read = await reader.catch_up(place, submit)
        assert self.read.commands == len(self.commands)
        return [(type(it).__name__, it.ref, plain(getattr(it, "body", ()))) for it in self.commands]

    def asked(self, method: str) -> int:
        return sum(one.method == method for one in self.world.requests)


@pytest_asyncio.fixture
async def reading() -> AsyncIterator[Reading]:
    world = World()
    space = world.workspace("Acme")
    mira = space.user("mira")
    install = space.install(scopes=SCOPES)
    space.channel("keynote", members=[mira, install.bot])
    running = await start(world)
    async with session_of() as session, SlackHands(running.base_url, "mira") as hands:
        client = client_of(running.api_url, install.bot_token, session)
        found = Reading(world, hands, client, install_of(await call(client.auth_test)))
        yield found
        await found.directory.close()
    await running.close()
    assert not [(one.method, one.violations) for one in world.requests if one.violations]


@pytest.mark.shows("lines-away")
async def test_replies_in_threads_are_read_back_in_order_with_the_rest(reading: Reading) -> None:
    head = await reading.write("one")
    seen = await reading.write("two")
    three = await reading.write("three", seen=False)
    first = await reading.write("to one", head, seen=False)
    four = await reading.write("four", seen=False)
    second = await reading.write("to three", three, seen=False)
    assert await reading.back(seen) == [
        ("PostLine", three, "three"),
        ("PostLine", first, "to one"),
        ("PostLine", four, "four"),
        ("PostLine", second, "to three"),
    ]
    assert [it.reply_to for it in reading.commands] == ["", head, "", three]
    assert reading.read.whole


async def test_replies_under_our_own_posts_are_read_back_and_ours_are_not(reading: Reading) -> None:
    card = await reading.posted("Which topic first?")
    seen = await reading.write("one")
    await reading.posted("ours", card)
    theirs = await reading.write("typing!", card, seen=False)
    await call(reading.client.chat_update, channel=reading.room.id, ts=card, text="Which topic first? 3 votes")
    assert reading.room.messages[card].edited
    assert await reading.back(seen) == [("PostLine", theirs, "typing!")]
    assert reading.commands[0].reply_to == card


async def test_a_reply_that_was_sent_to_the_room_too_is_one_line(reading: Reading) -> None:
    head = seen = await reading.write("one")
    ref = await reading.write("both", head, seen=False)
    message = reading.room.messages[ref]
    message.broadcast, message.subtype = True, "thread_broadcast"
    assert await reading.back(seen) == [("PostLine", ref, "both")]


async def test_known_replies_are_not_taken_for_deleted(reading: Reading) -> None:
    head = await reading.write("one")
    for text in ("two", "three"):
        await reading.write(text, head)
    seen = await reading.write("four")
    assert await reading.back(seen) == []


@pytest.mark.shows("lines-away")
async def test_replies_edited_or_deleted_meanwhile_are_found(reading: Reading) -> None:
    head = await reading.write("one")
    kept, changed, gone = [await reading.write(text, head) for text in ("kept", "changed", "gone")]
    last = await reading.write("the only reply", seen := await reading.write("two"))
    await reading.mira.edit("keynote", changed, "changed!")
    await reading.mira.delete("keynote", gone)
    await reading.mira.delete("keynote", last)
    assert await reading.back(last) == [
        ("EditLine", changed, "changed!"),
        ("DeleteLine", gone, ""),
        ("DeleteLine", last, ""),
    ]
    assert kept in reading.room.messages
    assert seen in reading.room.messages


async def test_a_deleted_line_whose_thread_stays_is_deleted_and_its_replies_are_not(reading: Reading) -> None:
    head = await reading.write("one")
    await reading.write("to one", head)
    seen = await reading.write("two")
    await reading.mira.delete("keynote", head)
    assert await reading.back(seen) == [("DeleteLine", head, "")]


async def test_what_hangs_on_an_older_message_is_asked_for_before_it_counts_as_deleted(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await reading.write("far back")
    reading.known.clear()
    await reading.write("before the page", seen=False)
    # Of so many lines a page shows the last only: the thread's head is not on it.
    monkeypatch.setattr("adapters.slack.limits.HISTORY_PAGE", 3)
    for text in ("two", "three"):
        await reading.write(text)
    standing, removed = [await reading.write(text, old) for text in ("standing", "removed")]
    line = await reading.write("a line")
    seen = await reading.write("four")
    await reading.mira.delete("keynote", removed)
    await reading.mira.delete("keynote", line)
    assert await reading.back(seen) == [("DeleteLine", removed, ""), ("DeleteLine", line, "")]
    assert standing in reading.room.messages


async def test_what_cannot_be_judged_in_good_time_is_left_standing(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = [await reading.write(f"head {number}") for number in range(4)]
    refs = [await reading.write("a reply", head) for head in heads]
    await reading.write("a later reply", heads[0])
    seen = await reading.write("the end")
    for ref in refs:
        await reading.mira.delete("keynote", ref)
    monkeypatch.setattr(history, "THREADS", 0)
    assert ("DeleteLine", refs[0], "") not in await reading.back(seen)
    assert reading.asked("conversations.replies") == 0
    assert reading.read.whole
    monkeypatch.setattr(history, "THREADS", 30)
    assert ("DeleteLine", refs[0], "") in await reading.back(seen)


async def test_a_room_that_was_missed_for_too_long_says_that_it_is_not_whole(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = await reading.write("one")
    late = [await reading.write(f"line {number}", seen=False) for number in range(5)]
    monkeypatch.setattr("adapters.slack.limits.HISTORY_PAGE", 2)
    monkeypatch.setattr(history, "PAGES", 2)
    assert [ref for _, ref, _ in await reading.back(seen)] == late[1:]
    assert not reading.read.whole
    monkeypatch.setattr(history, "PAGES", 25)
    assert len(await reading.back(seen)) == 5
    assert reading.read.whole


async def test_a_thread_that_was_not_read_though_something_is_new_there_is_a_gap(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = seen = await reading.write("one")
    await reading.write("new", head, seen=False)
    monkeypatch.setattr(history, "THREADS", 0)
    assert await reading.back(seen) == []
    assert not reading.read.whole


async def test_quiet_threads_cost_nothing(reading: Reading) -> None:
    head = await reading.write("one")
    await reading.write("somebody who takes no part", head, seen=False)
    seen = await reading.write("two")
    assert await reading.back(seen) == []
    assert reading.asked("conversations.replies") == 0


@pytest.mark.shows("files", "lines-away")
async def test_files_are_read_back_as_links(reading: Reading) -> None:
    seen = await reading.write("one")
    ref = await reading.write("slides", seen=False)
    message = reading.room.messages[ref]
    message.subtype = "file_share"
    message.files = [{"id": "F1", "name": "a.pdf", "size": 1200, "permalink": "https://acme.example/files/a.pdf"}]
    assert await reading.back(seen) == [("PostLine", ref, "slides\na.pdf, 1.2 kB")]


async def test_too_fast_is_told_as_it_is(reading: Reading) -> None:
    head = seen = await reading.write("one")
    await reading.write("new", head, seen=False)
    reading.world.faults.add({"method": "conversations.replies", "status": 429, "retry_after": 9, "count": 1})
    with pytest.raises(TooFast) as slow:
        await reading.back(seen)
    assert slow.value.seconds == 9
    with pytest.raises(TooFast):  # nobody asks before that time
        await reading.back(seen)
    WAITS.clear()  # the time has come
    assert len(await reading.back(seen)) == 1


async def test_where_nothing_is_known_nothing_is_read(reading: Reading) -> None:
    await reading.write("one")
    assert await reading.back("") == []
    assert reading.read == ReadBack()
