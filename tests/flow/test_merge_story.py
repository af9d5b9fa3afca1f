"""The same question asked twice: found close, merged, answered once for both, and taken apart again (SPEC 4.9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.app.commands import MoveQuestion
from core.domain.ids import DeliveryKey
from core.domain.questions import Question
from core.domain.schedule import Due, comparing
from core.domain.surfaces import Place, Surface
from core.domain.view import Card, Select
from jobs.likeness import suggestion
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DORA, HALL, OLGA, Event, Killed, Step, buttons, words

SLIDES, ALSO = "Will the slides be shared?", "are the slides going to be shared"


def room(actor: Any) -> str:
    return CHAT if actor.platform == "slack" else HALL


def staffed(mode: str = "multi") -> Event:
    event = Event().opened(OLGA, DORA, ANN, BEN, CLEO, DAN)
    event.appoints(DORA, "moderator")
    form = event.presses(OLGA, f"qrules:{event.session}", CHAT).reply
    event.sends(OLGA, form, CHAT, mode=mode)  # type: ignore[arg-type]
    return event


def asks(event: Event, actor: Any, text: str) -> Question:
    event.types(actor, f"/stage ask {text}", room(actor))
    event.ticks()
    event.settle()
    return max(event.store.rows(Question), key=lambda it: it.number)


def one(event: Event, number: int) -> Question:
    return next(it for it in event.store.rows(Question) if it.number == number)


def cards(event: Event, number: int) -> list[Card]:
    """The card of a question, in each desk."""
    event.settle()
    subject = f"question:{one(event, number).id}"
    found = event.shown(lambda place, surface: place.kind == "queue" and surface.subject == subject)
    return [card for _, _, card in found if isinstance(card, Card)]


def card(event: Event, number: int) -> Card:
    return cards(event, number)[0]


def menu(shown: Card) -> dict[str, str]:
    (select,) = (part for part in shown.parts if isinstance(part, Select))
    return {option.label: option.value for option in select.options}


def lines_of(read: Card) -> list[str]:
    """The lines that a moderator may delete."""
    (select,) = (it for it in read.parts if isinstance(it, Select) and it.placeholder == "Delete a line")
    return [option.value for option in select.options]


def merges(event: Event, number: int, into: int, by: Any = OLGA) -> str:
    """By the form, whatever was suggested."""
    form = event.presses(by, f"qsheet:{one(event, number).id}:merge", room(by)).reply
    return words(event.sends(by, form, room(by), into=one(event, into).id))  # type: ignore[arg-type]


def takes_apart(event: Event, number: int, by: Any = OLGA) -> str:
    return words(event.presses(by, f"qmore:{one(event, number).id}", room(by), ("unmerge",)))


def answers(event: Event, number: int, text: str, by: Any = OLGA, then: tuple[str, ...] = ("done",)) -> None:
    form = event.presses(by, f"qreply:{one(event, number).id}", room(by)).reply
    event.sends(by, form, room(by), answer=text, then=then)  # type: ignore[arg-type]
    event.settle()


def reads(event: Event, actor: Any, what: str = "") -> list[str]:
    """What stands in this person's conversations, by subject."""
    event.settle()
    person = event.person(actor)

    def theirs(place: Place, surface: Surface) -> bool:
        return place.person == person and place.kind in ("dm", "question") and surface.subject.startswith(what)

    return [words(shown) for _, _, shown in event.shown(theirs)]


def got(event: Event, actor: Any) -> list[str]:
    """The answers that reached them, in the order of their arrival."""
    return [it.partition("\n")[2].partition("\n")[0] for it in reads(event, actor, "qline:") if "Answering as" in it]


def receipt(event: Event, actor: Any) -> str:
    """Where their newest question stands, as they read it."""
    return reads(event, actor, "receipt:")[-1].partition("\n")[0]


# -- suggested ------------------------------------------------------------------------------------------------------


