"""Polls from draft to end: who may answer, when it counts, and that hidden results are hidden in every byte."""

from __future__ import annotations

import functools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app import commands
from core.app.derived import Counts
from core.app.outcome import Inbox
from core.app.unit_of_work import key
from core.domain.form import Form
from core.domain.ids import SECOND, Instant, InteractionId
from core.domain.interactions.life import Ballot, Interaction
from core.domain.people import Member
from core.domain.view import Card, Moderators
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, HALL, OLGA, START, Event, buttons, lively, someone, words


def tally(event: Event, poll: str) -> dict[str, int]:
    found = event.store.read(lambda _: [key(Counts, InteractionId(poll))]).get(Counts, InteractionId(poll))
    assert found is not None
    numbers: dict[str, int] = {}
    for count in found.counts:
        numbers[count.choice] = numbers.get(count.choice, 0) + count.number
    return numbers


def test_a_vote_counts_and_a_second_press_replaces_the_first():
    event = lively(OLGA, ANN)
    poll = event.poll()
    assert words(event.votes(ANN, poll, "0")).startswith("Your vote: A, Yes.")
    event.wait(1)
    assert words(event.votes(ANN, poll, "1")).startswith("Your vote: B, No.")
    assert tally(event, poll) == {"[1]": 1}


def test_pressing_the_same_again_costs_no_edit():
    event = lively(OLGA, ANN)
    poll = event.poll()
    event.votes(ANN, poll, "0")
    before = event.versions()
    event.wait(1)
    assert event.votes(ANN, poll, "0").done
    assert event.versions() == before
    assert tally(event, poll) == {"[0]": 1}


def test_only_the_first_answer_must_be_said_when_answers_are_scarce():
    event = lively(OLGA, ANN)
    poll = event.poll()
    first = event.votes(ANN, poll, "0")
    event.wait(1)
    assert (first.quiet, event.votes(ANN, poll, "1").quiet) == (False, True)


def test_an_earlier_click_that_arrives_late_changes_nothing_and_reads_the_ballot_that_counts():
    event = lively(OLGA, ANN)
    poll = event.poll()
    event.wait(10)
    event.votes(ANN, poll, "1", at=event.now)
    late = event.votes(ANN, poll, "0", at=Instant(event.now - SECOND))
    assert words(late).startswith("Your vote: B, No.")
    assert tally(event, poll) == {"[1]": 1}


def test_a_repeated_delivery_gets_the_first_answer_and_has_no_effect():
    event = lively(OLGA, ANN)
    poll = event.poll()
    fields = event.envelope(ANN, CHAT, delivery="same").fields()
    first = event.do(commands.CastBallot(**fields, interaction=InteractionId(poll), picked=("0",)))
    before = event.versions()
    again = event.do(commands.CastBallot(**fields, interaction=InteractionId(poll), picked=("1",)))
    assert again == first
    assert event.versions() == before
    assert tally(event, poll) == {"[0]": 1}


def test_a_refusal_is_repeated_too_even_when_it_would_now_succeed():
    event = lively(OLGA)
    poll = event.poll()
    fields = event.envelope(ANN, CHAT, delivery="same").fields()
    command = commands.CastBallot(**fields, interaction=InteractionId(poll), picked=("0",))
    first = event.do(command)
    event.joins(ANN)
    assert event.do(command) == first
    assert tally(event, poll) == {}


def test_without_consent_a_vote_is_refused_with_the_join_button():
    event = lively(OLGA)
    poll = event.poll()
    refused = event.votes(ANN, poll, "0")
    assert not refused.done
    assert buttons(refused.reply)["Join session"].action == f"join:{event.session}"
    assert tally(event, poll) == {}


def test_moderators_consent_too_and_are_counted_apart():
    event = lively(OLGA)
    poll = event.poll()
    event.votes(OLGA, poll, "0")
    counts = event.store.read(lambda _: [key(Counts, InteractionId(poll))]).get(Counts, InteractionId(poll))
    assert counts is not None
    assert [(it.number, it.moderators) for it in counts.counts] == [(1, 1)]


