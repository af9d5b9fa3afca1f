"""What a surface shows follows its subject, even where a surface should not be there any more."""

from __future__ import annotations

from dataclasses import replace

from core.app import cards, session_cards
from core.domain.ids import Instant, PlaceId, SubjectId, SurfaceId, subject
from core.domain.surfaces import Place, Surface
from core.domain.view import Content
from tests.fakes.bot import ANN, CHAT, HALL, OLGA, Event


def content(event: Event, what: SubjectId, part: int = 0) -> Content | None:
    """As a surface in the hall would show it."""
    place = next(it for it in event.store.rows(Place) if it.ref == HALL)
    surface = Surface(SurfaceId("probe"), what, place.id, part=part)
    return cards.content(surface, event.store.read(lambda have: cards.needs(surface, have)))


def test_drafts_and_what_is_not_there_show_nothing():
    event = Event().live(OLGA)
    draft = event.poll(then="draft")
    gone = [subject(what, "none") for what in ("interaction", "twin", "message", "door", "bundle", "riddle")]
    for what in (subject("interaction", draft), subject("twin", draft), SubjectId("message"), *gone):
        assert content(event, what) is None


def test_a_deleted_line_and_a_piece_that_is_no_more_show_nothing():
    event = Event().live(ANN)
    event.writes(ANN, CHAT, "1.1", "Hello")
    line = next(it.subject for it in event.store.rows(Surface) if it.subject.startswith("message"))
    assert content(event, line) is not None
    assert content(event, line, part=1) is None
    event.deletes(ANN, CHAT, "1.1", at=Instant(event.now + 1))
    assert content(event, line) is None


def test_a_card_for_nobody_and_a_notice_that_is_gone_show_nothing():
    event = Event().live(OLGA)
    nowhere = Surface(SurfaceId("probe"), subject("bar", event.session), PlaceId("none"))
    assert cards.content(nowhere, event.store.read(lambda have: cards.needs(nowhere, have))) is None
    assert content(event, subject("note", "none")) is None
    assert content(event, subject("doors", event.session)) is None, "a room is no person"


def test_cards_that_lead_to_a_place_change_when_it_is_there():
    event = Event().live(OLGA)
    bar, desk = (subject(what, event.session) for what in ("bar", "desk"))
    stage, queue = event.place("stage"), event.place("queue")
    poll = subject("interaction", "p")
    assert session_cards.telling(None, stage) == (desk,)
    assert session_cards.telling(poll, stage) == (bar, desk)
    assert session_cards.telling(None, queue) == session_cards.telling(bar, stage) == ()
    assert session_cards.telling(None, replace(stage, session=None)) == ()


def test_counts_on_cards_can_wait_and_what_is_voted_on_cannot():
    for what, calm in (
        ("door", True),
        ("bar", True),
        ("desk", True),
        ("twin", True),
        ("interaction", False),
        ("message", False),
    ):
        assert (session_cards.pace(subject(what, "x")) > 0) is calm
