"""Poll: a question, 2 to 5 options, one choice or several (SPEC 5.5)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from core.domain.form import Field, Invalid, Pick, Values, first
from core.domain.ids import Instant
from core.domain.interactions.kind import Count, Frame, Tally
from core.domain.refused import Refused
from core.domain.text import Doc, When, clean, doc, one_line
from core.domain.view import Button, Choice, Choices, Heading, Note, Option, Part, Select, action

NAME = "poll"
TITLE = "Poll"
QUESTION_LIMIT = 300
OPTION_LIMIT = 55
OPTIONS = range(2, 6)
LETTERS = "ABCDE"
CHOICES_KEPT = 1_024
"""A crowd picks among few: what a choice comes to and reads like is made once each."""


@dataclass(frozen=True, slots=True)
class Spec:
    question: str
    options: tuple[str, ...]
    several: bool = False


def fields() -> tuple[Field, ...]:
    return (
        Field("question", "Question", "paragraph", longest=QUESTION_LIMIT),
        Field(
            "options",
            "Options, one a line",
            "paragraph",
            hint=f"2 to 5 options, {OPTION_LIMIT} characters each",
            longest=5 * (OPTION_LIMIT + 25),
            each=OPTION_LIMIT,
            lines=(OPTIONS.start, OPTIONS.stop - 1),
        ),
        Field("several", "Answers", "choices", required=False, picks=(Pick("Allow more than one answer", "yes"),)),
    )


def read(values: Values) -> Spec:
    errors: dict[str, str] = {}
    question = clean(first(values, "question"))
    options = tuple(line for raw in first(values, "options").splitlines() if (line := one_line(raw)))
    if not question:
        errors["question"] = "Write the question."
    elif len(question) > QUESTION_LIMIT:
        errors["question"] = f"The question has {len(question)} characters; {QUESTION_LIMIT} fit."
    if problem := _problem(options):
        errors["options"] = problem
    if errors:
        raise Invalid(errors)
    return Spec(question, options, several="yes" in values.get("several", ()))


def _problem(options: tuple[str, ...]) -> str:
    if len(options) not in OPTIONS:
        return (
            f"Write 2 to 5 options, one a line; so far there {'is 1' if len(options) == 1 else f'are {len(options)}'}."
        )
    for number, option in enumerate(options, 1):
        if len(option) > OPTION_LIMIT:
            return f"Option {number} has {len(option)} characters; {OPTION_LIMIT} fit."
    if len({option.casefold() for option in options}) < len(options):
        return "Two options read the same; change one."
    return ""


def write(spec: Spec) -> Values:
    return {
        "question": (spec.question,),
        "options": ("\n".join(spec.options),),
        "several": ("yes",) if spec.several else (),
    }


@lru_cache(CHOICES_KEPT)
def respond(spec: Spec, picked: tuple[str, ...], previous: str | None) -> str:
    chosen = sorted({int(one) for one in picked if one.isascii() and one.isdigit() and len(one) < 4})
    if not chosen or chosen[-1] >= len(spec.options) or len(chosen) != len(set(picked)):
        raise Refused("That option is not part of this poll. Look at the poll again and pick one of its options.")
    if len(chosen) > 1 and not spec.several:
        raise Refused("This poll takes one choice. Pick the one you like best.")
    return json.dumps(chosen, separators=(",", ":"))


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    options = [0] * len(spec.options)
    platforms: Counter[str] = Counter()
    moderators = 0
    for count in counts:
        for index in json.loads(count.choice):
            options[index] += count.number
        platforms[count.platform] += count.number
        moderators += count.moderators
    return Tally(sum(platforms.values()), tuple(options), dict(platforms), moderators)


def summary(spec: Spec, counted: Tally) -> str:
    """Most votes first."""
    order = sorted(range(len(spec.options)), key=lambda i: (-counted.options[i], i))
    return ", ".join(f"{spec.options[i]} {_share(counted, i) or 0:.0%}".replace("%", " %") for i in order)


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    head = Heading(spec.question)
    if frame.ended:
        return (head, Note(_ended_line(frame)), Choices(_standing(spec, frame)))
    facts: list[str | When] = ["Poll · open"]
    if frame.ends_at is not None:
        facts += [", closes ", When(frame.ends_at)]
    facts.append(" · choose one or more" if spec.several else " · one choice")
    parts: list[Part] = [head, Note(doc(*facts)), Choices(_open_choices(spec, frame))]
    if spec.several:
        parts.append(
            Select(
                "Choose one or more",
                action("vote", frame.ident),
                tuple(Option(f"{LETTERS[i]}  {label}", str(i)) for i, label in enumerate(spec.options)),
                most=len(spec.options),
            )
        )
    parts.append(Note(_foot(frame)))
    return tuple(parts)


def _open_choices(spec: Spec, frame: Frame) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            LETTERS[i],
            label,
            None
            if spec.several
            else Button(
                f"Vote {LETTERS[i]}", action("vote", frame.ident, str(i)), spoken=f"Vote for {LETTERS[i]}, {label}"
            ),
            result=_result(frame.tally, i),
            share=_share(frame.tally, i),
        )
        for i, label in enumerate(spec.options)
    )


def _standing(spec: Spec, frame: Frame) -> tuple[Choice, ...]:
    """Ended: most votes first; without shared results the options stand as they were."""
    numbers = frame.tally.options if frame.tally else (0,) * len(spec.options)
    most = max(numbers)
    order = sorted(range(len(spec.options)), key=lambda i: (-numbers[i], i))
    return tuple(
        Choice(
            LETTERS[i],
            spec.options[i],
            result=_result(frame.tally, i) + (" · most votes" if frame.tally and most and numbers[i] == most else ""),
            share=_share(frame.tally, i),
        )
        for i in order
    )


def _share(counted: Tally | None, index: int) -> float | None:
    return None if counted is None else (counted.options[index] / counted.voters if counted.voters else 0.0)


def _result(counted: Tally | None, index: int) -> str:
    share = _share(counted, index)
    return "" if counted is None or share is None else f"{share:.0%} · {counted.options[index]:,}".replace("%", " %")


def votes(number: int) -> str:
    return "1 vote" if number == 1 else f"{number:,} votes"


def _split(counted: Tally) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counted.platforms.items(), reverse=True))


def _ended_line(frame: Frame) -> Doc:
    when: tuple[str | When, ...] = ("Poll · ended ", When(frame.ends_at)) if frame.ends_at else ("Poll · ended",)
    if frame.tally is None:
        return doc(*when, " · results are not shared")
    split = _split(frame.tally)
    return doc(*when, f" · {votes(frame.tally.voters)}" + (f" ({split})" if split else ""))


def _foot(frame: Frame) -> str:
    if frame.tally is not None:
        split = _split(frame.tally)
        return votes(frame.tally.voters) + (f" · {split}" if split else "")
    if frame.shared == "end":
        return "Results when it ends. Nobody here can see how you vote."
    return "Results are not shown now. Nobody here can see how you vote."


@lru_cache(CHOICES_KEPT)
def confirm(spec: Spec, choice: str, ends_at: Instant | None) -> Doc:
    chosen = json.loads(choice)
    words = "; ".join(f"{LETTERS[i]}, {spec.options[i]}" for i in chosen)
    until: tuple[str | When, ...] = (
        (" You can change it until ", When(ends_at), ".") if ends_at else (" You can change it until the poll ends.",)
    )
    return doc(f"Your vote: {words}.", *until)


def samples() -> tuple[Spec, ...]:
    return (
        Spec("Tea?", ("Yes", "No")),
        Spec("Which topic first?", ("Async in anger", "Typing at scale", "Packaging, again")),
        Spec("Q" * QUESTION_LIMIT, tuple(letter * OPTION_LIMIT for letter in LETTERS), several=True),
        Spec("W" * QUESTION_LIMIT, tuple(letter * OPTION_LIMIT for letter in LETTERS)),
    )
