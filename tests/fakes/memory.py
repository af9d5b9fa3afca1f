"""A store in memory that keeps the promises of `core.app.ports.Store`; one suite holds it and the databases to them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

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
from core.app.outcome import FormDraft
from core.app.ports import Conflict, Needs
from core.app.unit_of_work import Key, UnitOfWork, advanced, reader
from core.domain.chat import Like, Message, Unmatched
from core.domain.interactions.kind import Count
from core.domain.interactions.leaders import Leading
from core.domain.interactions.life import Ballot, Interaction, newer
from core.domain.people import Listener, Member
from core.domain.public_questions import Upvote
from core.domain.questions import Duty, Question
from core.domain.reactions import BURST, Reaction
from core.domain.sessions import Session
from core.domain.surfaces import Place, Subject, Surface
from tests.fakes.active import ACTIVITY, active
from tests.fakes.memory_answers import ANSWERS, answers_of
from tests.fakes.memory_asked import ASKED, asked_of
from tests.fakes.memory_leaders import leaders_of, standing_of

Table = dict[tuple[Any, ...], Any]
Tables = dict[type[Any], Table]
Known = dict[Key, Table]
"""What was found in tables that are not written any more: the same is asked over and over."""

UNIQUE: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (Surface, ("subject", "place", "part")),
    (Surface, ("place", "ref")),
    (Place, ("venue", "ref", "in_use")),
    (Question, ("session", "number")),
)
"""What besides the primary key names one row at most; rows with a None among these fields are not compared.

A channel may have been a room before; ``in_use`` is None for such a row.
"""


class MemoryStore:
    """Tables as dictionaries. A transaction that writes works on copies and hands them over when it commits."""

    def __init__(self) -> None:
        self._tables: Tables = {}
        self._known: Known = {}

    @property
    def tables(self) -> Tables:
        """For a test, which may write there, too."""
        self._known = {}
        return self._tables

    @tables.setter
    def tables(self, tables: Tables) -> None:
        self._tables, self._known = tables, {}

    @contextmanager
    def writing(self, *, alone: bool = False) -> Iterator[MemoryTransaction]:
        yield MemoryTransaction(self)

    def read(self, needs: Needs) -> UnitOfWork:
        work = UnitOfWork()
        _fill(self._tables, self._known, work, needs)
        return work

    def snapshot(self) -> tuple[Tables, Known]:
        """What is there now, and what was found in it so far; neither is changed by a later commit."""
        return self._tables, self._known

    def rows(self, table: type[Any]) -> list[Any]:
        """All rows of a table, for a test's eyes."""
        return list(self._tables.get(table, {}).values())


class MemoryTransaction:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._tables, self._known = store.snapshot()

    def fill(self, work: UnitOfWork, needs: Needs) -> None:
        _fill(self._tables, self._known, work, needs)

    def flush(self, work: UnitOfWork) -> None:
        removals, changes, touched = work.removals(), list(work.changes()), work.touched()
        if not (removals or changes or touched):
            return
        made = {type(row) for _, row in changes}
        written = made.union(map(type, removals), [Subject])
        self._tables = {**self._tables, **{table: dict(self._tables.get(table, {})) for table in written}}
        self._known = {}
        for row in removals:
            self._tables[type(row)].pop(reader(row.pk)(row), None)
        for origin, row in changes:
            _write(self._tables[type(row)], origin, row)
        subjects = self._tables[Subject]
        for subject in touched:
            if (subject,) in subjects:
                subjects[(subject,)] = advanced(subjects[(subject,)])
        for table, names in UNIQUE:
            if table in made:
                _check_unique(self._tables[table], names)

    def commit(self) -> None:
        if self._tables is not self._store.snapshot()[0]:
            self._store.tables = self._tables


