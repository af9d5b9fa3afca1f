"""A question in direct messages: lines, edits, deletions and likes there, and moderators' talk beside its card."""

from __future__ import annotations

from typing import Any

from core.app import commands
from core.app.outcome import Outcome
from core.domain.form import Form
from core.domain.questions import Line, Question
from core.domain.schedule import Due, returning, warning
from core.domain.surfaces import Place, Surface
from core.domain.text import plain
from core.domain.view import Card
from tests.fakes.bot import ANN, BEN, CHAT, OLGA, Event, actions, someone, tree, words
from tests.flow.test_questions_story import asks, form_of, one

OMAR = someone("omar")


def asked(text: str = "When is lunch?") -> Event:
    """Ann asked in Slack, where her conversation is in direct messages."""
    event = Event().opened(OLGA, OMAR, ANN, BEN)
    event.appoints(OMAR, "moderator")
    asks(event, ANN, text)
    event.settle()
    return event


def dm(event: Event) -> str:
    place = next(it for it in event.store.rows(Place) if it.id == one(event).place)
    assert (place.kind, place.person) == ("dm", event.person(ANN))
    return str(place.ref)


def receipt(event: Event) -> str:
    return next(str(it.ref) for it in event.store.rows(Surface) if it.subject == f"receipt:{one(event).id}")


def card(event: Event) -> str:
    queue = event.place("queue").id
    posts = [it for it in event.store.rows(Surface) if it.subject == f"question:{one(event).id}"]
    return next(str(it.ref) for it in posts if it.place == queue)


def tells(event: Event, text: str, ref: str, to: str = "", actor: Any = ANN) -> Outcome | None:
    fields = event.envelope(actor, dm(event)).fields()
    return event.do(commands.WriteToBot(**fields, ref=ref, reply_to=to, body=tree(text)))


def card_of(outcome: Outcome | None) -> Card:
    assert outcome is not None
    assert isinstance(outcome.reply, Card)
    return outcome.reply


def lines(event: Event, by: str = "asker") -> list[str]:
    found = [it for it in event.store.rows(Line) if it.by == by]
    return [plain(it.body) for it in sorted(found, key=lambda it: (it.at, it.id))]


def likes(event: Event, ref: str, emoji: str = "👍", *, on: bool = True) -> Outcome | None:
    event.wait(1)
    return event.do(commands.GiveLike(**event.envelope(ANN, dm(event)).fields(), ref=ref, emoji=emoji, on=on))


def read(event: Event) -> str:
    return words(event.presses(OLGA, f"qread:{one(event).id}", CHAT))


def test_what_stands_in_the_thread_of_the_receipt_is_taken_in_once_edited_and_taken_back() -> None:
    event = asked()
    event.wait(1)
    outcome = tells(event, "And where?", "w1", receipt(event))
    assert outcome is not None
    assert outcome.reply is None  # nothing is answered to a line in the conversation
    assert tells(event, "And where?", "w1", receipt(event)) is None  # read back although it was taken in
    assert lines(event) == ["When is lunch?", "And where?"]
    event.wait(1)
    event.edits(ANN, dm(event), "w1", "And where is it?")
    assert "And where is it?" in read(event)
    event.wait(1)
    event.deletes(ANN, dm(event), "w1")
    assert "This message has been deleted." in read(event)
    assert "where is it" not in read(event)


def test_a_line_without_an_addressee_is_sent_as_it_reads_by_then() -> None:
    event = asked()
    reply = tells(event, "When is dinr?", "w2")
    assert words(card_of(reply)).startswith("To whom?")
    assert lines(event) == ["When is lunch?"]
    event.wait(1)
    event.edits(ANN, dm(event), "w2", "When is dinner?")
    told = event.presses(ANN, next(it for it in actions(card_of(reply)) if it.startswith("qsend")), dm(event))
    assert words(told).startswith("Sent to the moderators, with Q1.")
    assert lines(event) == ["When is lunch?", "When is dinner?"]
    event.wait(1)
    event.edits(ANN, dm(event), "w2", "When is supper?")
    assert lines(event)[-1] == "When is supper?"


def test_a_line_that_was_taken_back_before_it_was_sent_goes_nowhere() -> None:
    event = asked()
    reply = tells(event, "When is dinner?", "w2")
    stranger = commands.DeleteLine(**event.envelope(someone("unknown"), dm(event)).fields(), ref="w2")
    event.do(stranger)  # Slack does not always tell whose line it was
    refused = event.presses(ANN, next(it for it in actions(card_of(reply)) if it.startswith("qsend")), dm(event))
    assert not refused.done
    assert lines(event) == ["When is lunch?"]


def test_only_the_like_of_the_session_is_a_like() -> None:
    event = asked()
    tells(event, "And where?", "w1", receipt(event))
    assert likes(event, "w1", "🎉") is None
    assert "like" not in read(event)
    assert likes(event, "w1") is not None
    assert "And where? (1 like)" in read(event)
    assert likes(event, "w1", "🎉", on=False) is None  # another emoji taken back leaves it
    assert "(1 like)" in read(event)
    likes(event, "w1", on=False)
    assert "like)" not in read(event)


