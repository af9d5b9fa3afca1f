"""Answering the questions of a survey: each one's field in the form, what was picked and written, what came of it.

An answer names options by their places. What was written freely is never among what is counted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.domain.drawing import Bar, Bars, Drawing
from core.domain.form import LABEL_LIMIT, Field, Invalid, Pick, Values
from core.domain.interactions.common import counted_words, percent
from core.domain.interactions.kind import Answer, Tally
from core.domain.interactions.rating import EMOJI, mean
from core.domain.text import clean, shorten

if TYPE_CHECKING:
    from core.domain.interactions.survey_questions import Question

WORDS_LIMIT = 500
"""Characters of what somebody writes."""
REQUIRED = " (required)"


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
