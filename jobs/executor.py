"""The writer: one thread that drains the queue, decides a batch in memory and commits it before anybody is answered.

Hot commands go up to 200 together; all others alone. A batch that fails is rolled back and its commands are tried
one by one, so no command suffers for another's.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from core.app.commands import HOT, Command
from core.app.handle import handle, needs, refusal
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.ports import Clock, Conflict, Ledger, Moment, StorageDown, Store
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.ids import NewId, PersonId
from core.domain.refused import Ignored
from core.domain.surfaces import Surface
from core.domain.view import OnlyPerson
from jobs.metrics import BATCHES, COMMANDS, COMMIT

log = structlog.get_logger()
Got = TypeVar("Got")

BATCH = 200
"""Measured: 28,300 ballots a second at 50 a batch and 59,700 at 200 (PERFORMANCE); more only adds delay."""
TRIES = 5
"""For conflicts between replicas, serialization failures and deadlocks."""
PATIENCE = 1.5
"""Seconds before a press is answered with "received, saving…": within the platforms' 3 s with room for the way back."""


@dataclass(slots=True)
class _Waiting:
    """A command and whoever waits for its outcome."""

    command: Command
    answer: asyncio.Future[Outcome | Saving]
    deadline: float
    """When "received, saving…" is the answer, in the loop's time."""
    late: asyncio.Future[Outcome] | None = None
    """The outcome, where the answer was given before it."""


@dataclass(slots=True)
class _Work:
    """A write of the jobs' own, in a transaction with others of its kind."""

    do: Callable[[Ledger], Any]
    future: asyncio.Future[Any]


