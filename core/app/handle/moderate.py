"""Moderating a message: pin, delete everywhere, block its author, answer in the session's name (SPEC 2.5, 3.4)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.authorize import authorize
from core.app.commands import Command, Moderate, OpenModerateForm
from core.app.handle.answers import quoting_needs
from core.app.handle.audit import record
from core.app.handle.curate import answer, author_of, block, delete, pin, recent, unpin
from core.app.handle.feed_room import item_needs
from core.app.handle.find import actor_needs, known_session, member_of
from core.app.handle.people import keep_draft, known_person
from core.app.handle.pins import pins_needs
from core.app.handle.questions.outside import mark_needs
from core.app.handle.seating import seating_needs
from core.app.handle.showing import kept_needs
from core.app.outcome import FormDraft, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.written import answers_needs
from core.domain.chat import Message
from core.domain.form import Field, Form, Invalid, Pick, first
from core.domain.ids import MessageId, subject
from core.domain.people import Account, Member, Person
from core.domain.refused import Refused
from core.domain.sessions import STANDS, Session, Venue, chatting, consented
from core.domain.surfaces import Place, Surface
from core.domain.text import Doc, clean, doc, one_line, plain, shorten
from core.domain.view import Card, Heading, OnlyPerson, Option, Part, Select, Words, action

REPLY_LIMIT = 1_500
NOT_THERE = (
    "This message is not one of the session's chat, so there is nothing to moderate. "
    "If it was written just now, try again in a few seconds."
)


def moderate_needs(command: OpenModerateForm | Moderate, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    if isinstance(command, OpenModerateForm) and command.message is None:
        yield key(Place, ref=command.channel)
        for place in work.peek_all(Place, ref=command.channel):
            yield key(Surface, place=place.id, ref=command.ref)
            for surface in work.peek_all(Surface, place=place.id, ref=command.ref):
                yield from _of_surface(surface, command, work)
    elif command.message is not None:
        yield from _of_message(command.message, command, work)


def _of_surface(surface: Surface, command: Command, work: UnitOfWork) -> Iterable[Key]:
    what, _, ident = surface.subject.partition(":")
    if what == "bundle":
        yield key(Surface, bundle=surface.id)
        for line in work.peek_all(Surface, bundle=surface.id):
            yield from _of_message(MessageId(line.subject.partition(":")[2]), command, work)
    elif what == "message":
        yield from _of_message(MessageId(ident), command, work)


def _of_message(ident: MessageId, command: Command, work: UnitOfWork) -> Iterable[Key]:
    yield key(Message, ident)
    message = work.peek(Message, ident)
    if message is None:
        return
    yield key(FormDraft, command.actor.account, action("moderated", ident))
    yield key(Person, message.person)
    yield key(Place, session=message.session)
    yield from kept_needs(message.session, work)
    yield from answers_needs(message.session)
    yield from seating_needs(message.session, message.person, work)
    yield from mark_needs(message.session, message.person, work)
    if account := work.peek(Account, command.actor.account):
        yield key(Member, message.session, account.person)
    for place in work.peek_all(Place, session=message.session):
        yield key(Venue, place.venue)
    if not isinstance(command, Moderate):
        return
    what = first(command.values, "do")
    yield key(Surface, subject=subject("message", ident))
    yield from quoting_needs(subject("message", ident), work)
    yield from item_needs(message.session, "pin", ident)
    yield from pins_needs(ident)
    if what == "recent":
        yield key(Message, session=message.session, person=message.person)
        for one in work.peek_all(Message, session=message.session, person=message.person):
            yield key(Surface, subject=subject("message", one.id))
            yield from pins_needs(one.id)
            yield from quoting_needs(subject("message", one.id), work)


# -- the form -------------------------------------------------------------------------------------------------------


def open_moderate_form(command: OpenModerateForm, work: UnitOfWork, moment: Moment) -> Outcome:
    if command.message is not None:
        message = work.get(Message, command.message)
    else:
        found = _at(command, work)
        if isinstance(found, tuple):
            return Outcome(_which_line(found, command, work, moment))
        message = found
    message, _ = _moderable(message, command, work)
    form = _form(message, work)
    draft = work.get(FormDraft, command.actor.account, form.action)
    return Outcome(form.filled({"reply": draft.values.get("reply", ())}) if draft else form)


def _at(command: OpenModerateForm, work: UnitOfWork) -> Message | tuple[Message, ...] | None:
    """The line at that place of the chat, or the several of one post; the link may be another venue's."""
    places = [it for it in work.all(Place, ref=command.channel) if it.state != "released"]
    places.sort(key=lambda it: it.venue != command.actor.venue)
    posts = (work.one(Surface, place=it.id, ref=command.ref) for it in places)
    surface = next((it for it in posts if it is not None), None)
    if surface is None:
        return None
    what, _, ident = surface.subject.partition(":")
    if what == "message":
        return work.get(Message, MessageId(ident))
    if what != "bundle":
        return None
    carried = sorted(work.all(Surface, bundle=surface.id), key=lambda it: (it.order_at, it.id))
    lines = [work.get(Message, MessageId(it.subject.partition(":")[2])) for it in carried if it.part == 0]
    return tuple(line for line in lines if line is not None and not line.deleted) or None


