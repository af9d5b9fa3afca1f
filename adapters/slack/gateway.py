"""Slack as the reconciler uses it: post, edit, delete, look up; nothing is decided or repeated here.

What is done to rooms themselves stands in :mod:`adapters.slack.rooms`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import limits
from adapters.slack.calls import call, word
from adapters.slack.history import messages_since, replies, threads
from adapters.slack.parse import instant_of, timestamp
from adapters.slack.pictures import Files, Pictures, Send
from adapters.slack.reading import Names, from_text
from adapters.slack.render import Rendered, render
from adapters.slack.rooms import SlackRooms, ref_of
from adapters.slack.speech import unliked
from adapters.slack.threads import Threads
from adapters.slack.words import plainly
from core.app.platform import Budget
from core.domain.ids import Instant
from core.domain.surfaces import Place
from core.domain.text import plain
from core.domain.view import Card, Content

_EMOJI = re.compile(r":[a-z0-9_+'-]+:")
_WORDS = re.compile(r"\w+")
_LIKED = re.compile(r"\n[0-9]+ likes? from elsewhere$")
RESULTS = 6
"""The edits of what is voted on (published with urgency 3); the session's own cards and people's lines come after."""
TOLD = 5
"""Who is told something waits for none of a crowd's welcomes: fifty conversations are opened in a minute."""
URGENT = 3
"""Publishing and private replies; counts that can wait stand above it."""


MAKING = "conversations.create"
METHODS = {
    "open": "conversations.open",
    "post": "chat.postMessage",
    "edit": "chat.update",
    "delete": "chat.delete",
    "read": "conversations.history",
    "admit": "conversations.invite",
    "expel": "conversations.kick",
    "topic": "conversations.setTopic",
    "pin": "pins.add",
    "unpin": "pins.remove",
    "archive": "conversations.archive",
}
"""Whose limit a verb spends; looking at a room and entering it are held to that of opening one."""
RARE = frozenset({MAKING, "conversations.setTopic", "pins.add", "pins.remove", "conversations.archive"})
"""Methods of Tier 2."""


NO_THREAD = frozenset(
    {"cannot_reply_to_message", "message_not_found", "restricted_action_non_threadable_channel", "thread_not_found"}
)
"""Nothing was posted, for there may be no thread: the reply stands in the room then, with its quote."""


