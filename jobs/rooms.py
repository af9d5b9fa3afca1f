"""What is done to a room beside posting in it: people let in and sent out, pins, its topic, and putting it away.

All of it may be repeated: who is in was admitted, what is pinned was pinned. So a crash in between costs a second call
and nothing else, and no look-up is needed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import structlog

from core.app.platform import Closed, Missing, Platform, Rejected
from core.app.ports import Ledger, Store, Task
from core.domain.ids import AccountId, Instant
from core.domain.surfaces import Place
from core.domain.view import Card, Content, in_words

log = structlog.get_logger()

PIN = "pin:"
"""Before the ref of the message that is pinned."""
TOPIC = "topic"

Keep = Callable[[Callable[[Ledger], bool]], Awaitable[bool]]
"""Writes what came of a call, while the lane is held."""


class Rooms:
    """The calls for one room, while its lane is held; troubles are the caller's."""

    def __init__(self, platform: Platform, store: Store, holder: str, keep: Keep) -> None:
        self._platform, self._store, self._holder, self._keep = platform, store, holder, keep

    async def admit(self, tasks: Sequence[Task], place: Place) -> None:
        """All of them with one call; each that the platform does not let in is buried with its word why."""
        accounts = {_account(task): task.surface.id for task in tasks}
        refused = await self._platform.admit(place, list(accounts))
        for account, why in refused.items():
            log.warning("somebody could not be let in", place=place.id, account=account, why=why)
        failed = {accounts[account]: why for account, why in refused.items() if account in accounts}
        await self._keep(lambda it: it.admitted(tasks, self._holder, failed))

    async def expel(self, task: Task, place: Place) -> None:
        with contextlib.suppress(Missing):
            await self._platform.expel(place, _account(task))
        await self._keep(lambda it: it.removed(task, self._holder))

    async def pin(self, task: Task, place: Place, at: Instant) -> None:
        """Pins the parent's message. Raises Missing where the parent is gone."""
        if task.parent_ref is None:
            raise Missing("its post is gone")
        await self._platform.pin(place, task.parent_ref)
        ref = f"{PIN}{task.parent_ref}"
        if await asyncio.to_thread(self._store.outbox.owned, place.id, [ref]):
            ref += f":{task.surface.id}"  # two lines of one post are pinned; one ref is one surface's
        await self._keep(lambda it: it.shown(task, self._holder, ref, at))

    async def unpin(self, task: Task, place: Place) -> None:
        pinned = (task.surface.ref or "").removeprefix(PIN).partition(":")[0]
        with contextlib.suppress(Missing):
            await self._platform.unpin(place, pinned)
        await self._keep(lambda it: it.removed(task, self._holder))

    async def topic(self, task: Task, place: Place, content: Content, at: Instant) -> None:
        """The words of the card. Raises Rejected for anything else."""
        if not isinstance(content, Card):
            raise Rejected("a topic is the words of a card")
        await self._platform.set_topic(place, in_words(content))
        await self._keep(lambda it: it.shown(task, self._holder, TOPIC, at))

    async def archive(self, task: Task, place: Place) -> None:
        """A room that is closed or gone is as good as put away."""
        with contextlib.suppress(Closed, Missing):
            await self._platform.archive(place)
        await self._keep(lambda it: it.archived(task, self._holder))


def _account(task: Task) -> AccountId:
    """``seat:<session>:<account>``; an account's id holds colons itself."""
    return AccountId(task.surface.subject.split(":", 2)[2])
