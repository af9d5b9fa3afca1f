"""When people last did something in a session, from the rows that their deeds left (implements core.app.activity)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, false, func, literal, select, true

from core.app.activity import ASLEEP, Asleep, LastActive
from core.app.unit_of_work import Key
from core.domain.ids import Instant
from storage import tables


def _deeds(session: str, people: Select[Any]) -> Iterable[Select[Any]]:
    """(person, what begins with the platform's name, when): one statement for each sort of deed."""
    message, ballot, interaction = tables.message.c, tables.ballot.c, tables.interaction.c
    reaction, liking, place = tables.reaction.c, tables.liking.c, tables.place.c
    yield (
        select(message.person, message.account, func.max(message.at))
        .where(message.session == session, message.person.in_(people))
        .group_by(message.person, message.account)
    )
    yield (
        select(ballot.person, ballot.platform, func.max(ballot.at))
        .join(tables.interaction, interaction.id == ballot.interaction)
        .where(interaction.session == session, interaction.rehearsal == false(), ballot.person.in_(people))
        .group_by(ballot.person, ballot.platform)
    )
    yield (
        select(reaction.person, reaction.platform, func.max(reaction.at))
        .where(reaction.session == session, reaction.person.in_(people))
        .group_by(reaction.person, reaction.platform)
    )
    yield (
        select(liking.person, place.venue, func.max(liking.at))
        .select_from(tables.message)
        .join(tables.liking, liking.subject == literal("message:") + message.id)
        .join(tables.place, place.id == liking.place)
        .where(message.session == session, liking.person.in_(people))
        .group_by(liking.person, place.venue)
    )


def _last(connection: Connection, session: str, people: Select[Any]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for query in _deeds(session, people):
        for person, where, at in connection.execute(query):
            found[person] = max(found.get(person, (0, "")), (at, where.partition(":")[0]))
    return found


def _last_active(connection: Connection, keys: list[Key]) -> Iterable[LastActive]:
    for one in keys:
        session, person = one.value
        found = _last(connection, session, select(literal(person)))
        yield LastActive(session, person, Instant(found.get(person, (0, ""))[0]))


def _asleep(connection: Connection, keys: list[Key]) -> Iterable[Asleep]:
    member, person = tables.member.c, tables.person.c
    for one in keys:
        session, since = one.value
        wanting = (
            select(member.person)
            .join(tables.person, person.id == member.person)
            .where(member.session == session, member.consented_at.is_not(None), member.blocked == false())
            .where(person.news == true(), person.toasts == true())
        )
        people = list(connection.execute(wanting).scalars())
        last = _last(connection, session, wanting) if people else {}
        idle = sorted((last.get(it, (0, ""))[0], it) for it in people if last.get(it, (0, ""))[0] <= since)
        yield Asleep(session, since, tuple((it, last.get(it, (0, ""))[1]) for _, it in idle[:ASLEEP]))


ACTIVITY: Mapping[type[Any], Callable[[Connection, list[Key]], Iterable[Any]]] = {
    Asleep: _asleep,
    LastActive: _last_active,
}
