"""Rate limits as the headers tell them: a bucket a route and major parameter, the bot's 50 a second, and sub-limits.

https://discord.com/developers/docs/topics/rate-limits
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache

from adapters.sandbox.discord.model import Json
from adapters.sandbox.discord.routes import Call

GLOBAL_PER_SECOND = 50
_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass(slots=True)
class Bucket:
    """A window that opens with the first request and is full or empty until it closes."""

    limit: int
    window: float
    left: int = 0
    closes: float = 0.0

    def take(self, now: float) -> float:
        """Seconds to wait; 0 when the request may go on."""
        if now >= self.closes:
            self.left, self.closes = self.limit, now + self.window
        if self.left <= 0:
            return self.closes - now
        self.left -= 1
        return 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    headers: dict[str, str]
    body: Json | None = None
    """The body of the 429, None when the request may go on."""


@cache
def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


@dataclass(slots=True)
class Rates:
    buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)

    def _take(self, key: tuple[str, ...], limit: int, window: float, now: float) -> tuple[float, Bucket]:
        found = self.buckets.get(key)
        if found is None:
            found = self.buckets[key] = Bucket(limit, window)
        return found.take(now), found

    def judge(self, call: Call, now: float) -> Verdict:
        route = call.route
        if not (route.template.startswith("/interactions") or call.params.get("webhook_id") in call.world.applications):
            # Interaction endpoints are not bound to the bot's global limit.
            who = call.app.id if call.app is not None else "webhooks"
            wait, _ = self._take(("global", who), GLOBAL_PER_SECOND, 1.0, now)
            if wait:
                return _refused(wait, "global", None)
        if route.template.startswith("/interactions"):
            return Verdict({})
        major = tuple(call.params[name] for name in _MAJOR if name in call.params)
        wait, bucket = self._take((route.bucket, *major), route.limit, route.window, now)
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{bucket.closes:.3f}",
            "X-RateLimit-Reset-After": f"{max(bucket.closes - now, 0.0):.3f}",
            "X-RateLimit-Bucket": _hashed(route.bucket),
        }
        if wait:
            return _refused(wait, "user", headers)
        wait = self._sub_limit(call, now)
        if wait:
            return _refused(wait, "shared" if route.bucket == "webhook" else "user", headers)
        return Verdict(headers)

    def _sub_limit(self, call: Call, now: float) -> float:
        route = call.route
        if (
            route.template == "/channels/{channel_id}"
            and route.method == "PATCH"
            and {"name", "topic"} & call.form.keys()
        ):
            # Renaming: 2 in 10 minutes a channel (maintainers' word; the headers do not tell it).
            return self._take(("rename", call.params["channel_id"]), 2, 600.0, now)[0]
        hook = call.world.webhooks.get(call.params.get("webhook_id", ""))
        if route.bucket == "webhook" and route.method == "POST" and hook is not None:
            # Observed: all webhooks of a channel share about 30 a minute.
            return self._take(("webhooks", hook.channel_id), 30, 60.0, now)[0]
        return 0.0


def _refused(wait: float, scope: str, headers: dict[str, str] | None) -> Verdict:
    told = dict(headers or {})
    # discord.py takes a 429 without "Via" for a ban by the network in front of Discord.
    told |= {"Retry-After": str(max(1, round(wait))), "X-RateLimit-Scope": scope, "Via": "1.1 sandbox"}
    if scope == "global":
        told["X-RateLimit-Global"] = "true"
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(wait + 0.001, 3),
        "global": scope == "global",
    }
    return Verdict(told, body)
