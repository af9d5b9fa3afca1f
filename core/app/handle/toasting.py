"""New interactions by direct message, to few and only to who asked for that; never a mass mailing (SPEC 6.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.activity import Asleep
from core.app.authorize import authorize
from core.app.commands import StopNews
from core.app.handle.find import actor_needs, person_of
from core.app.handle.own import reader_of
from core.app.handle.showing import direct, direct_needs, plan, tell
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import MINUTE, Instant, InteractionId, PersonId, SubjectId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction
from core.domain.people import Member, Person, Seat
from core.domain.schedule import Due, toasting
from core.domain.sessions import Session
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.text import Room, doc
from core.domain.view import AnyButton, Button, Card, JumpButton, OnlyPerson, action, say

AWAY = 5 * MINUTE
"""Who did something in the session since is there, and sees the card in the chat."""
MOST = 50
"""Direct messages for one publication."""
TITLE = "{} “{}” is open"


def toast_subject(ident: InteractionId) -> SubjectId:
    return subject("toast", ident)


def announce(interaction: Interaction, by: PersonId, work: UnitOfWork, moment: Moment) -> None:
    """Publishing itself tells nobody: that is a deed of its own, done at the next tick."""
    if interaction.state != "live" or interaction.rehearsal or "answered" not in KINDS[interaction.kind].TRAITS:
        return
    what = toasting(interaction.id, by)
    work.know(key(Due, what))
    plan(what, moment.now, work)


def toast_needs(ident: str, work: UnitOfWork) -> Iterable[Key]:
    """``ident`` is what stands behind ``toast:``."""
    interaction = InteractionId(ident.partition(":")[0])
    yield key(Interaction, interaction)
    yield key(Subject, toast_subject(interaction))
    yield key(Surface, subject=toast_subject(interaction))
    one = work.peek(Interaction, interaction)
    if one is None or one.published_at is None:
        return
    yield key(Session, one.session)
    since = Instant(one.published_at - AWAY)
    yield key(Asleep, one.session, since)
    asleep = work.peek(Asleep, one.session, since)
    for person, _ in asleep.people if asleep else ():
        yield key(Seat, session=one.session, person=person)
        for seat in work.peek_all(Seat, session=one.session, person=person):
            yield from direct_needs(seat.venue, person)


def toast(ident: str, work: UnitOfWork, moment: Moment) -> None:
    """To those who wanted it and were away when it was published: once each, the longest away first."""
    name, _, by = ident.partition(":")
    one = work.get(Interaction, InteractionId(name))
    session = work.get(Session, one.session) if one else None
    if one is None or session is None or one.state != "live" or session.state != "live" or one.published_at is None:
        return
    asleep = work.get(Asleep, one.session, Instant(one.published_at - AWAY))
    people = [it for it in asleep.people if it[0] != by] if asleep else []
    told = {it.place for it in work.all(Surface, subject=toast_subject(one.id))}
    for person, platform in people[:MOST]:
        seats = work.all(Seat, session=one.session, person=person)
        seat = min(seats, key=lambda it: (not it.venue.startswith(f"{platform}:"), it.venue, it.account), default=None)
        if seat is None:
            continue
        place = direct(seat.venue, seat.account, person, work, moment)
        if place.kind == "dm" and usable(place) and place.id not in told:
            tell(toast_subject(one.id), place, work, moment, urgency=8)


def card_needs(ident: InteractionId, surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    yield key(Place, surface.place)
    yield key(Interaction, ident)
    yield key(Surface, subject=subject("interaction", ident))
    if here := work.peek(Place, surface.place):
        yield key(Person, here.person)
    if one := work.peek(Interaction, ident):
        yield key(Session, one.session)
        yield key(Place, session=one.session)
        if here := work.peek(Place, surface.place):
            yield key(Member, one.session, here.person)


def card(ident: InteractionId, surface: Surface, work: UnitOfWork) -> Card | None:
    """Nothing where it has ended meanwhile, or where the person wants no such messages any more."""
    here, one = work.get(Place, surface.place), work.get(Interaction, ident)
    person = work.get(Person, here.person) if here and here.person else None
    if here is None or one is None or person is None or one.state != "live":
        return None
    member = work.get(Member, one.session, person.id)
    if not (person.news and person.toasts) or member is None or member.blocked or member.consented_at is None:
        return None
    places = work.all(Place, session=one.session)
    stage = next((it for it in places if (it.kind, it.venue) == ("stage", here.venue) and usable(it)), None)
    kind = KINDS[one.kind]
    where = doc(" in ", Room(stage.ref), ".") if stage and stage.ref else doc(".")
    buttons: list[AnyButton] = []
    if stage and stage.ref:
        posts = work.all(Surface, subject=subject("interaction", ident))
        ref = next((it.ref for it in posts if it.place == stage.id and it.ref and not it.gone), None)
        buttons.append(JumpButton("Go to card", stage.ref, ref or ""))
    buttons.append(Button("Stop these messages", action("stopnews")))
    opened = doc(TITLE.format(kind.TITLE, kind.title(one.spec)), *where)
    return say(OnlyPerson(person.id), opened, buttons=tuple(buttons))


def stop_needs(command: StopNews, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)


def stop_news(command: StopNews, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "change settings")
    person = person_of(command, work)
    if person is not None and person.news:
        work.put(replace(person, news=False))
    told = "You get no more direct messages about new interactions. Settings turn them on again."
    return Outcome(say(reader_of(command, work), told, buttons=(Button("Menu", action("menu")),)))
