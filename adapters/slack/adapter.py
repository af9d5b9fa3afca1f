"""One Slack workspace, whole: what comes in by socket or HTTP, what goes out, what is read back after a gap."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import structlog
from aiohttp import web

from adapters.slack import limits, pictures
from adapters.slack.allowance import SharedAllowance, Spend, Turns
from adapters.slack.calls import call, client_of, session_of
from adapters.slack.directory import Directory
from adapters.slack.gaps import Gaps
from adapters.slack.gateway import SlackGateway
from adapters.slack.history import History
from adapters.slack.home import Homes
from adapters.slack.identity import install_of
from adapters.slack.ingress import Ingress
from adapters.slack.listen import Listener
from adapters.slack.pictures import Pictures
from adapters.slack.replies import Replies
from adapters.slack.sockets import Sockets
from adapters.slack.talks import Conversations, Talks
from adapters.slack.watch import Watch
from adapters.slack.wiring import bolt_app
from core.app.platform import Down, Draw, TooFast
from core.app.ports import Submit
from core.domain.ids import Instant, VenueId
from core.domain.surfaces import Place

log = structlog.get_logger()
Got = TypeVar("Got")

PATH = "/slack/events"
"""One address for events, presses, forms and commands; the manifest names it for all of them."""
RETRY_SECONDS = 2.0
LONGEST_RETRY = 60.0


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
        watched: Callable[[], Awaitable[Sequence[Place]]] | None = None,
        taken: Callable[[VenueId], Awaitable[Collection[str]]] | None = None,
        draw: Draw | None = None,
        conversations: Conversations | None = None,
    ) -> None:
        """``rooms`` gives the platform's stages and backchannels, whose history is read after a gap.

        ``known`` gives the last lines taken in there: those that are gone since were deleted. Without it none are.
        ``spend``: the budgets shared with other replicas; without it this one counts its forms alone.
        ``watched`` gives the rooms that only the team may read, looked at each minute; ``taken`` the refs of all rooms
        of a venue. ``draw`` makes results into pictures; without it they are told in words. ``conversations`` gives
        those of askers, read back too.
        """
        self._draw = draw
        self._spend = spend
        self._known = known or _none_known
        self._settings, self._submit, self._rooms, self._clock = settings, submit, rooms, clock
        self._client = client_of(settings.api_url, settings.bot_token, None)
        self.platform = SlackGateway(self._client)
        self._ingress = Ingress(settings.signing_secret, clock)
        self._directory = Directory(self._client, clock)
        self._replies: Replies | None = None
        self._sockets: Sockets | None = None
        self._gaps: Gaps | None = None
        self._conversations = conversations or _no_conversations
        self._talks: Talks | None = None
        self._watched, self._taken = watched or _no_places, taken or _none_taken
        self._homes: Homes | None = None
        self._watch: Watch | None = None

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
        publishing = SharedAllowance(f"{install.venue}:views.publish", self._clock, self._spend)
        if self._draw is not None:
            uploads = [SharedAllowance(f"{install.venue}:{it}", self._clock, self._spend) for it in pictures.STEPS]
            self.platform.pictures = Pictures(
                self._client, self._draw, uploads, self._turns(pictures.DELETE, limits.TIER_3)
            )
        replies = self._replies = Replies(self._client, session, opening, self.platform.pictures)
        history = History(self._client, install, self._directory, self._clock, self._known)
        gaps = self._gaps = Gaps(history, install, self._submit, self._rooms, self._clock)
        watch = self._watch = Watch(
            self._client,
            install,
            self._submit,
            self._directory,
            self._clock,
            self._watched,
            self._rooms,
            self._taken,
            self._turns,
        )
        listener = Listener(
            install, self._submit, self._directory, replies, self._clock, gaps.caught_up, watch.hear, publishing
        )
        self._talks = Talks(
            self._client,
            install,
            self._directory,
            listener.hearing,
            self._submit,
            self._conversations,
            self._known,
            self._turns("conversations.replies", limits.TIER_3),
            self._clock,
            gaps.caught_up,
        )
        self._homes = listener.homes
        bare = client_of(self._settings.api_url, None, session)
        app = bolt_app(bare, install, self._settings.bot_token, listener, gaps.dropped)
        self._ingress.dispatch, self._ingress.press = app.async_dispatch, app.on_press
        if self._settings.mode == "socket":
            self._sockets = Sockets(app.async_dispatch, self._settings.app_token, bare, session, self._missed)
            await self._patiently(self._sockets.open)
        self._missed()
        watch.start()
        log.info("slack: listening", mode=self._settings.mode, team=install.team)

    async def close(self) -> None:
        """Take nothing more in, finish the answers that are on their way."""
        self._ingress.dispatch = None
        if self._sockets is not None:
            await self._sockets.close()
        for part in (self._talks, self._gaps, self._watch, self._homes, self.platform.pictures):
            if part is not None:
                await part.close()
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
        return 0 if self._gaps is None else (await self._gaps.catch_up()).commands

    def _missed(self) -> None:
        """A connection was lost and with it, perhaps, lines and news of rooms."""
        assert self._gaps is not None
        assert self._watch is not None
        assert self._talks is not None
        self._gaps.missed()
        self._talks.missed()
        self._watch.look_at_all()

    def _turns(self, method: str, cost: int) -> Turns:
        return Turns(f"{self.platform.install.venue}:{method}", cost, self._clock, self._spend)

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


async def _no_places() -> Sequence[Place]:
    return ()


async def _no_conversations() -> Sequence[tuple[Place, str]]:
    return ()


async def _none_taken(venue: VenueId) -> Collection[str]:
    return ()


async def _none_known(place: Place) -> Sequence[str]:
    return ()
