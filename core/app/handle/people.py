"""Joining with consent (SPEC 2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.asked import Published
from core.app.authorize import authorize
from core.app.commands import Command, Join, OpenJoinForm
from core.app.derived import Waiting
from core.app.handle.drafts import keep_draft as keep_draft
from core.app.handle.find import meant, member_of, person_of, session_needs, session_of
from core.app.handle.seating import reseat, seat_needs, seat_subject, seating_needs, take_seat, venue_here
from core.app.handle.showing import direct, direct_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.published import touch_named
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Pick, Values, first
from core.domain.ids import SECOND, AccountId, Instant, PersonId, SessionId, SurfaceId, subject
from core.domain.people import NAME_LIMIT, Account, Member, Person, Seat, fingerprint
from core.domain.refused import Refused
from core.domain.schedule import about
from core.domain.sessions import Held, Session, chatting, consented, joinable
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.text import Room, When, doc, one_line, shorten
from core.domain.view import Button, Card, JumpButton, OnlyPerson, action, say

A_MOMENT = 5 * SECOND
"""Who is let in sooner reads nothing of a line (SPEC 1.3)."""
LAST = Instant(1 << 62)
"""Later than whoever waits already: who comes now stands behind all of them."""
CONSENT_DIGITS = 12
"""So much of the hash of the shown text travels with the form; enough to see that another text is in force."""


def join_needs(command: OpenJoinForm | Join, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(Place, session=session)
        yield key(Held, session=session)
        yield from seat_needs(session, command.actor.account)
        yield from _line_needs(command, session, work)
        if account := work.peek(Account, command.actor.account):
            yield from seating_needs(session, account.person, work)
            yield key(Subject, subject("welcome", _welcome_id(session, account.person)))
            yield from direct_needs(command.actor.venue, account.person)
            if work.peek(Member, session, account.person) is not None:
                yield key(Published, session)


def _line_needs(command: OpenJoinForm | Join, session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """How many wait before this account where people are not let in at once."""
    grants = {it.place: it for it in work.peek_all(Surface, subject=seat_subject(session, command.actor.account))}
    for place in work.peek_all(Place, session=session):
        if place.kind == "stage" and place.pace and place.venue.startswith(f"{command.actor.platform}:"):
            yield key(Waiting, place.id, grants[place.id].order_at if place.id in grants else LAST)


def open_join_form(command: OpenJoinForm, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    member = _may_join(command, session, work)
    if consented(session, member):
        person = person_of(command, work)
        assert person is not None
        _sit_down(command, session, person.id, work, moment)
        return Outcome(_welcome(session, person.id, command, work, "You are in already."))
    person = person_of(command, work)
    if not session.consent_needed:
        return _enter(command, session, given(person, command), work, moment)
    return Outcome(_form(session, person, command))


def join(command: Join, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    _may_join(command, session, work)
    form = _form(session, person_of(command, work), command)
    if session.consent_needed:
        if command.consent != fingerprint(session.disclaimer)[:CONSENT_DIGITS]:
            return _once_more(form.filled(command.values, problem="The text has changed. Please read it once more."))
        if "yes" not in command.values.get("agree", ("yes",)):
            return _once_more(form.filled(command.values, {"agree": "Tick the box to join, or close this form."}))
    name = one_line(first(command.values, "name"))
    if not name:
        return _once_more(form.filled(command.values, {"name": "Write the name that others shall see."}))
    if len(name) > NAME_LIMIT:
        problem = f"The name has {len(name)} characters; {NAME_LIMIT} fit."
        return _once_more(form.filled(command.values, {"name": problem}))
    return _enter(command, session, {**command.values, "name": (name,)}, work, moment)


def _once_more(form: Form) -> Outcome:
    """What was typed before consent is shown back and stored nowhere, not even as an answer given (SPEC 14)."""
    return Outcome(form, done=False, kept=False)


def _may_join(command: Command, session: Session, work: UnitOfWork) -> Member | None:
    member = member_of(command, session, work)
    preparing = session.state == "draft" and member is not None and member.role == "moderator"
    if not joinable(session) and not preparing:
        raise Refused(
            f"“{session.name}” cannot be joined: it is {'not announced yet' if session.state == 'draft' else 'over'}."
        )
    authorize(command.actor, session, member, "join")
    return member


def _form(session: Session, person: Person | None, command: Command) -> Form:
    before = given(person, command)
    settings = tuple(pick.value for pick in SETTINGS if pick.value in before["settings"])
    return Form(
        title="Join session",
        action=action("joined", session.id, fingerprint(session.disclaimer)[:CONSENT_DIGITS]),
        submit="Accept",
        again=action("join", session.id),
        intro=session.disclaimer,
        fields=(
            Field("name", "Name to show", value=before["name"], longest=NAME_LIMIT, hint="Others see this name"),
            Field("settings", "Settings", "choices", value=settings, required=False, picks=SETTINGS),
            Field("agree", "Your agreement", "agree", picks=(Pick("I accept that this is recorded", "yes"),)),
        ),
    )


SETTINGS = (
    Pick("Allow toast notifications", "toasts"),
    Pick("Enable private chat", "private_chat"),
    Pick("Show my last name", "last_name"),
)


MORE_SETTINGS = (*SETTINGS, Pick("Tell me of new interactions by direct message", "news"))
"""Off until somebody asks for it; the form for joining has no room for more on Discord."""


def given(person: Person | None, command: Command) -> dict[str, tuple[str, ...]]:
    if person is None:
        return {
            "name": (shorten(one_line(command.actor.nick), NAME_LIMIT),),
            "settings": tuple(pick.value for pick in SETTINGS),
        }
    name = person.name
    if person.settings_at == 0:  # never chosen by themselves: somebody named them, perhaps by their id
        name = shorten(one_line(command.actor.nick), NAME_LIMIT) or name
    return {"name": (name,), "settings": tuple(it.value for it in MORE_SETTINGS if getattr(person, it.value))}


def _enter(command: Command, session: Session, values: Values, work: UnitOfWork, moment: Moment) -> Outcome:
    person = known_person(command, work, moment)
    on = values.get("settings", ())
    if command.at >= person.settings_at:
        person = replace(
            person,
            name=first(values, "name") or person.name,
            toasts="toasts" in on,
            private_chat="private_chat" in on,
            last_name="last_name" in on,
            settings_at=command.at,
        )
        work.put(person)
    work.know(key(Member, session.id, person.id))
    member = work.get(Member, session.id, person.id) or Member(session.id, person.id)
    work.put(
        replace(
            member,
            consented_at=moment.now,
            # What nobody was shown nobody accepted: when the text is asked for later, it is asked of everybody.
            consent_hash=fingerprint(session.disclaimer) if session.consent_needed else "",
            consent_version=session.consent_version,
        )
    )
    for what in ("door", "bar", "desk"):
        work.touch(subject(what, session.id))
    if work.peek(Published, session.id) is not None:
        touch_named(session.id, work)  # who comes back may be named again
    _sit_down(command, session, person.id, work, moment)
    if command.actor.fleeting:
        _write_to(command, session, person.id, work, moment)
    return Outcome(_welcome(session, person.id, command, work, "You're in."))


def _sit_down(command: Command, session: Session, person: PersonId, work: UnitOfWork, moment: Moment) -> None:
    """The account they came with is let into its rooms; once more, if they had left by themselves."""
    work.know(*seat_needs(session.id, command.actor.account))
    work.know(key(Seat, session=session.id, person=person))
    take_seat(session.id, venue_here(command, session.id, work), command.actor.account, person, work)
    reseat(session, person, work, moment, again=True)


def known_person(command: Command, work: UnitOfWork, moment: Moment) -> Person:
    """The actor's person, made now when the account is new; nick and avatar are brought up to date."""
    actor = command.actor
    account = work.get(Account, actor.account)
    if account is None:
        person = Person(PersonId(moment.new_id()), shorten(one_line(actor.nick), NAME_LIMIT) or "Guest")
        account = Account(AccountId(actor.account), person.id, actor.platform, actor.nick, actor.avatar)
        work.put(person)
        work.put(account)
        return person
    known = work.get(Person, account.person)
    assert known is not None, "an account has a person"
    if (actor.nick, actor.avatar) != (account.nick, account.avatar) and actor.nick:
        work.put(replace(account, nick=actor.nick, avatar=actor.avatar))
        if known.settings_at == 0 and known.name == shorten(one_line(account.nick), NAME_LIMIT):
            # Who chose no name bears the platform's, also where a session file knew no more than an id.
            known = replace(known, name=shorten(one_line(actor.nick), NAME_LIMIT) or known.name)
            work.put(known)
    return known


