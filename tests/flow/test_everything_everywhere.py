"""Every command by everybody in every room and state gets one answer, and only those who may change anything do."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from core.app import commands, intake, verbs
from core.app.handle import handle, needs
from core.app.intake import BUTTONS, FORMS, Envelope
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import UnitOfWork
from core.app.verbs import VERBS
from core.domain.chat import Message
from core.domain.ids import DeliveryKey, Instant, VenueId
from core.domain.people import Account, Actor, Member, Person
from core.domain.refused import Ignored
from core.domain.surfaces import Place, Subject, Surface
from core.domain.view import OnlyPerson
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DOOR, DORA, HALL, OLGA, Event, someone, tree
from tests.fakes.questioned import about_questions, of_questions

STATES = ("draft", "announced", "open", "live", "ended")
DM = "D-direct"


def at(state: str) -> tuple[Event, str]:
    """An event in this state with a poll, and direct messages whose rooms are known."""
    event = Event().with_rooms()
    poll = "none"
    if state != "draft":
        event.presses(OLGA, f"advance:{event.session}:announced", CHAT)
        for actor in (OLGA, ANN, CLEO, DAN):
            event.joins(replace(actor, fleeting=actor.platform == "slack"))
        member = next(it for it in event.store.rows(Member) if person_is(event, it.person, "Dan"))
        event.store.tables[Member][(member.session, member.person)] = replace(member, blocked=True)
    if state in ("open", "live", "ended"):
        event.presses(OLGA, f"advance:{event.session}:open", CHAT)
        event.writes(ANN, CHAT, "1.1", "Hello")
    if state in ("live", "ended"):
        event.presses(OLGA, f"advance:{event.session}:live", CHAT)
        poll = event.poll()
        of_questions(event)
    if state == "ended":
        event.presses(OLGA, f"advance:{event.session}:ended", CHAT)
    rows = event.store.tables[Place]
    for number, (primary, row) in enumerate(list(rows.items())):
        if row.kind == "dm":
            ref = DM if person_is(event, row.person, "Olga") else f"{DM}{number}"
            rows[primary] = replace(row, ref=ref, state="open")
    return event, poll


def person_is(event: Event, person: object, name: str) -> bool:
    return any(it.id == person and it.name == name for it in event.store.rows(Person))


ACTORS: dict[str, Actor] = {
    "moderator": OLGA,
    "attendee": ANN,
    "unknown": BEN,
    "blocked": DAN,
    "blocked organiser": replace(DAN, manages=True),
    "organiser there": DORA,
    "organiser elsewhere": someone("eve", VenueId("slack:T9"), manages=True),
    "attendee who organises elsewhere": replace(ANN, venue=VenueId("slack:T9"), manages=True),
    "bot": replace(ANN, bot=True, manages=True),
}
ROOMS = (CHAT, DOOR, HALL, DM, "C-none", "")


def everything(envelope: Envelope, event: Event, poll: str) -> list[commands.Command]:
    given = {
        "kind": "stage",
        "length": "10m",
        "code": "ABCD1234",
        "question": "Tea?",
        "when": "now",
        "since": "20m",
        "text": "New words",
        "link": f"{CHAT}/1.1",
    }
    made: list[commands.Command] = []
    for verb in VERBS:
        words = [*verb.path, *(given[it.name] for it in verb.arguments)]
        made.append(verbs.typed(envelope, verb.group, " ".join(words)))
    for verb_name in BUTTONS:
        for tail in (
            f"{event.session}:stage",
            f"{event.session}:ended",
            f"{poll}:0",
            f"poll:{event.session}",
            "x:y",
            f"{event.session}:0",
        ):
            made.append(intake.pressed(envelope, f"{verb_name}:{tail}", ("0",)))
    line = next((it.id for it in event.store.rows(Message)), "none")
    made += [intake.pressed(envelope, f"moderate:{line}"), intake.pressed(envelope, f"which:x:{event.session}")]
    made += [
        intake.submitted(envelope, f"moderated:{line}", {"do": (what,), "reply": (reply,)})
        for what in ("pin", "delete", "recent", "block", "answer")
        for reply in ("", "New answer")
    ]
    values = {"name": ("New name",), "question": ("Tea?",), "options": ("Yes\nNo",), "length": ("1h",)}
    for form in FORMS:
        for tail in (f"{event.session}:{'0' * 12}", f"poll:{event.session}", "poll:x", "x:y"):
            made += [intake.submitted(envelope, f"{form}:{tail}", it) for it in (values, {})]
    made += about_questions(envelope, event)
    fields = envelope.fields()
    made.append(commands.WriteToBot(**fields, body=tree("New words")))
    made.append(commands.ReportRoom(**fields, private=False))
    made.append(commands.ReportRoom(**fields, private=True, gone="deleted"))
    made.append(commands.ReportGap(**fields, key="k", until=envelope.at, state="lost"))
    made.append(commands.ReportTrouble(**fields, key="k", words="New words"))
    made += [commands.ReportOutage(**fields, over=over) for over in (True, False)]
    made.append(commands.ReportEntered(**fields, account=DAN.account))
    made.append(commands.ReportListeners(**fields, listening=(commands.Ears(envelope.actor.account),)))
    made += [commands.ReportShut(**fields, place=it.id) for it in event.store.rows(Place) if it.kind == "dm"]
    for ref in ("1.1", "9.9"):
        made += [commands.GiveLike(**fields, ref=ref, emoji=one, on=on) for one in "👍👏" for on in (True, False)]
        made.append(commands.PostLine(**fields, ref=ref, body=tree("New words")))
        made.append(commands.EditLine(**fields, ref=ref, body=tree("New words")))
        made.append(commands.DeleteLine(**fields, ref=ref))
    return made


def each_once(made: list[commands.Command]) -> list[commands.Command]:
    """Many a word leads to the same command: what cannot be read, always."""
    kept: dict[type, list[commands.Command]] = {}
    for command in made:
        same = kept.setdefault(type(command), [])
        if command not in same:
            same.append(command)
    return [command for same in kept.values() for command in same]


def decide(event: Event, command: commands.Command) -> tuple[Outcome | None, UnitOfWork]:
    """What would come of it; nothing is written."""
    work = UnitOfWork()
    with event.store.writing() as transaction:
        transaction.fill(work, lambda have: needs(command, have))
        try:
            return handle(command, work, Moment(event.now, event.new_id)), work
        except Ignored:
            return None, work


OWN = (Person, Account, Member)
KEPT_ALL_THE_SAME = ("FormDraft", "WrongCodes")
"""What was typed, and how often a code was guessed."""
REPORTED = (
    commands.ReportRoom, commands.ReportGap, commands.ReportTrouble, commands.ReportListeners, commands.ReportShut,
    commands.ReportEntered,
    commands.ReportOutage,
)  # fmt: skip
HARMLESS = (commands.KeepOpen, commands.DeleteLine, commands.ShowMenu, commands.WriteToBot, *REPORTED)
"""A deletion is told without who did it; the platform has done it already. Only the bot itself reports."""
HEARD = (commands.PostLine, commands.EditLine, commands.DeleteLine, commands.GiveLike, commands.CountClick, *REPORTED)
"""Nobody waits for an answer to these."""
LEFT_TO_THE_BLOCKED = (commands.DeleteLine, commands.CreateSession, commands.UseRoom, commands.Leave)
"""Deleting one's own, going, and what an organiser of the venue may do besides."""


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.long)], ids=lambda every: f"every {every}.")
@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("state", STATES)
def test_every_command_gets_one_answer_and_nobody_goes_beyond_their_part(state, who, every):
    """Each command is given in two of the six rooms; in the long form in all of them."""
    event, poll = at(state)
    actor, count = ACTORS[who], 0
    envelope = Envelope(actor, DeliveryKey("new"), Instant(event.now + 1), "event")
    given = each_once(everything(envelope, event, poll))
    for turn, room in enumerate(ROOMS):
        for command in (replace(one, room=room) for one in given[turn % every :: every]):
            outcome, work = decide(event, command)
            count += 1
            changed = [row for _, row in work.changes() if type(row).__name__ != "Inbox"]
            if isinstance(command, commands.React) and outcome is not None and outcome.done:
                assert outcome.reply is None, "the number on the bar is the answer"
            elif isinstance(command, HEARD):
                assert outcome is None or changed or isinstance(command, commands.PostLine | commands.ReportShut)
            else:
                assert outcome is not None and (outcome.reply is not None), command
                audience = getattr(outcome.reply, "audience", None)
                assert audience is None or isinstance(audience, OnlyPerson), "answers are private"
            if outcome is None or not outcome.done:
                assert not [row for row in changed if type(row).__name__ not in KEPT_ALL_THE_SAME], command
            if who == "bot":
                assert outcome is None or not outcome.done or isinstance(command, HARMLESS)
            if "blocked" in who and not isinstance(command, LEFT_TO_THE_BLOCKED):
                assert not [row for row in changed if not isinstance(row, OWN) and visible(row)], command
            if who == "unknown":
                assert "New" not in repr(list(work.changes())), command
            if "elsewhere" in who:
                assert not [row for row in changed if isinstance(row, Place | Member) and at_home(row, event)], command
    assert count > 500


