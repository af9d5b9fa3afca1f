"""Questions that everybody reads: on the board, on stage, answered there (SPEC 12.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from core.domain.ids import AccountId, DeliveryKey, Instant, PersonId, QuestionId, SessionId
from core.domain.question_rules import QuestionRules
from core.domain.questions import Line, Question, called, open_, resolved, standing
from core.domain.refused import Refused
from core.domain.text import one_line, plain


@dataclass(frozen=True, slots=True)
class Upvote:
    """Somebody wants a public question answered; the latest event decides, ties go by the delivery key.

    Kept by account, counted by person (core.app.posted): so linking accounts and merging questions move none of them.
    """

    pk: ClassVar = ("question", "account")
    question: QuestionId
    account: AccountId
    session: SessionId
    on: bool
    at: Instant
    delivery: DeliveryKey


def posed(lines: Sequence[Line]) -> Line | None:
    """The line that everybody reads of a public question: the asker's first. What they add stays between them."""
    return min((it for it in lines if it.by == "asker"), key=lambda it: (it.at, it.id), default=None)


def posted_words(question: Question, lines: Sequence[Line]) -> str:
    """As it stands on the board, on one line: as a moderator worded it, or as it was asked."""
    line = posed(lines)
    if line is None or line.deleted:
        return "This question was taken back."
    return question.wording or one_line(plain(line.body))


def who_reads(question: Question, rules: QuestionRules) -> str:
    """Of a question that was asked for the board, for its asker; empty for all others."""
    if rules.mode != "public" or not question.for_all:
        return ""
    if question.public:
        return "Everybody can read and upvote it."
    return "Everybody can read it once a moderator has let it through." if open_(question) else ""


def answered_live(question: Question, by: PersonId, at: Instant) -> Question:
    """Said aloud in the session, whoever was writing an answer."""
    return replace(resolved(question, by, at), spoken=True)


def let_through(question: Question) -> Question:
    """Onto the board. What was asked in private stays there (SPEC 4.1)."""
    if not question.for_all:
        raise Refused(f"{called(question)} was asked in private, so it does not go onto the board. Publish it instead.")
    if not open_(question):
        raise Refused(f"{called(question)} {standing(question)}.")
    return replace(question, public=True)


def taken_off(question: Question) -> Question:
    """Off the board: it waits to be let through once more."""
    if not question.public:
        raise Refused(f"{called(question)} is not on the board.")
    return replace(question, public=False, live=False)


def on_stage(question: Question) -> Question:
    if not question.public:
        raise Refused(f"{called(question)} is not on the board. Let it through first.")
    if not open_(question):
        raise Refused(f"{called(question)} {standing(question)}. Reopen it first.")
    return replace(question, live=True)
