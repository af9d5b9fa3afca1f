"""Where askers have their conversations, as the store lists them to be read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.app.unit_of_work import UnitOfWork
from core.domain.ids import AccountId, Instant, LineId, PersonId, PlaceId, QuestionId, SessionId, SurfaceId, VenueId
from core.domain.questions import Line, Question, line_subject, receipt_subject
from core.domain.sessions import Session
from core.domain.surfaces import Place, Subject, Surface
from core.domain.text import doc
from storage.store import SqlStore
from tests.storage.prepared import opened, sqlite_at

NOW = Instant(1_000_000)
ANN, SESSION = PersonId("ann"), SessionId("s")
ACCOUNT = AccountId("slack:T1:ann")
DM = Place(PlaceId("dm"), VenueId("slack:T1"), "dm", person=ANN, account=ACCOUNT, ref="D1", state="open")
THREAD = Place(
    PlaceId("thread"), VenueId("discord:9"), "question", person=ANN, account=ACCOUNT, ref="77", state="open"
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    url = sqlite_at(tmp_path / "store.db") if request.param == "sqlite" else request.getfixturevalue("emptied_url")
    with opened(url) as store:
        yield store


def question(number: int, place: Place, **given: Any) -> Question:
    made = Question(
        QuestionId(f"q{number}"), SESSION, number, ANN, ACCOUNT, place.venue, place.id, NOW, NOW
    )  # fmt: skip
    return replace(made, **given)


def line(of: Question, at: int, ref: str = "") -> list[Any]:
    made = Line(LineId(f"{of.id}{at}"), of.id, SESSION, ANN, ACCOUNT, "asker", doc("Hm?"), Instant(at), Instant(at))
    what = line_subject(made.id)
    native = Surface(SurfaceId(f"n{made.id}"), what, of.place, part=-1, follow="pulled", ref=ref, ours=False)
    return [made, Subject(what), *([native] if ref else [])]


def receipt(of: Question, ref: str | None, part: int = 0, *, gone: bool = False) -> list[Any]:
    what = receipt_subject(of.id)
    shown = Surface(SurfaceId(f"r{of.id}{part}"), what, of.place, part=part, ref=ref, gone=gone)
    return [*([Subject(what)] if part == 0 else []), shown]


def save(store: SqlStore, *rows: Any) -> None:
    work = UnitOfWork()
    with store.writing() as transaction:
        for row in rows:
            work.put(row)
        transaction.flush(work)
        transaction.commit()


def test_open_conversations_come_first_then_those_that_were_active_last_each_with_its_receipt(store: SqlStore) -> None:
    session = Session(SESSION, "K", "ended", NOW, NOW, "UTC")
    waits, claimed = question(1, DM), question(2, DM, state="claimed", owner=ANN)
    done, declined = question(3, DM, state="resolved"), question(4, THREAD, state="declined")
    save(
        store, session, DM, THREAD, waits, claimed, done, declined,
        *line(waits, 20, "20.1"), *line(waits, 50, "50.1"), *line(claimed, 40), *line(done, 60), *line(declined, 70),
        *receipt(waits, "1.0", gone=True), *receipt(waits, "1.5", 1), *receipt(claimed, None), *receipt(done, "3.0"),
        *receipt(declined, "4.0"),
    )  # fmt: skip
    assert [(place.id, ref) for place, ref in store.outbox.conversations(("slack", "discord"))] == [
        ("dm", "1.5"),
        ("dm", ""),
        ("thread", ""),
        ("dm", "3.0"),
    ]
    assert [ref for _, ref in store.outbox.conversations(("slack",))] == ["1.5", "", "3.0"]
    assert store.outbox.natives(DM.id, 10) == ["50.1", "20.1"]


def test_nothing_is_read_back_where_nothing_can_be_shown_or_the_session_was_put_away(store: SqlStore) -> None:
    session = Session(SESSION, "K", "archived", NOW, NOW, "UTC")
    live = Session(SessionId("live"), "L", "live", NOW, NOW, "UTC")
    dead, unmade = replace(DM, id=PlaceId("dead"), ref="D2", state="dead"), replace(DM, id=PlaceId("no"), ref=None)
    save(
        store, session, live, DM, dead, unmade, question(1, DM),
        question(2, dead, session=live.id), question(3, unmade, session=live.id),
    )  # fmt: skip
    assert store.outbox.conversations(("slack",)) == []
