"""Who asked for it and is away is told of new interactions by direct message, once, and can stop it (SPEC 6.3)."""

from __future__ import annotations

import pytest

from core.app.handle.toasting import MOST
from core.domain.form import Form
from core.domain.people import Actor
from core.domain.surfaces import Place, Surface
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DISCORD, HALL, OLGA, Event, buttons, lively, someone, words

NEWS = ("toasts", "private_chat", "last_name", "news")


def wants(made: Event, actor: Actor, *settings: str) -> None:
    form = made.types(actor, "/stage settings", CHAT if actor.platform == "slack" else HALL).reply
    assert isinstance(form, Form), words(form)
    made.sends(actor, form, CHAT, settings=settings or NEWS)


def event(*joining: Actor) -> Event:
    made = Event().opened(OLGA, *(joining or (ANN, BEN, CLEO)))
    made.wait(600)
    return made


def told(made: Event, actor: Actor) -> list[str]:
    made.ticks()
    return made.direct(actor, "toast")


def test_who_asked_for_it_and_is_away_gets_one_message_with_the_way_to_the_card():
    made = event()
    for actor in (ANN, CLEO):
        wants(made, actor)
    poll = made.poll(question="Tea?")
    made.settle()
    (ann,), (cleo,) = told(made, ANN), told(made, CLEO)
    assert ann.startswith("Poll “Tea?” is open in ") and cleo.startswith("Poll “Tea?” is open in ")
    assert told(made, BEN) == [] and told(made, OLGA) == []
    for what in (f"end:{poll}", f"unpublish:{poll}", f"publish:{poll}"):
        made.presses(OLGA, what, CHAT)
    made.wait(60)
    made.ticks()
    assert len([it for it in made.store.rows(Surface) if it.subject.startswith("toast:")]) == 2, "once each"


def test_publishing_itself_tells_nobody_so_it_is_not_slow():
    made = event()
    wants(made, ANN)
    made.poll()
    assert not [it for it in made.store.rows(Surface) if it.subject.startswith("toast:")]
    assert len(told(made, ANN)) == 1


@pytest.mark.parametrize("settings", [("toasts", "last_name"), ("news", "last_name")])
def test_off_is_the_usual_and_off_is_off(settings: tuple[str, ...]):
    made = event()
    made.poll(question="One?")
    assert told(made, ANN) == []
    wants(made, ANN, *settings)
    made.poll(question="Two?")
    assert told(made, ANN) == []


@pytest.mark.parametrize(("minutes", "number"), [(4.9, 0), (5.1, 1)])
def test_who_was_active_a_moment_ago_is_there_already(minutes: float, number: int):
    made = event()
    wants(made, ANN)
    made.writes(ANN, CHAT, "1.1", "Hello")
    made.wait(minutes * 60)
    made.poll()
    assert len(told(made, ANN)) == number


def test_the_publisher_is_not_told():
    made = event()
    wants(made, OLGA)
    made.poll()
    assert told(made, OLGA) == []


def test_what_ended_before_it_was_told_is_not_told():
    made = event()
    wants(made, ANN)
    poll = made.poll()
    made.presses(OLGA, f"end:{poll}", CHAT)
    assert told(made, ANN) == []
    poll = made.poll()
    made.ticks()
    made.presses(OLGA, f"end:{poll}", CHAT)
    assert told(made, ANN) == []


@pytest.mark.parametrize("settings", [("toasts",), ("news",)])
def test_what_is_turned_off_before_it_was_sent_is_not_sent(settings: tuple[str, ...]):
    made = event()
    wants(made, ANN)
    made.poll()
    assert len(told(made, ANN)) == 1, "it waits to be sent"
    made.wait(1)
    wants(made, ANN, *settings)
    assert told(made, ANN) == []


def test_a_press_stops_them():
    made = event()
    wants(made, ANN)
    made.poll(question="One?")
    made.ticks()
    (card,) = [it for _, it_s, it in made.shown(lambda p, s: s.subject.startswith("toast:"))]
    assert set(buttons(card)) == {"Stop these messages"} or "Stop these messages" in buttons(card)
    assert "no more direct messages" in words(made.presses(ANN, buttons(card)["Stop these messages"]))
    made.wait(600)
    made.poll(question="Two?")
    assert not [line for line in told(made, ANN) if "Two?" in line]
    assert "Tell me of new interactions by direct message: off" in words(
        made.presses(ANN, f"menu:{made.session}:settings", CHAT)
    )
    wants(made, ANN)
    assert "Tell me of new interactions by direct message: on" in words(
        made.presses(ANN, f"menu:{made.session}:settings", CHAT)
    )


def test_linked_accounts_get_one_where_they_were_last_active():
    made = event()
    code = words(made.presses(ANN, "linkcode", CHAT)).partition("Code: ")[2][:8]
    made.types(CLEO, f"/stage link {code}", HALL)
    wants(made, ANN)
    for number, (actor, room) in enumerate(((CLEO, HALL), (ANN, CHAT))):
        made.writes(actor, room, f"{number}.1", "Hello")
        made.wait(600)
        made.poll(question=f"Number {number}?")
        made.ticks()
        places = {it.id: it for it in made.store.rows(Place)}
        mine = [it for it in made.store.rows(Surface) if it.subject.startswith("toast:")]
        assert [places[it.place].venue for it in mine][number:] == [actor.venue]


def test_who_takes_no_direct_messages_is_left_alone():
    made = event()
    wants(made, CLEO)
    made.poll(question="One?")
    made.ticks()
    (place,) = [it for it in made.store.rows(Place) if it.kind == "dm" and it.venue == DISCORD]
    made.change(place, state="dead", wanted_at=made.now)
    made.wait(600)
    made.poll(question="Two?")
    made.ticks()
    assert len([it for it in made.store.rows(Surface) if it.subject.startswith("toast:")]) == 1


def test_so_many_at_most_and_those_who_are_away_the_longest_first():
    crowd = [someone(f"p{number}") for number in range(MOST + 3)]
    made = lively(OLGA, *crowd)
    for actor in crowd:
        wants(made, actor)
    for number in (0, 1, 2):
        made.writes(crowd[number], CHAT, f"{number}.1", "Hello")
        made.wait(60)
    made.wait(600)
    made.poll()
    made.ticks()
    places = {it.id: it.person for it in made.store.rows(Place)}
    got = {places[it.place] for it in made.store.rows(Surface) if it.subject.startswith("toast:")}
    assert got == {made.person(it) for it in crowd[3:]} and len(got) == MOST


def test_who_left_or_is_blocked_is_not_told():
    made = event()
    for actor in (ANN, CLEO):
        wants(made, actor)
    made.presses(ANN, f"leave:{made.session}", CHAT)
    member = made.member(CLEO)
    made.change(member, blocked=True)
    made.poll()
    assert told(made, ANN) == [] and told(made, CLEO) == []


def test_the_form_for_joining_asks_for_three_and_the_settings_for_four():
    made = event(ANN)
    form = made.presses(BEN, f"join:{made.session}", CHAT).reply
    assert isinstance(form, Form)
    assert [len(it.picks) for it in form.fields if it.name == "settings"] == [3]
    settings = made.types(ANN, "/stage settings", CHAT).reply
    assert isinstance(settings, Form)
    (field,) = [it for it in settings.fields if it.name == "settings"]
    assert len(field.picks) == 4 and "news" not in field.value