def test_bots_and_blocked_persons_have_no_vote():
    event = lively(OLGA, ANN)
    poll = event.poll()
    assert not event.votes(replace(BEN, bot=True), poll, "0").done
    member = next(row for row in event.store.rows(Member) if row.role == "attendee")
    event.store.tables[Member][(member.session, member.person)] = replace(member, blocked=True)
    refused = event.votes(ANN, poll, "0")
    assert not refused.done
    assert words(refused) == "This is not available to you in this session."
    assert not buttons_of(refused.reply)
    assert tally(event, poll) == {}


def buttons_of(reply: object) -> list[str]:
    return list(buttons(reply)) if isinstance(reply, Card) else []


def test_drafts_cannot_be_answered_and_are_shown_to_nobody():
    event = lively(OLGA, ANN)
    poll = event.poll(then="draft")
    assert event.room(CHAT, "interaction") == event.room(HALL, "interaction") == []
    assert words(event.votes(ANN, poll, "0")) == "This is not open for answers yet."
    event.presses(OLGA, f"publish:{poll}", CHAT)
    assert len(event.room(CHAT, "interaction")) == len(event.room(HALL, "interaction")) == 1
    assert event.votes(ANN, poll, "0").done


def test_an_unknown_poll_and_an_unknown_option_get_their_sentence():
    event = lively(OLGA, ANN)
    poll = event.poll()
    assert words(event.votes(ANN, "nothing", "0")) == "This is not there any more."
    assert "not part of this poll" in words(event.votes(ANN, poll, "7"))


@pytest.mark.parametrize(
    ("clicked", "arrived", "counted"), [(-1, 0, True), (0, 5, True), (-1, 4.9, True), (0, 5.1, False), (0.1, 1, False)]
)
def test_around_the_end_the_click_decides(clicked, arrived, counted):
    event = lively(OLGA, ANN)
    poll = event.poll()
    event.wait(60)
    end = event.now
    event.presses(OLGA, f"end:{poll}", CHAT)
    event.wait(arrived)
    answer = event.votes(ANN, poll, "0", at=Instant(end + int(clicked * SECOND)))
    assert answer.done is counted
    assert tally(event, poll) == ({"[0]": 1} if counted else {})


def test_ending_asks_once_and_two_moderators_may_press_at_once():
    event = lively(OLGA, ANN)
    poll = event.poll()
    asked = event.presses(OLGA, f"askend:{poll}", CHAT)
    assert set(buttons(asked.reply)) == {"End poll", "Keep it open"}
    assert words(event.presses(OLGA, buttons(asked.reply)["Keep it open"], CHAT)) == "Nothing was changed."
    assert event.presses(OLGA, buttons(asked.reply)["End poll"], CHAT).done
    before = event.store.rows(Interaction)
    event.wait(1)
    assert event.presses(OLGA, buttons(asked.reply)["End poll"], CHAT).done
    assert event.store.rows(Interaction) == before
    assert not event.presses(OLGA, f"askend:{poll}", CHAT).done
    assert not event.presses(OLGA, f"publish:{poll}", CHAT).done


def test_an_ended_poll_keeps_its_result_in_the_chat_without_buttons():
    event = lively(OLGA, ANN)
    poll = event.poll(sharing="end")
    event.votes(ANN, poll, "1")
    assert "vote" not in words(event.room(CHAT, "interaction")[0]).replace("you vote", "")
    event.presses(OLGA, f"end:{poll}", CHAT)
    (card,) = event.room(CHAT, "interaction")
    assert "B: No, 100 % · 1 · most votes" in words(card)
    assert not buttons_of(card)


@pytest.mark.parametrize("line", ["/mod poll", "/mod live", "/mod session end", "/mod session extend 5m"])
def test_attendees_do_not_run_the_session(line):
    event = lively(OLGA, ANN)
    assert "Only moderators" in words(event.types(ANN, line, CHAT))


@pytest.mark.parametrize(
    "verb", ["publish", "askend", "end", "hide", "unhide", "twin", "edit", "timing", "unpublish", "delete"]
)
def test_attendees_and_strangers_do_not_work_at_the_desk(verb):
    event = lively(OLGA, ANN)
    poll = event.poll()
    before = event.store.rows(Interaction)
    for actor in (ANN, someone("nobody"), someone("boss", manages=True), replace(OLGA, bot=True)):
        assert not event.presses(actor, f"{verb}:{poll}", CHAT).done
    assert event.store.rows(Interaction) == before


