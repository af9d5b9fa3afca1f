"""Rooms: wanted in every venue when the session asks for them, adopted ones kept, named alike, put away at the end."""

from __future__ import annotations

from dataclasses import replace

from core.app import commands
from core.app.handle import handle, needs
from core.app.ports import Conflict, Moment
from core.app.unit_of_work import UnitOfWork
from core.domain.form import Form
from core.domain.ids import AccountId, Instant, SessionId, VenueId
from core.domain.sessions import ROOM_NAME_LIMIT, Session, room_name
from core.domain.surfaces import Place
from tests.fakes.bot import ANN, CHAT, CLEO, DISCORD, DOOR, DORA, HALL, OLGA, SLACK, Event, buttons, someone, words
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES

EVERYWHERE = {(kind, venue) for kind in ("door", "queue", "backchannel") for venue in (SLACK, DISCORD)}
STAGES = {("stage", SLACK), ("stage", DISCORD)}


def two_venues() -> Event:
    """A draft without any room, held in both."""
    event = Event().made(start="23:00")
    code = words(event.presses(OLGA, f"link:{event.session}", CHAT)).partition("Code: ")[2][:8]
    event.types(DORA, f"/mod session enter {code}", HALL)
    return event


def rooms(event: Event, state: str = "") -> list[Place]:
    mine = [it for it in event.store.rows(Place) if it.session == event.session]
    return [it for it in mine if (it.state == state if state else it.state in ("wanted", "open", "exposed"))]


def kinds(event: Event) -> set[tuple[str, VenueId]]:
    found = [(it.kind, it.venue) for it in rooms(event)]
    assert len(set(found)) == len(found), "one room of a kind a venue"
    return set(found)


def race(event: Event, *several: commands.Command) -> list[str]:
    """All decide on the same state, then write one after the other; who comes too late decides once more."""
    decided = []
    for command in several:
        work = UnitOfWork()
        with event.store.writing() as transaction:
            transaction.fill(work, lambda have, it=command: needs(it, have))  # type: ignore[misc]
        outcome = handle(command, work, Moment(event.now, event.new_id))
        decided.append((command, work, outcome))
    told = []
    for command, work, outcome in decided:
        try:
            with event.store.writing() as transaction:
                transaction.flush(work)
                transaction.commit()
            told.append(words(outcome))
        except Conflict:
            told.append(words(event.do(command)))
    return told


# -- made -----------------------------------------------------------------------------------------------------------


def test_a_draft_has_no_rooms():
    assert kinds(two_venues()) == set()


def test_announcing_wants_door_queue_and_backchannel_in_every_venue_and_opening_the_doors_the_stage():
    event = two_venues()
    event.advances("announced")
    assert kinds(event) == EVERYWHERE
    event.advances("open")
    assert kinds(event) == EVERYWHERE | STAGES
    before = rooms(event)
    event.advances("live")
    assert rooms(event) == before


def test_starting_at_once_wants_all_of_them():
    event = two_venues()
    event.advances("live")
    assert kinds(event) == EVERYWHERE | STAGES


def test_the_clock_makes_the_stage_too():
    event = two_venues()
    event.advances("announced")
    event.now = event.state().starts_at
    event.ticks()
    assert kinds(event) == EVERYWHERE | STAGES
    assert event.state().state == "live"


def test_each_room_has_its_own_readers_and_its_cards():
    event = two_venues()
    event.advances("open")
    assert {it.kind: it.private for it in rooms(event)} == {
        "door": False, "queue": True, "backchannel": True, "stage": True,
    }  # fmt: skip
    shown = {(place.kind, surface.subject.partition(":")[0]) for place, surface, _ in event.shown()}
    assert shown == {("door", "door"), ("queue", "desk"), ("backchannel", "alert"), ("stage", "bar")}
    event.settle()
    topic = {event.ref("backchannel"), event.ref("backchannel", DISCORD)}
    assert set(event.topics) == topic
    assert set(event.topics.values()) == {"Moderators only: attendees cannot see this room."}


def test_with_access_for_all_the_stage_is_public_and_has_the_join_card():
    event = two_venues()
    rules(event, access="open")
    event.advances("open")
    assert not event.place("stage").private
    event.settle()
    assert len(event.room(event.ref("stage"), "door")) == 1
    refused = rules(event, access="gated")
    assert "made already" in refused


def rules(event: Event, **values: str) -> str:
    form = event.presses(OLGA, f"rules:{event.session}", CHAT).reply
    assert isinstance(form, Form), words(form)
    return words(event.sends(OLGA, form, CHAT, **values))


def test_adopted_rooms_are_kept_and_only_the_others_are_made():
    event = Event().with_rooms()
    event.presses(OLGA, f"room:{event.session}:queue", "C-desk")
    event.advances("announced")
    event.advances("open")
    assert kinds(event) == EVERYWHERE | STAGES
    given = {it.ref: it.kind for it in rooms(event) if it.ref}
    assert given == {CHAT: "stage", HALL: "stage", DOOR: "door", "C-desk": "queue"}
    event.settle()
    assert {it.ref for it in rooms(event) if not it.made} == {CHAT, HALL, DOOR, "C-desk"}


