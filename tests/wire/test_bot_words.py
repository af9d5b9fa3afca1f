"""Every button, select, form field, menu entry and command that the core offers is used in a story, by its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from adapters.slack.manifest import SHORTCUTS
from core.app.verbs import VERBS

ROOT = Path(__file__).parents[2]
ACTS = {
    *("press", "choose", "shortcut", "told", "refused", "moderate", "vote", "add"),
    *("fill", "send", "again", "fill_join", "command", "publishes"),
}
"""Acts of people in the stories; what stands in their arguments was pressed, picked or typed."""
OFFERED = {"Button", "Select", "Pick", "Field"}
NEVER_PRESSED: set[str] = set()
"""Labels that no story uses; each would need a reason."""


def calls(folder: Path, names: set[str], pattern: str = "*.py") -> Iterator[ast.Call]:
    for file in sorted(folder.rglob(pattern)):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _called(node.func) in names:
                yield node


def _called(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def template(node: ast.expr) -> str | None:
    """A pattern for the words that the expression can be; None where only the running program knows."""
    match node:
        case ast.Constant(value=str() as words):
            return re.escape(words)
        case ast.JoinedStr(values=values):
            return "".join(template(one) or ".+" for one in values)
        case _:
            return None


def offered() -> dict[str, str]:
    """Pattern → what it is, for every label in the core."""
    found: dict[str, str] = {}
    for call in calls(ROOT / "core", OFFERED):
        kind = _called(call.func)
        index = 1 if kind == "Field" else 0
        if len(call.args) > index:
            found |= dict.fromkeys(patterns(call.args[index]), kind)
    return found


def patterns(node: ast.expr) -> Iterator[str]:
    """Of a label, or of both where one of two is chosen."""
    if isinstance(node, ast.IfExp):
        yield from (*patterns(node.body), *patterns(node.orelse))
    elif (words := template(node)) is not None:
        yield words


def used() -> set[str]:
    """Everything that was pressed, picked or typed in the stories; ``…`` where only the running program knows."""
    found: set[str] = set()
    for file in [*sorted((ROOT / "tests/wire").glob("test_bot_*.py")), ROOT / "tests/wire/audience.py"]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _called(node.func) == "go":
                found |= {f"/mod session {words}" for words in said(node)}
            elif (isinstance(node, ast.Call) and _called(node.func) in ACTS) or isinstance(node, ast.Dict | ast.Assign):
                found |= said(node)
    return found


def said(act: ast.AST) -> set[str]:
    strings = {it.value for it in ast.walk(act) if isinstance(it, ast.Constant) and isinstance(it.value, str)}
    composed = (it.values for it in ast.walk(act) if isinstance(it, ast.JoinedStr))
    return strings | {
        "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in parts) for parts in composed
    }


def test_every_label_is_pressed_picked_or_filled_in_a_story() -> None:
    words = used()
    labels = {pattern: kind for pattern, kind in offered().items() if pattern not in map(re.escape, NEVER_PRESSED)}
    assert len(labels) > 60
    missing = [(kind, it) for it, kind in labels.items() if not any(re.fullmatch(it, one) for one in words)]
    assert missing == []


def test_every_command_is_typed_and_every_entry_of_a_message_menu_is_used_in_a_story() -> None:
    words = used()
    commands = [f"/{verb.group} {' '.join(verb.path)}" for verb in VERBS]
    assert [it for it in commands if not any(one == it or one.startswith(f"{it} ") for one in words)] == []
    assert set(SHORTCUTS) <= words


def test_the_walk_finds_what_nobody_presses() -> None:
    """The guard of the tests before."""
    button = ast.parse('Button("Nobody ever presses this", "x")').body[0]
    assert isinstance(button, ast.Expr) and isinstance(button.value, ast.Call)
    (pattern,) = patterns(button.value.args[0])
    assert not any(re.fullmatch(pattern, one) for one in used() - {"Nobody ever presses this"})
