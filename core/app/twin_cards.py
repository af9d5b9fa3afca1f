"""The twins of live interactions at the desks: numbers for moderators only, whatever attendees may see (SPEC 5.8)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.derived import Counts, Joined
from core.app.handle.twins import twin_card
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.written import numbers, written_needs
from core.domain.ids import InteractionId
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction
from core.domain.sessions import Session
from core.domain.surfaces import Surface
from core.domain.view import Card, Moderators


def needs(ident: InteractionId, surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    yield key(Interaction, ident)
    yield key(Counts, ident)
    if interaction := work.peek(Interaction, ident):
        yield key(Session, interaction.session)
        if "approved" in KINDS[interaction.kind].TRAITS:
            yield from written_needs(interaction, work)
        yield key(Joined, interaction.session)


def card(ident: InteractionId, surface: Surface, work: UnitOfWork) -> Card | None:
    interaction = work.get(Interaction, ident)
    session = work.get(Session, interaction.session) if interaction else None
    if interaction is None or session is None or interaction.state == "draft":
        return None
    joined = work.get(Joined, session.id)
    waiting = numbers(interaction, work)[1] if "approved" in KINDS[interaction.kind].TRAITS else 0
    return twin_card(
        interaction, session, Moderators(session.id), work.get(Counts, ident), joined.number if joined else 0, waiting
    )
