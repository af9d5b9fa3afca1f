"""The eight people of the stand-in servers with whom ``make sandbox`` begins; the demo brings a whole audience."""

from __future__ import annotations

from typing import Any

from config.stage_set import plan
from config.story import CHANNEL

SLACK_PEOPLE: list[dict[str, Any]] = [
    {"name": "Ana", "admin": True},
    {"name": "Mira"},
    {"name": "Leo"},
    {"name": "Kim"},
]
DISCORD_PEOPLE: list[dict[str, Any]] = [
    {"name": "Bo", "manages": True},
    {"name": "Nova"},
    {"name": "Sam"},
    {"name": "Ida"},
]


def the_plan() -> dict[str, Any]:
    """Everybody is in one channel of each platform; all others are made."""
    everywhere = {"channels": [CHANNEL]}
    return plan(SLACK_PEOPLE, DISCORD_PEOPLE, slack=everywhere, discord=everywhere)
