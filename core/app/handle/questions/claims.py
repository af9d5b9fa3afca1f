"""Who has a question: taken, and given back by its own when nothing comes of it (SPEC 4.4, 4.5)."""

from __future__ import annotations

from dataclasses import replace

from core.app.handle.questions.known import name_of
from core.app.handle.questions.told import changed
from core.app.handle.showing import plan
from core.app.ports import Moment
from core.app.unit_of_work import UnitOfWork
from core.domain.ids import Instant, PersonId
from core.domain.questions import RETURN_AFTER, WARN_AFTER, Question, called, claimed
from core.domain.refused import Refused
from core.domain.schedule import Due, returning, warning
from core.domain.view import Button, action


def claim(question: Question, person: PersonId, work: UnitOfWork, moment: Moment) -> Question:
    """Theirs, or Refused with who has it: the database lets one of two at the same instant through."""
    read = Button("Read", action("qread", question.id))
    if question.state == "claimed" and question.owner != person:
        raise Refused(f"{name_of(question.owner, work)} has {called(question)} already.", read)
    try:
        after = claimed(question, person, moment.now)
    except Refused as refused:
        reopen = (Button("Reopen", action("qdo", question.id, "reopen")),) if question.state != "merged" else ()
        raise Refused(refused.sentence, *reopen, read) from None
    if after is not question:
        changed(question, after, work)
        watch(after, work)
    return after


def watch(question: Question, work: UnitOfWork) -> None:
    """An answer is awaited from now on."""
    since = question.claimed_at or Instant(0)
    for what, wait in ((warning(question.id), WARN_AFTER), (returning(question.id), RETURN_AFTER)):
        before = work.get(Due, what)
        if before is not None and before.fired_at is not None:
            work.put(replace(before, due=Instant(since + wait), fired_at=None))
        else:
            plan(what, Instant(since + wait), work)


def left(question: Question, work: UnitOfWork, moment: Moment) -> None:
    """Nothing is awaited any more."""
    for what in (warning(question.id), returning(question.id)):
        due = work.get(Due, what)
        if due is not None and due.fired_at is None:
            work.put(replace(due, fired_at=moment.now))
