"""Who of the team takes no direct messages: a private thread instead, never somebody else's, tried again later."""

from dataclasses import replace

import pytest

from core.app.commands import ReportShut
from core.app.outcome import Outcome
from core.domain.ids import AccountId, PlaceId, VenueId
from core.domain.people import Actor
from core.domain.sessions import Venue
from core.domain.surfaces import Place, usable
from tests.fakes.bot import ANN, CLEO, DISCORD, DORA, OLGA, SLACK, Event, itself, words

JOBS = Actor(AccountId("jobs::"), "jobs", VenueId("jobs:"), bot=True)


def shutting(*joining: Actor) -> Event:
    event = Event().opened(OLGA, DORA, *joining)
    (venue,) = (it for it in event.store.rows(Venue) if it.id == DISCORD)
    event.change(venue, can=frozenset({"threads"}))
    return event


def shut(event: Event, place: Place, by: Actor = JOBS) -> Outcome | None:
    """As the jobs do it: the place is dead, then that is reported."""
    event.change(place, state="dead")
    return event.do(ReportShut(**event.envelope(by).fields(), place=place.id))


def direct(event: Event, actor: Actor) -> Place:
    return next(it for it in event.store.rows(Place) if (it.kind, it.account) == ("dm", actor.account))


def threads(event: Event) -> list[Place]:
    return [it for it in event.store.rows(Place) if it.kind == "thread"]


def read(event: Event, place: Place) -> list[str]:
    event.settle()
    return [words(content) for _, _, content in event.shown(lambda there, surface: there.id == place.id)]


def expose(event: Event, on: bool = True) -> None:
    event.wait(1)
    event.reports(DISCORD, event.ref("backchannel", DISCORD), private=not on)


def test_what_waited_and_what_comes_later_is_shown_in_the_thread():
    event = shutting()
    expose(event)
    assert shut(event, direct(event, DORA)) is not None
    (thread,) = threads(event)
    assert (thread.name, thread.private, thread.person) == ("For Dora", True, event.person(DORA))
    assert thread.parent == event.place("queue", DISCORD).id
    (first,) = read(event, thread)
    assert "People who are not on the team can read it." in first
    expose(event, on=False)
    assert "is for the team only again" in read(event, thread)[1]
    assert len(event.direct(OLGA)) == 2, "she takes messages"


def test_after_an_hour_direct_messages_are_tried_again_and_the_thread_stays():
    event = shutting()
    expose(event)
    shut(event, direct(event, DORA))
    (thread,) = threads(event)
    read(event, thread)
    event.wait(3_600)
    expose(event, on=False)
    assert direct(event, DORA).state == "wanted"
    shut(event, direct(event, DORA))
    assert threads(event) == [event.store.tables[Place][(thread.id,)]]
    assert len(read(event, thread)) == 2
    event.wait(3_600)
    expose(event)
    event.settle()
    assert len(event.direct(DORA)) == 1, "they are open now"


def test_a_deleted_thread_is_made_anew_and_one_that_could_not_be_made_is_not():
    event = shutting()
    expose(event)
    shut(event, direct(event, DORA))
    (thread,) = threads(event)
    read(event, thread)
    expose(event, on=False)
    assert shut(event, event.store.tables[Place][(thread.id,)]) is not None
    again = next(it for it in threads(event) if usable(it))
    assert again.id != thread.id
    assert [words_ for words_ in read(event, again) if "for the team only again" in words_]
    expose(event)
    assert len(read(event, again)) == 2
    never = replace(again, id=PlaceId("never"), ref=None, state="wanted")
    event.change(never)
    assert shut(event, never) is None


def test_attendees_and_slack_have_no_threads():
    event = shutting(CLEO, ANN)
    event.appoints(CLEO, "speaker", by=DORA)
    event.removes(CLEO, "speaker")
    event.settle()
    event.wait(3 * 3_600)
    shut(event, direct(event, CLEO))
    assert direct(event, CLEO).wanted_at == event.now, "the hour counts from the refusal"
    event.appoints(ANN, "speaker")
    shut(event, direct(event, ANN))
    assert threads(event) == []


def test_a_speaker_has_one_under_the_backchannel():
    event = shutting(CLEO)
    event.appoints(CLEO, "speaker", by=DORA)
    shut(event, direct(event, CLEO))
    (thread,) = threads(event)
    assert thread.parent == event.place("backchannel", DISCORD).id
    (told,) = read(event, thread)
    assert "You are a speaker" in told


@pytest.mark.parametrize("by", [DORA, itself(SLACK)])
def test_only_the_bot_reports_it_and_of_direct_messages_only(by: Actor):
    event = shutting()
    expose(event)
    if not by.bot:
        assert shut(event, direct(event, DORA), by) is None
    assert shut(event, event.place("queue", DISCORD), by) is None
    assert event.do(ReportShut(**event.envelope(by).fields(), place=PlaceId("none"))) is None
    assert threads(event) == []
