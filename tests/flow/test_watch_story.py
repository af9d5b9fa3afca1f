"""Rooms that others can read, rooms that are gone, and lines that came too late: told to the moderators (SPEC 8.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app import commands
from core.app.commands import Reader
from core.app.outcome import Outcome
from core.domain.ids import MINUTE, AccountId, Instant, VenueId
from core.domain.notices import Notice
from core.domain.people import Actor
from core.domain.surfaces import Place, PlaceKind, Surface
from tests.fakes.bot import ANN, BEN, CHAT, DISCORD, DORA, HALL, OLGA, SLACK, START, Event, itself, someone, words
from tests.fakes.reading import buttons

ZOE = someone("zoe")


def reader(actor: Actor, *, manages: bool = False) -> Reader:
    return Reader(actor.account, actor.nick, manages)


def team(event: Event, kind: PlaceKind = "backchannel", *readers: Reader, **found: object) -> Outcome | None:
    return event.reports(SLACK, event.ref(kind), *readers, **found)


def direct(event: Event, actor: Actor = OLGA) -> list[str]:
    event.settle()
    return event.direct(actor, "note")


def desk(event: Event, venue: VenueId = SLACK) -> list[str]:
    event.settle()
    return [words(it) for it in event.room(event.ref("queue", venue), "note")]


# -- who reads along ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["queue", "backchannel"])
@pytest.mark.parametrize(
    ("found", "readers", "why"),
    [
        ({"private": False}, (), "People who are not on the team can read it."),
        ({"shared": True}, (), "It is shared with another company."),
        ({}, (ZOE,), "Zoe can read it and is not on the team."),
        ({}, (ZOE, OLGA, BEN), "Ben, Zoe can read it and are not on the team."),
    ],
)
def test_a_team_room_that_others_can_read_is_exposed_and_the_moderators_are_told_once_by_message(
    kind, found, readers, why
):
    event = Event().opened(OLGA, BEN)
    given = [reader(it) for it in readers]
    assert team(event, kind, *given, **found) is not None
    assert event.place(kind).state == "exposed"
    (told,) = direct(event)
    label = {"queue": "Desk (queue)", "backchannel": "Backchannel"}[kind]
    assert told == f"{label} in “The slack place” of “Keynote”: {why} The bot writes nothing there until that ends."
    assert direct(event, DORA) == [told], "moderators elsewhere too"
    assert desk(event, DISCORD) == [], "by message, not at a desk"
    for _ in range(3):
        event.wait(60)
        assert team(event, kind, *given, **found) is None
    assert direct(event) == [told]


def test_nothing_is_shown_there_until_it_ends_and_then_all_of_it():
    event = Event().opened(OLGA, DORA)
    room = event.ref("backchannel")
    team(event, "backchannel", private=False)
    before = event.room(room)
    event.writes(DORA, event.ref("backchannel", DISCORD), "5.5", "Among us")
    event.settle()
    assert event.room(room) == before
    assert team(event, "backchannel", reader(OLGA)) is not None
    assert event.place("backchannel").state == "wanted"
    assert [it for it in direct(event) if "for the team only again" in it]
    event.writes(DORA, event.ref("backchannel", DISCORD), "5.6", "Again among us")
    event.settle()
    assert words(event.room(room, "message")[0]) == "Again among us"
    assert team(event, "backchannel", reader(OLGA)) is None
    assert len(direct(event)) == 2


def test_who_waits_to_be_sent_out_is_sent_out_of_an_exposed_room():
    event = Event().opened(OLGA, ANN)
    event.appoints(ANN, "speaker")
    event.settle()
    event.removes(ANN, "speaker")
    team(event, "backchannel", reader(ANN))
    event.settle()
    assert event.inside[event.ref("backchannel")] == {OLGA.account}
    assert team(event, "backchannel", reader(OLGA)) is not None


def test_owners_and_the_team_may_read():
    event = Event().opened(OLGA, ANN)
    event.appoints(ANN, "speaker")
    readers = (reader(OLGA), reader(ANN), reader(ZOE, manages=True))
    assert team(event, "backchannel", *readers) is None
    assert team(event, "queue", *readers) is not None, "speakers have no part in the queue"
    assert "Ann can read it and is not on the team." in direct(event)[0]


def test_a_blocked_speaker_is_on_no_team():
    event = Event().opened(OLGA, ANN)
    event.appoints(ANN, "speaker")
    event.change(event.member(ANN), blocked=True)
    assert team(event, "backchannel", reader(ANN)) is not None


def test_many_outsiders_are_counted_and_names_are_harmless():
    event = Event().opened(OLGA)
    crowd = [Reader(AccountId(f"slack:T1:x{number}"), f"X{number}\n@here") for number in range(9)]
    team(event, "backchannel", *crowd, Reader(AccountId("slack:T1:y"), ""))
    (told,) = direct(event)
    assert "X0 @here, X1 @here, X2 @here and 7 more can read it and are not on the team." in told
    assert "\n" not in told
    team(event, "backchannel", Reader(AccountId("slack:T1:y"), "\u202e"))
    assert "somebody can read it and is not on the team." in direct(event)[1]


def test_another_reason_is_told_as_well():
    event = Event().opened(OLGA)
    team(event, "backchannel", private=False)
    event.wait(1)
    team(event, "backchannel", shared=True)
    assert len(direct(event)) == 2


def test_an_adopted_team_room_is_written_in_only_after_the_first_good_look():
    event = Event().with_rooms()
    for kind in ("queue", "backchannel"):
        room = f"C-{kind}"
        told = words(event.presses(OLGA, f"room:{event.session}:{kind}", room))
        assert "It is looked at first" in told
        event.settle()
        assert written(event, kind) == []
        event.reports(SLACK, room, reader(ZOE))
        event.settle()
        assert written(event, kind) == []
        event.reports(SLACK, room, reader(OLGA))
        event.settle()
        assert len(event.room(room)) == 1


def test_a_first_good_look_is_told_to_nobody():
    event = Event().with_rooms()
    event.presses(OLGA, f"room:{event.session}:queue", "C-desk")
    event.reports(SLACK, "C-desk", reader(OLGA))
    assert event.store.rows(Notice) == []


def written(event: Event, kind: PlaceKind) -> list[Surface]:
    """What stands there, or was tried."""
    return [it for it in event.store.rows(Surface) if it.place == event.place(kind).id and it.ref is not None]


# -- the stage ------------------------------------------------------------------------------------------------------


def test_a_stage_that_was_private_and_is_not_any_more_is_told_at_the_desks_and_goes_on():
    for found, who in (({"private": False}, "everybody there"), ({"shared": True}, "another company too")):
        event = Event().opened(OLGA, ANN)
        event.change(event.place("stage"), private=True)
        assert event.reports(SLACK, CHAT) is None
        assert event.reports(SLACK, CHAT, **found) is not None
        expected = f"Chat (stage) in “The slack place” of “Keynote” can be read by {who} now."
        assert desk(event)[0].startswith(expected) and desk(event, DISCORD) == desk(event)
        assert event.reports(SLACK, CHAT, **found) is None
        assert event.writes(ANN, CHAT, "1.1", "Hello") is not None
        assert direct(event) == []


def test_a_door_is_there_to_be_read():
    event = Event().opened(OLGA)
    assert event.reports(SLACK, "C-door", private=False) is None


# -- gone -----------------------------------------------------------------------------------------------------------


def test_a_room_that_is_gone_is_told_at_the_desks_and_of_a_desk_by_message():
    event = Event().opened(OLGA)
    assert event.reports(SLACK, CHAT, gone="archived") is not None
    assert "Chat (stage) in “The slack place” of “Keynote” cannot be used any more (archived)." in desk(event)[0]
    assert event.reports(SLACK, CHAT, gone="archived") is None, "once"
    event.reports(DISCORD, event.ref("queue", DISCORD), gone="deleted")
    event.reports(SLACK, event.ref("queue"), gone="deleted")
    assert "Desk (queue)" in direct(event)[0] and "(deleted)" in direct(event)[0]
    assert "Desk (queue)" in desk_left(event)


@pytest.mark.parametrize("kind", ["door", "stage", "queue", "backchannel"])
def test_a_room_that_is_there_again_is_used_again_and_nothing_that_waited_is_lost(kind):
    event = Event().opened(OLGA)
    event.joins(ANN)
    event.settle()
    place = event.place(kind)
    event.reports(SLACK, str(place.ref), gone="left")
    poll = event.poll(question="Tea or coffee?")
    event.joins(BEN)
    assert event.store.tables[Place][(place.id,)].state == "dead"
    assert event.reports(SLACK, str(place.ref), private=kind != "door", back=True) is not None
    assert event.reports(SLACK, str(place.ref), private=kind != "door", back=True) is None, "told once"
    event.settle()
    after = event.place(kind)
    assert (after.id, after.trouble) == (place.id, "")
    assert after.state in ("wanted", "open")
    assert any("can be used again" in said for said in desk(event))
    if kind == "stage":
        assert {ANN.account, BEN.account} <= event.inside[str(place.ref)]
        assert any("Tea or coffee?" in words(it) for it in event.room(str(place.ref), "interaction")), poll
        event.writes(ANN, str(place.ref), "5.5", "Hello again")
        assert "Hello again" in repr(event.room(event.ref("stage", DISCORD), "message"))


def test_a_team_room_that_is_there_again_is_looked_at_first():
    event = Event().opened(OLGA)
    place = event.place("backchannel")
    event.reports(SLACK, str(place.ref), gone="left")
    assert event.reports(SLACK, str(place.ref)) is None, "only a look that was meant for it brings it back"
    event.reports(SLACK, str(place.ref), private=False, back=True)
    assert event.place("backchannel").state == "exposed"
    assert "is there again: People who are not on the team can read it." in "".join(direct(event))
    event.reports(SLACK, str(place.ref))
    assert event.place("backchannel").state == "wanted"


def test_where_another_channel_was_taken_meanwhile_the_old_one_stays_away():
    event = Event().opened(OLGA)
    event.reports(SLACK, CHAT, gone="left")
    event.presses(OLGA, f"room:{event.session}:stage", "C-new")
    event.settle()
    assert event.reports(SLACK, CHAT, back=True) is None
    assert event.ref("stage") == "C-new"


def test_in_the_channel_that_could_not_be_used_rooms_offers_it_again_as_what_it_was():
    event = Event().opened(OLGA)
    event.reports(SLACK, CHAT, gone="left")
    event.reports(SLACK, event.ref("door"), gone="deleted")
    card = event.types(OLGA, "/mod rooms", CHAT).reply
    assert list(buttons(card)) == ["Stage: this channel"]
    assert "Chat (stage): cannot be used (left). Do /mod rooms in another channel to take that, or there" in words(card)
    event.presses(OLGA, f"room:{event.session}:stage", CHAT)
    assert event.place("stage").ref == CHAT


def desk_left(event: Event) -> str:
    return "\n".join(words(content) for _, surface, content in event.shown() if surface.subject.startswith("note"))


def test_a_room_that_could_not_be_made_is_told_by_its_place():
    event = Event().made()
    event.advances("live")
    place = event.place("queue")
    fields = event.envelope(itself(SLACK)).fields()
    event.do(commands.ReportRoom(**fields, place=place.id, private=False, gone="no permission"))
    assert event.store.tables[Place][(place.id,)].state == "dead"
    assert "cannot be made: no permission. Do /mod rooms" in direct(event)[0]
    again = event.envelope(itself(SLACK)).fields()
    assert event.do(commands.ReportRoom(**again, place=place.id, private=False, gone="no permission")) is None


def test_after_the_end_a_room_that_goes_is_nobody_s_trouble():
    event = Event().opened(OLGA)
    event.advances("ended")
    assert event.reports(SLACK, CHAT, gone="archived") is not None
    assert event.store.rows(Notice) == []
    event.advances("archived")
    assert event.reports(DISCORD, HALL, gone="archived") is None


@pytest.mark.parametrize("actor", [OLGA, ANN, ZOE, replace(ZOE, manages=True)])
def test_reports_by_anybody_but_the_bot_are_ignored(actor):
    event = Event().opened(OLGA, ANN)
    before = {table: dict(rows) for table, rows in event.store.tables.items()}
    for room in (event.ref("backchannel"), CHAT, "C-none"):
        for found in ({"private": False}, {"private": True, "gone": "deleted"}):
            fields = event.envelope(actor, room).fields()
            assert event.do(commands.ReportRoom(**fields, **found)) is None
        fields = event.envelope(actor, room).fields()
        assert event.do(commands.ReportGap(**fields, key="k", until=event.now, state="lost")) is None
        assert event.do(commands.ReportTrouble(**fields, key="k", words="It is broken.")) is None
    assert event.store.tables == before
    assert event.reports(SLACK, "C-none", private=False) is None
    dm = next((it for it in event.store.rows(Place) if it.session is None), None)
    assert dm is None or event.reports(SLACK, dm.ref or "", private=False) is None


# -- gaps -----------------------------------------------------------------------------------------------------------


def gap(event: Event, state: str, *, room: str = "", key: str = "g1", venue: VenueId = SLACK) -> Outcome | None:
    fields = event.envelope(itself(venue), room, at=START).fields()
    until = Instant(START + MINUTE)
    return event.do(commands.ReportGap(**fields, key=key, until=until, state=state))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("end", "words_of_it"),
    [("filled", "They were read back: nothing is missing."), ("lost", "Not all of them could be read back")],
)
def test_a_gap_is_shown_at_the_desks_and_its_words_change_where_they_stand(end, words_of_it):
    event = Event().opened(OLGA)
    assert gap(event, "reading") is not None
    (told,) = desk(event)
    assert "Lines written in “The slack place” from" in told and "They are being read back now." in told
    posted = [it.ref for it in event.store.rows(Surface) if it.subject.startswith("note")]
    gap(event, end)
    (told,) = desk(event)
    assert words_of_it in told and desk(event, DISCORD) == [told]
    assert [it.ref for it in event.store.rows(Surface) if it.subject.startswith("note")] == posted
    versions = event.versions()
    gap(event, end)
    assert event.versions() == versions


def test_a_gap_that_was_filled_before_anybody_heard_of_it_is_told_to_nobody():
    event = Event().opened(OLGA)
    assert gap(event, "filled") is None
    assert gap(event, "lost") is not None, "a loss is told all the same"
    assert len(desk(event)) == 1


def test_gaps_of_one_room_or_of_all_of_a_venue_while_people_talk():
    event = Event().opened(OLGA)
    assert gap(event, "lost", room="C-other") is None
    assert gap(event, "lost", room=CHAT) is not None
    assert gap(event, "lost", key="g2", venue=DISCORD) is not None
    assert gap(event, "lost", venue=VenueId("slack:T9")) is None
    assert len(desk(event)) == 2
    event.advances("ended")
    assert gap(event, "lost", key="g3") is None
    quiet = Event().made(start="23:00")
    quiet.presses(OLGA, f"room:{quiet.session}:stage", CHAT)
    assert gap(quiet, "reading") is None


def test_a_stage_that_was_let_go_has_no_gaps():
    event = Event().opened(OLGA)
    event.advances("ended")
    event.advances("archived")
    assert gap(event, "lost") is None
    assert gap(event, "lost", room=CHAT) is None


def test_a_gap_in_the_backchannel_is_told_when_that_room_is_named():
    event = Event().opened(OLGA)
    room = event.ref("backchannel")
    fields = event.envelope(itself(SLACK), room).fields()
    gap = commands.ReportGap(**fields, key="unread:1", until=Instant(event.now + MINUTE), state="lost")
    assert event.do(gap) is not None
    assert any(told.startswith("Lines written in the backchannel of “The slack place” from") for told in desk(event))


# -- troubles -------------------------------------------------------------------------------------------------------


def trouble(event: Event, words_of_it: str, *, over: bool = False, venue: VenueId = DISCORD) -> Outcome | None:
    fields = event.envelope(itself(venue)).fields()
    return event.do(commands.ReportTrouble(**fields, key="t1", words=words_of_it, over=over))


def test_a_trouble_is_told_once_and_its_end_stands_where_it_stood():
    event = Event().opened(OLGA)
    assert trouble(event, "All is well.", over=True) is None, "nobody heard that it was not"
    assert trouble(event, "No words come.") is not None
    assert desk(event) == desk(event, DISCORD) and "No words come." in desk(event)[0]
    versions = event.versions()
    assert trouble(event, "No words come.") is None
    assert trouble(event, "No words come.", venue=VenueId("discord:9")) is None
    assert event.versions() == versions
    assert trouble(event, "Words come again.", over=True) is not None
    (told,) = desk(event)
    assert "Words come again." in told and "No words" not in told
    event.advances("ended")
    assert trouble(event, "No words come.", venue=SLACK) is None


def test_a_session_that_begins_during_a_trouble_hears_of_it_when_it_is_told_again():
    quiet = Event().made(start="23:00")
    quiet.presses(OLGA, f"room:{quiet.session}:stage", CHAT)
    assert trouble(quiet, "No words come.", venue=SLACK) is None
    event = Event().opened(OLGA)
    assert trouble(event, "No words come.", venue=SLACK) is not None
    assert len(desk(event)) == 1
