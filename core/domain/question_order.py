"""In which order public questions stand (SPEC 12.1): what is on stage, then what waits, then what was answered.

Fair order lets who asks for the first time come first, and among these, as among the others, every place in turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol, TypeVar

from core.domain.ids import Instant, PersonId, QuestionId, VenueId

Sort = Literal["fair", "votes", "newest"]
SORTS: Mapping[Sort, str] = {"fair": "Fair order", "votes": "Most votes", "newest": "Newest"}
ALL_LABELS = "all"
"""Picked where one of the labels may be picked."""


class Entry(Protocol):
    """One question as the order needs it."""

    @property
    def id(self) -> QuestionId: ...
    @property
    def number(self) -> int: ...
    @property
    def venue(self) -> VenueId: ...
    @property
    def asked_at(self) -> Instant: ...
    @property
    def votes(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def live(self) -> bool: ...
    @property
    def first(self) -> bool: ...


One = TypeVar("One", bound=Entry)


def ordered(entries: Iterable[One], sort: Sort = "fair") -> list[One]:
    """Every entry once; the order they come in does not matter."""
    every = sorted(entries, key=_age)
    waiting = [it for it in every if not it.live and not _answered(it)]
    match sort:
        case "fair":
            waiting = _fair(waiting)
        case "votes":
            waiting.sort(key=_wanted)
        case "newest":
            waiting.reverse()
    answered = [it for it in reversed(every) if not it.live and _answered(it)]
    return [*(it for it in every if it.live), *waiting, *answered]


def rule(sort: Sort, entries: Iterable[Entry] = ()) -> str:
    """The order in words, as it stands over the questions."""
    if sort == "votes":
        return "Most votes: the most upvotes first, then the oldest."
    if sort == "newest":
        return "Newest: the last question first."
    turns = ", each workspace and server in turn" if len({it.venue for it in entries}) > 1 else ""
    return f"Fair order: who asks for the first time comes first{turns}, then the most upvotes."


def firsts(asked: Iterable[tuple[PersonId, int]]) -> frozenset[int]:
    """Of (who, number): the numbers of those questions that are their asker's first."""
    first: dict[PersonId, int] = {}
    for person, number in asked:
        first[person] = min(number, first.get(person, number))
    return frozenset(first.values())


def _fair(entries: Sequence[One]) -> list[One]:
    first = [it for it in entries if it.first]
    return [*_in_turn(first), *_in_turn([it for it in entries if not it.first])]


def _in_turn(entries: Sequence[One]) -> list[One]:
    """One of each place, then the next of each; the place whose best question is wanted most begins."""
    places: defaultdict[VenueId, list[One]] = defaultdict(list)
    for one in sorted(entries, key=_wanted):
        places[one.venue].append(one)  # so places stand in the order of their best
    return [queue[turn] for turn in range(len(entries)) for queue in places.values() if turn < len(queue)]


def _answered(one: Entry) -> bool:
    return one.state == "resolved"


def _age(one: Entry) -> tuple[int, int, str]:
    return one.asked_at, one.number, one.id


def _wanted(one: Entry) -> tuple[int, tuple[int, int, str]]:
    return -one.votes, _age(one)
