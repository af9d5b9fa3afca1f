"""The interactions of a session file as drafts: a second import finds its own again, and touches drafts only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.app.ports import Moment
from core.app.unit_of_work import UnitOfWork, key
from core.domain.ids import Instant, InteractionId, PersonId, SessionId, spell, subject
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction
from core.domain.plan import PlannedInteraction
from core.domain.schedule import Due, publishing
from core.domain.sessions import Session
from core.domain.surfaces import Subject
from core.domain.words import shorten

EVER = 1_000
"""So many interactions one session can have had from its file."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of it."""

    drafts: int = 0
    timed: int = 0
    left: tuple[str, ...] = ()
    """Sentences about what could not be changed, or is a draft still though the file has it no more."""


def from_file(session: SessionId, number: int) -> InteractionId:
    """The id of the interaction that came as this one from the session's file; a file is known by it."""
    digest = hashlib.sha256(f"{session}:{number}".encode()).digest()
    return InteractionId(spell(int.from_bytes(digest[:10], "big")))


def draft_all(
    session: Session, planned: Sequence[PlannedInteraction], by: PersonId, work: UnitOfWork, moment: Moment
) -> Drafted:
    """In the order of the file: known ones are changed while they are drafts, new ones made."""
    ours = {from_file(session.id, number) for number in range(EVER)}
    known = [it for it in work.all(Interaction, session=session.id) if it.id in ours]
    pairs = _pairs(planned, sorted(known, key=lambda it: it.created_at))
    free = iter(sorted(ours - {it.id for it in known}))
    left: list[str] = []
    drafts = timed = 0
    for index, (wanted, before) in enumerate(zip(planned, pairs, strict=True)):
        if before is not None and before.state != "draft":
            if _told(before) != _told(wanted):
                left.append(f"“{titled(before)}” is {before.state} and stays as it is.")
            continue
        at = Instant(moment.now + index)  # drafts are listed in the order in which they were made
        when = _when(session, wanted, moment)
        if when is None and wanted.at is not None:
            left.append(
                f"“{shorten(_title(wanted.kind, wanted.spec), 60)}”: its time has passed, so publish it by hand."
            )
        made = before or _new(next(free), session, wanted, by, work)
        after = replace(
            made, kind=wanted.kind, spec=wanted.spec, sharing=wanted.sharing, created_at=at, rank=at,
            anonymous=wanted.anonymous, lasts=wanted.lasts,
            scheduled_at=when, scheduled_after=wanted.after if when is not None else None,
        )  # fmt: skip
        work.put(after)
        drafts, timed = drafts + 1, timed + (when is not None)
    kept = {it.id for it in pairs if it is not None}
    extra = [it for it in known if it.state == "draft" and it.id not in kept]
    left += [f"“{titled(it)}” is not in the file any more and stays a draft." for it in extra]
    return Drafted(drafts, timed, tuple(left))


def _told(it: Interaction | PlannedInteraction) -> tuple[object, ...]:
    """What a file says of it, but for its time."""
    return it.spec, it.sharing, it.anonymous, it.lasts


def _when(session: Session, wanted: PlannedInteraction, moment: Moment) -> Instant | None:
    """Where the session began at another time than planned, what counts from its start counts from that."""
    at = wanted.at if wanted.after is None else Instant(session.starts_at + wanted.after)
    return None if at is None or (session.state == "live" and at <= moment.now) else at


def _new(
    ident: InteractionId, session: Session, wanted: PlannedInteraction, by: PersonId, work: UnitOfWork
) -> Interaction:
    what = subject("interaction", ident)
    work.know(key(Interaction, ident), key(Subject, what), key(Due, publishing(ident)))
    return Interaction(ident, session.id, wanted.kind, wanted.spec, "draft", created_by=by)


def _pairs(planned: Sequence[PlannedInteraction], known: Sequence[Interaction]) -> list[Interaction | None]:
    """For each the one that it was before: the very same, else of the same title, else the next draft of its kind."""
    free = list(known)
    found: list[Interaction | None] = [None] * len(planned)
    for same in (_equal, _alike, _next_draft):
        for index, wanted in enumerate(planned):
            if found[index] is None and (one := next((it for it in free if same(wanted, it)), None)):
                found[index] = one
                free.remove(one)
    return found


def _equal(wanted: PlannedInteraction, it: Interaction) -> bool:
    return (wanted.kind, wanted.spec) == (it.kind, it.spec)


def _alike(wanted: PlannedInteraction, it: Interaction) -> bool:
    return wanted.kind == it.kind and _title(wanted.kind, wanted.spec) == _title(it.kind, it.spec)


def _next_draft(wanted: PlannedInteraction, it: Interaction) -> bool:
    return wanted.kind == it.kind and it.state == "draft"


def titled(interaction: Interaction) -> str:
    return shorten(_title(interaction.kind, interaction.spec), 60)


def _title(kind: str, spec: object) -> str:
    return KINDS[kind].title(spec)
