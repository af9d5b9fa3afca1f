"""The venues of a session: what every command about its set-up needs, and the codes that add another (SPEC 1.7)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import Deed, authorize
from core.app.commands import EnterCode, InviteVenue, OfSession, OpenCodeForm
from core.app.handle.audit import record
from core.app.handle.find import (
    actor_needs,
    meant,
    member_of,
    organiser_needs,
    organiser_of,
    session_needs,
    session_of,
)
from core.app.handle.furnishing import furnishing_needs, touch_cards, want_rooms
from core.app.handle.people import known_person
from core.app.handle.seating import reseat, seat_needs, seating_needs, take_seat
from core.app.handle.setup import hold_in, setup_card
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form
from core.domain.ids import Instant, subject
from core.domain.interactions.life import Interaction
from core.domain.people import Account, Member
from core.domain.refused import Refused
from core.domain.schedule import Due
from core.domain.sessions import CODE_LENGTH, INVITE_LIFE, Held, Invite, Session, Venue, over
from core.domain.surfaces import Place, Subject, Surface
from core.domain.text import doc
from core.domain.view import OnlyPerson, action, say


def venue_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    """Everything about the session's rooms and venues."""
    yield from session_needs(command, work)
    yield from organiser_needs(command, work)
    yield key(Venue, command.actor.venue)
    for room in work.peek_all(Place, venue=command.actor.venue, ref=command.room) if command.room else []:
        if room.session is not None:
            yield key(Session, room.session)
    for session in meant(command, work):
        yield key(Held, session=session)
        yield key(Place, session=session)
        yield key(Subject, subject("door", session))
        yield key(Interaction, session=session)
        yield key(Due, f"session_start:{session}")
        yield key(Due, f"session_end:{session}")
        yield key(Surface, subject=subject("door", session))
        for held in work.peek_all(Held, session=session):
            yield key(Venue, held.venue)
        for interaction in work.peek_all(Interaction, session=session):
            yield key(Subject, subject("interaction", interaction.id))


def authorize_here(command: OfSession, session: Session, work: UnitOfWork, deed: Deed) -> None:
    """An organiser is one of a venue: managing another place gives no say in a session that is not held there."""
    authorize(command.actor, session, member_of(command, session, work), deed, organiser_of(command, work))
    if work.get(Held, session.id, command.actor.venue) is None:
        raise Refused("This session is not held here yet. Enter its code with /mod session enter first.")


def invite_venue(command: InviteVenue, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_here(command, session, work, "map rooms")
    if over(session):
        raise Refused(f"“{session.name}” is over; it needs no more venues.")
    code = moment.new_id()[-CODE_LENGTH:].upper()
    work.put(Invite(digest(code), session.id, Instant(moment.now + INVITE_LIFE)))
    person = known_person(command, work, moment)
    return Outcome(
        say(
            OnlyPerson(person.id),
            doc("Code: ", code, " (10 minutes, once)."),
            f"An organiser of the other workspace or server enters it there: /mod session enter {code}",
        )
    )


def digest(code: str) -> str:
    """What is kept of a code. Small letters, spaces and dashes do not matter."""
    return hashlib.sha256(code.upper().replace("-", "").replace(" ", "").encode()).hexdigest()


def code_needs(command: OpenCodeForm, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield from organiser_needs(command, work)


def open_code_form(command: OpenCodeForm, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "map rooms", organiser_of(command, work))
    return Outcome(
        Form(
            title="Enter a code",
            action=action("entered"),
            submit="Enter",
            again=action("entercode"),
            intro="An organiser of the other workspace or server gets it with Add a venue, or /mod session link.",
            fields=(Field("code", "Code", hint="Eight letters and digits", longest=20),),
        )
    )


def enter_needs(command: EnterCode, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield from organiser_needs(command, work)
    yield key(Venue, command.actor.venue)
    yield key(Invite, digest(command.code))
    if invite := work.peek(Invite, digest(command.code)):
        yield key(Session, invite.session)
        yield from furnishing_needs(invite.session, work)
        yield from seat_needs(invite.session, command.actor.account)
        if account := work.peek(Account, command.actor.account):
            yield from seating_needs(invite.session, account.person, work)


def enter_code(command: EnterCode, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "map rooms", organiser_of(command, work))
    invite = work.get(Invite, digest(command.code))
    if invite is None or invite.used or invite.expires_at < moment.now:
        raise Refused("This code is not valid any more. Ask for a new one: /mod session link in the other place.")
    session = work.get(Session, invite.session)
    if session is None or over(session):
        raise Refused("That session is over.")
    work.put(replace(invite, used=True))
    hold_in(command, session.id, work)
    touch_cards(session.id, work)
    person = known_person(command, work, moment)
    work.know(key(Member, session.id, person.id))
    member = work.get(Member, session.id, person.id) or Member(session.id, person.id)
    if member.blocked:
        raise Refused("This is not available to you in this session.")
    if member.role != "moderator":
        work.put(replace(member, role="moderator"))
        record(command, session.id, person.id, "appoint moderator", person.id, work, moment)
    take_seat(session.id, command.actor.venue, command.actor.account, person.id, work)
    want_rooms(session, work, moment)
    reseat(session, person.id, work, moment)
    return Outcome(setup_card(session, command, person.id, work, f"“{session.name}” is held here too now."))
