"""Moderating lines and their authors: everywhere, at once, by moderators only, and nothing typed is lost (SPEC 3.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.handle.curate import block
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import key
from core.domain.chat import Message
from core.domain.form import Form
from core.domain.ids import MINUTE, SECOND, Instant, PersonId
from core.domain.people import Actor, Audit, Member, Person
from core.domain.refused import Refused
from core.domain.surfaces import Place, Surface
from core.domain.text import Doc, Jump
from core.domain.view import Card, Select, Speech, Words
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DISCORD, DORA, HALL, OLGA, Event, actions, words


def said(event: Event, actor: Actor = ANN, ref: str = "1.1", body: str = "Hello", **more: object) -> Event:
    event.writes(actor, CHAT if actor.platform == "slack" else HALL, ref, body, **more)  # type: ignore[arg-type]
    event.settle()
    return event


def opens(event: Event, ref: str = "1.1", by: Actor = OLGA, room: str = CHAT) -> Outcome:
    return event.types(by, f"/mod moderate {room}/{ref}", CHAT if by.platform == "slack" else HALL)


def form_of(event: Event, ref: str = "1.1", by: Actor = OLGA, room: str = CHAT) -> Form:
    form = opens(event, ref, by, room).reply
    assert isinstance(form, Form), words(form)
    return form


def does(event: Event, what: str, ref: str = "1.1", by: Actor = OLGA, room: str = CHAT, **more: str) -> Outcome:
    outcome = event.sends(by, form_of(event, ref, by, room), room, do=what, **more)
    event.settle()
    return outcome


def chat(event: Event, room: str = HALL) -> list[str]:
    return [words(it) for it in event.room(room, "message")]


def line(event: Event, body: str = "Hello") -> Message:
    return next(it for it in event.store.rows(Message) if words(Speech("", "", None, it.body, None)) == body)  # type: ignore[arg-type]


def messages(event: Event) -> list[bool]:
    return [it.deleted for it in event.store.rows(Message)]


# -- the form -------------------------------------------------------------------------------------------------------


def test_the_form_shows_the_line_and_what_can_be_done():
    event = said(Event().opened(OLGA, ANN))
    form = form_of(event)
    assert words(form).startswith("Moderate\nAnn: Hello")
    assert [it.value for it in form.fields[0].picks] == ["pin", "delete", "recent", "block", "answer"]
    does(event, "pin")
    does(event, "block")
    assert [it.value for it in form_of(event).fields[0].picks] == ["unpin", "delete", "recent", "unblock", "answer"]


def test_a_copy_is_moderated_as_well_as_the_line_itself():
    event = said(Event().opened(OLGA, ANN))
    copy = next(it.ref for it in event.store.rows(Surface) if it.ours and it.subject.startswith("message"))
    assert words(form_of(event, str(copy), DORA, HALL)) == words(form_of(event))


@pytest.mark.parametrize(("by", "room"), [(OLGA, HALL), (DORA, CHAT)], ids=["Discord's on Slack", "Slack's on Discord"])
def test_the_link_of_another_venue_s_message_finds_the_line(by, room):
    event = said(Event().opened(OLGA, ANN))
    copy = next(it.ref for it in event.store.rows(Surface) if it.ours and it.subject.startswith("message"))
    ref = str(copy) if room == HALL else "1.1"
    assert words(form_of(event, ref, by, room)) == words(form_of(event))
    assert "not one of the session's chat" in words(opens(event, "9.9", by, room))
    does(event, "delete", ref, by, room)
    assert messages(event) == [True]


@pytest.mark.parametrize("actor", [ANN, BEN, replace(BEN, manages=True)], ids=["author", "stranger", "organiser"])
def test_only_moderators_open_the_form(actor):
    event = said(Event().opened(OLGA, ANN))
    told = opens(event, by=actor)
    assert not told.done and words(told) == "Only moderators of this session can do that. Ask one of them."
    assert not event.presses(actor, f"moderate:{line(event).id}", CHAT).done


@pytest.mark.parametrize("ref", ["9.9", "", "x/y", "bar"])
def test_what_is_no_line_is_explained(ref):
    event = said(Event().opened(OLGA, ANN))
    here = event.place("stage").id
    bar = next(it.ref for it in event.store.rows(Surface) if it.subject.startswith("bar") and it.place == here)
    told = opens(event, str(bar) if ref == "bar" else ref)
    assert not told.done and "not one of the session's chat" in words(told)
    assert "not one of the session's chat" in words(event.presses(OLGA, "moderate:none", CHAT))


def test_of_several_lines_in_one_post_it_is_asked_which():
    event = Event().opened(OLGA, ANN, BEN)
    for number, actor in enumerate((ANN, BEN, ANN)):
        event.writes(actor, CHAT, f"1.{number}", f"line {number}", at=Instant(event.now + number))
    hall = event.place("stage", DISCORD)
    carrier = Surface("carrier", "bundle:carrier", hall.id, ref="777", shown=1)  # type: ignore[arg-type]
    event._save(carrier)
    for row in event.store.rows(Surface):
        if row.ours and row.subject.startswith("message"):
            event.change(row, bundle=carrier.id)
    asked = opens(event, "777", DORA, HALL).reply
    assert isinstance(asked, Card)
    (select,) = [it for it in asked.parts if isinstance(it, Select)]
    assert [it.label for it in select.options] == ["Ann: line 0", "Ben: line 1", "Ann: line 2"]
    form = event.presses(DORA, select.action, HALL, picked=(select.options[1].value,)).reply
    assert isinstance(form, Form) and "Ben: line 1" in words(form)
    event.sends(DORA, form, HALL, do="delete")
    assert "line 1" not in repr(event.room(HALL, "bundle"))
    assert not opens(event, "777", ANN, HALL).done
    for ref in ("1.0", "1.2"):
        event.deletes(ANN, CHAT, ref)
    assert not opens(event, "777", DORA, HALL).done, "nothing is left in it"
    assert actions(asked) == ["moderate"]


def test_lines_of_the_backchannel_and_of_the_queue_are_nobody_else_s():
    event = Event().opened(OLGA, DORA)
    for kind in ("backchannel", "queue"):
        room = event.ref(kind)
        event.writes(OLGA, room, "5.5", "Among us")
        told = event.types(OLGA, f"/mod moderate {room}/5.5", CHAT)
        assert not told.done
    assert len(messages(event)) == 1, "what is said in the queue is not stored"
    (message,) = event.store.rows(Message)
    assert "by who wrote them" in words(event.presses(OLGA, f"moderate:{message.id}", CHAT))


# -- pins -----------------------------------------------------------------------------------------------------------


def test_a_pin_is_put_on_every_post_of_the_line_and_into_everybody_s_menu():
    event = said(Event().opened(OLGA, ANN, CLEO))
    assert words(does(event, "pin")) == "Pinned. It is in the menu of everybody now."
    copy = next(it.ref for it in event.store.rows(Surface) if it.place == event.place("stage", DISCORD).id
                and it.subject.startswith("message") and it.kind == "post")  # fmt: skip
    assert (event.pins[CHAT], event.pins[HALL]) == ({"1.1"}, {copy})
    shown = event.presses(CLEO, f"menu:{event.session}", HALL)
    assert "Pinned · Ann: Hello" in words(shown)
    assert f"ref='{copy}'" in repr(shown), "each reads the way in their own venue"
    does(event, "unpin")
    assert (event.pins[CHAT], event.pins[HALL]) == (set(), set())
    assert "Nothing is pinned yet" in words(event.presses(CLEO, f"menu:{event.session}", HALL))
    does(event, "pin")
    assert (event.pins[CHAT], event.pins[HALL]) == ({"1.1"}, {copy})


def test_the_menu_lists_the_newest_pins_and_none_that_was_deleted():
    event = Event().opened(OLGA, ANN)
    for number in range(7):
        event.wait(1)
        said(event, ref=f"2.{number}", body=f"Line {number}")
        does(event, "pin", f"2.{number}")
    event.deletes(ANN, CHAT, "2.6")
    event.settle()
    told = words(event.presses(ANN, f"menu:{event.session}", CHAT))
    assert [number for number in range(7) if f"Ann: Line {number}" in told] == [1, 2, 3, 4, 5]
    assert event.pins[CHAT] == {f"2.{number}" for number in range(6)}


def test_a_pinned_line_that_does_not_stand_in_the_reader_s_venue_is_told_without_a_way():
    event = said(Event().opened(OLGA, ANN, CLEO))
    does(event, "pin")
    event.reports(DISCORD, HALL, gone="deleted")
    shown = event.presses(CLEO, f"menu:{event.session}", HALL)
    assert "Pinned · Ann: Hello" in words(shown)
    assert "Go to message" not in words(shown)


def test_a_long_line_is_pinned_at_its_head_and_stays_pinned_when_edited():
    event = said(Event().opened(OLGA, ANN), body="word " * 700)
    does(event, "pin")
    assert len(event.pins[HALL]) == 1
    before = set(event.pins[HALL])
    event.wait(1)
    event.edits(ANN, CHAT, "1.1", "short")
    event.settle()
    assert event.pins[HALL] == before
    assert "Ann: short" in words(event.presses(ANN, f"menu:{event.session}", CHAT))


def test_a_pin_edits_no_copy_of_its_line():
    event = said(Event().opened(OLGA, ANN))
    what = f"message:{line(event).id}"
    before = event.versions()[what]
    for deed in ("pin", "unpin", "pin"):
        does(event, deed)
        assert event.versions()[what] == before, deed
    assert event.pins[CHAT] == {"1.1"} and len(event.pins[HALL]) == 1


@pytest.mark.parametrize("deed", ["unpin", "delete", "recent", "author", "clear"])
def test_pins_that_an_older_version_made_are_taken_off_like_all_others(deed):
    event = said(Event().opened(OLGA, ANN))
    does(event, "pin")
    what = f"message:{line(event).id}"
    for it in [it for it in event.store.rows(Surface) if it.kind == "pin"]:
        event.change(it, subject=what)
    if deed == "author":
        event.deletes(ANN, CHAT, "1.1")
        event.settle()
    elif deed == "clear":
        event.presses(OLGA, f"clear:{event.session}", CHAT)
        event.ticks()
        event.settle()
    else:
        does(event, deed)
    assert (event.pins[CHAT], event.pins[HALL]) == (set(), set())
    if deed == "unpin":
        does(event, "pin")
        assert event.pins[CHAT] == {"1.1"} and len(event.pins[HALL]) == 1


@pytest.mark.parametrize("deed", ["delete", "recent", "author", "clear"])
def test_a_pin_goes_with_its_line(deed):
    event = said(Event().opened(OLGA, ANN))
    does(event, "pin")
    if deed == "author":
        event.deletes(ANN, CHAT, "1.1")
    elif deed == "clear":
        event.presses(OLGA, f"clear:{event.session}", CHAT)
        event.ticks()
    else:
        does(event, deed)
    event.settle()
    assert (event.pins[CHAT], event.pins[HALL]) == (set(), set())


# -- deleting -------------------------------------------------------------------------------------------------------


def test_deleting_removes_the_line_and_every_copy_where_the_platforms_let_us():
    event = said(Event().opened(OLGA, ANN))
    does(event, "pin")
    assert words(does(event, "delete")) == "Deleted."
    assert (chat(event), event.pins[CHAT], event.pins[HALL]) == ([], set(), set())
    native = next(it for it in event.store.rows(Surface) if not it.ours)
    assert native.dead == "removed", "the original too"
    assert [it.body for it in event.store.rows(Message)] == [()]
    assert "deleted already" in words(opens(event))
    assert event.edits(ANN, CHAT, "1.1", "Again", at=Instant(event.now + SECOND)) is None


def test_what_stays_is_told_with_its_link():
    event = Event(prunes=False).opened(OLGA, ANN, CLEO)
    said(event)
    told = does(event, "delete").reply
    assert chat(event) == []
    assert isinstance(told, Card)
    assert "The original stays: only its author or an admin can delete it there: this one." in words(told)
    jumps = [
        node for part in told.parts if isinstance(part, Words) for node in nodes(part.text) if isinstance(node, Jump)
    ]
    assert [(it.room, it.ref) for it in jumps] == [(CHAT, "1.1")]
    said(event, CLEO, "7.7", "From there")
    copy = next(
        it.ref for it in event.store.rows(Surface) if it.ours and it.subject.startswith("message") and not it.gone
    )
    assert "there: one in “The discord place”." in words(does(event, "delete", str(copy)))


def nodes(text: str | Doc) -> Doc:
    return () if isinstance(text, str) else text


def test_their_last_ten_minutes_are_only_theirs_only_of_the_stage_and_only_ten():
    event = Event().opened(OLGA, ANN, BEN)
    event.appoints(ANN, "speaker")
    event.settle()
    said(event, ref="1.0", body="Long ago")
    event.wait(5 * 60)
    said(event, ref="1.1", body="Ten minutes ago")
    event.wait(6 * 60)
    said(event, ref="1.2", body="Just now")
    said(event, BEN, ref="1.3", body="Somebody else's")
    event.writes(ANN, event.ref("backchannel"), "1.4", "Among us")
    said(event, ref="1.5", body="Last")
    does(event, "answer", "1.2", reply="Please calm down")
    told = does(event, "recent", "1.2")
    assert words(told).startswith("3 messages are deleted.")
    assert set(chat(event)) == {"Long ago", "Somebody else's", "Please calm down"}
    assert sum(messages(event)) == 3
    assert "1 messages" not in words(does(event, "recent", "1.0")), "an older one is deleted with what is recent"
    assert "Long ago" not in chat(event)


def test_ten_minutes_are_ten_minutes():
    event = Event().opened(OLGA, ANN)
    start = event.now
    for seconds in (0, 1, 2):
        event.writes(ANN, CHAT, f"1.{seconds}", f"line {seconds}", at=Instant(start + seconds * SECOND))
    event.now = Instant(start + 10 * MINUTE + 1 * SECOND)
    does(event, "recent", "1.2")
    assert chat(event) == ["line 0"]


def test_lines_of_a_voice_have_no_author_to_block():
    event = said(Event().opened(OLGA, ANN))
    does(event, "answer", reply="Thank you")
    voice = next(it for it in event.store.rows(Message) if it.voiced)
    form = event.presses(OLGA, f"moderate:{voice.id}", CHAT).reply
    assert isinstance(form, Form)
    assert [it.value for it in form.fields[0].picks] == ["pin", "delete", "answer"]
    assert "The session: Thank you" in words(form)
    for forged in ("block", "recent", "dance", ""):
        again = event.sends(OLGA, form, CHAT, do=forged).reply
        assert isinstance(again, Form) and "changed meanwhile" in again.fields[0].error
    assert event.sends(OLGA, form, CHAT, do="delete").done
    assert "Thank you" not in chat(event)


# -- blocking -------------------------------------------------------------------------------------------------------


def test_a_blocked_author_is_carried_no_more_until_unblocked():
    event = said(Event().opened(OLGA, ANN))
    assert words(does(event, "block")).startswith("Ann is blocked: out of the chat")
    event.writes(ANN, CHAT, "1.2", "More")
    assert messages(event) == [False, True], "what they write is removed, not shared"
    poll = event.poll()
    assert words(event.votes(ANN, poll, "0")) == "This is not available to you in this session."
    assert words(does(event, "unblock")) == "Ann takes part again."
    assert event.writes(ANN, CHAT, "1.3", "Back") is not None
    assert event.votes(ANN, poll, "0").done


def test_moderators_and_oneself_are_not_blocked_and_what_was_typed_comes_back():
    event = Event().opened(OLGA)
    event.joins(DORA)
    said(event, DORA, "6.1", "Hi")
    said(event, OLGA, "6.2", "Ho")
    for ref, room, sentence in (("6.1", HALL, "Dora is a moderator."), ("6.2", CHAT, "Olga is a moderator.")):
        again = does(event, "block", ref, room=room, by=DORA if room == HALL else OLGA, reply="My long answer").reply
        assert isinstance(again, Form)
        assert again.fields[0].error.startswith(sentence)
        assert again.fields[1].value == ("My long answer",)
    assert "My long answer" not in chat(event)


def test_nobody_blocks_themselves_or_somebody_who_is_not_there():
    event = said(Event().opened(OLGA, ANN))
    message, ann = line(event), event.person(ANN)
    nobody = replace(message, person=PersonId("nobody"))
    for author, sentence in ((message, "That is yourself."), (nobody, "The session is not in this session any more.")):
        keys = [key(Member, event.session, author.person), key(Person, author.person)]
        work = event.store.read(lambda _, it=keys: it)  # type: ignore[misc]
        with pytest.raises(Refused) as refused:
            block(event.state(), author, PersonId(ann), True, work, Moment(event.now, event.new_id))
        assert refused.value.sentence == sentence


# -- answering ------------------------------------------------------------------------------------------------------


def test_an_answer_goes_out_in_the_session_s_name_as_a_reply_in_every_stage():
    event = said(Event().opened(OLGA, ANN, CLEO))
    told = does(event, "answer", reply="Thank you, *all*")
    assert words(told) == "Your answer goes out in the session's name."
    for room in (CHAT, HALL):
        answer = [it for it in event.room(room, "message") if isinstance(it, Speech) and it.author == "Keynote"]
        assert [(words(it), it.origin, it.avatar) for it in answer] == [("Thank you, *all*", "Moderators", None)]
        quote = answer[0].quote
        assert quote is not None and (quote.author, quote.words) == ("Ann", "Hello")
    voice = next(it for it in event.store.rows(Message) if it.voiced)
    parents = {it.place: it.parent for it in event.store.rows(Surface) if it.subject == f"message:{voice.id}"}
    heads = {it.place: it.id for it in event.store.rows(Surface) if it.subject == f"message:{line(event).id}"}
    assert parents == heads, "in its thread, wherever it stands"
    assert "Olga" not in repr(event.room(HALL, "message"))


def test_an_answer_may_go_with_any_act_and_is_needed_by_none_but_itself():
    event = said(Event().opened(OLGA, ANN))
    told = words(does(event, "delete", reply="Not here, please"))
    assert told == "Deleted.\nYour answer goes out in the session's name."
    assert chat(event) == ["Not here, please"]
    said(event, ref="1.2")
    again = does(event, "answer", "1.2", reply="  ").reply
    assert isinstance(again, Form) and "Write the answer here" in again.fields[1].error


def test_an_answer_that_is_too_long_or_too_late_comes_back_with_its_text():
    event = said(Event().opened(OLGA, ANN))
    form = form_of(event)
    again = event.sends(OLGA, form, CHAT, do="answer", reply="x" * 1_501).reply
    assert isinstance(again, Form)
    assert again.fields[1].error == "The answer has 1,501 characters; 1,500 fit."
    assert again.fields[1].value == ("x" * 1_501,)
    event.advances("ended")
    late = event.sends(OLGA, form, CHAT, do="answer", reply="Too late").reply
    assert isinstance(late, Form)
    assert "The session has ended" in late.fields[1].error and late.fields[1].value == ("Too late",)
    assert event.sends(OLGA, form, CHAT, do="delete").done, "deleting is possible at any time"


def test_an_answer_by_somebody_demoted_meanwhile_is_refused():
    event = said(Event().opened(OLGA, ANN, BEN))
    event.appoints(BEN, "moderator")
    form = form_of(event, by=BEN)
    event.removes(BEN, "moderator")
    for what in ("answer", "delete", "pin", "block"):
        told = event.sends(BEN, form, CHAT, do=what, reply="Mine")
        assert not told.done and words(told).startswith("Only moderators")
    assert chat(event) == ["Hello"]
    assert event.member(ANN) is not None and not event.member(ANN).blocked  # type: ignore[union-attr]


def test_what_moderators_do_is_written_down_without_anybody_s_words():
    event = said(Event().opened(OLGA, ANN))
    for what in ("pin", "unpin", "block", "unblock", "delete"):
        event.wait(1)
        does(event, what, reply="Words")
    done = [it.deed for it in sorted(event.store.rows(Audit), key=lambda it: it.at)]
    assert done[-5:] == ["pin", "unpin", "block", "unblock", "delete"]
    assert "Words" not in repr(event.store.rows(Audit)) and "Hello" not in repr(event.store.rows(Audit))


def test_a_line_whose_room_was_let_go_is_not_found_by_its_link_any_more():
    event = said(Event().opened(OLGA, ANN))
    event.advances("ended")
    event.advances("archived")
    assert "not one of the session's chat" in words(opens(event))
    assert [it.state for it in event.store.rows(Place) if it.ref == CHAT] == ["released"]


def test_who_answers_in_the_name_of_the_session_accepts_to_be_recorded_and_the_words_stay():
    event = Event().opened(ANN)
    event.writes(ANN, CHAT, "1.1", "Hello")
    form = event.types(OLGA, f"/mod moderate {CHAT}/1.1", CHAT).reply
    assert isinstance(form, Form)
    refused = event.sends(OLGA, form, CHAT, do="answer", reply="Welcome").reply
    assert isinstance(refused, Form)
    (reply,) = [field for field in refused.fields if field.name == "reply"]
    assert reply.value == ("Welcome",)
    assert reply.error.startswith("Join the session before")
    event.sends(OLGA, form, CHAT, do="pin", reply="")
    event.joins(OLGA)
    assert event.sends(OLGA, form, CHAT, do="answer", reply="Welcome").done
