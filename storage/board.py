"""The board, straight from questions and upvotes (implements core.app.posted)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, false, func, select, true

from core.app.posted import Asked, Board, board
from core.app.unit_of_work import Key
from storage import tables


def boards(connection: Connection, keys: list[Key]) -> Iterable[Board]:
    question, member = tables.question.c, tables.member.c
    for one in keys:
        session, sort = one.value
        columns = (question.id, question.number, question.venue, question.person, question.asked_at, question.state)
        query = (
            select(*columns, question.live, question.spoken, question.label)
            .join(tables.member, (member.session == question.session) & (member.person == question.person))
            .where(question.session == session, question.public == true(), member.blocked == false())
        )
        asked = [Asked(*found) for found in connection.execute(query)]
        yield board(session, sort, asked, _votes(connection, session))


def _votes(connection: Connection, session: str) -> Counter[str]:
    """:func:`core.app.posted.counted`, in the database: a crowd's votes are too many to carry."""
    upvote, account, member, of = tables.upvote.c, tables.account.c, tables.member.c, tables.question.c
    head = tables.question.alias("head")
    cast = (
        select(
            head.c.id.label("head"),
            upvote.on.label("wanted"),
            func.row_number()
            .over(
                partition_by=(head.c.id, account.person),
                order_by=(upvote.at.desc(), upvote.delivery.desc(), upvote.account.desc()),
            )
            .label("place"),
        )
        .select_from(tables.upvote)
        .join(tables.question, of.id == upvote.question)
        .join(head, head.c.id == func.coalesce(of.merged_into, of.id))
        .join(tables.account, account.id == upvote.account)
        .join(tables.member, (member.session == upvote.session) & (member.person == account.person))
        .where(upvote.session == session, member.blocked == false())
        .where(account.person != of.person, account.person != head.c.person)
        .subquery()
    )
    query = select(cast.c.head, func.count()).where(cast.c.place == 1, cast.c.wanted == true()).group_by(cast.c.head)
    return Counter({str(ident): int(number) for ident, number in connection.execute(query)})
