"""When people were last active, derived alike by the fake, SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from core.app.activity import ASLEEP, Asleep, LastActive
from core.domain.chat import Like, Message
from core.domain.ids import (
    AccountId,
    DeliveryKey,
    Instant,
    InteractionId,
    MessageId,
    PersonId,
    PlaceId,
    SessionId,
    VenueId,
    subject,
)
from core.domain.interactions import KINDS
from core.domain.interactions.life import Ballot, Interaction
from core.domain.people import Member, Person
from core.domain.reactions import Reaction
from core.domain.surfaces import Place
from core.domain.text import doc
from tests.storage.test_store import found, opened, save, store

__all__ = ["opened", "store"]
S = SessionId("s")
HALL = Place(PlaceId("hall"), VenueId("discord:G1"), "stage", S, ref="D1")
ASKED = Interaction(InteractionId("i"), S, "poll", KINDS["poll"].samples()[0], "live")


def person(name: str, news: bool = True, toasts: bool = True) -> Person:
    return Person(PersonId(name), name, news=news, toasts=toasts)


def member(name: str, joined: bool = True, blocked: bool = False, session: SessionId = S) -> Member:
    return Member(session, PersonId(name), consented_at=Instant(1) if joined else None, blocked=blocked)


def line(name: str, at: int, platform: str = "slack", session: SessionId = S) -> Message:
    account = AccountId(f"{platform}::{name}")
    return Message(
        MessageId(f"{name}{at}"), session, HALL.id, account, PersonId(name), doc("Hi"), Instant(at), Instant(at)
    )


def ballot(name: str, at: int, platform: str) -> Ballot:
    return Ballot(
        ASKED.id, PersonId(name), AccountId(f"{platform}::{name}"), platform, "[0]", Instant(at), DeliveryKey("d")
    )


def like(name: str, of: Message, at: int, on: bool = True) -> Like:
    return Like(subject("message", of.id), PersonId(name), HALL.id, on, Instant(at), DeliveryKey("d"))


def last(store: Any, name: str) -> int:
    (row,) = found(store, LastActive, session=S, person=name)
    return int(row.at)


def test_the_newest_of_all_deeds_counts(store: Any) -> None:
    said = line("ann", 10)
    save(store, HALL, ASKED, said, line("ann", 5), ballot("ben", 20, "slack"), like("cleo", said, 30))
    save(store, Reaction(S, PersonId("dan"), "0", 1, "discord", Instant(40)))
    assert [last(store, it) for it in ("ann", "ben", "cleo", "dan", "eve")] == [10, 20, 30, 40, 0]
    save(store, line("dan", 39), line("ben", 90), line("cleo", 99, session=SessionId("other")))
    assert [last(store, it) for it in ("ben", "cleo", "dan")] == [90, 30, 40]


def test_asleep_are_those_who_want_news_and_did_nothing_since_the_longest_first(store: Any) -> None:
    people = ("ann", "ben", "cleo", "dan", "eve", "fay", "gus", "hal")
    off = {"eve": (False, True), "fay": (True, False)}
    save(store, HALL, ASKED, *(person(it, *off.get(it, (True, True))) for it in people))
    save(store, *(member(it, it != "gus", it == "hal") for it in people))
    said = line("ann", 50)
    save(store, said, line("ann", 7), ballot("ben", 30, "discord"), like("ben", said, 29), line("dan", 101))
    (row,) = found(store, Asleep, session=S, since=100)
    assert row.people == (("cleo", ""), ("ben", "discord"), ("ann", "slack"))
    (row,) = found(store, Asleep, session=S, since=29)
    assert [it for it, _ in row.people] == ["cleo"]
    assert found(store, Asleep, session="none", since=100)[0].people == ()


def test_of_a_crowd_so_many_are_named(store: Any) -> None:
    names = [f"p{number:03}" for number in range(ASLEEP + 9)]
    save(store, *(person(it) for it in names), *(member(it) for it in names))
    save(store, *(line(it, 1_000 - number) for number, it in enumerate(names)))
    (row,) = found(store, Asleep, session=S, since=5_000)
    assert [it for it, _ in row.people] == names[::-1][:ASLEEP]
