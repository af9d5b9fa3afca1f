"""When a surface is out of date: the one predicate that the queue reads, and that settles a subject."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, true

from storage import tables

surface = tables.surface.c
subject = tables.subject.c


def stale() -> ColumnElement[bool]:
    """Of a surface joined with its subject: something is to be posted, edited, deleted or put into its bundle anew."""
    behind = surface.shown < subject.version
    return and_(
        surface.ours == true(),
        surface.dead == "",
        surface.follow != "pulled",
        or_(
            surface.gone == true(),
            and_(surface.gone == false(), behind, or_(surface.follow == "live", surface.ref.is_(None))),
        ),
    )
