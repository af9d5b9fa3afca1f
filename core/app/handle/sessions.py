"""Taking a session through its life, by hand and by the clock (SPEC 1.1, 1.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from core.app.authorize import authorize
from core.app.commands import (
    Advance,
    AskToArchiveSession,
    AskToEndSession,
    ExtendSession,
    Fire,
)
from core.app.handle.answering import forget, forget_needs
from core.app.handle.clearing import clear_some, some_needs
from core.app.handle.find import member_of, session_of
from core.app.handle.furnishing import furnishing_needs, open_doors, put_away, touch_cards, want_rooms
from core.app.handle.interactions import over_and_told
from core.app.handle.people import known_person
from core.app.handle.questions.timers import claim_needs, give_back, warn
from core.app.handle.reacting import burst_needs, tell_burst
from core.app.handle.rehearsing import clear, rehearsal_needs, step, step_needs
from core.app.handle.scheduling import close_due, publish_due, publish_needs, reschedule
from core.app.handle.setup import longer, setup_card
from core.app.handle.showing import again_needs, plan, post_again, show_doors
from core.app.handle.toasting import toast, toast_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Invalid
from core.domain.ids import MINUTE, Instant, InteractionId, QuestionId, SessionId, SurfaceId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction, ended
from core.domain.refused import Ignored, Refused
from core.domain.schedule import Due
from core.domain.sessions import (
    STANDS,
    Session,
    State,
    advance,
    chatting,
    parse_minutes,
)
from core.domain.text import When, doc
from core.domain.view import Button, OnlyPerson, action, say


def advance_session(command: Advance, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize(command.actor, session, member_of(command, session, work), "run the session")
    over = command.to in ("ended", "archived")
    if not over and session.state not in ("ended", "archived") and session.ends_at <= moment.now:
        raise Refused("Its planned end has passed, so it would end at once. Move the end first: /mod session extend 1h")
    session = _go(session, command.to, work, moment)
    person = known_person(command, work, moment)
    if command.to == "ended":
        archive = (Button("Archive", action("askarchive", session.id)),)
        told = f"“{session.name}” has ended. Its rooms stay until you archive them."
        return Outcome(say(OnlyPerson(person.id), told, buttons=archive))
    if command.to == "archived":
        told = f"“{session.name}” is archived: the channels made for it are put away, the others are free again."
        return Outcome(say(OnlyPerson(person.id), told))
    told = {
        "announced": f"“{session.name}” is announced.",
        "open": f"The doors of “{session.name}” are open.",
    }.get(command.to, f"“{session.name}” is live.")
    hint = "Pass the door's channel on to your audience: they join there." if command.to == "announced" else ""
    return Outcome(setup_card(session, command, person.id, work, told, hint))


def ask_to_end(command: AskToEndSession, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize(command.actor, session, member_of(command, session, work), "run the session")
    advance(session, "ended")
    person = known_person(command, work, moment)
    return Outcome(
        say(
            OnlyPerson(person.id),
            f"End “{session.name}” for everybody? What is open for voting ends with it.",
            buttons=(
                Button("End session", action("advance", session.id, "ended"), "danger"),
                Button("Keep it open", action("keep")),
            ),
        )
    )


def ask_to_archive(command: AskToArchiveSession, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize(command.actor, session, member_of(command, session, work), "run the session")
    if session.state != "ended":
        raise Refused(f"“{session.name}” {STANDS[session.state]}. Only an ended session can be archived.")
    person = known_person(command, work, moment)
    question = f"Archive “{session.name}”? The channels made for it are put away; what was said in them is kept."
    buttons = (
        Button("Archive", action("advance", session.id, "archived"), "danger"),
        Button("Keep them", action("keep")),
    )
    return Outcome(say(OnlyPerson(person.id), question, buttons=buttons))


def extend_session(command: ExtendSession, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize(command.actor, session, member_of(command, session, work), "run the session")
    if session.state in ("ended", "archived"):
        raise Refused(f"“{session.name}” has ended and cannot be extended.")
    person = known_person(command, work, moment)
    if command.since and command.since != str(session.ends_at):
        told = doc(f"“{session.name}” ends at ", When(session.ends_at), " already.")
        return Outcome(say(OnlyPerson(person.id), told, buttons=(longer(session),)), done=False)
    try:
        minutes = parse_minutes(command.length)
    except Invalid as problem:
        raise Refused(str(problem)) from None
    session = replace(session, ends_at=Instant(max(session.ends_at, moment.now) + minutes * MINUTE))
    work.put(session)
    if session.state != "draft":
        plan(f"session_end:{session.id}", session.ends_at, work)
    touch_cards(session.id, work)
    for interaction in work.all(Interaction, session=session.id):
        if interaction.state == "live":
            work.touch(subject("interaction", interaction.id))
    told = doc(f"“{session.name}” ends at ", When(session.ends_at), " now.")
    return Outcome(say(OnlyPerson(person.id), told))


def _go(session: Session, to: State, work: UnitOfWork, moment: Moment) -> Session:
    before, session = session, advance(session, to)
    if to == "live" and session.starts_at > moment.now:
        session = replace(session, starts_at=moment.now)
    if to == "ended":
        session = replace(session, ends_at=min(session.ends_at, moment.now))
        _end_interactions(session, work, moment)
    if to in ("live", "ended", "archived"):
        clear(session.id, work)
    work.put(session)
    if to in ("announced", "open"):
        plan(f"session_start:{session.id}", session.starts_at, work)
    if to not in ("ended", "archived"):
        plan(f"session_end:{session.id}", session.ends_at, work)
        want_rooms(session, work, moment)
        show_doors(session, work, moment)
    if chatting(session) and not chatting(before):
        open_doors(session, work, moment)
    if to == "archived":
        put_away(session, work, moment)
    reschedule(session, work)
    touch_cards(session.id, work)
    return session


def _end_interactions(session: Session, work: UnitOfWork, moment: Moment) -> None:
    for interaction in work.all(Interaction, session=session.id):
        if (
            interaction.state == "live"
            and not interaction.rehearsal
            and "outlasts" not in KINDS[interaction.kind].TRAITS
        ):
            over_and_told(ended(interaction, moment.now), work, moment)


def fire_needs(command: Fire, work: UnitOfWork) -> Iterable[Key]:
    yield key(Due, command.what)
    deed, _, ident = command.what.partition(":")
    if deed == "again":
        yield from again_needs(SurfaceId(ident), work)
        return
    if deed in _OF_INTERACTION:
        yield from _OF_INTERACTION[deed][0](InteractionId(ident), work)
        return
    if deed in ("claimwarn", "claimback"):
        yield from claim_needs(QuestionId(ident), work)
        return
    if deed == "clear":
        yield from some_needs(SessionId(ident), work)
        return
    if deed == "burst":
        yield from burst_needs(SessionId(ident), work)
        return
    if deed == "rehearse":
        yield from step_needs(InteractionId(ident), work)
        return
    if deed == "unrehearse":
        yield from rehearsal_needs(SessionId(ident), work)
        return
    session = SessionId(ident)
    yield from furnishing_needs(session, work)
    yield from rehearsal_needs(session, work)
    yield key(Due, f"session_start:{ident}")
    yield key(Due, f"session_end:{ident}")


_OF_INTERACTION: Mapping[
    str,
    tuple[
        Callable[[InteractionId, UnitOfWork], Iterable[Key]],
        Callable[[InteractionId, UnitOfWork, Moment], None],
    ],
] = {
    "publish": (publish_needs, publish_due),
    "close": (publish_needs, close_due),
    "forget": (forget_needs, forget),
    "toast": (toast_needs, toast),
}
_TARGETS: dict[str, State] = {"session_start": "live", "session_end": "ended"}


_REPEATED: Mapping[str, Callable[[str, UnitOfWork, Moment], Instant | None]] = {
    "claimwarn": lambda ident, work, moment: warn(QuestionId(ident), work, moment),
    "claimback": lambda ident, work, moment: give_back(QuestionId(ident), work, moment),
    "again": lambda ident, work, moment: post_again(SurfaceId(ident), work, moment),
    "clear": lambda ident, work, moment: clear_some(SessionId(ident), work, moment),
    "rehearse": lambda ident, work, moment: step(InteractionId(ident), work, moment),
    "unrehearse": lambda ident, work, moment: clear(SessionId(ident), work),
    "burst": lambda ident, work, moment: tell_burst(SessionId(ident), work, moment),
}
"""What says itself when it is due again."""


def fire(command: Fire, work: UnitOfWork, moment: Moment) -> Outcome:
    due = work.get(Due, command.what)
    if due is None or due.fired_at is not None or due.due > moment.now:
        raise Ignored
    deed, _, ident = command.what.partition(":")
    if deed in _REPEATED:
        later = _REPEATED[deed](ident, work, moment)
        work.put(replace(due, due=later) if later else replace(due, fired_at=moment.now))
        return Outcome()
    work.put(replace(due, fired_at=moment.now))
    if deed in _OF_INTERACTION:
        _OF_INTERACTION[deed][1](InteractionId(ident), work, moment)
        return Outcome()
    session = work.get(Session, SessionId(ident))
    target = _TARGETS[deed]
    if session is not None and session.state not in (target, "ended", "archived"):
        _go(session, target, work, moment)
    return Outcome()
