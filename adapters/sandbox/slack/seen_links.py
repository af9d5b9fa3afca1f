"""A message as its reader has it: beside the words where its links lead, what it quotes and who reacted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapters.sandbox.slack.marks import unalias, unescape
from adapters.sandbox.slack.model import Channel, Json, Message
from adapters.sandbox.slack.seen import mrkdwn, post_json, rich_line
from adapters.sandbox.slack.world import Workspace

_MRKDWN = re.compile(r"<((?:https?|mailto|slack):[^<>|\n]+)(?:\|([^<>\n]*))?>")
_MARKDOWN = re.compile(r"\[([^\]\n]+)\]\((https?://[^()\s]+)\)")
_ARCHIVE = re.compile(r"https://[^/]+/archives/(\w+)/p(\d{10})(\d{6})")

_SYSTEM = ("channel_", "group_", "pinned_item", "bot_add")
"""The subtypes of the grey lines that Slack writes itself."""


def seen_post(space: Workspace, room: Channel, message: Message) -> Json:
    """A message with all that a reader finds in it: also where its links lead, what it quotes, who reacted."""

    def name(id_: str) -> str:
        user = space.users.get(id_)
        return user.shown if user else id_

    return post_json(space, room, message) | {
        "links": links(space, message),
        "quotes": quotes(space, message),
        "pinned": message.pinned,
        "replies": len(message.replies),
        "reactions": {unalias(f":{one}:"): [name(who) for who in users] for one, users in message.reactions.items()},
        "images": [{"alt": alt, "url": url} for alt, url in _images(space, message.blocks)],
        "system": message.subtype is not None and message.subtype.startswith(_SYSTEM),
    }


def _images(space: Workspace, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for one in value:
            yield from _images(space, one)
    elif isinstance(value, dict):
        if value.get("type") == "image":
            file = space.world.files.get(str((value.get("slack_file") or {}).get("id")))
            address = f"{space.world.base_url}/sandbox/files/{file.id}" if file else value.get("image_url")
            yield str(value.get("alt_text", "")), str(address)
        for one in value.values():
            yield from _images(space, one)


def links(space: Workspace, message: Message) -> list[Json]:
    """Every link in the words, top to bottom, and those of its files; link buttons are controls instead."""
    found = _in_blocks(space, message.blocks) if message.blocks else _in_mrkdwn(space, message.text)
    files = ((str(one.get("title") or one.get("name") or one["id"]), one.get("permalink")) for one in message.files)
    every = [*found, *((label, str(url)) for label, url in files if url)]
    return [{"label": label, "url": url, "post": _post(url)} for label, url in every]


def _post(url: str) -> list[str] | None:
    """[channel id, message id] where the address is a message's own (docs.slack.dev: chat.getPermalink)."""
    hit = _ARCHIVE.match(url)
    return [hit[1], f"{hit[2]}.{hit[3]}"] if hit else None


def _in_mrkdwn(space: Workspace, raw: str) -> Iterator[tuple[str, str]]:
    for hit in _MRKDWN.finditer(raw):
        yield (mrkdwn(space, hit[2]) if hit[2] else unescape(hit[1])), unescape(hit[1])


def _in_blocks(space: Workspace, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for one in value:
            yield from _in_blocks(space, one)
    elif isinstance(value, dict):
        match value.get("type"):
            case "mrkdwn":
                yield from _in_mrkdwn(space, str(value.get("text", "")))
            case "markdown":
                yield from _MARKDOWN.findall(str(value.get("text", "")))
            case "link":
                yield str(value.get("text") or value.get("url")), str(value.get("url"))
            case "button" | "plain_text":
                return
            case _:
                for one in value.values():
                    yield from _in_blocks(space, one)


def quotes(space: Workspace, message: Message) -> list[str]:
    """The quoted lines, each run of them as one text."""
    return list(_quoted(space, message.blocks) if message.blocks else _quoted_text(space, message.text))


def _quoted_text(space: Workspace, raw: str) -> Iterator[str]:
    run: list[str] = []
    for line in [*raw.split("\n"), ""]:
        hit = re.match(r"(?:>|&gt;) ?(.*)", line)
        if hit:
            run.append(hit[1])
        elif run:
            yield mrkdwn(space, "\n".join(run))
            run = []


def _quoted(space: Workspace, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _quoted(space, one)
    elif isinstance(value, dict):
        match value.get("type"):
            case "mrkdwn" | "markdown":
                yield from _quoted_text(space, str(value.get("text", "")))
            case "rich_text_quote":
                yield rich_line(space, value)
            case _:
                for one in value.values():
                    yield from _quoted(space, one)
