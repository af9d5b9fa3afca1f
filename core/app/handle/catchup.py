"""What somebody has missed: pinned, asked, answered and announced since, in words (SPEC 6.4)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.activity import LastActive
from core.app.authorize import authorize_with_consent
from core.app.commands import ShowCatchup
from core.app.handle.feed import entries_needs, lines
from core.app.handle.find import meant_or_past, member_of, past_needs, session_or_past
from core.app.handle.people import known_person
from core.app.handle.seating import venue_here
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.form import Invalid
from core.domain.ids import MINUTE, Instant
from core.domain.interactions.life import Interaction
from core.domain.people import Account
from core.domain.refused import Refused
from core.domain.sessions import Session, parse_minutes
from core.domain.surfaces import Place, usable
from core.domain.text import Doc, When, doc, one_line, plain, shorten
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Part, Words, action

LINES = 10
USUAL = 20
"""Minutes, for somebody who has done nothing yet."""
QUOTED = 200
"""Characters of an announcement; the whole of it is in Updates."""


def catchup_needs(command: ShowCatchup, work: UnitOfWork) -> Iterable[Key]:
    yield from past_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for session in meant_or_past(command, work):
        yield from entries_needs(session, work)
        yield key(Message, session=session, voiced=True)
        if account:
            yield key(LastActive, session, account.person)


def show_catchup(command: ShowCatchup, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_or_past(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "see shared results")
    person = known_person(command, work, moment)
    since, why = _since(command, session, work, moment)
    venue = venue_here(command, session.id, work)
    places = work.all(Place, session=session.id)
    stage = next((it for it in places if (it.kind, it.venue) == ("stage", venue) and usable(it)), None)
    missed = _missed(session, since, stage, work)
    parts: list[Part] = [Heading(f"What happened in “{session.name}”"), Note(doc("Since ", When(since), why))]
    parts += [Words(doc(When(at), " · ", *line)) for at, line in missed[-LINES:]]
    if not missed:
        parts.append(Words("Nothing was pinned, asked or announced since then."))
    buttons = [Button("Feed", action("feed", session.id))]
    if len(missed) > LINES:
        parts.append(Words(f"And {len(missed) - LINES} more before that: open the feed."))
    longer = Instant(moment.now - USUAL * MINUTE)
    if not command.back and since > longer:
        buttons.append(Button(f"Last {USUAL} minutes", action("catchup", session.id, f"{USUAL}m")))
    return Outcome(Card(OnlyPerson(person.id), (*parts, Buttons(tuple(buttons)))))


def _since(command: ShowCatchup, session: Session, work: UnitOfWork, moment: Moment) -> tuple[Instant, str]:
    """From when on, and why from then."""
    if command.back:
        try:
            return Instant(moment.now - parse_minutes(command.back) * MINUTE), ""
        except Invalid:
            raise Refused("Say how far back, for example: /stage catchup 20m") from None
    account = work.get(Account, command.actor.account)
    last = work.get(LastActive, session.id, account.person) if account else None
    if last is None or not last.at:
        return Instant(moment.now - USUAL * MINUTE), f", {USUAL} minutes back"
    return last.at, ", when you last wrote, answered, liked or reacted"


def _missed(session: Session, since: Instant, stage: Place | None, work: UnitOfWork) -> list[tuple[Instant, Doc]]:
    """Oldest first; what was asked and has ended since is there once, with what came of it."""
    found: list[tuple[Instant, str, Doc]] = []
    for one in work.all(Interaction, session=session.id):
        if one.state not in ("live", "ended") or one.rehearsal:
            continue
        what = "asked" if one.state == "live" else "result"
        at = one.published_at if one.state == "live" else one.ended_at
        if at is not None and at >= since:
            line, facts = lines(session, what, one.id, stage, work)
            found.append((at, one.id, doc(*line, f"  ({facts})") if facts else line))
    for pinned in work.all(Message, session=session.id, pinned=True):
        at = pinned.pinned_at or pinned.at
        if at >= since and (line := lines(session, "pin", pinned.id, stage, work)[0]):
            found.append((at, pinned.id, line))
    for said in work.all(Message, session=session.id, voiced=True):
        if said.at >= since and not said.deleted and not said.cleared:
            words = shorten(one_line(plain(said.body)), QUOTED)
            found.append((said.at, said.id, doc(f"Update · {words}")))
    return [(at, line) for at, _, line in sorted(found, key=lambda it: it[:2])]
