"""What is suggested while a command is being typed, on platforms that complete it; a look only, nothing changes.

What somebody may not see is not suggested to them either.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Protocol

from core.app.authorize import allowed, parts_of
from core.app.derived import Recent
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.verbs import VERBS, Argument
from core.domain.chat import Message
from core.domain.ids import MessageId, SessionId, subject
from core.domain.people import Account, Actor, Member, Person, shown_name
from core.domain.sessions import Session
from core.domain.surfaces import Place, Surface
from core.domain.text import one_line, plain, shorten
from core.domain.view import Option

MOST = 25
"""Discord shows at most 25 choices, with names of 1 to 100 characters."""
LABEL = 100


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody types: which argument of which verb, and what stands there so far."""

    actor: Actor
    room: str
    group: str
    path: tuple[str, ...]
    argument: str
    typed: str


class Suggest(Protocol):
    """Answers from what is stored now."""

    def __call__(self, ask: Ask) -> Awaitable[tuple[Option, ...]]: ...


def suggest_needs(ask: Ask, work: UnitOfWork) -> Iterable[Key]:
    argument = _argument(ask)
    if argument is None or not argument.lines or not ask.room:
        return
    yield key(Account, ask.actor.account)
    yield key(Place, venue=ask.actor.venue, ref=ask.room)
    account = work.peek(Account, ask.actor.account)
    for place in work.peek_all(Place, venue=ask.actor.venue, ref=ask.room):
        if place.session is None or account is None:
            continue
        yield key(Session, place.session)
        yield key(Member, place.session, account.person)
        yield key(Place, session=place.session)
        yield key(Recent, place.session)
        if recent := work.peek(Recent, place.session):
            yield from _line_needs(recent, work)


def _line_needs(recent: Recent, work: UnitOfWork) -> Iterable[Key]:
    for ident in recent.messages:
        yield key(Message, ident)
        yield key(Surface, subject=subject("message", ident))
        if message := work.peek(Message, ident):
            yield key(Person, message.person)


def suggestions(ask: Ask, work: UnitOfWork) -> tuple[Option, ...]:
    """At most 25, those first that the typed words begin; none for who may not use the command."""
    argument = _argument(ask)
    if argument is None:
        return ()
    typed = one_line(ask.typed).casefold()
    if not argument.lines:
        return tuple(Option(it, it) for it in argument.examples if it.startswith(typed))[:MOST]
    return tuple(it for it in _lines(ask, work) if typed in it.label.casefold())[:MOST]


def _argument(ask: Ask) -> Argument | None:
    verb = next((it for it in VERBS if (it.group, it.path) == (ask.group, ask.path)), None)
    return next((it for it in verb.arguments if it.name == ask.argument), None) if verb else None


def _lines(ask: Ask, work: UnitOfWork) -> Iterable[Option]:
    """The newest lines of the chat with their places in this venue, for its moderators."""
    account = work.peek(Account, ask.actor.account)
    place = next((it for it in work.peek_all(Place, venue=ask.actor.venue, ref=ask.room) if it.session), None)
    if account is None or place is None or place.session is None:
        return
    session, member = work.peek(Session, place.session), work.peek(Member, place.session, account.person)
    recent = work.peek(Recent, place.session)
    if session is None or recent is None or not allowed(parts_of(ask.actor, session, member), "moderate"):
        return
    for ident in recent.messages:
        if option := _line(ident, place.session, ask, work):
            yield option


def _line(ident: MessageId, session: SessionId, ask: Ask, work: UnitOfWork) -> Option | None:
    message = work.get(Message, ident)
    person = work.get(Person, message.person) if message else None
    here = {it.id: it for it in work.all(Place, session=session) if it.venue == ask.actor.venue and it.kind == "stage"}
    shown = (it for it in work.all(Surface, subject=subject("message", ident)) if it.place in here and it.ref)
    surface = next((it for it in shown if it.kind == "post" and it.bundle is None and not it.gone), None)
    if message is None or person is None or surface is None:
        return None
    label = shorten(one_line(f"{shown_name(person)}: {plain(message.body)}"), LABEL)
    return Option(label, f"{here[surface.place].ref}/{surface.ref}") if label else None
