"""Quiz: a question, 2 to 5 answers, those that are correct told by nothing before the end (SPEC 5.5)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.domain.drawing import Drawing
from core.domain.form import Field, Invalid, Pick, Values
from core.domain.ids import Instant
from core.domain.interactions import options
from core.domain.interactions.common import QUESTION_LIMIT, asked, counted_words, ended_line, foot, headline, open_line
from core.domain.interactions.common import given as given
from core.domain.interactions.common import missing as missing
from core.domain.interactions.common import questions as questions
from core.domain.interactions.common import take as take
from core.domain.interactions.kind import Answer, Count, Frame, Tally, Trait
from core.domain.interactions.leaders import in_words, ranked
from core.domain.interactions.options import OPTION_LIMIT
from core.domain.text import Doc, When, doc
from core.domain.view import Heading, Note, Part, Words

NAME = "quiz"
TITLE = "Quiz"
TRAITS: frozenset[Trait] = frozenset({"answered", "shared", "secret"})
SEND = "Publish now"
FROZEN = frozenset({"question", "answers", "settings"})
"""What is told at the end and what counts was said on the card when people answered."""
MARKS = ("*", "✓", "✔", "✅")
MARKED = "(correct)"
TICK = "correct ✓"


@dataclass(frozen=True, slots=True)
class Spec:
    question: str
    answers: tuple[str, ...]
    right: tuple[int, ...]
    """Places of the correct answers, in order; at least one."""
    reveal: bool = True
    """Everybody sees at the end which ones were correct."""
    leaders: bool = False
    """Right answers count for the session's leaderboard."""

    @property
    def several(self) -> bool:
        return len(self.right) > 1


def title(spec: Spec) -> str:
    return headline(spec.question)


def fields() -> tuple[Field, ...]:
    return (
        Field("question", "Question", "paragraph", longest=QUESTION_LIMIT),
        replace(
            options.field("answers", "Answers, one a line", "answer", "2 to 5, with * before each correct one"),
            each=OPTION_LIMIT + len(MARKED) + 1,
        ),
        Field(
            "settings",
            "Settings",
            "choices",
            value=("reveal",),
            required=False,
            picks=(
                Pick("Show the correct answer when it ends", "reveal"),
                Pick("Count it for the leaderboard", "leaders"),
            ),
        ),
    )


def read(values: Values) -> Spec:
    errors: dict[str, str] = {}
    question = asked(values, "question", errors)
    typed = [_unmarked(line) for line in options.typed(values, "answers")]
    answers = tuple(text for text, _ in typed if text)
    right = tuple(place for place, is_right in enumerate(right for text, right in typed if text) if is_right)
    picked = values.get("settings", ())
    if problem := options.problem(answers, "answer"):
        errors["answers"] = problem
    elif not right:
        errors["answers"] = "Put * before each correct answer; at least one is correct."
    if "leaders" in picked and "secret" in picked:
        errors["settings"] = "An anonymous quiz cannot count for the leaderboard. Choose one of the two."
    if errors:
        raise Invalid(errors)
    return Spec(question, answers, right, "reveal" in picked, "leaders" in picked)


def _unmarked(line: str) -> tuple[str, bool]:
    """The answer without the signs that mark it, and whether there were any."""
    before = line
    while line.startswith(MARKS):
        line = line[1:].removeprefix("\ufe0f").lstrip()
    while line.casefold().endswith(MARKED):
        line = line[: -len(MARKED)].rstrip()
    return (line, False) if line == before else (_unmarked(line)[0], True)


def write(spec: Spec) -> Values:
    boxes = (("reveal", spec.reveal), ("leaders", spec.leaders))
    return {
        "question": (spec.question,),
        "answers": ("\n".join(f"* {it}" if i in spec.right else it for i, it in enumerate(spec.answers)),),
        "settings": tuple(name for name, on in boxes if on),
    }


def respond(spec: Spec, picked: tuple[str, ...], previous: str | None) -> str:
    return options.chosen(len(spec.answers), picked, spec.several, "quiz")


def right_choice(spec: Spec) -> str:
    """The one ballot that is right: with several correct answers, exactly all of them."""
    return json.dumps(spec.right, separators=(",", ":"))


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    kept = tuple(counts)
    right = right_choice(spec)
    return replace(options.tallied(len(spec.answers), kept), right=sum(it.number for it in kept if it.choice == right))


def _marks(spec: Spec, sign: str) -> tuple[str, ...]:
    return tuple(sign if spec.reveal and i in spec.right else "" for i in range(len(spec.answers)))


def summary(spec: Spec, counted: Tally) -> str:
    """Most picked first. What is correct only where everybody may know it and ``counted`` is of one that has ended."""
    if counted.right is None or not spec.reveal:
        return options.in_one_line(spec.answers, counted)
    marked = [f"{it} (correct)" if i in spec.right else it for i, it in enumerate(spec.answers)]
    return f"{_right(counted)}. {options.in_one_line(marked, counted)}"


def _right(counted: Tally) -> str:
    return f"{counted.right:,} of {counted.voters:,} right"


def drawing(spec: Spec, counted: Tally) -> Drawing | None:
    marks = _marks(spec, "correct") if counted.right is not None else ()
    bars = options.bars(title(spec), spec.answers, counted, marks)
    return replace(bars, foot=counted_words(counted.voters, "answer", "answers"))


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    head = Heading(spec.question)
    if frame.ended:
        return (head, *_ended(spec, frame))
    parts: list[Part] = [
        head,
        Note(open_line(TITLE, frame, "choose every correct answer" if spec.several else "one answer")),
        options.open_choices(spec.answers, frame, "Answer", several=spec.several),
    ]
    if spec.several:
        parts.append(options.select(spec.answers, frame.ident, len(spec.answers)))
    if spec.leaders:
        parts.append(Note("It counts for the leaderboard of those who join it."))
    parts.append(Note(foot(frame, "answer", "answers")))
    return tuple(parts)


def _ended(spec: Spec, frame: Frame) -> Iterable[Part]:
    yield Note(ended_line(TITLE, frame, "answer", "answers"))
    yield options.standing(spec.answers, frame, _marks(spec, TICK))
    if frame.tally is not None and frame.tally.right is not None and spec.reveal:
        yield Words(_right(frame.tally))
    if spec.leaders and frame.leaders:
        yield Note(f"Leaderboard: {in_words(ranked(frame.leaders))}")


def confirm(spec: Spec, answer: Answer, ends_at: Instant | None) -> Doc:
    until: tuple[str | When, ...] = (
        (" You can change it until ", When(ends_at), ".") if ends_at else (" You can change it until the quiz ends.",)
    )
    return doc(f"Your answer: {options.spelled(spec.answers, answer.choice)}.", *until)


def samples() -> tuple[Spec, ...]:
    long = tuple(letter * OPTION_LIMIT for letter in "ABCDE")
    return (
        Spec("Is it?", ("Yes", "No"), (0,)),
        Spec("When was Python first released?", ("1989", "1991", "1995"), (1,), leaders=True),
        Spec("Which are prime?", ("2", "4", "7"), (0, 2), reveal=False),
        Spec("Q" * QUESTION_LIMIT, long, (0, 1, 2, 3, 4), leaders=True),
        Spec("W" * QUESTION_LIMIT, long, (4,)),
    )
