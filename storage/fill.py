"""Loading by sets of keys: one statement a table and set of fields, asked again until nothing is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    Connection,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    cast,
    false,
    func,
    select,
    true,
    tuple_,
)

from core.app.derived import (
    Burst,
    Counts,
    Joined,
    Leaders,
    Likes,
    Listening,
    Reacted,
    Recent,
    Standing,
    Uncleared,
    Waiting,
)
from core.app.ports import Needs
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.interactions.kind import Count
from core.domain.interactions.life import Interaction
from core.domain.reactions import BURST
from storage import tables
from storage.activity import ACTIVITY
from storage.answers import ANSWERS
from storage.asked import ASKED
from storage.leaders import leaders, standings
from storage.rows import Mapped

ROUNDS = 9
"""So deep may keys follow from rows; a ballot takes two rounds, moderating a line among others in a post seven."""


def fill(
    connection: Connection, maps: Mapping[type[Any], Mapped], work: UnitOfWork, needs: Needs, lock: str = ""
) -> None:
    """Load what is needed. ``lock`` (``share``, ``update``) is taken on interactions, so that none ends or is edited
    under a batch of ballots; SQLite has one writer and needs none."""
    for _ in range(ROUNDS):
        missing = work.missing(needs(work))
        if not missing:
            return
        for (table, by), keys in _grouped(missing).items():
            if table in _DERIVED:
                rows: Iterable[Any] = _DERIVED[table](connection, keys)
            else:
                rows = _rows(connection, maps[table], by, keys, lock if table is Interaction else "")
            work.loaded(keys, rows)
    raise RuntimeError("needs() names new keys without end")


def _grouped(keys: Iterable[Key]) -> dict[tuple[type[Any], tuple[str, ...]], list[Key]]:
    grouped: dict[tuple[type[Any], tuple[str, ...]], list[Key]] = defaultdict(list)
    for one in keys:
        grouped[(one.table, one.by)].append(one)
    return grouped


def _rows(connection: Connection, mapped: Mapped, by: tuple[str, ...], keys: list[Key], lock: str) -> Iterable[Any]:
    postgresql = connection.dialect.name == "postgresql"
    wanted = sorted({one.value for one in keys})
    values = {name: list(column) for name, column in zip(by, zip(*wanted, strict=True), strict=True)}
    given = values if postgresql else {"keys": orjson.dumps(wanted).decode()}
    # All at once: row by row costs a tenth of the writer's time.
    found = connection.execute(_select(mapped.table, mapped.names, by, lock, postgresql), given).fetchall()
    return list(map(mapped.row, found))


@cache
def _select(table: Table, names: tuple[str, ...], by: tuple[str, ...], lock: str, postgresql: bool) -> Select[Any]:
    """One text however many keys: nothing is compiled anew, and PostgreSQL keeps its plan."""
    columns = [table.c[name] for name in by]
    query = select(*(table.c[name] for name in names))
    if postgresql:
        arrays = [cast(bindparam(one.name, type_=ARRAY(one.type)), ARRAY(one.type)) for one in columns]
        # With its columns named: an unnamed one would be taken for the outer table's, and every row would match.
        wanted = func.unnest(*arrays).table_valued(*by, name="wanted").render_derived()
        given: Select[Any] = select(*(wanted.c[name] for name in by))
    else:
        each = func.json_each(bindparam("keys", type_=String)).table_valued("value")
        given = select(*(func.json_extract(each.c.value, f"$[{index}]") for index in range(len(by))))
    query = query.where(tuple_(*columns).in_(given) if len(by) > 1 else columns[0].in_(given))
    # In the same order everywhere: what is decided about several rows does not hang on how a database walks its pages.
    query = query.order_by(*table.primary_key.columns)
    return query.with_for_update(read=lock == "share", of=table) if lock else query


def _counts(connection: Connection, keys: list[Key]) -> Iterable[Counts]:
    """Equal ballots together, straight from the ballots: a tally is derived, never kept (RELIABILITY 27).

    Who is blocked is not counted (SPEC 2.5); the names on anonymous ballots are nobody's, so those all are.
    """
    ballot, member, its = tables.ballot.c, tables.member.c, tables.interaction.c
    for one in keys:
        theirs = select(its.session).where(its.id == one.value[0]).scalar_subquery()
        blocked = select(member.person).where(member.session == theirs, member.blocked == true())
        out = list(connection.execute(blocked).scalars())
        query = (
            select(ballot.choice, ballot.platform, func.count(), func.sum(cast(ballot.moderator, Integer)))
            .where(ballot.interaction == one.value[0], *((ballot.person.not_in(out),) if out else ()))
            .group_by(ballot.choice, ballot.platform)
        )
        counts = [
            Count(choice, platform, number, moderators)
            for choice, platform, number, moderators in connection.execute(query)
        ]
        more = select(ballot.person).where(ballot.interaction == one.value[0], ballot.person.in_(out)).limit(1)
        given = bool(counts) or (bool(out) and connection.execute(more).first() is not None)
        yield Counts(one.value[0], tuple(sorted(counts, key=lambda it: (it.choice, it.platform))), given)


def _joined(connection: Connection, keys: list[Key]) -> Iterable[Joined]:
    member = tables.member.c
    for one in keys:
        query = select(func.count()).where(member.session == one.value[0], member.consented_at.is_not(None))
        yield Joined(one.value[0], connection.execute(query).scalar_one())


def _listening(connection: Connection, keys: list[Key]) -> Iterable[Listening]:
    """Persons, not accounts; only those who are still in the session."""
    listener, member = tables.listener.c, tables.member.c
    for one in keys:
        mine = (
            select(listener.person, func.min(cast(listener.deafened, Integer)).label("deaf"))
            .join(tables.member, (member.session == listener.session) & (member.person == listener.person))
            .where(listener.session == one.value[0], listener.here == true(), member.consented_at.is_not(None))
            .group_by(listener.person)
            .subquery()
        )
        number, deaf = connection.execute(select(func.count(), func.sum(mine.c.deaf)).select_from(mine)).one()
        yield Listening(one.value[0], number, number - (deaf or 0))


RECENT = 25
"""A platform's list of suggestions holds so many."""


