"""What the platforms tell of rooms: gone, readable by others, or not heard in time (SPEC 8.2, RELIABILITY 11, 24)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import ReportGap, ReportRoom, ReportTrouble
from core.app.handle.furnishing import restore, restore_needs
from core.app.handle.listening import empty
from core.app.handle.questions.moved import lose, moved_needs
from core.app.handle.setup import ROOM_WORDS
from core.app.handle.showing import moderators_needs, notice_needs, tell_moderators
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import MINUTE, SessionId
from core.domain.notices import Notice
from core.domain.people import Account, Listener, Member
from core.domain.refused import Ignored
from core.domain.sessions import Session, Venue, chatting
from core.domain.surfaces import Place, PlaceKind, usable
from core.domain.text import When, doc, isolate, one_line

TOGETHER = 10 * MINUTE
OFTEN = 12
NAMED = 3
"""So many outsiders are named; a room that everybody reads needs no list."""


def report_needs(command: ReportRoom, work: UnitOfWork) -> Iterable[Key]:
    if command.place is not None:
        yield key(Place, command.place)
        named = work.peek(Place, command.place)
        places = [named] if named else []
    else:
        yield key(Place, venue=command.actor.venue, ref=command.room)
        places = work.peek_all(Place, venue=command.actor.venue, ref=command.room)
    for place in places:
        yield key(Venue, place.venue)
        if place.kind == "question" and command.gone:
            yield from moved_needs(place, work)
        if place.session is None:
            continue
        yield key(Session, place.session)
        yield from moderators_needs(place.session, work)
        yield from notice_needs(_ident(place, command))
        if place.kind == "voice":
            yield key(Listener, place=place.id)
        if command.back and _lost(place):
            yield from restore_needs(place.session, work)
        for reader in command.readers:
            yield key(Account, reader.account)
            if account := work.peek(Account, reader.account):
                yield key(Member, place.session, account.person)


def _ident(place: Place, command: ReportRoom) -> str:
    """Rooms that cannot be made are told of together: all of them lack the same."""
    if place.ref is None:
        what = "made" if command.back else "unmade"
        return f"{what}:{place.venue}:{place.session}:{command.at // TOGETHER}"
    return f"room:{place.id}:{command.delivery}"


def report_room(command: ReportRoom, work: UnitOfWork, moment: Moment) -> Outcome:
    """Only the bot itself reports; what changes nothing leaves no trace."""
    place = _reported(command, work)
    if command.actor.bot and place is not None and place.kind == "question" and command.gone:
        return lose(place, one_line(command.gone), work, moment)
    session = work.get(Session, place.session) if place and place.session else None
    if not command.actor.bot or place is None or session is None or session.state == "archived":
        raise Ignored
    if command.gone:
        return _gone(place, command, session, work, moment)
    if place.state == "dead":
        return _back(place, command, session, work, moment)
    if place.kind not in ("queue", "backchannel"):
        return _readable(place, command, session, work, moment)
    why = _exposure(place, command, session, work)
    if why == place.trouble and (why or place.state != "exposed"):
        raise Ignored
    if why:
        return _expose(place, why, command, session, work, moment)
    work.put(replace(place, state="wanted", trouble="", private=True))
    if place.trouble:
        body = doc(f"{_called(place, work)} is for the team only again, so the bot writes there again.")
        tell_moderators(_ident(place, command), session.id, body, work, moment, personally=True)
    return Outcome()


def _expose(place: Place, why: str, command: ReportRoom, session: Session, work: UnitOfWork, moment: Moment) -> Outcome:
    """Nothing is written there from now on, and the moderators know why (SPEC 8.2)."""
    work.put(replace(place, state="exposed", trouble=why))
    called = f"{_called(place, work)} of “{session.name}”"
    body = doc(f"{called}: {why} The bot writes nothing there until that ends.")
    tell_moderators(_ident(place, command), session.id, body, work, moment, personally=True)
    return Outcome()


def _exposure(place: Place, command: ReportRoom, session: Session, work: UnitOfWork) -> str:
    """Why others than the team can read the room, in a sentence; empty when they cannot."""
    if command.shared:
        return "It is shared with another company."
    if not command.private:
        return "People who are not on the team can read it."
    allowed = ("moderator",) if place.kind == "queue" else ("moderator", "speaker")
    strangers = []
    for reader in command.readers:
        account = work.get(Account, reader.account)
        member = work.get(Member, session.id, account.person) if account else None
        if not reader.manages and (member is None or member.role not in allowed or member.blocked):
            strangers.append(isolate(one_line(reader.nick)) or "somebody")
    if not strangers:
        return ""
    more = f" and {len(strangers) - NAMED} more" if len(strangers) > NAMED else ""
    named = ", ".join(sorted(strangers)[:NAMED])
    return f"{named}{more} can read it and {'is' if len(strangers) == 1 else 'are'} not on the team."


def _reported(command: ReportRoom, work: UnitOfWork) -> Place | None:
    """The room in use that is told of."""
    if command.place is not None:
        named = work.get(Place, command.place)
        if named is None or named.state == "released":
            return None
        return named if _lost(named) is command.back else None
    rooms = work.all(Place, venue=command.actor.venue, ref=command.room)
    alive = next((it for it in rooms if it.state not in ("released", "dead")), None)
    return alive or next((it for it in rooms if command.back and _lost(it)), None)


def _lost(place: Place) -> bool:
    """Whether it could not be made, or not be used any more; a room that was put away is not lost."""
    return place.state == "dead" and bool(place.trouble)


def _gone(place: Place, command: ReportRoom, session: Session, work: UnitOfWork, moment: Moment) -> Outcome:
    """Archived, deleted, or the bot was taken out: the moderators choose another channel."""
    why = one_line(command.gone)
    work.put(replace(place, state="dead", trouble=why))
    if place.kind == "voice":
        empty(place, command.at, work)
    if session.state != "ended":
        called = f"{_called(place, work)} of “{session.name}”"
        told = f"{called} cannot be used any more ({why}). Do /mod rooms in another channel to take that"
        told += ", or there once it is mended."
        if place.ref is None:
            told = f"{_rooms(place, session, work)} cannot be made: {why}."
            told += "" if "/mod" in why else " Do /mod rooms in a channel to take that instead."
        tell_moderators(_ident(place, command), session.id, doc(told), work, moment)
    return Outcome()


def _back(place: Place, command: ReportRoom, session: Session, work: UnitOfWork, moment: Moment) -> Outcome:
    """It can be used again, unless another channel was taken meanwhile; the team's rooms where nobody reads along."""
    others = (it for it in work.all(Place, session=session.id) if (it.kind, it.venue) == (place.kind, place.venue))
    if session.state == "ended" or any(usable(it) or it.state == "exposed" for it in others):
        raise Ignored
    guarded = place.kind in ("queue", "backchannel")
    why = _exposure(place, command, session, work) if guarded and place.ref is not None else ""
    again = replace(place, state="exposed" if why else "wanted", trouble=why, private=guarded or place.private)
    work.put(again)
    restore(again, session, work, moment)
    called = f"{_called(place, work)} of “{session.name}”"
    told = f"{called} can be used again: what waited for it is shown there now."
    if place.ref is None:
        told = f"{_rooms(place, session, work)} can be made again and are on their way."
    if why:
        told = f"{called} is there again: {why} The bot writes nothing there until that ends."
    tell_moderators(_ident(place, command), session.id, doc(told), work, moment, personally=bool(why))
    return Outcome()


