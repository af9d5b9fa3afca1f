"""What is asked: a form is a title and its fields, whole where a platform shows that, else in pages of five."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from core.domain.text import Text, shorten
from core.domain.view import action

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
PAGE_FIELDS = 5
"""A Discord modal holds 1 to 5 top-level components."""
FIELD_LIMIT = 25
"""Slack's modal holds 100 blocks, and nobody fills more pages than five."""


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
    fills: Literal["", "session"] = ""
    """What stands in it until something else is written: the session's name."""


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
    page: int = 0
    """Where a platform that shows pages begins. More than one page is for who has consented: each is kept."""

    @property
    def pages(self) -> tuple[tuple[Field, ...], ...]:
        """The fields in fives."""
        starts = range(0, max(len(self.fields), 1), PAGE_FIELDS)
        return tuple(self.fields[start : start + PAGE_FIELDS] for start in starts)

    def at(self, page: int) -> Form:
        """The form that begins at this page; at its last one where it has become shorter."""
        return replace(self, page=min(max(page, 0), len(self.pages) - 1))

    @property
    def sending(self) -> str:
        """What the submission of the page means that it begins with: ``paged:<page>:<pages>:<action>`` of several."""
        pages = len(self.pages)
        return self.action if pages == 1 else action("paged", str(self.page), str(pages), *self.action.split(":"))

    @property
    def reopening(self) -> str:
        """The action that opens it again, at the first page that needs another look."""
        return self.opening(self.begins)

    @property
    def begins(self) -> int:
        """The first page with an error, else the one it begins with."""
        wrong = (number for number, fields in enumerate(self.pages) if any(field.error for field in fields))
        return next(wrong, self.page)

    def opening(self, page: int) -> str:
        """The action that opens it again at this page, filled with what is kept."""
        return action("page", str(page), *self.again.split(":")) if self.again and page else self.again

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


def opening(fields: Iterable[Field]) -> str:
    """The first field to write in that must be filled, by its name: what is typed behind a command goes there."""
    return next((it.name for it in fields if it.required and it.kind in ("line", "paragraph")), "")


class Invalid(Exception):
    """What was typed cannot be used: one sentence a field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def first(values: Values, name: str) -> str:
    """The text of a field, or the empty string."""
    picked = values.get(name, ())
    return picked[0] if picked else ""


def whole(sent: str) -> str:
    """What the whole form means of which this was sent: the same but for a page."""
    return sent.split(":", 3)[-1] if sent.startswith("paged:") else sent
