"""Rooms: which channel is which, made by the bot or chosen by an organiser (SPEC 1.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import OfSession, ShowRooms, ShowSetup, UseRoom
from core.app.handle.audit import record
from core.app.handle.find import meant, room_here, session_of
from core.app.handle.furnishing import furnish, furnishing_needs, restore, restore_needs
from core.app.handle.people import known_person
from core.app.handle.rehearsing import rehearsal_needs
from core.app.handle.seating import seating_needs
from core.app.handle.setup import ROOM_WORDS, room_lines, rooms_here, setup_card
from core.app.handle.venues import authorize_here, venue_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.ids import PlaceId, subject
from core.domain.people import Account
from core.domain.refused import Refused
from core.domain.sessions import Session, over
from core.domain.surfaces import Place, PlaceKind
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Part, action

GUARDED: tuple[PlaceKind, ...] = ("queue", "backchannel")
"""Rooms of the team; one that was chosen is looked at before anything is shown there (SPEC 8.2)."""


def rooms_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from venue_needs(command, work)
    for session in meant(command, work):
        yield from furnishing_needs(session, work)
        yield from rehearsal_needs(session, work)
        if account := work.peek(Account, command.actor.account):
            yield from seating_needs(session, account.person, work)


def use_needs(command: UseRoom, work: UnitOfWork) -> Iterable[Key]:
    """Besides, who was let in where: a room that is used again may have other people by now."""
    yield from rooms_needs(command, work)
    for session in meant(command, work):
        yield from restore_needs(session, work)


def use_room(command: UseRoom, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_here(command, session, work, "map rooms")
    if not command.room:
        raise Refused("Do this in the channel that shall become the room.")
    if session.state in ("ended", "archived"):
        raise Refused(f"“{session.name}” is over; it needs no more rooms.")
    if command.kind == "voice" and "voice here" not in command.actor.can:
        raise Refused("Do this in the chat of a voice channel, where the platform has one.")
    taken = _taken(command, session, work)
    person = known_person(command, work, moment)
    guarded = command.kind in GUARDED
    if taken is not None and taken.state == "dead":
        _let_go(command, session, work)
        again = replace(taken, state="exposed" if guarded else "wanted", trouble="", private=guarded)
        work.put(again)
        restore(again, session, work, moment)
    if taken is None:
        _let_go(command, session, work)
        place = Place(
            PlaceId(moment.new_id()),
            command.actor.venue,
            command.kind,
            session.id,
            ref=command.room,
            state="exposed" if guarded else "wanted",
            private=guarded,
            wanted_at=moment.now,
            seen_at=moment.now,
        )
        work.put(place)
        record(command, session.id, person.id, f"use as {command.kind}", place.id, work, moment)
        furnish(place, session, work, moment)
    if command.kind == "voice":
        work.touch(subject("desk", session.id))
    told = f"This channel is the {command.kind} now."
    if guarded and (taken is None or taken.state == "dead"):
        told += " It is looked at first; the bot writes here once only the team can read it."
    return Outcome(setup_card(session, command, person.id, work, told))


def _let_go(command: UseRoom, session: Session, work: UnitOfWork) -> None:
    """One room of a kind a venue; one that could not be made, or was not made yet, gives way to the one chosen."""
    for other in work.all(Place, session=session.id):
        same = (other.kind, other.venue) == (command.kind, command.actor.venue)
        if not same or other.state == "released" or other.ref == command.room:
            continue
        if other.ref is not None and other.state != "dead":
            raise Refused(f"This session has its {command.kind} here already.")
        work.put(replace(other, state="released"))


def show_rooms(command: ShowRooms, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_here(command, session, work, "map rooms")
    person = known_person(command, work, moment)
    here = rooms_here(session, command, work)
    lost = next((it.kind for it in here.values() if it.ref == command.room and it.state == "dead"), None)
    taken = {place.ref for place in here.values()}
    free = bool(command.room) and not over(session) and (lost is not None or command.room not in taken)
    buttons = tuple(
        Button(f"{kind.capitalize()}: this channel", action("room", session.id, kind))
        for kind in ROOM_WORDS
        if free and lost in (None, kind) and (kind not in here or here[kind].state == "dead" or here[kind].ref is None)
        if kind != "voice" or "voice here" in command.actor.can
    )
    hint = "To choose a channel yourself, do /mod rooms in it. In Slack, add the bot to a private one first."
    parts: list[Part] = [
        Heading(f"Rooms of “{session.name}” here"),
        *room_lines(session, command, here),
        *([] if over(session) else [Note(hint)]),
    ]
    if buttons:
        parts.append(Buttons(buttons))
    return Outcome(Card(OnlyPerson(person.id), tuple(parts)))


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
