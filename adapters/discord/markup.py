"""The neutral text tree as Discord's markdown; what a person typed comes out as words and as nothing else.

Discord reads a backslash before any punctuation as "this one is a plain character". Two things are not stopped by it:
mentions, which its servers look for without regard to backslashes, and addresses, which swallow the backslash; a
zero-width space behind the ``@`` stops the first (no posting without ``allowed_mentions`` either), angle brackets
around the address the second.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from adapters.discord import limits
from core.domain.ids import SECOND
from core.domain.links import host, leads, same
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
    Styled,
    Text,
    When,
    as_doc,
    plain,
)

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
_NO_END = ".,:;\"'])"
"""An address that stands bare does not end with these."""
_TOUCHING = tuple(_DELIMITERS)
_WHEN = {"time": "t", "date": "f", "left": "R"}
_MARKS = {"bold": "**", "italic": "_", "strike": "~~", "spoiler": "||"}
"""Italic is an underscore: Discord's rule for a single asterisk does not know the backslash."""


def spell(text: Text, server: str = "") -> str:
    """Markdown that shows exactly this text; ``server`` is the reader's own, where jumps lead."""
    return _spell(as_doc(text), frozenset(), server)


def _spell(tree: Doc, inside: frozenset[str], server: str) -> str:
    written = ""
    for index, node in enumerate(tree):
        behind = tree[index + 1] if index + 1 < len(tree) else None
        after = " " if isinstance(behind, Leaf) and behind.text[:1].isspace() else "x" if behind or inside else ""
        following = _write(node, inside, server, last=behind is None, after=after)
        if _touch(written[-1:], following):
            written += ZERO_WIDTH
        written += following
    return written


def _touch(last: str, following: str) -> bool:
    """Discord closes italic only before what is no ASCII word character, and some styles not before others' signs."""
    if last in ("_", "@") and re.match(r"[A-Za-z0-9_]", following):
        return True
    return last in _TOUCHING and following[:1] in _TOUCHING


def _write(node: Node, inside: frozenset[str], server: str, *, last: bool, after: str) -> str:
    """``last``: nothing follows in the same style; ``after``: the kind of what follows at once."""
    match node:
        case Leaf(text):
            return escape(text, styled=bool(inside), last=last)
        case Styled("code", children):
            return _code(plain(children), styled=bool(inside))
        case Styled(style, children):
            return _styled(style, children, inside, server)
        case Link(url, "") if host(url):
            return _bare(url, after, styled=bool(inside))
        case Link(url, label):
            return _link(url, label, styled=bool(inside))
        case Mention(_, shown):
            return escape(f"@{shown}", styled=bool(inside))
        case Crowd(ref, _):
            return f"<@&{ref}>" if ref.isascii() and ref.isdigit() else escape(plain((node,)), styled=bool(inside))
        case Called(account, _):
            user = user_of(account)
            return f"<@{user}>" if user else escape(plain((node,)), styled=bool(inside))
        case When(at, style):
            return f"<t:{at // SECOND}:{_WHEN[style]}>"
        case Room(ref):
            return f"<#{ref}>" if ref.isascii() and ref.isdigit() else escape(f"#{ref}")
        case Jump(room, ref, label):
            return jump(label, address(server, room, ref), styled=bool(inside))
        case Quoted(children):
            return "> " + _spell(children, inside, server).replace("\n", "\n> ")
        case Item(children, depth, number):
            head = "  " * depth + ("- " if number is None else f"{number}. ")
            return head + _spell(children, inside, server).replace("\n", "\n" + " " * len(head))
        case Fence(text, language):
            return f"```{language}\n{_quiet(text)}\n```"


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
    """Between backticks a backslash hides nothing: what would end a style around it makes words of the code."""
    if not text.strip() or (styled and any(char in f"{_DELIMITERS}\\" for char in text)):
        return escape(text, styled=styled)
    ticks = "``" if "`" in text else "`"
    # One space beside a backtick is taken away again when it is shown.
    head, tail = " " * text.lstrip(" ").startswith("`"), " " * text.rstrip(" ").endswith("`")
    return f"{ticks}{head}{_quiet(text)}{tail}{ticks}"


def _quiet(code: str) -> str:
    """Code in which no two backticks touch, so that nothing in it ends it, and which mentions nobody."""
    return _NOTIFIES.sub("@" + ZERO_WIDTH, re.sub("`(?=`)", "`" + ZERO_WIDTH, code))


def _link(url: str, label: str, *, styled: bool) -> str:
    """A masked link that shows where it leads; Discord refuses labels that hold an address, and links to mailboxes."""
    target, where = web_address(url), leads(url)
    if target is None or not label or "://" in label:
        bare = url if target else where or url
        return escape(f"{label} ({bare})" if label and label not in (url, bare) else bare, styled=styled)
    if styled:
        target = _without_delimiters(target)
    shown = "" if same(url, label, where) else f" ({escape(where, styled=styled)})"
    return f"[{escape(' '.join(label.split()), styled=styled)}]({target}){shown}"


def user_of(account: str) -> str:
    """The id of a Discord account; empty for another platform's."""
    platform, _, user = account.partition(":")
    return user if platform == "discord" and user.isascii() and user.isdigit() else ""


def jump(label: str, target: str, *, styled: bool = False) -> str:
    """A word that leads to a message of the same server; the words alone where there is no way there."""
    shown = escape(" ".join(label.split()), styled=styled)
    return f"[{shown}]({target})" if target and shown.strip() and "://" not in label else shown


DIRECT = "@me"
"""Stands for the server in the addresses of direct messages."""


def address(server: str, room: str, ref: str = "") -> str:
    """Where a room, or a message in it, is found; empty where that cannot be said."""
    steps = (server, room, ref) if ref else (server, room)
    known = all(one.isascii() and one.isdigit() for one in steps[server == DIRECT :])
    return "/".join((limits.SITE, *steps)) if known else ""


def pointed(server: str, url: str) -> tuple[str, str] | None:
    """The channel and the message that an address of this server leads to; None for all others."""
    room, _, ref = url.removeprefix(f"{limits.SITE}/{server}/").partition("/")
    return (room, ref) if server and address(server, room, ref) == url and ref else None


def web_address(url: str) -> str | None:
    """The address with everything quoted that could end it early; None when it is not http or https."""
    return quote(url, safe="%/:?#@!$&*+,;=~._-|'[]").replace("[", "%5B").replace("]", "%5D") if host(url) else None


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
        written += _bare(found[0], after, styled=styled)
        done = found.end()
    written += _escaped(text[done:], joins=not last)
    return _NOTIFIES.sub("@" + ZERO_WIDTH, written)


def _is_web(found: re.Match[str]) -> bool:
    return found[1].lower() in ("http", "https") and bool(found[2])


def _bare(url: str, after: str, *, styled: bool) -> str:
    """Bare where white space or nothing follows, else between angle brackets, which end it for certain."""
    whole = _NOTIFIES.sub("%40", _without_delimiters(url) if styled else url)
    bare = url.startswith(("http://", "https://")) and (not after or after.isspace()) and url[-1] not in _NO_END
    return whole if bare else f"<{whole}>"


def _escaped(text: str, *, joins: bool = False) -> str:
    """``joins``: more words follow at once, in which a shortcode could end."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _LINE_START.sub(r"\1\\\2", text)
    text = _NUMBERED.sub(r"\1\\.", text)
    return (_OPEN_SHORTCODE if joins else _SHORTCODE).sub(r"\\:", text)
