"""Who has a question: taken, and given back by its own when nothing comes of it (SPEC 4.4, 4.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.asked import WAITING, Queue
from core.app.handle.questions.known import conversation_needs, name_of
from core.app.handle.questions.told import changed
from core.app.handle.showing import plan, show
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import Instant, PersonId, QuestionId, SessionId
from core.domain.people import Member
from core.domain.questions import RETURN_AFTER, WARN_AFTER, Question, called, card_subject, claimed, open_, sent_back
from core.domain.refused import Refused
from core.domain.schedule import Due, returning, warning
from core.domain.sessions import Session, consented
from core.domain.surfaces import Place, Surface, usable
from core.domain.view import Button, action


def timer_needs(ident: QuestionId) -> Iterable[Key]:
    yield key(Due, warning(ident))
    yield key(Due, returning(ident))


def claim(question: Question, person: PersonId, work: UnitOfWork, moment: Moment) -> Question:
    """Theirs, or Refused with who has it: the database lets one of two at the same instant through."""
    read = Button("Read", action("qread", question.id))
    if question.state == "claimed" and question.owner != person:
        raise Refused(f"{name_of(question.owner, work)} has {called(question)} already.", read)
    try:
        after = claimed(question, person, moment.now)
    except Refused as refused:
        reopen = (Button("Reopen", action("qdo", question.id, "reopen")),) if question.state != "merged" else ()
        raise Refused(refused.sentence, *reopen, read) from None
    if after is not question:
        changed(question, after, work)
        watch(after, work)
    return after


def watch(question: Question, work: UnitOfWork) -> None:
    """An answer is awaited from now on."""
    since = question.claimed_at or Instant(0)
    for what, wait in ((warning(question.id), WARN_AFTER), (returning(question.id), RETURN_AFTER)):
        before = work.get(Due, what)
        if before is not None and before.fired_at is not None:
            work.put(replace(before, due=Instant(since + wait), fired_at=None))
        else:
            plan(what, Instant(since + wait), work)


def left(question: Question, work: UnitOfWork, moment: Moment) -> None:
    """Nothing is awaited any more."""
    for what in (warning(question.id), returning(question.id)):
        due = work.get(Due, what)
        if due is not None and due.fired_at is None:
            work.put(replace(due, fired_at=moment.now))
    if not open_(question):
        _next_card(question, work, moment)


def _next_card(closed: Question, work: UnitOfWork, moment: Moment) -> None:
    """A desk that came later shows the oldest only: where one of them is closed, the one behind them gets its card."""
    queue = work.get(Queue, closed.session)
    oldest = queue.oldest if queue else ()
    if all(it.id != closed.id for it in oldest[:WAITING]):
        return
    for follows in oldest[WAITING : WAITING + 1]:
        what = card_subject(follows.id)
        there = {it.place for it in work.all(Surface, subject=what)}
        for desk in work.all(Place, session=closed.session):
            if desk.kind == "queue" and usable(desk) and desk.id not in there:
                show(what, desk, work, moment)


# -- whoever may not answer any more ----------------------------------------------------------------------------------


def holding_needs(session: SessionId, person: PersonId, work: UnitOfWork) -> Iterable[Key]:
    """Every question that this person has."""
    yield key(Session, session)
    yield key(Member, session, person)
    yield key(Question, session=session, owner=person)
    for question in work.peek_all(Question, session=session, owner=person):
        yield from conversation_needs(question.id, work)
        yield from timer_needs(question.id)


def let_go(ident: SessionId, person: PersonId, work: UnitOfWork, moment: Moment) -> None:
    """Who is no moderator any more, has left or is blocked has no question: all wait for anybody again (SPEC 2.2)."""
    session, member = work.get(Session, ident), work.get(Member, ident, person)
    there = session is not None and member is not None and consented(session, member) and not member.blocked
    if there and member is not None and member.role == "moderator":
        return
    for question in work.all(Question, session=ident, owner=person):
        changed(question, sent_back(question), work)
        left(question, work, moment)
