"""How a session takes questions, as moderators set it; and handing over all that one has (SPEC 4.1, 4.5, 4.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.asked import Queue
from core.app.commands import ChangeQuestionRules, HandOver, OfSession, OpenQuestionRulesForm
from core.app.handle.details import running
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.feed_room import put_sums, sums_card_needs
from core.app.handle.find import meant, meant_or_past, session_needs
from core.app.handle.people import known_person
from core.app.handle.questions.claims import left, timer_needs
from core.app.handle.questions.known import at_desk, conversation_needs, desk_needs, name_of, rules_of
from core.app.handle.questions.sheets import hand
from core.app.handle.questions.told import changed
from core.app.handle.showing import at_once, direct_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Invalid, Pick, Values, first
from core.domain.ids import PersonId, SessionId, subject
from core.domain.people import Account, Member, Person, Seat
from core.domain.question_rules import (
    MODES,
    REPLY_LIMIT,
    QuestionRules,
    hours_in_words,
    mode_picks,
    parse_hours,
    parse_mode,
    parse_replies,
    parse_reply,
)
from core.domain.questions import Question, called, sent_back
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.surfaces import Surface
from core.domain.text import shorten
from core.domain.view import OnlyPerson, action, say

BACK = "-"
"""Picked instead of a moderator: all of it waits for anybody again."""
PICKS = 24
WAYS = {
    "approval": "Public ones wait for approval",
    "sends": "Lines under a card go to the asker",
    "direct": "Conversations are direct messages",
}
SHOWING = ("bar", "desk")
"""Cards that lead to asking and answering: they change at once."""


# -- the rules --------------------------------------------------------------------------------------------------------


def rules_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(QuestionRules, session)
        yield draft_key(command, action("qruled", session))
        for what in SHOWING:
            yield key(Surface, subject=subject(what, session))


def open_rules_form(command: OpenQuestionRulesForm, work: UnitOfWork, moment: Moment) -> Outcome:
    session = running(command, work)
    return Outcome(with_draft(_rules_form(session, rules_of(session.id, work)), command, work))


def _rules_form(session: Session, rules: QuestionRules) -> Form:
    hours = f"{rules.opens}-{rules.closes}" if rules.opens else ""
    on = tuple(name for name in WAYS if getattr(rules, name))
    return Form(
        title="Questions",
        action=action("qruled", session.id),
        submit="Save",
        again=action("qrules", session.id),
        intro="How attendees ask, and how moderators answer. What was asked already stays where it is.",
        fields=(
            Field("mode", "Mode", "choice", value=(rules.mode,), picks=mode_picks()),
            Field(
                "ways",
                "Ways",
                "choices",
                value=on,
                required=False,
                picks=tuple(Pick(label, name) for name, label in WAYS.items()),
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
        for what in SHOWING:
            at_once(subject(what, session.id), work)
        work.touch(subject("board", session.id))
        put_sums(session.id, work, moment)
    person = known_person(command, work, moment)
    told = f"Saved. Questions: {MODES[after.mode][0].lower()}{MODES[after.mode][1:]}."
    hours = hours_in_words(after, session.zone)
    return Outcome(say(OnlyPerson(person.id), f"{told} Moderators answer {hours}." if hours else told))


def read_rules(before: QuestionRules, values: Values) -> QuestionRules:
    """Raises Invalid with a sentence for each field."""
    errors: dict[str, str] = {}
    mode, opens, closes, reply, replies = before.mode, before.opens, before.closes, before.reply, before.replies
    try:
        mode = parse_mode(first(values, "mode"))
    except Invalid as problem:
        errors |= problem.errors
    try:
        opens, closes = parse_hours(first(values, "hours"))
    except Invalid as problem:
        errors |= problem.errors
    try:
        reply = parse_reply(first(values, "reply"))
    except Invalid as problem:
        errors |= problem.errors
    try:
        replies = parse_replies(first(values, "replies"))
    except Invalid as problem:
        errors |= problem.errors
    if errors:
        raise Invalid(errors)
    on = values.get("ways", ())
    return replace(
        before, mode=mode, approval="approval" in on, sends="sends" in on, direct="direct" in on,
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
