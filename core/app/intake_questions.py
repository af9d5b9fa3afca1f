"""What the buttons, menus and forms of questions mean; part of the one table in :mod:`core.app.intake`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.app import commands as c
from core.app.commands.questions import Deed, Sheet
from core.domain.form import Values
from core.domain.ids import LineId, QuestionId, SessionId
from core.domain.question_order import ALL_LABELS, SORTS, Sort

if TYPE_CHECKING:
    from core.app.intake import Envelope

Arguments = tuple[str, ...]
Picked = tuple[str, ...]
DEEDS: Mapping[str, Deed] = {
    "resolve": "resolve",
    "back": "send back",
    "reopen": "reopen",
    "pin": "pin",
    "unpin": "unpin",
    "unpublish": "unpublish",
    "unmerge": "unmerge",
    "approve": "approve",
    "takeoff": "take off",
    "live": "live",
    "offstage": "off stage",
    "spoken": "spoken",
}
SHEETS: tuple[Sheet, ...] = ("assign", "merge", "publish", "decline", "label")


def _one(arguments: Arguments) -> QuestionId:
    return QuestionId(arguments[0])


def _session(arguments: Arguments) -> SessionId:
    return SessionId(arguments[0])  # cards always name it; what is cut short is explained


def _page(arguments: Arguments, index: int = 1) -> int:
    typed = arguments[index] if len(arguments) > index else "0"
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else 0


def _sheet(name: str) -> Sheet:
    for sheet in SHEETS:
        if sheet == name:
            return sheet
    raise IndexError(name)


def _sort(arguments: Arguments, index: int = 1) -> Sort:
    wanted = arguments[index] if len(arguments) > index else ""
    return next((it for it in SORTS if it == wanted), "fair")


def _like(arguments: Arguments, index: int) -> QuestionId | None:
    """Names the label of a question, for what somebody typed is in no button; or one that was meant."""
    return QuestionId(arguments[index]) if len(arguments) > index and arguments[index] else None


def _board(envelope: Envelope, arguments: Arguments, picked: Picked) -> c.Command:
    like = _like(picked, 0) if picked else _like(arguments, 3)
    return c.ShowBoard(
        **envelope.fields(), session=_session(arguments), sort=_sort(arguments), page=_page(arguments, 2),
        like=None if like == ALL_LABELS else like,
    )  # fmt: skip


def _upvote(envelope: Envelope, arguments: Arguments, picked: Picked) -> c.Command:
    sort = _sort(arguments, 2) if len(arguments) > 2 else None
    return c.CastUpvote(
        **envelope.fields(), question=_one(arguments), on=arguments[1] == "on", sort=sort, page=_page(arguments, 3),
        like=_like(arguments, 4),
    )  # fmt: skip


def _more(envelope: Envelope, arguments: Arguments, picked: Picked) -> c.Command:
    """What was picked in a question's menu."""
    what, one = picked[0], _one(arguments)
    if what in DEEDS:
        return c.MoveQuestion(**envelope.fields(), question=one, deed=DEEDS[what])
    if what == "notsame":
        return c.MergeQuestion(**envelope.fields(), question=one, into=None)
    if what == "read":
        return c.ReadQuestion(**envelope.fields(), question=one)
    if what == "block":
        return c.BlockAsker(**envelope.fields(), question=one)
    return c.OpenQuestionForm(**envelope.fields(), question=one, sheet=_sheet(what))


def _merge_with(envelope: Envelope, arguments: Arguments, picked: Picked) -> c.Command:
    into = QuestionId(arguments[1]) if arguments[1] != "no" else None
    return c.MergeQuestion(**envelope.fields(), question=_one(arguments), into=into)


QUESTION_BUTTONS: Mapping[str, Callable[[Envelope, Arguments, Picked], c.Command]] = {
    "ask": lambda e, a, p: c.OpenAskForm(**e.fields(), session=_session(a), about="".join(a[1:2])),
    "questions": lambda e, a, p: c.ShowQuestions(**e.fields(), session=_session(a), page=_page(a)),
    "qboard": _board,
    "qlabel": _board,
    "qup": _upvote,
    "qsend": lambda e, a, p: c.SendLine(**e.fields(), kept=a[0], to=p[0] if p else a[1]),
    "qnext": lambda e, a, p: c.TakeNext(**e.fields(), session=_session(a), first=_like(a, 1)),
    "qlist": lambda e, a, p: c.ListQuestions(**e.fields(), session=_session(a), page=_page(a)),
    "qhandover": lambda e, a, p: c.HandOver(**e.fields(), session=_session(a)),
    "qrules": lambda e, a, p: c.OpenQuestionRulesForm(**e.fields(), session=_session(a)),
    "qreply": lambda e, a, p: c.OpenReplyForm(**e.fields(), question=_one(a)),
    "qread": lambda e, a, p: c.ReadQuestion(**e.fields(), question=_one(a), page=_page(a)),
    "qfull": lambda e, a, p: c.ReadAnswer(**e.fields(), question=QuestionId(p[0] if p else a[0])),
    "qdo": lambda e, a, p: c.MoveQuestion(**e.fields(), question=_one(a), deed=DEEDS[a[1]]),
    "qmore": _more,
    "qsheet": lambda e, a, p: c.OpenQuestionForm(**e.fields(), question=_one(a), sheet=_sheet(a[1])),
    "qmergewith": _merge_with,
    "qdelete": lambda e, a, p: c.DeleteQuestionLine(**e.fields(), question=_one(a), line=LineId(p[0])),
    "qblocked": lambda e, a, p: c.BlockAsker(**e.fields(), question=_one(a), sure=True),
}
QUESTION_FORMS: Mapping[str, Callable[[Envelope, Arguments, Values], c.Command]] = {
    "asked": lambda e, a, v: c.AskQuestion(**e.fields(), session=_session(a), about="".join(a[1:2]), values=v),
    "qanswered": lambda e, a, v: c.AnswerQuestion(**e.fields(), question=_one(a), values=v),
    "qsheeted": lambda e, a, v: c.SubmitQuestionForm(**e.fields(), question=_one(a), sheet=_sheet(a[1]), values=v),
    "qhanded": lambda e, a, v: c.HandOver(**e.fields(), session=_session(a), values=v),
    "qruled": lambda e, a, v: c.ChangeQuestionRules(**e.fields(), session=_session(a), values=v),
}
QUESTION_OPENS: Mapping[str, str] = {
    "asked": "ask",
    "qanswered": "qreply",
    "qsheeted": "qsheet",
    "qhanded": "qhandover",
    "qruled": "qrules",
}
QUESTION_RESUMED = frozenset({"asked", "qanswered", "qsheeted"})
