"""Who is let into which room: by consent, role and block, at once, and out again the same way (SPEC 1.3, 2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.handle.people import welcome_card
from core.domain.form import Form
from core.domain.ids import SECOND, AccountId, PersonId, VenueId
from core.domain.people import Actor, Member, Seat
from core.domain.schedule import about
from core.domain.surfaces import PlaceKind, Surface
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DISCORD, DORA, HALL, OLGA, SLACK, Event, someone, words

ZOE = someone("zoe")


def inside(event: Event, actor: Actor) -> set[str]:
    """The rooms that the platform lets this person into, after the jobs did their work."""
    event.settle()
    kinds: tuple[PlaceKind, ...] = ("door", "stage", "queue", "backchannel")
    venue = SLACK if actor.platform == "slack" else DISCORD
    return {kind for kind in kinds if actor.account in event.inside[event.ref(kind, venue)]}


def rules(event: Event, **values: str) -> None:
    form = event.presses(OLGA, f"rules:{event.session}", CHAT).reply
    assert isinstance(form, Form), words(form)
    assert event.sends(OLGA, form, CHAT, **values).done


def blocks(event: Event, actor: Actor, what: str = "block") -> None:
    room = CHAT if actor.platform == "slack" else HALL
    if event.writes(actor, room, "77.7", "Noise") is None:
        assert what == "unblock"
    form = event.types(OLGA, f"/mod moderate {CHAT}/77.7", CHAT).reply
    assert isinstance(form, Form), words(form)
    assert event.sends(OLGA, form, CHAT, do=what).done


def test_consent_admits_to_the_stage_and_to_nothing_else():
    event = Event().opened()
    assert inside(event, ANN) == set()
    event.joins(ANN)
    event.joins(CLEO)
    assert inside(event, ANN) == inside(event, CLEO) == {"stage"}
    assert ANN.account not in event.inside[HALL], "in their own venue only"


def test_moderators_have_queue_and_backchannel_and_the_stage_once_they_consented():
    event = Event().opened()
    assert inside(event, OLGA) == inside(event, DORA) == {"queue", "backchannel"}
    event.joins(OLGA)
    assert inside(event, OLGA) == {"queue", "backchannel", "stage"}


def test_speakers_have_the_backchannel():
    event = Event().opened(ANN)
    event.appoints(ANN, "speaker")
    event.appoints(ZOE, "speaker")
    assert inside(event, ANN) == {"stage", "backchannel"}
    assert inside(event, ZOE) == {"backchannel"}
    event.joins(ZOE)
    assert inside(event, ZOE) == {"stage", "backchannel"}


def test_a_new_task_and_its_removal_hold_at_once():
    event = Event().opened(ANN)
    for post, rooms in (
        ("moderator", {"stage", "queue", "backchannel"}),
        ("speaker", {"stage", "backchannel"}),
    ):
        event.appoints(ANN, post)
        assert inside(event, ANN) == rooms
    event.removes(ANN, "speaker")
    assert inside(event, ANN) == {"stage"}


def test_leaving_takes_out_of_the_stage_and_joining_again_lets_in_again():
    event = Event().opened(ANN)
    assert inside(event, ANN) == {"stage"}
    asked = event.types(ANN, "/stage leave", CHAT)
    assert "Leave “Keynote”?" in words(asked)
    assert inside(event, ANN) == {"stage"}, "asked only"
    event.presses(ANN, f"leave:{event.session}", CHAT)
    assert inside(event, ANN) == set()
    assert event.writes(ANN, CHAT, "1.1", "Hello") is None
    event.joins(ANN)
    assert inside(event, ANN) == {"stage"}


def test_a_moderator_who_leaves_keeps_the_rooms_of_the_team():
    event = Event().opened(OLGA)
    event.presses(OLGA, f"leave:{event.session}", CHAT)
    assert inside(event, OLGA) == {"queue", "backchannel"}


def test_a_block_takes_out_and_unblocking_lets_in():
    event = Event().opened(ANN)
    blocks(event, ANN)
    assert inside(event, ANN) == set()
    assert "not available to you" in words(event.presses(ANN, f"join:{event.session}", CHAT))
    assert inside(event, ANN) == set()
    blocks(event, ANN, "unblock")
    assert inside(event, ANN) == {"stage"}


def test_a_blocked_speaker_has_no_room():
    event = Event().opened(ANN)
    event.appoints(ANN, "speaker")
    blocks(event, ANN)
    assert inside(event, ANN) == set()


def test_a_new_text_shuts_the_stage_to_everybody_until_they_accept_it():
    event = Event().opened(OLGA, ANN, CLEO)
    rules(event, disclaimer="Everything is filmed, too.")
    assert inside(event, ANN) == inside(event, CLEO) == set()
    assert inside(event, OLGA) == {"queue", "backchannel"}
    event.joins(ANN)
    assert inside(event, ANN) == {"stage"}
    assert inside(event, CLEO) == set()


def test_the_same_text_saved_again_shuts_nobody_out():
    event = Event().opened(ANN)
    rules(event)
    assert inside(event, ANN) == {"stage"}


def test_what_nobody_was_shown_nobody_accepted():
    event = Event().opened(OLGA)
    rules(event, consent="no")
    assert words(event.presses(ANN, f"join:{event.session}", CHAT)).startswith("You're in.")
    assert inside(event, ANN) == {"stage"}
    rules(event, consent="yes")
    assert inside(event, ANN) == set(), "the text is asked for now, and Ann never saw it"
    assert event.writes(ANN, CHAT, "1.1", "Hello") is None
    event.joins(ANN)
    assert inside(event, ANN) == {"stage"}


def test_who_left_the_room_by_themselves_is_let_in_when_they_join_again():
    event = Event().opened(ANN)
    event.settle()
    event.inside[CHAT].discard(ANN.account)
    assert words(event.presses(ANN, f"join:{event.session}", CHAT)).startswith("You are in already.")
    assert inside(event, ANN) == {"stage"}


def test_who_is_let_in_again_and_blocked_before_that_was_done_is_out():
    event = Event().opened(ANN)
    event.settle()
    event.presses(ANN, f"join:{event.session}", CHAT)
    blocks(event, ANN)
    assert inside(event, ANN) == set(), "they were in there all the time"


def test_whom_the_platform_refused_is_told_what_to_do_and_tried_again():
    event = Event().opened(ANN)
    grant = next(it for it in event.store.rows(Surface) if it.kind == "grant" and ANN.account in it.subject)
    event.change(grant, ref=None, dead="restricted")
    event.inside[CHAT].discard(ANN.account)
    told = words(event.presses(ANN, f"join:{event.session}", CHAT))
    assert "You are in already." in told
    assert inside(event, ANN) == {"stage"}
    grant = next(it for it in event.store.rows(Surface) if it.kind == "grant" and ANN.account in it.subject)
    event.change(grant, ref=None, dead="restricted")
    refused = event.store.tables[Surface][(grant.id,)]
    card = welcome_card(event.state(), PersonId(event.person(ANN)), event.place("stage"), refused, "You're in.")
    assert "ask an admin of the workspace or server to add you" in words(card)


def test_who_waits_longer_than_a_moment_reads_the_place_in_line():
    event = Event(pace=SECOND).opened()
    event.change(event.place("stage"), private=True)
    event.doorman = False
    answers = []
    for number in range(40):
        event.wait(0.01)
        answers.append(event.joins(someone(f"p{number}")))
    assert [number for number, said in enumerate(answers) if "in line" in words(said)] == list(range(5, 40))
    assert "The chat is" in words(answers[4])
    assert words(answers[39]).startswith(
        "You're in. You are number 40 in line for the chat; it opens to you in about 40 seconds. "
        "It appears in your channel list by itself then"
    )
    assert "Open the stage" not in repr(answers[39].reply), "there is nothing to open yet"
    again = words(event.presses(someone("p20"), f"join:{event.session}", CHAT))
    assert again.startswith("You are in already. You are number 21 in line"), "who asks again keeps the place"
    event.change(event.place("stage"), private=False)
    open_to_all = event.joins(someone("late"))
    assert "You are number 41 in line for the chat: you can read it now," in words(open_to_all)
    assert "Open the stage" in repr(open_to_all.reply)
    event.doorman = True
    event.settle()
    assert "in line" not in words(event.presses(someone("p20"), f"join:{event.session}", CHAT))


def test_where_people_are_let_in_at_once_nobody_reads_of_a_line():
    event = Event().opened()
    event.doorman = False
    assert not any("in line" in words(event.joins(someone(f"p{number}"))) for number in range(10))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "10 seconds"),
        (11, "20 seconds"),
        (50, "50 seconds"),
        (51, "1 minute"),
        (61, "2 minutes"),
        (360, "6 minutes"),
    ],
)
def test_a_wait_is_said_in_words_and_never_shorter_than_it_is(seconds, said):
    assert about(seconds * SECOND) == said


def test_a_second_account_in_the_same_venue_has_its_own_seat():
    event = Event().opened(ANN)
    other = replace(ANN, account=AccountId("slack:T2:ann"))
    event.joins(other)
    assert inside(event, ANN) == inside(event, other) == {"stage"}


# -- before the doors -----------------------------------------------------------------------------------------------


def announced(*joining: Actor) -> Event:
    event = Event().made(start="23:00")
    event.advances("announced")
    event.settle()
    for actor in joining:
        event.joins(replace(actor, fleeting=True))
    event.settle()
    return event


def told_of_doors(event: Event, actor: Actor) -> list[str]:
    event.settle()
    event.wait(20)
    event.settle()
    return event.direct(actor, "doors")


def test_who_joined_before_the_doors_is_admitted_when_they_open_and_told_once():
    event = announced(ANN)
    assert "The chat opens at" in event.direct(ANN, "welcome")[0]
    event.advances("open")
    assert inside(event, ANN) == {"stage"}
    assert event.direct(ANN, "doors") == [], "they hear of it when they are in"
    (told,) = told_of_doors(event, ANN)
    assert told.startswith("The doors of “Keynote” are open. The chat is ")
    event.advances("live")
    assert len(told_of_doors(event, ANN)) == 1


@pytest.mark.parametrize("what", ["toasts off", "left", "blocked"])
def test_of_the_doors_nobody_hears_who_wants_no_messages_or_may_not_come_in(what):
    event = announced(BEN)
    event.joins(replace(ANN, fleeting=True), settings=() if what == "toasts off" else ("toasts",))
    match what:
        case "left":
            event.presses(ANN, f"leave:{event.session}")
        case "blocked":
            member = event.member(ANN)
            assert isinstance(member, Member)
            event.change(member, blocked=True)
    event.advances("open")
    assert told_of_doors(event, ANN) == []
    assert len(told_of_doors(event, BEN)) == 1


def test_who_joins_after_the_doors_opened_is_not_told_of_them():
    event = announced(BEN)
    event.advances("open")
    event.settle()
    event.joins(replace(ANN, fleeting=True))
    assert told_of_doors(event, ANN) == []
    assert "The chat is " in event.direct(ANN, "welcome")[0]


def test_who_joined_a_session_that_starts_at_once_is_told_too():
    event = announced(ANN)
    event.now = event.state().starts_at
    event.ticks()
    assert inside(event, ANN) == {"stage"}
    assert len(told_of_doors(event, ANN)) == 1


def test_a_task_given_before_the_rooms_are_there_admits_when_they_are():
    event = Event().made(start="23:00")
    event.appoints(ZOE, "speaker")
    event.advances("announced")
    event.settle()
    assert event.inside[event.ref("backchannel")] == {OLGA.account, ZOE.account}


# -- forms that are open already ------------------------------------------------------------------------------------


def test_a_form_that_is_open_when_the_task_is_taken_away_changes_nothing_any_more():
    event = Event().opened(OLGA, ANN)
    event.appoints(ANN, "moderator")
    forms = [event.presses(ANN, f"{verb}:{event.session}", CHAT).reply for verb in ("details", "rules")]
    event.removes(ANN, "moderator")
    before = event.state()
    for form in forms:
        assert isinstance(form, Form)
        assert "Only moderators of this session" in words(event.sends(ANN, form, CHAT, name="Mine", access="open"))
    assert event.state() == before


def test_a_form_that_is_open_when_the_person_is_blocked_lets_nobody_in():
    event = Event().opened()
    form = event.presses(ANN, f"join:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    event.joins(ANN)
    blocks(event, ANN)
    assert not event.sends(ANN, form, CHAT).done
    assert inside(event, ANN) == set()


def test_who_joins_from_direct_messages_that_belong_to_no_server_takes_a_seat_where_the_session_is_held():
    event = Event().opened(OLGA)
    nowhere = replace(CLEO, venue=VenueId("discord:"))
    event.joins(nowhere)
    (seat,) = [it for it in event.store.rows(Seat) if it.account == CLEO.account]
    assert seat.venue == DISCORD
    event.settle()
    assert words(event.types(nowhere, "/stage menu")).startswith("Keynote")
