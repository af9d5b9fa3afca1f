"""Reply and Take next: a question becomes one moderator's, and what they write goes out in the session's name (4.4)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.asked import Queue
from core.app.commands import AnswerQuestion, Command, OfQuestion, OpenReplyForm, TakeNext
from core.app.handle.audit import record
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import meant_or_past
from core.app.handle.questions.claims import claim, left, timer_needs
from core.app.handle.questions.converse import sent
from core.app.handle.questions.known import (
    at_desk,
    conversation_needs,
    desk_needs,
    moderated,
    name_of,
    question_needs,
    rules_of,
)
from core.app.handle.questions.publishing import publish, publish_needs
from core.app.handle.questions.told import add_line, changed, left_out
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.question_menu import next_button
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.form import Field, Form, Pick, Values, first
from core.domain.ids import PersonId
from core.domain.people import Account
from core.domain.questions import ANSWER_LIMIT, Line, Question, asked, called, open_, resolved, unanswered
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.text import clean, doc, plain, shorten
from core.domain.view import Button, OnlyPerson, action, say

QUOTED = 1_200
"""Characters of the conversation above the answer; the whole of it is under Read."""
EMPTY = "No questions wait. They come here the moment somebody asks."


def answering_as(session: Session) -> str:
    return f"Answering as {session.name}. This is not a private chat."


def reply_needs(command: OfQuestion, work: UnitOfWork) -> Iterable[Key]:
    yield from question_needs(command, work)
    yield draft_key(command, action("qanswered", command.question))
    yield from timer_needs(command.question)
    if isinstance(command, AnswerQuestion):
        yield from publish_needs(command.question, work)


def next_needs(command: TakeNext, work: UnitOfWork) -> Iterable[Key]:
    yield from desk_needs(command, work)
    for session in meant_or_past(command, work):
        queue = work.peek(Queue, session)
        waiting = [it.id for it in queue.pending[:1]] if queue else []
        for ident in (*waiting, *filter(None, (command.first,))):
            yield from conversation_needs(ident, work)
            yield from timer_needs(ident)
            yield draft_key(command, action("qanswered", ident))


# -- claiming -------------------------------------------------------------------------------------------------------


def open_reply_form(command: OpenReplyForm, work: UnitOfWork, moment: Moment) -> Outcome:
    """It is theirs from this press on; the loser of a race reads who has it."""
    question, session, person = moderated(command, work, moment)
    return _claimed_form(question, session, person, command, work, moment)


def take_next(command: TakeNext, work: UnitOfWork, moment: Moment) -> Outcome:
    """The oldest that waits; where somebody was faster it is the one behind that. A double press takes one."""
    session, person = at_desk(command, work, moment)
    queue = work.get(Queue, session.id)
    waiting = queue.pending[:1] if queue else ()
    question = work.get(Question, waiting[0].id) if waiting else None
    before = work.get(Question, command.first) if command.first is not None else None
    if before is not None and before.session == session.id and _awaited(before, person):
        question = before
    if question is None:
        raise Refused(EMPTY)
    return _claimed_form(question, session, person, command, work, moment)


def _awaited(question: Question, person: PersonId) -> bool:
    """They took it, and have not answered since."""
    return question.owner == person and unanswered(question)


def _claimed_form(
    question: Question, session: Session, person: PersonId, command: Command, work: UnitOfWork, moment: Moment
) -> Outcome:
    """Pressed once more it is the same form; delivered once more a sentence, for private words are not kept."""
    after = claim(question, person, work, moment)
    form = with_draft(reply_form(after, session, work), command, work)
    again = Button("Reply", action("qreply", question.id), "primary")
    told = say(OnlyPerson(person), f"You took {called(question)}. Its form opens by Reply.", buttons=(again,))
    return Outcome(form, kept=False, instead=told)


def reply_form(question: Question, session: Session, work: UnitOfWork) -> Form:
    """Headed as the asker will read it; with the question, so that nobody needs to look back (UX 1.5)."""
    rules = rules_of(session.id, work)
    quick = tuple(Pick(shorten(reply, 75), str(index)) for index, reply in enumerate(rules.replies))
    asker = name_of(question.person, work) if question.shows_name else "Anonymous"
    fields = [
        Field(
            "answer",
            "Answer",
            "paragraph",
            required=not quick,
            longest=ANSWER_LIMIT,
            hint="The asker reads it as an answer of the session",
        )
    ]
    if quick:
        fields.append(Field("quick", "Quick reply", "choice", required=False, picks=quick))
    fields.append(
        Field(
            "then",
            "Then",
            "choices",
            value=("done",),
            required=False,
            picks=(Pick("Mark as answered", "done"), Pick(f"Publish to the feed (asker shown as {asker})", "publish")),
        )
    )
    return Form(
        title=f"Reply to {called(question)}",
        action=action("qanswered", question.id),
        submit="Send",
        again=action("qreply", question.id),
        intro=f"{answering_as(session)}\n\n{_conversation(question, work)}",
        fields=tuple(fields),
    )


def _conversation(question: Question, work: UnitOfWork) -> str:
    """What the asker wrote, newest words whole."""
    lines = [plain(it.body) for it in asked(work.all(Line, question=question.id))]
    return shorten("\n".join(lines)[-QUOTED:], QUOTED) or "This question was taken back."


# -- answering ------------------------------------------------------------------------------------------------------


def answer_question(command: AnswerQuestion, work: UnitOfWork, moment: Moment) -> Outcome:
    """What was typed is kept wherever it cannot go out: another one may have it by now."""
    question, session, person = moderated(command, work, moment)
    form, text = reply_form(question, session, work), _text(command.values, session, work)
    then = command.values.get("then", ())
    errors = {}
    if not text:
        errors["answer"] = "Write the answer here, or pick a quick reply."
    elif len(text) > ANSWER_LIMIT:
        errors["answer"] = f"The answer has {len(text):,} characters; {ANSWER_LIMIT:,} fit."
    problem = _in_the_way(question, person, work)
    if errors or problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, errors, problem), done=False)
    account = work.get(Account, command.actor.account)
    assert account is not None, "who moderates has an account"
    question = claim(question, person, work, moment)
    line = add_line(question, "moderator", account, doc(text), moment.now, work, moment)
    question = sent(line, question, work, moment)
    if "done" in then:
        after = resolved(question, person, moment.now)
        changed(question, after, work)
        question = after
    left(question, work, moment)
    if "publish" in then:
        question = publish(question, session, person, "", text, work, moment, shows_name=question.shows_name)
    forget_draft(command, form.action, work, moment)
    record(command, session.id, person, "answer", question.id, work, moment)
    told = "sent and published" if "publish" in then else "sent"
    stands = "It is marked as answered." if "done" in then else "It stays with you until you mark it as answered."
    kept = " Its asker is blocked, and gets it only once somebody unblocks them." if left_out(question, work) else ""
    return Outcome(
        say(
            OnlyPerson(person),
            f"Your answer to {called(question)} is {told}. {stands}{kept}",
            buttons=(next_button(session.id, work.get(Queue, session.id), but=question.id),),
        )
    )


def _text(values: Values, session: Session, work: UnitOfWork) -> str:
    """The words typed, then the quick reply that was picked."""
    replies = rules_of(session.id, work).replies
    picked = first(values, "quick")
    quick = replies[int(picked)] if picked.isascii() and picked.isdigit() and int(picked) < len(replies) else ""
    return "\n\n".join(filter(None, (clean(first(values, "answer")).strip(), quick)))


def _in_the_way(question: Question, person: PersonId, work: UnitOfWork) -> str:
    """Why it cannot be answered by this moderator now; empty when it can."""
    if question.state == "claimed" and question.owner != person:
        return f"{name_of(question.owner, work)} has {called(question)} now. Your text is kept here."
    if not open_(question):
        by = name_of(question.closed_by, work)
        done = {"resolved": "answered", "declined": "declined", "merged": "merged into another one"}[question.state]
        return f"{called(question)} was {done} by {by} meanwhile. Reopen it to send your text, which is kept here."
    return ""
