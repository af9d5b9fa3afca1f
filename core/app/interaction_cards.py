"""The card of an interaction, as attendees see it; what of its results may be seen is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.derived import Counts
from core.app.handle.answering import FEW, ends_at
from core.app.leaders import on_card, top_needs
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.written import newest, numbers, written_needs
from core.domain.ids import InteractionId
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Frame, Kind, Said, Tally
from core.domain.interactions.leaders import leads
from core.domain.interactions.life import Interaction, results_visible
from core.domain.sessions import Session
from core.domain.surfaces import Place, Surface
from core.domain.text import Crowd, doc
from core.domain.view import Attendees, Backstage, Card, Heading, Note, Part, Picture

SAID = 5
"""So much of what was written stands on the card; the rest is one press away."""


def needs(ident: InteractionId, surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    yield key(Interaction, ident)
    yield key(Counts, ident)
    if interaction := work.peek(Interaction, ident):
        yield key(Session, interaction.session)
        if interaction.state == "ended" and leads(interaction):
            yield from top_needs(interaction.session, work)
        if "approved" in KINDS[interaction.kind].TRAITS and results_visible(interaction):
            yield from written_needs(interaction, work)
        if interaction.notify:
            yield key(Place, surface.place)
            yield key(Place, session=interaction.session)


def card(ident: InteractionId, surface: Surface, work: UnitOfWork) -> Card | None:
    interaction = work.get(Interaction, ident)
    if interaction is None or interaction.state not in ("live", "ended"):
        return None
    session = work.get(Session, interaction.session)
    kind = KINDS[interaction.kind]
    counts = work.get(Counts, ident)
    seen = results_visible(interaction) or "shared" not in kind.TRAITS
    tally = kind.tally(interaction.spec, counts.counts if counts else ()) if seen else None
    if tally is not None and interaction.state == "live":
        tally = tally.while_open()
    told: tuple[Said, ...] = ()
    more = 0
    if tally is not None and "approved" in kind.TRAITS:
        told = newest(interaction, SAID, work)
        more = numbers(interaction, work)[0] - len(told)
    frame = Frame(
        ident,
        interaction.state == "ended",
        ends_at(interaction, session),
        _named(tally, anonymous=interaction.anonymous) if tally else None,
        interaction.sharing,
        interaction.anonymous,
        told,
        leaders=on_card(interaction, work) if seen and interaction.state == "ended" and leads(interaction) else (),
        session=session.name if session else "",
        said_more=more,
    )
    shown = kind.view(interaction.spec, frame)
    drawn = () if any(isinstance(part, Picture) for part in shown) else _picture(kind, interaction, frame)
    if interaction.rehearsal:
        return Card(Backstage(interaction.session), (Heading(REHEARSAL), Note(MADE_UP), *shown, *drawn))
    return Card(Attendees(interaction.session), (*shown, *drawn, *_told(interaction, surface, work)))


REHEARSAL = "Rehearsal"
MADE_UP = "Made-up attendees answer. Only moderators and speakers see this, and nothing of it is kept."


def _picture(kind: Kind, interaction: Interaction, frame: Frame) -> tuple[Part, ...]:
    """Of what came of it, once: a live card changes too often to be drawn each time (SPEC 5.9)."""
    if not frame.ended or frame.tally is None or not frame.tally.voters or "shared" not in kind.TRAITS:
        return ()
    drawing, told = kind.drawing(interaction.spec, frame.tally), kind.summary(interaction.spec, frame.tally)
    return () if drawing is None else (Picture(drawing, f"{kind.title(interaction.spec)}: {told}"),)


def _told(interaction: Interaction, surface: Surface, work: UnitOfWork) -> tuple[Part, ...]:
    """Whom the first post mentions: a later one of the same card, or one in a later room, would tell them again."""
    again = surface.life > 0 or surface.order_at > (interaction.published_at or surface.order_at)
    if not interaction.notify or interaction.state != "live" or again:
        return ()
    here = work.get(Place, surface.place)
    roles = (it for it in work.all(Place, session=interaction.session) if it.kind == "notify" and it.state == "open")
    role = next((it.ref for it in roles if here and it.venue == here.venue and it.ref), None)
    return (Note(doc("For ", Crowd(role, NOTIFIED))),) if role else ()


NOTIFIED = "everybody who wants to be notified"


def _named(tally: Tally, *, anonymous: bool) -> Tally:
    """The tally with platforms by the names people know."""
    few = anonymous and min(tally.platforms.values(), default=0) < FEW
    told = {} if few else tally.platforms
    return replace(tally, platforms={name.capitalize(): number for name, number in told.items() if name})
