"""Bringing one surface up to date: post, edit, delete and what :mod:`jobs.rooms` does, through all kinds of trouble.

Posting twice is worse than late: ``sent_at`` is committed before a post; after a lost answer or a crash the place's
history is read before anything is posted again.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from core.app import cards, session_cards
from core.app.platform import (
    Closed,
    Down,
    Lacking,
    Missing,
    NotYet,
    Platform,
    Rejected,
    TooFast,
    Unauthorized,
    Unclear,
    Worn,
)
from core.app.ports import Clock, Ledger, Store, Task
from core.domain.ids import SECOND, Instant, SurfaceId
from core.domain.surfaces import Place, fits
from core.domain.view import Content, Speech
from jobs.bundles import BUNDLE_WEIGHT, weight_in_bundle
from jobs.metrics import CALLS
from jobs.reports import Reports
from jobs.rooms import Rooms

log = structlog.get_logger()

LOOK_UP_AFTER = 10 * SECOND
"""A post whose outcome is unknown is looked for after this long: by then it has arrived, or it never will."""
PACE = 2 * SECOND
"""One message is edited at most this often (RELIABILITY 7); what happens in between is one edit."""
ENOUGH = 2 * SECOND
"""Lines that would take longer than this at the place's rate go out together."""
LONGEST_WAIT = 60 * SECOND
CLOCK_SKEW = 60 * SECOND
"""So far may the platform's clock be from ours; what is older and ours has its surface anyway."""
Work = Callable[[Callable[[Ledger], Any]], Awaitable[Any]]
"""Runs a write of the jobs in the writer's thread."""