def visible(row: object) -> bool:
    shown = ("Message", "Session", "Interaction", "Ballot", "Reaction", "Question", "Line", "Upvote", "QuestionRules")
    return isinstance(row, Subject | Surface | Place) or type(row).__name__ in shown


def at_home(row: Place | Member, event: Event) -> bool:
    """But for how many lines follow the kept card: a question's card is one."""
    before = event.store.tables[Place].get((row.id,)) if isinstance(row, Place) else None
    counted = before is not None and isinstance(row, Place) and row == replace(before, lines=row.lines)
    return (isinstance(row, Place) and row.session == event.session and not counted) or (
        isinstance(row, Member) and row.role == "moderator" and row.session == event.session
    )


class Recording(Event):
    """Keeps every command that was handled."""

    def do(self, *batch: commands.Command) -> Outcome | None:
        self.__dict__.setdefault("told", []).extend(batch)
        return super().do(*batch)


class Stuttering(Event):
    """Everything is delivered three times."""

    def do(self, *batch: commands.Command) -> Outcome | None:
        first = super().do(*batch)
        for _ in range(2):
            again = super().do(*batch)
            assert (
                again == first
                or (first is not None and again == Outcome(first.instead))
                or (first is not None and not first.reply)
            ), batch
        return first


def whole(event: Event) -> Event:
    event.live(OLGA, ANN, CLEO)
    poll = event.poll()
    for actor, picked in ((ANN, "0"), (CLEO, "1"), (ANN, "1"), (BEN, "0"), (ANN, "9")):
        event.votes(actor, poll, picked)
        event.wait(1)
    event.writes(ANN, CHAT, "1.1", "Hello")
    event.edits(ANN, CHAT, "1.1", "Hello!", at=Instant(event.now + 1))
    event.edits(CLEO, HALL, "7", "early", at=Instant(event.now + 2))
    event.writes(CLEO, HALL, "7", "late", at=Instant(event.now + 1))
    event.deletes(ANN, CHAT, "1.1", at=Instant(event.now + 3))
    of_questions(event)
    draft = event.poll(then="draft")
    event.presses(OLGA, f"publish:{draft}", CHAT)
    event.presses(OLGA, f"end:{poll}", CHAT)
    event.types(OLGA, "/mod session extend 5m", CHAT)
    event.presses(OLGA, f"advance:{event.session}:ended", CHAT)
    return event


def kept(event: Event) -> dict[str, object]:
    return {table.__name__: rows for table, rows in event.store.tables.items()}


def test_an_event_whose_deliveries_all_come_three_times_is_the_same_event():
    assert kept(whole(Stuttering())) == kept(whole(Event()))


@pytest.mark.parametrize("seed", range(5))
def test_after_the_event_all_its_deliveries_again_in_any_order_change_nothing(seed):
    event = Recording()
    whole(event)
    before, versions = kept(event), event.versions()
    again = list(event.__dict__["told"])
    assert len(again) > 30
    random.Random(seed).shuffle(again)
    for command in again:
        Event.do(event, command)
    assert event.versions() == versions
    # What was read with private words is not kept, and is a sentence by now.
    assert {**kept(event), "Inbox": None} == {**before, "Inbox": None}
