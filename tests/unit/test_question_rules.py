"""When moderators answer, by the clocks of the session's zone; and what may be typed into the rules (SPEC 4.10)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.app.handle.questions.rules import read_rules
from core.domain.form import Invalid
from core.domain.ids import MINUTE, Instant, SessionId, instant
from core.domain.question_rules import (
    MODES,
    QuestionRules,
    attended,
    back_at,
    hours_in_words,
    parse_hours,
    parse_mode,
    parse_replies,
    parse_reply,
)

BERLIN = "Europe/Berlin"


def between(opens: str, closes: str) -> QuestionRules:
    return QuestionRules(SessionId("s"), opens=opens, closes=closes)


def at(typed: str, zone: str = BERLIN, fold: int = 0) -> Instant:
    return instant(datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone), fold=fold))


def wall(moment: Instant | None, zone: str = BERLIN) -> str:
    assert moment is not None
    return datetime.fromtimestamp(moment // 1_000_000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("opens", "closes", "when", "there"),
    [
        ("", "", "2026-09-21 03:00", True),
        ("09:00", "17:30", "2026-09-21 08:59:59", False),
        ("09:00", "17:30", "2026-09-21 09:00", True),
        ("09:00", "17:30", "2026-09-21 17:29:59", True),
        ("09:00", "17:30", "2026-09-21 17:30", False),
        ("22:00", "02:00", "2026-09-21 23:59", True),
        ("22:00", "02:00", "2026-09-21 01:59", True),
        ("22:00", "02:00", "2026-09-21 02:00", False),
        ("22:00", "02:00", "2026-09-21 21:59", False),
        ("18:00", "00:00", "2026-09-21 23:59", True),
        ("18:00", "00:00", "2026-09-22 00:00", False),
    ],
)
def test_hours_hold_from_their_first_minute_to_before_their_last(opens, closes, when, there):
    assert attended(between(opens, closes), BERLIN, at(when)) is there


@pytest.mark.parametrize(
    ("opens", "closes", "when", "back"),
    [
        ("09:00", "17:30", "2026-09-21 07:00", "2026-09-21 09:00"),
        ("09:00", "17:30", "2026-09-21 17:30", "2026-09-22 09:00"),
        ("22:00", "02:00", "2026-09-21 02:00", "2026-09-21 22:00"),
        ("09:00", "17:30", "2026-12-31 18:00", "2027-01-01 09:00"),
        # The clocks go from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
        ("09:00", "17:30", "2026-03-28 18:00", "2026-03-29 09:00"),
        ("09:00", "17:30", "2026-10-24 18:00", "2026-10-25 09:00"),
        ("02:30", "08:00", "2026-03-29 00:10", "2026-03-29 03:00"),
        ("02:00", "03:00", "2026-03-29 00:10", "2026-03-30 02:00"),
        ("02:30", "08:00", "2026-10-25 00:10", "2026-10-25 02:30"),
    ],
)
def test_when_they_are_back_is_told_over_midnight_and_changes_of_the_clocks(opens, closes, when, back):
    rules = between(opens, closes)
    assert wall(back_at(rules, BERLIN, at(when))) == back


def test_the_same_instant_is_within_the_hours_of_one_zone_and_outside_of_another():
    rules, when = between("09:00", "17:30"), at("2026-09-21 10:00", "Asia/Tokyo")
    assert attended(rules, "Asia/Tokyo", when)
    assert not attended(rules, BERLIN, when)
    assert back_at(rules, "Asia/Tokyo", when) is None


CLOCK = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))


@given(CLOCK, CLOCK, st.integers(0, 2 * 365 * 24 * 60), st.sampled_from([BERLIN, "UTC", "Australia/Lord_Howe"]))
@example("02:30", "02:31", 0, BERLIN)
def test_who_asks_outside_the_hours_is_told_the_first_minute_of_the_next_ones(opens, closes, minutes, zone):
    rules, now = between(opens, closes), Instant(at("2026-01-01 00:00", "UTC") + minutes * MINUTE)
    back = back_at(rules, zone, now)
    if opens == closes or attended(rules, zone, now):
        assert back is None or not attended(rules, zone, now)
        return
    assert back is not None and back > now
    assert attended(rules, zone, back)
    assert not attended(rules, zone, Instant(back - MINUTE))


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("", ("", "")),
        ("09:00-17:30", ("09:00", "17:30")),
        (" 9.00 – 17.30 ", ("09:00", "17:30")),
        ("22:00 to 2:00", ("22:00", "02:00")),
        ("18:00-24:00", ("18:00", "00:00")),
    ],
)
def test_hours_are_read_as_people_write_them(typed, hours):
    assert parse_hours(typed) == hours


@pytest.mark.parametrize(
    "typed", ["9-17", "09:00", "25:00-26:00", "09:60-10:00", "09:00-09:00", "00:00-24:00", "always"]
)
def test_hours_that_are_none_are_refused_with_an_example(typed):
    with pytest.raises(Invalid) as wrong:
        parse_hours(typed)
    assert wrong.value.errors["hours"].endswith("Leave this empty for always.") or "09:00-17:30" in str(wrong.value)


def test_hours_are_told_in_words():
    assert hours_in_words(between("", ""), BERLIN) == ""
    assert hours_in_words(between("09:00", "17:30"), BERLIN) == "from 09:00 to 17:30 (Europe/Berlin)"
    assert hours_in_words(between("22:00", "02:00"), "UTC") == "from 22:00 to 02:00 the next day (UTC)"
    assert hours_in_words(between("18:00", "00:00"), "UTC") == "from 18:00 to midnight (UTC)"


def test_modes_and_replies():
    assert [parse_mode(it) for it in MODES] == list(MODES)
    assert parse_mode("") == "single"
    with pytest.raises(Invalid):
        parse_mode("loud")
    assert parse_reply(" See you\n tomorrow ") == "See you tomorrow"
    assert parse_replies("Yes\n\n No \nYes") == ("Yes", "No")
    for wrong in ("x" * 301, "\n".join(str(it) for it in range(11))):
        with pytest.raises(Invalid):
            parse_replies(wrong)


def test_every_mistake_in_the_rules_is_told_at_its_field():
    before = QuestionRules(SessionId("s"))
    typed = {"mode": ("loud",), "hours": ("late",), "reply": ("x" * 301,), "replies": ("y" * 301,)}
    with pytest.raises(Invalid) as wrong:
        read_rules(before, typed)
    assert set(wrong.value.errors) == set(typed)
    after = read_rules(before, {"mode": ("multi",), "ways": ("sends",)})
    assert (after.mode, after.sends, after.approval, after.replies) == ("multi", True, False, ())
