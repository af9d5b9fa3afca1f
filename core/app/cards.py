"""Subject in, content out: what should be visible now, for which audience, on every surface of it."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.authorize import join_button
from core.app.derived import Counts, Joined
from core.app.handle.people import welcome_words
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import InteractionId, MessageId, PersonId, SessionId
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Frame, Tally
from core.domain.interactions.life import Interaction, results_visible
from core.domain.people import Account, Person, shown_name
from core.domain.sessions import STATE_WORDS, Held, Session, Venue
from core.domain.surfaces import Place, Surface
from core.domain.text import When, doc, pieces
from core.domain.view import (
    Attendees,
    Bundle,
    Buttons,
    Card,
    Content,
    Heading,
    Note,
    OnlyPerson,
    Part,
    Public,
    Speech,
    Words,
    say,
)


def needs(surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    """The keys that showing this surface takes."""
    what, _, ident = surface.subject.partition(":")
    match what:
        case "message":
            yield from _message_needs(MessageId(ident), work)
        case "bundle":
            yield key(Surface, bundle=surface.id)
            for member in work.peek_all(Surface, bundle=surface.id):
                yield from _message_needs(MessageId(member.subject.partition(":")[2]), work)
        case "interaction":
            yield key(Interaction, InteractionId(ident))
            yield key(Counts, InteractionId(ident))
            if interaction := work.peek(Interaction, InteractionId(ident)):
                yield key(Session, interaction.session)
        case "door":
            yield key(Place, surface.place)
            yield key(Session, SessionId(ident))
            yield key(Joined, SessionId(ident))
            yield key(Held, session=SessionId(ident))
            for held in work.peek_all(Held, session=SessionId(ident)):
                yield key(Venue, held.venue)
        case "welcome":
            yield key(Place, surface.place)
            yield key(Place, session=SessionId(ident.partition(":")[0]))


def content(surface: Surface, work: UnitOfWork) -> Content | None:
    """What the surface shall show; None when there is nothing to show any more (it shall be removed)."""
    what, _, ident = surface.subject.partition(":")
    match what:
        case "message":
            return _speech(MessageId(ident), surface.part, work)
        case "bundle":
            return _bundle(surface, work)
        case "interaction":
            return _interaction(InteractionId(ident), work)
        case "door":
            return _door(SessionId(ident), surface, work)
        case "welcome":
            return _welcome(ident, surface, work)
        case _:
            return None


def _message_needs(ident: MessageId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Message, ident)
    if message := work.peek(Message, ident):
        yield key(Person, message.person)
        yield key(Account, message.account)


def _speech(ident: MessageId, part: int, work: UnitOfWork) -> Speech | None:
    message = work.get(Message, ident)
    if message is None or message.deleted:
        return None
    person, account = work.get(Person, message.person), work.get(Account, message.account)
    cut = pieces(message.body)
    if person is None or account is None or part >= len(cut):
        return None
    return Speech(
        shown_name(person), account.platform.capitalize(), account.avatar, cut[part], Attendees(message.session)
    )


def _bundle(surface: Surface, work: UnitOfWork) -> Bundle | None:
    members = sorted(work.all(Surface, bundle=surface.id), key=lambda it: (it.order_at, it.id, it.part))
    lines = [
        speech
        for member in members
        if not member.gone and (speech := _speech(MessageId(member.subject.partition(":")[2]), member.part, work))
    ]
    return Bundle(tuple(lines), lines[0].audience) if lines else None


def _interaction(ident: InteractionId, work: UnitOfWork) -> Card | None:
    interaction = work.get(Interaction, ident)
    if interaction is None or interaction.state not in ("live", "ended"):
        return None
    session = work.get(Session, interaction.session)
    kind = KINDS[interaction.kind]
    counts = work.get(Counts, ident)
    tally = kind.tally(interaction.spec, counts.counts if counts else ()) if results_visible(interaction) else None
    frame = Frame(
        ident,
        interaction.state == "ended",
        interaction.ended_at or (session.ends_at if session else None),
        _named(tally) if tally else None,
        interaction.sharing,
    )
    return Card(Attendees(interaction.session), kind.view(interaction.spec, frame))


def _named(tally: Tally) -> Tally:
    """The tally with platforms by the names people know."""
    platforms = {name.capitalize(): number for name, number in tally.platforms.items()}
    return Tally(tally.voters, tally.options, platforms, tally.moderators)


def _door(ident: SessionId, surface: Surface, work: UnitOfWork) -> Card | None:
    session, here = work.get(Session, ident), work.get(Place, surface.place)
    if session is None or here is None:
        return None
    facts: list[str | When] = ["Session"]
    if session.state == "ended":
        facts.append(" · ended")
    else:
        facts += [f" · {STATE_WORDS[session.state]} · ", When(session.starts_at, "date"), " to ", When(session.ends_at)]
    joined = work.get(Joined, ident)
    number = joined.number if joined else 0
    others = [
        f"{venue.platform.capitalize()} (“{venue.name}”)"
        for held in work.all(Held, session=ident)
        if held.venue != here.venue and (venue := work.get(Venue, held.venue))
    ]
    shared = f"The chat is shared with {' and '.join(others)}. " if others else ""
    parts: list[Part] = [
        Heading(session.name),
        Note(doc(*facts)),
        Words(f"{shared}{'1 person has' if number == 1 else f'{number:,} have'} joined."),
    ]
    if session.state in ("announced", "open", "live"):
        parts.append(Buttons((join_button(session),)))
        if session.consent_needed:
            parts.append(Note("Joining asks you to accept: conversations, private ones too, are recorded."))
    return Card(Public(), tuple(parts))


def _welcome(ident: str, surface: Surface, work: UnitOfWork) -> Card | None:
    session, _, person = ident.partition(":")
    here = work.get(Place, surface.place)
    stages = [
        place
        for place in work.all(Place, session=SessionId(session))
        if here and place.kind == "stage" and place.venue == here.venue
    ]
    return say(OnlyPerson(PersonId(person)), welcome_words("You're in.", stages[0].ref if stages else None))
