"""The bot without platforms, jobs and waiting: each command goes through needs, fill, handle and flush at once."""

from __future__ import annotations

import copy
import functools
import itertools
from dataclasses import dataclass, field
from typing import Literal

from adapters.files.planning import with_plan
from adapters.similar import Comparer
from core.app import commands, intake, verbs
from core.app.handle import handle, needs
from core.app.handle.questions.similar import compare_needs, compared
from core.app.intake import Envelope
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import UnitOfWork
from core.domain.form import Form
from core.domain.ids import SECOND, AccountId, DeliveryKey, Instant, QuestionId, SessionId, VenueId, spell
from core.domain.people import Account, Actor, Member
from core.domain.refused import Ignored
from core.domain.schedule import Due
from core.domain.sessions import Session
from core.domain.surfaces import Place, PlaceKind, Subject
from core.domain.text import Doc
from core.domain.view import Button
from jobs.likeness import DEED, suggestion
from tests.fakes.jobs import START as START
from tests.fakes.jobs import Jobs
from tests.fakes.reading import actions as actions
from tests.fakes.reading import all_buttons as all_buttons
from tests.fakes.reading import buttons as buttons
from tests.fakes.reading import standing as standing
from tests.fakes.reading import tree as tree
from tests.fakes.reading import words as words

Step = Literal["fill", "handle", "flush"]


class Killed(Exception):
    """The process ended between two steps."""


@dataclass
class Bot(Jobs):
    """Time stands still unless a test moves ``now``."""

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
        batch = tuple(with_plan(it) if isinstance(it, commands.ImportPlan) and it.plan is None else it for it in batch)
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

    def writes(
        self, actor: Actor, room: str, ref: str, body: str | Doc, at: Instant | None = None, to: str = ""
    ) -> Outcome | None:
        """A line; ``to`` is the message that it answers."""
        fields = self.envelope(actor, room, at).fields()
        return self.do(commands.PostLine(**fields, ref=ref, body=tree(body), reply_to=to))

    def edits(self, actor: Actor, room: str, ref: str, body: str | Doc, at: Instant | None = None) -> Outcome | None:
        return self.do(commands.EditLine(**self.envelope(actor, room, at).fields(), ref=ref, body=tree(body)))

    def deletes(self, actor: Actor, room: str, ref: str, at: Instant | None = None) -> Outcome | None:
        return self.do(commands.DeleteLine(**self.envelope(actor, room, at).fields(), ref=ref))

    def fires(self, what: str) -> Outcome | None:
        clock = Actor(AccountId("clock"), "clock", VenueId("clock:"), bot=True)
        delivery = f"fire:{what}:{self.now}"
        return self.do(commands.Fire(**self.envelope(clock, delivery=delivery).fields(), what=what, due=self.now))

    def ticks(self) -> None:
        """Whatever is due by now fires."""
        for due in sorted(self.store.rows(Due), key=lambda it: (it.due, it.what)):
            if due.fired_at is not None or due.due > self.now:
                continue
            if due.what.startswith(DEED):
                self.do(self.found_alike(due))
            else:
                self.fires(due.what)

    def found_alike(self, due: Due) -> commands.SuggestMerge:
        """What the job that compares questions hands in."""
        ident = QuestionId(due.what.removeprefix(DEED))
        work = self.store.read(lambda work: compare_needs([ident], work))
        ((_, into, alike),) = compared([ident], work, Comparer())
        return suggestion(due, ident, into, alike)

    def reports(self, venue: VenueId, room: str, *readers: commands.Reader, **found: object) -> Outcome | None:
        """What a look at the room found; for the team only, unless something else is said."""
        told = {"private": True, **found}
        fields = self.envelope(itself(venue), room).fields()
        return self.do(commands.ReportRoom(**fields, readers=readers, **told))  # type: ignore[arg-type]

    # -- what is to be seen -----------------------------------------------------------------------------------------

    def direct(self, actor: Actor, what: str = "") -> list[str]:
        """What stands by now in this person's direct messages with the bot."""
        person = self.person(actor)
        theirs = self.shown(lambda place, surface: (place.kind, place.person) == ("dm", person))
        return [
            words(content)
            for _, surface, content in theirs
            if surface.next_at <= self.now and surface.subject.startswith(what)
        ]

    def person(self, actor: Actor) -> str:
        return next((it.person for it in self.store.rows(Account) if it.id == actor.account), "")

    def versions(self) -> dict[str, int]:
        """How often each subject changed."""
        return {row.id: row.version for row in self.store.rows(Subject)}


