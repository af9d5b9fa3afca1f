"""How a session takes questions: chosen when it is made, changed while it runs; who may not ask (SPEC 2.5, 4, 14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.app.outcome import FormDraft, Inbox
from core.domain.form import Form
from core.domain.ids import Instant, instant
from core.domain.question_rules import QuestionRules
from core.domain.questions import Line, Question
from core.domain.sessions import Venue
from core.domain.surfaces import Place, Surface
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DORA, HALL, OLGA, Event, buttons, someone, words

BERLIN = "Europe/Berlin"


def staffed(**values: Any) -> Event:
    event = Event().opened(OLGA, DORA, ANN, BEN, CLEO)
    event.settle()
    return ruled(event, **values) if values else event


def ruled(event: Event, **values: Any) -> Event:
    form = event.presses(OLGA, f"qrules:{event.session}").reply
    assert isinstance(form, Form), words(form)
    told = words(event.sends(OLGA, form, **values))
    assert told.startswith("Saved."), told
    event.settle()
    return event


def one(event: Event, number: int = 1) -> Question:
    found: Question = next(it for it in event.store.rows(Question) if it.number == number)
    return found


def asks(event: Event, actor: Any, text: str) -> str:
    told = words(event.types(actor, f"/stage ask {text}", CHAT if actor.platform == "slack" else HALL))
    event.settle()
    return told


def answers(event: Event, number: int = 1, text: str = "Yes, on Friday.", by: Any = OLGA) -> str:
    form = event.presses(by, f"qreply:{one(event, number).id}").reply
    assert isinstance(form, Form), words(form)
    told = words(event.sends(by, form, answer=text, then=("done",)))
    event.settle()
    return told


def read_by(event: Event, actor: Any) -> list[str]:
    """Everything that stands in the conversations of this person."""
    person = event.person(actor)
    shown = event.shown(lambda place, surface: place.person == person and place.kind in ("dm", "question"))
    return [words(content) for _, surface, content in shown if surface.subject.startswith(("receipt", "qline"))]


def clock(typed: str, zone: str = BERLIN) -> Instant:
    return instant(datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone)))


# -- chosen ---------------------------------------------------------------------------------------------------------


@pytest.mark.shows("session-create", on="both")
def test_a_new_session_asks_five_things_and_single_conversations_are_the_usual() -> None:
    event = Event()
    form = event.types(OLGA, "/mod session create", CHAT).reply
    assert isinstance(form, Form)
    assert [it.label for it in form.fields] == ["Name", "Start", "Length", "Timezone of the start", "Questions"]
    assert (form.fields[4].value, [it.value for it in form.fields[4].picks]) == (
        ("single",),
        ["single", "multi", "public", "off"],
    )
    assert event.sends(OLGA, form, CHAT, name="Keynote").done
    assert event.store.rows(QuestionRules) == [], "the usual ones need no row"
    assert event.sends(OLGA, form, CHAT, name="Panel", mode="public").done
    assert [it.mode for it in event.store.rows(QuestionRules)] == ["public"]


@pytest.mark.shows("questions-rules", on="both")
def test_setup_leads_to_the_rules_and_every_mistake_stands_at_its_field() -> None:
    event = staffed()
    card = event.types(OLGA, "/mod session setup", CHAT).reply
    form = event.presses(OLGA, buttons(card)["Q&A"]).reply
    assert isinstance(form, Form)
    wrong = {"mode": "loud", "hours": "late", "reply": "x" * 301, "replies": "y" * 301}
    again = event.sends(OLGA, form, **wrong).reply
    assert isinstance(again, Form)
    assert {it.name for it in again.fields if it.error} == set(wrong)
    assert {it.name: it.value[0] for it in again.fields if it.error} == wrong, "what was typed is kept"
    assert event.store.rows(QuestionRules) == []
    again = event.presses(OLGA, f"qrules:{event.session}").reply
    assert isinstance(again, Form)
    assert again.fields[2].value == ("late",)
    ruled(event, mode="multi", ways=("sends",), hours="9:00-17:30", reply="See you tomorrow.", replies="Yes\nNo")
    (rules,) = event.store.rows(QuestionRules)
    assert (rules.mode, rules.sends, rules.direct, rules.opens, rules.closes) == (
        "multi",
        True,
        False,
        "09:00",
        "17:30",
    )
    for actor in (ANN, CLEO, DAN):
        assert not event.presses(actor, f"qrules:{event.session}").done
        assert not event.sends(actor, form, mode="off").done
    assert event.store.rows(QuestionRules) == [rules]


def bar(event: Event) -> str:
    return "\n".join(str(list(buttons(it))) for it in (*event.room(CHAT, "bar"), *event.room(HALL, "bar")))


def test_without_questions_the_button_is_gone_at_once_and_what_was_asked_stays() -> None:
    event = staffed()
    asks(event, CLEO, "Will the recordings be public?")
    asks(event, ANN, "Is there tea?")
    assert "Ask a question" in bar(event)
    for surface in event.store.rows(Surface):
        if surface.subject == f"bar:{event.session}" and not surface.gone:
            event.change(surface, next_at=Instant(event.now + 6_000_000))
    ruled(event, mode="off")
    assert "Ask a question" not in bar(event)
    waiting = [it for it in event.store.rows(Surface) if it.subject == f"bar:{event.session}" and not it.gone]
    assert {it.next_at for it in waiting} <= {0}
    refused = asks(event, BEN, "And the slides?")
    assert refused.startswith("“Keynote” takes no questions. You can still write in its chat.")
    assert "And the slides?" in refused, "what was typed is shown"
    assert len(event.store.rows(Question)) == 2
    answers(event)
    assert any("Yes, on Friday." in it for it in read_by(event, CLEO))
    assert "Q1" in words(event.types(CLEO, "/stage questions", HALL))
    desk = event.room(event.ref("queue"), "desk")[0]
    assert "Take next" in buttons(desk), "Q2 waits still"
    answers(event, 2)
    assert "Take next" not in buttons(event.room(event.ref("queue"), "desk")[0])
    ruled(event, mode="multi")
    assert "Ask a question" in bar(event)
    assert asks(event, CLEO, "And the slides?").startswith("Q3 was received")
    assert one(event).state == "resolved"


def test_from_single_to_multi_each_question_is_its_own_and_back_again_the_newest_goes_on() -> None:
    event = staffed()
    asks(event, ANN, "One?")
    asks(event, ANN, "Two?")
    assert [it.number for it in event.store.rows(Question)] == [1]
    ruled(event, mode="multi")
    asks(event, ANN, "Three?")
    assert [it.number for it in event.store.rows(Question)] == [1, 2]
    ruled(event, mode="single")
    asks(event, ANN, "Four?")
    assert len(event.store.rows(Question)) == 2
    newest = one(event, 2)
    assert sum(it.question == newest.id for it in event.store.rows(Line)) == 2


# -- hours ----------------------------------------------------------------------------------------------------------


@pytest.mark.shows("questions-hours", on="both")
@pytest.mark.parametrize("actor", [ANN, CLEO], ids=["slack", "discord"])
def test_who_asks_outside_the_hours_reads_them_and_when_moderators_are_back(actor: Any) -> None:
    event = staffed(hours="09:00-17:30", reply="Thank you! We answer in the morning.")
    event.change(event.state(), zone=BERLIN, ends_at=clock("2026-10-26 23:00"))
    event.now = clock("2026-10-24 21:00")  # the clocks go back that night
    told = asks(event, actor, "Will the recordings be public?")
    assert "Thank you! We answer in the morning. Moderators answer from 09:00 to 17:30 (Europe/Berlin)" in told
    (receipt,) = read_by(event, actor)
    assert "Moderators answer from 09:00 to 17:30 (Europe/Berlin)" in receipt
    back = f"{clock('2026-10-25 09:00') // 1_000_000}"
    shown = str([it for _, _, it in event.shown(lambda place, surface: surface.subject.startswith("receipt"))])
    assert back in shown
    event.now = clock("2026-10-25 09:30")
    answers(event)
    assert not any("Moderators answer from" in it for it in read_by(event, actor))
    told = asks(event, actor, "And the slides?")
    assert "Moderators answer from" not in told
    event.now = clock("2026-10-25 17:30")
    assert "Moderators answer from" in asks(event, actor, "And the photos?")


def test_hours_over_midnight_are_of_the_sessions_zone() -> None:
    event = staffed(hours="22:00-02:00")
    event.change(event.state(), zone="Asia/Tokyo", ends_at=clock("2026-10-26 23:00"))
    for typed, late in (("2026-10-24 21:59", True), ("2026-10-25 01:59", False), ("2026-10-25 02:00", True)):
        event.now = clock(typed, "Asia/Tokyo")
        assert ("from 22:00 to 02:00 the next day (Asia/Tokyo)" in asks(event, ANN, f"{typed}?")) == late


# -- blocked --------------------------------------------------------------------------------------------------------


@pytest.mark.shows("questions-blocked", on="both")
@pytest.mark.parametrize("actor", [ANN, CLEO], ids=["slack", "discord"])
def test_who_is_blocked_gets_nothing_until_they_are_let_in_again(actor: Any) -> None:
    event = staffed()
    asks(event, actor, "Will the recordings be public?")
    ask = event.presses(actor, f"ask:{event.session}").reply
    assert isinstance(ask, Form)
    assert "sent" in answers(event, text="We look it up.")
    receipt = f"receipt:{one(event).id}"
    card = event.versions()[f"question:{one(event).id}"]
    before, shown = len(read_by(event, actor)), event.versions()[receipt]
    event.presses(OLGA, f"qblocked:{one(event).id}")
    event.settle()
    assert event.versions()[f"question:{one(event).id}"] > card
    event.presses(OLGA, f"qdo:{one(event).id}:reopen")
    event.settle()
    cards = [words(it) for it in event.room(event.ref("queue"), "question")]
    assert "its asker is blocked" in cards[0]
    assert "only once somebody unblocks them" in answers(event)
    assert (len(read_by(event, actor)), event.versions()[receipt]) == (before, shown), "not even where it stands"
    neutral = "This is not available to you in this session."
    assert asks(event, actor, "Hello?").startswith(neutral)
    assert words(event.sends(actor, ask, text="Hello?")) == neutral
    assert words(event.types(actor, "/stage questions", HALL if actor is CLEO else CHAT)) == neutral
    (line,) = [it for it in event.store.rows(Line) if it.by == "asker"]
    assert line.question == one(event).id
    event.presses(OLGA, f"unblock:{event.session}:{event.person(actor)}")
    event.settle()
    now = read_by(event, actor)
    assert sum("Yes, on Friday." in it for it in now) == 1
    assert sum("We look it up." in it for it in now) == 1, "that came before"
    assert any("answered" in it for it in now)
    event.presses(OLGA, f"unblock:{event.session}:{event.person(actor)}")
    event.settle()
    assert read_by(event, actor) == now
    assert "its asker is blocked" not in words(event.room(event.ref("queue"), "question")[0])


def test_of_a_merged_question_a_blocked_asker_gets_later_what_was_answered_meanwhile() -> None:
    event = staffed()
    asks(event, ANN, "Will the recordings be public?")
    asks(event, CLEO, "Recordings?")
    form = event.presses(OLGA, f"qreply:{one(event).id}").reply
    assert isinstance(form, Form)
    event.wait(60)
    event.sends(OLGA, form, answer="We look it up.", then=())
    event.wait(60)
    event.presses(OLGA, f"qmergewith:{one(event, 2).id}:{one(event).id}")
    event.settle()
    assert sum("We look it up." in it for it in read_by(event, CLEO)) == 1
    event.presses(OLGA, f"qblocked:{one(event, 2).id}")
    event.wait(60)
    answers(event)
    assert any("Yes, on Friday." in it for it in read_by(event, ANN))
    assert not any("Yes, on Friday." in it for it in read_by(event, CLEO))
    event.presses(OLGA, f"unblock:{event.session}:{event.person(CLEO)}")
    event.settle()
    read = read_by(event, CLEO)
    assert [sum(words in it for it in read) for words in ("We look it up.", "Yes, on Friday.")] == [1, 1]


# -- linked ---------------------------------------------------------------------------------------------------------


def test_linked_accounts_read_both_conversations_and_go_on_in_the_newest() -> None:
    event = threaded()
    asks(event, CLEO, "Will the recordings be public?")
    asks(event, ANN, "Is there tea?")
    ann, cleo = event.person(ANN), event.person(CLEO)
    code = (
        words(event.types(ANN, "/stage link", CHAT)).partition("Code: ")[2][:8]
        or words(event.presses(ANN, "linkcode")).partition("Code: ")[2][:8]
    )
    assert words(event.types(CLEO, f"/stage link {code}", HALL)).startswith("Linked.")
    assert {it.person for it in event.store.rows(Question)} == {ann}
    event.settle()
    mine = words(event.types(CLEO, "/stage questions", HALL))
    assert "recordings" in mine
    assert "tea" in mine
    asks(event, CLEO, "And the slides?")
    assert len(event.store.rows(Question)) == 2
    answers(event, 1)
    assert any("Yes, on Friday." in it for it in read_by(event, CLEO))
    event.presses(CLEO, "unlink")
    event.settle()
    assert (one(event, 1).person, one(event, 2).person) == (cleo, ann)
    places = {it.id: it for it in event.store.rows(Place)}
    assert [places[one(event, it).place].person for it in (1, 2)] == [cleo, ann]
    mine = words(event.types(CLEO, "/stage questions", HALL))
    assert "recordings" in mine
    assert "tea" not in mine
    assert any("Yes, on Friday." in it for it in read_by(event, CLEO))
    assert event.presses(OLGA, f"qread:{one(event, 2).id}").done


# -- bad input ------------------------------------------------------------------------------------------------------


def snapshot(event: Event) -> dict[str, list[Any]]:
    """Everything but that a delivery came, and what is kept for its writer."""
    return {
        table.__name__: sorted(rows.values(), key=repr)
        for table, rows in event.store.tables.items()
        if table not in (Inbox, FormDraft)
    }


TEXTS = {
    "301 characters": ("x" * 301, "This has 301 characters; 300 fit."),
    "only spaces": (" \n ", "Write your question here."),
    "only emoji": ("🎉🎉", "Write your question in words."),
    "only marks": ("?!*_~", "Write your question in words."),
    "nothing to be seen": ("\u200b\u2060", "Write your question here."),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_question_that_is_none_is_refused_at_its_field_and_kept(name: str) -> None:
    event = staffed()
    typed, sentence = TEXTS[name]
    form = event.presses(ANN, f"ask:{event.session}").reply
    assert isinstance(form, Form)
    before = snapshot(event)
    reply = event.sends(ANN, form, text=typed, options=("named",)).reply
    assert isinstance(reply, Form)
    assert reply.fields[0].error.startswith(sentence)
    assert (reply.fields[0].value, reply.fields[1].value) == ((typed,), ("named",))
    assert snapshot(event) == before
    again = event.presses(ANN, f"ask:{event.session}").reply
    assert isinstance(again, Form)
    assert again.fields[0].value == (typed,)


def test_markup_is_words() -> None:
    event = staffed()
    asks(event, ANN, "Is *this* <@U123> <!channel> @everyone `code` [x](https://evil.example)?")
    card = words(event.room(event.ref("queue"), "question")[0])
    assert "<!channel>" in card
    assert one(event).state == "pending"


def made(event: Event) -> None:
    """Before the doors are open."""
    event.change(event.state(), state="announced")


def ended(event: Event) -> None:
    event.advances("ended")


def off(event: Event) -> None:
    ruled(event, mode="off")


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (made, "“Keynote” is announced"),
        (ended, "“Keynote” has ended"),
        (off, "“Keynote” takes no questions."),
    ],
)
def test_a_form_that_was_open_is_refused_when_questions_cannot_be_asked(
    when: Callable[..., None], sentence: str
) -> None:
    event = staffed()
    form = event.presses(ANN, f"ask:{event.session}").reply
    assert isinstance(form, Form)
    when(event)
    before = snapshot(event)
    for refused in (
        event.sends(ANN, form, text="Is there tea?"),
        event.types(ANN, "/stage ask Is there tea?", CHAT),
        event.presses(ANN, f"ask:{event.session}"),
    ):
        assert not refused.done
        assert words(refused).startswith(sentence), words(refused)
    assert snapshot(event) == before


def test_who_has_not_joined_is_shown_the_way_in_and_nothing_is_stored() -> None:
    event = staffed()
    before = snapshot(event)
    refused = event.types(DAN, "/stage ask Is there tea?", HALL)
    assert words(refused).startswith("Join the session first")
    assert "Join session" in buttons(refused.reply)
    assert snapshot(event) == before


def test_the_eleventh_open_question_of_one_person_waits_for_an_answer() -> None:
    event = staffed(mode="multi")
    for number in range(10):
        asks(event, ANN, f"Question number {number}?")
    form = event.presses(ANN, f"ask:{event.session}").reply
    assert isinstance(form, Form)
    before = snapshot(event)
    refused = event.sends(ANN, form, text="One more?")
    assert not refused.done
    assert "10 of your questions wait for an answer." in words(refused)
    assert snapshot(event) == before
    answers(event, 4)
    assert asks(event, ANN, "One more?").startswith("Q11 was received")


BUTTONS = ["qreply", "qread", "qdo:resolve", "qdo:back", "qsheet:assign", "qsheet:decline", "qmergewith:no", "qblocked"]


@pytest.mark.parametrize("who", ["attendee", "nobody", "other moderator"])
def test_questions_of_others_are_closed_to_everybody_but_their_moderators(who: str) -> None:
    event = staffed()
    asks(event, CLEO, "A secret?")
    actor = {"attendee": ANN, "nobody": someone("nobody"), "other moderator": other(event)}[who]
    before = snapshot(event)
    for made_of in BUTTONS:
        verb, _, rest = made_of.partition(":")
        refused = event.presses(actor, ":".join(filter(None, (verb, one(event).id, rest))))
        assert not refused.done, made_of
        assert "secret" not in words(refused)
        forged = event.presses(actor, ":".join(filter(None, (verb, "0" * 16, rest))))
        assert not forged.done
    for verb in ("qnext", "qlist", "qhandover", "qrules"):
        assert not event.presses(actor, f"{verb}:{event.session}").done, verb
    assert snapshot(event) == before


def other(event: Event) -> Any:
    """Moderator of another session in the same workspace."""
    boss, session = someone("boss", manages=True), event.session
    form = event.types(boss, "/mod session create", "C-other").reply
    assert isinstance(form, Form)
    event.sends(boss, form, "C-other", name="Elsewhere")
    event.session = session
    return boss


def test_forged_ids_are_explained_to_moderators_too() -> None:
    event = staffed()
    asks(event, CLEO, "Is there tea?")
    before = snapshot(event)
    for made_of in BUTTONS:
        verb, _, rest = made_of.partition(":")
        refused = event.presses(OLGA, ":".join(filter(None, (verb, "0" * 16, rest))))
        assert words(refused) == "This question is not there any more."
    assert snapshot(event) == before


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        ("qreply:{}", "Q1 is answered already."),
        ("qdo:{}:resolve", "Q1 is answered already."),
        ("qdo:{}:back", "Q1 is answered already, so there is nothing to send back."),
        ("qdo:{}:unmerge", "Q1 is answered already, so there is nothing to undo."),
        ("qsheet:{}:assign", "Q1 is closed. Reopen it first."),
        ("qsheet:{}:decline", "Q1 is closed. Reopen it first."),
        ("qdo:{}:unpublish", "Q1 is not published."),
    ],
)
def test_old_buttons_of_a_closed_question_say_where_it_stands(act: str, sentence: str) -> None:
    event = staffed()
    asks(event, CLEO, "Is there tea?")
    answers(event)
    before = event.store.rows(Question)
    refused = event.presses(OLGA, act.format(one(event).id))
    assert not refused.done
    assert words(refused).startswith(sentence), words(refused)
    assert event.store.rows(Question) == before


def threaded() -> Event:
    event = staffed()
    for venue in event.store.rows(Venue):
        if venue.platform == "discord":
            event.change(venue, can=frozenset({"threads"}))
    return event


def test_a_line_in_somebody_elses_thread_is_nobodys() -> None:
    event = threaded()
    asks(event, CLEO, "Is there tea?")
    thread = next(it for it in event.store.rows(Place) if it.kind == "question")
    before = snapshot(event)
    for number, actor in enumerate((DORA, DAN, someone("eve", DORA.venue))):
        event.writes(actor, thread.ref or "", f"90{number}", "Let me in")
    assert snapshot(event) == before
    event.writes(CLEO, thread.ref or "", "999", "And milk?")
    assert [it.by for it in event.store.rows(Line)] == ["asker", "asker"]


def test_a_blocked_askers_lines_and_edits_are_not_taken_in_and_taking_back_is() -> None:
    event = threaded()
    asks(event, CLEO, "Is there tea?")
    thread = next(it for it in event.store.rows(Place) if it.kind == "question").ref or ""
    event.writes(CLEO, thread, "999", "And milk?")
    event.presses(OLGA, f"qblocked:{one(event).id}")
    before = event.store.rows(Line)
    event.writes(CLEO, thread, "1000", "Hello?")
    event.edits(CLEO, thread, "999", "And beer?", at=Instant(event.now + 1))
    assert event.store.rows(Line) == before
    event.writes(CLEO, thread, "1001", "Hello??")
    event.settle()
    neutral = [words(it) for it in event.room(thread, "note")]
    assert neutral == ["This is not available to you in this session."], "said once"
    event.deletes(CLEO, thread, "999")
    assert [it.deleted for it in event.store.rows(Line)].count(True) == 1


def test_a_line_too_long_for_a_thread_is_told_of_beside_it() -> None:
    event = threaded()
    asks(event, CLEO, "Is there tea?")
    thread = next(it for it in event.store.rows(Place) if it.kind == "question").ref or ""
    for number in (998, 999):
        event.writes(CLEO, thread, f"{number}", "x" * 1_501)
    event.settle()
    told = [words(it) for it in event.room(thread, "note")]
    assert told == ["This has 1,501 characters and was not passed on; 1,500 fit. Send it in parts."] * 2
    assert len(event.store.rows(Line)) == 1


@pytest.mark.shows("import", on="both")
def test_a_file_says_how_questions_are_asked_until_the_session_is_announced() -> None:
    event = Event()

    def imports(*lines: str) -> str:
        form = event.types(OLGA, "/mod import", CHAT).reply
        assert isinstance(form, Form)
        said = "".join(f"  {it}\n" for it in lines)
        text = f"name: Keynote\nstart: 2026-09-22 14:30\nlength: 1h\n{'questions:' if lines else ''}\n{said}"
        return words(event.sends(OLGA, form, CHAT, file=text))

    imports("mode: off", "hours: 22:00-02:00", "replies: [Yes, No]", "thread_sends: true")
    (rules,) = event.store.rows(QuestionRules)
    assert (rules.mode, rules.opens, rules.closes, rules.replies, rules.sends) == (
        "off", "22:00", "02:00", ("Yes", "No"), True,
    )  # fmt: skip
    imports("mode: multi")
    (rules,) = event.store.rows(QuestionRules)
    assert (rules.mode, rules.opens, rules.sends) == ("multi", "22:00", True), "what it does not say stays"
    event.session = rules.session
    event.advances("announced")
    assert "Setup, Q&A" not in imports("mode: multi")
    assert "Setup, Q&A" not in imports()
    before = event.store.rows(QuestionRules)
    assert "It is announced already: change how questions are asked under Setup, Q&A." in imports("mode: off")
    assert event.store.rows(QuestionRules) == before


def test_who_is_no_moderator_any_more_changes_nothing_that_went_out() -> None:
    event = staffed(ways=("sends",))
    event.appoints(BEN, "moderator")
    event.settle()
    asks(event, CLEO, "Is there tea?")
    event.presses(BEN, f"qreply:{one(event).id}")
    queue = event.ref("queue")
    place = next(it for it in event.store.rows(Place) if it.ref == queue)
    card = next(
        it for it in event.store.rows(Surface) if (it.subject, it.place) == (f"question:{one(event).id}", place.id)
    )
    event.writes(BEN, queue, "700", "Yes, there is.", to=card.ref or "")
    assert [it.by for it in event.store.rows(Line)] == ["asker", "moderator"]
    event.edits(BEN, queue, "700", "Yes, lots.", at=Instant(event.now + 1))
    before = event.store.rows(Line)
    assert "lots" in str(before)
    event.removes(BEN, "moderator")
    event.edits(BEN, queue, "700", "No!", at=Instant(event.now + 2))
    assert event.store.rows(Line) == before


def test_whoever_turns_out_to_be_blocked_is_marked_on_the_cards_of_both() -> None:
    event = staffed()
    asks(event, ANN, "Is there tea?")
    asks(event, CLEO, "And the slides?")
    event.presses(OLGA, f"qblocked:{one(event, 2).id}")
    before = event.versions()[f"question:{one(event, 1).id}"]
    code = words(event.presses(ANN, "linkcode")).partition("Code: ")[2][:8]
    assert words(event.types(CLEO, f"/stage link {code}", HALL)).startswith("Linked.")
    assert event.versions()[f"question:{one(event, 1).id}"] > before
    cards = [words(it) for it in event.room(event.ref("queue"), "question")]
    assert ["its asker is blocked" in it for it in cards] == [True, True]
