"""Which of several sessions was meant: asked back with a select, and what was typed is kept meanwhile (SPEC 1.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import OfSession, PickSession
from core.app.handle.find import Several, actor_needs
from core.app.handle.own import reader_of
from core.app.intake import Envelope
from core.app.outcome import FormDraft, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.verbs import typed
from core.domain.form import first
from core.domain.refused import Refused
from core.domain.text import shorten
from core.domain.view import Card, Heading, Option, Select, Words, action

SHOWN = 25
"""Options of one select on Discord."""


def ask_which(command: OfSession, several: Several, work: UnitOfWork, moment: Moment) -> Outcome:
    """A select of the sessions; the typed words wait, sealed, for the answer. Raises ``several`` without any."""
    if not command.said:
        raise several
    asked = moment.new_id()
    kept = FormDraft(command.actor.account, _draft(asked), moment.now, {"said": (command.said,)})
    work.know(key(FormDraft, command.actor.account, _draft(asked)))
    work.put(kept)
    options = tuple(Option(shorten(session.name, 75), session.id) for session in several.sessions[:SHOWN])
    parts = (
        Heading("Which session?"),
        Words("You have a part in several. What you typed is kept."),
        Select("Choose a session", action("which", asked), options),
    )
    return Outcome(Card(reader_of(command, work), parts), done=False)


def _draft(asked: str) -> str:
    return f"asked:{asked}"


def pick_needs(command: PickSession, work: UnitOfWork) -> Iterable[Key]:
    from core.app.handle import USES  # which holds this function too

    yield from actor_needs(command, work)
    yield key(FormDraft, command.actor.account, _draft(command.asked))
    if (said := _said(command, work)) is not None:
        yield from USES[type(said)].needs(said, work)


def pick_session(command: PickSession, work: UnitOfWork, moment: Moment) -> Outcome:
    """Say again what was said, for the session that was picked."""
    from core.app.handle import USES

    work.get(FormDraft, command.actor.account, _draft(command.asked))
    said = _said(command, work)
    if said is None:
        raise Refused("That question is from another time. Please type the command again.")
    return USES[type(said)].handle(said, work, moment)


def _said(command: PickSession, work: UnitOfWork) -> OfSession | None:
    draft = work.peek(FormDraft, command.actor.account, _draft(command.asked))
    words = first(draft.values, "said") if draft else ""
    group, _, line = words.partition(" ")
    envelope = Envelope(command.actor, command.delivery, command.at, command.at_source, command.room)
    made = typed(envelope, group, line)
    return replace(made, session=command.picked) if words and isinstance(made, OfSession) else None
