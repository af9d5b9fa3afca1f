"""Wanting a question shown: to its asker, at every desk, and to those whose questions were merged into it."""

from __future__ import annotations

from dataclasses import replace

from core.app.followed import came_with, followers
from core.app.handle.feed_room import put_sums, sums
from core.app.handle.showing import at_once, direct, follow, show, tried_again
from core.app.ports import Moment
from core.app.unit_of_work import UnitOfWork, key
from core.domain.ids import Instant, LineId, PersonId, PlaceId, SubjectId, SurfaceId, VenueId, subject
from core.domain.people import Account, Member
from core.domain.question_rules import QuestionRules
from core.domain.questions import By, Line, Question, card_subject, line_subject, receipt_subject, unmerged
from core.domain.sessions import Session, Venue
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.text import Doc, shorten

NAMED = 60
"""Characters of a thread's name; Discord's holds 100."""


def conversation(
    session: Session, rules: QuestionRules, number: int, venue: VenueId, account: Account, work: UnitOfWork,
    moment: Moment,
) -> Place:  # fmt: skip
    """Where the asker shall have it: a thread of their own under the stage where there are such, else direct messages.

    Who takes no direct messages has a thread even where the rules say otherwise. In single mode it goes on where it
    began, which is the caller's business.
    """
    known, stage = work.get(Venue, venue), stage_in(session, venue, work)
    threads = known is not None and "threads" in known.can and stage is not None and stage.ref is not None
    if rules.direct or not threads or stage is None:
        messages = direct(venue, account.id, account.person, work, moment)
        if not threads or stage is None or (messages.kind == "dm" and usable(messages)):
            return work.one(Place, venue=venue, kind="dm", person=account.person) or messages
    return thread_of(session, number, account, stage, work, moment)


def thread_of(
    session: Session, number: int, account: Account, stage: Place, work: UnitOfWork, moment: Moment
) -> Place:  # fmt: skip
    """A private thread under the stage, for this one person."""
    place = Place(
        PlaceId(moment.new_id()),
        stage.venue,
        "question",
        person=account.person,
        account=account.id,
        parent=stage.id,
        name=shorten(f"Q{number} · {session.name}", NAMED),
        private=True,
        wanted_at=moment.now,
        seen_at=moment.now,
    )
    work.put(place)
    return place


def stage_in(session: Session, venue: VenueId, work: UnitOfWork) -> Place | None:
    places = work.all(Place, session=session.id)
    return next((it for it in places if (it.kind, it.venue) == ("stage", venue) and usable(it)), None)


def begin(question: Question, place: Place, work: UnitOfWork, moment: Moment) -> Surface:
    """The asker's receipt, which heads the conversation, and a card at every desk."""
    ident = question.id
    for what in (card_subject(ident), receipt_subject(ident)):
        work.know(key(Subject, what), key(Surface, subject=what))
    work.know(key(Line, question=ident), key(Question, merged_into=ident))
    work.put(question)
    for desk in work.all(Place, session=question.session):
        if desk.kind == "queue" and usable(desk):
            show(card_subject(ident), desk, work, moment, urgency=5)
    put_sums(question.session, work, moment)
    return show(receipt_subject(ident), place, work, moment, urgency=2)


def changed(before: Question, after: Question, work: UnitOfWork) -> None:
    """It stands elsewhere now: seen at once at the desks, and by its asker and those who get the same answer."""
    work.put(after)
    at_once(card_subject(after.id), work)
    for one in (after, *followers(after.id, work)):
        if not left_out(one, work):
            work.touch(receipt_subject(one.id))
    touch_sums(after, work)
    if before.public or after.public:
        work.touch(subject("board", after.session))
    if before.live or after.live:
        work.touch(subject("bar", after.session))
    if before.merged_into != after.merged_into:
        for head in filter(None, (before.merged_into, after.merged_into)):
            work.touch(card_subject(head))


def apart(question: Question, work: UnitOfWork) -> Question:
    """By itself again, and with it what was merged into it."""
    after, head = unmerged(question), question.merged_into
    for one in came_with(question.id, work.all(Question, merged_into=head) if head is not None else ()):
        changed(one, replace(one, merged_into=question.id), work)
    return after


def left_out(question: Question, work: UnitOfWork) -> bool:
    """Its asker is blocked, so nothing more of it reaches them (SPEC 2.5)."""
    member = work.get(Member, question.session, question.person)
    return member is not None and member.blocked


