"""Crowd vote: a statement and one tap; each distinct tap turns the answer, so their parity counts (SPEC 5.5)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.domain.drawing import Bar, Bars, Drawing
from core.domain.form import Field, Invalid, Pick, Values, first
from core.domain.ids import Instant
from core.domain.interactions.common import (
    QUESTION_LIMIT,
    asked,
    counted_words,
    ended_line,
    foot,
    headline,
    open_line,
)
from core.domain.interactions.common import given as given
from core.domain.interactions.common import missing as missing
from core.domain.interactions.common import questions as questions
from core.domain.interactions.common import take as take
from core.domain.interactions.kind import Answer, Count, Frame, Tally, Trait
from core.domain.refused import Refused
from core.domain.text import Doc, doc
from core.domain.view import Button, Buttons, Heading, Note, Part, Words, action

NAME = "vote"
TITLE = "Crowd vote"
TRAITS: frozenset[Trait] = frozenset({"answered", "shared", "secret", "flips"})
SEND = "Publish now"
FROZEN = frozenset({"statement", "emoji"})
EMOJI: Mapping[str, tuple[str, str]] = {
    "hand": ("✋", "Raised hand"),
    "thumb": ("👍", "Thumb up"),
    "heart": ("❤️", "Heart"),
    "fire": ("🔥", "Fire"),
    "star": ("⭐", "Star"),
    "rocket": ("🚀", "Rocket"),
    "party": ("🎉", "Party"),
    "clap": ("👏", "Clapping hands"),
    "check": ("✅", "Check mark"),
    "coffee": ("☕", "Cup of coffee"),
}
IN, OUT = "[1]", "[0]"
COUNT_ME = "Count me in"
LABEL_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Spec:
    statement: str
    emoji: str = "hand"


def title(spec: Spec) -> str:
    return headline(spec.statement)


def fields() -> tuple[Field, ...]:
    return (
        Field("statement", "Statement", "paragraph", hint="Such as: I have used this at work", longest=QUESTION_LIMIT),
        Field(
            "emoji",
            "Emoji",
            "choice",
            value=("hand",),
            picks=tuple(Pick(f"{sign} {words}", name) for name, (sign, words) in EMOJI.items()),
        ),
    )


def read(values: Values) -> Spec:
    errors: dict[str, str] = {}
    statement = asked(values, "statement", errors, "statement")
    emoji = first(values, "emoji") or "hand"
    if emoji not in EMOJI:
        errors["emoji"] = "Pick one of these."
    if errors:
        raise Invalid(errors)
    return Spec(statement, emoji)


def write(spec: Spec) -> Values:
    return {"statement": (spec.statement,), "emoji": (spec.emoji,)}


def respond(spec: Spec, picked: tuple[str, ...], previous: str | None) -> str:
    if picked != ("0",):
        raise Refused("That is not part of this crowd vote. Look at it again and press its button.")
    return OUT if previous is not None and json.loads(previous) == [1] else IN


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    """Only who is in counts; who is out again is as one who never pressed."""
    platforms: Counter[str] = Counter()
    moderators = 0
    for count in counts:
        if count.choice == IN:
            platforms[count.platform] += count.number
            moderators += count.moderators
    number = sum(platforms.values())
    return Tally(number, (number,), dict(platforms), moderators)


def people(number: int) -> str:
    return counted_words(number, "person", "people")


def summary(spec: Spec, counted: Tally) -> str:
    return f"{people(counted.voters)} counted in"


def drawing(spec: Spec, counted: Tally) -> Drawing | None:
    """How many on which platform: of one number alone there is nothing to compare."""
    parted = sorted(counted.platforms.items(), key=lambda it: (-it[1], it[0]))
    if not parted:
        return None
    bars = tuple(Bar(name, number, number / counted.voters) for name, number in parted if number)
    return Bars(title(spec), bars, summary(spec, counted)) if bars else None


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    head = Heading(f"{spec.statement} {EMOJI[spec.emoji][0]}")
    if frame.ended:
        told = () if frame.tally is None else (Words(summary(spec, frame.tally)),)
        return (head, Note(ended_line(TITLE, frame, "person", "people")), *told)
    return (
        head,
        Note(open_line(TITLE, frame, "one tap; another takes it back")),
        Buttons((Button(_label(frame.tally), action("vote", frame.ident, "0"), "primary", spoken=COUNT_ME),)),
        Note(foot(frame, "person", "people")),
    )


def _label(counted: Tally | None) -> str:
    """With how many are in where everybody may know it and it fits."""
    if counted is None:
        return COUNT_ME
    whole = f"{COUNT_ME} {counted.voters:,}"
    return whole if len(whole) <= LABEL_LIMIT else COUNT_ME


def confirm(spec: Spec, answer: Answer, ends_at: Instant | None) -> Doc:
    if answer.choice == IN:
        return doc("You are in. Press again to take it back.")
    return doc("You are out again. Press once more to be counted.")


def samples() -> tuple[Spec, ...]:
    return (
        Spec("Me!"),
        Spec("I have used this at work", "rocket"),
        Spec("S" * QUESTION_LIMIT, "heart"),
    )
