"""What works on which platform: rows of ``parity.toml``, the stories that show each cell, and README's table of both.

``python tests/contract/parity.py --write`` makes the table anew. Files are read, never imported, so it is quick.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
ROWS = Path(__file__).with_name("parity.toml")
WRITE = ".venv/bin/python tests/contract/parity.py --write"
BEGINS, ENDS = "<!-- what works: begins -->", "<!-- what works: ends -->"
"""Between these two lines README is made by this file."""
Platform = Literal["slack", "discord"]
PLATFORMS: tuple[Platform, ...] = get_args(Platform)
BOTH = frozenset(PLATFORMS)
SIDED = "on_every_side"
"""The decorator of ``tests/wire/bot_sides.py``: the story is told for somebody on Slack and for somebody on Discord."""
ACTS = ("audience.py", "bot_stage.py")
"""What stories let people do is written there once, in ``tests/wire``."""
_KNOWN = {"id", "spec", "feature", "slack", "no-slack", "discord", "no-discord", "commands", "entries", "acts"}


class Unclear(Exception):
    """A row or a marker that cannot be read as it stands; says where, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a platform has, in words; or why it has nothing."""

    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A feature. ``acts`` are verbs of buttons and forms in ``core/app/intake.py``."""

    id: str
    group: str
    spec: str
    feature: str
    cells: Mapping[Platform, Cell]
    commands: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """A test that says by its marker which rows it shows. ``long``: only `make faults` runs it."""

    file: str
    name: str
    shows: tuple[tuple[str, frozenset[Platform]], ...]
    long: bool
    said: frozenset[str]
    """All texts in it and in what it calls of its own file and of ``ACTS``."""

    def __str__(self) -> str:
        return f"{self.file}::{self.name}"


# -- rows -------------------------------------------------------------------------------------------------------------


def rows(toml: str) -> list[Row]:
    """In the order of the table."""
    return [_row(group["title"], raw) for group in tomllib.loads(toml)["group"] for raw in group["row"]]


def _row(group: str, raw: dict[str, Any]) -> Row:
    ident = str(raw.get("id", "a row without id"))
    if strange := raw.keys() - _KNOWN:
        raise Unclear(f"{ident}: nothing is known of {', '.join(sorted(strange))}")
    cells: dict[Platform, Cell] = {}
    for platform in PLATFORMS:
        cells[platform] = Cell(str(raw.get(platform, "")).strip(), str(raw.get(f"no-{platform}", "")).strip())
    lists = {name: tuple(raw.get(name, ())) for name in ("commands", "entries", "acts")}
    return Row(ident, group, str(raw.get("spec", "")), str(raw.get("feature", "")).strip(), cells, **lists)


# -- stories ----------------------------------------------------------------------------------------------------------


def stories(folder: Path) -> list[Story]:
    """Every test below the folder that carries a marker, by file and line."""
    told: list[Story] = []
    for file in sorted(folder.rglob("test_*.py")):
        if "mark.shows" in (source := file.read_text()):
            told += read(file.relative_to(folder.parent).as_posix(), source)
    return told


def read(file: str, source: str) -> Iterator[Story]:
    """The stories of one file."""
    tree = ast.parse(source)
    tests = [it for it in ast.walk(tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)]
    heard: Callable[[ast.AST], frozenset[str]] | None = None
    for test in sorted(tests, key=lambda it: it.lineno):
        marks = [it for it in test.decorator_list if _dotted(it).endswith("mark.shows")]
        if not marks:
            continue
        where = f"{file}::{test.name}"
        if not test.name.startswith("test_"):
            raise Unclear(f"{where} is marked but is no test")
        heard = heard or _hearing(tree)
        sided = any(_dotted(it).rsplit(".", 1)[-1] == SIDED for it in test.decorator_list)
        long = any(map(_long, test.decorator_list))
        shown: list[tuple[str, frozenset[Platform]]] = []
        for mark in marks:
            if not isinstance(mark, ast.Call) or not mark.args:
                raise Unclear(f'{where}: write @pytest.mark.shows("id of a row", …)')
            on = _platforms(file, where, mark, sided=sided)
            shown += [(str(_word(one)), on) for one in mark.args]
        yield Story(file, test.name, tuple(shown), long, heard(test))


def _long(mark: ast.expr) -> bool:
    """The mark itself, or one that gives every value of a parameter that mark."""
    if _dotted(mark).endswith("mark.parametrize") and isinstance(mark, ast.Call) and len(mark.args) > 1:
        values = mark.args[1].elts if isinstance(mark.args[1], ast.List | ast.Tuple) else []
        return bool(values) and all(
            any(_dotted(it).endswith("mark.long") for it in ast.walk(one) if isinstance(it, ast.expr)) for one in values
        )
    return _dotted(mark).endswith("mark.long")


def _platforms(file: str, where: str, mark: ast.Call, *, sided: bool) -> frozenset[Platform]:
    """What the marker says, else what the story's sides or the file's name say."""
    for given in (_word(it.value) for it in mark.keywords if it.arg == "on"):
        if given not in {*PLATFORMS, "both"}:
            raise Unclear(f"{where}: on= is slack, discord or both")
        return frozenset(it for it in PLATFORMS if given in (it, "both"))
    named = BOTH if sided else frozenset(it for it in PLATFORMS if f"/test_{it}_" in file)
    if not named:
        raise Unclear(f'{where}: say where, for example @pytest.mark.shows("…", on="both")')
    return named


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Call(func=called):
            return _dotted(called)
        case ast.Attribute(value=of, attr=name):
            return f"{_dotted(of)}.{name}"
        case ast.Name(id=name):
            return name
    return ""


