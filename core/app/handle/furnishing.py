"""The rooms that a session's state asks for, each with its cards and its people (SPEC 1.2, 3.6, 3.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.app.asked import WAITING, Board, Queue, Queued
from core.app.handle.feed import entries
from core.app.handle.feed_room import item, item_needs, put_in, put_sums, sums_card_needs
from core.app.handle.questions.posting import board_needs, post_board
from core.app.handle.seating import reseat_all, reseat_needs, seat_all
from core.app.handle.showing import keep, kept_needs, show, show_doors, tell
from core.app.ports import Moment
from core.app.published import published_needs
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import SECOND, PlaceId, SessionId, SurfaceId, VenueId, subject
from core.domain.interactions.life import Interaction
from core.domain.people import Ability, Member, Person, Seat
from core.domain.questions import Question, card_subject
from core.domain.schedule import Due, closing, forgetting
from core.domain.sessions import Held, Session, State, Venue, chatting, room_name
from core.domain.surfaces import Place, PlaceKind, Subject, Surface, usable

WANTED: dict[State, tuple[PlaceKind, ...]] = {
    "draft": (),
    "announced": ("door", "queue", "backchannel"),
    "open": ("door", "queue", "backchannel", "stage", "feed", "notify"),
    "live": ("door", "queue", "backchannel", "stage", "feed", "notify"),
    "ended": (),
    "archived": (),
}
"""Announcing makes door, queue and backchannel on every venue; opening the doors makes stage and feed (SPEC 1.2)."""
NEEDED: Mapping[PlaceKind, Ability] = {"feed": "feed", "notify": "mentions"}
"""Places that only some platforms have by themselves; elsewhere the menu shows the feed (SPEC 1.2)."""
DOORS_AFTER = 15 * SECOND
"""Who joined before hears of the open doors when the rooms are there and have let them in."""


def furnishing_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """Everybody who takes part, and every room: for the steps of a session's life and for new rooms."""
    yield key(Session, session)
    yield key(Held, session=session)
    yield key(Place, session=session)
    yield key(Member, session=session)
    yield key(Seat, session=session)
    for seat in work.peek_all(Seat, session=session):
        yield key(Person, seat.person)
    yield key(Interaction, session=session)
    yield key(Message, session=session, pinned=True)
    for message in work.peek_all(Message, session=session, pinned=True):
        yield from item_needs(session, "pin", message.id)
    yield from _question_needs(session, work)
    yield from kept_needs(session, work)
    for what in ("door", "bar", "desk", "alert", "doors"):
        yield key(Subject, subject(what, session))
    yield key(Surface, subject=subject("door", session))
    for interaction in work.peek_all(Interaction, session=session):
        for what in ("interaction", "twin"):
            yield key(Subject, subject(what, interaction.id))
            yield key(Surface, subject=subject(what, interaction.id))
        for deed in (closing(interaction.id), forgetting(interaction.id)):
            yield key(Due, deed)
        yield from item_needs(session, "asked", interaction.id)
        yield from item_needs(session, "result", interaction.id)
        if interaction.scheduled_at is not None:
            yield key(Due, f"publish:{interaction.id}")
    for held in work.peek_all(Held, session=session):
        yield key(Venue, held.venue)
        yield key(Place, venue=held.venue, kind="dm")


def _question_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What waits, for a new desk; what was published, for a new feed."""
    yield key(Queue, session)
    yield from sums_card_needs(session)
    yield from board_needs(session)
    yield key(Board, session, "newest")
    yield from published_needs(session, work)
    for question in work.peek_all(Question, session=session):
        if question.published_at is not None:
            yield from item_needs(session, "answer", question.id)
    for waiting in _oldest(session, work):
        yield key(Subject, card_subject(waiting.id))
        yield key(Surface, subject=card_subject(waiting.id))


def _oldest(session: SessionId, work: UnitOfWork) -> list[Queued]:
    """What a new desk shows a card of, in the order in which it came; the rest follows as these are closed."""
    queue = work.peek(Queue, session)
    return list(queue.oldest[:WAITING]) if queue else []


def want_rooms(session: Session, work: UnitOfWork, moment: Moment) -> None:
    """The rooms that the session's state asks for, in every venue that has none of its own choosing."""
    for held in work.all(Held, session=session.id):
        mine = (it for it in work.all(Place, session=session.id) if it.venue == held.venue)
        here = {it.kind for it in mine if usable(it) or it.state == "exposed"}
        for kind in WANTED[session.state]:
            if kind in here or (kind in NEEDED and NEEDED[kind] not in _can(held.venue, work)):
                continue
            place = Place(
                PlaceId(moment.new_id()),
                held.venue,
                kind,
                session.id,
                parent=_stage(held.venue, session, work) if kind == "feed" else None,
                name=room_name(session, kind),
                private=private(kind, session),
                wanted_at=moment.now,
                seen_at=moment.now,
            )
            work.put(place)
            furnish(place, session, work, moment)


def _stage(venue: VenueId, session: Session, work: UnitOfWork) -> PlaceId | None:
    """Who may read the stage may read the feed."""
    places = work.all(Place, session=session.id)
    return next((it.id for it in places if (it.kind, it.venue) == ("stage", venue) and usable(it)), None)


