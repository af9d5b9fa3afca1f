"""Two persons' questions as one person's, and two persons' again: what an account asked and wrote is its own (2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.handle.questions.claims import holding_needs, let_go
from core.app.handle.questions.outside import mark_needs, marked
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import AccountId, PersonId, QuestionId, SessionId
from core.domain.people import Member
from core.domain.questions import Duty, Line, Question, card_subject
from core.domain.surfaces import Place


def tying_needs(session: SessionId, stays: PersonId, goes: PersonId, work: UnitOfWork) -> Iterable[Key]:
    for person in (stays, goes):
        yield key(Line, person=person)
        yield key(Duty, session, person)
        yield key(Question, session=session, closed_by=person)
        yield from mark_needs(session, person, work)
        yield from holding_needs(session, person, work)


def tie(account: AccountId, session: SessionId, goes: PersonId, stays: PersonId, work: UnitOfWork) -> None:
    """One person has all that both asked and took. Whether they may still answer is decided by :func:`settle`."""
    _carry(account, session, goes, stays, work)
    for question in work.all(Question, session=session, owner=goes):
        _put(replace(question, owner=stays), work)
    for question in work.all(Question, session=session, closed_by=goes):
        _put(replace(question, closed_by=stays), work)
    theirs, mine = work.get(Duty, session, goes), work.get(Duty, session, stays)
    if theirs is not None and (mine is None or mine.at < theirs.at):
        work.put(replace(theirs, person=stays))


def untie(account: AccountId, session: SessionId, stays: PersonId, goes: PersonId, work: UnitOfWork) -> None:
    """What this account asked and answered is its person's again; a claim goes with whoever may still answer."""
    closed = _closed_by(account, session, stays, work)
    _carry(account, session, stays, goes, work)
    for question in work.all(Question, session=session, closed_by=stays):
        if question.id in closed:
            _put(replace(question, closed_by=goes), work)
    theirs, mine = work.get(Member, session, goes), work.get(Member, session, stays)
    if theirs is None or theirs.role != "moderator":
        return
    there = work.get(Duty, session, stays)
    if there is not None and work.get(Duty, session, goes) is None:
        work.put(replace(there, person=goes))
    if mine is None or mine.role != "moderator":
        for question in work.all(Question, session=session, owner=stays):
            _put(replace(question, owner=goes), work)


def settle(session: SessionId, persons: Iterable[PersonId], work: UnitOfWork, moment: Moment) -> None:
    """Once it is known what part each has: who may not answer has no question, who is blocked is marked so."""
    for person in persons:
        let_go(session, person, work, moment)
        marked(session, person, work, moment)


def _closed_by(account: AccountId, session: SessionId, person: PersonId, work: UnitOfWork) -> set[QuestionId]:
    """Those that were closed with an answer from this account."""
    return {
        it.question
        for it in work.all(Line, person=person)
        if it.account == account and it.session == session and it.by == "moderator"
    }


def _carry(account: AccountId, session: SessionId, old: PersonId, new: PersonId, work: UnitOfWork) -> None:
    for line in work.all(Line, person=old):
        if line.account == account and line.session == session:
            work.put(replace(line, person=new))
    for question in work.all(Question, session=session, person=old):
        if question.account != account:
            continue
        _put(replace(question, person=new), work)
        place = work.get(Place, question.place)
        if place is not None and place.kind == "question" and place.person == old:
            work.put(replace(place, person=new))


def _put(question: Question, work: UnitOfWork) -> None:
    work.put(question)
    work.touch(card_subject(question.id))
