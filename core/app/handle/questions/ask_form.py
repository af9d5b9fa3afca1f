"""The form to ask by: it says who will read the question, and carries that on (SPEC 4.2, 12.1)."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain.form import Field, Form, Pick
from core.domain.ids import SessionId, SubjectId
from core.domain.question_rules import QuestionRules
from core.domain.questions import QUESTION_LIMIT
from core.domain.sessions import Session
from core.domain.view import action

NOWHERE = "-"
"""Stands in the form's action where it is asked about nothing."""
ALL = "all."
"""Stands before that in a form which says that everybody can read the question; no other one gets onto the board."""


def ask_form(session: Session, rules: QuestionRules, about: SubjectId | None, text: str = "") -> Form:
    who = "Everybody can read it" if rules.mode == "public" else "Only moderators read it"
    if rules.mode == "public" and rules.approval:
        who = "Everybody can read it once a moderator has let it through"
    told = f"{who}; you get the answer in a conversation of your own."
    what = f"{ALL if rules.mode == 'public' else ''}{spelled(about) if about else NOWHERE}"
    return Form(
        title="Ask a question",
        action=action("asked", session.id, what),
        submit="Ask",
        again=action("ask", session.id, what),
        intro=f"{told} It is about the message that you chose." if about else told,
        fields=(
            Field(
                "text",
                "Your question",
                "paragraph",
                value=(text,) if text else (),
                longest=QUESTION_LIMIT,
                hint=f"At most {QUESTION_LIMIT} characters",
            ),
            Field(
                "options",
                "If it is published",
                "choices",
                required=False,
                picks=(Pick("My name may stand beside it", "named"),),
            ),
        ),
    )


def forms(session: SessionId, about: str) -> Iterable[str]:
    """The form's action in either mode."""
    return (action("asked", session, f"{mark}{about or NOWHERE}") for mark in ("", ALL))


def spelled(about: SubjectId) -> str:
    """An action's parts hold no colon."""
    return about.replace(":", ".")


def read(name: str) -> SubjectId | None:
    what, _, ident = name.removeprefix(ALL).partition(".")
    return SubjectId(f"{what}:{ident}") if what in ("message", "bundle", "interaction") and ident else None
