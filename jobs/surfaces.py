"""One lane's work: bring the surfaces of a place up to date, one call at a time, through every kind of trouble.

Posting twice is worse than late: ``sent_at`` is committed before a post; after a lost answer or a crash the place's
history is read before anything is posted again.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog

from core.app import cards
from core.app.ports import (
    Budget,
    Clock,
    Closed,
    Down,
    Ledger,
    Missing,
    Platform,
    Rejected,
    Store,
    Task,
    TooFast,
    Unauthorized,
    Unclear,
)
from core.domain.ids import SECOND, Instant, NewId, SurfaceId
from core.domain.surfaces import Place, fits
from core.domain.text import PIECE_WEIGHT, plain, weight
from core.domain.view import Content, Speech

log = structlog.get_logger()

LEASE = 15 * SECOND
LOOK_UP_AFTER = 10 * SECOND
"""A post whose outcome is unknown is looked for after this long: by then it has arrived, or it never will."""
PACE = 2 * SECOND
"""One message is edited at most this often (RELIABILITY 7); what happens in between is one edit."""
ENOUGH = 2 * SECOND
"""Lines that would take longer than this at the place's rate go out together."""
WINDOW = 100
"""So many waiting surfaces are looked at at once."""
LONGEST_WAIT = 60 * SECOND
CLOCK_SKEW = 60 * SECOND
"""So far may the platform's clock be from ours; what is older and ours has its surface anyway."""
LINE_OVERHEAD = 80
"""Weight of a name and its markup in a bundle."""

