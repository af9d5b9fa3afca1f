"""Links to messages of the session, as readers elsewhere have them: they lead to where that stands in their own rooms.

Which link leads to a message only the platform's adapter can tell; where it stands for others is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.app import standing
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.surfaces import Place, Surface, usable
from core.domain.text import Doc, Item, Jump, Link, Node, Quoted, Styled

THIS = "this message"
"""What leads to a message whose address stood bare."""


def needs(message: Message, surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    """The rooms of the line and of the surface are named elsewhere."""
    links = list(_links(message.body))
    if not links:
        return
    yield key(Place, session=message.session)
    every = work.peek_all(Place, session=message.session)
    written, here = work.peek(Place, message.place), work.peek(Place, surface.place)
    if written is None or here is None:
        return
    for link in links:
        if (place := _meant(link, written, every)) and (there := _there(place, here, every)):
            yield key(Surface, place=place.id, ref=link.ref)
            for post in work.peek_all(Surface, place=place.id, ref=link.ref):
                yield from standing.ref_needs(post.subject, there.id, work)


def shown(body: Doc, message: Message, here: Place, work: UnitOfWork) -> Doc:
    """The line with such links as ways in the reader's venue; what does not stand there stays a link."""
    return tuple(_shown(node, message, here, work) for node in body)


def _shown(node: Node, message: Message, here: Place, work: UnitOfWork) -> Node:
    match node:
        case Link(url, label) if node.room:
            return _way(node, message, here, work) or Link(url, label)
        case Styled(_, children) | Quoted(children) | Item(children):
            return replace(node, children=shown(children, message, here, work))
    return node


def _way(link: Link, message: Message, here: Place, work: UnitOfWork) -> Jump | None:
    every, written = work.all(Place, session=message.session), work.get(Place, message.place)
    place = _meant(link, written, every) if written else None
    there = _there(place, here, every) if place else None
    post = work.one(Surface, place=place.id, ref=link.ref) if place and there else None
    if there is None or there.ref is None or post is None or _taken_away(post, work):
        return None
    ref = standing.ref_in(post.subject, there.id, work)
    return Jump(there.ref, ref, link.label or THIS) if ref else None


def _taken_away(post: Surface, work: UnitOfWork) -> bool:
    return post.subject.startswith(("message:", "bundle:")) and not standing.held(post.subject, work)


def _meant(link: Link, written: Place, every: Sequence[Place]) -> Place | None:
    """The session's room that it leads to, in the venue where it was written."""
    mine = (it for it in every if it.venue == written.venue and it.ref == link.room and it.state != "released")
    return next(mine, None)


def _there(place: Place, here: Place, every: Sequence[Place]) -> Place | None:
    """The reader's room of the same kind; in their own venue the link itself leads there."""
    if place.venue == here.venue:
        return None
    return next((it for it in every if it.venue == here.venue and it.kind == place.kind and usable(it)), None)


def _links(body: Doc) -> Iterator[Link]:
    for node in body:
        match node:
            case Link() if node.room:
                yield node
            case Styled(_, children) | Quoted(children) | Item(children):
                yield from _links(children)
