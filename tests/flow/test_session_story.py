"""A whole event, told from its first command to its last."""

from __future__ import annotations

from dataclasses import replace

from core.app.derived import Joined
from core.app.handle.showing import plan
from core.app.unit_of_work import key
from core.domain.form import Form
from core.domain.ids import AccountId, Instant, VenueId
from core.domain.people import Member, Person
from core.domain.schedule import Due
from core.domain.sessions import Session
from core.domain.surfaces import Place
from core.domain.view import Speech
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DISCORD, DORA, HALL, OLGA, SLACK, Event, buttons, words


def test_an_event_from_its_making_to_its_end():
    event = Event().with_rooms()
    assert event.shown() == []
    announced = event.presses(OLGA, f"advance:{event.session}:announced", CHAT)
    assert "announced" in words(announced)
    doors = event.shown(lambda place, surface: surface.subject.startswith("door"))
    assert {(place.kind, place.venue) for place, _, _ in doors} == {
        (kind, venue) for kind in ("door", "stage") for venue in (SLACK, DISCORD)
    }

    joined = event.joins(ANN)
    assert words(joined).startswith("You're in.")
    event.joins(OLGA)
    event.joins(CLEO)
    door = event.room("C-door")[0]
    assert "3 have joined" in words(door)
    assert "Discord (“The discord place”)" in words(door)

    event.types(OLGA, "/mod session open", CHAT)
    event.writes(ANN, CHAT, "1.1", "Good morning")
    (line,) = [it for it in event.room(HALL) if isinstance(it, Speech)]
    assert (line.author, line.origin, words(line)) == ("Ann", "Slack", "Good morning")

    event.types(OLGA, "/mod session start now", CHAT)
    poll = event.poll()
    for actor, choice in ((ANN, "0"), (CLEO, "1"), (CLEO, "0"), (OLGA, "1")):
        answer = event.votes(actor, poll, choice)
        assert words(answer).startswith(f"Your vote: {'AB'[int(choice)]}, ")
        event.wait(1)
    in_chat, in_hall = event.room(CHAT, "interaction"), event.room(HALL, "interaction")
    assert in_chat == in_hall
    assert "A: Yes, 67 % · 2" in words(in_chat[0])
    assert "3 votes · Slack 2, Discord 1" in words(in_chat[0])

    asked = event.types(OLGA, "/mod session end", CHAT)
    event.presses(OLGA, buttons(asked.reply)["End session"], CHAT)
    assert "Poll · ended" in words(event.room(CHAT, "interaction")[0])
    assert "Session · ended" in words(event.room("C-door")[0])
    late = event.votes(ANN, poll, "1", at=event.now)
    assert late.done
    event.wait(6)
    assert not event.votes(BEN, poll, "1").done


def test_what_was_typed_comes_back_with_a_sentence_at_each_field():
    event = Event()
    form = event.types(OLGA, "/mod session create", CHAT).reply
    assert isinstance(form, Form)
    again = event.sends(
        OLGA, form, CHAT, name="", start="yesterday", length="long", zone="Mars/Base", mode="loud"
    ).reply
    assert isinstance(again, Form)
    assert all(it.error.endswith(".") for it in again.fields)
    assert [it.value for it in again.fields] == [("",), ("yesterday",), ("long",), ("Mars/Base",), ("loud",)]
    reopened = event.types(OLGA, "/mod session create", CHAT).reply
    assert isinstance(reopened, Form)
    assert reopened.fields[3].value == ("Mars/Base",)


def test_a_used_draft_does_not_come_back():
    event = Event()
    form = event.types(OLGA, "/mod session create", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, name="Mine", length="long")
    event.sends(OLGA, form, CHAT, name="Mine")
    fresh = event.types(OLGA, "/mod session create", CHAT).reply
    assert fresh == form


def test_joining_writes_a_message_where_private_answers_vanish():
    event = Event().live()
    event.joins(replace(ANN, fleeting=True))
    welcomes = [content for place, _, content in event.shown() if place.kind == "dm"]
    assert len(welcomes) == 1
    event.joins(replace(BEN, fleeting=True))
    assert len([1 for place, _, _ in event.shown() if place.kind == "dm"]) == 2


def test_a_second_join_from_the_menu_says_you_are_in():
    event = Event().live(ANN)
    assert words(event.presses(ANN, f"join:{event.session}", CHAT)).startswith("You are in already.")
    assert words(event.types(ANN, "/stage join", "C-elsewhere")).startswith("You are in already.")
    assert words(event.types(ANN, "/stage join")).startswith("You are in already.")
    assert event.store.read(lambda _: [key(Joined, event.session)]).get(Joined, event.session) == Joined(
        event.session, 1
    )


