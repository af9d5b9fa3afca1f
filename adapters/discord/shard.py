"""One shard's session, kept alive: resumed first, begun anew only when it is lost, with waits that grow a little."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit, urlunsplit

import aiohttp

from adapters.discord.connection import (
    CONNECT_WITHIN,
    FATAL,
    IDENTIFY,
    INVALID,
    RESUME,
    Connection,
    Dispatch,
    Ended,
    Json,
    Session,
)
from adapters.discord.starts import Starts
from core.app.platform import Unauthorized

log = logging.getLogger(__name__)

PAUSE = 0.4
"""Seconds before the next attempt: a random part of this, doubled with every failure up to one of the following."""
AFTER_CONNECTED, AT_FIRST, LATER, MANY = 2.0, 3.5, 8.0, 10
"""The most after a connection that stood, while there are few failures in a row, and when there are many."""
STEADY = 5.0
"""A connection that stood for so long is no part of a row."""
RED_AFTER = 10.0
"""A session that is resumed at once, as Discord asks several times a day, is no trouble."""
ELSEWHERE_AFTER = 3
"""Failed attempts at the session's own address before the general one is taken."""
INVALID_PAUSE = (1.0, 5.0)
"""Seconds before a new session after an invalid one, at random: Discord asks for it."""
REFUSED = {
    4004: "Discord does not accept the bot's token. Copy it again from the application's “Bot” page.",
    4010: "Discord refused the bot's shard. Start every copy of the bot anew.",
    4011: "Discord wants the bot split into more shards. Start every copy of the bot anew.",
    4012: "Discord does not speak this version of its gateway any more. Update Sidestage.",
    4013: "Discord does not know what the bot asked to hear. Update Sidestage.",
    4014: (
        "Discord refused the connection because the bot may not read messages. Switch on “Message Content Intent” on "
        "the application's “Bot” page, then start again."
    ),
}


class Fatal(Exception):
    """No reconnecting helps; the sentence says what does."""

    def __init__(self, code: int) -> None:
        super().__init__(REFUSED[code])
        self.code = code


class Door(Protocol):
    """What the library's HTTP client is wanted for here."""

    token: str | None

    async def ws_connect(self, url: str) -> aiohttp.ClientWebSocketResponse: ...


@dataclass(slots=True)
class Signs:
    """Who is told: of every event, of the moment before the first of a new connection, and of one that is back."""

    dispatch: Dispatch
    before: Callable[[], None]
    back: Callable[[], None]


@dataclass(slots=True)
class Figures:
    resumes: int = 0
    back: deque[float] = field(default_factory=lambda: deque(maxlen=1_000))
    """Seconds from the end of a connection to the next that was greeted."""


