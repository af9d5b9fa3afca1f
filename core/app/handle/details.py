"""Changing a session that exists: name and times, who can read it, what joining asks to accept (SPEC 1.1 to 1.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize
from core.app.commands import ChangeDetails, ChangeRules, OfSession, OpenDetailsForm, OpenRulesForm
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import meant, member_of, session_of
from core.app.handle.furnishing import touch_cards
from core.app.handle.people import known_person
from core.app.handle.scheduling import reschedule, schedule_needs
from core.app.handle.seating import reseat_all, reseat_needs
from core.app.handle.setup import read_details, setup_card
from core.app.handle.showing import plan
from core.app.handle.venues import venue_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.form import Field, Form, Invalid, Pick, Values, first
from core.domain.ids import MINUTE, Instant, SessionId, subject
from core.domain.interactions.life import Interaction
from core.domain.refused import Refused
from core.domain.sessions import DISCLAIMER_LIMIT, NAME_LIMIT, Access, Session, wall
from core.domain.surfaces import Place
from core.domain.text import clean, one_line
from core.domain.view import action


def details_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from venue_needs(command, work)
    for session in meant(command, work):
        yield from schedule_needs(session, work)
        for form in ("detailed", "ruled"):
            yield draft_key(command, action(form, session))


# -- name and times -------------------------------------------------------------------------------------------------


def open_details_form(command: OpenDetailsForm, work: UnitOfWork, moment: Moment) -> Outcome:
    session = running(command, work)
    return Outcome(with_draft(_details_form(session), command, work))


def _length(session: Session) -> str:
    """As it may be typed; after extensions it may be longer than what may be typed."""
    hours, minutes = divmod((session.ends_at - session.starts_at) // MINUTE, 60)
    return f"{hours}h{minutes}m" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"


def _details_form(session: Session) -> Form:
    return Form(
        title="Details",
        action=action("detailed", session.id),
        submit="Save",
        again=action("details", session.id),
        fields=(
            Field("name", "Name", value=(session.name,), longest=NAME_LIMIT),
            Field("start", "Start", value=(wall(session),), hint="14:30, 2026-11-14 14:30, or now", longest=30),
            Field("length", "Length", value=(_length(session),), hint="45m, 1h or 1h30m"),
            Field("zone", "Timezone of the start", value=(session.zone,), hint="Europe/Berlin", longest=40),
        ),
    )


def change_details(command: ChangeDetails, work: UnitOfWork, moment: Moment) -> Outcome:
    session = running(command, work)
    person = known_person(command, work, moment)
    try:
        after = _detailed(session, command.values, moment)
    except Invalid as problem:
        form = _details_form(session)
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, problem.errors), done=False)
    forget_draft(command, _details_form(session).action, work, moment)
    work.put(after)
    if session.state in ("announced", "open"):
        plan(f"session_start:{session.id}", after.starts_at, work)
    if session.state != "draft":
        plan(f"session_end:{session.id}", after.ends_at, work)
    reschedule(after, work)
    _touch_all(session.id, work)
    return Outcome(setup_card(after, command, person.id, work, "Saved."))


def _detailed(session: Session, values: Values, moment: Moment) -> Session:
    """Raises Invalid. A start that is not changed may lie in the past."""
    same = (first(values, "start").strip(), one_line(first(values, "zone"))) == (wall(session), session.zone)
    typed = {**values, "start": ("now",)} if same else dict(values)
    as_long = first(values, "length").strip() == _length(session)
    if as_long:
        typed["length"] = ("1m",)
    name, starts_at, ends_at, zone = read_details(typed, moment)
    if as_long:
        ends_at = Instant(starts_at + session.ends_at - session.starts_at)
    if same:
        ends_at = Instant(session.starts_at + ends_at - starts_at)
        starts_at = session.starts_at
    if session.state == "live" and starts_at > moment.now:
        raise Invalid({"start": "The session is live, so its start cannot lie ahead."})
    if ends_at <= moment.now:
        raise Invalid({"length": "It would be over already. Choose a longer one."})
    return replace(session, name=name, starts_at=starts_at, ends_at=ends_at, zone=zone)


# -- rules ----------------------------------------------------------------------------------------------------------


def open_rules_form(command: OpenRulesForm, work: UnitOfWork, moment: Moment) -> Outcome:
    return Outcome(with_draft(_rules_form(running(command, work)), command, work))


def _rules_form(session: Session) -> Form:
    return Form(
        title="Rules",
        action=action("ruled", session.id),
        submit="Save",
        again=action("rules", session.id),
        fields=(
            Field(
                "access",
                "Who can read the chat",
                "choice",
                value=(session.access,),
                picks=(Pick("Who joined", "gated"), Pick("Everybody here (for large audiences)", "open")),
            ),
            Field(
                "consent",
                "Joining",
                "choice",
                value=("yes" if session.consent_needed else "no",),
                picks=(Pick("Asks to accept the text below", "yes"), Pick("Is one press: you tell people", "no")),
            ),
            Field(
                "disclaimer",
                "Text to accept; a new one asks again",
                "paragraph",
                value=(session.disclaimer,),
                longest=DISCLAIMER_LIMIT,
            ),
        ),
    )


def change_rules(command: ChangeRules, work: UnitOfWork, moment: Moment) -> Outcome:
    session = running(command, work)
    person = known_person(command, work, moment)
    try:
        after = _ruled(session, command.values, work)
    except Invalid as problem:
        form = _rules_form(session)
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, problem.errors), done=False)
    forget_draft(command, _rules_form(session).action, work, moment)
    work.put(after)
    reseat_all(after, work, moment)
    _touch_all(session.id, work)
    return Outcome(setup_card(after, command, person.id, work, "Saved."))


def rules_needs(command: ChangeRules, work: UnitOfWork) -> Iterable[Key]:
    """Besides, who was let in: a new text shuts the chat to everybody who has not accepted it yet (SPEC 2.1)."""
    yield from details_needs(command, work)
    for session in meant(command, work):
        yield from reseat_needs(session, work)


def _ruled(session: Session, values: Values, work: UnitOfWork) -> Session:
    chosen, disclaimer = first(values, "access"), clean(first(values, "disclaimer"))
    access: Access = "open" if chosen == "open" else "gated"
    errors = {}
    rooms = work.all(Place, session=session.id)
    if access != session.access and any(it.kind == "stage" and it.name and it.state != "released" for it in rooms):
        errors["access"] = "The chat's channel is made already, and who can read it is decided before that."
    if not 1 <= len(disclaimer) <= DISCLAIMER_LIMIT:
        errors["disclaimer"] = f"Write 1 to {DISCLAIMER_LIMIT:,} characters."
    if errors:
        raise Invalid(errors)
    version = session.consent_version + (disclaimer != session.disclaimer)
    consent = first(values, "consent") != "no"
    return replace(session, access=access, disclaimer=disclaimer, consent_needed=consent, consent_version=version)


# -- both -----------------------------------------------------------------------------------------------------------


def running(command: OfSession, work: UnitOfWork) -> Session:
    session = session_of(command, work)
    authorize(command.actor, session, member_of(command, session, work), "run the session")
    if session.state in ("ended", "archived"):
        raise Refused(f"“{session.name}” is over and cannot be changed.")
    return session


def _touch_all(session: SessionId, work: UnitOfWork) -> None:
    touch_cards(session, work)
    for interaction in work.all(Interaction, session=session):
        if interaction.state == "live":
            work.touch(subject("interaction", interaction.id))