def test_a_question_close_to_an_older_one_is_suggested_at_every_desk() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    asks(event, BEN, "Where is the coffee?")
    asks(event, CLEO, ALSO)
    assert one(event, 3).suggested == one(event, 1).id
    assert one(event, 1).suggested is None
    shown = cards(event, 3)
    assert len(shown) == 2
    for it in shown:
        assert "Close to Q1: Will the slides be shared?" in words(it)
        assert "Merge with Q1" in buttons(it)
        assert menu(it)["Not the same as Q1"] == "notsame"
    assert "Close to" not in words(card(event, 1)) + words(card(event, 2))


def test_what_the_comparison_finds_is_suggested_once_whatever_ends_the_process() -> None:
    steps: tuple[Step, ...] = ("fill", "handle", "flush")
    for step in steps:
        event = staffed()
        asks(event, ANN, SLIDES)
        event.types(CLEO, f"/stage ask {ALSO}", HALL)
        (due,) = [it for it in event.store.rows(Due) if it.what == comparing(one(event, 2).id)]
        event.kill_after = step
        with pytest.raises(Killed):
            event.ticks()
        assert one(event, 2).suggested is None
        found = event.found_alike(due)
        event.ticks()
        assert one(event, 2).suggested == one(event, 1).id
        before = one(event, 2)
        event.do(found)  # it was handed in and is so once more
        other = replace(found, delivery=DeliveryKey("another"))
        assert event.do(other) is None, "another process found the same meanwhile"
        event.ticks()
        assert one(event, 2) == before


def test_who_is_not_the_bot_suggests_nothing() -> None:
    event = staffed()
    first, second = asks(event, ANN, SLIDES), asks(event, BEN, "Where is the coffee?")
    event.types(CLEO, f"/stage ask {ALSO}", HALL)
    third = one(event, 3)
    forged = suggestion(Due(comparing(third.id), event.now), third.id, second.id, 1.0)
    assert event.do(replace(forged, actor=OLGA)) is None
    event.ticks()
    assert one(event, 3).suggested == first.id


def test_only_open_older_questions_of_the_session_are_suggested() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    answers(event, 1, "Yes.")
    asks(event, CLEO, ALSO)
    assert one(event, 2).suggested is None, "the older one was answered before"
    asks(event, DAN, SLIDES)
    assert one(event, 3).suggested == one(event, 2).id
    event.types(BEN, f"/stage ask {SLIDES}", CHAT)
    event.presses(OLGA, f"qdo:{one(event, 4).id}:resolve", CHAT)
    event.ticks()
    assert one(event, 4).suggested is None, "it was closed before it was compared"


def test_a_question_of_ones_own_is_suggested_where_each_stands_by_itself() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    asks(event, ANN, ALSO)
    assert one(event, 2).suggested == one(event, 1).id
    single = staffed("single")
    asks(single, ANN, SLIDES)
    asks(single, ANN, ALSO)
    (only,) = single.store.rows(Question)
    assert only.suggested is None


def test_what_was_taken_back_is_close_to_nothing() -> None:
    event = staffed()
    for who in (ANN, BEN):
        event.types(who, f"/stage ask {SLIDES}", CHAT)
        question = max(event.store.rows(Question), key=lambda it: it.number)
        listed = event.presses(OLGA, f"qread:{question.id}", CHAT).reply
        assert isinstance(listed, Card)
        ((option,),) = (
            it.options for it in listed.parts if isinstance(it, Select) and it.placeholder == "Delete a line"
        )
        event.presses(OLGA, f"qdelete:{question.id}", CHAT, (option.value,))
    event.ticks()
    assert [it.suggested for it in event.store.rows(Question)] == [None, None]


def test_a_moderator_says_no_and_it_is_suggested_no_more() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    second = asks(event, CLEO, ALSO)
    told = event.presses(DORA, f"qmore:{second.id}", HALL, ("notsame",))
    assert words(told) == "Q2 stays a question of its own."
    event.ticks()
    shown = card(event, 2)
    assert "Close to" not in words(shown)
    assert "Merge with Q1" not in buttons(shown)
    assert "Not the same as Q1" not in menu(shown)


