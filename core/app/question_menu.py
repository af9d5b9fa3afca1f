"""What moderators can do to a question, by its menu, and its state in a word (SPEC 4.3)."""

from __future__ import annotations

from core.app.asked import Queue
from core.app.unit_of_work import UnitOfWork
from core.domain.ids import SessionId
from core.domain.people import Person, shown_name
from core.domain.question_rules import QuestionRules
from core.domain.questions import OPEN, Question, called
from core.domain.view import Button, Option, Select, Style, action


def next_button(session: SessionId, queue: Queue | None, style: Style = "plain", but: str = "") -> Button:
    """Names the one that waits longest now, so that pressing twice takes one."""
    waiting = [it.id for it in (queue.pending if queue else ()) if it.id != but]
    return Button("Take next", action("qnext", session, *waiting[:1]), style)


def waits_for_board(question: Question, work: UnitOfWork) -> bool:
    """For a moderator to let it through."""
    rules = work.get(QuestionRules, question.session)
    waits = question.for_all and not question.public and question.state in OPEN
    return waits and rules is not None and rules.mode == "public"


def close_to(question: Question, work: UnitOfWork) -> Question | None:
    """What it was found close to, while merging it there makes sense: an answer given meanwhile is no reason not to."""
    other = work.get(Question, question.suggested) if question.state in OPEN and question.suggested else None
    return other if other is not None and other.state in (*OPEN, "resolved") else None


def more_of(question: Question, work: UnitOfWork) -> Select:
    """Everything else that can be done to it; the menu holds what its state allows."""
    every: list[tuple[str, str]] = []
    if question.state in OPEN:
        every += [("Assign to…", "assign"), ("Merge into…", "merge")]
        if (close := close_to(question, work)) is not None:
            every.append((f"Not the same as {called(close)}", "notsame"))
        if question.state == "claimed":
            every.insert(0, ("Read", "read"))
            every.append(("Send back to pending", "back"))
        every.append(("Unpin", "unpin") if question.pinned else ("Pin to the top", "pin"))
        every.append(("Decline…", "decline"))
        if waits_for_board(question, work):
            every.append(("Put on the board", "approve"))
    elif question.state == "merged":
        every += [("Read", "read"), ("Undo the merge", "unmerge")]
    else:
        every += [("Read", "read"), ("Reopen", "reopen")]
    if question.state != "merged":
        every.append(("Change what is published", "publish") if question.published_at else ("Publish…", "publish"))
    if question.published_at is not None:
        every.append(("Unpublish", "unpublish"))
    if question.public and question.state in OPEN:
        every.append(("Off stage", "offstage") if question.live else ("On stage now", "live"))
        every += [("Answered live", "spoken"), ("Take off the board", "takeoff")]
    if question.for_all and question.state != "merged":
        every.append(("Label…", "label"))
    every.append(("Block the asker", "block"))
    return Select("More", action("qmore", question.id), tuple(Option(label, value) for label, value in every))


def stands(question: Question, work: UnitOfWork) -> str:
    """Its state in a word, for moderators."""
    if question.state == "claimed":
        owner = work.get(Person, question.owner) if question.owner is not None else None
        return f"claimed by {shown_name(owner) if owner else 'somebody'}"
    return "answered" if question.state == "resolved" else question.state
