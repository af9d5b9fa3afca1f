"""A line in the direct messages with the bot: it goes where it answers, else the writer is asked (SPEC 6.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.app.commands import Command, DeleteLine, EditLine, SendLine, WriteToBot
from core.app.handle.drafts import draft_key, forget_draft, put_draft
from core.app.handle.find import actor_needs, known_session
from core.app.handle.own import reader_of, write_to_bot
from core.app.handle.questions.ask import asking, of_session, put_question, wrong
from core.app.handle.questions.converse import meant, said, seen, talk_needs, talks
from core.app.handle.questions.known import conversation_needs, rules_of
from core.app.handle.questions.received import received
from core.app.outcome import FormDraft, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import first
from core.domain.ids import AccountId, QuestionId, SessionId
from core.domain.people import Account, Member
from core.domain.questions import OPEN, Question, called, opening
from core.domain.questions import Line as QuestionLine
from core.domain.refused import Ignored, Refused
from core.domain.sessions import Session, chatting, consented
from core.domain.surfaces import Place, Surface
from core.domain.text import clean_doc, doc, plain, shorten
from core.domain.view import Button, Buttons, Card, Heading, Note, Option, Part, Select, Words, action

NEW = "new"
LABEL = 75
"""Characters of an option on Slack."""
CHOICES = 25


def write_needs(command: WriteToBot, work: UnitOfWork) -> Iterable[Key]:
    yield from talk_needs(command, (command.ref, command.reply_to), work)
    account = work.peek(Account, command.actor.account)
    if account is None:
        return
    yield draft_key(command, kept_as(command.ref or command.delivery))
    yield key(Member, person=account.person)
    yield key(Question, person=account.person)
    for member in work.peek_all(Member, person=account.person):
        yield key(Session, member.session)
        yield from of_session(member.session, command, work)
    for question in work.peek_all(Question, person=account.person):
        if question.state in OPEN:
            yield key(QuestionLine, question=question.id)


def kept_as(ref: str) -> str:
    """Where a line waits for its addressee; a second delivery finds the same."""
    return f"line:{ref}".replace(":", ".")


def write(command: WriteToBot, work: UnitOfWork, moment: Moment) -> Outcome:
    found = meant(command, command.reply_to, work)
    places = talks(command, work)
    if any(work.all(Surface, place=place.id, ref=command.ref) for place in places if command.ref):
        raise Ignored  # read back although it was taken in
    for place in places:
        seen(command, place, work)
    if found is not None and places:
        place = _home(found[0], places)
        return said(command, found[0], clean_doc(command.body), command.ref, place, work, moment)
    return _to_whom(command, work, moment)


def _home(question: Question, places: Sequence[Place]) -> Place:
    """Servers share a person's direct messages: of these places the one that has the conversation."""
    return next((it for it in places if it.id == question.place), places[0])


def _to_whom(command: WriteToBot, work: UnitOfWork, moment: Moment) -> Outcome:
    """Asked back with buttons or a select; the text is kept meanwhile. Before consent nothing of it is stored."""
    account = work.get(Account, command.actor.account)
    body = clean_doc(command.body)
    options = _options(command, account, work) if account and body else []
    if not options or account is None:
        return write_to_bot(command, work, moment)
    kept = kept_as(command.ref or command.delivery)
    text = plain(body)
    put_draft(command, kept, {"text": (text,), "ref": (command.ref,), "room": (command.room,)}, work, moment)
    ask = Words("Nobody has read this yet. Where shall it go?")
    shown: tuple[Part, ...] = (Heading("To whom?"), ask, Note(shorten(text, 200)))
    if len(options) <= 2:
        buttons = tuple(
            Button(label, action("qsend", kept, to), "primary" if index == 0 else "plain")
            for index, (label, _, to) in enumerate(options)
        )
        return Outcome(Card(reader_of(command, work), (*shown, Buttons(buttons))), kept=False)
    listed = tuple(Option(shorten(long, LABEL), to) for _, long, to in options[:CHOICES])
    select = Select("Choose", action("qsend", kept), listed)
    return Outcome(Card(reader_of(command, work), (*shown, select)), kept=False)


