"""Questions that may be the same: compared by a job beside the writer, suggested to moderators (SPEC 4.9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import SuggestMerge
from core.app.handle.questions.known import conversation_needs
from core.app.handle.questions.told import changed
from core.app.handle.showing import plan
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import QuestionId
from core.domain.questions import OPEN, Question
from core.domain.refused import Ignored
from core.domain.schedule import Due, comparing


def similar_soon(ident: QuestionId, work: UnitOfWork, moment: Moment) -> None:
    """Comparing takes its time, so that is a deed of its own at the next tick."""
    work.know(key(Due, comparing(ident)))
    plan(comparing(ident), moment.now, work)


def suggest_needs(command: SuggestMerge, work: UnitOfWork) -> Iterable[Key]:
    yield from conversation_needs(command.question, work)
    yield from conversation_needs(command.into, work)


def suggest_merge(command: SuggestMerge, work: UnitOfWork, moment: Moment) -> Outcome:
    """By the bot itself; what was closed or suggested meanwhile stays as it is."""
    question, into = work.get(Question, command.question), work.get(Question, command.into)
    if not command.actor.bot or question is None or into is None or question.session != into.session:
        raise Ignored
    if question.state not in OPEN or into.state not in OPEN or question.suggested is not None or question.id == into.id:
        raise Ignored
    changed(question, replace(question, suggested=into.id), work)
    return Outcome()