def test_a_room_that_is_on_its_way_gives_way_to_the_one_chosen():
    event = two_venues()
    event.advances("announced")
    assert event.presses(OLGA, f"room:{event.session}:queue", "C-desk").done
    assert event.place("queue").ref == "C-desk"
    assert [it.kind for it in rooms(event, "released")] == ["queue"]
    event.advances("open")
    assert kinds(event) == EVERYWHERE | STAGES
    event.settle()
    assert "its door here already" in words(event.presses(OLGA, f"room:{event.session}:door", "C-other"))


def test_a_room_that_is_gone_is_made_anew_with_the_next_step_even_after_another_was_let_go():
    event = two_venues()
    event.advances("announced")
    event.presses(OLGA, f"room:{event.session}:queue", "C-desk")
    event.reports(SLACK, "C-desk", gone="deleted")
    assert ("queue", SLACK) not in kinds(event)
    event.advances("open")
    assert kinds(event) == EVERYWHERE | STAGES
    shown = words(event.types(OLGA, "/mod rooms", CHAT))
    assert "Desk (queue): on its way" in shown, "not the one that is gone"


def test_entering_a_code_later_makes_the_rooms_of_that_venue():
    event = Event().made()
    code = words(event.presses(OLGA, f"link:{event.session}", CHAT)).partition("Code: ")[2][:8]
    event.advances("open")
    assert {venue for _, venue in kinds(event)} == {SLACK}
    event.types(DORA, f"/mod session enter {code}", HALL)
    assert kinds(event) == EVERYWHERE | STAGES
    event.settle()
    inside = {room: event.inside[event.ref(room, DISCORD)] for room in ("queue", "backchannel", "stage")}
    assert inside == {"queue": {DORA.account}, "backchannel": {DORA.account}, "stage": set()}


def test_a_code_entered_twice_in_one_venue_makes_nothing_twice():
    event = two_venues()
    event.advances("open")
    before = kinds(event)
    code = words(event.presses(OLGA, f"link:{event.session}", CHAT)).partition("Code: ")[2][:8]
    event.types(DORA, f"/mod session enter {code}", HALL)
    assert kinds(event) == before


# -- names ----------------------------------------------------------------------------------------------------------


def test_the_rooms_of_a_session_share_the_beginning_of_their_names():
    event = Event().made(name="Keynote: The Road Ahead!")
    event.advances("live")
    assert {it.name for it in rooms(event)} == {
        f"keynote-the-road-ahead-{kind}" for kind in ("door", "queue", "backchannel", "stage")
    }


@on_each("raw", [*SAMPLES, "a" * 120, "-" * 120, "#general", "ÄÖÜ ß", "Ⅷ. café", "会議", "😀😀"])
def test_a_hostile_name_of_a_session_makes_sane_names_of_rooms(raw):
    session = Session(SessionId("s"), raw[:120], "draft", Instant(0), Instant(1), "UTC")
    for kind in ("door", "queue", "backchannel", "stage"):
        name = room_name(session, kind)
        assert name.endswith(f"-{kind}") and len(name) <= ROOM_NAME_LIMIT
        stem = name.removesuffix(f"-{kind}")
        assert stem and stem == stem.strip("-") == stem.casefold() and "--" not in stem
        assert all(char.isalnum() or char == "-" or char.isalpha() for char in name), "no space, point, sign or @"


# -- at the same time -----------------------------------------------------------------------------------------------


def test_two_moderators_who_announce_at_once_make_every_room_once():
    event = two_venues()
    one, two = (
        commands.Advance(**event.envelope(actor, room).fields(), session=event.session, to="announced")
        for actor, room in ((OLGA, CHAT), (DORA, HALL))
    )
    told = race(event, one, two)
    assert told[0].startswith("“Keynote” is announced")
    assert "is announced already" in told[1]
    assert kinds(event) == EVERYWHERE


def test_the_tick_and_a_moderator_who_start_at_once_make_every_room_once():
    for first in (0, 1):
        event = two_venues()
        event.advances("announced")
        event.now = event.state().starts_at
        clock = replace(OLGA, account=AccountId("clock::"), bot=True)
        fields = event.envelope(clock).fields()
        started = commands.Fire(**fields, what=f"session_start:{event.session}", due=event.now)
        pressed = commands.Advance(**event.envelope(OLGA, CHAT).fields(), session=event.session, to="live")
        race(event, *((started, pressed) if first else (pressed, started)))
        assert kinds(event) == EVERYWHERE | STAGES
        assert event.state().state == "live"
        event.settle()
        assert len(event.room(event.ref("queue"), "desk")) == 1


# -- put away -------------------------------------------------------------------------------------------------------


