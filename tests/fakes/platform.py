"""A platform in memory: rooms with messages, budgets of its own, and troubles on demand (implements Platform)."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from core.app.platform import Budget, Missing, Opened, PlatformTrouble, Unclear
from core.app.ports import Clock
from core.domain.ids import AccountId, Instant, VenueId
from core.domain.surfaces import Place
from core.domain.text import plain
from core.domain.view import Bundle, Card, Content, Speech, in_words


@dataclass
class Posted:
    ref: str
    author: str
    text: str
    at: Instant
    edits: int = 0


@dataclass
class FakePlatform:
    """``trouble`` is asked before each call: it may raise, or return one to be raised after the call took effect."""

    clock: Clock
    name: str = "fake"
    post_every: int = 0
    """Microseconds between posts in a room at the steady rate."""
    edit_every: int = 0
    open_every: int = 0
    admit_every: int = 0
    rooms: dict[str, list[Posted]] = field(default_factory=lambda: defaultdict(list))
    calls: list[tuple[str, str, Instant]] = field(default_factory=list)
    trouble: Callable[[str, Place], PlatformTrouble | None] = lambda verb, place: None
    in_flight: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    overlapped: bool = False
    delay: float = 0
    """Seconds that every call takes."""
    swallow: bool = False
    """The next post whose outcome is unknown was lost on its way."""
    party: int = 100
    channels: dict[tuple[VenueId, str], tuple[str, Instant]] = field(default_factory=dict)
    """What was made, by venue and name: (ref, when)."""
    prunes: bool = True
    pace: int = 0
    wears: bool = False
    parties: list[tuple[str, list[AccountId]]] = field(default_factory=list)
    """Every call of ``admit``."""
    strangers: dict[AccountId, str] = field(default_factory=dict)
    """Whom nobody can admit, each with the word why."""
    inside: dict[str, set[AccountId]] = field(default_factory=lambda: defaultdict(set))
    topics: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    pins: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    archived: list[str] = field(default_factory=list)
    _refs: itertools.count[int] = field(default_factory=lambda: itertools.count(1_000))

    def budgets(self, verb: str, place: Place, urgency: int) -> Sequence[Budget]:
        if verb == "post":
            return [Budget(f"fake:post:{place.ref}", self.post_every)]
        if verb == "edit":
            return [Budget(f"fake:edit:{place.venue}", self.edit_every, self.edit_every * 3 if urgency <= 3 else 0)]
        if verb == "open":
            return [Budget("fake:open", self.open_every)]
        return [Budget(f"fake:{verb}:{place.venue}", self.admit_every if verb == "admit" else 0)]

    def together(self, place: Place) -> int:
        return self.post_every

    async def open(self, place: Place, taken: Collection[str] = (), under: str = "") -> Opened:
        late = await self._call("open", place)
        ref = place.ref or (self._made(place, taken) if place.name else f"room-{place.id}")
        if late:
            raise late
        return Opened(ref, place.private, self.prunes, self.pace, self.wears)

    def _made(self, place: Place, taken: Collection[str]) -> str:
        """The channel of this name that the bot made for nobody else, or a new one; with a number behind its name."""
        for number in itertools.count(1):
            name = (place.venue, place.name if number == 1 else f"{place.name}-{number}")
            if name not in self.channels:
                self.channels[name] = (f"made-{next(self._refs)}", self.clock())
                return self.channels[name][0]
            ref, at = self.channels[name]
            if at >= place.wanted_at and ref not in taken:
                return ref
        raise AssertionError

    async def admit(self, place: Place, accounts: Sequence[AccountId]) -> Mapping[AccountId, str]:
        assert 0 < len(accounts) <= self.party
        late = await self._call("admit", place)
        room = place.ref or ""
        self.parties.append((room, list(accounts)))
        self.inside[room].update(it for it in accounts if it not in self.strangers)
        if late:
            raise late
        return {it: self.strangers[it] for it in accounts if it in self.strangers}

    async def expel(self, place: Place, account: AccountId) -> None:
        late = await self._call("expel", place)
        self.inside[place.ref or ""].discard(account)
        if late:
            raise late

    async def set_topic(self, place: Place, topic: str) -> None:
        late = await self._call("topic", place)
        self.topics[place.ref or ""].append(topic)
        if late:
            raise late

    async def pin(self, place: Place, ref: str) -> None:
        late = await self._call("pin", place)
        self._there(place, ref)
        self.pins[place.ref or ""].add(ref)
        if late:
            raise late

    async def unpin(self, place: Place, ref: str) -> None:
        late = await self._call("unpin", place)
        self._there(place, ref)
        self.pins[place.ref or ""].discard(ref)
        if late:
            raise late

    def _there(self, place: Place, ref: str) -> Posted:
        for it in self.rooms[place.ref or ""]:
            if it.ref == ref:
                return it
        raise Missing("no such message")

    async def archive(self, place: Place) -> None:
        late = await self._call("archive", place)
        self.archived.append(place.ref or "")
        if late:
            raise late

    async def post(self, place: Place, content: Content, *, nonce: str, parent: str | None = None) -> str:
        late = await self._call("post", place)
        if late and self.swallow:
            self.swallow = False
            raise late
        made = Posted(str(next(self._refs)), author(content), words(content), self.clock())
        self.rooms[place.ref or ""].append(made)
        if late:
            raise late
        return made.ref

    async def edit(self, place: Place, ref: str, content: Content, *, parent: str | None = None) -> None:
        late = await self._call("edit", place)
        found = self._there(place, ref)
        found.text, found.edits = words(content), found.edits + 1
        if late:
            raise late

    async def delete(self, place: Place, ref: str) -> None:
        late = await self._call("delete", place)
        room = self.rooms[place.ref or ""]
        room[:] = [it for it in room if it.ref != ref]
        if late:
            raise late

    async def like(
        self, place: Place, content: Content | None, since: Instant, *, parent: str | None = None
    ) -> Sequence[str]:
        await self._call("like", place)
        mine = [it for it in self.rooms[place.ref or ""] if it.at >= since]
        if content is not None:
            mine = [
                it
                for it in mine
                if (it.author, it.text.split("\n")[0]) == (author(content), words(content).split("\n")[0])
            ]
        return [it.ref for it in mine]

    async def _call(self, verb: str, place: Place) -> PlatformTrouble | None:
        room = place.ref or place.id
        self.calls.append((verb, room, self.clock()))
        self.in_flight[room] += 1
        self.overlapped |= self.in_flight[room] > 1
        try:
            trouble = self.trouble(verb, place)
            await asyncio.sleep(self.delay)
            if trouble is not None and not isinstance(trouble, Unclear):
                raise trouble
            return trouble
        finally:
            self.in_flight[room] -= 1

    def texts(self, room: str) -> list[str]:
        return [it.text for it in self.rooms[room]]


class Once:
    """Troubles for the first calls of a verb, one each; counts how often it struck."""

    def __init__(self, verb: str, *troubles: PlatformTrouble) -> None:
        self.verb, self.troubles, self.struck = verb, list(troubles), 0

    def __call__(self, verb: str, place: Place) -> PlatformTrouble | None:
        if verb == self.verb and self.troubles:
            self.struck += 1
            return self.troubles.pop(0)
        return None


def author(content: Content) -> str:
    return content.author if isinstance(content, Speech) else "bot"


def words(content: Content) -> str:
    match content:
        case Card():
            return in_words(content)
        case Speech():
            return plain(content.body)
        case Bundle(lines):
            return "\n".join(f"{line.author}: {plain(line.body)}" for line in lines)
