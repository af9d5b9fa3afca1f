"""What was pinned and what was answered, the newest of both, as the menu lists them; and the sum of all questions."""

from __future__ import annotations

from collections.abc import Iterable

from core.app import standing
from core.app.published import answer_line, is_cut, published, published_needs
from core.app.sums import sums_needs, sums_words
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import SessionId, subject
from core.domain.people import Person, shown_name
from core.domain.sessions import Session
from core.domain.surfaces import Place
from core.domain.text import Doc, Jump, doc, one_line, plain, shorten
from core.domain.view import Note, Part, Words

MOST = 5
"""So many are listed, the newest ones; the feed has all."""
ANSWER = (120, 100)
LINE = 120


def highlights_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Message, session=session, pinned=True)
    for message in work.peek_all(Message, session=session, pinned=True):
        yield key(Person, message.person)
        yield from standing.ref_needs(subject("message", message.id), None, work)
    yield from published_needs(session, work)
    yield from sums_needs(session)


def highlights(session: Session, stage: Place | None, work: UnitOfWork) -> tuple[Part, ...]:
    found: list[tuple[int, str, Doc]] = [
        (it.pinned_at or 0, it.id, _pinned(it, session, stage, work))
        for it in work.all(Message, session=session.id, pinned=True)
        if not it.deleted
    ]
    for question in published(session.id, work):
        more = "  (whole in the feed)" if is_cut(question, ANSWER) else ""
        line = doc(*answer_line(question, session, work, ANSWER)[0], more)
        found.append((question.published_at or 0, question.id, line))
    newest = sorted(found, key=lambda it: it[:2], reverse=True)[:MOST]
    told = sums_words(session.id, work)
    return (
        *(Words(line) for _, _, line in newest),
        *(() if newest else (Note("Nothing is pinned yet. Moderators pin what is worth keeping."),)),
        *((Note(told),) if told else ()),
    )


def _pinned(message: Message, session: Session, stage: Place | None, work: UnitOfWork) -> Doc:
    person = work.get(Person, message.person)
    author = session.name if message.voiced else shown_name(person) if person else "Somebody"
    words = shorten(one_line(plain(message.body)), LINE)
    shown = standing.ref_in(subject("message", message.id), stage.id, work) if stage else ""
    if stage is None or stage.ref is None or not shown:
        return doc(f"Pinned · {author}: {words}")
    return doc(f"Pinned · {author}: {words}  ", Jump(stage.ref, shown, "Go to message"))