def _fill(tables: Tables, known: Known, work: UnitOfWork, needs: Needs) -> None:
    while keys := work.missing(needs(work)):
        for same in _grouped(keys):
            for one in same:
                if one not in known:
                    found = {reader(row.pk)(row): row for row in _found(tables, one)}
                    known[one] = {primary: found[primary] for primary in sorted(found)}
            if len(same) == 1:
                work.loaded(same, known[same[0]].values())
            else:
                rows: Table = {}
                for one in same:
                    rows |= known[one]
                work.loaded(same, [rows[primary] for primary in sorted(rows)])


def _grouped(keys: Iterable[Key]) -> Iterable[list[Key]]:
    """As the databases are asked: one question a table and set of fields."""
    grouped: dict[tuple[type[Any], tuple[str, ...]], list[Key]] = {}
    for one in keys:
        # Its table and its fields: by place, because there are so many keys.
        which = one[:2]
        if which in grouped:
            grouped[which].append(one)
        else:
            grouped[which] = [one]
    return grouped.values()


def _found(tables: Tables, wanted: Key) -> list[Any]:
    if wanted.table in ACTIVITY:
        return [active(tables, wanted)]
    if wanted.table in ANSWERS:
        return [answers_of(tables, wanted)]
    if wanted.table in ASKED:
        return [asked_of(tables, wanted)]
    if wanted.table is Counts:
        return [_counts(tables, wanted.value[0])]
    if wanted.table is Leaders:
        return [leaders_of(tables, wanted.value[0])]
    if wanted.table is Standing:
        return [standing_of(tables, *wanted.value)]
    if wanted.table is Reacted:
        return [_reacted(tables, wanted.value[0])]
    if wanted.table is Burst:
        return [_burst(tables, *wanted.value)]
    if wanted.table is Joined:
        return [_joined(tables, wanted.value[0])]
    if wanted.table is Listening:
        return [_listening(tables, wanted.value[0])]
    if wanted.table is Recent:
        return [Recent(wanted.value[0], _standing(tables, wanted.value[0])[:-26:-1])]
    if wanted.table is Uncleared:
        return [Uncleared(wanted.value[0], _uncleared(tables, wanted.value[0]))]
    if wanted.table is Waiting:
        return [_waiting(tables, *wanted.value)]
    if wanted.table is Likes:
        return [_likes(tables, wanted.value[0])]
    if wanted.by == wanted.table.pk:
        row = tables.get(wanted.table, {}).get(wanted.value)
        return [] if row is None else [row]
    values = reader(wanted.by)
    return [row for row in tables.get(wanted.table, {}).values() if values(row) == wanted.value]


def _counts(tables: Tables, interaction: Any) -> Counts:
    given: list[Ballot] = [row for row in tables.get(Ballot, {}).values() if row.interaction == interaction]
    its = tables.get(Interaction, {}).get((interaction,))
    members = tables.get(Member, {})
    blocked = {it.person for it in members.values() if it.blocked and its is not None and it.session == its.session}
    ballots = [ballot for ballot in given if ballot.person not in blocked]
    all_of_them = Counter((ballot.choice, ballot.platform) for ballot in ballots)
    moderators = Counter((ballot.choice, ballot.platform) for ballot in ballots if ballot.moderator)
    same = sorted(all_of_them)
    counts = tuple(Count(*which, all_of_them[which], moderators[which]) for which in same)
    return Counts(interaction, counts, bool(given))


def _reacted(tables: Tables, session: Any) -> Reacted:
    given: list[Reaction] = [row for row in tables.get(Reaction, {}).values() if row.session == session]
    numbers = Counter((one.kind, one.platform) for one in given)
    return Reacted(session, tuple(sorted((*which, number) for which, number in numbers.items())))


def _burst(tables: Tables, session: Any, until: Any) -> Burst:
    given: list[Reaction] = [row for row in tables.get(Reaction, {}).values() if row.session == session]
    late = [one for one in given if until - BURST <= one.at < until]
    return Burst(
        session, until, tuple(sorted(Counter(one.kind for one in late).items())), len({it.person for it in late})
    )


def _joined(tables: Tables, session: Any) -> Joined:
    members: list[Member] = [row for row in tables.get(Member, {}).values() if row.session == session]
    return Joined(session, sum(member.consented_at is not None for member in members))


