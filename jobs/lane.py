"""One lane: one place, one holder, one thing in flight; what goes next and when it may.

Posts keep their order: while the first of them waits (for its time, or for the outcome of a lost answer), the posts
behind it wait too. Edits and deletions of what is already there go on meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace

import structlog

from core.app import session_cards
from core.app.platform import Budget, Closed, Down, Missing, Opened, Platform, Rejected, TooFast, Unauthorized, Unclear
from core.app.ports import Clock, Store, Task
from core.app.unit_of_work import key
from core.domain.ids import SECOND, Instant, NewId, SurfaceId
from core.domain.surfaces import Place, usable
from jobs.reports import Reports
from jobs.surfaces import Surfaces, Work

log = structlog.get_logger()

LEASE = 15 * SECOND
"""A lane whose holder died is taken over after this long."""
WINDOW = 100
"""So many waiting surfaces are looked at at once."""
LEAVE = SECOND
"""A lane with nothing to do for longer than this is let go."""


class Lane:
    """The work of one place, while this process holds it."""

    def __init__(
        self,
        place: Place,
        platform: Platform,
        store: Store,
        work: Work,
        clock: Clock,
        new_id: NewId,
        holder: str,
        ring: asyncio.Event,
        reports: Reports,
    ) -> None:
        self._place, self._platform, self._store, self._work = place, platform, store, work
        self._clock, self._new_id, self._holder, self._ring = clock, new_id, holder, ring
        self._surfaces = Surfaces(platform, store, work, clock, holder, reports)
        self._renewed = clock()
        self._paid: SurfaceId | None = None
        self._looked = False
        """Something was done here, or waited for."""

    @property
    def lost(self) -> bool:
        return self._surfaces.lost

    @property
    def unauthorized(self) -> bool:
        return self._surfaces.unauthorized

    async def step(self) -> bool:
        """Do one thing, or wait until one may be done; False when nothing is left to do soon."""
        if self._clock() > self._renewed + LEASE // 3 and not await self._renew():
            return False
        self._ring.clear()
        tasks = _in_turn(await asyncio.to_thread(self._store.outbox.tasks, self._place.id, WINDOW))
        now = self._clock()
        heads = _heads(tasks)
        ready = [task for task in heads if task.surface.next_at <= now]
        if not ready:
            return await self._rest(heads, tasks, now)
        waiting = [task for task in tasks if task.surface.next_at <= now]
        for task in ready:
            if _by_itself(task, self._place):
                await self._surfaces.attend(task, self._place)
                return True
        if self._place.state not in ("open", "exposed") or self._place.ref is None:
            return await self._open(waiting)
        waits: list[Instant] = []
        for task in ready:
            may = await self._spend(task, now)
            if may <= now:
                await self._go(task, waiting)
                return True
            waits.append(may)
        return await self._pause(min(waits), now)

    async def _rest(self, heads: Sequence[Task], tasks: Sequence[Task], now: Instant) -> bool:
        """Wait for the first of the heads; the lane is let go when there is nothing to do in it for a while."""
        first = min((it.surface.next_at for it in tasks), default=now)
        if not tasks and self._looked:
            return False
        if first - now > LEAVE:
            return False
        # Something waits for another's outcome or for its parent: a lane let go here would be taken anew at once.
        self._looked = True
        return await self._pause(min((it.surface.next_at for it in heads), default=Instant(now + LEAVE)), now)

    async def _go(self, task: Task, ready: Sequence[Task]) -> None:
        """The task, or the bundle that takes its place: made now, when it may be posted, with all that wait.

        Who waits at the door is let in together with the others.
        """
        self._looked = True
        if task.verb == "admit":
            others = [it for it in ready if it.verb == "admit" and it.surface.id != task.surface.id]
            await self._surfaces.attend(task, self._place, *others[: self._platform.party - 1])
            return
        together = await self._surfaces.together(task, self._place, ready)
        if not together:
            await self._surfaces.attend(task, self._place)
            return
        carrier, now = SurfaceId(self._new_id()), self._clock()
        if await self._surfaces.keep(lambda it: it.bundle(together, self._holder, carrier, now)):
            self._paid = carrier

    async def _renew(self) -> bool:
        now = self._clock()
        place = await self._work(lambda it: it.lease(self._place.id, self._holder, now, Instant(now + LEASE)))
        if place is None or not (usable(place) or place.state == "exposed"):
            self._surfaces.lost = True
            return False
        self._place, self._renewed = place, now
        return True

    async def _pause(self, until: Instant, now: Instant) -> bool:
        """Wait for a ring or the time, holding the lane."""
        seconds = min(max((until - now) / SECOND, 0.001), LEASE / SECOND / 3)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ring.wait()
        return True

    async def _spend(self, task: Task, now: Instant) -> Instant:
        if task.surface.id == self._paid:
            self._paid = None
            return now
        verb = "read" if task.verb == "post" and task.surface.sent_at is not None else task.verb
        urgency = task.surface.urgency + (3 if verb == "edit" else 0)
        budgets: Sequence[Budget] = self._platform.budgets(verb, self._place, urgency)
        if not budgets:
            return now
        return await self._work(lambda it: it.spend(budgets, now))  # type: ignore[no-any-return]

    async def _open(self, tasks: Sequence[Task]) -> bool:
        """Making or adopting the place is the first step of whatever is shown in it: all of it waits for that."""
        now = self._clock()
        budgets = self._platform.budgets("open", self._place, min(it.surface.urgency for it in tasks))
        may: Instant = await self._work(lambda it: it.spend(budgets, now))
        if may > now:
            return await self._pause(may, now)
        try:
            opened = await self._platform.open(self._place, await self._taken(), await self._under())
        except (TooFast, Down, Unclear, Closed, Unauthorized) as trouble:
            await self._surfaces.trouble(trouble, tasks, self._place, "open")
        except (Rejected, Missing) as trouble:
            if self._place.ref is None:
                await self._surfaces.trouble(Closed(trouble.reason), tasks, self._place, "open")
            else:  # a channel that is known is tried: what is posted there tells for certain
                log.warning("a room could not be looked at", place=self._place.id, why=trouble.reason)
                await self._opened(_as_known(self._place, self._place.ref))
        else:
            await self._opened(opened)
        return not self.lost

    async def _taken(self) -> frozenset[str]:
        """Every channel in the venue that is a place already, where a new one is to be made."""
        if not self._place.name or self._place.ref is not None:
            return frozenset()
        return await asyncio.to_thread(self._store.outbox.taken, self._place.venue)

    async def _under(self) -> str:
        """The channel of the room that a thread is made under; "" where that is gone."""
        if (parent := self._place.parent) is None:
            return ""
        known = await asyncio.to_thread(self._store.read, lambda work: [key(Place, parent)])
        room = known.get(Place, parent)
        return room.ref or "" if room else ""

    async def _opened(self, opened: Opened) -> None:
        place = self._place
        made = place.made or (place.name != "" and place.ref is None)
        self._place = replace(
            place,
            ref=opened.ref,
            state="open",
            private=opened.private,
            prunes=opened.prunes,
            pace=opened.pace,
            wears=opened.wears,
            made=made,
        )
        told = session_cards.telling(None, self._place)
        await self._surfaces.keep(lambda it: it.opened(self._place.id, self._holder, opened) and it.touch(told))


def _as_known(place: Place, ref: str) -> Opened:
    return Opened(ref, place.private, place.prunes, place.pace, place.wears)


def _by_itself(task: Task, place: Place) -> bool:
    """What asks nothing of the platform needs no room; nor is one made only to send people out or to be put away."""
    return task.verb in ("drop", "rebundle") or (task.verb in ("archive", "expel") and place.ref is None)


def _in_turn(tasks: Sequence[Task]) -> list[Task]:
    """Without answers to what is not posted yet, but for those behind it: these keep their turn among the lines."""
    found: list[Task] = []
    known: set[SurfaceId | None] = set()
    for task in tasks:
        if not task.held or task.surface.parent in known:
            found.append(task)
            known.add(task.surface.id)
    return found


def _heads(tasks: Sequence[Task]) -> list[Task]:
    """The first task of each verb in order, and of posts only the very first: lines never overtake each other."""
    first: dict[str, Task] = {}
    # Nothing can be done in a room that was put away.
    for task in [it for it in tasks if it.verb != "archive"] or tasks:
        earlier = first.get(task.verb)
        if earlier is None or (task.verb != "post" and task.surface.next_at < earlier.surface.next_at):
            first[task.verb] = task
    # Who shall be out goes before everything: what they go on writing would hold it up.
    return sorted(first.values(), key=lambda it: it.verb != "expel")
