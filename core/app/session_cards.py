"""The cards of a session itself: Join card, stage bar, desk, the team's alert, notices, and what goes to one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app import reaction_cards
from core.app.asked import Queue
from core.app.authorize import join_button
from core.app.board_card import board_card, on_stage, on_stage_needs
from core.app.board_card import card_needs as board_needs
from core.app.derived import Joined, Listening
from core.app.desk_card import desk_card, joined, stage_in, when
from core.app.handle.feed import card_needs, feed_card
from core.app.handle.menu import still_open
from core.app.handle.people import welcome_card
from core.app.handle.seating import admits
from core.app.sums import sums_needs, sums_words
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import SECOND, PersonId, SessionId, SubjectId, subject
from core.domain.interactions.life import Interaction
from core.domain.notices import Notice
from core.domain.people import Member, Person
from core.domain.question_rules import QuestionRules
from core.domain.sessions import Held, Session, Venue, chatting
from core.domain.surfaces import Place, Surface, audience_of
from core.domain.text import Room, doc
from core.domain.view import (
    Attendees,
    Backstage,
    Button,
    Buttons,
    Card,
    Heading,
    Moderators,
    Note,
    OnlyPerson,
    Part,
    Public,
    Words,
    action,
    say,
)


def needs(surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    """The keys that showing this surface takes."""
    what, _, ident = surface.subject.partition(":")
    yield key(Place, surface.place)
    if what == "note":
        yield key(Notice, ident)
        return
    name, _, person = ident.partition(":")
    session = SessionId(name)
    yield key(Session, session)
    yield key(Place, session=session)
    yield from reaction_cards.needs(what, session, person)
    match what:
        case "door" | "bar" | "desk":
            yield key(QuestionRules, session)
            if what == "bar":
                yield from on_stage_needs(session, work)
            if what == "desk":
                yield key(Queue, session)
            yield key(Joined, session)
            yield key(Listening, session)
            yield key(Held, session=session)
            for held in work.peek_all(Held, session=session):
                yield key(Venue, held.venue)
            yield key(Interaction, session=session)
            for interaction in work.peek_all(Interaction, session=session):
                if interaction.state == "live":
                    yield key(Surface, subject=subject("interaction", interaction.id))
        case "alert":
            yield key(Member, session=session, role="speaker")
        case "feed":
            yield from card_needs(ident, work)
        case "board":
            yield from board_needs(session, work)
        case "sums":
            yield from sums_needs(session)
        case "doors" | "part":
            if here := work.peek(Place, surface.place):
                yield key(Person, here.person)
                yield key(Member, session, here.person)
            yield key(Member, session, PersonId(person))
        case _:
            pass


TWIN = 15 * SECOND
"""How often the numbers at the desk change (UX)."""
CALM = 6 * SECOND
"""How often a session's own cards change: counts on them can wait, results of what is voted on cannot (UX)."""


def pace(of: SubjectId) -> int:
    """Microseconds between two edits of one message of this subject, beyond what the platform asks for; 0: none."""
    what = of.partition(":")[0]
    return TWIN if what == "twin" else CALM if what in ("door", "bar", "desk", "sums", "board") else 0


def telling(of: SubjectId | None, place: Place) -> tuple[SubjectId, ...]:
    """The cards that lead to this place, or to this subject in it: they change when it is there at last."""
    if place.session is None:
        return ()
    if of is None:
        return (subject("desk", place.session),) if place.kind in ("door", "stage") else ()
    if of.startswith("interaction:") and place.kind == "stage":
        return (subject("bar", place.session), subject("desk", place.session))
    return ()


def content(surface: Surface, work: UnitOfWork) -> Card | None:
    """What the surface shall show; None when there is nothing to show any more (it shall be removed)."""
    what, _, ident = surface.subject.partition(":")
    here = work.get(Place, surface.place)
    if here is None:
        return None
    if what == "note":
        return _note(ident, here, work)
    name, _, person = ident.partition(":")
    session = work.get(Session, SessionId(name))
    if session is None:
        return None
    match what:
        case "door":
            return _door(session, here, work)
        case "bar":
            return _bar(session, here, work)
        case "desk":
            return desk_card(session, here, work)
        case "alert":
            return _alert(session, work)
        case "welcome":
            return welcome_card(session, PersonId(person), stage_in(session, here, work), None, "You're in.")
        case "burst":
            return reaction_cards.burst(session, person, work)
        case "feed":
            return feed_card(ident, session, here, work)
        case "board":
            return board_card(session, work)
        case "sums":
            told = sums_words(session.id, work)
            return Card(Attendees(session.id), (Words(told),)) if told else None
        case "doors":
            return _doors(session, here, work)
        case "part":
            return _part(session, PersonId(person), here, work)
        case _:
            return None