def _readable(place: Place, command: ReportRoom, session: Session, work: UnitOfWork, moment: Moment) -> Outcome:
    """A chat that was for those who joined, and that others can read now: said once, for a person must decide."""
    open_now = not command.private or command.shared
    if place.kind != "stage" or not place.private or not open_now:
        raise Ignored
    work.put(replace(place, private=False))
    who = "another company too" if command.shared else "everybody there"
    called = f"{_called(place, work)} of “{session.name}”"
    body = doc(f"{called} can be read by {who} now. The session goes on; tell people, or end it.")
    tell_moderators(_ident(place, command), session.id, body, work, moment)
    return Outcome()


def _rooms(place: Place, session: Session, work: UnitOfWork) -> str:
    venue = work.get(Venue, place.venue)
    return f"Rooms of “{session.name}”" + (f" in “{venue.name}”" if venue else "")


def _called(place: Place, work: UnitOfWork) -> str:
    """The room and its venue: whoever reads this may be in another one."""
    venue = work.get(Venue, place.venue)
    label = ROOM_WORDS.get(place.kind, place.kind)
    return f"{label} in “{venue.name}”" if venue else label


# -- gaps -----------------------------------------------------------------------------------------------------------


def gap_needs(command: ReportGap, work: UnitOfWork) -> Iterable[Key]:
    yield key(Venue, command.actor.venue)
    for kind in GAPPED:
        yield key(Place, venue=command.actor.venue, kind=kind)
    for place in _gapped(command, work):
        if place.session is not None and usable(place):
            yield key(Session, place.session)
            yield from moderators_needs(place.session, work)
            yield from notice_needs(_gap(place, command))


