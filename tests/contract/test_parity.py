"""README's table of platforms says what tests show: no cell without one, and nothing that is offered left out."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.discord.commands import wanted
from adapters.slack.manifest import SHORTCUTS
from core.app.intake import BUTTONS, FORMS
from core.app.verbs import VERBS
from tests.contract import parity
from tests.contract.parity import BOTH, README, ROOT, ROWS, WRITE, Row, Story, Unclear

EVERY = parity.rows(ROWS.read_text())


@pytest.fixture(scope="module")
def told() -> list[Story]:
    return parity.stories(ROOT / "tests")


def test_every_cell_is_shown_by_a_test_or_has_a_reason_for_being_empty(told: list[Story]) -> None:
    assert parity.wrong(EVERY, told) == []
    assert len(EVERY) > 60


def test_the_readme_has_the_table_that_the_tests_make(told: list[Story]) -> None:
    shown = README.read_text()
    assert shown == parity.placed(shown, parity.table(EVERY, told)), f"make it anew: {WRITE}"


def test_every_command_menu_entry_button_and_form_belongs_to_a_row() -> None:
    commands = [f"/{verb.group} {' '.join(verb.path)}" for verb in VERBS]
    assert parity.unlisted([it for row in EVERY for it in row.commands], commands) == []
    entries = {*SHORTCUTS, *(it["name"] for it in wanted() if it["type"] == 3)}
    assert parity.unlisted([it for row in EVERY for it in row.entries], entries) == []
    assert parity.unlisted([it for row in EVERY for it in row.acts], [*BUTTONS, *FORMS]) == []


# -- the guard of these -----------------------------------------------------------------------------------------------

STORY = "import pytest\n\n\n{marker}\nasync def test_it(stage) -> None:\n    await stage.command('/mod poll Tea?')\n"


def row(**changed: Any) -> Row:
    lines = {"id": "tea", "spec": "1.1", "feature": "Tea", "slack": "green", "discord": "black"} | changed
    said = "\n".join(f"{name} = {value!r}" for name, value in lines.items())
    (made,) = parity.rows(f'[[group]]\ntitle = "Drinks"\n[[group.row]]\n{said}')
    return made


def stories(marker: str, file: str = "tests/wire/test_bot_tea.py") -> list[Story]:
    return list(parity.read(file, STORY.format(marker=marker)))


SHOWN = '@pytest.mark.shows("tea", on="both")'


@pytest.mark.parametrize(
    ("marker", "file", "platforms"),
    [
        (SHOWN, "test_bot_tea.py", BOTH),
        ('@pytest.mark.shows("tea")\n@on_every_side', "test_bot_tea.py", BOTH),
        ('@bot_sides.on_every_side\n@pytest.mark.shows("tea")', "test_bot_tea.py", BOTH),
        ('@pytest.mark.shows("tea", on="slack")\n@on_every_side', "test_bot_tea.py", {"slack"}),
        ('@pytest.mark.shows("tea")', "test_discord_adapter_tea.py", {"discord"}),
        ('@pytest.mark.shows("tea", on="discord")', "test_slack_adapter_tea.py", {"discord"}),
    ],
)
def test_a_story_says_on_which_platforms_it_is_told(marker: str, file: str, platforms: set[str]) -> None:
    (story,) = stories(marker, f"tests/wire/{file}")
    ((name, on),) = story.shows
    assert (name, set(on)) == ("tea", platforms)


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ('@pytest.mark.shows("tea")', "say where"),
        ('@pytest.mark.shows("tea", on="irc")', "on= is slack, discord or both"),
        ("@pytest.mark.shows", "id of a row"),
        ('@pytest.mark.shows(on="both")', "id of a row"),
        (f"{SHOWN}\ndef helper() -> None: ...\n", "is no test"),
    ],
)
def test_a_marker_that_cannot_be_read_is_told(marker: str, words: str) -> None:
    with pytest.raises(Unclear, match=words):
        stories(marker)


@pytest.mark.parametrize(
    ("changed", "marker", "words"),
    [
        ({}, '@pytest.mark.shows("tea", on="slack")', "tea on discord: no test shows it"),
        ({}, f"@pytest.mark.long\n{SHOWN}", "tea on slack: only long tests show it"),
        ({}, f"@pytest.mark.parametrize('n', [pytest.param(9, marks=pytest.mark.long)])\n{SHOWN}", "only long tests"),
        ({}, '@pytest.mark.shows("tea", "milk", on="both")', "there is no row milk"),
        ({"slack": " "}, SHOWN, "tea on slack: the cell is empty"),
        ({"no-discord": "none"}, SHOWN, "tea on discord: there are words and a reason"),
        ({"discord": "", "no-discord": "none"}, SHOWN, "there is a reason for having nothing, and tests/wire/"),
        ({"slack": "a | b"}, SHOWN, "a | would end the cell"),
        ({"feature": ""}, SHOWN, "say the feature in words"),
        ({"commands": ["/mod quiz"]}, SHOWN, "tea on slack: none of its tests uses /mod quiz"),
    ],
)
def test_what_would_make_the_table_untrue_is_told(changed: dict[str, Any], marker: str, words: str) -> None:
    assert any(words in one for one in parity.wrong([row(**changed)], stories(marker)))


def test_a_true_row_is_left_alone_and_written_with_its_tests() -> None:
    true, shown = row(commands=["/mod poll"]), stories(SHOWN)
    assert parity.wrong([true], shown) == []
    assert "| Tea | green (1 test) | black (1 test) |" in parity.table([true], shown)
    without = row(discord="", **{"no-discord": "nobody drinks it there"})
    assert parity.wrong([without], stories('@pytest.mark.shows("tea", on="slack")')) == []
    assert "| – nobody drinks it there |" in parity.table([without], [])


def test_a_story_that_is_long_for_some_values_only_is_quick_too() -> None:
    values = "[1, pytest.param(9, marks=pytest.mark.long)]"
    (story,) = stories(f"@pytest.mark.parametrize('n', {values})\n{SHOWN}")
    assert not story.long


def test_two_rows_of_one_name_stand_ins_and_unknown_keys_are_told() -> None:
    shown = stories(SHOWN, "tests/wire/test_sandbox_tea.py")
    assert "tea: two rows have this id" in parity.wrong([row(), row()], shown)
    assert any("stand-in" in one for one in parity.wrong([row()], shown))
    with pytest.raises(Unclear, match="nothing is known of colour"):
        row(colour="green")


def test_what_is_offered_and_in_no_row_is_told_and_the_other_way_round() -> None:
    assert parity.unlisted(["a", "b"], ["b", "c"]) == ["no row names c", "a row names a, which is not there"]


def test_a_readme_without_a_place_for_the_table_is_told() -> None:
    with pytest.raises(Unclear, match="README needs one line"):
        parity.placed("nothing", "table")
    there = f"before\n{parity.BEGINS}\nold\n{parity.ENDS}\nafter\n"
    assert parity.placed(there, "new") == f"before\n{parity.BEGINS}\nnew\n{parity.ENDS}\nafter\n"
