"""The rules of the chat: the form that sets them, and what becomes of a line that breaks one (SPEC 3.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import ChangeChatRules, Command, OfSession, OpenChatRulesForm, PostLine
from core.app.handle.details import running
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import meant, room_here, session_needs
from core.app.handle.people import known_person
from core.app.handle.showing import direct, direct_needs, tell
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.chat_rules import SLOW, TOLD_EVERY, Talk, broken, length, read_words, ruled
from core.domain.form import Field, Form, Invalid, Pick, Values, first
from core.domain.ids import Instant, MessageId, SessionId, SurfaceId, subject
from core.domain.notices import Notice
from core.domain.people import Account, Member, Person
from core.domain.refused import Ignored
from core.domain.sessions import Session, chatting
from core.domain.surfaces import Place, Subject, Surface
from core.domain.text import Doc, doc
from core.domain.view import OnlyPerson, action, say

# -- the form -------------------------------------------------------------------------------------------------------


def rules_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield draft_key(command, action("chatruled", session))


def open_form(command: OpenChatRulesForm, work: UnitOfWork, moment: Moment) -> Outcome:
    session = running(command, work)
    return Outcome(with_draft(_form(session), command, work))


def _form(session: Session) -> Form:
    slow = tuple(Pick("Off" if it == 0 else f"A line in {length(it)}", str(it)) for it in SLOW)
    return Form(
        title="Chat rules",
        action=action("chatruled", session.id),
        submit="Save",
        again=action("chatrules", session.id),
        intro="They hold for attendees, wherever they write. A line that breaks one is shared nowhere.",
        fields=(
            Field("slow", "Slow mode", "choice", value=(str(session.slow),), picks=slow),
            Field(
                "links",
                "Links",
                "choice",
                value=("on" if session.links else "off",),
                picks=(Pick("Everybody may share links", "on"), Pick("Only the team may", "off")),
            ),
            Field(
                "words",
                "Words that are not shared",
                "paragraph",
                value=("\n".join(session.words),),
                required=False,
                hint="One a line; a star at the end stands for any ending",
                longest=2_000,
            ),
        ),
    )


def change(command: ChangeChatRules, work: UnitOfWork, moment: Moment) -> Outcome:
    session = running(command, work)
    person = known_person(command, work, moment)
    form = _form(session)
    try:
        after = _read(session, command.values)
    except Invalid as problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, problem.errors), done=False)
    forget_draft(command, form.action, work, moment)
    if after != session:
        work.put(after)
    return Outcome(say(OnlyPerson(person.id), f"Saved. {_in_words(after)}"))


def _read(session: Session, values: Values) -> Session:
    slow, links = first(values, "slow") or "0", first(values, "links") or "on"
    if slow not in {str(it) for it in SLOW} or links not in ("on", "off"):
        raise Invalid({"slow": "Pick one of these."})
    return replace(session, slow=int(slow), links=links == "on", words=read_words(first(values, "words")))


def _in_words(session: Session) -> str:
    slow = f"one line in {length(session.slow)}" if session.slow else "slow mode is off"
    links = "links are on" if session.links else "links are the team's"
    number = len(session.words)
    words = "no word is kept back" if not number else f"{number} word{'' if number == 1 else 's'} kept back"
    return f"Attendees: {slow}; {links}; {words}."


# -- lines ----------------------------------------------------------------------------------------------------------


def ruling_needs(command: Command, session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What judging a line takes, where the session has rules at all."""
    known, account = work.peek(Session, session), work.peek(Account, command.actor.account)
    if known is None or account is None or not ruled(known):
        return
    yield key(Talk, session, account.person)
    yield key(Person, account.person)
    yield from direct_needs(command.actor.venue, account.person)


def judged(session: Session, member: Member | None, body: Doc, at: Instant, work: UnitOfWork, *, new: bool) -> str:
    """Why the line is not shared; empty when it is. The team may write what it wants."""
    if not ruled(session) or member is None or member.role != "attendee":
        return ""
    before = work.get(Talk, session.id, member.person) or Talk(session.id, member.person, Instant(0))
    why = broken(session, body, at, before if new else None)
    if not why and new and at > before.at:
        work.put(replace(before, at=at))
    return why


def unwanted(command: PostLine, work: UnitOfWork, moment: Moment) -> Outcome | None:
    """What somebody blocked writes all the same is removed where the platform lets us (SPEC 2.5)."""
    place = room_here(command, work)
    account = work.get(Account, command.actor.account)
    if place is None or place.kind != "stage" or place.session is None or account is None or not place.prunes:
        return None
    session, member = work.get(Session, place.session), work.get(Member, place.session, account.person)
    if session is None or member is None or not member.blocked or not chatting(session):
        return None
    if work.all(Surface, place=place.id, ref=command.ref):
        raise Ignored
    return drop(command, command.ref, place, session, account, "", work, moment)


def drop(
    command: Command, ref: str, place: Place, session: Session, account: Account, why: str, work: UnitOfWork,
    moment: Moment,
) -> Outcome:  # fmt: skip
    """A line that is shared nowhere, and removed where the platform lets us; its words are not kept."""
    line = Message(
        MessageId(moment.new_id()),
        session.id,
        place.id,
        account.id,
        account.person,
        (),
        command.at,
        command.at,
        deleted=True,
    )
    what = subject("message", line.id)
    work.know(key(Surface, subject=what))
    work.put(line)
    work.put(Subject(what))
    work.put(
        Surface(
            SurfaceId(moment.new_id()),
            what,
            place.id,
            part=-1,
            follow="live" if place.prunes else "pulled",
            ref=ref,
            ours=False,
            gone=place.prunes,
            order_at=command.at,
        )
    )
    if why:
        tell_author(command, session, place, account, why, line.id, work, moment)
    return Outcome()


def tell_author(
    command: Command, session: Session, place: Place, account: Account, why: str, line: MessageId, work: UnitOfWork,
    moment: Moment,
) -> None:  # fmt: skip
    """By direct message, unless they want none or heard it a moment ago."""
    person = work.get(Person, account.person)
    before = work.get(Talk, session.id, account.person) or Talk(session.id, account.person, Instant(0))
    if person is None or not person.toasts or moment.now < before.told_at + TOLD_EVERY:
        return
    work.put(replace(before, told_at=moment.now))
    stays = " It was removed." if place.prunes else " It still stands where you wrote it; please delete it there."
    ident, what = f"line:{line}", subject("note", f"line:{line}")
    work.know(key(Notice, ident), key(Subject, what))
    work.put(Notice(ident, session.id, moment.now, doc(f"Your line in “{session.name}” was not shared. {why}{stays}")))
    tell(what, direct(command.actor.venue, account.id, account.person, work, moment), work, moment, urgency=5)