class Executor:
    """Implements :class:`core.app.ports.Submit`. Started and stopped by the event loop that it answers to."""

    def __init__(
        self, store: Store, clock: Clock, new_id: NewId, *, batch: int = BATCH, patience: float = PATIENCE
    ) -> None:
        self._store, self._clock, self._new_id = store, clock, new_id
        self._batch, self._patience = batch, patience
        self._hot: deque[_Waiting] = deque()
        self._alone: deque[_Waiting] = deque()
        self._work: deque[_Work] = deque()
        self._unanswered: deque[_Waiting] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._bell = threading.Condition()
        self._rung = False
        """There is something to take for the writer."""
        self._ringing = False
        """The bell rings soon."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._new_surfaces = False
        self.on_commit: Callable[[bool], None] = lambda pressing: None
        """Called in the loop after every commit of commands: something may have become visible.

        Told False when all of it is newer states of what is shown already, as after a crowd's ballots.
        """

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Finish what was handed in, then end."""
        with self._bell:
            self._stopping = True
            self._bell.notify()
        await asyncio.to_thread(self._thread.join)
        if self._alarm is not None:
            self._alarm.cancel()

    async def __call__(self, command: Command) -> Outcome | Saving:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(command, loop.create_future(), loop.time() + self._patience)
        self._put(self._hot if isinstance(command, HOT) else self._alone, waiting)
        self._unanswered.append(waiting)
        if self._alarm is None:
            self._alarm = loop.call_at(waiting.deadline, self._lose_patience, loop)
        return await waiting.answer

    def _lose_patience(self, loop: asyncio.AbstractEventLoop) -> None:
        """One timer for all, which wait equally long: a timer each would cost more than the rest of the waiting."""
        waiting, now = self._unanswered, loop.time()
        while waiting and (waiting[0].answer.done() or waiting[0].deadline <= now):
            first = waiting.popleft()
            if not first.answer.done():
                first.late = loop.create_future()
                first.answer.set_result(Saving(first.late))
        self._alarm = loop.call_at(waiting[0].deadline, self._lose_patience, loop) if waiting else None

    async def work(self, do: Callable[[Ledger], Got]) -> Got:
        """Run a write of the jobs. It may run twice when the first transaction failed. Raises StorageDown."""
        work = _Work(do, asyncio.get_running_loop().create_future())
        self._put(self._work, work)
        return await work.future  # type: ignore[no-any-return]

    def _put(self, queue: deque[Any], item: _Waiting | _Work) -> None:
        if self._stopping:
            raise StorageDown("shutting down")
        queue.append(item)
        if not self._ringing:
            # After everything that is ready in the loop now: what arrives together is committed together, and the
            # writer does not take the interpreter from the loop for the first of it.
            self._ringing = True
            asyncio.get_running_loop().call_soon(self._ring)

    def _ring(self) -> None:
        self._ringing = False
        with self._bell:
            self._rung = True
            self._bell.notify()

    # -- the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._bell:
                self._bell.wait_for(lambda: self._rung or self._stopping)
                hot = _take(self._hot, self._batch)
                work = _take(self._work, self._batch)
                alone = _take(self._alone, 1)
                self._rung = bool(self._alone) or len(hot) == self._batch or len(work) == self._batch
                if self._stopping and not (hot or work or alone):
                    return
            if hot:
                self._answer(hot, self._decide([it.command for it in hot], alone=False))
            if work:
                self._do(work)
            if alone:
                self._answer(alone, self._decide([alone[0].command], alone=True))

    def _decide(self, commands: Sequence[Command], *, alone: bool) -> list[Outcome]:
        try:
            return self._commit(commands, alone=alone)
        except (Conflict, StorageDown) as trouble:
            if len(commands) > 1:
                log.info("batch tried one by one", size=len(commands), why=type(trouble).__name__)
        except Exception:
            log.exception("a batch failed", size=len(commands))
        return [self._one_by_one(command, alone=alone) for command in commands]

    def _one_by_one(self, command: Command, *, alone: bool) -> Outcome:
        for attempt in range(1, TRIES + 1):
            try:
                return self._commit([command], alone=alone)[0]
            except Conflict:
                log.info("decided again on fresh state", command=type(command).__name__, attempt=attempt)
            except StorageDown as down:
                log.error("not saved", command=type(command).__name__, why=str(down))
                break
            except Exception:
                log.exception("a command failed", command=type(command).__name__)
                break
        return refusal(NOT_SAVED, OnlyPerson(PersonId("")))

    def _commit(self, commands: Sequence[Command], *, alone: bool) -> list[Outcome]:
        moment = Moment(self._clock(), self._new_id)
        work = UnitOfWork()
        with COMMIT.time(), self._store.writing(alone=alone) as transaction:
            transaction.fill(work, lambda known: _all_needs(commands, known))
            outcomes = [_handled(command, work, moment) for command in commands]
            if work.news():
                transaction.flush(work)
                transaction.commit()
        self._new_surfaces |= alone or work.puts(Surface)
        BATCHES.observe(len(commands))
        for (name, came_to), number in Counter(map(_came_to, commands, outcomes)).items():
            COMMANDS.labels(name, came_to).inc(number)
        return outcomes

    def _answer(self, waiting: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
        """All futures in one call to the loop."""
        pressing, self._new_surfaces = self._new_surfaces, False

        def resolve() -> None:
            for it, outcome in zip(waiting, outcomes, strict=True):
                if it.late is not None and not it.late.done():
                    it.late.set_result(outcome)
                elif not it.answer.done():
                    it.answer.set_result(outcome)
            while self._unanswered and self._unanswered[0].answer.done():
                self._unanswered.popleft()
            self.on_commit(pressing)

        self._call(resolve)

    def _do(self, work: Sequence[_Work]) -> None:
        try:
            with self._store.writing() as transaction:
                results = [it.do(transaction.ledger) for it in work]
                transaction.commit()
        except Exception as trouble:
            if len(work) > 1:
                for it in work:
                    self._do([it])
                return
            self._call(_failing(work[0].future, trouble))
            return

        def resolve() -> None:
            for it, result in zip(work, results, strict=True):
                if not it.future.done():
                    it.future.set_result(result)

        self._call(resolve)

    def _call(self, resolve: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(resolve)


def _came_to(command: Command, outcome: Outcome) -> tuple[str, str]:
    return type(command).__name__, "done" if outcome.done else "refused"


def _take(queue: deque[Any], most: int) -> list[Any]:
    return [queue.popleft() for _ in range(min(most, len(queue)))]


def _all_needs(commands: Iterable[Command], known: UnitOfWork) -> Iterable[Key]:
    for command in commands:
        yield from needs(command, known)


def _handled(command: Command, work: UnitOfWork, moment: Moment) -> Outcome:
    try:
        return handle(command, work, moment)
    except Ignored:
        return Outcome()


def _failing(future: asyncio.Future[Any], trouble: Exception) -> Callable[[], None]:
    def fail() -> None:
        if not future.done():
            future.set_exception(trouble)

    return fail
