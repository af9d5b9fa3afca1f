"""Where each word of a cloud stands: the largest in the middle, none over another, and the same each time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.pictures import measure

SMALLEST = 28.0
LARGEST = (104.0, 84.0, 68.0, 54.0, 42.0, 32.0)
"""The size of the most frequent word, as many words as there may be."""
COUNTED = 10
"""So many of the most frequent have their number beneath them; of all of them the card's words tell it."""
COUNT_SIZE = 28.0
GAP = 14.0
STEP = 10.0
"""Between two places that are tried, on a spiral outwards."""
FLAT = 0.68
"""The spiral is wider than high, as words are."""
REACH = 0.62
"""So far out, in widths: into the corners."""
CONTRAST = 0.75
"""Between a size by its square root, where all look alike, and one by its number, where only one is seen."""


@dataclass(frozen=True, slots=True)
class Placed:
    """``x`` and ``y``: the left end of the word's base line."""

    line: measure.Line
    size: float
    x: float
    y: float
    count: str
    middle: float
    count_y: float


Box = tuple[float, float, float, float]


def laid_out(words: Sequence[tuple[str, int]], wide: float, high: float) -> tuple[list[Placed], float, float]:
    """The words that found a place, and the top and the bottom of them all; in coordinates around the middle.

    All are made smaller together until every one has its place, so that the more frequent is never the smaller.
    """
    placed, taken = list[Placed](), list[Box]()
    for largest in LARGEST:
        placed, taken = _tried(words, largest, wide, high, last=largest == LARGEST[-1])
        if len(placed) == len(words):
            break
    return placed, min((it[1] for it in taken), default=0.0), max((it[3] for it in taken), default=0.0)


def _tried(
    words: Sequence[tuple[str, int]], largest: float, wide: float, high: float, *, last: bool
) -> tuple[list[Placed], list[Box]]:
    """Given up at the first word without a place; at the last try that one is left out."""
    placed, taken = list[Placed](), list[Box]()
    most = max((count for _, count in words), default=1)
    for number, (word, count) in enumerate(words):
        counted = str(count) if number < COUNTED else ""
        share = min(max(count / max(most, 1), 0.0), 1.0)
        size = SMALLEST + (largest - SMALLEST) * share**CONTRAST
        line = measure.line(word, size, bold=True)
        across = max(line.width, measure.width(counted, COUNT_SIZE)) + GAP
        tall = size * 1.15 + (COUNT_SIZE if counted else 0) + GAP
        box = _free(across, tall, taken, wide, high)
        if box is not None:
            taken.append(box)
            left, top, right, bottom = box
            middle = (left + right) / 2
            base = top + GAP / 2 + size * 0.85
            placed.append(Placed(line, size, middle - line.width / 2, base, counted, middle, bottom - GAP / 2 - 4))
        elif not last:
            break
    return placed, taken


def _free(across: float, tall: float, taken: Sequence[Box], wide: float, high: float) -> Box | None:
    """The first free box on a spiral that starts in the middle."""
    if across > wide:
        return None
    distance, angle = 0.0, 0.0
    while distance <= wide * REACH:
        x, y = distance * math.cos(angle), distance * FLAT * math.sin(angle)
        box = (x - across / 2, y - tall / 2, x + across / 2, y + tall / 2)
        inside = box[0] >= -wide / 2 and box[2] <= wide / 2 and box[1] >= -high / 2 and box[3] <= high / 2
        if inside and not any(_meet(box, other) for other in taken):
            return box
        turn = STEP / max(distance, STEP)
        angle += turn
        distance += STEP * turn / math.tau * 2
    return None


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
