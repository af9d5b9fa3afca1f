"""Another moderator gets a question: one by Assign with a comment, or all that somebody has at once (SPEC 4.5)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.asked import Queue
from core.app.commands import HandOver, SubmitQuestionForm
from core.app.handle.find import meant_or_past
from core.app.handle.questions.claims import left, timer_needs, watch
from core.app.handle.questions.known import at_desk, conversation_needs, desk_needs, name_of
from core.app.handle.questions.reaching import about, reach, reach_needs
from core.app.handle.questions.told import add_line, changed
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Invalid, Pick, first
from core.domain.ids import PersonId, SessionId
from core.domain.people import Account, Member
from core.domain.questions import Question, called, handed, sent_back
from core.domain.refused import Refused
from core.domain.sessions import Session, consented
from core.domain.text import clean, doc, shorten
from core.domain.view import OnlyPerson, action, say

COMMENT_LIMIT = 300
PICKS = 25
"""Options of one select on Discord."""
LABEL = 75
BACK = "-"
"""Picked instead of a moderator: all of it waits for anybody again."""
Parts = tuple[str, str, tuple[Field, ...]]


def team_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """Everybody whom a question may be given to, and how they are reached."""
    yield key(Session, session)
    yield key(Member, session=session, role="moderator")
    for member in work.peek_all(Member, session=session, role="moderator"):
        yield from reach_needs(session, member.person, work)


def _team(session: Session, but: PersonId | None, work: UnitOfWork) -> list[tuple[PersonId, str]]:
    """Moderators who may answer, by name. Whose consent is missing could not (SPEC 2.1)."""
    team = [it for it in work.all(Member, session=session.id, role="moderator") if not it.blocked]
    named = [(it.person, name_of(it.person, work)) for it in team if it.person != but and consented(session, it)]
    return sorted(named, key=lambda it: (it[1].casefold(), it[0]))


def _given(question: Question, to: PersonId, by: Account, comment: str, work: UnitOfWork, moment: Moment) -> bool:
    """To another moderator, who is told with what was said to it; whether by direct message. Their time begins anew."""
    after = handed(question, to, moment.now)
    changed(question, after, work)
    watch(after, work)
    told = f"Assigned to {name_of(to, work)}" + (f": {comment}" if comment else "")
    line = add_line(after, "note", by, doc(told), moment.now, work, moment)
    return to == by.person or reach(to, after, about("assigned", after, line.id, to), work, moment)


# -- one ------------------------------------------------------------------------------------------------------------


def assign_parts(question: Question, session: Session, person: PersonId, work: UnitOfWork) -> Parts:
    others = _team(session, question.owner, work)
    if not others:
        raise Refused("There is no other moderator to assign it to. Organisers add some with /mod team.")
    picks = tuple(Pick(shorten(name, LABEL), ident) for ident, name in others[:PICKS])
    fields = (
        Field("to", "To", "choice", picks=picks),
        Field("comment", "Comment", "paragraph", required=False, longest=COMMENT_LIMIT, hint="Only moderators read it"),
    )
    return f"Assign {called(question)}", "Assign", fields


def assigned(
    question: Question, session: Session, by: PersonId, command: SubmitQuestionForm, work: UnitOfWork, moment: Moment
) -> str:
    to, comment = PersonId(first(command.values, "to")), clean(first(command.values, "comment")).strip()
    if to == question.owner:
        raise Refused(f"{name_of(to, work)} has {called(question)} already.")
    if to not in {ident for ident, _ in _team(session, question.owner, work)}:
        raise Invalid({"to": "Pick one of the moderators."})
    if len(comment) > COMMENT_LIMIT:
        raise Invalid({"comment": f"The comment has {len(comment)} characters; {COMMENT_LIMIT} fit."})
    account = work.get(Account, command.actor.account)
    assert account is not None, "who moderates has an account"
    directly = _given(question, to, account, comment, work, moment)
    if to == by:
        return f"{called(question)} is yours to answer now."
    how = "who is told by direct message" if directly else "who takes no direct messages and is told at the desk"
    return f"{called(question)} is with {name_of(to, work)} now, {how}."


# -- all --------------------------------------------------------------------------------------------------------------


def hand_needs(command: HandOver, work: UnitOfWork) -> Iterable[Key]:
    yield from desk_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for session in meant_or_past(command, work):
        yield from team_needs(session, work)
        queue = work.peek(Queue, session)
        for entry in queue.claimed if queue else ():
            if account is not None and entry.owner == account.person:
                yield from conversation_needs(entry.id, work)
                yield from timer_needs(entry.id)


def hand_over(command: HandOver, work: UnitOfWork, moment: Moment) -> Outcome:
    """Everything that one has, at once: to one moderator, or back to all."""
    session, person = at_desk(command, work, moment)
    queue = work.get(Queue, session.id)
    found = [work.get(Question, it.id) for it in (queue.claimed if queue else ()) if it.owner == person]
    mine = sorted((it for it in found if it is not None and it.owner == person), key=lambda it: it.number)
    if not mine:
        raise Refused("You have no question, so there is nothing to hand over.")
    form = _form(session, person, mine, work)
    if command.values is None:
        return Outcome(form)
    to, account = first(command.values, "to"), work.get(Account, command.actor.account)
    if to not in {pick.value for pick in form.fields[0].picks} or account is None:
        return Outcome(form.filled(command.values, {"to": "Pick one of these."}), done=False)
    for question in mine:
        if to == BACK:
            changed(question, sent_back(question), work)
            left(question, work, moment)
        else:
            _given(question, PersonId(to), account, "", work, moment)
    names = ", ".join(called(it) for it in mine)
    wait = "waits" if len(mine) == 1 else "wait"
    told = f"{names} {wait} for a moderator again." if to == BACK else f"{name_of(PersonId(to), work)} has {names} now."
    return Outcome(say(OnlyPerson(person), told))


def _form(session: Session, person: PersonId, mine: list[Question], work: UnitOfWork) -> Form:
    others = [Pick(shorten(name, LABEL), ident) for ident, name in _team(session, person, work)]
    picks = (Pick("Nobody: they wait for any moderator", BACK), *others)
    return Form(
        title="Hand over",
        action=action("qhanded", session.id),
        submit="Hand over",
        again=action("qhandover", session.id),
        intro=shorten(f"You have {', '.join(called(it) for it in mine)}.", 1_000),
        fields=(Field("to", "To", "choice", value=(BACK,), picks=picks[:PICKS]),),
    )
