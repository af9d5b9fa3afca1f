"""What somebody has missed: pinned, asked, answered and announced since, in words (SPEC 6.4)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.activity import LastActive
from core.app.asked import AskedSince
from core.app.authorize import authorize_with_consent
from core.app.commands import ShowCatchup
from core.app.handle.feed import entries_needs, lines
from core.app.handle.find import meant_or_past, member_of, past_needs, session_or_past
from core.app.handle.people import known_person
from core.app.handle.seating import venue_here
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.published import answer_line, published
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.form import Invalid
from core.domain.ids import MINUTE, Instant, SessionId
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
        if since := _peeked(command, session, work):
            yield key(AskedSince, session, since)


def _peeked(command: ShowCatchup, session: SessionId, work: UnitOfWork) -> Instant | None:
    """From when on, as far as it is known by now."""
    account = work.peek(Account, command.actor.account)
    last = work.peek(LastActive, session, account.person) if account else None
    if account and last is None:
        return None
    try:
        return _since(command, last)[0]
    except Refused:
        return None


def show_catchup(command: ShowCatchup, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_or_past(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "see shared results")
    person = known_person(command, work, moment)
    account = work.get(Account, command.actor.account)
    since, why = _since(command, work.get(LastActive, session.id, account.person) if account else None)
    venue = venue_here(command, session.id, work)
    places = work.all(Place, session=session.id)
    stage = next((it for it in places if (it.kind, it.venue) == ("stage", venue) and usable(it)), None)
    missed = _missed(session, since, stage, work)
    parts: list[Part] = [Heading(f"What happened in “{session.name}”"), Note(doc("Since ", When(since), why))]
    if told := _counted(work.get(AskedSince, session.id, since)):
        parts.append(Words(told))
    parts += [Words(doc(When(at), " · ", *line)) for at, line in missed[-LINES:]]
    if not missed and not told:
        parts.append(Words("Nothing was pinned, asked, answered or announced since then."))
    buttons = [Button("Feed", action("feed", session.id))]
    if len(missed) > LINES:
        parts.append(Words(f"And {len(missed) - LINES} more before that: open the feed."))
    longer = Instant(command.at - USUAL * MINUTE)
    if not command.back and since > longer:
        buttons.append(Button(f"Last {USUAL} minutes", action("catchup", session.id, f"{USUAL}m")))
    return Outcome(Card(OnlyPerson(person.id), (*parts, Buttons(tuple(buttons)))))


def _counted(asked: AskedSince | None) -> str:
    """``12 questions were asked and 7 answered.``"""
    if asked is None or not (asked.asked or asked.answered):
        return ""
    were = "question was" if asked.asked == 1 else "questions were"
    return f"{asked.asked:,} {were} asked and {asked.answered:,} answered."


def _since(command: ShowCatchup, last: LastActive | None) -> tuple[Instant, str]:
    """From when on, and why from then. Raises Refused."""
    if command.back:
        try:
            return Instant(command.at - parse_minutes(command.back) * MINUTE), ""
        except Invalid:
            raise Refused("Say how far back, for example: /stage catchup 20m") from None
    if last is None or not last.at:
        return Instant(command.at - USUAL * MINUTE), f", {USUAL} minutes back"
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
    for question in published(session.id, work):
        if question.published_at is not None and question.published_at >= since:
            line, facts = answer_line(question, session, work)
            found.append((question.published_at, question.id, doc(*line, f"  ({facts})")))
    for said in work.all(Message, session=session.id, voiced=True):
        if said.at >= since and not said.deleted and not said.cleared:
            words = shorten(one_line(plain(said.body)), QUOTED)
            found.append((said.at, said.id, doc(f"Update · {words}")))
    return [(at, line) for at, _, line in sorted(found, key=lambda it: it[:2])]
