"""One moderator alone with four hundred attendees: what each minute takes, in clicks (UX 1.5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.domain.form import Form
from core.domain.interactions.life import Interaction
from core.domain.people import Actor
from core.domain.questions import Question
from core.domain.view import Card, Content
from tests.fakes.bot import CHAT, DISCORD, HALL, OLGA, SLACK, Event, buttons, lively, someone, words

ATTENDEES = 400


@dataclass
class Clicks:
    """Every press, pick, tick and submission of the moderator is one; typing is none. Only what is seen is pressed."""

    event: Event
    number: int = 0
    minutes: dict[str, int] = field(default_factory=dict)

    def card(self, holding: str) -> Content:
        """The newest card in the queue room that holds these words."""
        self.event.settle()
        desk = self.event.place("queue", SLACK)
        cards = [content for place, _, content in self.event.shown(lambda place, _: place.id == desk.id)]
        return next(it for it in reversed(cards) if holding in words(it))

    def press(self, holding: str, label: str) -> Form | Card | None:
        self.number += 1
        told = self.event.presses(OLGA, buttons(self.card(holding))[label], self.event.ref("queue"))
        assert told.done, words(told)
        return told.reply

    def send(self, form: Form | Card | None, *ticks: str, **values: str) -> None:
        """Ticks are clicks of their own; what is ticked already costs none."""
        assert isinstance(form, Form), words(form)
        self.number += 1 + len(ticks)
        then = {it.name: (*it.value, *ticks) for it in form.fields if it.kind == "choices"}
        told = self.event.sends(OLGA, form, self.event.ref("queue"), **then, **values)
        assert told.done, words(told)

    def done(self, what: str) -> None:
        self.minutes[what], self.number = self.number, 0
        self.event.wait(60)
        self.event.ticks()


def crowd() -> list[Actor]:
    return [someone(f"p{number}", SLACK if number % 2 else DISCORD) for number in range(ATTENDEES)]


def test_a_moderator_alone_with_four_hundred_attendees_needs_few_clicks() -> None:
    people = crowd()
    event = lively(OLGA, *people)
    poll = event.poll(then="draft")
    for number, actor in enumerate(people[:40]):
        event.types(actor, f"/stage ask What about topic number {number}?", CHAT if actor.platform == "slack" else HALL)
    moderator = Clicks(event)

    moderator.press("Desk: Keynote", "Publish next")
    moderator.done("prepared poll")
    for number, actor in enumerate(people):
        event.votes(actor, poll, str(number % 2))

    moderator.send(moderator.press("Desk: Keynote", "Take next"), answer="In the second half.")
    moderator.done("answer")
    moderator.send(moderator.press("Q2 · ", "Reply"), "publish", answer="Yes, on Friday.")
    moderator.done("answer and publish")
    moderator.press("400 ", "Hide results")
    moderator.done("hide results")
    moderator.send(moderator.press("Desk: Keynote", "Message everyone"), text="A short break now.")
    moderator.done("message to everyone")

    assert moderator.minutes == {
        "prepared poll": 1,
        "answer": 2,
        "answer and publish": 3,
        "hide results": 1,
        "message to everyone": 2,
    }
    states = [it.state for it in sorted(event.store.rows(Question), key=lambda it: it.number)]
    assert states == ["resolved", "resolved", *["pending"] * 38]
    (asked,) = event.store.rows(Interaction)
    assert asked.state == "live" and asked.hidden
    assert "38 pending" in words(moderator.card("Desk: Keynote"))
    told = words(event.types(people[0], "/stage feed", HALL))
    assert "What about topic number 1? – “Yes, on Friday.”" in told
