"""Slack's rate limits as token buckets; a bucket belongs to one app, one workspace and one method."""

from __future__ import annotations

import math
from dataclasses import dataclass

from adapters.sandbox.slack.checks import METHODS, SPECIAL, TIERS

POSTS_A_CHANNEL = 1.0
"""chat.postMessage: about one a second a channel (docs.slack.dev/apis/web-api/rate-limits)."""
POST_BURST = 5.0
"""Short bursts over it are said to be allowed without a number; here five."""
POSTS_A_WORKSPACE = 300.0
""""Several hundred messages a minute" in one workspace."""
EVENTS_AN_HOUR = 30_000


@dataclass(slots=True)
class Bucket:
    """Tokens that come back evenly."""

    size: float
    each: float
    """Tokens a second."""
    left: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until one token is there."""
        self.left = min(self.size, self.left + max(0.0, now - self.at) * self.each)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) / self.each


class Limits:
    """All buckets of one world."""

    def __init__(self) -> None:
        self.buckets: dict[tuple[str, ...], Bucket] = {}
        self._events: dict[tuple[str, int], int] = {}

    def take(self, team: str, method: str, channel: str, now: float) -> int:
        """0 when the call may pass, else the whole seconds of Retry-After; a refused call takes no token."""
        buckets = [self._bucket(key, size, each, now) for key, size, each in _wanted(team, method, channel)]
        wait = max((one.wait(now) for one in buckets), default=0.0)
        if wait > 0:
            return max(1, math.ceil(wait))
        for one in buckets:
            one.left -= 1
        return 0

    def event(self, team: str, now: float) -> bool:
        """Whether one more event may be delivered to this workspace in this hour."""
        key = (team, int(now // 3600))
        self._events[key] = self._events.get(key, 0) + 1
        return self._events[key] <= EVENTS_AN_HOUR

    def _bucket(self, key: tuple[str, ...], size: float, each: float, now: float) -> Bucket:
        return self.buckets.setdefault(key, Bucket(size, each, size, now))


def _wanted(team: str, method: str, channel: str) -> list[tuple[tuple[str, ...], float, float]]:
    if method == "chat.postMessage":
        return [
            ((team, method), POSTS_A_WORKSPACE, POSTS_A_WORKSPACE / 60),
            ((team, method, channel), POST_BURST, POSTS_A_CHANNEL),
        ]
    tier = METHODS[method].tier
    limit = float(TIERS.get(tier, SPECIAL))
    return [((team, method), limit, limit / 60)]
