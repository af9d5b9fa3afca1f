"""Slack as the reconciler uses it: post, edit, delete, look up; nothing is decided or repeated here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import limits
from adapters.slack.calls import call
from adapters.slack.history import messages_after
from adapters.slack.identity import Install, user_of
from adapters.slack.parse import timestamp
from adapters.slack.reading import Names, from_text
from adapters.slack.render import render
from core.app.platform import Budget, Closed
from core.domain.ids import Instant
from core.domain.surfaces import Place
from core.domain.text import plain
from core.domain.view import Card, Content

_EMOJI = re.compile(r":[a-z0-9_+'-]+:")
_WORDS = re.compile(r"\w+")
URGENT = 3
"""Publishing and private replies; counts that can wait stand above it."""


METHODS = {
    "open": "conversations.open",
    "post": "chat.postMessage",
    "edit": "chat.update",
    "delete": "chat.delete",
    "read": "conversations.history",
}
"""Whose limit a verb spends; looking at a room and entering it are held to that of opening one."""


class SlackGateway:
    """The Platform port over the Web API of one workspace."""

    name = "slack"

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self.install = Install("")
        """Known once the adapter has started."""

    def budgets(self, verb: str, place: Place, urgency: int) -> Sequence[Budget]:
        """chat.postMessage is held to a channel, every other method to the whole workspace."""
        name = f"{place.venue}:{METHODS[verb]}"
        if verb == "post":
            return (
                Budget(f"{name}:{place.ref or place.id}", limits.POST_IN_CHANNEL, limits.POST_IN_CHANNEL_BURST),
                Budget(name, limits.POST_IN_WORKSPACE, limits.POST_IN_WORKSPACE_BURST),
            )
        quiet = verb == "edit" and urgency > URGENT
        return (Budget(name, limits.TIER_3, limits.TIER_3_QUIET_BURST if quiet else limits.TIER_3_BURST),)

    def together(self, place: Place) -> int:
        return limits.POST_IN_CHANNEL

    async def open(self, place: Place) -> str:
        """Enter an adopted channel, or open the direct message with the place's account."""
        if place.kind == "dm" and place.account:
            answer = await call(self._client.conversations_open, users=user_of(place.account), repeatable=True)
            if ref := _word(answer.get("channel"), "id"):
                return ref
            raise Closed("no direct message")
        if not place.ref:
            raise Closed("no channel was chosen for this room")
        await self._enter(place.ref)
        return place.ref

    async def _enter(self, ref: str) -> None:
        """A public channel may be joined; into a private one the bot must be invited."""
        answer = await call(self._client.conversations_info, channel=ref, repeatable=True)
        channel = answer.get("channel")
        told: Mapping[str, Any] = channel if isinstance(channel, dict) else {}
        if told.get("is_archived") is True:
            raise Closed("is_archived")
        if told.get("is_member") is True:
            return
        if told.get("is_private") is True:
            raise Closed("the bot is not in this private channel; invite it there")
        await call(self._client.conversations_join, channel=ref, repeatable=True)

    async def post(self, place: Place, content: Content, *, nonce: str, parent: str | None = None) -> str:
        """Post once. Slack documents no key against posting twice; ``like`` is the look-up behind a lost answer."""
        shown = render(content)
        answer = await call(
            self._client.chat_postMessage,
            budget=f"{place.venue}:chat.postMessage:{place.ref or place.id}",
            channel=_ref(place),
            thread_ts=parent,
            unfurl_links=False,
            unfurl_media=False,
            username=shown.username,
            icon_url=shown.icon_url,
            **shown.body(),
        )
        return _word(answer, "ts")

    async def edit(self, place: Place, ref: str, content: Content) -> None:
        # chat.update treats text as a client would unless told not to, unlike chat.postMessage.
        await call(
            self._client.chat_update,
            repeatable=True,
            budget=f"{place.venue}:chat.update",
            channel=_ref(place),
            ts=ref,
            parse="none",
            **render(content).body(),
        )

    async def delete(self, place: Place, ref: str) -> None:
        await call(
            self._client.chat_delete,
            repeatable=True,
            budget=f"{place.venue}:chat.delete",
            channel=_ref(place),
            ts=ref,
        )

    async def like(self, place: Place, content: Content | None, since: Instant) -> Sequence[str]:
        found = await messages_after(self._client, _ref(place), timestamp(since))
        return [_word(message, "ts") for message in found if self.install.posted(message) and same(message, content)]


def same(message: Mapping[str, Any], content: Content | None) -> bool:
    """Whether a message of the history is what we would post: the same words under the same name.

    Of a card only the first line is looked at: its numbers may have moved on since. None is like everything.
    """
    if content is None:
        return True
    wanted, text = render(content), message.get("text")
    if not isinstance(text, str) or (wanted.username or "") != (_word(message, "username") if wanted.username else ""):
        return False
    if isinstance(content, Card):
        return words(text.partition("\n")[0]) == words(wanted.text.partition("\n")[0])
    return words(text) == words(wanted.text)


def words(text: str) -> tuple[str, ...]:
    """The letters and digits of a text: Slack keeps emoji by name, marks links and may move spaces."""
    return tuple(_WORDS.findall(_EMOJI.sub(" ", plain(from_text(text, Names())))))


def _ref(place: Place) -> str:
    if not place.ref:
        raise Closed("this place has no channel yet")
    return place.ref


def _word(value: object, name: str) -> str:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""
