"""What is published and how much was asked since, derived alike by the fake, SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from core.app.asked import AskedSince, Published
from core.domain.ids import AccountId, Instant, PersonId, PlaceId, QuestionId, SessionId, VenueId
from core.domain.questions import Question
from tests.storage.test_store import found, opened, save, store

__all__ = ["opened", "store"]


def question(number: int, asked: int, session: str = "s", **more: Any) -> Question:
    return Question(
        QuestionId(f"{session}{number}"),
        SessionId(session),
        number,
        PersonId("ann"),
        AccountId("slack:T1:ann"),
        VenueId("slack:T1"),
        PlaceId("dm"),
        Instant(asked),
        Instant(asked),
        **more,
    )


def test_published_are_those_of_the_session_the_first_first_and_those_with_a_name(store: Any) -> None:
    (none,) = found(store, Published, session="s")
    assert (none.questions, none.named) == ((), ())
    save(
        store,
        question(1, 10, published_at=Instant(30), shows_name=True),
        question(2, 11, published_at=Instant(20)),
        question(3, 12, published_at=Instant(30)),
        question(4, 13),
        question(1, 10, "other", published_at=Instant(5), shows_name=True),
    )
    (row,) = found(store, Published, session="s")
    assert row.questions == ("s2", "s1", "s3")
    assert row.named == ("s1",)


def test_what_was_asked_and_answered_from_an_instant_on(store: Any) -> None:
    save(
        store,
        question(1, 10, answered_at=Instant(50)),
        question(2, 50),
        question(3, 60, answered_at=Instant(70)),
        question(1, 60, "other"),
    )
    numbers = {}
    for since in (0, 50, 51, 71):
        (row,) = found(store, AskedSince, session="s", since=since)
        numbers[since] = (row.asked, row.answered)
    assert numbers == {0: (3, 2), 50: (2, 2), 51: (1, 1), 71: (0, 0)}
