"""Questions merged into another, which is never merged itself: one answer goes to all of them (SPEC 4.9)."""

from __future__ import annotations

from collections.abc import Sequence

from core.app.unit_of_work import UnitOfWork
from core.domain.ids import QuestionId
from core.domain.questions import Question


def followers(ident: QuestionId, work: UnitOfWork) -> list[Question]:
    """Everything that was merged into it, or into what was."""
    return sorted(work.all(Question, merged_into=ident), key=lambda it: it.number)


def head_of(question: Question, work: UnitOfWork) -> Question:
    """The one whose answers its asker gets: itself, where it follows none."""
    return (work.get(Question, question.merged_into) if question.merged_into is not None else None) or question


def came_with(ident: QuestionId, merged: Sequence[Question]) -> list[Question]:
    """Of these that follow the same: those that do because they were merged into it, or into one of those."""
    direct = [it for it in merged if it.joined == ident and it.id != ident]
    return [one for it in direct for one in (it, *came_with(it.id, merged))]
