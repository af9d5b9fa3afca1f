"""What the buttons around written answers and opened pages mean; part of the one table in :mod:`core.app.intake`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.app import commands as c
from core.domain.ids import InteractionId, PersonId

if TYPE_CHECKING:
    from core.app.intake import Envelope

Arguments = tuple[str, ...]


def _start(arguments: Arguments, index: int = 1) -> int:
    """Of an answer among all: there may be thousands."""
    typed = arguments[index] if len(arguments) > index else ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 5 else 0


def _judged(envelope: Envelope, arguments: Arguments, *, approve: bool) -> c.Command:
    return c.JudgeAnswer(
        **envelope.fields(), interaction=InteractionId(arguments[0]), person=PersonId(arguments[1]),
        read=arguments[2], approve=approve, start=_start(arguments, 3),
    )  # fmt: skip


ANSWER_BUTTONS: Mapping[str, Callable[[Envelope, Arguments, tuple[str, ...]], c.Command]] = {
    "said": lambda e, a, p: c.ReadAnswers(**e.fields(), interaction=InteractionId(a[0]), start=_start(a)),
    "answers": lambda e, a, p: c.ShowAnswers(**e.fields(), interaction=InteractionId(a[0]), start=_start(a)),
    # So short because an anonymous voter's name takes 64 of the 100 characters that a button has.
    "ok": lambda e, a, p: _judged(e, a, approve=True),
    "no": lambda e, a, p: _judged(e, a, approve=False),
    "click": lambda e, a, p: c.CountClick(**e.fields(), interaction=InteractionId(a[0])),
}
