"""Answered questions as everybody reads them: the words a moderator published, and whose question it was (SPEC 4.7).

The wording is the session's own, so it stays whatever becomes of the asker; a name is shown only while its bearer takes
part, has not taken the question back, agreed to it, and a moderator chose so.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.app.asked import Published
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import QuestionId, SessionId, SubjectId, subject
from core.domain.people import Member, Person, shown_name
from core.domain.questions import Line, Question, asked
from core.domain.sessions import Session, consented
from core.domain.text import Doc, doc, one_line, shorten

IN_LIST, IN_ROOM = (150, 130), (300, 300)
"""Characters of question and answer on one line: ten of them are a page. The whole is a page of its own."""
NOBODY = "Anonymous"


def published_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What :func:`published` and :func:`answer_line` take."""
    yield key(Published, session)
    if found := work.peek(Published, session):
        for ident in found.questions:
            yield from answer_needs(ident, work)


def answer_needs(ident: QuestionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Question, ident)
    question = work.peek(Question, ident)
    if question is not None and question.shows_name:
        yield key(Person, question.person)
        yield key(Member, question.session, question.person)
        yield key(Line, question=ident)


def published(session: SessionId, work: UnitOfWork) -> list[Question]:
    """Those that are in the feed now, what was done a moment ago included."""
    work.get(Published, session)  # raises where nobody named it, so that none is missing unseen
    return [it for it in work.peek_all(Question, session=session) if it.published_at is not None]


def answer_item(question: QuestionId, session: SessionId) -> SubjectId:
    """It, in a feed room."""
    return subject("feed", f"{session}:answer:{question}")


def answer_line(
    question: Question, session: Session, work: UnitOfWork, most: tuple[int, int] = IN_LIST
) -> tuple[Doc, str]:
    """Question and answer on one line, and whose question it was; nothing once it was taken away."""
    if question.published_at is None:
        return (), ""
    wording, said = shorten(question.wording, most[0]), shorten(one_line(question.answer), most[1])
    return doc(f"Answered · {wording} – “{said}”"), f"asked by {asker_of(question, session, work)}"


def is_cut(question: Question, most: tuple[int, int] = IN_LIST) -> bool:
    """Whether one line does not hold all of it as it was written."""
    wording, said = shorten(question.wording, most[0]), shorten(one_line(question.answer), most[1])
    return (wording, said) != (question.wording, question.answer.strip())


def asker_of(question: Question, session: Session, work: UnitOfWork) -> str:
    """A name, or that there is none."""
    if not question.shows_name:
        return NOBODY
    person, member = work.get(Person, question.person), work.get(Member, session.id, question.person)
    if person is None or member is None or member.blocked or not consented(session, member):
        return NOBODY
    return shown_name(person) if asked(work.all(Line, question=question.id)) else NOBODY


def touch_named(session: SessionId, work: UnitOfWork) -> None:
    """Somebody is called otherwise now, is out, or takes part again; needs :class:`Published`."""
    found = work.get(Published, session)
    for ident in found.named if found else ():
        work.touch(answer_item(ident, session))
