"""A conversation whose place is lost goes on elsewhere: private thread, direct messages, one's own list (SPEC 4.2)."""

from __future__ import annotations

from dataclasses import replace

from core.app.commands import GiveLike, ReportRoom, ReportShut, WriteToBot
from core.app.outcome import Outcome
from core.domain.chat import Like
from core.domain.ids import AccountId, PlaceId, VenueId
from core.domain.people import Actor, Person
from core.domain.question_rules import QuestionRules
from core.domain.questions import Line, Question
from core.domain.sessions import Venue
from core.domain.surfaces import Place, Surface
from core.domain.text import plain
from tests.fakes.bot import CLEO, DAN, DISCORD, DORA, HALL, OLGA, Event, tree, words
from tests.flow.test_questions_story import asks, form_of, one

JOBS = Actor(AccountId("jobs::"), "jobs", VenueId("jobs:"), bot=True)


def threaded(*, direct: bool = False, mode: str = "single") -> Event:
    event = Event().opened(OLGA, DORA, CLEO)
    event.appoints(DORA, "moderator")
    (venue,) = (it for it in event.store.rows(Venue) if it.id == DISCORD)
    event.change(venue, can=frozenset({"threads"}))
    rules = QuestionRules(event.session, direct=direct, mode=mode)  # type: ignore[arg-type]
    event.store.tables.setdefault(QuestionRules, {})[(event.session,)] = rules
    return event


def where(event: Event, number: int = 1) -> Place:
    return next(it for it in event.store.rows(Place) if it.id == one(event, number).place)


def threads(event: Event) -> list[Place]:
    return [it for it in event.store.rows(Place) if it.kind == "question"]


def shut(event: Event, place: Place, why: str = "shut") -> Outcome | None:
    """As the jobs do it: the place is dead, then that is reported."""
    event.change(place, state="dead", trouble=why)
    return event.do(ReportShut(**event.envelope(JOBS).fields(), place=place.id))


def standing(event: Event, place: Place) -> list[Surface]:
    return [it for it in event.store.rows(Surface) if it.place == place.id and it.ours and not it.dead]


def answers(event: Event, text: str, number: int = 1) -> None:
    form = form_of(event.presses(OLGA, f"qreply:{one(event, number).id}"))
    event.sends(OLGA, form, answer=text, then=())
    event.wait(1)


def read(event: Event, place: Place) -> list[str]:
    event.settle()
    posts = event.shown(lambda there, surface: there.id == place.id and surface.ref is not None)
    return [words(content) for _, _, content in posts]


def test_a_thread_that_cannot_be_made_is_direct_messages() -> None:
    event = threaded()
    asks(event, CLEO, "Will it be recorded?")
    thread = where(event)
    assert (thread.kind, thread.account, thread.name) == ("question", CLEO.account, "Q1 · Keynote")
    assert thread.parent == event.place("stage", DISCORD).id
    shut(event, thread)
    place = where(event)
    assert place.kind == "dm"
    (receipt, *_) = read(event, place)
    assert "Answer this message if you have more to say." in receipt
    answers(event, "Yes, on Friday.")
    posts = read(event, place)
    assert any("Answering as Keynote" in it and "Yes, on Friday." in it for it in posts)
    assert len(threads(event)) == 1


def test_a_thread_that_was_deleted_goes_on_in_direct_messages_with_what_was_said() -> None:
    event = threaded()
    asks(event, CLEO, "Will it be recorded?")
    thread = where(event)
    answers(event, "Yes.")
    event.settle()
    answers(event, "On Friday.")
    event.settle()
    lost = event.store.tables[Place][(thread.id,)]
    room = lost.ref or ""
    assert event.reports(DISCORD, room, gone="deleted") is not None
    place = where(event)
    posts = read(event, place)
    (yes,), (friday,) = ([i for i, it in enumerate(posts) if words_ in it] for words_ in ("Yes.", "On Friday."))
    assert yes < friday
    head = next(it.id for it in standing(event, place) if it.subject.startswith("receipt:"))
    assert {it.parent for it in standing(event, place) if it.subject.startswith("qline:") and it.id != head} == {head}
    assert standing(event, thread) == []
    assert event.store.tables[Place][(thread.id,)].state == "dead"
    assert event.reports(DISCORD, room, gone="deleted") is None, "it is gone already"


def test_closed_messages_leave_the_answer_in_ones_own_list_until_they_are_open() -> None:
    event = threaded()
    asks(event, CLEO, "Will it be recorded?")
    shut(event, where(event))
    messages = where(event)
    shut(event, messages)
    assert where(event).id == messages.id and len(threads(event)) == 1, "neither is tried again and again"
    answers(event, "Yes, on Friday.")
    assert read(event, messages) == []
    told = words(event.types(CLEO, "/stage questions", HALL))
    assert "Yes, on Friday." in told
    event.wait(3_600)
    answers(event, "It is there.")
    posts = read(event, messages)
    assert any("Yes, on Friday." in it for it in posts) and any("It is there." in it for it in posts)


