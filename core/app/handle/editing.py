"""Changing an interaction: its words, settings and time; two who edit it see each other (SPEC 5.1, 5.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import EditInteraction, OfInteraction, OpenEditForm, OpenTimingForm, SetTiming
from core.app.derived import Counts
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.interactions import at_desk, desk_needs, touch_lists
from core.app.handle.shared_fields import SECRET, fields_of, read_settings, settings_of, written
from core.app.handle.showing import at_once, plan
from core.app.handle.twins import desk_card, draft_card, twin_subject
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Invalid, Values, first
from core.domain.ids import MINUTE, Instant, PersonId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction
from core.domain.people import Person, shown_name
from core.domain.refused import Refused
from core.domain.schedule import Due, closing, publishing
from core.domain.sessions import Session, parse_minutes, parse_start, wall
from core.domain.text import one_line
from core.domain.view import action


def edit_needs(command: OfInteraction, work: UnitOfWork) -> Iterable[Key]:
    yield from desk_needs(command, work)
    yield key(Counts, command.interaction)
    yield draft_key(command, action("timed", command.interaction))
    for what in (publishing(command.interaction), closing(command.interaction)):
        yield key(Due, what)
    if interaction := work.peek(Interaction, command.interaction):
        yield key(Person, interaction.edited_by)
        yield draft_key(command, action("edited", interaction.id, str(interaction.revision)))


def _editable(command: OfInteraction, work: UnitOfWork, moment: Moment) -> tuple[Interaction, Session, PersonId]:
    interaction, session, person = at_desk(command, work, moment)
    if interaction.state not in ("draft", "live"):
        raise Refused("It has ended, so it stays as it is. Duplicate it to ask once more.")
    return interaction, session, person


def _form(interaction: Interaction, work: UnitOfWork) -> Form:
    counts = work.get(Counts, interaction.id)
    answered = counts is not None and counts.given
    kind = KINDS[interaction.kind]
    fields = fields_of(kind, answered=answered)
    if not fields:
        raise Refused(f"Somebody has answered, so this {kind.TITLE.lower()} stays as it is. Duplicate it instead.")
    form = Form(
        title=f"Edit {kind.TITLE.lower()}",
        action=action("edited", interaction.id, str(interaction.revision)),
        submit="Save",
        again=action("edit", interaction.id),
        fields=fields,
        intro="Somebody has answered, so the question stays. Duplicate it to ask another one." if answered else "",
    )
    return form.filled(written(interaction))


def open_edit(command: OpenEditForm, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, _, _ = _editable(command, work, moment)
    form = _form(interaction, work)
    return Outcome(with_draft(form, command, work))


def edit(command: EditInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = _editable(command, work, moment)
    form = _form(interaction, work)
    if command.revision != interaction.revision and interaction.edited_by != person:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(_overtaken(interaction, form, command.values, work), done=False)
    try:
        after = _edited(interaction, command.values, form, moment)
    except Invalid as problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, problem.errors), done=False)
    forget_draft(command, form.action, work, moment)
    after = replace(after, revision=interaction.revision + 1, edited_by=person)
    _put(after, interaction, work)
    if after.state == "draft":
        return Outcome(draft_card(after, session, person, work, "Saved. This is how it will look:"))
    return Outcome(desk_card(after, session, person, work, "Saved. Everybody sees it now."))


def _edited(interaction: Interaction, values: Values, form: Form, moment: Moment) -> Interaction:
    """Raises Invalid."""
    kind = KINDS[interaction.kind]
    asked = {it.name for it in form.fields}
    whole = {**written(interaction), **{name: value for name, value in values.items() if name in asked}}
    spec, settings = kind.read(whole), read_settings(kind, whole, settings_of(interaction))
    if not any(SECRET in it.picks for it in form.fields):
        # A box beside it may be asked still, and tells nothing of this one.
        settings = replace(settings, anonymous=interaction.anonymous)
    if interaction.state == "live" and settings.anonymous != interaction.anonymous:
        box = next(it.name for it in form.fields if any(pick.value == "secret" for pick in it.picks))
        raise Invalid(
            {box: "Who can see what was said on the card when it was published. Duplicate it to change that."}
        )
    after = replace(
        interaction, spec=spec, sharing=settings.sharing, anonymous=settings.anonymous, lasts=settings.lasts
    )
    if interaction.state != "live" or settings.lasts == interaction.lasts:
        return after
    closes = None
    if settings.lasts is not None:
        closes = Instant((interaction.published_at or moment.now) + settings.lasts)
        if closes <= moment.now:
            raise Invalid({"closes": "It has been open for longer than that already. Choose a longer time, or end it."})
    return replace(after, closes_at=closes)


def _overtaken(interaction: Interaction, form: Form, typed: Values, work: UnitOfWork) -> Form:
    """Nobody writes over another one's words unseen; a full form of Discord has room for them nowhere but above it."""
    name = _editor(interaction, work)
    problem = (
        f"{name} changed it while you wrote. {_as_it_is(interaction, name, typed)}\n"
        f"Below is what you typed; saving puts it in place of {name}'s words."
    )
    return form.filled(typed, problem=problem)


