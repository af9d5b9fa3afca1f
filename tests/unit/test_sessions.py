"""A session's states, and the times and lengths that organisers type."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.form import Invalid
from core.domain.ids import MINUTE, SECOND, Instant, PersonId, SessionId, instant, moment, spell
from core.domain.people import Member, fingerprint
from core.domain.refused import Refused
from core.domain.sessions import Session, State, advance, chatting, consented, joinable, parse_minutes, parse_start
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, anything

NOW = instant(datetime(2026, 9, 21, 14, 0, tzinfo=UTC))
STATES: tuple[State, ...] = ("draft", "announced", "open", "live", "ended", "archived")
STEPS = {
    ("draft", "announced"), ("draft", "open"), ("draft", "live"),
    ("announced", "open"), ("announced", "live"), ("announced", "ended"),
    ("open", "live"), ("open", "ended"), ("live", "ended"), ("ended", "archived"),
}  # fmt: skip


def session(state: State = "live") -> Session:
    return Session(SessionId("s"), "Keynote", state, NOW, Instant(NOW + 60 * MINUTE), "UTC")


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_only_these_steps_exist_and_the_others_say_where_it_stands(before, after):
    if (before, after) in STEPS:
        assert advance(session(before), after).state == after
    else:
        with pytest.raises(Refused, match="Keynote"):
            advance(session(before), after)


def test_joining_and_chatting_by_state():
    assert [joinable(session(state)) for state in STATES] == [False, True, True, True, False, False]
    assert [chatting(session(state)) for state in STATES] == [False, False, True, True, False, False]


def test_a_new_text_asks_again_and_a_switched_off_consent_does_not():
    here = session()
    member = Member(here.id, PersonId("p"), consented_at=NOW, consent_hash=fingerprint(here.disclaimer))
    assert consented(here, member)
    assert not consented(here, None)
    assert not consented(here, replace(member, consented_at=None))
    assert not consented(replace(here, disclaimer="New"), member)
    assert consented(replace(here, disclaimer="New", consent_needed=False), member)
    assert not consented(replace(here, consent_needed=False), replace(member, consented_at=None))


# -- start ----------------------------------------------------------------------------------------------------------

# Zone, the day its clocks go forward and a time that is skipped, the day they go back and a time that comes twice.
CHANGES = [
    ("Europe/Berlin", "2026-03-29 02:30", "2026-10-25 02:30"),
    ("America/New_York", "2026-03-08 02:30", "2026-11-01 01:30"),
    ("Australia/Lord_Howe", "2026-10-04 02:15", "2027-04-04 01:45"),
]


@pytest.mark.parametrize(("zone", "skipped", "twice"), CHANGES)
def test_a_time_that_the_clocks_skip_is_refused(zone, skipped, twice):
    early = instant(datetime(2026, 1, 1, tzinfo=UTC))
    for typed in (skipped, f"{skipped} first", f"{skipped} second"):
        with pytest.raises(Invalid, match="skipped"):
            parse_start(typed, zone, early)


@pytest.mark.parametrize(("zone", "skipped", "twice"), CHANGES)
def test_a_time_that_comes_twice_is_asked_about_and_then_taken(zone, skipped, twice):
    early = instant(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(Invalid, match=f"“first” or “second”: {twice} first"):
        parse_start(twice, zone, early)
    first, second = (parse_start(f"{twice} {word}", zone, early) for word in ("first", "second"))
    assert second - first in (60 * MINUTE, 30 * MINUTE)
    for at in (first, second):
        assert f"{moment(at).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == twice


@pytest.mark.parametrize(("zone", "skipped", "twice"), CHANGES)
@pytest.mark.parametrize("hours", [-25, -24, -3, 3, 24, 25])
def test_times_around_a_change_are_taken_as_they_read(zone, skipped, twice, hours):
    early = instant(datetime(2026, 1, 1, tzinfo=UTC))
    for change in (skipped, twice):
        typed = f"{datetime.fromisoformat(change) + timedelta(hours=hours):%Y-%m-%d %H:%M}"
        at = parse_start(typed, zone, early)
        assert f"{moment(at).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == typed


def test_a_bare_time_is_the_next_one_in_the_sessions_zone():
    assert parse_start("14:30", "UTC", NOW) == NOW + 30 * MINUTE
    assert parse_start("14:00", "UTC", NOW) == NOW + 24 * 60 * MINUTE
    assert parse_start("9.15", "UTC", NOW) == NOW + (19 * 60 + 15) * MINUTE
    assert parse_start("16:30", "Europe/Berlin", NOW) == NOW + 30 * MINUTE
    assert parse_start(" NOW ", "UTC", NOW) == parse_start("", "UTC", NOW) == NOW


def test_a_bare_time_today_that_comes_twice_can_be_answered():
    today = instant(datetime(2026, 10, 24, 22, 0, tzinfo=UTC))
    with pytest.raises(Invalid) as asked:
        parse_start("2:30", "Europe/Berlin", today)
    answer = str(asked.value).split(": ")[1].rstrip(".")
    assert parse_start(answer, "Europe/Berlin", today) == instant(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "typed",
    ["soon", "25:00", "14:60", "24:00", "2026-02-30 10:00", "2026-13-01 10:00", "0000-01-01 00:00", "14", "14:3",
     "2026-11-14", "14:30 first", "9999-12-31 23:59", "0001-01-01 00:00", "2926-11-14 14:30", "-1:30", "1e3:00"],
)  # fmt: skip
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_what_is_no_start_is_refused_with_a_sentence(typed, zone):
    with pytest.raises(Invalid) as refused:
        parse_start(typed, zone, NOW)
    assert refused.value.errors["start"].endswith(".")


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc", "Europe", "europe", "\x00", "UTC+1"])
def test_an_unknown_zone_is_refused_with_a_sentence(zone):
    with pytest.raises(Invalid) as refused:
        parse_start("now", zone, NOW)
    assert refused.value.errors["zone"].endswith(".")


def test_a_zone_may_be_typed_in_small_letters():
    assert parse_start("16:30", "europe/berlin", NOW) == NOW + 30 * MINUTE


@given(anything)
def test_no_typed_start_breaks_anything(typed):
    try:
        parse_start(typed, "Europe/Berlin", NOW)
    except Invalid as refused:
        assert set(refused.errors) == {"start"}


@given(
    st.datetimes(datetime(2026, 9, 22), datetime(2035, 1, 1)),
    st.sampled_from([zone for zone, _, _ in CHANGES] + ["UTC", "Asia/Kathmandu"]),
)
def test_a_typed_day_and_time_reads_back_in_its_zone(wall, zone):
    typed = f"{wall:%Y-%m-%d %H:%M}"
    try:
        at = parse_start(typed, zone, NOW)
    except Invalid:
        return
    assert f"{moment(at).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == typed


# -- lengths --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("90", 90), ("90m", 90), ("1h", 60), ("1h30m", 90), ("1h 30", 90), (" 1H30M ", 90), ("10 min", 10), ("1", 1),
     ("24h", 1_440), ("1440", 1_440), ("5 minutes", 5), ("0h5m", 5)],
)  # fmt: skip
def test_lengths(typed, minutes):
    assert parse_minutes(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["", "0", "0h", "m", "h", "1441", "24h1m", "25h", "-5", "1.5h", "1d", "ten", "1h30m5s", "99999"]
)
def test_what_is_no_length_is_refused_at_its_field(typed):
    with pytest.raises(Invalid) as refused:
        parse_minutes(typed, "length")
    assert set(refused.value.errors) == {"length"}


@on_each("typed", [text for text in SAMPLES if len(text) < 200])
def test_no_typed_length_breaks_anything(typed):
    with contextlib.suppress(Invalid):
        assert 1 <= parse_minutes(typed) <= 1_440


# -- ids and instants -----------------------------------------------------------------------------------------------


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))
def test_an_instant_is_its_moment(at):
    assert moment(instant(at.replace(tzinfo=UTC))) == at.replace(tzinfo=UTC)


@given(st.integers(0, 4_000_000_000 * SECOND))
def test_a_moment_is_its_instant(at):
    assert instant(moment(Instant(at))) == at


def test_numbers_are_spelled_without_letters_that_look_alike():
    assert spell(0) == "0" * 16
    assert spell(31, 2) == "0z"
    assert spell(2**80 - 1) == "z" * 16
    assert not set("ilou") & {char for number in range(1_024) for char in spell(number, 2)}
