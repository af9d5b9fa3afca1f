"""Asking: the form, what is typed behind the command, and the conversation that begins with it (SPEC 4.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.asked import Queue
from core.app.authorize import authorize_with_consent
from core.app.commands import AskQuestion, Command, OpenAskForm
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import meant, member_of, room_here, session_needs, session_of
from core.app.handle.people import known_person
from core.app.handle.questions.ask_form import ALL, NOWHERE, ask_form, forms, spelled
from core.app.handle.questions.ask_form import read as read_about
from core.app.handle.questions.known import conversation_needs, rules_of, session_rows
from core.app.handle.questions.posting import board_needs, passes, post_board
from core.app.handle.questions.received import received
from core.app.handle.questions.similar import similar_soon
from core.app.handle.questions.told import add_line, apart, begin, changed, conversation, deliver, native, touch_sums
from core.app.handle.seating import seating_needs, venue_here
from core.app.handle.showing import direct_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import first
from core.domain.ids import QuestionId, SessionId, SubjectId
from core.domain.people import Account
from core.domain.question_rules import QuestionRules, attended
from core.domain.questions import (
    OPEN,
    QUESTION_LIMIT,
    Line,
    Numbering,
    Question,
    reopened,
)
from core.domain.refused import Refused
from core.domain.sessions import STANDS, Held, Session, Venue, chatting
from core.domain.surfaces import Place, Surface
from core.domain.text import Doc, clean, doc
from core.domain.view import OnlyPerson

MOST_OPEN = 10
"""Of one person at once: who asks more than moderators can answer keeps others waiting."""


def ask_needs(command: OpenAskForm | AskQuestion, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield from of_session(session, command, work)
        for about in (command.about.removeprefix(ALL), NOWHERE):
            yield from (draft_key(command, it) for it in forms(session, about))
    if isinstance(command, OpenAskForm) and command.ref:
        channel = command.channel or command.room
        yield key(Place, venue=command.actor.venue, ref=channel)
        for place in work.peek_all(Place, venue=command.actor.venue, ref=channel):
            yield key(Surface, place=place.id, ref=command.ref)
            for post in work.peek_all(Surface, place=place.id, ref=command.ref):
                if place.session is not None:
                    yield from (draft_key(command, it) for it in forms(place.session, spelled(post.subject)))
                    yield from of_session(place.session, command, work)
                    yield key(Session, place.session)


def of_session(session: SessionId, command: Command, work: UnitOfWork) -> Iterable[Key]:
    yield from session_rows(session, work)
    yield key(Numbering, session)
    yield from board_needs(session)
    yield key(Held, session=session)
    venues = {command.actor.venue, *(it.venue for it in work.peek_all(Held, session=session))}
    for venue in venues:
        yield key(Venue, venue)
    account = work.peek(Account, command.actor.account)
    if account is None:
        return
    yield from seating_needs(session, account.person, work)
    yield key(Question, session=session, person=account.person)
    for venue in venues:
        yield from direct_needs(venue, account.person)
    for question in work.peek_all(Question, session=session, person=account.person):
        yield from conversation_needs(question.id, work)


# -- who may ask ----------------------------------------------------------------------------------------------------


def asking(command: Command, session: Session, work: UnitOfWork) -> QuestionRules:
    """The session's rules, for somebody who may ask there now. Raises Refused."""
    authorize_with_consent(command.actor, session, member_of(command, session, work), "ask questions")
    rules = rules_of(session.id, work)
    if rules.mode == "off":
        raise Refused(f"“{session.name}” takes no questions. You can still write in its chat.")
    if not chatting(session):
        when = "Questions can be asked once its doors are open." if session.state in ("draft", "announced") else ""
        later = when or "Your questions and their answers stay in the menu."
        raise Refused(f"“{session.name}” {STANDS[session.state]}. {later}")
    return rules


# -- the form -------------------------------------------------------------------------------------------------------


def open_ask_form(command: OpenAskForm, work: UnitOfWork, moment: Moment) -> Outcome:
    """Words behind the command that cannot be asked are shown back: they stand nowhere else (SPEC 14)."""
    try:
        return _opened(command, work, moment)
    except Refused as refused:
        refused.typed = command.text
        raise


def _opened(command: OpenAskForm, work: UnitOfWork, moment: Moment) -> Outcome:
    """With words behind the command there is nothing more to ask for, so they are the question.

    Where everybody reads it the form says so first.
    """
    session, about = _meant(command, work)
    rules = asking(command, session, work)
    text = clean(command.text)
    if command.text and (rules.mode != "public" or wrong(text)):
        return _asked(command, session, rules, command.text, None, named=False, work=work, moment=moment)
    if command.text:
        return Outcome(ask_form(session, rules, about, text))
    return Outcome(with_draft(ask_form(session, rules, about), command, work))


def _meant(command: OpenAskForm, work: UnitOfWork) -> tuple[Session, SubjectId | None]:
    """The session, and what it is asked about: a post of a room that attendees read."""
    if not command.ref:
        return session_of(command, work), read_about(command.about)
    channel = command.channel or command.room
    place = next((it for it in work.all(Place, venue=command.actor.venue, ref=channel) if it.state != "released"), None)
    post = work.one(Surface, place=place.id, ref=command.ref) if place else None
    session = work.get(Session, place.session) if place and place.session else None
    if place is None or session is None or place.kind not in ("stage", "feed", "door"):
        raise Refused("This message is in no session's chat. Ask about one there, or press Ask a question.")
    return session, post.subject if post and not post.gone else None


