"""A claim that nothing comes of: its owner is warned, then it is anybody's again (SPEC 4.5).

Off while only one moderator is on duty: there is nobody else to take it. After the session's end nobody is on duty, and
what somebody kept is anybody's again.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.app.asked import OnDuty
from core.app.handle.questions.claims import timer_needs
from core.app.handle.questions.known import conversation_needs
from core.app.handle.questions.reaching import about, reach, reach_needs
from core.app.handle.questions.told import changed
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import MINUTE, Instant, PersonId, QuestionId
from core.domain.questions import ON_DUTY, RETURN_AFTER, WARN_AFTER, Question, sent_back, unanswered
from core.domain.schedule import Due, warning
from core.domain.sessions import Session, over

AGAIN = MINUTE
"""Whether somebody else is there is looked at so often."""


def claim_needs(ident: QuestionId, work: UnitOfWork) -> Iterable[Key]:
    yield from conversation_needs(ident, work)
    yield from timer_needs(ident)
    question = work.peek(Question, ident)
    if question is not None and question.owner is not None:
        yield key(OnDuty, question.session)
        yield from reach_needs(question.session, question.owner, work)


def warn(ident: QuestionId, work: UnitOfWork, moment: Moment) -> Instant | None:
    """Returns when to look again, if ever."""
    question = work.get(Question, ident)
    if question is None or not unanswered(question) or question.owner is None:
        return None
    if later := _not_yet(question, WARN_AFTER, work, moment):
        return later
    what = about("warned", question, question.claimed_at, question.owner)
    reach(question.owner, question, what, work, moment)
    return None


def give_back(ident: QuestionId, work: UnitOfWork, moment: Moment) -> Instant | None:
    """Never sooner after the warning than the warning says, however late both are."""
    question = work.get(Question, ident)
    if question is None or not unanswered(question) or question.owner is None:
        return None
    if later := _not_yet(question, RETURN_AFTER, work, moment):
        return later
    warned = work.get(Due, warning(ident))
    if warned is not None and warned.fired_at is None:
        return Instant(moment.now + AGAIN)
    if warned is not None and warned.fired_at is not None and warned.fired_at + WARNED > moment.now:
        return Instant(warned.fired_at + WARNED)
    owner: PersonId = question.owner
    what = about("returned", question, question.claimed_at, owner)
    changed(question, sent_back(question), work)
    reach(owner, question, what, work, moment)
    return None


WARNED = RETURN_AFTER - WARN_AFTER


def _not_yet(question: Question, wait: int, work: UnitOfWork, moment: Moment) -> Instant | None:
    """When to look again, where its owner has not had it so long, or is the only one who is there."""
    due = Instant((question.claimed_at or moment.now) + wait)
    if due > moment.now:
        return due
    session, duty = work.get(Session, question.session), work.get(OnDuty, question.session)
    if session is None or over(session):
        return None
    others = duty.since(Instant(moment.now - ON_DUTY)) - {question.owner} if duty else frozenset()
    return None if others else Instant(moment.now + AGAIN)
