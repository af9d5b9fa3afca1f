"""Precision and recall of suggested merges on questions that others labelled: ``alike.py FILE``, see adapters/similar.

FILE is one of the two published sets, as its authors publish it; neither is part of this project.

- COVID-Q, ``final_master_dataset.csv``: every question with the number of what it asks. As in a session each is
  compared with those before it, 300 at a time in forty random orders.
- Medical Question Pairs, ``mqp.csv``: two questions a row, and 1 where they ask the same.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from adapters.similar import Comparer

Found = tuple[bool, bool, bool]
"""Suggested; rightly so; there was one to suggest."""


def pairs(rows: list[list[str]], comparer: Comparer) -> Iterator[Found]:
    for _, one, other, same in rows:
        found = comparer.closest(comparer.essence(one), [comparer.essence(other)]) is not None
        yield found, found and same == "1", same == "1"


def streams(rows: list[list[str]], comparer: Comparer, length: int = 300) -> Iterator[Found]:
    every = {text.strip().casefold(): kind for _, kind, text, *_ in sorted(rows[1:], reverse=True)}
    for seed in range(40):
        asked = sorted(every.items())
        random.Random(seed).shuffle(asked)
        kinds = [kind for _, kind in asked[:length]]
        essences = [comparer.essence(text) for text, _ in asked[:length]]
        for index in range(1, length):
            found = comparer.closest(essences[index], essences[:index])
            right = found is not None and kinds[found[0]] == kinds[index]
            yield found is not None, right, kinds[index] in kinds[:index]


def main(file: Path) -> None:
    with file.open(newline="", encoding="utf-8", errors="replace") as opened:
        rows = list(csv.reader(opened))
    measured = list((streams if rows[0][0] == "Category" else pairs)(rows, Comparer()))
    suggested, right, there = (sum(it[column] for it in measured) for column in range(3))
    told = f"{suggested} suggested, {right} rightly, {there} to suggest"
    print(f"precision {right / max(1, suggested):.2f}, recall {right / max(1, there):.3f} ({told})")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("Give the file of questions; without one there is nothing to measure.")
    main(Path(sys.argv[1]))