def ask_question(command: AskQuestion, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    rules = asking(command, session, work)
    named = "named" in command.values.get("options", ())
    return _asked(
        command, session, rules, first(command.values, "text"), read_about(command.about), named=named, work=work,
        moment=moment,
    )  # fmt: skip


def _asked(
    command: OpenAskForm | AskQuestion, session: Session, rules: QuestionRules, typed: str, about: SubjectId | None, *,
    named: bool, work: UnitOfWork, moment: Moment,
) -> Outcome:  # fmt: skip
    person = known_person(command, work, moment)
    form, text = ask_form(session, rules, about), clean(typed)
    problem = wrong(text)
    if problem:
        values = {"text": (typed,), "options": ("named",) if named else ()}
        keep_draft(command, form, values, work, moment)
        return Outcome(form.filled(values, {"text": problem}), done=False)
    forget_draft(command, form.action, work, moment)
    for_all = isinstance(command, AskQuestion) and command.about.startswith(ALL)
    question = put_question(
        command, session, rules, doc(text), about, named=named, for_all=for_all, work=work, moment=moment
    )  # fmt: skip
    return Outcome(received(question, session, OnlyPerson(person.id), work))


def wrong(text: str) -> str:
    """What is wrong with the words of a question, in a sentence; empty: nothing."""
    if not text.strip():
        return "Write your question here."
    if not any(it.isalnum() for it in text):
        return "Write your question in words."
    if len(text) > QUESTION_LIMIT:
        return f"This has {len(text)} characters; {QUESTION_LIMIT} fit. Make it shorter, or ask in two questions."
    return ""


# -- what comes of it -----------------------------------------------------------------------------------------------


def put_question(
    command: Command, session: Session, rules: QuestionRules, body: Doc, about: SubjectId | None, *, named: bool,
    work: UnitOfWork, moment: Moment, ref: str = "", for_all: bool = False,
) -> Question:  # fmt: skip
    """A conversation begins, or in single mode goes on. ``ref``: where the asker wrote it in their direct messages.

    ``for_all``: they were told that everybody can read it; what goes to the moderators stays with them.
    """
    for_all = for_all and rules.mode == "public"
    account = work.get(Account, command.actor.account)
    assert account is not None, "who may ask has an account"
    mine = work.all(Question, session=session.id, person=account.person)
    if rules.mode == "single" and mine:
        question = _gone_on(max(mine, key=lambda it: it.number), account, body, command, work, moment, ref)
        if named and not question.named:
            question = replace(question, named=True)
            work.put(question)
        return question
    if sum(it.state in OPEN for it in mine) >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} of your questions wait for an answer. Ask again when one has come.")
    number = _number(session.id, work)
    venue = venue_here(command, session.id, work)
    place = conversation(session, rules, number, venue, account, work, moment)
    queue = work.get(Queue, session.id)
    question = Question(
        QuestionId(moment.new_id()),
        session.id,
        number,
        account.person,
        account.id,
        venue,
        place.id,
        command.at,
        command.at,
        line=(len(queue.pending) if queue else 0) + 1,
        late=not attended(rules, session.zone, command.at),
        named=named,
        about=about,
        for_all=for_all,
        public=for_all and passes(session, rules, body),
    )
    begin(question, place, work, moment)
    line = add_line(question, "asker", account, body, command.at, work, moment)
    if ref:
        written_in = room_here(command, work) or place
        native(line, written_in, ref, work, moment)
    touch_sums(question, work)
    if question.public:
        post_board(session.id, work, moment)
    similar_soon(question.id, work, moment)
    return question


def _number(session: SessionId, work: UnitOfWork) -> int:
    before = work.get(Numbering, session)
    work.put(Numbering(session, 1) if before is None else replace(before, last=before.last + 1))
    return before.last + 1 if before else 1


def _gone_on(
    question: Question, account: Account, body: Doc, command: Command, work: UnitOfWork, moment: Moment, ref: str
) -> Question:
    line = add_line(question, "asker", account, body, command.at, work, moment)
    place = work.get(Place, question.place)
    if ref and place is not None:
        native(line, room_here(command, work) or place, ref, work, moment)
    else:
        deliver(line, question, work, moment)
    return woken(question, line, work)


def woken(question: Question, line: Line, work: UnitOfWork) -> Question:
    """The asker wrote on: what was closed waits again, and what was merged is a question of its own."""
    after = question
    if question.state == "merged":
        after = apart(question, work)
    elif question.state in ("resolved", "declined"):
        after = reopened(question, line.at)
    elif question.answered_at is not None and question.answered_at >= question.waiting_since:
        after = replace(question, waiting_since=line.at)
    session = work.get(Session, question.session)
    if session is not None and after.owner is None:
        after = replace(after, late=not attended(rules_of(session.id, work), session.zone, line.at))
    changed(question, after, work)
    return after
