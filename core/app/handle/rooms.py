"""The rooms and venues of a session (SPEC 1.2, 1.7)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import Deed, authorize
from core.app.commands import (
    EnterCode,
    InviteVenue,
    OfSession,
    ShowSetup,
    UseRoom,
)
from core.app.handle.audit import record
from core.app.handle.find import (
    actor_needs,
    meant,
    member_of,
    organiser_needs,
    organiser_of,
    room_here,
    session_needs,
    session_of,
)
from core.app.handle.people import known_person
from core.app.handle.setup import hold_in, setup_card
from core.app.handle.showing import show, show_doors
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import Instant, PlaceId, subject
from core.domain.interactions.life import Interaction
from core.domain.people import Account, Member
from core.domain.refused import Refused
from core.domain.schedule import Due
from core.domain.sessions import (
    CODE_LENGTH,
    INVITE_LIFE,
    Held,
    Invite,
    Session,
    Venue,
)
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.text import doc
from core.domain.view import OnlyPerson, say


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


def use_room(command: UseRoom, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_here(command, session, work, "map rooms")
    if not command.room:
        raise Refused("Do this in the channel that shall become the room.")
    taken = _taken(command, session, work)
    person = known_person(command, work, moment)
    if taken is not None and not usable(taken):
        work.put(replace(taken, state="wanted"))
    if taken is None:
        for other in work.all(Place, session=session.id):
            if (other.kind, other.venue) == (command.kind, command.actor.venue) and usable(other):
                raise Refused(f"This session has its {command.kind} here already.")
        place = Place(
            PlaceId(moment.new_id()),
            command.actor.venue,
            command.kind,
            session.id,
            ref=command.room,
            seen_at=moment.now,
        )
        work.put(place)
        if session.state != "draft":
            show_doors(session, work, moment)
            for interaction in work.all(Interaction, session=session.id):
                if interaction.state == "live" and command.kind == "stage":
                    show(subject("interaction", interaction.id), place, work, moment, urgency=4)
    return Outcome(setup_card(session, command, person.id, work, f"This channel is the {command.kind} now."))


def _taken(command: UseRoom, session: Session, work: UnitOfWork) -> Place | None:
    """This very room, if the channel is it already. A room of a session that is over is let go (SPEC 1.6)."""
    before = room_here(command, work)
    if before is None or (before.session, before.kind) == (session.id, command.kind):
        return before
    other = work.get(Session, before.session) if before.session else None
    if before.session == session.id or (other is not None and other.state not in ("ended", "archived")):
        raise Refused("This channel has a purpose already; a channel is one room of one session. Use another channel.")
    work.put(replace(before, state="released"))
    return None


def show_setup(command: ShowSetup, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_here(command, session, work, "map rooms")
    return Outcome(setup_card(session, command, known_person(command, work, moment).id, work, "Setup"))


def invite_venue(command: InviteVenue, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_here(command, session, work, "map rooms")
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


def enter_needs(command: EnterCode, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield from organiser_needs(command, work)
    yield key(Venue, command.actor.venue)
    yield key(Invite, digest(command.code))
    if invite := work.peek(Invite, digest(command.code)):
        yield key(Session, invite.session)
        yield key(Held, invite.session, command.actor.venue)
        yield key(Place, session=invite.session)
        if account := work.peek(Account, command.actor.account):
            yield key(Member, invite.session, account.person)


def enter_code(command: EnterCode, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "map rooms", organiser_of(command, work))
    invite = work.get(Invite, digest(command.code))
    if invite is None or invite.used or invite.expires_at < moment.now:
        raise Refused("This code is not valid any more. Ask for a new one: /mod session link in the other place.")
    session = work.get(Session, invite.session)
    if session is None or session.state in ("ended", "archived"):
        raise Refused("That session is over.")
    work.put(replace(invite, used=True))
    hold_in(command, session.id, work)
    work.touch(subject("door", session.id))
    person = known_person(command, work, moment)
    work.know(key(Member, session.id, person.id))
    member = work.get(Member, session.id, person.id) or Member(session.id, person.id)
    if member.role != "moderator":
        work.put(replace(member, role="moderator"))
        record(command, session.id, person.id, "appoint moderator", person.id, work, moment)
    return Outcome(setup_card(session, command, person.id, work, f"“{session.name}” is held here too now."))