def _word(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _hearing(tree: ast.Module) -> Callable[[ast.AST], frozenset[str]]:
    """What is said in a function of this file, and in all that it calls here and among the acts."""
    known = {**_acts(), **_functions(tree)}

    def hear(node: ast.AST) -> frozenset[str]:
        texts, calls = _said(node)
        met: set[str] = set()
        while new := (calls & known.keys()) - met:
            met |= new
            for name in new:
                texts, calls = texts | known[name][0], calls | known[name][1]
        return texts

    return hear


Spoken = tuple[frozenset[str], frozenset[str]]
"""Texts, and names of what is called."""


@cache
def _acts() -> dict[str, Spoken]:
    found: dict[str, Spoken] = {}
    for name in ACTS:
        found |= _functions(ast.parse((ROOT / "tests/wire" / name).read_text()))
    return found


def _functions(tree: ast.AST) -> dict[str, Spoken]:
    return {it.name: _said(it) for it in ast.walk(tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)}


def _said(node: ast.AST) -> Spoken:
    texts, calls = set(), set()
    for it in ast.walk(node):
        if isinstance(it, ast.Constant) and isinstance(it.value, str):
            texts.add(it.value)
        elif isinstance(it, ast.Call):
            name = _dotted(it.func).rsplit(".", 1)[-1]
            calls.add(name)
            if name == "go":  # a step of the session, typed by its host
                texts |= {f"/mod session {_word(one)}" for one in it.args}
    return frozenset(texts), frozenset(calls)


# -- the table --------------------------------------------------------------------------------------------------------


def holding(row: Row, platform: Platform, told: Sequence[Story]) -> list[Story]:
    return [it for it in told if any(name == row.id and platform in on for name, on in it.shows)]


def table(every: Sequence[Row], told: Sequence[Story]) -> str:
    """README's tables, a heading for each group."""
    lines: list[str] = []
    for group in dict.fromkeys(row.group for row in every):
        lines += ["", f"### {group}", "", "| | Slack | Discord |", "|---|---|---|"]
        for row in (it for it in every if it.group == group):
            cells = (_cell(row.cells[platform], len(holding(row, platform, told))) for platform in PLATFORMS)
            lines.append(f"| {row.feature} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _cell(cell: Cell, tests: int) -> str:
    if cell.reason:
        return f"– {cell.reason}"
    return f"{cell.words} ({tests} {'test' if tests == 1 else 'tests'})"


def placed(readme: str, made: str) -> str:
    """README with this table in the place of its own."""
    if readme.count(BEGINS) != 1 or readme.count(ENDS) != 1 or readme.index(BEGINS) > readme.index(ENDS):
        raise Unclear(f"README needs one line {BEGINS} and, after it, one line {ENDS}")
    before, rest = readme.split(BEGINS)
    return f"{before}{BEGINS}\n{made}\n{ENDS}{rest.split(ENDS)[1]}"


# -- what is wrong ----------------------------------------------------------------------------------------------------


def wrong(every: Sequence[Row], told: Sequence[Story]) -> list[str]:
    """Each thing that keeps the table from being true, with what to do about it."""
    ids = [row.id for row in every]
    found = [f"{name}: two rows have this id" for name in sorted({it for it in ids if ids.count(it) > 1})]
    found += [f"{story}: there is no row {name}" for story in told for name, _ in story.shows if name not in ids]
    found += [f"{it}: what a stand-in does shows no feature of the bot" for it in told if "test_sandbox_" in it.file]
    for row in every:
        if not row.feature or not row.spec:
            found.append(f"{row.id}: say the feature in words, and its section of the specification")
        found += [f"{row.id} on {platform}: {it}" for platform in PLATFORMS for it in _wrong(row, platform, told)]
    return found


def _wrong(row: Row, platform: Platform, told: Sequence[Story]) -> Iterator[str]:
    cell, held = row.cells[platform], holding(row, platform, told)
    if not cell.words and not cell.reason:
        yield "the cell is empty: write what the platform has, or the reason why it has nothing"
    elif cell.words and cell.reason:
        yield "there are words and a reason for having none"
    elif cell.reason and held:
        yield f"there is a reason for having nothing, and {held[0]} shows it"
    elif cell.words and not held:
        yield f'no test shows it: mark one with @pytest.mark.shows("{row.id}")'
    elif cell.words and all(story.long for story in held):
        yield "only long tests show it"
    if "|" in cell.words + cell.reason + row.feature:
        yield "a | would end the cell"
    if cell.words and held:
        heard = frozenset[str]().union(*(story.said for story in held))
        for words in (*row.commands, *row.entries):
            if not any(one == words or one.startswith(f"{words} ") for one in heard):
                yield f"none of its tests uses {words}"


def unlisted(named: Collection[str], offered: Collection[str]) -> list[str]:
    """What is offered and in no row, and what rows name that nobody offers."""
    return [f"no row names {it}" for it in sorted(set(offered) - set(named))] + [
        f"a row names {it}, which is not there" for it in sorted(set(named) - set(offered))
    ]


def main(arguments: Sequence[str]) -> int:
    every, told = rows(ROWS.read_text()), stories(ROOT / "tests")
    shown = README.read_text()
    made = placed(shown, table(every, told))
    if "--write" in arguments and made != shown:
        README.write_text(made)
    for line in (mistakes := wrong(every, told)):
        print(line)
    cells = [row.cells[platform] for row in every for platform in PLATFORMS]
    print(f"{len(every)} rows, {sum(bool(it.words) for it in cells)} cells held by {len(told)} tests,", end=" ")
    print(f"{sum(bool(it.reason) for it in cells)} cells with a reason")
    return bool(mistakes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
