"""What people change about themselves: name and settings, leaving; and a line to nobody (SPEC 2.1, 2.3, 6.5)."""

from __future__ import annotations

from dataclasses import replace

from core.app.authorize import Deed, authorize, join_button
from core.app.commands import AskToLeave, ChangeSettings, Command, Leave, OfSession, OpenSettingsForm, WriteToBot
from core.app.handle.feed_room import item
from core.app.handle.find import member_of, person_of, session_of
from core.app.handle.furnishing import touch_cards
from core.app.handle.people import MORE_SETTINGS, given, known_person
from core.app.handle.questions.claims import let_go
from core.app.handle.seating import reseat
from core.app.leaders import touch_leaders
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.published import touch_named
from core.app.unit_of_work import UnitOfWork
from core.app.written import touch_answers
from core.domain.chat import Message
from core.domain.form import Field, Form, Values, first
from core.domain.ids import PersonId, SessionId
from core.domain.people import NAME_LIMIT, Account, Member, Person, shown_name
from core.domain.refused import Refused
from core.domain.sessions import Session, joinable
from core.domain.text import one_line
from core.domain.view import Button, Buttons, Card, OnlyPerson, Part, Words, action, say


def reader_of(command: Command, work: UnitOfWork) -> OnlyPerson:
    """Who asked; nobody yet where they never took part."""
    account = work.get(Account, command.actor.account)
    return OnlyPerson(account.person if account else PersonId(""))


def settings_tab(session: Session, person: Person) -> tuple[Part, ...]:
    lines = [f"{pick.label}: {'on' if getattr(person, pick.value) else 'off'}" for pick in MORE_SETTINGS]
    shown = f"Your name here is {person.name}. Others see {shown_name(person)}."
    buttons = (
        Button("Change settings", action("settings", session.id), "primary"),
        Button("Link accounts", action("linking")),
        Button("Leave session", action("askleave", session.id)),
    )
    return Words(shown), Words("\n".join(lines)), Buttons(buttons)


def _mine(command: OfSession, deed: Deed, work: UnitOfWork) -> tuple[Session, Member]:
    session = session_of(command, work)
    member = member_of(command, session, work)
    if member is None:
        if not joinable(session):
            raise Refused(f"You are not in “{session.name}”, so there is nothing to change.")
        raise Refused(
            "You are not in this session, so there is nothing to change. Join it first.", join_button(session)
        )
    authorize(command.actor, session, member, deed)
    return session, member


def open_settings_form(command: OpenSettingsForm, work: UnitOfWork, moment: Moment) -> Outcome:
    session, _ = _mine(command, "change settings", work)
    return Outcome(_settings_form(session, person_of(command, work), command))


def _settings_form(session: Session, person: Person | None, command: OfSession) -> Form:
    values = given(person, command)
    return Form(
        title="Settings",
        action=action("set", session.id),
        submit="Save",
        again=action("settings", session.id),
        fields=(
            Field(
                "name",
                "Name to show",
                value=values["name"],
                longest=NAME_LIMIT,
                hint="Others see this name from now on",
            ),
            Field("settings", "Settings", "choices", value=values["settings"], required=False, picks=MORE_SETTINGS),
        ),
    )


def change_settings(command: ChangeSettings, work: UnitOfWork, moment: Moment) -> Outcome:
    session, _ = _mine(command, "change settings", work)
    name = one_line(first(command.values, "name"))
    if not 1 <= len(name) <= NAME_LIMIT:
        errors = {"name": f"Write a name of 1 to {NAME_LIMIT} characters."}
        form = _settings_form(session, person_of(command, work), command).filled(command.values, errors)
        return Outcome(form, done=False, kept=False)
    person = before = known_person(command, work, moment)
    if command.at >= person.settings_at:
        person = _with(person, name, command.values, command)
        work.put(person)
        for member in work.all(Member, person=person.id):
            if (other := work.get(Session, member.session)) and other.state != "archived":
                reseat(other, person.id, work, moment, only=("notify",))
            if shown_name(person) != shown_name(before):
                _rename(person, member.session, work)
    told = f"Saved. {KEPT_NAMES}" if shown_name(person) != shown_name(before) else "Saved."
    return Outcome(Card(OnlyPerson(person.id), (Words(told), *settings_tab(session, person))))


KEPT_NAMES = "The new name holds from now on; lines that are in the chat already keep the old one."
"""Neither platform lets a posted message have another name: chat.update and Edit Webhook Message take none."""


def _rename(person: Person, session: SessionId, work: UnitOfWork) -> None:
    """Our own pages of the feed and the cards with answers name them as they are called now."""
    for message in work.all(Message, session=session, pinned=True):
        if message.person == person.id and not message.voiced:
            work.touch(item(session, "pin", message.id))
    touch_answers(session, work)


def _with(person: Person, name: str, values: Values, command: ChangeSettings) -> Person:
    on = values.get("settings", ())
    return replace(
        person,
        name=name,
        toasts="toasts" in on,
        private_chat="private_chat" in on,
        last_name="last_name" in on,
        news="news" in on,
        settings_at=command.at,
    )


def ask_to_leave(command: AskToLeave, work: UnitOfWork, moment: Moment) -> Outcome:
    session, _ = _mine(command, "leave", work)
    question = f"Leave “{session.name}”? You are taken out of its chat, and what you write is not shared any more."
    buttons = (Button("Leave", action("leave", session.id), "danger"), Button("Stay", action("keep")))
    return Outcome(say(reader_of(command, work), question, buttons=buttons))


def leave(command: Leave, work: UnitOfWork, moment: Moment) -> Outcome:
    """Consent is taken back; a part in the team stays, so that the room can still be run (SPEC 2.1)."""
    session, member = _mine(command, "leave", work)
    if member.consented_at is not None:
        work.put(replace(member, consented_at=None, consent_hash=""))
        reseat(session, member.person, work, moment)
        let_go(session.id, member.person, work, moment)
        touch_cards(session.id, work)
        touch_leaders(session.id, work)
        touch_named(session.id, work)
    again = (join_button(session),) if joinable(session) else ()
    return Outcome(say(reader_of(command, work), f"You have left “{session.name}”.", buttons=again))


# -- a line to nobody -----------------------------------------------------------------------------------------------


def write_to_bot(command: WriteToBot, work: UnitOfWork, moment: Moment) -> Outcome:
    """There is nobody to send it to, so it stays where it was written, and the writer reads so (SPEC 6.5)."""
    told = "Nobody but you reads this. To talk to everybody, write in the session's chat; the menu has the way."
    return Outcome(say(reader_of(command, work), told, buttons=(Button("Menu", action("menu")),)))