def test_the_clock_starts_and_ends_a_session():
    event = Event().made(start="14:30", length="1h")
    event.presses(OLGA, f"room:{event.session}:stage", CHAT)
    event.types(OLGA, "/mod session announce", CHAT)
    session = event.store.read(lambda _: [key(Session, event.session)]).get(Session, event.session)
    assert session is not None
    event.fires(f"session_start:{event.session}")
    assert event.store.read(lambda _: [key(Session, event.session)]).get(Session, event.session) == session
    event.now = session.starts_at
    event.fires(f"session_start:{event.session}")
    event.types(OLGA, "/mod session extend 10m", CHAT)
    event.now = session.ends_at
    assert event.fires(f"session_end:{event.session}") is None, "the end was moved"
    event.wait(600)
    assert event.fires(f"session_end:{event.session}") is not None
    event.wait(1)
    assert event.fires(f"session_end:{event.session}") is None, "it fires once"
    assert "ended" in words(event.room(CHAT)[0])


def test_extending_moves_the_closing_time_on_the_cards_of_open_polls():
    event = Event().live(OLGA)
    event.poll()
    before = event.versions()
    event.types(OLGA, "/mod session extend 10m", CHAT)
    after = event.versions()
    moved = {what for what in after if after[what] > before[what]}
    assert {what.partition(":")[0] for what in moved} == {"door", "bar", "desk", "interaction"}


def test_adding_a_venue_renews_the_join_cards():
    event = Event().made()
    event.presses(OLGA, f"room:{event.session}:stage", CHAT)
    event.types(OLGA, "/mod session announce", CHAT)
    before = event.versions()
    code = words(event.types(OLGA, "/mod session link", CHAT)).partition("Code: ")[2][:8]
    assert event.types(DORA, f"/mod session enter {code.lower()}", HALL).done
    assert event.versions()[f"door:{event.session}"] > before[f"door:{event.session}"]
    assert not event.types(DORA, f"/mod session enter {code}", HALL).done, "a code works once"


def test_a_code_is_valid_for_ten_minutes():
    event = Event().made()
    code = words(event.types(OLGA, "/mod session link", CHAT)).partition("Code: ")[2][:8]
    event.wait(601)
    assert "not valid" in words(event.types(DORA, f"/mod session enter {code}", HALL))


def test_an_organiser_of_another_place_gets_no_code_for_a_session_he_only_attends():
    event = Event().live(CLEO)
    elsewhere = replace(CLEO, venue=VenueId("discord:G-own"), manages=True)
    for line in ("/mod session link", "/mod session setup", "/mod room stage"):
        refused = event.types(elsewhere, line, "X-own")
        assert not refused.done, line
    assert not event.presses(elsewhere, f"link:{event.session}", "X-own").done
    assert not event.presses(elsewhere, f"room:{event.session}:stage", "X-own").done


def test_the_maker_can_join_and_prepare_before_announcing_and_nobody_else():
    event = Event().made()
    assert not event.presses(ANN, f"join:{event.session}", CHAT).done
    assert event.joins(OLGA).done
    assert "Saved as a draft" in words(_draft(event))


def _draft(event: Event):
    form = event.presses(OLGA, f"new:poll:{event.session}", CHAT).reply
    assert isinstance(form, Form), words(form)
    return event.sends(OLGA, form, CHAT, question="Tea?", options="Yes\nNo")


