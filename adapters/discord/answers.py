"""What a person gets back for a press, a command or a form: the body of the one response an interaction may have.

Every answer is private. A press inside a private answer turns that answer into the next one, so that they do not pile
up; a form is a modal, which Discord allows as the first response only and never to a modal's own submission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.discord import forms, limits, render
from adapters.discord.forms import Typed
from adapters.discord.parse import COMPONENT, MODAL_SUBMIT, user_of
from adapters.discord.shapes import Json, inner, number, several, text
from core.app.outcome import Outcome, Saving
from core.domain.drawing import Drawing
from core.domain.form import Form, Values
from core.domain.ids import PersonId
from core.domain.view import Card, OnlyPerson, say, with_typed

Body = dict[str, Any]

MESSAGE, DEFERRED_UPDATE, UPDATE, MODAL = 4, 6, 7, 9
READER = OnlyPerson(PersonId(""))
"""Whoever acted; Discord shows the answer to nobody else."""
UNSHOWN = "That was received, but its answer cannot be shown here. Please look at the session's rooms."


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer depends on."""

    id: str
    token: str
    application: str
    user: str
    kind: int
    action: str
    on_message: bool
    """A button or menu was pressed, or the form was opened by one: there is a message that could change."""
    in_private: bool
    """That message is a private answer."""
    server: str = ""
    """Where it was done; empty in direct messages."""
    texts: tuple[str, ...] = ()
    """What was typed into the form that was sent: the modal is gone by the time it is answered."""
    values: Values = field(default_factory=dict)
    """The same with what was picked, by field."""
    names: Mapping[Drawing, str] = field(default_factory=dict)
    """The files of the pictures that are sent with the answer."""

    @classmethod
    def of(cls, payload: Json) -> Asked:
        message = inner(payload, "message")
        return cls(
            text(payload, "id"),
            text(payload, "token"),
            text(payload, "application_id"),
            text(user_of(payload), "id"),
            number(payload, "type"),
            forms.meaning(text(inner(payload, "data"), "custom_id")),
            bool(message),
            bool(number(message, "flags") & limits.EPHEMERAL),
            text(payload, "guild_id"),
            forms.texts(several(inner(payload, "data"), "components")),
            forms.values(several(inner(payload, "data"), "components")),
        )


def response(outcome: Outcome, asked: Asked, typed: Typed) -> Body:
    """The first response."""
    if isinstance(outcome.reply, Form):
        if asked.kind != MODAL_SUBMIT:
            return {"type": MODAL, "data": forms.modal(typed.fill(asked.user, outcome.reply), asked.id)}
        typed.keep(asked.user, outcome.reply)
        return _private(forms.refused(outcome.reply, READER), asked)
    _remember(outcome, asked, typed)
    if outcome.reply is None:
        if asked.kind in (COMPONENT, MODAL_SUBMIT) and asked.on_message:
            return unchanged()
        return _private(say(READER, "Done."), asked)
    return _private(_told(outcome.reply, outcome, asked), asked)


def _remember(outcome: Outcome, asked: Asked, typed: Typed) -> None:
    """After a form that is done, or that was refused without asking back."""
    if asked.kind == MODAL_SUBMIT and outcome.done:
        typed.forget(asked.user, asked.action)
    elif asked.kind == MODAL_SUBMIT:
        typed.keep_values(asked.user, asked.action, asked.values)


def _told(card: Card, outcome: Outcome, asked: Asked) -> Card:
    return card if outcome.done else with_typed(card, asked.texts)


def saving(asked: Asked) -> Body:
    return _private(with_typed(say(READER, Saving.sentence), asked.texts), asked)


def unchanged() -> Body:
    """Received, and nothing is said: the message that was pressed stays as it is."""
    return {"type": DEFERRED_UPDATE}


def unshown(asked: Asked) -> Body:
    return _private(say(READER, UNSHOWN), asked)


def later(outcome: Outcome, asked: Asked, typed: Typed) -> Body:
    """The edit of "saving…" once the outcome is known; no modal may come here any more."""
    if isinstance(outcome.reply, Form):
        if asked.kind == MODAL_SUBMIT:
            typed.keep(asked.user, outcome.reply)
            return shown(forms.refused(outcome.reply, READER), asked.server)
        typed.keep(asked.user, outcome.reply, late=True)
        return shown(forms.offered(outcome.reply, READER), asked.server)
    _remember(outcome, asked, typed)
    return shown(_told(outcome.reply or say(READER, "Saved."), outcome, asked), asked.server, asked.names)


def _private(card: Card, asked: Asked) -> Body:
    body = shown(card, asked.server, asked.names)
    if asked.in_private and asked.on_message:
        return {"type": UPDATE, "data": body}
    return {"type": MESSAGE, "data": body | {"flags": body["flags"] | limits.EPHEMERAL}}


def shown(card: Card, server: str = "", names: Mapping[Drawing, str] | None = None) -> Body:
    """A card's body; one that Discord could not show says so."""
    try:
        return render.card(card, server, names)
    except render.Unfit:
        return render.card(say(READER, UNSHOWN))
