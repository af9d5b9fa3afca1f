"""Who is blocked in a session: listed, let in again, and put out again who comes back (SPEC 2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize
from core.app.commands import OfSession, ReportEntered, ShowBlocked, Unblock
from core.app.handle.audit import record
from core.app.handle.find import meant, member_of, session_needs, session_of
from core.app.handle.people import known_person
from core.app.handle.questions.outside import mark_needs, marked
from core.app.handle.seating import reseat, seat_subject, seating_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.written import answers_needs, touch_answers
from core.domain.ids import PersonId, SurfaceId
from core.domain.people import Account, Member, Person, shown_name
from core.domain.refused import Ignored
from core.domain.sessions import Session
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.text import shorten
from core.domain.view import Button, Buttons, Card, Choice, Choices, Heading, OnlyPerson, Part, Words, action

PAGE = 8


def blocked_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(Member, session=session, blocked=True)
        for member in work.peek_all(Member, session=session, blocked=True):
            yield key(Person, member.person)
            yield key(Account, person=member.person)
        if isinstance(command, Unblock):
            yield from seating_needs(session, command.person, work)
            yield from answers_needs(session)
            yield from mark_needs(session, command.person, work)


def show(command: ShowBlocked, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _mine(command, work)
    return Outcome(_card(session, known_person(command, work, moment).id, work, "", command.page))


def unblock(command: Unblock, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _mine(command, work)
    reader = known_person(command, work, moment)
    member, person = work.get(Member, session.id, command.person), work.get(Person, command.person)
    if member is None or person is None or not member.blocked:
        return Outcome(_card(session, reader.id, work, "This person is not blocked any more."), done=False)
    work.put(replace(member, blocked=False))
    reseat(session, member.person, work, moment)
    touch_answers(session.id, work)
    marked(session.id, member.person, work, moment)
    record(command, session.id, reader.id, "unblock", member.person, work, moment)
    return Outcome(_card(session, reader.id, work, f"{shown_name(person)} takes part again."))


def _mine(command: OfSession, work: UnitOfWork) -> Session:
    session = session_of(command, work)
    authorize(command.actor, session, member_of(command, session, work), "moderate")
    return session


def _card(session: Session, reader: PersonId, work: UnitOfWork, opening: str, page: int = 0) -> Card:
    blocked = [it for it in work.all(Member, session=session.id, blocked=True) if it.blocked]
    people = [person for it in blocked if (person := work.get(Person, it.person))]
    people.sort(key=lambda it: (shown_name(it).casefold(), it.id))
    shown = people[page * PAGE : (page + 1) * PAGE] or people[:PAGE]
    parts: list[Part] = [Words(opening)] if opening else []
    parts.append(Heading(f"Blocked in “{session.name}”"))
    if not people:
        parts.append(Words("Nobody is blocked. Moderate… in a message's menu blocks its author."))
        return Card(OnlyPerson(reader), tuple(parts))
    parts.append(Choices(tuple(_line(session, person, work) for person in shown)))
    if len(people) > (page + 1) * PAGE:
        parts.append(Buttons((Button("Show more", action("blocked", session.id, str(page + 1))),)))
    elif page:
        parts.append(Buttons((Button("Show the first", action("blocked", session.id)),)))
    return Card(OnlyPerson(reader), tuple(parts))


def _line(session: Session, person: Person, work: UnitOfWork) -> Choice:
    places = sorted({account.platform.capitalize() for account in work.all(Account, person=person.id)})
    spoken = shorten(f"Unblock {shown_name(person)}", 75)
    again = Button("Unblock", action("unblock", session.id, person.id), spoken=spoken)
    return Choice("Blocked", " · ".join((shown_name(person), *places)), again)


# -- coming back ----------------------------------------------------------------------------------------------------


def entered_needs(command: ReportEntered, work: UnitOfWork) -> Iterable[Key]:
    yield key(Account, command.account)
    yield key(Place, venue=command.actor.venue, ref=command.room)
    account = work.peek(Account, command.account)
    for place in work.peek_all(Place, venue=command.actor.venue, ref=command.room):
        if place.session is None or account is None:
            continue
        what = seat_subject(place.session, account.id)
        yield key(Member, place.session, account.person)
        yield key(Subject, what)
        yield key(Surface, subject=what)


def report_entered(command: ReportEntered, work: UnitOfWork, moment: Moment) -> Outcome:
    """Somebody else let them in, or they came by themselves: who is blocked goes out again."""
    rooms = work.all(Place, venue=command.actor.venue, ref=command.room)
    place = next((it for it in rooms if it.kind == "stage" and usable(it)), None)
    account = work.get(Account, command.account)
    if not command.actor.bot or place is None or place.session is None or account is None:
        raise Ignored
    member = work.get(Member, place.session, account.person)
    if member is None or not member.blocked:
        raise Ignored
    what = seat_subject(place.session, account.id)
    grant = next((it for it in work.all(Surface, subject=what) if it.place == place.id), None)
    if work.get(Subject, what) is None:
        work.put(Subject(what))
    if grant is None:
        grant = Surface(SurfaceId(moment.new_id()), what, place.id, kind="grant", follow="once", urgency=2)
    work.put(replace(grant, gone=True, dead="", attempts=0, order_at=moment.now, next_at=moment.now))
    work.touch(what)
    return Outcome()
