"""The bot without platforms, jobs and waiting: each command goes through needs, fill, handle and flush at once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.app import cards, commands, intake, verbs
from core.app.handle import handle, needs
from core.app.intake import Envelope
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import UnitOfWork
from core.domain.form import Form
from core.domain.ids import SECOND, AccountId, DeliveryKey, Instant, SessionId, VenueId, spell
from core.domain.people import Actor
from core.domain.refused import Ignored
from core.domain.surfaces import Place, Subject, Surface, fits
from core.domain.text import Doc, Leaf, plain
from core.domain.view import Button, Buttons, Card, Choices, Content, LinkButton, Select, in_words
from tests.fakes.memory import MemoryStore

START = Instant(1_790_000_000 * SECOND)
"""A Monday in September 2026."""

Step = Literal["fill", "handle", "flush"]


class Killed(Exception):
    """The process ended between two steps."""


@dataclass
class Bot:
    """Time stands still unless a test moves ``now``."""

    store: MemoryStore = field(default_factory=MemoryStore)
    now: Instant = START
    kill_after: Step | None = None
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _deliveries: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def new_id(self) -> str:
        # An odd factor walks through all 80 bits, so that no two ids share their beginning or their end.
        return spell(next(self._numbers) * 0x9E3779B97F4A7C15F39D)

    def wait(self, seconds: float) -> None:
        self.now = Instant(self.now + int(seconds * SECOND))

    # -- one command ------------------------------------------------------------------------------------------------

    def do(self, *batch: commands.Command) -> Outcome | None:
        """Carry out one command, or several as one batch; the last one's outcome, None when it was ignored."""
        outcome: Outcome | None = None
        work = UnitOfWork()
        with self.store.writing() as transaction:
            transaction.fill(work, lambda have: [key for command in batch for key in needs(command, have)])
            self._maybe_die("fill")
            for command in batch:
                try:
                    outcome = handle(command, work, Moment(self.now, self.new_id))
                except Ignored:
                    outcome = None
            self._maybe_die("handle")
            transaction.flush(work)
            self._maybe_die("flush")
            transaction.commit()
        return outcome

    def _maybe_die(self, step: Step) -> None:
        if self.kill_after == step:
            self.kill_after = None
            raise Killed(step)

    # -- what people do ---------------------------------------------------------------------------------------------

    def envelope(self, actor: Actor, room: str = "", at: Instant | None = None, delivery: str = "") -> Envelope:
        return Envelope(
            actor, DeliveryKey(delivery or f"d{next(self._deliveries)}"), self.now if at is None else at, "event", room
        )

    def types(self, actor: Actor, line: str, room: str = "") -> Outcome:
        """``/mod session create`` and the like."""
        group, _, rest = line.removeprefix("/").partition(" ")
        return self.answered(verbs.typed(self.envelope(actor, room), group, rest))

    def presses(
        self, actor: Actor, made: str | Button, room: str = "", picked: tuple[str, ...] = (), at: Instant | None = None
    ) -> Outcome:
        text = made if isinstance(made, str) else made.action
        return self.answered(intake.pressed(self.envelope(actor, room, at), text, picked))

    def sends(self, actor: Actor, form: Form, room: str = "", **values: str | tuple[str, ...]) -> Outcome:
        """Submit a form as it stands, with these values changed."""
        typed = {name: (it,) if isinstance(it, str) else it for name, it in values.items()}
        return self.answered(intake.submitted(self.envelope(actor, room), form.action, {**standing(form), **typed}))

    def answered(self, command: commands.Command) -> Outcome:
        outcome = self.do(command)
        assert outcome is not None, f"nobody was told about {command}"
        return outcome

    def writes(self, actor: Actor, room: str, ref: str, body: str | Doc, at: Instant | None = None) -> Outcome | None:
        return self.do(commands.PostLine(**self.envelope(actor, room, at).fields(), ref=ref, body=tree(body)))

    def edits(self, actor: Actor, room: str, ref: str, body: str | Doc, at: Instant | None = None) -> Outcome | None:
        return self.do(commands.EditLine(**self.envelope(actor, room, at).fields(), ref=ref, body=tree(body)))

    def deletes(self, actor: Actor, room: str, ref: str, at: Instant | None = None) -> Outcome | None:
        return self.do(commands.DeleteLine(**self.envelope(actor, room, at).fields(), ref=ref))

    def fires(self, what: str) -> Outcome | None:
        clock = Actor(AccountId("clock"), "clock", VenueId("clock:"), bot=True)
        delivery = f"fire:{what}:{self.now}"
        return self.do(commands.Fire(**self.envelope(clock, delivery=delivery).fields(), what=what, due=self.now))

    # -- what is to be seen -----------------------------------------------------------------------------------------

    def shown(self) -> list[tuple[Place, Surface, Content]]:
        """Everything that the reconciler would show now, each checked against who reads the place."""
        places = {place.id: place for place in self.store.rows(Place)}
        found: list[tuple[Place, Surface, Content]] = []
        for surface in self.store.rows(Surface):
            if not surface.ours or surface.gone:
                continue
            work = self.store.read(lambda have, it=surface: cards.needs(it, have))  # type: ignore[misc]
            content = cards.content(surface, work)
            if content is not None:
                place = places[surface.place]
                assert fits(content.audience, place), f"{content} does not belong in {place}"
                found.append((place, surface, content))
        return sorted(found, key=lambda it: (it[0].id, it[1].order_at, it[1].subject, it[1].part))

    def room(self, ref: str, what: str = "") -> list[Content]:
        """What our posts in this room show; of one sort of subject: ``interaction``, ``message``, ``door``."""
        return [
            content for place, surface, content in self.shown() if place.ref == ref and surface.subject.startswith(what)
        ]

    def versions(self) -> dict[str, int]:
        """How often each subject changed."""
        return {row.id: row.version for row in self.store.rows(Subject)}


