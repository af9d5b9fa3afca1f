"""Who has a question, for how long, and what becomes of it when they cannot answer it any more (SPEC 4.4, 4.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.app.handle import handle, needs
from core.app.outcome import FormDraft
from core.app.ports import Conflict, Moment
from core.app.unit_of_work import UnitOfWork
from core.domain.form import Form
from core.domain.ids import SECOND, Instant
from core.domain.people import Person
from core.domain.questions import Duty, Line, Question
from core.domain.schedule import Due
from core.domain.surfaces import Place
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DISCORD, DORA, HALL, OLGA, Event, Killed, buttons, words

MINUTE = 60


def staffed(*, others: bool = True) -> Event:
    """Olga in Slack has Cleo's question; Ben in Slack and Dora in Discord moderate too, where somebody else does."""
    event = Event().opened(OLGA, DORA, ANN, BEN, CLEO)
    if others:
        event.appoints(BEN, "moderator")
        event.appoints(DORA, "moderator")
    event.settle()
    event.types(CLEO, "/stage ask Will the recordings be public?", HALL)
    event.settle()
    event.wait(MINUTE)
    event.presses(OLGA, f"qreply:{one(event).id}")
    return event


def one(event: Event, number: int = 1) -> Question:
    found: Question = next(it for it in event.store.rows(Question) if it.number == number)
    return found


def later(event: Event, minutes: int, act: Callable[[], object] = lambda: None) -> None:
    """Every minute the clock fires what is due, and somebody acts, if anybody does."""
    for _ in range(minutes):
        event.wait(MINUTE)
        act()
        event.ticks()
        event.settle()


def there(event: Event, actor: Any = DORA) -> Callable[[], object]:
    return lambda: event.types(actor, "/mod questions", CHAT if actor.platform == "slack" else HALL)


def desks(event: Event, what: str = "") -> list[str]:
    return [
        words(content)
        for place, surface, content in event.shown(lambda place, surface: place.kind == "queue")
        if surface.subject.startswith(what)
    ]


# -- the timers -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("questions-timers", on="both")
def test_a_claim_without_an_answer_is_told_of_and_then_goes_back() -> None:
    event = staffed()
    later(event, 9, there(event))
    assert event.direct(OLGA, "warned") == []
    later(event, 1, there(event))
    (warned,) = event.direct(OLGA, "warned")
    assert "Q1 waits for you" in warned
    assert "10 minutes ago" in warned
    assert "Will the recordings be public?" in warned
    later(event, 4, there(event))
    assert one(event).owner == event.person(OLGA)
    later(event, 1, there(event))
    assert (one(event).state, one(event).owner, one(event).claimed_at) == ("pending", None, None)
    (back,) = event.direct(OLGA, "returned")
    assert "Q1 waits for any moderator again" in back
    before = event.store.rows(Question), len(event.direct(OLGA))
    for _ in range(3):
        later(event, 5, there(event))
        event.fires(f"claimwarn:{one(event).id}")
        event.fires(f"claimback:{one(event).id}")
    assert (event.store.rows(Question), len(event.direct(OLGA))) == before


def test_nobody_is_warned_while_only_one_moderator_is_there() -> None:
    event = staffed(others=False)
    later(event, 40)
    assert (one(event).state, event.direct(OLGA, "warned")) == ("claimed", [])
    event.appoints(BEN, "moderator")
    later(event, 5)
    assert event.direct(OLGA, "warned") == [], "who was made one has done nothing yet"
    there(event, BEN)()
    later(event, 1)
    assert len(event.direct(OLGA, "warned")) == 1
    later(event, 4)
    assert one(event).state == "claimed", "five minutes were promised"
    later(event, 1)
    assert one(event).state == "pending"


def test_who_was_there_a_quarter_of_an_hour_ago_is_not_there() -> None:
    event = staffed()
    event.store.tables[Duty].clear()
    there(event)()
    later(event, 10)
    assert len(event.direct(OLGA, "warned")) == 1
    event = staffed()
    event.store.tables[Duty].clear()
    there(event)()
    event.wait(16 * MINUTE)
    later(event, 30)
    assert event.direct(OLGA, "warned") == []