class Surfaces:
    """The surfaces of one place, while its lane is held. Every outcome is written only under that lease."""

    def __init__(
        self, platform: Platform, store: Store, work: Work, clock: Clock, holder: str, reports: Reports
    ) -> None:
        self._platform, self._store, self._work = platform, store, work
        self._clock, self._holder, self._reports = clock, holder, reports
        self.lost = False
        """Another process took the lane, or the place is gone."""
        self.unauthorized = False
        self._rooms = Rooms(platform, store, holder, self.keep)

    async def attend(self, task: Task, place: Place, *others: Task) -> None:
        """Do one thing, or with one call the same for several; whatever comes of it is written down."""
        tasks = (task, *others)
        try:
            await self._do(tasks, place)
            self._count(task, "done")
            await self._reports.lacks(place, "", task.verb)
        except Missing as missing:
            self._count(task, "missing")
            await self._bury(tasks, missing.reason if task.verb == "pin" else "it was removed on the platform")
        except Rejected as rejected:
            self._count(task, "rejected")
            log.error("the platform refuses this content", subject=task.surface.subject, why=rejected.reason)
            await self._bury(tasks, f"refused: {rejected.reason}")
        except Worn as worn:
            self._count(task, "worn")
            await self._renew(task, worn)
        except (TooFast, Down, Unclear, Closed, Unauthorized) as trouble:
            self._count(task, type(trouble).__name__.lower())
            await self.trouble(trouble, tasks, place)

    async def _do(self, tasks: Sequence[Task], place: Place) -> None:
        task = tasks[0]
        match task.verb:
            case "post":
                await self._post(task, place)
            case "edit":
                await self._edit(task, place)
            case "delete":
                await self._delete(task, place)
            case "rebundle":
                await self.keep(lambda it: it.rebundle(task, self._holder))
            case "admit":
                await self._rooms.admit(tasks, place)
            case "expel" if place.ref is not None:
                await self._rooms.expel(task, place)
            case "pin":
                await self._rooms.pin(task, place, self._clock())
            case "unpin":
                await self._rooms.unpin(task, place)
            case "topic":
                await self._topic(task, place)
            case "archive" if place.ref is not None:
                await self._rooms.archive(task, place)
            case _:
                await self._bury(tasks, "withdrawn before it was sent")

    def _count(self, task: Task, came_to: str) -> None:
        CALLS.labels(self._platform.name, task.verb, came_to).inc()

    async def trouble(
        self,
        trouble: TooFast | Down | Unclear | Closed | Unauthorized,
        tasks: Sequence[Task],
        place: Place,
        before: str = "",
    ) -> None:
        """What is tried again, and when; what ends the place; what ends everything.

        ``before``: the verb of a call that only prepared the tasks' own. What was unknown of these stays unknown.
        """
        if isinstance(trouble, Down | Unclear) and not isinstance(trouble, Lacking | NotYet):
            await self._reports.reached(place, False)
        match trouble:
            case TooFast():
                await self._wait_for(trouble, tasks, place, before)
            case Closed():
                closed = await self.keep(lambda it: it.close(place.id, self._holder, trouble.reason))
                self.lost = True
                if closed:
                    await self._reports.gone(place, trouble.reason)
            case Lacking():
                await self._later(tasks, trouble.reason, before)
                await self._reports.lacks(place, trouble.reason, tasks[0].verb)
            case Unauthorized():
                self.unauthorized = True
                await self._later(tasks, trouble.reason, before)
            case Unclear() if tasks[0].verb == "post" and not before:
                log.warning("a post got no answer; it is looked for first", surface=tasks[0].surface.id)
                await self._retry(tasks, Instant(self._clock() + LOOK_UP_AFTER), sent=True)
            case _:  # all but posts may be repeated
                await self._later(tasks, trouble.reason, before)

    async def keep(self, do: Callable[[Ledger], bool]) -> bool:
        """Write what came of it; False, and the lane is lost, when somebody else holds it."""
        kept = bool(await self._work(do))
        self.lost |= not kept
        return kept

    async def together(self, task: Task, place: Place, ready: Sequence[Task]) -> list[Task]:
        """The waiting lines that go out as one post; empty when each can have its own in good time."""
        lines = [it for it in ready if it.verb == "post" and it.surface.sent_at is None and _is_line(it)]
        if task not in lines or len(lines) * self._platform.together(place) <= ENOUGH:
            return []
        chosen: list[Task] = []
        room = BUNDLE_WEIGHT
        for line in lines:
            if line.held and all(it.surface.id != line.surface.parent for it in chosen):
                break
            content = await self._content(line)
            needed = weight_in_bundle(content) if isinstance(content, Speech) else BUNDLE_WEIGHT + 1
            if needed > room:
                break
            chosen.append(line)
            room -= needed
        return chosen if len(chosen) > 1 else []

    # -- one call ---------------------------------------------------------------------------------------------------

    async def _post(self, task: Task, place: Place) -> None:
        content = await self._shown_to(task, place)
        if task.surface.sent_at is not None and await self._found(task, place, content, task.surface.sent_at):
            return
        if content is None or task.surface.gone:
            await self._bury((task,), "nothing to show any more")
            return
        now = self._clock()
        if not await self.keep(lambda it: it.sending(task, self._holder, now)):
            return
        nonce = f"{task.surface.id}-{task.surface.life}"
        ref = await self._platform.post(place, content, nonce=nonce, parent=task.parent_ref)
        await self._shown(task, place, ref)

    async def _found(self, task: Task, place: Place, content: Content | None, sent_at: Instant) -> bool:
        """The post whose outcome was unknown, if it is there: the first of ours with these words that nobody owns."""
        if self._clock() < sent_at + LOOK_UP_AFTER:
            at = Instant(sent_at + LOOK_UP_AFTER)
            await self.keep(lambda it: it.retry(task, self._holder, at, sent=True, failed=False))
            return True
        try:
            since = Instant(sent_at - CLOCK_SKEW)
            refs = await self._platform.like(place, content, since, parent=task.parent_ref)
        except (TooFast, Down, Unclear, Unauthorized) as trouble:
            await self.trouble(trouble, (task,), place, "read")
            return True
        owned = await asyncio.to_thread(self._store.outbox.owned, place.id, refs) if refs else frozenset()
        free = [ref for ref in refs if ref not in owned]
        log.info("a post without an answer", surface=task.surface.id, there=bool(free))
        if not free:
            return False
        # It may show an older state than the newest: shown at version 0 it is edited once to be sure.
        older = Task(task.surface, 0 if task.surface.follow == "live" else task.version)
        await self._shown(older, place, free[0], pace=0)
        return True

    async def _edit(self, task: Task, place: Place) -> None:
        content, ref = await self._shown_to(task, place), task.surface.ref
        if content is None or ref is None:
            await self._delete(task, place)
            return
        await self._platform.edit(place, ref, content, parent=task.parent_ref)
        await self._shown(task, place, ref)

    async def _delete(self, task: Task, place: Place) -> None:
        with contextlib.suppress(Missing):
            await self._platform.delete(place, task.surface.ref or "")
        await self.keep(lambda it: it.removed(task, self._holder))

    async def _renew(self, task: Task, worn: Worn) -> None:
        """A card is posted anew, and the old one goes; what people wrote stands where it was said, and waits."""
        now = self._clock()
        if task.verb != "edit" or _is_speech(task):
            await self._retry((task,), Instant(now + int(worn.seconds * SECOND)), sent=False)
            return
        log.info("too old to be edited; posted anew", surface=task.surface.id)
        old = SurfaceId(f"{task.surface.id}.{task.surface.life}")
        await self.keep(lambda it: it.worn(task, self._holder, old, now))

    async def _topic(self, task: Task, place: Place) -> None:
        content = await self._shown_to(task, place)
        if content is None:
            await self._bury((task,), "nothing to show any more")
            return
        await self._rooms.topic(task, place, content, Instant(self._clock() + PACE))

    async def _content(self, task: Task) -> Content | None:
        work = await asyncio.to_thread(self._store.read, lambda known: cards.needs(task.surface, known))
        return cards.content(task.surface, work)

    async def _shown_to(self, task: Task, place: Place) -> Content | None:
        """What to show now; refused when somebody could read it for whom it was not made."""
        content = await self._content(task)
        if content is not None and not fits(content.audience, place):
            raise Rejected("it was made for others than those who can read the place")
        return content

    # -- what came of it --------------------------------------------------------------------------------------------

    async def _shown(self, task: Task, place: Place, ref: str, pace: int | None = None) -> None:
        subject = task.surface.subject
        at = Instant(self._clock() + (max(PACE, session_cards.pace(subject)) if pace is None else pace))
        await self._reports.reached(place, True)
        told = session_cards.telling(subject, place) if task.surface.ref is None else ()
        await self.keep(lambda it: it.shown(task, self._holder, ref, at) and it.touch(told))

    async def _bury(self, tasks: Sequence[Task], reason: str) -> None:
        await self.keep(lambda it: all(it.bury(task, self._holder, reason) for task in tasks))

    async def _retry(self, tasks: Sequence[Task], at: Instant, *, sent: bool) -> None:
        await self.keep(lambda it: all(it.retry(task, self._holder, at, sent=sent) for task in tasks))

    async def _wait_for(self, slow: TooFast, tasks: Sequence[Task], place: Place, before: str) -> None:
        """Nothing is called before its time; nothing else is delayed by it."""
        until = Instant(self._clock() + int(slow.seconds * SECOND))
        spent = self._platform.budgets(before or tasks[0].verb, place, 5)
        names = [slow.budget] if slow.budget else [it.name for it in spent][:1]

        def hold(ledger: Ledger) -> bool:
            for name in names:
                ledger.hold(name, until)
            sent = bool(before)
            return all(ledger.retry(task, self._holder, until, sent=sent, failed=False) for task in tasks)

        await self.keep(hold)

    async def _later(self, tasks: Sequence[Task], reason: str, before: str = "") -> None:
        surface, verb = tasks[0].surface, before or tasks[0].verb
        log.warning("not done; trying again", surface=surface.id, verb=verb, number=len(tasks), why=reason)
        await self._retry(tasks, Instant(self._clock() + _backoff(surface.attempts)), sent=bool(before))


def _is_line(task: Task) -> bool:
    return task.surface.subject.startswith("message:")


def _is_speech(task: Task) -> bool:
    return _is_line(task) or task.surface.subject.startswith("bundle:")


def _backoff(attempts: int) -> int:
    """Half a second, doubling to a minute, with up to half of it again by chance (microseconds)."""
    base: int = min(LONGEST_WAIT, (SECOND // 2) << min(attempts, 10))
    return base + int(random.random() * base / 2)
