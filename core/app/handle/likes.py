"""Emoji on messages: the session's like, put on or taken back, where the latest event decides (SPEC 3.1); on posts of
the bot's also its five reactions (SPEC 7.1)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.authorize import Deed, allowed, parts_of
from core.app.commands import GiveLike
from core.app.handle.find import actor_needs, member_of, room_here
from core.app.handle.reacting import by_emoji, emoji_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Like, Message
from core.domain.ids import MessageId
from core.domain.people import Account, Member
from core.domain.reactions import bare, kind_of
from core.domain.refused import Ignored
from core.domain.sessions import Session, consented
from core.domain.surfaces import Place, Surface


def like_needs(command: GiveLike, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for place in work.peek_all(Place, venue=command.actor.venue, ref=command.room):
        yield key(Surface, place=place.id, ref=command.ref)
        if place.session is not None:
            yield key(Session, place.session)
            if account:
                yield key(Member, place.session, account.person)
            if (session := work.peek(Session, place.session)) and (kind := kind_of(command.emoji, session.reactions)):
                yield from emoji_needs(command, kind, session.id, work)
        for surface in work.peek_all(Surface, place=place.id, ref=command.ref):
            yield key(Message, MessageId(surface.subject.partition(":")[2]))
            if account:
                yield key(Like, surface.subject, account.person, place.id)


def give_like(command: GiveLike, work: UnitOfWork, moment: Moment) -> Outcome:
    """Ignored where it is neither like nor reaction, is on nothing of ours, or comes from who does not take part."""
    place = room_here(command, work)
    session = work.get(Session, place.session) if place and place.session else None
    account = work.get(Account, command.actor.account)
    surface = work.one(Surface, place=place.id, ref=command.ref) if place else None
    if place is None or session is None or account is None or surface is None:
        raise Ignored
    member, is_like = member_of(command, session, work), bare(command.emoji) == bare(session.like)
    kind = kind_of(command.emoji, session.reactions)
    if kind is not None and not is_like:
        # Taking one back takes nothing from the count (SPEC 7.1).
        if not command.on or not by_emoji(command, kind, session, place, surface, work):
            raise Ignored
        return Outcome()
    deed: Deed = "write backchannel" if place.kind in ("backchannel", "queue") else "write chat"
    if not is_like or not allowed(parts_of(command.actor, session, member), deed):
        raise Ignored
    if not consented(session, member):
        raise Ignored
    before = work.get(Like, surface.subject, account.person, place.id)
    if before is not None and (before.at, before.delivery) >= (command.at, command.delivery):
        raise Ignored
    work.put(Like(surface.subject, account.person, place.id, command.on, command.at, command.delivery))
    if (before is not None and before.on) != command.on and _is_line(surface, work):
        work.touch(surface.subject)
    return Outcome()


def _is_line(surface: Surface, work: UnitOfWork) -> bool:
    """Only lines show likes from elsewhere; those on cards and on several lines together count for the post."""
    message = work.get(Message, MessageId(surface.subject.partition(":")[2]))
    return message is not None and not message.deleted
