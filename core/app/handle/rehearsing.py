"""A rehearsal: drafts are tried in the backchannel with made-up attendees, and nothing of it is kept (SPEC 12.3).

Copies of drafts, their ballots and posts are there until it ends; lists, feed, results and toasts know none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from core.app.authorize import authorize, authorize_with_consent
from core.app.commands import EndRehearsal, OfInteraction, RehearseNext, ShowRehearsal
from core.app.handle.answering import NOBODY, answer_action
from core.app.handle.find import meant, member_of, session_needs, session_of
from core.app.handle.interactions import check_ready, life_needs, post
from core.app.handle.people import known_person
from core.app.handle.showing import kept_needs, plan
from core.app.handle.twins import drafts_of, in_order, titled
from core.app.outcome import FormDraft, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import MINUTE, SECOND, DeliveryKey, Instant, InteractionId, PersonId, SessionId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.life import Ballot, Interaction
from core.domain.interactions.rehearsal import simulate
from core.domain.interactions.secret import BallotKey
from core.domain.linking import Superseded
from core.domain.people import Account, Member
from core.domain.refused import Refused
from core.domain.schedule import Due, closing, forgetting, rehearsing, rehearsing_ends
from core.domain.sessions import Held, Session
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Part, Words, action

PEOPLE = 40
"""Made-up attendees."""
AT_ONCE = 2
"""So many answer in a second."""
LASTS = 30 * MINUTE
MADE_UP = "made-up:"
COPY = "r"
"""The id of a copy begins with it; the draft's follows, so that the same draft always meets the same answers."""
STATES = ("announced", "open")
TRIED = "{} of {} drafts are tried."


def copy_of(draft: InteractionId) -> InteractionId:
    return InteractionId(COPY + draft)


# -- who may ----------------------------------------------------------------------------------------------------------


def gate(command: OfInteraction, work: UnitOfWork) -> None:
    """Whatever is pressed on a rehearsal's card, by whoever holds its id: for the team alone (SPEC 8.3)."""
    interaction = work.peek(Interaction, command.interaction)
    if interaction is None or not interaction.rehearsal:
        return
    account = work.peek(Account, command.actor.account)
    member = work.peek(Member, interaction.session, account.person) if account else None
    authorize(command.actor, work.peek(Session, interaction.session), member, "write backchannel")


# -- the page ---------------------------------------------------------------------------------------------------------


def rehearsal_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """Everything of it, for :func:`clear`."""
    yield key(Interaction, session=session)
    yield key(Due, rehearsing_ends(session))
    for one in work.peek_all(Interaction, session=session):
        if one.rehearsal:
            yield from _one_needs(one.id, session, work)