def _welcome_id(session: SessionId, person: PersonId) -> str:
    return f"{session}:{person}"


def _write_to(command: Command, session: Session, person: PersonId, work: UnitOfWork, moment: Moment) -> None:
    """The same welcome by direct message, where private answers do not last."""
    welcome = subject("welcome", _welcome_id(session.id, person))
    work.know(key(Subject, welcome), key(Place, venue=command.actor.venue, kind="dm", person=person))
    if work.get(Subject, welcome) is not None:
        return
    place = direct(command.actor.venue, command.actor.account, person, work, moment)
    work.put(Subject(welcome))
    work.put(Surface(SurfaceId(moment.new_id()), welcome, place.id, follow="once", urgency=7, order_at=moment.now))


def _welcome(session: Session, person: PersonId, command: Command, work: UnitOfWork, opening: str) -> Card:
    venue = venue_here(command, session.id, work)
    stage = next(
        (
            place
            for place in work.all(Place, session=session.id)
            if place.kind == "stage" and place.venue == venue and usable(place)
        ),
        None,
    )
    account = command.actor.account
    grants = {it.place: it for it in work.all(Surface, subject=seat_subject(session.id, account))}
    grant = grants.get(stage.id) if stage else None
    return welcome_card(session, person, stage, grant, opening, _ahead(stage, grant, work))


