"""What was written in answer to interactions, as the store in memory finds it."""

from __future__ import annotations

from typing import Any

from core.app.derived import Answers, AnswersPage
from core.app.unit_of_work import Key
from core.domain.interactions.life import SHOWN, Ballot

ANSWERS = (Answers, AnswersPage)


def _written(tables: dict[type[Any], dict[tuple[Any, ...], Any]], interaction: Any) -> list[Ballot]:
    """Newest first."""
    ballots = [it for it in tables.get(Ballot, {}).values() if it.interaction == interaction and it.words]
    return sorted(ballots, key=lambda it: (-it.at, it.person))


def answers_of(tables: dict[type[Any], dict[tuple[Any, ...], Any]], wanted: Key) -> Any:
    ballots = _written(tables, wanted.value[0])
    shown = [it.person for it in ballots if it.state in SHOWN]
    if wanted.table is Answers:
        waiting = sum(it.state == "waiting" for it in ballots)
        return Answers(wanted.value[0], len(shown), waiting, tuple(shown[:25]))
    _, of, start = wanted.value
    waits = sorted((it for it in ballots if it.state == "waiting"), key=lambda it: (it.at, it.person))
    found = [*(it.person for it in waits), *(it.person for it in ballots if it.state != "waiting")]
    people = shown if of == "shown" else found
    return AnswersPage(wanted.value[0], of, start, tuple(people[start : start + 6]))
