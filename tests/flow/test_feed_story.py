"""The feed and the updates: what is in them, in which words, and for whom (SPEC 6.1, 6.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.outcome import Outcome
from core.domain.form import Form
from core.domain.ids import SubjectId, SurfaceId
from core.domain.people import Actor
from core.domain.sessions import Venue
from core.domain.surfaces import Subject, Surface
from core.domain.text import Jump
from core.domain.view import Speech
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DISCORD, HALL, OLGA, Event, buttons, words


def event(*joining: Actor) -> Event:
    """Discord has a room for the feed, Slack none."""
    made = Event().with_rooms()
    venue = made.store.tables[Venue][(DISCORD,)]
    made.store.tables[Venue][(DISCORD,)] = replace(venue, can=frozenset({"feed"}))
    made.presses(OLGA, f"advance:{made.session}:live", CHAT)
    for actor in joining or (OLGA, ANN, CLEO):
        made.joins(actor)
    made.settle()
    return made


def feed(made: Event, actor: Actor = ANN, room: str = CHAT) -> list[str]:
    return words(made.types(actor, "/stage feed", room)).split("\n")[1:]


def room(made: Event) -> list[str]:
    """What stands in Discord's feed room, oldest first."""
    made.settle()
    return [words(it) for it in made.room(made.ref("feed", DISCORD), "feed")]


def moderates(made: Event, ref: str, what: str) -> Outcome:
    form = made.types(OLGA, f"/mod moderate {CHAT}/{ref}", CHAT).reply
    assert isinstance(form, Form), words(form)
    return made.sends(OLGA, form, CHAT, do=what)


def test_the_feed_begins_empty_and_says_what_comes():
    assert feed(event()) == ["Nothing is here yet. What is pinned, asked and answered comes here, newest first."]


def test_pins_and_polls_are_in_it_newest_first_and_results_are_words():
    made = event()
    made.writes(ANN, CHAT, "1.1", "The slides: https://example.org/")
    made.settle()
    moderates(made, "1.1", "pin")
    made.wait(1)
    poll = made.poll(question="Tea or coffee?", options="Tea\nCoffee")
    made.settle()
    assert [line.partition(" · ")[0] for line in feed(made)] == ["Poll open now", "Pinned"]
    made.votes(ANN, poll, "1")
    made.wait(1)
    made.presses(OLGA, f"end:{poll}", CHAT)
    assert feed(made)[:2] == ["Poll ended · Tea or coffee? – Coffee 100 %, Tea 0 %", "1 vote"]
    assert [line for line in room(made) if "slides" in line]
    assert [line for line in room(made) if line.startswith("Poll ended")] and not [
        line for line in room(made) if "open now" in line
    ]


def test_what_is_unpinned_deleted_or_cleared_is_in_it_no_more():
    made = event()
    for number, line in enumerate(("one", "two", "three")):
        made.writes(ANN, CHAT, f"1.{number}", line)
        made.settle()
        moderates(made, f"1.{number}", "pin")
        made.wait(1)
    assert len(feed(made)) == 3 and len(room(made)) == 3
    moderates(made, "1.0", "unpin")
    moderates(made, "1.1", "delete")
    assert feed(made) == ["Pinned · Ann: three"] or "three" in feed(made)[0]
    assert len(room(made)) == 1
    made.presses(OLGA, f"clear:{made.session}", CHAT)
    made.ticks()
    assert "Nothing is here yet" in feed(made)[0] and room(made) == []


def test_hidden_results_are_in_no_byte_of_it():
    made = event()
    poll = made.poll(sharing="never")
    made.votes(ANN, poll, "1")
    made.presses(OLGA, f"end:{poll}", CHAT)
    assert feed(made) == ["Poll ended · Tea?", "The results are not shared."]
    assert not [line for line in room(made) if "%" in line or "vote" in line]


def test_it_is_read_page_by_page():
    made = event()
    for number in range(12):
        made.writes(ANN, CHAT, f"1.{number}", f"line {number}")
        made.settle()
        moderates(made, f"1.{number}", "pin")
        made.wait(1)
    first = made.types(ANN, "/stage feed", CHAT)
    assert "line 11" in words(first) and "line 1\n" not in words(first)
    older = made.presses(ANN, buttons(first.reply)["Show older"].action, CHAT)
    assert "line 0" in words(older) and "Show the newest" in buttons(older.reply)


@pytest.mark.parametrize("line", ["/stage feed", "/stage updates"])
def test_only_who_joined_reads_it_also_after_the_end(line: str):
    made = event()
    assert "Join the session first" in words(made.types(BEN, line, CHAT))
    made.presses(OLGA, f"advance:{made.session}:ended", CHAT)
    assert made.types(ANN, line, CHAT).done


