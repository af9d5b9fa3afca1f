"""Discord as the reconciler sees it: rooms opened, cards and people's lines posted, edited, deleted and found again.

Cards are the bot's own messages and carry a nonce; lines go out through one webhook a stage, under their authors'
names, and carry none. A reference is the plain id of the message. Rooms themselves are the business of
:mod:`adapters.discord.rooms`.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from adapters.discord import bodies, limits, lines
from adapters.discord.allowance import GRANT_EVERY, Allowance
from adapters.discord.calls import Calls, File, WebhookGone, code
from adapters.discord.looking import MESSAGES as MESSAGES
from adapters.discord.looking import Looking
from adapters.discord.notified import Notified
from adapters.discord.parse import Ours, time_snowflake
from adapters.discord.permitted import Permitted, plainly
from adapters.discord.personal import THREADED, Personal, ident
from adapters.discord.pictures import Pictures, with_files
from adapters.discord.rooms import HOOKED as HOOKED
from adapters.discord.rooms import Rooms, gated, server_of
from adapters.discord.webhooks import Webhook, Webhooks
from adapters.discord.words import CANNOT_DELETE, CANNOT_HOOK, NOT_ALLOWED, not_pinned
from core.app.platform import Budget, Closed, Draw, Lacking, Missing, Opened, PlatformTrouble, Rejected
from core.domain.drawing import Drawing
from core.domain.ids import MINUTE, SECOND, AccountId, Instant
from core.domain.surfaces import Place
from core.domain.view import Card, Content

Json = dict[str, Any]

MESSAGE = "/channels/{channel_id}/messages/{message_id}"
PIN = "/channels/{channel_id}/messages/pins/{message_id}"
EXECUTE = "/webhooks/{webhook_id}/{webhook_token}"
EXECUTED = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
CHAT_URGENCY = 4
"""The urgency of lines (core.app.handle.chat)."""
NOT_OWN = 50005
"""Only who wrote a message may edit it."""
LOOKED_BACK = 1_000
"""Messages read when a post's outcome is unknown."""


WEBHOOK_EVERY = 2_070_000
"""Microseconds: 30 in any minute (observed, PLATFORMS A2), though two may follow each other at once after a pause."""
DM_EVERY = 12 * SECOND
"""Five new direct messages a minute: many at once may get the bot blocked (RELIABILITY 47)."""
DM_BURST = 48 * SECOND
PARTY = 3
"""One call each, whatever the number: so few that a line in the stage waits for none of a crowd's calls."""
OUT_FIRST = 10 * SECOND
"""Who has to be sent out waits for nobody in line: of each bucket a call is left over for that."""
IDLE = SECOND
"""Who is only to be told of things is given the role when nobody has waited at the door for so long."""
RENAME_EVERY = 5 * MINUTE
"""Two changes of a channel's name or topic in ten minutes (a maintainer of discord.py, PLATFORMS A2)."""
MAKE_EVERY = 2 * SECOND


