"""The board is the same in every store, whoever is linked, blocked, merged or votes for what they asked themselves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from core.app.asked import Board, Queue
from core.app.unit_of_work import key
from core.domain.form import Form
from core.domain.ids import AccountId, DeliveryKey, Instant, PersonId, PlaceId, QuestionId, SessionId, VenueId
from core.domain.people import Account, Member
from core.domain.public_questions import Upvote
from core.domain.questions import Question
from tests.fakes.bot import ANN, BEN, CHAT, OLGA, Event, buttons
from tests.fakes.memory import MemoryStore
from tests.storage.test_store import found, opened, save, store

__all__ = ["opened", "store"]

SESSIONS = [SessionId(f"s{number}") for number in range(12)]


def asked(session: SessionId, chance: random.Random) -> Iterator[Any]:
    """Nine accounts of five persons, some blocked; six questions, some merged; upvotes at few instants."""
    people = [PersonId(f"{session}p{number}") for number in range(5)]
    accounts = [Account(AccountId(f"{session}a{it}"), chance.choice(people), "slack", str(it)) for it in range(9)]
    yield from accounts
    for person in people:
        yield Member(session, person, blocked=chance.random() < 0.2, consented_at=Instant(1))
    heads: list[QuestionId] = []
    for number in range(1, 7):
        account = chance.choice(accounts)
        into = chance.choice(heads) if heads and chance.random() < 0.4 else None
        ident = QuestionId(f"{session}q{number}")
        if into is None:
            heads.append(ident)
        yield Question(
            ident, session, number, account.person, account.id, VenueId("slack:T1"), PlaceId("p"), Instant(number),
            Instant(number), state="merged" if into else chance.choice(("pending", "resolved")), merged_into=into,
            for_all=True, public=chance.random() < 0.8, label=chance.choice(("", "Pricing")),
        )  # fmt: skip
        for by in accounts:
            if chance.random() < 0.6:
                at = Instant(chance.randrange(3))
                yield Upvote(ident, by.id, session, chance.random() < 0.6, at, DeliveryKey(str(chance.random())))


def test_the_board_is_the_same_in_every_store(store: Any) -> None:
    model = MemoryStore()
    for session in SESSIONS:
        rows = list(asked(session, random.Random(session)))
        save(store, *rows)
        save(model, *rows)
    for session in SESSIONS:
        here, expected = (_derived(it, session) for it in (store, model))
        assert here == expected
    assert any(one.votes > 2 for session in SESSIONS for one in _derived(store, session)[0].questions)


def _derived(store: Any, session: SessionId) -> tuple[Board, Queue]:
    work = store.read(lambda _: [key(Board, session, "fair"), key(Queue, session)])
    return work.get(Board, session, "fair"), work.get(Queue, session)


def test_the_page_comes_back_with_an_upvote_and_one_question_is_on_stage_in_every_store(store: Any) -> None:
    event = Event(store).live(OLGA, ANN, BEN)
    rules = event.presses(OLGA, f"qrules:{event.session}", CHAT).reply
    assert isinstance(rules, Form)
    event.sends(OLGA, rules, CHAT, mode="public", ways=())
    for text in ("First?", "Second?"):
        form = event.presses(ANN, f"ask:{event.session}", CHAT).reply
        assert isinstance(form, Form)
        event.sends(ANN, form, CHAT, text=text)
    first, second = sorted(found(store, Question, session=event.session), key=lambda it: it.number)
    for question in (first, second):
        assert event.presses(OLGA, f"qdo:{question.id}:live", CHAT).done
    assert [it.id for it in found(store, Question, session=event.session, live=True)] == [second.id]
    for way, then in (("on", "Take back Q1"), ("on", "Take back Q1"), ("off", "Upvote Q1")):
        event.wait(1)
        assert then in buttons(event.presses(BEN, f"qup:{first.id}:{way}:fair:0:", CHAT).reply)
    assert [(it.person, it.votes) for it in _derived(store, event.session)[0].questions] == [(first.person, 0)] * 2
