"""Faults on demand: requests that are refused, delayed, or cut before or after they were carried out."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from adapters.sandbox.discord.model import Json


@dataclass(slots=True)
class Fault:
    method: str = "*"
    route: str = "*"
    """A pattern for the route's template (``/channels/{channel_id}/messages``) or for the path itself."""
    status: int | None = None
    code: int = 0
    message: str = "Sandbox fault"
    retry_after: float | None = None
    body: Any = None
    """A text is an error page of the network in front, as HTML."""
    cut: str | None = None
    """``before`` (nothing happened) or ``after`` (done, but the answer is lost)."""
    delay: float = 0.0
    count: int | None = None
    probability: float = 1.0
    seed: int = 0
    hits: int = 0
    dice: random.Random = field(default_factory=random.Random)

    def matches(self, method: str, template: str, path: str) -> bool:
        if self.count is not None and self.hits >= self.count:
            return False
        if self.method not in ("*", method):
            return False
        if (
            self.route != template
            and not fnmatchcase(template, _literal(self.route))
            and not fnmatchcase(path, self.route)
        ):
            return False
        if self.probability < 1.0 and self.dice.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def answer(self) -> tuple[int, Json, dict[str, str]]:
        status = self.status or 500
        if status == 429:
            wait = self.retry_after if self.retry_after is not None else 1.0
            shown = {"message": "You are being rate limited.", "retry_after": wait, "global": False}
            headers = {"Retry-After": str(max(1, round(wait))), "X-RateLimit-Scope": "shared", "Via": "1.1 sandbox"}
            return status, self.body or shown, headers
        return status, self.body or {"message": self.message, "code": self.code}, {}


def _literal(pattern: str) -> str:
    return pattern.replace("[", "[[]")


@dataclass(slots=True)
class Faults:
    rules: list[Fault] = field(default_factory=list)

    def add(self, **given: Any) -> Fault:
        made = Fault(**given)
        made.dice = random.Random(made.seed)
        self.rules.append(made)
        return made

    def clear(self) -> None:
        self.rules.clear()

    def pick(self, method: str, template: str, path: str) -> Fault | None:
        for each in self.rules:
            if each.matches(method, template, path):
                return each
        return None