def test_where_conversations_are_direct_a_thread_is_for_who_takes_no_messages() -> None:
    event = threaded(direct=True, mode="multi")
    asks(event, CLEO, "Will it be recorded?")
    messages = where(event)
    assert messages.kind == "dm"
    asks(event, CLEO, "Where are the slides?")
    assert where(event, 2).id == messages.id
    answers(event, "Yes.")
    answers(event, "In the feed.", 2)
    shut(event, messages)
    first, second = where(event), where(event, 2)
    assert {first.kind, second.kind} == {"question"} and first.id != second.id
    assert [it for it in read(event, first) if "Yes." in it] and [it for it in read(event, second) if "In the" in it]
    assert not [it for it in read(event, second) if "Yes." in it], "an answer stands under its own question"
    assert not [it for it in read(event, first) if "In the feed." in it]
    asks(event, CLEO, "When is lunch?")
    third = where(event, 3)
    assert third.kind == "question", "they are known to be closed"
    event.settle()
    shut(event, event.store.tables[Place][(third.id,)])
    assert where(event, 3).kind == "question" and where(event, 3).id != third.id, "somebody deleted it"


def test_only_the_bot_tells_of_it() -> None:
    event = threaded()
    asks(event, CLEO, "Will it be recorded?")
    event.settle()
    thread = where(event)
    fields = event.envelope(CLEO, thread.ref or "").fields()
    assert event.do(ReportRoom(**fields, private=True, gone="deleted")) is None
    assert event.do(ReportShut(**event.envelope(CLEO).fields(), place=thread.id)) is None
    assert where(event).id == thread.id
    assert len(event.store.rows(Question)) == 1


def test_of_a_moderators_own_question_nothing_goes_into_the_thread_that_is_for_the_team() -> None:
    for direct, home in ((True, "question"), (False, "dm")):
        event = threaded(direct=direct)
        asks(event, DORA, "Will it be recorded?")
        if not direct:
            shut(event, where(event))
        shut(event, where(event))
        assert where(event).kind == home
        places = {it.id: it.kind for it in event.store.rows(Place)}
        kept = [it for it in event.store.rows(Surface) if it.ours and not it.dead and it.subject.startswith("receipt:")]
        assert [places[it.place] for it in kept] == [home]


def test_an_answer_in_a_thread_calls_its_asker_who_wants_to_be_told() -> None:
    event = threaded()
    asks(event, CLEO, "Will it be recorded?")
    answers(event, "Yes.")
    event.settle()
    thread = event.store.tables[Place][(where(event).id,)]
    assert any("For @Cleo" in it for it in read(event, thread))
    (person,) = (it for it in event.store.rows(Person) if it.id == event.person(CLEO))
    event.change(person, toasts=False)
    assert not any("@Cleo" in it for it in read(event, thread))
    assert event.writes(CLEO, thread.ref or "", "d-1", "And the slides?") is not None
    assert event.store.tables[Place][(thread.id,)].seen == "d-1", "reading on after a gap starts behind it"


# -- several servers --------------------------------------------------------------------------------------------------


def test_servers_share_ones_direct_messages_and_each_conversation_is_found_there() -> None:
    """Discord tells of no server in direct messages: the channel is a place of each."""
    event = threaded(direct=True)
    asks(event, CLEO, "Will it be recorded?")
    answers(event, "Yes.")
    event.settle()
    mine = where(event)
    other = replace(event.store.tables[Place][(mine.id,)], id=PlaceId("0elsewhere"), venue=VenueId("discord:G2"))
    event.store.tables[Place][(other.id,)] = other
    room = mine.ref or event.store.tables[Place][(mine.id,)].ref
    there = replace(CLEO, venue=VenueId("discord:"))
    posts = {it.subject.partition(":")[0]: it.ref for it in event.store.rows(Surface) if it.place == mine.id}
    fields = event.envelope(there, room).fields()
    wrote = WriteToBot(**fields, body=tree("And the slydes?"), ref="d-1", reply_to=posts["receipt"] or "")
    assert event.do(wrote) is not None
    (line,) = (it for it in event.store.rows(Surface) if it.ref == "d-1")
    assert line.place == mine.id, "not where the other server has the same channel"
    event.wait(1)
    assert event.edits(there, room, "d-1", "And the slides?") is not None
    event.do(GiveLike(**event.envelope(there, room).fields(), ref=posts["qline"] or "", emoji="👍", on=True))
    assert len(event.store.rows(Like)) == 1
    read = words(event.presses(OLGA, f"qread:{one(event).id}"))
    assert "And the slides?" in read and "(1 like)" in read
    assert event.deletes(there, room, "d-1") is not None
    assert "And the slides?" not in words(event.presses(OLGA, f"qread:{one(event).id}"))
    stranger = replace(DAN, venue=VenueId("discord:"))
    fields = event.envelope(stranger, room).fields()
    forged = WriteToBot(**fields, body=tree("I am Cleo"), ref="d-2", reply_to=posts["receipt"] or "")
    event.do(forged)
    assert not [it for it in event.store.rows(Line) if plain(it.body) == "I am Cleo"]


def test_lines_are_told_in_their_order_whatever_their_ids_are() -> None:
    event = threaded()
    for number in range(6):
        asks(event, CLEO, f"Question number {number}?")
        event.wait(1)
    told = words(event.types(CLEO, "/stage questions", HALL))
    assert "Question number 5?" in told
    event.settle()
    (receipt,) = (it for it in read(event, where(event)) if "received" in it)
    assert "Question number 0?" in receipt
    for number in range(4):
        answers(event, f"Answer number {number}.")
    assert "Answer number 3." in words(event.types(CLEO, "/stage questions", HALL))
