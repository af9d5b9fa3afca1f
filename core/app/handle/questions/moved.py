"""Where a conversation goes on whose place is lost: from a private thread to direct messages, or the other way (4.2).

Where neither is to be had nothing is lost: the answer stands in the asker's own questions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.handle.questions.told import free_part, stage_in, thread_of
from core.app.handle.showing import direct, direct_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import Instant, SurfaceId
from core.domain.people import Account
from core.domain.question_rules import QuestionRules
from core.domain.questions import Question, receipt_subject
from core.domain.sessions import Session, Venue
from core.domain.surfaces import Place, Subject, Surface, usable

CARRIED = 10
"""So many of the newest lines are shown again where the conversation goes on; all of it is in the asker's list."""
TALK = ("receipt:", "qline:")


def moved_needs(place: Place, work: UnitOfWork) -> Iterable[Key]:
    """Of the conversations that a place of one person holds."""
    yield key(Question, place=place.id)
    yield key(Surface, place=place.id)
    questions = work.peek_all(Question, place=place.id)
    if not questions or place.person is None:
        return
    yield key(Venue, place.venue)
    yield from direct_needs(place.venue, place.person)
    yield key(Place, venue=place.venue, kind="question", person=place.person)
    for surface in work.peek_all(Surface, place=place.id):
        if surface.subject.startswith(TALK):
            yield key(Subject, surface.subject)
            yield key(Surface, subject=surface.subject)
    for question in questions:
        yield key(Account, question.account)
        yield key(Session, question.session)
        yield key(QuestionRules, question.session)
        yield key(Place, session=question.session)


def move(lost: Place, work: UnitOfWork, moment: Moment) -> None:
    """Every conversation of the place goes on elsewhere; in direct messages that are shut it waits."""
    for question in work.all(Question, place=lost.id):
        place = _elsewhere(question, lost, work, moment)
        if place is not None and place.id != lost.id:
            work.put(replace(question, place=place.id))
            _carry(question, lost, place, work, moment)


def lose(place: Place, why: str, work: UnitOfWork, moment: Moment) -> Outcome:
    """Somebody deleted the thread of a conversation."""
    work.put(replace(place, state="dead", trouble=why))
    move(place, work, moment)
    return Outcome()


def _elsewhere(question: Question, lost: Place, work: UnitOfWork, moment: Moment) -> Place | None:
    """A thread that could not be made is not tried again; one that somebody deleted is."""
    messages = lost if lost.kind == "dm" else _messages(question, lost, work, moment)
    if messages is not None and usable(messages):
        return messages
    session, account = work.get(Session, question.session), work.get(Account, question.account)
    known = work.get(Venue, lost.venue)
    stage = stage_in(session, lost.venue, work) if session else None
    tried = work.all(Place, venue=lost.venue, kind="question", person=lost.person)
    if session is None or account is None or stage is None or stage.ref is None:
        return messages
    refused = any(it.state == "dead" and it.ref is None and it.parent == stage.id for it in tried)
    if known is None or "threads" not in known.can or refused:
        return messages
    return thread_of(session, question.number, account, stage, work, moment)


def _messages(question: Question, lost: Place, work: UnitOfWork, moment: Moment) -> Place | None:
    """The asker's direct messages there, open or not."""
    direct(lost.venue, question.account, question.person, work, moment)
    return work.one(Place, venue=lost.venue, kind="dm", person=question.person)


def _carry(question: Question, lost: Place, place: Place, work: UnitOfWork, moment: Moment) -> None:
    """The receipt heads it there, too; behind it the newest lines, in their order."""
    mine = [it for it in work.all(Surface, place=lost.id) if it.ours and not it.gone and not it.dead]
    posts = sorted((it for it in mine if it.subject.startswith(TALK)), key=lambda it: (it.order_at, it.id))
    receipt = receipt_subject(question.id)
    heads, lines = [it for it in posts if it.subject == receipt], [it for it in posts if it.subject != receipt]
    if lost.kind == "dm":  # direct messages may hold several; an answer stands under its own receipt
        ours = {it.id for it in heads}
        lines = [it for it in lines if it.parent in ours]
    head: Surface | None = None
    for index, before in enumerate((*heads[-1:], *lines[-CARRIED:])):
        after = Surface(
            SurfaceId(moment.new_id()),
            before.subject,
            place.id,
            part=free_part(before.subject, place.id, work),
            parent=head.id if head and place.kind == "dm" else None,
            follow=before.follow,
            urgency=before.urgency,
            order_at=Instant(moment.now + index),
        )
        head = head or after
        work.put(after)
    for before in (*heads, *lines):
        work.put(replace(before, gone=True, dead="shown elsewhere"))
        work.touch(before.subject)
