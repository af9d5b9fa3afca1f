"""The one webhook of each stage, by which people's lines appear under their names: kept in memory, found, made."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from adapters.discord.calls import Calls
from adapters.discord.parse import Ours
from core.app.platform import Unclear

LIST = "/channels/{channel_id}/webhooks"
NAME = "Sidestage"
INCOMING = 1
"""The type of webhooks that post; others follow channels."""


@dataclass(frozen=True, slots=True)
class Webhook:
    id: str
    token: str


class Webhooks:
    """What is ours is told by the application that made it, so that a restart finds it again."""

    def __init__(self, calls: Calls, ours: Ours) -> None:
        self._calls = calls
        self._ours = ours
        self._known: dict[str, Webhook] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def of(self, channel: str) -> Webhook:
        """The channel's webhook, found or made."""
        async with self._asking.setdefault(channel, asyncio.Lock()):
            if channel not in self._known:
                self._keep(channel, await self._find(channel) or await self._make(channel))
            return self._known[channel]

    async def found(self, channel: str) -> Webhook | None:
        """The channel's webhook if it has one."""
        return self._known.get(channel) or await self._find(channel)

    def forget(self, channel: str) -> None:
        self._known.pop(channel, None)

    def _keep(self, channel: str, webhook: Webhook) -> None:
        self._known[channel] = webhook
        self._ours.webhooks.add(webhook.id)

    async def _find(self, channel: str) -> Webhook | None:
        listed = await self._calls.get(LIST, channel_id=channel)
        mine = [one for one in listed if self._is_mine(one)]
        # The oldest, so that two replicas that made one each agree from then on.
        mine.sort(key=lambda one: int(one["id"]))
        for one in mine:
            self._ours.webhooks.add(str(one["id"]))
        return Webhook(str(mine[0]["id"]), str(mine[0]["token"])) if mine else None

    def _is_mine(self, one: Any) -> bool:
        return (
            isinstance(one, dict)
            and one.get("type") == INCOMING
            and bool(one.get("token"))
            and str(one.get("application_id") or "") == self._ours.application
        )

    async def _make(self, channel: str) -> Webhook:
        made = await self._calls.post(LIST, {"name": NAME}, channel_id=channel)
        if not isinstance(made, dict) or not made.get("token"):
            raise Unclear("a webhook without a token")
        return Webhook(str(made["id"]), str(made["token"]))
