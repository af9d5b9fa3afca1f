"""Text trees in Slack's two notations; whatever is a leaf of the tree can never act as markup, link or mention.

A string for ``mrkdwn`` escapes ``& < >``, which is all that Slack asks for (docs.slack.dev/messaging/
formatting-message-text); stars and the like would still style words there, so :func:`inert` says where that could
happen and rich text is used instead: its text elements are words only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from core.domain.ids import SECOND, Instant, moment
from core.domain.text import (
    Crowd,
    Doc,
    Jump,
    Leaf,
    Link,
    Mention,
    Node,
    Room,
    Style,
    Styled,
    Text,
    When,
    as_doc,
    plain,
    shorten,
)

Element = dict[str, Any]

_ROOM = re.compile(r"[A-Z][A-Z0-9]{1,20}")
_WEB = re.compile(r"https?://[^\s<>|\x00-\x1f]+", re.IGNORECASE)
_MARKS = re.compile(r"[*_~`]|^\s*>", re.MULTILINE)
_SIGNS: dict[Style, str] = {"bold": "*", "italic": "_", "strike": "~", "code": "`"}
_TOKENS = {"time": "{time}", "left": "{time}", "date": "{date_short_pretty}, {time}"}


def escape(text: str) -> str:
    """The three signs that open markup, as Slack wants them written."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def is_web(url: str) -> bool:
    """Whether an address may stand in a link: http and https only, no space, no sign that would end the entity."""
    return len(url) <= 2000 and _WEB.fullmatch(url) is not None


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
        case Mention(_, shown) | Crowd(_, shown):
            return _MARKS.search(shown) is None
        case Jump(_, _, label):
            return _MARKS.search(label) is None
        case When() | Room():
            return True


def mrkdwn(tree: Text) -> str:
    """The tree as a string for mrkdwn text objects and for ``text`` arguments."""
    return "".join(_string(node) for node in as_doc(tree))


def _string(node: Node) -> str:
    match node:
        case Leaf(text):
            return escape(text)
        case Styled(style, children):
            return f"{_SIGNS[style]}{mrkdwn(children)}{_SIGNS[style]}"
        case Link(url, label):
            if not is_web(url):
                return escape(label or url)
            name = label.replace("|", "/").replace("\n", " ")
            return f"<{_address(url)}|{escape(name)}>" if name else f"<{_address(url)}>"
        case Mention(_, shown) | Crowd(_, shown):
            return escape(f"@{shown}")
        case When(at, style):
            return f"<!date^{at // SECOND}^{_TOKENS[style]}|{utc(at, style)}>"
        case Room(ref):
            return f"<#{ref}>" if _ROOM.fullmatch(ref) else "#channel"
        case Jump(_, _, label):
            # Where the workspace's address is known it was made a link before (adapters.slack.jumps).
            return escape(label)


def _address(url: str) -> str:
    return url.replace("&", "&amp;")


def utc(at: Instant, style: str = "time") -> str:
    """What is read where the reader's own zone cannot be had."""
    when = moment(at)
    return f"{when:%d %b %H:%M} UTC" if style == "date" else f"{when:%H:%M} UTC"


def rich(tree: Text, *styles: Style) -> list[Element]:
    """The tree as elements of a ``rich_text_section``."""
    return [element for node in as_doc(tree) for element in _elements(node, styles)]


def _elements(node: Node, styles: tuple[Style, ...]) -> Iterable[Element]:
    styled: Element = {"style": dict.fromkeys(styles, True)} if styles else {}
    match node:
        case Leaf(text):
            if text:
                yield {"type": "text", "text": text, **styled}
        case Styled(style, children):
            yield from rich(children, *styles, *(() if style in styles else (style,)))
        case Link(url, label) if is_web(url):
            yield {"type": "link", "url": url, **({"text": label} if label else {}), **styled}
        case Link(url, label):
            yield {"type": "text", "text": label or url, **styled}
        case Mention(_, shown) | Crowd(_, shown):
            yield {"type": "text", "text": f"@{shown}", **styled}
        case When(at, style):
            yield {
                "type": "date",
                "timestamp": at // SECOND,
                "format": _TOKENS[style],
                "fallback": utc(at, style),
                **styled,
            }
        case Room(ref):
            if _ROOM.fullmatch(ref):
                yield {"type": "channel", "channel_id": ref, **styled}
            else:
                yield {"type": "text", "text": "#channel", **styled}
        case Jump(_, _, label):
            if label:
                yield {"type": "text", "text": label, **styled}


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
