"""Which message heads a thread: a reply goes under the head, never under another reply (methods/chat.postMessage)."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import call, entries, word

KEPT = 10_000
"""Messages remembered; the oldest go first."""
NOT_THERE = frozenset({"thread_not_found", "message_not_found"})


class Threads:
    """The heads of one workspace's threads, each asked for once."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._heads: dict[tuple[str, str], str] = {}

    async def head(self, room: str, ref: str, *, budget: str = "") -> str | None:
        """The message under which a reply to this one stands; None where it is not there any more."""
        if known := self._heads.get((room, ref)):
            return known
        answer = await call(
            self._client.conversations_replies,
            repeatable=True,
            budget=budget,
            fine=NOT_THERE,
            channel=room,
            ts=ref,
            limit=1,
        )
        if word(answer, "error"):
            return None
        found = next(iter(entries(answer, "messages")), {})
        return self.learn(room, ref, word(found, "thread_ts") or word(found, "ts") or ref)

    def learn(self, room: str, ref: str, head: str | None = None) -> str:
        """What was posted under ``head``, or heads a thread of its own."""
        self._heads[room, ref] = head or ref
        if len(self._heads) > KEPT:
            del self._heads[next(iter(self._heads))]
        return head or ref
