"""An interaction's life, the same for every kind: draft, live, ended, unpublished; and when a ballot still counts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from core.domain.ids import SECOND, AccountId, DeliveryKey, Instant, InteractionId, PersonId, SessionId
from core.domain.refused import Refused

State = Literal["draft", "live", "ended", "unpublished"]
Sharing = Literal["live", "end", "never"]
Approval = Literal["", "waiting", "approved", "declined"]
"""Whether written words may be shown to others: ``""`` where nobody asked for an approval."""
SHOWN: tuple[Approval, ...] = ("", "approved")
"""Others may read these."""
GRACE = 5 * SECOND
"""A click made before the end counts when it arrives up to this much later (SPEC 5.4)."""


@dataclass(frozen=True, slots=True)
class Interaction:
    pk: ClassVar = ("id",)
    id: InteractionId
    session: SessionId
    kind: str
    spec: Any
    """The kind's own Spec."""
    state: State
    sharing: Sharing = "live"
    hidden: bool = False
    """A moderator hid the results for now."""
    created_by: PersonId = PersonId("")
    created_at: Instant = Instant(0)
    published_at: Instant | None = None
    ended_at: Instant | None = None
    notify: bool = False
    """Its first post mentions everybody who wants to be told, where the platform has a way to."""
    scheduled_at: Instant | None = None
    """A draft is published then, if the session is live."""
    scheduled_after: int | None = None
    """Microseconds after the session's start, where the time was given so; it moves with the start."""
    anonymous: bool = False
    """Nobody can tie an answer to its person once it has ended (SPEC 5.4)."""
    lasts: int | None = None
    """Microseconds after which it ends by itself; None: until somebody ends it, or the session does."""
    closes_at: Instant | None = None
    """When it ends by itself, known once it is live."""
    rehearsal: bool = False
    """It is tried out in the backchannel, with made-up attendees; it is in no result (SPEC 12.3)."""
    rank: Instant = Instant(0)
    """Its place in the run of show: drafts stand in this order."""
    feed_at: Instant | None = None
    """Its place in the feed, where a moderator gave it one; else that is when it happened."""
    revision: int = 0
    """How often its words or settings were changed; a form filled over an older one is shown the newer first."""
    edited_by: PersonId = PersonId("")
    version: int = 0


@dataclass(frozen=True, slots=True)
class Ballot:
    """One person's current answer to one interaction."""

    pk: ClassVar = ("interaction", "person")
    interaction: InteractionId
    person: PersonId
    account: AccountId
    platform: str
    choice: str
    """JSON owned by the kind."""
    at: Instant
    delivery: DeliveryKey
    moderator: bool = False
    words: str = ""
    """What was written freely; kept sealed, and never counted together."""
    state: Approval = ""
    flips: bool = False
    """Each tap turns it: what was read must still stand when it is written."""


def published(interaction: Interaction, now: Instant) -> Interaction:
    """A draft goes live; one that was taken out of sight is shown again as what it is: ended (SPEC 5.2)."""
    if interaction.state == "live":
        raise Refused("It is published already.")
    if interaction.state == "ended":
        raise Refused("It has ended and is shown already. Duplicate it to ask once more.")
    if interaction.state == "unpublished":
        return replace(interaction, state="ended")
    closes = None if interaction.lasts is None else Instant(now + interaction.lasts)
    return replace(interaction, state="live", published_at=now, closes_at=closes)


def ended(interaction: Interaction, at: Instant) -> Interaction:
    """Final. Ending twice changes nothing, so that two moderators may press at once."""
    if interaction.state == "ended":
        return interaction
    if interaction.state != "live":
        raise Refused("Only one that is live can be ended.")
    return replace(interaction, state="ended", ended_at=at)


def unpublished(interaction: Interaction, at: Instant) -> Interaction:
    """Taken out of sight; a live one ends by it (SPEC 5.2)."""
    if interaction.state not in ("live", "ended"):
        raise Refused("It is not published.")
    return replace(interaction, state="unpublished", ended_at=interaction.ended_at or at)


def check_open(interaction: Interaction, title: str, clicked: Instant, now: Instant) -> None:
    """Refused unless a ballot clicked at ``clicked`` and handled at ``now`` counts (invariant I4)."""
    if interaction.state == "draft" or (interaction.published_at or 0) > now:
        raise Refused("This is not open for answers yet.")
    # The tick may be late: what was announced to close then takes no answer after it all the same.
    end = interaction.ended_at or interaction.closes_at
    if interaction.state == "live" and (end is None or now <= end):
        return
    if interaction.state in ("live", "ended") and clicked <= (end or 0) and now <= (end or 0) + GRACE:
        return
    raise Refused(f"This {title.lower()} has ended, so your answer was not counted. The result stays in the chat.")


def reading(words: str) -> str:
    """Tells one wording from another, without saying it: what was changed is not approved unseen."""
    return hashlib.sha256(words.encode()).hexdigest()[:10]


def newer(ballot: Ballot, current: Ballot | None) -> bool:
    """Latest event time wins, ties by delivery key: the order of arrival does not matter (I3)."""
    return current is None or (ballot.at, ballot.delivery) >= (current.at, current.delivery)


def results_visible(interaction: Interaction) -> bool:
    """Whether attendees may see numbers now (SPEC 5.4: hidden means hidden everywhere)."""
    if interaction.hidden or interaction.sharing == "never":
        return False
    return interaction.sharing == "live" or interaction.state == "ended"
