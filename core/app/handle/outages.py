"""A venue that is out of reach: the others go on, and every desk reads it once, and once more when it is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import ReportOutage
from core.app.handle.showing import moderators_needs, notice_needs, tell_moderators
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import Instant, SessionId
from core.domain.notices import Notice
from core.domain.refused import Ignored
from core.domain.sessions import Held, Session, Venue, chatting
from core.domain.text import When, doc


def outage_needs(command: ReportOutage, work: UnitOfWork) -> Iterable[Key]:
    yield key(Venue, command.actor.venue)
    venue = work.peek(Venue, command.actor.venue)
    if venue is None:
        return
    yield key(Held, venue=venue.id)
    for held in work.peek_all(Held, venue=venue.id):
        yield key(Session, held.session)
        session = work.peek(Session, held.session)
        if session is not None and chatting(session):
            yield from moderators_needs(held.session, work)
            yield from notice_needs(_ident(held.session, venue, venue.out_since or command.at))


def _ident(session: SessionId, venue: Venue, since: Instant) -> str:
    return f"outage:{session}:{venue.id}:{since}"


def report_outage(command: ReportOutage, work: UnitOfWork, moment: Moment) -> Outcome:
    """Told where people can read it now; the venue itself reads it when it is back, in the words of its end."""
    venue = work.get(Venue, command.actor.venue)
    if not command.actor.bot or venue is None or (venue.out_since is None) is command.over:
        raise Ignored
    since = venue.out_since or command.at
    work.put(replace(venue, out_since=None if command.over else since))
    called = f"“{venue.name}” on {venue.platform.capitalize()}"
    if command.over:
        words = doc(
            f"{called} was out of reach from ", When(since), " to ", When(moment.now),
            ". What waited goes out now; nothing is lost.",
        )  # fmt: skip
    else:
        words = doc(
            f"{called} cannot be reached since ", When(since),
            ". The session goes on elsewhere; what is said waits and goes out there when it is back.",
        )  # fmt: skip
    for held in work.all(Held, venue=venue.id):
        session = work.get(Session, held.session)
        if session is None or not chatting(session):
            continue
        ident = _ident(session.id, venue, since)
        if not command.over or work.get(Notice, ident) is not None:
            tell_moderators(ident, session.id, words, work, moment)
    return Outcome()
