"""The questions of a survey: four sorts, each with its form, its field for who answers, and what came of it (SPEC 5.5).

An answer names options by their places. What was written freely is never among what is counted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from core.domain.drawing import Bar, Bars, Drawing
from core.domain.emojis import HOW, standard
from core.domain.form import LABEL_LIMIT, Field, Invalid, Pick, Values, first
from core.domain.interactions.common import counted_words, percent
from core.domain.interactions.kind import Answer, Tally
from core.domain.interactions.rating import EMOJI, STEPS, USUAL_STEPS, mean
from core.domain.text import Text, clean, one_line, shorten

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
OPTIONS = range(2, 9)
WORDS_LIMIT = 500
"""Characters of what somebody writes."""
REQUIRED = " (required)"
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

_TEXT = Field("text", "Question", longest=TEXT_LIMIT)
_ANSWER = Pick("Everybody must answer it", "required")


def fields(sort: str) -> tuple[Field, ...]:
    must = Field("rules", "Rules", "choices", required=False, picks=(_ANSWER,))
    match sort:
        case "choice":
            several = Pick("Allow more than one answer", "several")
            return (
                _TEXT,
                _lines("options", "Options, one a line", "options", OPTION_LIMIT),
                replace(must, picks=(several, _ANSWER)),
            )
        case "icons":
            icons = _lines("options", "Icons, one a line", "lines like “👍 Good”; words of", ICON_LIMIT)
            return _TEXT, replace(icons, each=ICON_LIMIT + 15, value=(USUAL_ICONS,)), must
        case "rating":
            scales = tuple(Pick(f"{many.capitalize()} {sign}", name) for name, (sign, _, many) in EMOJI.items())
            steps = tuple(Pick(f"1 to {number}", str(number)) for number in STEPS)
            return (
                _TEXT,
                Field("scale", "Scale of", "choice", value=("star",), picks=scales),
                Field("steps", "Steps", "choice", value=(str(USUAL_STEPS),), picks=steps),
                must,
            )
        case _:
            return _TEXT, must


def _lines(name: str, label: str, what: str, each: int) -> Field:
    return Field(
        name,
        label,
        "paragraph",
        hint=f"{OPTIONS.start} to {OPTIONS.stop - 1} {what} up to {each} characters"
        if what != "options"
        else f"{OPTIONS.start} to {OPTIONS.stop - 1} options, {each} characters each",
        longest=(OPTIONS.stop - 1) * (each + 25),
        each=each,
        lines=(OPTIONS.start, OPTIONS.stop - 1),
    )


def read(sort: str, key: str, values: Values) -> Question:
    errors: dict[str, str] = {}
    text = one_line(clean(" ".join(values.get("text", ()))))
    if not text:
        errors["text"] = "Write the question."
    elif len(text) > TEXT_LIMIT:
        errors["text"] = f"The question has {len(text)} characters; {TEXT_LIMIT} fit."
    rules = values.get("rules", ())
    question = Question(key, sort, text, required="required" in rules)
    if sort in ("choice", "icons"):
        lines = tuple(line for raw in first(values, "options").splitlines() if (line := one_line(raw)))
        options, problem = _icons(lines) if sort == "icons" else (lines, "")
        if problem := problem or _problem(options, sort):
            errors["options"] = problem
        question = replace(question, options=options, several=sort == "choice" and "several" in rules)
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
    what, limit = ("icon", ICON_LIMIT + 15) if sort == "icons" else ("option", OPTION_LIMIT)
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
    if len({icon.partition(" ")[0] for icon in made}) < len(made) and len(made) in OPTIONS:
        return tuple(made), "Two icons have the same emoji; change one."
    return tuple(made), ""


def write(question: Question) -> Values:
    rules = (("several",) if question.several else ()) + (("required",) if question.required else ())
    values: dict[str, tuple[str, ...]] = {"text": (question.text,), "rules": rules}
    if question.options:
        values["options"] = ("\n".join(question.options),)
    if question.sort == "rating":
        values |= {"scale": (question.scale,), "steps": (str(question.steps),)}
    return values


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


# -- answering ---------------------------------------------------------------------------------------------------------


def name_of(question: Question) -> str:
    """Of its field in the answer form."""
    return f"q{question.key}"


def labels(question: Question) -> tuple[str, ...]:
    """What can be picked, in words; emoji last."""
    if question.sort == "icons":
        return tuple(" ".join(reversed(icon.split(" ", 1))) for icon in question.options)
    if question.sort == "rating":
        sign = EMOJI[question.scale][0]
        return tuple(f"{number} of {question.steps} {sign}" for number in range(1, question.steps + 1))
    return question.options


def asked(question: Question) -> Field:
    """Its field in the answer form; what must be answered says so in words."""
    room = LABEL_LIMIT - (len(REQUIRED) if question.required else 0)
    label = shorten(question.text, room) + (REQUIRED if question.required else "")
    hint = question.text if len(question.text) > room else _prompt(question)
    base = Field(name_of(question), label, hint=hint, required=question.required, longest=WORDS_LIMIT)
    if question.sort == "open":
        return replace(base, kind="paragraph")
    picks = tuple(Pick(words, str(place)) for place, words in enumerate(labels(question)))
    return replace(base, kind="choices" if question.several else "choice", picks=picks)


def _prompt(question: Question) -> str:
    match question.sort:
        case "choice":
            return "Choose one or more" if question.several else "Choose one"
        case "icons":
            return "Start voting now"
        case "rating":
            return f"Start rating now: 1 is lowest, {question.steps} is highest"
        case _:
            return f"Up to {WORDS_LIMIT} characters"


def answered(question: Question, values: Values) -> tuple[tuple[int, ...], str]:
    """The places picked, and what was written: then the place is 0. Raises Invalid with a sentence for its field."""
    name, typed = name_of(question), values.get(name_of(question), ())
    if question.sort == "open":
        text = clean(" ".join(typed))
        if len(text) > WORDS_LIMIT:
            raise Invalid({name: f"This has {len(text)} characters; {WORDS_LIMIT} fit."})
        places: tuple[int, ...] = (0,) if text else ()
    else:
        text, number = "", len(labels(question))
        found = sorted({int(it) for it in typed if it.isascii() and it.isdigit() and len(it) < 3})
        if len(found) != len(set(typed)) or (found and found[-1] >= number):
            raise Invalid({name: "That is not among the answers. Pick from what it shows."})
        if len(found) > 1 and not question.several:
            raise Invalid({name: "This one takes one answer. Pick the one you like best."})
        places = tuple(found)
    if question.required and not places:
        raise Invalid({name: "Please answer this one: it is required."})
    return places, text


def filled(question: Question, places: Sequence[int], text: str) -> tuple[str, ...]:
    """The values of its field with this answer."""
    if question.sort == "open":
        return (text,) if text else ()
    return tuple(str(place) for place in places)


# -- what came of it ---------------------------------------------------------------------------------------------------


def counted(question: Question, given: Sequence[tuple[Any, int]]) -> Tally:
    """From the places of every ballot with how many gave it; what does not fit the question is nobody's answer."""
    size = 1 if question.sort == "open" else len(labels(question))
    options, voters = [0] * size, 0
    for places, number in given:
        fitting = [it for it in places if isinstance(it, int) and 0 <= it < size] if isinstance(places, list) else []
        voters += number if fitting else 0
        for place in fitting:
            options[place] += number
    return Tally(voters, tuple(options))


