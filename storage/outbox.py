"""The surfaces as a queue, read: which places wait, and for what (implements :class:`core.app.ports.Outbox`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, false, func, or_, select
from sqlalchemy.orm import aliased

from core.app.ports import Task
from core.domain.ids import Instant, InteractionId, PlaceId, SessionId
from core.domain.schedule import Due
from core.domain.surfaces import Place, Surface
from storage import tables
from storage.rows import Mapped
from storage.stale import stale
from storage.troubles import plain_errors

surface = tables.surface
subject = tables.subject


class SqlOutbox:
    def __init__(self, reader: Engine, maps: Mapping[type[Any], Mapped]) -> None:
        self._reader, self._maps = reader, maps

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with plain_errors(), self._reader.connect() as connection:
            yield connection

    def waiting(self, now: Instant, platforms: Collection[str]) -> Sequence[tuple[PlaceId, Instant]]:
        query = (
            select(surface.c.place, func.min(surface.c.next_at))
            .join(subject, subject.c.id == surface.c.subject)
            .join(tables.place, tables.place.c.id == surface.c.place)
            .outerjoin(tables.lane, tables.lane.c.place == surface.c.place)
            .where(
                subject.c.settled < subject.c.version,
                stale(),
                tables.place.c.state.in_(("wanted", "open")),
                or_(false(), *(tables.place.c.venue.startswith(f"{it}:", autoescape=True) for it in sorted(platforms))),
                or_(tables.lane.c.until.is_(None), tables.lane.c.until <= now),
            )
            .group_by(surface.c.place)
        )
        with self._reading() as connection:
            return [(PlaceId(place), Instant(first)) for place, first in connection.execute(query)]

    def tasks(self, place: PlaceId, limit: int) -> Sequence[Task]:
        mapped = self._maps[Surface]
        head = aliased(surface)
        query = (
            select(*(surface.c[name] for name in mapped.names), subject.c.version, head.c.ref)
            .join(subject, subject.c.id == surface.c.subject)
            .outerjoin(head, head.c.id == surface.c.parent)
            .where(
                surface.c.place == place,
                subject.c.settled < subject.c.version,
                stale(),
                or_(surface.c.parent.is_(None), head.c.ref.is_not(None), head.c.dead != ""),
            )
            .order_by(
                surface.c.ref.is_not(None), surface.c.urgency, surface.c.order_at, surface.c.subject, surface.c.part
            )
            .limit(limit)
        )
        with self._reading() as connection:
            return [
                Task(mapped.row(found[:-2]), found[-2], found[-1]) for found in map(tuple, connection.execute(query))
            ]

    def owned(self, place: PlaceId, refs: Sequence[str]) -> frozenset[str]:
        query = select(surface.c.ref).where(surface.c.place == place, surface.c.ref.in_(refs))
        with self._reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def natives(self, place: PlaceId, limit: int) -> Sequence[str]:
        query = (
            select(surface.c.ref)
            .where(surface.c.place == place, surface.c.ours.is_(False), surface.c.ref.is_not(None))
            .where(surface.c.subject.startswith("message:"))
            .order_by(surface.c.order_at.desc(), surface.c.ref.desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return [str(ref) for ref in connection.execute(query).scalars()]

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

    def rooms(self, platform: str) -> Sequence[Place]:
        mapped = self._maps[Place]
        query = (
            select(*(tables.place.c[name] for name in mapped.names))
            .join(tables.session, tables.session.c.id == tables.place.c.session)
            .where(
                tables.place.c.kind == "stage",
                tables.place.c.ref.is_not(None),
                tables.place.c.state.in_(("wanted", "open")),
                tables.session.c.state.in_(("open", "live")),
                tables.place.c.venue.startswith(f"{platform}:", autoescape=True),
            )
            .order_by(tables.place.c.id)
        )
        with self._reading() as connection:
            return [mapped.row(found) for found in connection.execute(query)]

    def published(self, session: SessionId) -> Sequence[InteractionId]:
        """The interactions of a session that were published, oldest first."""
        table = tables.interaction.c
        query = select(table.id).where(table.session == session, table.published_at.is_not(None))
        with self._reading() as connection:
            return [
                InteractionId(it) for it in connection.execute(query.order_by(table.published_at, table.id)).scalars()
            ]
