"""Who is on the team, as organisers read it: a page of names with a button beside everyone who can go."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.commands import OfSession
from core.app.handle.find import meant, organiser_needs, session_needs
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PersonId
from core.domain.people import Account, Member, Organiser, Person, Post, shown_name
from core.domain.sessions import Held, Session, Venue, consented
from core.domain.text import shorten
from core.domain.view import Button, Buttons, Card, Choice, Choices, Heading, Note, OnlyPerson, Words, action

PAGE = 8
"""A line with its button takes three of Discord's 40 components, and what stands around the lines takes eight."""
TITLES: dict[Post, str] = {"organiser": "Organiser", "moderator": "Moderator", "speaker": "Speaker"}


def team_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    yield from organiser_needs(command, work)
    yield key(Venue, command.actor.venue)
    yield key(Organiser, venue=command.actor.venue)
    people = {one.person for one in work.peek_all(Organiser, venue=command.actor.venue)}
    for session in meant(command, work):
        yield key(Held, session, command.actor.venue)
        for role in ("moderator", "speaker"):
            yield key(Member, session=session, role=role)
            people |= {one.person for one in work.peek_all(Member, session=session, role=role)}
    if account := work.peek(Account, command.actor.account):
        people.add(account.person)
    for person in sorted(people):
        yield key(Person, person)
        yield key(Account, person=person)


def team_card(
    command: OfSession, session: Session, reader: Person, work: UnitOfWork, opening: str = "", page: int = 0
) -> Card:
    lines = _lines(command, session, reader, work)
    shown = lines[page * PAGE : (page + 1) * PAGE] or lines[:PAGE]
    buttons = [Button("Add", action("addteam", session.id), "primary")]
    if len(lines) > (page + 1) * PAGE:
        buttons.append(Button("Show more", action("team", session.id, str(page + 1))))
    elif page:
        buttons.append(Button("Show the first", action("team", session.id)))
    own = "Workspace admins and members with Manage Server organise there by the platform's own settings."
    parts = (Heading(f"Team of “{session.name}”"), Note(own), Choices(tuple(shown)), Buttons(tuple(buttons)))
    return Card(OnlyPerson(reader.id), (Words(opening), *parts) if opening else parts)


def _lines(command: OfSession, session: Session, reader: Person, work: UnitOfWork) -> list[Choice]:
    """Organisers of this venue, then the session's moderators and speakers, by name."""
    found: list[Choice] = []
    if command.actor.manages:
        found.append(Choice(TITLES["organiser"], _called(reader, work), result="by the platform's own settings"))
    made = [one.person for one in work.all(Organiser, venue=command.actor.venue) if one.active]
    found += [_line("organiser", session, person, work) for person in _by_name(made, work)]
    for role in ("moderator", "speaker"):
        members = {one.person: one for one in work.all(Member, session=session.id, role=role)}
        for person in _by_name(members, work):
            told = "" if consented(session, members[person.id]) else "has not joined yet"
            if role == "moderator" and is_last(session, members[person.id], work):
                found.append(Choice(TITLES[role], _called(person, work), result="the only moderator"))
            else:
                found.append(_line("moderator" if role == "moderator" else "speaker", session, person, work, told))
    return found


def _line(post: Post, session: Session, person: Person, work: UnitOfWork, told: str = "") -> Choice:
    spoken = shorten(f"Remove {shown_name(person)} as {post}", 75)
    remove = Button("Remove", action("askremove", session.id, post, person.id), spoken=spoken)
    return Choice(TITLES[post], _called(person, work), remove, told)


def _by_name(people: Iterable[PersonId], work: UnitOfWork) -> list[Person]:
    found = [person for ident in people if (person := work.get(Person, ident))]
    return sorted(found, key=lambda it: (shown_name(it).casefold(), it.id))


def _called(person: Person, work: UnitOfWork) -> str:
    """The name, and where this person is: two may be called the same."""
    places = sorted({account.platform.capitalize() for account in work.all(Account, person=person.id)})
    return " · ".join((shown_name(person), *places))


def is_last(session: Session, member: Member, work: UnitOfWork) -> bool:
    """Whether the session would be left with nobody to run it; a blocked moderator runs nothing."""
    if member.role != "moderator" or session.state in ("ended", "archived"):
        return False
    return not any(
        one.person != member.person and not one.blocked
        for one in work.all(Member, session=session.id, role="moderator")
    )
