"""A thousand people press Join within a minute, where Slack's limits are kept: all get in, nobody reads an error.

The stand-in, the adapter and the core share one clock that moves as fast as the machine can follow.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.slack import Running, World, forms, interactions, start
from adapters.sandbox.slack.clock import ManualClock
from adapters.sandbox.slack.model import User
from adapters.sandbox.slack.payloads import find_place
from adapters.sandbox.slack.seen import post_json, sheet_json
from adapters.slack import SlackAdapter, SlackSettings
from adapters.slack.manifest import EVENTS, SCOPES
from core.app import commands as c
from core.app.outcome import Outcome
from core.app.platform import Budget
from core.domain.ids import AccountId, DeliveryKey, Instant, PlaceId, SessionId, VenueId, spell
from core.domain.people import Actor
from core.domain.surfaces import Place
from core.domain.view import Attendees, Button, Buttons, Card, Words, action
from jobs.executor import Executor
from storage.store import SqlStore
from tests.storage.prepared import store_at
from tests.wire.test_slack_adapter_answers import until

PEOPLE, MINUTE = 1_000, 60.0
AT_ONCE = 16
"""Acts that the machine works on at a time; the clock waits for them, or their triggers would be too old."""
THINKING = 2.0
MOST_A_MINUTE = 100


class Doors:
    """An announced session with a Join card, and its audience before it."""

    def __init__(self, people: int) -> None:
        self.time = ManualClock()
        self.world = World(clock=self.time, rates=True)
        self.space = self.world.workspace("Acme")
        self.boss = self.space.user("boss", admin=True)
        self.audience = [self.space.user(f"guest{number:04d}") for number in range(people)]
        self.install = self.space.install(scopes=SCOPES, events=EVENTS, commands=["/stage", "/mod"])
        self.room = self.space.channel("keynote", members=[self.boss, *self.audience, self.install.bot])
        self.numbers = itertools.count(1)
        self.busy = 0
        self.ways: Counter[str] = Counter()
        self.running: Running
        self.store: SqlStore
        self.executor: Executor
        self.adapter: SlackAdapter
        self.card = ""

    def clock(self) -> Instant:
        return Instant(int(self.time.now() * 1_000_000))

    async def spend(self, budgets: Sequence[Budget], now: Instant) -> Instant:
        return await self.executor.work(lambda ledger: ledger.spend(budgets, now))

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, people: int) -> AsyncIterator[Doors]:
        doors = cls(people)
        async with AsyncExitStack() as stack:
            doors.running = await start(doors.world)
            stack.push_async_callback(doors.running.close)
            secret = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE="
            doors.store = store_at(f"sqlite:///{folder / 'bot.db'}", secret)
            stack.callback(doors.store.close)
            doors.executor = Executor(doors.store, doors.clock, lambda: spell(next(doors.numbers) * 0x9E3779B97F4A7C15))
            doors.executor.start()
            stack.push_async_callback(doors.executor.stop)
            app = doors.install.app
            settings = SlackSettings(doors.install.bot_token, app.app_token, api_url=doors.running.api_url)

            async def rooms() -> Sequence[Place]:
                return ()

            doors.adapter = SlackAdapter(settings, doors.executor, rooms, doors.clock, spend=doors.spend)
            await doors.adapter.start()
            stack.push_async_callback(doors.adapter.close)
            await doors.announce()
            yield doors

    async def announce(self) -> None:
        venue = VenueId(f"slack:{self.space.id}")
        actor = Actor(AccountId(f"{venue}:{self.boss.id}"), "slack", venue, "Acme", "boss", manages=True)

        async def do(what: type[Any], **more: Any) -> Card:
            delivery = DeliveryKey(f"d{next(self.numbers)}")
            outcome = await self.executor(
                what(actor=actor, delivery=delivery, at=self.clock(), room=self.room.id, **more)
            )
            assert isinstance(outcome, Outcome)
            assert isinstance(outcome.reply, Card), outcome
            return outcome.reply

        values = {"name": ("Keynote",), "start": ("now",), "length": ("2h",), "zone": ("UTC",)}
        made = await do(c.CreateSession, values=values)
        rows = [part.items for part in made.parts if isinstance(part, Buttons)]
        buttons = [it for items in rows for it in items if isinstance(it, Button)]
        session = SessionId(buttons[-1].action.split(":")[1])
        await do(c.UseRoom, session=session, kind="stage")
        await do(c.Advance, session=session, to="announced")
        card = Card(
            Attendees(session),
            (Words("Keynote begins soon."), Buttons((Button("Join session", action("join", session)),))),
        )
        place = Place(PlaceId("p"), venue, "stage", session, ref=self.room.id)
        self.card = await self.adapter.platform.post(place, card, nonce="n")

    # -- a person -----------------------------------------------------------------------------------------------------

    def sees(self, user: User) -> list[dict[str, Any]]:
        """The private messages, and the form or page that is open, last."""
        person = self.space.person(user.id)
        seen = [post_json(self.space, self.room, one) for one in person.private.get(self.room.id, {}).values()]
        views = [sheet_json(self.space, self.space.views[one], person.typed.get(one, {})) for one in person.views]
        return [*seen, *views]

    async def joins(self, user: User) -> None:
        self.busy += 1
        error = (await interactions.press(self.space, user, "keynote", self.card, "Join session"))["error"]
        assert error is None, error
        await until(lambda: "Settings" in str(self.sees(user)), within=20)
        self.busy -= 1
        await self.time.sleep(THINKING)
        self.busy += 1
        if self.space.person(user.id).views:
            self.ways["modal"] += 1
            error = (await forms.fill(self.space, user, {"Settings": ["Enable private chat"]}))["error"]
        else:
            self.ways["message"] += 1
            (post,) = self.space.person(user.id).private[self.room.id]
            place = find_place(self.space, user, "keynote", post)
            forms.enter(self.space, user, place.container, place.blocks, {"Settings": ["Enable private chat"]})
            error = (await interactions.press(self.space, user, "keynote", post, "Accept"))["error"]
        assert error is None, error
        await until(lambda: "You're in." in str(self.sees(user)), within=20)
        assert "Settings" not in str(self.sees(user)), "the form is gone"
        self.busy -= 1

    async def moderates(self) -> None:
        """The organiser asks for a form in the middle of it, and it opens as ever."""
        error = (await interactions.command(self.space, self.boss, "keynote", "/mod session create", None, 0))["error"]
        assert error is None, error
        await until(lambda: self.space.person(self.boss.id).views, within=20)
        await forms.close(self.space, self.boss)

    async def crowd(self) -> None:
        """Everybody within a minute."""
        acts: list[asyncio.Task[None]] = []
        for number, user in enumerate(self.audience, 1):
            while self.busy >= AT_ONCE:
                await asyncio.sleep(0.001)
            await self.time.advance(MINUTE / len(self.audience))
            acts.append(asyncio.create_task(self.joins(user)))
            if number % (len(self.audience) // 10) == 0:
                await self.moderates()
            await asyncio.sleep(0)
        while not all(act.done() for act in acts):
            await asyncio.sleep(0.005)
            if not self.busy:
                await self.time.advance(0.1)
        await asyncio.gather(*acts)

    def busiest_minute(self, method: str) -> int:
        times = sorted(one.at for one in self.world.requests if one.method == method)
        return max((sum(first <= it < first + MINUTE for it in times) for first in times), default=0)


async def gather(folder: Path, people: int) -> Doors:
    async with Doors.open(folder, people) as doors:
        await doors.crowd()
        with doors.store.reader.connect() as connection:
            rows = connection.exec_driver_sql("select count(*) from member where consented_at is not null").scalar()
            names = connection.exec_driver_sql("select name from person").scalars().all()
        assert rows == people, "everybody is in"
        assert len({name for name in names if name.startswith("guest")}) == people, "under their own name"
    assert not [(one.method, one.violations) for one in doors.world.requests if one.violations]
    assert not [one.method for one in doors.world.requests if one.answered == "ratelimited"]
    for method in ("views.open", "views.update", "users.info", "chat.postEphemeral"):
        assert doors.busiest_minute(method) <= MOST_A_MINUTE, method
    return doors


@pytest.mark.long
@pytest.mark.shows("crowd-forms")
@pytest.mark.timeout(300)
async def test_a_crowd_gets_in_by_modals_and_messages_and_nobody_reads_an_error(tmp_path: Path) -> None:
    doors = await gather(tmp_path, PEOPLE)
    assert doors.ways["modal"] + doors.ways["message"] == PEOPLE
    assert doors.ways["modal"] >= 50
    assert doors.ways["message"] >= 800


class Desk:
    """The organiser, to whom Slack opens no modal."""

    def __init__(self, doors: Doors) -> None:
        self.doors, self.space, self.boss = doors, doors.space, doors.boss
        doors.world.faults.add({"method": "views.open", "error": "expired_trigger_id"})

    async def commands(self, line: str) -> str:
        """The form that it is answered with."""
        before = set(self.posts())
        assert (await interactions.command(self.space, self.boss, "keynote", line, None, 0))["error"] is None
        (post,) = await until(lambda: set(self.posts()) - before)
        return str(post)

    def posts(self) -> dict[str, str]:
        """The private messages, by their ids, in words."""
        kept = self.space.person(self.boss.id).private.get(self.doors.room.id, {})
        return {ident: str(post_json(self.space, self.doors.room, one)) for ident, one in kept.items()}

    async def sends(self, post: str, button: str, values: dict[str, str], answer: str) -> None:
        """Fill the form and send it; the answer stands in its place."""
        place = find_place(self.space, self.boss, "keynote", post)
        forms.enter(self.space, self.boss, place.container, place.blocks, values)
        assert (await interactions.press(self.space, self.boss, "keynote", post, button))["error"] is None
        await until(lambda: answer in self.posts().get(post, ""))


@pytest.mark.shows("crowd-forms", "session-create", "poll-make")
async def test_a_session_and_a_poll_are_made_by_messages_alone(tmp_path: Path) -> None:
    async with Doors.open(tmp_path, 1) as doors:
        desk = Desk(doors)
        form = await desk.commands("/mod session create")
        await desk.sends(form, "Create", {"Name": "Second", "Length": "soon"}, "Write a length like")
        await desk.sends(form, "Create", {"Length": "45m"}, "Second")
        form = await desk.commands("/stage join")
        await desk.sends(form, "Accept", {}, "You're in.")
        form = await desk.commands("/mod poll Tea or milk?")
        await desk.sends(form, "Done", {"Options, one a line": "Tea"}, "so far there is 1")
        await desk.sends(form, "Done", {"Options, one a line": "Tea\nMilk"}, "Saved as a draft.")
        assert "Tea or milk?" in desk.posts()[form], "the question was kept when the options were refused"
        assert not doors.space.person(doors.boss.id).views
    assert not [(one.method, one.violations) for one in doors.world.requests if one.violations]