def touch_sums(question: Question, work: UnitOfWork) -> None:
    """What counts questions: the desk, and the public sum in the feed."""
    work.touch(subject("desk", question.session))
    work.touch(sums(question.session))


def add_line(
    question: Question, by: By, account: Account, body: Doc, at: Instant, work: UnitOfWork, moment: Moment
) -> Line:
    line = Line(
        LineId(moment.new_id()), question.id, question.session, account.person, account.id, by, body, at, at
    )  # fmt: skip
    what = line_subject(line.id)
    work.know(key(Surface, subject=what), key(Subject, what))
    work.put(line)
    work.put(Subject(what))
    return line


def native(line: Line, place: Place, ref: str, work: UnitOfWork, moment: Moment) -> None:
    """Somebody wrote it there by themselves: found again when it is edited, liked or taken back."""
    work.put(
        Surface(
            SurfaceId(moment.new_id()), line_subject(line.id), place.id, part=-1, follow="pulled", ref=ref, ours=False,
            order_at=line.at,
        )
    )  # fmt: skip


def delivered(line: Line, question: Question, work: UnitOfWork) -> bool:
    """Whether it stands in the asker's conversation already: it was merged there before."""
    place = work.get(Place, question.place)
    head = _head(question, place, work) if place is not None else None
    here = [it for it in work.all(Surface, subject=line_subject(line.id)) if it.place == question.place]
    return any(it.parent == head and not it.gone for it in here)


def deliver(line: Line, question: Question, work: UnitOfWork, moment: Moment, *, after: int = 0) -> None:
    """The line is shown to the asker, under what heads the conversation; ``after`` so many others told just now."""
    place = work.get(Place, question.place)
    if place is None or left_out(question, work):
        return
    tried_again(place, work, moment)
    work.put(
        Surface(
            SurfaceId(moment.new_id()),
            line_subject(line.id),
            place.id,
            part=free_part(line_subject(line.id), place.id, work),
            parent=_head(question, place, work),
            urgency=2,
            order_at=Instant(moment.now + after),
        )
    )
    # Told to somebody else before, its subject may be settled: then no lane looks at it again by itself.
    work.touch(line_subject(line.id))


def free_part(what: SubjectId, place: PlaceId, work: UnitOfWork) -> int:
    """Two askers of one question may be reached in the same place."""
    return 1 + max((it.part for it in work.all(Surface, subject=what) if it.place == place), default=-1)


def _head(question: Question, place: Place, work: UnitOfWork) -> SurfaceId | None:
    """A thread of one's own needs none: all of it is this conversation."""
    if place.kind == "question":
        return None
    posts = [it for it in work.all(Surface, subject=receipt_subject(question.id)) if it.place == place.id]
    head = max((it for it in posts if not it.gone and not it.dead), key=lambda it: it.part, default=None)
    return head.id if head else None


def surface_under(what: SubjectId, place: Place, head: Surface, work: UnitOfWork, moment: Moment) -> None:
    """Said once, in the thread of a card."""
    if work.get(Subject, what) is not None:
        return
    work.put(Subject(what))
    work.put(
        Surface(
            SurfaceId(moment.new_id()), what, place.id, parent=head.id, follow="once", urgency=6, order_at=moment.now
        )
    )
    follow(place.id, work, moment)


def sent_subject(line: Line) -> SubjectId:
    """Says under a moderator's line that it went to the asker."""
    return subject("aside", f"{line.question}:{line.id}")


def take_away(line: Line, work: UnitOfWork) -> None:
    """No copy of it stays."""
    for what in (line_subject(line.id), *((sent_subject(line),) if line.by == "moderator" else ())):
        for surface in work.all(Surface, subject=what):
            if surface.ours and not surface.gone:
                work.put(replace(surface, gone=True, follow="live"))
        work.touch(what)


def note_to(who: PersonId, account: Account, venue: VenueId, what: SubjectId, work: UnitOfWork, moment: Moment) -> None:
    """A direct message to one moderator about one question: once."""
    place = direct(venue, account.id, who, work, moment)
    work.know(key(Subject, what))
    if work.get(Subject, what) is None:
        work.put(Subject(what))
    work.put(Surface(SurfaceId(moment.new_id()), what, place.id, follow="once", urgency=2, order_at=moment.now))
