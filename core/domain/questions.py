"""A question: a private conversation of one attendee with the moderators, and who of them has it (SPEC 4).

At every instant it has one state, and an owner exactly while it is claimed. What changes it is a function here; each
raises Refused with the sentence for who asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from core.domain.ids import (
    MINUTE,
    AccountId,
    Instant,
    LineId,
    PersonId,
    PlaceId,
    QuestionId,
    SessionId,
    SubjectId,
    VenueId,
    subject,
)
from core.domain.refused import Refused
from core.domain.text import Doc, one_line, plain, shorten

State = Literal["pending", "claimed", "resolved", "declined", "merged"]
OPEN: tuple[State, ...] = ("pending", "claimed")
CLOSED: tuple[State, ...] = ("resolved", "declined", "merged")
By = Literal["asker", "moderator", "note"]
"""``moderator``: in the session's name; ``note``: what moderators said among themselves beside it."""
QUESTION_LIMIT = 300
"""Characters (SPEC 4.2)."""
ANSWER_LIMIT = 1_500
"""Characters of one answer: with its heading it fits a message of every platform."""
REASON_LIMIT = 300
WARN_AFTER = 10 * MINUTE
RETURN_AFTER = 15 * MINUTE
"""A claim without an answer warns its owner, then goes back to pending (SPEC 4.5)."""
ON_DUTY = 15 * MINUTE
"""Who did something within this time is there."""


@dataclass(frozen=True, slots=True)
class Question:
    """``place`` is where the asker has the conversation: a thread of their own, or their direct messages."""

    pk: ClassVar = ("id",)
    id: QuestionId
    session: SessionId
    number: int
    """Counts within the session from 1: what everybody calls it by."""
    person: PersonId
    account: AccountId
    venue: VenueId
    place: PlaceId
    asked_at: Instant
    waiting_since: Instant
    """Since when the asker waits for an answer: the oldest unanswered line."""
    state: State = "pending"
    owner: PersonId | None = None
    claimed_at: Instant | None = None
    answered_at: Instant | None = None
    """When the newest answer went out."""
    closed_at: Instant | None = None
    closed_by: PersonId | None = None
    line: int = 0
    """How many were waiting when it came, itself included; told once (UX: cadence)."""
    late: bool = False
    """Asked outside the moderation hours."""
    named: bool = False
    """The asker agreed to be named should it be published."""
    merged_into: QuestionId | None = None
    """Whose answers its asker gets; that one is not merged itself."""
    joined: QuestionId | None = None
    """What a moderator merged it into; where that was merged on, ``merged_into`` went with it."""
    suggested: QuestionId | None = None
    """An open question that may be the same, as a comparison found; None once a moderator said no."""
    reason: str = ""
    """Why it was declined; kept sealed."""
    pinned: bool = False
    """At the top of the list (SPEC 3.4)."""
    about: SubjectId | None = None
    """The message it was asked about."""
    for_all: bool = False
    """Asked in public mode, for everybody to read. What was asked in private never gets onto the board."""
    public: bool = False
    """On the board: let through by a moderator where that is asked for."""
    live: bool = False
    """On stage now."""
    spoken: bool = False
    """Answered aloud, in the session itself."""
    label: str = ""
    wording: str = ""
    """The question as published; kept sealed."""
    answer: str = ""
    """The answer as published; kept sealed."""
    published_at: Instant | None = None
    shows_name: bool = False
    feed_at: Instant | None = None
    """Its place in the feed, where a moderator gave it one."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a question's conversation. ``body`` is kept sealed."""

    pk: ClassVar = ("id",)
    id: LineId
    question: QuestionId
    session: SessionId
    person: PersonId
    account: AccountId
    by: By
    body: Doc
    at: Instant
    changed_at: Instant
    deleted: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Numbering:
    """The last number that a question of the session got; two at once never get the same."""

    pk: ClassVar = ("session",)
    session: SessionId
    last: int
    version: int = 0


@dataclass(frozen=True, slots=True)
class Duty:
    """When a moderator last did something at the desk."""

    pk: ClassVar = ("session", "person")
    session: SessionId
    person: PersonId
    at: Instant


def called(question: Question) -> str:
    """``Q17``."""
    return f"Q{question.number}"


def card_subject(ident: QuestionId) -> SubjectId:
    """Its card at the desks."""
    return subject("question", ident)


def receipt_subject(ident: QuestionId) -> SubjectId:
    """What the asker reads of where it stands (SPEC 4.8)."""
    return subject("receipt", ident)


def line_subject(ident: LineId) -> SubjectId:
    return subject("qline", ident)


# -- lines ----------------------------------------------------------------------------------------------------------


def asked(lines: Sequence[Line]) -> list[Line]:
    """What the asker wrote and did not take back, oldest first."""
    return _in_order(it for it in lines if it.by == "asker" and not it.deleted)


