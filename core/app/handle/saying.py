"""What moderators say to everybody, in the session's name: in every stage, and kept in Updates (SPEC 6.2, UX 1.5)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.authorize import authorize_with_consent
from core.app.commands import MessageEveryone, OfSession, OpenMessageForm
from core.app.handle.audit import record
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import meant, member_of, session_needs, session_of
from core.app.handle.people import known_person
from core.app.handle.showing import follow, kept_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.form import Field, Form, first
from core.domain.ids import MessageId, SessionId, SurfaceId, subject
from core.domain.people import Account
from core.domain.refused import Refused
from core.domain.sessions import Session, chatting
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.text import clean, doc, pieces
from core.domain.view import OnlyPerson, action, say

LIMIT = 1_500


def message_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(Place, session=session)
        yield from kept_needs(session, work)
        yield draft_key(command, _action(session))


def _action(session: SessionId) -> str:
    return action("messaged", session)


def _form(session: Session) -> Form:
    text = Field("text", "Message", "paragraph", longest=LIMIT, hint="Everybody reads it under the session's name")
    return Form(
        title="Message everyone",
        action=_action(session.id),
        submit="Send",
        again=action("message", session.id),
        fields=(text,),
    )


def open_form(command: OpenMessageForm, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _mine(command, work)
    given = {"text": (command.text,)} if command.text else {}
    return Outcome(with_draft(_form(session), command, work).filled(given))


def message_everyone(command: MessageEveryone, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _mine(command, work)
    form, text = _form(session), clean(first(command.values, "text"))
    stages = [it for it in work.all(Place, session=session.id) if it.kind == "stage" and usable(it)]
    problem = "" if 1 <= len(text) <= LIMIT else f"Write 1 to {LIMIT:,} characters; these are {len(text):,}."
    if not chatting(session) or not stages:
        problem = "The chat is not open now, so nobody would read it."
    if problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, {"text": problem}), done=False)
    person = known_person(command, work, moment)
    account = work.get(Account, command.actor.account)
    assert account is not None, "who may moderate has an account"
    forget_draft(command, form.action, work, moment)
    home = next((it for it in stages if it.venue == command.actor.venue), stages[0])
    line = Message(
        MessageId(moment.new_id()), session.id, home.id, account.id, person.id, doc(text), moment.now, moment.now,
        voiced=True,
    )  # fmt: skip
    what = subject("message", line.id)
    work.put(line)
    work.put(Subject(what))
    number = len(pieces(line.body))
    for place in stages:
        for part in range(number):
            work.put(Surface(SurfaceId(moment.new_id()), what, place.id, part=part, urgency=4, order_at=moment.now))
        follow(place.id, work, moment, number)
    record(command, session.id, person.id, "message everyone", line.id, work, moment)
    return Outcome(say(OnlyPerson(person.id), "Sent to everybody, and kept in Updates."))


def _mine(command: OfSession, work: UnitOfWork) -> Session:
    """Who speaks for the session is recorded like everybody, so they accepted that."""
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "moderate")
    if session.state in ("ended", "archived"):
        raise Refused(f"“{session.name}” is over.")
    return session
