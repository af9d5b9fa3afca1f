"""Who wants to be told of a poll: a role holds them, one post mentions it, once in ten minutes at most (SPEC 6.3)."""

import pytest

from core.domain.form import Form
from core.domain.interactions.life import Interaction
from core.domain.people import Actor
from core.domain.sessions import Venue
from core.domain.surfaces import Place, Surface
from core.domain.text import Crowd
from core.domain.view import Card, Note, Select
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


def test_a_second_time_within_ten_minutes_is_refused_and_the_draft_stays():
    event = mentioning(CLEO)
    event.poll(then="notify")
    event.wait(9 * 60)
    again = event.poll(question="Again?", then="draft")
    before = event.store.rows(Interaction)
    refused = event.picks(OLGA, again, "notify")
    assert not refused.done
    assert words(refused) == (
        "People were notified 9 minutes ago; once in ten minutes is enough. Publish without that."
    )
    assert event.store.rows(Interaction) == before
    event.wait(60)
    assert event.picks(OLGA, again, "notify").done
    assert sum(it.notify for it in event.store.rows(Interaction)) == 2


def test_picked_twice_people_are_notified_once():
    event = mentioning(CLEO)
    poll = event.poll(then="draft")
    assert event.picks(OLGA, poll, "notify").done
    at = event.state().notified_at
    event.wait(11 * 60)
    again = event.picks(OLGA, poll, "notify")
    assert (again.done, words(again)) == (False, "It is published already.")
    assert event.state().notified_at == at, "nobody was notified, so the next one may be"


def test_before_the_session_is_live_nobody_is_notified_and_it_may_be_later():
    event = Event().with_rooms()
    (venue,) = (it for it in event.store.rows(Venue) if it.id == DISCORD)
    event.change(venue, can=frozenset({"mentions"}))
    event.advances("open")
    event.joins(OLGA)
    poll = event.poll(question="Early?", then="draft")
    refused = event.picks(OLGA, poll, "notify")
    assert not refused.done and "publish it when the session is live" in words(refused)
    assert [(it.state, it.notify) for it in event.store.rows(Interaction)] == [("draft", False)]
    event.advances("live")
    assert event.picks(OLGA, poll, "notify").done
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


def test_without_such_a_platform_the_card_does_not_offer_it():
    assert "notify" in offered(mentioning(CLEO))
    assert "notify" not in offered(Event().opened(OLGA))


def offered(event: Event) -> list[str]:
    """What the menu of a draft's card can do."""
    card = event.presses(OLGA, f"twin:{event.poll(then='draft')}", CHAT).reply
    assert isinstance(card, Card)
    (more,) = (part for part in card.parts if isinstance(part, Select) and part.placeholder == "More")
    return [option.value for option in more.options]
