"""The team: organisers of a venue, moderators and speakers of a session, made and unmade by organisers (SPEC 1.7, 2.2).

A change holds from its commit on, also for forms and buttons that are open already: every command asks the table anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import Appoint, AskToRemove, Command, OfSession, OfTeam, OpenTeamForm, Remove, ShowTeam
from core.app.handle.audit import record
from core.app.handle.find import meant, session_of
from core.app.handle.people import known_person
from core.app.handle.questions.claims import holding_needs, let_go
from core.app.handle.roster import is_last, team_card, team_needs
from core.app.handle.seating import reseat, seat_needs, seating_needs, take_seat
from core.app.handle.showing import direct, direct_needs, tell
from core.app.handle.venues import authorize_here
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Invalid, Pick, first
from core.domain.ids import AccountId, PersonId, SessionId, subject
from core.domain.people import NAME_LIMIT, POSTS, Account, Member, Organiser, Person, Post, Role, shown_name
from core.domain.questions import Question
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.surfaces import Place, Subject
from core.domain.text import one_line, shorten
from core.domain.view import Button, OnlyPerson, action, say

ACCOUNT_LIMIT = 150
"""Characters of an account's id; no platform's come near."""


# -- what it takes --------------------------------------------------------------------------------------------------


def appoint_needs(command: Appoint, work: UnitOfWork) -> Iterable[Key]:
    yield from team_needs(command, work)
    ident = AccountId(first(command.values, "person"))
    yield key(Account, ident)
    for session in meant(command, work):
        yield key(Place, session=session)
        yield from seat_needs(session, ident)
    if account := work.peek(Account, ident):
        yield from _person_needs(command, account.person, work)


def remove_needs(command: OfTeam, work: UnitOfWork) -> Iterable[Key]:
    yield from team_needs(command, work)
    yield from _person_needs(command, command.person, work)


def _person_needs(command: OfSession, person: PersonId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Person, person)
    yield key(Account, person=person)
    yield key(Organiser, command.actor.venue, person)
    yield from direct_needs(command.actor.venue, person)
    for session in meant(command, work):
        yield key(Subject, subject("part", f"{session}:{person}"))
        yield from seating_needs(session, person, work)
        yield from holding_needs(session, person, work)


def _session(command: OfSession, work: UnitOfWork) -> Session:
    session = session_of(command, work)
    authorize_here(command, session, work, "appoint")
    return session


def _organiser(command: OfSession, work: UnitOfWork, moment: Moment) -> Person:
    """Who acts."""
    person = known_person(command, work, moment)
    work.know(key(Account, person=person.id))
    return person


# -- the card -------------------------------------------------------------------------------------------------------


def show_team(command: ShowTeam, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _session(command, work)
    person = _organiser(command, work, moment)
    return Outcome(team_card(command, session, person, work, page=command.page))


# -- adding ---------------------------------------------------------------------------------------------------------


def open_team_form(command: OpenTeamForm, work: UnitOfWork, moment: Moment) -> Outcome:
    return Outcome(_form(command, _session(command, work).id))


def _form(command: Command, session: SessionId) -> Form:
    venue = shorten(f"Organiser of {command.actor.venue_name or 'this place'}", 75)
    return Form(
        title="Add to the team",
        action=action("teamed", session),
        submit="Add",
        again=action("addteam", session),
        fields=(
            Field("person", "Person", "person"),
            Field(
                "as",
                "As",
                "choice",
                value=("moderator",),
                picks=(Pick("Moderator", "moderator"), Pick("Speaker", "speaker"), Pick(venue, "organiser")),
            ),
        ),
    )


def appoint(command: Appoint, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _session(command, work)
    try:
        post = _post(first(command.values, "as"))
        ident, nick = _picked(command, work)
    except Invalid as problem:
        return Outcome(_form(command, session.id).filled(command.values, problem.errors), done=False)
    actor, person = _organiser(command, work, moment), _person(command, ident, nick, work, moment)
    work.know(
        key(Member, session.id, person.id),
        key(Organiser, command.actor.venue, person.id),
        key(Question, session=session.id, owner=person.id),
        *seat_needs(session.id, ident),
    )
    called = shown_name(person)
    if _has(command, session, post, person.id, work):
        return Outcome(team_card(command, session, actor, work, f"{called} is {_a(post)} already."))
    if post == "organiser":
        before = work.get(Organiser, command.actor.venue, person.id)
        work.put(replace(before or Organiser(command.actor.venue, person.id), active=True))
    else:
        member = work.get(Member, session.id, person.id) or Member(session.id, person.id)
        if member.blocked:
            raise Refused(f"{called} is blocked in this session, so that is not possible.")
        _check_not_last(session, member, work)
        _assign(session, member, post, work)
        take_seat(session.id, command.actor.venue, ident, person.id, work)
        reseat(session, person.id, work, moment)
        let_go(session.id, person.id, work, moment)
        if person.id != actor.id:
            _tell(command, session, person, ident, work, moment)
    record(command, session.id, actor.id, f"appoint {post}", person.id, work, moment)
    return Outcome(team_card(command, session, actor, work, f"{called} is {_a(post)} now."))


def _tell(
    command: Command, session: Session, person: Person, account: AccountId, work: UnitOfWork, moment: Moment
) -> None:
    """What concerns one person goes to them by direct message, if they want that (SPEC 6.3)."""
    what = subject("part", f"{session.id}:{person.id}")
    work.know(key(Subject, what), *direct_needs(command.actor.venue, person.id))
    if person.toasts and work.get(Subject, what) is None:
        tell(what, direct(command.actor.venue, account, person.id, work, moment), work, moment, urgency=3)


def _post(typed: str) -> Post:
    for post in POSTS:
        if typed == post:
            return post
    raise Invalid({"as": "Pick one of these."})


def _picked(command: Appoint, work: UnitOfWork) -> tuple[AccountId, str]:
    """The picked account and its name. Raises Invalid for the field ``person``."""
    picked = command.values.get("person", ())
    ident = AccountId(picked[0] if picked else "")
    nick = one_line(picked[1]) if len(picked) > 1 else ""
    if not ident.startswith(f"{command.actor.platform}:") or len(ident) > ACCOUNT_LIMIT:
        raise Invalid({"person": "Pick a person. Bots cannot take part."})
    if not nick and work.get(Account, ident) is None:
        raise Invalid({"person": "The name could not be read just now. Please try again."})
    return ident, nick


def _person(command: Command, ident: AccountId, nick: str, work: UnitOfWork, moment: Moment) -> Person:
    """The person behind the account, made now when nobody knew it; a known one keeps the name they chose."""
    account = work.get(Account, ident)
    if account is not None:
        known = work.get(Person, account.person)
        assert known is not None, "an account has a person"
        return known
    person = Person(PersonId(moment.new_id()), shorten(nick, NAME_LIMIT))
    work.put(person)
    work.put(Account(ident, person.id, command.actor.platform, nick))
    work.know(key(Account, person=person.id))
    return person


# -- removing -------------------------------------------------------------------------------------------------------


def ask_to_remove(command: AskToRemove, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _session(command, work)
    person = _to_remove(command, session, work)
    actor = _organiser(command, work, moment)
    where = f"“{session.name}”" if command.post != "organiser" else command.actor.venue_name or "this place"
    buttons = (
        Button("Remove", action("remove", session.id, command.post, person.id), "danger"),
        Button("Keep", action("keep")),
    )
    question = f"Remove {shown_name(person)} as {command.post} of {where}? It holds at once."
    return Outcome(say(OnlyPerson(actor.id), question, buttons=buttons))


def remove(command: Remove, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _session(command, work)
    person = _to_remove(command, session, work)
    actor = _organiser(command, work, moment)
    if command.post == "organiser":
        before = work.get(Organiser, command.actor.venue, person.id)
        assert before is not None, "just found"
        work.put(replace(before, active=False))
    else:
        member = work.get(Member, session.id, person.id)
        assert member is not None, "just found"
        _assign(session, member, "attendee", work)
        reseat(session, person.id, work, moment)
        let_go(session.id, person.id, work, moment)
    record(command, session.id, actor.id, f"remove {command.post}", person.id, work, moment)
    told = f"{shown_name(person)} is not {_a(command.post)} any more."
    if person.id == actor.id and command.post == "organiser" and not command.actor.manages:
        return Outcome(say(OnlyPerson(actor.id), told))
    return Outcome(team_card(command, session, actor, work, told))


def _to_remove(command: OfTeam, session: Session, work: UnitOfWork) -> Person:
    """Who is to go, if that is possible."""
    person = work.get(Person, command.person)
    if person is None or not _has(command, session, command.post, command.person, work):
        if command.post == "organiser":
            raise Refused("Nobody made this person an organiser here. The platform's own settings say who else is one.")
        raise Refused(f"This person is not {_a(command.post)} any more.")
    member = work.get(Member, session.id, command.person)
    if command.post == "moderator" and member is not None:
        _check_not_last(session, member, work)
    return person


def _has(command: OfSession, session: Session, post: Post, person: PersonId, work: UnitOfWork) -> bool:
    if post == "organiser":
        organiser = work.get(Organiser, command.actor.venue, person)
        return organiser is not None and organiser.active
    member = work.get(Member, session.id, person)
    return member is not None and member.role == post


def _assign(session: Session, member: Member, role: Role, work: UnitOfWork) -> None:
    work.put(replace(member, role=role))
    work.touch(subject("alert", session.id))
    if member.role == "moderator":
        work.put(replace(session, team=session.team + 1))


def _check_not_last(session: Session, member: Member, work: UnitOfWork) -> None:
    if is_last(session, member, work):
        raise Refused(f"“{session.name}” needs a moderator, and this is the only one. Add another one first.")


def _a(post: Post) -> str:
    return f"an {post}" if post == "organiser" else f"a {post}"
