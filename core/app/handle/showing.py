"""Wanting things shown: the surfaces and due rows that commands leave for the jobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import (
    MINUTE,
    AccountId,
    Instant,
    PersonId,
    PlaceId,
    SessionId,
    SubjectId,
    SurfaceId,
    VenueId,
    subject,
)
from core.domain.notices import Notice
from core.domain.people import Member, Seat
from core.domain.schedule import Due
from core.domain.sessions import Session, chatting
from core.domain.surfaces import KEPT, Place, Subject, Surface, usable
from core.domain.text import Doc

SHUT_FOR = 60 * MINUTE
"""Who takes no direct messages is tried again after this long: refused calls are counted (RELIABILITY 8)."""
WORN = 50 * MINUTE
"""So old a kept card may become where messages older than an hour bear few edits (SPEC 3.7)."""


def show_doors(session: Session, work: UnitOfWork, moment: Moment) -> None:
    """The Join card stands in every door, and in every stage that people may read before they joined."""
    door = subject("door", session.id)
    shown = {surface.place for surface in work.all(Surface, subject=door)}
    for place in work.all(Place, session=session.id):
        readable = place.kind == "door" or (place.kind == "stage" and not place.private)
        if place.id not in shown and readable and usable(place):
            show(door, place, work, moment, urgency=4)


def show(
    what: SubjectId, place: Place, work: UnitOfWork, moment: Moment, *, urgency: int = 5, part: int = 0
) -> Surface:
    """Want the subject shown in the place, from now on."""
    _want(what, work)
    surface = Surface(SurfaceId(moment.new_id()), what, place.id, part=part, urgency=urgency, order_at=moment.now)
    work.put(surface)
    follow(place.id, work, moment)
    return surface


def tell(what: SubjectId, place: Place, work: UnitOfWork, moment: Moment, *, urgency: int = 4, wait: int = 0) -> None:
    """Want it posted once, in ``wait`` microseconds at the earliest; what changes later is not followed."""
    _want(what, work)
    work.put(
        Surface(
            SurfaceId(moment.new_id()),
            what,
            place.id,
            follow="once",
            urgency=urgency,
            order_at=moment.now,
            next_at=Instant(moment.now + wait),
        )
    )


def at_once(what: SubjectId, work: UnitOfWork) -> None:
    """A moderator's act is seen now, not when the next count would have been."""
    work.touch(what)
    for surface in work.all(Surface, subject=what):
        calm = surface.sent_at is None and surface.attempts == 0 and not surface.gone
        if calm and surface.ref is not None and surface.next_at:
            work.put(replace(surface, next_at=Instant(0)))


def _want(what: SubjectId, work: UnitOfWork) -> None:
    if work.get(Subject, what) is None:
        work.put(Subject(what))
    else:
        work.touch(what)


# -- kept last (SPEC 3.7) -------------------------------------------------------------------------------------------


def kept_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What it takes to count what follows a card that is kept last; the session's places are named elsewhere."""
    for place in work.peek_all(Place, session=session):
        if place.kept is not None:
            yield key(Due, again(place.kept))


def again(kept: SurfaceId) -> str:
    return f"again:{kept}"


def keep(what: SubjectId, place: Place, work: UnitOfWork, moment: Moment, *, part: int = 0) -> None:
    """Show the card in the place and keep it near the end from now on."""
    _want(what, work)
    card = Surface(SurfaceId(moment.new_id()), what, place.id, part=part, urgency=4, order_at=moment.now)
    work.know(key(Due, again(card.id)))
    work.put(Due(again(card.id), Instant(moment.now + WORN)))
    work.put(card)
    here = work.get(Place, place.id) or place
    work.put(replace(here, kept=card.id, kept_at=moment.now, lines=0))


def follow(ident: PlaceId, work: UnitOfWork, moment: Moment, number: int = 1) -> None:
    """So many messages come behind the kept card; when it lies too far up it is due again, never more often."""
    place = work.get(Place, ident)
    if place is None or place.kept is None or place.kind not in KEPT:
        return
    most, pause = KEPT[place.kind]
    lines = place.lines + number
    work.put(replace(place, lines=lines))
    if lines >= most:
        plan(again(place.kept), max(moment.now, Instant(place.kept_at + pause)), work, sooner=True)


def again_needs(ident: SurfaceId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Surface, ident)
    if card := work.peek(Surface, ident):
        yield key(Place, card.place)
        yield key(Subject, card.subject)
        if (place := work.peek(Place, card.place)) and place.session is not None:
            yield key(Session, place.session)


