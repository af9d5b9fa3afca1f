"""Questions of somebody who is blocked: they stay with the moderators, and nothing of them reaches the asker (2.5).

What was answered meanwhile goes out once they are let in again.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.app.handle.questions.known import conversation_needs
from core.app.handle.questions.told import deliver, left_out
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PersonId, SessionId
from core.domain.people import Member
from core.domain.questions import Line, Question, answers, card_subject, line_subject, receipt_subject
from core.domain.surfaces import Place, Surface


def mark_needs(session: SessionId, person: PersonId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Member, session, person)
    yield key(Question, session=session, person=person)
    for question in work.peek_all(Question, session=session, person=person):
        for ident in filter(None, (question.id, question.merged_into)):
            yield from conversation_needs(ident, work)
            for line in work.peek_all(Line, question=ident):
                for surface in work.peek_all(Surface, subject=line_subject(line.id)):
                    yield key(Place, surface.place)


def marked(session: SessionId, person: PersonId, work: UnitOfWork, moment: Moment) -> None:
    """After a change: the cards say whether the asker is blocked; who is not any more gets what they missed."""
    for question in work.all(Question, session=session, person=person):
        work.touch(card_subject(question.id))
        if not left_out(question, work):
            work.touch(receipt_subject(question.id))
            _catch_up(question, work, moment)


def _catch_up(question: Question, work: UnitOfWork, moment: Moment) -> None:
    """The answers that were kept back, in their order; those of the one it was merged into, too."""
    for line in _meant_for(question, work):
        there = [work.get(Place, it.place) for it in work.all(Surface, subject=line_subject(line.id))]
        if not any(it is not None and it.person == question.person for it in there):
            deliver(line, question, work, moment)


def _meant_for(question: Question, work: UnitOfWork) -> list[Line]:
    lines = answers(work.all(Line, question=question.id))
    head = question.merged_into
    if head is not None:
        lines += answers(work.all(Line, question=head))
    return sorted(lines, key=lambda it: (it.at, it.id))
