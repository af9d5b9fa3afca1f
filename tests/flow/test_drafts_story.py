"""Drafts and what becomes of them: the exact card, edits of two at once, times, copies, order, and out of sight."""

from __future__ import annotations

import pytest

from core.domain.form import Form
from core.domain.ids import MINUTE, SECOND, Instant
from core.domain.interactions.life import Ballot, Interaction
from core.domain.people import Actor
from core.domain.schedule import Due
from core.domain.surfaces import Surface
from core.domain.view import Card, Select
from tests.fakes.bot import ANN, CHAT, DISCORD, DORA, HALL, OLGA, SLACK, Event, actions, buttons, words


def desk(event: Event, of: str, venue: str = SLACK) -> str:
    """The twins that stand at a desk, in words."""
    room = event.ref("queue", DISCORD if venue == DISCORD else SLACK)
    return "\n".join(words(it) for it in event.room(room, f"twin:{of}"))


def opened(*joining: Actor) -> Event:
    """Two moderators, one on each platform, and whoever else."""
    return Event().opened(OLGA, DORA, *joining)


def form_of(event: Event, act: str, poll: str, actor: Actor = OLGA) -> Form:
    form = event.presses(actor, f"{act}:{poll}", CHAT).reply
    assert isinstance(form, Form), words(form)
    return form


def row(event: Event, poll: str) -> Interaction:
    found = event.store.tables[Interaction][(poll,)]
    assert isinstance(found, Interaction)
    return found


def states(event: Event) -> list[str]:
    return sorted(it.state for it in event.store.rows(Interaction))


# -- the form ends with the exact card ------------------------------------------------------------------------------


def test_the_form_ends_with_the_card_as_it_will_be_and_nobody_else_sees_it():
    event = opened(ANN)
    form = event.types(OLGA, "/mod poll Tea?", CHAT).reply
    assert isinstance(form, Form)
    shown = event.sends(OLGA, form, CHAT, options="Yes\nNo", closes="30s")
    told = words(shown)
    assert told.startswith("Saved as a draft. This is how it will look:\nTea?\nPoll · open")
    assert "closes 30 seconds after publishing" in told and "only moderators can see it" in told
    assert not event.shown(lambda _, it: it.subject.startswith(("interaction:", "twin:")))
    published = event.presses(OLGA, buttons(shown.reply)["Publish now"], CHAT)
    assert words(published).startswith("Published.")
    poll = event.store.rows(Interaction)[0].id
    event.settle()
    for room in (CHAT, HALL):
        (card,) = event.room(room, "interaction")
        assert words(card).startswith("Tea?\nPoll · open")
    for venue in (SLACK, DISCORD):
        assert desk(event, poll, venue).startswith("Live: Poll “Tea?”\n0 of 3 answered (0 %)")


def test_every_moderator_sees_changes_and_publishes_the_drafts_of_another():
    event = opened()
    poll = event.poll(then="draft")
    assert "Poll “Tea?” · draft" in words(event.types(DORA, "/mod live", HALL))
    form = form_of(event, "edit", poll, DORA)
    assert event.sends(DORA, form, HALL, question="Coffee?").done
    assert event.presses(DORA, f"publish:{poll}", HALL).done
    assert row(event, poll).spec.question == "Coffee?"
    assert row(event, poll).created_by == event.person(OLGA)


# -- edits ----------------------------------------------------------------------------------------------------------


def test_who_types_over_another_one_s_edit_reads_who_and_how_it_stands_and_saves_knowingly():
    event = opened()
    poll = event.poll(then="draft")
    mine, theirs = form_of(event, "edit", poll), form_of(event, "edit", poll, DORA)
    assert event.sends(DORA, theirs, HALL, question="Coffee?").done
    again = event.sends(OLGA, mine, CHAT, question="Milk?")
    assert not again.done and isinstance(again.reply, Form)
    assert "Dora changed it while you wrote." in again.reply.problem
    assert "As Dora left it:" in words(again) and "Question: Coffee?" in words(again)
    assert again.reply.fields[0].value == ("Milk?",), "nothing of what was typed is lost"
    assert row(event, poll).spec.question == "Coffee?", "nothing was written over"
    assert "Options" not in again.reply.problem, "only what differs is told"
    assert event.sends(OLGA, again.reply, CHAT).done
    assert row(event, poll).spec.question == "Milk?"


