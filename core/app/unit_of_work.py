"""The rows one batch of commands sees and changes: memory only, filled before and written after by storage.

Handlers are synchronous and use ``get``, ``one``, ``all``, ``put`` and ``touch``. Asking for what nobody named in
``needs`` raises :class:`Unloaded`, so a missing key is found by the first test and never by a silent ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from core.domain.ids import SubjectId
from core.domain.surfaces import Subject

Row = TypeVar("Row")


class Key(NamedTuple):
    """Rows of one type whose named fields have these values; a primary key names at most one.

    A tuple, because a batch makes thousands of them and looks each up several times.
    """

    table: type[Any]
    by: tuple[str, ...]
    value: tuple[Any, ...]


def key(table: type[Any], *primary: Any, **by: Any) -> Key:
    """``key(Session, id)`` by primary key, ``key(Place, session=id)`` by other fields."""
    # Without the constructor that Key would have in Python: the bot makes more keys than anything else.
    if primary:
        return _made(Key, (table, table.pk, primary))
    return _made(Key, (table, tuple(by), tuple(by.values())))


_made = tuple.__new__


class Unloaded(LookupError):
    """A handler asked for rows that its command did not name."""


class UnitOfWork:
    """One batch's rows. ``changes`` tells storage what to write."""

    def __init__(self) -> None:
        self._rows: dict[type[Any], dict[tuple[Any, ...], Any]] = {}
        self._origin: dict[tuple[type[Any], tuple[Any, ...]], Any] = {}
        self._index: dict[type[Any], dict[tuple[str, ...], dict[tuple[Any, ...], dict[tuple[Any, ...], None]]]] = {}
        self._loaded: set[Key] = set()
        self._dirty: dict[tuple[type[Any], tuple[Any, ...]], None] = {}
        self._touched: dict[SubjectId, int] = {}
        self._undo: list[tuple[type[Any], tuple[Any, ...], Any]] | None = None
        self._undo_touched: dict[SubjectId, int] = {}
        self._removed: dict[tuple[type[Any], tuple[Any, ...]], None] = {}
        self._undo_removed: dict[tuple[type[Any], tuple[Any, ...]], None] = {}

    # -- filled by storage ------------------------------------------------------------------------------------------

    def missing(self, keys: Iterable[Key]) -> list[Key]:
        """Those of the keys that were not loaded yet, each once."""
        return [wanted for wanted in dict.fromkeys(keys) if wanted not in self._loaded]

    def loaded(self, keys: Iterable[Key], rows: Iterable[Any]) -> None:
        """Take in what storage found for these keys; a row that is here already keeps its changes."""
        for row in rows:
            self.take(row)
        self._loaded.update(keys)

    def take(self, row: Any) -> None:
        table = type(row)
        where = (table, primary := reader(table.pk)(row))
        if where not in self._origin:
            self._origin[where] = row
            if where not in self._dirty:
                self._set(table, primary, row)

    def peek(self, table: type[Row], *primary: Any) -> Row | None:
        """For ``needs``: the row if it is here already, else None."""
        return self._rows.get(table, {}).get(primary)

    def peek_all(self, table: type[Row], **by: Any) -> list[Row]:
        """For ``needs``: the rows that are here already."""
        rows = self._rows.get(table, {})
        return [rows[primary] for primary in self._indexed(table, tuple(by)).get(tuple(by.values()), {})]

    # -- used by handlers -------------------------------------------------------------------------------------------

    def get(self, table: type[Row], *primary: Any) -> Row | None:
        found: Row | None = self._rows.get(table, {}).get(primary)
        if found is None and (wanted := key(table, *primary)) not in self._loaded:
            self._check_known(wanted)
        return found

    def one(self, table: type[Row], **by: Any) -> Row | None:
        """The only row with these values, or None."""
        return next(iter(self.all(table, **by)), None)

    def all(self, table: type[Row], **by: Any) -> list[Row]:
        wanted = key(table, **by)
        if wanted not in self._loaded:
            self._check_known(wanted)
        rows = self._rows.get(table, {})
        return [rows[primary] for primary in self._indexed(table, wanted.by).get(wanted.value, {})]

    def put(self, row: Any) -> None:
        where = (type(row), _primary(row))
        if self._undo is not None:
            self._undo.append((*where, self._rows.get(where[0], {}).get(where[1])))
        self._set(*where, row)
        self._dirty[where] = None

    def remove(self, row: Any) -> None:
        """It shall not be there any more; another one may be put in its place."""
        where = (type(row), _primary(row))
        if self._undo is not None:
            self._undo.append((*where, self._rows.get(where[0], {}).get(where[1])))
        self._set(*where, None)
        self._removed[where] = None

    def touch(self, subject: SubjectId) -> None:
        """Something visible of this subject changed. New subjects start at version 1 (:meth:`put` them)."""
        self._touched[subject] = self._touched.get(subject, 0) + 1

    def know(self, *keys: Key) -> None:
        """State that no row has these keys, for rows about to be made under fresh ids."""
        self._loaded.update(keys)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """One command: everything it put is taken back when it raises."""
        self._undo, self._undo_touched, self._undo_removed = [], dict(self._touched), dict(self._removed)
        try:
            yield
        except BaseException:
            for table, primary, before in reversed(self._undo):
                self._set(table, primary, before)
            self._touched, self._removed = self._undo_touched, self._undo_removed
            raise
        finally:
            self._undo = None

    # -- written by storage -----------------------------------------------------------------------------------------

    def changes(self) -> Iterator[tuple[Any | None, Any]]:
        """(as loaded or None, as it shall be) for every row that differs, ordered by table name and primary key.

        What takes the place of a removed row is new.
        """
        yield from self._changed(sorted(self._dirty, key=lambda where: (where[0].__name__, where[1])))

    def removals(self) -> list[Any]:
        """The rows to delete, as loaded, before anything else is written; in the same order."""
        gone = sorted(self._removed, key=lambda where: (where[0].__name__, where[1]))
        return [self._origin[where] for where in gone if where in self._origin]

    def touched(self) -> list[SubjectId]:
        """Existing subjects whose version goes up by one, in id order."""
        mine = [where for where in self._dirty if where[0] is Subject]
        fresh = {row.id for origin, row in self._changed(mine) if origin is None}
        return sorted(subject for subject in self._touched if subject not in fresh)

    def news(self) -> bool:
        return bool(self._touched or self._removed) or any(True for _ in self._changed(self._dirty))

    def puts(self, table: type[Any]) -> bool:
        """Whether any row of this type was made or changed."""
        return any(where[0] is table for where in self._dirty)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _changed(self, keys: Iterable[tuple[type[Any], tuple[Any, ...]]]) -> Iterator[tuple[Any | None, Any]]:
        for where in keys:
            origin, row = self._origin.get(where), self._rows[where[0]].get(where[1])
            if where in self._removed:
                origin = None
            if row is not None and row != origin:
                yield origin, row

    def _check_known(self, wanted: Key) -> None:
        if not any(
            set(known.by) <= set(wanted.by) and known.table is wanted.table and _covers(known, wanted)
            for known in self._loaded
        ):
            raise Unloaded(
                f"{wanted.table.__name__} by {dict(zip(wanted.by, wanted.value, strict=True))} was not named in needs()"
            )

    def _set(self, table: type[Any], primary: tuple[Any, ...], row: Any | None) -> None:
        rows = self._rows.setdefault(table, {})
        before = rows.get(primary)
        for by, index in self._index.get(table, {}).items():
            if before is not None:
                index.get(_values(before, by), {}).pop(primary, None)
            if row is not None:
                index.setdefault(_values(row, by), {})[primary] = None
        if row is None:
            rows.pop(primary, None)
        else:
            rows[primary] = row

    def _indexed(self, table: type[Any], by: tuple[str, ...]) -> dict[tuple[Any, ...], dict[tuple[Any, ...], None]]:
        kept = self._index.setdefault(table, {})
        if by not in kept:
            index: dict[tuple[Any, ...], dict[tuple[Any, ...], None]] = {}
            for primary, row in self._rows.get(table, {}).items():
                index.setdefault(_values(row, by), {})[primary] = None
            kept[by] = index
        return kept[by]


def _covers(known: Key, wanted: Key) -> bool:
    """Whether what was loaded holds every row that is wanted: it named fewer fields with the same values."""
    pairs = dict(zip(wanted.by, wanted.value, strict=True))
    return all(pairs[name] == value for name, value in zip(known.by, known.value, strict=True))


def _primary(row: Any) -> tuple[Any, ...]:
    return reader(type(row).pk)(row)


def _values(row: Any, by: tuple[str, ...]) -> tuple[Any, ...]:
    return reader(by)(row)


@cache
def reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Takes these fields of a row; made once, because every row of a batch is asked several times."""
    if len(names) > 1:
        return attrgetter(*names)
    one = attrgetter(*names)
    return lambda row: (one(row),)


def advanced(row: Any) -> Any:
    """The row with the version it will have once written; for rows that carry one."""
    return replace(row, version=row.version + 1)