def _share(counted: Tally, place: int) -> float:
    return counted.options[place] / counted.voters if counted.voters else 0.0


def result(question: Question, counted: Tally) -> str:
    if question.sort == "open":
        return counted_words(counted.voters, "person wrote something", "people wrote something")
    each = (
        f"{words} {percent(_share(counted, place))} · {counted.options[place]:,}"
        for place, words in enumerate(labels(question))
    )
    return f"{_foot(question, counted)}: {', '.join(each)}"


def _foot(question: Question, counted: Tally) -> str:
    told = counted_words(counted.voters, "answer", "answers")
    if question.sort == "rating" and counted.voters:
        told += f" · {mean(counted)} of {question.steps} on average"
    return told


def drawing(question: Question, counted: Tally) -> Drawing | None:
    if question.sort == "open":
        return None
    bars = tuple(
        Bar(words, counted.options[place], _share(counted, place)) for place, words in enumerate(labels(question))
    )
    return Bars(question.text, bars, _foot(question, counted))


def written(question: Question, answer: Answer) -> str:
    return texts_of(answer).get(question.key, "")


def texts_of(answer: Answer) -> dict[str, str]:
    """What somebody wrote, by the questions' keys."""
    found: dict[str, str] = json.loads(answer.words) if answer.words else {}
    return found
