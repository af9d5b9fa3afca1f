"""Feed rooms: each item is a message of its own there, and the sum of the questions is one (SPEC 4.8, 6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.handle.showing import show
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import Instant, SessionId, SubjectId, subject
from core.domain.surfaces import Place, Subject, Surface, usable


def item(session: SessionId, what: str, ident: str) -> SubjectId:
    """One item in a feed room."""
    return subject("feed", f"{session}:{what}:{ident}")


def sums(session: SessionId) -> SubjectId:
    """How many were asked, answered, merged and declined."""
    return subject("sums", session)


def item_needs(session: SessionId, what: str, ident: str) -> Iterable[Key]:
    """What :func:`put` takes besides the session's places."""
    yield from _needs(item(session, what, ident))


def sums_card_needs(session: SessionId) -> Iterable[Key]:
    """What :func:`put_sums` takes besides the session's places."""
    yield from _needs(sums(session))


def _needs(one: SubjectId) -> Iterable[Key]:
    yield key(Subject, one)
    yield key(Surface, subject=one)


def put(session: SessionId, what: str, ident: str, work: UnitOfWork, moment: Moment) -> None:
    """It is news: a new item in every feed room, or the one that stands there as it is now."""
    _put(item(session, what, ident), session, work, moment, 6)


def put_sums(session: SessionId, work: UnitOfWork, moment: Moment) -> None:
    """It stands in every feed room from now on; what it says is counted when it is shown."""
    _put(sums(session), session, work, moment, 8)


def put_in(one: SubjectId, place: Place, at: Instant, work: UnitOfWork, moment: Moment) -> None:
    """In this room, unless it stands there; ``at``: its place among what is posted at once."""
    ever = [it for it in work.all(Surface, subject=one) if it.place == place.id]
    if all(it.gone or it.dead for it in ever):
        work.put(replace(show(one, place, work, moment, urgency=6, part=len(ever)), order_at=at))


def _put(one: SubjectId, session: SessionId, work: UnitOfWork, moment: Moment, urgency: int) -> None:
    ever = work.all(Surface, subject=one)
    there = {it.place for it in ever if not it.gone and not it.dead}
    for place in work.all(Place, session=session):
        if place.kind == "feed" and usable(place) and place.id not in there:
            # What was taken away stays on record; pinned again it is an item of its own, at the end.
            show(one, place, work, moment, urgency=urgency, part=sum(it.place == place.id for it in ever))
    if there:
        work.touch(one)
