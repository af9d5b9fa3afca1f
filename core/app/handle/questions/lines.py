"""Which conversation a line belongs to: the chat of a room, a question's, or none yet (SPEC 3.1, 4.3, 6.5)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.commands import DeleteLine, EditLine, GiveLike, PostLine
from core.app.handle import chat, likes
from core.app.handle.find import room_here
from core.app.handle.questions.converse import (
    beside,
    delete_talk,
    edit_talk,
    like_talk,
    line_in_thread,
    note,
    note_needs,
    of_post,
    seen,
    talk_needs,
    talks,
)
from core.app.handle.questions.direct import rewritten, waiting_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Like
from core.domain.people import Account
from core.domain.surfaces import Place, Surface


def line_needs(command: PostLine | EditLine | DeleteLine, work: UnitOfWork) -> Iterable[Key]:
    yield from chat.line_needs(command, work)
    refs = (command.ref, command.reply_to) if isinstance(command, PostLine) else (command.ref,)
    if not any(it.session for it in work.peek_all(Place, venue=command.actor.venue, ref=command.room)):
        yield from talk_needs(command, refs, work)
    if isinstance(command, PostLine):
        yield from note_needs(command, work)
    else:
        yield from waiting_needs(command, work)
    for place in work.peek_all(Place, venue=command.actor.venue, ref=command.room):
        if place.kind == "queue":
            for post in work.peek_all(Surface, place=place.id, ref=command.ref):
                yield from of_post(post, work)


def post_line(command: PostLine, work: UnitOfWork, moment: Moment) -> Outcome:
    place = room_here(command, work)
    if place is not None and place.kind == "question":
        return line_in_thread(command, place, work, moment)
    if place is not None and place.kind == "queue":
        outcome = chat.post_line(command, work, moment)  # raises Ignored for who may not write there
        if question := beside(command, place, work):
            outcome = note(command, question, place, work, moment)
        seen(command, work.get(Place, place.id) or place, work)
        return outcome
    return chat.post_line(command, work, moment)


def edit_line(command: EditLine, work: UnitOfWork, moment: Moment) -> Outcome:
    if rewritten(command, work):
        return Outcome()
    return edit_talk(command, work, moment) if _aside(command, work) else chat.edit_line(command, work, moment)


def delete_line(command: DeleteLine, work: UnitOfWork, moment: Moment) -> Outcome:
    if rewritten(command, work):
        return Outcome()
    return delete_talk(command, work, moment) if _aside(command, work) else chat.delete_line(command, work, moment)


def _aside(command: EditLine | DeleteLine, work: UnitOfWork) -> bool:
    place = room_here(command, work)
    return bool(talks(command, work)) or (place is not None and place.kind == "queue")


def like_needs(command: GiveLike, work: UnitOfWork) -> Iterable[Key]:
    yield from likes.like_needs(command, work)
    if not any(it.session for it in work.peek_all(Place, venue=command.actor.venue, ref=command.room)):
        yield from talk_needs(command, (command.ref,), work)
        if (account := work.peek(Account, command.actor.account)) is None:
            return
        for place in talks(command, work):
            for post in work.peek_all(Surface, place=place.id, ref=command.ref):
                yield key(Like, post.subject, account.person, place.id)


def give_like(command: GiveLike, work: UnitOfWork, moment: Moment) -> Outcome:
    return like_talk(command, work, moment) if talks(command, work) else likes.give_like(command, work, moment)
