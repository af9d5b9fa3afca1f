"""The bench itself: a row comes out with all its keys, verdicts follow from bars, and earlier rows stay in the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import storing
from tests.bench.rows import Row, percentile, ratio_of_pairs, write

KEYS = {"name", "ours", "reference", "ratio", "unit", "bar", "holds", "how"}


async def test_a_cheap_row_comes_out_with_all_keys(tmp_path: Path) -> None:
    row = (await storing.big_poll(tmp_path, rounds=1, people=20, big=200, small=5)).as_json()
    assert row.keys() >= KEYS
    assert row["name"] == "big_poll" and row["ours"] > 0 and row["reference"] > 0 and row["ratio"] > 0
    assert row["bar"] == 1.2 and isinstance(row["holds"], bool)


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (Row("a", 13.0, "u", "", 10.0, 1.3, "ratio at least"), True),
        (Row("a", 12.9, "u", "", 10.0, 1.3, "ratio at least"), False),
        (Row("a", 11.0, "u", "", 10.0, 1.2, "ratio at most"), True),
        (Row("a", 13.0, "u", "", 10.0, 1.2, "ratio at most"), False),
        (Row("a", 1.5, "s", "", None, 1.5, "at most"), True),
        (Row("a", 0.1, "s", "", None, 1.5, "at most", and_also=False), False),
        (Row("a", 1.0, "u", ""), None),
    ],
)
def test_a_bar_holds_or_not(row: Row, holds: bool | None) -> None:
    assert row.holds is holds


def test_rounds_are_compared_with_their_own_partner() -> None:
    assert ratio_of_pairs([10, 100, 12], [5, 50, 5]) == 2
    assert percentile([3, 1, 2], 0.99) == 3


def test_rows_of_earlier_runs_stay_until_they_are_measured_anew(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    write([Row("one", 1.0, "u", ""), Row("two", 1.0, "u", "")], path)
    write([Row("two", 2.23456, "u", "")], path)
    assert [(row["name"], row["ours"]) for row in json.loads(path.read_text())] == [("one", 1.0), ("two", 2.235)]