ACTS: dict[str, Callable[[Event, str], object]] = {
    "List": lambda event, poll: event.types(DORA, "/mod questions", HALL),
    "Read": lambda event, poll: event.presses(DORA, f"qread:{one(event).id}"),
    "a poll that is hidden": lambda event, poll: event.presses(DORA, f"hide:{poll}"),
    "a poll that is ended": lambda event, poll: event.presses(DORA, f"end:{poll}"),
    "more time": lambda event, poll: event.picks(DORA, poll, "edit", HALL),
    "a form for a poll": lambda event, poll: event.types(DORA, "/mod poll Tea?", HALL),
    "what is live": lambda event, poll: event.types(DORA, "/mod live", HALL),
    "a word to everybody": lambda event, poll: event.types(DORA, "/mod message Hello", HALL),
    "a longer session": lambda event, poll: event.types(DORA, "/mod session extend 10m", HALL),
    "who is blocked": lambda event, poll: event.types(DORA, "/mod blocked", HALL),
    "a line in the queue": lambda event, poll: event.writes(DORA, event.ref("queue", DISCORD), "1", "Anybody?"),
    "a line in the backchannel": lambda event, poll: event.writes(DORA, event.ref("backchannel", DISCORD), "1", "Hm"),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_a_moderator_does_shows_that_they_are_there(act: str) -> None:
    event = staffed()
    poll = event.poll()
    event.settle()
    event.store.tables[Duty].clear()
    ACTS[act](event, poll)
    assert {it.person for it in event.store.rows(Duty)} == {event.person(DORA)}


def test_what_everybody_does_shows_nothing_of_a_moderator() -> None:
    event = staffed()
    poll = event.poll()
    event.settle()
    event.store.tables[Duty].clear()
    event.votes(DORA, poll, "0")
    event.writes(DORA, HALL, "1", "Hello everybody")
    event.types(DORA, "/stage menu", HALL)
    event.types(DORA, "/stage ask Is there tea?", HALL)
    event.appoints(ANN, "speaker")
    event.settle()
    event.store.tables[Duty].clear()
    event.writes(ANN, event.ref("backchannel"), "3", "I am on in five")
    event.types(CLEO, "/mod live", HALL)
    event.writes(CLEO, event.ref("backchannel", DISCORD), "2", "Am I in?")
    assert event.store.rows(Duty) == []


def test_a_line_that_is_read_back_after_a_gap_shows_who_was_there_then() -> None:
    event = staffed()
    event.store.tables[Duty].clear()
    an_hour_ago = Instant(event.now - 60 * MINUTE * SECOND)
    event.writes(DORA, event.ref("queue", DISCORD), "1", "Anybody?", at=an_hour_ago)
    assert [it.at for it in event.store.rows(Duty)] == [an_hour_ago]


def test_late_ticks_warn_first_and_leave_the_five_minutes_that_they_promise() -> None:
    event = staffed()
    event.wait(40 * MINUTE)
    there(event)()
    event.ticks()
    event.settle()
    assert (len(event.direct(OLGA, "warned")), one(event).state) == (1, "claimed")
    later(event, 4, there(event))
    assert one(event).state == "claimed"
    later(event, 1, there(event))
    assert (one(event).state, len(event.direct(OLGA, "returned"))) == ("pending", 1)


@pytest.mark.parametrize("step", ["fill", "handle", "flush"])
@pytest.mark.parametrize("deed", ["claimwarn", "claimback"])
def test_a_timer_that_dies_midway_is_carried_out_once(step: Any, deed: str) -> None:
    event = staffed()
    later(event, 9 if deed == "claimwarn" else 14, there(event))
    event.wait(MINUTE)
    there(event)()
    event.kill_after = step
    with pytest.raises(Killed):
        event.fires(f"{deed}:{one(event).id}")
    event.ticks()
    event.ticks()
    event.settle()
    told = "warned" if deed == "claimwarn" else "returned"
    assert len(event.direct(OLGA, told)) == 1
    assert one(event).state == ("claimed" if deed == "claimwarn" else "pending")


def test_two_replicas_fire_the_same_timer_once() -> None:
    event = staffed()
    later(event, 14, there(event))
    event.wait(MINUTE)
    there(event)()
    fire = fired(event, f"claimback:{one(event).id}")
    with event.store.writing() as first, event.store.writing() as second:
        works = []
        for transaction in (first, second):
            work = UnitOfWork()
            transaction.fill(work, lambda have: needs(fire, have))
            handle(fire, work, Moment(event.now, event.new_id))
            works.append((transaction, work))
        for transaction, work in works[:1]:
            transaction.flush(work)
            transaction.commit()
    assert one(event).state == "pending"
    with event.store.writing() as again, pytest.raises(Conflict):
        again.flush(works[1][1])
    event.settle()
    assert len(event.direct(OLGA, "returned")) == 1


def fired(event: Event, what: str) -> Any:
    """The tick's command, not carried out."""
    caught: list[Any] = []
    real, event.do = event.do, lambda *batch: caught.extend(batch)  # type: ignore[method-assign]
    event.fires(what)
    event.do = real  # type: ignore[method-assign]
    return caught[0]


def test_what_got_an_answer_stays_with_its_owner() -> None:
    event = staffed()
    form = event.presses(OLGA, f"qreply:{one(event).id}").reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, answer="We look it up.", then=())
    event.wait(MINUTE)
    event.types(CLEO, "/stage ask And the slides?", HALL)
    later(event, 40, there(event))
    assert (one(event).state, event.direct(OLGA, "warned"), event.direct(OLGA, "returned")) == ("claimed", [], [])
    for due in event.store.rows(Due):
        if due.what.startswith("claim"):
            event.change(due, fired_at=None)
    later(event, 10, there(event))
    assert (one(event).state, event.direct(OLGA, "warned"), event.direct(OLGA, "returned")) == ("claimed", [], [])


