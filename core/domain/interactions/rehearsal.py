"""Made-up attendees: what one of them answers, by what the kind's own card or form offers; no kind is named here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from core.domain.form import Field, Invalid
from core.domain.interactions.kind import Answer, Frame, Kind
from core.domain.refused import Refused
from core.domain.view import Button, Buttons, Choices, Part, Scale, Select

TRIES = 8
"""What was drawn may not fit together, for instance two ranks for one thing."""
IDENT = "made-up"
SAYINGS = (
    "more examples", "great", "slower please", "coffee", "demo", "the slides", "questions", "loud enough", "thanks",
    "live coding", "music", "friends", "learning", "a longer break", "fun", "new ideas", "the speaker", "open source",
)  # fmt: skip


def simulate(kind: Kind, spec: Any, dice: Random) -> Answer | None:
    """One answer; None where nobody can answer it. The same dice give the same answer."""
    if "answered" not in kind.TRAITS:
        return None
    fields = kind.questions(spec)
    offered = () if fields else tuple(_offered(kind.view(spec, Frame(IDENT, False, None, None))))
    for _ in range(TRIES):
        try:
            if fields:
                return kind.take(spec, {field.name: _filled(field, dice) for field in fields})
            return Answer(kind.respond(spec, _picked(offered, dice), None)) if offered else None
        except (Invalid, Refused):
            continue
    return None


Offer = tuple[tuple[str, ...], int]
"""What can be picked, and how much of it at once."""


def _offered(parts: Sequence[Part]) -> Iterator[Offer]:
    """Every way to answer that the card has: a row of buttons is one way, a menu is another."""
    buttons: list[str] = []
    for part in parts:
        match part:
            case Choices(items):
                buttons += [_vote(it.button) for it in items if it.button is not None]
            case Scale(items):
                buttons += [_vote(it) for it in items]
            case Buttons(items):
                buttons += [_vote(it) for it in items if isinstance(it, Button)]
            case Select(_, action, options, _, most) if action.startswith(f"vote:{IDENT}"):
                yield tuple(it.value for it in options), most
            case _:
                pass
    if known := tuple(it for it in buttons if it != _OTHER):
        yield known, 1


_OTHER = "\0"
"""A button that answers nothing."""


def _vote(button: Button) -> str:
    verb, _, rest = button.action.partition(":")
    ident, _, picked = rest.partition(":")
    return picked if (verb, ident) == ("vote", IDENT) else _OTHER


def _picked(offered: Sequence[Offer], dice: Random) -> tuple[str, ...]:
    values, most = dice.choice(offered)
    if values == ("",):
        return ()
    number = 1 if most == 1 else dice.randint(1, min(most, len(values)))
    return tuple(dict.fromkeys(_liked(values, dice) for _ in range(number)))


def _liked(values: Sequence[str], dice: Random) -> str:
    """Some are liked more than others, as with people."""
    return values[min(dice.randrange(len(values)), dice.randrange(len(values)))]


def _filled(field: Field, dice: Random) -> tuple[str, ...]:
    if not field.required and dice.random() < 0.3:
        return ()
    values = [pick.value for pick in field.picks]
    match field.kind:
        case "choice" if values:
            return (_liked(values, dice),)
        case "choices" | "agree" if values:
            return tuple(dict.fromkeys(_liked(values, dice) for _ in range(dice.randint(1, len(values)))))
        case "line" | "paragraph":
            return (dice.choice([it for it in SAYINGS if len(it) <= field.longest] or ["ok"]),)
        case _:
            return ()
