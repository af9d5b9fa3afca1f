"""One's own questions as the menu tells them: where each stands, and the way to ask another (SPEC 4.11, UX 1.8)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.asked import Queue
from core.app.commands import Command
from core.app.handle.questions.known import rules_of
from core.app.handle.questions.lists import own_state
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PersonId, SessionId
from core.domain.people import Account
from core.domain.question_rules import QuestionRules
from core.domain.questions import Question, called, open_
from core.domain.sessions import Session, chatting
from core.domain.view import Button, Buttons, Part, Words, action

TOLD = 4
"""So many are named: those that are open, and the newest of the others."""


def in_menu_needs(session: SessionId, command: Command, work: UnitOfWork) -> Iterable[Key]:
    yield key(QuestionRules, session)
    yield key(Queue, session)
    if account := work.peek(Account, command.actor.account):
        yield key(Question, session=session, person=account.person)
        for question in work.peek_all(Question, session=session, person=account.person):
            if question.merged_into is not None:
                yield key(Question, question.merged_into)


def in_menu(session: Session, person: PersonId, work: UnitOfWork) -> tuple[Part, ...]:
    """Nothing where nothing was asked and nothing can be."""
    mine = work.all(Question, session=session.id, person=person)
    rules = rules_of(session.id, work)
    buttons = []
    if rules.mode != "off" and chatting(session):
        buttons.append(Button("Ask a question", action("ask", session.id)))
    if mine:
        buttons.append(Button("My questions", action("questions", session.id)))
    if rules.mode == "public":
        buttons.append(Button("All questions", action("qboard", session.id)))
    words = (Words(f"My questions: {_told(mine, work)}"),) if mine else ()
    return (*words, Buttons(tuple(buttons))) if buttons else words


def _told(mine: list[Question], work: UnitOfWork) -> str:
    """``Q17 answered · Q21 received, 7th in line``."""
    first = sorted(mine, key=lambda it: (not open_(it), -it.number))[:TOLD]
    told = [f"{called(it)} {_stands(it, work)}" for it in sorted(first, key=lambda it: it.number)]
    left = len(mine) - len(first)
    return " · ".join(told) + (f" · and {left} more" if left else "")


def _stands(question: Question, work: UnitOfWork) -> str:
    head = work.get(Question, question.merged_into) if question.merged_into else None
    state, queue = own_state(question, head), work.get(Queue, question.session)
    waiting = [it.id for it in queue.pending] if queue and question.state == "pending" else []
    return f"{state}, {ordinal(waiting.index(question.id) + 1)} in line" if question.id in waiting else state


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``11th``."""
    last = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{last}"