def _one_needs(ident: InteractionId, session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    yield from life_needs(ident, session, work)
    yield key(Due, rehearsing(ident))
    yield key(Ballot, interaction=ident)
    yield key(Superseded, interaction=ident)
    yield key(FormDraft, form=answer_action(ident))


def page_needs(command: ShowRehearsal | RehearseNext | EndRehearsal, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield from rehearsal_needs(session, work)
        yield key(Place, session=session)
        yield key(Held, session=session)
        yield from kept_needs(session, work)
        drafts = (it for it in work.peek_all(Interaction, session=session) if it.state == "draft" and not it.rehearsal)
        for draft in in_order(drafts):
            yield from _one_needs(copy_of(draft.id), session, work)


def _session(command: ShowRehearsal | RehearseNext | EndRehearsal, work: UnitOfWork) -> Session:
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    return session


def show_rehearsal(command: ShowRehearsal, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _session(command, work)
    return Outcome(_page(session, known_person(command, work, moment).id, work, ""))


def rehearse_next(command: RehearseNext, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _session(command, work)
    person = known_person(command, work, moment).id
    _check(session, work)
    left = _left(session, work)
    if not left:
        raise Refused("Every draft was tried. End the rehearsal, or make another draft first.", *_ends(session, work))
    draft = left[0]
    if command.draft and command.draft != draft.id:
        return Outcome(_page(session, person, work, "That one was tried already."), done=False)
    check_ready(draft)
    copy = Interaction(
        copy_of(draft.id), session.id, draft.kind, draft.spec, "draft", draft.sharing,
        created_by=person, created_at=moment.now, rank=draft.rank, edited_by=person,
        anonymous=draft.anonymous, lasts=draft.lasts, rehearsal=True,
    )  # fmt: skip
    after = post(copy, work, moment, by=person)
    if after.state == "live":
        plan(rehearsing(after.id), Instant(moment.now + SECOND), work, sooner=True)
    _plan_end(session, work, moment)
    told = f"{titled(draft)} is in the backchannel now. Look at it there; you can answer too."
    return Outcome(_page(session, person, work, told))


def end_rehearsal(command: EndRehearsal, work: UnitOfWork, moment: Moment) -> Outcome:
    session = _session(command, work)
    person = known_person(command, work, moment).id
    told = "The rehearsal is over; nothing of it is kept." if _copies(session.id, work) else "No rehearsal is on."
    clear(session.id, work)
    return Outcome(_page(session, person, work, told))


def _check(session: Session, work: UnitOfWork) -> None:
    if session.state in ("ended", "archived"):
        raise Refused(f"“{session.name}” is over; there is nothing to rehearse.")
    if session.state == "live":
        raise Refused("The session is live: attendees are there. Rehearse before the start, or publish.")
    rooms = [it for it in work.all(Place, session=session.id) if it.kind == "backchannel" and usable(it)]
    if session.state not in STATES or not rooms:
        announce = Button("Setup", action("setup", session.id))
        raise Refused("A rehearsal needs the backchannel. Announce the session, or choose such a room.", announce)


def _page(session: Session, person: PersonId, work: UnitOfWork, told: str) -> Card:
    drafts, left, tried = drafts_of(session.id, work), _left(session, work), _copies(session.id, work)
    parts: list[Part] = [Heading(f"Rehearsal of “{session.name}”")]
    if told:
        parts.append(Words(told))
    parts.append(
        Words(
            f"Your drafts are tried in the backchannel, one by one. About {PEOPLE} made-up attendees answer each "
            "within 20 seconds."
        )
    )
    parts.append(Note("Only moderators and speakers see it. It ends with the start, or 30 minutes after the last one."))
    buttons: list[Button] = []
    if not drafts:
        parts.append(Words("There is no draft yet. Make one first: pick a kind under New at the desk."))
    else:
        parts.append(Note(TRIED.format(len(drafts) - len(left), len(drafts))))
    if left and session.state in STATES:
        parts.append(Words(f"Next: {titled(left[0])}"))
        buttons.append(Button("Rehearse next", action("rehearsenext", session.id, left[0].id), "primary"))
    if tried:
        buttons += _ends(session, work)
    return Card(OnlyPerson(person), (*parts, *([Buttons(tuple(buttons))] if buttons else ())))


def _ends(session: Session, work: UnitOfWork) -> tuple[Button, ...]:
    return (Button("End rehearsal", action("endrehearsal", session.id)),) if _copies(session.id, work) else ()


def _copies(session: SessionId, work: UnitOfWork) -> list[Interaction]:
    return [it for it in work.all(Interaction, session=session) if it.rehearsal]


def _left(session: Session, work: UnitOfWork) -> list[Interaction]:
    done = {it.id for it in _copies(session.id, work)}
    return [it for it in drafts_of(session.id, work) if copy_of(it.id) not in done]


# -- made-up attendees ------------------------------------------------------------------------------------------------


def step_needs(ident: InteractionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Interaction, ident)
    yield key(Ballot, interaction=ident)
    if one := work.peek(Interaction, ident):
        yield key(Held, session=one.session)


def step(ident: InteractionId, work: UnitOfWork, moment: Moment) -> Instant | None:
    """The next few answer; returns when those after them do."""
    one = work.get(Interaction, ident)
    if one is None or not one.rehearsal or one.state != "live":
        return None
    venues = sorted(held.venue for held in work.all(Held, session=one.session))
    there = {it.person for it in work.all(Ballot, interaction=ident)}
    waiting = [number for number in range(PEOPLE) if made_up(number) not in there]
    for number in waiting[:AT_ONCE]:
        answer = simulate(KINDS[one.kind], one.spec, Random(f"{ident}:{number}"))
        if answer is None:
            return None
        platform = venues[number % len(venues)].partition(":")[0] if venues else ""
        ballot = Ballot(
            ident, made_up(number), NOBODY, platform, answer.choice, moment.now, DeliveryKey(f"{ident}:{number}"),
            words=answer.words, state="waiting" if answer.waits else "",
        )  # fmt: skip
        work.put(ballot)
    work.touch(subject("interaction", ident))
    return Instant(moment.now + SECOND) if len(waiting) > AT_ONCE else None


def made_up(number: int) -> PersonId:
    return PersonId(f"{MADE_UP}{number:02}")


# -- the end ----------------------------------------------------------------------------------------------------------


def _plan_end(session: Session, work: UnitOfWork, moment: Moment) -> None:
    """So long after the last one, however often it was planned before."""
    what, at = rehearsing_ends(session.id), Instant(moment.now + LASTS)
    before = work.get(Due, what)
    work.put(Due(what, at) if before is None else replace(before, due=at, fired_at=None))


def clear(session: SessionId, work: UnitOfWork) -> None:
    """Its posts are taken out of the rooms, and its rows are gone."""
    for one in _copies(session, work):
        for surface in work.all(Surface, subject=subject("interaction", one.id)):
            if not surface.gone:
                work.put(replace(surface, gone=True))
        if work.get(Subject, subject("interaction", one.id)) is not None:
            work.touch(subject("interaction", one.id))
        gone = [*work.all(Ballot, interaction=one.id), *work.all(Superseded, interaction=one.id)]
        gone += work.all(FormDraft, form=answer_action(one.id))
        gone += [it for it in (work.get(BallotKey, one.id),) if it is not None]
        dues = (work.get(Due, what) for what in (closing(one.id), forgetting(one.id), rehearsing(one.id)))
        for row in (*gone, *(it for it in dues if it is not None), one):
            work.remove(row)
    if (end := work.get(Due, rehearsing_ends(session))) and end.fired_at is None:
        work.put(replace(end, fired_at=end.due))
