"""When people last did something, from the tables of the store in memory; the same as ``storage/activity.py``."""

from __future__ import annotations

from typing import Any

from core.app.activity import ASLEEP, Asleep, LastActive
from core.app.unit_of_work import Key
from core.domain.chat import Like, Message
from core.domain.ids import Instant
from core.domain.interactions.life import Ballot, Interaction
from core.domain.people import Member, Person
from core.domain.reactions import Reaction
from core.domain.surfaces import Place

ACTIVITY = (Asleep, LastActive)


def _last(tables: Any, session: Any) -> dict[Any, tuple[int, str]]:
    def rows(table: type[Any]) -> list[Any]:
        return list(tables.get(table, {}).values())

    lines = [it for it in rows(Message) if it.session == session]
    asked = {it.id for it in rows(Interaction) if it.session == session and not it.rehearsal}
    said = {f"message:{it.id}" for it in lines}
    venues = {it.id: it.venue for it in rows(Place)}
    deeds = [(it.person, it.at, it.account) for it in lines]
    deeds += [(it.person, it.at, it.platform) for it in rows(Ballot) if it.interaction in asked]
    deeds += [(it.person, it.at, it.platform) for it in rows(Reaction) if it.session == session]
    deeds += [(it.person, it.at, venues[it.place]) for it in rows(Like) if it.subject in said]
    found: dict[Any, tuple[int, str]] = {}
    for person, at, where in deeds:
        found[person] = max(found.get(person, (0, "")), (at, where.partition(":")[0]))
    return found


def active(tables: Any, wanted: Key) -> Any:
    session, other = wanted.value
    last = _last(tables, session)
    if wanted.table is LastActive:
        return LastActive(session, other, Instant(last.get(other, (0, ""))[0]))
    members: list[Member] = [it for it in tables.get(Member, {}).values() if it.session == session]
    people: dict[Any, Person] = {it.id: it for it in tables.get(Person, {}).values()}
    told = [it.person for it in members if it.consented_at is not None and not it.blocked]
    told = [it for it in told if people[it].news and people[it].toasts]
    idle = sorted((last.get(it, (0, ""))[0], it) for it in told if last.get(it, (0, ""))[0] <= other)
    return Asleep(session, other, tuple((it, last.get(it, (0, ""))[1]) for _, it in idle[:ASLEEP]))
