"""Two organisers who act at the same time leave a session its moderator, and organisers and audit rows are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.app import commands
from core.app.handle import handle, needs
from core.app.outcome import Outcome
from core.app.ports import Conflict, Moment
from core.app.unit_of_work import UnitOfWork, key
from core.domain.ids import DeliveryKey, PersonId, SessionId
from core.domain.people import Account, Audit, Member, Organiser, Person
from core.domain.sessions import Held, Session, Venue
from tests.fakes.bot import OLGA, SLACK, START, words
from tests.fakes.memory import MemoryStore
from tests.storage.prepared import opened, sqlite_at

SESSION = SessionId("session")
PEOPLE = (PersonId("ann"), PersonId("ben"))


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "fake":
        yield MemoryStore()
        return
    url = sqlite_at(tmp_path / "store.db") if request.param == "sqlite" else request.getfixturevalue("emptied_url")
    with opened(url) as store:
        yield store


@pytest.fixture
def two_moderators(store: Any) -> Any:
    work = UnitOfWork()
    with store.writing() as transaction:
        work.put(Session(SESSION, "Keynote", "live", START, START, "UTC"))
        work.put(Venue(SLACK, "slack", "Acme"))
        work.put(Held(SESSION, SLACK))
        # Known already, so that the two do not meet over making the organiser's account.
        work.put(Person(PersonId("olga"), "Olga"))
        work.put(Account(OLGA.account, PersonId("olga"), "slack", OLGA.nick))
        for person in PEOPLE:
            work.put(Person(person, person.title()))
            work.put(Member(SESSION, person, role="moderator"))
        transaction.flush(work)
        transaction.commit()
    return store


def removal(person: PersonId) -> tuple[commands.Command, Callable[[], str]]:
    ids = iter(range(100))
    command = commands.Remove(
        actor=OLGA, delivery=DeliveryKey(f"remove {person}"), at=START, session=SESSION, post="moderator", person=person
    )
    return command, lambda: f"{person}-{next(ids)}"


def decide(transaction: Any, person: PersonId) -> tuple[UnitOfWork, Outcome]:
    work = UnitOfWork()
    command, new_id = removal(person)
    transaction.fill(work, lambda have: needs(command, have))
    return work, handle(command, work, Moment(START, new_id))


def carry_out(store: Any, person: PersonId) -> Outcome:
    with store.writing() as transaction:
        work, outcome = decide(transaction, person)
        transaction.flush(work)
        transaction.commit()
    return outcome


def moderators(store: Any) -> set[PersonId]:
    return {
        it.person
        for it in store.read(lambda _: [key(Member, session=SESSION, role="moderator")]).all(
            Member, session=SESSION, role="moderator"
        )
    }


def test_one_after_the_other_the_second_is_refused(two_moderators):
    assert carry_out(two_moderators, PEOPLE[0]).done
    assert "needs a moderator" in words(carry_out(two_moderators, PEOPLE[1]))
    assert moderators(two_moderators) == {PEOPLE[1]}


@pytest.mark.parametrize("store", ["fake", "postgres"], indirect=True)
def test_of_two_at_the_same_time_one_is_decided_again_and_refused(two_moderators):
    with two_moderators.writing() as first, two_moderators.writing() as second:
        seen = [decide(transaction, person) for transaction, person in zip((first, second), PEOPLE, strict=True)]
        assert all(outcome.done for _, outcome in seen), "each saw the other one stay"
        first.flush(seen[0][0])
        first.commit()
        if isinstance(two_moderators, MemoryStore):
            second._tables = {table: dict(rows) for table, rows in two_moderators.tables.items()}
        with pytest.raises(Conflict):
            second.flush(seen[1][0])
    assert not carry_out(two_moderators, PEOPLE[1]).done
    assert moderators(two_moderators) == {PEOPLE[1]}


def test_an_organiser_is_withdrawn_and_made_again_and_all_of_it_stays_written_down(store):
    rows = [
        Organiser(SLACK, PEOPLE[0]),
        Audit("1", START, SESSION, SLACK, PEOPLE[1], "appoint organiser", PEOPLE[0]),
    ]
    for active in (False, True):
        work = UnitOfWork()
        with store.writing() as transaction:
            transaction.fill(work, lambda _: [key(Organiser, SLACK, PEOPLE[0])])
            before = work.get(Organiser, SLACK, PEOPLE[0])
            for row in rows if before is None else [Organiser(SLACK, PEOPLE[0], active, before.version)]:
                work.put(row)
            transaction.flush(work)
            transaction.commit()
    read = store.read(lambda _: [key(Organiser, venue=SLACK), key(Audit, session=SESSION)])
    assert [it.active for it in read.all(Organiser, venue=SLACK)] == [True]
    assert read.all(Audit, session=SESSION) == rows[1:]
