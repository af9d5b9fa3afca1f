"""Text trees in Slack's two notations; whatever is a leaf of the tree can never act as markup, link or mention.

A string for ``mrkdwn`` escapes ``& < >``, which is all that Slack asks for (docs.slack.dev/messaging/
formatting-message-text); stars and the like would still style words there, so :func:`inert` says where that could
happen and rich text is used instead: its text elements are words only.
"""

from __future__ import annotations

import re

from core.domain.ids import SECOND, Instant, moment
from core.domain.links import host, leads
from core.domain.text import (
    Called,
    Crowd,
    Doc,
    Fence,
    Item,
    Jump,
    Leaf,
    Link,
    Mention,
    Node,
    Quoted,
    Room,
    Style,
    Styled,
    Text,
    When,
    as_doc,
    plain,
    shorten,
)

ROOM = re.compile(r"[A-Z][A-Z0-9]{1,20}")
_MARKS = re.compile(r"[*_~`]|^\s*>", re.MULTILINE)
_SIGNS: dict[Style, str] = {"bold": "*", "italic": "_", "strike": "~", "code": "`"}
TOKENS = {"time": "{time}", "left": "{time}", "date": "{date_short_pretty}, {time}"}

SPOILER = "(spoiler: "
"""Slack hides no words. They are named before they are read and closed by a bracket, and none of them is lost."""


def escape(text: str) -> str:
    """The three signs that open markup, as Slack wants them written."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def is_web(url: str) -> bool:
    """Whether an address may stand in a link: http and https only, no space, no sign that would end the entity."""
    return bool(host(url))


def inert(tree: Text) -> bool:
    """Whether no leaf holds a sign that styles words in a mrkdwn text object."""
    return all(_inert(node) for node in as_doc(tree))


def _inert(node: Node) -> bool:
    match node:
        case Leaf(text):
            return _MARKS.search(text) is None
        case Styled(_, children):
            # A style's sign must touch its words, and ends with the line.
            words = plain(children)
            return inert(children) and words == words.strip() and "\n" not in words and words != ""
        case Link(url, label):
            return _MARKS.search(label or url) is None
        case Mention(_, shown) | Crowd(_, shown) | Called(_, shown):
            return _MARKS.search(shown) is None
        case Jump(_, _, label):
            return _MARKS.search(label) is None
        case When() | Room():
            return True
        case Quoted() | Item() | Fence():
            return False  # lines of their own: rich text has them


def mrkdwn(tree: Text) -> str:
    """The tree as a string for mrkdwn text objects and for ``text`` arguments."""
    return "".join(_string(node) for node in as_doc(tree))


def _string(node: Node) -> str:
    match node:
        case Leaf(text):
            return escape(text)
        case Styled("spoiler", children):
            return f"{SPOILER}{mrkdwn(children)})"
        case Styled(style, children):
            return f"{_SIGNS[style]}{mrkdwn(children)}{_SIGNS[style]}"
        case Link(url, label):
            if not leads(url):
                return escape(label or url)
            name = label.replace("|", "/").replace("\n", " ")
            return f"<{_address(url)}|{escape(name)}>" if name else f"<{_address(url)}>"
        case Mention(_, shown) | Crowd(_, shown) | Called(_, shown):
            return escape(f"@{shown}")
        case When(at, style):
            return f"<!date^{at // SECOND}^{TOKENS[style]}|{utc(at, style)}>"
        case Room(ref):
            return f"<#{ref}>" if ROOM.fullmatch(ref) else "#channel"
        case Jump(_, _, label):
            # Where the workspace's address is known it was made a link before (adapters.slack.jumps).
            return escape(label)
        case Quoted(children):
            return "&gt; " + mrkdwn(children).replace("\n", "\n&gt; ")
        case Item(children, depth, _):
            return "    " * depth + node.sign + mrkdwn(children)
        case Fence(text, _):
            return f"```{escape(text)}```"


def _address(url: str) -> str:
    return url.replace("&", "&amp;")


def utc(at: Instant, style: str = "time") -> str:
    """What is read where the reader's own zone cannot be had."""
    when = moment(at)
    return f"{when:%d %b %H:%M} UTC" if style == "date" else f"{when:%H:%M} UTC"


def shortened(tree: Doc, limit: int) -> Doc:
    """The tree with at most so many characters of words; what goes over is cut with an ellipsis, styles kept."""
    return tree if len(plain(tree)) <= limit else _cut(tree, max(limit, 1) - 1)


def _cut(tree: Doc, room: int) -> Doc:
    """The first ``room`` characters of a longer tree, and an ellipsis."""
    kept: list[Node] = []
    for node in tree:
        size = len(plain((node,)))
        if size <= room:
            kept.append(node)
            room -= size
            continue
        match node:
            case Styled(style, children):
                kept.append(Styled(style, _cut(children, room)))
            case _:
                # One sign more than there is, so that something is always cut and the ellipsis always stands.
                kept.append(Leaf(shorten(plain((node,)) + " ", room + 1)))
        break
    return tuple(kept)
