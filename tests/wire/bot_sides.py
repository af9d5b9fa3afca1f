"""The same story for somebody on each platform, and on Slack in both modes: who plays which part there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.wire.bot_stage import Mode

Check = Callable[[Sequence[Any]], None]


@dataclass(frozen=True, slots=True)
class Side:
    """Who manages, who comes, who else comes; and who reads along from the other platform."""

    name: str
    host: str
    guest: str
    other: str
    across: str
    host_across: str
    mode: Mode = "socket"
    venue: str = "Acme"

    @property
    def slack(self) -> bool:
        return self.venue == "Acme"

    @property
    def alone(self) -> tuple[str, ...]:
        """The platforms of a session that is held on this side only."""
        return ("slack",) if self.slack else ("discord",)


SOCKET = Side("Slack by sockets", "ana", "mira", "leo", "nova", "bo")
HTTP = Side("Slack by HTTP", "ana", "mira", "leo", "nova", "bo", mode="http")
DISCORD = Side("Discord", "bo", "nova", "sam", "mira", "ana", venue="PyCom")
SIDES = (SOCKET, pytest.param(HTTP, marks=pytest.mark.long), DISCORD)
"""Slack's other way in is tried by every story in `make faults`; two whole sessions go through it in `make test`."""
on_every_side = pytest.mark.parametrize("side", SIDES, ids=lambda side: side.name)
