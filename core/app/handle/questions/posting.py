"""Onto the board and off it, on stage and off it: what is public of a question, and since when (SPEC 12.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.handle.questions.known import conversation_needs, rules_of
from core.app.handle.questions.told import changed
from core.app.handle.showing import show
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat_rules import broken
from core.domain.ids import QuestionId, SessionId, subject
from core.domain.public_questions import let_through, on_stage, posed
from core.domain.question_rules import QuestionRules
from core.domain.questions import Line, Question, called, receipt_subject
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.text import Doc

URGENCY = 7
"""Counts of upvotes can wait for answers and results."""


def passes(session: Session, rules: QuestionRules, body: Doc) -> bool:
    """Whether everybody may read it before a moderator did; a word that is not wanted always waits for one."""
    return not rules.approval and not broken(session, body, session.starts_at, None)


# -- the card in rooms to read in -------------------------------------------------------------------------------------


def board_needs(session: SessionId) -> Iterable[Key]:
    """Besides the session's places."""
    yield key(Subject, subject("board", session))
    yield key(Surface, subject=subject("board", session))


def post_board(session: SessionId, work: UnitOfWork, moment: Moment) -> None:
    """It stands in every feed room from the first public question on; elsewhere people open it by a button."""
    what = subject("board", session)
    ever = work.all(Surface, subject=what)
    there = {it.place for it in ever if not it.gone and not it.dead}
    for place in work.all(Place, session=session):
        if place.kind == "feed" and usable(place) and place.id not in there:
            show(what, place, work, moment, urgency=URGENCY, part=sum(it.place == place.id for it in ever))
    work.touch(what)


# -- what moderators do -----------------------------------------------------------------------------------------------


def posting_needs(ident: QuestionId, deed: str, work: UnitOfWork) -> Iterable[Key]:
    question = work.peek(Question, ident)
    if question is None:
        return
    if deed == "approve":
        yield from board_needs(question.session)
    if deed == "live":
        yield key(Question, session=question.session, live=True)
        for former in work.peek_all(Question, session=question.session, live=True):
            yield from conversation_needs(former.id, work)


def approved(question: Question, work: UnitOfWork, moment: Moment) -> Question:
    if rules_of(question.session, work).mode != "public":
        raise Refused("Questions of this session are not public now. The rules of questions change that.")
    line = posed(work.all(Line, question=question.id))
    if line is None or line.deleted:
        raise Refused(f"{called(question)} was taken back, so there is nothing to show.")
    after = let_through(question)
    post_board(question.session, work, moment)
    return after


def to_stage(question: Question, work: UnitOfWork) -> Question:
    """One at a time: the former goes off."""
    after = on_stage(question)
    for former in work.all(Question, session=question.session, live=True):
        if former.id != question.id:
            changed(former, replace(former, live=False), work)
    return after


def told_live(question: Question, work: UnitOfWork) -> None:
    """Who asked the same reads it too."""
    for follower in work.all(Question, merged_into=question.id):
        work.touch(receipt_subject(follower.id))


# -- what the asker does ----------------------------------------------------------------------------------------------


def reworded(question: Question, after: Line, work: UnitOfWork) -> None:
    """What everybody reads was changed by its asker: it is looked at again, and taken back it is off the board."""
    first = posed(work.all(Line, question=question.id))
    if not question.public or first is None or first.id != after.id:
        return
    session = work.get(Session, question.session)
    if after.deleted or session is None or not passes(session, rules_of(question.session, work), after.body):
        changed(question, replace(question, public=False, live=False), work)
        return
    changed(question, question, work)
