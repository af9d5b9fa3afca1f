"""How many questions were asked and what became of them, for everybody (SPEC 4.8)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.asked import Queue
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import SessionId
from core.domain.question_rules import QuestionRules


def sums_needs(session: SessionId) -> Iterable[Key]:
    yield key(Queue, session)
    yield key(QuestionRules, session)


def sums_words(session: SessionId, work: UnitOfWork) -> str:
    """``Questions: 143 asked · 61 answered · 9 merged · 4 declined``; empty where there is nothing to tell."""
    queue, rules = work.get(Queue, session), work.get(QuestionRules, session)
    if queue is None or not queue.asked or (rules is not None and rules.mode == "off"):
        return ""
    rare = ((queue.merged, "merged"), (queue.declined, "declined"))
    rest = "".join(f" · {number:,} {words}" for number, words in rare if number)
    return f"Questions: {queue.asked:,} asked · {queue.resolved:,} answered{rest}"
