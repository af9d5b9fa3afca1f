"""A survey's limits at their edges, what its answers keep, and that nothing of its results is on its card."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.form import LABEL_LIMIT, Invalid, Values
from core.domain.ids import Instant, SessionId
from core.domain.interactions import survey, survey_answers, survey_questions
from core.domain.interactions.kind import Answer, Count, Frame
from core.domain.interactions.survey import BUTTON_LIMIT, INTRO_LIMIT, NAME_LIMIT, Spec
from core.domain.interactions.survey_answers import WORDS_LIMIT
from core.domain.interactions.survey_questions import ICON_LIMIT, OPTION_LIMIT, TEXT_LIMIT, Question
from core.domain.text import plain
from core.domain.view import Attendees, Card, Note, in_words

EVERY = survey.samples()[1]
LONGEST = survey.samples()[-1]


def wrong(values: Values) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        survey.read({**survey.write(EVERY), **values})
    return refused.value.errors


def question(sort: str, **typed: str) -> Question:
    return survey_questions.read(sort, "7", {"question": ("Why?",), **{name: (it,) for name, it in typed.items()}})


def problem(sort: str, **typed: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        question(sort, **typed)
    return refused.value.errors


# -- making it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "limit"), [("name", NAME_LIMIT), ("intro", INTRO_LIMIT), ("button", BUTTON_LIMIT)])
def test_its_texts_hold_so_many_characters_and_one_at_least(name, limit):
    values = survey.write(EVERY)
    assert getattr(survey.read({**values, name: ("x" * limit,)}), name) == "x" * limit
    assert f"{limit} fit" in wrong({name: ("x" * (limit + 1),)})[name]
    assert name in wrong({name: (" ",)})


def test_all_that_is_wrong_is_said_at_once():
    assert set(wrong({"name": (), "intro": (), "button": ()})) == {"name", "intro", "button"}


def test_it_cannot_be_published_without_a_question():
    assert survey.missing(Spec("Q")) == "Add at least one question first."
    assert survey.missing(EVERY) == ""


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"key":"1"}', '{"options":1}', '{"key":"1","options":[],"x":1}'])
def test_a_question_that_is_none_is_refused(kept):
    assert "questions" in wrong({"questions": (kept,)})


@pytest.mark.parametrize("sort", survey_questions.SORTS)
def test_a_question_has_up_to_a_hundred_characters(sort):
    more = {"options": "a\nb"} if sort == "choice" else {"icons": "👍 Good\n👎 Bad"} if sort == "icons" else {}
    assert question(sort, **more, question="q" * TEXT_LIMIT).text == "q" * TEXT_LIMIT
    assert "101 characters" in problem(sort, **more, question="q" * (TEXT_LIMIT + 1))["question"]
    assert problem(sort, **more, question=" \n ")["question"] == "Write the question."


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("a", "so far there is 1"),
        ("", "so far there are 0"),
        ("\n".join("abcdefghi"), "so far there are 9"),
        ("a\n" + "b" * (OPTION_LIMIT + 1), "Option 2 has 56 characters; 55 fit."),
        ("Tea\ntea", "Two options read the same"),
    ],
)
def test_options_at_their_edges(options, told):
    assert told in problem("choice", options=options)["options"]
    assert len(question("choice", options="a\n" + "b" * OPTION_LIMIT).options) == 2
    assert len(question("choice", options="\n".join("abcdefgh")).options) == 8


@pytest.mark.parametrize(
    ("icons", "told"),
    [
        ("👍 Good", "so far there is 1"),
        ("👍 Good\n👎", "Write an emoji and a word"),
        ("👍 Good\nBad news", "“Bad” is no emoji"),
        ("👍 Good\n👎 " + "b" * (ICON_LIMIT + 1), "a word here has up to 20"),
        ("👍 Good\n👍 Better", "same emoji"),
        ("👍 Good\n👎 good", "same emoji or word"),
    ],
)
def test_icons_are_an_emoji_and_a_word(icons, told):
    assert told in problem("icons", icons=icons)["icons"]
    made = question("icons", icons=":thumbsup: Good\n👎🏽 " + "b" * ICON_LIMIT)
    assert survey_answers.labels(made) == ("Good 👍", "b" * ICON_LIMIT + " 👎"), "emoji last, without its tone"


@pytest.mark.parametrize("steps", ["1", "11", "x", "²", "-3"])
def test_a_scale_has_two_to_ten_steps(steps):
    assert "2 to 10" in problem("rating", steps=steps)["steps"]
    assert "scale" in problem("rating", scale="banana")
    assert [question("rating", steps=it).steps for it in ("2", "10")] == [2, 10]


def test_a_form_filled_with_a_question_gives_the_same_question():
    for one in (*EVERY.questions, *LONGEST.questions):
        assert survey_questions.read(one.sort, one.key, survey_questions.write(one)) == one
        assert survey_questions.load(survey_questions.dump(one)) == one


# -- answering it ---------------------------------------------------------------------------------------------------


def test_what_must_be_answered_says_so_in_words_and_fits_every_form():
    for one, field in zip(LONGEST.questions, survey.questions(LONGEST), strict=True):
        assert field.label.endswith(" (required)") and len(field.label) <= LABEL_LIMIT
        assert field.hint == one.text, "the whole of a long question stands below"
        assert field.required
    assert [it.label for it in survey.questions(EVERY)][1] == "How was the room? (required)"
    assert [it.hint for it in survey.questions(EVERY)] == [
        "Choose one",
        "Start voting now",
        "Start rating now: 1 is lowest, 5 is highest",
        "Up to 500 characters",
    ]


def take(**typed: tuple[str, ...]) -> Answer:
    return survey.take(EVERY, {"q1": (), "q2": ("0",), "q3": (), "q4": (), **typed})


def refused(**typed: tuple[str, ...]) -> dict[str, str]:
    with pytest.raises(Invalid) as it:
        take(**typed)
    return it.value.errors


def test_an_answer_keeps_places_and_words_apart():
    answer = take(q1=("1",), q3=("4",), q4=("  More\u200b tea ",))
    assert json.loads(answer.choice) == {"1": [1], "2": [0], "3": [4], "4": [0]}
    assert "tea" not in answer.choice and json.loads(answer.words) == {"4": "More tea"}
    assert survey.take(EVERY, survey.given(EVERY, answer)) == answer
    assert plain(survey.confirm(EVERY, answer, Instant(1))) == "Thank you. 4 of 4 answered."


def test_what_is_left_out_counts_for_nothing():
    answer = take()
    assert json.loads(answer.choice) == {"2": [0]} and answer.words == ""
    assert plain(survey.confirm(EVERY, answer, None)) == "Thank you. 1 of 4 answered."


def test_what_must_be_answered_is_asked_for_at_its_field():
    assert refused(q2=()) == {"q2": "Please answer this one: it is required."}


def test_an_answer_without_any_answer_is_none():
    free = replace(EVERY, questions=EVERY.questions[2:])
    with pytest.raises(Invalid) as it:
        survey.take(free, {"q3": (), "q4": ("  ",)})
    assert it.value.errors == {"q3": "Answer at least one question, or close this form."}


def test_text_has_up_to_five_hundred_characters():
    assert len(json.loads(take(q4=("x" * WORDS_LIMIT,)).words)["4"]) == WORDS_LIMIT
    assert "501 characters" in refused(q4=("x" * (WORDS_LIMIT + 1),))["q4"]


@pytest.mark.parametrize("picked", [("2",), ("-1",), ("x",), ("01", "1"), ("0", "1"), ("999",)])
def test_what_is_not_among_the_answers_is_refused(picked):
    assert "q1" in refused(q1=picked)


def test_a_question_that_came_since_is_shown_once_more():
    older = {"q1": ("0",), "q2": ("0",), "q9": ("1",)}
    with pytest.raises(Invalid) as it:
        survey.take(EVERY, older)
    assert set(it.value.errors) == {"q3", "q4"} and "was changed while" in it.value.errors["q3"]
    assert survey.take(EVERY, {**older, "q3": (), "q4": ()}).choice


# -- what came of it ------------------------------------------------------------------------------------------------


def places(one: Question) -> st.SearchStrategy[list[int]]:
    number = 1 if one.sort == "open" else len(survey_answers.labels(one))
    most = number if one.several else 1
    return st.lists(st.integers(0, number - 1), min_size=int(one.required), max_size=most, unique=True).map(sorted)


BALLOTS = st.lists(st.tuples(*(places(it) for it in LONGEST.questions)), max_size=30)


@given(BALLOTS, st.booleans())
def test_the_tally_is_the_sum_of_the_submissions(ballots, together: bool):
    """However equal ones are counted together."""
    told = [json.dumps({it.key: one for it, one in zip(LONGEST.questions, b, strict=True) if one}) for b in ballots]
    counts = (
        [Count(it, "slack", told.count(it)) for it in dict.fromkeys(told)]
        if together
        else [Count(it, "slack", 1) for it in told]
    )
    tally = survey.tally(LONGEST, counts)
    assert tally.voters == len(ballots)
    for index in range(len(LONGEST.questions)):
        mine: list[list[int]] = [it[index] for it in ballots]
        assert tally.parts[index].voters == sum(bool(it) for it in mine)
        assert tally.parts[index].options == tuple(
            sum(place in it for it in mine) for place in range(len(tally.parts[index].options))
        )


@pytest.mark.parametrize("choice", ['{"9":[0]}', '{"1":[7]}', '{"1":7}', '{"1":["0"]}', '{"1":null}'])
def test_a_ballot_that_fits_no_question_is_a_person_who_answered_none(choice):
    tally = survey.tally(EVERY, [Count(choice, "slack", 2)])
    assert tally.voters == 2 and not any(it.voters for it in tally.parts)


def test_each_question_reads_by_itself_and_as_a_picture():
    given: list[Any] = [Count(take(q1=("1",), q3=("4",)).choice, "slack", 3), Count(take().choice, "discord", 1)]
    tally = survey.tally(EVERY, given)
    told = [survey_questions.result(it, one) for it, one in zip(EVERY.questions, tally.parts, strict=True)]
    assert told[0] == "3 answers: Async in anger 0 % · 0, Typing at scale 100 % · 3"
    assert told[2].startswith("3 answers · 5.0 of 5 on average: 1 of 5 ❤️ 0 % · 0")
    assert told[3] == "0 people wrote something"
    drawn = [survey_questions.drawing(it, one) for it, one in zip(EVERY.questions, tally.parts, strict=True)]
    assert [it is not None for it in drawn] == [True, True, True, False]


@pytest.mark.parametrize("ended", [False, True])
def test_its_card_says_how_many_answered_and_nothing_of_what(ended):
    answer = take(q1=("1",), q4=("Nobody reads this",))
    tally = survey.tally(EVERY, [Count(answer.choice, "slack", 131)])
    other = survey.tally(EVERY, [Count(take(q3=("0",)).choice, "slack", 131)])
    shown, also = (
        Card(Attendees(SessionId("s")), survey.view(EVERY, Frame("i", ended, Instant(1), it))) for it in (tally, other)
    )
    assert shown == also, "whatever was answered"
    assert ("131 answered" if ended else "131 have answered") in in_words(shown)


def test_the_open_card_tells_what_it_takes():
    parts = survey.view(EVERY, Frame("i", False, None, None))
    assert isinstance(parts[1], Note)
    assert plain(parts[1].text) == "Survey · open · 4 questions, about a minute · once a person"
    assert survey_questions.extent(LONGEST) == "10 questions, about 2 minutes"
