"""The questions of a survey: four sorts, each with the form that makes it (SPEC 5.5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from core.domain.emojis import HOW, standard
from core.domain.form import Field, Invalid, Pick, Values, first
from core.domain.interactions.common import counted_words
from core.domain.interactions.rating import EMOJI, STEPS, USUAL_STEPS
from core.domain.interactions.survey_answers import WORDS_LIMIT, labels
from core.domain.interactions.survey_answers import drawing as drawing
from core.domain.interactions.survey_answers import result as result
from core.domain.interactions.survey_answers import written as written
from core.domain.text import Text, clean, one_line

if TYPE_CHECKING:
    from core.domain.interactions.survey import Spec

SORTS = {
    "choice": "Multiple choice",
    "icons": "Icon choice",
    "rating": "Rating",
    "open": "Open question",
}
MOST = 10
TEXT_LIMIT = 100
"""Characters of a question: a form shows the whole of it, on Discord in the line under its label."""
OPTION_LIMIT = 55
ICON_LIMIT = 20
"""Characters of the word beside an icon."""
EMOJI_LIMIT = 15
"""Characters of one emoji, and the space behind it."""
OPTIONS = range(2, 9)
USUAL_ICONS = "😀 Great\n🙂 Good\n😐 So-so\n🙁 Not good"
TAKES = {"choice": 10, "icons": 8, "rating": 8, "open": 30}
"""Seconds that one takes, roughly."""


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    """A number that no other question of the survey had before."""
    sort: str
    text: str
    options: tuple[str, ...] = ()
    """Of a multiple choice; of an icon choice each is an emoji and a word."""
    several: bool = False
    scale: str = "star"
    steps: int = USUAL_STEPS
    required: bool = False


# -- making one --------------------------------------------------------------------------------------------------------

_TEXT = Field("question", "Question", longest=TEXT_LIMIT)
_SEVERAL = Field(
    "several", "Answers", "choices", required=False, picks=(Pick("Allow more than one answer", "several"),)
)
_MUST = Field("required", "Rule", "choices", required=False, picks=(Pick("Everybody must answer it", "required"),))


def fields(sort: str) -> tuple[Field, ...]:
    match sort:
        case "choice":
            what = f"{OPTIONS.start} to {OPTIONS.stop - 1} options, {OPTION_LIMIT} characters each"
            return _TEXT, _lines("options", "Options, one a line", what, OPTION_LIMIT), _SEVERAL, _MUST
        case "icons":
            what = f"{OPTIONS.start} to {OPTIONS.stop - 1} lines, each an emoji and a word: 👍 Good"
            icons = _lines("icons", "Icons, one a line", what, ICON_LIMIT + EMOJI_LIMIT)
            return _TEXT, replace(icons, value=(USUAL_ICONS,)), _MUST
        case "rating":
            scales = tuple(Pick(f"{many.capitalize()} {sign}", name) for name, (sign, _, many) in EMOJI.items())
            steps = tuple(Pick(f"1 to {number}", str(number)) for number in STEPS)
            return (
                _TEXT,
                Field("scale", "Scale of", "choice", value=("star",), picks=scales),
                Field("steps", "Steps", "choice", value=(str(USUAL_STEPS),), picks=steps),
                _MUST,
            )
        case _:
            return _TEXT, _MUST


def _lines(name: str, label: str, hint: str, each: int) -> Field:
    longest = (OPTIONS.stop - 1) * (each + 25)
    return Field(
        name, label, "paragraph", hint=hint, longest=longest, each=each, lines=(OPTIONS.start, OPTIONS.stop - 1)
    )


def read(sort: str, key: str, values: Values) -> Question:
    errors: dict[str, str] = {}
    text = one_line(clean(" ".join(values.get("question", ()))))
    if not text:
        errors["question"] = "Write the question."
    elif len(text) > TEXT_LIMIT:
        errors["question"] = f"The question has {len(text)} characters; {TEXT_LIMIT} fit."
    question = Question(key, sort, text, required="required" in values.get("required", ()))
    if sort in ("choice", "icons"):
        name = "icons" if sort == "icons" else "options"
        lines = tuple(line for raw in first(values, name).splitlines() if (line := one_line(raw)))
        options, problem = _icons(lines) if sort == "icons" else (lines, "")
        if problem := problem or _problem(options, sort):
            errors[name] = problem
        question = replace(question, options=options, several="several" in values.get("several", ()))
    if sort == "rating":
        scale, steps = first(values, "scale") or "star", first(values, "steps") or str(USUAL_STEPS)
        if scale not in EMOJI:
            errors["scale"] = f"Pick one of these: {', '.join(EMOJI)}."
        if not (steps.isascii() and steps.isdigit() and len(steps) < 3 and int(steps) in STEPS):
            errors["steps"] = f"A scale has {STEPS.start} to {STEPS.stop - 1} steps."
        else:
            question = replace(question, scale=scale, steps=int(steps))
    if errors:
        raise Invalid(errors)
    return question


def _problem(options: Sequence[str], sort: str) -> str:
    what, limit = ("icon", ICON_LIMIT + EMOJI_LIMIT) if sort == "icons" else ("option", OPTION_LIMIT)
    if len(options) not in OPTIONS:
        so_far = "is 1" if len(options) == 1 else f"are {len(options)}"
        return f"Write {OPTIONS.start} to {OPTIONS.stop - 1} {what}s, one a line; so far there {so_far}."
    for number, option in enumerate(options, 1):
        if len(option) > limit:
            return f"{what.capitalize()} {number} has {len(option)} characters; {limit} fit."
    if len({option.casefold() for option in options}) < len(options):
        return f"Two {what}s read the same; change one."
    return ""


def _icons(lines: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Each an emoji that every platform has, with a word: nothing is told by a picture alone."""
    made: list[str] = []
    for line in lines:
        sign, _, word = line.partition(" ")
        known = standard(sign)
        if not word or not known:
            told = f"“{sign[:20]}” is no emoji that both Slack and Discord have. " if word and not known else ""
            return tuple(lines), told + HOW
        if len(word) > ICON_LIMIT:
            return tuple(lines), f"“{word[:30]}” has {len(word)} characters; a word here has up to {ICON_LIMIT}."
        made.append(f"{known} {word}")
    halves = [icon.casefold().partition(" ") for icon in made]
    alike = min(len({sign for sign, _, _ in halves}), len({word for _, _, word in halves})) < len(made)
    if alike and len(made) in OPTIONS:
        return tuple(made), "Two icons have the same emoji or word; change one."
    return tuple(made), ""


