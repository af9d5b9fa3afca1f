"""Answers that came too late for the interaction they belong to, told by direct message instead: few, and once each.

A token that was not answered within 3 s is unknown (10062), and one that was lives 15 minutes
(https://docs.discord.com/developers/interactions/receiving-and-responding). Many direct messages at once may get a bot
blocked, so a crowd whose answers are late is not told this way.
"""

from __future__ import annotations

import logging
from collections import deque

from adapters.discord.answers import Asked, Body
from adapters.discord.calls import Calls
from adapters.discord.gateway import MESSAGES
from adapters.discord.personal import DIRECT, ident
from core.app.platform import Closed, PlatformTrouble
from core.app.ports import Clock
from core.domain.ids import MINUTE, Instant

log = logging.getLogger(__name__)

MOST = 5
"""A minute."""
SHUT_FOR = 60 * MINUTE
"""Who takes no direct messages is not tried again for so long."""


class Otherwise:
    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls, self._clock = calls, clock
        self._sent: deque[Instant] = deque(maxlen=MOST)
        self._shut: dict[str, Instant] = {}

    async def tell(self, asked: Asked, body: Body) -> bool:
        """Raises nothing; False where the person read nothing."""
        now = self._clock()
        crowded = len(self._sent) == MOST and now - self._sent[0] < MINUTE
        if crowded or now - self._shut.get(asked.user, Instant(-SHUT_FOR)) < SHUT_FOR:
            return False
        self._sent.append(now)
        try:
            channel = ident(await self._calls.post(DIRECT, {"recipient_id": asked.user}))
            told = body | {"nonce": f"a-{asked.id}", "enforce_nonce": True}
            await self._calls.post(MESSAGES, told, channel_id=channel)
        except PlatformTrouble as trouble:
            if isinstance(trouble, Closed):
                self._shut = {who: at for who, at in self._shut.items() if now - at < SHUT_FOR} | {asked.user: now}
            log.info("a late answer could not be told: %s", trouble.reason)
            return False
        return True
