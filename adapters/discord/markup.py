"""The neutral text tree as Discord's markdown; what a person typed comes out as words and as nothing else.

Discord reads a backslash before any punctuation as "this one is a plain character". Two things are not stopped by it:
mentions, which its servers look for without regard to backslashes, and addresses, which swallow the backslash; a
zero-width space behind the ``@`` stops the first (no posting without ``allowed_mentions`` either), angle brackets
around the address the second.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from adapters.discord import limits
from core.domain.ids import SECOND
from core.domain.text import Crowd, Doc, Jump, Leaf, Link, Mention, Node, Room, Styled, Text, When, as_doc, plain

ZERO_WIDTH = "\u200b"

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]{0,20})://([^\s<>\\]*[^\s<>\\.,:;\"'\])!?])?", re.IGNORECASE)
_SPECIAL = re.compile(r"[\\*_~`|\[\]<]")
_LINE_START = re.compile(r"^([^\S\n]*)([#>+-])", re.MULTILINE)
_NUMBERED = re.compile(r"^([^\S\n]*\d+)\.", re.MULTILINE)
_NOTIFIES = re.compile(r"@(?=everyone|here|[!&]?\d)")
_SHORTCODE = re.compile(r":(?=[^\s:]+:)")
"""``:tada:`` is drawn as an emoji even when a bot posts it."""
_OPEN_SHORTCODE = re.compile(r":(?=[^\s:]+:|[^\s:]*\Z)")
_DELIMITERS = "*_~|`"
_WHEN = {"time": "t", "date": "f", "left": "R"}
_MARKS = {"bold": "**", "italic": "_", "strike": "~~"}
"""Italic is an underscore: Discord's rule for a single asterisk does not know the backslash."""


def spell(text: Text, server: str = "") -> str:
    """Markdown that shows exactly this text; ``server`` is the reader's own, where jumps lead."""
    return _spell(as_doc(text), frozenset(), server)


def _spell(tree: Doc, inside: frozenset[str], server: str) -> str:
    written = ""
    for index, node in enumerate(tree):
        following = _write(node, inside, server, last=index == len(tree) - 1)
        # Discord closes italic only before something that is no ASCII word character.
        if written[-1:] in ("_", "@") and re.match(r"[A-Za-z0-9_]", following):
            written += ZERO_WIDTH
        written += following
    return written


def _write(node: Node, inside: frozenset[str], server: str, *, last: bool) -> str:
    match node:
        case Leaf(text):
            return escape(text, styled=bool(inside), last=last)
        case Styled("code", children):
            return _code(plain(children), styled=bool(inside))
        case Styled(style, children):
            return _styled(style, children, inside, server)
        case Link(url, label):
            return _link(url, label, styled=bool(inside))
        case Mention(_, shown):
            return escape(f"@{shown}", styled=bool(inside))
        case Crowd(ref, _):
            return f"<@&{ref}>" if ref.isascii() and ref.isdigit() else escape(plain((node,)), styled=bool(inside))
        case When(at, style):
            return f"<t:{at // SECOND}:{_WHEN[style]}>"
        case Room(ref):
            return f"<#{ref}>" if ref.isascii() and ref.isdigit() else escape(f"#{ref}")
        case Jump(room, ref, label):
            return jump(label, address(server, room, ref), styled=bool(inside))


def _styled(style: str, children: Doc, inside: frozenset[str], server: str) -> str:
    if style in inside:
        return _spell(children, inside, server)
    inner = _spell(children, inside | {style}, server)
    if not inner.strip():
        return inner
    mark = _MARKS[style]
    # The strike-through rule takes the first two tildes that it meets, escaped or not.
    fence = ZERO_WIDTH if inner[-1] in _DELIMITERS else ""
    head = ZERO_WIDTH if inner[0] in _DELIMITERS else ""
    return f"{mark}{head}{inner}{fence}{mark}"


def _code(text: str, *, styled: bool) -> str:
    runs = [len(run) for run in re.findall(r"`+", text)]
    if not text.strip() or styled or any(run > 1 for run in runs):
        return escape(text, styled=styled)
    ticks = "`" * (2 if runs else 1)
    # One space beside a backtick is taken away again when it is shown.
    head, tail = " " * text.startswith("`"), " " * text.endswith("`")
    return f"{ticks}{head}{_NOTIFIES.sub('@' + ZERO_WIDTH, text)}{tail}{ticks}"


def _link(url: str, label: str, *, styled: bool) -> str:
    """A masked link that shows where it leads; Discord refuses labels that hold an address themselves."""
    target = web_address(url)
    if target is None or not label or "://" in label:
        return escape(f"{label} ({url})" if label and label != url else url, styled=styled)
    if styled:
        target = _without_delimiters(target)
    host = urlsplit(target).hostname or ""
    shown = "" if host in label else f" ({escape(host, styled=styled)})"
    return f"[{escape(' '.join(label.split()), styled=styled)}]({target}){shown}"


def jump(label: str, target: str, *, styled: bool = False) -> str:
    """A word that leads to a message of the same server; the words alone where there is no way there."""
    shown = escape(" ".join(label.split()), styled=styled)
    return f"[{shown}]({target})" if target and shown.strip() and "://" not in label else shown


def address(server: str, room: str, ref: str = "") -> str:
    """Where a room, or a message in it, is found; empty where that cannot be said."""
    steps = (server, room, ref) if ref else (server, room)
    return "/".join((limits.SITE, *steps)) if all(one.isascii() and one.isdigit() for one in steps) else ""


def web_address(url: str) -> str | None:
    """The address with everything quoted that could end it early; None when it is not http or https."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return None
    return quote(url, safe="%/:?#@!$&*+,;=~._-|'[]").replace("[", "%5B").replace("]", "%5D")


def _without_delimiters(address: str) -> str:
    return "".join(f"%{ord(char):02X}" if char in _DELIMITERS else char for char in address)


def escape(text: str, *, styled: bool = False, last: bool = True) -> str:
    """Words as they are; addresses stay whole, so that they can be pressed.

    ``styled``: marks stand around it; ``last``: nothing but a line end or the end follows.
    """
    written, done = "", 0
    while found := _ADDRESS.search(text, done):
        written += _escaped(text[done : found.start()], joins=True)
        if not _is_web(found):
            # Addresses of other programs are addresses to some clients: broken, and what follows looked at anew.
            written += _escaped(found[1]) + "\\:\\/\\/"
            done = found.end(1) + len("://")
            continue
        after = text[found.end() : found.end() + 1] or ("" if last and not styled else "x")
        written += _address(found, after, styled=styled)
        done = found.end()
    written += _escaped(text[done:], joins=not last)
    return _NOTIFIES.sub("@" + ZERO_WIDTH, written)


def _is_web(found: re.Match[str]) -> bool:
    return found[1].lower() in ("http", "https") and bool(found[2])


def _address(found: re.Match[str], after: str, *, styled: bool) -> str:
    """Bare where white space or nothing follows, else between angle brackets, which end it for certain."""
    whole = _NOTIFIES.sub("%40", found[0])
    if styled:
        whole = _without_delimiters(whole)
    bare = found[1].islower() and (not after or after.isspace())
    return whole if bare else f"<{whole}>"


def _escaped(text: str, *, joins: bool = False) -> str:
    """``joins``: more words follow at once, in which a shortcode could end."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _LINE_START.sub(r"\1\\\2", text)
    text = _NUMBERED.sub(r"\1\\.", text)
    return (_OPEN_SHORTCODE if joins else _SHORTCODE).sub(r"\\:", text)
