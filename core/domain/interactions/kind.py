"""What a kind of interaction is: one file that offers these names, and nothing else anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.domain.form import Field, Values
from core.domain.ids import Instant
from core.domain.text import Doc
from core.domain.view import Part


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


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything about a live or ended interaction, besides its spec, that its card may show."""

    ident: str
    ended: bool
    ends_at: Instant | None
    tally: Tally | None
    """None: results are hidden, and then no number of them may be in any byte of the card."""
    shared: str = "live"
    """``live``, ``end`` or ``never``: when results are shared."""


class Kind(Protocol):
    """A module of this package that offers all of this is a kind; see ADDING.md."""

    NAME: str
    """The word in commands and storage: ``poll``."""
    TITLE: str
    """The word people read: ``Poll``."""

    @property
    def Spec(self) -> type[Any]: ...  # noqa: N802  (a class of the kind's module)

    def fields(self) -> tuple[Field, ...]:
        """What its form asks, without the fields that all kinds share; see ``SHARED_FIELDS`` for the room left."""
        ...

    def read(self, values: Values) -> Any:
        """The Spec that was typed. Raises Invalid with a sentence a field."""
        ...

    def write(self, spec: Any) -> Values:
        """The values that fill the form with this Spec: ``read(write(spec)) == spec``."""
        ...

    def respond(self, spec: Any, picked: tuple[str, ...], previous: str | None) -> str:
        """The ballot, as canonical JSON, of one who picked this. Raises Refused when it cannot be counted."""
        ...

    def tally(self, spec: Any, counts: Iterable[Count]) -> Tally: ...

    def summary(self, spec: Any, counted: Tally) -> str:
        """What came of it, in one line of words: for the feed, and for who cannot see bars."""
        ...

    def view(self, spec: Any, frame: Frame) -> tuple[Part, ...]:
        """The parts of its card, from the first line to the last."""
        ...

    def confirm(self, spec: Any, choice: str, ends_at: Instant | None) -> Doc:
        """What the person reads after a ballot: their own choice, at most two lines."""
        ...

    def samples(self) -> tuple[Any, ...]:
        """Specs from smallest to largest, for the tests that hold every kind on every platform to its limits."""
        ...
