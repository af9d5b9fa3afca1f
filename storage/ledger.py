"""The surfaces as a queue, written: leases, budgets and what came of each call (implements core.app.ports.Ledger).

Whatever carries a holder is written only while that holder has the lane: the lease is renewed by the same UPDATE
that checks it, so a lane that was lost can write nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, false, insert, select, true, update

from core.app.platform import Budget, Opened
from core.app.ports import Task
from core.domain.ids import Instant, PlaceId, SubjectId, SurfaceId, subject
from core.domain.surfaces import Place, Subject, Surface
from storage import ledger_sql as sql
from storage import tables
from storage.rows import Mapped
from storage.stale import stale

REASON = 200
"""Characters that are kept of why a surface is dead."""
ASKED = "asked:"
"""What was typed before it was asked which session was meant: nobody answers that a day later."""
INBOX_LIFE = 24 * 3_600 * 1_000_000
surface = tables.surface


class SqlLedger:
    def __init__(self, connection: Connection, maps: Mapping[type[Any], Mapped]) -> None:
        self._db, self._maps = connection, maps

    # -- lanes ------------------------------------------------------------------------------------------------------

    def keep(self, lane: str, holder: str, now: Instant, until: Instant) -> bool:
        given = {"its_place": lane, "its_holder": holder, "its_until": until, "now": now}
        # Of an INSERT the library keeps the number of rows only when asked; on PostgreSQL it is -1 else.
        taken = self._db.execute(sql.keep(self._dialect), given, execution_options={"preserve_rowcount": True})
        return taken.rowcount > 0

    def lease(self, place: PlaceId, holder: str, now: Instant, until: Instant) -> Place | None:
        if not self.keep(place, holder, now, until):
            return None
        mapped = self._maps[Place]
        found = self._db.execute(sql.place(mapped.names), {"its_id": place}).one_or_none()
        return None if found is None else mapped.row(found)

    def release(self, place: PlaceId, holder: str) -> bool:
        return bool(self._db.execute(sql.RELEASE, {"its_place": place, "its_holder": holder}).rowcount)

    def release_all(self) -> None:
        self._db.execute(delete(tables.lane))

    def _held(self, place: PlaceId, holder: str) -> bool:
        """Whether the lane is still ours; locks its row, so that nobody takes it before this transaction ends."""
        return bool(self._db.execute(sql.HELD, {"its_place": place, "its_holder": holder}).rowcount)

    # -- budgets: GCRA, one row each --------------------------------------------------------------------------------

    def spend(self, budgets: Sequence[Budget], now: Instant) -> Instant:
        earliest = now
        if not budgets:
            return now
        names = sorted({it.name for it in budgets})
        self._db.execute(sql.meet(self._dialect), [{"its_name": name} for name in names])
        known = {row.name: row for row in self._db.execute(sql.BUDGETS, {"names": names})}
        for it in budgets:
            row = known[it.name]
            earliest = max(earliest, row.not_before, row.tat - it.burst)
        if earliest > now:
            return Instant(earliest)
        spent = [{"its_name": it.name, "its_tat": max(known[it.name].tat, now) + it.cost} for it in budgets]
        self._db.execute(sql.SPEND, spent)
        return now

    def hold(self, budget: str, until: Instant) -> None:
        self._db.execute(sql.hold(self._dialect), {"its_name": budget, "until": until})

    # -- what came of it --------------------------------------------------------------------------------------------

    def opened(self, place: PlaceId, holder: str, opened: Opened) -> bool:
        """False, too, when the channel became another place's meanwhile: then it is opened once more."""
        if not self._held(place, holder):
            return False
        given = {
            "its_id": place,
            "its_ref": opened.ref,
            "its_private": opened.private,
            "its_prunes": opened.prunes,
            "its_pace": opened.pace,
            "its_wears": opened.wears,
        }
        return bool(self._db.execute(sql.OPENED, given).rowcount)

    def close(self, place: PlaceId, holder: str, reason: str) -> bool:
        if not self._held(place, holder):
            return False
        self._dead(place)
        return True

    def _dead(self, place: PlaceId) -> None:
        """One that was let go stays so: its channel may be another place's by now."""
        self._db.execute(sql.DEAD, {"its_id": place})

    def sending(self, task: Task, holder: str, now: Instant) -> bool:
        """False, too, when the place is not to be shown anything any more: the last moment to notice."""
        if not self._held(task.surface.place, holder):
            return False
        given = {"its_id": task.surface.id, "its_place": task.surface.place, "now": now}
        return bool(self._db.execute(sql.SENDING, given).rowcount)

    def shown(self, task: Task, holder: str, ref: str, next_at: Instant) -> bool:
        return self._surface(task, holder, ref=ref, shown=task.version, sent_at=None, attempts=0, next_at=next_at)

    def touch(self, subjects: Sequence[SubjectId]) -> bool:
        if subjects:
            self._db.execute(sql.TOUCH, [{"its_id": one} for one in sorted(subjects)])
        return True

    def retry(self, task: Task, holder: str, at: Instant, *, sent: bool, failed: bool = True) -> bool:
        before = task.surface.attempts
        values: dict[str, Any] = {"next_at": at, "attempts": before + 1 if failed else max(before, 1)}
        return self._surface(task, holder, **values if sent else values | {"sent_at": None})

    def removed(self, task: Task, holder: str) -> bool:
        if not self._held(task.surface.place, holder):
            return False
        one = update(surface).where(surface.c.id == task.surface.id)
        same = surface.c.order_at == task.surface.order_at  # else it was asked for once more meanwhile
        self._db.execute(one.where(surface.c.gone == true(), same).values(dead="removed", sent_at=None))
        again = one.where(surface.c.gone == false(), surface.c.dead == "")
        self._db.execute(again.values(ref=None, shown=0, sent_at=None, life=surface.c.life + 1))
        self._settle(task.surface.subject, task.version)
        return True

    def admitted(self, tasks: Sequence[Task], holder: str, failed: Mapping[SurfaceId, str]) -> bool:
        if not self._held(tasks[0].surface.place, holder):
            return False
        done = [
            {"its_id": it.surface.id, "its_ref": it.surface.subject.split(":", 2)[2], "its_shown": it.version}
            for it in tasks
            if it.surface.id not in failed
        ]
        refused = [
            {"its_id": it.surface.id, "its_dead": failed[it.surface.id][:REASON] or "refused"}
            for it in tasks
            if it.surface.id in failed
        ]
        if done:
            self._db.execute(sql.change(("ref", "shown")).values(attempts=0), done)
        if refused:
            self._db.execute(sql.change(("dead",)), refused)
        self._settle_all(tasks)
        return True

    def archived(self, task: Task, holder: str) -> bool:
        if not self._held(task.surface.place, holder):
            return False
        self._write(task, ref="archive", shown=task.version)
        self._dead(task.surface.place)
        return True

    def worn(self, task: Task, holder: str, old: SurfaceId, now: Instant) -> bool:
        before = task.surface
        if not self._held(before.place, holder):
            return False
        anew = {"ref": None, "shown": 0, "attempts": 0, "next_at": now}
        mine = update(surface).where(surface.c.id == before.id, surface.c.ref == before.ref, surface.c.gone == false())
        done = self._db.execute(mine.values(**anew, sent_at=None, life=before.life + 1, order_at=now))
        if not done.rowcount:
            return True  # withdrawn meanwhile: it is removed anyway
        left = Surface(old, subject("worn", old), before.place, ref=before.ref, gone=True, order_at=now, next_at=now)
        self._db.execute(insert(tables.subject), self._maps[Subject].values(Subject(left.subject)))
        self._db.execute(insert(surface), self._maps[Surface].values(left))
        pins = and_(surface.c.parent == before.id, surface.c.kind == "pin", surface.c.gone == false())
        self._db.execute(update(surface).where(pins, surface.c.dead == "").values(**anew))
        again = select(surface.c.subject).where((surface.c.id == before.id) | pins)
        self._db.execute(update(tables.subject).where(tables.subject.c.id.in_(again)).values(settled=0))
        return True

    def bury(self, task: Task, holder: str, reason: str) -> bool:
        if not task.surface.gone:
            return self._surface(task, holder, dead=reason[:REASON], sent_at=None)
        if not self._held(task.surface.place, holder):
            return False
        # What was withdrawn may be wanted again by now.
        one = update(surface).where(surface.c.id == task.surface.id, surface.c.gone == true())
        self._db.execute(one.values(dead=reason[:REASON], sent_at=None))
        self._settle(task.surface.subject, task.version)
        return True

    def _surface(self, task: Task, holder: str, **values: Any) -> bool:
        if not self._held(task.surface.place, holder):
            return False
        self._write(task, **values)
        return True

    def _write(self, task: Task, **values: Any) -> None:
        given = {f"its_{name}": value for name, value in values.items()}
        self._db.execute(sql.change(tuple(values)), given | {"its_id": task.surface.id})
        self._settle(task.surface.subject, task.version)

    def _settle(self, of: SubjectId, version: int) -> None:
        """The subject needs no more looking at when none of its surfaces is behind."""
        self._db.execute(sql.SETTLE, {"of": of, "seen": version})

    def _settle_all(self, tasks: Sequence[Task]) -> None:
        seen = sorted({(it.surface.subject, it.version) for it in tasks})
        self._db.execute(sql.SETTLE, [{"of": of, "seen": version} for of, version in seen])

    # -- bundles ----------------------------------------------------------------------------------------------------

    def bundle(self, tasks: Sequence[Task], holder: str, carrier: SurfaceId, now: Instant) -> bool:
        place = tasks[0].surface.place
        if not self._held(place, holder):
            return False
        what = subject("bundle", carrier)
        first = tasks[0].surface
        post = Surface(carrier, what, place, urgency=first.urgency, order_at=first.order_at, next_at=now)
        self._db.execute(insert(tables.subject), self._maps[Subject].values(Subject(what)))
        self._db.execute(insert(surface), self._maps[Surface].values(post))
        for task in tasks:
            self._write(task, bundle=carrier, shown=task.version, sent_at=None)
        return True

    def rebundle(self, task: Task, holder: str) -> bool:
        if not self._held(task.surface.place, holder):
            return False
        self.touch([subject("bundle", task.surface.bundle or "")])
        self._write(task, shown=task.version, **({"dead": "removed"} if task.surface.gone else {}))
        return True

    # -- housekeeping -----------------------------------------------------------------------------------------------

    def sweep(self, now: Instant) -> int:
        table = tables.subject
        left = exists().where(surface.c.subject == table.c.id, stale())
        self._db.execute(update(table).where(table.c.settled < table.c.version, ~left).values(settled=table.c.version))
        asked = tables.draft.c.form.startswith(ASKED, autoescape=True)
        self._db.execute(delete(tables.draft).where(asked, tables.draft.c.at < now - INBOX_LIFE))
        old = delete(tables.inbox).where(tables.inbox.c.at < now - INBOX_LIFE)
        return int(self._db.execute(old).rowcount)

    def probe(self) -> None:
        """A write that changes nothing, for readiness."""
        self._db.execute(update(tables.lane).where(tables.lane.c.place == "").values(holder=""))
        self._db.execute(select(true()))

    @property
    def _dialect(self) -> str:
        return self._db.dialect.name