# -- merged ---------------------------------------------------------------------------------------------------------


def test_one_answer_reaches_both_and_both_receipts_follow_it() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    asks(event, CLEO, ALSO)
    told = words(event.presses(OLGA, buttons(card(event, 2))["Merge with Q1"], CHAT))
    assert told.startswith("Q2 is merged into Q1: its asker gets the same answer.")
    assert "with Q2 merged into it" in words(card(event, 1))
    assert words(card(event, 2)).startswith("Q2 merged into Q1 by Olga")
    assert receipt(event, CLEO) == "Q2 · asked by others too (Q1); you get the same answer"
    form = event.presses(DORA, f"qreply:{one(event, 1).id}", HALL).reply
    assert receipt(event, CLEO) == "Q2 · asked by others too (Q1), being answered; you get the same answer"
    event.sends(DORA, form, HALL, answer="Yes, on Friday.", then=("done",))  # type: ignore[arg-type]
    assert got(event, ANN) == got(event, CLEO) == ["Yes, on Friday."]
    assert receipt(event, ANN) == "Q1 · answered"
    assert receipt(event, CLEO) == "Q2 · answered (as Q1)"
    form = event.presses(OLGA, f"qsheet:{one(event, 1).id}:publish", CHAT).reply
    event.sends(OLGA, form, CHAT)  # type: ignore[arg-type]
    assert receipt(event, ANN) == "Q1 · answered and published"
    assert receipt(event, CLEO) == "Q2 · answered (as Q1) and published"
    mine = words(event.presses(CLEO, f"questions:{event.session}", HALL))
    assert "Q2 · merged with Q1, answered" in mine
    assert "Yes, on Friday." in mine
    event.presses(OLGA, f"qdo:{one(event, 1).id}:reopen", CHAT)
    assert receipt(event, CLEO) == "Q2 · asked by others too (Q1); you get the same answer"


def test_a_declined_one_tells_its_reason_to_all() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    asks(event, CLEO, ALSO)
    merges(event, 2, 1)
    form = event.presses(OLGA, f"qsheet:{one(event, 1).id}:decline", CHAT).reply
    event.sends(OLGA, form, CHAT, reason="They are not ours.")  # type: ignore[arg-type]
    assert receipt(event, CLEO) == "Q2 · declined (as Q1): They are not ours."


def test_what_was_answered_already_reaches_who_comes_later_in_its_order() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    answers(event, 1, "We look it up.", then=())
    event.wait(5)
    answers(event, 1, "Yes, on Friday.", then=())
    asks(event, CLEO, ALSO)
    told = merges(event, 2, 1)
    assert "its asker gets the 2 answers given already, and what follows" in told
    assert got(event, CLEO) == ["We look it up.", "Yes, on Friday."]
    event.wait(5)
    answers(event, 1, "Here they are.")
    assert got(event, CLEO) == ["We look it up.", "Yes, on Friday.", "Here they are."]


def test_merged_into_one_answered_meanwhile_its_asker_is_told_at_once() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    asks(event, CLEO, ALSO)
    answers(event, 1, "Yes, on Friday.")
    event.ticks()
    assert got(event, CLEO) == []
    assert "gets the answer given already" in words(
        event.presses(OLGA, f"qmergewith:{one(event, 2).id}:{one(event, 1).id}", CHAT)
    )
    assert got(event, CLEO) == ["Yes, on Friday."]
    assert receipt(event, CLEO) == "Q2 · answered (as Q1)"


# -- undone, and chains ---------------------------------------------------------------------------------------------


