"""What a moderator is told of a question that they have: it was assigned, it waits, it went back (SPEC 4.5).

By direct message; at the desks who takes none, where it names them.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.app.question_cards import QUOTED
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import LineId, PersonId, QuestionId
from core.domain.people import Person, shown_name
from core.domain.questions import Line, Question, called, opening
from core.domain.surfaces import Place, Surface
from core.domain.text import plain
from core.domain.view import Button, Buttons, Card, Heading, Moderators, Note, OnlyPerson, Words, action


def needs(surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    what, ident, extra, person = _parts(surface)
    yield key(Place, surface.place)
    yield key(Question, QuestionId(ident))
    yield key(Line, question=QuestionId(ident))
    yield key(Person, PersonId(person))
    if what == "assigned":
        yield key(Line, LineId(extra))
        line = work.peek(Line, LineId(extra))
        if line is not None:
            yield key(Person, line.person)


def content(surface: Surface, work: UnitOfWork) -> Card | None:
    """Nothing once it is about a claim of before; what went back stays true."""
    what, ident, extra, person = _parts(surface)
    here, question = work.get(Place, surface.place), work.get(Question, QuestionId(ident))
    if here is None or question is None or (here.kind != "queue" and here.person != person):
        return None
    if what != "returned" and question.owner != person:
        return None
    if what == "warned" and str(question.claimed_at) != extra:
        return None
    mine = here.kind != "queue"
    name, told, buttons = called(question), "", [Button("Reply", action("qreply", question.id), "primary")]
    who = _name(person, work)
    match what:
        case "assigned":
            head = f"{name} is yours to answer" if mine else f"{name} is {who}'s to answer"
            told = _assigned(work.get(Line, LineId(extra)), work)
            buttons.append(Button("Read", action("qread", question.id)))
        case "warned":
            head = f"{name} waits for you" if mine else f"{name} waits for {who}"
            told = f"{'You' if mine else who} took it {WAITED} ago and it has no answer. "
            told += "In 5 minutes it waits for any moderator again."
            buttons.append(Button("Send back", action("qdo", question.id, "back")))
        case _:
            head = f"{name} waits for any moderator again"
            told = f"{'You' if mine else who} had it for a while and it got no answer. What was typed is kept."
            buttons.append(Button("Read", action("qread", question.id)))
    words = opening(work.all(Line, question=question.id), QUOTED)
    audience = OnlyPerson(PersonId(person)) if mine else Moderators(question.session)
    return Card(audience, (Heading(head), Note(words), Words(told), Buttons(tuple(buttons))))


WAITED = "10 minutes"


def _assigned(line: Line | None, work: UnitOfWork) -> str:
    if line is None or line.deleted:
        return "Another moderator assigned it."
    return f"Note by {_name(line.person, work)}: {plain(line.body)}"


def _parts(surface: Surface) -> tuple[str, str, str, str]:
    """(what, the question, the line or the time of the claim, whose it is or was)."""
    what, ident, extra, person = (*surface.subject.split(":"), "", "", "")[:4]
    return what, ident, extra, person


def _name(person: str, work: UnitOfWork) -> str:
    known = work.get(Person, PersonId(person))
    return shown_name(known) if known else "a moderator"