def post_again(ident: SurfaceId, work: UnitOfWork, moment: Moment) -> Instant | None:
    """The kept card is posted anew at the end of its room, and the one further up goes.

    It does so behind enough lines; and before it is too old to be edited, where messages wear and people are there.
    Returns when to look again, where it may be posted later.
    """
    card = work.get(Surface, ident)
    place = work.get(Place, card.place) if card else None
    if card is None or place is None or place.kept != card.id or card.gone or place.state in ("dead", "released"):
        return None
    if place.state == "exposed":
        return Instant(moment.now + MINUTE)
    session = work.get(Session, place.session) if place.session else None
    if place.lines < KEPT[place.kind][0] and not (place.wears and session is not None and chatting(session)):
        over = session is None or session.state in ("ended", "archived")
        return None if over or not place.wears else Instant(moment.now + WORN)
    work.put(replace(card, gone=True))
    keep(card.subject, place, work, moment, part=card.part + 1)
    return None


# -- direct messages ------------------------------------------------------------------------------------------------


def direct_needs(venue: VenueId, person: PersonId) -> Iterable[Key]:
    yield key(Place, venue=venue, kind="dm", person=person)
    yield key(Place, venue=venue, kind="thread", person=person)


def direct(venue: VenueId, account: AccountId, person: PersonId, work: UnitOfWork, moment: Moment) -> Place:
    """The person's direct messages with the bot there; their private thread where they take none.

    Now and then it is tried again: people change their minds.
    """
    place = work.one(Place, venue=venue, kind="dm", person=person)
    if place is not None and place.state == "dead":
        if tried_again(place, work, moment):
            return work.get(Place, place.id) or place
        threads = (it for it in work.all(Place, venue=venue, kind="thread", person=person) if usable(it))
        return next(threads, place)
    if place is None:
        place = Place(
            PlaceId(moment.new_id()), venue, "dm", person=person, account=account, private=True, wanted_at=moment.now
        )
        work.put(place)
    return place


def tried_again(place: Place, work: UnitOfWork, moment: Moment) -> bool:
    """Whether direct messages that were shut are tried from now on, because that was a while ago."""
    if place.kind != "dm" or place.state != "dead" or place.wanted_at + SHUT_FOR > moment.now:
        return False
    work.put(replace(place, state="wanted", wanted_at=moment.now))
    return True


# -- telling the moderators -----------------------------------------------------------------------------------------


def moderators_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """Who they are and how they are reached."""
    yield key(Place, session=session)
    yield from kept_needs(session, work)
    yield key(Member, session=session, role="moderator")
    for member in work.peek_all(Member, session=session, role="moderator"):
        yield key(Seat, session=session, person=member.person)
        for seat in work.peek_all(Seat, session=session, person=member.person):
            yield from direct_needs(seat.venue, seat.person)


def notice_needs(ident: str) -> Iterable[Key]:
    yield key(Notice, ident)
    yield key(Subject, subject("note", ident))


def tell_moderators(
    ident: str, session: SessionId, body: Doc, work: UnitOfWork, moment: Moment, *, personally: bool = False
) -> None:
    """Post it at the desks; by direct message where ``personally`` or where there is no desk to post it at.

    Told again under the same ``ident`` it changes its words where it stands.
    """
    before, what = work.get(Notice, ident), subject("note", ident)
    if before is not None:
        if before.body != body:
            work.put(replace(before, body=body))
            work.touch(what)
        return
    work.put(Notice(ident, session, moment.now, body))
    desks = [it for it in work.all(Place, session=session) if it.kind == "queue" and usable(it)]
    for desk in () if personally else desks:
        show(what, desk, work, moment, urgency=3)
    if personally or not desks:
        for member in work.all(Member, session=session, role="moderator"):
            for seat in work.all(Seat, session=session, person=member.person):
                show(what, direct(seat.venue, seat.account, seat.person, work, moment), work, moment, urgency=2)


# -- time -----------------------------------------------------------------------------------------------------------


def plan(what: str, at: Instant, work: UnitOfWork, *, sooner: bool = False) -> None:
    """It comes due at ``at``; an earlier plan for the same deed moves.

    ``sooner``: a plan is only brought forward, and what was done already is done again.
    """
    before = work.get(Due, what)
    if before is None:
        work.put(Due(what, at))
    elif sooner and before.fired_at is not None:
        work.put(replace(before, due=at, fired_at=None))
    elif before.fired_at is None and not (sooner and before.due <= at):
        work.put(replace(before, due=at))
