"""What holds for the tree as a whole: what lies where, what is shipped, what is pinned, and what no file may say."""

import ast
import functools
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"core", "adapters", "storage", "jobs", "config"}
TOP_LEVEL = PACKAGES | {
    "tests",
    "pyproject.toml",
    "README.md",
    "Makefile",
    "requirements.txt",
    "LICENSE",
    "CHANGELOG.md",
    "Containerfile",
    "Dockerfile",
    "compose.yaml",
}
LONGEST = 300
# Module → why it may have more lines than the rest.
LONG_FOR_A_REASON: dict[str, str] = {
    "storage/migrations/versions/0001_first_tables.py": "a migration records one change of every table, read once",
}
# Written so that this file does not say them itself.
REGISTRY = re.compile(
    r"pypi[.]org|pythonhosted[.]org|npmjs[.](org|com)"
    r"|https?://[^ \"]*/(simple|packages|dists)/|--(extra-)?index-url|--find-(links)"
)


@functools.cache
def files_in_git() -> tuple[str, ...]:
    """Every file of the project, committed or about to be, and none that git ignores."""
    listed = subprocess.run(
        # The tree of a CI run may belong to somebody else.
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted(name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file()))


def modules(*folders: str) -> list[str]:
    return [name for name in files_in_git() if name.endswith(".py") and name.split("/", 1)[0] in folders]


@functools.cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    return {canonical(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in requirements}


def pins() -> list[str]:
    """The lock's entries, each with its hashes on one line."""
    return (ROOT / "requirements.txt").read_text().replace("\\\n", " ").strip().splitlines()


def imported(module: str) -> set[str]:
    """The top-level names that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_the_top_level_holds_only_what_it_should() -> None:
    present = {name.split("/", 1)[0] for name in files_in_git()}

    assert {name for name in present if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_resolves_inside_the_project(package: str) -> None:
    found = importlib.util.find_spec(package)

    assert found and found.origin
    assert Path(found.origin).resolve().is_relative_to(ROOT)


def test_the_wheel_holds_exactly_the_five_packages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in inside if ".dist-info/" not in name} == PACKAGES
    assert not [name for name in inside if name.endswith(".pyi")]
    shipped = {name for name in inside if name.endswith(".py")}
    assert set(modules(*PACKAGES)) <= shipped


def test_the_command_line_is_the_composition_root() -> None:
    assert project()["project"]["scripts"] == {"sidestage": "config.main:main"}


def test_the_license_is_mit() -> None:
    assert project()["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")


def test_every_pin_has_an_exact_version_and_hashes() -> None:
    loose = [pin for pin in pins() if not re.match(r"[\w.-]+(\[\w+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", pin)]

    assert not loose


def test_the_lock_names_no_address() -> None:
    assert "://" not in (ROOT / "requirements.txt").read_text()


def test_the_lock_holds_everything_the_project_asks_for() -> None:
    asked = [
        *project()["project"]["dependencies"],
        *project()["dependency-groups"]["dev"],
        # Built from a clone without fetching anything more.
        *project()["build-system"]["requires"],
    ]

    assert names(asked) <= {canonical(pin.split("==")[0]) for pin in pins()}


def test_what_is_imported_is_asked_for_by_name() -> None:
    shipped = names(project()["project"]["dependencies"])
    everywhere = shipped | names(project()["dependency-groups"]["dev"])
    ours = PACKAGES | {"tests"} | set(sys.stdlib_module_names)
    origin = packages_distributions()
    undeclared = {
        f"{module} imports {name}"
        for module in modules(*PACKAGES, "tests")
        for name in imported(module) - ours
        if not {canonical(distribution) for distribution in origin.get(name, [])}
        & (everywhere if module.startswith("tests/") else shipped)
    }

    assert not undeclared


def test_no_file_names_a_package_registry() -> None:
    telling = []
    for name in files_in_git():
        try:
            text = (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue
        if REGISTRY.search(text):
            telling.append(name)

    assert not telling


def test_every_module_says_what_lives_there() -> None:
    silent = [
        module
        for module in modules(*PACKAGES, "tests")
        if not ast.get_docstring(ast.parse((ROOT / module).read_text()))
    ]

    assert not silent


def test_no_module_is_too_long_to_read_at_once() -> None:
    lengths = {module: len((ROOT / module).read_text().splitlines()) for module in modules(*PACKAGES)}

    assert {module for module, lines in lengths.items() if lines > LONGEST} == set(LONG_FOR_A_REASON)


def test_test_folders_are_no_packages() -> None:
    """A lone tests/discord/__init__.py would hijack `import discord`."""
    assert not [module for module in modules("tests") if module.endswith("__init__.py")]


def test_no_two_test_files_share_a_name() -> None:
    found = [Path(module).name for module in modules("tests") if Path(module).name.startswith("test_")]

    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("script", [".ci/run", ".ci/postgresql"])
def test_a_ci_script_is_executable(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def test_every_make_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)

    assert phony
    assert set(phony[1].split()) == set(re.findall(r"^([a-z]+):.*## .+$", makefile, re.MULTILINE))


def test_the_readme_names_only_commands_that_exist() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("there is no README.md yet")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = re.findall(r"```.*?```|`[^`\n]+`", readme.read_text(), re.DOTALL)

    assert {target for block in code for target in re.findall(r"\bmake ([a-z]+)\b", block)} <= targets
