"""Where a link really leads: what is shown beside a label, so that no label can lie about it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_WEB = re.compile(r"https?://[^\s<>|\"\\\x00-\x20\x7f]+", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE | re.ASCII)
LONGEST = 2000


def host(url: str) -> str:
    """The host that a web address leads to, as its name servers know it; empty for what is none.

    Backslashes and spaces are refused: programs differ on which host an address with them has.
    """
    if len(url) > LONGEST or _WEB.fullmatch(url) is None:
        return ""
    try:
        name = urlsplit(url).hostname or ""
        return name if name.isascii() else name.encode("idna").decode()
    except (ValueError, UnicodeError):
        return ""


def leads(url: str) -> str:
    """What is told of a link: the host of a web address, the whole address of a mailbox; empty where no link may be."""
    if len(url) <= LONGEST and _MAIL.fullmatch(url):
        return url[len("mailto:") :]
    return host(url)


def same(url: str, label: str, where: str) -> bool:
    """Whether a label is the address itself, shortened as browsers do."""
    said = label.casefold().removesuffix("/")
    bare = url.casefold().removesuffix("/")
    return said != "" and said in (bare, bare.partition("://")[2], bare.removeprefix("mailto:"), where.casefold())
