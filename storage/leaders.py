"""The leaderboard, counted from the ballots when asked: nothing of it is kept but who wants to be on it (SPEC 5.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, and_, false, func, select, true, tuple_

from core.app.derived import LEADERS, Leaders, Standing
from core.app.unit_of_work import Key
from core.domain.ids import SessionId
from core.domain.interactions import quiz
from storage import codec, tables

Right = list[tuple[str, str]]
"""Each quiz that counts, with the one ballot that is right."""


def leaders(connection: Connection, keys: list[Key]) -> Iterable[Leaders]:
    for one in keys:
        right = _right(connection, one.value[0])
        scores = _scores(one.value[0], right).subquery()
        number = connection.execute(select(func.count()).select_from(scores)).scalar_one()
        query = select(scores.c.person, scores.c.right).order_by(scores.c.right.desc(), scores.c.person).limit(LEADERS)
        top = tuple((person, points) for person, points in connection.execute(query))
        yield Leaders(one.value[0], len(right), number, top)


def standings(connection: Connection, keys: list[Key]) -> Iterable[Standing]:
    ballot = tables.ballot.c
    for one in keys:
        session, person = one.value
        right = _right(connection, session)
        mine = select(func.count()).where(ballot.person == person, _hit(right))
        points = connection.execute(mine).scalar_one()
        scores = _scores(session, right).subquery()
        better = select(func.count()).select_from(scores).where(scores.c.right > points)
        yield Standing(session, person, points, connection.execute(better).scalar_one())


def _right(connection: Connection, session: SessionId) -> Right:
    interaction = tables.interaction.c
    query = select(interaction.id, interaction.spec).where(
        interaction.session == session,
        interaction.kind == quiz.NAME,
        interaction.state == "ended",
        interaction.anonymous == false(),
        interaction.rehearsal == false(),
        # Of hidden results no number is told anywhere, and a rank is one (SPEC 5.4).
        interaction.hidden == false(),
        interaction.sharing != "never",
    )
    specs = ((ident, codec.loads_spec(quiz.Spec, kept)) for ident, kept in connection.execute(query))
    return sorted((ident, quiz.right_choice(spec)) for ident, spec in specs if spec.leaders)


def _hit(right: Right) -> Any:
    ballot = tables.ballot.c
    return tuple_(ballot.interaction, ballot.choice).in_(right) if right else false()


def _scores(session: SessionId, right: Right) -> Select[Any]:
    """Everybody on the leaderboard, also with no right answer yet."""
    leading, member, ballot = tables.leading.c, tables.member.c, tables.ballot.c
    there = and_(member.session == leading.session, member.person == leading.person)
    return (
        select(leading.person, func.count(ballot.interaction).label("right"))
        .join(tables.member, there)
        .outerjoin(tables.ballot, and_(ballot.person == leading.person, _hit(right)))
        .where(
            leading.session == session,
            leading.on == true(),
            member.consented_at.is_not(None),
            member.blocked == false(),
        )
        .group_by(leading.person)
    )
