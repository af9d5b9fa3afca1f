"""Who is in the session's voice rooms, as the platform tells it (SPEC 10.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.app.commands import ReportListeners
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import AccountId, Instant, subject
from core.domain.people import Account, Listener, Member
from core.domain.refused import Ignored
from core.domain.sessions import Session, consented, joinable
from core.domain.surfaces import Place, usable


def listener_needs(command: ReportListeners, work: UnitOfWork) -> Iterable[Key]:
    yield key(Place, venue=command.actor.venue, ref=command.room)
    for one in command.listening:
        yield key(Account, one.account)
    for place in work.peek_all(Place, venue=command.actor.venue, ref=command.room):
        if place.kind != "voice" or place.session is None:
            continue
        yield key(Session, place.session)
        yield key(Listener, place=place.id)
        for one in command.listening:
            if account := work.peek(Account, one.account):
                yield key(Member, place.session, account.person)


def report_listeners(command: ReportListeners, work: UnitOfWork, moment: Moment) -> Outcome:
    """Of who did not join nothing is kept (SPEC 2.1); what is older than what is known changes nothing."""
    rooms = work.all(Place, venue=command.actor.venue, ref=command.room)
    place = next((it for it in rooms if it.kind == "voice" and usable(it)), None)
    session = work.get(Session, place.session) if place and place.session else None
    if not command.actor.bot or place is None or session is None or not joinable(session):
        raise Ignored
    before = {it.account: it for it in work.all(Listener, place=place.id)}
    changed = [*_came(command, place, session, before, work), *_left(command, before)]
    if not changed:
        raise Ignored
    for listener in changed:
        work.know(key(Listener, place.id, listener.account))
        work.put(listener)
    work.touch(subject("desk", session.id))
    return Outcome()


def _came(
    command: ReportListeners, place: Place, session: Session, before: Mapping[AccountId, Listener], work: UnitOfWork
) -> Iterable[Listener]:
    for one in command.listening:
        account = work.get(Account, one.account)
        member = work.get(Member, session.id, account.person) if account else None
        if account is None or member is None or member.blocked or not consented(session, member):
            continue
        now = Listener(place.id, account.id, session.id, account.person, True, one.deafened, command.at)
        known = before.get(account.id)
        if known is None or (known.at <= command.at and replace(known, at=command.at) != now):
            yield now


def _left(command: ReportListeners, before: Mapping[AccountId, Listener]) -> Iterable[Listener]:
    present = {one.account for one in command.listening}
    for known in before.values():
        if known.here and known.account not in present and known.at <= command.at:
            yield replace(known, here=False, at=command.at)


def empty(place: Place, at: Instant, work: UnitOfWork) -> None:
    """The room is gone, so nobody is in it; its listeners are loaded."""
    for known in work.all(Listener, place=place.id):
        if known.here:
            work.put(replace(known, here=False, at=at))
    if place.session is not None:
        work.touch(subject("desk", place.session))
