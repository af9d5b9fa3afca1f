"""One Slack workspace, whole: what comes in by socket or HTTP, what goes out, what is read back after a gap."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import structlog
from aiohttp import web

from adapters.slack.allowance import SharedAllowance, Spend
from adapters.slack.calls import call, client_of, session_of
from adapters.slack.directory import Directory
from adapters.slack.gateway import SlackGateway
from adapters.slack.history import History
from adapters.slack.identity import install_of
from adapters.slack.ingress import Ingress
from adapters.slack.listen import Listener
from adapters.slack.replies import Replies
from adapters.slack.sockets import Sockets
from adapters.slack.wiring import bolt_app
from core.app.platform import Down, PlatformTrouble, TooFast
from core.app.ports import StorageDown, Submit
from core.domain.ids import Instant
from core.domain.surfaces import Place

log = structlog.get_logger()
Got = TypeVar("Got")

PATH = "/slack/events"
"""One address for events, presses, forms and commands; the manifest names it for all of them."""
RETRY_SECONDS = 2.0
LONGEST_RETRY = 60.0
READING_SECONDS = 2.0
"""How long a line may wait for history: Slack wants its answer within three seconds."""


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """``mode``: how Slack reaches us; ``socket`` needs the app token, ``http`` the signing secret."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    mode: Literal["socket", "http"] = "socket"
    api_url: str | None = None
    """Another address of the Web API, ending in ``/api/``; None: slack_sdk's own."""


class SlackAdapter:
    """Started once and closed once, in one event loop; ``platform`` may be asked before the start."""

    def __init__(
        self,
        settings: SlackSettings,
        submit: Submit,
        rooms: Callable[[], Awaitable[Sequence[Place]]],
        clock: Callable[[], Instant],
        known: Callable[[Place], Awaitable[Sequence[str]]] | None = None,
        spend: Spend | None = None,
    ) -> None:
        """``rooms`` gives the platform's open stages, whose history is read after a gap.

        ``known`` gives the last lines taken in there: those that are gone since were deleted. Without it none are.
        ``spend``: the budgets shared with other replicas; without it this one counts its forms alone.
        """
        self._spend = spend
        self._known = known or _none_known
        self._settings, self._submit, self._rooms, self._clock = settings, submit, rooms, clock
        self._client = client_of(settings.api_url, settings.bot_token, None)
        self.platform = SlackGateway(self._client)
        self._ingress = Ingress(settings.signing_secret, clock)
        self._directory = Directory(self._client, clock)
        self._replies: Replies | None = None
        self._sockets: Sockets | None = None
        self._history: History | None = None
        self._reading: asyncio.Task[None] | None = None
        self._gap = False
        self._read = asyncio.Event()
        """Set while no history is to be read."""

    def routes(self) -> list[web.RouteDef]:
        """For HTTP mode; over sockets there are none."""
        return [web.post(PATH, self._ingress.handle)] if self._settings.mode == "http" else []

    async def start(self) -> None:
        """Learn who we are, then listen, then read what was missed. Raises Unauthorized for a bad token."""
        session = self._client.session = session_of()
        who = await self._patiently(lambda: call(self._client.auth_test, repeatable=True))
        install = install_of(who)
        self.platform.install = install
        opening = SharedAllowance(f"{install.venue}:views.open", self._clock, self._spend)
        replies = self._replies = Replies(self._client, session, opening)
        self._history = History(self._client, install, self._directory, self._clock, self._known)
        listener = Listener(install, self._submit, self._directory, replies, self._clock, self._caught_up)
        bare = client_of(self._settings.api_url, None, session)
        app = bolt_app(bare, install, self._settings.bot_token, listener, self._missed)
        self._ingress.dispatch, self._ingress.press = app.async_dispatch, app.on_press
        if self._settings.mode == "socket":
            self._sockets = Sockets(app.async_dispatch, self._settings.app_token, bare, session, self._missed)
            await self._patiently(self._sockets.open)
        self._missed()
        log.info("slack: listening", mode=self._settings.mode, team=install.team)

    async def close(self) -> None:
        """Take nothing more in, finish the answers that are on their way."""
        self._ingress.dispatch = None
        if self._sockets is not None:
            await self._sockets.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._directory.close()
        if self._replies is not None:
            await self._replies.close()
        if self._client.session is not None:
            await self._client.session.close()

    async def health(self) -> Mapping[str, object]:
        """``ok`` while Slack can reach us: over an open socket, or by HTTP once we listen."""
        if self._sockets is None:
            connected = self._ingress.dispatch is not None
            return {"ok": connected, "connected": connected, "mode": self._settings.mode}
        number = self._sockets.number
        return {"ok": number > 0, "connected": number > 0, "connections": number, "mode": self._settings.mode}

    async def catch_up(self) -> int:
        """Read every open stage back from where it was seen last; returns how many commands that gave."""
        if self._history is None:
            return 0
        count = 0
        for place in await self._rooms():
            if place.venue == self.platform.install.venue and place.state != "dead":
                count += await self._catch_up_one(self._history, place)
        return count

    async def _catch_up_one(self, history: History, place: Place) -> int:
        try:
            return await history.catch_up(place, self._submit)
        except TooFast as slow:
            await asyncio.sleep(slow.seconds)
            return await history.catch_up(place, self._submit)
        except PlatformTrouble as trouble:
            log.warning("slack: a room could not be read back", place=place.id, why=trouble.reason)
            return 0

    def _missed(self) -> None:
        """Deliveries may have been missed: read the history, once more if it is being read already."""
        self._gap = True
        self._read.clear()
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_back())

    async def _read_back(self) -> None:
        while self._gap:
            self._gap = False
            try:
                if count := await self.catch_up():
                    log.info("slack: read back what was missed", commands=count)
            except StorageDown as down:
                log.warning("slack: the rooms are not known yet", why=str(down))
                await asyncio.sleep(RETRY_SECONDS)
                self._gap = True
            except Exception:
                log.exception("slack: reading back failed")
        self._read.set()

    async def _caught_up(self) -> bool:
        """A line taken in moves its room's mark, and what lay before the mark is never read: lines wait for history.

        Where that takes long Slack is left to bring them again.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READING_SECONDS):
                await self._read.wait()
        return self._read.is_set()

    async def _patiently(self, attempt: Callable[[], Awaitable[Got]]) -> Got:
        """Try until Slack can be reached; what it refuses is raised."""
        pause = RETRY_SECONDS
        while True:
            try:
                return await attempt()
            except (Down, TooFast) as trouble:
                log.warning("slack: cannot be reached yet", why=trouble.reason)
                await asyncio.sleep(max(pause, trouble.seconds if isinstance(trouble, TooFast) else 0.0))
                pause = min(2 * pause, LONGEST_RETRY)


async def _none_known(place: Place) -> Sequence[str]:
    return ()
