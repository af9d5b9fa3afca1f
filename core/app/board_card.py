"""Public questions as everybody reads them: the rows of the board, and its card in rooms to read in (SPEC 12.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.app.posted import Board, Posted
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import SessionId
from core.domain.people import Member, Person, shown_name
from core.domain.public_questions import posted_words
from core.domain.question_order import rule
from core.domain.question_rules import QuestionRules
from core.domain.questions import Line, Question
from core.domain.sessions import Session, chatting, consented
from core.domain.text import one_line, shorten
from core.domain.view import (
    Attendees,
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Heading,
    Note,
    Part,
    Words,
    action,
)

TOP = 5
"""Rows of the card: with a button beside each they still fit one message of every platform."""
WORDS, ANSWER, SPOKEN = 200, 120, 75
ON_BAR = 120
"""Characters of what is on stage, on the stage bar."""
NOBODY = "Anonymous"


# -- one row ----------------------------------------------------------------------------------------------------------


def row_needs(one: Posted, session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Question, one.id)
    yield key(Line, question=one.id)
    question = work.peek(Question, one.id)
    if question is not None and question.named:
        yield key(Person, one.person)
        yield key(Member, session, one.person)


def row(one: Posted, session: Session, button: Button | None, work: UnitOfWork, *, own: bool = False) -> Choice:
    """Number and words, the button, then the facts: state, votes, who asked, label, and the answer in short."""
    question = work.get(Question, one.id)
    votes = f"{one.votes:,} {'upvote' if one.votes == 1 else 'upvotes'}"
    asker = "yours" if own else _asker(question, session, work) if question else NOBODY
    facts = [*([state(one)] if state(one) else ()), votes, asker, *([one.label] if one.label else ())]
    if question is not None and question.published_at is not None and question.state == "resolved":
        facts.append(f"Answer: {shorten(one_line(question.answer), ANSWER)}")
    return Choice(f"Q{one.number}", words_of(one, work), button, " · ".join(facts))


def words_of(one: Posted, work: UnitOfWork, most: int = WORDS) -> str:
    question = work.get(Question, one.id)
    return shorten(posted_words(question, work.all(Line, question=one.id)), most) if question else ""


def state(one: Posted) -> str:
    """In words; empty while it simply waits."""
    if one.live:
        return "on stage now"
    if one.state == "resolved":
        return "answered live" if one.spoken else "answered"
    return ""


def _asker(question: Question, session: Session, work: UnitOfWork) -> str:
    """A name only where its bearer agreed, and takes part."""
    if not question.named:
        return NOBODY
    person, member = work.get(Person, question.person), work.get(Member, session.id, question.person)
    there = person is not None and member is not None and not member.blocked and consented(session, member)
    return shown_name(person) if person is not None and there else NOBODY


def upvote(one: Posted, words: str, *where: str) -> Button:
    """``where``: the page to come back to; without one a sentence answers."""
    spoken = shorten(f"Upvote Q{one.number}: {words}", SPOKEN)
    return Button(f"Upvote Q{one.number}", action("qup", one.id, "on", *where), spoken=spoken)


def votable(one: Posted, session: Session) -> bool:
    return one.state != "resolved" and chatting(session)


# -- the card in a room to read in ------------------------------------------------------------------------------------


def card_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(QuestionRules, session)
    yield key(Board, session, "fair")
    for one in _top(work.peek(Board, session, "fair")):
        yield from row_needs(one, session, work)


def _top(board: Board | None) -> Sequence[Posted]:
    return board.questions[:TOP] if board else ()


def board_card(session: Session, work: UnitOfWork) -> Card | None:
    """The first of fair order. Nothing where questions are not public."""
    rules, board = work.get(QuestionRules, session.id), work.get(Board, session.id, "fair")
    if rules is None or rules.mode != "public" or board is None:
        return None
    parts: list[Part] = [Heading(f"Questions in “{session.name}”"), Note(rule("fair", board.questions))]
    shown = _top(board)
    if shown:
        parts.append(Choices(tuple(_card_row(one, session, work) for one in shown)))
    else:
        parts.append(Words("No questions are here now."))
    if len(board.questions) > len(shown):
        parts.append(Note(f"These are {len(shown)} of {len(board.questions):,}."))
    if chatting(session):
        buttons = (
            Button("Ask a question", action("ask", session.id), "primary"),
            Button("All questions", action("qboard", session.id)),
        )
        parts.append(Buttons(buttons))
    return Card(Attendees(session.id), tuple(parts))


def _card_row(one: Posted, session: Session, work: UnitOfWork) -> Choice:
    button = upvote(one, words_of(one, work)) if votable(one, session) else None
    return row(one, session, button, work)


# -- on the stage bar -------------------------------------------------------------------------------------------------


def on_stage_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Question, session=session, live=True)
    for question in work.peek_all(Question, session=session, live=True):
        yield key(Line, question=question.id)
        yield key(Member, session, question.person)


def on_stage(session: Session, work: UnitOfWork) -> str:
    """``On stage: Q3 · Will there be recordings?``; empty while there is none."""
    for question in work.all(Question, session=session.id, live=True):
        member = work.get(Member, session.id, question.person)
        if question.public and member is not None and not member.blocked:
            words = posted_words(question, work.all(Line, question=question.id))
            return f"On stage: Q{question.number} · {shorten(words, ON_BAR)}"
    return ""