GAPPED: tuple[PlaceKind, ...] = ("stage", "backchannel")


def _gapped(command: ReportGap, work: UnitOfWork) -> list[Place]:
    return [place for kind in GAPPED for place in work.peek_all(Place, venue=command.actor.venue, kind=kind)]


def _gap(place: Place, command: ReportGap) -> str:
    return f"gap:{place.id}:{command.key}"


GAP_WORDS = {
    "reading": "They are being read back now.",
    "filled": "They were read back: nothing is missing.",
    "lost": "Not all of them could be read back; look at the channel itself for these minutes.",
}


def report_gap(command: ReportGap, work: UnitOfWork, moment: Moment) -> Outcome:
    """Lines that did not reach the bot in time: shown to the moderators until they are there (RELIABILITY 11, 12)."""
    if not command.actor.bot:
        raise Ignored
    told = False
    for place in _gapped(command, work):
        named = command.room == place.ref or (not command.room and place.kind == "stage")
        if place.session is None or not usable(place) or not named:
            continue
        session = work.get(Session, place.session)
        if session is None or not chatting(session):
            continue
        if command.state == "filled" and work.get(Notice, _gap(place, command)) is None:
            continue
        venue = work.get(Venue, place.venue)
        where = "the backchannel of " if place.kind == "backchannel" else ""
        where += f"“{venue.name}”" if venue else "this venue"
        body = doc(
            f"Lines written in {where} from ",
            When(command.at),
            " to ",
            When(command.until),
            f" did not arrive in time. {GAP_WORDS[command.state]}",
        )
        tell_moderators(_gap(place, command), session.id, body, work, moment)
        told = True
    if not told:
        raise Ignored
    return Outcome()


def trouble_needs(command: ReportTrouble, work: UnitOfWork) -> Iterable[Key]:
    yield key(Place, venue=command.actor.venue, kind="stage")
    for place in work.peek_all(Place, venue=command.actor.venue, kind="stage"):
        if place.session is not None and place.state in ("wanted", "open"):
            yield key(Session, place.session)
            yield from moderators_needs(place.session, work)
            for ident in _idents(place.session, command):
                yield from notice_needs(ident)


def _idents(session: SessionId, command: ReportTrouble) -> list[str]:
    """Of the notices of this trouble, one each time that it comes; the last of them serves from then on."""
    return [f"trouble:{session}:{command.key}" + (f":{number}" if number > 1 else "") for number in range(1, OFTEN + 1)]


def report_trouble(command: ReportTrouble, work: UnitOfWork, moment: Moment) -> Outcome:
    """What an operator must mend is told once to the moderators of every session under way there (RELIABILITY 24).

    The end of it takes the place of its beginning; when it comes again it is told anew.
    """
    if not command.actor.bot:
        raise Ignored
    told, body = False, doc(command.words)
    for place in work.all(Place, venue=command.actor.venue, kind="stage"):
        if place.session is None or place.state not in ("wanted", "open"):
            continue
        session = work.get(Session, place.session)
        if session is None or not chatting(session):
            continue
        known = [it for ident in _idents(session.id, command) if (it := work.get(Notice, ident))]
        if (known[-1].body == body) if known else command.over:
            continue
        fresh = _idents(session.id, command)[min(len(known), OFTEN - 1)]
        tell_moderators(known[-1].id if command.over else fresh, session.id, body, work, moment)
        told = True
    if not told:
        raise Ignored
    return Outcome()
