"""What people write in a conversation: the asker in their thread or direct messages, moderators beside the card.

Lines that are there natively are found again by where they stand, so edits and deletions follow (SPEC 4.3 to 4.6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import allowed, parts_of
from core.app.commands import Command, DeleteLine, EditLine, GiveLike, PostLine, WriteToBot
from core.app.derived import Likes
from core.app.followed import followers
from core.app.handle.find import actor_needs, member_of
from core.app.handle.questions.ask import woken
from core.app.handle.questions.claims import left, timer_needs
from core.app.handle.questions.known import conversation_needs, rules_of
from core.app.handle.questions.posting import reworded
from core.app.handle.questions.told import add_line, deliver, left_out, native, sent_subject, surface_under, take_away
from core.app.handle.questions.unheard import unheard, unheard_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.published import answer_item
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Like
from core.domain.ids import LineId, QuestionId, subject
from core.domain.people import Account, Member
from core.domain.questions import Line, Question, card_subject, open_
from core.domain.reactions import bare
from core.domain.refused import Ignored, Refused
from core.domain.sessions import Session, consented, over
from core.domain.surfaces import Place, Subject, Surface
from core.domain.text import Doc, clean_doc, plain

LINE_LIMIT = 1_500
"""Characters of one line in a conversation; a question itself is shorter."""
ASIDE = "--"
"""What begins so stays among the moderators even where their lines go out (SPEC 4.4)."""
TALK: tuple[str, ...] = ("dm", "thread", "question")


def talk_needs(command: Command, refs: Iterable[str], work: UnitOfWork) -> Iterable[Key]:
    """The places of one person that the room is, and what stands there under these ids of the platform."""
    yield from actor_needs(command, work)
    if _nowhere(command):
        yield key(Place, ref=command.room, kind="dm")
    for place in talks(command, work):
        for ref in refs:
            if ref:
                yield key(Surface, place=place.id, ref=ref)
                for post in work.peek_all(Surface, place=place.id, ref=ref):
                    yield from of_post(post, work)
        if place.kind == "question":
            if isinstance(command, PostLine):
                yield from unheard_needs(place, command.ref)
            yield key(Question, place=place.id)
            for question in work.peek_all(Question, place=place.id):
                yield from conversation_needs(question.id, work)
                yield key(Member, question.session, question.person)


def of_post(post: Surface, work: UnitOfWork) -> Iterable[Key]:
    what, _, ident = post.subject.partition(":")
    if what == "qline":
        yield key(Line, LineId(ident))
        line = work.peek(Line, LineId(ident))
        if line is not None:
            yield from conversation_needs(line.question, work)
    elif what in ("receipt", "question"):
        yield from conversation_needs(QuestionId(ident), work)


def _nowhere(command: Command) -> bool:
    """Direct messages may be of no venue (``discord:``): then the same channel may be there several times."""
    return command.actor.venue.endswith(":")


def talks(command: Command, work: UnitOfWork) -> list[Place]:
    """One person's own places that the room is; for ``needs`` too."""
    if _nowhere(command):
        return work.peek_all(Place, ref=command.room, kind="dm")
    here = work.peek_all(Place, venue=command.actor.venue, ref=command.room)
    return [it for it in here if it.kind in TALK]


def meant(command: Command, ref: str, work: UnitOfWork) -> tuple[Question, Line | None] | None:
    """The question that the message at ``ref`` belongs to, in a conversation of whoever acts; and its line."""
    for place in talks(command, work):
        post = work.one(Surface, place=place.id, ref=ref) if ref else None
        if post is None:
            continue
        what, _, ident = post.subject.partition(":")
        line = work.get(Line, LineId(ident)) if what == "qline" else None
        found = line.question if line else QuestionId(ident) if what == "receipt" else None
        question = work.get(Question, found) if found else None
        if question is not None:
            return question, line
    return None


# -- the asker ------------------------------------------------------------------------------------------------------


