"""Making two persons one, and two again: every row that names the person of an account (SPEC 2.4).

What either person voted, said and was allowed counts once while they are one; a block of either holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from core.app.handle.questions import tying
from core.app.handle.seating import reseat, seating_needs
from core.app.handle.showing import direct_needs
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Like, Message
from core.domain.ids import AccountId, InteractionId, PersonId, SessionId, VenueId, subject
from core.domain.interactions.life import Ballot, Interaction, newer
from core.domain.interactions.secret import BallotKey
from core.domain.linking import (
    Aside,
    LinkedAccount,
    Superseded,
    nothing,
    overtaken,
    restored,
    set_aside,
    settled,
    together,
    was,
)
from core.domain.people import Account, Member, Organiser, Person, Seat
from core.domain.reactions import Reaction, thinned
from core.domain.sessions import Session, over
from core.domain.surfaces import Place

NAMING: tuple[type, ...] = (Account, Member, Message, Like)
"""Rows that are found by their person."""


def uniting_needs(account: AccountId, stays: PersonId, goes: PersonId, work: UnitOfWork) -> Iterable[Key]:
    """Everything that names the account's person, of both: ``stays`` and ``goes``."""
    for person in (stays, goes):
        yield key(Person, person)
        yield from (key(table, person=person) for table in NAMING)
        for like in work.peek_all(Like, person=person):
            yield key(Place, like.place)
            yield key(Like, like.subject, stays, like.place)
            yield key(Like, like.subject, goes, like.place)
        for member in work.peek_all(Member, person=person):
            yield from _session_needs(member.session, account, stays, goes, work)


def _session_needs(
    session: SessionId, account: AccountId, stays: PersonId, goes: PersonId, work: UnitOfWork
) -> Iterable[Key]:
    yield from seating_needs(session, stays, work)
    yield from seating_needs(session, goes, work)
    yield from tying.tying_needs(session, stays, goes, work)
    yield key(Aside, account=account, session=session)
    yield key(Reaction, session=session, person=stays)
    yield key(Reaction, session=session, person=goes)
    yield key(Interaction, session=session)
    for interaction in work.peek_all(Interaction, session=session):
        if interaction.state != "live":
            continue
        if interaction.anonymous:
            yield key(BallotKey, interaction.id)
        kept = work.peek(BallotKey, interaction.id)
        if kept is not None or not interaction.anonymous:
            for person in (stays, goes):
                yield key(Ballot, interaction.id, kept.voter(person) if kept else person)
            yield key(Superseded, interaction=interaction.id)
    for person in (stays, goes):
        for seat in work.peek_all(Seat, session=session, person=person):
            for either in (stays, goes):
                yield key(Organiser, seat.venue, either)
                yield from direct_needs(seat.venue, either)


def unite(account: Account, stays: Person, work: UnitOfWork, moment: Moment) -> None:
    """The account gets this person; what its own was is set aside."""
    goes = work.get(Person, account.person)
    assert goes is not None, "an account has a person"
    work.put(replace(account, person=stays.id))
    work.put(settled(stays, goes))
    _carry_posts(goes.id, stays.id, work)
    for theirs in work.all(Member, person=goes.id):
        mine = work.get(Member, theirs.session, stays.id)
        work.put(set_aside(account.id, "theirs", theirs))
        if mine is not None:
            work.put(set_aside(account.id, "mine", mine))
        work.put(together(mine or Member(theirs.session, stays.id), theirs))
        work.put(nothing(theirs))
        _carry_seats(account.id, theirs.session, goes.id, stays.id, work)
        tying.tie(account.id, theirs.session, goes.id, stays.id, work)
        for interaction, kept in _live(theirs.session, work):
            _one_ballot(interaction, kept, stays.id, goes.id, work)
        _one_reaction_at_a_time(theirs.session, stays.id, goes.id, work)
        _refresh(theirs.session, (stays.id, goes.id), work, moment)
    _carry_lines(account.id, goes.id, stays.id, work)
    for like in work.all(Like, person=goes.id):
        _carry_like(like, stays.id, work)


