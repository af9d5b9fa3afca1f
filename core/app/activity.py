"""Rows that storage derives when asked: when people last did something in a session, and where (SPEC 6.3, 6.4).

A line, an answer that is not anonymous, a like and a reaction count; reading does not, for neither platform tells it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import Instant, PersonId, SessionId

ASLEEP = 51
"""So many are looked up at once: the publisher may be among them."""


@dataclass(frozen=True, slots=True)
class LastActive:
    """``at`` is 0 where the person never did anything."""

    pk: ClassVar = ("session", "person")
    session: SessionId
    person: PersonId
    at: Instant


@dataclass(frozen=True, slots=True)
class Asleep:
    """Who wants to be told of new interactions and was not active since: each with the platform of their last deed.

    The longest inactive first, at most 51; the platform is empty where there was none.
    """

    pk: ClassVar = ("session", "since")
    session: SessionId
    since: Instant
    people: tuple[tuple[PersonId, str], ...]