def test_a_moderator_who_is_one_no_more_cannot_send_a_form_that_is_open():
    event = lively(OLGA)
    form = event.types(OLGA, "/mod poll", CHAT).reply
    assert isinstance(form, Form)
    member = next(row for row in event.store.rows(Member) if row.role == "moderator" and row.consented_at)
    event.store.tables[Member][(member.session, member.person)] = replace(member, role="attendee")
    assert not event.sends(OLGA, form, CHAT, question="Tea?", options="Yes\nNo").done
    assert event.store.rows(Interaction) == []


def test_a_refused_form_comes_back_filled_also_later():
    event = lively(OLGA)
    form = event.types(OLGA, "/mod poll Which topic first?", CHAT).reply
    assert isinstance(form, Form)
    assert form.fields[0].value == ("Which topic first?",)
    again = event.sends(OLGA, form, CHAT, options="Only one").reply
    assert isinstance(again, Form)
    assert again.fields[1].error
    later = event.types(OLGA, "/mod poll", CHAT).reply
    assert isinstance(later, Form)
    assert (later.fields[0].value, later.fields[1].value) == (("Which topic first?",), ("Only one",))
    event.sends(OLGA, later, CHAT, options="One\nTwo")
    fresh = event.types(OLGA, "/mod poll", CHAT).reply
    assert isinstance(fresh, Form)
    assert fresh.fields[0].value == ()


def test_before_the_session_is_live_a_poll_can_only_be_a_draft():
    event = Event().with_rooms()
    event.types(OLGA, "/mod session open", CHAT)
    event.joins(OLGA)
    poll = event.poll(then="draft")
    refused = event.presses(OLGA, f"publish:{poll}", CHAT)
    assert not refused.done
    assert "doors open" in words(refused)
    assert [it.state for it in event.store.rows(Interaction)] == ["draft"]
    event.types(OLGA, "/mod session start", CHAT)
    assert event.presses(OLGA, f"publish:{poll}", CHAT).done


def test_what_is_never_shared_stays_so():
    event = lively(OLGA, ANN)
    poll = event.poll(sharing="never")
    assert not event.presses(OLGA, f"unhide:{poll}", CHAT).done
    event.votes(ANN, poll, "0")
    event.presses(OLGA, f"end:{poll}", CHAT)
    assert "results are not shared" in words(event.room(CHAT, "interaction")[0])


def test_results_that_come_at_the_end_are_not_said_to_be_shown_before():
    event = lively(OLGA, ANN)
    poll = event.poll(sharing="end")
    assert words(event.presses(OLGA, f"unhide:{poll}", CHAT)).startswith("Results are shown when it ends.")


def test_the_list_names_what_is_live_first_and_says_when_there_is_more():
    event = lively(OLGA)
    assert "Nothing is live" in words(event.types(OLGA, "/mod live", CHAT))
    for number in range(9):
        event.wait(1)
        event.poll(question=f"Draft {number}?", then="draft")
    event.wait(1)
    event.poll(question="Live?")
    listed = words(event.types(OLGA, "/mod live", CHAT))
    assert listed.split("\n")[1] == "Poll “Live?” · live"
    first = event.types(OLGA, "/mod live", CHAT)
    second = event.presses(OLGA, buttons(first.reply)["Next page"], CHAT)
    places = [(words(first) + words(second)).find(f"Draft {number}?") for number in range(9)]
    assert places == sorted(places) and places[0] > 0, "all of them, in the order of the show"
    assert "Draft 8?" not in words(first) and "Live?" not in words(second)
    assert "Live?" in words(event.presses(OLGA, buttons(second.reply)["Back"], CHAT))


# -- hidden results -------------------------------------------------------------------------------------------------

picks = st.fixed_dictionaries({name: st.sampled_from(["0", "1", "2"]) for name in ("ann", "ben", "cleo", "dan")})
PEOPLE = {"ann": ANN, "ben": BEN, "cleo": CLEO, "dan": DAN}


def cards_after(ballots: dict[str, str], how: str) -> list[str]:
    return _cards_after(tuple(sorted(ballots.items())), how)


