"""The README says what is there: every command, every setting, every file it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.settings import PREFIX, Settings
from core.app.verbs import VERBS
from core.domain.interactions import KINDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.usage)
def test_every_command_is_in_the_readme(verb) -> None:
    assert f"`{verb.usage}`" in README


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in README


def test_every_setting_of_the_readme_is_one() -> None:
    told = {name.removeprefix(PREFIX).lower() for name in re.findall(rf"`({PREFIX}[A-Z_]+)`", README)}
    assert told == set(Settings.model_fields)


def test_every_file_that_the_readme_names_is_there() -> None:
    named = re.findall(r"`((?:core|adapters|storage|jobs|config)/[\w/]+\.(?:py|md))`", README)
    assert len(named) > 12
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_page_on_adding_a_kind_names_what_a_kind_offers() -> None:
    page = (ROOT / "core/domain/interactions/ADDING.md").read_text()
    kind = next(iter(KINDS.values()))
    for name in ("NAME", "TITLE", "Spec", "fields", "read", "write", "respond", "tally", "view", "confirm", "samples"):
        assert name in page
        assert hasattr(kind, name)
