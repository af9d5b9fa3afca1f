"""A session from a file: made as a draft, or brought up to what the file says now (SPEC 13.1).

The same file, imported again at the same place, is the same session: known by its ``id``, else by name and start.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from core.app.authorize import authorize
from core.app.commands import Command, ImportPlan, OpenImportForm
from core.app.commands.importing import PARTS
from core.app.handle.audit import record
from core.app.handle.drafting import Drafted, draft_all
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import actor_needs, organiser_needs, organiser_of
from core.app.handle.furnishing import restore_needs, touch_cards
from core.app.handle.people import known_person
from core.app.handle.places import Target, furnish_all, targets, targets_needs
from core.app.handle.scheduling import reschedule, schedule_needs
from core.app.handle.seating import reseat_all, seat_needs, seating_needs, take_seat
from core.app.handle.setup import hold_in, setup_card
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import TEXT_LIMIT, Field, Form
from core.domain.ids import PersonId, SessionId, VenueId, spell
from core.domain.people import Account, Member, Organiser, Person, Seat
from core.domain.plan import Plan, told
from core.domain.question_rules import QuestionRules
from core.domain.sessions import Session, Venue
from core.domain.view import action

IMPORT_FORM = action("imported")
NOT_DONE = "Not done"
TOLD_MOST = 8
"""Sentences about what was left as it is; a card is one screen."""


# -- the form -------------------------------------------------------------------------------------------------------


def open_needs(command: OpenImportForm | ImportPlan, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield from organiser_needs(command, work)
    yield key(Venue, command.actor.venue)
    yield draft_key(command, IMPORT_FORM)


def open_import_form(command: OpenImportForm, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "create sessions", organiser_of(command, work))
    return Outcome(with_draft(_form(command), command, work))


def _form(command: Command) -> Form:
    files = "files" in command.actor.can
    on = "If it is longer: go on here, from a line that is not indented"
    hints = ("The text of the YAML file, with all its spaces", on, on)
    labels = ("Session file", "Its second part", "Its third part")
    return Form(
        title="Import a session",
        action=IMPORT_FORM,
        submit="Import",
        again=action("import"),
        fields=(
            *(
                Field(name, label, "paragraph", hint=hint, required=name == PARTS[0] and not files, longest=TEXT_LIMIT)
                for name, label, hint in zip(PARTS, labels, hints, strict=True)
            ),
            *([Field("upload", "Or the file itself", "file", required=False)] if files else []),
        ),
    )


def _back(command: ImportPlan, problem: str, work: UnitOfWork, moment: Moment) -> Outcome:
    """The form again, holding what was typed."""
    form = _form(command)
    keep_draft(command, form, command.values, work, moment)
    return Outcome(form.filled(command.values, problem=problem), done=False)


# -- the session ----------------------------------------------------------------------------------------------------


def planned_id(venue: VenueId, plan: Plan) -> SessionId:
    """Two venues may use the same word for different sessions."""
    known_by = f"id {plan.id}" if plan.id else f"{plan.starts_at} {plan.name.casefold()}"
    digest = hashlib.sha256(f"{venue} {known_by}".encode()).digest()
    return SessionId(spell(int.from_bytes(digest[:10], "big")))


def import_needs(command: ImportPlan, work: UnitOfWork) -> Iterable[Key]:
    yield from open_needs(command, work)
    if isinstance(command.plan, Plan):
        ident = planned_id(command.actor.venue, command.plan)
        yield from restore_needs(ident, work)
        yield key(QuestionRules, ident)
        yield from schedule_needs(ident, work)
        yield from seat_needs(ident, command.actor.account)
        if account := work.peek(Account, command.actor.account):
            yield from seating_needs(ident, account.person, work)
        yield from targets_needs(command, command.plan, ident, work)


def import_plan(command: ImportPlan, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "create sessions", organiser_of(command, work))
    plan = command.plan
    if plan is None:
        return _back(command, "The file was not read. Please send it once more.", work, moment)
    if not isinstance(plan, Plan):
        opening = "There is a mistake" if len(plan) == 1 else f"There are {len(plan)} mistakes"
        return _back(command, f"{opening} in the file. Nothing was made.\n{told(plan)}", work, moment)
    ident = planned_id(command.actor.venue, plan)
    before = work.get(Session, ident)
    if before is not None and before.state in ("ended", "archived"):
        over = f"“{before.name}” is over, and the file means it again. Give the file another id."
        return _back(command, over, work, moment)
    person = _person(command, ident, work, moment)
    session, left = _settled(ident, before, plan, moment)
    held, elsewhere = targets(command, plan, person.id, work)
    if command.operator and not _run_by_somebody(session, held, work):
        return _back(command, "Name at least one moderator in the file, or nobody could run it.", work, moment)
    _save(command, session, before, person.id, work, moment)
    left += _asked(session, plan, work)
    left += elsewhere + furnish_all(command, session.id, held, work, moment)
    drafted = draft_all(session, plan.interactions, person.id, work, moment)
    session = work.get(Session, ident) or session
    reschedule(session, work)
    touch_cards(session.id, work)
    forget_draft(command, IMPORT_FORM, work, moment)
    left += drafted.left
    opening = "is made from the file." if before is None else "is what the file says now."
    hint = _hint(drafted, left)
    return Outcome(setup_card(session, command, person.id, work, f"“{session.name}” {opening}", hint))


def _person(command: ImportPlan, ident: SessionId, work: UnitOfWork, moment: Moment) -> Person:
    fresh = work.get(Account, command.actor.account) is None
    person = known_person(command, work, moment)
    if fresh:
        work.know(
            key(Account, person=person.id),
            key(Organiser, command.actor.venue, person.id),
            key(Member, ident, person.id),
            key(Seat, session=ident, person=person.id),
        )
    return person


def _settled(ident: SessionId, before: Session | None, plan: Plan, moment: Moment) -> tuple[Session, list[str]]:
    """The session as it shall be, and what stays as it is because it is announced already."""
    new = Session(ident, plan.name, "draft", plan.starts_at, plan.ends_at, plan.zone, created_at=moment.now)
    base = before or new
    times: dict[str, Any] = {"name": plan.name, "starts_at": plan.starts_at, "ends_at": plan.ends_at, "zone": plan.zone}
    after = replace(base, **times, **plan.said)
    if before is not None and after.disclaimer != before.disclaimer:
        after = replace(after, consent_version=before.consent_version + 1)
    if base.state == "draft" or after == base:
        return after, []
    left = []
    if (after.name, after.starts_at, after.ends_at, after.zone) != (base.name, base.starts_at, base.ends_at, base.zone):
        left.append("It is announced already: change name and times with /mod session details.")
    if (after.access, after.consent_needed, after.disclaimer) != (base.access, base.consent_needed, base.disclaimer):
        left.append("It is announced already: change its rules with /mod session rules.")
    if (after.slow, after.links, after.words) != (base.slow, base.links, base.words):
        left.append("It is announced already: change slow mode, links and words with /mod session chat.")
    if (after.like, after.reactions) != (base.like, base.reactions):
        left.append("It is announced already: change the like and the reactions with /mod session texts.")
    return base, left


def _asked(session: Session, plan: Plan, work: UnitOfWork) -> list[str]:
    """Its rules for questions; those of an announced session are changed in chat."""
    known = work.get(QuestionRules, session.id)
    before = known or QuestionRules(session.id)
    after = replace(before, **plan.questions)
    if after == before:
        return []
    if session.state != "draft":
        return ["It is announced already: change how questions are asked under Setup, Q&A."]
    work.put(after)
    return []


def _run_by_somebody(session: Session, held: Sequence[Target], work: UnitOfWork) -> bool:
    named = any(it.planned is not None and it.planned.moderators for it in held)
    return named or any(not it.blocked for it in work.all(Member, session=session.id, role="moderator"))


def _save(
    command: ImportPlan,
    session: Session,
    before: Session | None,
    person: PersonId,
    work: UnitOfWork,
    moment: Moment,
) -> None:
    work.put(session)
    if before is not None:
        if session != before:
            reseat_all(session, work, moment)
        return
    hold_in(command, session.id, work)
    if command.operator:
        return
    work.put(Member(session.id, person, role="moderator"))
    record(command, session.id, person, "appoint moderator", person, work, moment)
    take_seat(session.id, command.actor.venue, command.actor.account, person, work)


def _hint(drafted: Drafted, left: Sequence[str]) -> str:
    lines = []
    if drafted.drafts:
        number = "1 interaction is" if drafted.drafts == 1 else f"{drafted.drafts} interactions are"
        lines.append(f"{number} drafted." + (f" {_timed(drafted.timed)}" if drafted.timed else ""))
    lines += [f"{NOT_DONE}:", *left[:TOLD_MOST]] if left else []
    if len(left) > TOLD_MOST:
        lines.append(f"and {len(left) - TOLD_MOST} more of this kind")
    return "\n".join(lines)


def _timed(number: int) -> str:
    if number == 1:
        return "One has a time: it publishes itself then, if the session is live."
    return f"{number} have a time: they publish themselves then, if the session is live."
