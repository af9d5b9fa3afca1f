"""Who is let into which room: wanted as grants, carried out in batches by the jobs (SPEC 1.3, 2.2)."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace

from core.app.commands import Command
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import AccountId, PersonId, SessionId, SubjectId, SurfaceId, VenueId, subject
from core.domain.people import Account, Member, Person, Seat
from core.domain.sessions import Held, Session, consented
from core.domain.surfaces import ROOMS, Place, PlaceKind, Subject, Surface, usable

URGENCY = 2
"""Somebody waits at the door."""
ANY: tuple[PlaceKind, ...] = (*ROOMS, "notify")
LATER = 8
"""Being told by a mention can wait until everybody is in."""


def seat_subject(session: SessionId, account: AccountId) -> SubjectId:
    return subject("seat", f"{session}:{account}")


def admits(kind: PlaceKind, session: Session, member: Member | None, person: Person | None = None) -> bool:
    """Whether a room of this kind is this person's to read and write in; or whether a mention tells them."""
    if member is None or member.blocked:
        return False
    match kind:
        case "stage":
            return consented(session, member)
        case "queue":
            return member.role == "moderator"
        case "backchannel":
            return member.role in ("moderator", "speaker")
        case "notify":
            return consented(session, member) and person is not None and person.toasts
        case _:
            return False


def seating_needs(session: SessionId, person: PersonId, work: UnitOfWork) -> Iterable[Key]:
    """What :func:`reseat` takes for one person."""
    yield key(Session, session)
    yield key(Place, session=session)
    yield key(Member, session, person)
    yield key(Person, person)
    yield key(Seat, session=session, person=person)
    for seat in work.peek_all(Seat, session=session, person=person):
        yield key(Surface, subject=seat_subject(session, seat.account))


def venue_here(command: Command, session: SessionId, work: UnitOfWork) -> VenueId:
    """Where the person takes part: the venue they act in.

    Direct messages may belong to none (``discord:``): then the one where this account sits already, else the first
    of its platform.
    """
    actor = command.actor
    platform, _, ident = actor.venue.partition(":")
    if ident:
        return actor.venue
    account = work.get(Account, actor.account)
    mine = work.all(Seat, session=session, person=account.person) if account else []
    seated = sorted(seat.venue for seat in mine if seat.account == actor.account)
    held = sorted(it.venue for it in work.all(Held, session=session) if it.venue.startswith(f"{platform}:"))
    return next(iter((*seated, *held)), actor.venue)


def take_seat(session: SessionId, venue: VenueId, account: AccountId, person: PersonId, work: UnitOfWork) -> None:
    """The person takes part in this venue with this account. Its rows are loaded, or the account is new."""
    work.know(key(Seat, session=session, person=person))
    if any((seat.venue, seat.account) == (venue, account) for seat in work.all(Seat, session=session, person=person)):
        return
    what = seat_subject(session, account)
    work.know(key(Seat, session, venue, account), key(Surface, subject=what))
    work.put(Seat(session, venue, account, person))
    if work.get(Subject, what) is None:
        work.put(Subject(what))


def seat_needs(session: SessionId, account: AccountId) -> Iterable[Key]:
    """What :func:`take_seat` takes of an account that may be seated in another venue already."""
    yield key(Subject, seat_subject(session, account))


def reseat(
    session: Session,
    person: PersonId,
    work: UnitOfWork,
    moment: Moment,
    *,
    again: bool = False,
    only: Container[PlaceKind] = ANY,
) -> None:
    """Want this person in every room that is theirs now, and in no other one.

    ``again``: they ask once more, so who was let in before is let in anew (they may have left by themselves).
    """
    member, who = work.get(Member, session.id, person), work.get(Person, person)
    for seat in work.all(Seat, session=session.id, person=person):
        what = seat_subject(session.id, seat.account)
        grants = {it.place: it for it in work.all(Surface, subject=what)}
        for place in work.all(Place, session=session.id):
            if place.venue != seat.venue or place.kind not in only or not (usable(place) or place.state == "exposed"):
                continue
            grant, wanted = grants.get(place.id), admits(place.kind, session, member, who)
            if grant is None and wanted:
                work.put(_grant(what, place, moment))
            elif grant is None or (wanted != grant.gone and not (wanted and (again or grant.dead))):
                continue
            elif wanted:
                work.put(replace(grant, gone=False, dead="", ref=None, shown=0, attempts=0, next_at=moment.now))
            else:
                work.put(replace(grant, gone=True, attempts=0, next_at=moment.now))
            work.touch(what)


def reseat_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What :func:`reseat_all` takes: everybody who takes part, and what they were granted."""
    yield key(Session, session)
    yield key(Place, session=session)
    yield key(Member, session=session)
    yield key(Seat, session=session)
    for seat in work.peek_all(Seat, session=session):
        yield key(Person, seat.person)
        yield key(Surface, subject=seat_subject(session, seat.account))


def reseat_all(session: Session, work: UnitOfWork, moment: Moment) -> None:
    """What rooms are whose has changed for many at once."""
    for person in sorted({seat.person for seat in work.all(Seat, session=session.id)}):
        reseat(session, person, work, moment)


def seat_all(place: Place, session: Session, work: UnitOfWork, moment: Moment) -> None:
    """A new room: everybody whose it is, of those who take part in its venue."""
    for seat in work.all(Seat, session=session.id):
        member, person = work.get(Member, session.id, seat.person), work.get(Person, seat.person)
        if seat.venue == place.venue and admits(place.kind, session, member, person):
            what = seat_subject(session.id, seat.account)
            work.put(_grant(what, place, moment))
            work.touch(what)


def _grant(what: SubjectId, place: Place, moment: Moment) -> Surface:
    return Surface(
        SurfaceId(moment.new_id()),
        what,
        place.id,
        kind="grant",
        follow="once",
        urgency=LATER if place.kind == "notify" else URGENCY,
        order_at=moment.now,
    )