def test_one_s_own_form_from_before_is_not_stopped_by_one_s_own_edit():
    event = opened()
    poll = event.poll(then="draft")
    old = form_of(event, "edit", poll)
    for question in ("Coffee?", "Milk?"):
        assert event.sends(OLGA, old, CHAT, question=question).done
        assert row(event, poll).spec.question == question


def test_a_draft_that_is_deleted_while_its_form_is_open_is_said_to_be_gone():
    event = opened()
    poll = event.poll(then="draft")
    form = form_of(event, "edit", poll)
    timing = form_of(event, "timing", poll)
    assert event.presses(DORA, f"delete:{poll}", HALL).done
    for it in (form, timing):
        refused = event.sends(OLGA, it, CHAT)
        assert (refused.done, words(refused)) == (False, "This is not there any more.")
    for act in ("publish", "twin", "edit", "timing", "delete", "unpublish", "askend"):
        assert words(event.presses(OLGA, f"{act}:{poll}", CHAT)) == "This is not there any more."
    for act in ("notify", "duplicate", "up", "down", "longer", "askdelete"):
        assert words(event.picks(OLGA, poll, act)) == "This is not there any more."


def test_after_the_first_ballot_the_question_stays_and_sharing_and_time_do_not():
    event = opened(ANN)
    poll = event.poll()
    before = form_of(event, "edit", poll)
    assert {"question", "options", "several"} <= {it.name for it in before.fields}
    assert event.sends(OLGA, before, CHAT, question="Tea or coffee?").done
    event.votes(ANN, poll, "0")
    event.settle()
    form = form_of(event, "edit", poll)
    assert [it.name for it in form.fields] == ["sharing", "closes"]
    assert event.sends(OLGA, before, CHAT, question="Something else?", sharing="end").done
    assert row(event, poll).spec.question == "Tea or coffee?", "a form from before cannot change it either"
    assert event.sends(OLGA, form_of(event, "edit", poll), CHAT, sharing="end", closes="1m").done
    after = row(event, poll)
    assert (after.sharing, after.closes_at) == ("end", Instant((after.published_at or 0) + MINUTE))
    for room in (CHAT, HALL):
        (card,) = event.room(room, "interaction")
        assert "%" not in words(card) and words(card).startswith("Tea or coffee?")
    assert len(event.store.rows(Ballot)) == 1


def test_a_time_that_is_over_already_is_refused_and_what_has_ended_stays():
    event = opened()
    poll = event.poll()
    event.wait(90)
    refused = event.sends(OLGA, form_of(event, "edit", poll), CHAT, closes="1m")
    assert not refused.done and "open for longer than that already" in words(refused)
    form = form_of(event, "edit", poll)
    event.presses(OLGA, f"end:{poll}", CHAT)
    before = row(event, poll)
    assert "It has ended, so it stays as it is." in words(event.sends(OLGA, form, CHAT, question="New?"))
    assert row(event, poll) == before


# -- a time of its own ----------------------------------------------------------------------------------------------


def times(event: Event, poll: str, at: str) -> str:
    return words(event.sends(OLGA, form_of(event, "timing", poll), CHAT, at=at))


def test_a_draft_publishes_itself_so_long_after_the_start_and_moves_with_it():
    event = Event().with_rooms()
    event.advances("open")
    event.joins(OLGA)
    poll = event.poll(then="draft")
    assert "publishes itself" in times(event, poll, "+10m")
    event.wait(120)
    event.advances("live")
    start = event.state().starts_at
    assert row(event, poll).scheduled_at == start + 10 * MINUTE
    event.now = Instant(start + 10 * MINUTE - SECOND)
    event.ticks()
    assert states(event) == ["draft"]
    event.wait(1)
    event.ticks()
    event.ticks()
    assert states(event) == ["live"]
    assert len(event.room(CHAT, "interaction")) == len(event.room(HALL, "interaction")) == 1


