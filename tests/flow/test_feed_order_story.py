"""Moderators arrange the feed from its own page; who only reads it cannot (SPEC 6.1)."""

from __future__ import annotations

import pytest

from core.app.outcome import Outcome
from core.domain.view import Card, Select
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DISCORD, HALL, OLGA, Event, buttons, words
from tests.flow.test_feed_story import event, moderates, room


def filled(number: int = 3) -> Event:
    """Lines 0, 1, … are pinned one after the other."""
    made = event()
    for index in range(number):
        made.writes(ANN, CHAT, f"1.{index}", f"line {index}")
        made.settle()
        moderates(made, f"1.{index}", "pin")
        made.wait(1)
    return made


def menu(reply: object) -> Select:
    assert isinstance(reply, Card)
    (found,) = [it for it in reply.parts if isinstance(it, Select)]
    return found


def lines(made: Event) -> list[str]:
    told = words(made.types(ANN, "/stage feed", CHAT)).split("\n")[1:]
    return [
        it.partition("  ")[0].removeprefix("Pinned · Ann: ") for it in told if it[:6] in ("Pinned", "Poll o", "Poll e")
    ]


def opens(made: Event, label: str) -> Outcome:
    chosen = menu(made.types(OLGA, "/stage feed", CHAT).reply)
    (value,) = [it.value for it in chosen.options if label in it.label]
    return made.presses(OLGA, chosen.action, CHAT, (value,))


def moves(made: Event, label: str, way: str) -> Outcome:
    reply = opens(made, label).reply
    return made.presses(OLGA, buttons(reply)[f"Move {way}"], CHAT)


def test_a_moderator_picks_an_item_and_moves_it():
    made = filled()
    assert lines(made) == ["line 2", "line 1", "line 0"]
    assert words(moves(made, "line 0", "up")).startswith("It is number 2 of 3 in the feed now.")
    assert lines(made) == ["line 2", "line 0", "line 1"]
    moves(made, "line 2", "down")
    assert lines(made) == ["line 0", "line 2", "line 1"]
    moves(made, "line 1", "to top")
    assert lines(made) == ["line 1", "line 0", "line 2"]
    assert "first one already" in words(moves(made, "line 1", "up"))
    assert "first one already" in words(moves(made, "line 1", "to top"))
    assert "last one already" in words(moves(made, "line 2", "down"))


def test_items_of_the_same_instant_can_be_moved_too():
    made = event()
    for index in range(4):
        made.writes(ANN, CHAT, f"1.{index}", f"line {index}")
        made.settle()
        moderates(made, f"1.{index}", "pin")
    before = lines(made)
    moves(made, before[3], "up")
    assert lines(made) == [before[0], before[1], before[3], before[2]]
    moves(made, before[1], "up")
    assert lines(made) == [before[1], before[0], before[3], before[2]]


def test_what_goes_to_the_top_is_posted_again_as_the_newest_and_other_moves_change_the_page_only():
    made = filled()

    def standing() -> list[str]:
        return [it.partition("  ")[0].removeprefix("Pinned · Ann: ") for it in room(made)]

    assert standing() == ["line 0", "line 1", "line 2"]
    assert "A room to read in keeps its order" in words(moves(made, "line 0", "up"))
    assert standing() == ["line 0", "line 1", "line 2"]
    made.wait(1)
    moves(made, "line 0", "to top")
    assert standing() == ["line 1", "line 2", "line 0"]
    made.wait(1)
    moves(made, "line 1", "to top")
    assert standing() == ["line 2", "line 0", "line 1"]


def test_news_comes_above_what_was_moved_and_a_result_is_news():
    made = filled(2)
    poll = made.poll(question="Tea?")
    moves(made, "line 0", "to top")
    moves(made, "Tea?", "down")
    assert [it[:14] for it in lines(made)][-1] == "Poll open now "
    made.wait(60)
    made.presses(OLGA, f"end:{poll}", CHAT)
    assert lines(made)[0].startswith("Poll ended")
    made.wait(1)
    moderates(made, "1.1", "unpin")
    moderates(made, "1.1", "pin")
    assert lines(made)[0] == "line 1"


def test_an_interaction_is_picked_as_its_twin_with_everything_that_can_be_done():
    made = event()
    made.poll(question="Tea?")
    shown = buttons(opens(made, "Tea?").reply)
    assert {"Hide results", "End", "Move up", "Move down", "Move to top"} <= set(shown)


def test_a_pinned_line_is_unpinned_from_there():
    made = filled(2)
    reply = opens(made, "line 1").reply
    assert set(buttons(reply)) == {"Unpin", "Move up", "Move down", "Move to top"}
    assert "Unpinned" in words(made.presses(OLGA, buttons(reply)["Unpin"], CHAT))
    assert lines(made) == ["line 0"] and len(room(made)) == 1
    again = made.presses(OLGA, buttons(reply)["Move to top"], CHAT)
    assert "not in the feed any more" in words(again) and lines(made) == ["line 0"]


@pytest.mark.parametrize("actor", [ANN, BEN, CLEO])
def test_who_is_no_moderator_has_no_such_menu_and_is_refused(actor):
    made = filled(2)
    told = made.types(actor, "/stage feed", CHAT if actor is not CLEO else HALL).reply
    assert isinstance(told, Card) and not [it for it in told.parts if isinstance(it, Select)]
    reply = opens(made, "line 0").reply
    before = lines(made)
    for act in buttons(reply).values():
        assert "Only moderators" in words(made.presses(actor, act, CHAT))
    chosen = menu(made.types(OLGA, "/stage feed", CHAT).reply)
    assert "Only moderators" in words(made.presses(actor, chosen.action, CHAT, (chosen.options[0].value,)))
    assert lines(made) == before


def test_a_room_that_comes_later_has_the_same_order():
    made = filled()
    moves(made, "line 0", "up")
    made.presses(OLGA, f"room:{made.session}:feed", "C-feed")
    made.settle()
    shown = [words(one).partition("  ")[0][-6:] for one in made.room("C-feed", "feed")]
    assert shown == ["line 1", "line 0", "line 2"]
    assert made.ref("feed", DISCORD)
