"""What a session file says of questions: its names, and their values as a session's rules hold them (SPEC 13.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.domain.form import Invalid
from core.domain.plan_nodes import Node
from core.domain.plan_shapes import FlagShape, Found, Key, ListShape, PickShape, TableShape, TextShape
from core.domain.question_rules import (
    HOURS,
    MODES,
    REPLIES,
    REPLY_LIMIT,
    parse_hours,
    parse_mode,
    parse_replies,
    parse_reply,
)

FLAGS: Mapping[str, str] = {"approval": "approval", "thread_sends": "sends", "direct": "direct"}
"""Names in the file, and what the rules call them."""
QUESTIONS = TableShape(
    {
        "mode": Key(PickShape({str(mode): told for mode, told in MODES.items()}), "how people ask"),
        "approval": Key(FlagShape(), "whether a moderator lets each public question through before others read it"),
        "hours": Key(
            TextShape(30, f"^{HOURS}$", "Write the hours like 09:00-17:30.", ("09:00-17:30",)),
            "when moderators answer, in the session's timezone; without it, always",
        ),
        "reply": Key(TextShape(REPLY_LIMIT), "what is answered by itself outside of these hours"),
        "replies": Key(ListShape(TextShape(REPLY_LIMIT), most=REPLIES), "quick replies that moderators pick"),
        "thread_sends": Key(FlagShape(), "whether the owner's lines under a card go to the asker"),
        "direct": Key(FlagShape(), "whether conversations are direct messages even where threads are possible"),
    }
)


def asked(found: Found, tell: Callable[[Node, str], None]) -> Mapping[str, Any]:
    """Fields of the rules, of those that the file names; ``tell`` takes what is wrong and where."""
    said: dict[str, Any] = {}
    if node := found.one("mode"):
        said["mode"] = parse_mode(node.text)
    for name, field in FLAGS.items():
        if found.one(name):
            said[field] = found.flag(name, default=False)
    try:
        if node := found.one("hours"):
            said["opens"], said["closes"] = parse_hours(node.text)
    except Invalid as problem:
        tell(node or found.node, str(problem))
    try:
        if node := found.one("reply"):
            said["reply"] = parse_reply(node.text)
    except Invalid as problem:
        tell(node or found.node, str(problem))
    replies = found.many("replies")
    try:
        if replies and "replies" not in found.doubtful:
            said["replies"] = parse_replies("\n".join(it.text.replace("\n", " ") for it in replies))
    except Invalid as problem:
        tell(replies[0], str(problem))
    return said
