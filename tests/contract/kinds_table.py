"""README's table of kinds: what can be done with each, as the story over the wire does it on both platforms.

``python tests/contract/kinds_table.py --write`` makes the table anew.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from core.domain.interactions import KINDS  # noqa: E402  (where it is run by itself the project is found first)
from tests.wire.kinds_told import ACTS, KINDS_TOLD, Told  # noqa: E402

README = ROOT / "README.md"
WRITE = ".venv/bin/python tests/contract/kinds_table.py --write"
BEGINS, ENDS = "<!-- kinds: begins -->", "<!-- kinds: ends -->"
BOTH = "Slack, Discord"


def table(told: Mapping[str, Told]) -> str:
    """A row a kind, a column an act; below it why an act is not there."""
    lines = [f"| kind | {' | '.join(ACTS)} |", f"|---|{'---|' * len(ACTS)}"]
    reasons = []
    for name, kind in told.items():
        lines.append(f"| {KINDS[name].TITLE} | {' | '.join('–' if act in kind.none else BOTH for act in ACTS)} |")
        reasons += [f"- {KINDS[name].TITLE}, {act}: {reason}" for act, reason in kind.none.items()]
    return "\n".join([*lines, "", *reasons])


def placed(readme: str, made: str) -> str:
    """README with this table in the place of its own. Raises ValueError where it has none."""
    before, rest = readme.split(BEGINS)
    return f"{before}{BEGINS}\n{made}\n{ENDS}{rest.split(ENDS)[1]}"


if __name__ == "__main__":
    shown = README.read_text()
    if "--write" in sys.argv and (made := placed(shown, table(KINDS_TOLD))) != shown:
        README.write_text(made)
