"""Questions: asked, answered, handed on, published (SPEC 4, 12.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.app.commands.base import Command, OfSession
from core.domain.form import Values
from core.domain.ids import LineId, QuestionId
from core.domain.question_order import Sort as Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAskForm(OfSession):
    """``channel`` and ``ref``: the message it is asked about, as the platform names both; empty: none."""

    text: str = ""
    channel: str = ""
    ref: str = ""
    about: str = ""
    """The subject that it is asked about, as a form carries it that is opened again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion(OfSession):
    values: Values
    about: str = ""
    """The subject that it is asked about, as the form carries it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowQuestions(OfSession):
    """One's own questions and where they stand; in public mode the way to the board besides."""

    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowBoard(OfSession):
    """Public questions, for everybody."""

    sort: Sort = "fair"
    page: int = 0
    like: QuestionId | None = None
    """Only those with the label of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeNext(OfSession):
    """The oldest that waits becomes the moderator's, and the form to answer it opens.

    ``first``: which one that was when the button was drawn, so that a second press opens the same form.
    """

    first: QuestionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuestions(OfSession):
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(OfSession):
    """Every question that one has goes to another moderator, or back to all. ``to`` empty: the form asks."""

    values: Values | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestionRulesForm(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeQuestionRules(OfSession):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class OfQuestion(Command):
    question: QuestionId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReplyForm(OfQuestion):
    """Reply: it becomes the moderator's, and the form opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion(OfQuestion):
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuestion(OfQuestion):
    """The whole conversation; reading does not claim."""

    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnswer(OfQuestion):
    """A published question with all of its answer, for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteQuestionLine(OfQuestion):
    """By a moderator: any line of it; of an answer it is what recalls it."""

    line: LineId


Deed = Literal[
    "resolve", "send back", "reopen", "pin", "unpin", "unpublish", "unmerge",
    "approve", "take off", "live", "off stage", "spoken",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveQuestion(OfQuestion):
    """What one press does to it, without a form."""

    deed: Deed


Sheet = Literal["assign", "merge", "publish", "decline", "label"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestionForm(OfQuestion):
    sheet: Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitQuestionForm(OfQuestion):
    sheet: Sheet
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeQuestion(OfQuestion):
    """As suggested, with one press; ``into`` None: these two are not the same, so it is suggested no more."""

    into: QuestionId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestMerge(OfQuestion):
    """A comparison found an open question close to this one; ``into`` None: it found none."""

    into: QuestionId | None
    alike: float
    """0.0 to 1.0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockAsker(OfQuestion):
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CastUpvote(OfQuestion):
    """``sort``: pressed on the private page, which is shown anew; None: beside the card that everybody reads."""

    on: bool
    sort: Sort | None = None
    page: int = 0
    like: QuestionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLine(Command):
    """A line that had no addressee goes where the person says: ``to`` is a question, or ``new:<session>``."""

    kept: str
    to: str
