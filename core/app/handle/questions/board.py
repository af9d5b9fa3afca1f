"""Public questions as one's own page: read, sorted, upvoted once a person over both platforms (SPEC 12.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.app.asked import Board, Posted
from core.app.authorize import authorize_with_consent
from core.app.board_card import row, row_needs, upvote, votable, words_of
from core.app.commands import CastUpvote, ShowBoard
from core.app.handle.find import meant_or_past, member_of, past_needs, session_or_past
from core.app.handle.people import known_person
from core.app.handle.questions.known import rules_of
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PersonId, QuestionId, SessionId, subject
from core.domain.people import Account, Member
from core.domain.public_questions import Upvote
from core.domain.question_order import ALL_LABELS, SORTS, Sort, rule
from core.domain.question_rules import QuestionRules
from core.domain.questions import Question, called
from core.domain.refused import Refused
from core.domain.sessions import STANDS, Session, chatting
from core.domain.text import shorten
from core.domain.view import (
    AnyButton,
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Heading,
    Note,
    OnlyPerson,
    Option,
    Part,
    Select,
    Words,
    action,
    say,
)

PAGE = 5
LABELS = 24
"""Of one select; the first entry of it is for all of them."""
GONE = "This question is not on the board any more."
OWN = "This is your own question: it counts as asked, and others' upvotes move it up."


# -- the page ---------------------------------------------------------------------------------------------------------


def board_needs(command: ShowBoard, work: UnitOfWork) -> Iterable[Key]:
    yield from past_needs(command, work)
    for session in meant_or_past(command, work):
        yield key(QuestionRules, session)
        yield from _page_needs(session, command, work)


def _page_needs(session: SessionId, command: ShowBoard | CastUpvote, work: UnitOfWork) -> Iterable[Key]:
    sort = command.sort or "fair"
    yield key(Board, session, sort)
    if account := work.peek(Account, command.actor.account):
        yield from _mine_needs(account.person, work)
    board = work.peek(Board, session, sort)
    for one in _turned(_alike(board, command.like), command.page)[0] if board else ():
        yield from row_needs(one, session, work)
        yield key(Question, merged_into=one.id)


def _mine_needs(person: PersonId, work: UnitOfWork) -> Iterable[Key]:
    """What the person said of any question, with each account."""
    yield key(Account, person=person)
    for account in work.peek_all(Account, person=person):
        yield key(Upvote, account=account.id)


def _alike(board: Board, like: QuestionId | None) -> Sequence[Posted]:
    label = next((it.label for it in board.questions if it.id == like), "") if like else ""
    return [it for it in board.questions if it.label == label] if label else board.questions


def _turned(every: Sequence[Posted], page: int) -> tuple[Sequence[Posted], int]:
    """Questions leave the board: a page that is not there any more is the first one."""
    page = page if page * PAGE < len(every) else 0
    return every[page * PAGE : (page + 1) * PAGE], page


def show_board(command: ShowBoard, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_or_past(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "ask questions")
    person = known_person(command, work, moment)
    if rules_of(session.id, work).mode != "public":
        raise Refused(
            "Questions of this session are between each asker and the moderators, so there is no board.",
            Button("My questions", action("questions", session.id)),
        )
    return Outcome(_page(session, person.id, command.sort, command.page, command.like, work), kept=False)


def _page(
    session: Session, person: PersonId, sort: Sort, page: int, like: QuestionId | None, work: UnitOfWork,
    moved: tuple[QuestionId, int] | None = None, opening: str = "",
) -> Card:  # fmt: skip
    """``moved``: by how much an act that the board does not show yet changes one number."""
    board = work.get(Board, session.id, sort) or Board(session.id, sort, ())
    every = _alike(board, like)
    shown, page = _turned(every, page)
    if moved is not None:
        shown = [replace(it, votes=it.votes + moved[1]) if it.id == moved[0] else it for it in shown]
    parts: list[Part] = [Words(opening)] if opening else []
    parts += [Heading(f"Questions in “{session.name}”"), Note(rule(sort, board.questions))]
    if shown:
        where = (sort, str(page), like or "")
        parts.append(Choices(tuple(_row(one, session, person, where, work) for one in shown)))
        parts.append(Note("One upvote a person, over both platforms; none for one's own."))
    else:
        parts.append(Words("Nobody has asked in public yet. The first question comes here."))
    parts.append(Buttons(tuple(_sort_button(session, it, sort, like) for it in SORTS)))
    if labels := _labels(board):
        parts.append(Select("Only one label", action("qlabel", session.id, sort), labels))
    if buttons := tuple(_ways(session, sort, page, like, more=(page + 1) * PAGE < len(every))):
        parts.append(Buttons(buttons))
    return Card(OnlyPerson(person), tuple(parts))


def _sort_button(session: Session, sort: Sort, now: Sort, like: QuestionId | None) -> Button:
    label = f"Now: {SORTS[sort]}" if sort == now else SORTS[sort]
    return Button(label, action("qboard", session.id, sort, "0", like or ""))


def _labels(board: Board) -> tuple[Option, ...]:
    """Each label by the first question that has it."""
    found: dict[str, QuestionId] = {}
    for one in sorted(board.questions, key=lambda it: it.number):
        if one.label:
            found.setdefault(one.label, one.id)
    picks = tuple(Option(label, ident) for label, ident in sorted(found.items())[:LABELS])
    return (Option("All labels", ALL_LABELS), *picks) if picks else ()


def _ways(session: Session, sort: Sort, page: int, like: QuestionId | None, *, more: bool) -> Iterable[AnyButton]:
    if page:
        yield Button("Show the first", action("qboard", session.id, sort, "0", like or ""))
    if more:
        yield Button("Show more", action("qboard", session.id, sort, str(page + 1), like or ""))
    if chatting(session):
        yield Button("Ask a question", action("ask", session.id))


def _row(one: Posted, session: Session, person: PersonId, where: tuple[str, ...], work: UnitOfWork) -> Choice:
    own = person in _askers(one.id, work)
    button = None
    if votable(one, session) and not own:
        words = words_of(one, work)
        button = upvote(one, words, *where)
        if _wants(one.id, person, work):
            spoken = shorten(f"Take back your upvote of Q{one.number}: {words}", 75)
            button = Button(f"Take back Q{one.number}", action("qup", one.id, "off", *where), spoken=spoken)
    return row(one, session, button, work, own=own)


def _askers(ident: QuestionId, work: UnitOfWork) -> set[PersonId]:
    question = work.get(Question, ident)
    return {question.person} if question else set()


def _wants(ident: QuestionId, person: PersonId, work: UnitOfWork) -> bool:
    """What the person said last, with whichever account and of whichever of those that are one now."""
    questions = {ident, *(it.id for it in work.all(Question, merged_into=ident))}
    accounts = [it.id for it in work.all(Account, person=person)]
    said = [it for by in accounts for it in work.all(Upvote, account=by) if it.question in questions]
    last = max(said, key=lambda it: (it.at, it.delivery, it.account), default=None)
    return last is not None and last.on


# -- an upvote --------------------------------------------------------------------------------------------------------


def upvote_needs(command: CastUpvote, work: UnitOfWork) -> Iterable[Key]:
    """Few, for a crowd presses at once; the page is for who pressed there."""
    yield key(Account, command.actor.account)
    yield key(Question, command.question)
    question, account = work.peek(Question, command.question), work.peek(Account, command.actor.account)
    if question is None:
        return
    yield key(Session, question.session)
    yield key(QuestionRules, question.session)
    if question.merged_into is not None:
        yield key(Question, question.merged_into)
    if account is not None:
        yield key(Member, question.session, account.person)
        yield key(Upvote, question.id, account.id)
        if command.sort is not None:
            yield key(Question, merged_into=question.merged_into or question.id)
            yield from _page_needs(question.session, command, work)


def cast_upvote(command: CastUpvote, work: UnitOfWork, moment: Moment) -> Outcome:
    question = work.get(Question, command.question)
    session = work.get(Session, question.session) if question else None
    if question is None or session is None:
        raise Refused(GONE)
    member, account = member_of(command, session, work), work.get(Account, command.actor.account)
    authorize_with_consent(command.actor, session, member, "vote")
    assert account is not None, "who may vote has an account"
    every = Button("All questions", action("qboard", session.id))
    if not question.public or rules_of(session.id, work).mode != "public":
        raise Refused(GONE, every)
    if not chatting(session):
        raise Refused(f"“{session.name}” {STANDS[session.state]}, so upvotes are closed.")
    head = work.get(Question, question.merged_into) if question.merged_into else question
    if head is None or head.state in ("resolved", "declined"):
        raise Refused(f"{called(question)} is answered already.", every)
    if account.person in (question.person, head.person):
        raise Refused(OWN, every)
    if command.sort is None:
        on, again = _cast(command, question, account, work)
        return Outcome(_said(question, head, on, account.person, every), quiet=again)
    wanted = _wants(head.id, account.person, work)
    on, _ = _cast(command, question, account, work)
    moved = (head.id, _wants(head.id, account.person, work) - wanted)
    # More upvotes put it on another page, so what was done is said besides.
    page = _page(session, account.person, command.sort, command.page, command.like, work, moved, _done(head, on))
    return Outcome(page, kept=False)


def _cast(command: CastUpvote, question: Question, account: Account, work: UnitOfWork) -> tuple[bool, bool]:
    """What counts of this account now, and whether it had said something before; the latest act decides."""
    before = work.get(Upvote, question.id, account.id)
    if before is not None and (before.at, before.delivery) >= (command.at, command.delivery):
        return before.on, True
    work.put(Upvote(question.id, account.id, question.session, command.on, command.at, command.delivery))
    if before is None or before.on != command.on:
        work.touch(subject("board", question.session))
    return command.on, before is not None


def _said(question: Question, head: Question, on: bool, person: PersonId, every: Button) -> Card:
    merged = f" {called(question)} was merged into it." if head.id != question.id else ""
    turn = Button(f"Take back {called(head)}", action("qup", head.id, "off"))
    if not on:
        turn = Button(f"Upvote {called(head)}", action("qup", head.id, "on"))
    return say(OnlyPerson(person), f"{_done(head, on)}{merged}", buttons=(turn, every))


def _done(head: Question, on: bool) -> str:
    return f"You upvoted {called(head)}." if on else f"Your upvote of {called(head)} is taken back."
