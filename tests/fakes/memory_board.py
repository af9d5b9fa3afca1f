"""The board, as the store in memory finds it."""

from __future__ import annotations

from typing import Any

from core.app.posted import Asked, Board, Cast, board, counted
from core.domain.people import Account, Member
from core.domain.public_questions import Upvote
from core.domain.questions import Question

Tables = dict[type[Any], dict[tuple[Any, ...], Any]]


def board_of(tables: Tables, session: Any, sort: Any) -> Board:
    questions: dict[str, Question] = {it.id: it for it in tables.get(Question, {}).values() if it.session == session}
    asked = [
        Asked(it.id, it.number, it.venue, it.person, it.asked_at, it.state, it.live, it.spoken, it.label)
        for it in questions.values()
        if it.public and _there(tables, session, it.person)
    ]
    upvotes: list[Upvote] = [it for it in tables.get(Upvote, {}).values() if it.session == session]
    return board(session, sort, asked, counted(_cast(tables, it, questions) for it in upvotes if _heard(tables, it)))


def _there(tables: Tables, session: Any, person: Any) -> bool:
    member: Member | None = tables.get(Member, {}).get((session, person))
    return member is not None and not member.blocked


def _heard(tables: Tables, upvote: Upvote) -> bool:
    account: Account | None = tables.get(Account, {}).get((upvote.account,))
    return account is not None and _there(tables, upvote.session, account.person)


def _cast(tables: Tables, upvote: Upvote, questions: dict[str, Question]) -> Cast:
    question = questions[upvote.question]
    head = questions[question.merged_into or question.id]
    person = tables[Account][(upvote.account,)].person
    askers = frozenset({question.person, head.person})
    return Cast(head.id, person, askers, upvote.on, upvote.at, upvote.delivery, upvote.account)
