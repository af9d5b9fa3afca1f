"""Questions in every state, and everything that can be pressed and sent about one: true ids and made-up ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from core.app import intake
from core.app.commands import Command
from core.app.intake import Envelope
from core.app.intake_questions import DEEDS, QUESTION_BUTTONS, QUESTION_FORMS, SHEETS
from core.domain.form import Form
from core.domain.questions import Line, Question
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, HALL, OLGA, Event

ASKED = ((ANN, "Is there tea?"), (CLEO, "And coffee?"), (ANN, "Who cooks?"), (CLEO, "When is lunch?"), (ANN, "Why?"))


def questions(event: Event) -> list[Question]:
    return sorted(event.store.rows(Question), key=lambda it: it.number)


def opened(event: Event, actor: Any, made: str, room: str) -> Form:
    form = event.presses(actor, made, room).reply
    assert isinstance(form, Form), form
    return form


def of_questions(event: Event) -> None:
    """One answered and published, one on stage, one declined, one merged, one that waits."""
    event.sends(OLGA, opened(event, OLGA, f"qrules:{event.session}", CHAT), CHAT, mode="public", ways=("approval",))
    for actor, text in ASKED:
        room = CHAT if actor is ANN else HALL
        event.wait(1)
        event.sends(actor, opened(event, actor, f"ask:{event.session}", room), room, text=text, options=("named",))
    first, second, third, fourth, _ = questions(event)
    reply = opened(event, OLGA, f"qreply:{first.id}", CHAT)
    event.sends(OLGA, reply, CHAT, answer="At four.", then=("done", "publish"))
    event.presses(OLGA, f"qdo:{second.id}:approve", CHAT)
    event.presses(BEN, f"qup:{second.id}:on", CHAT)
    event.presses(OLGA, f"qdo:{second.id}:live", CHAT)
    event.presses(OLGA, f"qmore:{third.id}", CHAT, ("decline",))
    event.sends(OLGA, opened(event, OLGA, f"qsheet:{third.id}:decline", CHAT), CHAT, reason="Nobody knows.")
    event.presses(OLGA, f"qmergewith:{fourth.id}:{second.id}", CHAT)
    assert [it.state for it in questions(event)] == ["resolved", "pending", "declined", "merged", "pending"]


def about_questions(envelope: Envelope, event: Event) -> Iterator[Command]:
    """Of the first, of one that waits, and of none; with what may stand behind it, and what may not."""
    every = questions(event)
    some = [str(it.id) for it in every[:1] + every[-1:]]
    line = next((str(it.id) for it in event.store.rows(Line) if str(it.question) in some), "none")
    second = str(every[1].id) if every else "none"
    for one in (*some, "none", ""):
        for verb in QUESTION_BUTTONS:
            for behind in ("", ":on", f":{second}", ":no", f":{event.session}", *_deeds(verb)):
                yield intake.pressed(envelope, f"{verb}:{one}{behind}", (line,))
        for picked in (*DEEDS, *SHEETS, "read", "block", "nothing"):
            yield intake.pressed(envelope, f"qmore:{one}", (picked,))
        for form in QUESTION_FORMS:
            for values in ({}, {"answer": ("New words",), "into": (second,), "person": ("none",), "label": ("New",)}):
                for sheet in SHEETS if form == "qsheeted" else ("",):
                    yield intake.submitted(envelope, f"{form}:{one}:{sheet}", values)
    yield from _asking(envelope, event)


def _deeds(verb: str) -> Iterable[str]:
    if verb == "qdo":
        return (f":{deed}" for deed in DEEDS)
    return (f":{sheet}" for sheet in SHEETS) if verb == "qsheet" else ()


def _asking(envelope: Envelope, event: Event) -> Iterator[Command]:
    """About something that is there, that is not, and that is nothing at all."""
    for session in (event.session, "none", ""):
        for about in ("", "-", "all.", "all.-", "message.none", "bundle.none", "interaction.none", "message.", "x.y"):
            yield intake.pressed(envelope, f"ask:{session}:{about}")
            yield intake.submitted(envelope, f"asked:{session}:{about}", {"text": ("New words",)})
        for sort in ("fair", "top", "new", "x"):
            yield intake.pressed(envelope, f"qboard:{session}:{sort}:9999:none")
    for to in (f"new.{event.session}", "new.none", "q.none", "x", ""):
        yield intake.pressed(envelope, f"qsend:line.1:{to}")
