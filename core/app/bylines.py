"""Who wrote a line and whom it names, as readers of one venue know them; what the platform cannot check we say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import AccountId, SessionId
from core.domain.lookalike import claims, skeleton
from core.domain.people import Account, Member, Person, Role, Seat, shown_name
from core.domain.surfaces import Place
from core.domain.text import Doc, Item, Mention, Node, Quoted, Styled

TEAM: tuple[Role, ...] = ("moderator", "speaker")


def needs(message: Message, work: UnitOfWork) -> Iterable[Key]:
    yield key(Member, message.session, message.person)
    for role in TEAM:
        yield key(Member, session=message.session, role=role)
        for member in work.peek_all(Member, session=message.session, role=role):
            yield key(Person, member.person)
    for ident in dict.fromkeys(_named(message.body)):
        yield key(Account, ident)
        if account := work.peek(Account, ident):
            yield key(Person, account.person)
            yield key(Seat, session=message.session, person=account.person)
            for seat in work.peek_all(Seat, session=message.session, person=account.person):
                yield key(Account, seat.account)


def badge(message: Message, person: Person, work: UnitOfWork) -> str:
    """The part of who is on the team; and ``attendee`` where a name could be taken for one of theirs."""
    member = work.get(Member, message.session, message.person)
    if member is not None and member.role in TEAM:
        return member.role
    name = shown_name(person)
    looks = skeleton(name)
    return "attendee" if claims(name) or (looks and looks in _team(message.session, work)) else ""


def _team(session: SessionId, work: UnitOfWork) -> Iterator[str]:
    for role in TEAM:
        for member in work.all(Member, session=session, role=role):
            if person := work.get(Person, member.person):
                yield from (skeleton(person.name), skeleton(shown_name(person)))


def named(body: Doc, message: Message, here: Place, work: UnitOfWork) -> Doc:
    """The line with everybody whom it mentions by the name that readers here know; they are told in no case."""
    return tuple(_shown(node, message, here, work) for node in body)


def _shown(node: Node, message: Message, here: Place, work: UnitOfWork) -> Node:
    match node:
        case Mention(ident, _) if account := work.get(Account, ident):
            return Mention(ident, _name(account, message, here, work) or node.shown)
        case Styled(_, children) | Quoted(children) | Item(children):
            return replace(node, children=named(children, message, here, work))
    return node


def _name(account: Account, message: Message, here: Place, work: UnitOfWork) -> str:
    """As they are called in this venue, where they have an account here; else the name they chose to show."""
    for seat in work.all(Seat, session=message.session, person=account.person):
        if seat.venue == here.venue and (local := work.get(Account, seat.account)):
            return local.nick
    person = work.get(Person, account.person)
    return shown_name(person) if person else ""


def _named(body: Doc) -> Iterator[AccountId]:
    for node in body:
        match node:
            case Mention(ident, _):
                yield ident
            case Styled(_, children) | Quoted(children) | Item(children):
                yield from _named(children)
