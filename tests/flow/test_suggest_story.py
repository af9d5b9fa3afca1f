"""What is suggested while a command is typed: what fits, at most 25, and lines to moderators only (SPEC 13.4)."""

from dataclasses import replace

from core.app.suggest import Ask, suggest_needs, suggestions
from core.domain.people import Actor
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DORA, HALL, OLGA, Event


def asked(event: Event, actor: Actor, typed: str = "", room: str = CHAT, argument: str = "link") -> list[str]:
    return [it.label for it in options(event, actor, typed, room, argument)]


def options(event: Event, actor: Actor, typed: str = "", room: str = CHAT, argument: str = "link"):
    path = ("moderate",) if argument == "link" else ("session", "extend")
    ask = Ask(actor, room, "mod", path, argument, typed)
    return suggestions(ask, event.store.read(lambda work: suggest_needs(ask, work)))


def test_examples_that_begin_like_it_need_no_session():
    event = Event()
    assert asked(event, ANN, argument="length") == ["5m", "10m", "15m", "30m", "1h"]
    assert asked(event, ANN, " 1", "", "length") == ["10m", "15m", "1h"]
    assert asked(event, ANN, argument="nothing") == []


def test_moderators_see_the_newest_lines_with_their_places_here():
    event = Event().opened(OLGA, DORA, ANN, CLEO)
    event.writes(ANN, CHAT, "1.1", "First\nof all")
    event.wait(1)
    event.writes(CLEO, HALL, "2.2", "Second")
    event.settle()
    assert asked(event, OLGA) == ["Cleo: Second", "Ann: First of all"]
    assert [it.value for it in options(event, OLGA)][1] == f"{CHAT}/1.1"
    assert next(iter(options(event, DORA, room=HALL))).value == f"{HALL}/2.2"
    assert asked(event, OLGA, "FIRST") == ["Ann: First of all"]
    assert asked(event, OLGA, "ann") == ["Ann: First of all"]
    assert asked(event, OLGA, "third") == []


def test_nobody_else_is_shown_any():
    event = Event().opened(OLGA, ANN, CLEO)
    event.writes(ANN, CHAT, "1.1", "Hello")
    event.settle()
    for actor in (ANN, CLEO, BEN):
        assert asked(event, actor, room=CHAT) == asked(event, actor, room=HALL) == []
    assert asked(event, OLGA, room="C-other") == asked(event, OLGA, room="") == []
    assert asked(event, replace(OLGA, bot=True)) == []
    event.appoints(ANN, "moderator")
    assert asked(event, ANN) == ["Ann: Hello"]
    event.change(event.member(ANN), blocked=True)
    assert asked(event, ANN) == []


def test_what_was_deleted_or_said_among_the_team_is_not_suggested():
    event = Event().opened(OLGA, DORA, ANN)
    event.writes(ANN, CHAT, "1.1", "Gone")
    event.deletes(ANN, CHAT, "1.1")
    event.writes(OLGA, event.ref("backchannel"), "3.3", "Among us")
    event.settle()
    assert asked(event, OLGA) == []


def test_at_most_twenty_five_of_a_hundred_characters():
    event = Event().opened(OLGA, DORA, ANN)
    for number in range(30):
        event.wait(1)
        event.writes(ANN, CHAT, f"1.{number}", f"{number} " + "long words " * 30)
    event.settle()
    found = options(event, OLGA)
    assert len(found) == 25
    assert found[0].label.startswith("Ann: 29 long words")
    assert all(1 <= len(it.label) <= 100 and 1 <= len(it.value) <= 100 for it in found)