def test_taken_apart_it_waits_again_and_gets_no_further_answer() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    asks(event, CLEO, ALSO)
    merges(event, 2, 1)
    answers(event, 1, "Yes.", then=())
    assert takes_apart(event, 2) == "Q2 is a question of its own again, and waits for a moderator."
    event.wait(5)
    answers(event, 1, "On Friday.")
    assert got(event, ANN) == ["Yes.", "On Friday."]
    assert got(event, CLEO) == ["Yes."]
    assert one(event, 2).state == "pending"
    assert "received" in receipt(event, CLEO)
    assert "merged into it" not in words(card(event, 1))
    assert "Reply" in buttons(card(event, 2))
    assert words(event.presses(OLGA, f"qmore:{one(event, 2).id}", CHAT, ("unmerge",))).startswith("Q2 is waiting")
    event.presses(OLGA, f"qmergewith:{one(event, 2).id}:{one(event, 1).id}", CHAT)
    assert got(event, CLEO) == ["Yes.", "On Friday."], "merged once more: nothing comes twice"


def test_merges_go_through_several_steps_and_each_is_undone_by_itself() -> None:
    event = staffed()
    for who in (ANN, BEN, CLEO):
        asks(event, who, SLIDES)
    merges(event, 3, 2)
    merges(event, 2, 1)
    assert "with Q2, Q3 merged into it" in words(card(event, 1))
    answers(event, 1, "Yes.", then=())
    assert got(event, ANN) == got(event, BEN) == got(event, CLEO) == ["Yes."]
    takes_apart(event, 2)
    event.wait(5)
    answers(event, 2, "On Friday.")
    assert got(event, ANN) == ["Yes."]
    assert got(event, BEN) == got(event, CLEO) == ["Yes.", "On Friday."]
    assert receipt(event, CLEO) == "Q3 · answered (as Q2)"


def test_merging_into_a_merged_one_goes_to_the_one_that_is_answered() -> None:
    event = staffed()
    for who in (ANN, BEN, CLEO, DAN):
        asks(event, who, SLIDES)
    merges(event, 2, 1)
    told = words(event.presses(OLGA, f"qmergewith:{one(event, 3).id}:{one(event, 2).id}", CHAT))
    assert told.startswith("Q3 is merged into Q1")
    circle = words(event.presses(OLGA, f"qmergewith:{one(event, 1).id}:{one(event, 3).id}", CHAT))
    assert circle.startswith("A question cannot be merged into itself.")
    assert one(event, 1).state == "pending"
    again = words(event.presses(OLGA, f"qmergewith:{one(event, 3).id}:{one(event, 4).id}", CHAT))
    assert again == "Q3 was merged into another question."


def test_an_asker_of_two_merged_questions_gets_the_answer_in_each_conversation() -> None:
    event = staffed()
    for who in (ANN, ANN, CLEO, CLEO):
        asks(event, who, SLIDES)
    for number in (2, 3, 4):
        merges(event, number, 1)
    answers(event, 1, "Yes.")
    assert got(event, ANN) == got(event, CLEO) == ["Yes.", "Yes."]


def test_an_answer_recalled_is_recalled_from_everybody() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    answers(event, 1, "No.", then=())
    asks(event, CLEO, ALSO)
    merges(event, 2, 1)
    assert got(event, CLEO) == ["No."]
    listed = event.presses(OLGA, f"qread:{one(event, 1).id}", CHAT).reply
    assert isinstance(listed, Card)
    event.presses(OLGA, f"qdelete:{one(event, 1).id}", CHAT, (lines_of(listed)[-1],))
    assert got(event, ANN) == got(event, CLEO) == []


def test_a_stranger_merges_nothing() -> None:
    event = staffed()
    asks(event, ANN, SLIDES)
    asks(event, CLEO, ALSO)
    for who in (ANN, CLEO):
        event.presses(who, f"qmergewith:{one(event, 2).id}:{one(event, 1).id}", room(who))
        event.answered(MoveQuestion(**event.envelope(who).fields(), question=one(event, 2).id, deed="unmerge"))
    assert one(event, 2).state == "pending"