def _others(session: Session, here: Place, work: UnitOfWork) -> str:
    """The other venues, in words."""
    others = [
        f"{venue.platform.capitalize()} (“{venue.name}”)"
        for held in work.all(Held, session=session.id)
        if held.venue != here.venue and (venue := work.get(Venue, held.venue))
    ]
    return " and ".join(others)


def _door(session: Session, here: Place, work: UnitOfWork) -> Card:
    number, others = joined(session, work), _others(session, here, work)
    shared = f"The chat is shared with {others}. " if others else ""
    parts: list[Part] = [
        Heading(session.name),
        Note(doc("Session · ", *when(session))),
        Words(f"{shared}{'1 person has' if number == 1 else f'{number:,} have'} joined."),
    ]
    if session.state in ("announced", "open", "live"):
        parts.append(Buttons((join_button(session),)))
        if session.consent_needed:
            parts.append(Note("Joining asks you to accept: conversations, private ones too, are recorded."))
    return Card(Public(), tuple(parts))


def _bar(session: Session, here: Place, work: UnitOfWork) -> Card:
    """What attendees have at hand near the end of the chat (SPEC 3.6)."""
    others = _others(session, here, work)
    facts = doc(*when(session), f" · {joined(session, work):,} joined", f" · shared with {others}" if others else "")
    parts: list[Part] = [Heading(session.name), Note(facts)]
    parts += still_open(session, here if here.kind == "stage" else None, work)
    mode = (work.get(QuestionRules, session.id) or QuestionRules(session.id)).mode
    if mode == "public" and (now := on_stage(session, work)):
        parts.append(Words(now))
    parts.append(Buttons(_bar_buttons(session, work)))
    parts += reaction_cards.on_bar(session, others, work)
    return Card(Attendees(session.id), tuple(parts))


def _bar_buttons(session: Session, work: UnitOfWork) -> tuple[Button, ...]:
    mode = (work.get(QuestionRules, session.id) or QuestionRules(session.id)).mode
    menu = Button("Menu", action("menu", session.id))
    if mode == "off" or not chatting(session):
        return (replace(menu, style="primary"),)
    ask = Button("Ask a question", action("ask", session.id), "primary")
    board = (Button("All questions", action("qboard", session.id)),) if mode == "public" else ()
    return (ask, *board, menu)


def _alert(session: Session, work: UnitOfWork) -> Card:
    """Kept last in the backchannel, and its topic (SPEC 8.1)."""
    speakers = any(not it.blocked for it in work.all(Member, session=session.id, role="speaker"))
    who = "Moderators and speakers only" if speakers else "Moderators only"
    return Card(Backstage(session.id), (Words(f"{who}: attendees cannot see this room."),))


def _note(ident: str, here: Place, work: UnitOfWork) -> Card | None:
    """Made for whoever reads the place; notices are only ever put into desks and what moderators read by themselves."""
    notice = work.get(Notice, ident)
    if notice is None:
        return None
    audience = audience_of(here) if here.kind in ("dm", "thread", "question") else Moderators(notice.session)
    return Card(audience, (Words(notice.body),))


def _doors(session: Session, here: Place, work: UnitOfWork) -> Card | None:
    """The doors are open: told once to who joined before, unless they want no such messages (SPEC 1.3, 6.3)."""
    person = work.get(Person, here.person) if here.person else None
    stage = stage_in(session, here, work)
    if person is None or not person.toasts or not chatting(session):
        return None
    if not admits("stage", session, work.get(Member, session.id, person.id)):
        return None
    where = (
        doc(" The chat is ", Room(stage.ref), ".") if stage and stage.ref else doc(" The chat is in the channel list.")
    )
    opened = doc(f"The doors of “{session.name}” are open.", *where)
    return say(OnlyPerson(person.id), opened, buttons=(Button("Menu", action("menu", session.id)),))


def _part(session: Session, ident: PersonId, here: Place, work: UnitOfWork) -> Card | None:
    member = work.get(Member, session.id, ident)
    if member is None or member.role == "attendee":
        return None
    told = f"You are a {member.role} of “{session.name}” now."
    if member.consented_at is None:
        told += " Join the session too: moderators and speakers accept the same text as everybody."
    return say(OnlyPerson(ident), told, buttons=(Button("Menu", action("menu", session.id)),))
