"""What a bench brings home: one row a promise of the performance table, as JSON and as a table for people."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

Sense = Literal["ratio at least", "ratio at most", "at most", ""]


@dataclass(frozen=True, slots=True)
class Row:
    """``bar`` is held against the ratio (``ratio at least``, ``ratio at most``) or against ``ours`` (``at most``)."""

    name: str
    ours: float
    unit: str
    how: str
    reference: float | None = None
    bar: float | None = None
    sense: Sense = ""
    ratio_is: float | None = None
    """Where the median of the rounds' own ratios says more than the ratio of the medians."""
    and_also: bool = True
    """What must hold besides: nothing lost, no deadlock."""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        if self.ratio_is is not None:
            return self.ratio_is
        return self.ours / self.reference if self.reference else None

    @property
    def holds(self) -> bool | None:
        """None where there is no bar."""
        if self.bar is None:
            return None
        if self.sense == "at most":
            return self.and_also and self.ours <= self.bar
        if self.ratio is None:
            return False
        return self.and_also and (self.ratio >= self.bar if self.sense == "ratio at least" else self.ratio <= self.bar)

    def as_json(self) -> dict[str, Any]:
        kept = {
            "name": self.name,
            "ours": rounded(self.ours),
            "reference": rounded(self.reference),
            "ratio": rounded(self.ratio),
            "unit": self.unit,
            "bar": self.bar,
            "holds": self.holds,
            "sense": self.sense,
            "how": self.how,
        }
        return kept | {name: rounded(value) for name, value in self.more.items()}


def rounded(value: Any) -> Any:
    """Four digits say all that a shared machine knows."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def ratio_of_pairs(ours: Sequence[float], reference: Sequence[float]) -> float:
    """The median of the rounds' ratios: what disturbs a moment disturbs both of a round."""
    return statistics.median(one / other for one, other in zip(ours, reference, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def write(rows: Sequence[Row], path: Path) -> None:
    """The rows that were measured now; those of earlier runs of other names stay in the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {row["name"]: row for row in json.loads(path.read_text())} if path.exists() else {}
    for row in rows:
        kept[row.name] = row.as_json()
    path.write_text(json.dumps(list(kept.values()), indent=2) + "\n")


def show(rows: Sequence[Row], console: Console) -> None:
    table = Table(title="Sidestage beside the plain libraries")
    for name in ("what", "ours", "reference", "ratio", "unit", "bar", "holds"):
        table.add_column(name, justify="left" if name in ("what", "unit", "bar") else "right")
    for row in rows:
        bar = "" if row.bar is None else f"{row.sense} {row.bar:g}"
        verdict = {True: "[green]yes", False: "[red]no", None: ""}[row.holds]
        table.add_row(row.name, _short(row.ours), _short(row.reference), _short(row.ratio), row.unit, bar, verdict)
    console.print(table)


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
