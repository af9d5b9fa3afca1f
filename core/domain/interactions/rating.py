"""Rating: a statement and a scale of 2 to 10 steps; its mean and how the steps were chosen (SPEC 5.5)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.domain.drawing import Bar, Bars, Drawing
from core.domain.form import Field, Invalid, Pick, Values, first
from core.domain.ids import Instant
from core.domain.interactions import options
from core.domain.interactions.common import (
    QUESTION_LIMIT,
    asked,
    counted_words,
    ended_line,
    foot,
    headline,
    open_line,
    result,
    share,
)
from core.domain.interactions.common import given as given
from core.domain.interactions.common import missing as missing
from core.domain.interactions.common import questions as questions
from core.domain.interactions.common import take as take
from core.domain.interactions.kind import Answer, Count, Frame, Tally, Trait
from core.domain.text import Doc, When, doc
from core.domain.view import Button, Choice, Choices, Heading, Note, Part, Scale, Words, action

NAME = "rating"
TITLE = "Rating"
TRAITS: frozenset[Trait] = frozenset({"answered", "shared"})
"""Not ``secret``: with a box for that its form would not fit the one page that Discord shows."""
SEND = "Publish now"
FROZEN = frozenset({"statement", "emoji", "steps"})
STEPS = range(2, 11)
USUAL_STEPS = 5
EMOJI: Mapping[str, tuple[str, str, str]] = {
    "star": ("⭐", "star", "stars"),
    "heart": ("❤️", "heart", "hearts"),
    "thumbs": ("👍", "thumb up", "thumbs up"),
    "number": ("🔢", "point", "points"),
    "face": ("🙂", "smile", "smiles"),
}
"""Each with the words for one and for many: an emoji never stands alone."""
LOWEST, HIGHEST = "poor", "great"


@dataclass(frozen=True, slots=True)
class Spec:
    statement: str
    emoji: str = "star"
    steps: int = USUAL_STEPS


def title(spec: Spec) -> str:
    return headline(spec.statement)


def fields() -> tuple[Field, ...]:
    return (
        Field("statement", "What is rated", "paragraph", longest=QUESTION_LIMIT),
        Field(
            "emoji",
            "Scale of",
            "choice",
            value=("star",),
            picks=tuple(Pick(f"{sign} {many.capitalize()}", name) for name, (sign, _, many) in EMOJI.items()),
        ),
        Field(
            "steps",
            "Steps",
            "choice",
            value=(str(USUAL_STEPS),),
            picks=tuple(Pick(f"1 to {number}", str(number)) for number in STEPS),
        ),
    )


def read(values: Values) -> Spec:
    errors: dict[str, str] = {}
    statement = asked(values, "statement", errors, "statement")
    emoji, steps = first(values, "emoji") or "star", first(values, "steps") or str(USUAL_STEPS)
    if emoji not in EMOJI:
        errors["emoji"] = "Pick one of these."
    if steps not in map(str, STEPS):
        errors["steps"] = f"Pick {STEPS[0]} to {STEPS[-1]} steps."
    if errors:
        raise Invalid(errors)
    return Spec(statement, emoji, int(steps))


def write(spec: Spec) -> Values:
    return {"statement": (spec.statement,), "emoji": (spec.emoji,), "steps": (str(spec.steps),)}


def respond(spec: Spec, picked: tuple[str, ...], previous: str | None) -> str:
    return options.chosen(spec.steps, picked, False, "rating")


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    """``options`` are the steps, the lowest first."""
    return options.tallied(spec.steps, counts)


def mean(counted: Tally) -> str:
    """With one decimal, half rounded up; in whole numbers, so that it is the same everywhere."""
    points = sum(step * number for step, number in enumerate(counted.options, 1))
    tenths = (20 * points + counted.voters) // (2 * counted.voters)
    return f"{tenths // 10}.{tenths % 10}"


def ratings(number: int) -> str:
    return counted_words(number, "rating", "ratings")


def summary(spec: Spec, counted: Tally) -> str:
    if not counted.voters:
        return "No ratings"
    return f"{mean(counted)} of {spec.steps}, {ratings(counted.voters)}"


def _word(spec: Spec, step: int) -> str:
    """Said at the ends of the scale only."""
    return LOWEST if step == 1 else HIGHEST if step == spec.steps else ""


def _named(spec: Spec, step: int) -> str:
    _, one, many = EMOJI[spec.emoji]
    word = _word(spec, step)
    return (one if step == 1 else many) + (f", {word}" if word else "")


def _down(spec: Spec) -> range:
    """The steps, the highest first."""
    return range(spec.steps, 0, -1)


def drawing(spec: Spec, counted: Tally) -> Drawing | None:
    bars = tuple(
        Bar(f"{step}  {_named(spec, step)}", counted.options[step - 1], share(counted, step - 1) or 0)
        for step in _down(spec)
    )
    return Bars(title(spec), bars, summary(spec, counted))


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    head = Heading(spec.statement)
    if frame.ended:
        told = () if frame.tally is None else (Words(summary(spec, frame.tally)), _spread(spec, frame.tally))
        return (head, Note(ended_line(TITLE, frame, "rating", "ratings")), *told)
    sign, _, many = EMOJI[spec.emoji]
    parts: list[Part] = [head, Note(open_line(TITLE, frame, f"1 to {spec.steps} {many} {sign}"))]
    if frame.tally is not None and frame.tally.voters:
        parts += [Words(summary(spec, frame.tally)), _spread(spec, frame.tally)]
    parts += [Scale(_steps(spec, frame.ident)), Note(foot(frame, "rating", "ratings"))]
    return tuple(parts)


def _steps(spec: Spec, ident: str) -> tuple[Button, ...]:
    return tuple(
        Button(
            f"{step} {_word(spec, step)}".strip(),
            action("vote", ident, str(step - 1)),
            spoken=f"{step} of {spec.steps}" + (f", {_word(spec, step)}" if _word(spec, step) else ""),
        )
        for step in range(1, spec.steps + 1)
    )


def _spread(spec: Spec, counted: Tally) -> Choices:
    """How often each step was chosen."""
    sign = EMOJI[spec.emoji][0]
    return Choices(
        tuple(
            Choice(
                str(step),
                f"{_named(spec, step)} {sign}",
                result=result(counted, step - 1),
                share=share(counted, step - 1),
            )
            for step in _down(spec)
        )
    )


def confirm(spec: Spec, answer: Answer, ends_at: Instant | None) -> Doc:
    (place,) = json.loads(answer.choice)
    until: tuple[str | When, ...] = (
        (" You can change it until ", When(ends_at), ".") if ends_at else (" You can change it until the rating ends.",)
    )
    return doc(f"Your rating: {place + 1} of {spec.steps}.", *until)


def samples() -> tuple[Spec, ...]:
    return (
        Spec("Was it?", "thumbs", 2),
        Spec("How was the keynote?"),
        Spec("How full is your head?", "face", 3),
        Spec("S" * QUESTION_LIMIT, "heart", 10),
        Spec("W" * QUESTION_LIMIT, "number", 10),
    )
