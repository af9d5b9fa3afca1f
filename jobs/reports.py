"""What the jobs find and people should know: rooms lost, rights that lack, venues out of reach (RELIABILITY 8)."""

from __future__ import annotations

from dataclasses import replace

import structlog

from core.app.commands import ReportOutage, ReportRoom, ReportShut, ReportTrouble
from core.app.ports import Clock
from core.domain.ids import SECOND, AccountId, DeliveryKey, Instant, PlaceId, VenueId
from core.domain.people import Actor
from core.domain.surfaces import ROOMS, Place
from jobs.executor import Executor

log = structlog.get_logger()

JOBS = Actor(AccountId("jobs::"), "jobs", VenueId("jobs:"), nick="Sidestage", bot=True)
OUT_AFTER = 30 * SECOND
"""A venue to which nothing went out for so long is out of reach; shorter pauses are nobody's business."""

WAITING = {
    "admit": ("nobody is let in who joins", "people are let in again"),
    "notify": ("nobody can be notified", "people can be notified again"),
    "pin": ("nothing can be pinned", "what was to be pinned is pinned now"),
    "unpin": ("nothing can be unpinned", "what was to be unpinned is unpinned now"),
    "delete": ("not everything can be deleted", "what was to be deleted is deleted now"),
    "edit": ("what is shown cannot be brought up to date", "what is shown is up to date again"),
    "expel": ("who is blocked or left cannot be sent out", "who was to be sent out is out now"),
    "topic": ("the words under a room's name cannot be changed", "the words under rooms' names are right again"),
    "archive": ("rooms of sessions that are over cannot be put away", "rooms of sessions that are over are put away"),
    "thread": ("somebody who takes no direct messages cannot be told things", "what they were to be told was told now"),
    "show": ("something waits that cannot be shown", "what waited is shown now"),
}
"""What moderators read while a right is missing, and when it is back."""


class Reports:
    """Each thing is handed in when it changes, whatever calls find it again."""

    def __init__(self, executor: Executor, clock: Clock) -> None:
        self._executor, self._clock = executor, clock
        self._lacking: dict[tuple[VenueId, str], set[PlaceId]] = {}
        """What waits for a right in a venue, and in which of its places."""
        self._out: dict[VenueId, Instant] = {}
        """Venues to which nothing goes, since when."""
        self._shut: set[PlaceId] = set()
        """Direct messages that were found closed."""
        self._said: dict[VenueId, bool] = {}
        """What was last handed in of a venue: in reach, or not."""

    async def gone(self, place: Place, why: str) -> None:
        """A room that cannot be used is the moderators' business; that somebody wants no direct messages is not."""
        now = self._clock()
        self._log_gone(place, why)
        if place.kind in ("dm", "thread", "question"):
            shut = DeliveryKey(f"shut:{place.id}:{now}")
            await self._executor(ReportShut(actor=JOBS, delivery=shut, at=now, at_source="arrival", place=place.id))
        if place.kind == "notify":
            await self.lacks(place, why, "admit")
        if place.kind not in ROOMS:
            return
        key = DeliveryKey(f"lost:{place.id}:{now}")
        await self._executor(
            ReportRoom(actor=JOBS, delivery=key, at=now, at_source="arrival", place=place.id, private=False, gone=why)
        )

    def _log_gone(self, place: Place, why: str) -> None:
        """Closed direct messages are an ordinary thing: who has them is told elsewhere (SPEC 8.2, 4.2)."""
        if place.kind == "question":
            log.warning("a conversation goes on elsewhere: its private thread cannot be used", place=place.id, why=why)
        elif place.kind != "dm":
            log.error("a room is gone; nothing more is shown there", place=place.id, why=why)
        elif place.id not in self._shut:
            self._shut.add(place.id)
            log.info("somebody takes no direct messages", place=place.id, why=why)

    async def lacks(self, place: Place, why: str, verb: str) -> None:
        """A right is missing for this, or ("") it goes through: told once a venue when it changes."""
        what = place.kind if place.kind in ("notify", "thread") else verb if verb in WAITING else "show"
        if place.kind not in (*ROOMS, "notify", "thread"):
            return
        where = self._lacking.setdefault((place.venue, what), set())
        before = bool(where)
        (where.add if why else where.discard)(place.id)
        if bool(where) is before:
            return
        (lost, back), now = WAITING[what], self._clock()
        words = f"In {place.venue.partition(':')[0].capitalize()} {f'{lost}: {why}' if why else back}."
        actor, key = replace(JOBS, venue=place.venue), f"{what}:{place.venue}"
        came = DeliveryKey(f"{key}:{now}")
        await self._executor(
            ReportTrouble(actor=actor, delivery=came, at=now, at_source="arrival", key=key, words=words, over=not why)
        )

    async def reached(self, place: Place, went: bool) -> None:
        """A call to the venue went through, or nobody answered it."""
        venue, now = place.venue, self._clock()
        if went:
            self._out.pop(venue, None)
            # After a start nobody here knows what was told before.
            if self._said.get(venue) is not True:
                await self._say(venue, True, now, now)
            return
        since = self._out.setdefault(venue, now)
        if self._said.get(venue) is not False and now - since >= OUT_AFTER:
            await self._say(venue, False, since, now)

    async def _say(self, venue: VenueId, reached: bool, since: Instant, now: Instant) -> None:
        self._said[venue] = reached
        came = DeliveryKey(f"reach:{venue}:{reached}:{now}")
        actor = replace(JOBS, venue=venue)
        await self._executor(ReportOutage(actor=actor, delivery=came, at=since, at_source="arrival", over=reached))