def write(question: Question) -> Values:
    values: dict[str, tuple[str, ...]] = {"question": (question.text,)}
    match question.sort:
        case "choice":
            values["options"] = ("\n".join(question.options),)
            values["several"] = ("several",) if question.several else ()
        case "icons":
            values["icons"] = ("\n".join(question.options),)
        case "rating":
            values |= {"scale": (question.scale,), "steps": (str(question.steps),)}
    return values | {"required": ("required",) if question.required else ()}


def dump(question: Question) -> str:
    return json.dumps(asdict(question), separators=(",", ":"), ensure_ascii=False)


def load(kept: str) -> Question:
    """What :func:`dump` made. Raises Invalid for anything else."""
    try:
        found = json.loads(kept)
        return Question(**{**found, "options": tuple(found["options"])})
    except (ValueError, TypeError, KeyError):
        raise Invalid({"questions": "A question was not read. Please make it once more."}) from None


def of(spec: Spec) -> tuple[Question, ...]:
    return spec.questions


def having(spec: Spec, questions: Sequence[Question]) -> Spec:
    return replace(spec, questions=tuple(questions))


def told(question: Question) -> str:
    facts = [SORTS[question.sort]]
    match question.sort:
        case "choice":
            facts.append(counted_words(len(question.options), "option", "options"))
            if question.several:
                facts.append("several answers")
        case "icons":
            facts.append(", ".join(labels(question)))
        case "rating":
            facts.append(f"1 to {question.steps}, scale of {EMOJI[question.scale][2]}")
        case _:
            facts.append(f"up to {WORDS_LIMIT} characters")
    return " · ".join([*facts, "required" if question.required else "may be left out"])


def invitation(spec: Spec) -> tuple[str, Text]:
    return extent(spec), spec.intro


def extent(spec: Spec) -> str:
    """``4 questions, about a minute``."""
    if not spec.questions:
        return "no questions yet"
    minutes = max(1, round(sum(TAKES[it.sort] for it in spec.questions) / 60))
    length = "about a minute" if minutes == 1 else f"about {minutes} minutes"
    return f"{counted_words(len(spec.questions), 'question', 'questions')}, {length}"
