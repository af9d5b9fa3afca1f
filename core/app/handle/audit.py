"""Writing down who changed who may do what: ids and a deed, never anybody's words."""

from __future__ import annotations

from core.app.commands import Command
from core.app.ports import Moment
from core.app.unit_of_work import UnitOfWork
from core.domain.ids import PersonId, SessionId
from core.domain.people import Audit


def record(
    command: Command, session: SessionId, by: PersonId, deed: str, what: str, work: UnitOfWork, moment: Moment
) -> None:
    work.put(Audit(moment.new_id(), moment.now, session, command.actor.venue, by, deed, what))
