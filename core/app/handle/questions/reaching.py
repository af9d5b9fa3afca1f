"""Telling one moderator of one question: by direct message, or at the desks where they take none (SPEC 4.5, 6.3)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.handle.showing import direct, direct_needs, follow, tell
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PersonId, SessionId, SubjectId, subject
from core.domain.people import Account, Person, Seat
from core.domain.questions import Question
from core.domain.surfaces import Place, Subject, usable


def reach_needs(session: SessionId, person: PersonId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Person, person)
    yield key(Place, session=session)
    yield key(Seat, session=session, person=person)
    for seat in work.peek_all(Seat, session=session, person=person):
        yield key(Account, seat.account)
        yield from direct_needs(seat.venue, person)


def about(what: str, question: Question, extra: object, person: PersonId) -> SubjectId:
    """The subject of one such message: told once, however often it is asked for."""
    return subject(what, f"{question.id}:{extra}:{person}")


def reach(person: PersonId, question: Question, what: SubjectId, work: UnitOfWork, moment: Moment) -> bool:
    """Whether it goes by direct message."""
    work.know(key(Subject, what))
    who = work.get(Person, person)
    if who is not None and who.toasts:
        for seat in sorted(work.all(Seat, session=question.session, person=person), key=lambda it: it.venue):
            place = direct(seat.venue, seat.account, person, work, moment)
            if usable(place):
                tell(what, place, work, moment, urgency=2)
                return True
    for desk in work.all(Place, session=question.session):
        if desk.kind == "queue" and usable(desk):
            tell(what, desk, work, moment, urgency=3)
            follow(desk.id, work, moment)
    return False
