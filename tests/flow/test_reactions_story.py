"""Reactions: pressed on the bar or put on a post of the bot's, counted once a person, told of in every stage."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.app import commands
from core.app.derived import Reacted
from core.app.outcome import Outcome
from core.app.unit_of_work import key
from core.domain.chat import Like
from core.domain.form import Form
from core.domain.ids import SECOND, Instant, PersonId, VenueId
from core.domain.people import Actor
from core.domain.reactions import APART, BURST_LEAST, Reaction, thinned
from core.domain.schedule import Due
from core.domain.sessions import Session
from core.domain.surfaces import Place, Surface
from core.domain.view import Card
from tests.fakes.bot import (
    ANN,
    BEN,
    CHAT,
    CLEO,
    DAN,
    DISCORD,
    HALL,
    OLGA,
    SLACK,
    Event,
    actions,
    buttons,
    lively,
    someone,
    words,
)

CROWD = tuple(someone(f"p{number}") for number in range(BURST_LEAST))


def everybody() -> Event:
    event = lively(OLGA, ANN, BEN, CLEO, DAN)
    event.settle()
    return event


def reacts(event: Event, actor: Actor, kind: str = "0", *, at: float = 0) -> Outcome | None:
    room = CHAT if actor.platform == "slack" else HALL
    fields = event.envelope(actor, room, Instant(event.now + int(at * SECOND))).fields()
    return event.do(commands.React(**fields, session=event.session, kind=kind))


def puts(event: Event, actor: Actor, emoji: str, ref: str, *, on: bool = True, at: float = 0, room: str = "") -> bool:
    room = room or (CHAT if actor.platform == "slack" else HALL)
    fields = event.envelope(actor, room, Instant(event.now + int(at * SECOND))).fields()
    return event.do(commands.GiveLike(**fields, ref=ref, emoji=emoji, on=on)) is not None


def numbers(event: Event) -> dict[str, int]:
    found = event.store.read(lambda _: [key(Reacted, event.session)]).get(Reacted, event.session)
    assert found is not None
    return {kind: found.of(kind) for kind in "01234" if found.of(kind)}


def bar(event: Event, venue: str = SLACK) -> Card:
    shown = [it for place, surface, it in event.shown() if surface.subject == f"bar:{event.session}"
             and place.venue == venue]  # fmt: skip
    assert isinstance(shown[-1], Card)
    return shown[-1]


def bar_ref(event: Event, venue: str = SLACK) -> str:
    places = {it.id: it for it in (event.place("stage", SLACK), event.place("stage", DISCORD))}
    found = [it for it in event.store.rows(Surface) if it.subject == f"bar:{event.session}" and not it.gone]
    (one,) = [it for it in found if places[it.place].venue == venue]
    return one.ref or ""


def bursts(event: Event) -> list[str]:
    return [
        f"{place.venue}: {words(it)}" for place, surface, it in event.shown() if surface.subject.startswith("burst:")
    ]


# -- one ------------------------------------------------------------------------------------------------------------


def test_a_press_is_counted_on_the_bar_of_every_venue_without_a_word():
    event = everybody()
    assert list(buttons(bar(event)))[-5:] == ["Clap 👏", "Heart ❤️", "Think 🤔", "Wow 😮", "Smile 😄"]
    assert reacts(event, ANN) == Outcome()
    assert reacts(event, CLEO) == Outcome()
    assert reacts(event, CLEO, "4") == Outcome()
    for venue in (SLACK, DISCORD):
        assert list(buttons(bar(event, venue)))[-5:] == ["Clap 2 👏", "Heart ❤️", "Think 🤔", "Wow 😮", "Smile 1 😄"]
    assert "Reactions show to everyone" in words(bar(event))
    assert buttons(bar(event))["Clap 2 👏"].spoken == "Clap, 2 so far"


def test_the_same_person_counts_once_in_three_seconds_whichever_platform():
    event = everybody()
    reacts(event, ANN)
    assert reacts(event, ANN, at=2.9) == Outcome(), "silently"
    assert numbers(event) == {"0": 1}
    reacts(event, ANN, at=3)
    assert numbers(event) == {"0": 2}
    reacts(event, ANN, "1", at=3)
    assert numbers(event) == {"0": 2, "1": 1}, "another kind is another matter"


def test_a_delivery_that_comes_again_changes_nothing_also_when_it_would_count_by_now():
    event = everybody()
    presses = [event.envelope(ANN, CHAT, Instant(event.now + at * SECOND)).fields() for at in (4, 2, 0, 4, 2)]
    for fields, again in zip(presses, (0, 1, 2, 0, 1), strict=True):
        fields["delivery"] = presses[again]["delivery"]
        event.do(commands.React(**fields, session=event.session, kind="0"))
    assert [it.at for it in event.store.rows(Reaction)] == [event.now]


@pytest.mark.parametrize("times", [(0, 2), (0, 2, 4), (0, 1, 5), (0, 3, 6)])
def test_whatever_order_they_come_in_no_two_are_closer_than_the_pause(times: tuple[int, ...]):
    for order in permutations(times):
        event = everybody()
        for at in order:
            reacts(event, ANN, at=at)
        given = sorted(it.at for it in event.store.rows(Reaction))
        assert all(later - before >= APART for before, later in pairwise(given))
        assert given[0] == event.now, "the first one always counts"


def test_several_of_one_person_in_one_batch_are_one():
    event = everybody()
    presses = [event.envelope(ANN, CHAT, Instant(event.now + at)).fields() for at in (2, 1, 0)]
    event.do(*(commands.React(**fields, session=event.session, kind="0") for fields in presses))
    assert [it.at for it in event.store.rows(Reaction)] == [event.now]
    assert numbers(event) == {"0": 1}


PRESSES = st.lists(
    st.tuples(st.sampled_from((ANN, BEN, CLEO)), st.sampled_from("01"), st.integers(0, 12 * SECOND)), max_size=30
)


@settings(max_examples=60)
@given(PRESSES, st.integers(1, 8), st.booleans())
def test_in_batches_of_any_size_what_counts_is_what_each_could_have_given(
    presses: list[tuple[Actor, str, int]], size: int, in_order: bool
):
    event = lively(OLGA, ANN, BEN, CLEO)
    made = []
    for actor, kind, at in sorted(presses, key=lambda it: it[2]) if in_order else presses:
        fields = event.envelope(actor, CHAT, Instant(event.now + at)).fields()
        made.append(commands.React(**fields, session=event.session, kind=kind))
    for start in range(0, len(made), size):
        event.do(*made[start : start + size])
    event.do(*made)  # everything comes once more
    given_by: dict[tuple[str, str], list[Reaction]] = {}
    for row in event.store.rows(Reaction):
        given_by.setdefault((row.person, row.kind), []).append(row)
    for actor in (ANN, BEN, CLEO):
        for kind in "01":
            all_of_them = [event.now + at for who, what, at in presses if (who, what) == (actor, kind)]
            kept = sorted(it.at for it in given_by.get((event.person(actor), kind), []))
            assert all(later - before >= APART for before, later in pairwise(kept))
            assert set(kept) <= set(all_of_them) and bool(kept) == bool(all_of_them)
            assert kept[:1] == sorted(all_of_them)[:1], "the first one always counts"
            if in_order:
                rows = [Reaction(event.state().id, PersonId("p"), kind, 0, "slack", Instant(at)) for at in all_of_them]
                assert kept == [it.at for it in thinned(rows)]


def test_one_costs_one_change_of_the_bar_and_none_that_is_not_counted():
    event = everybody()
    before = event.versions()
    reacts(event, ANN)
    after = event.versions()
    assert {name for name in after if after[name] != before.get(name)} == {f"bar:{event.session}"}
    reacts(event, ANN, at=1)
    assert event.versions() == after


# -- who may --------------------------------------------------------------------------------------------------------


def test_who_has_not_joined_reads_how_and_is_not_counted():
    event = everybody()
    stranger = someone("eve")
    told = reacts(event, stranger)
    assert told is not None and not told.done
    assert "Join the session first" in words(told.reply)
    assert numbers(event) == {}


def test_who_is_blocked_is_not_counted_from_then_on():
    event = everybody()
    reacts(event, ANN)
    event.writes(ANN, CHAT, "1.1", "Hello")
    form = event.types(OLGA, f"/mod moderate {CHAT}/1.1", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, do="block")
    event.wait(10)
    told = reacts(event, ANN)
    assert told is not None
    assert words(told.reply) == "This is not available to you in this session."
    assert not puts(event, ANN, "👏", bar_ref(event))
    assert numbers(event) == {"0": 1}


def test_who_left_is_not_counted_any_more_and_what_was_counted_stays():
    event = everybody()
    reacts(event, ANN)
    event.presses(ANN, f"leave:{event.session}", CHAT)
    event.wait(10)
    told = reacts(event, ANN)
    assert told is not None and "Join the session first" in words(told.reply)
    assert not puts(event, ANN, "👏", bar_ref(event))
    assert numbers(event) == {"0": 1}


def test_a_moderator_who_has_not_accepted_the_text_is_not_counted_either():
    event = lively(ANN)
    event.settle()
    told = reacts(event, OLGA)
    assert told is not None and "Join the session first" in words(told.reply)
    assert not puts(event, OLGA, "👏", bar_ref(event))
    assert numbers(event) == {}


def test_before_the_doors_open_and_after_the_end_it_is_said_why_not():
    event = everybody()
    reacts(event, ANN)
    event.advances("ended")
    event.wait(10)
    told = reacts(event, ANN)
    assert told is not None
    assert words(told.reply) == "“Keynote” has ended, so this was not counted."
    assert not puts(event, ANN, "👏", bar_ref(event))
    assert "Reactions: Clap 1 👏" in words(bar(event))
    assert not [it for it in actions(bar(event)) if it.startswith("react")]


def test_a_button_of_no_kind_is_an_old_one():
    event = everybody()
    for tail in ("5", "", "x", "00"):
        assert "another time" in words(event.presses(ANN, f"react:{event.session}:{tail}", CHAT))
    assert "not there any more" in words(event.presses(ANN, "react:nothing:0", CHAT))


# -- one person with two accounts -----------------------------------------------------------------------------------


def linked(event: Event) -> None:
    code = words(event.presses(ANN, "linkcode")).partition("Code: ")[2][:8]
    assert "Linked." in words(event.types(CLEO, f"/stage link {code}"))


def test_linked_accounts_react_as_one_person():
    event = everybody()
    linked(event)
    reacts(event, ANN)
    reacts(event, CLEO, at=1)
    assert numbers(event) == {"0": 1}


def test_linking_keeps_what_one_person_could_have_given_and_parting_gives_each_their_own():
    event = everybody()
    for actor, at in ((ANN, 0), (CLEO, 1), (CLEO, 4), (ANN, 8)):
        reacts(event, actor, at=at)
    assert numbers(event) == {"0": 4}
    linked(event)
    mine = {(it.at - event.now) // SECOND: it.platform for it in event.store.rows(Reaction)}
    assert mine == {0: "slack", 4: "discord", 8: "slack"}
    assert {it.person for it in event.store.rows(Reaction)} == {event.person(ANN)}
    event.presses(ANN, "unlink")
    assert event.person(ANN) != event.person(CLEO)
    theirs = {it.person: 0 for it in event.store.rows(Reaction)}
    assert set(theirs) == {event.person(ANN), event.person(CLEO)}
    assert numbers(event) == {"0": 3}, "parting adds nothing"


def test_after_the_end_linking_changes_no_count():
    event = everybody()
    reacts(event, ANN)
    reacts(event, CLEO, at=1)
    event.advances("ended")
    linked(event)
    assert numbers(event) == {"0": 2}


def test_two_accounts_of_one_platform_keep_together_what_nobody_can_tell_apart():
    event = everybody()
    eve = someone("eve", VenueId("slack:T2"))
    event.joins(eve)
    code = words(event.presses(ANN, "linkcode")).partition("Code: ")[2][:8]
    assert "Linked." in words(event.types(eve, f"/stage link {code}"))
    for actor, at in ((ANN, 0), (eve, 4)):
        reacts(event, actor, at=at)
    event.presses(eve, "unlink")
    assert event.person(ANN) != event.person(eve)
    assert {it.person for it in event.store.rows(Reaction)} == {event.person(ANN)}
    assert numbers(event) == {"0": 2}


# -- emoji on posts -------------------------------------------------------------------------------------------------


def test_an_emoji_on_a_post_of_the_bots_counts_and_taking_it_back_takes_nothing_back():
    event = everybody()
    assert puts(event, ANN, "👏", bar_ref(event))
    assert puts(event, CLEO, "❤", bar_ref(event, DISCORD))
    assert numbers(event) == {"0": 1, "1": 1}
    assert not puts(event, ANN, "👏", bar_ref(event), on=False, at=1)
    assert numbers(event) == {"0": 1, "1": 1}
    puts(event, ANN, "👏", bar_ref(event), at=2)
    assert numbers(event) == {"0": 1, "1": 1}, "too soon"
    assert not puts(event, ANN, "🔥", bar_ref(event), at=9), "none of the five"
    assert numbers(event) == {"0": 1, "1": 1}


def test_a_press_and_an_emoji_are_the_same_person():
    event = everybody()
    reacts(event, ANN)
    puts(event, ANN, "👏", bar_ref(event), at=1)
    assert numbers(event) == {"0": 1}


def test_on_what_a_person_wrote_they_count_nothing_and_a_like_stays_a_like():
    event = everybody()
    event.writes(ANN, CHAT, "1.1", "Hello")
    assert not puts(event, BEN, "👏", "1.1")
    assert puts(event, BEN, "👍", "1.1")
    assert puts(event, BEN, "👍", bar_ref(event))
    assert numbers(event) == {}


def test_an_emoji_that_is_the_sessions_like_is_a_like_first():
    event = everybody()
    event.store.tables[Session][(event.session,)] = replace(event.state(), like="👏")
    assert puts(event, ANN, "👏", bar_ref(event))
    assert numbers(event) == {}
    assert [(it.on, it.person) for it in event.store.rows(Like)] == [(True, event.person(ANN))]


def test_what_the_team_does_in_its_own_rooms_is_no_news_for_everybody():
    event = everybody()
    queue = event.place("queue")
    desk = next(
        it for it in event.store.rows(Surface) if it.subject == f"desk:{event.session}" and it.place == queue.id
    )
    assert not puts(event, OLGA, "👏", desk.ref or "", room=queue.ref or "")
    assert numbers(event) == {}


# -- many at once ---------------------------------------------------------------------------------------------------


def crowd(event: Event, number: int = BURST_LEAST, kind: str = "0") -> None:
    for actor in CROWD[:number]:
        if event.member(actor) is None:
            event.joins(actor)
        reacts(event, actor, kind)


def test_many_in_half_a_minute_are_told_of_in_every_stage_once():
    event = everybody()
    crowd(event)
    reacts(event, CLEO, "1", at=0)
    event.wait(29)
    event.ticks()
    assert bursts(event) == []
    event.wait(1)
    event.ticks()
    event.settle()
    assert sorted(bursts(event)) == [f"{venue}: 10 claps and 1 heart in 30 s 👏❤️" for venue in (DISCORD, SLACK)]
    for _ in range(4):
        event.wait(30)
        event.ticks()
    assert len(bursts(event)) == 2, "once"
    assert [it.fired_at is not None for it in event.store.rows(Due) if it.what.startswith("burst")] == [True]


def test_few_or_one_person_alone_are_no_burst():
    event = everybody()
    crowd(event, BURST_LEAST - 1)
    event.wait(30)
    event.ticks()
    for second in range(0, 30, 3):
        reacts(event, ANN, at=second)
        reacts(event, ANN, "1", at=second)
    event.wait(31)
    event.ticks()
    event.wait(31)
    event.ticks()
    assert numbers(event)["0"] == BURST_LEAST - 1 + 10
    assert bursts(event) == []


def test_a_crowd_that_goes_on_is_told_of_every_half_minute_and_each_is_told_once():
    event = everybody()
    for _ in range(4):
        crowd(event)
        event.wait(10)
        event.ticks()
    event.wait(20)
    event.ticks()
    event.wait(30)
    event.ticks()
    told = [it for it in bursts(event) if it.startswith(SLACK)]
    assert told == [f"{SLACK}: 30 claps in 30 s 👏", f"{SLACK}: 10 claps in 30 s 👏"]


def test_a_delivery_that_comes_late_tells_nothing_twice():
    event = everybody()
    crowd(event)
    event.wait(30)
    event.ticks()
    event.wait(40)
    event.ticks()
    reacts(event, BEN, at=-65)
    event.ticks()
    event.wait(40)
    event.ticks()
    assert len(bursts(event)) == 2


def test_what_was_told_of_is_not_told_again_with_what_came_late():
    event = everybody()
    reacts(event, ANN)
    event.wait(26)
    crowd(event)
    event.wait(4)
    event.ticks()
    assert len(bursts(event)) == 2
    event.wait(40)
    event.ticks()
    event.wait(1)
    reacts(event, BEN, at=-46)
    event.ticks()
    assert len(bursts(event)) == 2


def test_a_burst_counts_as_a_message_and_goes_only_where_there_is_a_room():
    event = everybody()
    hall = event.place("stage", DISCORD)
    event.store.tables[Place][(hall.id,)] = replace(hall, state="dead")
    before = event.place("stage").lines
    crowd(event)
    event.wait(30)
    event.ticks()
    assert [it.place for it in event.store.rows(Surface) if it.subject.startswith("burst:")] == [
        event.place("stage").id
    ]
    assert event.place("stage").lines == before + 1


def test_after_an_outage_old_applause_is_not_told_as_if_it_were_now():
    event = everybody()
    crowd(event)
    event.wait(300)
    event.ticks()
    assert bursts(event) == []
    crowd(event)
    event.wait(30)
    event.ticks()
    assert len(bursts(event)) == 2


def test_a_session_that_ended_tells_no_burst():
    event = everybody()
    crowd(event)
    event.advances("ended")
    event.wait(31)
    event.ticks()
    assert bursts(event) == []
