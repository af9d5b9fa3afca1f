"""A survey from its first question to End survey, in the core alone (SPEC 5.5, 5.2, 5.3, UX 1.9)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.app import intake
from core.app.handle.parts import OVERTAKEN, REMOVED
from core.app.outcome import FormDraft, Inbox, Outcome
from core.domain.form import Form
from core.domain.interactions.life import Ballot, Interaction
from core.domain.interactions.parts import NEW
from core.domain.people import Actor
from core.domain.view import Card
from storage import codec
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, HALL, OLGA, Event, actions, buttons, lively, someone, words

MORA = someone("mora")
"""A second moderator."""
Typed = dict[str, str | tuple[str, ...]]
Asked = Sequence[tuple[str, Typed]]
FOUR: Asked = (
    ("choice", {"question": "Best talk?", "options": "Async\nTyping", "required": ("required",)}),
    ("icons", {"question": "The room?"}),
    ("rating", {"question": "The coffee?"}),
    ("open", {"question": "What else?"}),
)
MORE: Asked = [("open", {"question": f"And {number}?"}) for number in range(5, 8)]
SEVEN: Asked = (*FOUR, *MORE)


@pytest.fixture
def event() -> Event:
    return lively(OLGA, ANN, BEN, CLEO)


def draft(event: Event, **values: str | tuple[str, ...]) -> str:
    form = event.types(OLGA, "/mod survey", CHAT).reply
    assert isinstance(form, Form)
    reply = event.sends(OLGA, form, CHAT, **values).reply
    assert isinstance(reply, Card), words(reply)
    return buttons(reply)["Questions"].action.split(":")[1]


def adds(event: Event, survey: str, sort: str, **values: str | tuple[str, ...]) -> Outcome:
    form = event.presses(OLGA, f"addpart:{survey}", CHAT, (sort,)).reply
    assert isinstance(form, Form), words(form)
    return event.sends(OLGA, form, CHAT, **values)


def live(
    event: Event,
    questions: Sequence[tuple[str, dict[str, str | tuple[str, ...]]]] = FOUR,
    **values: str | tuple[str, ...],
) -> str:
    survey = draft(event, **values)
    for sort, typed in questions:
        assert "is saved." in words(adds(event, survey, sort, **typed))
    assert "Published." in words(event.presses(OLGA, f"publish:{survey}", CHAT))
    return survey


def row(event: Event, survey: str) -> Interaction:
    (found,) = [it for it in event.store.rows(Interaction) if it.id == survey]
    assert isinstance(found, Interaction)
    return found


def texts(event: Event, survey: str) -> list[str]:
    return [it.text for it in row(event, survey).spec.questions]


def keys(event: Event, survey: str) -> list[str]:
    return [it.key for it in row(event, survey).spec.questions]


def opened(event: Event, actor: Actor, survey: str) -> Form:
    form = event.presses(actor, f"answer:{survey}", CHAT).reply
    assert isinstance(form, Form), words(form)
    return form


def answers(event: Event, actor: Actor, survey: str, *typed: str) -> Outcome:
    """In the order of the questions; empty ones are left out."""
    form = opened(event, actor, survey)
    given = zip(form.fields, typed, strict=False)
    return event.sends(actor, form, CHAT, **{it.name: (one,) if one else () for it, one in given})


def page(event: Event, actor: Actor, survey: str, number: int, *typed: str, delivery: str = "") -> Outcome:
    form = opened(event, actor, survey)
    values = {it.name: (one,) if one else () for it, one in zip(form.pages[number], typed, strict=True)}
    made = intake.submitted(event.envelope(actor, HALL, delivery=delivery), form.at(number).sending, values)
    return event.answered(made)


def ballots(event: Event) -> list[Ballot]:
    return event.store.rows(Ballot)


def card(event: Event, room: str = CHAT) -> str:
    (shown,) = event.room(room, "interaction")
    return words(shown)


def menu(event: Event, actor: Actor) -> str:
    return words(event.presses(actor, f"menu:{event.session}", CHAT))


# -- making it ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("survey", on="both")
def test_its_form_is_called_like_the_session_until_something_else_is_written(event):
    survey = draft(event)
    assert row(event, survey).spec.name == "Keynote"
    assert row(event, draft(event, name="How was it?")).spec.name == "How was it?"


def test_it_is_not_published_before_it_asks_something(event):
    survey = draft(event)
    told = event.presses(OLGA, f"publish:{survey}", CHAT)
    assert not told.done and "Add at least one question first." in words(told)
    assert row(event, survey).state == "draft"


def test_a_scheduled_survey_without_questions_stays_a_draft(event):
    survey = draft(event)
    form = event.presses(OLGA, f"timing:{survey}", CHAT).reply
    event.sends(OLGA, form, CHAT, at="+10m")
    event.wait(700)
    event.ticks()
    assert row(event, survey).state == "draft"


def test_questions_are_added_changed_moved_and_removed(event):
    survey = draft(event)
    for sort, typed in FOUR:
        adds(event, survey, sort, **typed)
    assert texts(event, survey) == ["Best talk?", "The room?", "The coffee?", "What else?"]
    first, second, *_ = keys(event, survey)
    shown = event.presses(OLGA, f"part:{survey}", CHAT, (second,)).reply
    assert {"Edit question", "Move up", "Move down", "Remove"} <= set(buttons(shown))
    form = event.presses(OLGA, buttons(shown)["Edit question"].action, CHAT).reply
    assert isinstance(form, Form) and form.fields[0].value == ("The room?",)
    assert "Question 2 is saved." in words(event.sends(OLGA, form, CHAT, question="The hall?"))
    assert "It is question 1 now." in words(event.presses(OLGA, f"partup:{survey}:{second}", CHAT))
    assert "first one already" in words(event.presses(OLGA, f"partup:{survey}:{second}", CHAT))
    asked = event.presses(OLGA, f"askpart:{survey}:{first}", CHAT)
    assert "Remove question 2, “Best talk?”?" in words(asked)
    event.presses(OLGA, buttons(asked.reply)["Remove question"].action, CHAT)
    assert texts(event, survey) == ["The hall?", "The coffee?", "What else?"]
    assert "not there any more" in words(event.presses(OLGA, f"partdown:{survey}:{first}", CHAT))
    assert keys(event, survey)[0] == second, "a question keeps its name wherever it stands"


def test_the_eleventh_question_is_not_taken_and_what_was_typed_of_it_is_kept(event):
    survey = draft(event)
    waiting = event.presses(OLGA, f"addpart:{survey}", CHAT, ("open",)).reply
    for number in range(10):
        adds(event, survey, "open", question=f"Question {number}")
    full = event.presses(OLGA, f"parts:{survey}", CHAT).reply
    assert "this one is full" in words(full) and f"addpart:{survey}" not in actions(full)
    assert "Remove one first." in words(event.presses(OLGA, f"addpart:{survey}", CHAT, ("open",)))
    form = event.sends(OLGA, waiting, CHAT, question="One more?").reply
    assert isinstance(form, Form) and "holds 10 questions" in form.problem
    event.presses(OLGA, f"droppart:{survey}:{keys(event, survey)[0]}", CHAT)
    form = event.presses(OLGA, f"addpart:{survey}", CHAT, ("open",)).reply
    assert isinstance(form, Form) and form.fields[0].value == ("One more?",)


def test_a_mistake_comes_back_at_its_field_with_all_that_was_typed(event):
    survey = draft(event)
    form = adds(event, survey, "choice", question="Tea?", options="Only one").reply
    assert isinstance(form, Form)
    assert {it.name: it.error for it in form.fields if it.error} == {
        "options": "Write 2 to 8 options, one a line; so far there is 1."
    }
    assert [it.value for it in form.fields[:2]] == [("Tea?",), ("Only one",)]
    again = event.presses(OLGA, f"addpart:{survey}", CHAT, ("choice",)).reply
    assert isinstance(again, Form) and again.fields[1].value == ("Only one",)


def test_two_moderators_who_change_one_question_see_each_other(event):
    event.joins(MORA)
    event.appoints(MORA, "moderator")
    survey = draft(event)
    adds(event, survey, "open", question="Why?")
    adds(event, survey, "open", question="How?")
    key = keys(event, survey)[0]
    hers = event.presses(MORA, f"partform:{survey}:open:{key}", CHAT).reply
    mine = event.presses(OLGA, f"partform:{survey}:open:{key}", CHAT).reply
    event.presses(OLGA, f"partdown:{survey}:{key}", CHAT)
    event.sends(OLGA, mine, CHAT, question="Why not?")
    told = event.sends(MORA, hers, CHAT, question="Why now?").reply
    assert isinstance(told, Form) and told.problem == OVERTAKEN and "Why not?" in words(told)
    assert told.fields[0].value == ("Why now?",)
    again = event.presses(MORA, f"partform:{survey}:open:{key}", CHAT).reply
    assert isinstance(again, Form) and again.fields[0].value == ("Why now?",), "kept until it is sent"
    event.sends(MORA, told, CHAT)
    assert texts(event, survey) == ["How?", "Why now?"], "the place it was moved to"


def test_one_who_changed_another_question_does_not_stand_in_the_way(event):
    event.joins(MORA)
    event.appoints(MORA, "moderator")
    survey = draft(event)
    adds(event, survey, "open", question="Why?")
    form = event.presses(MORA, f"partform:{survey}:open:{keys(event, survey)[0]}", CHAT).reply
    adds(event, survey, "open", question="How?")
    assert "is saved." in words(event.sends(MORA, form, CHAT, question="Why now?"))
    assert texts(event, survey) == ["Why now?", "How?"]


def test_a_question_that_was_removed_meanwhile_becomes_a_new_one_if_that_is_wanted(event):
    survey = draft(event)
    adds(event, survey, "open", question="Why?")
    adds(event, survey, "open", question="How?")
    key = keys(event, survey)[0]
    form = event.presses(OLGA, f"partform:{survey}:open:{key}", CHAT).reply
    event.presses(OLGA, f"droppart:{survey}:{key}", CHAT)
    told = event.sends(OLGA, form, CHAT, question="Why now?").reply
    assert isinstance(told, Form) and told.problem == REMOVED and told.action.split(":")[3] == NEW
    event.sends(OLGA, told, CHAT)
    assert texts(event, survey) == ["How?", "Why now?"]


def test_a_form_sent_twice_adds_one_question(event):
    survey = draft(event)
    form = event.presses(OLGA, f"addpart:{survey}", CHAT, ("open",)).reply
    assert isinstance(form, Form)
    for _ in range(2):
        made = intake.submitted(event.envelope(OLGA, CHAT, delivery="x"), form.action, {"question": ("Why?",)})
        event.answered(made)
    assert texts(event, survey) == ["Why?"]


@pytest.mark.parametrize("act", ["parts", "part:100", "addpart", "partform:open:new", "partup:1", "askpart:1"])
def test_only_moderators_make_questions_and_read_answers(event, act):
    survey = live(event)
    verb, _, rest = act.partition(":")
    made = f"{verb}:{survey}" + (f":{rest}" if rest else "")
    for one in (made, f"partanswers:{survey}"):
        told = event.presses(ANN, one, CHAT, ("open",) if verb == "addpart" else ())
        assert not told.done and "Only moderators" in words(told)


def test_a_kind_with_one_question_has_no_page_of_questions(event):
    poll = event.poll(then="publish")
    for verb in ("parts", "take", "partanswers"):
        assert not event.presses(OLGA, f"{verb}:{poll}", CHAT).done


def test_questions_stay_once_somebody_has_answered_and_the_words_around_them_do_not(event):
    survey = live(event)
    adds(event, survey, "open", question="One more?")
    answers(event, ANN, survey, "1")
    page_ = event.presses(OLGA, f"parts:{survey}", CHAT).reply
    assert "Somebody has answered" in words(page_) and actions(page_) == [f"twin:{survey}"]
    key = keys(event, survey)[0]
    for act in (f"partform:{survey}:choice:{key}", f"droppart:{survey}:{key}", f"partdown:{survey}:{key}"):
        assert "Somebody has answered" in words(event.presses(OLGA, act, CHAT))
    form = event.presses(OLGA, f"edit:{survey}", CHAT).reply
    assert isinstance(form, Form) and [it.name for it in form.fields] == ["name", "intro", "button"]
    event.sends(OLGA, form, CHAT, button="Tell us")
    assert len(texts(event, survey)) == 5 and row(event, survey).spec.button == "Tell us"
    event.settle()
    assert any("Tell us" in buttons(it) for it in event.room(CHAT, "interaction"))


def test_the_only_question_of_a_live_one_is_not_removed(event):
    survey = live(event, FOUR[:1])
    assert "the only question" in words(event.presses(OLGA, f"droppart:{survey}:{keys(event, survey)[0]}", CHAT))


def test_who_fills_a_form_whose_question_changed_reads_so_and_answers_the_new_one(event):
    survey = live(event, SEVEN)
    form = opened(event, ANN, survey)
    key = keys(event, survey)[0]
    changed = event.presses(OLGA, f"partform:{survey}:choice:{key}", CHAT).reply
    event.sends(OLGA, changed, CHAT, options="Typing\nAsync")
    back = event.sends(ANN, form, CHAT, **{form.fields[0].name: "0"}).reply
    assert isinstance(back, Form) and "the survey was changed" in back.fields[0].error
    assert ballots(event) == []
    assert "Thank you. 1 of 7 answered." in words(event.sends(ANN, back, CHAT, **{back.fields[0].name: "0"}))


def test_a_duplicate_has_the_same_questions(event):
    survey = live(event)
    copy = event.presses(OLGA, f"more:{survey}", CHAT, ("duplicate",)).reply
    other = buttons(copy)["Questions"].action.split(":")[1]
    assert texts(event, other) == texts(event, survey) and row(event, other).state == "draft"


def test_its_spec_is_kept_as_it_is(event):
    spec = row(event, live(event, SEVEN)).spec
    assert codec.loads_spec(type(spec), codec.dumps_spec(spec)) == spec


# -- taking it ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("survey", on="both")
def test_take_survey_start_survey_submit(event):
    survey = live(event)
    told = event.presses(ANN, f"take:{survey}", CHAT).reply
    assert "Survey · 4 questions, about a minute · once a person" in words(told)
    assert "Please take a moment to take a quick survey" in words(told)
    form = event.presses(ANN, buttons(told)["Start survey"].action, CHAT).reply
    assert isinstance(form, Form) and form.fields[0].label == "Best talk? (required)"
    assert "Thank you. 3 of 4 answered." in words(answers(event, ANN, survey, "1", "0", "", "More tea"))
    (ballot,) = ballots(event)
    assert "tea" not in ballot.choice and "More tea" in ballot.words
    event.settle()
    assert "1 has answered" in card(event) and "1 has answered" in card(event, HALL)


def test_one_submission_a_person(event):
    survey = live(event)
    form = opened(event, ANN, survey)
    answers(event, ANN, survey, "1")
    before = ballots(event)
    for told in (
        event.presses(ANN, f"take:{survey}", CHAT),
        event.presses(ANN, f"answer:{survey}", CHAT),
        event.sends(ANN, form, CHAT, **{form.fields[0].name: "0"}),
    ):
        assert not told.done and "You have answered this survey already, thank you." in words(told)
    assert ballots(event) == before


@pytest.mark.parametrize("anonymous", [False, True])
def test_the_same_delivery_twice_is_thanked_for_twice_and_counts_once(event, anonymous):
    survey = live(event, secret=("secret",) if anonymous else ())
    form = opened(event, ANN, survey)
    values = {it.name: ("1",) if not at else () for at, it in enumerate(form.fields)}
    told = [
        words(event.answered(intake.submitted(event.envelope(ANN, CHAT, delivery="x"), form.action, values)))
        for _ in range(2)
    ]
    assert told == ["Thank you. 1 of 4 answered."] * 2 and len(ballots(event)) == 1


def test_what_must_be_answered_comes_back_at_its_field_and_nothing_is_lost(event):
    survey = live(event)
    form = answers(event, ANN, survey, "", "0", "", "More tea").reply
    assert isinstance(form, Form) and form.fields[0].error == "Please answer this one: it is required."
    assert [it.value for it in form.fields] == [(), ("0",), (), ("More tea",)]
    assert opened(event, ANN, survey).fields[3].value == ("More tea",), "closed and opened again"


def test_pages_are_kept_and_the_menu_says_where_to_go_on(event):
    survey = live(event, SEVEN)
    assert "Survey: Keynote" in menu(event, CLEO)
    assert "Page 1 of 2 saved." in words(page(event, CLEO, survey, 0, "1", "", "", "a", ""))
    assert "Survey: continue at page 2 · Keynote" in menu(event, CLEO)
    told = event.presses(CLEO, f"take:{survey}", HALL).reply
    assert "You have begun it: continue at page 2." in words(told)
    form = event.presses(CLEO, buttons(told)["Continue survey"].action, HALL).reply
    assert isinstance(form, Form) and form.page == 1 and form.fields[3].value == ("a",)
    assert "Thank you. 3 of 7 answered." in words(page(event, CLEO, survey, 1, "b", ""))
    assert "Survey: " not in menu(event, CLEO)


def test_a_mistake_on_the_first_page_is_found_at_the_end_and_opens_that_page(event):
    survey = live(event, SEVEN)
    page(event, CLEO, survey, 0, "", "", "", "a", "")
    form = page(event, CLEO, survey, 1, "b", "").reply
    assert isinstance(form, Form) and form.fields[0].error and form.reopening == f"answer:{survey}"
    page(event, CLEO, survey, 0, "1", "", "", "a", "")
    assert "Thank you. 3 of 7 answered." in words(page(event, CLEO, survey, 1, "b", ""))


@pytest.mark.parametrize("anonymous", [False, True])
def test_pages_of_an_anonymous_one_too(event, anonymous):
    survey = live(event, SEVEN, secret=("secret",) if anonymous else ())
    page(event, CLEO, survey, 0, "1", "", "", "a secret", "")
    assert opened(event, CLEO, survey).fields[3].value == ("a secret",)
    assert "Thank you." in words(page(event, CLEO, survey, 1, "", "", delivery="x"))
    (ballot,) = ballots(event)
    assert (ballot.account == CLEO.account) is not anonymous
    kept = [codec.dumps(it.outcome) for it in event.store.rows(Inbox)]
    assert any("a secret" in it for it in kept) is not anonymous, "what was written stands in no list of deliveries"
    event.presses(OLGA, f"end:{survey}", CHAT)
    event.wait(10)
    event.ticks()
    if anonymous:
        assert not [it for it in event.store.rows(FormDraft) if survey in it.form and it.account == CLEO.account]


def test_dismiss_takes_it_from_the_own_menu_only(event):
    survey = live(event)
    told = event.presses(ANN, f"dismiss:{survey}", CHAT)
    assert "Dismissed" in words(told)
    event.presses(ANN, f"dismiss:{survey}", CHAT)
    assert "Survey: Keynote" not in menu(event, ANN) and "Survey: Keynote" in menu(event, BEN)
    event.settle()
    assert "Keynote" in card(event)
    assert "Thank you." in words(answers(event, ANN, survey, "1")), "its card still takes answers"


def test_who_has_not_joined_is_asked_to_first(event):
    survey = live(event)
    for verb in ("take", "answer", "dismiss"):
        told = event.presses(DAN, f"{verb}:{survey}", HALL)
        assert not told.done and "Join session" in buttons(told.reply)
    assert "Bots cannot take part" in words(event.presses(replace(ANN, bot=True), f"take:{survey}", CHAT))


# -- after the session's end ----------------------------------------------------------------------------------------


@pytest.mark.shows("survey", on="both")
def test_it_goes_on_after_the_session_until_end_survey(event):
    survey, poll = live(event), event.poll(then="publish")
    event.settle()
    event.advances("ended")
    assert (row(event, survey).state, row(event, poll).state) == ("live", "ended")
    assert "Survey: Keynote" in menu(event, ANN)
    for what in ("bar", "desk"):
        told = [words(it) for _, _, it in event.shown(lambda _, surface, what=what: surface.subject.startswith(what))]
        assert told and all("Open now: Survey “Keynote”" in it for it in told)
    assert "Thank you." in words(answers(event, ANN, survey, "1"))
    assert "closes" not in words(event.room(CHAT, "interaction")[0])
    asked = event.presses(OLGA, f"askend:{survey}", CHAT)
    event.presses(OLGA, buttons(asked.reply)["End survey"].action, CHAT)
    event.wait(10)
    told = event.presses(BEN, f"take:{survey}", CHAT)
    assert not told.done and "This survey has ended" in words(told)
    assert not event.votes(ANN, poll, "0").done, "everything else is over"
    assert any("Survey · ended" in words(it) and "1 answered" in words(it) for it in event.room(CHAT, "interaction"))
    assert "Survey: Keynote" not in menu(event, BEN)
    assert not any("Open now" in words(it) for _, _, it in event.shown())


def test_it_goes_on_in_an_archived_session(event):
    survey = live(event)
    event.settle()
    event.advances("ended")
    event.advances("archived")
    assert "Thank you." in words(answers(event, ANN, survey, "1"))
    assert "Ended." in words(event.presses(OLGA, f"end:{survey}", CHAT))


def test_a_survey_that_was_begun_is_not_sent_after_its_end(event):
    survey = live(event, SEVEN)
    page(event, CLEO, survey, 0, "1", "", "", "a", "")
    form = opened(event, CLEO, survey)
    event.presses(OLGA, f"end:{survey}", CHAT)
    event.wait(1)
    made = intake.submitted(event.envelope(CLEO, HALL), form.at(1).sending, {it.name: () for it in form.pages[1]})
    assert "has ended" in words(event.answered(made)) and ballots(event) == []


# -- its answers ----------------------------------------------------------------------------------------------------


def test_moderators_read_answers_question_by_question_without_names(event):
    survey = live(event)
    answers(event, ANN, survey, "1", "", "4", "More tea")
    answers(event, CLEO, survey, "0")
    twin = event.presses(OLGA, f"twin:{survey}", CHAT).reply
    told = words(event.presses(OLGA, buttons(twin)["Answers"].action, CHAT))
    assert "2 answered · only moderators see this, without names" in told and "Async, 50 % · 1" in told
    told = words(event.presses(OLGA, f"partanswers:{survey}", CHAT, ("3",)))
    assert "“More tea”" in told and "Ann" not in told
    assert "1 answer · 5.0 of 5 on average" in words(event.presses(OLGA, f"partanswers:{survey}", CHAT, ("2",)))


def test_many_texts_come_in_pages(event):
    survey = live(event, FOUR[3:])
    people = [someone(f"guest{number}") for number in range(7)]
    for number, one in enumerate(people):
        event.joins(one)
        event.wait(1)
        answers(event, one, survey, f"text {number}")
    first = event.presses(OLGA, f"partanswers:{survey}", CHAT).reply
    assert "text 6" in words(first) and "text 2" in words(first) and "text 1" not in words(first)
    second = event.presses(OLGA, buttons(first)["Show more"].action, CHAT).reply
    assert "text 1" in words(second) and "text 0" in words(second) and "Show more" not in buttons(second)
    assert "text 6" in words(event.presses(OLGA, buttons(second)["Back"].action, CHAT))


def test_nothing_of_the_answers_is_in_anything_that_attendees_see(event):
    survey = live(event)
    event.settle()
    answers(event, ANN, survey, "1", "0", "4", "Quite private")
    seen = {json.dumps(codec.pack(it)) for it in (*event.room(CHAT), *event.room(HALL))}
    event.presses(OLGA, f"end:{survey}", CHAT)
    seen |= {json.dumps(codec.pack(it)) for it in (*event.room(CHAT), *event.room(HALL))}
    for verb in ("/stage feed", "/stage menu", "/stage updates"):
        seen.add(json.dumps(codec.pack(event.types(BEN, verb, CHAT).reply)))
    for text in seen:
        assert "Quite private" not in text and "%" not in text and "Typing" not in text and "of 5" not in text


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from((ANN, BEN, CLEO)), st.sampled_from("01"), st.sampled_from(("", "0", "3")))))
def test_however_often_it_is_sent_the_tally_is_one_of_each_person(sent):
    event = lively(OLGA, ANN, BEN, CLEO)
    survey = live(event)
    first: dict[str, str] = {}
    for actor, best, room in sent:
        form = event.presses(actor, f"answer:{survey}", CHAT).reply
        if isinstance(form, Form):
            answers(event, actor, survey, best, room)
        first.setdefault(actor.account, best)
    event.settle()
    number = len(first)
    assert f"{number} {'has' if number == 1 else 'have'} answered" in card(event)
    told = words(event.presses(OLGA, f"partanswers:{survey}", CHAT))
    assert f"· {list(first.values()).count('0')}\n" in told.partition("Async")[2]
