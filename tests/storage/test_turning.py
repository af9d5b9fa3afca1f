"""Ballots that each tap turns: two writers of one person's ballot never lose a tap, on every store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.app.ports import Conflict
from core.app.unit_of_work import UnitOfWork, key
from core.domain.ids import AccountId, DeliveryKey, Instant, InteractionId, PersonId
from core.domain.interactions import vote
from core.domain.interactions.life import Ballot
from tests.fakes.memory import MemoryStore
from tests.storage.prepared import opened, sqlite_at

VOTE, ANN = InteractionId("i"), PersonId("ann")
SPEC = vote.Spec("Me!")


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    """Two replicas; a SQLite file has one, which is then both."""
    if request.param == "postgres":
        url = request.getfixturevalue("emptied_url")
        with opened(url, SECRET) as one, opened(url, SECRET) as other:
            yield one, other
    elif request.param == "sqlite":
        with opened(sqlite_at(tmp_path / "store.db")) as store:
            yield store, store
    else:
        fake = MemoryStore()
        yield fake, fake


SECRET = "Zm9yIHRoZSB0ZXN0cyBvbmx5LCBub3QgYSBzZWNyZXQ="


def read(store: Any) -> UnitOfWork:
    work = store.read(lambda _: [key(Ballot, VOTE, ANN)])
    assert isinstance(work, UnitOfWork)
    return work


def turn(work: UnitOfWork, number: int) -> None:
    """As a tap is handled; the number is its time and delivery."""
    before = work.get(Ballot, VOTE, ANN)
    at, delivery = Instant(number), DeliveryKey(f"d{number:03}")
    if before is not None:
        at, delivery = max((at, delivery), (before.at, before.delivery))
    choice = vote.respond(SPEC, ("0",), before.choice if before else None)
    work.put(Ballot(VOTE, ANN, AccountId("slack::ann"), "slack", choice, at, delivery, flips=True))


def write(store: Any, work: UnitOfWork) -> None:
    with store.writing() as transaction:
        transaction.flush(work)
        transaction.commit()


def choice(store: Any) -> str:
    found = read(store).get(Ballot, VOTE, ANN)
    return found.choice if found else vote.OUT


def tap(store: Any, number: int) -> None:
    """Decided anew until nobody came between, as the writer does."""
    while True:
        try:
            with store.writing() as transaction:
                work = UnitOfWork()
                transaction.fill(work, lambda _: [key(Ballot, VOTE, ANN)])
                turn(work, number)
                transaction.flush(work)
                transaction.commit()
            return
        except Conflict:
            continue


def test_two_first_taps_at_once_are_not_one(stores):
    seen = [read(store) for store in stores]
    for number, work in enumerate(seen, 1):
        turn(work, number)
    write(stores[0], seen[0])
    with pytest.raises(Conflict):
        write(stores[1], seen[1])
    assert choice(stores[0]) == vote.IN
    tap(stores[1], 2)
    assert choice(stores[0]) == vote.OUT


@pytest.mark.parametrize("numbers", [(10, 11), (11, 10), (1, 2), (2, 11)])
def test_two_later_taps_at_once_are_two_however_old_their_clicks_are(stores, numbers):
    """A tap older than the ballot turns it without changing its time."""
    tap(stores[0], 5)
    seen = [read(store) for store in stores]
    for number, work in zip(numbers, seen, strict=True):
        turn(work, number)
    write(stores[0], seen[0])
    with pytest.raises(Conflict):
        write(stores[1], seen[1])
    assert choice(stores[0]) == vote.OUT
    tap(stores[1], numbers[1])
    assert choice(stores[0]) == vote.IN


def test_a_conflict_leaves_nothing_of_its_transaction(stores):
    tap(stores[0], 5)
    work = read(stores[1])
    turn(work, 6)
    work.put(replace(work.all(Ballot, interaction=VOTE, person=ANN)[0], person=PersonId("ben"), flips=False))
    tap(stores[0], 7)
    with pytest.raises(Conflict):
        write(stores[1], work)
    assert [
        it.person for it in stores[0].read(lambda _: [key(Ballot, interaction=VOTE)]).all(Ballot, interaction=VOTE)
    ] == [ANN]


@pytest.mark.parametrize("stores", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("taps", [30, 31])
def test_of_two_replicas_that_race_no_tap_is_lost(stores, taps):
    started = threading.Barrier(2)

    def press(store: Any, numbers: range) -> None:
        started.wait()
        for number in numbers:
            tap(store, number)

    threads = [
        threading.Thread(target=press, args=(store, range(start, taps, 2))) for start, store in enumerate(stores)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert choice(stores[0]) == (vote.IN if taps % 2 else vote.OUT)


def test_in_one_batch_each_tap_turns_it(stores):
    work = read(stores[0])
    for number in range(3):
        turn(work, number)
    write(stores[0], work)
    assert choice(stores[1]) == vote.IN


def test_ballots_that_do_not_turn_are_written_as_ever(stores):
    """The newest stays, whoever writes last: no conflict on a crowd's way."""
    seen = [read(store) for store in stores]
    for number, work in zip((2, 1), seen, strict=True):
        made = Ballot(VOTE, ANN, AccountId("slack::ann"), "slack", f"[{number}]", Instant(number), DeliveryKey("d"))
        work.put(made)
    for store, work in zip(stores, seen, strict=True):
        write(store, work)
    assert choice(stores[0]) == "[2]"
