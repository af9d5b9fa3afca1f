"""What an asker reads at once, privately: where the question stands, and where the answer comes (SPEC 4.8, 4.10)."""

from __future__ import annotations

from core.app.handle.questions.known import rules_of
from core.app.unit_of_work import UnitOfWork
from core.domain.public_questions import who_reads
from core.domain.question_rules import away
from core.domain.questions import Question, called
from core.domain.sessions import Session
from core.domain.surfaces import Place, usable
from core.domain.text import Text
from core.domain.view import AnyButton, Button, Card, JumpButton, OnlyPerson, action, say


def received(question: Question, session: Session, reader: OnlyPerson, work: UnitOfWork) -> Card:
    place, rules = work.get(Place, question.place), rules_of(session.id, work)
    shut = place is None or not usable(place)
    where = "in a private thread of yours" if place and place.kind == "question" else "in your direct messages"
    answer = f"The answer comes {where}." if not shut else "The answer will stand in your questions."
    line = f"number {question.line} in line" if question.state == "pending" else "with a moderator already"
    told: list[Text] = [f"{called(question)} was received: {line}. {answer}"]
    if readers := who_reads(question, rules):
        told.append(readers)
    if question.late and (words := away(rules, session.zone, question.waiting_since)):
        told.append(words)
    direct = place is not None and place.kind == "dm"
    there = place.ref if place and not shut else None
    jump: tuple[AnyButton, ...] = (JumpButton("Open the thread", there, direct=direct),) if there else ()
    return say(reader, *told, buttons=(*jump, Button("My questions", action("questions", session.id))))
