"""Quizzes from draft to end, and their leaderboard: who is right is nobody's to know before the end, and then by name
only of who wants it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app.outcome import Outcome
from core.domain.form import Form
from core.domain.interactions import quiz as kind
from core.domain.interactions.kind import Frame
from core.domain.interactions.leaders import Leading
from core.domain.interactions.life import Interaction
from core.domain.people import Member, Person
from core.domain.view import Card, Part
from tests.fakes.asking import asked, card_of, drafted
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, HALL, OLGA, Event, buttons, lively, words

PEOPLE = (ANN, BEN, CLEO, DAN)
ANSWERS = "Async\n* Typing\nPackaging"


def quiz(event: Event, answers: str = ANSWERS, settings: tuple[str, ...] = ("reveal", "leaders"), **more: str) -> str:
    return asked(event, "quiz", question="Which topic?", answers=answers, settings=settings, **more)


def ends(event: Event, ident: str) -> Outcome:
    event.wait(1)
    return event.presses(OLGA, f"end:{ident}", CHAT)


def test_a_quiz_is_answered_changed_ended_and_its_answer_named():
    event = lively(OLGA, ANN, BEN, CLEO)
    one = quiz(event)
    assert "Quiz · open" in card_of(event, one)
    assert words(event.votes(ANN, one, "0")).startswith("Your answer: A, Async. You can change it until")
    event.wait(1)
    assert words(event.votes(ANN, one, "1")).startswith("Your answer: B, Typing.")
    event.votes(BEN, one, "1")
    event.votes(CLEO, one, "2")
    assert "orrect" not in card_of(event, one)
    ends(event, one)
    told = card_of(event, one)
    assert "B: Typing, 67 % · 2 · correct ✓ · most votes" in told
    assert "2 of 3 right" in told
    assert "2 of 3 right. Typing (correct) 67 %, Packaging 33 %" in words(event.types(ANN, "/stage feed", CHAT))


def test_the_answers_are_not_shown_where_that_was_not_wanted():
    event = lively(OLGA, ANN)
    one = quiz(event, settings=())
    event.votes(ANN, one, "1")
    ends(event, one)
    for told in (card_of(event, one), words(event.types(ANN, "/stage feed", CHAT))):
        assert "orrect" not in told and "right" not in told


def test_several_correct_answers_are_picked_in_one_menu_and_must_all_be_there():
    event = lively(OLGA, ANN, BEN)
    one = quiz(event, "*Two\nFour\n*Seven")
    assert words(event.votes(ANN, one, "0", "2")).startswith("Your answer: A, Two; C, Seven.")
    event.votes(BEN, one, "0")
    ends(event, one)
    assert "1 of 2 right" in card_of(event, one)


def test_moderators_read_at_their_desk_how_many_are_right():
    event = Event().opened(OLGA, ANN, BEN)
    one = quiz(event, sharing="never")
    event.votes(ANN, one, "1")
    event.votes(BEN, one, "0")
    twin = next(words(it) for _, surface, it in event.shown() if surface.subject == f"twin:{one}")
    assert "1 of 2 right" in twin
    assert "right" not in card_of(event, one)


def test_one_that_is_anonymous_and_for_the_leaderboard_comes_back_with_one_clear_sentence():
    event = lively(OLGA)
    form = event.types(OLGA, "/mod quiz", CHAT).reply
    assert isinstance(form, Form)
    assert len(form.fields) <= 5
    again = event.sends(OLGA, form, CHAT, question="?", answers=ANSWERS, settings=("leaders", "secret")).reply
    assert isinstance(again, Form)
    (wrong,) = [it for it in again.fields if it.error]
    assert wrong.error == "An anonymous quiz cannot count for the leaderboard. Choose one of the two."
    assert set(wrong.value) == {"leaders", "secret"}
    assert event.sends(OLGA, again, CHAT, settings=("secret",)).done
    (made,) = event.store.rows(Interaction)
    assert made.anonymous and not made.spec.leaders


def seen_by_attendees(right: int, answered: str, reveal: bool) -> list[str]:
    """Every byte that Ann and Ben can see before the end: cards, lists, feed, menu, what the bot says to them."""
    event = lively(OLGA, ANN, BEN)
    lines = [f"* {it}" if place == right else it for place, it in enumerate(("Red", "Green", "Blue"))]
    settings = ("reveal", "leaders") if reveal else ("leaders",)
    draft = drafted(event, "quiz", question="A draft?", answers="\n".join(lines), settings=settings)
    one = quiz(event, "\n".join(lines), settings)
    told = [repr(event.votes(actor, one, answered).reply) for actor in (ANN, BEN)]
    for line in ("menu", "feed", "updates", "leaderboard"):
        told.append(repr(event.types(ANN, f"/stage {line}", CHAT).reply))
    for press in (f"twin:{one}", f"twin:{draft}", f"edit:{one}", f"list:{event.session}"):
        told.append(repr(event.presses(ANN, press, CHAT).reply))
    told += [repr(it) for place, surface, it in event.shown() if place.kind not in ("queue", "backchannel")]
    return told


@pytest.mark.parametrize("reveal", [False, True])
@given(st.sampled_from(["0", "1", "2"]))
def test_nothing_that_attendees_see_before_the_end_tells_which_is_right(reveal, answered):
    first, *others = [seen_by_attendees(right, answered, reveal) for right in range(3)]
    assert first == others[0] == others[1]


def test_the_end_tells_it_which_shows_that_the_comparison_can_fail():
    cards = []
    for right in ("*A\nB", "A\n*B"):
        event = lively(OLGA, ANN)
        one = quiz(event, right)
        ends(event, one)
        cards.append(card_of(event, one))
    assert cards[0] != cards[1]


def test_what_was_answered_freezes_what_counts():
    event = lively(OLGA, ANN)
    one = quiz(event)
    names = lambda: {it.name for it in event.presses(OLGA, f"edit:{one}", CHAT).reply.fields}  # type: ignore[union-attr]  # noqa: E731
    assert {"question", "answers", "settings"} <= names()
    event.votes(ANN, one, "1")
    assert names() == {"sharing", "closes"}


def test_a_card_is_made_without_the_number_of_right_answers_until_the_end(monkeypatch):
    event = lively(OLGA, ANN)
    one = quiz(event)
    event.votes(ANN, one, "1")
    made: list[Frame] = []
    real = kind.view

    def view(spec: kind.Spec, frame: Frame) -> tuple[Part, ...]:
        made.append(frame)
        return real(spec, frame)

    monkeypatch.setattr(kind, "view", view)
    card_of(event, one)
    assert {it.tally.right for it in made if it.tally} == {None}
    made.clear()
    ends(event, one)
    card_of(event, one)
    assert {it.tally.right for it in made if it.tally} == {1}


# -- the leaderboard ------------------------------------------------------------------------------------------------


def leaderboard(event: Event, actor: object = ANN) -> str:
    return words(event.types(actor, "/stage leaderboard", CHAT))  # type: ignore[arg-type]


def chooses(event: Event, actor: object, on: str = "on") -> Outcome:
    return event.presses(actor, f"lead:{event.session}:{on}", CHAT)  # type: ignore[arg-type]


def test_nobody_is_on_it_who_did_not_ask_to_be():
    event = lively(OLGA, *PEOPLE)
    one = quiz(event)
    reply = event.votes(ANN, one, "1").reply
    board = event.presses(ANN, buttons(reply)["Leaderboard"], CHAT)
    assert "0 quizzes count so far" in words(board)
    ends(event, one)
    assert "Nobody is on it yet." in leaderboard(event)
    assert "Leaderboard" not in card_of(event, one)
    before = event.versions()[f"interaction:{one}"]
    joined = event.presses(ANN, buttons(board.reply)["Join leaderboard"], CHAT)
    assert event.versions()[f"interaction:{one}"] > before, "the card is shown anew"
    assert "1. Ann, 1 right" in words(joined) and "You are number 1 with 1 right." in words(joined)
    assert "Leaderboard: 1. Ann, 1 right" in card_of(event, one)
    left = event.presses(ANN, buttons(joined.reply)["Leave leaderboard"], CHAT)
    assert "You are not on it" in words(left) and "Ann" not in words(left)
    assert "Ann" not in card_of(event, one)


def test_it_counts_over_quizzes_and_ties_share_a_rank():
    event = lively(OLGA, *PEOPLE)
    for actor in PEOPLE:
        chooses(event, actor)
    for right in ({ANN, BEN, CLEO}, {ANN, BEN}, {DAN}):
        one = quiz(event)
        for actor in PEOPLE:
            event.votes(actor, one, "1" if actor in right else "0")
        ends(event, one)
    assert "Leaderboard: 1. Ann, 2 right · 1. Ben, 2 right · 3. Cleo, 1 right · 3. Dan, 1 right" in card_of(event, one)
    told = leaderboard(event, CLEO)
    assert [line for line in told.split("\n") if "right" in line and "." in line][:4] == [
        "1. Ann, 2 right", "1. Ben, 2 right", "3. Cleo, 1 right", "3. Dan, 1 right"
    ]  # fmt: skip
    assert "You are number 3 with 1 right." in told
    assert "3 quizzes count so far" in told


def test_the_card_names_the_first_three_ranks():
    event = lively(OLGA, *PEOPLE)
    for number, _ in enumerate(PEOPLE, 1):
        one = quiz(event)
        for actor in PEOPLE[:number]:
            event.votes(actor, one, "1")
        ends(event, one)
    for actor in PEOPLE:
        chooses(event, actor)
    assert "1. Ann, 4 right · 2. Ben, 3 right · 3. Cleo, 2 right" in card_of(event, one)
    assert "Dan" not in card_of(event, one)
    assert "4. Dan, 1 right" in leaderboard(event)


def test_names_are_those_of_the_settings():
    event = lively(OLGA, ANN)
    person = event.store.tables[Person][(event.person(ANN),)]
    event.store.tables[Person][(person.id,)] = replace(person, name="Ann Lee", last_name=False)
    one = quiz(event)
    event.votes(ANN, one, "1")
    chooses(event, ANN)
    ends(event, one)
    assert "1. Ann, 1 right" in leaderboard(event) and "Lee" not in leaderboard(event) + card_of(event, one)
    event.store.tables[Person][(person.id,)] = replace(person, name="Ann Lee", last_name=True)
    assert "1. Ann Lee, 1 right" in leaderboard(event)


def test_an_open_quiz_is_not_counted_yet_and_an_anonymous_one_never():
    event = lively(OLGA, ANN)
    chooses(event, ANN)
    one = quiz(event)
    event.votes(ANN, one, "1")
    assert "It fills when" in leaderboard(event) and "You are on it." in leaderboard(event)
    other = quiz(event, settings=("reveal", "secret"))
    event.votes(ANN, other, "1")
    assert "Leaderboard" not in buttons(event.votes(ANN, other, "1").reply)
    ends(event, other)
    assert "0 quizzes count so far" in leaderboard(event)


def test_nobody_is_named_on_a_card_for_nothing():
    event = lively(OLGA, ANN)
    chooses(event, ANN)
    one = quiz(event)
    event.votes(ANN, one, "0")
    ends(event, one)
    assert "Ann" not in card_of(event, one)
    assert "1. Ann, 0 right" in leaderboard(event)


def test_with_hidden_results_nobody_is_named_on_the_card():
    event = lively(OLGA, ANN)
    chooses(event, ANN)
    one = quiz(event, sharing="never")
    event.votes(ANN, one, "1")
    ends(event, one)
    assert "Ann" not in card_of(event, one) and "right" not in card_of(event, one)
    assert "0 quizzes count so far" in leaderboard(event) and "1 right" not in leaderboard(event)


def test_hidden_results_count_on_no_leaderboard_until_they_are_shown():
    event = lively(OLGA, ANN)
    chooses(event, ANN)
    first, second = quiz(event), quiz(event)
    for one in (first, second):
        event.votes(ANN, one, "1")
        ends(event, one)
    assert "1. Ann, 2 right" in leaderboard(event) and "2 right" in card_of(event, second)
    for verb, number in (("hide", 1), ("unhide", 2)):
        before = event.versions()[f"interaction:{second}"]
        assert event.presses(OLGA, f"{verb}:{first}", CHAT).done
        assert f"1. Ann, {number} right" in leaderboard(event)
        assert f"{number} right" in card_of(event, second)
        assert event.versions()[f"interaction:{second}"] > before, "this card is shown anew as well"


def test_only_who_takes_part_sees_it_and_joins_it():
    event = lively(OLGA, ANN)
    one = quiz(event)
    event.votes(ANN, one, "1")
    for outcome in (event.types(BEN, "/stage leaderboard", CHAT), chooses(event, BEN)):
        assert not outcome.done
        assert "Join session" in buttons(outcome.reply)
    chooses(event, ANN)
    member = event.member(ANN)
    assert isinstance(member, Member)
    event.store.tables[Member][(event.session, member.person)] = replace(member, blocked=True)
    assert not chooses(event, ANN, "off").done
    ends(event, one)
    assert "Ann" not in card_of(event, one)
    assert [it.person for it in event.store.rows(Leading)] == [event.person(ANN)]


def test_joining_twice_is_joining_once_and_costs_no_edit():
    event = lively(OLGA, ANN)
    one = quiz(event)
    event.votes(ANN, one, "1")
    ends(event, one)
    chooses(event, ANN)
    before = event.versions()
    assert chooses(event, ANN).done
    assert event.versions() == before


def test_who_is_not_among_the_first_costs_no_edit():
    event = lively(OLGA, *PEOPLE)
    first = quiz(event)
    for actor in (ANN, BEN, CLEO):
        event.votes(actor, first, "1")
    ends(event, first)
    second = quiz(event)
    event.votes(ANN, second, "1")
    ends(event, second)
    for actor in (ANN, BEN, CLEO):
        chooses(event, actor)
    before = event.versions()
    chooses(event, DAN)
    assert event.versions() == before
    chooses(event, ANN, "off")
    changed = {what for what, version in event.versions().items() if version != before[what]}
    assert changed == {f"interaction:{first}", f"interaction:{second}"}, "a name that goes is nowhere any more"


def test_the_menu_leads_to_it_in_both_venues():
    event = lively(OLGA, ANN, CLEO)
    assert "Leaderboard" not in buttons(event.types(ANN, "/stage menu", CHAT).reply)
    quiz(event)
    for actor, room in ((ANN, CHAT), (CLEO, HALL)):
        menu = event.types(actor, "/stage menu", room).reply
        assert isinstance(menu, Card)
        assert "Leaderboard of “Keynote”" in words(event.presses(actor, buttons(menu)["Leaderboard"], room))


def leading(event: Event) -> str:
    """Ann leads, after one quiz."""
    one = quiz(event)
    event.votes(ANN, one, "1")
    chooses(event, ANN)
    ends(event, one)
    assert "1. Ann, 1 right" in card_of(event, one)
    return one


def test_who_leaves_is_named_on_no_card_any_more():
    event = lively(OLGA, ANN, BEN)
    one = leading(event)
    before = event.versions()[f"interaction:{one}"]
    event.presses(ANN, f"leave:{event.session}", CHAT)
    assert event.versions()[f"interaction:{one}"] > before, "the card is shown anew"
    assert "Ann" not in card_of(event, one) and "Ann" not in leaderboard(event, BEN)


def test_who_goes_by_another_name_is_called_so_on_the_cards():
    event = lively(OLGA, ANN)
    one = leading(event)
    before = event.versions()[f"interaction:{one}"]
    form = event.presses(ANN, f"settings:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    assert event.sends(ANN, form, CHAT, name="Annabel").done
    assert event.versions()[f"interaction:{one}"] > before
    assert "1. Annabel, 1 right" in card_of(event, one)


def test_who_is_blocked_leads_no_more():
    event = Event().opened(OLGA, ANN, BEN)
    one = leading(event)
    event.writes(ANN, CHAT, "1.1", "Something bad")
    before = event.versions()[f"interaction:{one}"]
    form = event.types(OLGA, f"/mod moderate {CHAT}/1.1", CHAT).reply
    assert isinstance(form, Form)
    assert event.sends(OLGA, form, CHAT, do="block").done
    assert event.versions()[f"interaction:{one}"] > before
    assert "Ann" not in card_of(event, one) and "Ann" not in leaderboard(event, BEN)


@given(st.lists(st.tuples(st.sampled_from(["ann", "ben", "cleo"]), st.sampled_from(["on", "off"])), max_size=8))
def test_the_last_choice_counts_whatever_was_pressed_before(presses):
    people = {"ann": ANN, "ben": BEN, "cleo": CLEO}
    event = lively(OLGA, ANN, BEN, CLEO)
    one = quiz(event)
    for actor in people.values():
        event.votes(actor, one, "1")
    ends(event, one)
    for name, on in presses:
        chooses(event, people[name], on)
    wanted = {name.title() for name in people if dict(presses).get(name) == "on"}
    for told in (card_of(event, one), leaderboard(event)):
        assert {name.title() for name in people if f"1. {name.title()}, 1 right" in told} == wanted
