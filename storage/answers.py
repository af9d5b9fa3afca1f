"""What was written in answer to interactions: counted and paged straight from the ballots, never kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, case, func, select

from core.app.derived import Answers, AnswersPage
from core.app.unit_of_work import Key
from core.domain.interactions.life import SHOWN
from storage import tables

NEWEST = 25
"""Five stand on a card; the others make up for those of who is blocked."""
PAGE = 6
"""Five are shown, and one more tells that there is more."""


def _answers(connection: Connection, keys: list[Key]) -> Iterable[Answers]:
    ballot = tables.ballot.c
    for one in keys:
        written = (ballot.interaction == one.value[0], ballot.words.is_not(None))
        counted = connection.execute(select(ballot.state, func.count()).where(*written).group_by(ballot.state))
        numbers: dict[str, int] = {str(state): int(number) for state, number in counted}
        query = (
            select(ballot.person)
            .where(*written, ballot.state.in_(SHOWN))
            .order_by(ballot.at.desc(), ballot.person)
            .limit(NEWEST)
        )
        shown = sum(numbers.get(state, 0) for state in SHOWN)
        newest = tuple(connection.execute(query).scalars())
        yield Answers(one.value[0], shown, numbers.get("waiting", 0), newest)


def _pages(connection: Connection, keys: list[Key]) -> Iterable[AnswersPage]:
    ballot = tables.ballot.c
    waits = ballot.state == "waiting"
    for one in keys:
        interaction, of, start = one.value
        query = select(ballot.person).where(ballot.interaction == interaction, ballot.words.is_not(None))
        if of == "shown":
            query = query.where(ballot.state.in_(SHOWN)).order_by(ballot.at.desc(), ballot.person)
        else:
            oldest_first = case((waits, ballot.at), else_=-ballot.at)
            query = query.order_by(case((waits, 0), else_=1), oldest_first, ballot.person)
        found = connection.execute(query.offset(start).limit(PAGE)).scalars()
        yield AnswersPage(interaction, of, start, tuple(found))


ANSWERS: Mapping[type[Any], Callable[[Connection, list[Key]], Iterable[Any]]] = {
    Answers: _answers,
    AnswersPage: _pages,
}
