"""Interactions and ballots; what comes due; words that ask for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.app.commands.base import Command, OfSession
from core.domain.form import Values
from core.domain.ids import Instant, InteractionId

About = Literal["end", "unpublish", "delete"]


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
class ShowInteraction(OfInteraction):
    """For a moderator: the draft's exact card, or the twin, with everything that can be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEditForm(OfInteraction):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EditInteraction(OfInteraction):
    """``revision``: of what the form was filled with."""

    revision: int
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTimingForm(OfInteraction):
    """When a draft publishes itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTiming(OfInteraction):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishInteraction(OfInteraction):
    notify: bool = False
    """Mention whoever joined and wants it, where the platform has a way to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAboutInteraction(OfInteraction):
    """Before something that cannot be taken back."""

    about: About


@dataclass(frozen=True, slots=True, kw_only=True)
class EndInteraction(OfInteraction):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpublishInteraction(OfInteraction):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HideResults(OfInteraction):
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveMoreTime(OfInteraction):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateInteraction(OfInteraction):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteInteraction(OfInteraction):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveInteraction(OfInteraction):
    """One step in the run of show."""

    down: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CastBallot(OfInteraction):
    picked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAnswerForm(OfInteraction):
    """Of kinds that are answered by writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitAnswer(OfInteraction):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInteractions(OfSession):
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishNext(OfSession):
    """The next draft in the run of show; ``draft``: the one that the pressed card named."""

    draft: InteractionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLeaderboard(OfSession):
    """Who answered most quizzes right, of those who want to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinLeaderboard(OfSession):
    """``on`` is False for who leaves it again."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire(Command):
    """Something came due; given by the tick, by nobody else."""

    what: str
    due: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOpen(Command):
    """ "Keep it open": nothing changes, and the person reads that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueForm(Command):
    """Opens a form again, at this page."""

    opener: Command
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPage(Command):
    """What was typed is kept until the whole form is sent. ``closed``: it was closed, and nobody waits for words."""

    opener: Command
    page: int
    values: Values
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain(Command):
    """A word that is no command, a button from another time: what to do instead."""

    sentence: str