def line_in_thread(command: PostLine, place: Place, work: UnitOfWork, moment: Moment) -> Outcome:
    """A line in the private thread of a question."""
    questions = work.all(Question, place=place.id)
    question = max(questions, key=lambda it: it.number, default=None)
    account = work.get(Account, command.actor.account)
    if question is None or account is None or account.person != question.person or command.actor.bot:
        raise Ignored  # moderators may be able to write there; in the session's name they answer by Reply
    if work.all(Surface, place=place.id, ref=command.ref):
        raise Ignored
    seen(command, place, work)
    try:
        return said(command, question, clean_doc(command.body), command.ref, place, work, moment)
    except Refused as refused:
        unheard(question, place, command.ref, refused.sentence, work, moment)
        return Outcome(done=False)


def seen(command: PostLine | WriteToBot, place: Place, work: UnitOfWork) -> None:
    """Reading on after a gap starts behind it."""
    if command.ref and (command.at, command.ref) > (place.seen_at, place.seen):
        work.put(replace(place, seen=command.ref, seen_at=command.at))


def said(
    command: Command, question: Question, body: Doc, ref: str, place: Place, work: UnitOfWork, moment: Moment
) -> Outcome:
    """The asker wrote on. Raises Refused with what to do where that is not possible."""
    account = work.get(Account, command.actor.account)
    session = work.get(Session, question.session)
    if account is None or session is None or account.person != question.person or not body:
        raise Ignored
    member = member_of(command, session, work)
    if not allowed(parts_of(command.actor, session, member), "ask questions") or not consented(session, member):
        raise Refused("This is not available to you in this session.")
    if over(session) and not open_(question):
        raise Refused(f"“{session.name}” is over, so nobody reads new questions. What was answered stays here.")
    if len(plain(body)) > LINE_LIMIT:
        raise Refused(
            f"This has {len(plain(body)):,} characters and was not passed on; {LINE_LIMIT:,} fit. Send it in parts."
        )
    line = add_line(question, "asker", account, body, command.at, work, moment)
    if ref:
        native(line, place, ref, work, moment)
    woken(question, line, work)
    return Outcome()


# -- moderators beside the card --------------------------------------------------------------------------------------


def note_needs(command: PostLine, work: UnitOfWork) -> Iterable[Key]:
    """A line in the queue room that answers a card, or stands in its thread."""
    if not command.reply_to:
        return
    for place in work.peek_all(Place, venue=command.actor.venue, ref=command.room):
        if place.kind == "queue":
            for post in work.peek_all(Surface, place=place.id, ref=command.reply_to):
                yield from of_post(post, work)
                if post.subject.startswith("question:"):
                    yield from timer_needs(QuestionId(post.subject.partition(":")[2]))


def beside(command: PostLine, place: Place, work: UnitOfWork) -> Question | None:
    post = work.one(Surface, place=place.id, ref=command.reply_to) if command.reply_to else None
    what, _, ident = post.subject.partition(":") if post else ("", "", "")
    return work.get(Question, QuestionId(ident)) if what == "question" else None


def note(command: PostLine, question: Question, place: Place, work: UnitOfWork, moment: Moment) -> Outcome:
    """Talk among moderators; where the session says so the owner's lines go to the asker (SPEC 4.4)."""
    account, body = work.get(Account, command.actor.account), clean_doc(command.body)
    if account is None or not body or work.all(Surface, place=place.id, ref=command.ref):
        raise Ignored
    rules, aside = rules_of(question.session, work), plain(body).startswith(ASIDE)
    sends = rules.sends and not aside and question.state == "claimed" and question.owner == account.person
    line = add_line(question, "moderator" if sends else "note", account, body, command.at, work, moment)
    native(line, place, command.ref, work, moment)
    if sends:
        left(sent(line, question, work, moment), work, moment)
        work.know(key(Subject, sent_subject(line)), key(Surface, subject=sent_subject(line)))
        written = work.one(Surface, place=place.id, ref=command.ref)
        assert written is not None, "it was just put"
        surface_under(sent_subject(line), place, written, work, moment)
    elif not aside and not any(it.by == "note" and it.id != line.id for it in work.all(Line, question=question.id)):
        _say_so(question, place, command.reply_to, work, moment)
    return Outcome()


