"""What a kind of interaction is: one file that offers these names, and nothing else anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from core.domain.drawing import Drawing
from core.domain.form import Field, Values
from core.domain.ids import Instant
from core.domain.text import Doc
from core.domain.view import Part

Trait = Literal["answered", "shared", "secret", "outlasts", "flips", "approved", "once", "update", "parts", "final"]
"""What a kind can, beyond being shown:

``answered``  people answer it, each once, and may change it until the end; it can end by itself
``shared``    its results can be shared with attendees: live, at the end, or never
``secret``    it can be made anonymous (SPEC 5.4)
``outlasts``  the session's end does not end it
``flips``     each distinct tap turns the answer, so that the order of taps does not matter
``approved``  what people write is shown when a moderator has approved it
``once``      it is over as soon as it is posted
``update``    it is one of the Updates that everybody can read again (SPEC 6.2)
``parts``     it is made of several questions, each with a form of its own (see parts.py)
``final``     an answer stays as it was sent
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer as their ballot keeps it."""

    choice: str
    """Canonical JSON: equal answers are equal text, and are counted together. No free text of a person."""
    words: str = ""
    """What was written freely; kept sealed."""
    waits: bool = False
    """A moderator decides whether others may read it."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many people gave this very ballot on this platform."""

    choice: str
    platform: str
    number: int
    moderators: int = 0
    """How many of them are moderators; shown apart in the report (SPEC 5.4)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a kind made of all current ballots."""

    voters: int
    options: tuple[int, ...] = ()
    """For kinds with options: how many current ballots hold each."""
    platforms: Mapping[str, int] = field(default_factory=dict)
    """Voters by platform name."""
    moderators: int = 0
    words: tuple[tuple[str, int], ...] = ()
    """For words: each with how many people said it, the most frequent first."""
    parts: tuple[Tally, ...] = ()
    """For kinds made of several questions: one each."""
    right: int | None = None
    """For quizzes: how many answered right; None where there is no right, or where nobody may know it yet."""

    def while_open(self) -> Tally:
        """The same without what attendees may not know before the end."""
        return replace(self, right=None)


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a person wrote and that may be shown."""

    words: str
    by: str = ""
    """The name to show; empty where nobody may know it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything about a live or ended interaction, besides its spec, that its card may show."""

    ident: str
    ended: bool
    ends_at: Instant | None
    """When it ends by itself or with the session; of an ended one, when it did."""
    tally: Tally | None
    """None: results are hidden, and then no number of them may be in any byte of the card."""
    shared: str = "live"
    """``live``, ``end`` or ``never``: when results are shared."""
    anonymous: bool = False
    said: tuple[Said, ...] = ()
    """What was approved of what people wrote, newest first; empty while results are hidden."""
    leaders: tuple[tuple[str, int], ...] = ()
    """Of an ended quiz: who wants to be on the leaderboard, with the number of right answers, best first."""
    session: str = ""
    """The session's name."""
    said_more: int = 0
    """How much more was approved than ``said`` holds."""


class Kind(Protocol):
    """A module of this package that offers all of this is a kind; see ADDING.md."""

    NAME: str
    """The word in commands and storage: ``poll``."""
    TITLE: str
    """The word people read: ``Poll``."""
    TRAITS: frozenset[Trait]
    SEND: str
    """On the button that publishes it: ``Publish now``."""
    FROZEN: frozenset[str]
    """Names of the fields that stay as they are once somebody has answered (SPEC 5.7)."""

    @property
    def Spec(self) -> type[Any]: ...  # noqa: N802  (a class of the kind's module)

    def title(self, spec: Any) -> str:
        """What it is about, in one line; never empty."""
        ...

    def fields(self) -> tuple[Field, ...]:
        """What its form asks, without the fields that kinds share by their traits; all must fit one page of five."""
        ...

    def read(self, values: Values) -> Any:
        """The Spec that was typed. Raises Invalid with a sentence a field."""
        ...

    def write(self, spec: Any) -> Values:
        """The values that fill the form with this Spec: ``read(write(spec)) == spec``."""
        ...

    def missing(self, spec: Any) -> str:
        """What must be added before it can be published, in one sentence; empty when nothing is missing."""
        ...

    def respond(self, spec: Any, picked: tuple[str, ...], previous: str | None) -> str:
        """The ballot, as canonical JSON, of one who picked this. Raises Refused when it cannot be counted."""
        ...

    def questions(self, spec: Any) -> tuple[Field, ...]:
        """What its answer form asks; none where it is answered by pressing."""
        ...

    def take(self, spec: Any, values: Values) -> Answer:
        """The answer that was written into the form. Raises Invalid with a sentence a field."""
        ...

    def given(self, spec: Any, answer: Answer) -> Values:
        """The values that fill the answer form with this answer: ``take(given(answer)) == answer``."""
        ...

    def tally(self, spec: Any, counts: Iterable[Count]) -> Tally: ...

    def summary(self, spec: Any, counted: Tally) -> str:
        """What came of it, in one line of words: for the feed, and for who cannot see bars.

        While it is open attendees get that of ``counted.while_open()``; so too with ``drawing``.
        """
        ...

    def drawing(self, spec: Any, counted: Tally) -> Drawing | None:
        """The result as a picture; None where there is nothing to draw."""
        ...

    def view(self, spec: Any, frame: Frame) -> tuple[Part, ...]:
        """The parts of its card, from the first line to the last."""
        ...

    def confirm(self, spec: Any, answer: Answer, ends_at: Instant | None) -> Doc:
        """What the person reads after answering: their own answer, at most two lines."""
        ...

    def samples(self) -> tuple[Any, ...]:
        """Specs from smallest to largest, for the tests that hold every kind on every platform to its limits."""
        ...