def test_a_wall_time_is_the_session_s_and_may_be_taken_away_again():
    event = opened()
    poll = event.poll(then="draft")
    at = Instant(event.now + 20 * MINUTE)
    minute = at // MINUTE % (24 * 60)
    times(event, poll, f"{minute // 60:02}:{minute % 60:02}")
    due = row(event, poll).scheduled_at
    assert due == at // MINUTE * MINUTE
    assert "It waits for you to publish it." in times(event, poll, "")
    event.now = Instant((due or 0) + 1)
    event.ticks()
    assert states(event) == ["draft"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("+5m", "That time has passed."),
        ("now", "That time has passed."),
        ("+3h", "The session is over by then."),
        ("soon", "Write a time like"),
        ("2026-02-30 10:00", "There is no such day."),
        ("+0m", "Write a length like"),
    ],
)
def test_a_time_that_cannot_be_comes_back_filled_with_its_sentence(typed, sentence):
    event = opened()
    poll = event.poll(then="draft")
    event.wait(6 * 60)
    again = event.sends(OLGA, form_of(event, "timing", poll), CHAT, at=typed).reply
    assert isinstance(again, Form) and sentence in again.fields[0].error
    assert again.fields[0].value == (typed,)
    assert row(event, poll).scheduled_at is None


def test_a_draft_published_by_hand_is_not_published_again_at_its_time():
    event = opened()
    poll = event.poll(then="draft")
    times(event, poll, "+10m")
    event.presses(OLGA, f"publish:{poll}", CHAT)
    event.presses(OLGA, f"end:{poll}", CHAT)
    before = row(event, poll)
    event.wait(11 * 60)
    event.ticks()
    assert row(event, poll) == before


# -- it closes by itself --------------------------------------------------------------------------------------------


def test_it_closes_after_its_time_exactly_however_late_the_tick_comes():
    event = opened(ANN)
    poll = event.poll(closes="30s")
    published = row(event, poll).published_at or 0
    event.votes(ANN, poll, "0")
    event.now = Instant(published + 29 * SECOND)
    event.ticks()
    assert states(event) == ["live"]
    event.now = Instant(published + 3_000 * SECOND)  # the process was down, or the clock jumped
    late = event.votes(ANN, poll, "1", at=Instant(published + 31 * SECOND))
    assert not late.done and "has ended" in words(late), "the announced end holds before the tick runs"
    event.ticks()
    assert row(event, poll).ended_at == published + 30 * SECOND
    assert [it.choice for it in event.store.rows(Ballot)] == ["[0]"]
    event.ticks()
    assert row(event, poll).ended_at == published + 30 * SECOND


@pytest.mark.parametrize(
    ("clicked", "arrived", "counted"), [(29, 30, True), (30, 35, True), (30.1, 31, False), (29, 36, False)]
)
@pytest.mark.parametrize("ticked", [False, True])
def test_around_its_own_end_the_click_decides_whether_the_tick_ran_or_not(clicked, arrived, counted, ticked):
    event = opened(ANN)
    poll = event.poll(closes="30s")
    published = row(event, poll).published_at or 0
    event.now = Instant(published + int(arrived * SECOND))
    if ticked:
        event.ticks()
    assert event.votes(ANN, poll, "0", at=Instant(published + int(clicked * SECOND))).done is counted


def test_a_clock_that_goes_back_ends_nothing_early():
    event = opened()
    poll = event.poll(closes="30s")
    event.fires(f"close:{poll}")
    assert states(event) == ["live"]
    (due,) = (it for it in event.store.rows(Due) if it.what == f"close:{poll}")
    assert due.due == row(event, poll).closes_at


def test_two_more_minutes_move_the_end_and_what_has_none_needs_none():
    event = opened()
    poll = event.poll(closes="30s")
    published = row(event, poll).published_at or 0
    assert "2 minutes longer" in words(event.picks(OLGA, poll, "longer"))
    event.now = Instant(published + 60 * SECOND)
    event.ticks()
    assert states(event) == ["live"]
    event.now = Instant(published + 150 * SECOND)
    event.ticks()
    assert row(event, poll).ended_at == published + 150 * SECOND
    assert not event.picks(OLGA, poll, "longer").done
    assert "needs no more time" in words(event.picks(OLGA, event.poll(), "longer"))


def test_no_card_promises_more_time_than_the_session_has():
    event = opened()
    event.now = Instant(event.state().ends_at - MINUTE)
    event.poll(closes="30m")
    event.settle()
    (card,) = event.room(CHAT, "interaction")
    (twin_card,) = event.room(event.ref("queue"), "twin")
    for shown in (card, twin_card):
        assert f"When(at={event.state().ends_at}" in repr(shown), "it closes with the session"


# -- copies, and what is deleted ------------------------------------------------------------------------------------