def _waiting(tables: Tables, place: Any, before: Any) -> Waiting:
    grants = (it for it in tables.get(Surface, {}).values() if it.kind == "grant" and it.place == place)
    return Waiting(place, before, sum(not (it.ref or it.gone or it.dead) and it.order_at < before for it in grants))


def _listening(tables: Tables, session: Any) -> Listening:
    members: list[Member] = [it for it in tables.get(Member, {}).values() if it.session == session and it.consented_at]
    joined = {it.person for it in members}
    here: list[Listener] = [it for it in tables.get(Listener, {}).values() if it.session == session and it.here]
    persons = {it.person for it in here} & joined
    return Listening(session, len(persons), len({it.person for it in here if not it.deafened} & persons))


def _standing(tables: Tables, session: Any) -> tuple[Any, ...]:
    """The lines of the chat that stand, oldest first."""
    stages = {it.id for it in tables.get(Place, {}).values() if it.kind == "stage"}
    lines: list[Message] = [it for it in tables.get(Message, {}).values() if it.session == session and not it.deleted]
    return tuple(it.id for it in sorted(lines, key=lambda it: (it.at, it.id)) if it.place in stages)


def _uncleared(tables: Tables, session: Any) -> tuple[Any, ...]:
    until = tables[Session][(session,)].cleared_at or 0
    lines = [tables[Message][(it,)] for it in _standing(tables, session)]
    return tuple(it.id for it in lines if it.at <= until and not it.cleared)[:200]


def _likes(tables: Tables, subject: Any) -> Likes:
    likes: list[Like] = [row for row in tables.get(Like, {}).values() if row.subject == subject and row.on]
    return Likes(subject, tuple(sorted(Counter(like.place for like in likes).items())))


def _write(table: Table, origin: Any | None, row: Any) -> None:
    primary = reader(row.pk)(row)
    there = table.get(primary)
    if isinstance(row, Ballot) and row.flips:
        if _turned(there) != _turned(origin):
            raise Conflict(f"Ballot {primary} was turned by somebody else")
        table[primary] = row
    elif isinstance(row, Ballot):
        # Two writers may both have decided on the same former ballot; the click that was later stays.
        if newer(row, there):
            table[primary] = row
    elif isinstance(row, Like | Upvote):
        if there is None or (row.at, row.delivery) >= (there.at, there.delivery):
            table[primary] = row
    elif isinstance(row, Unmatched | Duty):
        if there is None or row.at >= there.at:
            table[primary] = row
    elif isinstance(row, FormDraft | Reaction | Leading):
        table[primary] = row
    elif origin is None:
        if there is not None:
            raise Conflict(f"{type(row).__name__} {primary} is there already")
        table[primary] = row
    elif there is None:
        raise Conflict(f"{type(row).__name__} {primary} is gone")
    elif hasattr(row, "version") and not isinstance(row, Subject):
        if there.version != origin.version:
            raise Conflict(f"{type(row).__name__} {primary} was changed by somebody else")
        table[primary] = advanced(row)
    else:
        table[primary] = replace(there, **_changed(origin, row))


def _turned(ballot: Ballot | None) -> tuple[Any, ...] | None:
    """What tells whether it is the one that was read."""
    return None if ballot is None else (ballot.at, ballot.delivery, ballot.choice)


def _changed(origin: Any, row: Any) -> dict[str, Any]:
    """The fields that differ: a row without a version is written by others at the same time, in other fields."""
    names = [one.name for one in dataclasses.fields(row)]
    return {name: getattr(row, name) for name in names if getattr(row, name) != getattr(origin, name)}


def _check_unique(table: Table, names: tuple[str, ...]) -> None:
    seen: set[tuple[Any, ...]] = set()
    for row in table.values():
        value = tuple(_in_use(row) if name == "in_use" else getattr(row, name) for name in names)
        if None not in value and value in seen:
            raise Conflict(f"{type(row).__name__} by {names} is there already: {value}")
        seen.add(value)


def _in_use(place: Place) -> bool | None:
    return None if place.state == "released" else True
