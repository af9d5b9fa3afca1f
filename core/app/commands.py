"""Everything that can be asked for: imperative and frozen, with its actor, the event's own time and a delivery key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.domain.form import Values
from core.domain.ids import DeliveryKey, Instant, InteractionId, PersonId, SessionId
from core.domain.people import Actor, Post
from core.domain.text import Doc

TimeSource = Literal["event", "gateway", "signed", "arrival"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """``at`` is when the person acted, in the platform's words; never later than arrival. ``room`` is where."""

    actor: Actor
    delivery: DeliveryKey
    at: Instant
    at_source: TimeSource = "event"
    room: str = ""
    """The platform's id of the channel, empty in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSession(Command):
    """Concerns a session: named, or the room's, or the only one that the person joined (SPEC 1.6)."""

    session: SessionId | None = None


# -- sessions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSessionForm(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSession(Command):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRoom(OfSession):
    """Take the channel as the session's door or stage."""

    kind: Literal["door", "stage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance(OfSession):
    """Announce, open the doors, start now or end."""

    to: Literal["announced", "open", "live", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToEndSession(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendSession(OfSession):
    length: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSetup(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteVenue(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterCode(Command):
    code: str


# -- the team -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTeam(OfSession):
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTeamForm(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Appoint(OfSession):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTeam(OfSession):
    """Concerns one person in one task; ``post`` is the task as it was shown, which may have changed since."""

    post: Post
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToRemove(OfTeam):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(OfTeam):
    pass


# -- people ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJoinForm(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(OfSession):
    values: Values
    consent: str = ""
    """The first characters of the hash of the text that the person was shown."""


# -- chat -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine(Command):
    """Somebody wrote a line in ``room``; ``ref`` is the platform's id of it."""

    ref: str
    body: Doc
    written: Instant = Instant(0)
    """The line's own time where ``at`` is that of a later edit read back; 0: the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLine(Command):
    ref: str
    body: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteLine(Command):
    ref: str


# -- interactions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInteractionForm(OfSession):
    kind: str
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitInteraction(OfSession):
    kind: str
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class OfInteraction(Command):
    interaction: InteractionId


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishInteraction(OfInteraction):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToEndInteraction(OfInteraction):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EndInteraction(OfInteraction):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HideResults(OfInteraction):
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CastBallot(OfInteraction):
    picked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInteractions(OfSession):
    pass


# -- time and words -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire(Command):
    """Something came due; given by the tick, by nobody else."""

    what: str
    due: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOpen(Command):
    """ "Keep it open": nothing changes, and the person reads that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain(Command):
    """A word that is no command, a button from another time: what to do instead."""

    sentence: str


HOT: tuple[type[Command], ...] = (CastBallot, PostLine, EditLine, DeleteLine)
"""Handled in batches; all others run alone."""
