"""The promises of the store, kept alike by the fake, SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from psycopg import sql

from core.app.derived import (
    Answers,
    AnswersPage,
    Burst,
    Counts,
    Joined,
    Likes,
    Listening,
    Reacted,
    Recent,
    Uncleared,
    Waiting,
)
from core.app.outcome import FormDraft, Inbox, Outcome
from core.app.ports import Conflict
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Like, Message, Unmatched
from core.domain.chat_rules import Talk
from core.domain.form import Field, Form, Pick
from core.domain.ids import (
    SECOND,
    AccountId,
    DeliveryKey,
    Instant,
    InteractionId,
    MessageId,
    PersonId,
    PlaceId,
    SessionId,
    SubjectId,
    SurfaceId,
    VenueId,
)
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Count
from core.domain.interactions.life import Approval, Ballot, Interaction
from core.domain.linking import Aside, LinkCode, LinkedAccount, Superseded, WrongCodes
from core.domain.loops import Said
from core.domain.notices import Notice
from core.domain.people import Account, Listener, Member, Organiser, Person, Seat
from core.domain.reactions import APART, BURST, Reaction, slot_of
from core.domain.schedule import Due
from core.domain.sessions import Held, Invite, Session, Venue
from core.domain.surfaces import Place, Subject, Surface
from core.domain.text import Leaf, Link, Mention, Room, Styled, When
from core.domain.view import Button, OnlyPerson, say
from storage.store import SqlStore, open_store
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, HALL, OLGA, START, Event, words
from tests.fakes.memory import MemoryStore
from tests.storage.prepared import opened as opened_at
from tests.storage.prepared import sqlite_at

SECRET = Fernet.generate_key().decode()


@dataclass
class Opened:
    store: Any
    url: str = ""

    def raw(self) -> bytes:
        """Everything the database holds, as bytes."""
        if self.url.startswith("sqlite"):
            file = self.url.partition(":///")[2]
            return b"".join(path.read_bytes() for path in sorted(Path(file).parent.glob(f"{Path(file).name}*")))
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            found = []
            for (name,) in tables:
                query = sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(name))
                found += [row[0].encode() for row in connection.execute(query)]
            return b"\n".join(found)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    if request.param == "fake":
        yield Opened(MemoryStore())
        return
    url = sqlite_at(tmp_path / "store.db") if request.param == "sqlite" else request.getfixturevalue("emptied_url")
    with opened_at(url, SECRET) as store:
        yield Opened(store, url)


@pytest.fixture
def store(opened: Opened) -> Any:
    return opened.store


def save(store: Any, *rows: Any, touched: tuple[str, ...] = ()) -> None:
    """Put rows that are not there yet."""
    work = UnitOfWork()
    with store.writing() as transaction:
        for row in rows:
            work.put(row)
        for one in touched:
            work.touch(SubjectId(one))
        transaction.flush(work)
        transaction.commit()


def change(store: Any, wanted: Key, **values: Any) -> None:
    work = store.read(lambda _: [wanted])
    (row,) = work.all(wanted.table, **dict(zip(wanted.by, wanted.value, strict=True)))
    work.put(replace(row, **values))
    write(store, work)


def write(store: Any, work: UnitOfWork) -> None:
    with store.writing() as transaction:
        transaction.flush(work)
        transaction.commit()


def found(store: Any, table: type[Any], **by: Any) -> list[Any]:
    return store.read(lambda _: [key(table, **by)]).all(table, **by)


SESSION = Session(SessionId("s1"), "Keynote", "live", Instant(START), Instant(START + 1), "UTC", created_at=Instant(7))
PLACE = Place(PlaceId("p1"), VenueId("slack:T1"), "stage", SESSION.id, ref="C1", seen="1.1", seen_at=Instant(5))
SURFACE = Surface(SurfaceId("u1"), SubjectId("door:s1"), PLACE.id, order_at=Instant(START))
PERSON = Person(PersonId("ann"), "Ann", toasts=False)
TREE = (
    Leaf("Hello \u2028 'x' \"y\" \\ "),
    Styled("bold", (Leaf("big"), Styled("code", (Leaf("x"),)))), Link("https://a", "b"),
    Mention(AccountId("a"), "Ann"), When(Instant(START), "left"), Room("C1"), Leaf("👩\u200d👧"),
)  # fmt: skip
SPEC = KINDS["poll"].samples()[2]
FORM = Form(
    "Title", "made:poll:s1", "Done", (Field("a", "A", "choices", ("x", "y"), picks=(Pick("X", "x"),), error="No."),),
    again="new:poll:s1", intro=TREE, problem="Hm.",
)  # fmt: skip
REFUSED = say(OnlyPerson(PERSON.id), TREE, buttons=(Button("x", "y", "danger"),))
ROWS: tuple[Any, ...] = (
    SESSION,
    replace(SESSION, id=SessionId("s2"), disclaimer="Ünïcode", consent_needed=False),
    Venue(VenueId("slack:T1"), "slack", "Py “Com”"),
    Held(SESSION.id, VenueId("slack:T1")),
    Invite("digest", SESSION.id, Instant(9), used=True),
    PERSON,
    Account(AccountId("slack:T1:a"), PERSON.id, "slack", "ann", None),
    Account(AccountId("discord::b"), PERSON.id, "discord", "ann", "https://example.org/a.png"),
    Member(SESSION.id, PERSON.id, "moderator", Instant(START), "hash", 3, blocked=True),
    Member(SessionId("s2"), PERSON.id),
    Seat(SESSION.id, VenueId("slack:T1"), AccountId("slack:T1:a"), PERSON.id),
    Seat(SESSION.id, VenueId("discord:G"), AccountId("discord::b"), PERSON.id),
    Organiser(VenueId("slack:T1"), PERSON.id, active=False),
    replace(SESSION, id=SessionId("s3"), access="open", like="🏳️‍🌈"),
    replace(PERSON, id=PersonId("bo"), settings_at=Instant(START)),
    Notice("gap:1", SESSION.id, Instant(START), TREE),
    Like(SubjectId("message:m"), PERSON.id, PLACE.id, True, Instant(2), DeliveryKey("d")),
    Like(SubjectId("message:m"), PERSON.id, PlaceId("p2"), False, Instant(2), DeliveryKey("d")),
    PLACE,
    Place(
        PlaceId("p3"), VenueId("slack:T1"), "backchannel", SessionId("s3"), ref="C3", state="exposed", name="keynote-b",
        private=True, made=True, prunes=True, pace=7, wears=True, wanted_at=Instant(START), kept=SURFACE.id,
        kept_at=Instant(3), lines=25,
    ),
    Place(PlaceId("p2"), VenueId("slack:T1"), "dm", person=PERSON.id, account=AccountId("slack:T1:a"), parent=PLACE.id),
    Message(MessageId("m"), SESSION.id, PLACE.id, AccountId("slack:T1:a"), PERSON.id, TREE, Instant(1), Instant(2)),
    Message(MessageId("n"), SESSION.id, PLACE.id, AccountId("slack:T1:a"), PERSON.id, (), Instant(1), Instant(2), True),
    Message(MessageId("r"), SESSION.id, PLACE.id, AccountId("slack:T1:a"), PERSON.id, TREE, Instant(1), Instant(2),
            reply_to=SubjectId("message:m"), voiced=True, pinned_at=Instant(4)),
    Unmatched(PLACE.id, "1.1", Instant(3), TREE, Instant(4)),
    Unmatched(PLACE.id, "1.2", Instant(3), None, Instant(4)),
    Interaction(InteractionId("i"), SESSION.id, "poll", SPEC, "ended", "end", True, PERSON.id, Instant(1), Instant(2),
                Instant(3)),
    Interaction(InteractionId("j"), SESSION.id, "poll", KINDS["poll"].samples()[0], "draft"),
    Ballot(InteractionId("i"), PERSON.id, AccountId("slack:T1:a"), "slack", "[0]", Instant(2), DeliveryKey("d"), True),
    Due("session_end:s1", Instant(START)),
    Due("session_start:s1", Instant(START), Instant(START + 1)),
    FormDraft(AccountId("slack:T1:a"), "create", Instant(5), {"name": ("Ünï\n\tcode",), "none": ()}),
    replace(SESSION, id=SessionId("s4"), slow=30, links=False, words=("damn", "a, b"), cleared_at=Instant(9),
            notified_at=Instant(8)),
    Venue(VenueId("discord:G"), "discord", "PyCom", frozenset({"threads", "mentions"})),
    Listener(PlaceId("p4"), AccountId("discord::b"), SESSION.id, PERSON.id, True, False, Instant(4)),
    Message(MessageId("c"), SESSION.id, PLACE.id, AccountId("slack:T1:a"), PERSON.id, TREE, Instant(1), Instant(2),
            cleared=True),
    Talk(SESSION.id, PERSON.id, Instant(5), Instant(6)),
    Said(SESSION.id, AccountId("slack:T1:a"), "5:0a1b 6:0a1b"),
    LinkCode("digest", AccountId("slack:T1:a"), VenueId("slack:T1"), Instant(9), used=True),
    LinkedAccount(AccountId("discord::b"), PERSON.id, PersonId("bo"), Instant(3), active=False),
    WrongCodes(AccountId("discord::b"), Instant(3), 4),
    Aside(AccountId("discord::b"), SESSION.id, "mine", "speaker", None, "", 0, blocked=True),
    Aside(AccountId("discord::b"), SESSION.id, "theirs", "moderator", Instant(1), "hash", 2, blocked=False),
    Superseded(InteractionId("i"), AccountId("discord::b"), "discord", "[1]", Instant(1), DeliveryKey("d")),
    SURFACE,
    replace(
        SURFACE, id=SurfaceId("u2"), part=-1, follow="pulled", urgency=2, ref="1.1", ours=False, life=2, shown=3,
        sent_at=Instant(START), gone=True, attempts=4, next_at=Instant(8), expires_at=Instant(9), dead="no",
        bundle=SURFACE.id, parent=SURFACE.id, kind="pin",
    ),
    Inbox(DeliveryKey("d1"), Instant(1), Outcome(quiet=True)),
    Inbox(DeliveryKey("d2"), Instant(1), Outcome(REFUSED, done=False)),
    Inbox(DeliveryKey("d3"), Instant(1), Outcome(FORM)),
    Subject(SubjectId("door:s1"), 3, 2),
)  # fmt: skip


def test_every_row_comes_back_as_it_was(store):
    save(store, *ROWS)
    for row in ROWS:
        primary = {name: getattr(row, name) for name in type(row).pk}
        assert found(store, type(row), **primary) == [row]
        work = store.read(lambda _, row=row, primary=primary: [key(type(row), *primary.values())])
        assert work.get(type(row), *primary.values()) == row


def test_a_removed_row_is_gone_and_another_may_take_its_place_even_an_older_one(store):
    newer = Ballot(InteractionId("i"), PERSON.id, AccountId("a"), "slack", "[0]", Instant(9), DeliveryKey("d"))
    other = replace(newer, interaction=InteractionId("j"))
    save(store, newer, other)
    work = store.read(lambda _: [key(Ballot, one.interaction, one.person) for one in (newer, other)])
    work.remove(newer)
    work.remove(other)
    assert work.get(Ballot, InteractionId("i"), PERSON.id) is None and work.news()
    work.put(replace(newer, choice="[1]", at=Instant(2)))
    write(store, work)
    assert found(store, Ballot, interaction=InteractionId("i")) == [replace(newer, choice="[1]", at=Instant(2))]
    assert found(store, Ballot, interaction=InteractionId("j")) == []


def test_what_a_refused_command_removed_stays(store):
    save(store, PERSON)
    work = store.read(lambda _: [key(Person, PERSON.id)])
    with contextlib.suppress(ZeroDivisionError), work.attempt():
        work.remove(PERSON)
        _ = 1 // 0
    write(store, work)
    assert work.get(Person, PERSON.id) == PERSON and found(store, Person, id=PERSON.id) == [PERSON]


def test_listeners_are_persons_who_joined_and_are_here(store):
    def heard(account: str, person: str, **more: Any) -> Listener:
        values = {"here": True, "deafened": False, **more}
        return Listener(PlaceId("v"), AccountId(account), SESSION.id, PersonId(person), at=Instant(1), **values)

    joined = [Member(SESSION.id, PersonId(name), consented_at=Instant(1)) for name in ("ann", "ben", "cleo")]
    save(
        store, *joined, Member(SESSION.id, PersonId("dan")), heard("a1", "ann"), heard("a2", "ann", deafened=True),
        heard("b", "ben", deafened=True), heard("c", "cleo", here=False), heard("d", "dan"),
    )  # fmt: skip
    assert found(store, Listening, session=SESSION.id) == [Listening(SESSION.id, 2, 1)]
    none = SessionId("none")
    assert found(store, Listening, session=none) == [Listening(none, 0, 0)]


def test_recent_lines_are_the_newest_that_stand_and_those_to_clear_the_oldest(store):
    backstage = Place(PlaceId("b"), VenueId("slack:T1"), "backchannel", SESSION.id, ref="C9")
    line = Message(MessageId(""), SESSION.id, PLACE.id, AccountId("a"), PERSON.id, TREE, Instant(0), Instant(0))
    lines = [replace(line, id=MessageId(f"m{number:03}"), at=Instant(number)) for number in range(230)]
    hidden = [
        replace(line, id=MessageId("x"), at=Instant(1), deleted=True),
        replace(line, id=MessageId("y"), at=Instant(1), place=backstage.id),
    ]
    save(store, replace(SESSION, cleared_at=Instant(220)), PLACE, backstage, *lines, *hidden)
    (recent,) = found(store, Recent, session=SESSION.id)
    assert recent.messages == tuple(f"m{number:03}" for number in range(229, 204, -1))
    (left,) = found(store, Uncleared, session=SESSION.id)
    assert left.messages == tuple(f"m{number:03}" for number in range(200))
    change(store, key(Message, MessageId("m000")), cleared=True)
    assert found(store, Uncleared, session=SESSION.id)[0].messages[-1] == "m200"


def test_rows_are_found_by_other_fields_and_by_none_where_there_are_none(store):
    save(store, *ROWS)
    assert {it.id for it in found(store, Place, session=SESSION.id)} == {"p1"}
    assert {it.id for it in found(store, Place, venue=VenueId("slack:T1"), ref="C1")} == {"p1"}
    assert {it.id for it in found(store, Place, venue=VenueId("slack:T1"), kind="dm", person=PERSON.id)} == {"p2"}
    assert {it.session for it in found(store, Member, person=PERSON.id)} == {"s1", "s2"}
    assert {it.id for it in found(store, Surface, subject=SubjectId("door:s1"))} == {"u1", "u2"}
    assert {it.id for it in found(store, Surface, bundle=SURFACE.id)} == {"u2"}
    assert {it.id for it in found(store, Interaction, session=SESSION.id)} == {"i", "j"}
    assert {it.venue for it in found(store, Seat, session=SESSION.id, person=PERSON.id)} == {"slack:T1", "discord:G"}
    assert {it.id for it in found(store, Notice, session=SESSION.id)} == {"gap:1"}
    assert found(store, Surface, place=PLACE.id, ref="9.9") == []
    assert found(store, Session, id=SessionId("none")) == []


def test_needs_are_asked_again_until_they_name_nothing_new(store):
    save(store, *ROWS)
    asked = []

    def needs(work: UnitOfWork) -> Iterator[Key]:
        asked.append(1)
        yield key(Account, AccountId("slack:T1:a"))
        if account := work.peek(Account, AccountId("slack:T1:a")):
            yield key(Person, account.person)
            yield key(Member, person=account.person)
            for member in work.peek_all(Member, person=account.person):
                yield key(Session, member.session)

    work = store.read(needs)
    assert work.get(Person, PERSON.id) == PERSON
    assert work.get(Session, SESSION.id) == SESSION
    assert len(asked) >= 3


def test_what_was_not_committed_was_not_written(store):
    work = UnitOfWork()
    with store.writing() as transaction:
        work.put(SESSION)
        transaction.flush(work)
    assert found(store, Session, id=SESSION.id) == []
    with pytest.raises(ZeroDivisionError), store.writing() as transaction:
        transaction.flush(work)
        raise ZeroDivisionError
    assert found(store, Session, id=SESSION.id) == []
    write(store, work)
    assert found(store, Session, id=SESSION.id) == [SESSION]


def test_a_change_goes_one_version_up_and_a_second_one_on_old_rows_is_a_conflict(store):
    save(store, SESSION)
    first, second = (store.read(lambda _: [key(Session, SESSION.id)]) for _ in range(2))
    first.put(replace(SESSION, name="First"))
    second.put(replace(SESSION, name="Second"))
    write(store, first)
    with pytest.raises(Conflict):
        write(store, second)
    assert found(store, Session, id=SESSION.id) == [replace(SESSION, name="First", version=1)]
    change(store, key(Session, SESSION.id), name="Third")
    assert found(store, Session, id=SESSION.id)[0].version == 2


def test_a_conflict_leaves_nothing_of_its_transaction(store):
    save(store, SESSION)
    late = store.read(lambda _: [key(Session, SESSION.id), key(Person, PERSON.id)])
    change(store, key(Session, SESSION.id), name="First")
    late.put(replace(SESSION, name="Second"))
    late.put(PERSON)
    with pytest.raises(Conflict):
        write(store, late)
    assert found(store, Person, id=PERSON.id) == []


@pytest.mark.parametrize(
    "row",
    [SESSION, PERSON, ROWS[6], ROWS[8], Held(SESSION.id, VenueId("v")), ROWS[-4]],
    ids=lambda it: type(it).__name__,
)
def test_a_row_made_twice_is_a_conflict(store, row):
    save(store, row)
    with pytest.raises(Conflict):
        save(store, row)


def test_one_subject_has_one_surface_a_place_and_part(store):
    save(store, SURFACE)
    with pytest.raises(Conflict):
        save(store, replace(SURFACE, id=SurfaceId("other")))
    save(store, replace(SURFACE, id=SurfaceId("next"), part=1, ref="1.1"))
    with pytest.raises(Conflict):
        save(store, replace(SURFACE, id=SurfaceId("third"), part=2, ref="1.1"))


def test_a_channel_is_one_place(store):
    save(store, PLACE)
    with pytest.raises(Conflict):
        save(store, replace(PLACE, id=PlaceId("other"), kind="door"))
    save(store, replace(PLACE, id=PlaceId("third"), ref=None), replace(PLACE, id=PlaceId("fourth"), ref=None))
    save(store, *(replace(PLACE, id=PlaceId(f"before {number}"), state="released") for number in range(2)))


def test_places_and_surfaces_are_written_by_several_at_once_in_different_fields(store):
    save(store, PLACE, SURFACE)
    line = store.read(lambda _: [key(Place, PLACE.id), key(Surface, SURFACE.id)])
    change(store, key(Place, PLACE.id), state="open")
    change(store, key(Surface, SURFACE.id), ref="1.1", shown=2)
    line.put(replace(PLACE, seen="2.2", seen_at=Instant(6)))
    line.put(replace(SURFACE, gone=True))
    write(store, line)
    assert found(store, Place, id=PLACE.id) == [replace(PLACE, state="open", seen="2.2", seen_at=Instant(6))]
    assert found(store, Surface, id=SURFACE.id) == [replace(SURFACE, ref="1.1", shown=2, gone=True)]


def test_a_row_put_back_as_it_was_writes_nothing(store):
    save(store, SESSION)
    work = store.read(lambda _: [key(Session, SESSION.id)])
    work.put(replace(SESSION, name="Other"))
    work.put(SESSION)
    write(store, work)
    assert found(store, Session, id=SESSION.id)[0].version == 0


# -- subjects -------------------------------------------------------------------------------------------------------


def test_a_touched_subject_goes_one_version_up_a_batch(store):
    save(store, Subject(SubjectId("a:1")), Subject(SubjectId("b:1"), 5, 5))
    save(store, touched=("a:1", "b:1", "a:1", "unknown:1"))
    versions = [found(store, Subject, id=one) for one in ("a:1", "b:1", "unknown:1")]
    assert versions == [[Subject(SubjectId("a:1"), 2)], [Subject(SubjectId("b:1"), 6, 5)], []]


def test_a_new_subject_starts_at_version_one_even_when_it_is_touched(store):
    save(store, Subject(SubjectId("a:1")), touched=("a:1",))
    assert found(store, Subject, id="a:1") == [Subject(SubjectId("a:1"), 1, 0)]


def test_touching_never_conflicts(store):
    save(store, Subject(SubjectId("a:1")))
    works = [store.read(lambda _: [key(Subject, "a:1")]) for _ in range(3)]
    for work in works:
        work.touch(SubjectId("a:1"))
        write(store, work)
    assert found(store, Subject, id="a:1")[0].version == 4


# -- ballots --------------------------------------------------------------------------------------------------------


def ballot(
    person: str, choice: str, at: int, delivery: str = "d", platform: str = "slack", moderator: bool = False
) -> Ballot:
    return Ballot(
        InteractionId("i"), PersonId(person), AccountId(f"{platform}::{person}"), platform, choice,
        Instant(at), DeliveryKey(delivery), moderator,
    )  # fmt: skip


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_newest_ballot_stays_whoever_writes_last(store, order):
    blank = [store.read(lambda _: [key(Ballot, InteractionId("i"), PersonId("ann"))]) for _ in range(2)]
    both = [ballot("ann", "[0]", 1 * SECOND), ballot("ann", "[1]", 2 * SECOND)]
    for index in order:
        blank[index].put(both[index])
        write(store, blank[index])
    assert found(store, Ballot, interaction=InteractionId("i")) == [both[1]]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_ballots_at_the_same_instant_the_delivery_decides(store, order):
    both = [ballot("ann", "[0]", SECOND, "a"), ballot("ann", "[1]", SECOND, "b")]
    for index in order:
        save(store, both[index])
    assert found(store, Ballot, interaction=InteractionId("i")) == [both[1]]


def test_counts_put_equal_ballots_together_by_platform(store):
    save(
        store,
        ballot("a", "[0]", 1), ballot("b", "[0]", 1, moderator=True), ballot("c", "[1]", 1),
        ballot("d", "[0]", 1, platform="discord"),
        replace(ballot("e", "[0]", 1), interaction=InteractionId("other")),
    )  # fmt: skip
    (counts,) = found(store, Counts, interaction=InteractionId("i"))
    assert counts.counts == (Count("[0]", "discord", 1, 0), Count("[0]", "slack", 2, 1), Count("[1]", "slack", 1, 0))
    assert all(isinstance(it.number, int) and isinstance(it.moderators, int) for it in counts.counts)


def test_who_is_blocked_is_not_counted_and_has_answered_all_the_same(store):
    asked = Interaction(InteractionId("i"), SESSION.id, "poll", KINDS["poll"].samples()[0], "live")
    save(store, asked, ballot("a", "[0]", 1), Member(asked.session, PersonId("a"), blocked=True))
    save(store, Member(SessionId("other"), PersonId("b"), blocked=True))
    assert found(store, Counts, interaction=asked.id) == [Counts(asked.id, (), True)]
    save(store, ballot("b", "[1]", 1))
    assert found(store, Counts, interaction=asked.id) == [Counts(asked.id, (Count("[1]", "slack", 1, 0),), True)]


def test_counts_of_nothing_are_empty_and_nobody_has_joined(store):
    assert found(store, Counts, interaction=InteractionId("i")) == [Counts(InteractionId("i"), ())]
    assert found(store, Joined, session=SESSION.id) == [Joined(SESSION.id, 0)]


def test_answers_are_found_in_the_same_order_everywhere(store):
    one = InteractionId("i")
    states: tuple[Approval, ...] = ("waiting", "approved", "", "declined", "waiting", "approved", "approved", "")
    rows = [
        replace(ballot(f"p{place}", '"answered"', 100 + place // 2), words="Tea", state=state)
        for place, state in enumerate(states)
    ]
    save(
        store,
        *rows,
        ballot("nothing written", "[0]", 1),
        replace(ballot("p1", "[0]", 1), interaction=InteractionId("j"), words="Milk"),
    )
    shown = ["p6", "p7", "p5", "p2", "p1"]
    assert found(store, Answers, interaction=one) == [Answers(one, 5, 2, tuple(map(PersonId, shown)))]
    assert found(store, Answers, interaction=InteractionId("none")) == [Answers(InteractionId("none"), 0, 0, ())]
    every = ["p0", "p4", *["p6", "p7", "p5", "p2", "p3", "p1"]]
    for of, people in (("shown", shown), ("all", every)):
        for start in (0, 1, 6, 99):
            (page,) = found(store, AnswersPage, interaction=one, of=of, start=start)
            assert list(page.people) == people[start : start + 6]


def test_an_approval_does_not_take_the_place_of_a_newer_answer(store):
    written = replace(ballot("p", '"answered"', 100), words="Tea", state="waiting")
    save(store, written)
    save(store, replace(written, at=Instant(200), words="Milk"))
    save(store, replace(written, state="approved"))
    (stands,) = found(store, Ballot, interaction=written.interaction, person=written.person)
    assert (stands.words, stands.state) == ("Milk", "waiting")


# -- likes ----------------------------------------------------------------------------------------------------------


def like(person: str, at: int, delivery: str = "d", *, on: bool = True, place: str = "p1") -> Like:
    return Like(SubjectId("message:m"), PersonId(person), PlaceId(place), on, Instant(at), DeliveryKey(delivery))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("later", [like("ann", 2, on=False), like("ann", 1, "e", on=False)], ids=["time", "delivery"])
def test_the_newest_like_stays_whoever_writes_last(store, order, later):
    both = [like("ann", 1), later]
    blank = [
        store.read(lambda _: [key(Like, SubjectId("message:m"), PersonId("ann"), PlaceId("p1"))]) for _ in range(2)
    ]
    for index in order:
        blank[index].put(both[index])
        write(store, blank[index])
    assert found(store, Like, subject=SubjectId("message:m")) == [later]


def test_likes_are_counted_by_place_and_those_taken_back_are_not(store):
    save(
        store, like("ann", 1), like("ben", 1), like("ann", 1, place="p0"), like("cleo", 1, on=False),
        like("dan", 1, on=False, place="p9"), replace(like("eve", 1), subject=SubjectId("message:other")),
    )  # fmt: skip
    what = SubjectId("message:m")
    assert found(store, Likes, subject=what) == [Likes(what, ((PlaceId("p0"), 1), (PlaceId("p1"), 2)))]
    nothing = SubjectId("message:none")
    assert found(store, Likes, subject=nothing) == [Likes(nothing, ())]


def reaction(name: str, at: int, kind: str = "0", platform: str = "slack", session: str = SESSION.id) -> Reaction:
    return Reaction(SessionId(session), PersonId(name), kind, slot_of(Instant(at)), platform, Instant(at))


def test_reactions_are_counted_by_kind_and_platform(store):
    save(
        store, reaction("ann", 1), reaction("ann", APART), reaction("ben", 1, platform="discord"),
        reaction("ann", 1, "3"), reaction("ann", 1, session="other"),
    )  # fmt: skip
    counts = (("0", "discord", 1), ("0", "slack", 2), ("3", "slack", 1))
    assert found(store, Reacted, session=SESSION.id) == [Reacted(SESSION.id, counts)]
    none = SessionId("none")
    assert found(store, Reacted, session=none) == [Reacted(none, ())]


def test_a_burst_is_what_came_in_its_half_minute_and_from_how_many(store):
    until = Instant(100 * BURST)
    inside = (reaction("ann", until - BURST), reaction("ann", until - 1), reaction("ben", until - 1, "4"))
    save(store, *inside, reaction("cleo", until), reaction("dan", until - BURST - 1), reaction("eve", 1, session="x"))
    asked = {"session": SESSION.id, "until": until}
    assert found(store, Burst, **asked) == [Burst(SESSION.id, until, (("0", 2), ("4", 1)), 2)]
    assert found(store, Burst, session=SESSION.id, until=Instant(1)) == [Burst(SESSION.id, Instant(1), (), 0)]


def test_one_that_gives_way_to_an_earlier_is_gone_whatever_its_window(store):
    later, earlier = reaction("ann", APART + 1), reaction("ann", APART - 1)
    save(store, later, reaction("ben", 7))
    work = store.read(lambda _: [key(Reaction, SESSION.id, PersonId("ann"), "0", it.slot) for it in (later, earlier)])
    work.remove(later)
    work.put(earlier)
    write(store, work)
    assert found(store, Reaction, session=SESSION.id, person=PersonId("ann")) == [earlier]
    again = store.read(lambda _: [key(Reaction, SESSION.id, PersonId("ann"), "0", earlier.slot)])
    again.put(replace(earlier, at=Instant(5)))
    write(store, again)
    assert found(store, Reaction, session=SESSION.id, person=PersonId("ann")) == [replace(earlier, at=Instant(5))]


def test_two_writers_that_count_the_same_leave_one(store):
    blank = [store.read(lambda _: [key(Reaction, SESSION.id, PersonId("ann"), "0", 0)]) for _ in range(2)]
    for at, work in zip((2, 1), blank, strict=True):
        work.put(reaction("ann", at))
        write(store, work)
    assert len(found(store, Reaction, session=SESSION.id)) == 1


def test_only_those_who_consented_have_joined(store):
    save(
        store,
        Member(SESSION.id, PersonId("a"), consented_at=Instant(1)),
        Member(SESSION.id, PersonId("b")),
        Member(SESSION.id, PersonId("c"), consented_at=Instant(0)),
        Member(SessionId("other"), PersonId("d"), consented_at=Instant(1)),
    )
    assert found(store, Joined, session=SESSION.id) == [Joined(SESSION.id, 2)]


def test_who_waits_to_be_let_in_is_counted_up_to_an_instant(store):
    def grant(name: str, at: int, **more: Any) -> Surface:
        what = SubjectId(f"seat:s1:slack:T1:{name}")
        return Surface(SurfaceId(name), what, PLACE.id, kind="grant", follow="once", order_at=Instant(at), **more)

    save(
        store, PLACE, SURFACE, grant("ann", 1), grant("ben", 2), grant("cleo", 3), grant("in", 1, ref="slack:T1:in"),
        grant("out", 1, gone=True), grant("no", 1, dead="restricted"), replace(grant("far", 1), place=PlaceId("p9")),
    )  # fmt: skip
    for before, number in ((1, 0), (3, 2), (1 << 62, 3)):
        assert found(store, Waiting, place=PLACE.id, before=Instant(before)) == [
            Waiting(PLACE.id, Instant(before), number)
        ]


def test_a_later_row_that_waits_replaces_an_earlier_one_and_a_draft_is_replaced(store):
    early, late = (
        Unmatched(PLACE.id, "1", Instant(1), TREE, Instant(9)),
        Unmatched(PLACE.id, "1", Instant(2), None, Instant(9)),
    )
    for row in (late, early):
        save(store, row)
    assert found(store, Unmatched, place=PLACE.id, ref="1") == [late]
    for name in ("first", "second"):
        save(store, FormDraft(AccountId("a"), "create", Instant(5), {"name": (name,)}))
    assert found(store, FormDraft, account=AccountId("a"))[0].values == {"name": ("second",)}


# -- power cuts -----------------------------------------------------------------------------------------------------


def test_what_sqlite_acknowledged_is_on_the_disk(tmp_path):
    """Stories do without it, because no story pulls the plug of the machine."""
    with opened_at(sqlite_at(tmp_path / "store.db")) as store, store.writer.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        assert [connection.exec_driver_sql(f"PRAGMA {it}").scalar() for it in asked] == ["wal", 2, 1, 1]


# -- secrets and hostile text ---------------------------------------------------------------------------------------


def test_what_people_write_cannot_be_read_in_the_raw_database(opened):
    if not opened.url:
        pytest.skip("the fake keeps nothing on disk")
    canary = "xyzzy-canary"
    body = (Leaf(f"{canary}-body"),)
    save(
        opened.store,
        Message(MessageId("m"), SESSION.id, PLACE.id, AccountId("a"), PERSON.id, body, Instant(1), Instant(2)),
        Unmatched(PLACE.id, "1.1", Instant(3), body, Instant(4)),
        Notice("n", SESSION.id, Instant(3), (Leaf(f"{canary}-notice"),)),
        FormDraft(AccountId("a"), "create", Instant(5), {"name": (f"{canary}-draft",)}),
        replace(PERSON, name="readable-name"),
    )
    raw = opened.raw()
    assert b"readable-name" in raw, "the test looks in the right place"
    assert canary.encode() not in raw


def test_answers_that_hold_what_was_typed_are_sealed_too(opened):
    if not opened.url:
        pytest.skip("the fake keeps nothing on disk")
    canary = "xyzzy-canary"
    save(
        opened.store,
        Inbox(DeliveryKey("d"), Instant(1), Outcome(FORM.filled({"a": (f"{canary}-form",)}), done=False)),
        replace(PERSON, name="readable-name"),
    )
    raw = opened.raw()
    assert b"readable-name" in raw
    assert canary.encode() not in raw


HOSTILE = ["'; DROP TABLE session; --", "👩\u200d👧", "\u202e", "\x01", "x" * 20_000, "\\u0000", "$", "\n\t\r"]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda it: ascii(it[:12]))
def test_typed_text_of_any_kind_is_kept_in_drafts_and_answers(store, text):
    save(
        store,
        FormDraft(AccountId("a"), "create", Instant(5), {"name": (text,)}),
        Inbox(DeliveryKey("d"), Instant(1), Outcome(FORM.filled({"a": (text,)}), done=False)),
    )
    assert found(store, FormDraft, account=AccountId("a"))[0].values == {"name": (text,)}
    assert found(store, Inbox, id=DeliveryKey("d"))[0].outcome.reply.fields[0].value == (text,)


def test_an_id_of_any_length_is_simply_not_there(store):
    assert found(store, Session, id=SessionId("x" * 5_000)) == []


# -- the bot on it --------------------------------------------------------------------------------------------------


def test_a_whole_event_ends_the_same_on_every_store(store):
    event, twin = Event(store), Event()
    for it in (event, twin):
        it.live(OLGA, ANN, BEN, CLEO)
        poll = it.poll()
        for actor, picked in ((ANN, "0"), (BEN, "1"), (CLEO, "1"), (ANN, "1"), (OLGA, "0")):
            it.votes(actor, poll, picked)
            it.wait(1)
        it.writes(ANN, CHAT, "1.1", "Hello " * 500)
        it.wait(1)
        it.edits(ANN, CHAT, "1.1", "Hello")
        it.edits(BEN, CHAT, "1.2", "early")
        it.writes(CLEO, HALL, "7", "Hi")
        it.deletes(CLEO, HALL, "7")
        code = words(it.presses(ANN, "linkcode")).partition("Code: ")[2][:8]
        it.types(CLEO, f"/stage link {code}")
        it.types(OLGA, "/mod poll Next?", CHAT)
        it.presses(OLGA, f"clear:{it.session}", CHAT)
        it.presses(OLGA, f"end:{poll}", CHAT)
    memory = twin.store
    for table in (
        Session,
        Member,
        Person,
        Account,
        Message,
        Unmatched,
        Interaction,
        Ballot,
        Superseded,
        Aside,
        LinkedAccount,
        Subject,
        Surface,
        Place,
        Due,
        Inbox,
    ):
        for row in memory.rows(table):
            primary = {name: getattr(row, name) for name in table.pk}
            assert found(store, table, **primary) == [row]
    poll_id = InteractionId(poll)
    assert found(store, Counts, interaction=poll_id) == found(memory, Counts, interaction=poll_id)


def test_a_file_of_another_program_is_left_alone(tmp_path):
    file = tmp_path / "store.db"
    with closing(open_store(f"sqlite:///{file}", secret=SECRET)) as store:
        save(store, SESSION)
        assert isinstance(store, SqlStore)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with closing(open_store(f"sqlite:///{file}", secret=SECRET)) as store:
        assert found(store, Session, id=SESSION.id) == [SESSION]
