"""A question from being asked to its answer, over both platforms (SPEC 4)."""

from __future__ import annotations

from typing import Any

from core.app import intake
from core.app.outcome import Outcome
from core.domain.form import Form
from core.domain.questions import Question
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DORA, HALL, OLGA, Event, words


def staffed() -> Event:
    """Olga in Slack and Dora in Discord moderate; Ann, Ben, Cleo and Dan listen."""
    event = Event().opened(OLGA, DORA, ANN, BEN, CLEO, DAN)
    event.appoints(DORA, "moderator")
    return event


def one(event: Event, number: int = 1) -> Question:
    return next(it for it in event.store.rows(Question) if it.number == number)


def asks(event: Event, actor: Any, text: str, room: str = "") -> Outcome:
    return event.types(actor, f"/stage ask {text}", room or (CHAT if actor.platform == "slack" else HALL))


def form_of(outcome: Outcome) -> Form:
    assert isinstance(outcome.reply, Form), outcome
    return outcome.reply


def test_a_question_is_received_and_stands_at_both_desks() -> None:
    event = staffed()
    told = words(asks(event, CLEO, "Will the recordings be public?"))
    assert told.startswith("Q1 was received: number 1 in line.")
    event.settle()
    cards = [
        words(content)
        for place, _, content in event.shown(
            lambda place, surface: place.kind == "queue" and surface.subject.startswith("question:")
        )
    ]
    assert len(cards) == 2
    assert "Q1 · Cleo (Discord)" in cards[0]
    assert "Will the recordings be public?" in cards[0]


def test_who_presses_reply_first_has_it_and_the_other_reads_who() -> None:
    event = staffed()
    asks(event, CLEO, "Will the recordings be public?")
    event.settle()
    form = form_of(event.presses(OLGA, f"qreply:{one(event).id}"))
    assert form.title == "Reply to Q1"
    lost = event.presses(DORA, f"qreply:{one(event).id}")
    assert words(lost).startswith("Olga has Q1 already.")
    told = event.sends(OLGA, form, answer="Yes, on Friday.", then=("done",))
    assert words(told).startswith("Your answer to Q1 is sent. It is marked as answered.")
    assert one(event).state == "resolved"
    event.settle()
    got = [
        words(content)
        for place, surface, content in event.shown(lambda place, surface: place.person == event.person(CLEO))
    ]
    assert any("Answering as" in it and "Yes, on Friday." in it for it in got), got


def test_take_next_pressed_or_delivered_twice_takes_one() -> None:
    event = staffed()
    for actor, text in ((CLEO, "Will the recordings be public?"), (ANN, "When is lunch?"), (BEN, "Is there tea?")):
        asks(event, actor, text)
        event.wait(1)
    take = f"qnext:{event.session}:{one(event).id}"
    pressed = intake.pressed(event.envelope(OLGA), take)
    first = event.answered(pressed)
    assert form_of(first).title == "Reply to Q1"
    assert "You took Q1." in words(event.answered(pressed)), "delivered once more"
    assert form_of(event.presses(OLGA, take)) == form_of(first), "pressed once more"
    assert [it.state for it in event.store.rows(Question)].count("claimed") == 1
    # Who is a moment later gets the one behind it; who answered gets the next, by the same button.
    assert form_of(event.presses(DORA, take)).title == "Reply to Q2"
    event.wait(1)
    event.sends(OLGA, form_of(first), answer="Yes.", then=())
    assert form_of(event.presses(OLGA, take)).title == "Reply to Q3"
    # A press that comes late, and twice, takes nothing that was given back meanwhile.
    event.presses(OLGA, f"qmore:{one(event).id}", picked=("back",))
    event.answered(pressed)
    assert one(event).state == "pending"
