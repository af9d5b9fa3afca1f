"""A session file as it was written: texts, lists and named values, each with its line; and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OneKind = Literal["string", "number", "boolean", "null"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One plain sentence that says what to do; line and column count from 1, as editors do."""

    line: int
    column: int
    sentence: str
    shape: bool = True
    """False for what no schema can see: days that do not exist, two options that read the same."""

    def told(self) -> str:
        return f"Line {self.line}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class One:
    """A single value, as it was written."""

    line: int
    column: int
    text: str
    kind: OneKind = "string"


@dataclass(frozen=True, slots=True)
class Many:
    line: int
    column: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Names and their values in the order of the file; a name may stand there twice."""

    line: int
    column: int
    entries: tuple[tuple[One, Node], ...]


Node = One | Many | Named
Outline = Node | tuple[Mistake, ...]
"""What a text comes to: its nodes, or why it cannot be read at all."""

FILE_BYTES = 1_000_000
NESTED = 12
"""No session file needs more than five."""
NODES = 20_000
