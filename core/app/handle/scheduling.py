"""Drafts that publish themselves: due while the session is live, at a time of their own or so long after its start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.handle.furnishing import furnishing_needs
from core.app.handle.interactions import life_needs, over_and_told, post, touch_lists
from core.app.handle.showing import plan
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import Instant, InteractionId, SessionId
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction, ended
from core.domain.schedule import Due, publishing
from core.domain.sessions import Session


def schedule_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What :func:`reschedule` takes."""
    yield key(Interaction, session=session)
    for interaction in work.peek_all(Interaction, session=session):
        if interaction.scheduled_at is not None:
            yield key(Due, publishing(interaction.id))


def reschedule(session: Session, work: UnitOfWork) -> None:
    """After a change of start or state: what counts from the start moves with it; while it is live, all is planned."""
    for interaction in work.all(Interaction, session=session.id):
        if interaction.state != "draft" or interaction.scheduled_at is None:
            continue
        at = interaction.scheduled_at
        if interaction.scheduled_after is not None:
            at = Instant(session.starts_at + interaction.scheduled_after)
        if at != interaction.scheduled_at:
            work.put(replace(interaction, scheduled_at=at))
        if session.state == "live":
            plan(publishing(interaction.id), at, work)


def publish_needs(ident: InteractionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Interaction, ident)
    if interaction := work.peek(Interaction, ident):
        yield from furnishing_needs(interaction.session, work)
        yield from life_needs(ident, interaction.session, work)


def publish_due(ident: InteractionId, work: UnitOfWork, moment: Moment) -> None:
    """The same as the button; nothing where somebody was faster, or where the session is not live any more."""
    interaction = work.get(Interaction, ident)
    session = work.get(Session, interaction.session) if interaction else None
    if interaction is None or session is None or interaction.state != "draft":
        return
    if interaction.scheduled_at is None or interaction.scheduled_at > moment.now:
        return  # its time was taken away, or moved
    if (
        session.state == "live"
        and moment.now < session.ends_at
        and not KINDS[interaction.kind].missing(interaction.spec)
    ):
        post(interaction, work, moment)


def close_due(ident: InteractionId, work: UnitOfWork, moment: Moment) -> None:
    """Ended at the time that was announced, however late this runs; its end may have been moved meanwhile."""
    interaction = work.get(Interaction, ident)
    if interaction is None or interaction.state != "live" or interaction.closes_at is None:
        return
    if interaction.closes_at > moment.now:
        return
    over_and_told(ended(interaction, interaction.closes_at), work, moment)
    touch_lists(interaction.session, work)
