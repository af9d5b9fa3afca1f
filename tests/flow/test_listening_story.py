"""Who is in a voice room: persons who joined and nobody else, whatever order the reports come in (SPEC 10.2)."""

from dataclasses import replace

import pytest

from core.app.commands import Ears, ReportListeners
from core.app.outcome import Outcome
from core.domain.ids import SECOND, AccountId, Instant
from core.domain.people import Ability, Actor, Listener
from tests.fakes.bot import ANN, BEN, CLEO, DAN, DISCORD, DORA, HALL, OLGA, SLACK, Event, itself, words

TALK = "D-talk"
VOICED: frozenset[Ability] = frozenset({"mentions", "threads", "voice"})


def able(actor: Actor, *more: Ability) -> Actor:
    return replace(actor, can=VOICED | frozenset(more))


def listened(*joining: Actor) -> Event:
    event = Event().opened(*joining)
    told = words(event.presses(able(DORA, "voice here"), f"room:{event.session}:voice", TALK))
    assert "This channel is the voice now." in told
    event.settle()
    return event


def report(event: Event, *ears: Ears, at: Instant | None = None, by: Actor | None = None) -> Outcome | None:
    came = event.envelope(by or itself(DISCORD), TALK, at)
    return event.do(ReportListeners(**came.fields(), listening=ears))


def ears(actor: Actor, *, deafened: bool = False) -> Ears:
    return Ears(actor.account, deafened)


def desk(event: Event) -> str:
    event.settle()
    (card,) = event.room(event.ref("queue", DISCORD), "desk")
    return next((line for line in words(card).split("\n") if "voice channel" in line), "")


def test_only_in_the_chat_of_a_voice_channel_a_room_is_listened_in():
    event = Event().opened()
    for actor in (DORA, able(DORA), OLGA):
        told = words(event.presses(actor, f"room:{event.session}:voice", TALK))
        assert told == "Do this in the chat of a voice channel, where the platform has one."
    told = words(event.types(able(DORA), "/mod rooms", HALL))
    assert "Voice channel: none. To count who listens" in told and "Voice: this channel" not in told
    assert "Voice channel" not in words(event.types(OLGA, "/mod rooms", "C-other"))


def test_who_joined_counts_and_who_did_not_leaves_no_trace():
    event = listened(CLEO, DAN)
    assert desk(event) == "Nobody who joined is in the voice channel."
    stranger = Ears(AccountId("discord::zoe"))
    assert report(event, ears(CLEO), stranger) is not None
    assert desk(event) == "In the voice channel: 1 of 2 who joined."
    assert {it.account for it in event.store.rows(Listener)} == {CLEO.account}
    assert report(event, stranger, ears(CLEO)) is None, "nothing new"
    report(event, ears(CLEO, deafened=True), ears(DAN))
    assert desk(event) == "In the voice channel: 2 of 2 who joined, 1 with the sound off."
    report(event)
    assert desk(event) == "Nobody who joined is in the voice channel."


def test_who_joins_meanwhile_counts_from_the_next_report_and_who_leaves_does_not():
    event = listened(CLEO)
    report(event, ears(CLEO), ears(DAN))
    assert "1 of 1" in desk(event)
    event.joins(DAN)
    event.settle()
    assert report(event, ears(CLEO), ears(DAN)) is not None
    assert "2 of 2" in desk(event)
    event.presses(DAN, f"leave:{event.session}", HALL)
    assert "1 of 1" in desk(event)


def test_an_older_report_changes_nothing():
    event = listened(CLEO)
    now = event.now
    event.wait(10)
    report(event, ears(CLEO))
    assert report(event, at=now) is None
    assert report(event, ears(CLEO, deafened=True), at=now) is None
    assert "1 of 1 who joined." in desk(event)
    assert report(event, at=Instant(now + 20 * SECOND)) is not None


def test_only_the_bot_reports_and_only_of_the_voice_room_of_a_session_that_goes_on():
    event = listened(CLEO)
    assert report(event, ears(CLEO), by=DORA) is None
    came = event.envelope(itself(DISCORD), HALL)
    assert event.do(ReportListeners(**came.fields(), listening=(ears(CLEO),))) is None
    event.advances("ended")
    assert report(event, ears(CLEO)) is None
    assert event.store.rows(Listener) == []


def test_the_voice_room_holds_no_card_and_nobody_is_let_into_it():
    event = listened(CLEO)
    assert event.room(TALK) == []
    assert event.inside[TALK] == set()
    assert event.writes(CLEO, TALK, "9.1", "Only here") is None
    assert event.place("voice", DISCORD).state == "wanted"
    told = words(event.presses(able(DORA, "voice here"), f"room:{event.session}:voice", "D-other"))
    assert "has its voice here already" in told
    event.reports(DISCORD, TALK, gone="deleted")
    told = words(event.presses(able(DORA, "voice here"), f"room:{event.session}:voice", "D-other"))
    assert "This channel is the voice now." in told


@pytest.mark.parametrize("venue", [SLACK, DISCORD])
def test_both_desks_tell_it(venue):
    event = listened(ANN, BEN, CLEO)
    report(event, ears(CLEO))
    event.settle()
    (card,) = event.room(event.ref("queue", venue), "desk")
    assert "In the voice channel: 1 of 3 who joined." in words(card)


def test_a_voice_channel_that_is_gone_holds_nobody():
    event = listened(CLEO)
    report(event, ears(CLEO))
    assert "1 of 1" in desk(event)
    event.wait(1)
    event.reports(DISCORD, TALK, gone="deleted")
    assert desk(event) == ""
    told = words(event.presses(able(DORA, "voice here"), f"room:{event.session}:voice", "D-other"))
    assert "This channel is the voice now." in told
    assert desk(event) == "Nobody who joined is in the voice channel."