def _recent(connection: Connection, keys: list[Key]) -> Iterable[Recent]:
    message, place = tables.message.c, tables.place.c
    for one in keys:
        query = (
            select(message.id)
            .join(tables.place, place.id == message.place)
            .where(message.session == one.value[0], message.deleted == false(), place.kind == "stage")
            .order_by(message.at.desc(), message.id.desc())
            .limit(RECENT)
        )
        yield Recent(one.value[0], tuple(connection.execute(query).scalars()))


AT_ONCE = 200
"""So many lines are cleared in one transaction: ballots wait behind it."""


def _uncleared(connection: Connection, keys: list[Key]) -> Iterable[Uncleared]:
    message, place, session = tables.message.c, tables.place.c, tables.session.c
    for one in keys:
        query = (
            select(message.id)
            .join(tables.place, place.id == message.place)
            .join(tables.session, session.id == message.session)
            .where(message.session == one.value[0], message.at <= session.cleared_at, place.kind == "stage")
            .where(message.deleted == false(), message.cleared == false())
            .order_by(message.at, message.id)
            .limit(AT_ONCE)
        )
        yield Uncleared(one.value[0], tuple(connection.execute(query).scalars()))


def _likes(connection: Connection, keys: list[Key]) -> Iterable[Likes]:
    liking = tables.liking.c
    for one in keys:
        query = (
            select(liking.place, func.count())
            .where(liking.subject == one.value[0], liking.on == true())
            .group_by(liking.place)
        )
        yield Likes(one.value[0], tuple(sorted((place, number) for place, number in connection.execute(query))))


def _reacted(connection: Connection, keys: list[Key]) -> Iterable[Reacted]:
    reaction = tables.reaction.c
    for one in keys:
        query = (
            select(reaction.kind, reaction.platform, func.count())
            .where(reaction.session == one.value[0])
            .group_by(reaction.kind, reaction.platform)
        )
        found = ((kind, platform, number) for kind, platform, number in connection.execute(query))
        yield Reacted(one.value[0], tuple(sorted(found)))


def _bursts(connection: Connection, keys: list[Key]) -> Iterable[Burst]:
    reaction = tables.reaction.c
    for one in keys:
        session, until = one.value
        mine = (reaction.session == session, reaction.at >= until - BURST, reaction.at < until)
        counts = connection.execute(select(reaction.kind, func.count()).where(*mine).group_by(reaction.kind))
        found = tuple(sorted((kind, number) for kind, number in counts))
        persons = connection.execute(select(func.count(reaction.person.distinct())).where(*mine)).scalar_one()
        yield Burst(session, until, found, persons)


def _waiting(connection: Connection, keys: list[Key]) -> Iterable[Waiting]:
    surface = tables.surface.c
    for one in keys:
        place, before = one.value
        query = select(func.count()).where(
            surface.place == place,
            surface.ref.is_(None),
            surface.kind == "grant",
            surface.gone == false(),
            surface.dead == "",
            surface.order_at < before,
        )
        yield Waiting(place, before, connection.execute(query).scalar_one())


_DERIVED: Mapping[type[Any], Callable[[Connection, list[Key]], Iterable[Any]]] = {
    **ANSWERS,
    **ASKED,
    Burst: _bursts,
    Counts: _counts,
    Joined: _joined,
    Leaders: leaders,
    Likes: _likes,
    Listening: _listening,
    Reacted: _reacted,
    Recent: _recent,
    Standing: standings,
    Uncleared: _uncleared,
    Waiting: _waiting,
    **ACTIVITY,
}