@functools.cache
def _cards_after(ballots: tuple[tuple[str, str], ...], how: str) -> list[str]:
    """The same ballots come again and again."""
    event = lively(OLGA, ANN, BEN, CLEO, DAN)
    sharing = {"end": "end", "never": "never", "never ended": "never"}.get(how, "live")
    poll = event.poll(options="Red\nGreen\nBlue", sharing=sharing)
    if how.startswith("hidden"):
        event.presses(OLGA, f"hide:{poll}", CHAT)
    for name, picked in ballots:
        event.votes(PEOPLE[name], poll, picked)
    if how.endswith("ended"):
        event.presses(OLGA, f"end:{poll}", CHAT)
    assert len(event.store.rows(Ballot)) == len(ballots)
    # The twin at the desk is for moderators, who read the numbers at any time (SPEC 5.8).
    return [repr(content) for _, surface, content in event.shown() if not surface.subject.startswith("twin:")]


@pytest.mark.parametrize("how", ["end", "never", "never ended", "hidden", "hidden ended"])
@given(first=picks, second=picks, fewer=st.sets(st.sampled_from(sorted(PEOPLE))))
def test_hidden_results_are_in_no_byte_of_any_card(how, first, second, fewer):
    seen = cards_after(second, how)
    assert cards_after(first, how) == seen
    assert cards_after({name: first[name] for name in fewer}, how) == seen


def test_the_twin_is_in_no_room_but_the_desks():
    event = Event().opened(OLGA, ANN)
    event.votes(ANN, event.poll(sharing="never"), "1")
    event.settle()
    twins = [(place.kind, content) for place, _, content in event.shown(lambda _, it: it.subject.startswith("twin:"))]
    assert [kind for kind, _ in twins] == ["queue", "queue"]
    for _, content in twins:
        assert isinstance(content, Card) and content.audience == Moderators(event.session)
        assert "1 of 2 answered (50 %) · results hidden" in words(content)


def test_shared_results_are_seen_which_shows_that_the_comparison_can_fail():
    assert cards_after({"ann": "0"}, "live") != cards_after({"ann": "1"}, "live")


# -- every order, any number of times -------------------------------------------------------------------------------

clicks = st.lists(
    st.tuples(st.sampled_from(sorted(PEOPLE)), st.sampled_from(["0", "1"]), st.integers(0, 50)), min_size=1, max_size=8,
    unique_by=lambda it: (it[0], it[2]),
)  # fmt: skip


@given(clicks.flatmap(lambda it: st.tuples(st.just(it), st.permutations(it * 2))))
def test_shuffled_and_repeated_clicks_leave_one_ballot_a_person_the_latest(given_clicks):
    once, told = given_clicks
    event = lively(OLGA, ANN, BEN, CLEO, DAN)
    poll = event.poll()
    event.wait(60)
    for name, picked, second in told:
        event.do(
            commands.CastBallot(
                **event.envelope(PEOPLE[name], CHAT, Instant(START + second * SECOND), f"{name}{second}").fields(),
                interaction=InteractionId(poll),
                picked=(picked,),
            )
        )
    latest = {name: picked for name, picked, _ in sorted(once, key=lambda it: it[2])}
    expected: dict[str, int] = {}
    for picked in latest.values():
        expected[f"[{picked}]"] = expected.get(f"[{picked}]", 0) + 1
    assert tally(event, poll) == expected


@given(clicks)
def test_a_batch_decides_as_one_by_one_does(told):
    ends = []
    for batched in (False, True):
        event = lively(OLGA, ANN, BEN, CLEO, DAN)
        poll = event.poll()
        event.wait(60)
        made = [
            commands.CastBallot(
                **event.envelope(PEOPLE[name], CHAT, Instant(START + second * SECOND), f"{name}{second}").fields(),
                interaction=InteractionId(poll),
                picked=(picked,),
            )
            for name, picked, second in told
        ]
        if batched:
            event.do(*made)
        else:
            for command in made:
                event.do(command)
        ends.append((tally(event, poll), {row.id: row.outcome for row in event.store.rows(Inbox)}))
    assert ends[0] == ends[1]


def test_a_refused_command_in_a_batch_takes_nothing_of_the_others_with_it():
    event = lively(OLGA, ANN, BEN)
    poll = event.poll()
    made = [
        commands.CastBallot(**event.envelope(actor, CHAT).fields(), interaction=InteractionId(poll), picked=picked)
        for actor, picked in ((ANN, ("0",)), (DAN, ("0",)), (BEN, ("7",)), (BEN, ("1",)))
    ]
    event.do(*made)
    assert tally(event, poll) == {"[0]": 1, "[1]": 1}