def _which_line(lines: tuple[Message, ...], command: Command, work: UnitOfWork, moment: Moment) -> Card:
    """One post holds several lines: which one is meant."""
    _moderable(lines[0], command, work)
    options = tuple(
        Option(shorten(f"{author_of(line, work)}: {one_line(plain(line.body))}", 75), line.id) for line in lines[:25]
    )
    parts: tuple[Part, ...] = (
        Heading("Which line?"),
        Words("This post holds several lines."),
        Select("Choose a line", action("moderate"), options),
    )
    return Card(OnlyPerson(known_person(command, work, moment).id), parts)


def _moderable(message: Message | None, command: Command, work: UnitOfWork) -> tuple[Message, Session]:
    if message is None:
        raise Refused(NOT_THERE)
    session = known_session(message.session, work)
    authorize(command.actor, session, member_of(command, session, work), "moderate")
    place = work.get(Place, message.place)
    if place is not None and place.kind == "backchannel":
        raise Refused("Lines of the backchannel can be deleted by who wrote them, and by nobody else.")
    if message.deleted or message.cleared:
        raise Refused("This message has been deleted already.")
    return message, session


def _form(message: Message, work: UnitOfWork) -> Form:
    author = author_of(message, work)
    picks = [Pick("Unpin", "unpin") if message.pinned else Pick("Pin", "pin"), Pick("Delete everywhere", "delete")]
    if not message.voiced:
        member = work.get(Member, message.session, message.person)
        blocked = member is not None and member.blocked
        picks.append(Pick("Delete their last 10 minutes", "recent"))
        picks.append(Pick("Unblock the author", "unblock") if blocked else Pick("Block the author", "block"))
    picks.append(Pick("Only answer, with the text below", "answer"))
    return Form(
        title="Moderate",
        action=action("moderated", message.id),
        submit="Do it",
        again=action("moderate", message.id),
        intro=f"{author}: {shorten(one_line(plain(message.body)), 300)}",
        fields=(
            Field("do", "What to do", "choice", value=(picks[0].value,), picks=tuple(picks)),
            Field(
                "reply",
                "Answer in the session's name",
                "paragraph",
                required=False,
                longest=REPLY_LIMIT,
                hint="Everybody reads it under the session's name",
            ),
        ),
    )


# -- doing it -------------------------------------------------------------------------------------------------------


def moderate(command: Moderate, work: UnitOfWork, moment: Moment) -> Outcome:
    message, session = _moderable(work.get(Message, command.message), command, work)
    person = known_person(command, work, moment)
    try:
        what, reply = _checked(command, message, session, work)
    except Invalid as problem:
        keep_draft(command, _form(message, work), command.values, work, moment)
        return Outcome(_form(message, work).filled(command.values, problem.errors), done=False)
    told: list[Doc] = []
    match what:
        case "pin":
            pin(message, work, moment)
            told.append(doc("Pinned. It is in the menu of everybody now."))
        case "unpin":
            unpin(message, work)
            told.append(doc("Unpinned."))
        case "delete":
            told += delete((message,), command, work)
        case "recent":
            told += delete(recent(message, work, moment), command, work)
        case "block" | "unblock":
            try:
                told.append(block(session, message, person.id, what == "block", work, moment))
            except Refused as refused:
                keep_draft(command, _form(message, work), command.values, work, moment)
                form = _form(message, work).filled(command.values, {"do": refused.sentence})
                return Outcome(form, done=False)
        case _:
            pass
    if work.get(FormDraft, command.actor.account, action("moderated", message.id)):
        keep_draft(command, _form(message, work), {}, work, moment)
    if reply:
        answer(message, session, reply, command, person.id, work, moment)
        told.append(doc("Your answer goes out in the session's name."))
    record(command, session.id, person.id, what, message.id, work, moment)
    return Outcome(Card(OnlyPerson(person.id), tuple(Words(one) for one in told)))


def _checked(command: Moderate, message: Message, session: Session, work: UnitOfWork) -> tuple[str, str]:
    """What is to be done and what to be answered. Raises Invalid.

    Who answers is recorded with the words, so they accept that like everybody; the rest cannot wait for it.
    """
    what, reply = first(command.values, "do"), clean(first(command.values, "reply"))
    known = {pick.value for field in _form(message, work).fields for pick in field.picks}
    if what not in known:
        raise Invalid({"do": "This has changed meanwhile. Pick again."})
    if what == "answer" and not reply:
        raise Invalid({"reply": "Write the answer here, or pick something else above."})
    if reply and not chatting(session):
        raise Invalid({"reply": f"The session {STANDS[session.state]}, so nobody would read an answer."})
    if reply and not consented(session, member_of(command, session, work)):
        raise Invalid({"reply": "Join the session before you answer in its name; it is one short form."})
    if len(reply) > REPLY_LIMIT:
        raise Invalid({"reply": f"The answer has {len(reply):,} characters; {REPLY_LIMIT:,} fit."})
    return what, reply
