"""Results as pictures, described in words and numbers only; how they look is decided where they are drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    number: int
    share: float
    """0.0 to 1.0."""
    mark: str = ""
    """What else stands beside it in words, such as ``most votes`` or ``correct``."""


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar under the other, in the order of their reading."""

    title: str
    bars: tuple[Bar, ...]
    foot: str = ""


@dataclass(frozen=True, slots=True)
class Cloud:
    """Words, the most frequent first, each with how many people said it."""

    title: str
    words: tuple[tuple[str, int], ...]
    foot: str = ""


Drawing = Bars | Cloud
