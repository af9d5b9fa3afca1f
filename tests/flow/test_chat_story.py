"""Lines of the stage: carried to the other venues, edited and deleted there, in whatever order the news arrives."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app import commands
from core.domain.chat import Message, Unmatched
from core.domain.ids import SECOND, Instant
from core.domain.people import Member
from core.domain.surfaces import Place, Surface
from core.domain.text import LINE_LIMIT, Leaf
from core.domain.view import Bundle, Speech
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, HALL, OLGA, START, Event, lively, someone, tree, words


def in_the_hall(event: Event) -> list[str]:
    return [words(line) for line in event.room(HALL, "message")]


def test_a_line_appears_in_the_other_venue_and_never_in_its_own():
    event = lively(ANN)
    event.writes(ANN, CHAT, "1.1", "Hello")
    assert in_the_hall(event) == ["Hello"]
    assert event.room(CHAT, "message") == []


def test_edits_and_deletions_follow():
    event = lively(ANN)
    event.writes(ANN, CHAT, "1.1", "Helo")
    event.wait(1)
    event.edits(ANN, CHAT, "1.1", "Hello")
    assert in_the_hall(event) == ["Hello"]
    event.wait(1)
    event.deletes(ANN, CHAT, "1.1")
    assert in_the_hall(event) == []
    assert [row.body for row in event.store.rows(Message)] == [()], "its text goes with it"
    event.wait(1)
    assert event.edits(ANN, CHAT, "1.1", "Hello again") is None
    assert in_the_hall(event) == []


def test_an_edit_that_changes_nothing_costs_no_edit():
    event = lively(ANN)
    event.writes(ANN, CHAT, "1.1", "https://example.org")
    before = event.versions()
    event.wait(1)
    assert event.edits(ANN, CHAT, "1.1", "https://example.org") is None, "Slack tells of its own link preview so"
    assert event.versions() == before


def test_one_line_told_twice_under_two_deliveries_is_one_line():
    event = lively(ANN)
    event.writes(ANN, CHAT, "1.1", "Hello")
    event.writes(ANN, CHAT, "1.1", "Hello")
    assert in_the_hall(event) == ["Hello"]


def test_a_copy_edited_or_reported_back_is_not_taken_for_a_line():
    event = lively(ANN, CLEO)
    event.writes(ANN, CHAT, "1.1", "Hello")
    copy = next(row for row in event.store.rows(Surface) if row.ours and row.subject.startswith("message"))
    event.store.tables[Surface][(copy.id,)] = replace(copy, ref="900", shown=1)
    assert event.writes(CLEO, HALL, "900", "Hello") is None
    assert event.edits(CLEO, HALL, "900", "Changed") is None
    assert event.deletes(CLEO, HALL, "900") is None
    assert in_the_hall(event) == ["Hello"]


@pytest.mark.parametrize("actor", [BEN, OLGA, replace(ANN, bot=True), someone("nobody")])
def test_lines_of_those_who_did_not_consent_are_not_carried(actor):
    event = lively(ANN)
    assert event.writes(actor, CHAT, "1.1", "Hello") is None
    assert event.store.rows(Message) == []


def test_lines_are_carried_only_while_the_doors_are_open():
    event = Event().with_rooms()
    event.types(OLGA, "/mod session announce", CHAT)
    event.joins(ANN)
    assert event.writes(ANN, CHAT, "1.1", "Too early") is None
    event.types(OLGA, "/mod session open", CHAT)
    event.writes(ANN, CHAT, "1.2", "In time")
    event.presses(OLGA, f"advance:{event.session}:ended", CHAT)
    assert event.writes(ANN, CHAT, "1.3", "Too late") is None
    assert in_the_hall(event) == ["In time"]


def test_a_blocked_person_is_carried_no_more_and_may_still_delete():
    event = lively(ANN)
    event.writes(ANN, CHAT, "1.1", "Hello")
    block(event)
    event.wait(1)
    assert event.writes(ANN, CHAT, "1.2", "Again") is None
    assert event.edits(ANN, CHAT, "1.1", "Worse") is None
    assert event.edits(ANN, CHAT, "1.9", "Worse") is None
    assert in_the_hall(event) == ["Hello"]
    event.deletes(ANN, CHAT, "1.1")
    assert in_the_hall(event) == []


def block(event: Event) -> None:
    """Ann, who joined first, is blocked."""
    member = next(row for row in event.store.rows(Member) if row.role == "attendee")
    event.store.tables[Member][(member.session, member.person)] = replace(member, blocked=True)


def test_a_long_line_goes_in_pieces_and_an_edit_adds_takes_and_brings_back_pieces():
    event = lively(ANN)
    long = " ".join(f"word{number}" for number in range(700))
    event.writes(ANN, CHAT, "1.1", long)
    assert " ".join(in_the_hall(event)) == long
    assert len(in_the_hall(event)) > 1
    for body in ("short", long, "short", long + " and more"):
        event.wait(1)
        event.edits(ANN, CHAT, "1.1", body)
        assert " ".join(in_the_hall(event)) == body
        remove_what_shall_go(event)


def remove_what_shall_go(event: Event) -> None:
    """What the reconciler does with surfaces that are to be removed."""
    rows = event.store.tables[Surface]
    for primary, row in rows.items():
        if row.gone and row.ours:
            rows[primary] = replace(row, dead="removed")


def test_a_piece_that_comes_back_is_posted_anew():
    event = lively(ANN)
    long = "word " * 700
    event.writes(ANN, CHAT, "1.1", long)
    event.edits(ANN, CHAT, "1.1", "short", at=Instant(event.now + 1))
    remove_what_shall_go(event)
    event.edits(ANN, CHAT, "1.1", long, at=Instant(event.now + 2))
    again = next(row for row in event.store.rows(Surface) if row.part == 1)
    assert (again.dead, again.ref, again.shown, again.sent_at, again.gone) == ("", None, 0, None, False)


def test_a_line_of_any_length_is_kept_to_the_limit_with_an_ellipsis():
    event = lively(ANN)
    event.writes(ANN, CHAT, "1.1", "x" * (LINE_LIMIT + 1))
    text = "".join(in_the_hall(event))
    assert len(text) == LINE_LIMIT
    assert text.endswith("…")


def test_lines_in_one_post_are_edited_and_deleted_one_by_one():
    event = lively(ANN)
    for number in range(3):
        event.writes(ANN, CHAT, f"1.{number}", f"line {number}", at=Instant(event.now + number))
    carrier = Surface("carrier", "bundle:carrier", next(p.id for p in event.store.rows(Place) if p.ref == HALL))  # type: ignore[arg-type]
    rows = event.store.tables[Surface]
    for primary, row in list(rows.items()):
        if row.ours and row.subject.startswith("message"):
            rows[primary] = replace(row, bundle=carrier.id)
    rows[(carrier.id,)] = carrier
    event.edits(ANN, CHAT, "1.1", "line one", at=Instant(event.now + 10))
    event.deletes(ANN, CHAT, "1.0", at=Instant(event.now + 10))
    (bundle,) = event.room(HALL, "bundle")
    assert isinstance(bundle, Bundle)
    assert words(bundle) == "line one\nline 2"


def test_an_early_edit_waits_for_its_line():
    event = lively(ANN)
    at = event.now
    event.edits(ANN, CHAT, "1.1", "second", at=Instant(at + 2))
    event.writes(ANN, CHAT, "1.1", "first", at=Instant(at + 1))
    assert in_the_hall(event) == ["second"]


def test_an_early_edit_is_not_undone_by_one_that_was_made_before_it():
    event = lively(ANN)
    at = event.now
    event.edits(ANN, CHAT, "1.1", "third", at=Instant(at + 3))
    event.writes(ANN, CHAT, "1.1", "first", at=Instant(at + 1))
    event.edits(ANN, CHAT, "1.1", "second", at=Instant(at + 2))
    assert in_the_hall(event) == ["third"]


def test_an_early_deletion_keeps_the_line_away_for_ever():
    event = lively(ANN)
    event.deletes(ANN, CHAT, "1.1")
    event.wait(3_600)
    assert event.writes(ANN, CHAT, "1.1", "Hello") is None
    assert in_the_hall(event) == []


def test_a_line_read_back_with_its_edit_is_newer_than_an_edit_that_waits():
    event = lively(ANN)
    at = event.now
    event.edits(ANN, CHAT, "1.1", "second", at=Instant(at + 2))
    event.do(
        commands.PostLine(
            **event.envelope(ANN, CHAT, Instant(at + 3)).fields(),
            ref="1.1",
            body=tree("third"),
            written=Instant(at + 1),
        )
    )
    assert in_the_hall(event) == ["third"]


EDITS = {"create": ("first", 1), "edit": ("second", 2), "again": ("third", 3), "empty": ("", 4), "delete": (None, 5)}


def tell(event: Event, what: str) -> None:
    body, second = EDITS[what]
    at = Instant(START + second * SECOND)
    match what:
        case "create":
            event.writes(ANN, CHAT, "1.1", body or "", at)
        case "delete":
            event.deletes(ANN, CHAT, "1.1", at)
        case _:
            event.edits(ANN, CHAT, "1.1", body or "", at)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_every_order_of_a_line_its_edits_and_its_deletion_ends_the_same(size):
    for told in itertools.combinations([what for what in EDITS if what != "create"], size - 1):
        ends: set[tuple[str, ...]] = set()
        for order in itertools.permutations(("create", *told)):
            event = lively(ANN)
            event.now = Instant(START + 10 * SECOND)
            for what in order:
                tell(event, what)
            ends.add(tuple(in_the_hall(event)))
        assert len(ends) == 1, (told, ends)


@given(st.lists(st.sampled_from(sorted(EDITS)), max_size=8).map(lambda more: [*more, *EDITS]).flatmap(st.permutations))
def test_repeated_and_shuffled_news_of_a_deleted_line_leave_nothing(order):
    event = lively(ANN)
    event.now = Instant(START + 10 * SECOND)
    for what in order:
        tell(event, what)
    assert in_the_hall(event) == []
    assert {row.body for row in event.store.rows(Message)} <= {()}


def test_an_early_deletion_takes_the_waiting_text_with_it():
    event = lively(ANN)
    event.edits(ANN, CHAT, "1.1", "Secret", at=Instant(event.now + 5))
    event.deletes(ANN, CHAT, "1.1", at=Instant(event.now + 4))
    assert [row.body for row in event.store.rows(Unmatched)] == [None]


def test_the_place_remembers_the_newest_line_it_saw():
    event = lively(ANN)
    at = Instant(event.now + 10 * SECOND)
    event.writes(ANN, CHAT, "10.0", "new", at=at)
    event.writes(ANN, CHAT, "09.0", "at the same time", at=at)
    event.writes(ANN, CHAT, "9.0", "old", at=Instant(at - 1))
    event.writes(ANN, CHAT, "99.0", "older still", at=Instant(at - 2))
    place = next(row for row in event.store.rows(Place) if row.ref == CHAT)
    assert (place.seen, place.seen_at) == ("10.0", at)


def test_a_batch_may_hold_a_line_and_all_that_became_of_it():
    event = lively(ANN, BEN)
    seconds = itertools.count(1)

    def fields():
        return event.envelope(ANN, CHAT, Instant(event.now + next(seconds))).fields()

    event.do(
        commands.PostLine(**fields(), ref="1.1", body=tree("one")),
        commands.EditLine(**fields(), ref="1.1", body=tree("two")),
        commands.PostLine(**fields(), ref="1.2", body=tree("three")),
        commands.DeleteLine(**fields(), ref="1.2"),
        commands.EditLine(**fields(), ref="1.1", body=tree("four")),
    )
    assert in_the_hall(event) == ["four"]


def test_only_the_first_name_is_carried_of_those_who_hide_the_last():
    event = lively()
    event.joins(ANN, name="Ann Example Smith", settings=("toasts",))
    event.writes(ANN, CHAT, "1.1", "Hello")
    (line,) = event.room(HALL, "message")
    assert isinstance(line, Speech)
    assert line.author == "Ann"


def test_a_name_and_a_line_are_cleaned_of_what_spills():
    event = lively()
    event.joins(ANN, name="A\u202en\u200bn\x00")
    event.writes(ANN, CHAT, "1.1", (Leaf("He\u202ello\x00 "),))
    (line,) = event.room(HALL, "message")
    assert isinstance(line, Speech)
    assert (line.author, words(line)) == ("Ann", "Hello")


def test_pieces_come_and_go_also_before_the_platform_was_told():
    event = lively(ANN)
    long = " ".join(f"word{number}" for number in range(700))
    event.writes(ANN, CHAT, "1.1", "short")
    for body in (long, "short", long, f"{long} {long}"):
        event.wait(1)
        event.edits(ANN, CHAT, "1.1", body)
        assert " ".join(in_the_hall(event)) == body
