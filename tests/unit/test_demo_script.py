"""The demo's evening is consistent: who speaks is there, what is answered was said, and every line is known again."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.demo_script import FILE, Script, read
from config.story_answers import TOPICS
from config.story_guests import GUESTS, parts
from config.story_kinds import FORMS, TALKS
from config.story_poll import OPTIONS
from core.domain.interactions import KINDS
from core.domain.words import clean


@pytest.fixture(scope="module")
def script() -> Script:
    return read()


def test_forty_attendees_and_two_moderators_come_about_half_on_each_platform(script: Script) -> None:
    assert len(script.attendees) == 40
    moderators = [part.platform for part in script.parts if part.role == "moderator"]
    assert sorted(moderators) == ["discord", "slack"]
    here, there = len(script.on("slack")), len(script.on("discord"))
    assert abs(here - there) <= 5
    assert len(script.same) == len(script.parts) - len(script.people) == 3


def test_guests_make_it_two_hundred_attendees_most_of_them_on_slack(script: Script) -> None:
    guests = list(parts())
    assert len(script.attendees) + len(guests) == 200
    assert GUESTS["discord"] <= 30 < GUESTS["slack"]
    names = [it.name.lower() for it in (*script.parts, *guests)]
    assert len(set(names)) == len(names)


def test_one_of_each_kind_is_asked() -> None:
    assert {"poll", *(name for name, _ in FORMS.values())} == set(KINDS)


def test_names_are_usernames_on_both_platforms(script: Script) -> None:
    names = [part.name.lower() for part in script.parts]
    assert len(set(names)) == len(names)
    assert all(part.shown.startswith(part.name.split(".")[0]) for part in script.parts)


def test_several_hundred_lines_come_in_bursts_of_at_most_twenty_a_second(script: Script) -> None:
    assert 300 <= len(script.lines) <= 450
    assert all(burst.rate <= 20 and len(burst.lines) > 20 for burst in script.bursts)
    assert [burst.name for burst in script.bursts if burst.kill] == ["Power cut"]


def test_every_attendee_speaks(script: Script) -> None:
    silent = set(script.attendees) - {script.human(line.who) for line in script.lines}
    assert not silent


def test_no_line_is_part_of_another_one_or_of_a_poll(script: Script) -> None:
    """The demo looks for lines inside posts, where several may stand."""
    reads = [line.reads for line in script.lines] + [act.text for act in script.acts if act.text]
    asked = [*(word for question, options in OPTIONS.items() for word in (question, *options)), *FORMS, *TOPICS, *TALKS]
    others = [*reads, *asked]
    assert not [(a, b) for i, a in enumerate(reads) for j, b in enumerate(others) if i != j and a in b]
    assert all(clean(text) == text for text in reads), "they read as they are kept"


def test_what_is_answered_is_longer_than_a_quotation_of_it(script: Script) -> None:
    answered = {line.to for line in script.lines if line.to}
    assert all(len(line.reads) > 45 for line in script.lines if line.label in answered)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("== Doors, 18 a second ==\nMira Kowalski says hello", "line 2: Mira Kowalski says hello"),
        ("== Doors, 18 a second ==\nMira: hello", "Mira is not in the cast"),
        ("slack attendees: Mira\n== Doors, 18 a second ==\nMira > slides: hello", "Mira answers slides"),
        ("slack attendees: Mira\n== Doors, 18 a second ==\nMira: hello\n+ Mira likes slides", "Mira likes slides"),
        ("slack attendees: Mira, Leo\n== A, 9 a second ==\nMira [a]: hello\n+ Leo deletes a", "Leo deletes what Mira"),
        ("slack attendees: Mira\n== A, 9 a second ==\nMira [a]: hello\n+ Mira edits a", "the new words come after"),
        ("slack attendees: Mira, Mira", "Mira is in the cast twice"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, wrong: str, told: str) -> None:
    file = tmp_path / FILE.name
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        read(file)
