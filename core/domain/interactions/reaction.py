"""Crowd reaction: a moderator picks one of a list, and everybody sees it once (SPEC 5.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.drawing import Drawing
from core.domain.form import Field, Invalid, Pick, Values, first
from core.domain.ids import Instant
from core.domain.interactions.common import given as given
from core.domain.interactions.common import missing as missing
from core.domain.interactions.common import questions as questions
from core.domain.interactions.common import respond as respond
from core.domain.interactions.common import take as take
from core.domain.interactions.kind import Answer, Count, Frame, Tally, Trait
from core.domain.text import Doc, doc
from core.domain.view import Heading, Note, Part

NAME = "reaction"
TITLE = "Crowd reaction"
TRAITS: frozenset[Trait] = frozenset({"once"})
SEND = "Send to everyone"
FROZEN: frozenset[str] = frozenset()
LIST = {
    "celebrate": "Celebrate 🎉",
    "applaud": "Applause 👏",
    "thanks": "Thank you 🙏",
    "love": "We love it 💜",
    "laugh": "Laughter 😂",
    "wow": "Wow 😮",
    "fire": "On fire 🔥",
    "wave": "Hello everyone 👋",
}
"""Each an emoji with its words: never an emoji alone."""


@dataclass(frozen=True, slots=True)
class Spec:
    reaction: str
    """Its name in the list."""


def title(spec: Spec) -> str:
    return LIST[spec.reaction]


def fields() -> tuple[Field, ...]:
    picks = tuple(Pick(words, name) for name, words in LIST.items())
    return (Field("reaction", "Everybody sees", "choice", picks=picks),)


def read(values: Values) -> Spec:
    picked = first(values, "reaction")
    if picked not in LIST:
        raise Invalid({"reaction": "Pick one of these."})
    return Spec(picked)


def write(spec: Spec) -> Values:
    return {"reaction": (spec.reaction,)}


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    return Tally(0)


def summary(spec: Spec, counted: Tally) -> str:
    return ""


def drawing(spec: Spec, counted: Tally) -> Drawing | None:
    return None


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    of = f" of “{frame.session}”" if frame.session else ""
    return (Heading(LIST[spec.reaction]), Note(f"{TITLE} · from the moderators{of}"))


def confirm(spec: Spec, answer: Answer, ends_at: Instant | None) -> Doc:
    return doc("There is nothing to answer.")


def samples() -> tuple[Spec, ...]:
    return (Spec("celebrate"), Spec("wave"))