def test_made_rooms_are_archived_and_adopted_ones_let_go_and_usable_again():
    event = Event().opened(OLGA, ANN, CLEO)
    made = {it.ref for it in rooms(event) if it.made}
    assert len(made) == 5
    event.advances("ended")
    assert kinds(event) == EVERYWHERE | STAGES, "they stay until somebody archives them"
    asked = event.presses(OLGA, f"askarchive:{event.session}", CHAT)
    assert "what was said in them is kept" in words(asked)
    event.advances("archived")
    event.settle()
    assert event.archived == made
    assert kinds(event) == set()
    assert {it.ref for it in rooms(event, "released")} == {CHAT, DOOR, HALL}
    assert {it.ref for it in rooms(event, "dead")} == made
    event.made(name="Next day")
    for kind, room in (("stage", CHAT), ("door", DOOR)):
        assert event.presses(OLGA, f"room:{event.session}:{kind}", room).done
    event.advances("live")
    assert event.ref("stage") == CHAT


def test_a_room_of_ours_that_was_just_closed_to_others_again_is_put_away_too():
    event = Event().opened(OLGA)
    room = event.ref("backchannel")
    event.reports(SLACK, room, private=False)
    event.reports(SLACK, room)
    assert event.place("backchannel").state == "wanted"
    event.advances("ended")
    event.advances("archived")
    event.settle()
    assert room in event.archived


def test_only_an_ended_session_is_archived_and_only_once():
    event = Event().opened(OLGA)
    assert "Only an ended session" in words(event.presses(OLGA, f"askarchive:{event.session}", CHAT))
    assert not event.advances("archived").done
    event.advances("ended")
    assert event.advances("archived").done
    assert not event.advances("archived").done
    assert "is over" in words(event.presses(OLGA, f"room:{event.session}:door", "C-new"))


def test_a_room_that_was_never_made_is_let_go():
    event = two_venues()
    event.advances("live")
    event.advances("ended")
    event.advances("archived")
    assert kinds(event) == set()
    event.settle()
    assert event.archived == set()


# -- the lists ------------------------------------------------------------------------------------------------------


def test_rooms_says_what_is_where_and_offers_the_channel_for_what_is_missing():
    event = Event().made()
    told = words(event.types(OLGA, "/mod rooms", "C-new"))
    assert "Chat (stage): made when the doors open" in told
    assert "Desk (queue): made with the announcement" in told
    card = event.types(OLGA, "/mod rooms", "C-new")
    assert "room:" in repr(card)
    event.advances("live")
    assert "Join card (door): on its way" in words(event.types(OLGA, "/mod rooms", "C-new"))
    event.settle()
    done = event.types(OLGA, "/mod rooms", "C-new")
    offered = {label for label in buttons(done.reply) if label.endswith(": this channel")}
    assert offered == {"Feed: this channel"}, "everything is there that is made by itself"
    event.reports(SLACK, event.ref("backchannel"), private=False)
    assert "Nothing is shown there until only the team" in words(event.types(OLGA, "/mod rooms", "C-new"))
    event.reports(SLACK, event.ref("backchannel"), gone="archived")
    again = event.types(OLGA, "/mod rooms", "C-new")
    assert "Backchannel: cannot be used (archived). Do /mod rooms" in words(again)
    assert f"room:{event.session}:backchannel" in repr(again)
    assert "room:" not in repr(event.types(OLGA, "/mod rooms"))


def test_a_team_room_that_is_used_again_is_looked_at_first_and_has_the_people_of_now():
    event = Event().opened(OLGA, ANN)
    event.appoints(ANN, "speaker")
    event.settle()
    room = event.ref("backchannel")
    assert event.inside[room] == {OLGA.account, ANN.account}
    event.reports(SLACK, room, gone="left")
    event.removes(ANN, "speaker")
    told = event.presses(OLGA, f"room:{event.session}:backchannel", room)
    assert "looked at first" in words(told)
    assert event.place("backchannel").state == "exposed"
    event.settle()
    assert event.inside[room] == {OLGA.account}
    event.reports(SLACK, room)
    assert event.place("backchannel").state == "wanted"


def test_a_room_that_is_used_again_is_not_the_second_one_of_its_kind():
    event = Event().made()
    event.advances("announced")
    event.settle()
    old = event.ref("queue")
    event.reports(SLACK, old, gone="left")
    event.advances("open")
    event.settle()
    assert event.ref("queue") != old
    assert "its queue here already" in words(event.presses(OLGA, f"room:{event.session}:queue", old))
    assert ("queue", SLACK) in kinds(event)


def test_rooms_are_chosen_by_organisers_of_a_venue_where_it_is_held():
    event = Event().opened(OLGA, ANN)
    for actor in (ANN, someone("boss", VenueId("slack:T9"), manages=True)):
        for line in ("/mod rooms", "/mod room queue"):
            assert not event.types(actor, line, CHAT).done
