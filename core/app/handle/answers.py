"""What a line answers, where that stands elsewhere, and which answers quote a line (SPEC 3.1, 3.3)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app import standing
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import PlaceId, SubjectId, SurfaceId, subject
from core.domain.surfaces import Place, Surface


def answered_needs(place: Place, ref: str, work: UnitOfWork) -> Iterable[Key]:
    yield key(Surface, place=place.id, ref=ref)
    for post in work.peek_all(Surface, place=place.id, ref=ref):
        yield key(Surface, subject=post.subject)
        yield from standing.held_needs(post.subject, work)
        for carried in work.peek_all(Surface, bundle=post.id):
            yield key(Surface, subject=carried.subject)


def answered(place: Place, ref: str, work: UnitOfWork) -> SubjectId | None:
    """What the message shows that is answered: of several lines in one post the platform tells only the post.

    Where one line is left of these it is that one.
    """
    post = work.one(Surface, place=place.id, ref=ref) if ref else None
    if post is None:
        return None
    lines = standing.held(post.subject, work)
    return subject("message", lines[0].id) if len(lines) == 1 else post.subject


def head_in(place: PlaceId, what: SubjectId | None, work: UnitOfWork) -> SurfaceId | None:
    """Where what is answered stands in this room; a line that went out among others is answered at that post.

    What answers several lines together stands by itself: in the thread of one of them it would be said to that one.
    """
    if what is None:
        return None
    there = [it for it in work.all(Surface, subject=what) if it.place == place and it.kind == "post" and not it.gone]
    head = min(there, key=lambda it: it.part, default=None)
    return (head.bundle or head.id) if head else None


def quoting_needs(what: SubjectId, work: UnitOfWork) -> Iterable[Key]:
    """The line's surfaces are named elsewhere."""
    yield key(Message, reply_to=what)
    for post in work.peek_all(Surface, subject=what):
        if post.bundle is not None:
            yield key(Message, reply_to=subject("bundle", post.bundle))


def requote(what: SubjectId, work: UnitOfWork) -> None:
    """Answers to it quote its words, so they change with them and lose them with it; so do those to its post."""
    posts = (subject("bundle", it.bundle) for it in work.all(Surface, subject=what) if it.bundle is not None)
    for one in dict.fromkeys((what, *posts)):
        for answer in work.all(Message, reply_to=one):
            if not answer.deleted:
                work.touch(subject("message", answer.id))
