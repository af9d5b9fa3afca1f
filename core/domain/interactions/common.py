"""What kinds have in common: how numbers, shares and platforms read, and what a kind without a form offers."""

from __future__ import annotations

from typing import Any

from core.domain.form import Field, Values
from core.domain.interactions.kind import Answer, Frame, Tally
from core.domain.refused import Refused
from core.domain.text import Doc, When, clean, doc, shorten

LETTERS = "ABCDE"
TITLE_WORDS = 100
"""Characters of what an interaction is about, in lists."""
QUESTION_LIMIT = 300


def headline(text: str) -> str:
    """A question in one line."""
    return shorten(" ".join(text.split()), TITLE_WORDS)


def asked(values: Values, name: str, errors: dict[str, str], what: str = "question") -> str:
    """A question or statement as it was typed; what is wrong with it goes into ``errors``."""
    typed = clean(" ".join(values.get(name, ())))
    if not typed:
        errors[name] = f"Write the {what}."
    elif len(typed) > QUESTION_LIMIT:
        errors[name] = f"The {what} has {len(typed)} characters; {QUESTION_LIMIT} fit."
    return typed


def percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def counted_words(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {many}"


def votes(number: int) -> str:
    return counted_words(number, "vote", "votes")


def share(counted: Tally | None, index: int) -> float | None:
    return None if counted is None else (counted.options[index] / counted.voters if counted.voters else 0.0)


def result(counted: Tally | None, index: int) -> str:
    """``58 % · 121``; nothing where results are hidden."""
    of = share(counted, index)
    return "" if counted is None or of is None else f"{percent(of)} · {counted.options[index]:,}"


def split(counted: Tally) -> str:
    """How many on which platform; nothing where that is not to be told."""
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counted.platforms.items(), reverse=True))


def open_line(title: str, frame: Frame, more: str = "") -> Doc:
    """The second line of a card that is open: kind, state, time."""
    facts: list[str | When] = [f"{title} · open"]
    if frame.ends_at is not None:
        facts += [", closes ", When(frame.ends_at)]
    if more:
        facts.append(f" · {more}")
    return doc(*facts)


def ended_line(title: str, frame: Frame, one: str = "vote", many: str = "votes") -> Doc:
    """The second line of a card that has ended, with how many took part where that may be seen."""
    when: tuple[str | When, ...] = (
        (f"{title} · ended ", When(frame.ends_at)) if frame.ends_at else (f"{title} · ended",)
    )
    if frame.tally is None:
        return doc(*when, " · results are not shared")
    parted = split(frame.tally)
    return doc(*when, f" · {counted_words(frame.tally.voters, one, many)}" + (f" ({parted})" if parted else ""))


def foot(frame: Frame, one: str = "vote", many: str = "votes") -> str:
    """The last line of a card that is open: what is shared, and who can see what."""
    if frame.tally is not None:
        parted = split(frame.tally)
        seen = counted_words(frame.tally.voters, one, many) + (f" · {parted}" if parted else "")
        return f"{seen} · {ANONYMOUS}" if frame.anonymous else seen
    when = "Results when it ends." if frame.shared == "end" else "Results are not shown now."
    return f"{when} {ANONYMOUS if frame.anonymous else OPEN}"


OPEN = "Nobody here can see how you vote."
ANONYMOUS = "Anonymous: after the end nobody can tie a vote to a person; until then the operator could."
"""SPEC 5.4: said truthfully."""


def missing(spec: Any) -> str:
    return ""


# -- for kinds that are answered by pressing --------------------------------------------------------------------------


def questions(spec: Any) -> tuple[Field, ...]:
    return ()


def take(spec: Any, values: Values) -> Answer:
    raise Refused("This is answered by pressing one of its buttons. Look at its card in the chat.")


def given(spec: Any, answer: Answer) -> Values:
    return {}


# -- for kinds that are answered by a form, or not at all -------------------------------------------------------------


def respond(spec: Any, picked: tuple[str, ...], previous: str | None) -> str:
    raise Refused("This button is from another time. Look at the card in the chat again.")
