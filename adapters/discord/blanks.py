"""Messages without words: the moderators are told once that Discord keeps them from the bot, and that they are back.

Without the message content intent a bot gets messages of others in servers with empty content, embeds, attachments and
components, but for those that mention it (https://discord.com/developers/docs/events/gateway#message-content-intent).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from adapters.discord.acts import by_itself
from adapters.discord.calls import Calls
from adapters.discord.parse import Ours
from adapters.discord.shapes import Json, number, several, text
from core.app.commands import Command, ReportTrouble
from core.app.platform import PlatformTrouble
from core.app.ports import Clock, StorageDown
from core.domain.ids import SECOND, Instant
from core.domain.surfaces import Place

log = logging.getLogger(__name__)

ENOUGH = 5
"""So many in a row, in rooms of ours: a single one can be something that this version of the bot does not know."""
EVERY = 60.0
"""Seconds between two looks at the application's flags while words are missing."""
KNOWN_FOR = 10 * SECOND
FLAGS = (1 << 18) | (1 << 19)
"""GATEWAY_MESSAGE_CONTENT and its form for bots in few servers
(https://discord.com/developers/docs/resources/application#application-object-application-flags)."""
MISSING = (
    "Discord gives the bot no words of messages, so lines written there do not reach the other side. Switch on "
    "“Message Content Intent” on the application's “Bot” page. Buttons and commands go on working."
)
BACK = "Discord gives the bot the words of messages again; lines written there reach the other side."


class Blanks:
    """``submit`` never raises; ``returned``: the words are back; ``allowed``: they can be asked for."""

    def __init__(
        self,
        calls: Calls,
        ours: Ours,
        rooms: Callable[[], Awaitable[Sequence[Place]]],
        submit: Callable[[Command], Awaitable[object]],
        clock: Clock,
        returned: Callable[[], None],
        allowed: Callable[[], None],
    ) -> None:
        self._calls, self._ours, self._rooms, self._submit, self._clock = calls, ours, rooms, submit, clock
        self._returned, self._allowed = returned, allowed
        self.number = 0
        """Of all that came without words in rooms of ours."""
        self.trouble = ""
        self.refused = False
        """Discord said so itself; then no message is needed to know it, and none is expected to come with words."""
        self._row = 0
        self._since = Instant(0)
        self._places: tuple[Instant, Sequence[Place]] = (Instant(0), ())

    async def blank(self, channel: str) -> None:
        """One came without anything to see."""
        if channel not in {place.ref for place in await self._known()}:
            return
        self.number += 1
        self._row += 1
        if self._row >= ENOUGH and not self.trouble:
            await self.missing()

    def worded(self, message: Json) -> None:
        """One came that is not blank; words that mention the bot come in any case."""
        if not self._row and not self.trouble:
            return
        if text(message, "content") and self._ours.user not in {text(it, "id") for it in several(message, "mentions")}:
            self._row = 0
            if self.trouble:
                self.trouble, self.refused = "", False
                self._returned()

    async def missing(self) -> None:
        """From now on, and until words come again."""
        if not self.trouble:
            self.trouble, self._since = MISSING, self._clock()
            log.critical(MISSING)
        await self._tell(over=False)

    async def over(self) -> None:
        """Told where it was told that they are missing."""
        log.warning(BACK)
        await self._tell(over=True)

    async def run(self) -> None:
        """For ever: while words are missing, tell sessions that began meanwhile, and look whether they may come."""
        while True:
            await asyncio.sleep(EVERY)
            if self.trouble:
                await self._tell(over=False)
                if self.refused and await self.granted():
                    self.refused = False
                    self._allowed()

    async def granted(self) -> bool:
        """Whether the application's flags say that the words may come; unknown is no."""
        try:
            told = await self._calls.get("/applications/@me")
        except PlatformTrouble as trouble:
            log.warning("discord: the application's flags were not told: %s", trouble.reason)
            return False
        return isinstance(told, dict) and bool(number(told, "flags") & FLAGS)

    async def _known(self) -> Sequence[Place]:
        at, places = self._places
        now = self._clock()
        if now - at >= KNOWN_FOR:
            try:
                self._places = (now, places := await self._rooms())
            except StorageDown as down:
                log.warning("discord: the rooms are not known: %s", down)
        return places

    async def _tell(self, *, over: bool) -> None:
        self._places = (Instant(0), self._places[1])
        now, key = self._clock(), f"words:{self._since}"
        for venue in sorted({place.venue for place in await self._known()}):
            server = venue.partition(":")[2]
            came = by_itself(self._ours, server, f"trouble:{server}:{key}:{now}", now)
            words = BACK if over else MISSING
            await self._submit(ReportTrouble(**came.fields(), key=key, words=words, over=over))
