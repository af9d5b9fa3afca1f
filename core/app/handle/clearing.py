"""Clearing the chat: its lines are taken from attendees, some at a time; reports keep them (SPEC 3.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize
from core.app.commands import AskToClearChat, ClearChat, OfSession
from core.app.derived import Uncleared
from core.app.handle import pins
from core.app.handle.audit import record
from core.app.handle.feed_room import item
from core.app.handle.find import meant, member_of, session_needs, session_of
from core.app.handle.people import known_person
from core.app.handle.showing import plan
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import SECOND, Instant, SessionId, subject
from core.domain.refused import Refused
from core.domain.schedule import Due
from core.domain.sessions import STANDS, Session, Venue, chatting
from core.domain.surfaces import Place, Surface, usable
from core.domain.view import Button, OnlyPerson, action, say


def clear_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(Place, session=session)
        yield key(Due, _due(session))
        for place in work.peek_all(Place, session=session):
            yield key(Venue, place.venue)


def _due(session: SessionId) -> str:
    return f"clear:{session}"


def ask(command: AskToClearChat, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _mine(command, work)
    person = known_person(command, work, moment)
    told = f"Clear the chat of “{session.name}”? Its lines are taken away from attendees; your reports keep them."
    buttons = (Button("Clear chat", action("clear", session.id), "danger"), Button("Keep it", action("keep")))
    return Outcome(say(OnlyPerson(person.id), told, *_staying(session, work), buttons=buttons))


def clear(command: ClearChat, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _mine(command, work)
    person = known_person(command, work, moment)
    work.put(replace(session, cleared_at=max(command.at, session.cleared_at or command.at)))
    plan(_due(session.id), moment.now, work, sooner=True)
    record(command, session.id, person.id, "clear chat", session.id, work, moment)
    told = "The chat is being cleared; a long one takes a few minutes."
    return Outcome(say(OnlyPerson(person.id), told, *_staying(session, work)))


def _mine(command: OfSession, work: UnitOfWork) -> Session:
    session = session_of(command, work)
    authorize(command.actor, session, member_of(command, session, work), "moderate")
    if not chatting(session):
        raise Refused(f"“{session.name}” {STANDS[session.state]}, so there is no chat to clear.")
    return session


def _staying(session: Session, work: UnitOfWork) -> tuple[str, ...]:
    """Where what people wrote themselves cannot be removed by the bot (SPEC 3.4: never passed over in silence)."""
    rooms = [it for it in work.all(Place, session=session.id) if it.kind == "stage" and usable(it) and not it.prunes]
    names = sorted({f"“{venue.name}”" for it in rooms if (venue := work.get(Venue, it.venue))})
    if not names:
        return ()
    return (f"In {' and '.join(names)} only the copies go: what people wrote there themselves only they can delete.",)


# -- some lines at a time -------------------------------------------------------------------------------------------


def some_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Session, session)
    yield key(Place, session=session)
    yield key(Uncleared, session)
    if found := work.peek(Uncleared, session):
        for ident in found.messages:
            yield key(Message, ident)
            yield key(Surface, subject=subject("message", ident))
            yield from pins.pins_needs(ident)


def clear_some(session: SessionId, work: UnitOfWork, moment: Moment) -> Instant | None:
    """Take away the oldest that are left; returns when to go on."""
    found = work.get(Uncleared, session)
    for ident in found.messages if found else ():
        message = work.get(Message, ident)
        if message is None:
            continue
        work.put(replace(message, cleared=True, pinned=False, pinned_at=None))
        pins.take_down(ident, work)
        for surface in work.all(Surface, subject=subject("message", ident)):
            place = work.get(Place, surface.place)
            if surface.gone or surface.dead:
                continue
            if surface.ours:
                work.put(replace(surface, gone=True))
            elif place is not None and place.prunes:
                work.put(replace(surface, gone=True, follow="live"))
        work.touch(subject("message", ident))
        work.touch(item(session, "pin", ident))
    return Instant(moment.now + SECOND) if found and found.messages else None
