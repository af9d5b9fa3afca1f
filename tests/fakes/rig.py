"""Storage, jobs and a platform in memory, running together: a session in two venues, ready for lines and ballots."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cryptography.fernet import Fernet

from core.app import commands as c
from core.app.derived import Counts
from core.app.outcome import Outcome, Saving
from core.app.platform import Platform
from core.app.ports import Ledger
from core.app.unit_of_work import key
from core.domain.form import Form
from core.domain.ids import AccountId, DeliveryKey, Instant, InteractionId, SessionId, SubjectId, VenueId, spell
from core.domain.people import Actor
from core.domain.surfaces import Subject, Surface
from core.domain.text import doc
from core.domain.view import Buttons, Card, in_words
from jobs.executor import Executor
from jobs.lanes import Reconciler
from storage.store import SqlStore
from tests.fakes.platform import FakePlatform
from tests.storage.prepared import store_at

KEY = Fernet.generate_key().decode()
Row = TypeVar("Row")
NUMBERS = itertools.count()
"""Deliveries are never named alike, whichever rig hands them in."""


def clock() -> Instant:
    return Instant(time.time_ns() // 1_000)


def new_id() -> str:
    return spell(secrets.randbits(80))


@dataclass
class Rig:
    store: SqlStore
    platform: FakePlatform
    executor: Executor
    reconciler: Reconciler
    session: SessionId = SessionId("")
    interaction: InteractionId = InteractionId("")
    _numbers: itertools.count[int] = field(default_factory=lambda: NUMBERS)

    def actor(self, name: str, venue: str, *, manages: bool = False) -> Actor:
        return Actor(
            AccountId(f"fake:{venue}:{name}"), "fake", VenueId(f"fake:{venue}"), f"Venue {venue}", name, manages=manages
        )

    async def do(self, command: c.Command) -> Outcome:
        outcome = await self.executor(command)
        return await outcome.then if isinstance(outcome, Saving) else outcome

    def fields(self, actor: Actor, room: str = "") -> dict[str, Any]:
        return {"actor": actor, "delivery": DeliveryKey(f"d{next(self._numbers)}"), "at": clock(), "room": room}

    async def write(self, name: str, venue: str, text: str, ref: str = "") -> None:
        line = self.fields(self.actor(name, venue), f"room{venue}")
        await self.do(c.PostLine(**line, ref=ref or f"{clock()}{next(self._numbers)}", body=doc(text)))

    async def vote(self, name: str, venue: str, option: int) -> Outcome:
        press = self.fields(self.actor(name, venue), f"room{venue}")
        return await self.do(c.CastBallot(**press, interaction=self.interaction, picked=(str(option),)))

    async def join(self, name: str, venue: str) -> Outcome:
        actor = self.actor(name, venue)
        form = (await self.do(c.OpenJoinForm(**self.fields(actor, f"room{venue}")))).reply
        assert isinstance(form, Form)
        values = {"name": (name,), "settings": ("toasts", "private_chat", "last_name"), "agree": ("yes",)}
        consent = form.action.split(":")[2]
        return await self.do(c.Join(**self.fields(actor), session=self.session, consent=consent, values=values))

    async def set_up(self) -> None:
        """A live session in two venues; Ana and Bo moderate, and have joined."""
        ana, bo = self.actor("Ana", "1", manages=True), self.actor("Bo", "2", manages=True)
        values = {"name": ("Keynote",), "start": ("now",), "length": ("1h",), "zone": ("UTC",)}
        made = (await self.do(c.CreateSession(**self.fields(ana), values=values))).reply
        assert isinstance(made, Card)
        self.session = SessionId(_actions(made)[-1].split(":")[1])
        invite = (await self.do(c.InviteVenue(**self.fields(ana), session=self.session))).reply
        assert isinstance(invite, Card)
        await self.do(c.EnterCode(**self.fields(bo), code=in_words(invite).split()[1]))
        for actor, venue in ((ana, "1"), (bo, "2")):
            await self.do(c.UseRoom(**self.fields(actor, f"room{venue}"), session=self.session, kind="stage"))
        await self.do(c.Advance(**self.fields(ana), session=self.session, to="live"))
        await self.join("Ana", "1")
        await self.join("Bo", "2")

    async def publish(self) -> None:
        ana = self.actor("Ana", "1", manages=True)
        values = {"question": ("Which?",), "options": ("a\nb\nc",), "sharing": ("live",)}
        made = (
            await self.do(c.SubmitInteraction(**self.fields(ana), kind="poll", session=self.session, values=values))
        ).reply
        assert isinstance(made, Card)
        self.interaction = InteractionId(_actions(made)[0].split(":")[1])
        published = await self.do(c.PublishInteraction(**self.fields(ana), interaction=self.interaction))
        assert published.done, published

    def tally(self) -> dict[str, int]:
        counts = self.store.read(lambda _: [key(Counts, self.interaction)]).get(Counts, self.interaction)
        assert counts is not None
        found: dict[str, int] = {}
        for it in counts.counts:
            found[it.choice] = found.get(it.choice, 0) + it.number
        return found

    async def save(self, *rows: Any, touched: tuple[str, ...] = ()) -> None:
        """Put rows as a handler would have: new ones, or over what is there; subjects that are new are made."""

        def write() -> None:
            wanted = [key(type(row), *(getattr(row, name) for name in row.pk)) for row in rows]
            subjects = {row.subject for row in rows if isinstance(row, Surface)} | {SubjectId(it) for it in touched}
            work = self.store.read(lambda _: [*wanted, *(key(Subject, it) for it in subjects)])
            for row in rows:
                work.put(row)
            for what in sorted(subjects):
                if work.get(Subject, what) is None:
                    work.put(Subject(what))
                else:
                    work.touch(what)
            with self.store.writing() as transaction:
                transaction.flush(work)
                transaction.commit()

        await asyncio.to_thread(write)
        self.reconciler.ring()

    def row(self, table: type[Row], *primary: Any) -> Row:
        """The row as it is kept now."""
        found = self.store.read(lambda _: [key(table, *primary)]).get(table, *primary)
        assert found is not None
        return found

    async def calm(self, within: float = 8.0) -> None:
        """Wait until nothing is left to show."""
        await self.until(
            lambda: self.reconciler.lanes == 0 and not self.store.outbox.waiting(clock(), ["fake"]), within
        )

    async def until(self, holds: Callable[[], bool], within: float = 8.0) -> None:
        """Wait for a condition. Raises AssertionError with the rooms when it does not come."""
        deadline = time.monotonic() + within
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError({room: self.platform.texts(room) for room in self.platform.rooms})
            await asyncio.sleep(0.01)


def without(rig: Rig, verb: str) -> Callable[[Callable[[Ledger], Any]], Awaitable[Any]]:
    """The record of what came of a call is lost, as if the process had ended there."""
    kept = rig.executor.work

    async def work(do: Callable[[Ledger], Any]) -> Any:
        class Deaf:
            def __init__(self, ledger: Ledger) -> None:
                self._ledger = ledger

            def __getattr__(self, name: str) -> Any:
                return (lambda *_, **__: False) if name == verb else getattr(self._ledger, name)

        return await kept(lambda ledger: do(Deaf(ledger)))

    return work


def _actions(card: Card) -> list[str]:
    return [it.action for part in card.parts if isinstance(part, Buttons) for it in part.items if hasattr(it, "action")]


@asynccontextmanager
async def rigged(url: str, platform: FakePlatform | None = None, *, fresh: bool = True) -> AsyncIterator[Rig]:
    """Everything started; stopped at the end. ``fresh=False`` goes on with what is in the database."""
    store = store_at(url, KEY)
    fake = platform or FakePlatform(clock)
    served: dict[str, Platform] = {"fake": fake}
    executor = Executor(store, clock, new_id)
    reconciler = Reconciler(store, executor, served, clock, new_id)
    executor.on_commit = reconciler.ring
    executor.start()
    reconciler.start()
    rig = Rig(store, fake, executor, reconciler)
    try:
        if fresh:
            await rig.set_up()
        yield rig
    finally:
        await reconciler.stop()
        await executor.stop()
        store.close()
