"""The forms behind a question's menu: assign, merge, decline, publish, label (SPEC 4.5 to 4.9, 12.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from core.app.asked import Queue
from core.app.commands import OpenQuestionForm, SubmitQuestionForm
from core.app.handle.audit import record
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.questions.acts import act_needs
from core.app.handle.questions.assigning import Parts, assign_parts, assigned, team_needs
from core.app.handle.questions.claims import left
from core.app.handle.questions.known import moderated
from core.app.handle.questions.merging import into_needs, merge
from core.app.handle.questions.publishing import publish_form, refuse_unanswered, submit_published
from core.app.handle.questions.told import changed
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Invalid, Pick, first
from core.domain.ids import PersonId, QuestionId
from core.domain.questions import (
    REASON_LIMIT,
    Line,
    Question,
    called,
    declined,
    open_,
    opening,
)
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.text import clean, one_line, shorten
from core.domain.view import OnlyPerson, action, say

COMMENT_LIMIT = 300
LABEL_LIMIT = 30
PICKS = 25
"""Options of one select on Discord."""
LABEL = 75
Read = Callable[[Question, Session, PersonId, SubmitQuestionForm, UnitOfWork, Moment], str]


def sheet_needs(command: OpenQuestionForm | SubmitQuestionForm, work: UnitOfWork) -> Iterable[Key]:
    yield from act_needs(command, work)
    yield draft_key(command, action("qsheeted", command.question, command.sheet))
    question = work.peek(Question, command.question)
    if question is None:
        return
    if command.sheet == "assign":
        yield from team_needs(question.session, work)
    if command.sheet == "merge":
        queue = work.peek(Queue, question.session)
        for entry in queue.open[: PICKS + 1] if queue else ():
            yield key(Question, entry.id)
            yield key(Line, question=entry.id)
        if isinstance(command, SubmitQuestionForm) and (into := first(command.values, "into")):
            yield from into_needs(QuestionId(into), work)


# -- opening --------------------------------------------------------------------------------------------------------


def open_sheet(command: OpenQuestionForm, work: UnitOfWork, moment: Moment) -> Outcome:
    question, session, person = moderated(command, work, moment)
    if command.sheet in ("assign", "merge", "decline") and not open_(question):
        raise Refused(f"{called(question)} is closed. Reopen it first.")
    if command.sheet == "publish":
        refuse_unanswered(question, work)
    form = _form(command.sheet, question, session, person, work)
    return Outcome(with_draft(form, command, work), kept=False)


def _form(sheet: str, question: Question, session: Session, person: PersonId, work: UnitOfWork) -> Form:
    title, submit, fields = _SHEETS[sheet][0](question, session, person, work)
    intro = f"{called(question)}: {opening(work.all(Line, question=question.id))}"
    return Form(
        title=title,
        action=action("qsheeted", question.id, sheet),
        submit=submit,
        again=action("qsheet", question.id, sheet),
        intro=intro,
        fields=fields,
    )


def _merge(question: Question, session: Session, person: PersonId, work: UnitOfWork) -> Parts:
    queue = work.get(Queue, session.id)
    others = [work.get(Question, it.id) for it in (queue.open if queue else ())[: PICKS + 1]]
    found = [it for it in others if it is not None and it.id != question.id][:PICKS]
    if not found:
        raise Refused("There is no other open question to merge it into.")
    picks = tuple(
        Pick(shorten(f"{called(it)}: {opening(work.all(Line, question=it.id))}", LABEL), it.id) for it in found
    )
    suggested = (question.suggested,) if question.suggested in {it.id for it in found} else ()
    field = Field("into", "Into", "choice", value=tuple(filter(None, suggested)), picks=picks)
    return f"Merge {called(question)}", "Merge", (field,)


def _decline(question: Question, session: Session, person: PersonId, work: UnitOfWork) -> Parts:
    hint = "The asker reads it; may be left out"
    field = Field("reason", "Reason", "paragraph", required=False, longest=REASON_LIMIT, hint=hint)
    return f"Decline {called(question)}", "Decline", (field,)


def _label(question: Question, session: Session, person: PersonId, work: UnitOfWork) -> Parts:
    field = Field(
        "label", "Label", value=(question.label,), required=False, longest=LABEL_LIMIT, hint="For example: Pricing"
    )
    return f"Label {called(question)}", "Save", (field,)


# -- submitting -----------------------------------------------------------------------------------------------------


def submit_sheet(command: SubmitQuestionForm, work: UnitOfWork, moment: Moment) -> Outcome:
    question, session, person = moderated(command, work, moment)
    form = _form(command.sheet, question, session, person, work)
    try:
        told = _SHEETS[command.sheet][1](question, session, person, command, work, moment)
    except (Invalid, Refused) as problem:
        keep_draft(command, form, command.values, work, moment)
        errors = problem.errors if isinstance(problem, Invalid) else {}
        sentence = problem.sentence if isinstance(problem, Refused) else ""
        return Outcome(form.filled(command.values, errors, sentence), done=False)
    forget_draft(command, form.action, work, moment)
    record(command, session.id, person, command.sheet, question.id, work, moment)
    return Outcome(say(OnlyPerson(person), told))


def _merged(
    question: Question, session: Session, by: PersonId, command: SubmitQuestionForm, work: UnitOfWork, moment: Moment
) -> str:
    picked = first(command.values, "into")
    into = work.get(Question, QuestionId(picked)) if picked else None
    if into is None or into.session != question.session:
        raise Invalid({"into": "Pick one of the open questions."})
    return merge(question, into, by, work, moment)


def _declined(
    question: Question, session: Session, by: PersonId, command: SubmitQuestionForm, work: UnitOfWork, moment: Moment
) -> str:
    reason = one_line(clean(first(command.values, "reason")))
    if len(reason) > REASON_LIMIT:
        raise Invalid({"reason": f"The reason has {len(reason)} characters; {REASON_LIMIT} fit."})
    after = declined(question, by, reason, moment.now)
    changed(question, after, work)
    left(after, work, moment)
    return f"{called(question)} is declined. The asker reads it" + (" with your reason." if reason else ".")


def _labelled(
    question: Question, session: Session, by: PersonId, command: SubmitQuestionForm, work: UnitOfWork, moment: Moment
) -> str:
    label = one_line(first(command.values, "label"))
    if len(label) > LABEL_LIMIT:
        raise Invalid({"label": f"The label has {len(label)} characters; {LABEL_LIMIT} fit."})
    changed(question, replace(question, label=label), work)
    return f"{called(question)} is labelled “{label}”." if label else f"{called(question)} has no label now."


_SHEETS: Mapping[str, tuple[Callable[[Question, Session, PersonId, UnitOfWork], Parts], Read]] = {
    "assign": (assign_parts, assigned),
    "merge": (_merge, _merged),
    "decline": (_decline, _declined),
    "publish": (publish_form, submit_published),
    "label": (_label, _labelled),
}
