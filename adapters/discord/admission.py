"""Who may do what in a room that the bot makes, as overwrites: everybody, the session's role, and always the bot."""

from __future__ import annotations

from typing import Any

from adapters.discord import rights
from adapters.discord.rights import overwrite, overwrites
from adapters.discord.shapes import Json, text
from core.domain.surfaces import Place

TEAM = ("queue", "backchannel")
"""Rooms that only the team may read, whatever else is set."""


def admitting(place: Place, server: str, role: str, mine: str) -> list[dict[str, Any]]:
    """For everybody, for those with the role (empty: there is none), and for the bot."""
    ours = overwrite(mine, rights.MEMBER, rights.VIEW | rights.SEND | rights.READ_BACK)
    threads = rights.NEW_THREADS | rights.IN_THREADS
    if place.kind == "stage":  # each asker has a conversation under it: only the bot makes threads
        ours = overwrite(mine, rights.MEMBER, rights.VIEW | rights.SEND | rights.READ_BACK | threads)
    if place.kind in TEAM:
        return [overwrite(server, rights.ROLE, deny=rights.VIEW), ours]
    if not place.private:
        everyone = overwrite(server, rights.ROLE, rights.VIEW | rights.READ_BACK, rights.WRITING)
    else:
        everyone = overwrite(server, rights.ROLE, deny=rights.VIEW | threads)
    if not role:
        return [everyone, ours]
    return [everyone, overwrite(role, rights.ROLE, rights.ATTENDING | rights.IN_THREADS, rights.NEW_THREADS), ours]


def readable(stage: Json, mine: str) -> list[dict[str, Any]]:
    """Whoever may read the stage may read there too, and nobody but the bot writes."""
    made = [overwrite(mine, rights.MEMBER, rights.VIEW | rights.SEND | rights.READ_BACK)]
    for one in overwrites(stage):
        if text(one, "id") != mine:
            allow = rights.bits(one, "allow") & (rights.VIEW | rights.READ_BACK)
            deny = rights.bits(one, "deny") | rights.WRITING
            made.append(overwrite(text(one, "id"), int(one.get("type") or 0), allow, deny))
    return made
