"""Whom a message would ring: Slack's reading of mentions in text and blocks, to prove that nobody is rung by chance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapters.sandbox.slack.model import Json, Message
from adapters.sandbox.slack.world import World

_MENTION = re.compile(r"<(@[UW][A-Z0-9]+|!(?:here|channel|everyone)|!subteam\^[A-Z0-9]+)(?:\|[^<>]*)?>")
_WORDS = re.compile(r"(?<![\w<])@(here|channel|everyone)\b")


def full(text: str) -> str:
    """``parse=full``: bare words become mentions, as docs.slack.dev/messaging/formatting-message-text warns."""
    return _WORDS.sub(r"<!\1>", text)


def mentions(message: Message) -> list[str]:
    """``@U…``, ``!here``, ``!subteam^S…``: each as often as it stands there."""
    return [*_MENTION.findall(message.text), *_in_blocks(message.blocks)]


def _in_blocks(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _in_blocks(one)
    elif isinstance(value, dict):
        match value.get("type"):
            case "mrkdwn" | "markdown":
                yield from _MENTION.findall(str(value.get("text", "")))
            case "plain_text":
                return
            case "user":
                yield f"@{value.get('user_id')}"
            case "broadcast":
                yield f"!{value.get('range')}"
            case "usergroup":
                yield f"!subteam^{value.get('usergroup_id')}"
        for name, one in value.items():
            if name != "text" or isinstance(one, dict):
                yield from _in_blocks(one)


def rung(world: World) -> list[Json]:
    """Every mention in a message of an app that is still there."""
    return [
        {"channel": room.name or room.id, "post": message.ts, "mention": one}
        for space in world.workspaces.values()
        for room in space.channels.values()
        for message in room.messages.values()
        if message.bot_id
        for one in mentions(message)
    ]