def test_an_answer_is_liked_by_its_asker() -> None:
    event = asked()
    form = form_of(event.presses(OLGA, f"qreply:{one(event).id}", CHAT))
    event.sends(OLGA, form, CHAT, answer="At one.", then=("done",))
    event.settle()
    answer = next(it for it in event.store.rows(Surface) if it.subject.startswith("qline:") and it.ours and it.ref)
    head = next(it for it in event.store.rows(Surface) if it.subject == f"receipt:{one(event).id}")
    assert answer.parent == head.id  # it stands in the thread of the receipt
    likes(event, answer.ref)
    assert "At one. (1 like)" in read(event)


def test_words_behind_the_command_that_cannot_be_asked_are_shown_back_and_not_kept() -> None:
    event = Event().opened(OLGA, ANN)
    told = asks(event, BEN, "When is lunch?")
    assert words(told).startswith("Join the session first")
    assert "What you typed:" in words(told)
    assert "When is lunch?" in words(told)
    assert actions(card_of(told)) == [f"join:{event.session}"]
    assert not told.kept
    assert event.store.rows(Question) == event.store.rows(Line) == []
    nowhere = event.types(ANN, "/stage ask", "C-elsewhere")
    assert isinstance(nowhere.reply, Form)
    event.advances("ended")
    assert "And why?" in words(asks(event, ANN, "And why?"))
    bare = event.types(ANN, "/stage ask", CHAT)
    assert "What you typed" not in words(bare)
    assert bare.kept


def said_beside(event: Event) -> list[str]:
    event.settle()
    return [words(it) for _, _, it in event.shown(lambda _, surface: surface.subject.startswith("aside:"))]


def test_talk_beside_a_card_stays_and_that_is_said_once() -> None:
    event = asked()
    room = event.ref("queue")
    event.writes(OLGA, room, "n1", "Who knows?", to=card(event))
    event.writes(OMAR, room, "n2", "I ask the kitchen.", to=card(event))
    assert said_beside(event) == ["Talk here stays among moderators. Reply sends to Ann."]
    assert "Note by Olga: Who knows?" in read(event)
    assert lines(event, "note") == ["Who knows?", "I ask the kitchen."]
    assert not any("kitchen" in it for it in event.direct(ANN))


def test_with_the_rule_the_owners_lines_go_out_marked_as_sent_and_are_recalled() -> None:
    event = asked()
    room = event.ref("queue")
    form = form_of(event.presses(OLGA, f"qrules:{event.session}", CHAT))
    field = next(it for it in form.fields if any(pick.value == "sends" for pick in it.picks))
    event.sends(OLGA, form, CHAT, **{field.name: (*field.value, "sends")})
    event.writes(OLGA, room, "n0", "Nobody has it yet.", to=card(event))
    event.presses(OLGA, f"qreply:{one(event).id}", CHAT)
    event.wait(60)
    event.writes(OLGA, room, "n1", "At one o'clock.", to=card(event))
    event.writes(OLGA, room, "n2", "-- or two?", to=card(event))
    event.writes(OMAR, room, "n3", "I am not the owner.", to=card(event))
    assert lines(event, "moderator") == ["At one o'clock."]
    told = said_beside(event)
    assert told == [
        "Kept among moderators. Lines of who has Q1 go to Ann, but for those with -- first.",
        "Sent to Ann. Delete your line to recall it.",
    ]
    assert any("At one o'clock." in it for it in event.direct(ANN))
    awaited = [it for it in event.store.rows(Due) if it.what in (warning(one(event).id), returning(one(event).id))]
    assert len(awaited) == 2
    assert all(it.fired_at is not None for it in awaited)  # an answer went out, so nobody is warned
    event.wait(1)
    event.deletes(OLGA, room, "n1")
    event.settle()
    assert said_beside(event) == told[:1]
    assert not any("At one o'clock." in it for it in event.direct(ANN))


def test_older_questions_are_on_a_page_of_their_own() -> None:
    event = Event().opened(OLGA, ANN)
    form = form_of(event.presses(OLGA, f"qrules:{event.session}", CHAT))
    mode = next(it for it in form.fields if any(pick.value == "multi" for pick in it.picks))
    event.sends(OLGA, form, CHAT, **{mode.name: "multi"})
    for number in range(7):
        asks(event, ANN, f"Question {number}?")
    first = event.presses(ANN, f"questions:{event.session}", CHAT)
    assert "Question 6?" in words(first)
    assert "Question 1?" not in words(first)
    older = words(event.presses(ANN, f"questions:{event.session}:1", CHAT))
    assert "Question 1?" in older
    assert "Question 6?" not in older
    assert len(event.store.rows(Question)) == 7
