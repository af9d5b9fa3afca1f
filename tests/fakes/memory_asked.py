"""Questions as they wait and as they stand on the board, as the store in memory finds them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.app.asked import AskedSince, Board, OnDuty, Published, Queue, Queued, in_order
from core.app.unit_of_work import Key
from core.domain.people import Member
from core.domain.questions import OPEN, Duty, Question
from tests.fakes.memory_board import board_of

ASKED = (AskedSince, Board, OnDuty, Published, Queue)
Tables = dict[type[Any], dict[tuple[Any, ...], Any]]


def asked_of(tables: Tables, wanted: Key) -> Any:
    session = wanted.value[0]
    if wanted.table is OnDuty:
        return _on_duty(tables, session)
    questions = sorted(
        (it for it in tables.get(Question, {}).values() if it.session == session), key=lambda it: it.number
    )
    if wanted.table is Published:
        return _published(session, questions)
    if wanted.table is AskedSince:
        since = wanted.value[1]
        answered = sum(it.answered_at is not None and it.answered_at >= since for it in questions)
        return AskedSince(session, since, sum(it.asked_at >= since for it in questions), answered)
    return _queue(session, questions) if wanted.table is Queue else board_of(tables, *wanted.value)


def _queue(session: Any, questions: list[Question]) -> Queue:
    waiting = (
        Queued(it.id, it.number, it.waiting_since, it.pinned, it.owner, it.claimed_at, it.for_all and not it.public)
        for it in questions
        if it.state in OPEN
    )
    closed = Counter(it.state for it in questions)
    return Queue(
        session,
        tuple(sorted(waiting, key=in_order)),
        closed["resolved"],
        closed["declined"],
        closed["merged"],
    )


def _published(session: Any, questions: list[Question]) -> Published:
    found = [(it.published_at, it.number, it.id, it.shows_name) for it in questions if it.published_at is not None]
    ordered = sorted(found)
    return Published(
        session, tuple(ident for _, _, ident, _ in ordered), tuple(ident for _, _, ident, named in ordered if named)
    )


def _on_duty(tables: Tables, session: Any) -> OnDuty:
    members: list[Member] = list(tables.get(Member, {}).values())
    team = {it.person for it in members if it.session == session and it.role == "moderator" and not it.blocked}
    there: list[Duty] = [it for it in tables.get(Duty, {}).values() if it.session == session and it.person in team]
    return OnDuty(session, tuple(sorted((it.person, it.at) for it in there)))
