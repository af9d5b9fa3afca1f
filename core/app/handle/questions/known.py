"""What an act on a question takes, and who may do it: the asker alone, or moderators of its session."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.asked import WAITING, Queue
from core.app.authorize import authorize_with_consent
from core.app.commands import Command, OfQuestion, OfSession
from core.app.followed import came_with
from core.app.handle.feed_room import sums_card_needs
from core.app.handle.find import actor_needs, known_session, meant_or_past, member_of, past_needs, session_or_past
from core.app.handle.questions.duty import on_duty
from core.app.handle.showing import kept_needs
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PersonId, QuestionId, SessionId, subject
from core.domain.people import Account, Member, Person, shown_name
from core.domain.question_rules import QuestionRules
from core.domain.questions import Duty, Line, Question, card_subject, line_subject, receipt_subject
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.surfaces import Place, Subject, Surface

NOT_THERE = "This question is not there any more."


def conversation_needs(ident: QuestionId, work: UnitOfWork) -> Iterable[Key]:
    """One question with its lines, its cards, its asker, and those that were merged into it with theirs.

    Where it is merged itself, those that stay with it when that is undone, too.
    """
    yield key(Question, ident)
    yield key(Question, merged_into=ident)
    question = work.peek(Question, ident)
    if question is None:
        return
    yield from session_rows(question.session, work)
    yield from rows_of(question, work)
    merged = work.peek_all(Question, merged_into=ident)
    if question.merged_into is not None:
        yield key(Question, question.merged_into)
        yield key(Question, merged_into=question.merged_into)
        merged += came_with(ident, work.peek_all(Question, merged_into=question.merged_into))
    for other in merged:
        yield key(Question, merged_into=other.id)
        yield from rows_of(other, work)


def session_rows(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Session, session)
    yield key(Place, session=session)
    yield key(QuestionRules, session)
    yield key(Queue, session)
    if (queue := work.peek(Queue, session)) is not None:
        for follows in queue.oldest[WAITING : WAITING + 1]:
            yield key(Subject, card_subject(follows.id))
            yield key(Surface, subject=card_subject(follows.id))
    yield from sums_card_needs(session)
    yield from kept_needs(session, work)


def rows_of(question: Question, work: UnitOfWork) -> Iterable[Key]:
    yield key(Line, question=question.id)
    yield key(Place, question.place)
    for what in (card_subject(question.id), receipt_subject(question.id)):
        yield key(Subject, what)
        yield key(Surface, subject=what)
    for person in (question.person, question.owner, question.closed_by):
        if person is not None:
            yield key(Person, person)
    yield key(Member, question.session, question.person)
    yield key(Account, question.account)
    for line in work.peek_all(Line, question=question.id):
        yield key(Surface, subject=line_subject(line.id))
        if line.by == "moderator":
            yield key(Surface, subject=subject("aside", f"{question.id}:{line.id}"))


def question_needs(command: OfQuestion, work: UnitOfWork) -> Iterable[Key]:
    """Of an act on one question, by whomever."""
    yield from actor_needs(command, work)
    yield from conversation_needs(command.question, work)
    question, account = work.peek(Question, command.question), work.peek(Account, command.actor.account)
    if question is not None and account is not None:
        yield key(Member, question.session, account.person)
        yield key(Duty, question.session, account.person)
        yield key(Person, account.person)


def rules_of(session: SessionId, work: UnitOfWork) -> QuestionRules:
    return work.get(QuestionRules, session) or QuestionRules(session)


def moderated(command: OfQuestion, work: UnitOfWork, moment: Moment) -> tuple[Question, Session, PersonId]:
    """The question, its session and the moderator who acts on it; what they say is recorded, so they consented too.

    Who is no moderator reads the same whether it is there or not.
    """
    question = work.get(Question, command.question)
    session = work.get(Session, question.session) if question else None
    if question is None or session is None:
        raise Refused(NOT_THERE)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "answer questions")
    account = work.get(Account, command.actor.account)
    assert account is not None, "who moderates has an account"
    on_duty(session.id, account.person, moment.now, work)
    return question, session, account.person


def desk_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    """Of a moderator's act on all questions of a session; questions are answered after its end, too (SPEC 4.10)."""
    yield from past_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for session in meant_or_past(command, work):
        yield from session_rows(session, work)
        if account:
            yield key(Duty, session, account.person)


def at_desk(command: OfSession, work: UnitOfWork, moment: Moment) -> tuple[Session, PersonId]:
    session = session_or_past(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "answer questions")
    account = work.get(Account, command.actor.account)
    assert account is not None, "who moderates has an account"
    on_duty(session.id, account.person, moment.now, work)
    return session, account.person


def name_of(person: PersonId | None, work: UnitOfWork) -> str:
    known = work.get(Person, person) if person is not None else None
    return shown_name(known) if known else "a moderator"


def actor_person(command: Command, work: UnitOfWork) -> PersonId | None:
    account = work.get(Account, command.actor.account)
    return account.person if account else None


def session_of_question(question: Question, work: UnitOfWork) -> Session:
    return known_session(question.session, work)
