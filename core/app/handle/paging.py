"""Forms that come in pages, or were closed: each part is kept until the last one completes it (SPEC 5.1, 5.5, 14).

What opens a form decides with every part whether this person may still fill it, and which fields it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from core.app.commands import Command, ContinueForm, KeepPage
from core.app.handle.drafts import accept_draft, draft_key, put_draft
from core.app.handle.own import reader_of
from core.app.outcome import FormDraft, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.form import Form, Values
from core.domain.people import Account
from core.domain.refused import Refused
from core.domain.view import Button, Card, say

SENT_ALREADY = "This form was sent already, and nothing was changed. To send another one, open it again."
NOT_YET = "That cannot be kept before you have joined the session. Join it, then open this form again."


def opener_needs(command: ContinueForm | KeepPage, work: UnitOfWork) -> Iterable[Key]:
    yield from _needs(command.opener, work)
    if command.form:
        yield draft_key(command, command.form)


def draft_needs(command: Command, work: UnitOfWork) -> Iterable[Key]:
    """Besides its own, of a command that came from a form whose parts are kept."""
    yield draft_key(command, command.form)
    if command.paged is not None:
        yield from _needs(command.paged.opener, work)


def continue_form(command: ContinueForm, work: UnitOfWork, moment: Moment) -> Outcome:
    outcome = _opened(command, command.opener, work, moment)
    return replace(outcome, reply=outcome.reply.at(command.page)) if isinstance(outcome.reply, Form) else outcome


def keep_page(command: KeepPage, work: UnitOfWork, moment: Moment) -> Outcome:
    """Merged into what is kept already, so that the same page twice, or another order, is all the same."""
    outcome = _opened(command, command.opener, work, moment)
    form = outcome.reply
    if not isinstance(form, Form) or form.action != command.form:
        return Outcome() if command.closed else replace(outcome, done=False)
    typed = _typed(form, command.page, command.values) if not command.closed else _known(form, command.values)
    if not (outcome.kept or outcome.secret) or work.get(Account, command.actor.account) is None:
        if command.closed:
            return Outcome(kept=False)
        raise Refused(NOT_YET)
    if command.closed:
        before = work.get(FormDraft, command.actor.account, command.form)
        if before is not None and not before.values and command.at <= before.at:
            return Outcome()  # it was sent since
        if any(field.value != typed.get(field.name, field.value) for field in form.fields):
            _merge(command, typed, work, moment)
        return Outcome()
    _merge(command, typed, work, moment)
    if len(form.pages) <= command.page + 1:
        again = "The form has changed meanwhile. What you typed is kept: please look at it once more."
        return Outcome(_going_on(command, form, 0, again, work))
    told = f"Page {command.page + 1} of {len(form.pages)} saved."
    return Outcome(_going_on(command, form, command.page + 1, told, work))


def completed(command: Command, work: UnitOfWork, moment: Moment) -> Command | Outcome:
    """The command of a last page with the values of all pages; or what there is to say instead. Raises Refused."""
    if command.paged is None:
        return command
    draft = work.get(FormDraft, command.actor.account, command.form)
    if draft is not None and not draft.values:
        raise Refused(SENT_ALREADY)
    outcome = _opened(command, command.paged.opener, work, moment)
    form = outcome.reply
    if not isinstance(form, Form) or form.action != command.form:
        return replace(outcome, done=False)
    if not (outcome.kept or outcome.secret) or work.get(Account, command.actor.account) is None:
        raise Refused(NOT_YET)
    typed = _typed(form, command.paged.page, values_of(command))
    values = {**(draft.values if draft else {}), **typed}
    for number, fields in enumerate(form.pages):
        if any(field.name not in values for field in fields):
            _merge(command, typed, work, moment)
            told = f"Page {command.paged.page + 1} of {len(form.pages)} saved. Page {number + 1} is still missing."
            return Outcome(_going_on(command, form, number, told, work))
    whole: dict[str, Any] = {"values": values}
    return replace(command, **whole)


def settle(command: Command, outcome: Outcome, work: UnitOfWork, moment: Moment) -> None:
    """After a whole form's command: what was accepted is kept no more; what came in pages and was refused stays."""
    if outcome.done and not isinstance(outcome.reply, Form):
        accept_draft(command, command.form, work, moment)
    elif command.paged is not None:
        put_draft(command, command.form, values_of(command), work, moment)


def values_of(command: Command) -> Values:
    values: Values = getattr(command, "values", {})
    return values


def _needs(opener: Command, work: UnitOfWork) -> Iterable[Key]:
    from core.app.handle import USES  # which holds these functions too

    yield from USES[type(opener)].needs(opener, work)


def _opened(command: Command, opener: Command, work: UnitOfWork, moment: Moment) -> Outcome:
    """By who acts: their name may have been looked up since the opener was made."""
    from core.app.handle import USES

    return USES[type(opener)].handle(replace(opener, actor=command.actor), work, moment)


def _typed(form: Form, page: int, values: Values) -> dict[str, tuple[str, ...]]:
    """The page's fields, also those that the platform left out because they are empty."""
    asked = form.pages[page] if page < len(form.pages) else ()
    return {field.name: () for field in asked} | _known(form, values)


def _known(form: Form, values: Values) -> dict[str, tuple[str, ...]]:
    return {field.name: values[field.name] for field in form.fields if field.name in values}


def _merge(command: Command, typed: Mapping[str, tuple[str, ...]], work: UnitOfWork, moment: Moment) -> None:
    before = work.get(FormDraft, command.actor.account, command.form)
    put_draft(command, command.form, {**(before.values if before else {}), **typed}, work, moment)


def _going_on(command: Command, form: Form, page: int, told: str, work: UnitOfWork) -> Card:
    return say(reader_of(command, work), told, buttons=(Button("Continue", form.opening(page), "primary"),))
