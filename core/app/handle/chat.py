"""Lines of stage and backchannel: taken in once, shown in every other venue, changed there too (SPEC 3, 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import Deed, allowed, parts_of
from core.app.commands import Command, DeleteLine, EditLine, PostLine
from core.app.handle import answers, pins
from core.app.handle.chat_loops import loop_needs, loops
from core.app.handle.chat_rules import drop, judged, ruling_needs, tell_author, unwanted
from core.app.handle.find import actor_needs, member_of, room_here
from core.app.handle.showing import follow, kept_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message, Unmatched, deleted, edited
from core.domain.ids import MINUTE, Instant, MessageId, PlaceId, SubjectId, SurfaceId, subject
from core.domain.people import Account, Member
from core.domain.refused import Ignored
from core.domain.sessions import Session, chatting, consented
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.text import LINE_LIMIT, Doc, Leaf, clean_doc, pieces, plain, shorten

UNMATCHED_LIFE = MINUTE
"""An edit or deletion waits this long for its line; after that the row is a tombstone until the purge."""


def line_needs(command: PostLine | EditLine | DeleteLine, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    for place in work.peek_all(Place, venue=command.actor.venue, ref=command.room):
        yield key(Surface, place=place.id, ref=command.ref)
        yield key(Unmatched, place.id, command.ref)
        if isinstance(command, PostLine) and command.reply_to:
            yield from answers.answered_needs(place, command.reply_to, work)
        if place.session is not None:
            yield key(Session, place.session)
            yield key(Place, session=place.session)
            yield from kept_needs(place.session, work)
            if account := work.peek(Account, command.actor.account):
                yield key(Member, place.session, account.person)
            if not isinstance(command, DeleteLine):
                yield from ruling_needs(command, place.session, work)
            if isinstance(command, PostLine) and place.kind in CHATTED:
                yield from loop_needs(command, place.session, work)
        for surface in work.peek_all(Surface, place=place.id, ref=command.ref):
            yield key(Message, MessageId(surface.subject.partition(":")[2]))
            yield key(Surface, subject=surface.subject)
            if not isinstance(command, PostLine):
                yield from answers.quoting_needs(surface.subject, work)
                yield from pins.pins_needs(MessageId(surface.subject.partition(":")[2]))


def post_line(command: PostLine, work: UnitOfWork, moment: Moment) -> Outcome:
    if dropped := unwanted(command, work, moment):
        return dropped
    place, session = _room(command, work)
    if place.kind not in CHATTED:
        follow(place.id, work, moment)
        return Outcome()
    if work.all(Surface, place=place.id, ref=command.ref):
        raise Ignored
    body, changed_at = _kept(command.body), command.at
    written = command.written or command.at
    waiting = work.get(Unmatched, place.id, command.ref)
    if waiting is not None and waiting.body is None:
        raise Ignored
    if waiting is not None and waiting.body and waiting.at >= command.at:
        body, changed_at = waiting.body, waiting.at
    if not body:
        raise Ignored
    account = work.get(Account, command.actor.account)
    assert account is not None, "who may write has an account"
    member = member_of(command, session, work)
    if place.kind == "stage" and (why := judged(session, member, body, written, work, new=True)):
        return drop(command, command.ref, place, session, account, why, work, moment)
    rooms = _same_rooms(place, session, work)
    if rooms and loops(command, session, account, body, written, work, moment):
        return Outcome()
    head = answers.answered(place, command.reply_to, work)
    ident = MessageId(moment.new_id())
    message = Message(ident, session.id, place.id, account.id, account.person, body, written, changed_at, reply_to=head)
    what = subject("message", message.id)
    work.know(key(Surface, subject=what), key(Message, reply_to=what), *pins.pins_needs(ident))
    work.put(message)
    work.put(Subject(what))
    work.put(_native(what, place, command, written, moment))
    for other in rooms:
        parent = answers.head_in(other.id, message.reply_to, work)
        cut = len(pieces(body))
        for part in range(cut):
            work.put(_copy(what, other.id, part, written, moment, parent))
        follow(other.id, work, moment, cut)
    if (written, command.ref) > (place.seen_at, place.seen):
        work.put(replace(place, seen=command.ref, seen_at=written))
    follow(place.id, work, moment)
    return Outcome()


def edit_line(command: EditLine, work: UnitOfWork, moment: Moment) -> Outcome:
    found = _found(command, work)
    if found is None:
        return _wait(command, _kept(command.body), work, moment)
    message, session = found
    after = edited(message, _kept(command.body), command.at)
    if after is message or not after.body:
        raise Ignored
    what = subject("message", message.id)
    if why := judged(session, work.get(Member, session.id, message.person), after.body, command.at, work, new=False):
        return _taken_back(command, message, session, why, work, moment)
    work.put(after)
    if message.cleared:
        return Outcome()
    work.touch(what)
    answers.requote(what, work)
    wanted = len(pieces(after.body))
    by_place: dict[PlaceId, dict[int, Surface]] = {}
    for surface in work.all(Surface, subject=what):
        if surface.ours and surface.kind == "post":
            by_place.setdefault(surface.place, {})[surface.part] = surface
    for copies in by_place.values():
        _recut(copies, wanted, work, moment)
    return Outcome()


def _taken_back(
    command: EditLine, message: Message, session: Session, why: str, work: UnitOfWork, moment: Moment
) -> Outcome:
    """An edit that breaks a rule of the chat: nothing of the line is shared any more."""
    place, account = room_here(command, work), work.get(Account, message.account)
    if place is None or place.kind != "stage" or account is None:
        raise Ignored
    work.put(deleted(message, command.at))
    pins.take_down(message.id, work)
    what = subject("message", message.id)
    for surface in work.all(Surface, subject=what):
        if surface.gone or surface.dead:
            continue
        if surface.ours:
            work.put(replace(surface, gone=True))
        elif place.prunes:
            work.put(replace(surface, gone=True, follow="live"))
    work.touch(what)
    answers.requote(what, work)
    tell_author(command, session, place, account, why, message.id, work, moment)
    return Outcome()


def _recut(copies: dict[int, Surface], wanted: int, work: UnitOfWork, moment: Moment) -> None:
    """One room shows so many pieces of a line from now on; a piece that comes back is posted anew."""
    for part, surface in copies.items():
        if part >= wanted and not surface.gone:
            work.put(replace(surface, gone=True))
        elif part < wanted and surface.gone and surface.dead:
            work.put(replace(surface, gone=False, dead="", ref=None, shown=0, sent_at=None, attempts=0))
        elif part < wanted and surface.gone:
            work.put(replace(surface, gone=False))
    first = next(iter(copies.values()))
    for part in range(wanted):
        if part not in copies:
            work.put(_copy(first.subject, first.place, part, first.order_at, moment, first.parent))


def delete_line(command: DeleteLine, work: UnitOfWork, moment: Moment) -> Outcome:
    found = _found(command, work)
    if found is None:
        return _wait(command, None, work, moment)
    message, _ = found
    if message.deleted:
        raise Ignored
    work.put(deleted(message, command.at))
    pins.take_down(message.id, work)
    what = subject("message", message.id)
    work.touch(what)
    answers.requote(what, work)
    for surface in work.all(Surface, subject=what):
        if surface.ours and not surface.gone:
            work.put(replace(surface, gone=True))
    return Outcome()


CHATTED = ("stage", "backchannel")
"""Rooms whose lines are shown in the other venues' rooms of their kind."""