def _options(command: Command, account: Account, work: UnitOfWork) -> list[tuple[str, str, str]]:
    """(label of a button, label of an option, what it means): open conversations, and asking anew."""
    found: list[tuple[str, str, str]] = []
    mine = [it for it in work.all(Question, person=account.person) if it.state in OPEN]
    for question in sorted(mine, key=lambda it: -it.number):
        words = opening(work.all(QuestionLine, question=question.id), 50)
        found.append((f"Send to {called(question)}", f"{called(question)} (moderators): {words}", f"q.{question.id}"))
    for member in work.all(Member, person=account.person):
        session = work.get(Session, member.session)
        if session is None or not chatting(session) or not consented(session, member) or member.blocked:
            continue
        rules = rules_of(session.id, work)
        alone = rules.mode == "single" and any(it.session == session.id for it in mine)
        if rules.mode != "off" and not alone:
            found.append(("Ask moderators", f"Ask the moderators of “{session.name}”", f"{NEW}.{session.id}"))
    return found


# -- changed before it was sent -----------------------------------------------------------------------------------


def waiting_needs(command: EditLine | DeleteLine, work: UnitOfWork) -> Iterable[Key]:
    for account in _writers(command, work):
        yield key(FormDraft, account, kept_as(command.ref))


def rewritten(command: EditLine | DeleteLine, work: UnitOfWork) -> bool:
    """Whether the line still waits for its addressee; then what is sent is what it says now, or nothing."""
    for account in _writers(command, work):
        draft = work.get(FormDraft, account, kept_as(command.ref))
        if draft is not None and first(draft.values, "text"):
            text = plain(clean_doc(command.body)) if isinstance(command, EditLine) else ""
            work.put(replace(draft, values={**draft.values, "text": (text,)} if text else {}))
            return True
    return False


def _writers(command: Command, work: UnitOfWork) -> list[AccountId]:
    """Whose direct messages it may be in; a deletion does not tell who wrote it."""
    owners = [it.account for it in talks(command, work) if it.kind == "dm" and it.account is not None]
    return list(dict.fromkeys((command.actor.account, *owners)))


# -- sent after all -------------------------------------------------------------------------------------------------


def send_needs(command: SendLine, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield draft_key(command, command.kept)
    what, _, ident = command.to.partition(".")
    account = work.peek(Account, command.actor.account)
    if what == NEW:
        yield key(Session, SessionId(ident))
        yield from of_session(SessionId(ident), command, work)
        if account:
            yield key(Member, SessionId(ident), account.person)
    else:
        yield from conversation_needs(QuestionId(ident), work)
        question = work.peek(Question, QuestionId(ident))
        if question and account:
            yield key(Member, question.session, account.person)
    yield from talk_needs(command, (), work)


def send_line(command: SendLine, work: UnitOfWork, moment: Moment) -> Outcome:
    draft = work.get(FormDraft, command.actor.account, command.kept)
    if draft is None or not first(draft.values, "text"):
        raise Refused("This line was sent already, or is from another time. Please write it again.")
    text, ref = first(draft.values, "text"), first(draft.values, "ref")
    what, _, ident = command.to.partition(".")
    reader = reader_of(command, work)
    if what == NEW:
        session = known_session(SessionId(ident), work)
        rules = asking(command, session, work)
        if problem := wrong(text):
            raise Refused(problem)
        question = put_question(
            command, session, rules, doc(text), None, named=False, work=work, moment=moment, ref=ref
        )  # fmt: skip
        forget_draft(command, command.kept, work, moment)
        return Outcome(received(question, session, reader, work))
    question_or_none = work.get(Question, QuestionId(ident))
    places = talks(command, work)
    if question_or_none is None or not places or question_or_none.person != reader.person:
        raise Refused("This conversation is not there any more. Please ask again.")
    said(command, question_or_none, doc(text), ref, _home(question_or_none, places), work, moment)
    forget_draft(command, command.kept, work, moment)
    told = f"Sent to the moderators, with {called(question_or_none)}."
    return Outcome(Card(reader, (Words(told),)))
