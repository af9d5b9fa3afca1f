"""What is asked: a form is a title and at most five fields, so that it fits one page on every platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from core.domain.text import Text, shorten

FieldKind = Literal["line", "paragraph", "choice", "choices", "agree", "person", "file"]
Values = Mapping[str, tuple[str, ...]]
"""What came back: for each field's name its text, or the values picked; nothing picked is an empty tuple.

A person is two values: the id of the account, and the name that the platform shows (empty where it did not tell).
"""

TITLE_LIMIT = 24
"""Slack's modal title holds 24 characters (Discord's 45)."""
LABEL_LIMIT = 45
"""A label of a Discord modal's input."""
TEXT_LIMIT = 3_000
"""Characters of one input: Slack's plain text input holds so many (Discord's 4,000)."""
FIELD_LIMIT = 5
"""A Discord modal holds 1 to 5 top-level components."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing to pick in a field."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """One input. ``agree`` is a single box that must be ticked where the platform's button says only "Submit".

    ``person`` is the platform's own menu of the people in the workspace or server; bots are nobody. ``file`` takes one
    file, where the platform's forms can (the actor's ability ``files``).
    """

    name: str
    label: str
    kind: FieldKind = "line"
    value: tuple[str, ...] = ()
    hint: str = ""
    required: bool = True
    longest: int = 150
    """Characters; more are refused by the platform's own form where it can."""
    picks: tuple[Pick, ...] = ()
    error: str = ""
    each: int = 0
    """Characters of one line where every line is a thing of its own, such as an option; 0: it is one text."""
    lines: tuple[int, int] = (1, 100)
    """How many such lines, at least and at most. Forms ask for them in one input, session files in a list."""


@dataclass(frozen=True, slots=True)
class Form:
    title: str
    action: str
    """What its submission means: see :func:`core.domain.view.action`."""
    submit: str
    fields: tuple[Field, ...]
    again: str = ""
    """The action that opens it again, for platforms where a form cannot answer a form."""
    intro: Text = ""
    problem: str = ""
    """One sentence about the whole form, when it came back."""

    def filled(self, values: Values, errors: Mapping[str, str] | None = None, problem: str = "") -> Form:
        """The same form holding what was typed, with a sentence at each field that needs another look."""
        errors = errors or {}
        fields = tuple(
            replace(_holding(field, values.get(field.name, field.value)), error=errors.get(field.name, ""))
            for field in self.fields
        )
        return replace(self, fields=fields, problem=problem)


def _holding(field: Field, value: tuple[str, ...]) -> Field:
    """Platforms refuse an input whose text is longer than it may get, so the field grows: nothing typed is lost."""
    if field.kind not in ("line", "paragraph") or not value:
        return replace(field, value=value)
    text = shorten(value[0], TEXT_LIMIT)
    return replace(field, value=(text,), longest=max(field.longest, len(text)))


class Invalid(Exception):
    """What was typed cannot be used: one sentence a field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def first(values: Values, name: str) -> str:
    """The text of a field, or the empty string."""
    picked = values.get(name, ())
    return picked[0] if picked else ""