def _editor(interaction: Interaction, work: UnitOfWork) -> str:
    editor = work.get(Person, interaction.edited_by)
    return shown_name(editor) if editor else "Somebody"


def _as_it_is(interaction: Interaction, name: str, typed: Values) -> str:
    """What differs from what was typed."""
    values = written(interaction)
    lines = []
    for one in fields_of(KINDS[interaction.kind]):
        now = values.get(one.name, ())
        if one.name in typed and tuple(typed[one.name]) != tuple(now):
            labels = {pick.value: pick.label for pick in one.picks}
            lines.append(f"{one.label}: {', '.join(labels.get(it, it) for it in now) or '–'}")
    return "\n".join([f"As {name} left it:", *lines]) if lines else "It says the same as yours."


def _put(after: Interaction, before: Interaction, work: UnitOfWork) -> None:
    work.put(after)
    work.touch(subject("interaction", after.id))
    at_once(twin_subject(after.id), work)
    if after.closes_at is not None and after.closes_at != before.closes_at:
        plan(closing(after.id), after.closes_at, work)
    touch_lists(after.session, work)


# -- when it is published and when it closes --------------------------------------------------------------------------


def _timing_form(interaction: Interaction, session: Session) -> Form:
    at = interaction.scheduled_at
    shown = "" if at is None else _after_start(interaction) or wall(replace(session, starts_at=at))
    return Form(
        title="Publish by itself",
        action=action("timed", interaction.id),
        submit="Save",
        again=action("timing", interaction.id),
        intro=f"Times are in the session's timezone, {session.zone}. Leave it empty to publish by hand.",
        fields=(
            Field(
                "at",
                "Publish at",
                value=(shown,),
                hint="14:30, or +10m for ten minutes after the start",
                required=False,
                longest=30,
            ),
        ),
    )


def _after_start(interaction: Interaction) -> str:
    after = interaction.scheduled_after
    return "" if after is None else f"+{after // MINUTE}m"


def open_timing(command: OpenTimingForm, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, _ = _draft(command, work, moment)
    form = _timing_form(interaction, session)
    return Outcome(with_draft(form, command, work))


def _draft(command: OfInteraction, work: UnitOfWork, moment: Moment) -> tuple[Interaction, Session, PersonId]:
    interaction, session, person = at_desk(command, work, moment)
    if interaction.state != "draft":
        raise Refused("Only a draft waits for its time; this one was published already.")
    return interaction, session, person


def set_timing(command: SetTiming, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = _draft(command, work, moment)
    form = _timing_form(interaction, session)
    try:
        at, after = _read_time(one_line(first(command.values, "at")), session, moment)
    except Invalid as problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, {"at": str(problem)}), done=False)
    forget_draft(command, form.action, work, moment)
    changed = replace(interaction, scheduled_at=at, scheduled_after=after)
    work.put(changed)
    if at is not None and session.state == "live":
        plan(publishing(interaction.id), at, work)
    touch_lists(session.id, work)
    told = (
        "It waits for you to publish it."
        if at is None
        else "It publishes itself at that time, while the session is live."
    )
    return Outcome(draft_card(changed, session, person, work, told))


def _read_time(typed: str, session: Session, moment: Moment) -> tuple[Instant | None, int | None]:
    """When, and how long after the start where it was given so. Raises Invalid."""
    if not typed:
        return None, None
    if typed.startswith("+"):
        after = parse_minutes(typed[1:].strip(), "at") * MINUTE
        at = Instant(session.starts_at + after)
    else:
        after, at = None, _wall_time(typed, session, moment)
    if at <= moment.now:
        raise Invalid({"at": "That time has passed. Choose a later one, or publish it now."})
    if at >= session.ends_at:
        raise Invalid({"at": "The session is over by then. Choose an earlier time, or move the session's end first."})
    return at, after


def _wall_time(typed: str, session: Session, moment: Moment) -> Instant:
    try:
        return parse_start(typed, session.zone, moment.now)
    except Invalid as problem:
        if str(problem).startswith("Write"):
            raise Invalid({"at": "Write a time like 14:30, 2026-11-14 14:30, or +10m."}) from None
        raise