def _can(venue: VenueId, work: UnitOfWork) -> frozenset[Ability]:
    known = work.get(Venue, venue)
    return known.can if known else frozenset()


def private(kind: PlaceKind, session: Session) -> bool:
    """Whether a room of this kind is made for those only who are let in."""
    return kind in ("queue", "backchannel", "notify") or (kind in ("stage", "feed") and session.access == "gated")


def furnish(place: Place, session: Session, work: UnitOfWork, moment: Moment) -> None:
    """Its people and its cards. A room that is not to be used before it was looked at is furnished all the same."""
    seat_all(place, session, work, moment)
    _put_cards(place, session, work, moment)


def restore_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What :func:`restore` takes."""
    yield from furnishing_needs(session, work)
    yield from reseat_needs(session, work)


def restore(place: Place, session: Session, work: UnitOfWork, moment: Moment) -> None:
    """A room can be used again: whom it admits now, and the cards it missed. What waited in it goes on by itself."""
    reseat_all(session, work, moment)
    if place.kept is None:
        _put_cards(place, session, work, moment)
        return
    _put_live(place, session, work, moment)
    if session.state != "draft":
        show_doors(session, work, moment)


def _put_cards(place: Place, session: Session, work: UnitOfWork, moment: Moment) -> None:
    match place.kind:
        case "stage" if chatting(session):
            keep(subject("bar", session.id), place, work, moment)
            _put_live(place, session, work, moment)
        case "feed":
            for at, what, ident in reversed(entries(session.id, work)):
                # All are wanted at once: their times keep them in order.
                put_in(item(session.id, what, ident), place, at, work, moment)
            if (queue := work.get(Queue, session.id)) and queue.asked:
                put_sums(session.id, work, moment)
            if (board := work.get(Board, session.id, "newest")) and board.questions:
                post_board(session.id, work, moment)
        case "queue":
            keep(subject("desk", session.id), place, work, moment)
            _put_live(place, session, work, moment)
        case "backchannel":
            keep(subject("alert", session.id), place, work, moment)
            _topic(place, session, work, moment)
        case _:
            pass
    if session.state != "draft":
        show_doors(session, work, moment)


def _put_live(place: Place, session: Session, work: UnitOfWork, moment: Moment) -> None:
    """What is live as the room shows it: the cards in a stage, their twins at a desk (SPEC 5.8)."""
    if place.kind not in ("stage", "queue"):
        return
    shown, urgency = ("interaction", 4) if place.kind == "stage" else ("twin", 5)
    for interaction in work.all(Interaction, session=session.id):
        what = subject(shown, interaction.id)
        there = {it.place for it in work.all(Surface, subject=what)}
        if interaction.state == "live" and not interaction.rehearsal and place.id not in there:
            show(what, place, work, moment, urgency=urgency)
    for waiting in _oldest(session.id, work) if place.kind == "queue" else ():
        what = card_subject(waiting.id)
        if all(it.place != place.id for it in work.all(Surface, subject=what)):
            work.put(replace(show(what, place, work, moment, urgency=3), order_at=waiting.waiting_since))


def _topic(place: Place, session: Session, work: UnitOfWork, moment: Moment) -> None:
    what = subject("alert", session.id)
    topic = Surface(
        SurfaceId(moment.new_id()), what, place.id, part=TOPIC, kind="topic", urgency=7, order_at=moment.now
    )
    work.put(topic)


TOPIC = 10_000
"""A part of its own, behind all posts of the same card."""


def open_doors(session: Session, work: UnitOfWork, moment: Moment) -> None:
    """The bar goes up in stages that were chosen before; who joined before is told where the chat is."""
    for place in work.all(Place, session=session.id):
        if place.kind == "stage" and place.kept is None and usable(place):
            _put_cards(place, session, work, moment)
    seated = {(seat.venue, seat.person) for seat in work.all(Seat, session=session.id)}
    for held in work.all(Held, session=session.id):
        for place in work.all(Place, venue=held.venue, kind="dm"):
            if place.person is not None and (held.venue, place.person) in seated and usable(place):
                tell(subject("doors", session.id), place, work, moment, urgency=6, wait=DOORS_AFTER)


def put_away(session: Session, work: UnitOfWork, moment: Moment) -> None:
    """Rooms that the bot made are archived; those it was given are let go."""
    what = subject("archive", session.id)
    work.know(key(Subject, what))
    work.put(Subject(what))
    for place in work.all(Place, session=session.id):
        if place.made and place.ref is not None and usable(place):
            archive = Surface(
                SurfaceId(moment.new_id()),
                what,
                place.id,
                kind="archive",
                follow="once",
                urgency=9,
                order_at=moment.now,
            )
            work.put(archive)
        elif place.state in ("wanted", "open", "exposed"):
            work.put(replace(place, state="released"))


def touch_cards(session: SessionId, work: UnitOfWork) -> None:
    """Something that the session's own cards tell has changed."""
    for what in ("door", "bar", "desk", "board"):
        work.touch(subject(what, session))