def standing(form: Form) -> dict[str, tuple[str, ...]]:
    """What a form sends when nothing in it is touched but the box that must be ticked."""
    return {it.name: ("yes",) if it.kind == "agree" else it.value for it in form.fields}


def tree(body: str | Doc) -> Doc:
    return (Leaf(body),) if isinstance(body, str) else body


def buttons(content: Content | Form | None) -> dict[str, Button]:
    """The buttons of a card by their labels."""
    assert isinstance(content, Card), f"no card: {content}"
    return {it.label: it for it in all_buttons(content) if isinstance(it, Button)}


def all_buttons(card: Card) -> list[Button | LinkButton]:
    found: list[Button | LinkButton] = []
    for part in card.parts:
        match part:
            case Buttons(items):
                found.extend(items)
            case Choices(choices):
                found.extend(choice.button for choice in choices if choice.button)
    return found


def actions(card: Card) -> list[str]:
    """Every action that this card can send."""
    made = [it.action for it in all_buttons(card) if isinstance(it, Button)]
    return made + [part.action for part in card.parts if isinstance(part, Select)]


def words(reply: Outcome | Content | Form | None) -> str:
    """Everything somebody reads there."""
    match reply:
        case Outcome():
            return words(reply.reply)
        case Card():
            return in_words(reply)
        case Form():
            fields = [f"{it.label} {' '.join(it.value)} {it.error}" for it in reply.fields]
            return "\n".join([reply.title, plain(reply.intro), reply.problem, *fields])
        case None:
            return ""
        case _:
            lines: Sequence[Doc] = [reply.body] if hasattr(reply, "body") else [line.body for line in reply.lines]
            return "\n".join(plain(line) for line in lines)


# -- a session with everything in it --------------------------------------------------------------------------------

SLACK, DISCORD = VenueId("slack:T1"), VenueId("discord:G1")


def someone(name: str, venue: VenueId = SLACK, *, manages: bool = False, fleeting: bool = False) -> Actor:
    platform = venue.partition(":")[0]
    home = "T1" if platform == "slack" else ""
    return Actor(
        AccountId(f"{platform}:{home}:{name}"), platform, venue, f"The {platform} place", name.title(), None,
        manages=manages, fleeting=fleeting,
    )  # fmt: skip


OLGA = someone("olga", SLACK, manages=True)
"""Organiser in Slack, and moderator of what she makes."""
DORA = someone("dora", DISCORD, manages=True)
ANN, BEN = someone("ann", SLACK), someone("ben", SLACK)
CLEO, DAN = someone("cleo", DISCORD), someone("dan", DISCORD)
CHAT, HALL = "C-chat", "D-hall"
"""The stage in Slack, the stage in Discord."""
DOOR = "C-door"


@dataclass
class Event(Bot):
    """A bot and one session, in Slack and Discord, as far on as a test wants it."""

    session: SessionId = SessionId("")

    def made(self, **values: str) -> Event:
        form = self.types(OLGA, "/mod session create", CHAT).reply
        assert isinstance(form, Form)
        reply = self.sends(OLGA, form, CHAT, **{"name": "Keynote", **values}).reply
        add = buttons(reply)["Add a venue"].action
        self.session = SessionId(add.partition(":")[2])
        return self

    def with_rooms(self) -> Event:
        self.made()
        self.presses(OLGA, f"room:{self.session}:stage", CHAT)
        self.presses(OLGA, f"room:{self.session}:door", DOOR)
        code = words(self.presses(OLGA, f"link:{self.session}", CHAT)).partition("Code: ")[2][:8]
        self.types(DORA, f"/mod session enter {code}", HALL)
        self.presses(DORA, f"room:{self.session}:stage", HALL)
        return self

    def live(self, *joining: Actor) -> Event:
        self.with_rooms()
        self.presses(OLGA, f"advance:{self.session}:live", CHAT)
        for actor in joining:
            self.joins(actor)
        return self

    def joins(self, actor: Actor, **values: str | tuple[str, ...]) -> Outcome:
        room = DOOR if actor.platform == "slack" else HALL
        form = self.presses(actor, f"join:{self.session}", room).reply
        assert isinstance(form, Form), words(form)
        return self.sends(actor, form, room, **values)

    def poll(self, *, question: str = "Tea?", options: str = "Yes\nNo", then: str = "publish", **more: str) -> str:
        """Olga makes a poll; its id."""
        form = self.types(OLGA, "/mod poll", CHAT).reply
        assert isinstance(form, Form), words(form)
        reply = self.sends(OLGA, form, CHAT, question=question, options=options, then=then, **more).reply
        first = next(iter(buttons(reply).values()))
        return first.action.split(":")[1]

    def votes(self, actor: Actor, poll: str, *picked: str, at: Instant | None = None) -> Outcome:
        return self.presses(actor, f"vote:{poll}", CHAT, picked, at)
