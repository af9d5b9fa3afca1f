"""The surfaces as a queue, on both databases: what waits, what is done with it, and who may read along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from core.app.outcome import FormDraft
from core.app.platform import Opened
from core.app.ports import Task
from core.app.unit_of_work import UnitOfWork, key
from core.domain.ids import (
    SECOND,
    AccountId,
    Instant,
    PersonId,
    PlaceId,
    QuestionId,
    SessionId,
    SubjectId,
    SurfaceId,
    VenueId,
)
from core.domain.questions import Question
from core.domain.sessions import Session, State
from core.domain.surfaces import Place, Subject, Surface
from storage.store import SqlStore
from tests.storage.prepared import opened, sqlite_at

NOW, LATER = Instant(1_000), Instant(9_000)
VENUE, SESSION, ROOM = VenueId("fake:1"), SessionId("s"), PlaceId("room")
PLACE = Place(ROOM, VENUE, "stage", SESSION, ref="C1", state="open")


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    url = sqlite_at(tmp_path / "store.db") if request.param == "sqlite" else request.getfixturevalue("emptied_url")
    with opened(url) as store:
        yield store


def save(store: SqlStore, *rows: Any) -> None:
    """Put the rows; every surface among them with a subject that waits, where it has none yet."""
    work = UnitOfWork()
    with store.writing() as transaction:
        for row in rows:
            work.put(row)
        for what in {row.subject for row in rows if isinstance(row, Surface)}:
            work.put(Subject(what))
        transaction.flush(work)
        transaction.commit()


def change(store: SqlStore, row: Any, **values: Any) -> None:
    work = store.read(lambda _: [key(type(row), row.id)])
    now: Any = work.get(type(row), row.id)
    work.put(replace(now, **values))
    if isinstance(row, Surface):
        work.touch(row.subject)
    with store.writing() as transaction:
        transaction.flush(work)
        transaction.commit()


def row(store: SqlStore, table: Any, ident: str) -> Any:
    return store.read(lambda _: [key(table, ident)]).get(table, ident)


def ledger(store: SqlStore, verb: str, *arguments: Any, **more: Any) -> Any:
    """Do it as the holder ``me``, who has the lanes of all rooms that are asked for."""
    with store.writing() as transaction:
        for place in (ROOM, PlaceId("other")):
            transaction.ledger.lease(place, "me", NOW, LATER)
        done = getattr(transaction.ledger, verb)(*arguments, **more)
        transaction.ledger.release(ROOM, "me")
        transaction.ledger.release(PlaceId("other"), "me")
        transaction.commit()
        return done


def waits(store: SqlStore) -> bool:
    return bool(store.outbox.waiting(LATER, ["fake"]))


def tasks(store: SqlStore, limit: int = 100) -> list[tuple[str, str, str | None]]:
    return [(it.surface.id, it.verb, it.parent_ref) for it in store.outbox.tasks(ROOM, limit)]


def task(store: SqlStore, surface: Surface) -> Task:
    return next(it for it in store.outbox.tasks(ROOM, 1_000) if it.surface.id == surface.id)


def post(name: str, **values: Any) -> Surface:
    return Surface(SurfaceId(name), SubjectId(f"message:{name}"), ROOM, **values)


def grant(name: str, place: PlaceId = ROOM, **values: Any) -> Surface:
    what = SubjectId(f"seat:s:fake:1:{name}")
    return Surface(SurfaceId(f"grant {name}"), what, place, kind="grant", follow="once", urgency=2, **values)


def pin(parent: Surface, **values: Any) -> Surface:
    return Surface(
        SurfaceId(f"pin {parent.id}"), parent.subject, ROOM, part=10_000, kind="pin", follow="once", parent=parent.id,
        **values,
    )  # fmt: skip


def test_a_card_is_edited_although_more_posts_wait_than_are_looked_at(store):
    """With three hundred questions on their way the desk card still tells how many there are."""
    desk = post("desk", ref="1", shown=0, urgency=4)
    save(store, PLACE, desk, *(post(f"new{number}", urgency=3) for number in range(5)))
    assert [verb for _, verb, _ in tasks(store, limit=3)] == ["post", "post", "post", "edit"]
    assert [verb for _, verb, _ in tasks(store, limit=6)] == [*["post"] * 5, "edit"]


# -- lines that people wrote ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"follow": "live", "gone": True}, ["delete"]),
        ({"follow": "pulled", "gone": True}, []),
        ({"follow": "live"}, []),
        ({"follow": "live", "gone": True, "dead": "removed"}, []),
    ],
    ids=["to be removed", "removed by its author", "untouched", "done"],
)
def test_a_line_of_a_person_is_removed_only_where_that_was_asked_for(store, values, wanted):
    save(store, PLACE, post("native", ref="1.1", ours=False, part=-1, **values))
    assert [verb for _, verb, _ in tasks(store)] == wanted
    assert waits(store) is bool(wanted)


def test_a_line_that_was_removed_waits_for_nothing_more(store):
    native = post("native", ref="1.1", ours=False, part=-1, follow="live", gone=True)
    save(store, PLACE, native)
    assert ledger(store, "removed", task(store, native), "me")
    assert not waits(store)
    assert row(store, Subject, native.subject).settled == 1


def test_what_shall_be_removed_once_more_while_it_is_removed_waits_again(store):
    """Somebody blocked came back just when they were put out."""
    grant = post("grant", kind="grant", follow="once", ref="acc", gone=True)
    save(store, PLACE, grant)
    under_way = task(store, grant)
    change(store, grant, order_at=LATER)
    assert ledger(store, "removed", under_way, "me")
    assert waits(store) and row(store, Surface, grant.id).dead == ""


# -- children -------------------------------------------------------------------------------------------------------


def test_a_reply_waits_for_its_parent_and_goes_by_itself_when_that_stands_among_others(store):
    parent = post("parent")
    save(store, PLACE, parent, post("reply", parent=parent.id))
    assert tasks(store) == [("parent", "post", None), ("reply", "post", None)], "it keeps its turn meanwhile"
    assert [it.held for it in store.outbox.tasks(ROOM, 100)] == [False, True]
    change(store, parent, ref="1.1", shown=9)
    assert ("reply", "post", "1.1") in tasks(store)
    assert not any(it.held for it in store.outbox.tasks(ROOM, 100))
    change(store, parent, ref=None, bundle=SurfaceId("carrier"))
    assert ("reply", "post", None) in tasks(store)


def test_a_reply_to_what_is_gone_goes_by_itself(store):
    save(store, PLACE, post("parent", dead="removed", ref="1.1"), post("reply", parent=SurfaceId("parent")))
    assert tasks(store) == [("reply", "post", None)]


def test_what_is_withdrawn_waits_for_no_parent(store):
    parent = post("parent")
    save(store, PLACE, parent, post("reply", parent=parent.id, gone=True), pin(parent, gone=True))
    assert {it for it in tasks(store) if it[1] == "drop"} == {("reply", "drop", None), ("pin parent", "drop", None)}


def test_a_pin_waits_for_its_post_and_dies_with_it(store):
    parent = post("parent")
    save(store, PLACE, parent, pin(parent))
    assert tasks(store) == [("parent", "post", None)]
    change(store, parent, ref="1.1", shown=9)
    assert tasks(store) == [("pin parent", "pin", "1.1")]
    change(store, parent, dead="removed", gone=True)
    assert tasks(store) == [("pin parent", "pin", None)], "the lane drops it"


def test_a_pin_of_a_line_among_others_waits_for_their_post(store):
    line, carrier = post("line", bundle=SurfaceId("carrier"), shown=1), post("carrier")
    save(store, PLACE, line, carrier, pin(line))
    assert tasks(store) == [("carrier", "post", None)]
    change(store, carrier, ref="2.2", shown=9)
    assert tasks(store) == [("pin line", "pin", "2.2")]
    change(store, carrier, ref=None, dead="refused")
    assert tasks(store) == [("pin line", "pin", None)]


# -- grants ---------------------------------------------------------------------------------------------------------


def test_thousands_at_the_door_hold_up_no_line_and_no_line_them(store):
    crowd = [grant(f"p{number:04}") for number in range(300)]
    lines = [post(f"line{number:03}", order_at=Instant(number)) for number in range(150)]
    save(store, PLACE, *crowd, *lines, grant("zoe", gone=True, ref="fake:1:zoe"))
    seen = store.outbox.tasks(ROOM, 100)
    assert [it.surface.id for it in seen if it.verb == "post"] == [it.id for it in lines[:100]]
    assert [it.verb for it in seen if it.surface.kind == "grant"] == ["expel", *["admit"] * 99]


def test_who_was_let_in_and_who_could_not_be_are_written_together(store):
    crowd = [grant(name) for name in ("a", "b", "c")]
    save(store, PLACE, *crowd)
    batch = list(store.outbox.tasks(ROOM, 100))
    assert ledger(store, "admitted", batch, "me", {crowd[1].id: "no such person" * 50})
    kept = [row(store, Surface, it.id) for it in crowd]
    assert [(it.ref, it.shown) for it in kept] == [("fake:1:a", 1), (None, 0), ("fake:1:c", 1)]
    assert kept[1].dead.startswith("no such person") and len(kept[1].dead) == 200
    assert not waits(store) and tasks(store) == []


def test_a_lane_has_one_holder_until_its_lease_ends(store):
    save(store, PLACE)
    later = Instant(LATER + 1)
    with store.writing() as transaction:
        held = transaction.ledger
        assert held.lease(ROOM, "one", NOW, LATER) == PLACE
        assert held.lease(ROOM, "another", NOW, later) is None
        assert held.lease(ROOM, "one", NOW, LATER) == PLACE, "the holder renews"
        assert held.lease(ROOM, "another", LATER, later) == PLACE, "a lease that ran out is taken over"
        assert held.keep("shard:0", "one", NOW, LATER) and not held.keep("shard:0", "another", NOW, later)
        assert held.release(PlaceId("shard:0"), "one") and held.keep("shard:0", "another", NOW, later)


def test_nothing_is_written_by_who_lost_the_lane(store):
    one = grant("a")
    save(store, PLACE, one)
    batch = [task(store, one)]
    with store.writing() as transaction:
        assert transaction.ledger.lease(ROOM, "another", NOW, LATER)
        assert not transaction.ledger.admitted(batch, "me", {})
        assert not transaction.ledger.archived(batch[0], "me")
        assert not transaction.ledger.opened(ROOM, "me", Opened("C2"))
        transaction.commit()
    assert row(store, Surface, one.id).ref is None
    assert row(store, Place, ROOM) == PLACE


def test_a_grant_withdrawn_while_it_was_carried_out_is_taken_back(store):
    one = grant("a")
    save(store, PLACE, one)
    under_way = task(store, one)
    change(store, one, gone=True)
    assert ledger(store, "admitted", [under_way], "me", {})
    assert tasks(store) == [(one.id, "expel", None)]
    assert ledger(store, "removed", task(store, one), "me")
    assert not waits(store)


@pytest.mark.parametrize("one", [grant("a", gone=True), pin(post("x"), gone=True)], ids=["grant", "pin"])
def test_what_is_wanted_again_while_its_withdrawal_is_given_up_lives(store, one):
    save(store, PLACE, one)
    under_way = task(store, one)
    change(store, one, gone=False)
    assert ledger(store, "bury", under_way, "me", "withdrawn before it was sent")
    assert not row(store, Surface, one.id).dead
    assert waits(store)


@pytest.mark.parametrize("of", ["message:poll", "pin:poll"], ids=["with the line", "for itself"])
def test_what_is_too_old_is_posted_anew_and_removed_where_it_stood_and_pinned_again(store, of):
    old = post("poll", ref="9", part=1)
    held = replace(pin(old, ref="pin:9", shown=1), subject=SubjectId(of))
    save(store, PLACE, old, held)
    under_way = task(store, old)
    assert ledger(store, "worn", under_way, "me", SurfaceId("poll.0"), NOW)
    anew = row(store, Surface, old.id)
    assert (anew.ref, anew.life, anew.shown, anew.gone) == (None, 1, 0, False)
    assert [it[:2] for it in tasks(store)] == [(old.id, "post"), ("poll.0", "delete")]
    assert ledger(store, "shown", task(store, anew), "me", "12", NOW)
    assert (held.id, "pin", "12") in tasks(store)
    assert ledger(store, "removed", task(store, row(store, Surface, SurfaceId("poll.0"))), "me")
    assert row(store, Surface, SurfaceId("poll.0")).dead == "removed"


def test_what_is_withdrawn_while_it_is_found_too_old_is_only_removed(store):
    old = post("poll", ref="9")
    save(store, PLACE, old)
    under_way = task(store, old)
    change(store, old, gone=True)
    assert ledger(store, "worn", under_way, "me", SurfaceId("poll.0"), NOW)
    assert tasks(store) == [(old.id, "delete", None)]


# -- rooms ----------------------------------------------------------------------------------------------------------

WANTED = Place(ROOM, VENUE, "queue", SESSION, name="keynote-queue", private=True)


def test_a_room_that_was_made_is_ours_and_one_that_was_entered_is_not(store):
    adopted = Place(PlaceId("other"), VENUE, "stage", SESSION, ref="C9", name="")
    save(store, WANTED, adopted)
    assert ledger(store, "opened", ROOM, "me", Opened("C1", private=True, prunes=True))
    assert row(store, Place, ROOM) == replace(WANTED, ref="C1", state="open", made=True, prunes=True)
    assert ledger(store, "opened", adopted.id, "me", Opened("C9"))
    assert row(store, Place, adopted.id) == replace(adopted, state="open")
    change(store, WANTED, state="wanted")
    assert ledger(store, "opened", ROOM, "me", Opened("C1"))
    assert row(store, Place, ROOM).made, "looking at it again takes nothing away"


def test_a_channel_that_became_another_room_meanwhile_is_not_taken(store):
    save(store, WANTED, replace(PLACE, id=PlaceId("other")))
    assert not ledger(store, "opened", ROOM, "me", Opened("C1"))
    assert row(store, Place, ROOM) == WANTED
    change(store, replace(PLACE, id=PlaceId("other")), state="released")
    assert ledger(store, "opened", ROOM, "me", Opened("C1"))


@pytest.mark.parametrize("state", ["exposed", "released", "dead"])
def test_opening_does_not_undo_what_was_found_out_meanwhile(store, state):
    save(store, WANTED)
    change(store, WANTED, state=state)
    assert ledger(store, "opened", ROOM, "me", Opened("C1"))
    assert row(store, Place, ROOM).state == state


def test_a_room_put_away_is_dead_and_one_let_go_stays_so(store):
    archive = Surface(SurfaceId("a"), SubjectId("archive:s"), ROOM, kind="archive", follow="once", urgency=9)
    save(store, PLACE, archive)
    assert ledger(store, "archived", task(store, archive), "me")
    assert row(store, Place, ROOM).state == "dead"
    assert (row(store, Surface, archive.id).ref, waits(store)) == ("archive", False)
    change(store, PLACE, state="released")
    assert ledger(store, "close", ROOM, "me", "gone")
    assert row(store, Place, ROOM).state == "released"


def test_where_others_read_along_nothing_is_done_but_sending_them_out(store):
    queue = replace(PLACE, kind="queue")
    line = post("line")
    save(store, queue, line, grant("new"), grant("outsider", ref="fake:1:outsider", gone=True))
    under_way = task(store, line)
    change(store, queue, state="exposed")
    assert tasks(store) == [("grant outsider", "expel", None)]
    assert waits(store)
    assert not ledger(store, "sending", under_way, "me", NOW), "what was begun before stops here at last"
    assert ledger(store, "removed", task(store, grant("outsider")), "me")
    assert not waits(store)
    change(store, queue, state="open")
    assert {it[0] for it in tasks(store)} == {"line", "grant new"}


def test_taken_are_all_channels_of_the_venue_that_ever_were_rooms(store):
    save(
        store,
        PLACE,
        replace(PLACE, id=PlaceId("a"), ref="C2", state="dead"),
        replace(PLACE, id=PlaceId("b"), ref="C3", state="released"),
        replace(PLACE, id=PlaceId("c"), ref=None),
        replace(PLACE, id=PlaceId("d"), venue=VenueId("fake:2"), ref="C4"),
    )
    assert store.outbox.taken(VENUE) == {"C1", "C2", "C3"}


def asked(session: SessionId, number: int) -> Question:
    """A question of this session that waits."""
    ident, place = QuestionId(f"q{number}"), PlaceId("direct")
    return Question(ident, session, number, PersonId("p"), AccountId("fake:u"), VENUE, place, NOW, NOW)


def test_stages_and_backchannels_are_read_and_the_teams_rooms_are_watched(store):
    sessions = [Session(SessionId(it), "K", it, NOW, NOW, "UTC") for it in ("announced", "open", "ended", "archived")]
    places = [
        Place(PlaceId(f"{it.id} {kind} {state}"), VENUE, kind, it.id, ref=f"{it.id} {kind} {state}", state=state)
        for it in sessions
        for kind in ("door", "stage", "queue", "backchannel")
        for state in ("open", "exposed", "dead")
    ]
    elsewhere = Place(PlaceId("x"), VenueId("fakes:1"), "queue", SessionId("open"), ref="x", state="open")
    unmade = Place(PlaceId("y"), VENUE, "queue", SessionId("open"), name="not made yet")
    save(store, *sessions, *places, elsewhere, unmade)
    assert {it.id for it in store.outbox.rooms("fake")} == {"open stage open", "open backchannel open"}
    save(store, *(asked(it.id, number) for number, it in enumerate(sessions, 1)))
    kinds = [it.kind for it in store.outbox.rooms("fake")]
    assert sorted(kinds) == ["backchannel", "queue", "queue", "queue", "stage"], "chat is read back first"
    assert kinds[2:] == ["queue"] * 3
    assert {it.id for it in store.outbox.watched("fake")} == {
        f"{session} {kind} {state}"
        for session in ("announced", "open", "ended")
        for kind in ("queue", "backchannel")
        for state in ("open", "exposed")
    }


def test_voice_rooms_are_listened_in_and_neither_they_nor_roles_nor_threads_are_taken_for_rooms(store):
    sessions = [Session(SessionId(it), "K", it, NOW, NOW, "UTC") for it in get_args(State)]
    places = [
        Place(
            PlaceId(f"{it.id} {kind} {state}"), VENUE, kind, it.id, ref=f"{it.id} {kind} {state}", state=state,
            trouble="deleted" if state == "dead" else "",
        )
        for it in sessions
        for kind in ("voice", "notify")
        for state in ("wanted", "open", "dead", "released")
    ]  # fmt: skip
    thread = Place(PlaceId("t"), VENUE, "thread", ref="t", state="dead", trouble="deleted")
    save(store, *sessions, *places, thread)
    assert {it.id for it in store.outbox.listened("fake")} == {
        f"{session} voice {state}" for session in ("announced", "open", "live") for state in ("wanted", "open")
    }
    assert store.outbox.listened("other") == []
    assert store.outbox.rooms("fake") == store.outbox.watched("fake") == []


def test_words_that_wait_for_a_session_to_be_picked_are_gone_after_a_day(store):
    kept = FormDraft(AccountId("slack:T1:ann"), "made:poll:s", Instant(0), {"question": ("Tea?",)})
    asked = FormDraft(AccountId("slack:T1:ann"), "asked:1", Instant(0), {"said": ("mod poll Tea?",)})
    save(store, kept, asked)
    with store.writing() as transaction:
        transaction.ledger.sweep(Instant(24 * 3_600 * SECOND + 1))
        transaction.commit()
    both = [key(FormDraft, it.account, it.form) for it in (kept, asked)]
    work = store.read(lambda known: both)
    assert work.get(FormDraft, kept.account, kept.form) == kept
    assert work.get(FormDraft, asked.account, asked.form) is None


def test_sessions_are_told_in_the_order_of_their_making(store):
    made = [
        Session(SessionId(name), "Keynote", "draft", NOW, LATER, "UTC", created_at=Instant(at))
        for name, at in (("b", 2), ("a", 1))
    ]
    save(store, *made)
    assert store.outbox.sessions() == ["a", "b"]


def test_of_a_place_that_is_worked_in_only_its_worker_is_told(store):
    """By that it wakes its lanes; all others leave the place alone."""
    save(store, PLACE, post("line", ours=True))
    with store.writing() as transaction:
        transaction.ledger.lease(ROOM, "me", NOW, Instant(LATER + 1))
        transaction.commit()
    told = {it: [place for place, *_ in store.outbox.waiting(LATER, ["fake"], it)] for it in ("me", "other", "")}
    assert told == {"me": [ROOM], "other": [], "": []}
