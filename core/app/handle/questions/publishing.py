"""A question with its answer in the feed, anonymous unless its asker agreed to be named (SPEC 4.6, 4.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.handle.feed import item_needs, put
from core.app.handle.questions.told import changed
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.ids import Instant, PersonId, QuestionId
from core.domain.questions import Line, Question, answers, called, opening
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.text import plain


def publish_needs(ident: QuestionId, work: UnitOfWork) -> Iterable[Key]:
    question = work.peek(Question, ident)
    if question is not None:
        yield from item_needs(question.session, "answer", ident)


def publish(
    question: Question, session: Session, by: PersonId, wording: str, answer: str, work: UnitOfWork, moment: Moment, *,
    shows_name: bool,
) -> Question:  # fmt: skip
    """In every feed from now on; published again it is changed where it stands. Empty words are those of the lines."""
    lines = work.all(Line, question=question.id)
    said = answer or (plain(answers(lines)[-1].body) if answers(lines) else "")
    if not said:
        raise Refused(f"{called(question)} has no answer yet. Answer it first, then publish it.")
    after = replace(
        question,
        wording=wording or opening(lines),
        answer=said,
        published_at=question.published_at or Instant(moment.now),
        shows_name=shows_name and question.named,
    )
    changed(question, after, work)
    put(session.id, "answer", question.id, work, moment)
    return after


def unpublish(question: Question, work: UnitOfWork, moment: Moment) -> Question:
    if question.published_at is None:
        raise Refused(f"{called(question)} is not published.")
    after = replace(question, published_at=None, feed_at=None, wording="", answer="", shows_name=False)
    changed(question, after, work)
    put(question.session, "answer", question.id, work, moment)
    return after