class DiscordGateway:
    """Implements :class:`core.app.ports.Platform`."""

    name = "discord"
    party = PARTY

    def __init__(self, calls: Calls, ours: Ours, draw: Draw | None = None) -> None:
        self._calls = calls
        self._pictures = Pictures(draw)
        self._ours = ours
        self._allowance = Allowance()
        self._rooms = Rooms(calls, ours, self._allowance)
        self._notified = Notified(calls, ours, self._allowance)
        self._personal = Personal(calls, ours)
        self._looking = Looking(calls)
        self.webhooks = Webhooks(calls, ours)
        self.permitted = Permitted(calls, ours)

    # -- rates ------------------------------------------------------------------------------------------------------

    def budgets(self, verb: str, place: Place, urgency: int) -> Sequence[Budget]:
        """The observed 5 messages in 5 s a channel and 30 webhook posts a minute, spent evenly.

        Discord publishes no limits by route; whatever it answers (429, X-RateLimit headers) counts more than these.
        Its 50 a second in all are kept by each call for itself (:mod:`adapters.discord.pace`).
        """
        where = place.ref or place.id
        if verb == "open" and place.kind == "dm":
            return (Budget("discord:new dm", DM_EVERY, DM_BURST),)
        if verb == "open" and place.kind == "question" and place.ref is None:
            return (Budget(f"discord:threads:{place.venue}", SECOND, 10 * SECOND),)
        if verb == "open" and place.ref is None:
            return (Budget(f"discord:make:{place.venue}", MAKE_EVERY, 10 * SECOND),)
        if verb == "admit" and place.kind == "stage":
            cost = self._allowance.cost(server_of(place), PARTY) if gated(place) else 0
            return (Budget(f"discord:grants:{place.venue}", cost),)
        if verb == "admit" and place.kind == "notify":
            cost = self._allowance.cost(server_of(place), PARTY)
            return (Budget(f"discord:grants:{place.venue}", cost, -IDLE),)
        if verb == "expel" and place.kind == "stage":
            return (Budget(f"discord:grants:{place.venue}", GRANT_EVERY, OUT_FIRST),)
        if verb == "expel" and place.kind == "notify":
            return (Budget(f"discord:grants:{place.venue}", GRANT_EVERY, -IDLE),)
        if verb == "topic":
            return (Budget(f"discord:topic:{where}", RENAME_EVERY, RENAME_EVERY),)
        spoken = place.kind in HOOKED and urgency == CHAT_URGENCY
        if verb == "post" and spoken:
            return (Budget(f"discord:webhook:{where}", WEBHOOK_EVERY, WEBHOOK_EVERY),)
        if verb in ("post", "edit") and not spoken:
            return (Budget(f"discord:channel:{where}", SECOND, 4 * SECOND if urgency <= 3 else 0),)
        return (Budget(f"discord:{verb}:{where}", SECOND, 4 * SECOND),)

    def together(self, place: Place) -> int:
        return WEBHOOK_EVERY

    # -- places -----------------------------------------------------------------------------------------------------

    @plainly
    async def open(self, place: Place, taken: Collection[str] = (), under: str = "") -> Opened:
        if place.kind in ("dm", *THREADED):
            return await self._personal.open(place, taken, under)
        if place.kind == "notify":
            return await self._notified.open(place, taken)
        opened = await self._rooms.open(place, taken, under)
        if place.kind in HOOKED:
            await self._webhook(opened.ref)
        return opened

    @plainly
    async def admit(self, place: Place, accounts: Sequence[AccountId]) -> Mapping[AccountId, str]:
        return await self._letting(place).admit(place, accounts)

    @plainly
    async def expel(self, place: Place, account: AccountId) -> None:
        await self._letting(place).expel(place, account)

    async def set_topic(self, place: Place, topic: str) -> None:
        await self._rooms.set_topic(place, topic)

    async def archive(self, place: Place) -> None:
        await self._letting(place).archive(place)

    def _letting(self, place: Place) -> Rooms | Notified:
        return self._notified if place.kind == "notify" else self._rooms

    async def pin(self, place: Place, ref: str) -> None:
        try:
            await self._calls.put(PIN, channel_id=_channel(place), message_id=ref)
        except PlatformTrouble as trouble:
            raise not_pinned(trouble) from None

    async def unpin(self, place: Place, ref: str) -> None:
        try:
            await self._calls.delete(PIN, channel_id=_channel(place), message_id=ref)
        except PlatformTrouble as trouble:
            raise not_pinned(trouble) from None

    # -- messages ---------------------------------------------------------------------------------------------------

    @plainly
    async def post(self, place: Place, content: Content, *, nonce: str, parent: str | None = None) -> str:
        channel = _channel(place)
        if isinstance(content, Card) or place.kind not in HOOKED:

            async def send(names: Mapping[Drawing, str], files: Sequence[File], _: Mapping[str, str]) -> Any:
                body = bodies.posted(content, place, names) | {"nonce": short_nonce(nonce), "enforce_nonce": True}
                if parent is not None:
                    body["message_reference"] = {"message_id": parent, "fail_if_not_exists": False}
                return await self._calls.post(MESSAGES, body, files=files, channel_id=channel)

            return ident(await self._pictures.post(channel, content, send))
        body = bodies.spoken(content, place)
        for _ in range(2):
            webhook = await self._webhook(channel)
            if webhook is None:
                break
            try:
                return await self._execute(webhook, body)
            except WebhookGone:
                # Nothing was posted: a fresh webhook may try once more.
                self.webhooks.forget(channel)
        told = bodies.shown(content, place) | {"nonce": short_nonce(nonce), "enforce_nonce": True}
        return ident(await self._calls.post(MESSAGES, told, channel_id=channel))

    async def _webhook(self, channel: str) -> Webhook | None:
        """None where the bot may have none: then it says people's lines itself, with their names in the text."""
        try:
            return await self.webhooks.of(channel)
        except Closed as closed:
            if code(closed) not in NOT_ALLOWED:
                raise
            return None

    async def _found(self, channel: str) -> Webhook | None:
        with contextlib.suppress(Closed):
            return await self.webhooks.found(channel)
        return None

    async def _execute(self, webhook: Webhook, body: Json) -> str:
        made = await self._calls.post(
            EXECUTE, body, params={"wait": "true"}, webhook_id=webhook.id, webhook_token=webhook.token
        )
        return ident(made)

    @plainly
    async def edit(self, place: Place, ref: str, content: Content, *, parent: str | None = None) -> None:
        channel = _channel(place)
        if isinstance(content, Card) or place.kind not in HOOKED:

            async def send(names: Mapping[Drawing, str], files: Sequence[File], known: Mapping[str, str]) -> Any:
                body = bodies.shown(content, place, names)
                body = with_files(body, known) if names else body
                return await self._calls.patch(MESSAGE, body, files=files, channel_id=channel, message_id=ref)

            edit = self._pictures.edit
            await self._personal.awake(place, lambda: edit(channel, ref, content, send))
            return
        webhook = await self._webhook(channel)
        try:
            if webhook is not None:
                body = lines.edited(bodies.spoken(content, place))
                await self._calls.patch(
                    EXECUTED, body, webhook_id=webhook.id, webhook_token=webhook.token, message_id=ref
                )
                return
        except WebhookGone:
            # Only the webhook that posted a message can edit it.
            self.webhooks.forget(channel)
        except Missing:
            pass  # it is gone, or the bot said it itself
        try:
            await self._calls.patch(MESSAGE, bodies.shown(content, place), channel_id=channel, message_id=ref)
        except Closed as no:
            if code(no) != NOT_OWN:
                raise
            raise Missing("the webhook that posted this is gone") if webhook else Lacking(CANNOT_HOOK) from None

    @plainly
    async def delete(self, place: Place, ref: str) -> None:
        """As the bot, which may delete any message where it manages them; else as the webhook, its own."""
        channel = _channel(place)
        delete = self._calls.delete
        try:
            await self._personal.awake(place, lambda: delete(MESSAGE, channel_id=channel, message_id=ref))
        except Closed as closed:
            webhook = await self._found(channel) if place.kind in HOOKED else None
            if webhook is None and code(closed) == 50013:
                raise Lacking(CANNOT_DELETE) from None
            if webhook is None:
                raise
            try:
                await self._calls.delete(EXECUTED, webhook_id=webhook.id, webhook_token=webhook.token, message_id=ref)
            except Missing:  # it is no line of the webhook, and the bot was just told that it is there
                raise Lacking(CANNOT_DELETE) from None

    @plainly
    async def like(
        self, place: Place, content: Content | None, since: Instant, *, parent: str | None = None
    ) -> Sequence[str]:
        channel, begin = _channel(place), time_snowflake(since)
        mine = [
            str(message["id"])
            for message in await self._looking.back_to(channel, begin, LOOKED_BACK)
            if self._ours.wrote(message) and (content is None or bodies.says(message, content, place))
        ]
        if not mine:
            await self.permitted.check_read_back(channel)
        self._looking.over(channel, begin)
        return mine[::-1]


async def messages_after(calls: Calls, channel: str, after: str, most: int) -> Any:
    """Messages of a channel behind one, oldest first, page by page."""
    while most > 0:
        params = {"after": after, "limit": min(limits.HISTORY_PAGE, most)}
        page = await calls.get(MESSAGES, params=params, channel_id=channel)
        # Discord sends the hundred that follow, but the newest of them first.
        ordered = sorted(page, key=lambda message: int(message["id"]))
        for message in ordered:
            yield message
        if len(ordered) < limits.HISTORY_PAGE:
            return
        after, most = str(ordered[-1]["id"]), most - len(ordered)


def short_nonce(nonce: str) -> str:
    """At most 25 characters; longer ones by their digest, so that the same stays the same."""
    return nonce if len(nonce) <= limits.NONCE else hashlib.sha256(nonce.encode()).hexdigest()[: limits.NONCE]


def _channel(place: Place) -> str:
    if place.ref is None:
        raise Rejected("the place is not open")
    return place.ref