def test_before_consent_nothing_of_a_person_is_kept():
    event = Event().live()
    known = set(event.store.rows(Person))
    form = event.presses(ANN, f"join:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    event.sends(ANN, form, CHAT, name="Secret Agent", agree=())
    event.sends(ANN, form, CHAT, name="Secret Agent " * 9)
    event.writes(ANN, CHAT, "1.1", "Secret words")
    event.edits(ANN, CHAT, "1.1", "Secret edit")
    event.edits(ANN, CHAT, "1.2", "Secret early edit")
    event.types(ANN, "/mod poll Secret question", CHAT)
    assert set(event.store.rows(Person)) == known
    assert "Secret" not in repr(event.store.tables)


def test_a_changed_text_is_asked_again_with_the_name_kept():
    event = Event().live()
    form = event.presses(ANN, f"join:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    stale = Form(form.title, f"joined:{event.session}:000000000000", form.submit, form.fields)
    again = event.sends(ANN, stale, CHAT, name="Annie").reply
    assert isinstance(again, Form)
    assert "has changed" in again.problem
    assert again.fields[0].value == ("Annie",)
    assert again.action == form.action


def test_one_venue_has_one_stage_and_a_channel_one_purpose():
    event = Event().with_rooms()
    assert "its stage here already" in words(event.presses(OLGA, f"room:{event.session}:stage", "C-other"))
    assert "purpose already" in words(event.presses(OLGA, f"room:{event.session}:door", CHAT))
    assert event.presses(OLGA, f"room:{event.session}:stage", CHAT).done, "said twice is said once"


def test_a_channel_is_let_go_when_its_session_is_over():
    event = Event().live(ANN)
    first = event.session
    event.presses(OLGA, f"advance:{first}:ended", CHAT)
    event.made(name="Next day")
    assert event.presses(OLGA, f"room:{event.session}:stage", CHAT).done
    event.types(OLGA, "/mod session announce", CHAT)
    assert "Next day" in words(event.types(OLGA, "/mod session setup", CHAT))
    assert "Next day" in words(event.room(CHAT, f"door:{event.session}")[0])


def test_a_room_adopted_late_shows_the_join_card_and_what_is_open():
    event = Event().made()
    event.presses(OLGA, f"room:{event.session}:stage", CHAT)
    code = words(event.types(OLGA, "/mod session link", CHAT)).partition("Code: ")[2][:8]
    event.types(OLGA, "/mod session start", CHAT)
    event.joins(OLGA)
    event.poll()
    event.types(DORA, f"/mod session enter {code}", HALL)
    event.presses(DORA, f"room:{event.session}:stage", HALL)
    assert len(event.room(HALL, "door")) == len(event.room(HALL, "bar")) == len(event.room(HALL, "interaction")) == 1
    assert "Open now: Poll “Tea?”" in words(event.room(HALL, "bar")[0])


def test_commands_work_in_the_direct_message_of_somebody_with_one_session():
    event = Event().live()
    event.joins(replace(OLGA, fleeting=True))
    event.wait(1)
    place = next(row for row in event.store.rows(Place) if row.kind == "dm")
    event.store.tables[Place][(place.id,)] = replace(place, ref="D-olga", state="open")
    for line in ("/mod live", "/mod poll", "/mod session setup", "/mod session extend 5m", "/stage join"):
        assert event.types(OLGA, line, "D-olga").done, line


def test_every_member_has_one_row():
    event = Event().live(ANN, CLEO, OLGA)
    event.joins(BEN)
    people = [row.person for row in event.store.rows(Member)]
    assert len(people) == len(set(people)) == 5


def test_a_platform_name_of_any_length_and_kind_fits_the_form():
    event = Event().live()
    for number, nick in enumerate(["x" * 200, "👩\u200d👧" * 40, "a\x00b\ud800", "", "\u202e", "Ann " * 30]):
        actor = replace(BEN, account=AccountId(f"slack:T1:{number}"), nick=nick, manages=True)
        form = event.presses(actor, f"join:{event.session}", CHAT).reply
        assert isinstance(form, Form)
        assert len(form.fields[0].value[0]) <= form.fields[0].longest
        event.types(actor, "/mod session create", CHAT)
        event.presses(actor, f"link:{event.session}", CHAT)
        again = event.presses(actor, f"join:{event.session}", CHAT).reply
        assert isinstance(again, Form)
        assert 1 <= len(again.fields[0].value[0]) <= again.fields[0].longest


def test_text_longer_than_its_field_is_not_lost_and_the_form_stays_valid():
    event = Event().live(OLGA)
    form = event.types(OLGA, f"/mod poll {'x' * 1_000}", CHAT).reply
    assert isinstance(form, Form)
    question = form.fields[0]
    assert question.value == ("x" * 1_000,)
    assert question.longest >= 1_000
    refused = event.sends(OLGA, form, CHAT, options="Yes\nNo").reply
    assert isinstance(refused, Form)
    assert "1000 characters; 300 fit" in refused.fields[0].error
    huge = event.types(OLGA, f"/mod poll {'x' * 9_000}", CHAT).reply
    assert isinstance(huge, Form)
    assert len(huge.fields[0].value[0]) <= huge.fields[0].longest <= 3_000


def test_a_session_whose_end_has_passed_is_extended_before_it_starts():
    event = Event().made(length="10m")
    event.presses(OLGA, f"room:{event.session}:stage", CHAT)
    event.types(OLGA, "/mod session announce", CHAT)
    event.wait(3_600)
    refused = event.types(OLGA, "/mod session start", CHAT)
    assert not refused.done
    assert "extend" in words(refused)


def test_ending_is_asked_about_only_where_it_can_be_done():
    event = Event().made()
    assert not event.types(OLGA, "/mod session end", CHAT).done
    event.presses(OLGA, f"room:{event.session}:stage", CHAT)
    event.types(OLGA, "/mod session start", CHAT)
    asked = event.types(OLGA, "/mod session end", CHAT)
    event.presses(OLGA, buttons(asked.reply)["End session"], CHAT)
    assert not event.types(OLGA, "/mod session end", CHAT).done
    assert not event.presses(OLGA, buttons(asked.reply)["End session"], CHAT).done


def test_who_accepts_a_new_text_is_welcomed_by_direct_message_only_once():
    event = Event().live()
    ann = replace(ANN, fleeting=True)
    event.joins(ann)
    session = event.store.tables[Session][(event.session,)]
    event.store.tables[Session][(event.session,)] = replace(session, disclaimer="Another text.", version=9)
    assert not event.writes(ann, CHAT, "1.1", "Hello")
    assert event.joins(ann).done
    assert event.writes(ann, CHAT, "1.1", "Hello")
    assert len([1 for place, _, _ in event.shown() if place.kind == "dm"]) == 1


def test_without_a_consent_text_joining_is_one_press():
    event = Event().live()
    session = event.store.tables[Session][(event.session,)]
    event.store.tables[Session][(event.session,)] = replace(session, consent_needed=False)
    assert words(event.presses(ANN, f"join:{event.session}", CHAT)).startswith("You're in.")
    assert event.writes(ANN, CHAT, "1.1", "Hello")


def test_with_several_sessions_the_channel_decides():
    event = Event().live(ANN)
    first = event.session
    event.made(name="Second")
    refused = event.types(OLGA, "/mod session extend 5m", "C-elsewhere")
    assert not refused.done
    assert "Choose a session: Keynote, Second" in words(refused)
    assert event.types(OLGA, "/mod session extend 5m", CHAT).done
    assert event.presses(OLGA, f"link:{first}", "C-elsewhere").done


def test_codes_of_ended_sessions_and_rooms_outside_channels_are_refused():
    event = Event().live()
    code = words(event.types(OLGA, "/mod session link", CHAT)).partition("Code: ")[2][:8]
    assert "channel that shall" in words(event.presses(OLGA, f"room:{event.session}:door"))
    event.presses(OLGA, f"advance:{event.session}:ended", CHAT)
    assert "is over" in words(event.types(DORA, f"/mod session enter {code}", HALL))


def test_an_attendee_who_enters_a_code_becomes_a_moderator_and_stays_joined():
    event = Event().live(CLEO)
    code = words(event.types(OLGA, "/mod session link", CHAT)).partition("Code: ")[2][:8]
    elsewhere = replace(CLEO, venue=VenueId("discord:G2"), manages=True)
    assert event.types(elsewhere, f"/mod session enter {code}", "X").done
    assert event.types(CLEO, "/mod poll", HALL).done


def test_a_session_that_starts_or_ends_early_says_so_in_its_times():
    event = Event().made(start="14:30", length="1h")
    event.presses(OLGA, f"room:{event.session}:stage", CHAT)
    planned = event.store.tables[Session][(event.session,)]
    event.types(OLGA, "/mod session start now", CHAT)
    started = event.store.tables[Session][(event.session,)]
    assert started.starts_at == event.now < planned.starts_at
    event.wait(60)
    event.presses(OLGA, f"advance:{event.session}:ended", CHAT)
    assert event.store.tables[Session][(event.session,)].ends_at == event.now < started.ends_at


def test_a_session_that_would_be_over_already_is_not_made():
    event = Event()
    form = event.types(OLGA, "/mod session create", CHAT).reply
    assert isinstance(form, Form)
    refused = event.sends(OLGA, form, CHAT, name="Past", start="2026-01-01 10:00").reply
    assert isinstance(refused, Form)
    assert "over already" in refused.fields[1].error
    assert event.store.rows(Session) == []


def test_what_has_fired_is_not_planned_again():
    event = Event().made(start="14:30")
    event.presses(OLGA, f"room:{event.session}:stage", CHAT)
    event.types(OLGA, "/mod session announce", CHAT)
    event.now = event.store.tables[Session][(event.session,)].starts_at
    event.fires(f"session_start:{event.session}")
    before = event.store.tables[Due][(f"session_start:{event.session}",)]
    assert before.fired_at == event.now
    plan(before.what, Instant(event.now + 1), work := event.store.read(lambda _: [key(Due, before.what)]))
    assert not work.news()
