"""Poll: a question, 2 to 5 options, one choice or several (SPEC 5.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.drawing import Drawing
from core.domain.form import Field, Invalid, Pick, Values
from core.domain.ids import Instant
from core.domain.interactions import options
from core.domain.interactions.common import QUESTION_LIMIT, asked, ended_line, foot, headline, open_line
from core.domain.interactions.common import given as given
from core.domain.interactions.common import missing as missing
from core.domain.interactions.common import questions as questions
from core.domain.interactions.common import take as take
from core.domain.interactions.kind import Answer, Count, Frame, Tally, Trait
from core.domain.interactions.options import OPTION_LIMIT
from core.domain.text import Doc, When, doc
from core.domain.view import Heading, Note, Part

NAME = "poll"
TITLE = "Poll"
TRAITS: frozenset[Trait] = frozenset({"answered", "shared", "secret"})
SEND = "Publish now"
FROZEN = frozenset({"question", "options", "several"})


@dataclass(frozen=True, slots=True)
class Spec:
    question: str
    options: tuple[str, ...]
    several: bool = False


def title(spec: Spec) -> str:
    return headline(spec.question)


def fields() -> tuple[Field, ...]:
    return (
        Field("question", "Question", "paragraph", longest=QUESTION_LIMIT),
        options.field("options", "Options, one a line", "option"),
        Field("several", "Answers", "choices", required=False, picks=(Pick("Allow more than one answer", "yes"),)),
    )


def read(values: Values) -> Spec:
    errors: dict[str, str] = {}
    question = asked(values, "question", errors)
    choices = options.typed(values, "options")
    if problem := options.problem(choices):
        errors["options"] = problem
    if errors:
        raise Invalid(errors)
    return Spec(question, choices, several="yes" in values.get("several", ()))


def write(spec: Spec) -> Values:
    return {
        "question": (spec.question,),
        "options": ("\n".join(spec.options),),
        "several": ("yes",) if spec.several else (),
    }


def respond(spec: Spec, picked: tuple[str, ...], previous: str | None) -> str:
    return options.chosen(len(spec.options), picked, spec.several, "poll")


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    return options.tallied(len(spec.options), counts)


def summary(spec: Spec, counted: Tally) -> str:
    """Most votes first."""
    return options.in_one_line(spec.options, counted)


def drawing(spec: Spec, counted: Tally) -> Drawing | None:
    return options.bars(title(spec), spec.options, counted)


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    head = Heading(spec.question)
    if frame.ended:
        return (head, Note(ended_line(TITLE, frame)), options.standing(spec.options, frame))
    parts: list[Part] = [
        head,
        Note(open_line(TITLE, frame, "choose one or more" if spec.several else "one choice")),
        options.open_choices(spec.options, frame, "Vote", several=spec.several),
    ]
    if spec.several:
        parts.append(options.select(spec.options, frame.ident, len(spec.options)))
    parts.append(Note(foot(frame)))
    return tuple(parts)


def confirm(spec: Spec, answer: Answer, ends_at: Instant | None) -> Doc:
    until: tuple[str | When, ...] = (
        (" You can change it until ", When(ends_at), ".") if ends_at else (" You can change it until the poll ends.",)
    )
    return doc(f"Your vote: {options.spelled(spec.options, answer.choice)}.", *until)


def samples() -> tuple[Spec, ...]:
    return (
        Spec("Tea?", ("Yes", "No")),
        Spec("Which topic first?", ("Async in anger", "Typing at scale", "Packaging, again")),
        Spec("Q" * QUESTION_LIMIT, tuple(letter * OPTION_LIMIT for letter in "ABCDE"), several=True),
        Spec("W" * QUESTION_LIMIT, tuple(letter * OPTION_LIMIT for letter in "ABCDE")),
    )