def test_a_copy_has_the_same_words_and_none_of_the_answers():
    event = opened(ANN)
    poll = event.poll(sharing="end", closes="5m")
    event.votes(ANN, poll, "0")
    event.presses(OLGA, f"end:{poll}", CHAT)
    assert words(event.picks(OLGA, poll, "duplicate")).startswith("A new draft with the same words:\nTea?")
    (copy,) = (it for it in event.store.rows(Interaction) if it.state == "draft")
    before = row(event, poll)
    assert (copy.spec, copy.sharing, copy.lasts) == (before.spec, before.sharing, before.lasts)
    assert (copy.published_at, copy.ended_at, copy.scheduled_at) == (None, None, None)
    twice = event.picks(OLGA, poll, "duplicate")
    assert words(twice).startswith("It was copied just now. This is the new draft:\nTea?")
    assert states(event).count("draft") == 1
    event.wait(6)
    assert words(event.picks(OLGA, poll, "duplicate")).startswith("A new draft with the same words:")
    assert states(event).count("draft") == 2
    assert event.presses(OLGA, f"publish:{copy.id}", CHAT).done
    event.settle()
    assert desk(event, copy.id).startswith("Live: Poll “Tea?”\n0 of 3 answered")


def test_deleting_asks_once_and_only_drafts_can_be_deleted():
    event = opened()
    poll = event.poll(then="draft")
    asked = event.picks(OLGA, poll, "askdelete")
    assert set(buttons(asked.reply)) == {"Delete", "Keep it"}
    assert states(event) == ["draft"]
    assert event.presses(OLGA, buttons(asked.reply)["Delete"], CHAT).done
    assert states(event) == []
    live = event.poll()
    for refused in (event.picks(OLGA, live, "askdelete"), event.presses(OLGA, f"delete:{live}", CHAT)):
        assert not refused.done and "can be unpublished" in words(refused)
    assert states(event) == ["live"]


# -- out of sight, and shown again ----------------------------------------------------------------------------------


def test_unpublishing_asks_once_and_takes_the_card_out_of_stages_and_feed():
    event = opened(ANN)
    poll = event.poll()
    event.votes(ANN, poll, "0")
    event.settle()
    asked = event.picks(OLGA, poll, "askunpublish")
    assert "It ends by that." in words(asked)
    assert set(buttons(asked.reply)) == {"Unpublish", "Leave it there"}
    assert states(event) == ["live"]
    told = event.presses(OLGA, buttons(asked.reply)["Unpublish"], CHAT)
    event.settle()
    assert event.room(CHAT, "interaction") == event.room(HALL, "interaction") == []
    assert "Tea?" not in words(event.types(ANN, "/stage feed", CHAT))
    assert "Tea?" not in words(event.types(ANN, "/stage menu", CHAT))
    assert not event.votes(ANN, poll, "1").done
    assert "taken out of sight" in desk(event, poll)
    # Shown again it is what it is: ended, with its results, at the end of the chat.
    again = event.presses(OLGA, buttons(told.reply)["Show it again"], CHAT)
    assert words(again).startswith("It is shown again, closed for answers.")
    event.settle()
    for room in (CHAT, HALL):
        (card,) = event.room(room, "interaction")
        assert isinstance(card, Card) and not actions(card)
        assert "100 % · 1 · most votes" in words(card)
    event.wait(1)
    assert not event.votes(ANN, poll, "1").done
    assert "Tea?" in words(event.types(ANN, "/stage feed", CHAT))


def test_each_time_it_is_shown_again_is_a_post_of_its_own():
    event = opened()
    poll = event.poll()
    event.settle()
    for times in range(2, 4):
        assert event.presses(OLGA, f"unpublish:{poll}", CHAT).done
        event.settle()
        assert event.presses(OLGA, f"publish:{poll}", CHAT).done
        event.settle()
        posts = [it for it in event.store.rows(Surface) if it.subject == f"interaction:{poll}"]
        assert len({it.ref for it in posts}) == len(posts) == 2 * times
        assert len(event.room(CHAT, "interaction")) == len(event.room(HALL, "interaction")) == 1


# -- the run of show ------------------------------------------------------------------------------------------------


def show(event: Event, *questions: str) -> list[str]:
    made = []
    for question in questions:
        event.wait(1)
        made.append(event.poll(question=question, then="draft"))
    return made