def answers(lines: Sequence[Line]) -> list[Line]:
    """What went to the asker and stands, oldest first."""
    return _in_order(it for it in lines if it.by == "moderator" and not it.deleted)


def _in_order(lines: Iterable[Line]) -> list[Line]:
    """By their time: rows come in the order of their ids, which says nothing."""
    return sorted(lines, key=lambda it: (it.at, it.id))


def opening(lines: Sequence[Line], most: int = QUESTION_LIMIT) -> str:
    """Its first words on one line: what it is recognised by."""
    mine = asked(lines)
    return shorten(one_line(plain(mine[0].body)), most) if mine else "This question was taken back."


def waits_since(question: Question, lines: Sequence[Line]) -> Instant:
    """The oldest line of the asker that no answer followed; the question's own time where all were answered."""
    last = max((it.at for it in answers(lines)), default=Instant(0))
    return min((it.at for it in asked(lines) if it.at > last), default=question.waiting_since)


# -- states ---------------------------------------------------------------------------------------------------------


def open_(question: Question) -> bool:
    return question.state in OPEN


def unanswered(question: Question) -> bool:
    """Claimed, and nothing went out since: what has got an answer stays with its owner."""
    if question.state != "claimed" or question.claimed_at is None:
        return False
    return question.answered_at is None or question.answered_at < question.claimed_at


def claimed(question: Question, by: PersonId, at: Instant) -> Question:
    """Owned by this moderator from now on; the same object where they have it already.

    Whoever has it keeps it: only handing over or sending back moves it. Raises Refused with the way on.
    """
    if question.state == "claimed" and question.owner == by:
        return question
    if question.state != "pending":
        raise Refused(f"{called(question)} {standing(question)}.")
    return replace(question, state="claimed", owner=by, claimed_at=at)


def handed(question: Question, to: PersonId, at: Instant) -> Question:
    """To another moderator, whoever had it."""
    if not open_(question):
        raise Refused(f"{called(question)} {standing(question)}. Reopen it first.")
    return replace(question, state="claimed", owner=to, claimed_at=at)


def sent_back(question: Question) -> Question:
    """Anybody's again, exactly once."""
    if question.state != "claimed":
        raise Refused(f"{called(question)} {standing(question)}, so there is nothing to send back.")
    return replace(question, state="pending", owner=None, claimed_at=None)


def resolved(question: Question, by: PersonId, at: Instant) -> Question:
    if not open_(question):
        raise Refused(f"{called(question)} {standing(question)}.")
    return replace(
        question, state="resolved", owner=None, claimed_at=None, closed_at=at, closed_by=by, suggested=None, live=False
    )  # fmt: skip


def declined(question: Question, by: PersonId, reason: str, at: Instant) -> Question:
    if not open_(question):
        raise Refused(f"{called(question)} {standing(question)}.")
    return replace(
        question,
        state="declined",
        owner=None,
        claimed_at=None,
        closed_at=at,
        closed_by=by,
        reason=reason,
        suggested=None,
        public=False,
        live=False,
    )


def reopened(question: Question, at: Instant) -> Question:
    """Waiting again: by a moderator, or because the asker wrote on."""
    if question.state not in ("resolved", "declined"):
        raise Refused(f"{called(question)} {standing(question)}.")
    return replace(
        question, state="pending", owner=None, claimed_at=None, closed_at=None, closed_by=None, reason="",
        spoken=False, waiting_since=at,
    )  # fmt: skip


def merged(question: Question, into: Question, chosen: QuestionId, by: PersonId, at: Instant) -> Question:
    """Its asker reads the other one's answers from now on; ``chosen`` may have been merged into that before."""
    if question.id in (into.id, chosen):
        raise Refused("A question cannot be merged into itself. Choose another one.")
    if not open_(question):
        raise Refused(f"{called(question)} {standing(question)}.")
    if into.state in ("merged", "declined"):
        raise Refused(f"{called(into)} {standing(into)}. Choose another one.")
    return replace(
        question, state="merged", merged_into=into.id, joined=chosen, closed_at=at, closed_by=by,
        owner=None, claimed_at=None, suggested=None, live=False,
    )  # fmt: skip


def unmerged(question: Question) -> Question:
    """By itself again. Who had it may be at another one by now, so it is anybody's."""
    if question.state != "merged":
        raise Refused(f"{called(question)} {standing(question)}, so there is nothing to undo.")
    return replace(question, state="pending", merged_into=None, joined=None, closed_at=None, closed_by=None)


def standing(question: Question) -> str:
    """Behind its name, in a sentence about why something cannot be done with it."""
    words: dict[State, str] = {
        "pending": "is waiting for a moderator",
        "claimed": "is being answered",
        "resolved": "is answered already",
        "declined": "was declined",
        "merged": "was merged into another question",
    }
    return words[question.state]