# -- a session with everything in it --------------------------------------------------------------------------------

SLACK, DISCORD = VenueId("slack:T1"), VenueId("discord:G1")


def someone(name: str, venue: VenueId = SLACK, *, manages: bool = False, fleeting: bool = False) -> Actor:
    platform = venue.partition(":")[0]
    home = "T1" if platform == "slack" else ""
    return Actor(
        AccountId(f"{platform}:{home}:{name}"), platform, venue, f"The {platform} place", name.title(), None,
        manages=manages, fleeting=fleeting,
    )  # fmt: skip


def itself(venue: VenueId) -> Actor:
    """The bot, as it reports."""
    platform = venue.partition(":")[0]
    return Actor(AccountId(f"{platform}::bot"), platform, venue, nick="Sidestage", bot=True)


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

    def opened(self, *joining: Actor) -> Event:
        """Live, and every room is there on its platform."""
        self.live(*joining)
        self.settle()
        return self

    def advances(self, to: str) -> Outcome:
        return self.presses(OLGA, f"advance:{self.session}:{to}", CHAT)

    def place(self, kind: PlaceKind, venue: VenueId = SLACK) -> Place:
        """The session's room of this kind that is in use."""
        mine = [it for it in self.store.rows(Place) if (it.session, it.kind, it.venue) == (self.session, kind, venue)]
        (found,) = [it for it in mine if it.state not in ("released", "dead")]
        assert isinstance(found, Place)
        return found

    def ref(self, kind: PlaceKind, venue: VenueId = SLACK) -> str:
        ref = self.place(kind, venue).ref
        assert ref is not None, "the room is not there yet"
        return ref

    def state(self) -> Session:
        session = self.store.tables[Session][(self.session,)]
        assert isinstance(session, Session)
        return session

    def member(self, actor: Actor) -> Member | None:
        return self.store.tables.get(Member, {}).get((self.session, self.person(actor)))

    def appoints(self, actor: Actor, post: str, by: Actor = OLGA) -> Outcome:
        room = CHAT if by.platform == "slack" else HALL
        form = self.presses(by, f"addteam:{self.session}", room).reply
        assert isinstance(form, Form), words(form)
        return self.sends(by, form, room, person=(actor.account, actor.nick), **{"as": post})

    def removes(self, actor: Actor, post: str, by: Actor = OLGA) -> Outcome:
        return self.presses(by, f"remove:{self.session}:{post}:{self.person(actor)}", CHAT)

    def joins(self, actor: Actor, **values: str | tuple[str, ...]) -> Outcome:
        room = DOOR if actor.platform == "slack" else HALL
        form = self.presses(actor, f"join:{self.session}", room).reply
        assert isinstance(form, Form), words(form)
        return self.sends(actor, form, room, **values)

    def poll(
        self,
        *,
        question: str = "Tea?",
        options: str = "Yes\nNo",
        then: Literal["publish", "draft", "notify"] = "publish",
        **more: str,
    ) -> str:
        """Olga makes a poll, sees its card and presses what comes next; its id."""
        form = self.types(OLGA, "/mod poll", CHAT).reply
        assert isinstance(form, Form), words(form)
        reply = self.sends(OLGA, form, CHAT, question=question, options=options, **more).reply
        publish = buttons(reply)["Publish now"]
        ident = publish.action.split(":")[1]
        if then == "publish":
            assert self.presses(OLGA, publish, CHAT).done
        elif then == "notify":
            assert self.picks(OLGA, ident, "notify").done
        return ident

    def picks(self, actor: Actor, interaction: str, act: str, room: str = CHAT) -> Outcome:
        """One entry of the menu More on the card of an interaction."""
        return self.presses(actor, f"more:{interaction}", room, (act,))

    def votes(self, actor: Actor, poll: str, *picked: str, at: Instant | None = None) -> Outcome:
        return self.presses(actor, f"vote:{poll}", CHAT, picked, at)


@functools.cache
def _lively(*joining: Actor) -> Event:
    return Event().live(*joining)


def lively(*joining: Actor) -> Event:
    """The same as ``Event().live(…)``, made once and copied, for tests that need thousands."""
    made = _lively(*joining)
    tables = {table: dict(rows) for table, rows in made.store.tables.items()}
    event = Event(now=made.now, session=made.session)
    event.store.tables = tables
    event._numbers, event._deliveries = copy.copy(made._numbers), copy.copy(made._deliveries)
    return event
