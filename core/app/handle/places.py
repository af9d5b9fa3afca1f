"""What a session file says of venues: which are meant, and their rooms and people, given as the commands would be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.app.commands import Appoint, ImportPlan, UseRoom
from core.app.handle import rooms, team
from core.app.handle.setup import hold_in
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Form
from core.domain.ids import AccountId, PersonId, SessionId, VenueId
from core.domain.people import Account, Actor, Organiser
from core.domain.plan import Plan, PlannedPerson, PlannedVenue
from core.domain.refused import Refused
from core.domain.sessions import Held, Venue

PLATFORMS = ("slack", "discord")


@dataclass(frozen=True, slots=True)
class Target:
    """A venue in which the session is held from now on; ``actor``: who imports, acting there."""

    actor: Actor
    planned: PlannedVenue | None


def targets_needs(command: ImportPlan, plan: Plan, session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    for platform in PLATFORMS:
        yield key(Venue, platform=platform)
    account = work.peek(Account, command.actor.account)
    known = [venue for platform in PLATFORMS for venue in work.peek_all(Venue, platform=platform)]
    for planned in plan.venues:
        venue = _meant(planned, command, known)
        if venue is None:
            continue
        yield key(Venue, venue.id)
        yield key(Held, session, venue.id)
        if account is not None:
            yield key(Organiser, venue.id, account.person)
        target = Target(_acting(command, venue), planned)
        for room in _rooms(command, session, target):
            yield from rooms.use_needs(room, work)
        for person in _people(command, session, target):
            yield from team.appoint_needs(person, work)


def targets(command: ImportPlan, plan: Plan, person: PersonId, work: UnitOfWork) -> tuple[list[Target], list[str]]:
    """Where it is held, beginning with the venue acted in; and sentences about the venues where it is not (yet)."""
    known = [venue for platform in PLATFORMS for venue in work.all(Venue, platform=platform)]
    held, left = [Target(command.actor, None)], []
    for planned in plan.venues:
        venue = _meant(planned, command, known)
        called = f"{planned.platform.capitalize()} “{planned.name or planned.id}”"
        if venue is None:
            left.append(f"{called} is not known to the bot yet. Invite it there, then press Add a venue here.")
        elif venue.id == command.actor.venue:
            held[0] = Target(command.actor, planned)
        elif command.operator or _organises(venue.id, person, work):
            held.append(Target(_acting(command, venue), planned))
        else:
            left.append(f"{called} is not held yet: press Add a venue, and enter the code there.")
    return held, left


def _meant(planned: PlannedVenue, command: ImportPlan, known: Sequence[Venue]) -> Venue | None:
    """The venue acted in may be called by the name that the platform tells now."""
    actor = command.actor
    here = next((it for it in known if it.id == actor.venue), Venue(actor.venue, actor.platform, actor.venue_name))
    others = [it for it in known if it.id != actor.venue]
    if planned.id:
        ident = VenueId(f"{planned.platform}:{planned.id}")
        return next((it for it in (here, *others) if it.id == ident), None)
    name = planned.name.casefold()
    if here.platform == planned.platform and name in (here.name.casefold(), actor.venue_name.casefold()):
        return here
    found = [it for it in others if (it.platform, it.name.casefold()) == (planned.platform, name)]
    return found[0] if len(found) == 1 else None


def _organises(venue: VenueId, person: PersonId, work: UnitOfWork) -> bool:
    organiser = work.get(Organiser, venue, person)
    return organiser is not None and organiser.active


def _acting(command: ImportPlan, venue: Venue) -> Actor:
    if venue.id == command.actor.venue:
        return command.actor
    return replace(
        command.actor, platform=venue.platform, venue=venue.id, venue_name=venue.name, can=venue.can, manages=True
    )


def furnish_all(
    command: ImportPlan, session: SessionId, held: Sequence[Target], work: UnitOfWork, moment: Moment
) -> list[str]:
    """Hold it everywhere, take the rooms, appoint the people; sentences about what was not possible."""
    left: list[str] = []
    for target in held:
        if work.get(Held, session, target.actor.venue) is None:
            hold_in(replace(command, actor=target.actor), session, work)
        for room in _rooms(command, session, target):
            left += _tried(f"{room.kind} {room.room}", partial(rooms.use_room, room, work, moment))
        for person in _people(command, session, target):
            left += _tried(person.values["person"][1], partial(team.appoint, person, work, moment))
    return left


def _tried(what: str, act: Callable[[], Outcome]) -> list[str]:
    try:
        outcome = act()
    except Refused as refused:
        return [f"{what}: {refused.sentence}"]
    if isinstance(outcome.reply, Form):
        return [f"{what}: {next((field.error for field in outcome.reply.fields if field.error), 'not possible')}"]
    return []


def _rooms(command: ImportPlan, session: SessionId, target: Target) -> Iterable[UseRoom]:
    for kind, ref in target.planned.rooms if target.planned else ():
        yield UseRoom(
            actor=target.actor, delivery=command.delivery, at=command.at, room=ref, session=session, kind=kind
        )


def _people(command: ImportPlan, session: SessionId, target: Target) -> Iterable[Appoint]:
    planned = target.planned
    for post, people in (("moderator", planned.moderators), ("speaker", planned.speakers)) if planned else ():
        for one in people:
            values = {"person": (_account(command, target.actor, one), one.name or one.user), "as": (post,)}
            yield Appoint(actor=target.actor, delivery=command.delivery, at=command.at, session=session, values=values)


def _account(command: ImportPlan, actor: Actor, person: PlannedPerson) -> AccountId:
    """Somebody of the venue has the same home as who acts there; elsewhere Slack's home is the workspace."""
    home, _, _ = command.actor.account.rpartition(":")
    if actor.platform != command.actor.platform or actor.venue != command.actor.venue or command.operator:
        home = actor.venue if actor.platform == "slack" else actor.platform
    return AccountId(f"{home}:{person.user}")
