"""The leaderboard of the store in memory, counted as the databases count it."""

from __future__ import annotations

import json
from typing import Any

from core.app.derived import LEADERS, Leaders, Standing
from core.domain.interactions.leaders import Leading, leads
from core.domain.interactions.life import Ballot, Interaction, results_visible
from core.domain.people import Member

Tables = dict[type[Any], dict[tuple[Any, ...], Any]]


def leaders_of(tables: Tables, session: Any) -> Leaders:
    scores = _scores(tables, session)
    return Leaders(session, len(_right(tables, session)), len(scores), tuple(scores[:LEADERS]))


def standing_of(tables: Tables, session: Any, person: Any) -> Standing:
    points = _points(tables, session, person)
    return Standing(session, person, points, sum(it > points for _, it in _scores(tables, session)))


def _right(tables: Tables, session: Any) -> dict[Any, str]:
    quizzes: list[Interaction] = [it for it in tables.get(Interaction, {}).values() if it.session == session]
    ended = [it for it in quizzes if it.state == "ended" and leads(it) and results_visible(it)]
    return {it.id: json.dumps(it.spec.right, separators=(",", ":")) for it in ended}


def _points(tables: Tables, session: Any, person: Any) -> int:
    right = _right(tables, session)
    mine: list[Ballot] = [it for it in tables.get(Ballot, {}).values() if it.person == person]
    return sum(right.get(it.interaction) == it.choice for it in mine)


def _scores(tables: Tables, session: Any) -> list[tuple[Any, int]]:
    """Best first."""
    members: list[Member] = [row for row in tables.get(Member, {}).values() if row.session == session]
    there = {it.person for it in members if it.consented_at is not None and not it.blocked}
    chosen: list[Leading] = [it for it in tables.get(Leading, {}).values() if it.session == session and it.on]
    scores = [(it.person, _points(tables, session, it.person)) for it in chosen if it.person in there]
    return sorted(scores, key=lambda it: (-it[1], it[0]))