def part(link: LinkedAccount, account: Account, work: UnitOfWork, moment: Moment) -> None:
    """Each account is a person of its own again, with what it had; a block stays with both."""
    stays, goes = link.person, link.before
    work.put(replace(account, person=goes))
    for both in work.all(Member, person=stays):
        kept = {it.whose: it for it in work.all(Aside, account=account.id, session=both.session)}
        sits = any(it.account == account.id for it in work.all(Seat, session=both.session, person=stays))
        theirs = work.get(Member, both.session, goes) or Member(both.session, goes)
        if "theirs" in kept or sits:
            theirs = replace(theirs, blocked=theirs.blocked or both.blocked)
            # They joined while they were one: then both agreed to the text.
            work.put(was(kept["theirs"], theirs) if "theirs" in kept else replace(both, person=goes, role="attendee"))
        if "theirs" in kept:
            work.put(_left_with(both, kept, theirs))
        for one in kept.values():
            work.remove(one)
        _carry_seats(account.id, both.session, stays, goes, work)
        tying.untie(account.id, both.session, stays, goes, work)
        for interaction, secret in _live(both.session, work):
            _two_ballots(interaction, secret, account.id, stays, goes, work)
        _own_reactions(both.session, account, stays, goes, work)
        _refresh(both.session, (stays, goes), work, moment)
    _carry_lines(account.id, stays, goes, work)
    venues = _venues(goes, work)
    for like in work.all(Like, person=stays):
        place = work.get(Place, like.place)
        if place is not None and place.venue in venues:
            _carry_like(like, goes, work)


def _left_with(both: Member, kept: Mapping[Literal["mine", "theirs"], Aside], theirs: Member) -> Member:
    """What the person keeps who stays: their own part, with what changed since."""
    before = was(kept["mine"], both) if "mine" in kept else nothing(both)
    then = together(before, was(kept["theirs"], replace(theirs, session=both.session)))
    return replace(
        before,
        role=before.role if both.role == then.role else both.role,
        consented_at=before.consented_at if both.consented_at == then.consented_at else both.consented_at,
        consent_hash=before.consent_hash if both.consented_at == then.consented_at else both.consent_hash,
        consent_version=before.consent_version if both.consented_at == then.consented_at else both.consent_version,
        blocked=both.blocked,
    )


def _live(session: SessionId, work: UnitOfWork) -> list[tuple[InteractionId, BallotKey | None]]:
    """After the end linking changes nothing (SPEC 5.4). With the key under whose names anonymous ballots are kept."""
    live = [it for it in work.all(Interaction, session=session) if it.state == "live"]
    keys = {it.id: work.get(BallotKey, it.id) if it.anonymous else None for it in live}
    return [(it.id, keys[it.id]) for it in live if keys[it.id] is not None or not it.anonymous]


def _one_ballot(
    interaction: InteractionId, kept: BallotKey | None, stays: PersonId, goes: PersonId, work: UnitOfWork
) -> None:
    """The later one counts; the other is kept for the day they part."""
    if kept is not None:
        stays, goes = kept.voter(stays), kept.voter(goes)
    mine, theirs = work.get(Ballot, interaction, stays), work.get(Ballot, interaction, goes)
    if theirs is None:
        return
    work.remove(theirs)
    if newer(theirs, mine):
        work.put(replace(theirs, person=stays))
    if mine is not None:
        _keep(overtaken(mine if newer(theirs, mine) else theirs), work)
    work.touch(subject("interaction", interaction))


def _two_ballots(
    interaction: InteractionId,
    secret: BallotKey | None,
    account: AccountId,
    stays: PersonId,
    goes: PersonId,
    work: UnitOfWork,
) -> None:
    """Each account's own ballot is its person's again."""
    others = [it.id for it in work.all(Account, person=stays) if it.id != account]
    if secret is not None:
        account, others = secret.account(account), [secret.account(it) for it in others]
        stays, goes = secret.voter(stays), secret.voter(goes)
    now = work.get(Ballot, interaction, stays)
    kept = {it.account: it for it in work.all(Superseded, interaction=interaction)}
    if now is not None and now.account == account:
        work.remove(now)
        work.put(replace(now, person=goes))
        left = [it for it in others if it in kept]
        if left:
            again = max((kept[it] for it in left), key=lambda it: (it.at, it.delivery))
            work.put(restored(again, stays))
            work.remove(again)
    elif account in kept:
        work.put(restored(kept[account], goes))
        work.remove(kept[account])
    else:
        return
    work.touch(subject("interaction", interaction))


