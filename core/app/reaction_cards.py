"""Reactions as people see them: five live numbers on the stage bar, and many at once in one line (SPEC 7.1, UX 1.2)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.derived import Burst, Reacted
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import Instant, SessionId
from core.domain.reactions import Shown, burst_in_words, five
from core.domain.sessions import Session, chatting
from core.domain.view import Attendees, Button, Buttons, Card, Note, Part, Words, action

LABEL = 20


def needs(what: str, session: SessionId, until: str) -> Iterable[Key]:
    """What stage bar and burst line take; ``until`` names the burst."""
    if what == "bar":
        yield key(Reacted, session)
    elif what == "burst":
        yield key(Burst, session, Instant(int(until)))


def on_bar(session: Session, others: str, work: UnitOfWork) -> Iterable[Part]:
    """While people can react the buttons; afterwards what it came to."""
    given = work.get(Reacted, session.id)
    numbers = [(it, given.of(it.kind) if given else 0) for it in five(session.reactions)]
    if chatting(session):
        yield Buttons(tuple(_button(session, it, number) for it, number in numbers))
        yield Note(f"Reactions show to everyone{f', here and in {others}' if others else ''}.")
    elif any(number for _, number in numbers):
        yield Note("Reactions: " + " · ".join(_label(it, number) for it, number in numbers if number))


def _button(session: Session, one: Shown, number: int) -> Button:
    spoken = f"{one.word}, {number:,} so far" if number else f"{one.word}, none so far"
    return Button(_label(one, number), action("react", session.id, one.kind), spoken=spoken)


def _label(one: Shown, number: int) -> str:
    """The emoji last, and left out before a number is cut."""
    words = f"{one.word} {number:,}" if number else one.word
    return f"{words} {one.emoji}" if len(words) + 1 + len(one.emoji) <= LABEL else words


def burst(session: Session, until: str, work: UnitOfWork) -> Card | None:
    found = work.get(Burst, session.id, Instant(int(until)))
    if found is None or not found.counts:
        return None
    return Card(Attendees(session.id), (Words(burst_in_words(found.counts, session.reactions)),))
