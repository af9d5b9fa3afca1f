"""How a session takes questions, as moderators set it: in which mode, when, with which words (SPEC 4.1, 4.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.commands import ChangeQuestionRules, OfSession, OpenQuestionRulesForm
from core.app.handle.details import running
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.feed_room import put_sums, sums_card_needs
from core.app.handle.find import meant, session_needs
from core.app.handle.people import known_person
from core.app.handle.questions.known import rules_of
from core.app.handle.questions.posting import board_needs, post_board
from core.app.handle.showing import at_once
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Invalid, Pick, Values, first
from core.domain.ids import subject
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
from core.domain.sessions import Session
from core.domain.surfaces import Place, Subject, Surface
from core.domain.view import OnlyPerson, action, say

WAYS = {
    "approval": "Public ones wait for approval",
    "sends": "Lines under a card go to the asker",
    "direct": "Conversations are direct messages",
}
SHOWING = ("bar", "desk")
"""Cards that lead to asking and answering: they change at once."""


def rules_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(QuestionRules, session)
        yield draft_key(command, action("qruled", session))
        yield key(Place, session=session)
        yield from sums_card_needs(session)
        yield from board_needs(session)
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
        if after.mode == "public" and work.get(Subject, subject("board", session.id)) is not None:
            post_board(session.id, work, moment)  # it went with the mode
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
