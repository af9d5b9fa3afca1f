"""Making an interaction: its form, and what comes back from it; every form ends with the exact card (SPEC 5.1, 5.8)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.authorize import authorize_with_consent
from core.app.commands import OpenInteractionForm, SubmitInteraction
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import meant, member_of, session_needs, session_of
from core.app.handle.interactions import touch_lists
from core.app.handle.people import known_person
from core.app.handle.shared_fields import Settings, form_of, read_settings
from core.app.handle.twins import draft_card, preview_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Invalid, opening
from core.domain.ids import InteractionId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction
from core.domain.refused import Refused
from core.domain.sessions import Session, over
from core.domain.surfaces import Subject
from core.domain.view import action

SAVED = "Saved as a draft. This is how it will look:"


def form_needs(command: OpenInteractionForm | SubmitInteraction, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield from preview_needs(session, work)
        yield draft_key(command, action("made", command.kind, session))


def open_form(command: OpenInteractionForm, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    check_begun(session)
    form = with_draft(form_of(command.kind, session.id, session.name), command, work)
    # What was typed behind the command goes into the first field to write in that must be, whatever the kind calls it.
    typed = next((value for value in command.given.values() if value), "")
    asked = opening(form.fields)
    return Outcome(form.filled({asked: (typed,)}) if typed and asked else form)


def submit(command: SubmitInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    check_begun(session)
    form, kind = form_of(command.kind, session.id, session.name), KINDS[command.kind]
    try:
        spec, settings = kind.read(command.values), read_settings(kind, command.values, Settings())
    except Invalid as problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, problem.errors), done=False)
    person = known_person(command, work, moment)
    interaction = Interaction(
        InteractionId(moment.new_id()), session.id, command.kind, spec, "draft", settings.sharing,
        anonymous=settings.anonymous, lasts=settings.lasts, rank=moment.now,
        created_by=person.id, created_at=moment.now, edited_by=person.id,
    )  # fmt: skip
    work.know(key(Interaction, interaction.id), key(Subject, subject("interaction", interaction.id)))
    work.put(interaction)
    forget_draft(command, form.action, work, moment)
    touch_lists(session.id, work)
    return Outcome(draft_card(interaction, session, person.id, work, SAVED))


def check_begun(session: Session) -> None:
    """Raises Refused where nothing could ever be published any more."""
    if over(session):
        raise Refused(f"“{session.name}” is over; nothing new can be made in it.")
