"""Wanting things shown: the surfaces and due rows that commands leave for the jobs."""

from __future__ import annotations

from dataclasses import replace

from core.app.ports import Moment
from core.app.unit_of_work import UnitOfWork
from core.domain.ids import Instant, SubjectId, SurfaceId, subject
from core.domain.schedule import Due
from core.domain.sessions import (
    Session,
)
from core.domain.surfaces import Place, Subject, Surface


def show_doors(session: Session, work: UnitOfWork, moment: Moment) -> None:
    """The Join card stands in every door, and in the stage of a venue that has no door."""
    door = subject("door", session.id)
    shown = {surface.place for surface in work.all(Surface, subject=door)}
    places = work.all(Place, session=session.id)
    with_door = {place.venue for place in places if place.kind == "door"}
    for place in places:
        if place.id not in shown and (place.kind == "door" or (place.kind == "stage" and place.venue not in with_door)):
            show(door, place, work, moment, urgency=3)


def show(
    what: SubjectId, place: Place, work: UnitOfWork, moment: Moment, *, urgency: int = 5, part: int = 0
) -> Surface:
    """Want the subject shown in the place, from now on."""
    if work.get(Subject, what) is None:
        work.put(Subject(what))
    else:
        work.touch(what)
    surface = Surface(SurfaceId(moment.new_id()), what, place.id, part=part, urgency=urgency, order_at=moment.now)
    work.put(surface)
    return surface


def plan(what: str, at: Instant, work: UnitOfWork) -> None:
    """It comes due at ``at``; an earlier plan for the same deed moves."""
    before = work.get(Due, what)
    if before is None:
        work.put(Due(what, at))
    elif before.fired_at is None:
        work.put(replace(before, due=at))