def sent(line: Line, question: Question, work: UnitOfWork, moment: Moment) -> Question:
    """It goes to the asker, and to the askers of what was merged into it."""
    for one in (question, *followers(question.id, work)):
        deliver(line, one, work, moment)
    after = replace(question, answered_at=line.at)
    work.put(after)
    work.touch(card_subject(question.id))
    return after


def _say_so(question: Question, place: Place, ref: str, work: UnitOfWork, moment: Moment) -> None:
    """Under the first line beside a card: who reads what is written there."""
    what = subject("aside", question.id)
    work.know(key(Subject, what), key(Surface, subject=what))
    head = work.one(Surface, place=place.id, ref=ref)
    if head is not None:
        surface_under(what, place, head, work, moment)


# -- edits, deletions, likes ------------------------------------------------------------------------------------------


def edit_talk(command: EditLine, work: UnitOfWork, moment: Moment) -> Outcome:
    line = _own_line(command, command.ref, work)
    body = clean_doc(command.body)
    if not body or line.deleted or command.at < line.changed_at or body == line.body or len(plain(body)) > LINE_LIMIT:
        raise Ignored
    if not _still(line, command, work):
        raise Ignored
    _rewritten(line, replace(line, body=body, changed_at=command.at), work)
    return Outcome()


def _still(line: Line, command: EditLine, work: UnitOfWork) -> bool:
    """Whether its writer may change what others read: not who is blocked, nor who is no moderator any more."""
    question, session = work.get(Question, line.question), work.get(Session, line.session)
    if question is None or session is None:
        return False
    if line.by == "asker":
        return not left_out(question, work)
    return allowed(parts_of(command.actor, session, member_of(command, session, work)), "answer questions")


def delete_talk(command: DeleteLine, work: UnitOfWork, moment: Moment) -> Outcome:
    line = _own_line(command, command.ref, work)
    if line.deleted:
        raise Ignored
    withdraw(line, command, work)
    return Outcome()


def withdraw(line: Line, command: Command, work: UnitOfWork) -> None:
    """Taken back: its words go, and so does every copy."""
    _rewritten(line, replace(line, body=(), deleted=True, changed_at=max(command.at, line.changed_at)), work)
    take_away(line, work)


def _rewritten(before: Line, after: Line, work: UnitOfWork) -> None:
    work.put(after)
    work.touch(subject("qline", after.id))
    question = work.get(Question, after.question)
    if question is not None:
        work.touch(card_subject(question.id))
        work.touch(subject("receipt", question.id))
        reworded(question, after, work)
        if question.shows_name:
            work.touch(answer_item(question.id, question.session))


def _own_line(command: Command, ref: str, work: UnitOfWork) -> Line:
    """Written natively at that place; Slack and Discord let nobody else edit it, and tell not who deleted it."""
    for place in (*talks(command, work), *work.peek_all(Place, venue=command.actor.venue, ref=command.room)):
        post = work.one(Surface, place=place.id, ref=ref)
        if post is None or post.ours or not post.subject.startswith("qline:"):
            continue
        line = work.get(Line, LineId(post.subject.partition(":")[2]))
        if line is not None:
            return line
    raise Ignored


def like_talk(command: GiveLike, work: UnitOfWork, moment: Moment) -> Outcome:
    """Moderators see it when they read the conversation."""
    account = work.get(Account, command.actor.account)
    found = meant(command, command.ref, work)
    if account is None or found is None or found[1] is None or account.person != found[0].person:
        raise Ignored
    line, session = found[1], work.get(Session, found[0].session)
    if session is None or bare(command.emoji) != bare(session.like):
        raise Ignored
    if not consented(session, member := member_of(command, session, work)):
        raise Ignored
    if not allowed(parts_of(command.actor, session, member), "ask questions"):
        raise Ignored
    place = next((it for it in talks(command, work) if work.one(Surface, place=it.id, ref=command.ref)), None)
    if place is None:
        raise Ignored
    what = subject("qline", line.id)
    before = work.get(Like, what, account.person, place.id)
    if before is not None and (before.at, before.delivery) >= (command.at, command.delivery):
        raise Ignored
    work.put(Like(what, account.person, place.id, command.on, command.at, command.delivery))
    return Outcome()


def liked_needs(line: LineId) -> Iterable[Key]:
    yield key(Likes, subject("qline", line))
