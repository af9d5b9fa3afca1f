"""Survey: one to ten questions behind one button, sent once by each person, open until End survey (SPEC 5.5)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.drawing import Drawing
from core.domain.form import Field, Invalid, Values, first
from core.domain.ids import Instant
from core.domain.interactions import survey_answers as answering
from core.domain.interactions import survey_questions as PARTS  # noqa: N812  (the name that kinds with parts offer)
from core.domain.interactions.common import ANONYMOUS, counted_words, ended_line, headline, open_line
from core.domain.interactions.common import respond as respond
from core.domain.interactions.kind import Answer, Count, Frame, Tally, Trait
from core.domain.interactions.survey_questions import ICON_LIMIT, OPTION_LIMIT, TEXT_LIMIT, Question
from core.domain.text import Doc, clean, doc, one_line
from core.domain.view import Button, Buttons, Heading, Note, Part, Words, action

NAME = "survey"
TITLE = "Survey"
TRAITS: frozenset[Trait] = frozenset({"answered", "secret", "outlasts", "parts", "final"})
SEND = "Publish now"
FROZEN = frozenset({"questions"})
NAME_LIMIT, INTRO_LIMIT, BUTTON_LIMIT = 150, 500, 20
INTRO, BUTTON = "Please take a moment to take a quick survey", "Take survey"
CHANGED = "This question is new: the survey was changed while you filled it in. Please look at it."


@dataclass(frozen=True, slots=True)
class Spec:
    name: str
    intro: str = INTRO
    button: str = BUTTON
    questions: tuple[Question, ...] = ()


def title(spec: Spec) -> str:
    return headline(spec.name)


def fields() -> tuple[Field, ...]:
    return (
        Field("name", "Name of the survey", longest=NAME_LIMIT, fills="session"),
        Field("intro", "What to say before it", "paragraph", value=(INTRO,), longest=INTRO_LIMIT),
        Field("button", "Words on its button", value=(BUTTON,), longest=BUTTON_LIMIT),
    )


def read(values: Values) -> Spec:
    errors: dict[str, str] = {}
    name, intro = one_line(first(values, "name")), clean(first(values, "intro"))
    button = one_line(first(values, "button"))
    for key, text, limit, what in (
        ("name", name, NAME_LIMIT, "name"),
        ("intro", intro, INTRO_LIMIT, "text"),
        ("button", button, BUTTON_LIMIT, "button"),
    ):
        if not text:
            errors[key] = f"Write the {what}." if what != "button" else "Write what the button says."
        elif len(text) > limit:
            errors[key] = f"The {what} has {len(text)} characters; {limit} fit."
    if errors:
        raise Invalid(errors)
    return Spec(name, intro, button, tuple(PARTS.load(it) for it in values.get("questions", ())))


def write(spec: Spec) -> Values:
    """The questions go along: they have forms of their own."""
    return {
        "name": (spec.name,),
        "intro": (spec.intro,),
        "button": (spec.button,),
        "questions": tuple(PARTS.dump(it) for it in spec.questions),
    }


def missing(spec: Spec) -> str:
    return "" if spec.questions else "Add at least one question first."


# -- answers -----------------------------------------------------------------------------------------------------------


def questions(spec: Spec) -> tuple[Field, ...]:
    return tuple(answering.asked(it) for it in spec.questions)


def take(spec: Spec, values: Values) -> Answer:
    errors: dict[str, str] = {}
    picked: dict[str, list[int]] = {}
    texts: dict[str, str] = {}
    known = {answering.name_of(it) for it in spec.questions}
    older = any(name not in known for name in values)
    for question in spec.questions:
        name = answering.name_of(question)
        if older and name not in values:
            errors[name] = CHANGED
            continue
        try:
            places, text = answering.answered(question, values)
        except Invalid as problem:
            errors |= problem.errors
            continue
        if places:
            picked[question.key] = list(places)
        if text:
            texts[question.key] = text
    if not errors and not picked and spec.questions:
        errors[answering.name_of(spec.questions[0])] = "Answer at least one question, or close this form."
    if errors:
        raise Invalid(errors)
    return Answer(_json(picked), _json(texts) if texts else "")


def _json(found: object) -> str:
    return json.dumps(found, separators=(",", ":"))


def given(spec: Spec, answer: Answer) -> Values:
    picked, texts = json.loads(answer.choice), answering.texts_of(answer)
    return {
        answering.name_of(it): answering.filled(it, picked.get(it.key, ()), texts.get(it.key, ""))
        for it in spec.questions
    }


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    platforms: Counter[str] = Counter()
    moderators = 0
    ballots: list[tuple[dict[str, list[int]], int]] = []
    for count in counts:
        ballots.append((json.loads(count.choice), count.number))
        platforms[count.platform] += count.number
        moderators += count.moderators
    parts = tuple(
        answering.counted(it, [(one.get(it.key), number) for one, number in ballots]) for it in spec.questions
    )
    return Tally(sum(platforms.values()), (), dict(platforms), moderators, parts=parts)


def summary(spec: Spec, counted: Tally) -> str:
    """Nothing: what came of it is for moderators only, on a page of its own."""
    return ""


def drawing(spec: Spec, counted: Tally) -> Drawing | None:
    return None


# -- shown -------------------------------------------------------------------------------------------------------------


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    """Of its results attendees see how many have answered, and nothing else."""
    if frame.ended:
        return Heading(spec.name), Note(ended_line(TITLE, frame, "answered", "answered"))
    seen = ["Only moderators see the answers."]
    if frame.tally is not None:
        seen.insert(0, f"{counted_words(frame.tally.voters, 'has answered', 'have answered')} ·")
    return (
        Heading(spec.name),
        Note(open_line(TITLE, frame, f"{PARTS.extent(spec)} · once a person")),
        Words(spec.intro),
        Buttons((Button(spec.button, action("take", frame.ident), "primary"),)),
        Note(" ".join([*seen, ANONYMOUS] if frame.anonymous else seen)),
    )


def confirm(spec: Spec, answer: Answer, ends_at: Instant | None) -> Doc:
    return doc(f"Thank you. {len(json.loads(answer.choice))} of {len(spec.questions)} answered.")


def samples() -> tuple[Spec, ...]:
    one = Question("1", "open", "Why?")
    every = (
        Question("1", "choice", "Which talk did you like best?", ("Async in anger", "Typing at scale")),
        Question("2", "icons", "How was the room?", ("😀 Great", "🙁 Not good"), required=True),
        Question("3", "rating", "And the coffee?", scale="heart"),
        Question("4", "open", "What should we do differently?"),
    )
    icons = ("😀", "🙂", "😐", "🙁", "👍", "👎", "🎉", "💡")
    longest = tuple(
        Question(
            str(number),
            ("choice", "icons", "rating", "open", "choice")[number % 5],
            f"{number:02} " + "Q" * (TEXT_LIMIT - 3),
            (),
            required=True,
        )
        for number in range(1, 11)
    )
    full = tuple(
        Question(
            it.key, it.sort, it.text,
            tuple(letter * OPTION_LIMIT for letter in "ABCDEFGH") if it.sort == "choice"
            else tuple(f"{icon} {'W' * (ICON_LIMIT - 1)}{place}" for place, icon in enumerate(icons))
            if it.sort == "icons" else (),
            several=it.sort == "choice", scale="face" if it.sort == "rating" else "star",
            steps=10 if it.sort == "rating" else 5, required=True,
        )
        for it in longest
    )  # fmt: skip
    return (
        Spec("Q", "I", "T", (one,)),
        Spec("How was it?", questions=every),
        Spec("Not ready yet"),
        Spec("N" * NAME_LIMIT, "I" * INTRO_LIMIT, "T" * BUTTON_LIMIT, full),
    )
