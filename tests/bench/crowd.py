"""A live session with a crowd in it, written straight into a database: people who have joined, and polls to vote on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, insert, text

from core.app.unit_of_work import UnitOfWork
from core.domain.ids import (
    MINUTE,
    AccountId,
    DeliveryKey,
    Instant,
    InteractionId,
    PersonId,
    PlaceId,
    SessionId,
    SurfaceId,
    VenueId,
    subject,
)
from core.domain.interactions.life import Ballot, Interaction
from core.domain.interactions.poll import Spec
from core.domain.people import DISCLAIMER, Account, Member, Person, fingerprint
from core.domain.sessions import Held, Session, Venue
from core.domain.surfaces import Place, Subject, Surface
from storage import tables
from storage.store import SqlStore, open_store

KEY = "c2lkZXN0YWdlLWJlbmNoLXNpZGVzdGFnZS1iZW5jaCE="
"""Any key of the right form: the bench's databases hold nothing."""
AGREED = {"consented_at": Instant(1), "consent_hash": fingerprint(DISCLAIMER), "consent_version": 1}
CHUNK = 20_000


def now() -> Instant:
    return Instant(time.time_ns() // 1_000)


@dataclass(frozen=True, slots=True)
class Room:
    """The stage of one venue, and whose accounts have joined there."""

    venue: str
    name: str
    ref: str
    accounts: Sequence[str] = ()


@dataclass(slots=True)
class Crowd:
    """One session in these rooms. A person is named by their account."""

    rooms: Sequence[Room]
    session: str = "session"
    polls: Sequence[str] = ("poll",)
    voted: Sequence[str] = ()
    """Polls on which everybody has a ballot from earlier."""
    shown: bool = True
    """Whether the polls are to be posted."""
    bar: bool = False
    """Whether the stage bar is, besides."""
    _rows: list[Any] = field(default_factory=list)

    def rows(self) -> list[Any]:
        session, at = SessionId(self.session), now()
        ends = Instant(at + 300 * MINUTE)
        rows: list[Any] = [Session(session, "Keynote", "live", Instant(at - MINUTE), ends, "UTC", created_at=at)]
        for poll in self.polls:
            spec = Spec("Which topic first?", ("Async in anger", "Typing at scale", "Packaging, again"))
            live = Interaction(
                InteractionId(poll), session, "poll", spec, "live", created_at=at, published_at=Instant(at - MINUTE)
            )
            rows += [live, Subject(subject("interaction", poll), settled=0 if self.shown else 1)]
        rows += [Subject(subject("bar", session))] if self.bar else []
        for room in self.rooms:
            rows += self._room(room, session, at)
        return rows

    def _room(self, room: Room, session: SessionId, at: Instant) -> Iterable[Any]:
        venue, platform = VenueId(room.venue), room.venue.partition(":")[0]
        place = Place(PlaceId(f"{session}-{room.venue}"), venue, "stage", session, ref=room.ref, seen_at=at)
        yield from (Venue(venue, platform, room.name), Held(session, venue), place)
        for poll in self.polls if self.shown else ():
            what = subject("interaction", poll)
            yield Surface(SurfaceId(f"{place.id}-{poll}"), what, place.id, urgency=3, order_at=at)
        if self.bar:
            yield Surface(SurfaceId(f"{place.id}-bar"), subject("bar", session), place.id, urgency=4, order_at=at)
        for number, account in enumerate(room.accounts):
            person = PersonId(f"p-{account}")
            yield Person(person, f"Person {number}")
            yield Account(AccountId(account), person, platform, f"person{number}")
            yield Member(session, person, **AGREED)  # type: ignore[arg-type]
            for poll in self.voted:
                yield Ballot(
                    InteractionId(poll), person, AccountId(account), platform, "[2]", Instant(1), DeliveryKey("d")
                )


def fill(url: str, *crowds: Crowd) -> None:
    """Make the database and write the crowds into it; a venue that several have is written once."""
    store = open_store(url, secret=KEY)
    try:
        rows = {
            (type(row), tuple(getattr(row, name) for name in type(row).pk)): row for it in crowds for row in it.rows()
        }
        write(store, rows.values())
    finally:
        store.close()


def write(store: SqlStore, rows: Iterable[Any]) -> None:
    work = UnitOfWork()
    for row in rows:
        work.put(row)
    with store.writing() as transaction:
        transaction.flush(work)
        transaction.commit()


def fill_in_bulk(url: str, people: int, ballots: int, prefix: str = "old") -> None:
    """What years leave behind: people with an account each, and ballots on ended polls, a thousand people a session."""
    store = open_store(url, secret=KEY)
    polls = max(1, ballots // people)
    try:
        with store.writer.begin() as connection:
            for start in range(0, people, CHUNK):
                some = range(start, min(start + CHUNK, people))
                for table, rows in _old_people(prefix, some):
                    connection.execute(insert(table), rows)
                for poll in range(polls):
                    connection.execute(insert(tables.ballot), _old_ballots(prefix, some, poll))
            connection.execute(text("ANALYZE"))
    finally:
        store.close()


def _old_people(prefix: str, some: range) -> Iterable[tuple[Table, list[dict[str, Any]]]]:
    settings = {"toasts": True, "private_chat": True, "last_name": True, "version": 0}
    yield tables.person, [{"id": f"{prefix}p{n}", "name": f"Person {n}"} | settings for n in some]
    account = {"platform": "slack", "avatar": None, "version": 0}
    yield (
        tables.account,
        [{"id": f"slack:T0OLD:{prefix}{n}", "person": f"{prefix}p{n}", "nick": f"person{n}"} | account for n in some],
    )
    agreed = {"consented_at": 1, "consent_hash": "", "consent_version": 1}
    member = {"role": "attendee", "blocked": False, "version": 0} | agreed
    yield tables.member, [{"session": f"{prefix}{n // 1_000}", "person": f"{prefix}p{n}"} | member for n in some]


def _old_ballots(prefix: str, some: range, poll: int) -> list[dict[str, Any]]:
    return [
        {
            "interaction": f"{prefix}{n // 1_000}-{poll}",
            "person": f"{prefix}p{n}",
            "account": f"slack:T0OLD:{prefix}{n}",
            "platform": "slack",
            "choice": f"[{n % 3}]",
            "at": 1,
            "delivery": f"d{n}-{poll}",
            "moderator": False,
        }
        for n in some
    ]
