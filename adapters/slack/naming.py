"""Channel names as Slack takes them: lower case letters, digits, hyphens and underscores, at most 80 (methods/
conversations.create). Which letters Slack takes is its own affair, so there is a name of ASCII only to fall back on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from adapters.slack import limits
from core.domain.surfaces import Place

NUMBERS = range(2, 21)
"""What follows a name that somebody else has, private and archived channels included."""
_OTHER = re.compile(r"[^\w-]+")
_OTHER_ASCII = re.compile(r"[^a-z0-9_-]+")
_HYPHENS = re.compile(r"-{2,}")


def names(place: Place) -> Sequence[Sequence[str]]:
    """Groups of names, each to be tried in turn: as it was given, what ASCII holds of it, kind and a part of the id."""
    plain = unicodedata.normalize("NFKD", place.name.lower()).encode("ascii", "ignore").decode()
    tail = re.sub(r"[^a-z0-9]", "", place.id.lower())[-6:] or "room"
    heads = (
        _trimmed(_OTHER.sub("-", place.name.lower())),
        _trimmed(_OTHER_ASCII.sub("-", plain)),
        f"session-{tail}-{place.kind}",
    )
    return [_numbered(head) for head in dict.fromkeys(heads) if head]


def _trimmed(name: str) -> str:
    kept = _HYPHENS.sub("-", name).strip("-_")
    return kept if any(char.isalnum() for char in kept) else ""


def _numbered(name: str) -> Sequence[str]:
    """The name, then the same with a number; each within the limit."""
    room = limits.CHANNEL_NAME - len(f"-{NUMBERS[-1]}")
    return (name[: limits.CHANNEL_NAME], *(f"{name[:room].rstrip('-_')}-{number}" for number in NUMBERS))
