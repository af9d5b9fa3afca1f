"""When a surface is out of date, and when its place is served: what the queue reads, and what settles a subject."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, true

from storage import tables

surface = tables.surface.c
subject = tables.subject.c


def stale() -> ColumnElement[bool]:
    """Of a surface joined with its subject: something is to be posted, edited, deleted or put into its bundle anew."""
    behind = and_(surface.gone == false(), surface.shown < subject.version)
    wanted = and_(
        surface.ours == true(),
        surface.follow != "pulled",
        or_(surface.gone == true(), and_(behind, or_(surface.follow == "live", surface.ref.is_(None)))),
    )
    # A line that somebody wrote is never edited; it is removed where the platform lets the bot do that.
    pruned = and_(surface.ours == false(), surface.follow == "live", surface.gone == true(), surface.ref.is_not(None))
    return and_(surface.dead == "", or_(wanted, pruned))


def served() -> ColumnElement[bool]:
    """Of a surface joined with its place: the place is in use.

    Where somebody reads along for whom it is not meant nothing is done but sending people out, which helps to end it.
    """
    place = tables.place.c
    expels = and_(surface.kind == "grant", surface.gone == true())
    # Not IN: its list would be written into the statement anew each time, and a lane asks at every step.
    return or_(place.state == "wanted", place.state == "open", and_(place.state == "exposed", expels))
