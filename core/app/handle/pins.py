"""Pins of a line: they are shown for themselves, so that pinning edits none of the line's copies (SPEC 3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import MessageId, SubjectId, SurfaceId, subject
from core.domain.surfaces import Place, Subject, Surface, usable

PIN_PART = 1_000
"""Pins made before they were shown for themselves are among the line's own surfaces, behind its pieces."""


def pins_needs(line: MessageId) -> Iterable[Key]:
    """The line's own surfaces and its rooms are named elsewhere."""
    yield key(Subject, _pins(line))
    yield key(Surface, subject=_pins(line))


def _pins(line: MessageId) -> SubjectId:
    return subject("pin", line)


def put_up(line: MessageId, posts: Iterable[Surface], work: UnitOfWork, moment: Moment) -> None:
    """Pin the line's posts, each in its room; one that was pinned there before is pinned anew."""
    what = _pins(line)
    if work.get(Subject, what) is None:
        work.put(Subject(what))
    before = {it.place: it for it in work.all(Surface, subject=what)}
    for post in posts:
        place = work.get(Place, post.place)
        if post.part > 0 or place is None or not usable(place):
            continue
        head = post.bundle or post.id
        pin = before.get(post.place) or Surface(
            SurfaceId(moment.new_id()),
            what,
            post.place,
            part=PIN_PART,
            kind="pin",
            follow="once",
            urgency=4,
            order_at=moment.now,
        )
        work.put(replace(pin, gone=False, dead="", ref=None, shown=0, parent=head, attempts=0))
    work.touch(what)


def take_down(line: MessageId, work: UnitOfWork) -> None:
    """Unpin the line wherever it is pinned."""
    own, every = subject("message", line), _pins(line)
    for what in (every, own):
        pins = [it for it in work.all(Surface, subject=what) if it.kind == "pin" and not it.gone]
        for pin in pins:
            work.put(replace(pin, gone=True))
        if pins:
            work.touch(what)
