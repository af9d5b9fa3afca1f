"""The session's own emoji and words: the like, and the five reactions (SPEC 1.7, 3.1, 7.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import ChangeTexts, OfSession, OpenTextsForm
from core.app.handle.details import running
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import meant
from core.app.handle.people import known_person
from core.app.handle.setup import setup_card
from core.app.handle.venues import venue_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.emojis import read_five, standard
from core.domain.form import Field, Form, Invalid, Values, first
from core.domain.ids import SessionId, subject
from core.domain.reactions import KINDS, USUAL, kind_of
from core.domain.sessions import Session
from core.domain.view import action
from core.domain.words import one_line


def texts_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from venue_needs(command, work)
    for session in meant(command, work):
        yield draft_key(command, _action(session))


def _action(session: SessionId) -> str:
    return action("texted", session)


def open_texts_form(command: OpenTextsForm, work: UnitOfWork, moment: Moment) -> Outcome:
    return Outcome(with_draft(_form(running(command, work)), command, work))


def _form(session: Session) -> Form:
    return Form(
        title="Texts",
        action=_action(session.id),
        submit="Save",
        again=action("texts", session.id),
        intro="What was counted so far keeps its place in the list, whatever emoji and word you put there.",
        fields=(
            Field("like", "The like: one emoji", value=(session.like,), hint="👍 or :thumbsup:", longest=80),
            Field(
                "reactions",
                "The five reactions, one a line",
                "paragraph",
                value=("\n".join(session.reactions or USUAL),),
                hint="An emoji and a word each: 👏 Clap",
                longest=300,
                each=60,
                lines=(len(KINDS), len(KINDS)),
            ),
        ),
    )


def change_texts(command: ChangeTexts, work: UnitOfWork, moment: Moment) -> Outcome:
    session = running(command, work)
    person = known_person(command, work, moment)
    form = _form(session)
    try:
        after = _read(session, command.values)
    except Invalid as problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, problem.errors), done=False)
    forget_draft(command, form.action, work, moment)
    if after != session:
        work.put(after)
        work.touch(subject("bar", session.id))
    return Outcome(setup_card(after, command, person.id, work, "Saved."))


def _read(session: Session, values: Values) -> Session:
    """Raises Invalid. A workspace's own emoji as the like stays, where a session file chose it."""
    errors: dict[str, str] = {}
    typed = one_line(first(values, "like"))
    like = session.like if typed == session.like else standard(typed)
    if not like:
        errors["like"] = "Write one emoji that both Slack and Discord have, like 👍."
    chosen, wrong = read_five([line for line in first(values, "reactions").splitlines() if line.strip()])
    if wrong:
        number, sentence = min(wrong.items())
        errors["reactions"] = sentence if number < 0 else f"Line {number + 1}: {sentence}"
    elif kind_of(like, chosen):
        errors["like"] = "Choose another one: this is one of the five reactions below."
    if errors:
        raise Invalid(errors)
    return replace(session, like=like, reactions=() if chosen == USUAL else chosen)
