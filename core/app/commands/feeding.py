"""The feed as moderators arrange it, and what somebody has missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.app.commands.base import Command, OfSession

Way = Literal["top", "up", "down"]
Item = Literal["pin", "asked", "answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFeed(OfSession):
    """``sort``: the item is a pinned line, an interaction or an answered question; ``item`` is its id."""

    sort: Item
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFeedItem(OfFeed):
    """For a moderator: one item with everything that can be done to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveInFeed(OfFeed):
    way: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpinInFeed(OfFeed):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCatchup(OfSession):
    """``back``: how long ago it shall begin, as it was typed; empty: when the person was last active."""

    back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopNews(Command):
    """No direct messages about new interactions any more."""
