"""Questions that may be the same: compared by a job beside the writer, suggested to moderators (SPEC 4.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.app.asked import Queue
from core.app.commands import SuggestMerge
from core.app.handle.questions.known import conversation_needs
from core.app.handle.questions.told import changed
from core.app.handle.showing import plan
from core.app.outcome import Outcome
from core.app.ports import Comparer, Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import QuestionId
from core.domain.questions import OPEN, Line, Question, asked
from core.domain.refused import Ignored
from core.domain.schedule import Due, comparing
from core.domain.text import one_line, plain

MOST = 500
"""The newest open ones of a session that a new question is compared with."""


def similar_soon(ident: QuestionId, work: UnitOfWork, moment: Moment) -> None:
    """Comparing takes its time, so that is a deed of its own at the next tick."""
    work.know(key(Due, comparing(ident)))
    plan(comparing(ident), moment.now, work)


# -- comparing, on a reading connection -------------------------------------------------------------------------------


def compare_needs(idents: Iterable[QuestionId], work: UnitOfWork) -> Iterable[Key]:
    for ident in idents:
        yield key(Question, ident)
        yield key(Line, question=ident)
        question = work.peek(Question, ident)
        if question is not None:
            yield key(Queue, question.session)
            yield from (key(Line, question=it) for it, _ in _candidates(work.peek(Queue, question.session)))


def compared(
    idents: Sequence[QuestionId], work: UnitOfWork, comparer: Comparer
) -> Iterator[tuple[QuestionId, QuestionId | None, float]]:
    """Each with the older open question of its session that asks the same, None where none does; and how alike."""
    essences: dict[QuestionId, str] = {}

    def essence(ident: QuestionId) -> str:
        if ident not in essences:
            mine = asked(work.all(Line, question=ident))
            essences[ident] = comparer.essence(one_line(plain(mine[0].body))) if mine else ""
        return essences[ident]

    for ident in idents:
        question = work.get(Question, ident)
        if question is None or question.state not in OPEN:
            yield ident, None, 0.0
            continue
        older = [it for it, number in _candidates(work.get(Queue, question.session)) if number < question.number]
        found = comparer.closest(essence(ident), [essence(it) for it in older])
        yield (ident, older[found[0]], found[1]) if found else (ident, None, 0.0)


def _candidates(queue: Queue | None) -> list[tuple[QuestionId, int]]:
    """The oldest first: of several that are just as close it is that."""
    numbered = sorted(((it.id, it.number) for it in queue.open), key=lambda it: it[1]) if queue else []
    return numbered[-MOST - 1 :]


# -- what was found ---------------------------------------------------------------------------------------------------


def suggest_needs(command: SuggestMerge, work: UnitOfWork) -> Iterable[Key]:
    yield key(Due, comparing(command.question))
    yield from conversation_needs(command.question, work)
    if command.into is not None:
        yield key(Question, command.into)


def suggest_merge(command: SuggestMerge, work: UnitOfWork, moment: Moment) -> Outcome:
    """By the bot itself, and once; what was closed or suggested meanwhile stays as it is."""
    due, question = work.get(Due, comparing(command.question)), work.get(Question, command.question)
    if not command.actor.bot or due is None or due.fired_at is not None:
        raise Ignored
    work.put(replace(due, fired_at=moment.now))
    into = work.get(Question, command.into) if command.into is not None else None
    if question is None or into is None or question.session != into.session or into.number >= question.number:
        return Outcome()
    if question.state in OPEN and into.state in OPEN and question.suggested is None:
        changed(question, replace(question, suggested=into.id), work)
    return Outcome()
