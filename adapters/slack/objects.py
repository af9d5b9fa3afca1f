"""The objects that Slack's blocks are made of: texts, context and rich text blocks, each within its limit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from adapters.slack import limits
from adapters.slack.markup import inert, mrkdwn, utc
from core.domain.text import Doc, Leaf, When, plain, shorten

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rendered:
    """``text`` is the notification and what a screen reader gets; it holds everything that the blocks show."""

    blocks: list[Block]
    text: str
    username: str | None = None
    icon_url: str | None = None

    def body(self) -> Block:
        return {"text": self.text, "blocks": self.blocks}


def cut(text: str, limit: int = limits.MESSAGE_TEXT) -> str:
    """An escaped string cut to fit, never inside an entity."""
    if len(text) <= limit:
        return text
    short = shorten(text, limit)[:-1]
    return re.sub(r"(<[^<>]*|&[a-z]*)$", "", short).rstrip() + "…"


def mrkdwn_object(text: str) -> Block:
    # verbatim: Slack shall find no links, channels or names in words by itself.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_object(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": shorten(text, limit) or " ", "emoji": True}


def context(elements: list[Block]) -> Block:
    return {"type": "context", "elements": elements}


def rich_text(elements: list[Block]) -> Block:
    """Of what :func:`adapters.slack.rich.parts` made."""
    nothing = {"type": "rich_text_section", "elements": [{"type": "text", "text": " "}]}
    return {"type": "rich_text", "elements": elements or [nothing]}


def small(tree: Doc) -> list[Block]:
    """Context elements: one string where nothing in it can style words, else what was typed apart from the rest."""
    if inert(tree) and len(words := mrkdwn(tree)) <= limits.CONTEXT_TEXT:
        return [mrkdwn_object(words or " ")]
    if len(tree) > limits.CONTEXT_ELEMENTS:
        tree = (Leaf("".join(utc(it.at, it.style) if isinstance(it, When) else plain((it,)) for it in tree)),)
    return [
        mrkdwn_object(mrkdwn((node,)))
        if inert((node,)) and not isinstance(node, Leaf)
        else plain_object(plain((node,)), limits.CONTEXT_TEXT)
        for node in tree
    ]
