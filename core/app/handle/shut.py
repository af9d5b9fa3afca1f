"""Who of the team takes no direct messages is told in a private thread instead, where the platform has such threads.

Attendees need none: what is meant for them stands in the private answers and in the menu. Their conversations with
the moderators go on elsewhere (:mod:`core.app.handle.questions.moved`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import ReportShut
from core.app.handle.questions.moved import TALK, move, moved_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PlaceId, SurfaceId
from core.domain.people import Account, Member
from core.domain.refused import Ignored
from core.domain.sessions import Session, Venue
from core.domain.surfaces import Place, Subject, Surface, usable

UNDER = ("queue", "backchannel")
"""Rooms under which such a thread is made; the first that is there. Its readers are nobody but that person."""


def shut_needs(command: ReportShut, work: UnitOfWork) -> Iterable[Key]:
    yield key(Place, command.place)
    place = work.peek(Place, command.place)
    if place is None or place.person is None or place.account is None:
        return
    yield from moved_needs(place, work)
    if place.kind == "question":
        return
    yield key(Venue, place.venue)
    yield key(Account, place.account)
    yield key(Place, venue=place.venue, kind="thread", person=place.person)
    yield key(Surface, place=place.id)
    yield key(Member, person=place.person)
    for member in work.peek_all(Member, person=place.person):
        if member.role != "attendee":
            yield key(Session, member.session)
            yield key(Place, session=member.session)
    for surface in work.peek_all(Surface, place=place.id):
        yield key(Subject, surface.subject)


def report_shut(command: ReportShut, work: UnitOfWork, moment: Moment) -> Outcome:
    """What waited for the person goes into the thread, and so does what comes later (PLATFORMS A2: 50007).

    A thread that somebody deleted is made anew; one that could not be made is not tried again and again.
    """
    place = work.get(Place, command.place)
    if not command.actor.bot or place is None or place.person is None:
        raise Ignored
    if place.kind == "question":
        move(place, work, moment)
        return Outcome()
    if place.kind != "dm" and not (place.kind == "thread" and place.ref is not None):
        raise Ignored
    if place.kind == "dm":
        # From now on, not from when it was opened: refused calls are counted (RELIABILITY 8).
        work.put(replace(place, wanted_at=moment.now))
        move(place, work, moment)
    venue = work.get(Venue, place.venue)
    if venue is None or "threads" not in venue.can:
        return Outcome()
    threads = work.all(Place, venue=place.venue, kind="thread", person=place.person)
    thread = next((it for it in threads if usable(it)), None) or _thread(place, work, moment)
    if thread is None:
        return Outcome()
    for surface in work.all(Surface, place=place.id):
        if surface.subject.startswith(TALK):
            continue
        if surface.ref is None and not surface.gone and not surface.dead:
            work.put(replace(surface, gone=True, dead="shown in a thread instead"))
            work.put(
                replace(surface, id=SurfaceId(moment.new_id()), place=thread.id, sent_at=None, attempts=0, shown=0)
            )
            work.touch(surface.subject)
    return Outcome()


def _thread(place: Place, work: UnitOfWork, moment: Moment) -> Place | None:
    """Under a room of the team that this person is let into; None where there is none."""
    assert place.person is not None, "direct messages are a person's"
    parent = _parent(place, work)
    account = work.get(Account, place.account) if place.account else None
    if parent is None:
        return None
    made = Place(
        PlaceId(moment.new_id()),
        place.venue,
        "thread",
        person=place.person,
        account=place.account,
        parent=parent.id,
        name=f"For {account.nick if account else 'you'}",
        private=True,
        wanted_at=moment.now,
    )
    work.put(made)
    return made


def _parent(place: Place, work: UnitOfWork) -> Place | None:
    for member in work.all(Member, person=place.person):
        session = work.get(Session, member.session) if member.role != "attendee" else None
        if session is None or member.blocked or session.state in ("ended", "archived"):
            continue
        rooms = work.all(Place, session=session.id)
        for kind in UNDER[0 if member.role == "moderator" else 1 :]:
            for room in rooms:
                if room.venue == place.venue and room.kind == kind and room.ref and room.state in ("open", "exposed"):
                    return room
    return None
