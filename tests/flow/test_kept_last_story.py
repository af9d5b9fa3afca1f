"""Stage bar, desk and alert: what they say in each state, and that they stay near the end, each once (SPEC 3.7)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.app import commands
from core.domain.ids import SECOND, VenueId
from core.domain.schedule import Due
from core.domain.surfaces import KEPT, Place, PlaceKind, Surface
from core.domain.view import Card
from tests.fakes.bot import ANN, CHAT, CLEO, DISCORD, OLGA, SLACK, Event, actions, buttons, words
from tests.flow.test_rooms_story import race


def card(event: Event, kind: PlaceKind, venue: VenueId = SLACK) -> Card:
    what = {"stage": "bar", "queue": "desk", "backchannel": "alert"}[kind]
    (found,) = event.room(event.ref(kind, venue), what)
    assert isinstance(found, Card)
    return found


def posts(event: Event, kind: PlaceKind = "stage", venue: VenueId = SLACK) -> list[Surface]:
    """Every post of the kept card there was, oldest first, after the jobs did their work."""
    event.settle()
    place = event.place(kind, venue)
    what = {"stage": "bar", "queue": "desk", "backchannel": "alert"}[kind]
    mine = [it for it in event.store.rows(Surface) if it.place == place.id and it.subject.startswith(what)]
    return sorted((it for it in mine if it.kind == "post"), key=lambda it: it.part)


def lines(event: Event, number: int, room: str = CHAT, actor=ANN) -> None:
    for _ in range(number):
        event.__dict__["line"] = event.__dict__.get("line", 0) + 1
        event.writes(actor, room, f"9.{event.__dict__['line']:05}", f"Line {event.__dict__['line']}")


# -- what they say --------------------------------------------------------------------------------------------------


def test_the_stage_bar_says_what_is_open_and_leads_to_the_menu():
    event = Event().opened(OLGA, ANN, CLEO)
    assert "Nothing is open for voting now." in words(card(event, "stage"))
    assert "3 joined · shared with Discord (“The discord place”)" in words(card(event, "stage"))
    assert list(buttons(card(event, "stage")))[:3] == ["Ask a question", "Menu", "Clap 👏"]
    poll = event.poll(question="Tea or coffee?")
    event.settle()
    bar = card(event, "stage")
    assert "Open now: Poll “Tea or coffee?”" in words(bar)
    here = event.place("stage").id
    posted = next(it.ref for it in event.store.rows(Surface) if (it.subject, it.place) == (f"interaction:{poll}", here))
    assert f"ref='{posted}'" in repr(bar), "it leads to the poll's own post here"
    event.presses(OLGA, f"end:{poll}", CHAT)
    assert "Nothing is open" in words(card(event, "stage"))
    event.advances("ended")
    assert "ended" in words(card(event, "stage"))
    assert "Nothing is open" not in words(card(event, "stage"))


def test_the_bar_is_not_there_before_the_doors_and_then_once_a_venue():
    event = Event().with_rooms()
    event.advances("announced")
    event.settle()
    assert event.room(CHAT, "bar") == []
    event.advances("open")
    event.advances("live")
    assert len(posts(event)) == len(posts(event, "stage", DISCORD)) == 1


@pytest.mark.parametrize(
    ("state", "labels", "there"),
    [
        ("announced", ["Open doors", "What is live", "Setup"], "announced"),
        ("open", ["Start now", "What is live", "Message everyone", "Setup", "End session"], "doors open"),
        ("live", ["What is live", "Message everyone", "10 more minutes", "Setup", "End session"], "live until"),
        ("ended", ["What is live", "Setup"], "ended"),
    ],
)
def test_the_desk_says_where_the_session_is_and_what_is_next(state, labels, there):
    event = Event().with_rooms()
    event.advances("announced")
    event.settle()
    for step in ("open", "live", "ended"):
        if state != "announced" and event.state().state != state:
            event.advances(step)
    desk = card(event, "queue")
    assert list(buttons(desk)) == labels
    assert there in words(desk) and "Attendees cannot see this room." in words(desk)
    assert any(it.startswith("newof:") for it in actions(desk)) is (state != "ended")


def test_the_desk_counts_drafts_and_starts_new_interactions():
    event = Event().opened(OLGA)
    assert "No drafts." in words(card(event, "queue"))
    event.poll(then="draft")
    assert "Next up: Poll “Tea?”" in words(card(event, "queue"))
    assert {"Publish next", "Preview", "Drafts 1"} <= set(buttons(card(event, "queue")))
    desk = event.ref("queue")
    form = event.presses(OLGA, f"newof:{event.session}", desk, picked=("poll",)).reply
    assert form is not None and "New poll" in words(form)
    assert not event.presses(OLGA, f"newof:{event.session}", desk, picked=("dance",)).done
    assert not event.presses(OLGA, f"newof:{event.session}", desk).done


def test_a_draft_s_adopted_desk_offers_to_announce():
    event = Event().with_rooms()
    event.presses(OLGA, f"room:{event.session}:queue", "C-desk")
    event.reports(SLACK, "C-desk")
    event.settle()
    assert list(buttons(card(event, "queue"))) == ["Announce", "What is live", "Setup"]


def test_the_alert_and_the_topic_name_speakers_once_there_are_some():
    event = Event().opened(ANN)
    assert words(card(event, "backchannel")) == "Moderators only: attendees cannot see this room."
    event.appoints(ANN, "speaker")
    event.settle()
    told = "Moderators and speakers only: attendees cannot see this room."
    assert words(card(event, "backchannel")) == words(card(event, "backchannel", DISCORD)) == told
    assert set(event.topics.values()) == {told}
    event.removes(ANN, "speaker")
    event.settle()
    assert set(event.topics.values()) == {"Moderators only: attendees cannot see this room."}


# -- kept last ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "actor"), [("stage", ANN), ("queue", OLGA), ("backchannel", OLGA)])
def test_one_line_fewer_does_nothing_and_the_next_one_posts_it_again_after_the_pause(kind, actor):
    event = Event().opened(OLGA, ANN)
    most, pause = KEPT[kind]
    room = event.ref(kind)
    start = event.place(kind).lines
    lines(event, most - 1 - start, room, actor)
    event.wait(pause / SECOND + 1)
    event.ticks()
    assert len(posts(event, kind)) == 1, "24 lines, and 4 at the desk, do nothing"
    lines(event, 1, room, actor)
    event.ticks()
    first, second = posts(event, kind)
    assert (first.gone, first.dead) == (True, "removed")
    assert not second.gone and second.ref not in (None, first.ref)
    assert (event.place(kind).kept, event.place(kind).lines) == (second.id, 0)
    assert len(event.room(room, first.subject)) == 1


def test_the_numbers_are_those_that_were_promised():
    assert KEPT["stage"] == KEPT["backchannel"] == (25, 180 * SECOND)
    assert KEPT["queue"] == (5, 30 * SECOND)


def test_however_many_lines_come_it_is_posted_once_a_pause():
    event = Event().opened(ANN)
    for second in range(540):
        event.wait(1)
        if second % 3 == 0:
            lines(event, 2)
        event.ticks()
    assert len(posts(event)) == 1 + 3
    desk = event.ref("queue")
    event.joins(OLGA)
    for _ in range(120):
        event.wait(1)
        lines(event, 3, desk, OLGA)
        event.ticks()
    assert len(posts(event, "queue")) == 1 + 4


def test_a_quiet_room_is_never_posted_to_again():
    event = Event().opened(ANN)
    before = event.versions()
    for _ in range(10):
        event.wait(3_600)
        event.ticks()
    assert len(posts(event)) == 1
    assert {what for what in event.versions() if event.versions()[what] > before.get(what, 0)} <= {
        f"{what}:{event.session}" for what in ("door", "bar", "desk")
    }, "the session ended meanwhile, and nothing else happened"


def test_lines_of_the_other_venue_follow_the_bar_here_too():
    event = Event().opened(ANN, CLEO)
    start = event.place("stage", DISCORD).lines
    lines(event, 25 - start)
    event.wait(181)
    event.ticks()
    assert len(posts(event, "stage", DISCORD)) == len(posts(event)) == 2


def test_the_bot_s_own_posts_count_as_well():
    event = Event().opened(OLGA)
    start = event.place("stage").lines
    event.poll()
    assert event.place("stage").lines == start + 1


def test_a_line_that_nobody_consented_to_and_repeated_news_count_nothing():
    event = Event().opened(ANN)
    start = event.place("stage").lines
    event.writes(ANN, CHAT, "1.1", "Hello")
    event.writes(ANN, CHAT, "1.1", "Hello")
    event.edits(ANN, CHAT, "1.1", "Hello!")
    event.writes(OLGA, CHAT, "1.2", "Not joined")
    assert event.place("stage").lines == start + 1


def test_two_repostings_at_once_leave_one_card():
    event = Event().opened(ANN)
    lines(event, 25)
    event.wait(200)
    due = event.store.tables[Due][(f"again:{event.place('stage').kept}",)]
    fields = [event.envelope(OLGA, delivery=f"fire {number}").fields() for number in range(2)]
    race(event, *(commands.Fire(**it, what=due.what, due=due.due) for it in fields))
    assert len(posts(event)) == 2
    assert len(event.room(CHAT, "bar")) == 1
    event.ticks()
    assert len(posts(event)) == 2


def test_where_nothing_may_be_shown_it_waits_and_is_posted_again_when_it_may():
    event = Event().opened(OLGA)
    room = event.ref("backchannel")
    lines(event, 25, room, OLGA)
    event.reports(SLACK, room, private=False)
    event.wait(181)
    event.ticks()
    assert len(posts(event, "backchannel")) == 1
    event.reports(SLACK, room)
    event.wait(61)
    event.ticks()
    assert len(posts(event, "backchannel")) == 2
    lines(event, 25, room, OLGA)
    event.wait(181)
    event.ticks()
    assert len(posts(event, "backchannel")) == 3


def test_in_a_room_that_is_gone_nothing_is_posted_again():
    event = Event().opened(ANN)
    lines(event, 25)
    place = event.place("stage")
    event.reports(SLACK, CHAT, gone="deleted")
    event.wait(181)
    event.ticks()
    mine = [it for it in event.store.rows(Surface) if it.place == place.id and it.subject.startswith("bar")]
    assert len(mine) == 1
    assert [it.state for it in event.store.rows(Place) if it.id == place.id] == ["dead"]


# -- before they are too old to be edited ---------------------------------------------------------------------------


def hours(event: Event, number: float) -> None:
    for _ in range(int(number * 60)):
        event.wait(60)
        event.ticks()
        event.settle()


def test_where_old_messages_bear_few_edits_kept_cards_never_grow_old_while_people_are_there():
    event = Event(wears=True).opened(ANN)
    event.types(OLGA, "/mod session extend 5h", CHAT)
    hours(event, 3)
    for kind in KEPT:
        assert len(posts(event, kind)) == 1 + 3, kind
        assert sum(not it.gone for it in posts(event, kind)) == 1
    born = [it.order_at for it in posts(event)]
    assert max(after - before for before, after in pairwise(born)) < 55 * 60 * SECOND
    lines(event, 25)
    event.wait(181)
    event.ticks()
    assert len(posts(event)) == 1 + 3 + 1, "lines bring it down as ever"
    event.advances("ended")
    hours(event, 2)
    assert len(posts(event)) == 1 + 3 + 1, "when all is over nothing is posted again"


def test_before_the_doors_and_where_messages_do_not_wear_nothing_is_posted_for_its_age():
    waiting = Event(wears=True).made(start="23:00")
    waiting.advances("announced")
    waiting.settle()
    hours(waiting, 3)
    assert len(posts(waiting, "queue")) == 1
    waiting.advances("live")
    waiting.settle()
    hours(waiting, 0.95)
    assert len(posts(waiting, "queue")) == 2, "from the doors on it does not grow older"
    other = Event().opened(ANN)
    hours(other, 0.95)
    assert len(posts(other)) == 1
    lines(other, 25)
    other.ticks()
    assert len(posts(other)) == 2, "that it was not too old does not keep it from going down"
