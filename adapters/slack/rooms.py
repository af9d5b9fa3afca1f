"""Rooms as the reconciler keeps them at Slack: opened, who is in them, topic, pins, put away; all of it repeatable."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import limits
from adapters.slack.calls import Call, call, entries, part, word
from adapters.slack.identity import Install, user_of
from adapters.slack.making import Maker
from adapters.slack.markup import escape, unescape
from adapters.slack.words import NO_SCOPE, NOT_INVITED, plainly
from core.app.platform import Closed, Lacking, Opened, PlatformTrouble, Rejected
from core.domain.ids import AccountId
from core.domain.surfaces import Place
from core.domain.text import one_line, shorten

log = structlog.get_logger()

IN_ALREADY = frozenset({"already_in_channel", "cant_invite_self"})
"""Who is in was admitted."""
OF_PERSONS = IN_ALREADY | {
    "cant_invite",
    "external_users_cannot_be_invited",
    "failed_to_invite",
    "org_user_not_in_team",
    "ura_max_channels",
    "user_disabled",
    "user_is_bot",
    "user_is_restricted",
    "user_is_ultra_restricted",
    "user_not_found",
    "user_not_visible",
    "user_team_not_in_channel",
    "users_not_found",
}
"""Why somebody cannot be invited; said of the whole call, it need not be true of everybody in it."""
POLICY = frozenset({"restricted_action", "no_permission"})
OF_ALL = {
    "restricted_action": "the workspace does not let the bot add people; an admin can allow it in its permissions",
    "no_permission": "the workspace does not let the bot add people; an admin can allow it in its permissions",
    "missing_scope": NO_SCOPE,
    "not_allowed_token_type": "the app's token is of the wrong kind; `sidestage check` names it",
}
"""Why nobody can be, in words for the moderators: people wait until it is mended, and the place goes on meanwhile."""
KEPT_BY_ADMINS = {
    "conversations.archive": "the workspace does not let the bot archive channels; an admin can allow it",
    "conversations.kick": "the workspace does not let the bot remove people; an admin can allow it in its permissions",
    "conversations.setTopic": "the workspace does not let the bot set topics; an admin can allow it there",
    "pins.add": "the workspace does not let the bot pin; an admin can allow it in its permissions",
    "pins.remove": "the workspace does not let the bot unpin; an admin can allow it in its permissions",
}
BOOKMARK = "Sidestage"


class SlackRooms:
    """The half of the Platform port that is about rooms."""

    party = limits.INVITED

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self.install = Install("")
        """Known once the adapter has started."""
        self._app = ""
        self._maker = Maker(client)

    # -- opening ------------------------------------------------------------------------------------------------------

    @plainly
    async def open(self, place: Place, taken: Collection[str] = (), under: str = "") -> Opened:
        """Enter the channel that is known, open the direct message with the place's account, or make the channel."""
        if place.kind == "dm" and place.account:
            answer = await call(self._client.conversations_open, users=user_of(place.account), repeatable=True)
            if ref := word(answer.get("channel"), "id"):
                return Opened(ref, private=True)
            raise Closed("no direct message")
        if place.ref:
            return Opened(place.ref, private=await self._enter(place.ref), pace=limits.INVITE_PACE)
        if not place.name:
            raise Closed("no channel was chosen for this room")
        opened = await self._maker.make(place, taken, self.install.bot_user)
        if place.kind == "stage":
            await self._bookmark(opened.ref)
        return opened

    async def _enter(self, ref: str) -> bool:
        """Whether the channel is private. A public one may be joined; into a private one the bot must be invited."""
        told = await self._told(ref)
        if told.get("is_archived") is True:
            raise Closed("is_archived")
        private = told.get("is_private") is True
        if told.get("is_member") is not True:
            if private:
                raise Closed(NOT_INVITED)
            await call(self._client.conversations_join, channel=ref, repeatable=True)
        return private

    async def _told(self, ref: str) -> Mapping[str, Any]:
        return part(await call(self._client.conversations_info, channel=ref, repeatable=True), "channel")

    async def _bookmark(self, ref: str) -> None:
        """A way from the stage to the App Home, once; where it cannot be had the stage is as good without."""
        try:
            listed = entries(await call(self._client.bookmarks_list, channel_id=ref, repeatable=True), "bookmarks")
            link = await self._home()
            if link and not any(word(one, "title") == BOOKMARK for one in listed):
                await call(
                    self._client.bookmarks_add, channel_id=ref, title=BOOKMARK, type="link", link=link, repeatable=True
                )
        except PlatformTrouble as trouble:
            log.info("slack: the stage has no bookmark", channel=ref, why=trouble.reason)

    async def _home(self) -> str:
        """The address of the App Home (interactivity/deep-linking)."""
        if not self._app:
            told = part(await call(self._client.bots_info, bot=self.install.bot, repeatable=True), "bot")
            self._app = word(told, "app_id")
        site = self.install.site
        return f"{site}app_redirect?app={self._app}&team={self.install.team}" if site and self._app else ""

    # -- who is in ----------------------------------------------------------------------------------------------------

    async def admit(self, place: Place, accounts: Sequence[AccountId]) -> Mapping[AccountId, str]:
        """Invite them with one call; those that it could not invite, each with Slack's word for why."""
        try:
            refused = await self._invite(place, list(dict.fromkeys(map(user_of, accounts))))
        except (Closed, Rejected) as trouble:
            if trouble.reason not in OF_ALL:
                raise
            raise Lacking(OF_ALL[trouble.reason]) from None
        found = ((account, refused.get(user_of(account), "")) for account in accounts)
        return {account: why for account, why in found if why and why not in IN_ALREADY}

    async def _invite(self, place: Place, users: Sequence[str]) -> Mapping[str, str]:
        """Who was refused. A refusal of the whole call that names nobody is tracked down by halves."""
        if not users:
            return {}
        answer = await call(
            self._client.conversations_invite,
            repeatable=True,
            budget=f"{place.venue}:conversations.invite",
            fine=OF_PERSONS,
            channel=ref_of(place),
            users=",".join(users),
            force=True,
        )
        named = {word(one, "user"): word(one, "error") or "not invited" for one in entries(answer, "errors")}
        why = word(answer, "error")
        left = [user for user in users if user not in named] if why else []
        if len(left) == 1 and len(users) == 1:
            return {left[0]: why}
        half = len(left) // 2 or len(left)
        return {**named, **await self._invite(place, left[:half]), **await self._invite(place, left[half:])}

    async def expel(self, place: Place, account: AccountId) -> None:
        await self._change(
            self._client.conversations_kick,
            place,
            "conversations.kick",
            fine=("not_in_channel", "cant_kick_self", "user_not_found", "user_not_in_channel"),
            user=user_of(account),
        )

    # -- what stands there --------------------------------------------------------------------------------------------

    @plainly
    async def set_topic(self, place: Place, topic: str) -> None:
        """Each change leaves a line in the channel, so none is made where the topic is that already."""
        words = fitting(topic)
        there = word((await self._told(ref_of(place))).get("topic"), "value")
        if unescape(there) != words:
            await self._change(self._client.conversations_setTopic, place, "conversations.setTopic", topic=words)

    async def pin(self, place: Place, ref: str) -> None:
        await self._change(self._client.pins_add, place, "pins.add", fine=("already_pinned",), timestamp=ref)

    async def unpin(self, place: Place, ref: str) -> None:
        await self._change(self._client.pins_remove, place, "pins.remove", fine=("no_pin", "not_pinned"), timestamp=ref)

    async def archive(self, place: Place) -> None:
        await self._change(
            self._client.conversations_archive, place, "conversations.archive", fine=("already_archived",)
        )

    async def _change(
        self, method: Call, place: Place, name: str, *, fine: Collection[str] = (), **arguments: object
    ) -> None:
        with _as_policy(name):
            await call(
                method,
                repeatable=True,
                budget=f"{place.venue}:{name}",
                fine=fine,
                channel=ref_of(place),
                **arguments,
            )


@contextmanager
def _as_policy(method: str) -> Iterator[None]:
    """What the workspace does not allow there waits until it does; the room itself stays open."""
    try:
        yield
    except (Closed, Rejected) as no:
        if no.reason not in OF_ALL:
            raise
        policy = no.reason in POLICY and method in KEPT_BY_ADMINS
        raise Lacking(KEPT_BY_ADMINS[method] if policy else OF_ALL[no.reason]) from None


def fitting(topic: str) -> str:
    """A topic as one line that Slack takes: what it escapes counts as it is written then."""
    words = one_line(topic)
    most = limits.TOPIC
    while len(escape(short := shorten(words, most))) > limits.TOPIC:
        most -= 1
    return short


def ref_of(place: Place) -> str:
    if not place.ref:
        raise Closed("this place has no channel yet")
    return place.ref
