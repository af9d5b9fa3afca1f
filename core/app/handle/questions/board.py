"""Public questions: everybody reads them, and one person has one upvote for each over both platforms (SPEC 12.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.app.asked import Board, Posted
from core.app.authorize import authorize_with_consent
from core.app.commands import CastUpvote, ShowBoard
from core.app.commands.questions import Sort
from core.app.handle.find import actor_needs, meant_or_past, member_of, past_needs, session_or_past
from core.app.handle.people import known_person
from core.app.handle.questions.known import rules_of
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import subject
from core.domain.people import Account, Member
from core.domain.question_rules import QuestionRules
from core.domain.questions import Line, Question, Upvote, called, opening
from core.domain.refused import Refused
from core.domain.sessions import Session, chatting
from core.domain.view import (
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Heading,
    Note,
    OnlyPerson,
    Part,
    Words,
    action,
)

PAGE = 5
WORDS = 160
SORTS: dict[Sort, str] = {"fair": "Fair order", "votes": "Most votes", "newest": "Newest"}


def board_needs(command: ShowBoard, work: UnitOfWork) -> Iterable[Key]:
    yield from past_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for session in meant_or_past(command, work):
        yield key(QuestionRules, session)
        yield key(Board, session)
        board = work.peek(Board, session)
        for one in (
            ordered(board.questions, command.sort)[command.page * PAGE : (command.page + 1) * PAGE] if board else ()
        ):
            yield key(Question, one.id)
            yield key(Line, question=one.id)
            if account:
                yield key(Upvote, one.id, account.id)


def ordered(questions: Sequence[Posted], sort: Sort) -> list[Posted]:
    """What is on stage first, then what waits, then what was answered."""

    def by(one: Posted) -> tuple[object, ...]:
        rank = -one.asked_at if sort == "newest" else one.asked_at
        votes = 0 if sort == "newest" else -one.votes
        return (not one.live, one.state == "resolved", votes, rank)

    return sorted(questions, key=by)


def show_board(command: ShowBoard, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_or_past(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "ask questions")
    person = known_person(command, work, moment)
    if rules_of(session.id, work).mode != "public":
        raise Refused("Questions of this session are between each asker and the moderators, so there is no board.")
    board = work.get(Board, session.id)
    every = ordered(board.questions, command.sort) if board else []
    page = command.page if command.page * PAGE < len(every) else 0
    shown = every[page * PAGE : (page + 1) * PAGE]
    parts: list[Part] = [Heading(f"Questions in “{session.name}”"), Note(SORTS[command.sort])]
    if not shown:
        parts.append(Words("Nobody has asked in public yet."))
    else:
        parts.append(Choices(tuple(_row(one, command.actor.account, work) for one in shown)))
    return Outcome(Card(OnlyPerson(person.id), tuple(parts)), kept=False)


def _row(one: Posted, person: object, work: UnitOfWork) -> Choice:
    mine = work.get(Upvote, one.id, person)
    on = mine is not None and mine.on
    button = Button("Take back" if on else "Upvote", action("qup", one.id, "off" if on else "on"))
    words = opening(work.all(Line, question=one.id), WORDS)
    return Choice(f"Q{one.number}", words, button, f"{one.votes} {'vote' if one.votes == 1 else 'votes'}")


def upvote_needs(command: CastUpvote, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield key(Question, command.question)
    question, account = work.peek(Question, command.question), work.peek(Account, command.actor.account)
    if question is None:
        return
    yield key(Session, question.session)
    if account is not None:
        yield key(Member, question.session, account.person)
        yield key(Upvote, question.id, account.id)


def cast_upvote(command: CastUpvote, work: UnitOfWork, moment: Moment) -> Outcome:
    question = work.get(Question, command.question)
    session = work.get(Session, question.session) if question else None
    if question is None or session is None or not question.public:
        raise Refused("This question is not on the board any more.")
    authorize_with_consent(command.actor, session, member_of(command, session, work), "ask questions")
    if not chatting(session):
        raise Refused(f"“{session.name}” is over, so votes are closed.")
    person = known_person(command, work, moment)
    before = work.get(Upvote, question.id, command.actor.account)
    if before is None or (before.at, before.delivery) < (command.at, command.delivery):
        work.put(Upvote(question.id, command.actor.account, session.id, command.on, command.at, command.delivery))
        work.touch(subject("board", session.id))
    told = f"You upvoted {called(question)}." if command.on else f"Your upvote of {called(question)} is taken back."
    return Outcome(
        Card(OnlyPerson(person.id), (Words(told), Buttons((Button("All questions", action("qboard", session.id)),))))
    )