def _ahead(stage: Place | None, grant: Surface | None, work: UnitOfWork) -> int:
    """How many are let in before this one; 0 for who is in."""
    if stage is None or grant is None or grant.ref is not None or grant.dead or grant.gone:
        return 0
    waiting = work.peek(Waiting, stage.id, grant.order_at) or work.peek(Waiting, stage.id, LAST)
    return waiting.number if waiting else 0


def welcome_card(
    session: Session, person: PersonId, stage: Place | None, grant: Surface | None, opening: str, ahead: int = 0
) -> Card:
    """Where the chat is, and the way to everything else; what the platform refused is said with what to do.

    Who waits longer than a moment reads the place in line instead: there is nothing to open yet.
    """
    menu = Button("Menu", action("menu", session.id))
    if stage is None or stage.ref is None:
        soon = doc(
            " The chat opens at ", When(session.starts_at, "date"), " or a little earlier. Look into the menu then."
        )
        if chatting(session):
            soon = doc(" The chat is being made; you will find it in the channel list in a moment.")
        return say(OnlyPerson(person), (*doc(opening), *soon), buttons=(menu,))
    if stage.pace * (ahead + 1) > A_MOMENT:
        wait = about(stage.pace * (ahead + 1))
        line = f"You are number {ahead + 1:,} in line for the chat"
        if not stage.private:
            words = doc(
                f"{opening} {line}: you can read it now, ", Room(stage.ref), f", and write there in about {wait}."
            )
            return say(OnlyPerson(person), words, buttons=(JumpButton("Open the stage", stage.ref), menu))
        told = f"{opening} {line}; it opens to you in about {wait}."
        told += " It appears in your channel list by itself then; nothing else is needed."
        return say(OnlyPerson(person), told, buttons=(menu,))
    words = doc(opening, " The chat is ", Room(stage.ref), ".")
    if grant is not None and grant.dead and not grant.gone:
        words = (*words, *doc(" You could not be added to it: ask an admin of the workspace or server to add you."))
    return say(OnlyPerson(person), words, buttons=(JumpButton("Open the stage", stage.ref), menu))
