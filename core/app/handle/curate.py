"""What moderators do to a line: pin, remove, answer in the session's name; and to its author: block (SPEC 2.5, 3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import Command
from core.app.handle import pins
from core.app.handle.answers import requote
from core.app.handle.feed_room import item, put
from core.app.handle.questions.outside import marked
from core.app.handle.seating import reseat
from core.app.handle.showing import follow
from core.app.ports import Moment
from core.app.unit_of_work import UnitOfWork, key
from core.app.written import touch_answers
from core.domain.chat import Message, deleted
from core.domain.ids import MINUTE, MessageId, PersonId, SurfaceId, subject
from core.domain.people import Account, Member, Person, shown_name
from core.domain.refused import Refused
from core.domain.sessions import Session, Venue
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.text import Doc, Jump, doc, pieces

RECENT = 10 * MINUTE


def author_of(message: Message, work: UnitOfWork) -> str:
    person = work.get(Person, message.person)
    if message.voiced or person is None:
        return "The session"
    return shown_name(person)


def _posts(message: Message, work: UnitOfWork) -> list[Surface]:
    """Where the line stands, written or copied."""
    there = work.all(Surface, subject=subject("message", message.id))
    return [it for it in there if it.kind == "post" and not it.gone and not it.dead]


def pin(message: Message, work: UnitOfWork, moment: Moment) -> None:
    work.put(replace(message, pinned=True, pinned_at=moment.now))
    put(message.session, "pin", message.id, work, moment)
    pins.put_up(message.id, _posts(message, work), work, moment)


def unpin(message: Message, work: UnitOfWork) -> None:
    work.put(replace(message, pinned=False, pinned_at=None, feed_at=None))
    pins.take_down(message.id, work)
    work.touch(item(message.session, "pin", message.id))


def recent(message: Message, work: UnitOfWork, moment: Moment) -> tuple[Message, ...]:
    theirs = work.all(Message, session=message.session, person=message.person)
    since = moment.now - RECENT
    found = [it for it in theirs if not it.deleted and not it.voiced and (it.at >= since or it.id == message.id)]
    stage = {place.id for place in work.all(Place, session=message.session) if place.kind == "stage"}
    return tuple(it for it in found if it.place in stage)


def delete(messages: Iterable[Message], command: Command, work: UnitOfWork) -> list[Doc]:
    """Remove every copy; what the platform does not let us remove is named with the way to it (SPEC 3.4)."""
    left: list[str | Jump] = []
    number = 0
    for message in messages:
        number += 1
        what = subject("message", message.id)
        work.put(replace(deleted(message, command.at), pinned=False, pinned_at=None))
        pins.take_down(message.id, work)
        for surface in work.all(Surface, subject=what):
            place = work.get(Place, surface.place)
            if surface.gone or surface.dead:
                continue
            if surface.ours:
                work.put(replace(surface, gone=True))
            elif place is not None and place.prunes:
                work.put(replace(surface, gone=True, follow="live"))
            elif place is not None and place.ref is not None and surface.ref is not None:
                here = place.venue == command.actor.venue
                left.append(", " if left else "")
                left.append(Jump(place.ref, surface.ref, "this one") if here else _where(place, work))
        work.touch(what)
        work.touch(item(message.session, "pin", message.id))
        requote(what, work)
    told = [doc("Deleted." if number == 1 else f"{number} messages are deleted.")]
    if left:
        told.append(doc("The original stays: only its author or an admin can delete it there: ", *left, "."))
    return told


def _where(place: Place, work: UnitOfWork) -> str:
    venue = work.get(Venue, place.venue)
    return f"one in “{venue.name}”" if venue else "one elsewhere"


def block(session: Session, message: Message, by: PersonId, blocked: bool, work: UnitOfWork, moment: Moment) -> Doc:
    member = work.get(Member, session.id, message.person)
    name = author_of(message, work)
    if member is None:
        raise Refused(f"{name} is not in this session any more.")
    if member.role == "moderator":
        raise Refused(f"{name} is a moderator. Take them off the team first: /mod team")
    if message.person == by:
        raise Refused("That is yourself.")
    work.put(replace(member, blocked=blocked))
    reseat(session, message.person, work, moment)
    touch_answers(session.id, work)
    marked(session.id, message.person, work, moment)
    if blocked:
        return doc(f"{name} is blocked: out of the chat, and nothing they do counts, until somebody unblocks them.")
    return doc(f"{name} takes part again.")


def answer(
    message: Message,
    session: Session,
    reply: str,
    command: Command,
    person: PersonId,
    work: UnitOfWork,
    moment: Moment,
) -> None:
    """A line under the session's name, in the thread of the message wherever that stands."""
    account = work.get(Account, command.actor.account)
    assert account is not None, "who moderates has an account"
    body = doc(reply)
    answered = subject("message", message.id)
    line = Message(
        MessageId(moment.new_id()),
        session.id,
        message.place,
        account.id,
        person,
        body,
        moment.now,
        moment.now,
        reply_to=answered,
        voiced=True,
    )
    what = subject("message", line.id)
    work.know(key(Surface, subject=what), key(Subject, what))
    work.put(line)
    work.put(Subject(what))
    heads = {it.place: (it.bundle or it.id) for it in _posts(message, work) if it.part <= 0}
    cut = len(pieces(body))
    for place in work.all(Place, session=session.id):
        if place.kind != "stage" or not usable(place):
            continue
        for part in range(cut):
            work.put(
                Surface(
                    SurfaceId(moment.new_id()),
                    what,
                    place.id,
                    part=part,
                    parent=heads.get(place.id),
                    urgency=4,
                    order_at=moment.now,
                )
            )
        follow(place.id, work, moment, cut)
