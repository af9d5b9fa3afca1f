"""Failures made on purpose: which calls fail, how, how often; the same seed gives the same failures."""

from __future__ import annotations

import fnmatch
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Fault:
    """One rule; ``count`` None means until it is cleared."""

    method: str = "*"
    """A Web API method, ``response_url``, ``deliver:events_api``, ``deliver:block_actions``… or a pattern of them."""
    status: int | None = None
    retry_after: int | None = None
    body: Any = None
    error: str | None = None
    """A Slack error code, answered with status 200."""
    cut: str | None = None
    """``before``: the connection drops and nothing happened; ``after``: it happened, the answer is lost."""
    delay: float = 0.0
    copies: int = 1
    """Of a delivery only: how many times the same payload comes."""
    count: int | None = None
    probability: float = 1.0
    seed: int = 0
    random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.random.seed(self.seed)


class Faults:
    """The rules in force; the first that matches is used."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, rule: Mapping[str, Any]) -> Fault:
        names = set(Fault.__slots__) - {"random"}
        unknown = set(rule) - names
        if unknown:
            raise ValueError(f"unknown fault settings: {', '.join(sorted(unknown))}")
        made = Fault(**rule)
        self.rules.append(made)
        return made

    def remove(self, rule: Fault) -> None:
        self.rules = [one for one in self.rules if one is not rule]

    def clear(self) -> None:
        self.rules.clear()

    def next(self, method: str) -> Fault | None:
        """The fault for this call, counted down."""
        for rule in self.rules:
            if rule.count == 0 or not fnmatch.fnmatchcase(method, rule.method):
                continue
            if rule.probability < 1 and rule.random.random() >= rule.probability:
                continue
            if rule.count is not None:
                rule.count -= 1
            return rule
        return None
