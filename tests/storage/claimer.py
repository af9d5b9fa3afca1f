"""A bot's writer in a process of its own: ``python -m tests.storage.claimer ADDRESS SECRET QUESTIONS MODERATORS``.

Each of its moderators presses Reply on every question at once, when its standard input says so; its last line is JSON:
who got the form of which question.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Sequence

from core.app.commands import Command, OpenReplyForm
from core.app.outcome import Outcome, Saving
from core.domain.form import Form
from core.domain.ids import AccountId, DeliveryKey, Instant, QuestionId, VenueId
from core.domain.people import Actor
from jobs.executor import Executor
from storage.store import open_store
from tests.fakes.bot import START

VENUE = VenueId("slack:T1")


def account(number: int) -> AccountId:
    return AccountId(f"slack:T1:mod{number}")


def question(number: int) -> QuestionId:
    return QuestionId(f"question{number}")


def press(moderator: int, number: int) -> Command:
    actor = Actor(account(moderator), "slack", VENUE, nick=f"Mod {moderator}")
    key = DeliveryKey(f"press {moderator} {number}")
    return OpenReplyForm(actor=actor, delivery=key, at=START, question=question(number))


async def claims(address: str, secret: str, questions: int, moderators: Sequence[int]) -> list[tuple[int, int]]:
    ids = iter(range(1 << 30))
    store = open_store(address, secret=secret)
    name = "-".join(map(str, moderators))
    executor = Executor(store, lambda: Instant(START), lambda: f"{name}-{next(ids)}", patience=600)
    executor.start()
    presses = [(moderator, number) for moderator in moderators for number in range(questions)]
    random.Random(name).shuffle(presses)
    print("ready", flush=True)
    sys.stdin.readline()

    async def one(moderator: int, number: int) -> tuple[int, int] | None:
        outcome = await executor(press(moderator, number))
        if isinstance(outcome, Saving):
            outcome = await outcome.then
        assert isinstance(outcome, Outcome)
        return (moderator, number) if isinstance(outcome.reply, Form) else None

    found = await asyncio.gather(*(one(*it) for it in presses))
    await executor.stop()
    store.close()
    return [it for it in found if it is not None]


if __name__ == "__main__":
    address, secret, questions, *moderators = sys.argv[1:]
    print(json.dumps(asyncio.run(claims(address, secret, int(questions), [int(it) for it in moderators]))))