class Shard:
    """``intents`` is asked at each new session: it may change."""

    def __init__(
        self, number: int, count: int, http: Door, starts: Starts, intents: Callable[[], int], signs: Signs
    ) -> None:
        self.number, self.count = number, count
        self._http, self._starts, self._intents, self._signs = http, starts, intents, signs
        self._session = Session()
        self.figures = Figures()
        self.trouble = ""
        """Why there is no connection, where waiting does not help by itself."""
        self.ready = asyncio.Event()
        """Set while a greeted connection stands."""
        self._lost_at: float | None = None
        self._begun = 0.0
        self._failures = self._flaps = 0
        """Attempts in a row that came to nothing, and connections in a row that stood for a moment only."""
        self._replaying = False
        """Events came over a new connection, and its greeting is not answered yet."""
        self._live: asyncio.Task[Ended] | None = None

    @property
    def well(self) -> bool:
        """Connected, or about to be again."""
        if self.ready.is_set():
            return True
        gone = 0.0 if self._lost_at is None else asyncio.get_running_loop().time() - self._lost_at
        return not self.trouble and self._lost_at is not None and gone < RED_AFTER

    async def run(self) -> None:
        """Until cancelled, which ends the session for good. Raises Fatal."""
        try:
            while True:
                ended = await self._once()
                stood = self.ready.is_set()
                self._over(ended)
                await asyncio.sleep(self._pause(ended, stood=stood))
        finally:
            self.ready.clear()
            self._session.lose()
            self._lost_at = None
            if self._replaying:
                self._replaying = False
                self._signs.back()

    def afresh(self) -> None:
        """End this session and begin another, such as one that may hear more."""
        self._session.lose()
        if self._live is not None:
            self._live.cancel()

    # -- one connection ---------------------------------------------------------------------------------------------

    async def _once(self) -> Ended:
        self._live = asyncio.create_task(self._connect())
        try:
            await asyncio.wait({self._live})
        except asyncio.CancelledError:
            self._live.cancel()
            await asyncio.gather(self._live, return_exceptions=True)
            raise
        if self._live.cancelled():
            return Ended("begun anew", lost=True)
        return self._live.result()

    async def _connect(self) -> Ended:
        try:
            resuming = bool(self._session.id)
            url = self._own() if resuming else await self._starts.one(self._say)
            async with asyncio.timeout(CONNECT_WITHIN):
                socket = await self._http.ws_connect(_with_query(url))
            await Connection(socket, self._session, self._heard).live(self._resume if resuming else self._identify)
        except Ended as ended:
            return ended
        except TimeoutError:
            return Ended("no connection came about")
        except (aiohttp.ClientError, OSError, ValueError) as cause:
            return Ended(f"no connection came about ({type(cause).__name__})")
        except Unauthorized:
            return Ended("the token is refused", 4004)
        except Exception:
            log.exception("a connection failed")
            return Ended("it failed")

    def _own(self) -> str:
        """The session's address; the general one when nobody is there."""
        return (self._session.url if self._failures < ELSEWHERE_AFTER else "") or self._starts.url

    def _resume(self) -> Json:
        told = {"token": self._http.token, "session_id": self._session.id, "seq": self._session.seq}
        return {"op": RESUME, "d": told}

    def _identify(self) -> Json:
        """Counts from the moment at which it is sent."""
        self._starts.begun()
        told = {
            "token": self._http.token,
            "intents": self._intents(),
            "shard": [self.number, self.count],
            "properties": {"os": "linux", "browser": "sidestage", "device": "sidestage"},
        }
        return {"op": IDENTIFY, "d": told}

    async def _heard(self, name: str, data: Any) -> None:
        """A greeting is told of after the event itself."""
        if not self.ready.is_set() and not self._replaying:
            self._replaying = True
            self._signs.before()
        await self._signs.dispatch(name, data)
        if name in ("READY", "RESUMED"):
            self._greeted(resumed=name == "RESUMED")

    def _greeted(self, *, resumed: bool) -> None:
        now = asyncio.get_running_loop().time()
        if self._lost_at is not None:
            self.figures.back.append(now - self._lost_at)
            self.figures.resumes += resumed
            log.info("discord: shard %s is back after %.1f s", self.number, now - self._lost_at)
        self._lost_at, self._begun, self._failures, self.trouble = None, now, 0, ""
        self._replaying = False
        self.ready.set()
        self._signs.back()

    # -- between two ------------------------------------------------------------------------------------------------

    def _over(self, ended: Ended) -> None:
        if ended.lost:
            self._session.lose()
        now = asyncio.get_running_loop().time()
        if self.ready.is_set():
            self._lost_at = now
            self._flaps = 0 if now - self._begun >= STEADY else min(self._flaps + 1, MANY)
            self.ready.clear()
        log.warning("discord: shard %s lost its connection: %s", self.number, ended.why)
        if ended.code in FATAL:
            self.trouble = REFUSED[ended.code]
            log.critical(self.trouble)
            raise Fatal(ended.code)

    def _pause(self, ended: Ended, *, stood: bool) -> float:
        """Whoever was connected tries again almost at once; a row of failures waits longer and longer."""
        if ended.lost and ended.why == INVALID:
            return random.uniform(*INVALID_PAUSE)
        if stood:
            return random.uniform(0, min(AFTER_CONNECTED, PAUSE * 2.0**self._flaps))
        self._failures += 1
        most = AT_FIRST if self._failures < MANY else LATER
        return random.uniform(0, min(most, PAUSE * 2.0 ** min(self._failures, MANY)))

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.error(trouble)
        self.trouble = trouble


def _with_query(url: str) -> str:
    """The version and form that are spoken here (https://discord.com/developers/docs/events/gateway#connecting)."""
    parts = urlsplit(url)
    query = urlencode({"v": "10", "encoding": "json", "compress": "zlib-stream"})
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))
