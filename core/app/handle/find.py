"""Who acted, in which session: what nearly every command needs first."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.commands import Command, OfSession
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import SessionId
from core.domain.people import Account, Member, Organiser, Person
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.surfaces import Place


def actor_needs(command: Command, work: UnitOfWork) -> Iterable[Key]:
    """The actor's account, person and memberships, and the room they acted in."""
    yield key(Account, command.actor.account)
    if command.room:
        yield key(Place, venue=command.actor.venue, ref=command.room)
    if account := work.peek(Account, command.actor.account):
        yield key(Person, account.person)


def session_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    """Besides the actor, the session the command concerns (SPEC 1.6) and the actor's part in it."""
    yield from actor_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for session in meant(command, work):
        yield key(Session, session)
        if account:
            yield key(Member, session, account.person)
    if command.session is None and account:
        yield key(Member, person=account.person)


def meant(command: OfSession, work: UnitOfWork) -> list[SessionId]:
    """For ``needs``: every session that :func:`session_of` may choose, as far as is known by now."""
    if command.session is not None:
        return [command.session]
    rooms = work.peek_all(Place, venue=command.actor.venue, ref=command.room) if command.room else []
    if here := [room.session for room in rooms if room.session is not None and room.state != "released"]:
        return here
    account = work.peek(Account, command.actor.account)
    return [member.session for member in work.peek_all(Member, person=account.person)] if account else []


def room_here(command: Command, work: UnitOfWork) -> Place | None:
    """The room that the channel is now; rooms of sessions that are over may have been the same channel before."""
    if not command.room:
        return None
    rooms = work.all(Place, venue=command.actor.venue, ref=command.room)
    return next((room for room in rooms if room.state != "released"), None)


def session_of(command: OfSession, work: UnitOfWork) -> Session:
    """The session that is named, or the room's, or the only one live or next that the person has a part in.

    Refused with what to do when there is none or more than one.
    """
    if command.session is not None:
        return known_session(command.session, work)
    if (room := room_here(command, work)) and room.session:
        return known_session(room.session, work)
    mine = [session for session in _of_person(command, work) if session.state not in ("ended", "archived")]
    if len(mine) == 1:
        return mine[0]
    if mine:
        raise Several(tuple(sorted(mine, key=lambda it: (it.starts_at, it.name, it.id))))
    raise Refused("This channel belongs to no session. Do this in a session's channel, or join a session first.")


# -- what is over and can still be read -------------------------------------------------------------------------------


def past_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    """As :func:`session_needs`, where a session that is over will do."""
    yield from session_needs(command, work)
    for session in meant_or_past(command, work):
        yield key(Session, session)


def meant_or_past(command: OfSession, work: UnitOfWork) -> list[SessionId]:
    """For ``needs`` of :func:`session_or_past`; of several that are over only the latest is looked at."""
    every = meant(command, work)
    known = [it for it in (work.peek(Session, one) for one in every) if it is not None]
    under_way = [it.id for it in known if it.state not in ("ended", "archived")]
    if command.session is not None or len(every) < 2 or under_way:
        return every
    if len(known) < len(every):
        return []  # which it is shows when all of them are known; the feeds of all of them would be a lot
    last = latest(known)
    return [last.id] if last else []


def latest(sessions: Iterable[Session]) -> Session | None:
    return max(sessions, key=lambda it: (it.ends_at, it.id), default=None)


def past_sessions(command: OfSession, work: UnitOfWork) -> list[Session]:
    """Those that are over and that the person had a part in; none is looked for where one was named."""
    if command.session is not None:
        return []
    return [session for session in _of_person(command, work) if session.state in ("ended", "archived")]


def session_or_past(command: OfSession, work: UnitOfWork) -> Session:
    """As :func:`session_of`; where none is under way the person's latest one, archived too (SPEC 6.2)."""
    try:
        return session_of(command, work)
    except Several:
        raise
    except Refused:
        past = latest(past_sessions(command, work))
        if past is None:
            raise
        return past


class Several(Refused):
    """More than one session may be meant; who asked is asked back (SPEC 1.6)."""

    def __init__(self, sessions: tuple[Session, ...]) -> None:
        names = ", ".join(f"“{session.name}”" for session in sessions[:3])
        super().__init__(f"You have a part in several sessions ({names}). Do this in the channel of the one you mean.")
        self.sessions = sessions


def known_session(ident: SessionId, work: UnitOfWork) -> Session:
    session = work.get(Session, ident)
    if session is None:
        raise Refused("That session is not there any more.")
    return session


def _of_person(command: Command, work: UnitOfWork) -> list[Session]:
    account = work.get(Account, command.actor.account)
    if account is None:
        return []
    found = (work.get(Session, member.session) for member in work.all(Member, person=account.person))
    return [session for session in found if session is not None]


def member_of(command: Command, session: Session, work: UnitOfWork) -> Member | None:
    account = work.get(Account, command.actor.account)
    return work.get(Member, session.id, account.person) if account else None


def organiser_needs(command: Command, work: UnitOfWork) -> Iterable[Key]:
    """What was made of the actor in this venue."""
    if account := work.peek(Account, command.actor.account):
        yield key(Organiser, command.actor.venue, account.person)


def organiser_of(command: Command, work: UnitOfWork) -> Organiser | None:
    account = work.get(Account, command.actor.account)
    return work.get(Organiser, command.actor.venue, account.person) if account else None


def person_of(command: Command, work: UnitOfWork) -> Person | None:
    account = work.get(Account, command.actor.account)
    return work.get(Person, account.person) if account else None
