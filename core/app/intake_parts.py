"""What the buttons, selects and forms of several questions mean; part of the one table in :mod:`core.app.intake`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.app import commands as c
from core.domain.form import Values
from core.domain.ids import InteractionId
from core.domain.interactions.parts import NEW

if TYPE_CHECKING:
    from core.app.intake import Envelope

Arguments = tuple[str, ...]


def _one(arguments: Arguments) -> InteractionId:
    return InteractionId(arguments[0])


def _number(arguments: Arguments, index: int) -> int:
    typed = arguments[index] if len(arguments) > index else "0"
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else 0


PART_BUTTONS: Mapping[str, Callable[[Envelope, Arguments, tuple[str, ...]], c.Command]] = {
    "parts": lambda e, a, p: c.ShowParts(**e.fields(), interaction=_one(a)),
    "part": lambda e, a, p: c.ShowPart(**e.fields(), interaction=_one(a), part=p[0] if p else a[1]),
    "addpart": lambda e, a, p: c.OpenPartForm(**e.fields(), interaction=_one(a), sort=p[0], part=NEW),
    "partform": lambda e, a, p: c.OpenPartForm(**e.fields(), interaction=_one(a), sort=a[1], part=a[2]),
    "partup": lambda e, a, p: c.MovePart(**e.fields(), interaction=_one(a), part=a[1], down=False),
    "partdown": lambda e, a, p: c.MovePart(**e.fields(), interaction=_one(a), part=a[1], down=True),
    "askpart": lambda e, a, p: c.RemovePart(**e.fields(), interaction=_one(a), part=a[1]),
    "droppart": lambda e, a, p: c.RemovePart(**e.fields(), interaction=_one(a), part=a[1], sure=True),
    "take": lambda e, a, p: c.ShowInvitation(**e.fields(), interaction=_one(a)),
    "dismiss": lambda e, a, p: c.DismissInteraction(**e.fields(), interaction=_one(a)),
    "partanswers": lambda e, a, p: c.ShowPartAnswers(
        **e.fields(), interaction=_one(a), place=_number(p or a[1:2], 0), page=_number(a, 2)
    ),
}
PART_FORMS: Mapping[str, Callable[[Envelope, Arguments, Values], c.Command]] = {
    "parted": lambda e, a, v: c.SubmitPart(
        **e.fields(), interaction=_one(a), sort=a[1], part=a[2], before=a[3], values=v
    ),
}
