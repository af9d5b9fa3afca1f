"""Writing a batch: one executemany a table and set of columns, rows in key order, subjects last in id order.

Rows that carry a version are written only over the version that was read; ballots only over older ones, and those that
each tap turns only over the very one that was read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Update, and_, bindparam, delete, insert, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from core.app.ports import Conflict
from core.app.unit_of_work import UnitOfWork
from storage import tables
from storage.rows import Mapped


def flush(connection: Connection, maps: Mapping[type[Any], Mapped], work: UnitOfWork) -> None:
    """Raises Conflict when a row was made or changed by somebody else since it was loaded."""
    fresh: dict[type[Any], list[dict[str, Any]]] = defaultdict(list)
    changed: dict[tuple[type[Any], tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    turned: dict[type[Any], list[tuple[Any | None, Any]]] = defaultdict(list)
    for before, row in work.changes():
        mapped = maps[type(row)]
        if mapped.turned and row.flips:
            turned[mapped.type].append((before, row))
        elif before is None or mapped.upsert:
            fresh[mapped.type].append(mapped.values(row))
        else:
            names = tuple(name for name in mapped.names if getattr(row, name) != getattr(before, name))
            values = {f"v_{name}": mapped.value(name, row) for name in names}
            keys = {f"k_{name}": getattr(before, name) for name in mapped.type.pk}
            old = {"k_version": before.version} if mapped.versioned else {}
            changed[(mapped.type, names)].append(values | keys | old)
    for row in work.removals():
        connection.execute(_delete(maps[type(row)]), {f"k_{name}": getattr(row, name) for name in type(row).pk})
    try:
        for kind, mapped in maps.items():
            if kind in fresh:
                connection.execute(_insert(mapped, connection.dialect.name), fresh[kind])
            for (of, names), rows in changed.items():
                if of is kind:
                    _update_all(connection, mapped, names, rows)
            if kind in turned:
                _turn(connection, mapped, turned[kind])
    except IntegrityError as taken:
        raise Conflict(str(taken.orig)) from taken
    if touched := work.touched():
        connection.execute(_TOUCH, [{"k_id": one} for one in touched])


def _update_all(connection: Connection, mapped: Mapped, names: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    done = connection.execute(_update(mapped, names), rows)
    if mapped.versioned and done.rowcount != len(rows):
        raise Conflict(f"{len(rows) - done.rowcount} rows of {mapped.table.name} were changed meanwhile")


def _turn(connection: Connection, mapped: Mapped, rows: list[tuple[Any | None, Any]]) -> None:
    """Two writers may turn the same row: the second decides anew on what the first one left."""
    if made := [mapped.values(row) for before, row in rows if before is None]:
        connection.execute(_plain_insert(mapped.table.name), made)
    over = [
        {f"v_{name}": value for name, value in mapped.values(row).items() if name not in mapped.type.pk}
        | {f"k_{name}": getattr(before, name) for name in (*mapped.type.pk, *mapped.turned)}
        for before, row in rows
        if before is not None
    ]
    if over:
        names = tuple(name for name in mapped.names if name not in mapped.type.pk)
        done = connection.execute(_turning(mapped.table.name, mapped.type.pk + mapped.turned, names), over)
        if done.rowcount != len(over):
            raise Conflict(f"{len(over) - done.rowcount} rows of {mapped.table.name} were turned meanwhile")


@cache
def _turning(name: str, read: tuple[str, ...], names: tuple[str, ...]) -> Update:
    table = tables.metadata.tables[name]
    statement = update(table).values({one: bindparam(f"v_{one}") for one in names})
    return statement.where(*(table.c[one] == bindparam(f"k_{one}") for one in read))


_STATEMENTS: dict[tuple[str, tuple[str, ...]], Any] = {}


def _update(mapped: Mapped, names: tuple[str, ...]) -> Update:
    """Cached by table and columns: SQLAlchemy then also finds its compiled form at once."""
    known = _STATEMENTS.get((mapped.table.name, names))
    if known is None:
        columns = mapped.table.c
        known = update(mapped.table).values({name: bindparam(f"v_{name}") for name in names})
        for name in mapped.type.pk:
            known = known.where(columns[name] == bindparam(f"k_{name}"))
        if mapped.versioned:
            known = known.values(version=columns.version + 1).where(columns.version == bindparam("k_version"))
        _STATEMENTS[(mapped.table.name, names)] = known
    return known


def _delete(mapped: Mapped) -> Delete:
    return _plain_delete(mapped.table.name, mapped.type.pk)


@cache
def _plain_delete(name: str, primary: tuple[str, ...]) -> Delete:
    table = tables.metadata.tables[name]
    return delete(table).where(*(table.c[column] == bindparam(f"k_{column}") for column in primary))


def _insert(mapped: Mapped, dialect: str) -> Insert:
    if not mapped.upsert:
        return _plain_insert(mapped.table.name)
    known = _STATEMENTS.get((mapped.table.name, (dialect,)))
    if known is None:
        make = postgresql.insert if dialect == "postgresql" else sqlite.insert
        statement = make(mapped.table)
        rest = {name: statement.excluded[name] for name in mapped.names if name not in mapped.type.pk}
        known = statement.on_conflict_do_update(
            index_elements=list(mapped.type.pk), set_=rest, where=_at_least_as_new(mapped, statement.excluded)
        )
        _STATEMENTS[(mapped.table.name, (dialect,))] = known
    return known


def _at_least_as_new(mapped: Mapped, excluded: Any) -> Any:
    """The lexical comparison of the newest-columns, spelled out so that both databases read it alike."""
    if not mapped.newest:
        return None
    columns = mapped.table.c
    steps = []
    for index, name in enumerate(mapped.newest):
        ties = [excluded[before] == columns[before] for before in mapped.newest[:index]]
        last = index == len(mapped.newest) - 1
        steps.append(and_(*ties, excluded[name] >= columns[name] if last else excluded[name] > columns[name]))
    return or_(*steps)


@cache
def _plain_insert(name: str) -> Insert:
    return insert(tables.metadata.tables[name])


_TOUCH = (
    update(tables.subject).where(tables.subject.c.id == bindparam("k_id")).values(version=tables.subject.c.version + 1)
)
