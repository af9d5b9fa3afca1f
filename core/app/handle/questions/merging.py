"""One answer for everybody who asked the same: merged, told what was answered already, and undone (SPEC 4.9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import MergeQuestion
from core.app.followed import followers, head_of
from core.app.handle.audit import record
from core.app.handle.questions.acts import act_needs
from core.app.handle.questions.claims import left
from core.app.handle.questions.known import conversation_needs, moderated
from core.app.handle.questions.told import changed, deliver, delivered
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.ids import PersonId, QuestionId
from core.domain.questions import Line, Question, answers, called, merged
from core.domain.refused import Refused
from core.domain.view import OnlyPerson, say


def merge_needs(command: MergeQuestion, work: UnitOfWork) -> Iterable[Key]:
    yield from act_needs(command, work)
    if command.into is not None:
        yield from into_needs(command.into, work)


def into_needs(into: QuestionId, work: UnitOfWork) -> Iterable[Key]:
    """The question chosen, and the one that it was merged into itself by now."""
    yield from conversation_needs(into, work)
    chosen = work.peek(Question, into)
    if chosen is not None and chosen.merged_into is not None:
        yield from conversation_needs(chosen.merged_into, work)


def merge_question(command: MergeQuestion, work: UnitOfWork, moment: Moment) -> Outcome:
    """As suggested, with one press."""
    question, session, person = moderated(command, work, moment)
    if command.into is None:
        if question.suggested is not None:
            changed(question, replace(question, suggested=None), work)
            record(command, session.id, person, "not the same", question.id, work, moment)
        return Outcome(say(OnlyPerson(person), f"{called(question)} stays a question of its own."))
    into = work.get(Question, command.into)
    if into is None or into.session != question.session:
        raise Refused("The other question is not there any more.")
    told = merge(question, into, person, work, moment)
    record(command, session.id, person, "merge", question.id, work, moment)
    return Outcome(say(OnlyPerson(person), told))


def merge(question: Question, into: Question, by: PersonId, work: UnitOfWork, moment: Moment) -> str:
    """Its asker gets the other one's answers, those given already too; what was merged into it goes along."""
    head = head_of(into, work)
    after = merged(question, head, into.id, by, moment.now)
    brought = followers(question.id, work)
    changed(question, after, work)
    left(after, work, moment)
    for one in brought:
        changed(one, replace(one, merged_into=head.id), work)
    said = sorted(answers(work.all(Line, question=head.id)), key=lambda it: (it.at, it.id))
    for one in (after, *brought):
        for index, line in enumerate(said):
            if not delivered(line, one, work):
                deliver(line, one, work, moment, after=index)
    number = "the answer" if len(said) == 1 else f"the {len(said)} answers"
    gets = f"its asker gets {number} given already, and what follows" if said else "its asker gets the same answer"
    return f"{called(question)} is merged into {called(head)}: {gets}. The menu undoes it."
