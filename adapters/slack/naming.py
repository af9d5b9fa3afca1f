"""Channel names as Slack takes them: lower case letters, digits, hyphens and underscores, at most 80 (methods/
conversations.create). Slack's check of letters is its own, so there is a second name of ASCII only.
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


def wanted(place: Place) -> Sequence[str]:
    """The name as it was given, with its numbers; nothing where Slack could not take anything of it."""
    return _numbered(_trimmed(_OTHER.sub("-", place.name.lower())))


def simple(place: Place) -> Sequence[str]:
    """A name that is surely allowed: what ASCII holds of it, else the kind of the room and a part of its id."""
    plain = unicodedata.normalize("NFKD", place.name.lower()).encode("ascii", "ignore").decode()
    tail = re.sub(r"[^a-z0-9]", "", place.id.lower())[-6:]
    return _numbered(_trimmed(_OTHER_ASCII.sub("-", plain)) or f"session-{tail}-{place.kind}")


def _trimmed(name: str) -> str:
    kept = _HYPHENS.sub("-", name).strip("-_")
    return kept if any(char.isalnum() for char in kept) else ""


def _numbered(name: str) -> Sequence[str]:
    """The name, then the same with a number; each within the limit."""
    if not name:
        return ()
    room = limits.CHANNEL_NAME - len(f"-{NUMBERS[-1]}")
    return (name[: limits.CHANNEL_NAME], *(f"{name[:room].rstrip('-_')}-{number}" for number in NUMBERS))
