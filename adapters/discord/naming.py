"""What rooms are called on Discord: a channel by its session and kind, the category and the role by the session."""

from __future__ import annotations

import re

from adapters.discord import limits
from core.domain.surfaces import Place

ARCHIVED = " (archive)"
"""Behind the name of the category of a session that is over."""
COMMON = 60
"""Characters of the beginning that the names of all rooms of a session share."""


def slug(name: str) -> str:
    """A name as Discord writes those of text channels: small letters, digits, hyphens and underscores."""
    return re.sub(r"-{2,}", "-", re.sub(r"[^\w-]+", "-", name.lower())).strip("-")


def channel_name(place: Place) -> str:
    return slug(place.name)[: limits.CHANNEL_NAME].strip("-") or f"session-{place.kind}"


def session_name(place: Place) -> str:
    """What the names of a session's rooms have in common, as words: all before the kind of the room.

    Long names are cut to leave room for the kind, which differs in length: only what all of them have is taken.
    """
    common = re.sub(rf"[\W_]*{place.kind}[\W_\d]*$", "", place.name, flags=re.IGNORECASE)
    if common == slug(common):
        common = common.replace("-", " ")
    common = " ".join(common[:COMMON].split())
    return common[:1].upper() + common[1:] or "Session"


def stem(name: str) -> str:
    """The same of a channel's name."""
    return slug(re.sub(r"-?(?:door|stage|feed|queue|backchannel)$", "", slug(name))[:COMMON])
