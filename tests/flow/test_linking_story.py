"""Two accounts of one human are one person: one ballot, one part, one set of settings; and two again (SPEC 2.4)."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.app.derived import Counts, Joined
from core.app.unit_of_work import key
from core.domain.ids import InteractionId
from core.domain.people import Account, Actor, Member, Person
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DORA, HALL, OLGA, Event, buttons, lively, words

ROOM = {ANN.account: CHAT, BEN.account: CHAT, CLEO.account: HALL}
"""Ann and Ben are on Slack, Cleo on Discord."""


def code(event: Event, actor: Actor) -> str:
    found = re.search(r"Code: (\w{8})", words(event.presses(actor, "linkcode")))
    assert found
    return found[1]


def link(event: Event, shows: Actor, enters: Actor) -> str:
    return words(event.types(enters, f"/stage link {code(event, shows)}"))


def unlink(event: Event, actor: Actor) -> str:
    return words(event.presses(actor, "unlink"))


def tally(event: Event, poll: str) -> dict[str, int]:
    found = event.store.read(lambda _: [key(Counts, InteractionId(poll))]).get(Counts, InteractionId(poll))
    assert found is not None
    numbers: dict[str, int] = {}
    for count in found.counts:
        numbers[count.choice] = numbers.get(count.choice, 0) + count.number
    return numbers


def joined(event: Event) -> int:
    found = event.store.read(lambda _: [key(Joined, event.session)]).get(Joined, event.session)
    return found.number if found else 0


def test_linked_accounts_are_one_person_with_one_ballot():
    event = lively(OLGA, ANN, CLEO)
    assert joined(event) == 3
    assert link(event, ANN, CLEO).startswith("Linked. You are Ann here too.")
    assert event.person(ANN) == event.person(CLEO) and joined(event) == 2
    poll = event.poll()
    event.votes(ANN, poll, "0")
    event.wait(1)
    event.votes(CLEO, poll, "1")
    assert tally(event, poll) == {"[1]": 1}


def test_linking_after_both_voted_keeps_the_later_ballot_and_unlinking_restores_both():
    event = lively(OLGA, ANN, CLEO)
    poll = event.poll()
    event.votes(CLEO, poll, "1")
    event.wait(1)
    event.votes(ANN, poll, "0")
    link(event, ANN, CLEO)
    assert tally(event, poll) == {"[0]": 1}
    assert unlink(event, CLEO).startswith("Unlinked.")
    assert tally(event, poll) == {"[0]": 1, "[1]": 1} and joined(event) == 3
    link(event, CLEO, ANN)
    assert tally(event, poll) == {"[0]": 1}
    unlink(event, CLEO)
    assert tally(event, poll) == {"[0]": 1, "[1]": 1}


def test_after_the_end_of_a_poll_linking_changes_nothing():
    event = lively(OLGA, ANN, CLEO)
    poll = event.poll()
    event.votes(CLEO, poll, "1")
    event.votes(ANN, poll, "0")
    event.presses(OLGA, f"end:{poll}", CHAT)
    link(event, ANN, CLEO)
    assert tally(event, poll) == {"[0]": 1, "[1]": 1}


def test_a_block_of_either_holds_for_both_also_when_they_part():
    event = lively(OLGA, ANN, CLEO)
    mine = event.member(CLEO)
    assert mine is not None
    event.store.tables[Member][(mine.session, mine.person)] = replace(mine, blocked=True)
    link(event, ANN, CLEO)
    both = event.member(ANN)
    assert both is not None and both.blocked
    unlink(event, ANN)
    parts = [event.member(ANN), event.member(CLEO)]
    assert [it.blocked for it in parts if it] == [True, True]


def test_the_higher_part_holds_while_they_are_linked():
    event = lively(OLGA, ANN, CLEO)
    event.appoints(CLEO, "moderator", by=DORA)
    link(event, ANN, CLEO)
    assert [it.role for it in (event.member(ANN),) if it] == ["moderator"]
    unlink(event, CLEO)
    assert [it.role for it in (event.member(ANN), event.member(CLEO)) if it] == ["attendee", "moderator"]


def test_what_either_switched_off_is_off():
    event = lively(OLGA, ANN, CLEO)
    whose = event.person(CLEO)
    event.store.tables[Person][(whose,)] = replace(event.store.tables[Person][(whose,)], toasts=False)
    link(event, ANN, CLEO)
    assert event.store.tables[Person][(event.person(ANN),)].toasts is False


def test_lines_of_both_are_the_one_persons_and_go_back():
    event = lively(OLGA, ANN, CLEO)
    event.writes(CLEO, HALL, "7.7", "From Discord")
    link(event, ANN, CLEO)
    account = event.store.tables[Account][(CLEO.account,)]
    assert account.person == event.person(ANN)
    assert event.presses(ANN, f"menu:{event.session}:settings", CHAT).done
    unlink(event, CLEO)
    assert event.person(ANN) != event.person(CLEO)


def test_who_was_nobody_yet_is_the_person_that_showed_the_code():
    event = lively(OLGA, ANN)
    told = link(event, ANN, CLEO)
    assert told.startswith("Linked. You are Ann here too.")
    assert "press Join session at its door" in told, "being let in is a wish of its own"
    assert event.person(CLEO) == event.person(ANN) and joined(event) == 2
    assert "Menu" in buttons(event.types(CLEO, "/stage join", HALL).reply)


def test_a_code_counts_once_for_ten_minutes_and_never_in_the_same_place():
    event = lively(OLGA, ANN, BEN, CLEO)
    shown = code(event, ANN)
    assert "in the same place" in words(event.types(BEN, f"/stage link {shown}"))
    event.wait(601)
    assert "not valid any more" in str(event.types(CLEO, f"/stage link {shown}").reply)
    again = code(event, ANN)
    assert "linked already" in words(event.types(ANN, f"/stage link {again}"))
    event.types(CLEO, f"/stage link {again}")
    assert "not valid any more" in str(event.types(BEN, f"/stage link {again}").reply)


def test_after_five_wrong_codes_a_right_one_does_not_help_for_ten_minutes():
    event = lively(OLGA, ANN, CLEO)
    for number in range(5):
        assert "not valid any more" in str(event.types(CLEO, f"/stage link 0000000{number}").reply)
    assert "five wrong codes" in link(event, ANN, CLEO)
    event.wait(601)
    assert link(event, ANN, CLEO).startswith("Linked.")


def test_who_never_joined_gets_no_code_and_a_linked_account_is_not_linked_again():
    event = lively(OLGA, ANN)
    assert "Join a session first" in words(event.presses(CLEO, "linkcode"))
    event = lively(OLGA, ANN, BEN, CLEO)
    link(event, ANN, CLEO)
    assert "Unlink it first" in link(event, BEN, CLEO)
    assert "no other one" in unlink(event, BEN)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("vote"), st.sampled_from((ANN, CLEO)), st.sampled_from("012")),
        st.tuples(st.sampled_from(("link", "unlink")), st.sampled_from((ANN, CLEO)), st.just("")),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_however_they_vote_and_link_one_person_has_one_ballot_and_two_have_their_own(steps):
    event = lively(OLGA, ANN, CLEO)
    poll = event.poll(options="Yes\nNo\nMaybe")
    last: dict[str, tuple[int, str]] = {}
    linked = False
    for number, (what, who, picked) in enumerate(steps):
        event.wait(1)
        if what == "vote":
            assert event.votes(who, poll, picked).done
            last[who.account] = (number, f"[{picked}]")
        elif what == "link":
            linked |= link(event, who, CLEO if who is ANN else ANN).startswith("Linked.")
        else:
            linked &= not unlink(event, who).startswith("Unlinked.")
        counting = [max(last.values())] if linked and last else list(last.values())
        expected: dict[str, int] = {}
        for _, choice in counting:
            expected[choice] = expected.get(choice, 0) + 1
        assert tally(event, poll) == expected, steps[: number + 1]
        assert joined(event) == (2 if linked else 3)