Work = Callable[[Callable[[Ledger], Any]], Awaitable[Any]]


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
    ) -> None:
        self._place, self._platform, self._store = place, platform, store
        self._work, self._clock, self._new_id, self._holder = work, clock, new_id, holder
        self._ring = ring
        self._renewed = clock()
        self.lost = False
        """Another process took the lane, or the place is gone."""
        self.unauthorized = False

    async def step(self) -> bool:
        """Do one thing, or wait until one may be done; False when nothing is left to do soon."""
        if self._clock() > self._renewed + LEASE // 3 and not await self._renew():
            return False
        self._ring.clear()
        tasks = await asyncio.to_thread(self._store.outbox.tasks, self._place.id, WINDOW)
        now = self._clock()
        ready = [task for task in tasks if task.surface.next_at <= now]
        if not ready:
            later = [task.surface.next_at for task in tasks]
            return bool(later) and await self._pause(min(later), now, leave=True)
        if self._place.state != "open" or self._place.ref is None:
            return await self._open(ready[0])
        waits: list[Instant] = []
        for task in _one_a_verb(ready):
            may = await self._spend(task, now)
            if may <= now:
                await self._do(task, ready)
                return True
            waits.append(may)
        return await self._pause(min(waits), now, leave=False)

    async def _renew(self) -> bool:
        now = self._clock()
        place = await self._work(lambda it: it.lease(self._place.id, self._holder, now, Instant(now + LEASE)))
        if place is None or place.state == "dead":
            self.lost = True
            return False
        self._place, self._renewed = place, now
        return True

    async def _pause(self, until: Instant, now: Instant, *, leave: bool) -> bool:
        """Wait for a ring or the time; the lane is left when that is longer than a lease is worth holding."""
        seconds = (until - now) / SECOND
        if leave and seconds > 1:
            return False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(seconds, 0.001), 5.0)):
                await self._ring.wait()
        return True

    async def _spend(self, task: Task, now: Instant) -> Instant:
        verb = "read" if task.verb == "post" and task.surface.sent_at is not None else task.verb
        if verb in ("drop", "rebundle"):
            return now
        urgency = task.surface.urgency + (3 if verb == "edit" else 0)
        budgets: Sequence[Budget] = self._platform.budgets(verb, self._place, urgency)
        return await self._work(lambda it: it.spend(budgets, now))  # type: ignore[no-any-return]

    # -- one task ---------------------------------------------------------------------------------------------------

    async def _do(self, task: Task, ready: Sequence[Task]) -> None:
        try:
            match task.verb:
                case "post":
                    await self._post(task, ready)
                case "edit":
                    await self._edit(task)
                case "delete":
                    await self._delete(task)
                case "rebundle":
                    await self._keep(lambda it: it.rebundle(task, self._holder))
                case _:
                    await self._bury(task, "withdrawn before it was sent")
        except TooFast as slow:
            await self._wait_for(slow, task)
        except Down as down:
            await self._later(task, down.reason)
        except Unclear as unclear:
            await self._unclear(task, unclear.reason)
        except Missing:
            await self._bury(task, "it was removed on the platform")
        except Closed as closed:
            await self._close(closed.reason)
        except Rejected as rejected:
            log.error("the platform refuses this content", subject=task.surface.subject, why=rejected.reason)
            await self._bury(task, f"refused: {rejected.reason}")
        except Unauthorized:
            self.unauthorized = True
            await self._later(task, "the token is refused")

    async def _post(self, task: Task, ready: Sequence[Task]) -> None:
        if task.surface.sent_at is None and (together := await self._together(task, ready)):
            carrier = SurfaceId(self._new_id())
            now = self._clock()
            await self._keep(lambda it: it.bundle(together, self._holder, carrier, now))
            return
        content = await self._content(task)
        if task.surface.sent_at is not None and await self._found(task, content, task.surface.sent_at):
            return
        if content is None or task.surface.gone:
            await self._bury(task, "nothing to show any more")
            return
        now = self._clock()
        if not await self._keep(lambda it: it.sending(task, self._holder, now)):
            return
        nonce = f"{task.surface.id}-{task.surface.life}"
        ref = await self._platform.post(self._place, content, nonce=nonce, parent=task.parent_ref)
        await self._shown(task, ref)

    async def _found(self, task: Task, content: Content | None, sent_at: Instant) -> bool:
        """The post whose outcome was unknown, if it is there: the first of ours with these words that nobody owns."""
        now = self._clock()
        if now < sent_at + LOOK_UP_AFTER:
            at = Instant(sent_at + LOOK_UP_AFTER)
            await self._keep(lambda it: it.retry(task, self._holder, at, sent=True))
            return True
        refs = await self._platform.like(self._place, content, Instant(sent_at - CLOCK_SKEW))
        owned = await asyncio.to_thread(self._store.outbox.owned, self._place.id, refs) if refs else frozenset()
        free = [ref for ref in refs if ref not in owned]
        if not free:
            log.info("a lost post was not there; posting again", surface=task.surface.id)
            return False
        log.info("a lost post was there; adopted", surface=task.surface.id)
        # It may show an older state than the newest: shown at version 0 it is edited once to be sure.
        older = Task(task.surface, 0 if task.surface.follow == "live" else task.version)
        await self._shown(older, free[0], pace=0)
        return True

    async def _edit(self, task: Task) -> None:
        content = await self._content(task)
        ref = task.surface.ref
        if content is None or ref is None:
            await self._delete(task)
            return
        await self._platform.edit(self._place, ref, content)
        await self._shown(task, ref)

    async def _delete(self, task: Task) -> None:
        with contextlib.suppress(Missing):
            await self._platform.delete(self._place, task.surface.ref or "")
        await self._bury(task, "removed")

    async def _content(self, task: Task) -> Content | None:
        """What to show now; refused when somebody could read it for whom it was not made."""
        work = await asyncio.to_thread(self._store.read, lambda known: cards.needs(task.surface, known))
        content = cards.content(task.surface, work)
        if content is not None and not fits(content.audience, self._place):
            raise Rejected("it was made for others than those who can read the place")
        return content

    async def _together(self, task: Task, ready: Sequence[Task]) -> list[Task]:
        """The waiting lines that go out as one post; empty when each can have its own in good time."""
        lines = [it for it in ready if it.verb == "post" and it.surface.sent_at is None and _is_line(it)]
        if not _is_line(task) or len(lines) * self._platform.together(self._place) <= ENOUGH:
            return []
        chosen: list[Task] = []
        room = PIECE_WEIGHT
        for line in lines:
            content = await self._content(line)
            needed = weight(plain(content.body)) + LINE_OVERHEAD if isinstance(content, Speech) else PIECE_WEIGHT + 1
            if needed > room:
                break
            chosen.append(line)
            room -= needed
        return chosen if len(chosen) > 1 else []

    async def _open(self, task: Task) -> bool:
        now = self._clock()
        try:
            ref = await self._platform.open(self._place)
        except Closed as closed:
            await self._close(closed.reason)
            return False
        except TooFast as slow:
            await self._wait_for(slow, task)
            return True
        except Unauthorized:
            self.unauthorized = True
            return True
        except (Down, Unclear, Rejected, Missing) as trouble:
            log.warning("a room cannot be opened yet", place=self._place.id, why=trouble.reason)
            at = Instant(now + _backoff(task.surface.attempts))
            await self._keep(lambda it: it.retry(task, self._holder, at, sent=False))
            return True
        self._place = replace(self._place, ref=ref, state="open")
        return await self._keep(lambda it: it.opened(self._place.id, self._holder, ref))

    # -- what came of it --------------------------------------------------------------------------------------------

    async def _keep(self, do: Callable[[Ledger], bool]) -> bool:
        kept = await self._work(do)
        if not kept:
            self.lost = True
        return bool(kept)

    async def _shown(self, task: Task, ref: str, pace: int | None = None) -> None:
        at = Instant(self._clock() + (PACE if pace is None else pace))
        await self._keep(lambda it: it.shown(task, self._holder, ref, at))

    async def _bury(self, task: Task, reason: str) -> None:
        await self._keep(lambda it: it.bury(task, self._holder, reason))

    async def _close(self, reason: str) -> None:
        log.error("a room is gone; nothing more is shown there", place=self._place.id, why=reason)
        await self._keep(lambda it: it.close(self._place.id, self._holder, reason))
        self.lost = True

    async def _wait_for(self, slow: TooFast, task: Task) -> None:
        """Nothing is called before its time; nothing else is delayed by it."""
        until = Instant(self._clock() + int(slow.seconds * SECOND))
        names = (
            [slow.budget] if slow.budget else [it.name for it in self._platform.budgets(task.verb, self._place, 5)][:1]
        )

        def hold(ledger: Ledger) -> bool:
            for name in names:
                ledger.hold(name, until)
            return ledger.retry(task, self._holder, until, sent=False)

        await self._keep(hold)

    async def _later(self, task: Task, reason: str) -> None:
        log.warning("not done; trying again", surface=task.surface.id, verb=task.verb, why=reason)
        at = Instant(self._clock() + _backoff(task.surface.attempts))
        await self._keep(lambda it: it.retry(task, self._holder, at, sent=False))

    async def _unclear(self, task: Task, reason: str) -> None:
        if task.verb != "post":
            await self._later(task, reason)  # edits and deletions may be repeated
            return
        log.warning(
            "a post got no answer; it is looked for before it is posted again", surface=task.surface.id, why=reason
        )
        at = Instant(self._clock() + LOOK_UP_AFTER)
        await self._keep(lambda it: it.retry(task, self._holder, at, sent=True))


def _is_line(task: Task) -> bool:
    return task.surface.subject.startswith("message:")


def _one_a_verb(ready: Sequence[Task]) -> list[Task]:
    """The first task of each verb, in order: while posts wait for their budget, edits may go."""
    first: dict[str, Task] = {}
    for task in ready:
        first.setdefault(task.verb, task)
    return list(first.values())


def _backoff(attempts: int) -> int:
    """Half a second, doubling to a minute, with up to half of it again by chance (microseconds)."""
    base: int = min(LONGEST_WAIT, (SECOND // 2) << min(attempts, 10))
    return base + int(random.random() * base / 2)
