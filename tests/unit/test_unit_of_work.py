"""The rows of one batch: what was not named is never taken for what is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.unit_of_work import UnitOfWork, Unloaded, advanced, key
from core.domain.ids import PersonId, PlaceId, SessionId, SubjectId, VenueId
from core.domain.people import Member, Person
from core.domain.surfaces import Place, Subject

ANN, BEN = Person(PersonId("ann"), "Ann"), Person(PersonId("ben"), "Ben")
HERE = Place(PlaceId("p1"), VenueId("v"), "stage", SessionId("s"), ref="C1")
THERE = Place(PlaceId("p2"), VenueId("v"), "door", SessionId("s"), ref="C2")


@pytest.fixture
def work() -> UnitOfWork:
    work = UnitOfWork()
    work.loaded([key(Person, ANN.id), key(Person, "nobody"), key(Place, session="s")], [ANN, HERE, THERE])
    return work


def test_what_was_named_and_is_not_there_is_none_and_what_was_not_named_is_an_error(work):
    assert work.get(Person, ANN.id) == ANN
    assert work.get(Person, "nobody") is None
    with pytest.raises(Unloaded, match="Person"):
        work.get(Person, BEN.id)
    with pytest.raises(Unloaded, match="Place by"):
        work.all(Place, venue="v")
    with pytest.raises(Unloaded):
        work.one(Member, person=ANN.id)


def test_a_wider_key_covers_a_narrower_one(work):
    assert work.all(Place, session="s") == [HERE, THERE]
    assert work.one(Place, session="s", kind="door") == THERE
    assert work.one(Place, kind="feed", session="s") is None


def test_peeking_asks_for_nothing(work):
    assert work.peek(Person, BEN.id) is None
    assert work.peek_all(Place, venue="v") == [HERE, THERE]


def test_only_what_is_missing_is_asked_for_once(work):
    assert work.missing([key(Person, ANN.id), key(Person, BEN.id), key(Person, BEN.id)]) == [key(Person, BEN.id)]


def test_rows_are_found_by_what_they_say_now(work):
    assert work.all(Place, session="s", ref="C1") == [HERE]
    moved = replace(HERE, ref="C9")
    work.put(moved)
    assert work.all(Place, session="s", ref="C1") == []
    assert work.all(Place, session="s", ref="C9") == [moved]


def test_loading_again_keeps_changes(work):
    work.put(replace(ANN, name="Annie"))
    work.loaded([key(Person, ANN.id)], [ANN])
    assert work.get(Person, ANN.id) == replace(ANN, name="Annie")
    fresh = Person(PersonId("new"), "New")
    work.put(fresh)
    work.loaded([key(Person, fresh.id)], [replace(fresh, name="Old")])
    assert work.get(Person, fresh.id) == fresh


def test_changes_come_in_key_order_and_only_where_something_differs(work):
    assert not work.news()
    work.put(BEN)
    work.put(replace(ANN, name="Annie"))
    work.put(THERE)
    assert list(work.changes()) == [(ANN, replace(ANN, name="Annie")), (None, BEN)]
    work.put(ANN)
    assert list(work.changes()) == [(None, BEN)]
    assert work.news()


def test_a_failed_attempt_takes_back_all_of_its_own_and_nothing_else(work):
    with work.attempt():
        work.put(replace(ANN, name="Annie"))
        work.touch(SubjectId("a:1"))
    with pytest.raises(ZeroDivisionError), work.attempt():
        work.put(replace(ANN, name="Worse"))
        work.put(replace(ANN, name="Worst"))
        work.put(BEN)
        work.put(replace(HERE, ref="C9"))
        work.touch(SubjectId("a:1"))
        work.touch(SubjectId("b:1"))
        raise ZeroDivisionError
    assert list(work.changes()) == [(ANN, replace(ANN, name="Annie"))]
    assert work.touched() == ["a:1"]
    assert work.all(Place, session="s", ref="C1") == [HERE]
    assert work.peek(Person, BEN.id) is None


def test_new_subjects_start_at_one_and_others_go_up_in_order():
    work = UnitOfWork()
    for name in ("c:1", "a:1", "b:1"):
        work.touch(SubjectId(name))
    work.put(Subject(SubjectId("b:1")))
    assert work.touched() == ["a:1", "c:1"]
    work = UnitOfWork()
    work.touch(SubjectId("a:1"))
    assert work.news()


def test_stating_that_there_is_nothing_lets_one_look():
    work = UnitOfWork()
    work.know(key(Person, "new"), key(Place, session="new"))
    assert work.get(Person, "new") is None
    assert work.all(Place, session="new") == []


def test_the_next_version():
    assert advanced(ANN).version == ANN.version + 1
