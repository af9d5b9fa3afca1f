"""Ballots that a kind takes, for tests that hold every kind to the same."""

from __future__ import annotations

from typing import Any

from core.domain.ids import SessionId
from core.domain.interactions.kind import Count, Frame, Tally
from core.domain.view import Attendees, Button, Card, Select
from tests.fakes.reading import all_buttons

IDENT = "0123456789abcdef"


def picks(kind: Any, spec: Any) -> list[str]:
    """What one can pick on its card."""
    parts = kind.view(spec, Frame(IDENT, False, None, None, "end"))
    pressed = [
        it.action.split(":") for it in all_buttons(Card(Attendees(SessionId(IDENT)), parts)) if isinstance(it, Button)
    ]
    found = [it[2] for it in pressed if it[0] == "vote"]
    return found + [option.value for part in parts if isinstance(part, Select) for option in part.options]


def written(kind: Any, spec: Any) -> list[str]:
    """The choices of what can be written into its answer form: the first of what is to be picked, the last, words."""
    fields = kind.questions(spec)
    typed = [
        {it.name: (it.picks[place].value,) if it.picks else ("Tea",) for it in fields} for place in (0, -1) if fields
    ]
    return [kind.take(spec, values).choice for values in typed]


def ballots(kind: Any, spec: Any) -> list[str]:
    """Different ones, in the order of the card."""
    pressed = [kind.respond(spec, (picked,), None) for picked in picks(kind, spec)]
    return list(dict.fromkeys([*pressed, *written(kind, spec)]))


def counted(kind: Any, spec: Any) -> Tally:
    """Some votes from both platforms, on the first two things that can be answered, or on the one there is."""
    different = ballots(kind, spec)
    platforms = (("Slack", 130), ("Discord", 78))
    counts = [
        Count(different[min(place, len(different) - 1)], platform, number)
        for place, (platform, number) in enumerate(platforms)
        if different
    ]
    tally: Tally = kind.tally(spec, counts)
    return tally
