"""Open question: answered in free text, which others read when a moderator has approved it (SPEC 5.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.drawing import Drawing
from core.domain.form import Field, Invalid, Pick, Values, first
from core.domain.ids import Instant
from core.domain.interactions import written
from core.domain.interactions.common import QUESTION_LIMIT, asked, counted_words, ended_line, headline, open_line
from core.domain.interactions.common import missing as missing
from core.domain.interactions.common import respond as respond
from core.domain.interactions.kind import Answer, Count, Frame, Tally, Trait
from core.domain.text import Doc, Styled, clean, doc, one_line, shorten
from core.domain.view import Button, Buttons, Heading, Note, Part, Words, action

NAME = "question"
TITLE = "Open question"
TRAITS: frozenset[Trait] = frozenset({"answered", "shared", "secret", "approved"})
SEND = "Publish now"
FROZEN = frozenset({"question"})
ANSWER_LIMIT = 500
ANSWERED = '"answered"'
ON_CARD = 5
"""So many answers stand on the card, the newest ones; all of them are one press away."""
SHORT = 240
"""Characters of an answer on the card."""
APPROVAL = Pick("Show answers only after a moderator approved them", "yes")


@dataclass(frozen=True, slots=True)
class Spec:
    question: str
    approval: bool = True


def title(spec: Spec) -> str:
    return headline(spec.question)


def fields() -> tuple[Field, ...]:
    return (
        Field("question", "Question", "paragraph", longest=QUESTION_LIMIT),
        Field("approval", "Answers", "choices", value=(APPROVAL.value,), required=False, picks=(APPROVAL,)),
    )


def read(values: Values) -> Spec:
    errors: dict[str, str] = {}
    question = asked(values, "question", errors)
    if errors:
        raise Invalid(errors)
    return Spec(question, APPROVAL.value in values.get("approval", ()))


def write(spec: Spec) -> Values:
    return {"question": (spec.question,), "approval": (APPROVAL.value,) if spec.approval else ()}


def questions(spec: Spec) -> tuple[Field, ...]:
    return (Field("answer", "Your answer", "paragraph", longest=ANSWER_LIMIT),)


def take(spec: Spec, values: Values) -> Answer:
    typed = clean(first(values, "answer"))
    if not typed:
        raise Invalid({"answer": "Write an answer."})
    if len(typed) > ANSWER_LIMIT:
        raise Invalid({"answer": f"The answer has {len(typed)} characters; {ANSWER_LIMIT} fit."})
    return Answer(ANSWERED, typed, waits=spec.approval)


def given(spec: Spec, answer: Answer) -> Values:
    return {"answer": (answer.words,)}


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    platforms: Counter[str] = Counter()
    moderators = 0
    for count in counts:
        platforms[count.platform] += count.number
        moderators += count.moderators
    return Tally(sum(platforms.values()), (), dict(platforms), moderators)


def summary(spec: Spec, counted: Tally) -> str:
    """Nothing besides the number of answers, which stands wherever this does."""
    return ""


def drawing(spec: Spec, counted: Tally) -> Drawing | None:
    return None


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    line = ended_line(TITLE, frame, "answer", "answers") if frame.ended else open_line(TITLE, frame)
    parts: list[Part] = [Heading(spec.question), Note(line)]
    parts += [Words(said(one.by, shorten(one_line(one.words), SHORT))) for one in frame.said[:ON_CARD]]
    left = len(frame.said[ON_CARD:]) + frame.said_more
    if left:
        parts.append(Note(f"and {left:,} more"))
    buttons = [] if frame.ended else [Button("Answer", action("answer", frame.ident), "primary")]
    if left or any(len(one_line(one.words)) > SHORT for one in frame.said):
        buttons.append(Button("All answers", action("said", frame.ident)))
    if buttons:
        parts.append(Buttons(tuple(buttons)))
    if not frame.ended:
        parts.append(Note(_foot(spec, frame)))
    return tuple(parts)


def said(by: str, words: str) -> Doc:
    """An answer with the name of who gave it, where that may be told."""
    return doc(Styled("bold", doc(f"{by}:")), " ", words) if by else doc(f"“{words}”")


def _foot(spec: Spec, frame: Frame) -> str:
    told = written.hidden(frame, "Answers") if frame.tally is None else f"{written.number(frame.tally)}."
    if frame.anonymous:
        named = written.ANONYMOUS
    elif spec.approval:
        named = "Moderators read an answer before it is shown with its name."
    else:
        named = "Answers are shown with names."
    return f"{told} {named}"


def confirm(spec: Spec, answer: Answer, ends_at: Instant | None) -> Doc:
    told = f"Your answer: “{shorten(one_line(answer.words), 200)}”."
    reads = " Others can read it when a moderator has approved it." if spec.approval else ""
    return doc(told + reads, *written.until(ends_at))


def waiting(number: int) -> str:
    """For moderators: how many nobody has looked at yet."""
    return counted_words(number, "waits for approval", "wait for approval")


def samples() -> tuple[Spec, ...]:
    return (
        Spec("Why?"),
        Spec("What would you change about the day?", approval=False),
        Spec("W" * QUESTION_LIMIT),
    )
