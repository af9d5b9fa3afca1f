"""What the core asks of a chat platform, and the troubles that a call may come to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain.drawing import Drawing
from core.domain.ids import AccountId, Instant
from core.domain.surfaces import Place
from core.domain.view import Content

Draw = Callable[[Drawing], Awaitable[bytes | None]]
"""Makes a PNG picture; None where there is none to be had, and the words beside it stand alone. Raises nothing."""


@dataclass(frozen=True, slots=True)
class Budget:
    """One call of ``cost`` microseconds against a shared allowance.

    ``burst`` is how far (microseconds) this urgency may run ahead of the steady rate.
    """

    name: str
    cost: int
    burst: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """A place as the platform has it."""

    ref: str
    private: bool = False
    prunes: bool = False
    """The bot may remove other people's messages there."""
    pace: int = 0
    """Microseconds a person, where many wait to be let in; 0: at once."""
    wears: bool = False
    """A message there bears few edits once it is an hour old."""


class PlatformTrouble(Exception):
    """A call that did not do what was asked; ``reason`` is a word for logs and moderators, never a body."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooFast(PlatformTrouble):
    """429: nothing was done; ``seconds`` as the platform says (0.0 to 3600.0)."""

    def __init__(self, seconds: float, budget: str = "") -> None:
        super().__init__("rate limited")
        self.seconds = seconds
        self.budget = budget


class Worn(TooFast):
    """Nothing was done: the message is too old to be edited as often as that. Posted anew it can be."""


class Unclear(PlatformTrouble):
    """The call may or may not have been done."""


class Down(PlatformTrouble):
    """Certainly not done; worth trying again."""


class NotYet(Down):
    """Something else has to be there first; nothing is wrong with the venue."""


class Lacking(Down):
    """A right that an administrator can give back; ``reason`` says in plain words which."""


class Missing(PlatformTrouble):
    """The message is not there any more."""


class Closed(PlatformTrouble):
    """The place is gone, archived or not open to the bot."""


class Rejected(PlatformTrouble):
    """The platform will never take this content."""


class Unauthorized(PlatformTrouble):
    """The token is not accepted: stop everything and alarm."""


class Platform(Protocol):
    """One chat platform, as the reconciler uses it. Every method may raise PlatformTrouble."""

    name: str
    """The first word of its venue ids: ``slack``."""

    def budgets(self, verb: str, place: Place, urgency: int) -> Sequence[Budget]:
        """What a call of ``open``, ``read`` or of any verb of a task spends."""
        ...

    party: int
    """So many persons are admitted with one call."""

    def together(self, place: Place) -> int:
        """Microseconds between two posts of chat lines in the place at the steady rate; for bundling."""
        ...

    async def open(self, place: Place, taken: Collection[str] = (), under: str = "") -> Opened:
        """Make the place, or enter the one that was adopted.

        A ``thread`` is made under the room ``under``, for its ``account`` alone; a ``notify`` place is a role. Only
        platforms that can (:data:`core.domain.people.Ability`) are asked for these.

        A room of ours with its name, made since ``place.wanted_at`` and not ``taken``, is the one whose making got no
        answer; a name that somebody else has gets a number.
        """
        ...

    async def admit(self, place: Place, accounts: Sequence[AccountId]) -> Mapping[AccountId, str]:
        """Let these (at most ``party``) read and write there; returns those it could not, each with a word why.

        Who is in already was admitted.
        """
        ...

    async def expel(self, place: Place, account: AccountId) -> None:
        """Let this one read there no more; who is not in was expelled."""
        ...

    async def set_topic(self, place: Place, topic: str) -> None: ...

    async def pin(self, place: Place, ref: str) -> None:
        """With the platform's own pins; what is pinned already was pinned."""
        ...

    async def unpin(self, place: Place, ref: str) -> None: ...

    async def archive(self, place: Place) -> None:
        """Put a room away that the bot made; nothing in it is lost."""
        ...

    async def post(self, place: Place, content: Content, *, nonce: str, parent: str | None = None) -> str:
        """Post; returns the message's ref."""
        ...

    async def edit(self, place: Place, ref: str, content: Content, *, parent: str | None = None) -> None:
        """Show the message anew; ``parent`` as it was posted with."""
        ...

    async def delete(self, place: Place, ref: str) -> None: ...

    async def like(
        self, place: Place, content: Content | None, since: Instant, *, parent: str | None = None
    ) -> Sequence[str]:
        """Refs of our own messages posted at or after ``since`` (the platform's clock), oldest first.

        ``parent``: what such a message was to be posted under.

        Only those with this author name and these words (a card: its first line, for its numbers move on); any of ours
        for None. The look-up behind a post whose outcome is unknown.
        """
        ...
