"""Who leads a session's quizzes, as its cards name them; only who wants to be named is (SPEC 5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.app.derived import Leaders
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PersonId, SessionId, subject
from core.domain.interactions.leaders import leads, ranked
from core.domain.interactions.life import Interaction
from core.domain.people import Person, shown_name

ON_CARDS = 3
"""Ranks that the card of an ended quiz names."""
Top = Sequence[tuple[PersonId, int]]


def top_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """Who leads, with their names."""
    yield key(Leaders, session)
    if found := work.peek(Leaders, session):
        for person, _ in found.top:
            yield key(Person, person)


def named(top: Top, work: UnitOfWork) -> list[tuple[str, int]]:
    """By the names others see (SPEC 2.3)."""
    persons = ((work.get(Person, ident), number) for ident, number in top)
    return [(shown_name(person) if person else "Somebody", number) for person, number in persons]


def on_card(interaction: Interaction, work: UnitOfWork) -> tuple[tuple[str, int], ...]:
    """Whom the card of an ended quiz names."""
    found = work.get(Leaders, interaction.session)
    return tuple(named(first(found.top), work)) if found else ()


def first(top: Top) -> Top:
    """Those of the first three ranks; nobody is named for nothing."""
    ranks = (rank for rank, _, _ in ranked([("", number) for _, number in top]))
    return [it for it, rank in zip(top, ranks, strict=True) if rank <= ON_CARDS and it[1]]


def touch_leaders(session: SessionId, work: UnitOfWork) -> None:
    """Somebody goes, or goes by another name: the cards that may name them are shown anew."""
    for it in work.all(Interaction, session=session):
        if it.state == "ended" and leads(it):
            work.touch(subject("interaction", it.id))


def touch_newest(session: SessionId, work: UnitOfWork) -> None:
    ended = [it for it in work.all(Interaction, session=session) if it.state == "ended" and leads(it)]
    for one in sorted(ended, key=lambda it: it.ended_at or 0)[-1:]:
        work.touch(subject("interaction", one.id))