def _one_reaction_at_a_time(session: SessionId, stays: PersonId, goes: PersonId, work: UnitOfWork) -> None:
    """What both gave counts as if one person had given it."""
    theirs = work.all(Reaction, session=session, person=goes)
    if not theirs or _over(session, work):
        return
    mine = work.all(Reaction, session=session, person=stays)
    kept = [replace(it, person=stays) for it in thinned([*mine, *theirs])]
    for one in (*mine, *theirs):
        if one not in kept:
            work.remove(one)
    for one in kept:
        work.know(key(Reaction, session, stays, one.kind, one.slot))
        work.put(one)


def _own_reactions(session: SessionId, account: Account, stays: PersonId, goes: PersonId, work: UnitOfWork) -> None:
    """Those given where only this account is; what came too soon beside the other one's stays uncounted."""
    others = {it.platform for it in work.all(Account, person=stays) if it.id != account.id}
    if account.platform in others or _over(session, work):
        return
    for one in work.all(Reaction, session=session, person=stays):
        if one.platform == account.platform:
            work.remove(one)
            work.put(replace(one, person=goes))


def _over(ident: SessionId, work: UnitOfWork) -> bool:
    """After the end linking changes nothing (SPEC 5.4)."""
    session = work.get(Session, ident)
    return session is None or over(session)


def _keep(one: Superseded, work: UnitOfWork) -> None:
    work.know(key(Superseded, one.interaction, one.account))
    work.put(one)


def _carry_seats(account: AccountId, session: SessionId, old: PersonId, new: PersonId, work: UnitOfWork) -> None:
    for seat in work.all(Seat, session=session, person=old):
        if seat.account == account:
            work.put(replace(seat, person=new))
            theirs = (work.all(Place, venue=seat.venue, kind=kind, person=old) for kind in ("dm", "thread"))
            for place in chain.from_iterable(theirs):
                if place.account == account:
                    work.put(replace(place, person=new))


def _carry_lines(account: AccountId, old: PersonId, new: PersonId, work: UnitOfWork) -> None:
    for message in work.all(Message, person=old):
        if message.account == account:
            work.put(replace(message, person=new))


def _carry_like(like: Like, person: PersonId, work: UnitOfWork) -> None:
    there = work.get(Like, like.subject, person, like.place)
    if there is None or (like.at, like.delivery) >= (there.at, there.delivery):
        work.put(replace(like, person=person))
    work.remove(like)


def _carry_posts(old: PersonId, new: PersonId, work: UnitOfWork) -> None:
    """What somebody organises they organise with every account; it stays when they part, for it was given to them."""
    for venue in _venues(old, work) | _venues(new, work):
        made, mine = work.get(Organiser, venue, old), work.get(Organiser, venue, new)
        if made is not None and made.active and not (mine is not None and mine.active):
            work.put(replace(mine, active=True) if mine else Organiser(venue, new))


def _venues(person: PersonId, work: UnitOfWork) -> set[VenueId]:
    found: set[VenueId] = set()
    for member in work.all(Member, person=person):
        found |= {seat.venue for seat in work.all(Seat, session=member.session, person=person)}
    return found


def _refresh(ident: SessionId, persons: Sequence[PersonId], work: UnitOfWork, moment: Moment) -> None:
    """Rooms and counts of the session follow, and who has which question."""
    tying.settle(ident, persons, work, moment)
    session = work.get(Session, ident)
    if session is None or session.state == "archived":
        return
    for person in persons:
        reseat(session, person, work, moment)
    for what in ("door", "bar", "desk", "board"):
        work.touch(subject(what, ident))
