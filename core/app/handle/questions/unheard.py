"""A line in a private thread that is not taken in: its writer reads why right there, for nothing else answers lines."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.handle.questions.told import left_out
from core.app.handle.showing import notice_needs, tell
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.ids import subject
from core.domain.notices import Notice
from core.domain.questions import Question
from core.domain.sessions import Session, over
from core.domain.surfaces import Place
from core.domain.text import doc


def unheard_needs(place: Place, ref: str) -> Iterable[Key]:
    yield from notice_needs(_always(place))
    yield from notice_needs(_this(place, ref))


def unheard(question: Question, place: Place, ref: str, sentence: str, work: UnitOfWork, moment: Moment) -> None:
    """What holds for every line is said once a thread."""
    session = work.get(Session, question.session)
    same = left_out(question, work) or session is None or over(session)
    ident = _always(place) if same else _this(place, ref)
    if work.get(Notice, ident) is None:
        work.put(Notice(ident, question.session, moment.now, doc(sentence)))
        tell(subject("note", ident), place, work, moment, urgency=3)


def _always(place: Place) -> str:
    return f"unheard.{place.id}"


def _this(place: Place, ref: str) -> str:
    return f"unheard.{place.id}.{ref}"