def test_the_run_of_show_is_moved_step_by_step_and_published_in_its_order():
    event = opened()
    one, two, three = show(event, "One?", "Two?", "Three?")
    assert "It is number 1 of 3" in words(event.picks(OLGA, two, "up"))
    assert words(event.picks(OLGA, two, "up")) == "It is the first one already."
    assert "It is number 3 of 3" in words(event.picks(OLGA, one, "down"))
    assert words(event.picks(OLGA, one, "down")) == "It is the last one already."
    for poll, question in ((two, "Two?"), (three, "Three?"), (one, "One?")):
        assert f"Next up: Poll “{question}”" in words(event.room(event.ref("queue"), "desk")[0])
        event.wait(1)
        assert words(event.types(DORA, "/mod next", HALL)).startswith("Published.")
        assert row(event, poll).state == "live"
    assert "There is no draft left." in words(event.types(OLGA, "/mod next", CHAT))


def test_the_desk_publishes_what_it_names_and_nothing_else():
    event = opened()
    one, two, three = show(event, "One?", "Two?", "Three?")
    (shown,) = event.room(event.ref("queue"), "desk")
    next_up, preview = buttons(shown)["Publish next"], buttons(shown)["Preview"]
    assert "One?" in words(event.presses(OLGA, preview, CHAT))
    assert event.presses(OLGA, next_up, CHAT).done
    for sentence, change in (
        ("That one was published already. Next is this:", lambda: None),
        ("That one is not there any more. Next is this:", lambda: event.presses(DORA, f"delete:{two}", HALL)),
    ):
        stale = f"next:{event.session}:{one if 'published' in sentence else two}"
        change()
        refused = event.presses(DORA, stale, HALL)
        assert not refused.done and words(refused).startswith(sentence)
        assert isinstance(refused.reply, Card) and f"publish:{_next(event)}" in actions(refused.reply)
        assert [it.id for it in event.store.rows(Interaction) if it.state == "live"] == [one]
    show(event, "Four?")
    (shown,) = event.room(event.ref("queue"), "desk")
    event.picks(OLGA, three, "down")
    assert words(event.presses(OLGA, buttons(shown)["Publish next"], CHAT)).startswith("The order has changed.")
    event.advances("ended")
    refused = event.presses(OLGA, f"next:{event.session}:{three}", CHAT)
    assert not refused.done and "is over" in words(refused)


def _next(event: Event) -> str:
    drafts = [it for it in event.store.rows(Interaction) if it.state == "draft"]
    return min(drafts, key=lambda it: it.rank).id


def test_before_the_session_is_live_the_desk_previews_and_publishes_nothing():
    event = Event().with_rooms()
    event.advances("open")
    event.joins(OLGA)
    event.settle()
    show(event, "One?")
    assert "Preview" in buttons(event.room(event.ref("queue"), "desk")[0])
    assert "Publish next" not in buttons(event.room(event.ref("queue"), "desk")[0])
    assert "publish it when the session is live" in words(event.types(OLGA, "/mod next", CHAT))
    assert states(event) == ["draft"]


# -- twins ----------------------------------------------------------------------------------------------------------


def test_a_desk_that_comes_later_shows_the_twins_of_what_is_live():
    event = opened(ANN)
    poll = event.poll()
    ended = event.poll(question="Over?")
    event.presses(OLGA, f"end:{ended}", CHAT)
    event.settle()
    event.reports(SLACK, event.ref("queue"), gone="deleted")
    event.presses(OLGA, f"room:{event.session}:queue", "C-desk")
    event.reports(SLACK, "C-desk")
    event.settle()
    event.votes(ANN, poll, "0")
    assert [words(it).split("\n")[:2] for it in event.room("C-desk", "twin")] == [
        ["Live: Poll “Tea?”", "1 of 3 answered (33 %) · results shown"]
    ]


def test_a_twin_offers_what_can_be_done_now_and_nothing_after_the_end():
    event = opened()
    poll = event.poll(closes="5m")
    event.settle()
    assert twin(event, poll) == ({"Hide results", "End"}, ["edit", "longer", "duplicate", "askunpublish"])
    event.presses(OLGA, f"end:{poll}", CHAT)
    assert twin(event, poll) == ({"Hide results"}, ["duplicate", "askunpublish"])
    event.presses(OLGA, f"unpublish:{poll}", CHAT)
    assert twin(event, poll) == ({"Show it again"}, ["duplicate"])


def twin(event: Event, poll: str) -> tuple[set[str], list[str]]:
    (card,) = event.room(event.ref("queue"), f"twin:{poll}")
    assert isinstance(card, Card)
    (more,) = (part for part in card.parts if isinstance(part, Select))
    return set(buttons(card)), [option.value for option in more.options]
