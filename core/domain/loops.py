"""Telling a loop between bots from people: one account says one thing again and again, faster than anybody types.

Many people who say the same are no loop; neither is what one of them repeats a few times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import ClassVar

from core.domain.ids import SECOND, AccountId, Instant, SessionId
from core.domain.text import Doc, plain

LOOP_RELAYS = 5
"""The same text of one account relayed more often than this within LOOP_SPAN is a loop (RELIABILITY 36)."""
LOOP_SPAN = 10 * SECOND
REMEMBERED = 24
"""Lines of one account that are looked back at; nobody types more in ten seconds."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an account wrote of late: instants and digests of its lines, no words."""

    pk: ClassVar = ("session", "account")
    session: SessionId
    account: AccountId
    lines: str = ""
    """``instant:digest`` of each, separated by spaces, oldest first."""


def heard(said: Said, body: Doc, at: Instant) -> tuple[Said, int]:
    """With this line too, and how often the account said the same within the span, this time included."""
    words = " ".join(plain(body).split())
    digest = blake2b(words.encode(), digest_size=6, key=said.session.encode()[:64]).hexdigest()
    near = [one for one in said.lines.split() if abs(at - int(one.partition(":")[0])) < LOOP_SPAN]
    lines = [*near, f"{at}:{digest}"][-REMEMBERED:]
    return replace(said, lines=" ".join(lines)), sum(one.endswith(f":{digest}") for one in lines)
