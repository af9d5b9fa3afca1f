"""How a session takes questions, as moderators set it; and handing over all that one has (SPEC 4.1, 4.5, 4.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.asked import Queue
from core.app.commands import ChangeQuestionRules, HandOver, OfSession, OpenQuestionRulesForm
from core.app.handle.details import running
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import meant, meant_or_past, session_needs
from core.app.handle.people import known_person
from core.app.handle.questions.claims import left
from core.app.handle.questions.known import at_desk, conversation_needs, desk_needs, name_of, rules_of
from core.app.handle.questions.replying import timer_needs
from core.app.handle.questions.sheets import hand
from core.app.handle.questions.told import changed
from core.app.handle.showing import direct_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Invalid, Pick, Values, first
from core.domain.ids import PersonId, SessionId, subject
from core.domain.people import Account, Member, Person, Seat
from core.domain.question_rules import (
    MODES,
    REPLY_LIMIT,
    Mode,
    QuestionRules,
    parse_hours,
    parse_replies,
)
from core.domain.questions import Question, called, sent_back
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.text import one_line, shorten
from core.domain.view import OnlyPerson, action, say

BACK = "-"
"""Picked instead of a moderator: all of it waits for anybody again."""
PICKS = 24
WAYS = {"approval": "approval", "sends": "sends", "direct": "direct"}


# -- the rules --------------------------------------------------------------------------------------------------------


def rules_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(QuestionRules, session)
        yield draft_key(command, action("qruled", session))


def open_rules_form(command: OpenQuestionRulesForm, work: UnitOfWork, moment: Moment) -> Outcome:
    session = running(command, work)
    return Outcome(with_draft(_rules_form(session, rules_of(session.id, work)), command, work))


def _rules_form(session: Session, rules: QuestionRules) -> Form:
    hours = f"{rules.opens}-{rules.closes}" if rules.opens else ""
    modes = tuple(Pick(it, name) for name, it in MODES.items())
    on = tuple(name for name in WAYS if getattr(rules, name))
    return Form(
        title="Questions",
        action=action("qruled", session.id),
        submit="Save",
        again=action("qrules", session.id),
        intro="How attendees ask, and how moderators answer. What was asked already stays where it is.",
        fields=(
            Field("mode", "Mode", "choice", value=(rules.mode,), picks=modes),
            Field(
                "ways",
                "Ways",
                "choices",
                value=on,
                required=False,
                picks=(
                    Pick("Public ones wait for approval", "approval"),
                    Pick("Lines under a card go to the asker", "sends"),
                    Pick("Conversations are direct messages", "direct"),
                ),
            ),
            Field(
                "hours", "Answered between", value=(hours,), required=False, longest=20,
                hint="09:00-17:30 in the session's timezone; empty: always",
            ),
            Field(
                "reply", "Automatic reply outside of these hours", "paragraph", value=(rules.reply,), required=False,
                longest=REPLY_LIMIT,
            ),
            Field(
                "replies", "Quick replies", "paragraph", value=("\n".join(rules.replies),), required=False,
                longest=3_000, hint="One a line; moderators pick them when they answer",
            ),
        ),
    )  # fmt: skip


def change_rules(command: ChangeQuestionRules, work: UnitOfWork, moment: Moment) -> Outcome:
    session = running(command, work)
    before = rules_of(session.id, work)
    form = _rules_form(session, before)
    try:
        after = read_rules(before, command.values)
    except Invalid as problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, problem.errors), done=False)
    forget_draft(command, form.action, work, moment)
    if after != before or work.get(QuestionRules, session.id) is None:
        work.put(after)
        for what in ("bar", "desk", "board"):
            work.touch(subject(what, session.id))
    person = known_person(command, work, moment)
    return Outcome(
        say(OnlyPerson(person.id), f"Saved. Questions: {MODES[after.mode][0].lower()}{MODES[after.mode][1:]}.")
    )


def read_rules(before: QuestionRules, values: Values) -> QuestionRules:
    """Raises Invalid with a sentence for each field."""
    errors: dict[str, str] = {}
    mode, reply = first(values, "mode"), one_line(first(values, "reply"))
    known = next((it for it in MODES if it == mode), None)
    if known is None:
        errors["mode"] = "Pick one of these."
    if len(reply) > REPLY_LIMIT:
        errors["reply"] = f"The reply has {len(reply)} characters; {REPLY_LIMIT} fit."
    opens, closes, replies = before.opens, before.closes, before.replies
    try:
        opens, closes = parse_hours(first(values, "hours"))
    except Invalid as problem:
        errors |= problem.errors
    try:
        replies = parse_replies(first(values, "replies"))
    except Invalid as problem:
        errors |= problem.errors
    if errors:
        raise Invalid(errors)
    chosen: Mode = known or before.mode
    on = values.get("ways", ())
    return replace(
        before, mode=chosen, approval="approval" in on, sends="sends" in on, direct="direct" in on,
        opens=opens, closes=closes, reply=reply, replies=replies,
    )  # fmt: skip


# -- handing over -----------------------------------------------------------------------------------------------------


def hand_needs(command: HandOver, work: UnitOfWork) -> Iterable[Key]:
    yield from desk_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for session in meant_or_past(command, work):
        yield draft_key(command, action("qhanded", session))
        yield from _team_needs(session, work)
        queue = work.peek(Queue, session)
        for entry in queue.claimed if queue else ():
            if account is not None and entry.owner == account.person:
                yield from conversation_needs(entry.id, work)
                yield from timer_needs(entry.id)


def _team_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Member, session=session, role="moderator")
    for member in work.peek_all(Member, session=session, role="moderator"):
        yield key(Person, member.person)
        yield key(Seat, session=session, person=member.person)
        for seat in work.peek_all(Seat, session=session, person=member.person):
            yield key(Account, seat.account)
            yield from direct_needs(seat.venue, seat.person)


def hand_over(command: HandOver, work: UnitOfWork, moment: Moment) -> Outcome:
    """Everything that one has, at once: to one moderator, or back to all."""
    session, person = at_desk(command, work, moment)
    queue = work.get(Queue, session.id)
    found = (work.get(Question, it.id) for it in (queue.claimed if queue else ()) if it.owner == person)
    mine = [it for it in found if it is not None]
    if not mine:
        raise Refused("You have no question, so there is nothing to hand over.")
    form = _hand_form(session, person, mine, work)
    if command.values is None:
        return Outcome(form)
    to = first(command.values, "to")
    if to not in {pick.value for pick in form.fields[0].picks}:
        return Outcome(form.filled(command.values, {"to": "Pick one of these."}), done=False)
    for question in mine:
        if to == BACK:
            changed(question, sent_back(question), work)
            left(question, work, moment)
        else:
            hand(question, PersonId(to), person, "", work, moment)
    names = ", ".join(called(it) for it in mine)
    told = f"{names} wait for a moderator again." if to == BACK else f"{name_of(PersonId(to), work)} has {names} now."
    return Outcome(say(OnlyPerson(person), told))


def _hand_form(session: Session, person: PersonId, mine: list[Question], work: UnitOfWork) -> Form:
    others = sorted(
        (name_of(it.person, work), it.person)
        for it in work.all(Member, session=session.id, role="moderator")
        if it.person != person and not it.blocked
    )
    picks = (Pick("Nobody: they wait for any moderator", BACK), *(Pick(shorten(name, 75), it) for name, it in others))
    return Form(
        title="Hand over",
        action=action("qhanded", session.id),
        submit="Hand over",
        again=action("qhandover", session.id),
        intro=f"You have {', '.join(called(it) for it in mine)}.",
        fields=(Field("to", "To", "choice", value=(BACK,), picks=picks[: PICKS + 1]),),
    )
