"""What may be shown where: every audience against every place."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from core.domain.ids import PersonId, PlaceId, SessionId, VenueId
from core.domain.surfaces import ROOMS, Place, PlaceKind, audience_of, fits
from core.domain.view import Attendees, Audience, Backstage, Moderators, OnlyPerson, Public

HERE, THERE = SessionId("here"), SessionId("there")
ANN, BEN = PersonId("ann"), PersonId("ben")
AUDIENCES: tuple[Audience, ...] = (
    Public(),
    *(kind(session) for kind in (Attendees, Backstage, Moderators) for session in (HERE, THERE)),
    OnlyPerson(ANN),
    OnlyPerson(BEN),
)
PLACES = [
    Place(PlaceId("p"), VenueId("slack:T1"), kind, session=session, person=person)
    for kind in get_args(PlaceKind)
    for session in (None, HERE, THERE)
    for person in (None, ANN, BEN)
]
# Who reads what is written in a room of a session, typed by hand.
READ_BY = {
    "door": {"public"},
    "stage": {"public", "attendees"},
    "feed": {"public", "attendees"},
    "backchannel": {"public", "attendees", "backstage"},
    "queue": {"public", "attendees", "backstage", "moderators"},
}
NAMES = {Public: "public", Attendees: "attendees", Backstage: "backstage", Moderators: "moderators"}


def expected(made_for: Audience, place: Place) -> bool:
    if isinstance(made_for, Public):
        return True
    if isinstance(made_for, OnlyPerson):
        return place.kind in ("dm", "thread", "question", "home") and place.person == made_for.person
    return NAMES[type(made_for)] in READ_BY.get(place.kind, ()) and place.session == made_for.session


@pytest.mark.parametrize("made_for", AUDIENCES, ids=str)
def test_content_goes_only_where_all_readers_are_meant(made_for):
    for place in PLACES:
        assert fits(made_for, place) is expected(made_for, place), place


def test_what_is_for_one_person_never_goes_into_a_room():
    for place, person in itertools.product(PLACES, (ANN, BEN)):
        if place.kind in ROOMS:
            assert not fits(OnlyPerson(person), place)


def test_content_for_nobody_known_goes_nowhere():
    for place in PLACES:
        assert not fits(OnlyPerson(PersonId("")), place)


def test_what_fits_a_place_fits_its_own_readers():
    for place in PLACES:
        assert fits(audience_of(place), place)