def test_a_message_to_everybody_stands_in_every_stage_and_in_the_updates():
    made = event()
    form = made.types(OLGA, "/mod message", CHAT).reply
    assert isinstance(form, Form)
    assert "kept in Updates" in words(made.sends(OLGA, form, CHAT, text="The break is over."))
    made.settle()
    for place in (made.place("stage"), made.place("stage", DISCORD)):
        assert "The break is over." in [words(it) for it in made.room(place.ref or "", "message")]
    assert "The break is over." in words(made.types(CLEO, "/stage updates", HALL))
    assert "The break is over." in words(made.presses(ANN, f"menu:{made.session}:updates", CHAT))
    assert "Only moderators" in words(made.types(ANN, "/mod message", CHAT))


@pytest.mark.parametrize("text", ["", "x" * 1_501])
def test_a_message_that_does_not_fit_comes_back_with_its_text(text: str):
    made = event()
    form = made.types(OLGA, "/mod message", CHAT).reply
    assert isinstance(form, Form)
    again = made.sends(OLGA, form, CHAT, text=text).reply
    assert isinstance(again, Form) and "1 to 1,500" in again.fields[0].error and again.fields[0].value == (text,)
    kept = made.types(OLGA, "/mod message", CHAT).reply
    assert isinstance(kept, Form) and kept.fields[0].value == (text,)


def test_a_room_that_comes_later_shows_what_was_there_before():
    made = Event().opened(OLGA, ANN, CLEO)
    made.writes(ANN, CHAT, "1.1", "worth keeping")
    made.settle()
    moderates(made, "1.1", "pin")
    made.presses(OLGA, f"room:{made.session}:feed", "C-feed")
    made.settle()
    shown = [it for it in made.store.rows(Surface) if it.subject.startswith("feed:") and it.ref]
    assert len(shown) == 1


def test_what_is_pinned_unpinned_and_pinned_again_is_an_item_again():
    made = event()
    made.writes(ANN, CHAT, "1.1", "worth keeping")
    made.settle()
    for _ in range(3):
        made.wait(1)
        moderates(made, "1.1", "pin")
        assert [it.partition("  ")[0] for it in room(made)] == ["Pinned · Ann: worth keeping"]
        moderates(made, "1.1", "unpin")
        assert room(made) == []


def test_who_changes_their_name_is_called_so_in_the_feed_and_in_new_quotes():
    made = event(OLGA, CLEO)
    made.joins(ANN, name="Ann Example")
    made.writes(ANN, CHAT, "1.1", "worth keeping")
    made.settle()
    moderates(made, "1.1", "pin")
    assert room(made)[0].startswith("Pinned · Ann Example: ")
    what = next(it.subject for it in made.store.rows(Surface) if it.subject.startswith("feed:"))
    before = made.versions()[what]
    form = made.types(ANN, "/stage settings", CHAT).reply
    assert isinstance(form, Form)
    made.wait(1)
    made.sends(ANN, form, CHAT, settings=("toasts",))
    assert made.versions()[what] > before, "it is shown anew"
    assert room(made)[0].startswith("Pinned · Ann: ")
    assert feed(made)[0].startswith("Pinned · Ann: ")
    made.writes(ANN, CHAT, "1.2", "an answer", to="1.1")
    made.settle()
    quotes = [it.quote for it in made.room(made.ref("stage", DISCORD), "message") if isinstance(it, Speech)]
    assert [it.author for it in quotes if it] == ["Ann"]


def test_the_way_to_a_pinned_line_leads_to_the_post_that_carries_it_among_others():
    made = event()
    made.writes(ANN, CHAT, "1.1", "worth keeping")
    made.settle()
    hall = made.place("stage", DISCORD)
    copy = next(it for it in made.store.rows(Surface) if it.ours and it.subject.startswith("message:"))
    carrier = Surface(SurfaceId("carrier"), SubjectId("bundle:carrier"), hall.id, ref="777", shown=1)
    made._save(carrier)
    made._save(Subject(carrier.subject))
    made.change(copy, bundle=carrier.id, ref=None)
    moderates(made, "1.1", "pin")
    made.settle()
    way = repr(Jump(HALL, "777", "Go to message"))
    for told in (made.types(CLEO, "/stage feed", HALL), made.types(CLEO, "/stage menu", HALL)):
        assert way in repr(told)
    assert way in repr(made.room(made.ref("feed", DISCORD), "feed"))
