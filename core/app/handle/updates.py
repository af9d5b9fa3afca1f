"""Updates: every announcement and what moderators told everybody, to be read again by all (SPEC 6.2)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.commands import OfSession, ShowUpdates
from core.app.handle.feed import mine
from core.app.handle.find import meant_or_past, past_needs
from core.app.handle.people import known_person
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import Instant
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Frame
from core.domain.interactions.life import Interaction
from core.domain.sessions import Session
from core.domain.text import Styled, When, as_doc, doc, plain
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Part, Words, action
from core.domain.words import weight

PAGE, PAGE_WEIGHT = 10, 3_200
"""So many a page, fewer where they are long: Discord shows 4,000 characters, signs escaped, and cuts nothing then."""
Update = tuple[Instant, str, tuple[Part, ...]]
"""When, which, and what it says."""


def updates_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from past_needs(command, work)
    for session in meant_or_past(command, work):
        yield key(Message, session=session, voiced=True)
        yield key(Interaction, session=session)


def show_updates(command: ShowUpdates, work: UnitOfWork, moment: Moment) -> Outcome:
    session = mine(command, work)
    person = known_person(command, work, moment)
    head = Heading(f"Updates of “{session.name}”")
    return Outcome(Card(OnlyPerson(person.id), (head, *updates(session, work, command.page))))


def updates(session: Session, work: UnitOfWork, page: int = 0) -> tuple[Part, ...]:
    """Newest first, whoever said it and however."""
    said = sorted([*_messages(session, work), *_announced(session, work)], key=lambda it: it[:2], reverse=True)
    pages = list(_pages(said))
    if not pages:
        return (Words("No updates yet. What moderators tell everybody is kept here."),)
    number = page if page < len(pages) else 0
    parts: list[Part] = []
    for at, _, told in pages[number]:
        parts += [*told, Note(doc(When(at, "date")))]
    if number + 1 < len(pages):
        parts.append(Buttons((Button("Show older", action("updates", session.id, str(number + 1))),)))
    elif number:
        parts.append(Buttons((Button("Show the newest", action("updates", session.id)),)))
    return tuple(parts)


def _messages(session: Session, work: UnitOfWork) -> Iterable[Update]:
    for message in work.all(Message, session=session.id, voiced=True):
        if not message.deleted:
            yield message.at, message.id, (Words(message.body),)


def _announced(session: Session, work: UnitOfWork) -> Iterable[Update]:
    """As the card has it, besides its line of kind and state."""
    for it in work.all(Interaction, session=session.id):
        kind = KINDS[it.kind]
        if "update" not in kind.TRAITS or it.state not in ("live", "ended") or it.rehearsal:
            continue
        shown = kind.view(it.spec, Frame(it.id, it.state == "ended", None, None))
        told = tuple(_in_list(part) for part in shown if not isinstance(part, Note))
        yield it.published_at or it.created_at, it.id, told


def _in_list(part: Part) -> Part:
    return Words((Styled("bold", as_doc(part.text)),)) if isinstance(part, Heading) else part


def _pages(said: Iterable[Update]) -> Iterable[list[Update]]:
    taken: list[Update] = []
    room = PAGE_WEIGHT
    for one in said:
        room -= sum(weight(plain(part.text)) for part in one[2] if isinstance(part, Words))
        if taken and (room < 0 or len(taken) == PAGE):
            yield taken
            taken, room = [], PAGE_WEIGHT - sum(weight(plain(part.text)) for part in one[2] if isinstance(part, Words))
        taken.append(one)
    if taken:
        yield taken
