"""A claim that nothing comes of: its owner is warned, then it is anybody's again (SPEC 4.5).

Off while only one moderator is on duty: there is nobody else to take it.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.app.asked import OnDuty
from core.app.handle.questions.known import conversation_needs
from core.app.handle.questions.told import changed, note_to
from core.app.handle.showing import direct_needs
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import MINUTE, Instant, QuestionId, subject
from core.domain.people import Account, Seat
from core.domain.questions import ON_DUTY, RETURN_AFTER, WARN_AFTER, Question, sent_back
from core.domain.sessions import Session
from core.domain.surfaces import Subject

AGAIN = MINUTE
"""Whether somebody else is there is looked at so often."""


def claim_needs(ident: QuestionId, work: UnitOfWork) -> Iterable[Key]:
    yield from conversation_needs(ident, work)
    question = work.peek(Question, ident)
    if question is None or question.owner is None:
        return
    yield key(OnDuty, question.session)
    yield key(Seat, session=question.session, person=question.owner)
    for seat in work.peek_all(Seat, session=question.session, person=question.owner):
        yield key(Account, seat.account)
        yield from direct_needs(seat.venue, seat.person)


def warn(ident: QuestionId, work: UnitOfWork, moment: Moment) -> Instant | None:
    """Returns when to look again."""
    question, later = _waiting(ident, WARN_AFTER, work, moment)
    if question is None or question.owner is None or question.claimed_at is None:
        return later
    seats = work.all(Seat, session=question.session, person=question.owner)
    seat = min(seats, key=lambda it: it.venue, default=None)
    account = work.get(Account, seat.account) if seat else None
    if seat is not None and account is not None:
        what = subject("warned", f"{question.id}:{question.claimed_at}")
        work.know(key(Subject, what))
        note_to(question.owner, account, seat.venue, what, work, moment)
    return None


def give_back(ident: QuestionId, work: UnitOfWork, moment: Moment) -> Instant | None:
    question, later = _waiting(ident, RETURN_AFTER, work, moment)
    if question is None:
        return later
    changed(question, sent_back(question), work)
    return None


def _waiting(ident: QuestionId, wait: int, work: UnitOfWork, moment: Moment) -> tuple[Question | None, Instant | None]:
    """The question, if its owner has had it so long; else when to look again, if ever."""
    question = work.get(Question, ident)
    session = work.get(Session, question.session) if question else None
    if question is None or session is None or question.state != "claimed" or question.claimed_at is None:
        return None, None
    due = Instant(question.claimed_at + wait)
    if due > moment.now:
        return None, due
    duty = work.get(OnDuty, question.session)
    others = duty.since(Instant(moment.now - ON_DUTY)) - {question.owner} if duty else frozenset()
    return (question, None) if others else (None, Instant(moment.now + AGAIN))
