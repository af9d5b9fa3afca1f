"""What a kind that is made of several questions offers besides, as its ``PARTS`` (trait ``parts``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from core.domain.drawing import Drawing
from core.domain.form import Field, Values
from core.domain.interactions.kind import Answer, Kind, Tally
from core.domain.text import Text

NEW = "new"
"""The key of a question that is not there yet."""


class Parts(Protocol):
    """A module, as a kind is. A question is known by its ``key``, however it is moved, until what it asks changes."""

    SORTS: Mapping[str, str]
    """The sorts of questions by the word in commands and files, with the words people read."""
    MOST: int
    """So many questions at most."""

    @property
    def Question(self) -> type[Any]: ...  # noqa: N802  (a class of the module)

    def of(self, spec: Any) -> tuple[Any, ...]:
        """The questions, in order."""
        ...

    def having(self, spec: Any, questions: Sequence[Any]) -> Any:
        """The Spec with these questions."""
        ...

    def fields(self, sort: str) -> tuple[Field, ...]:
        """What the form of one question asks."""
        ...

    def read(self, sort: str, key: str, values: Values) -> Any:
        """The question that was typed. Raises Invalid with a sentence a field."""
        ...

    def write(self, question: Any) -> Values:
        """The values that fill the form: ``read(sort, key, write(question)) == question``."""
        ...

    def dump(self, question: Any) -> str:
        """As canonical JSON; among a kind's values under the name ``questions``."""
        ...

    def told(self, question: Any) -> str:
        """Its sort and rules, in one line."""
        ...

    def invitation(self, spec: Any) -> tuple[str, Text]:
        """What stands before the first question: some facts, and what to say."""
        ...

    def result(self, question: Any, counted: Tally) -> str:
        """What came of it, in one sentence; only moderators read it."""
        ...

    def drawing(self, question: Any, counted: Tally) -> Drawing | None:
        """The same as a picture; None for what was written."""
        ...

    def written(self, question: Any, answer: Answer) -> str:
        """What one person wrote there; empty where nothing."""
        ...


def parts_of(kind: Kind) -> Parts:
    """Of a kind with the trait ``parts``."""
    found: Parts = kind.PARTS  # type: ignore[attr-defined]  # what only these offer
    return found
