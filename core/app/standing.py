"""Where something stands: in which message of a room, and which lines one post holds (SPEC 3.3)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import MessageId, PlaceId, SubjectId, SurfaceId, subject
from core.domain.surfaces import Surface


def held_needs(what: SubjectId, work: UnitOfWork) -> Iterable[Key]:
    kind, _, ident = what.partition(":")
    if kind == "message":
        yield key(Message, MessageId(ident))
    elif kind == "bundle":
        yield key(Surface, bundle=SurfaceId(ident))
        for carried in work.peek_all(Surface, bundle=SurfaceId(ident)):
            yield key(Message, MessageId(carried.subject.partition(":")[2]))


def peeked(what: SubjectId, work: UnitOfWork) -> list[Message]:
    """For ``needs``: those of the lines that are here already."""
    kind, _, ident = what.partition(":")
    carried = work.peek_all(Surface, bundle=SurfaceId(ident)) if kind == "bundle" else []
    lines = [MessageId(ident)] if kind == "message" else [MessageId(it.subject.partition(":")[2]) for it in carried]
    return [it for line in lines if (it := work.peek(Message, line))]


def held(what: SubjectId, work: UnitOfWork) -> list[Message]:
    """The line, or the lines of the post in their order; none that was taken away, and none of a card."""
    kind, _, ident = what.partition(":")
    lines = [MessageId(ident)] if kind == "message" else []
    if kind == "bundle":
        carried = sorted(work.all(Surface, bundle=SurfaceId(ident)), key=lambda it: (it.order_at, it.id, it.part))
        lines = [MessageId(it.subject.partition(":")[2]) for it in carried]
    found = (work.get(Message, line) for line in dict.fromkeys(lines))
    return [it for it in found if it is not None and not it.deleted and not it.cleared]


def ref_needs(what: SubjectId, here: PlaceId | None, work: UnitOfWork) -> Iterable[Key]:
    """``here`` None: in whichever room."""
    yield key(Surface, subject=what)
    yield from held_needs(what, work)
    for post in work.peek_all(Surface, subject=what):
        if post.bundle is not None and here in (None, post.place):
            yield key(Surface, post.bundle)
    kind, _, ident = what.partition(":")
    if kind == "bundle":
        for carried in work.peek_all(Surface, bundle=SurfaceId(ident)):
            yield from ref_needs(carried.subject, here, work)


def ref_in(what: SubjectId, here: PlaceId, work: UnitOfWork) -> str:
    """The platform's id of the message that shows it in this room, alone or among others; empty where none does.

    Where a post of several lines does not stand here itself, its first line that does stands for it.
    """
    posts = [it for it in work.all(Surface, subject=what) if it.place == here and it.kind == "post" and not it.gone]
    for post in sorted(posts, key=lambda it: it.part):
        shown = work.get(Surface, post.bundle) if post.bundle else post
        if shown is not None and shown.ref and not shown.dead and not shown.gone:
            return shown.ref
    if not what.startswith("bundle:"):
        return ""
    refs = (ref_in(subject("message", line.id), here, work) for line in held(what, work))
    return next(filter(None, refs), "")
