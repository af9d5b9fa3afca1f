"""A question with its answer in the feed, anonymous unless its asker agreed to be named (SPEC 4.6, 4.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize_with_consent
from core.app.commands import ReadAnswer, SubmitQuestionForm
from core.app.handle.feed_room import item_needs, put
from core.app.handle.find import actor_needs, member_of
from core.app.handle.people import known_person
from core.app.handle.questions.known import name_of
from core.app.handle.questions.told import changed
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.published import answer_needs, asker_of
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Invalid, Pick, first
from core.domain.ids import Instant, PersonId, QuestionId
from core.domain.people import Account, Member
from core.domain.questions import ANSWER_LIMIT, QUESTION_LIMIT, Line, Question, answers, called, opening
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.text import Styled, as_doc, clean, one_line, plain
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Words, action


def publish_needs(ident: QuestionId, work: UnitOfWork) -> Iterable[Key]:
    question = work.peek(Question, ident)
    if question is not None:
        yield from item_needs(question.session, "answer", ident)


def publish(
    question: Question, session: Session, by: PersonId, wording: str, answer: str, work: UnitOfWork, moment: Moment, *,
    shows_name: bool,
) -> Question:  # fmt: skip
    """In every feed from now on; published again it is changed where it stands. Empty words are those of the lines."""
    if question.state == "merged":
        raise Refused(f"{called(question)} was merged into another question. Publish that one.")
    lines = work.all(Line, question=question.id)
    said = answer or (plain(answers(lines)[-1].body) if answers(lines) else "")
    if not said:
        raise Refused(f"{called(question)} has no answer yet. Answer it first, then publish it.")
    after = replace(
        question,
        wording=wording or question.wording or opening(lines),
        answer=said,
        published_at=question.published_at or Instant(moment.now),
        shows_name=shows_name and question.named,
    )
    changed(question, after, work)
    put(session.id, "answer", question.id, work, moment)
    return after


def unpublish(question: Question, work: UnitOfWork, moment: Moment) -> Question:
    """Out of every feed; the wording is kept for another time, the answer is then that of the lines again."""
    if question.published_at is None:
        raise Refused(f"{called(question)} is not published.")
    after = replace(question, published_at=None, feed_at=None, answer="", shows_name=False)
    changed(question, after, work)
    put(question.session, "answer", question.id, work, moment)
    return after


# -- the form ---------------------------------------------------------------------------------------------------------


def refuse_unanswered(question: Question, work: UnitOfWork) -> None:
    """Raises Refused; what was answered aloud is written down in the form."""
    if not (answers(work.all(Line, question=question.id)) or question.spoken or question.published_at is not None):
        raise Refused(f"{called(question)} has no answer yet. Answer it first, then publish it.")


def publish_form(
    question: Question, session: Session, person: PersonId, work: UnitOfWork
) -> tuple[str, str, tuple[Field, ...]]:
    """Asks first and offers to show nobody's name, which is the default (SPEC 4.6)."""
    lines = work.all(Line, question=question.id)
    said = plain(answers(lines)[-1].body) if answers(lines) else ""
    asker = [Pick("Anonymous", "anonymous")]
    if question.named:
        asker.append(Pick(f"{name_of(question.person, work)}, who agreed to it", "name"))
    fields = (
        Field("wording", "Question", "paragraph", value=(question.wording or opening(lines),), longest=QUESTION_LIMIT),
        Field("answer", "Answer", "paragraph", value=(question.answer or said,), longest=ANSWER_LIMIT),
        Field(
            "asker", "Show the asker as", "choice", value=("name" if question.shows_name else "anonymous",),
            picks=tuple(asker),
        ),
    )  # fmt: skip
    return f"Publish {called(question)}", "Publish", fields


def submit_published(
    question: Question, session: Session, by: PersonId, command: SubmitQuestionForm, work: UnitOfWork, moment: Moment
) -> str:
    wording = one_line(clean(first(command.values, "wording")))
    said = clean(first(command.values, "answer")).strip()
    errors = {}
    if not 1 <= len(wording) <= QUESTION_LIMIT:
        errors["wording"] = f"Write the question in 1 to {QUESTION_LIMIT} characters."
    if not 1 <= len(said) <= ANSWER_LIMIT:
        errors["answer"] = f"Write the answer in 1 to {ANSWER_LIMIT:,} characters."
    if errors:
        raise Invalid(errors)
    named = first(command.values, "asker") == "name"
    after = publish(question, session, by, wording, said, work, moment, shows_name=named)
    shown = name_of(question.person, work) if after.shows_name else "Anonymous"
    return f"{called(question)} is in the feed. The asker is shown as {shown}."


# -- all of it, for everybody -----------------------------------------------------------------------------------------


def answer_page_needs(command: ReadAnswer, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield from answer_needs(command.question, work)
    question, account = work.peek(Question, command.question), work.peek(Account, command.actor.account)
    if question is not None:
        yield key(Session, question.session)
        if account is not None:
            yield key(Member, question.session, account.person)


def read_answer(command: ReadAnswer, work: UnitOfWork, moment: Moment) -> Outcome:
    """As a moderator published it; of what is not published nobody learns that it is there."""
    question = work.get(Question, command.question)
    session = work.get(Session, question.session) if question else None
    if question is None or session is None or question.published_at is None:
        raise Refused("This is not in the feed any more. Open the feed again to see what is.")
    authorize_with_consent(command.actor, session, member_of(command, session, work), "see shared results")
    person = known_person(command, work, moment)
    parts = (
        Heading(f"Answered in “{session.name}”"),
        Words((Styled("bold", as_doc(question.wording)),)),
        Words(question.answer),
        Note(f"asked by {asker_of(question, session, work)}"),
        Buttons((Button("Feed", action("feed", session.id)),)),
    )
    return Outcome(Card(OnlyPerson(person.id), parts))
