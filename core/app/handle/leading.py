"""The leaderboard of a session's quizzes: who wants to be on it, and how it reads (SPEC 5.5)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.authorize import authorize_with_consent
from core.app.commands import JoinLeaderboard, ShowLeaderboard
from core.app.derived import LEADERS, Leaders, Standing
from core.app.handle.find import meant, member_of, session_needs, session_of
from core.app.handle.people import known_person
from core.app.leaders import Top, first, named, top_needs, touch_leaders, touch_newest
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import SessionId
from core.domain.interactions.leaders import Leading, line, ranked
from core.domain.interactions.life import Interaction
from core.domain.people import Account, Person
from core.domain.sessions import Session
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Part, Words, action


def leading_needs(command: ShowLeaderboard | JoinLeaderboard, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for session in meant(command, work):
        yield from top_needs(session, work)
        yield key(Interaction, session=session)
        if account:
            yield key(Leading, session, account.person)
            yield key(Standing, session, account.person)


def leaderboard_button(session: SessionId) -> Button:
    return Button("Leaderboard", action("leaders", session))


def show_leaderboard(command: ShowLeaderboard, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "see shared results")
    person = known_person(command, work, moment)
    choice = work.get(Leading, session.id, person.id)
    return Outcome(_card(session, person, choice is not None and choice.on, work))


def join_leaderboard(command: JoinLeaderboard, work: UnitOfWork, moment: Moment) -> Outcome:
    """The cards that name who leads follow: all of them where a name goes, the newest where one comes."""
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "vote")
    person = known_person(command, work, moment)
    before = work.get(Leading, session.id, person.id)
    if (before is not None and before.on) != command.on:
        work.put(Leading(session.id, person.id, command.on))
        shown = first(_top(session, person, command.on, work) if command.on else _known(session, work).top)
        if any(ident == person.id for ident, _ in shown):
            (touch_newest if command.on else touch_leaders)(session.id, work)
    return Outcome(_card(session, person, command.on, work))


def _known(session: Session, work: UnitOfWork) -> Leaders:
    found = work.get(Leaders, session.id)
    assert found is not None, "it is counted, never missing"
    return found


def _top(session: Session, person: Person, on: bool, work: UnitOfWork) -> Top:
    """As it is now that this person is on it, or is not."""
    others = [it for it in _known(session, work).top if it[0] != person.id]
    standing = work.get(Standing, session.id, person.id)
    mine = [(person.id, standing.right)] if on and standing else []
    return sorted([*others, *mine], key=lambda it: (-it[1], it[0]))[:LEADERS]


def _card(session: Session, person: Person, on: bool, work: UnitOfWork) -> Card:
    found, standing = _known(session, work), work.get(Standing, session.id, person.id)
    top = _top(session, person, on, work)
    counted = "1 quiz counts" if found.quizzes == 1 else f"{found.quizzes:,} quizzes count"
    parts: list[Part] = [
        Heading(f"Leaderboard of “{session.name}”"),
        Note(f"{counted} so far · only who joins it is shown · being fast counts for nothing"),
    ]
    if not found.quizzes:
        parts.append(Words("It fills when a quiz that counts has ended."))
    elif not top:
        parts.append(Words("Nobody is on it yet."))
    else:
        parts.append(Words("\n".join(line(it) for it in ranked(named(top, work)))))
    if not on:
        parts.append(Words("You are not on it, so nobody sees how many you had right."))
    elif found.quizzes and standing:
        parts.append(Words(f"You are number {standing.better + 1} with {standing.right:,} right."))
    else:
        parts.append(Words("You are on it."))
    leave = Button("Leave leaderboard", action("lead", session.id, "off"))
    join = Button("Join leaderboard", action("lead", session.id, "on"), "primary")
    return Card(OnlyPerson(person.id), (*parts, Buttons((leave if on else join,))))
