"""The statements of the ledger, each made once: making one costs several times what carrying it out does.

What is given is called ``its_`` and the column's name: a bare column's name would be written into the row.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Update, and_, bindparam, case, delete, exists, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from storage import tables
from storage.stale import stale

surface = tables.surface


def _its(column: Any) -> Any:
    return column == bindparam(f"its_{column.name}")


def _insert(dialect: str, table: Any) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def keep(dialect: str) -> Any:
    lane = tables.lane.c
    values: dict[str, Any] = {"holder": bindparam("its_holder"), "until": bindparam("its_until")}
    made = _insert(dialect, tables.lane).values(place=bindparam("its_place"), **values)
    free = _its(lane.holder) | (lane.until <= bindparam("now"))
    return made.on_conflict_do_update(index_elements=["place"], set_=values, where=free)


@cache
def place(names: tuple[str, ...]) -> Any:
    return select(*(tables.place.c[it] for it in names)).where(_its(tables.place.c.id))


@cache
def meet(dialect: str) -> Any:
    """A budget that is not known yet was never spent."""
    made = _insert(dialect, tables.budget).values(name=bindparam("its_name"), tat=0, not_before=0)
    return made.on_conflict_do_nothing()


@cache
def hold(dialect: str) -> Any:
    until: Any = bindparam("until")
    made = _insert(dialect, tables.budget).values(name=bindparam("its_name"), tat=0, not_before=until)
    later = tables.budget.c.not_before < until
    return made.on_conflict_do_update(index_elements=["name"], set_={"not_before": until}, where=later)


@cache
def change(names: tuple[str, ...]) -> Update:
    """These columns of one surface."""
    return update(surface).where(_its(surface.c.id)).values({name: bindparam(f"its_{name}") for name in names})


def _opened() -> Update:
    mine, other = tables.place, aliased(tables.place)
    ref: Any = bindparam("its_ref")
    another = exists().where(
        other.c.venue == mine.c.venue, other.c.ref == ref, other.c.state != "released", other.c.id != mine.c.id
    )
    values = {
        "ref": ref,
        # Whoever let it go, or found out who reads along, while it was looked at, was later.
        "state": case((mine.c.state == "wanted", "open"), else_=mine.c.state),
        **{name: bindparam(f"its_{name}") for name in ("private", "prunes", "pace", "wears")},
        "made": case((and_(mine.c.name != "", mine.c.ref.is_(None)), true()), else_=mine.c.made),
    }
    return update(mine).where(_its(mine.c.id), ~another).values(values)


OPENED = _opened()
DEAD = update(tables.place).where(_its(tables.place.c.id), tables.place.c.state != "released").values(state="dead")
RELEASE = delete(tables.lane).where(_its(tables.lane.c.place), _its(tables.lane.c.holder))
HELD = (
    update(tables.lane)
    .where(_its(tables.lane.c.place), _its(tables.lane.c.holder))
    .values(holder=bindparam("its_holder"))
)
BUDGETS = (
    select(tables.budget)
    .where(tables.budget.c.name.in_(bindparam("names", expanding=True)))
    .order_by(tables.budget.c.name)
    .with_for_update()
)
SPEND = update(tables.budget).where(_its(tables.budget.c.name)).values(tat=bindparam("its_tat"))
SENDING = (
    update(surface)
    .where(
        _its(surface.c.id),
        exists().where(
            tables.place.c.id == bindparam("its_place"),
            or_(tables.place.c.state == "wanted", tables.place.c.state == "open"),
        ),
    )
    .values(sent_at=bindparam("now"))
)
TOUCH = update(tables.subject).where(_its(tables.subject.c.id)).values(version=tables.subject.c.version + 1)
SETTLE = (
    update(tables.subject)
    .where(
        tables.subject.c.id == bindparam("of"),
        tables.subject.c.version == bindparam("seen"),
        tables.subject.c.settled < bindparam("seen"),
        ~exists().where(surface.c.subject == tables.subject.c.id, stale()),
    )
    .values(settled=bindparam("seen"))
)
