"""Reactions of the audience: five emoji, and each that somebody gave; counts are made from these alone (SPEC 7.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from core.domain.ids import SECOND, Instant, PersonId, SessionId

APART = 3 * SECOND
"""Of one kind a person gives one in this time; further ones are not counted (SPEC 7.1)."""
KINDS = ("0", "1", "2", "3", "4")
"""The five by their place: words and emoji may change, what was counted keeps its place."""
USUAL = ("👏 Clap", "❤️ Heart", "🤔 Think", "😮 Wow", "😄 Smile")
WORD_LIMIT = 12
"""Characters: with a number and the emoji it still is a short button."""
BURST = 30 * SECOND
"""So long is watched for many at once, and at most so often it is told."""
BURST_LEAST = 10
"""Fewer in that time are no burst; nor is what one person alone gave."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """One that counts. ``kind`` is its place among the five; ``slot`` is the window of time that it was given in."""

    pk: ClassVar = ("session", "person", "kind", "slot")
    session: SessionId
    person: PersonId
    kind: str
    slot: int
    platform: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the five as people see it."""

    kind: str
    emoji: str
    word: str


@lru_cache(256)
def five(chosen: tuple[str, ...]) -> tuple[Shown, ...]:
    """The session's own, each written as ``👏 Clap``; the usual ones where it chose none."""
    halves = [one.partition(" ") for one in chosen or USUAL]
    return tuple(Shown(kind, emoji, word) for kind, (emoji, _, word) in zip(KINDS, halves, strict=False))


def bare(emoji: str) -> str:
    """Platforms add and leave out the sign that asks for the coloured form."""
    return emoji.replace("\ufe0f", "")


@lru_cache(1024)
def kind_of(emoji: str, chosen: tuple[str, ...]) -> str | None:
    """Which of the session's five this emoji is."""
    return next((it.kind for it in five(chosen) if bare(it.emoji) == bare(emoji)), None)


# -- what counts ----------------------------------------------------------------------------------------------------


def slot_of(at: Instant) -> int:
    """As long as the pause between two that count, so that a window never holds two."""
    return at // APART


def near(at: Instant) -> tuple[int, int, int]:
    """The windows that may hold one too close to this."""
    slot = slot_of(at)
    return slot - 1, slot, slot + 1


def takes_place(given: Reaction, there: Iterable[Reaction]) -> Sequence[Reaction] | None:
    """None: it comes too soon behind another and is not counted. Else it counts, in the place of what is returned.

    Of two that are too close the earlier counts, whichever arrived first; so the order of two deliveries never
    matters, and whatever the order of many, no two within the pause are counted.
    """
    close = [it for it in there if abs(it.at - given.at) < APART]
    return None if any(it.at <= given.at for it in close) else close


def thinned(given: Iterable[Reaction]) -> list[Reaction]:
    """What counts of all of one person's, of any kinds: as if they had come in the order in which they were given."""
    last: dict[str, Instant] = {}
    kept = []
    for one in sorted(given, key=lambda it: (it.at, it.platform)):
        before = last.get(one.kind)
        if before is None or one.at - before >= APART:
            last[one.kind] = one.at
            kept.append(one)
    return kept


# -- in words -------------------------------------------------------------------------------------------------------


def burst_in_words(counts: Sequence[tuple[str, int]], chosen: tuple[str, ...]) -> str:
    """``132 claps and 48 hearts in 30 s 👏❤️``: the most first, emoji last."""
    shown = {it.kind: it for it in five(chosen)}
    most = sorted(((number, shown[kind]) for kind, number in counts if kind in shown), key=lambda it: -it[0])
    told = [f"{number:,} {_several(it.word, number)}" for number, it in most]
    words = " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)
    return f"{words} in {BURST // SECOND} s {''.join(it.emoji for _, it in most)}"


def _several(word: str, number: int) -> str:
    """An English word in the plural; of others nothing is known."""
    small = word.lower()
    if number == 1 or not (small.isascii() and small.isalpha()):
        return small
    return f"{small}es" if small.endswith(("s", "x", "z", "ch", "sh")) else f"{small}s"
