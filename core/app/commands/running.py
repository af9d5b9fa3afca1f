"""Sessions, their rooms, venues and team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.app.commands.base import Command, OfSession, RoomKind
from core.domain.form import Values
from core.domain.ids import AccountId, Instant, PersonId, PlaceId
from core.domain.people import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSessionForm(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSession(Command):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRoom(OfSession):
    """Take the channel as the session's door or stage."""

    kind: RoomKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRooms(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDetailsForm(OfSession):
    """Name and times of a session that exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetails(OfSession):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRulesForm(OfSession):
    """Who can read the chat, and what joining asks to accept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRules(OfSession):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance(OfSession):
    """Announce, open the doors, start now, end, or put away."""

    to: Literal["announced", "open", "live", "ended", "archived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToArchiveSession(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToEndSession(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendSession(OfSession):
    length: str
    since: str = ""
    """The end as the pressed card told it; moved meanwhile, the press was for another end and moves it no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSetup(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteVenue(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCodeForm(Command):
    """For the code of a session that is held elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterCode(Command):
    code: str


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


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who can read a room: never a bot."""

    account: AccountId
    nick: str
    manages: bool = False
    """Owners and administrators of the venue may read everything there (SPEC 8.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRoom(Command):
    """What a look at ``room`` found: given by the adapter at every change it hears of and each minute.

    ``place`` instead of a room: the jobs could not make it, or found it gone.
    """

    place: PlaceId | None = None

    private: bool
    shared: bool = False
    """With another company or server."""
    gone: str = ""
    """Why it is there no more, in one word for moderators: ``archived``, ``deleted``, ``left``."""
    back: bool = False
    """It could not be used, and the bot has what it needs there again."""
    readers: tuple[Reader, ...] = ()
    """Of a private room everybody in it; of a public one nobody is named."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Somebody in a voice room: never a bot."""

    account: AccountId
    deafened: bool = False
    """Hears nothing, by their own choice or the server's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportListeners(Command):
    """Everybody who is in the voice room ``room`` now; who is not named has left."""

    listening: tuple[Ears, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportShut(Command):
    """Somebody takes no direct messages from the bot: ``place`` are theirs; or their private thread was deleted."""

    place: PlaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOutage(Command):
    """Nothing goes out to the actor's venue since ``at``; ``over`` when it does again."""

    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGap(Command):
    """Deliveries of ``room`` (of all of the venue's rooms where it is empty) were missed from ``at`` on.

    The same ``key`` later tells what came of it.
    """

    key: str
    until: Instant
    state: Literal["reading", "filled", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTrouble(Command):
    """Something that an operator must mend keeps the bot from its work in the venue; ``words`` say what and how.

    The same ``key`` tells the end of it: ``over`` is shown only where the beginning was.
    """

    key: str
    words: str
    over: bool = False
