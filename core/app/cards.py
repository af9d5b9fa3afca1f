"""Subject in, content out: what should be visible now, for which audience, on every surface of it."""

from __future__ import annotations

from collections.abc import Iterable

from core.app import bylines, claim_cards, interaction_cards, question_cards, session_cards, standing, twin_cards, ways
from core.app.derived import Likes
from core.app.handle import toasting
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import InteractionId, MessageId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction
from core.domain.lookalike import unsigned
from core.domain.people import Account, Person, shown_name
from core.domain.sessions import Session
from core.domain.surfaces import Place, Surface
from core.domain.text import one_line, pieces, plain, shorten
from core.domain.view import Attendees, Backstage, Bundle, Content, Quote, Speech


def needs(surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    """The keys that showing this surface takes."""
    what, _, ident = surface.subject.partition(":")
    match what:
        case "message":
            yield from _message_needs(MessageId(ident), surface, work)
        case "bundle":
            yield key(Surface, bundle=surface.id)
            for member in work.peek_all(Surface, bundle=surface.id):
                yield from _message_needs(MessageId(member.subject.partition(":")[2]), member, work)
        case "interaction":
            yield from interaction_cards.needs(InteractionId(ident), surface, work)
        case "toast":
            yield from toasting.card_needs(InteractionId(ident), surface, work)
        case "twin":
            yield from twin_cards.needs(InteractionId(ident), surface, work)
        case "question" | "receipt" | "qline" | "aside":
            yield from question_cards.needs(surface, work)
        case "assigned" | "warned" | "returned":
            yield from claim_cards.needs(surface, work)
        case _:
            yield from session_cards.needs(surface, work)


def content(surface: Surface, work: UnitOfWork) -> Content | None:
    """What the surface shall show; None when there is nothing to show any more (it shall be removed)."""
    what, _, ident = surface.subject.partition(":")
    match what:
        case "message":
            return _speech(MessageId(ident), surface, work)
        case "bundle":
            return _bundle(surface, work)
        case "interaction":
            return interaction_cards.card(InteractionId(ident), surface, work)
        case "toast":
            return toasting.card(InteractionId(ident), surface, work)
        case "twin":
            return twin_cards.card(InteractionId(ident), surface, work)
        case "question" | "receipt" | "qline" | "aside":
            return question_cards.content(surface, work)
        case "assigned" | "warned" | "returned":
            return claim_cards.content(surface, work)
        case _:
            return session_cards.content(surface, work)


def _message_needs(ident: MessageId, surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    yield key(Message, ident)
    yield key(Place, surface.place)
    yield key(Likes, subject("message", ident))
    message = work.peek(Message, ident)
    if message is None:
        return
    yield key(Person, message.person)
    yield key(Account, message.account)
    yield key(Place, message.place)
    yield from bylines.needs(message, work)
    yield from ways.needs(message, surface, work)
    if message.voiced:
        yield key(Session, message.session)
    if message.reply_to is None:
        return
    yield from standing.ref_needs(message.reply_to, surface.place, work)
    what, _, head = message.reply_to.partition(":")
    if what == "interaction":
        yield key(Interaction, InteractionId(head))
    else:
        yield key(Session, message.session)
        for line in standing.peeked(message.reply_to, work):
            yield key(Person, line.person)


def _speech(ident: MessageId, surface: Surface, work: UnitOfWork) -> Speech | None:
    message = work.get(Message, ident)
    if message is None or message.deleted or message.cleared:
        return None
    person, account = work.get(Person, message.person), work.get(Account, message.account)
    written, here = work.get(Place, message.place), work.get(Place, surface.place)
    cut = pieces(message.body)
    if person is None or account is None or here is None or surface.part >= len(cut):
        return None
    backstage = written is not None and written.kind == "backchannel"
    audience = Backstage(message.session) if backstage else Attendees(message.session)
    quote = _quote(message, here, work) if surface.part == 0 else None
    last = surface.part == len(cut) - 1
    body = ways.shown(bylines.named(cut[surface.part], message, here, work), message, here, work)
    likes = _likes_elsewhere(ident, here, work) if last else 0
    if message.voiced:
        session = work.get(Session, message.session)
        name = session.name if session else "The session"
        return Speech(name, "Moderators", None, body, audience, quote, likes)
    origin, badge = account.platform.capitalize(), bylines.badge(message, person, work)
    return Speech(unsigned(shown_name(person)), origin, account.avatar, body, audience, quote, likes, badge)


QUOTED = 80
"""Characters of what a line answers; enough to know it again."""


def _quote(message: Message, here: Place, work: UnitOfWork) -> Quote | None:
    """The beginning of what it answers, and where that stands in this room.

    Of several lines in one post it is the first, and how many there are more: which one is meant nobody can tell.
    """
    if message.reply_to is None:
        return None
    what, _, ident = message.reply_to.partition(":")
    ref = standing.ref_in(message.reply_to, here.id, work)
    if what == "interaction":
        interaction = work.get(Interaction, InteractionId(ident))
        if interaction is None:
            return None
        kind = KINDS[interaction.kind]
        return Quote(kind.TITLE, shorten(kind.title(interaction.spec), QUOTED), here.ref or "", ref)
    lines = standing.held(message.reply_to, work)
    if not lines:
        return None
    answered, more = lines[0], len(lines) - 1
    person, session = work.get(Person, answered.person), work.get(Session, message.session)
    voice = session.name if session else "The session"
    author = voice if answered.voiced else shown_name(person) if person else "Somebody"
    others = f" (and {more} more {'line' if more == 1 else 'lines'})" if more else ""
    words = shorten(one_line(plain(answered.body)), QUOTED - len(others)) + others
    return Quote(author, words, here.ref or "", ref)


def _likes_elsewhere(ident: MessageId, here: Place, work: UnitOfWork) -> int:
    likes = work.get(Likes, subject("message", ident))
    return sum(number for place, number in likes.places if place != here.id) if likes else 0


def _bundle(surface: Surface, work: UnitOfWork) -> Bundle | None:
    members = sorted(work.all(Surface, bundle=surface.id), key=lambda it: (it.order_at, it.id, it.part))
    lines = [
        speech
        for member in members
        if not member.gone and (speech := _speech(MessageId(member.subject.partition(":")[2]), member, work))
    ]
    return Bundle(tuple(lines), lines[0].audience) if lines else None
