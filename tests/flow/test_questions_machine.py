"""Any story of questions leaves each with at most one owner, and no word of one with anybody else (I5, I6, I9, I10)."""

from __future__ import annotations

import re

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.app.asked import Queue
from core.app.commands import WriteToBot
from core.app.outcome import Inbox, Outcome
from core.app.unit_of_work import key
from core.domain.form import Form
from core.domain.ids import SessionId
from core.domain.people import Account, Actor, Audit
from core.domain.questions import CLOSED, OPEN, Line, Question
from core.domain.surfaces import Place, Surface
from storage import codec
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DORA, HALL, OLGA, Event, Killed, actions, lively, tree, words

ASKERS = {"ann": ANN, "cleo": CLEO, "dan": DAN}
TEAM = {"olga": OLGA, "dora": DORA}
CANARY = re.compile(r"zq\d+z")
DEEDS = ("resolve", "back", "reopen", "pin", "unpin", "unmerge")
SHEETS = ("decline", "assign", "merge")


def room_of(actor: Actor) -> str:
    return CHAT if actor.platform == "slack" else HALL


class Questions(RuleBasedStateMachine):
    """Every private text holds a word of its own, by which it is known wherever it turns up."""

    questions: Bundle[str] = Bundle("questions")

    def __init__(self) -> None:
        super().__init__()
        self.event = staffed()
        self.number = 0
        self.owner: dict[str, str] = {}
        """Which question each word belongs to."""
        self.sort: dict[str, str] = {}
        """What it was said as: ``asked``, ``answer``, ``reason`` or ``comment``."""
        self.followed: dict[str, set[str]] = {}
        """Which questions somebody's were ever merged into: answers that came meanwhile stay theirs."""

    def word(self, question: str = "", sort: str = "asked") -> str:
        self.number += 1
        word = f"zq{self.number}z"
        self.owner[word], self.sort[word] = question, sort
        return word

    # -- askers -----------------------------------------------------------------------------------------------------

    @initialize(target=questions, mode=st.sampled_from(["single", "multi"]))
    def the_first_is_asked(self, mode: str) -> str:
        form = self.event.presses(OLGA, f"qrules:{self.event.session}", CHAT).reply
        assert isinstance(form, Form)
        assert self.event.sends(OLGA, form, CHAT, mode=mode).done
        return self.asked("ann")

    @rule(target=questions, name=st.sampled_from([*ASKERS]))
    @precondition(lambda self: self.number < 40)
    def somebody_asks(self, name: str) -> str:
        return self.asked(name)

    def asked(self, name: str) -> str:
        actor, word = ASKERS[name], self.word()
        told = self.event.types(actor, f"/stage ask Why {word}?", room_of(actor))
        self.fits_reader(actor, told, typed=word)
        lines = [it for it in self.event.store.rows(Line) if word in repr(it.body)]
        if not lines:
            assert not told.done  # blocked, or too many wait
            return self.known()
        self.owner[word] = lines[0].question
        return str(lines[0].question)

    def known(self) -> str:
        return str(self.event.store.rows(Question)[0].id)

    @rule(question=questions, gone=st.booleans())
    def the_asker_writes_on_and_takes_it_back(self, question: str, gone: bool) -> None:
        self.event.settle()
        row, word = self.row(question), self.word(question)
        place = next(it for it in self.event.store.rows(Place) if it.id == row.place)
        actor = self.actor(row.person)
        ref = f"n{self.number}"
        if place.kind == "question":
            self.event.writes(actor, place.ref or "", ref, f"And {word}")
        else:
            head = next((it.ref for it in self.surfaces(f"receipt:{question}")), None) or ""
            fields = self.event.envelope(actor, place.ref or "").fields()
            self.event.do(WriteToBot(**fields, body=tree(f"And {word}"), ref=ref, reply_to=head))
        if gone:
            self.event.deletes(actor, place.ref or "", ref)

    # -- moderators -------------------------------------------------------------------------------------------------

    @rule(question=questions, name=st.sampled_from([*TEAM]), done=st.booleans(), quits=st.booleans())
    def a_moderator_replies(self, question: str, name: str, done: bool, quits: bool) -> None:
        actor, before = TEAM[name], self.row(question)
        outcome = self.event.presses(actor, f"qreply:{question}", room_of(actor))
        after = self.row(question)
        if not isinstance(outcome.reply, Form):
            assert before.state in CLOSED or (before.owner is not None and before.owner != self.person(actor))
            assert after.owner == before.owner
            return
        assert after.state == "claimed" and after.owner == self.person(actor)
        if quits:
            return
        word = self.word(question, "answer")
        sent = self.event.sends(
            actor, outcome.reply, room_of(actor), answer=f"Because {word}", then=("done",) if done else ()
        )
        assert sent.done, words(sent)
        assert self.row(question).state == ("resolved" if done else "claimed")

    @rule(name=st.sampled_from([*TEAM]))
    def a_moderator_takes_the_next(self, name: str) -> None:
        actor = TEAM[name]
        pending = [it.id for it in self.queue().pending]
        outcome = self.event.presses(actor, f"qnext:{self.event.session}", room_of(actor))
        if not pending:
            assert not outcome.done
            return
        assert isinstance(outcome.reply, Form)
        assert self.row(str(pending[0])).owner == self.person(actor)

    @rule(question=questions, name=st.sampled_from([*TEAM]), deed=st.sampled_from(DEEDS))
    def one_press(self, question: str, name: str, deed: str) -> None:
        actor = TEAM[name]
        self.event.presses(actor, f"qmore:{question}", room_of(actor), (deed,))

    @rule(question=questions, other=questions, name=st.sampled_from([*TEAM]), sheet=st.sampled_from(SHEETS))
    def a_form(self, question: str, other: str, name: str, sheet: str) -> None:
        actor = TEAM[name]
        form = self.event.presses(actor, f"qmore:{question}", room_of(actor), (sheet,)).reply
        if not isinstance(form, Form):
            return
        word = self.word(question, {"decline": "reason"}.get(sheet, "comment"))
        values: dict[str, str | tuple[str, ...]] = {
            "reason": f"Off {word}",
            "comment": f"You know {word}",
            "into": other,
        }
        if sheet == "assign":
            values["to"] = form.fields[0].picks[0].value
        self.event.sends(actor, form, room_of(actor), **{it.name: values[it.name] for it in form.fields})

    @rule(question=questions, name=st.sampled_from([*TEAM]))
    def the_process_dies_at_a_claim(self, question: str, name: str) -> None:
        before = dict(self.event.store.tables)
        self.event.kill_after = "flush"
        with pytest.raises(Killed):
            self.event.presses(TEAM[name], f"qreply:{question}", room_of(TEAM[name]))
        assert self.event.store.tables == before

    @rule(minutes=st.sampled_from([1, 11, 16]))
    def time_passes(self, minutes: int) -> None:
        self.event.wait(60 * minutes)
        self.event.ticks()

    @rule(question=questions, name=st.sampled_from(["ann", "ben", "cleo", "dan"]))
    def somebody_else_presses_all_of_it(self, question: str, name: str) -> None:
        """Forged: these buttons are on no card of theirs."""
        actor = {**ASKERS, "ben": BEN}[name]
        before = self.row(question)
        for made in ("qreply", "qread", "qdelete", "qblocked"):
            told = self.event.presses(actor, f"{made}:{question}", room_of(actor), ("x",))
            assert not told.done
            assert not CANARY.search(words(told))
        assert self.row(question) == before

    # -- what shall be ----------------------------------------------------------------------------------------------

    @invariant()
    def each_has_one_state_and_an_owner_exactly_while_it_is_claimed(self) -> None:
        rows = self.event.store.rows(Question)
        queue = self.queue()
        assert all((it.owner is not None) is (it.state == "claimed") for it in rows)
        assert all((it.merged_into is not None) is (it.state == "merged") for it in rows)
        assert len(queue.pending) + len(queue.claimed) + queue.resolved + queue.declined + queue.merged == len(rows)
        assert {it.id for it in queue.open} == {it.id for it in rows if it.state in OPEN}
        for it in rows:
            if it.merged_into is not None:
                self.followed.setdefault(it.person, set()).add(it.merged_into)

    def teardown(self) -> None:
        self.no_word_is_anywhere_but_with_its_asker_and_moderators()

    def no_word_is_anywhere_but_with_its_asker_and_moderators(self) -> None:
        self.event.settle()
        for place, surface, content in self.event.shown():
            said = " ".join((words(content), repr(content)))
            for word in CANARY.findall(said):
                if place.kind == "queue" or (
                    surface.subject.startswith(("assigned:", "warned:", "returned:")) and self.moderates(place)
                ):
                    continue
                assert self.may_read(place.person or "", word), (place, surface, said)
        kept = [codec.dumps(it.outcome) for it in self.event.store.rows(Inbox)]
        kept += [repr(it) for it in self.event.store.rows(Audit)]
        assert not [it for it in kept if CANARY.search(it)]
        for actor in ASKERS.values():
            for line in ("/stage questions", "/stage menu", "/stage feed", "/stage catchup"):
                self.fits_reader(actor, self.event.types(actor, line, room_of(actor)))

    def fits_reader(self, actor: Actor, told: Outcome, typed: str = "") -> None:
        """Nobody reads a word of a conversation that is not theirs, nor one of a question theirs was merged into."""
        said = f"{words(told)} {actions(told.reply) if told.reply and not isinstance(told.reply, Form) else ''}"
        assert all(self.may_read(self.person(actor), word) for word in {*CANARY.findall(said)} - {typed}), said

    def may_read(self, person: str, word: str) -> bool:
        """One's own conversation but for what moderators said among themselves; and answers to what theirs joined."""
        question, sort = self.owner[word], self.sort[word]
        mine = any(it.id == question and it.person == person for it in self.event.store.rows(Question))
        return (mine and sort != "comment") or (sort == "answer" and question in self.followed.get(person, set()))

    # -- looking ----------------------------------------------------------------------------------------------------

    def queue(self) -> Queue:
        session = SessionId(self.event.session)
        found = self.event.store.read(lambda _: [key(Queue, session)]).get(Queue, session)
        assert found is not None
        return found

    def row(self, ident: str) -> Question:
        return next(it for it in self.event.store.rows(Question) if it.id == ident)

    def surfaces(self, what: str) -> list[Surface]:
        return [it for it in self.event.store.rows(Surface) if it.subject == what]

    def person(self, actor: Actor) -> str:
        return self.event.person(actor)

    def actor(self, person: str) -> Actor:
        account = next(it for it in self.event.store.rows(Account) if it.person == person)
        return next(it for it in (*ASKERS.values(), *TEAM.values()) if it.account == account.id)

    def moderates(self, place: Place) -> bool:
        return place.person in {self.person(it) for it in TEAM.values()}


def staffed() -> Event:
    event = lively(OLGA, DORA, *ASKERS.values(), BEN)
    event.appoints(DORA, "moderator")
    assert event.types(OLGA, "/mod session extend 20h", CHAT).done
    return event


TestQuestions = Questions.TestCase
TestQuestions.settings = settings(
    stateful_step_count=50,
    max_examples=100 if settings().derandomize else 2_000,
)
TestQuestions.pytestmark = [pytest.mark.timeout(180)]  # type: ignore[attr-defined]
