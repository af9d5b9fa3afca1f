"""A rehearsal leaves no row behind in any store, and the feed is arranged alike in each."""

from __future__ import annotations

from typing import Any

from core.app.handle.feed import entries, entries_needs
from core.app.outcome import FormDraft
from core.domain.ids import InteractionId
from core.domain.interactions import KINDS
from core.domain.interactions.life import Ballot, Interaction
from core.domain.interactions.secret import BallotKey
from tests.fakes.bot import CHAT, OLGA, Event
from tests.storage.test_store import found, opened, save, store

__all__ = ["opened", "store"]


def prepared(store: Any) -> Event:
    event = Event(store).with_rooms()
    event.advances("announced")
    event.joins(OLGA)
    return event


def test_nothing_of_a_rehearsal_is_left(store: Any) -> None:
    event = prepared(store)
    spec = KINDS["poll"].samples()[0]
    ident = InteractionId("tried")
    save(store, Interaction(ident, event.session, "poll", spec, "draft", anonymous=True))
    event.presses(OLGA, f"rehearsenext:{event.session}:{ident}", CHAT)
    copy = InteractionId(f"r{ident}")
    for _ in range(3):
        event.wait(1)
        event.fires(f"rehearse:{copy}")
    assert len(found(store, Ballot, interaction=copy)) == 6 and found(store, BallotKey, interaction=copy)
    save(store, FormDraft(OLGA.account, f"answered:{copy}", event.now, {"a": ("typed",)}))
    event.presses(OLGA, f"endrehearsal:{event.session}", CHAT)
    for table in (Ballot, BallotKey):
        assert found(store, table, interaction=copy) == []
    assert [it.id for it in found(store, Interaction, session=event.session)] == [ident]
    assert found(store, FormDraft, form=f"answered:{copy}") == []
    event.presses(OLGA, f"rehearsenext:{event.session}:{ident}", CHAT)
    event.wait(1)
    event.fires(f"rehearse:{copy}")
    assert len(found(store, Ballot, interaction=copy)) == 2, "it can be tried once more"


def test_the_feed_is_arranged_alike(store: Any) -> None:
    event = Event(store).live(OLGA)
    polls = []
    for number in range(3):
        polls.append(event.poll(question=f"Number {number}?"))
        event.wait(1)
    event.presses(OLGA, f"feedmove:{event.session}:asked:{polls[0]}:up", CHAT)
    event.presses(OLGA, f"feedmove:{event.session}:asked:{polls[1]}:top", CHAT)
    work = store.read(lambda work: entries_needs(event.session, work))
    assert [ident for _, _, ident in entries(event.session, work)] == [polls[1], polls[2], polls[0]]
