"""What one press does to a question: answered, sent back, reopened, pinned, let through, on stage (SPEC 4.3 to 4.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import BlockAsker, DeleteQuestionLine, MoveQuestion, OfQuestion
from core.app.handle.audit import record
from core.app.handle.questions.claims import left, timer_needs
from core.app.handle.questions.converse import withdraw
from core.app.handle.questions.known import moderated, name_of, question_needs
from core.app.handle.questions.outside import mark_needs, marked
from core.app.handle.questions.posting import approved, posting_needs, to_stage, told_live
from core.app.handle.questions.publishing import publish_needs, unpublish
from core.app.handle.questions.told import apart, changed
from core.app.handle.seating import reseat, seating_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.written import answers_needs, touch_answers
from core.domain.ids import PersonId
from core.domain.people import Member
from core.domain.public_questions import answered_live, taken_off
from core.domain.questions import (
    Line,
    Question,
    called,
    reopened,
    resolved,
    sent_back,
)
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.view import Button, OnlyPerson, action, say


def act_needs(command: OfQuestion, work: UnitOfWork) -> Iterable[Key]:
    yield from question_needs(command, work)
    yield from timer_needs(command.question)
    yield from publish_needs(command.question, work)
    question = work.peek(Question, command.question)
    if question is not None and question.merged_into is not None:
        yield key(Question, question.merged_into)


def move_needs(command: MoveQuestion, work: UnitOfWork) -> Iterable[Key]:
    yield from act_needs(command, work)
    yield from posting_needs(command.question, command.deed, work)


def move_question(command: MoveQuestion, work: UnitOfWork, moment: Moment) -> Outcome:
    question, _, person = moderated(command, work, moment)
    after, told = _moved(command.deed, question, person, work, moment)
    if after == question:
        return Outcome(say(OnlyPerson(person), told))
    changed(question, after, work)
    if after.state != "claimed":
        left(after, work, moment)
    record(command, question.session, person, command.deed, question.id, work, moment)
    return Outcome(say(OnlyPerson(person), told))


def _moved(deed: str, question: Question, person: PersonId, work: UnitOfWork, moment: Moment) -> tuple[Question, str]:
    name = called(question)
    match deed:
        case "resolve":
            _mine(question, person, work)
            return resolved(question, person, moment.now), f"{name} is marked as answered."
        case "send back":
            return sent_back(question), f"{name} waits for a moderator again."
        case "reopen":
            return reopened(question, moment.now), f"{name} waits for a moderator again."
        case "pin":
            return replace(question, pinned=True), f"{name} stands at the top of the list now."
        case "unpin":
            return replace(question, pinned=False), f"{name} stands where its age puts it again."
        case "unpublish":
            return unpublish(question, work, moment), f"{name} is not in the feed any more."
        case "unmerge":
            return apart(question, work), f"{name} is a question of its own again, and waits for a moderator."
        case "approve":
            return approved(question, work, moment), f"{name} is on the board: everybody can read it."
        case "take off":
            return taken_off(question), f"{name} is off the board, and waits to be let through. Decline it to close it."
        case "live":
            return to_stage(question, work), f"{name} is on stage now."
        case "off stage":
            return replace(question, live=False), f"{name} is not on stage any more."
        case _:
            told_live(question, work)
            return answered_live(question, person, moment.now), f"{name} is answered live. Its asker reads so."


def _mine(question: Question, person: PersonId, work: UnitOfWork) -> None:
    """Somebody else may be writing the answer at this moment."""
    if question.state == "claimed" and question.owner != person:
        raise Refused(f"{name_of(question.owner, work)} has {called(question)}. Ask them, or have it assigned to you.")


# -- a line, and the asker --------------------------------------------------------------------------------------------


def delete_line(command: DeleteQuestionLine, work: UnitOfWork, moment: Moment) -> Outcome:
    """By a moderator: any of them; of an answer it recalls it (SPEC 4.4, 4.6)."""
    question, _, person = moderated(command, work, moment)
    line = next((it for it in work.all(Line, question=question.id) if it.id == command.line), None)
    if line is None or line.deleted:
        raise Refused("This line is not there any more.")
    withdraw(line, command, work)
    record(command, question.session, person, "delete a line", line.id, work, moment)
    where = "It is gone from the asker's conversation too." if line.by == "moderator" else "Moderators read it no more."
    if question.published_at is None:
        return Outcome(say(OnlyPerson(person), f"Deleted. {where}"))
    stands = f"What was published of {called(question)} still stands in the feed."
    buttons = (Button("Unpublish", action("qdo", question.id, "unpublish")),)
    return Outcome(say(OnlyPerson(person), f"Deleted. {where} {stands}", buttons=buttons))


def block_needs(command: BlockAsker, work: UnitOfWork) -> Iterable[Key]:
    yield from act_needs(command, work)
    question = work.peek(Question, command.question)
    if question is not None:
        yield from seating_needs(question.session, question.person, work)
        yield from answers_needs(question.session)
        yield from mark_needs(question.session, question.person, work)


def block_asker(command: BlockAsker, work: UnitOfWork, moment: Moment) -> Outcome:
    question, session, person = moderated(command, work, moment)
    name = name_of(question.person, work)
    if not command.sure:
        asked = f"Block {name}, who asked {called(question)}? They are out of this session, and nothing they do counts."
        buttons = (
            Button("Block", action("qblocked", question.id), "danger"),
            Button("Cancel", action("keep")),
        )
        return Outcome(say(OnlyPerson(person), asked, buttons=buttons))
    before = work.get(Member, session.id, question.person)
    if before is None or not before.blocked:
        _block(question, session, person, name, work, moment)
        record(command, session.id, person, "block", question.person, work, moment)
    return Outcome(say(OnlyPerson(person), f"{name} is blocked, until somebody unblocks them: /mod blocked"))


def _block(question: Question, session: Session, by: PersonId, name: str, work: UnitOfWork, moment: Moment) -> None:
    member = work.get(Member, session.id, question.person)
    if member is None:
        raise Refused(f"{name} is not in this session any more.")
    if member.role == "moderator":
        raise Refused(f"{name} is a moderator. Take them off the team first: /mod team")
    if question.person == by:
        raise Refused("That is yourself.")
    work.put(replace(member, blocked=True))
    reseat(session, question.person, work, moment)
    touch_answers(session.id, work)
    marked(session.id, question.person, work, moment)