def test_whoever_it_is_assigned_to_has_the_whole_time() -> None:
    event = staffed()
    later(event, 12, there(event))
    assigns(event, OLGA, BEN)
    later(event, 9, there(event))
    assert one(event).owner == event.person(BEN)
    assert event.direct(BEN, "warned") == []
    later(event, 1, there(event))
    assert len(event.direct(BEN, "warned")) == 1
    later(event, 5, there(event))
    assert (one(event).state, len(event.direct(BEN, "returned")), event.direct(OLGA, "returned")) == ("pending", 1, [])


def test_taken_again_it_is_a_claim_of_its_own() -> None:
    event = staffed()
    later(event, 15, there(event))
    assert one(event).state == "pending"
    event.presses(OLGA, f"qreply:{one(event).id}")
    later(event, 9, there(event))
    assert len(event.direct(OLGA, "warned")) == 0, "that of before is not true any more"
    later(event, 6, there(event))
    assert (one(event).state, len(event.direct(OLGA, "returned"))) == ("pending", 2)


def test_after_the_end_a_claim_without_an_answer_waits_for_anybody_and_the_clock_rests() -> None:
    event = staffed(others=False)
    event.advances("ended")
    later(event, 20)
    assert one(event).state == "pending"
    assert all(it.fired_at for it in event.store.rows(Due) if it.what.startswith("claim"))


# -- assigned -------------------------------------------------------------------------------------------------------


def assigns(event: Event, by: Any, to: Any, comment: str = "", number: int = 1) -> str:
    form = event.presses(by, f"qmore:{one(event, number).id}", picked=("assign",)).reply
    assert isinstance(form, Form), words(form)
    told = words(event.sends(by, form, to=event.person(to), comment=comment))
    event.settle()
    return told


@pytest.mark.shows("questions-assign", on="both")
def test_assign_tells_by_direct_message_with_the_comment_and_the_ways_on() -> None:
    event = staffed()
    assert assigns(event, OLGA, BEN, "You know the dates.") == ("Q1 is with Ben now, who is told by direct message.")
    (told,) = event.direct(BEN, "assigned")
    assert "Q1 is yours to answer" in told
    assert "You know the dates." in told
    assert "Will the recordings be public?" in told
    assert "Olga" in told
    (card,) = [it for _, _, it in event.shown(lambda place, surface: surface.subject.startswith("assigned"))]
    assert list(buttons(card)) == ["Reply", "Read"]
    assert event.presses(BEN, buttons(card)["Read"]).done
    assert event.direct(CLEO, "assigned") == []


def test_who_takes_no_direct_messages_is_told_at_the_desk() -> None:
    event = staffed()
    ben = next(it for it in event.store.rows(Person) if it.id == event.person(BEN))
    event.change(ben, toasts=False)
    told = assigns(event, OLGA, BEN, "You know the dates.")
    assert told == "Q1 is with Ben now, who takes no direct messages and is told at the desk."
    assert event.direct(BEN, "assigned") == []
    said = desks(event, "assigned")
    assert len(said) == 2
    assert "Q1 is Ben's to answer" in said[0]


