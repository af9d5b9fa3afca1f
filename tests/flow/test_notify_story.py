"""Who wants to be told of a poll: a role holds them, one post mentions it, once in ten minutes at most (SPEC 6.3)."""

import pytest

from core.domain.form import Form
from core.domain.interactions.life import Interaction
from core.domain.people import Actor
from core.domain.sessions import Venue
from core.domain.surfaces import Place, Surface
from core.domain.text import Crowd
from core.domain.view import Card, Note
from tests.fakes.bot import ANN, CHAT, CLEO, DAN, DISCORD, DORA, HALL, OLGA, SLACK, Event, words

QUIET = {"settings": ("private_chat", "last_name")}


def mentioning(*joining: Actor) -> Event:
    """Discord can mention people, and its doors are opened with that known."""
    event = Event().with_rooms()
    (venue,) = (it for it in event.store.rows(Venue) if it.id == DISCORD)
    event.change(venue, can=frozenset({"mentions", "threads", "voice"}))
    event.advances("live")
    for actor in (OLGA, *joining):
        event.joins(actor)
    event.settle()
    return event


def told(event: Event) -> set[str]:
    return event.inside[event.ref("notify", DISCORD)]


def mentions(event: Event, room: str) -> list[str]:
    """The roles that the cards in a room would mention if they were posted now."""
    cards = [card for card in event.room(room, "interaction") if isinstance(card, Card)]
    notes = [part.text for card in cards for part in card.parts if isinstance(part, Note)]
    return [node.ref for text in notes if not isinstance(text, str) for node in text if isinstance(node, Crowd)]


def test_only_where_people_can_be_mentioned_a_role_is_wanted():
    event = mentioning(CLEO)
    assert event.place("notify", DISCORD).name == "keynote-notify"
    with pytest.raises(ValueError, match="not enough"):
        event.place("notify", SLACK)
    with pytest.raises(ValueError, match="not enough"):
        Event().opened().place("notify", DISCORD)


def test_who_joined_and_wants_it_is_in_the_role_until_they_change_their_mind():
    event = mentioning(CLEO, ANN)
    event.joins(DAN, **QUIET)
    event.settle()
    assert told(event) == {CLEO.account}
    for actor, on, left in ((CLEO, False, set()), (DAN, True, {DAN.account})):
        form = event.types(actor, "/stage settings", HALL).reply
        assert isinstance(form, Form)
        event.sends(actor, form, HALL, settings=("toasts",) if on else ())
        event.settle()
        assert told(event) == left
    event.presses(DAN, f"leave:{event.session}", HALL)
    event.settle()
    assert told(event) == set()


def test_letting_people_into_the_chat_comes_first():
    event = Event().with_rooms()
    (venue,) = (it for it in event.store.rows(Venue) if it.id == DISCORD)
    event.change(venue, can=frozenset({"mentions"}))
    event.advances("live")
    event.joins(CLEO)
    urgency = {event.store.tables[Place][(it.place,)].kind: it.urgency for it in grants(event)}
    assert urgency["notify"] > urgency["stage"]


def grants(event: Event) -> list[Surface]:
    return [it for it in event.store.rows(Surface) if it.kind == "grant"]


def test_the_first_post_mentions_the_role_and_no_later_one_does():
    event = mentioning(CLEO)
    event.poll(then="notify")
    role = event.ref("notify", DISCORD)
    assert mentions(event, HALL) == [role]
    assert mentions(event, CHAT) == [], "Slack mentions nobody"
    (here,) = (
        it for it in event.store.rows(Surface) if it.subject.startswith("interaction:") and place(event, it) == HALL
    )
    event.change(here, life=1)
    assert mentions(event, HALL) == []


def place(event: Event, surface: Surface) -> str | None:
    return event.store.tables[Place][(surface.place,)].ref


def test_a_chat_that_is_chosen_later_tells_nobody_again():
    event = mentioning(CLEO)
    event.poll(then="notify")
    event.settle()
    event.wait(60)
    event.reports(DISCORD, HALL, gone="deleted")
    event.types(OLGA, "/mod rooms", CHAT)
    event.presses(DORA, f"room:{event.session}:stage", "D-new")
    event.settle()
    assert event.room("D-new", "interaction") and mentions(event, "D-new") == []


def test_without_notify_and_without_a_role_nobody_is_mentioned():
    event = mentioning(CLEO)
    event.poll()
    assert mentions(event, HALL) == []
    event = mentioning()
    event.poll(then="notify")
    assert mentions(event, HALL) == [], "nobody joined, so there is no role"


def test_a_second_time_within_ten_minutes_is_refused_and_keeps_what_was_typed():
    event = mentioning(CLEO)
    event.poll(then="notify")
    event.wait(9 * 60)
    form = event.types(OLGA, "/mod poll", CHAT).reply
    assert isinstance(form, Form)
    again = event.sends(OLGA, form, CHAT, question="Again?", options="Yes\nNo", then="notify").reply
    assert isinstance(again, Form)
    assert "People were notified 9 minutes ago; once in ten minutes is enough." in words(again)
    assert {field.name: field.value for field in again.fields}["question"] == ("Again?",)
    assert len(event.store.rows(Interaction)) == 1
    event.wait(60)
    event.sends(OLGA, again, CHAT)
    assert sum(it.notify for it in event.store.rows(Interaction)) == 2


def test_before_the_session_is_live_nobody_is_notified_and_it_may_be_later():
    event = Event().with_rooms()
    (venue,) = (it for it in event.store.rows(Venue) if it.id == DISCORD)
    event.change(venue, can=frozenset({"mentions"}))
    event.advances("open")
    event.joins(OLGA)
    form = event.types(OLGA, "/mod poll", CHAT).reply
    assert isinstance(form, Form)
    refused = event.sends(OLGA, form, CHAT, question="Early?", options="Yes\nNo", then="notify").reply
    assert isinstance(refused, Form)
    event.advances("live")
    event.sends(OLGA, refused, CHAT)
    assert [it.notify for it in event.store.rows(Interaction)] == [True]


def test_the_role_is_put_away_with_the_rooms():
    event = mentioning(CLEO)
    role = event.ref("notify", DISCORD)
    event.advances("ended")
    event.settle()
    assert role not in event.archived
    event.advances("archived")
    event.settle()
    assert role in event.archived


def test_without_such_a_platform_the_form_does_not_offer_it():
    event = Event().opened(OLGA)
    form = event.types(OLGA, "/mod poll", CHAT).reply
    assert isinstance(form, Form)
    (then,) = (field for field in form.fields if field.name == "then")
    assert [pick.value for pick in then.picks] == ["publish", "draft"]
