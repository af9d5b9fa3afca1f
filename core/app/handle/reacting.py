"""Reactions: one press or emoji counted, and many at once told of in every stage (SPEC 7.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import allowed, authorize_with_consent, parts_of
from core.app.commands import Command, GiveLike, React
from core.app.derived import Burst
from core.app.handle.find import known_session, member_of
from core.app.handle.showing import follow, kept_needs, plan, tell
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import Instant, PersonId, SessionId, SubjectId, subject
from core.domain.people import Account, Member
from core.domain.reactions import BURST, BURST_LEAST, Reaction, near, slot_of, takes_place
from core.domain.refused import Refused
from core.domain.schedule import Due
from core.domain.sessions import STANDS, Session, chatting, consented, over
from core.domain.surfaces import Place, PlaceKind, Subject, Surface, usable

COUNTED_IN: tuple[PlaceKind, ...] = ("stage", "door", "feed")
"""Emoji on posts of the team's own rooms are no news for everybody (SPEC 8.3)."""
TOO_LATE = 2 * BURST
"""After an outage old applause is not told as if it were now."""


# -- one ------------------------------------------------------------------------------------------------------------


def react_needs(command: React, work: UnitOfWork) -> Iterable[Key]:
    yield key(Account, command.actor.account)
    yield key(Session, command.session)
    yield key(Due, _due(command.session))
    if account := work.peek(Account, command.actor.account):
        yield key(Member, command.session, account.person)
        yield from near_needs(command.session, account.person, command.kind, command.at)


def near_needs(session: SessionId, person: PersonId, kind: str, at: Instant) -> Iterable[Key]:
    return (Key(Reaction, Reaction.pk, (session, person, kind, slot)) for slot in near(at))


def react(command: React, work: UnitOfWork, moment: Moment) -> Outcome:
    """Its number on the stage bar says that it was counted, so nothing is answered; nor where it came too soon."""
    session = known_session(command.session, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "react")
    if not chatting(session):
        until = "so this was not counted" if over(session) else "and reactions are counted once its doors are open"
        raise Refused(f"“{session.name}” {STANDS[session.state]}, {until}.")
    count(command, command.kind, session, work)
    return Outcome()


def emoji_needs(command: Command, kind: str, session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What an emoji on a post takes besides what a like takes."""
    yield key(Due, _due(session))
    if account := work.peek(Account, command.actor.account):
        yield from near_needs(session, account.person, kind, command.at)


def by_emoji(command: GiveLike, kind: str, session: Session, place: Place, surface: Surface, work: UnitOfWork) -> bool:
    """One of the five on a post of the bot's: whether it counts. Nobody is told why not, as with likes."""
    member = member_of(command, session, work)
    if not surface.ours or place.kind not in COUNTED_IN or not chatting(session) or not consented(session, member):
        return False
    if not allowed(parts_of(command.actor, session, member), "react"):
        return False
    count(command, kind, session, work)
    return True


def count(command: Command, kind: str, session: Session, work: UnitOfWork) -> None:
    """Nothing happens for one that comes too soon behind another."""
    account = work.get(Account, command.actor.account)
    assert account is not None, "who takes part has an account"
    mine = (session.id, account.person, kind)
    given = Reaction(*mine, slot_of(command.at), account.platform, command.at)
    there = (work.get(Reaction, *mine, slot) for slot in near(command.at))
    instead_of = takes_place(given, [it for it in there if it is not None])
    if instead_of is None:
        return
    for one in instead_of:
        if one.slot != given.slot:
            work.remove(one)
    work.put(given)
    work.touch(subject("bar", session.id))
    plan(_due(session.id), Instant(command.at + BURST), work, sooner=True)


# -- many at once ---------------------------------------------------------------------------------------------------


def _due(session: SessionId) -> str:
    return f"burst:{session}"


def _line(session: SessionId, until: Instant) -> SubjectId:
    return subject("burst", f"{session}:{until}")


def burst_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Session, session)
    yield key(Place, session=session)
    yield from kept_needs(session, work)
    known, due = work.peek(Session, session), work.peek(Due, _due(session))
    if known is not None and due is not None:
        until = _until(known, due)
        yield key(Burst, session, until)
        yield key(Subject, _line(session, until))


def _until(session: Session, due: Due) -> Instant:
    """The end of the time that is looked back on; it never overlaps what was told before."""
    return max(due.due, Instant((session.burst_at or 0) + BURST))


def tell_burst(ident: SessionId, work: UnitOfWork, moment: Moment) -> Instant | None:
    """A line in every stage, should it have been many; returns when to look again, while reactions come."""
    session, due = work.get(Session, ident), work.get(Due, _due(ident))
    if session is None or due is None or not chatting(session):
        return None
    until = _until(session, due)
    if until > moment.now:
        return until
    burst = work.get(Burst, ident, until)
    if burst is None or not burst.counts:
        return None
    late = moment.now - until > TOO_LATE
    if burst.total >= BURST_LEAST and burst.persons > 1 and not late:
        for place in work.all(Place, session=ident):
            if place.kind == "stage" and usable(place):
                tell(_line(ident, until), place, work, moment, urgency=6)
                follow(place.id, work, moment)
        work.put(replace(session, burst_at=until))
    return Instant((moment.now if late else until) + BURST)
