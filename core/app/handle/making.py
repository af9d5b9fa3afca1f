"""Making an interaction: its form, and what comes back from it (SPEC 5.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize_with_consent
from core.app.commands import OpenInteractionForm, SubmitInteraction
from core.app.handle.find import meant, member_of, session_needs, session_of
from core.app.handle.interactions import news_needs, post, touch_lists
from core.app.handle.people import keep_draft, known_person
from core.app.handle.showing import kept_needs
from core.app.handle.twins import twin
from core.app.outcome import FormDraft, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Invalid, Pick, first
from core.domain.ids import MINUTE, InteractionId, SessionId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction, Sharing
from core.domain.refused import Refused
from core.domain.sessions import STANDS, Held, Session, Venue, over
from core.domain.surfaces import Place, Subject
from core.domain.view import action

SHARING = Field(
    "sharing",
    "Results",
    "choice",
    value=("live",),
    picks=(Pick("Share while it is open", "live"), Pick("Share when it ends", "end"), Pick("Never share", "never")),
)
THEN = Field(
    "then",
    "Then",
    "choice",
    value=("publish",),
    picks=(Pick("Publish now", "publish"), Pick("Save as draft", "draft")),
)
NOTIFYING = replace(
    THEN,
    hint="Notifying mentions whoever joined and wants it, where that can be done",
    picks=(
        Pick("Publish now", "publish"),
        Pick("Publish now and notify people", "notify"),
        Pick("Save as draft", "draft"),
    ),
)
"""Where a venue of the session can mention people (SPEC 6.3)."""
NOTIFY_EVERY = 10 * MINUTE


def form_needs(command: OpenInteractionForm | SubmitInteraction, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(Place, session=session)
        yield key(Held, session=session)
        for held in work.peek_all(Held, session=session):
            yield key(Venue, held.venue)
        yield from kept_needs(session, work)
        yield key(FormDraft, command.actor.account, action("made", command.kind, session))


def form_of(kind_name: str, session: SessionId, *, mentions: bool = False) -> Form:
    """The form that makes an interaction of this kind in this session: the kind's own three fields at most, and two.

    ``mentions``: people can be notified in some venue of it.
    """
    kind = KINDS[kind_name]
    return Form(
        title=f"New {kind.TITLE.lower()}",
        action=action("made", kind_name, session),
        submit="Done",
        again=action("new", kind_name, session),
        fields=(*kind.fields(), SHARING, NOTIFYING if mentions else THEN),
    )


def _mentions(session: Session, work: UnitOfWork) -> bool:
    venues = (work.get(Venue, held.venue) for held in work.all(Held, session=session.id))
    return any(venue is not None and "mentions" in venue.can for venue in venues)


def open_form(command: OpenInteractionForm, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    _check_begun(session)
    form = form_of(command.kind, session.id, mentions=_mentions(session, work))
    draft = work.get(FormDraft, command.actor.account, form.action)
    given = {name: (value,) for name, value in command.given.items() if value}
    return Outcome(form.filled({**(draft.values if draft else {}), **given}))


def submit(command: SubmitInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    _check_begun(session)
    form, kind = form_of(command.kind, session.id, mentions=_mentions(session, work)), KINDS[command.kind]
    sharing, then = first(command.values, "sharing") or "live", first(command.values, "then") or "publish"
    try:
        spec = kind.read(command.values)
        if sharing not in ("live", "end", "never") or then not in ("publish", "notify", "draft"):
            raise Invalid({"sharing": "Pick one of these."})
        if then != "draft" and session.state != "live":
            raise Invalid(
                {"then": f"The session {STANDS[session.state]}. Save it as a draft and publish it when live."}
            )
        if then == "notify":
            _check_notified(session, moment)
    except Invalid as problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, problem.errors), done=False)
    person = known_person(command, work, moment)
    checked: Sharing = "live" if sharing == "live" else "end" if sharing == "end" else "never"
    interaction = Interaction(
        InteractionId(moment.new_id()), session.id, command.kind, spec, "draft", checked,
        notify=then == "notify", created_by=person.id, created_at=moment.now,
    )  # fmt: skip
    if interaction.notify:
        work.put(replace(session, notified_at=moment.now))
    work.know(key(Interaction, interaction.id), key(Subject, subject("interaction", interaction.id)))
    work.know(*news_needs(interaction.id, session.id))
    work.put(interaction)
    if work.get(FormDraft, command.actor.account, form.action):
        keep_draft(command, form, {}, work, moment)
    if then == "draft":
        touch_lists(session.id, work)
        return Outcome(twin(interaction, person.id, "Saved as a draft."))
    return Outcome(twin(post(interaction, work, moment), person.id, "Published."))


def _check_begun(session: Session) -> None:
    """Raises Refused where nothing could ever be published any more."""
    if over(session):
        raise Refused(f"“{session.name}” is over; nothing new can be made in it.")


def _check_notified(session: Session, moment: Moment) -> None:
    """Never a mass mailing: at most once in ten minutes (SPEC 6.3). Raises Invalid."""
    if session.notified_at is not None and moment.now < session.notified_at + NOTIFY_EVERY:
        ago = (moment.now - session.notified_at) // MINUTE
        when = "less than a minute ago" if ago < 1 else "a minute ago" if ago == 1 else f"{ago} minutes ago"
        raise Invalid({"then": f"People were notified {when}; once in ten minutes is enough. Publish without that."})
