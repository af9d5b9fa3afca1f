"""The surfaces as a queue, read: which places wait, and for what (implements :class:`core.app.ports.Outbox`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from core.app.ports import Task
from core.domain.ids import Instant, InteractionId, PlaceId, SessionId, VenueId
from core.domain.questions import OPEN
from core.domain.schedule import Due
from core.domain.surfaces import ROOMS, Place, Surface
from storage import tables
from storage.rows import Mapped
from storage.stale import served, stale
from storage.troubles import plain_errors

surface = tables.surface
subject = tables.subject
CONVERSATIONS = 200
"""Conversations listed to be read back; who reads takes as many as the platform's limits allow."""


class SqlOutbox:
    def __init__(self, reader: Engine, maps: Mapping[type[Any], Mapped]) -> None:
        self._reader, self._maps = reader, maps

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with plain_errors(), self._reader.connect() as connection:
            yield connection

    def waiting(
        self, now: Instant, platforms: Collection[str], holder: str = ""
    ) -> Sequence[tuple[PlaceId, Instant, int]]:
        query, given = _waiting(tuple(sorted(platforms))), {"now": now, "me": holder}
        with self._reading() as connection:
            found = connection.execute(query, given)
            return [(PlaceId(place), Instant(first), int(urgency)) for place, first, urgency in found]

    def tasks(self, place: PlaceId, limit: int) -> Sequence[Task]:
        """Grants are counted by themselves: thousands who wait at the door hold up no line, and no line them.

        So are edits where more posts wait than are looked at.
        """
        lines, edits, grants = _tasks(self._maps[Surface].names)
        given = {"where": place, "most": limit}
        with self._reading() as connection:
            found = self._found(connection, lines, given)
            if len(found) == limit and found[-1].surface.ref is None:
                found += self._found(connection, edits, given)
            return found + self._found(connection, grants, given)

    def _found(self, connection: Connection, query: Select[Any], given: Mapping[str, Any]) -> list[Task]:
        return [
            Task(self._maps[Surface].row(tuple(found)[:-3]), found[-3], found[-2], bool(found[-1]))
            for found in connection.execute(query, given)
        ]

    def owned(self, place: PlaceId, refs: Sequence[str]) -> frozenset[str]:
        query = select(surface.c.ref).where(surface.c.place == place, surface.c.ref.in_(refs))
        with self._reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def natives(self, place: PlaceId, limit: int) -> Sequence[str]:
        query = (
            select(surface.c.ref)
            .where(surface.c.place == place, surface.c.ours.is_(False), surface.c.ref.is_not(None))
            .where(or_(surface.c.subject.startswith("message:"), surface.c.subject.startswith("qline:")))
            .order_by(surface.c.order_at.desc(), surface.c.ref.desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return [str(ref) for ref in connection.execute(query).scalars()]

    def conversations(self, platforms: Collection[str]) -> Sequence[tuple[Place, str]]:
        mapped = self._maps[Place]
        with self._reading() as connection:
            return [
                (mapped.row(tuple(found)[:-1]), found[-1] or "" if found.kind != "question" else "")
                for found in connection.execute(_conversations(mapped.names, tuple(sorted(platforms))))
            ]

    def due(self, now: Instant, limit: int = 100) -> Sequence[Due]:
        mapped = self._maps[Due]
        query = (
            select(*(tables.due.c[name] for name in mapped.names))
            .where(tables.due.c.fired_at.is_(None), tables.due.c.due <= now)
            .order_by(tables.due.c.due)
            .limit(limit)
        )
        with self._reading() as connection:
            return [mapped.row(found) for found in connection.execute(query)]

    def taken(self, venue: VenueId) -> frozenset[str]:
        query = select(tables.place.c.ref).where(tables.place.c.venue == venue, tables.place.c.ref.is_not(None))
        with self._reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def rooms(self, platform: str) -> Sequence[Place]:
        place, session = tables.place.c, tables.session.c
        question = tables.question.c
        asked = exists().where(question.session == session.id, question.state.in_(OPEN))
        chatted = and_(place.kind.in_(("stage", "backchannel")), session.state.in_(("open", "live")))
        found = self._places(
            platform,
            or_(chatted, and_(place.kind == "queue", session.state != "archived", asked)),
            place.state.in_(("wanted", "open")),
        )
        return sorted(found, key=lambda it: it.kind == "queue")

    def watched(self, platform: str) -> Sequence[Place]:
        place, session = tables.place.c, tables.session.c
        used = and_(place.ref.is_not(None), place.state.in_(("wanted", "open", "exposed")))
        team = and_(place.kind.in_(("queue", "backchannel")), used)
        lost = and_(place.kind.in_(ROOMS), place.state == "dead", place.trouble != "", session.state != "ended")
        # What could not be made is nowhere yet; it is told of, so that it can be tried again.
        return self._places(platform, or_(team, lost), session.state != "archived", there=False)

    def listened(self, platform: str) -> Sequence[Place]:
        place, session = tables.place.c, tables.session.c
        return self._places(
            platform,
            place.kind == "voice",
            place.state.in_(("wanted", "open")),
            session.state.in_(("announced", "open", "live")),
        )

    def _places(self, platform: str, *which: ColumnElement[bool], there: bool = True) -> Sequence[Place]:
        """Rooms (with ``there``, those that are there on the platform) with their sessions at hand."""
        mapped = self._maps[Place]
        query = (
            select(*(tables.place.c[name] for name in mapped.names))
            .join(tables.session, tables.session.c.id == tables.place.c.session)
            .where(_of(platform), *which, *([tables.place.c.ref.is_not(None)] if there else ()))
            .order_by(tables.place.c.id)
        )
        with self._reading() as connection:
            return [mapped.row(found) for found in connection.execute(query)]

    def sessions(self) -> Sequence[SessionId]:
        """Every session that was made, oldest first."""
        query = select(tables.session.c.id).order_by(tables.session.c.created_at, tables.session.c.id)
        with self._reading() as connection:
            return [SessionId(it) for it in connection.execute(query).scalars()]

    def published(self, session: SessionId) -> Sequence[InteractionId]:
        """The interactions of a session that were published, oldest first."""
        table = tables.interaction.c
        query = select(table.id).where(table.session == session, table.published_at.is_not(None))
        query = query.where(table.rehearsal == false())
        with self._reading() as connection:
            return [
                InteractionId(it) for it in connection.execute(query.order_by(table.published_at, table.id)).scalars()
            ]


def _of(platform: str) -> ColumnElement[bool]:
    return tables.place.c.venue.startswith(f"{platform}:", autoescape=True)


@cache
def _tasks(names: tuple[str, ...]) -> tuple[Select[Any], ...]:
    """Made once: a lane asks at every step, and making them costs many times what the database needs to answer."""
    head, carrier = aliased(surface), aliased(surface)
    grant, pin = surface.c.kind == "grant", surface.c.kind == "pin"
    # What is pinned may stand in a post with others; a reply to such a line stands by itself.
    parent_ref = case((head.c.dead != "", null()), (pin, func.coalesce(head.c.ref, carrier.c.ref)), else_=head.c.ref)
    carried = and_(head.c.bundle.is_not(None), or_(~pin, carrier.c.ref.is_not(None), carrier.c.dead != ""))
    free = or_(surface.c.gone == true(), head.c.id.is_(None), head.c.ref.is_not(None), head.c.dead != "", carried)
    query = (
        select(*(surface.c[name] for name in names), subject.c.version, parent_ref, ~free)
        .join(subject, subject.c.id == surface.c.subject)
        .join(tables.place, tables.place.c.id == surface.c.place)
        .outerjoin(head, head.c.id == surface.c.parent)
        .outerjoin(carrier, carrier.c.id == head.c.bundle)
        .where(
            surface.c.place == bindparam("where"),
            subject.c.settled < subject.c.version,
            stale(),
            served(),
            or_(free, surface.c.kind == "post"),
        )
        .limit(bindparam("most"))
    )
    order = (surface.c.urgency, surface.c.order_at, surface.c.subject, surface.c.part)
    return (
        query.where(~grant).order_by(surface.c.ref.is_not(None), *order),
        query.where(~grant, surface.c.ref.is_not(None)).order_by(*order),
        # Who shall be out goes first.
        query.where(grant).order_by(surface.c.gone.desc(), *order),
    )


@cache
def _conversations(names: tuple[str, ...], platforms: tuple[str, ...]) -> Select[Any]:
    place, question, line = tables.place, tables.question, tables.question_line
    head = (
        select(surface.c.ref)
        .where(surface.c.subject == literal("receipt:") + question.c.id, surface.c.place == place.c.id)
        .where(surface.c.gone == false(), surface.c.dead == "", surface.c.ref.is_not(None))
        .order_by(surface.c.part.desc())
        .limit(1)
        .scalar_subquery()
    )
    last = select(func.max(line.c.at)).where(line.c.question == question.c.id).scalar_subquery()
    return (
        select(*(place.c[name] for name in names), head)
        .join(question, question.c.place == place.c.id)
        .join(tables.session, tables.session.c.id == question.c.session)
        .where(or_(false(), *(_of(it) for it in platforms)), place.c.ref.is_not(None))
        .where(place.c.state.in_(("wanted", "open")), tables.session.c.state != "archived")
        .order_by(question.c.state.in_(OPEN).desc(), func.coalesce(last, question.c.asked_at).desc(), question.c.id)
        .limit(CONVERSATIONS)
    )


@cache
def _waiting(platforms: tuple[str, ...]) -> Select[Any]:
    return (
        select(surface.c.place, func.min(surface.c.next_at), func.min(surface.c.urgency))
        .join(subject, subject.c.id == surface.c.subject)
        .join(tables.place, tables.place.c.id == surface.c.place)
        .outerjoin(tables.lane, tables.lane.c.place == surface.c.place)
        .where(
            subject.c.settled < subject.c.version,
            stale(),
            served(),
            or_(false(), *(_of(it) for it in platforms)),
            or_(
                tables.lane.c.until.is_(None),
                tables.lane.c.until <= bindparam("now"),
                tables.lane.c.holder == bindparam("me"),
            ),
        )
        .group_by(surface.c.place)
    )
