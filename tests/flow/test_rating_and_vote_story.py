"""Ratings and crowd votes from draft to end; a tap counts once, whatever the order in which taps arrive."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app import commands
from core.domain.ids import DeliveryKey, Instant, InteractionId
from core.domain.interactions.life import Ballot
from tests.fakes.asking import asked, card_of
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, HALL, OLGA, Event, lively, words

PEOPLE = {"ann": ANN, "ben": BEN, "cleo": CLEO, "dan": DAN}


def ends(event: Event, ident: str) -> None:
    event.wait(1)
    assert event.presses(OLGA, f"end:{ident}", CHAT).done


def test_a_rating_is_given_changed_and_its_mean_told():
    event = lively(OLGA, ANN, CLEO)
    one = asked(event, "rating", statement="How was the keynote?", steps="5", emoji="star")
    assert "Rating · open" in card_of(event, one)
    assert words(event.votes(ANN, one, "0")).startswith("Your rating: 1 of 5.")
    event.wait(1)
    assert words(event.votes(ANN, one, "4")).startswith("Your rating: 5 of 5.")
    event.votes(CLEO, one, "3")
    assert "4.5 of 5, 2 ratings" in card_of(event, one)
    ends(event, one)
    assert "Rating · ended" in card_of(event, one) and "4.5 of 5, 2 ratings" in card_of(event, one)
    assert "4.5 of 5, 2 ratings" in words(event.types(ANN, "/stage feed", CHAT))


def test_a_crowd_vote_is_joined_left_and_joined_again():
    event = lively(OLGA, ANN, CLEO)
    one = asked(event, "vote", statement="I use this at work", emoji="rocket")
    for number in range(5):
        event.wait(1)
        said = words(event.votes(ANN, one, "0"))
        assert said.startswith("You are out again." if number % 2 else "You are in.")
    event.votes(CLEO, one, "0")
    assert "2 people · Slack 1, Discord 1" in card_of(event, one)
    ends(event, one)
    assert "2 people counted in" in card_of(event, one)
    event.wait(6)
    assert not event.votes(ANN, one, "0").done


def test_moderators_read_at_the_desk_what_attendees_may_not():
    event = Event().opened(OLGA, ANN)
    one = asked(event, "vote", statement="Me!", sharing="never")
    event.votes(ANN, one, "0")
    twin = next(words(it) for _, surface, it in event.shown() if surface.subject == f"twin:{one}")
    assert "1 of 2 answered" in twin and "1 person counted in" in twin
    assert "1 person" not in card_of(event, one)


@pytest.mark.parametrize("secret", [(), ("secret",)])
def test_an_anonymous_crowd_vote_turns_just_so(secret):
    event = lively(OLGA, ANN, BEN)
    one = asked(event, "vote", statement="Me!", secret=secret)
    for actor in (ANN, ANN, BEN, ANN):
        event.wait(1)
        event.votes(actor, one, "0")
    ends(event, one)
    event.wait(10)
    event.ticks()
    assert "2 people" in card_of(event, one)
    assert {it.account for it in event.store.rows(Ballot)} == ({""} if secret else {ANN.account, BEN.account})


taps = st.lists(
    st.tuples(st.sampled_from(sorted(PEOPLE)), st.integers(0, 50)), min_size=1, max_size=8, unique=True
)  # fmt: skip


@given(st.data(), taps)
def test_the_parity_of_distinct_taps_counts_in_any_order_however_often_they_arrive(data, taps):
    """Each delivery any number of times, in any order, alone or several in one batch; its time counts for nothing."""
    event = lively(OLGA, *PEOPLE.values())
    one = asked(event, "vote", statement="Me!")
    event.wait(100)
    deliveries = [_tap(event, one, name, second) for name, second in taps]
    again = data.draw(st.lists(st.sampled_from(deliveries), max_size=6))
    order = data.draw(st.permutations([*deliveries, *again]))
    while order:
        size = data.draw(st.integers(1, 3))
        event.do(*order[:size])
        order = order[size:]
    into = {name for name in PEOPLE if sum(who == name for who, _ in taps) % 2}
    ballots = {it.account: it.choice for it in event.store.rows(Ballot)}
    assert {name for name, actor in PEOPLE.items() if ballots.get(actor.account) == "[1]"} == into
    number = "1 person" if len(into) == 1 else f"{len(into)} people"
    assert number in card_of(event, one)


def _tap(event: Event, ident: str, name: str, second: int) -> commands.CastBallot:
    actor = PEOPLE[name]
    return commands.CastBallot(
        actor=actor, delivery=DeliveryKey(f"{name} {second}"), at=Instant(event.now - second * 1_000_000),
        room=CHAT if actor.platform == "slack" else HALL, interaction=InteractionId(ident), picked=("0",),
    )  # fmt: skip


rates = st.fixed_dictionaries({name: st.sampled_from(["0", "1", "4"]) for name in PEOPLE})


def cards_after(kind: str, how: str, answers: dict[str, str]) -> list[str]:
    return _cards_after(kind, how, tuple(sorted(answers.items())))


@functools.cache
def _cards_after(kind: str, how: str, answers: tuple[tuple[str, str], ...]) -> list[str]:
    """The same answers come again and again."""
    event = lively(OLGA, *PEOPLE.values())
    one = asked(event, kind, statement="How?", sharing="live" if how.startswith("hidden") else how.split()[0])
    if how.startswith("hidden"):
        event.presses(OLGA, f"hide:{one}", CHAT)
    for name, picked in answers:
        for _ in range(1 if kind == "rating" else int(picked)):
            event.votes(PEOPLE[name], one, picked if kind == "rating" else "0")
    if how.endswith("ended"):
        ends(event, one)
    return [repr(content) for _, surface, content in event.shown() if not surface.subject.startswith("twin:")]


@pytest.mark.parametrize("kind", ["rating", "vote"])
@pytest.mark.parametrize("how", ["end", "never", "never ended", "hidden", "hidden ended"])
@given(first=rates, second=rates)
def test_hidden_results_are_in_no_byte_of_any_card(kind, how, first, second):
    assert cards_after(kind, how, first) == cards_after(kind, how, second)


@pytest.mark.parametrize("kind", ["rating", "vote"])
def test_shared_results_are_seen_which_shows_that_the_comparison_can_fail(kind):
    assert cards_after(kind, "live", {"ann": "0"}) != cards_after(kind, "live", {"ann": "1"})
