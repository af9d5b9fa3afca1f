"""Changing a session that exists, and what of people and venues is brought up to date on the way (SPEC 1.1 to 1.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app import commands
from core.app.outcome import FormDraft
from core.domain.form import Form
from core.domain.ids import MINUTE, SECOND, AccountId, Instant
from core.domain.people import Account, Person, fingerprint
from core.domain.schedule import Due
from core.domain.sessions import Venue
from tests.fakes.bot import ANN, CHAT, OLGA, SLACK, Event, words


def form_of(event: Event, verb: str = "details") -> Form:
    form = event.presses(OLGA, f"{verb}:{event.session}", CHAT).reply
    assert isinstance(form, Form), words(form)
    return form


def saves(event: Event, verb: str = "details", **values: str) -> Form | None:
    """The form again where something was wrong."""
    reply = event.sends(OLGA, form_of(event, verb), CHAT, **values).reply
    return reply if isinstance(reply, Form) else None


def test_the_form_holds_what_is_there_and_saved_as_it_is_it_changes_nothing():
    event = Event().made(start="2026-11-14 14:30", length="1h30m", zone="Europe/Berlin")
    form = form_of(event)
    assert [it.value[0] for it in form.fields] == ["Keynote", "2026-11-14 14:30", "1h30m", "Europe/Berlin"]
    before = event.state()
    assert saves(event) is None
    assert replace(event.state(), version=before.version) == before


@pytest.mark.parametrize(("length", "shown"), [("45m", "45m"), ("1h", "1h"), ("60", "1h"), ("125", "2h5m")])
def test_a_length_reads_as_it_is_typed(length, shown):
    assert form_of(Event().made(length=length)).fields[2].value == (shown,)


def test_name_and_times_change_with_all_that_depends_on_them():
    event = Event().opened(OLGA)
    poll = event.poll()
    event.poll(then="draft")
    event.settle()
    before = event.versions()
    assert saves(event, name="Keynote II", length="2h") is None
    after = event.versions()
    moved = {what.partition(":")[0] for what in after if after[what] > before.get(what, 0)}
    assert moved == {"door", "bar", "desk", "interaction"}
    assert f"interaction:{poll}" in after
    assert event.state().name == "Keynote II"
    assert event.state().ends_at - event.state().starts_at == 120 * MINUTE
    assert event.store.tables[Due][(f"session_end:{event.session}",)].due == event.state().ends_at


def test_another_start_moves_what_is_planned():
    event = Event().made(start="2026-11-14 14:30")
    event.advances("announced")
    assert saves(event, start="2026-11-14 15:30") is None
    assert event.store.tables[Due][(f"session_start:{event.session}",)].due == event.state().starts_at
    assert form_of(event).fields[1].value == ("2026-11-14 15:30",)


def test_the_start_stays_as_written_when_only_its_timezone_is_corrected():
    event = Event().made(start="2026-11-14 14:30")
    before = event.state().starts_at
    assert saves(event, zone="Europe/Berlin") is None
    assert event.state().starts_at == before - 60 * MINUTE
    assert form_of(event).fields[1].value == ("2026-11-14 14:30",)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"start": "2026-12-24 18:00"}, "start", "The session is live, so its start cannot lie ahead."),
        ({"length": "1m"}, "length", "It would be over already. Choose a longer one."),
        ({"name": " "}, "name", "Write a name of 1 to 120 characters."),
    ],
)
def test_what_does_not_do_comes_back_and_is_still_there_later(values, field, sentence):
    event = Event().opened(OLGA)
    event.wait(120)
    before = event.state()
    again = saves(event, **values)
    assert again is not None
    assert {it.name: it.error for it in again.fields if it.error} == {field: sentence}
    assert event.state() == before
    kept = {it.name: it.value[0] for it in form_of(event).fields}
    assert kept[field] == next(iter(values.values()))
    assert saves(event, start="2026-09-21 13:00", length="5h", name="Right") is None
    assert form_of(event).fields[0].value == ("Right",), "what was used does not come back"
    assert all(not it.values for it in event.store.rows(FormDraft))


def test_rules_that_do_not_do_come_back_and_are_still_there_later():
    event = Event().made()
    event.advances("live")
    again = saves(event, "rules", disclaimer="  ", access="open")
    assert again is not None
    errors = {it.name: it.error for it in again.fields if it.error}
    assert set(errors) == {"disclaimer", "access"} and "made already" in errors["access"]
    assert form_of(event, "rules").fields[0].value == ("open",)
    assert saves(event, "rules", access="gated", disclaimer="A new text") is None
    assert (event.state().disclaimer, event.state().consent_version) == ("A new text", 2)
    assert form_of(event, "rules").fields[2].value == ("A new text",)


def test_what_is_over_is_changed_no_more():
    event = Event().opened(OLGA)
    form = form_of(event)
    event.advances("ended")
    for told in (event.sends(OLGA, form, CHAT), event.presses(OLGA, f"rules:{event.session}", CHAT)):
        assert words(told) == "“Keynote” is over and cannot be changed."


# -- people and venues ----------------------------------------------------------------------------------------------


def joins(event: Event, at: int, **values: tuple[str, ...]) -> None:
    fields = event.envelope(ANN, CHAT, Instant(event.now + at * SECOND)).fields()
    consent = fingerprint(event.state().disclaimer)[:12]
    event.do(commands.Join(**fields, session=event.session, consent=consent, values={"agree": ("yes",), **values}))


def test_of_two_forms_to_join_the_later_one_names_the_person():
    event = Event().live()
    joins(event, 5, name=("Later",), settings=("toasts",))
    joins(event, 1, name=("Earlier",))
    person = event.store.tables[Person][(event.person(ANN),)]
    assert (person.name, person.toasts) == ("Later", True)
    joins(event, 6, name=("\u200b",))
    assert event.store.tables[Person][(event.person(ANN),)].name == "Later"


def test_a_form_to_join_that_is_sent_when_no_text_is_asked_for_any_more_lets_in():
    event = Event().live()
    form = event.presses(ANN, f"join:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    event.change(event.state(), consent_needed=False, disclaimer="Another one")
    assert words(event.sends(ANN, form, CHAT)).startswith("You're in.")


def test_a_new_nick_or_name_of_the_place_is_taken_over():
    event = Event().live(ANN)
    event.types(replace(ANN, nick="Annie", avatar="a.png"), "/stage", CHAT)
    account = event.store.tables[Account][(ANN.account,)]
    assert (account.nick, account.avatar) == ("Annie", "a.png")
    code = words(event.types(OLGA, "/mod session link", CHAT)).partition("Code: ")[2][:8]
    event.types(replace(OLGA, venue_name="Renamed"), f"/mod session enter {code}", CHAT)
    assert event.store.tables[Venue][(SLACK,)].name == "Renamed"


def test_who_appoints_themselves_is_told_nothing_by_message():
    event = Event().live()
    event.appoints(replace(OLGA, nick="Olga"), "speaker")  # refused: the only moderator there would be gone
    boss = replace(OLGA, account=AccountId("slack:T1:boss"), nick="Boss")
    assert event.appoints(boss, "speaker", by=boss).done
    assert event.direct(boss) == []


def test_results_are_shared_in_one_of_the_ways_there_are():
    event = Event().live(OLGA)
    form = event.types(OLGA, "/mod poll", CHAT).reply
    assert isinstance(form, Form)
    again = event.sends(OLGA, form, CHAT, question="Tea?", options="Yes\nNo", sharing="sometimes").reply
    assert isinstance(again, Form) and "Pick one of these." in words(again)


def test_a_length_that_extensions_made_longer_than_a_day_may_stay_as_it_is():
    event = Event().made(length="24h")
    event.advances("announced")
    event.types(OLGA, "/mod session extend 2h", CHAT)
    form = event.presses(OLGA, f"details:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    ends = event.state().ends_at
    event.sends(OLGA, form, CHAT, name="Another name")
    assert (event.state().name, event.state().ends_at) == ("Another name", ends)
