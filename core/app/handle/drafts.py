"""What was typed into a form that was refused, closed or sent in part, kept until it is accepted (SPEC 5.1, 14)."""

from __future__ import annotations

from core.app.commands import Command
from core.app.outcome import FormDraft
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Form, Values


def draft_key(command: Command, form: str) -> Key:
    """For ``needs``; ``form`` is the form's action."""
    return key(FormDraft, command.actor.account, form)


def with_draft(form: Form, command: Command, work: UnitOfWork) -> Form:
    """The form filled with what this person typed into it before."""
    draft = work.get(FormDraft, command.actor.account, form.action)
    return form.filled(draft.values) if draft and draft.values else form


def keep_draft(command: Command, form: Form, values: Values, work: UnitOfWork, moment: Moment) -> None:
    """Keep what was typed, so that the next form comes back filled; only of who has consented."""
    put_draft(command, form.action, values, work, moment)


def put_draft(command: Command, form: str, values: Values, work: UnitOfWork, moment: Moment) -> None:
    work.know(draft_key(command, form))
    before = work.get(FormDraft, command.actor.account, form)
    if before is None or before.values != values:
        work.put(FormDraft(command.actor.account, form, moment.now, dict(values)))


def forget_draft(command: Command, form: str, work: UnitOfWork, moment: Moment) -> None:
    """It was accepted; when stays, so that a part of it that comes again is known."""
    if work.get(FormDraft, command.actor.account, form) is not None:
        put_draft(command, form, {}, work, moment)


def accept_draft(command: Command, form: str, work: UnitOfWork, moment: Moment) -> None:
    """Of a form whose parts come by themselves: one may be later than the whole."""
    work.get(FormDraft, command.actor.account, form)
    work.put(FormDraft(command.actor.account, form, moment.now, {}))
