"""Compares new questions with those that are open, in a thread beside the writer and off the event loop (SPEC 4.9)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from core.app.commands import SuggestMerge
from core.app.handle.questions.similar import compare_needs, compared
from core.app.ports import Comparer, StorageDown, Store
from core.domain.ids import AccountId, DeliveryKey, QuestionId, VenueId
from core.domain.people import Actor
from core.domain.schedule import Due
from jobs.executor import Executor

log = structlog.get_logger()

MATCHER = Actor(AccountId("clock::"), "clock", VenueId("clock:"), nick="Clock", bot=True)
DEED = "similar:"


class Likeness:
    """Each question is compared once: what was found and that it was compared are committed together.

    A process that ends in between has done nothing, and of two only the first has an effect.
    """

    def __init__(self, store: Store, executor: Executor, comparer: Comparer) -> None:
        self._store, self._executor, self._comparer = store, executor, comparer

    async def compare(self, due: Sequence[Due]) -> None:
        """Raises StorageDown; they stay due then."""
        asked = {QuestionId(it.what.removeprefix(DEED)): it for it in due}
        try:
            commands = await asyncio.to_thread(self._suggestions, asked)
        except StorageDown:
            raise
        except Exception:
            # Whatever it is, it is the same at the next tick: these go without a suggestion.
            log.exception("questions could not be compared", questions=len(asked))
            commands = [suggestion(it, ident, None, 0.0) for ident, it in asked.items()]
        for command in commands:
            await self._executor(command)

    def _suggestions(self, asked: Mapping[QuestionId, Due]) -> list[SuggestMerge]:
        work = self._store.read(lambda work: compare_needs(asked, work))
        found = compared([*asked], work, self._comparer)
        return [suggestion(asked[ident], ident, into, alike) for ident, into, alike in found]


def suggestion(due: Due, question: QuestionId, into: QuestionId | None, alike: float) -> SuggestMerge:
    key = DeliveryKey(f"due:{due.what}:{due.due}")
    return SuggestMerge(
        actor=MATCHER, delivery=key, at=due.due, at_source="event", question=question, into=into, alike=alike
    )
