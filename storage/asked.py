"""Questions as they wait and as they stand on the board, straight from their rows (implements core.app.asked)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, false, func, select, true

from core.app.asked import AskedSince, Board, OnDuty, Published, Queue, Queued, in_order
from core.app.unit_of_work import Key
from core.domain.ids import Instant
from core.domain.questions import OPEN
from storage import tables
from storage.board import boards


def _queues(connection: Connection, keys: list[Key]) -> Iterable[Queue]:
    question = tables.question.c
    columns = (question.id, question.number, question.waiting_since, question.pinned, question.owner)
    waits = and_(question.for_all == true(), question.public == false())
    for one in keys:
        session = one.value[0]
        query = select(*columns, question.claimed_at, waits).where(
            question.session == session, question.state.in_(OPEN)
        )
        waiting = sorted((Queued(*found) for found in connection.execute(query)), key=in_order)
        closed = (
            select(question.state, func.count())
            .where(question.session == session, question.state.not_in(OPEN))
            .group_by(question.state)
        )
        numbers: dict[str, int] = {str(state): int(number) for state, number in connection.execute(closed)}
        resolved, declined, merged = (numbers.get(it, 0) for it in ("resolved", "declined", "merged"))
        yield Queue(session, tuple(waiting), resolved, declined, merged)


def _published(connection: Connection, keys: list[Key]) -> Iterable[Published]:
    question = tables.question.c
    for one in keys:
        session = one.value[0]
        query = (
            select(question.id, question.shows_name)
            .where(question.session == session, question.published_at.is_not(None))
            .order_by(question.published_at, question.number)
        )
        found = [(ident, named) for ident, named in connection.execute(query)]
        yield Published(session, tuple(it for it, _ in found), tuple(it for it, named in found if named))


def _asked_since(connection: Connection, keys: list[Key]) -> Iterable[AskedSince]:
    question = tables.question.c
    for one in keys:
        session, since = one.value
        numbers = [
            connection.execute(select(func.count()).where(question.session == session, column >= since)).scalar_one()
            for column in (question.asked_at, question.answered_at)
        ]
        yield AskedSince(session, since, *numbers)


def _on_duty(connection: Connection, keys: list[Key]) -> Iterable[OnDuty]:
    duty, member = tables.duty.c, tables.member.c
    for one in keys:
        session = one.value[0]
        query = (
            select(duty.person, duty.at)
            .join(tables.member, (member.session == duty.session) & (member.person == duty.person))
            .where(duty.session == session, member.role == "moderator", member.blocked == false())
            .order_by(duty.person)
        )
        yield OnDuty(session, tuple((person, Instant(at)) for person, at in connection.execute(query)))


ASKED: Mapping[type[Any], Callable[[Connection, list[Key]], Iterable[Any]]] = {
    AskedSince: _asked_since,
    Board: boards,
    OnDuty: _on_duty,
    Published: _published,
    Queue: _queues,
}
