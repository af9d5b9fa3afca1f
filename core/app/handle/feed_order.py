"""The feed for moderators: what can be done to one item, and its place among the others (SPEC 6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize_with_consent
from core.app.commands import ChangeFeedItem, MoveInFeed, OfFeed, UnpinInFeed
from core.app.handle.answers import quoting_needs
from core.app.handle.curate import unpin
from core.app.handle.feed import Entry, entries, entries_needs, lines, sort_of
from core.app.handle.feed_room import item, item_needs
from core.app.handle.find import member_of, session_needs, session_of
from core.app.handle.people import known_person
from core.app.handle.pins import pins_needs
from core.app.handle.showing import kept_needs, show
from core.app.handle.twins import desk_card, preview_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import Instant, InteractionId, MessageId, PersonId, QuestionId, SessionId, subject
from core.domain.interactions.life import Interaction
from core.domain.questions import Question
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.surfaces import Place, Surface, usable
from core.domain.view import Button, Buttons, Card, Note, OnlyPerson, Part, Words, action, say


def feed_item_needs(command: OfFeed, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    if command.session is None:
        return
    session = command.session
    yield from entries_needs(session, work)
    yield from kept_needs(session, work)
    yield from preview_needs(session, work)
    for what in ("asked", "result") if command.sort == "asked" else (command.sort,):
        yield from item_needs(session, what, command.item)
    if command.sort == "pin":
        what_is_said = subject("message", command.item)
        yield key(Surface, subject=what_is_said)
        yield from quoting_needs(what_is_said, work)
        yield from pins_needs(MessageId(command.item))


def change_item(command: ChangeFeedItem, work: UnitOfWork, moment: Moment) -> Outcome:
    session, person, every, here = _found(command, work, moment)
    return Outcome(_card(session, person, every[here], work, ""))


def move_in_feed(command: MoveInFeed, work: UnitOfWork, moment: Moment) -> Outcome:
    """To the top it goes as news: in a room to read in it is posted again; other moves change the page only."""
    session, person, every, here = _found(command, work, moment)
    there = {"top": 0, "up": here - 1, "down": here + 1}[command.way]
    if there == here or not 0 <= there < len(every):
        raise Refused("It is the last one already." if command.way == "down" else "It is the first one already.")
    mine = every[here]
    if command.way == "top":
        _place(mine, Instant(max(moment.now, every[0][0] + 1)), work)
        _post_again(session.id, mine, work, moment)
    else:
        _swap(every, here, there, work)
    page_only = "" if command.way == "top" else " A room to read in keeps its order."
    told = f"It is number {there + 1} of {len(every)} in the feed now.{page_only}"
    return Outcome(_card(session, person, mine, work, told))


def unpin_in_feed(command: UnpinInFeed, work: UnitOfWork, moment: Moment) -> Outcome:
    session, person, _, _ = _found(command, work, moment)
    message = work.get(Message, MessageId(command.item))
    assert message is not None, "it is in the feed"
    unpin(message, work)
    back = (Button("Feed", action("feed", session.id)),)
    return Outcome(say(OnlyPerson(person), "Unpinned. It is not in the feed any more.", buttons=back))


def _found(command: OfFeed, work: UnitOfWork, moment: Moment) -> tuple[Session, PersonId, list[Entry], int]:
    """The whole feed and where the item stands in it, for somebody who may change it. Raises Refused."""
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "moderate")
    person = known_person(command, work, moment).id
    every = entries(session.id, work)
    for index, (_, what, ident) in enumerate(every):
        if ident == command.item and sort_of(what) == command.sort:
            return session, person, every, index
    back = Button("Feed", action("feed", session.id))
    raise Refused("This is not in the feed any more. Open the feed again to see what is.", back)


def _swap(every: list[Entry], here: int, there: int, work: UnitOfWork) -> None:
    """The two change places; where several came at the same instant, those above make room."""
    order = list(every)
    order[here], order[there] = order[there], order[here]
    at = Instant(every[-1][0] - 1)
    for entry, (wanted, _, _) in zip(reversed(order), reversed(every), strict=True):
        at = Instant(max(wanted, at + 1))
        if entry[0] != at:
            _place(entry, at, work)


def _place(entry: Entry, at: Instant, work: UnitOfWork) -> None:
    _, what, ident = entry
    row: Message | Interaction | Question | None
    match what:
        case "pin":
            row = work.get(Message, MessageId(ident))
        case "answer":
            row = work.get(Question, QuestionId(ident))
        case _:
            row = work.get(Interaction, InteractionId(ident))
    assert row is not None, "it is in the feed"
    work.put(replace(row, feed_at=at))


def _post_again(session: SessionId, entry: Entry, work: UnitOfWork, moment: Moment) -> None:
    """What is new there stands at the end."""
    one = item(session, entry[1], entry[2])
    ever = work.all(Surface, subject=one)
    for surface in ever:
        if not surface.gone:
            work.put(replace(surface, gone=True))
    for place in work.all(Place, session=session):
        if place.kind == "feed" and usable(place):
            show(one, place, work, moment, urgency=6, part=sum(it.place == place.id for it in ever))


def _card(session: Session, person: PersonId, entry: Entry, work: UnitOfWork, told: str) -> Card:
    _, what, ident = entry
    moves = tuple(
        Button(label, action("feedmove", session.id, sort_of(what), ident, way))
        for label, way in (("Move up", "up"), ("Move down", "down"), ("Move to top", "top"))
    )
    if what not in ("pin", "answer"):
        interaction = work.get(Interaction, InteractionId(ident))
        assert interaction is not None, "it is in the feed"
        card = desk_card(interaction, session, person, work, told)
        return replace(card, parts=(*card.parts, Buttons(moves)))
    first: tuple[Button, ...] = (Button("Unpin", action("feedunpin", session.id, ident)),)
    if what == "answer":
        first = (
            Button("Change wording", action("qsheet", ident, "publish")),
            Button("Unpublish", action("qdo", ident, "unpublish")),
        )
    line, facts = lines(session, what, ident, None, work)
    parts: tuple[Part, ...] = (
        *((Words(told),) if told else ()),
        Words(line),
        *((Note(facts),) if facts else ()),
        Buttons((*first, *moves)),
    )
    return Card(OnlyPerson(person), parts)