def test_whose_direct_messages_are_shut_is_told_at_the_desk() -> None:
    event = staffed()
    assigns(event, OLGA, BEN)
    place = next(it for it in event.store.rows(Place) if (it.kind, it.person) == ("dm", event.person(BEN)))
    event.change(place, state="dead", wanted_at=event.now)
    later(event, 10, there(event))
    assert len(desks(event, "warned")) == 2
    assert "Q1 waits for Ben" in desks(event, "warned")[0]
    later(event, 5, there(event))
    assert "Ben had it for a while" in desks(event, "returned")[0]


def test_only_who_accepted_the_text_can_be_given_a_question() -> None:
    event = staffed()
    event.appoints(DAN, "moderator", by=DORA)
    form = event.presses(OLGA, f"qmore:{one(event).id}", picked=("assign",)).reply
    assert isinstance(form, Form)
    assert {it.value for it in form.fields[0].picks} == {event.person(BEN), event.person(DORA)}


def test_what_was_sent_back_meanwhile_is_told_to_nobody() -> None:
    event = staffed()
    form = event.presses(OLGA, f"qmore:{one(event).id}", picked=("assign",)).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, to=event.person(BEN), comment="")
    event.presses(OLGA, f"qdo:{one(event).id}:back")
    event.settle()
    assert event.direct(BEN, "assigned") == []


def test_assigning_is_refused_in_words_and_keeps_what_was_typed() -> None:
    event = staffed()
    form = event.presses(OLGA, f"qmore:{one(event).id}", picked=("assign",)).reply
    assert isinstance(form, Form)
    before = one(event)
    for to in (event.person(CLEO), "nobody", event.person(OLGA)):
        reply = event.sends(OLGA, form, to=to, comment="Please").reply
        assert isinstance(reply, Form)
        assert reply.fields[1].value == ("Please",)
        assert one(event) == before
    reply = event.sends(OLGA, form, to=event.person(BEN), comment="x" * 301).reply
    assert isinstance(reply, Form)
    assert reply.fields[1].error == "The comment has 301 characters; 300 fit."
    assert one(event) == before


@pytest.mark.shows("questions-assign", on="both")
def test_handing_over_gives_all_of_it_away_at_once() -> None:
    event = staffed()
    event.types(ANN, "/stage ask Is there tea?", CHAT)
    event.settle()
    event.presses(OLGA, f"qreply:{one(event, 2).id}")
    form = event.presses(OLGA, f"qhandover:{event.session}").reply
    assert isinstance(form, Form)
    assert "Q1, Q2" in words(form)
    assert words(event.sends(OLGA, form, to=event.person(DORA))) == "Dora has Q1, Q2 now."
    event.settle()
    assert {one(event, it).owner for it in (1, 2)} == {event.person(DORA)}
    assert len(event.direct(DORA, "assigned")) == 2
    assert "nothing to hand over" in words(event.sends(OLGA, form, to=event.person(DORA)))
    form = event.presses(DORA, f"qhandover:{event.session}").reply
    assert isinstance(form, Form)
    assert words(event.sends(DORA, form, to="-")) == "Q1, Q2 wait for a moderator again."
    assert {one(event, it).state for it in (1, 2)} == {"pending"}


# -- who may not answer any more ------------------------------------------------------------------------------------


def as_speaker(event: Event) -> None:
    event.appoints(OLGA, "speaker")


def removed(event: Event) -> None:
    event.removes(OLGA, "moderator", by=OLGA)


def left(event: Event) -> None:
    event.presses(OLGA, f"leave:{event.session}", CHAT)


@pytest.mark.shows("questions-team", on="both")
@pytest.mark.parametrize("go", [removed, as_speaker, left])
def test_the_questions_of_a_moderator_who_goes_wait_for_anybody_at_once(go: Callable[[Event], None]) -> None:
    event = staffed()
    form = event.presses(OLGA, f"qreply:{one(event).id}").reply
    assert isinstance(form, Form)
    go(event)
    assert (one(event).state, one(event).owner) == ("pending", None)
    assert all(it.fired_at for it in event.store.rows(Due) if it.what.startswith("claim"))
    event.settle()
    assert all("pending" in it for it in desks(event, "question:"))
    before = event.store.rows(Question)
    refused = event.sends(OLGA, form, answer="Yes, on Friday.")
    assert not refused.done
    assert words(refused).count(".") <= 2
    assert event.store.rows(Question) == before
    assert event.direct(CLEO, "qline") == []
    assert [it for it in event.store.rows(FormDraft) if it.form.startswith("qanswered") and it.values] == []
    later(event, 20, there(event))
    assert event.direct(OLGA, "warned") == []
    assert event.direct(OLGA, "returned") == []