class SlackGateway(SlackRooms):
    """The Platform port over the Web API of one workspace."""

    name = "slack"

    def __init__(self, client: AsyncWebClient) -> None:
        super().__init__(client)
        self._threads = Threads(client)
        self.pictures: Pictures | None = None
        """Without it their words are shown."""

    def budgets(self, verb: str, place: Place, urgency: int) -> Sequence[Budget]:
        """chat.postMessage is held to a channel, every other method to the whole workspace."""
        making = verb == "open" and place.ref is None and bool(place.name)
        method = MAKING if making else METHODS[verb]
        name = f"{place.venue}:{method}"
        if verb == "post":
            return (
                Budget(f"{name}:{place.ref or place.id}", limits.POST_IN_CHANNEL, limits.POST_IN_CHANNEL_BURST),
                Budget(name, limits.POST_IN_WORKSPACE, limits.POST_IN_WORKSPACE_BURST),
            )
        if method in RARE:
            return (Budget(name, limits.TIER_2, limits.TIER_2_BURST),)
        burst = limits.TIER_3_BURST
        if verb == "open" and urgency > TOLD:
            burst = limits.TIER_3_QUIET_BURST
        if verb == "edit" and urgency > URGENT:
            burst = limits.TIER_3_RESULTS_BURST if urgency <= RESULTS else limits.TIER_3_QUIET_BURST
        return (Budget(name, limits.TIER_3, burst),)

    def together(self, place: Place) -> int:
        return limits.POST_IN_CHANNEL

    @plainly
    async def post(self, place: Place, content: Content, *, nonce: str, parent: str | None = None) -> str:
        """Post once. Slack documents no key against posting twice; ``like`` is the look-up behind a lost answer."""
        room = ref_of(place)
        head = await self._head(place, parent)
        ts = await self._post(place, content, head)
        if ts is None:
            head, ts = None, await self._post(place, content, None)
        self._threads.learn(room, ts or "", head)
        return ts or ""

    async def _post(self, place: Place, content: Content, head: str | None) -> str | None:
        """None where it was not posted because no thread may be there."""

        async def send(shown: Rendered, fine: Collection[str]) -> Mapping[str, Any]:
            return await call(
                self._client.chat_postMessage,
                budget=f"{place.venue}:chat.postMessage:{place.ref or place.id}",
                fine=[*fine, *(NO_THREAD if head is not None else ())],
                channel=ref_of(place),
                thread_ts=head,
                unfurl_links=False,
                unfurl_media=False,
                username=shown.username,
                icon_url=shown.icon_url,
                **shown.body(),
            )

        answer = await self._sent(place, content, head is not None, send)
        return None if word(answer, "error") else word(answer, "ts")

    async def _head(self, place: Place, parent: str | None) -> str | None:
        if parent is None:
            return None
        return await self._threads.head(ref_of(place), parent, budget=f"{place.venue}:conversations.replies")

    @plainly
    async def edit(self, place: Place, ref: str, content: Content, *, parent: str | None = None) -> None:
        """``parent``: the message in whose thread it stands."""

        async def send(shown: Rendered, fine: Collection[str]) -> Mapping[str, Any]:
            # chat.update treats text as a client would unless told not to, unlike chat.postMessage.
            return await call(
                self._client.chat_update,
                repeatable=True,
                budget=f"{place.venue}:chat.update",
                fine=fine,
                channel=ref_of(place),
                ts=ref,
                parse="none",
                **shown.body(),
            )

        await self._sent(place, content, parent is not None, send)

    async def _sent(self, place: Place, content: Content, threaded: bool, send: Send) -> Mapping[str, Any]:
        def shown(files: Files) -> Rendered:
            return render(content, self.install.site, threaded=threaded, files=files)

        if self.pictures is None:
            return await send(shown({}), ())
        return await self.pictures.send(ref_of(place), content, shown, send)

    @plainly
    async def delete(self, place: Place, ref: str) -> None:
        await call(
            self._client.chat_delete,
            repeatable=True,
            budget=f"{place.venue}:chat.delete",
            channel=ref_of(place),
            ts=ref,
        )
        if self.pictures is not None:
            self.pictures.shows(ref_of(place), ref, ())

    @plainly
    async def like(
        self, place: Place, content: Content | None, since: Instant, *, parent: str | None = None
    ) -> Sequence[str]:
        """A reply stands in its thread; where there is none any more, in the room or in any thread of late."""
        room, oldest = ref_of(place), timestamp(since)
        head = await self._head(place, parent)
        recent = (await messages_since(self._client, room, since)).messages
        found = [one for one in recent if (instant_of(one["ts"]) or 0) > since]
        written_in = [ts for ts, latest in threads(recent).items() if latest > since]
        for thread in (head,) if head is not None else written_in:
            found += await replies(self._client, room, thread, oldest)
        mine = {word(one, "ts") for one in found if self.install.posted(one) and same(one, content)}
        return sorted(mine, key=lambda ts: instant_of(ts) or 0)


def same(message: Mapping[str, Any], content: Content | None) -> bool:
    """Whether a message of the history is what we would post: the same words under the same name.

    Of a card only the first line is looked at: its numbers may have moved on since, and so may the likes of a line.
    None is like everything.
    """
    if content is None:
        return True
    threaded = word(message, "thread_ts") not in ("", word(message, "ts"))
    wanted, text = render(unliked(content), threaded=threaded), message.get("text")
    if not isinstance(text, str) or (wanted.username or "") != (word(message, "username") if wanted.username else ""):
        return False
    if isinstance(content, Card):
        return words(text.partition("\n")[0]) == words(wanted.text.partition("\n")[0])
    return words(_LIKED.sub("", text)) == words(_LIKED.sub("", wanted.text))


def words(text: str) -> tuple[str, ...]:
    """The letters and digits of a text: Slack keeps emoji by name, marks links and may move spaces."""
    return tuple(_WORDS.findall(_EMOJI.sub(" ", plain(from_text(text, Names())))))
