"""The leaderboard is counted alike by every store: who joined it, by right answers of the quizzes that count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.app.derived import LEADERS, Leaders, Standing
from core.app.unit_of_work import UnitOfWork, key
from core.domain.ids import AccountId, DeliveryKey, Instant, InteractionId, PersonId, SessionId
from core.domain.interactions import poll, quiz
from core.domain.interactions.leaders import Leading
from core.domain.interactions.life import Ballot, Interaction
from core.domain.people import Member
from tests.fakes.memory import MemoryStore
from tests.storage.prepared import opened, sqlite_at

SESSION, OTHER = SessionId("session"), SessionId("other")


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "fake":
        yield MemoryStore()
        return
    url = sqlite_at(tmp_path / "store.db") if request.param == "sqlite" else request.getfixturevalue("emptied_url")
    with opened(url) as store:
        yield store


def save(store: Any, *rows: Any) -> None:
    work = UnitOfWork()
    with store.writing() as transaction:
        for row in rows:
            work.put(row)
        transaction.flush(work)
        transaction.commit()


def asked(name: str, right: tuple[int, ...] = (0,), **more: Any) -> Interaction:
    spec = quiz.Spec(name, ("a", "b", "c"), right, leaders=True)
    made = Interaction(InteractionId(name), SESSION, "quiz", spec, "ended", ended_at=Instant(1))
    return replace(made, **more)


def ballot(interaction: str, person: str, choice: str) -> Ballot:
    return Ballot(
        InteractionId(interaction), PersonId(person), AccountId(f"slack::{person}"), "slack", choice, Instant(1),
        DeliveryKey("d"),
    )  # fmt: skip


def joined(person: str, session: SessionId = SESSION, on: bool = True, **more: Any) -> tuple[Member, Leading]:
    there = Member(session, PersonId(person), consented_at=Instant(1))
    return replace(there, **more), Leading(session, PersonId(person), on)


def leaders(store: Any) -> Leaders:
    found = store.read(lambda _: [key(Leaders, SESSION)]).get(Leaders, SESSION)
    assert isinstance(found, Leaders)
    return found


def standing(store: Any, person: str) -> tuple[int, int]:
    found = store.read(lambda _: [key(Standing, SESSION, PersonId(person))]).get(Standing, SESSION, PersonId(person))
    assert isinstance(found, Standing)
    return found.right, found.better


def test_nobody_leads_where_nothing_was_asked(store):
    assert leaders(store) == Leaders(SESSION, 0, 0, ())
    assert standing(store, "ann") == (0, 0)
    save(store, *joined("ann"))
    assert leaders(store) == Leaders(SESSION, 0, 1, ((PersonId("ann"), 0),))


def test_right_answers_of_who_joined_it_count_best_first(store):
    save(store, asked("one"), asked("two", (0, 2)), asked("three", (1,)))
    for person in ("ann", "ben", "cleo"):
        save(store, *joined(person))
    save(store, *joined("dan", on=False), Member(SESSION, PersonId("eve"), consented_at=Instant(1)))
    for person in ("ben", "cleo", "dan", "eve"):
        save(store, ballot("one", person, "[0]"))
    save(store, ballot("two", "ben", "[0,2]"), ballot("two", "ann", "[0]"), ballot("two", "dan", "[0,2]"))
    save(store, ballot("three", "dan", "[1]"), ballot("three", "cleo", "[2]"))
    assert leaders(store) == Leaders(SESSION, 3, 3, (("ben", 2), ("cleo", 1), ("ann", 0)))  # type: ignore[arg-type]
    assert [standing(store, name) for name in ("ann", "ben", "cleo", "dan", "eve")] == [
        (0, 2), (2, 0), (1, 1), (3, 0), (1, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"state": "live"}, {"state": "draft"}, {"state": "unpublished"}, {"anonymous": True}, {"rehearsal": True},
        {"hidden": True}, {"sharing": "never"},
        {"session": OTHER}, {"spec": quiz.Spec("?", ("a", "b"), (0,))},
        {"kind": "poll", "spec": poll.Spec("?", ("a", "b"))},
    ],
)  # fmt: skip
def test_only_ended_quizzes_that_were_said_to_count_do(store, more):
    save(store, asked("one", **more), asked("two"), *joined("ann"), ballot("one", "ann", "[0]"))
    assert leaders(store) == Leaders(SESSION, 1, 1, ((PersonId("ann"), 0),))
    assert standing(store, "ann") == (0, 0)


@pytest.mark.parametrize("more", [{"consented_at": None}, {"blocked": True}])
def test_who_left_or_is_blocked_is_not_on_it(store, more):
    save(store, asked("one"), *joined("ann", **more), *joined("ben"), *joined("cleo", OTHER))
    save(store, *(ballot("one", name, "[0]") for name in ("ann", "cleo")))
    assert leaders(store).top == (("ben", 0),)


def test_only_the_first_are_named_and_all_are_counted(store):
    names = [f"p{number:02}" for number in range(LEADERS + 2)]
    save(store, asked("one"), *(row for name in names for row in joined(name)), ballot("one", names[-1], "[0]"))
    found = leaders(store)
    assert found.number == LEADERS + 2
    assert found.top == ((names[-1], 1), *((name, 0) for name in names[: LEADERS - 1]))


def test_a_choice_replaces_the_one_before(store):
    save(store, *joined("ann"))
    save(store, Leading(SESSION, PersonId("ann"), False))
    assert leaders(store).number == 0
