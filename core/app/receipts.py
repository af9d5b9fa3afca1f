"""What the asker reads of where a question stands: it heads the conversation and follows its state (SPEC 4.8)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.followed import head_of
from core.app.unit_of_work import UnitOfWork
from core.domain.public_questions import who_reads
from core.domain.question_rules import QuestionRules, away
from core.domain.questions import Line, Question, asked, called
from core.domain.sessions import Session
from core.domain.surfaces import Place, usable
from core.domain.text import Quoted, doc, plain, shorten
from core.domain.view import Card, Heading, Note, OnlyPerson, Part, Words

FIRST = 300
"""Characters of the question: the whole of most."""


def receipt(question: Question, session: Session, here: Place, work: UnitOfWork) -> Card | None:
    """Heads the conversation; what it says follows the question's state (SPEC 4.8)."""
    if here.person != question.person or not usable(here):
        return None
    lines = work.all(Line, question=question.id)
    rules = work.get(QuestionRules, question.session) or QuestionRules(question.session)
    parts: list[Part] = [
        Heading(f"{called(question)} · {asker_state(question, work)}"),
        Words((Quoted(doc(_mine(lines))),)),
        Note(f"Moderators of “{session.name}” answer here. {_write_here(here)}"),
    ]
    if readers := who_reads(question, rules):
        parts.append(Note(readers))
    if question.late and question.state == "pending" and (words := away(rules, session.zone, question.waiting_since)):
        parts.insert(2, Words(words))
    return Card(OnlyPerson(question.person), tuple(parts))


def _write_here(here: Place) -> str:
    if here.kind == "question":
        return "Write on here if you have more to say."
    return "Answer this message if you have more to say."


def _mine(lines: Iterable[Line]) -> str:
    mine = asked(list(lines))
    return shorten(plain(mine[0].body), FIRST) if mine else "You took this question back."


def asker_state(question: Question, work: UnitOfWork) -> str:
    match question.state:
        case "pending" if question.answered_at is None:
            return f"received, number {question.line} in line"
        case "pending":
            return "received again"
        case "claimed":
            return "being answered"
        case "resolved":
            told = "answered live, in the session" if question.spoken else "answered"
            return f"{told} and published" if question.published_at is not None else told
        case "declined":
            return f"declined: {question.reason}" if question.reason else "declined"
        case _:
            return _follows(head_of(question, work))


def _follows(head: Question) -> str:
    """For the asker of what was merged into it: it stands where that one stands."""
    name = called(head)
    match head.state:
        case "resolved":
            told = f"answered live, in the session (as {name})" if head.spoken else f"answered (as {name})"
            return f"{told} and published" if head.published_at is not None else told
        case "declined":
            return f"declined (as {name}): {head.reason}" if head.reason else f"declined (as {name})"
        case "claimed":
            return f"asked by others too ({name}), being answered; you get the same answer"
        case "merged":
            return "merged with another question"
        case _:
            return f"asked by others too ({name}); you get the same answer"