def test_others_keep_theirs_when_one_goes() -> None:
    event = staffed()
    event.types(ANN, "/stage ask Is there tea?", CHAT)
    event.presses(DORA, f"qreply:{one(event, 2).id}")
    removed(event)
    assert (one(event, 1).owner, one(event, 2).owner) == (None, event.person(DORA))


# -- two accounts of one human --------------------------------------------------------------------------------------


def links(event: Event, shows: Any, enters: Any) -> None:
    code = words(event.types(shows, "/stage link")).partition("Code: ")[2][:8]
    if not code:
        code = words(event.presses(shows, "linkcode")).partition("Code: ")[2][:8]
    told = words(event.types(enters, f"/stage link {code}"))
    assert told.startswith("Linked."), told


@pytest.mark.shows("questions-linked", on="both")
def test_who_is_one_person_from_now_on_has_what_both_had() -> None:
    event = staffed()
    olga, dora = event.person(OLGA), event.person(DORA)
    event.types(ANN, "/stage ask Is there tea?", CHAT)
    event.presses(DORA, f"qreply:{one(event, 2).id}")
    links(event, OLGA, DORA)
    assert {one(event, it).owner for it in (1, 2)} == {olga}
    event.settle()
    form = event.presses(DORA, f"qreply:{one(event, 1).id}").reply
    assert isinstance(form, Form), "with either account"
    event.sends(DORA, form, answer="Yes.", then=("done",))
    assert (one(event, 1).state, one(event, 1).closed_by) == ("resolved", olga)
    event.presses(DORA, "unlink")
    assert event.person(DORA) == dora
    assert one(event, 1).closed_by == dora, "that account had answered it"
    assert one(event, 2).owner == olga


def test_what_each_account_answered_is_its_own_again() -> None:
    event = staffed()
    event.types(ANN, "/stage ask Is there tea?", CHAT)
    links(event, OLGA, DORA)
    for number, actor in ((1, OLGA), (2, DORA)):
        form = event.presses(actor, f"qreply:{one(event, number).id}").reply
        assert isinstance(form, Form)
        event.sends(actor, form, answer="Yes.", then=("done",))
    assert {one(event, it).closed_by for it in (1, 2)} == {event.person(OLGA)}
    event.presses(DORA, "unlink")
    assert [one(event, it).closed_by for it in (1, 2)] == [event.person(OLGA), event.person(DORA)]
    said = {it.account: it.person for it in event.store.rows(Line) if it.by == "moderator"}
    assert said == {it.account: event.person(it) for it in (OLGA, DORA)}


def test_who_is_on_duty_with_one_account_is_so_with_both() -> None:
    event = staffed()
    event.store.tables[Duty].clear()
    there(event)()
    links(event, BEN, DORA)
    assert event.person(BEN) in {it.person for it in event.store.rows(Duty)}
    event.presses(DORA, "unlink")
    assert event.person(DORA) in {it.person for it in event.store.rows(Duty)}


def test_a_moderator_who_turns_out_to_be_somebody_blocked_has_no_question() -> None:
    event = staffed()
    event.types(CLEO, "/stage ask And the slides?", HALL)
    event.settle()
    cleo = event.member(CLEO)
    assert cleo is not None
    event.presses(OLGA, f"qblocked:{one(event).id}")
    before = event.versions()[f"question:{one(event).id}"]
    links(event, OLGA, CLEO)
    assert (one(event).state, one(event).owner) == ("pending", None)
    assert event.versions()[f"question:{one(event).id}"] > before


def test_a_claim_goes_along_with_the_account_that_alone_may_answer() -> None:
    event = staffed()
    links(event, ANN, DORA)
    assert event.presses(ANN, f"qsheet:{one(event).id}:assign").done
    event.presses(OLGA, f"qdo:{one(event).id}:back")
    event.presses(ANN, f"qreply:{one(event).id}")
    assert one(event).owner == event.person(ANN)
    event.presses(DORA, "unlink")
    assert one(event).owner == event.person(DORA)
    assert event.person(DORA) != event.person(ANN)
