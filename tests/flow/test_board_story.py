"""Public questions: let through, read, upvoted, sorted, taken on stage and answered there (SPEC 12.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.app import commands
from core.app.asked import Board, Posted, Queue
from core.app.outcome import Outcome
from core.app.unit_of_work import key
from core.domain.form import Form
from core.domain.ids import DeliveryKey, Instant
from core.domain.questions import Line, Question
from core.domain.surfaces import Surface
from core.domain.view import Card, Choices
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DORA, HALL, OLGA, Event, actions, buttons, lively, words


def room(actor: Any) -> str:
    return CHAT if actor.platform == "slack" else HALL


def public(*, approval: bool = False) -> Event:
    """Olga in Slack and Dora in Discord moderate; everybody reads the questions of Ann, Ben, Cleo and Dan."""
    event = Event().opened(OLGA, DORA, ANN, BEN, CLEO, DAN)
    event.appoints(DORA, "moderator")
    event.presses(DORA, f"room:{event.session}:feed", "D-feed")
    event.settle()
    form = event.presses(OLGA, f"qrules:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, mode="public", ways=("approval",) if approval else ())
    return event


def one(event: Event, number: int = 1) -> Question:
    return next(it for it in event.store.rows(Question) if it.number == number)


def asks(event: Event, actor: Any, text: str, *, named: bool = False) -> Outcome:
    event.wait(1)
    form = event.presses(actor, f"ask:{event.session}", room(actor)).reply
    assert isinstance(form, Form), words(form)
    return event.sends(actor, form, room(actor), text=text, options=("named",) if named else ())


def page(event: Event, actor: Any = BEN, tail: str = "") -> Card:
    reply = event.presses(actor, f"qboard:{event.session}{tail}", room(actor)).reply
    assert isinstance(reply, Card), words(reply)
    return reply


def rows(card: Card) -> list[str]:
    return [it.letter for part in card.parts if isinstance(part, Choices) for it in part.items]


def fact(card: Card, number: int) -> str:
    return next(
        it.result for part in card.parts if isinstance(part, Choices) for it in part.items if it.letter == f"Q{number}"
    )


def board(event: Event) -> dict[int, Posted]:
    found = event.store.read(lambda _: [key(Board, event.session, "fair")]).get(Board, event.session, "fair")
    assert found is not None
    return {it.number: it for it in found.questions}


def votes(event: Event) -> dict[int, int]:
    return {number: it.votes for number, it in board(event).items()}


def upvotes(event: Event, actor: Any, number: int, way: str = "on") -> Outcome:
    event.wait(1)
    return event.presses(actor, f"qup:{one(event, number).id}:{way}", room(actor))


def picks(event: Event, actor: Any, number: int, what: str) -> Outcome:
    return event.presses(actor, f"qmore:{one(event, number).id}", room(actor), (what,))


def test_a_question_is_public_once_a_moderator_lets_it_through() -> None:
    event = public(approval=True)
    asks(event, CLEO, "Will the recordings be public?")
    event.settle()
    assert "Nobody has asked in public yet." in words(page(event))
    cards = [it for place, _, it in event.shown(lambda p, s: s.subject.startswith("question:")) if isinstance(it, Card)]
    assert all(list(buttons(it)) == ["Reply", "Read", "Let through"] for it in cards) and len(cards) == 2
    assert [words(it) for _, _, it in event.shown(lambda p, s: s.subject.startswith("desk:"))] != []
    desk = next(words(it) for _, _, it in event.shown(lambda p, s: s.subject.startswith("desk:")))
    assert "1 waits to be let through." in desk
    assert words(event.presses(DORA, buttons(cards[0])["Let through"])) == "Q1 is on the board: everybody can read it."
    event.settle()
    seen = page(event)
    assert rows(seen) == ["Q1"] and "Will the recordings be public?" in words(seen)
    (_, _, card), *_ = event.shown(lambda p, s: s.subject.startswith("board:"))
    assert "Fair order: who asks for the first time comes first" in words(card)
    assert "Upvote Q1" in buttons(card)
    assert "off the board" in words(picks(event, OLGA, 1, "takeoff"))
    assert rows(page(event)) == []
    queue = event.store.read(lambda _: [key(Queue, event.session)]).get(Queue, event.session)
    assert queue is not None and queue.waiting == 1


def test_others_read_the_name_of_who_agreed_to_it_and_nobody_elses() -> None:
    event = public()
    asks(event, CLEO, "Is there lunch?", named=True)
    asks(event, ANN, "Where is the slide deck?")
    seen = page(event)
    assert fact(seen, 1) == "0 upvotes · Cleo" and fact(seen, 2) == "0 upvotes · Anonymous"
    assert "Ann" not in words(seen)
    assert fact(page(event, ANN), 2) == "0 upvotes · yours"


def test_one_upvote_a_person_the_page_comes_back_with_it_and_ones_own_question_has_no_button() -> None:
    event = public()
    for number in range(1, 8):
        asks(event, CLEO if number % 2 else DAN, f"Question {number}?")
    seen = page(event, ANN)
    assert len(rows(seen)) == 5
    assert "Now: Fair order" in buttons(seen) and "Most votes" in buttons(seen)
    more = event.presses(ANN, buttons(seen)["Show more"]).reply
    assert isinstance(more, Card) and len(rows(more)) == 2
    last = rows(more)[-1]
    after = event.presses(ANN, buttons(more)[f"Upvote {last}"]).reply
    assert isinstance(after, Card) and rows(after) == rows(more), "the same page, as it is now"
    assert f"Take back {last}" in buttons(after) and fact(after, int(last[1:])).startswith("1 upvote ·")
    assert votes(event)[int(last[1:])] == 1
    upvotes(event, ANN, int(last[1:]))
    assert votes(event)[int(last[1:])] == 1
    back = event.presses(ANN, buttons(after)[f"Take back {last}"]).reply
    assert words(back).startswith(f"Your upvote of {last} is taken back.") and votes(event)[int(last[1:])] == 0
    own = page(event, CLEO)
    assert [it for it in buttons(own) if it.startswith("Upvote")] == [
        f"Upvote {it}" for it in rows(own) if int(it[1:]) % 2 == 0
    ]
    assert "your own question" in words(upvotes(event, CLEO, 1))
    assert set(votes(event).values()) == {0}
    assert "Now: Most votes" in buttons(page(event, ANN, ":votes")) and rows(page(event, ANN, ":newest"))[0] == "Q7"


def test_one_question_is_on_stage_at_a_time_first_on_the_board_and_on_the_stage_bar() -> None:
    event = public()
    for actor, text in ((ANN, "First?"), (BEN, "Second?"), (CLEO, "Third?")):
        asks(event, actor, text)
    upvotes(event, DAN, 1)
    assert rows(page(event, DAN))[0] == "Q1"
    assert words(picks(event, OLGA, 3, "live")) == "Q3 is on stage now."
    assert rows(page(event, DAN))[0] == "Q3" and fact(page(event, DAN), 3).startswith("on stage now · 0 upvotes")
    picks(event, DORA, 2, "live")
    assert [it.number for it in event.store.rows(Question) if it.live] == [2]
    event.settle()
    bars = [words(it) for _, _, it in event.shown(lambda p, s: s.subject.startswith("bar:"))]
    assert len(bars) == 2 and all("On stage: Q2 · Second?" in it for it in bars)
    assert words(picks(event, OLGA, 2, "spoken")).startswith("Q2 is answered live.")
    seen = page(event, DAN)
    assert rows(seen)[-1] == "Q2" and fact(seen, 2).startswith("answered live · ") and "Upvote Q2" not in buttons(seen)
    event.settle()
    assert not any("On stage" in words(it) for _, _, it in event.shown(lambda p, s: s.subject.startswith("bar:")))
    mine = [words(it) for _, _, it in event.shown(lambda p, s: s.subject.startswith("receipt:"))]
    assert any("Q2 · answered live, in the session" in it for it in mine)
    assert "answered already" in words(upvotes(event, DAN, 2))
    picks(event, OLGA, 1, "live")
    picks(event, OLGA, 1, "offstage")
    assert not any(it.live for it in event.store.rows(Question))


def test_labels_are_shown_and_one_of_them_can_be_read_alone() -> None:
    event = public()
    for actor, text in ((ANN, "How much?"), (BEN, "How far?"), (CLEO, "How much more?")):
        asks(event, actor, text)
    for number in (1, 3):
        form = picks(event, OLGA, number, "label").reply
        assert isinstance(form, Form)
        event.sends(OLGA, form, CHAT, label="Pricing")
    seen = page(event, DAN)
    assert "Pricing" in fact(seen, 1) and "Pricing" not in fact(seen, 2)
    (pick,) = [it for it in actions(seen) if it.startswith("qlabel:")]
    few = event.presses(DAN, pick, HALL, (one(event, 1).id,)).reply
    assert isinstance(few, Card) and sorted(rows(few)) == ["Q1", "Q3"]
    again = event.presses(DAN, buttons(few)["Newest"], HALL).reply
    assert isinstance(again, Card) and rows(again) == ["Q3", "Q1"]
    voted = event.presses(DAN, buttons(again)["Upvote Q1"], HALL).reply
    assert isinstance(voted, Card) and rows(voted) == ["Q3", "Q1"] and votes(event)[1] == 1
    assert len(rows(event.presses(DAN, pick, HALL, ("all",)).reply)) == 3  # type: ignore[arg-type]


def test_a_word_that_is_not_wanted_waits_for_a_moderator_even_where_no_other_question_does() -> None:
    event = public()
    form = event.presses(OLGA, f"chatrules:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, words="darn")
    asks(event, ANN, "Why is this darn slow?")
    asks(event, BEN, "Why is this so slow?")
    assert rows(page(event, DAN)) == ["Q2"]
    picks(event, OLGA, 1, "approve")
    assert sorted(rows(page(event, DAN))) == ["Q1", "Q2"]


def test_nobody_asks_in_public_who_was_not_told_that_everybody_reads_it() -> None:
    event = Event().opened(OLGA, ANN, BEN)
    before = event.presses(ANN, f"ask:{event.session}", CHAT).reply
    assert isinstance(before, Form) and "Only moderators read it" in before.intro
    mode(event, "public", "")
    told = words(event.sends(ANN, before, CHAT, text="Asked when it was private?"))
    assert "verybody" not in told and rows(page(event)) == []
    form = event.types(ANN, "/stage ask Typed behind the command?", CHAT).reply
    assert isinstance(form, Form) and "Everybody can read it;" in form.intro
    assert "Everybody can read and upvote it." in words(event.sends(ANN, form, CHAT))
    assert rows(page(event)) == ["Q2"] and "Typed behind the command?" in words(page(event))
    form = event.presses(ANN, form.again, CHAT).reply
    assert isinstance(form, Form) and not any(it.value for it in form.fields)
    mode(event, "multi", "")
    assert "verybody" not in words(event.sends(ANN, form, CHAT, text="Asked when it was private again?"))
    mode(event, "public", "")
    assert rows(page(event)) == ["Q2"]


def test_what_was_asked_in_private_is_never_put_on_the_board() -> None:
    event = Event().opened(OLGA, ANN, BEN)
    asks(event, ANN, "May I ask something private?")
    form = event.presses(OLGA, f"qrules:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, mode="public", ways=())
    assert "asked in private" in words(event.presses(OLGA, f"qdo:{one(event).id}:approve", CHAT))
    assert rows(page(event)) == [] and not one(event).public


def test_who_is_blocked_is_off_the_board_and_their_upvotes_count_no_more() -> None:
    event = public()
    asks(event, ANN, "First?")
    asks(event, BEN, "Second?")
    for actor in (BEN, CLEO, DAN):
        upvotes(event, actor, 1)
    upvotes(event, CLEO, 2)
    picks(event, OLGA, 2, "live")
    before = event.versions()
    event.presses(OLGA, f"qblocked:{one(event, 2).id}", CHAT)
    assert votes(event) == {1: 2} and rows(page(event, DAN)) == ["Q1"]
    event.settle()
    assert event.versions()[f"board:{event.session}"] > before[f"board:{event.session}"]
    assert not any("On stage" in words(it) for _, _, it in event.shown(lambda p, s: s.subject.startswith("bar:")))
    assert not upvotes(event, BEN, 1, "off").done
    event.presses(OLGA, f"unblock:{event.session}:{event.person(BEN)}", CHAT)
    assert votes(event) == {1: 3, 2: 1}


def test_what_its_asker_changes_waits_again_and_what_is_taken_back_leaves_the_board() -> None:
    event = public(approval=True)
    asks(event, ANN, "First?")
    picks(event, OLGA, 1, "approve")
    line = next(it for it in event.store.rows(Line) if it.question == one(event).id)
    event.presses(OLGA, f"qdelete:{line.question}", CHAT, (line.id,))
    assert not one(event).public and rows(page(event)) == []
    assert "taken back" in words(picks(event, OLGA, 1, "approve"))


def mode(event: Event, mode: str, *ways: str) -> None:
    form = event.presses(OLGA, f"qrules:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, mode=mode, **({"ways": tuple(filter(None, ways))} if ways else {}))


def cards(event: Event) -> list[str]:
    return [words(it) for _, _, it in event.shown(lambda p, s: s.subject.startswith("board:"))]


def test_the_board_goes_when_questions_are_private_and_is_back_when_they_are_public_again() -> None:
    event = public()
    asks(event, ANN, "First?")
    event.settle()
    assert len(cards(event)) == 1
    mode(event, "single")
    event.settle()
    assert cards(event) == []
    assert "no board" in words(event.presses(BEN, f"qboard:{event.session}", CHAT))
    assert "not on the board" in words(upvotes(event, BEN, 1))
    for gone in [it for it in event.store.rows(Surface) if it.subject.startswith("board:")]:
        event.store.tables[Surface][(gone.id,)] = replace(gone, dead="nothing to show any more")
    asks(event, CLEO, "Something private?")
    mode(event, "public")
    event.settle()
    assert rows(page(event)) == ["Q1"] and "First?" in cards(event)[-1]
    again = [it for it in event.store.rows(Surface) if it.subject.startswith("board:") and not it.dead]
    assert len(again) == 1, "what a platform removed is posted anew"
    asks(event, DAN, "Second?")
    event.settle()
    card = cards(event)[-1]
    assert "Second?" in card and "private" not in card


def test_the_card_shows_the_first_five_and_says_how_many_there_are() -> None:
    event = public()
    for number in range(1, 8):
        asks(event, CLEO if number % 2 else ANN, f"Number {number}?")
    for actor in (BEN, DAN):
        upvotes(event, actor, 6)
    event.settle()
    (card,) = cards(event)
    assert [it for it in range(1, 8) if f"Q{it}" in card] == [1, 2, 3, 4, 6] and "These are 5 of 7." in card
    before = event.versions()[f"board:{event.session}"]
    upvotes(event, BEN, 6)
    assert event.versions()[f"board:{event.session}"] == before, "nothing changed"


def test_after_the_end_upvotes_are_refused_and_the_board_can_still_be_read() -> None:
    event = public()
    asks(event, ANN, "First?")
    upvotes(event, BEN, 1)
    event.advances("ended")
    assert "upvotes are closed" in words(upvotes(event, CLEO, 1)) and votes(event) == {1: 1}
    seen = page(event)
    assert rows(seen) == ["Q1"] and not [it for it in buttons(seen) if it.startswith(("Upvote", "Ask"))]


def link(event: Event, shows: Any, enters: Any) -> None:
    code = words(event.presses(shows, "linkcode")).partition("Code: ")[2][:8]
    assert words(event.types(enters, f"/stage link {code}")).startswith("Linked.")


def test_two_accounts_of_one_person_have_one_upvote_and_two_again_when_they_part() -> None:
    event = public()
    asks(event, BEN, "First?")
    asks(event, CLEO, "Second?")
    upvotes(event, ANN, 1)
    upvotes(event, DAN, 1)
    upvotes(event, ANN, 2)
    assert votes(event) == {1: 2, 2: 1}
    link(event, ANN, DAN)
    assert votes(event) == {1: 1, 2: 1}
    assert "Take back Q2" in buttons(page(event, DAN)), "it is theirs wherever they cast it"
    upvotes(event, DAN, 2, "off")
    assert votes(event) == {1: 1, 2: 0}, "the latest of both counts"
    event.presses(DAN, "unlink")
    assert votes(event) == {1: 2, 2: 1}
    link(event, CLEO, ANN)
    assert votes(event) == {1: 2, 2: 0}, "nobody counts for their own question"


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_repeated_and_shuffled_upvotes_come_to_the_latest_of_each_person(data: st.DataObject) -> None:
    event = lively(OLGA, ANN, BEN, CLEO, DAN)
    mode(event, "public")
    asks(event, ANN, "First?")
    asks(event, CLEO, "Second?")
    picks(event, OLGA, 1, "approve")
    picks(event, OLGA, 2, "approve")
    linked = data.draw(st.booleans())
    if linked:
        link(event, BEN, DAN)
    acts = data.draw(
        st.lists(st.tuples(st.sampled_from((BEN, CLEO, DAN)), st.integers(1, 2), st.booleans(), st.integers(0, 2)))
    )
    presses = [
        commands.CastUpvote(
            actor=actor, delivery=DeliveryKey(f"press {index:03}"), at=Instant(event.now + at), at_source="event",
            question=one(event, number).id, on=on,
        )
        for index, (actor, number, on, at) in enumerate(acts)
    ]  # fmt: skip
    expected = {1: 0, 2: 0}
    for number in expected:
        for person in {event.person(it) for it in (BEN, CLEO, DAN)} - {one(event, number).person}:
            mine = [it for it in presses if it.question == one(event, number).id and event.person(it.actor) == person]
            expected[number] += bool(mine) and max(mine, key=lambda it: (it.at, it.delivery)).on
    arriving = data.draw(st.permutations(presses * 2)) if presses else []
    cut = data.draw(st.integers(0, len(arriving)))
    for batch in (arriving[:cut], arriving[cut:]):
        if batch:
            event.do(*batch)
    assert votes(event) == expected


def test_merged_questions_count_each_person_once_and_part_again() -> None:
    event = public()
    for actor, text in ((ANN, "Recordings?"), (CLEO, "Will it be recorded?"), (BEN, "Lunch?")):
        asks(event, actor, text)
    for actor, number in ((BEN, 1), (DAN, 1), (BEN, 2), (ANN, 2), (DORA, 2), (OLGA, 3)):
        upvotes(event, actor, number)
    form = picks(event, OLGA, 2, "merge").reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, into=one(event, 1).id)
    assert votes(event) == {1: 3, 3: 1}, "Ben, Dan, Dora; Ann asked it herself"
    assert "You upvoted Q1." in words(upvotes(event, OLGA, 2)) and votes(event)[1] == 4
    assert "Take back Q1" in buttons(page(event, DORA))
    back = event.presses(DORA, buttons(page(event, DORA))["Take back Q1"], HALL).reply
    assert votes(event)[1] == 3 and "Upvote Q1" in buttons(back)
    picks(event, OLGA, 2, "spoken")
    picks(event, OLGA, 2, "unmerge")
    assert votes(event) == {1: 2, 2: 4, 3: 1}


def test_who_asked_the_same_reads_too_that_it_was_answered_live() -> None:
    event = public()
    asks(event, ANN, "Recordings?")
    asks(event, CLEO, "Will it be recorded?")
    form = picks(event, OLGA, 2, "merge").reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, into=one(event, 1).id)
    event.settle()
    picks(event, OLGA, 1, "spoken")
    event.settle()
    told = [words(it) for place, _, it in event.shown(lambda p, s: s.subject == f"receipt:{one(event, 2).id}")]
    assert any("answered live, in the session (as Q1)" in it for it in told), told


def test_an_answer_that_was_published_stands_on_the_board() -> None:
    event = public()
    asks(event, ANN, "Recordings?")
    form = event.presses(OLGA, f"qreply:{one(event).id}", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, answer="Yes, on Friday.", then=("done",))
    assert fact(page(event), 1) == "answered · 0 upvotes · Anonymous", "what only its asker was told stays so"
    form = picks(event, OLGA, 1, "publish").reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT)
    assert fact(page(event), 1).endswith("Answer: Yes, on Friday.")


def test_its_asker_reads_who_can_read_it() -> None:
    event = public(approval=True)
    told = words(asks(event, CLEO, "Recordings?"))
    assert told.startswith("Q1 was received") and "once a moderator has let it through" in told
    picks(event, OLGA, 1, "approve")
    event.settle()
    (receipt,) = [words(it) for _, _, it in event.shown(lambda p, s: s.subject.startswith("receipt:"))]
    assert "Everybody can read and upvote it." in receipt
    menu = event.presses(DAN, f"menu:{event.session}", HALL).reply
    assert isinstance(menu, Card)
    assert "All questions" in buttons(menu) and "All questions" in buttons(
        event.types(DAN, "/stage questions", HALL).reply
    )


def test_a_declined_question_leaves_the_board_and_waits_once_it_is_reopened() -> None:
    event = public()
    asks(event, ANN, "First?")
    picks(event, OLGA, 1, "live")
    form = picks(event, OLGA, 1, "decline").reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT)
    assert rows(page(event)) == [] and not one(event).live
    assert not upvotes(event, BEN, 1).done
    assert not picks(event, OLGA, 1, "live").done
    assert words(picks(event, OLGA, 1, "approve")) == "Q1 was declined."
    picks(event, OLGA, 1, "reopen")
    assert rows(page(event)) == [], "nobody looked at it again yet"
    picks(event, OLGA, 1, "approve")
    assert rows(page(event)) == ["Q1"] and upvotes(event, BEN, 1).done


def test_what_one_moderator_answers_another_may_take_on_stage_and_close_there() -> None:
    event = public()
    asks(event, ANN, "First?")
    event.presses(DORA, f"qreply:{one(event).id}", HALL)
    picks(event, OLGA, 1, "live")
    assert one(event).owner == event.person(DORA), "taking it on stage takes it from nobody"
    picks(event, OLGA, 1, "spoken")
    assert (one(event).state, one(event).owner, one(event).live) == ("resolved", None, False)