def _room(command: Command, work: UnitOfWork) -> tuple[Place, Session]:
    """The room the line was written in by somebody who may write there; Ignored for all others.

    Before consent nothing of a person is stored, not even that a line was seen (SPEC 2.1).
    """
    place = room_here(command, work)
    if place is None or place.kind not in (*CHATTED, "queue") or place.session is None:
        raise Ignored
    session = work.get(Session, place.session)
    if session is None or session.state == "archived" or (place.kind == "stage" and not chatting(session)):
        raise Ignored
    member = member_of(command, session, work)
    deed: Deed = "write chat" if place.kind == "stage" else "write backchannel"
    if not allowed(parts_of(command.actor, session, member), deed) or not consented(session, member):
        raise Ignored
    return place, session


def _found(command: EditLine | DeleteLine, work: UnitOfWork) -> tuple[Message, Session] | None:
    """The line meant; None when it is not known (yet). Ignored for copies and for what is no stage."""
    place = room_here(command, work)
    if place is None or place.kind not in CHATTED or place.session is None:
        raise Ignored
    surface = work.one(Surface, place=place.id, ref=command.ref)
    if surface is None:
        return None
    message = work.get(Message, MessageId(surface.subject.partition(":")[2]))
    session = work.get(Session, place.session)
    if surface.ours or message is None or session is None:
        raise Ignored
    member = work.get(Member, session.id, message.person) if _is_author(command, message) else None
    if isinstance(command, EditLine) and (command.actor.bot or member is None or member.blocked):
        raise Ignored
    return message, session


def _is_author(command: Command, message: Message) -> bool:
    return command.actor.account == message.account


def _wait(command: EditLine | DeleteLine, body: Doc | None, work: UnitOfWork, moment: Moment) -> Outcome:
    """Keep an edit or deletion that came before its line; only edits of persons who take part.

    A deletion is final whatever the clocks say, and an edit that leaves no words is no edit, as in :func:`edit_line`.
    """
    place, _ = _room(command, work) if body is not None else (_place(command, work), None)
    before = work.get(Unmatched, place.id, command.ref)
    if before is not None and (before.body is None or (body is not None and before.at > command.at)):
        raise Ignored
    if body == ():
        raise Ignored
    at = max(command.at, before.at) if before is not None else command.at
    work.put(Unmatched(place.id, command.ref, at, body, Instant(moment.now + UNMATCHED_LIFE)))
    return Outcome()


def _place(command: Command, work: UnitOfWork) -> Place:
    place = room_here(command, work)
    assert place is not None, "checked by the caller"
    return place


def _kept(body: Doc) -> Doc:
    tidy = clean_doc(body)
    return tidy if len(plain(tidy)) <= LINE_LIMIT else (Leaf(shorten(plain(tidy), LINE_LIMIT)),)


def _same_rooms(place: Place, session: Session, work: UnitOfWork) -> list[Place]:
    rooms = work.all(Place, session=session.id)
    return [room for room in rooms if room.kind == place.kind and room.id != place.id and usable(room)]


def _native(what: SubjectId, place: Place, command: PostLine, written: Instant, moment: Moment) -> Surface:
    return Surface(
        SurfaceId(moment.new_id()),
        what,
        place.id,
        part=-1,
        follow="pulled",
        ref=command.ref,
        ours=False,
        order_at=written,
    )


def _copy(
    what: SubjectId,
    place: PlaceId,
    part: int,
    written: Instant,
    moment: Moment,
    parent: SurfaceId | None = None,
) -> Surface:
    return Surface(SurfaceId(moment.new_id()), what, place, part=part, parent=parent, urgency=4, order_at=written)
