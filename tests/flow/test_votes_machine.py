"""Any story of presses, repeats, ends and crashes leaves the tally of the ballots that count (I1, I3, I4, I6, I22)."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from core.app import commands
from core.app.derived import Counts
from core.app.outcome import Inbox, Outcome
from core.app.unit_of_work import key
from core.domain.ids import SECOND, DeliveryKey, Instant, InteractionId
from core.domain.interactions.life import GRACE, Ballot
from core.domain.view import Card
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, HALL, OLGA, Killed, lively, words

PEOPLE = {"ann": ANN, "ben": BEN, "cleo": CLEO, "olga": OLGA}


class Votes(RuleBasedStateMachine):
    """The model: for each person the click that counts, by hand."""

    deliveries: Bundle[commands.Command] = Bundle("deliveries")
    polls: Bundle[str] = Bundle("polls")

    def __init__(self) -> None:
        super().__init__()
        self.event = lively(*PEOPLE.values())
        self.clicks: dict[tuple[str, str], tuple[int, str, str]] = {}
        self.answers: dict[str, Outcome | None] = {}
        self.opened: dict[str, int] = {}
        self.closed: dict[str, int] = {}
        self.several: dict[str, bool] = {}
        self.number = 0

    @initialize(target=polls, several=st.booleans())
    def first_poll(self, several: bool) -> str:
        return self.publish(several)

    @rule(target=polls, several=st.booleans())
    @precondition(lambda self: len(self.opened) < 3)
    def another_poll(self, several: bool) -> str:
        return self.publish(several)

    def publish(self, several: bool) -> str:
        form = {"options": "Yes\nNo\nMaybe", "question": f"Poll {len(self.opened)}?"}
        poll = self.event.poll(question=form["question"], options=form["options"], several="yes" if several else "")
        self.opened[poll], self.several[poll] = self.event.now, several
        return poll

    # -- what happens -----------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.001, 1, 4, 6]))
    def time_passes(self, seconds: float) -> None:
        self.event.wait(seconds)

    @rule(
        target=deliveries,
        poll=polls,
        name=st.sampled_from([*PEOPLE, "dan"]),
        picked=st.sets(st.sampled_from(["0", "1", "2", "9"]), min_size=1, max_size=2),
        age=st.sampled_from([0, 1, 3, 8]),
    )
    def somebody_presses(self, poll: str, name: str, picked: set[str], age: int) -> commands.Command:
        """A press of up to 8 seconds ago is on its way; a person presses one thing at an instant."""
        self.number += 1
        at = Instant(max(self.event.now - age * SECOND, self.opened[poll]) + self.number)
        self.event.now = Instant(max(self.event.now, at))
        actor = {**PEOPLE, "dan": DAN}[name]
        return commands.CastBallot(
            actor=actor, delivery=DeliveryKey(f"press {self.number:04}"), at=at,
            room=CHAT if actor.platform == "slack" else HALL,
            interaction=InteractionId(poll), picked=tuple(sorted(picked)),
        )  # fmt: skip

    @rule(delivery=deliveries)
    def it_arrives(self, delivery: commands.CastBallot) -> None:
        self.expect([delivery])
        outcome = self.event.do(delivery)
        self.check_answer(delivery, outcome)

    @rule(batch=st.lists(deliveries, min_size=2, max_size=6))
    def several_arrive_at_once(self, batch: list[commands.CastBallot]) -> None:
        self.expect(batch)
        self.event.do(*batch)
        for delivery in batch:
            self.check_answer(delivery, self.stored(delivery))

    @rule(delivery=deliveries, step=st.sampled_from(["fill", "handle", "flush"]))
    def the_process_dies_while_it_is_handled(self, delivery: commands.CastBallot, step: str) -> None:
        before = dict(self.event.store.tables)
        self.event.kill_after = step  # type: ignore[assignment]
        with pytest.raises(Killed):
            self.event.do(delivery)
        assert self.event.store.tables == before

    @rule(delivery=consumes(deliveries))
    def it_is_never_delivered_again(self, delivery: commands.CastBallot) -> None:
        """Or at all."""

    @rule(poll=polls, twice=st.booleans())
    def it_is_ended(self, poll: str, twice: bool) -> None:
        for _ in range(1 + twice):
            assert self.event.presses(OLGA, f"end:{poll}", CHAT).done
        self.closed.setdefault(poll, self.event.now)

    @rule(poll=polls, verb=st.sampled_from(["hide", "unhide"]))
    def results_are_hidden_or_shown(self, poll: str, verb: str) -> None:
        assert self.event.presses(OLGA, f"{verb}:{poll}", CHAT).done

    # -- what shall be ----------------------------------------------------------------------------------------------

    def expect(self, batch: list[commands.CastBallot]) -> None:
        now = self.event.now
        for delivery in batch:
            if self.stored(delivery) is not None or delivery.delivery in self.answers:
                continue
            self.answers[delivery.delivery] = None
            poll, person = delivery.interaction, delivery.actor.account
            closed = self.closed.get(poll)
            in_time = closed is None or (delivery.at <= closed and now <= closed + GRACE)
            fits = "9" not in delivery.picked and (len(delivery.picked) == 1 or self.several[poll])
            if in_time and fits and delivery.actor != DAN:
                choice = f"[{','.join(delivery.picked)}]"
                click = (delivery.at, delivery.delivery, choice)
                self.clicks[(poll, person)] = max(self.clicks.get((poll, person), click), click)

    def stored(self, delivery: commands.Command) -> Outcome | None:
        row = self.event.store.read(lambda _: [key(Inbox, delivery.delivery)]).get(Inbox, delivery.delivery)
        return row.outcome if row else None

    def check_answer(self, delivery: commands.CastBallot, outcome: Outcome | None) -> None:
        """Exactly one answer: the first one is given again."""
        assert outcome is not None
        assert outcome.done is words(outcome).startswith("Your vote: ")
        assert self.answers[delivery.delivery] in (None, outcome)
        self.answers[delivery.delivery] = outcome

    @invariant()
    def the_tally_is_that_of_the_ballots_that_count(self) -> None:
        for poll in self.opened:
            expected: dict[str, int] = {}
            for (of, _), (_, _, choice) in self.clicks.items():
                if of == poll:
                    expected[choice] = expected.get(choice, 0) + 1
            counts = self.event.store.read(lambda _, poll=poll: [key(Counts, InteractionId(poll))]).get(  # type: ignore[misc]
                Counts, InteractionId(poll)
            )
            assert counts is not None
            found: dict[str, int] = {}
            for count in counts.counts:
                found[count.choice] = found.get(count.choice, 0) + count.number
            assert found == expected

    @invariant()
    def everybody_has_one_ballot_a_poll(self) -> None:
        ballots = self.event.store.rows(Ballot)
        assert len({(it.interaction, it.person) for it in ballots}) == len(ballots) == len(self.clicks)

    @invariant()
    def both_venues_show_the_same(self) -> None:
        here, there = self.event.room(CHAT, "interaction"), self.event.room(HALL, "interaction")
        assert sorted(map(repr, here)) == sorted(map(repr, there))
        assert len(here) == len(self.opened)
        assert all(isinstance(it, Card) for it in here)


TestVotes = Votes.TestCase
TestVotes.settings = settings(stateful_step_count=50, max_examples=200 if settings().derandomize else 2_000)
