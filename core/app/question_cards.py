"""A question as it is seen: its card at the desks, the asker's receipt, and the lines that go to the asker (SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.asked_about import about_needs, about_words
from core.app.followed import followers
from core.app.question_menu import close_to, more_of, stands, waits_for_board
from core.app.receipts import receipt
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import MINUTE, Instant, LineId, PersonId, QuestionId
from core.domain.people import Account, Member, Person, shown_name
from core.domain.question_rules import QuestionRules
from core.domain.questions import OPEN, Line, Question, answers, asked, called, opening
from core.domain.sessions import Session, Venue
from core.domain.surfaces import Place, Surface
from core.domain.text import Called, Quoted, When, doc, one_line, plain, shorten
from core.domain.view import (
    Button,
    Buttons,
    Card,
    Heading,
    Moderators,
    Note,
    OnlyPerson,
    Part,
    Words,
    action,
)

FIRST = 280
"""Characters of the first lines on a card; the whole is under Read."""
QUOTED = 100


def needs(surface: Surface, work: UnitOfWork) -> Iterable[Key]:
    what, _, ident = surface.subject.partition(":")
    yield key(Place, surface.place)
    if what == "qline":
        yield key(Line, LineId(ident))
        line = work.peek(Line, LineId(ident))
        if line is None:
            return
        yield key(Person, line.person)
        here = work.peek(Place, surface.place)
        if here is not None and here.person is not None:  # it may have been merged only for a while
            yield key(Person, here.person)
        ident = line.question
    ident = ident.partition(":")[0]
    yield from _question_needs(QuestionId(ident), work)


def _question_needs(ident: QuestionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Question, ident)
    question = work.peek(Question, ident)
    if question is None:
        return
    yield key(Session, question.session)
    yield key(QuestionRules, question.session)
    yield key(Line, question=ident)
    yield key(Question, merged_into=ident)
    if question.merged_into is not None:
        yield key(Question, question.merged_into)
    yield key(Venue, question.venue)
    yield key(Account, question.account)
    yield key(Member, question.session, question.person)
    for person in (question.person, question.owner, question.closed_by):
        if person is not None:
            yield key(Person, person)
    if question.suggested is not None:
        yield key(Question, question.suggested)
        yield key(Line, question=question.suggested)
    for merged in work.peek_all(Question, merged_into=ident):
        yield key(Line, question=merged.id)
        yield key(Person, merged.person)
    if question.about is not None:
        yield from about_needs(question.about, work)


def content(surface: Surface, work: UnitOfWork) -> Card | None:
    what, _, ident = surface.subject.partition(":")
    here = work.get(Place, surface.place)
    if here is None:
        return None
    if what == "qline":
        return _line(LineId(ident), here, work)
    ident, _, sent = ident.partition(":")
    question = work.get(Question, QuestionId(ident))
    session = work.get(Session, question.session) if question else None
    if question is None or session is None:
        return None
    match what:
        case "question":
            return desk_card(question, session, work)
        case "receipt":
            return receipt(question, session, here, work)
        case _:
            return Card(Moderators(session.id), (Words(_beside(question, bool(sent), work)),))


def _beside(question: Question, sent: bool, work: UnitOfWork) -> str:
    """What is said under a moderator's line in the thread of a card: that it went out, or that it did not."""
    name = _name(question.person, work)
    if sent:
        return f"Sent to {name}. Delete your line to recall it."
    rules = work.get(QuestionRules, question.session)
    if rules is not None and rules.sends:
        return f"Kept among moderators. Lines of who has {called(question)} go to {name}, but for those with -- first."
    return f"Talk here stays among moderators. Reply sends to {name}."


# -- at the desks -----------------------------------------------------------------------------------------------------


def desk_card(question: Question, session: Session, work: UnitOfWork) -> Card:
    """Pending and claimed with buttons; what is closed shrinks to one line and a menu (UX 1.5)."""
    parts = _open(question, work) if question.state in OPEN else (Words(_closed(question, work)),)
    return Card(Moderators(session.id), (*parts, more_of(question, work)))


def _open(question: Question, work: UnitOfWork) -> tuple[Part, ...]:
    lines = work.all(Line, question=question.id)
    asker, venue = _name(question.person, work), work.get(Venue, question.venue)
    where = f" ({venue.platform.capitalize()})" if venue else ""
    pinned = " · pinned" if question.pinned else ""
    parts: list[Part] = [
        Heading(
            doc(f"{called(question)} · {asker}{where} · ", When(question.asked_at), f" · {stands(question, work)}")
        ),
        Words((Quoted(doc(_first(lines))),)),
    ]
    notes = [it for it in (_facts(question, lines, work), pinned.removeprefix(" · ")) if it]
    if question.about is not None and (about := about_words(question.about, work)):
        parts.append(Note(f"About: {about}"))
    if notes:
        parts.append(Note(" · ".join(notes)))
    third = Button("Read", action("qread", question.id))
    if question.state == "claimed":
        third = Button("Answered", action("qdo", question.id, "resolve"))
    buttons = [Button("Reply", action("qreply", question.id), "primary"), third]
    waits = waits_for_board(question, work)
    if waits:
        parts.append(Note("Not on the board yet: only moderators and its asker read it."))
        buttons.append(Button("Let through", action("qdo", question.id, "approve")))
    if (other := close_to(question, work)) is not None:
        words = opening(work.all(Line, question=other.id), QUOTED)
        done = " (answered)" if other.state == "resolved" else ""
        parts.append(Note(f"Close to {called(other)}{done}: {words}"))
        if not waits:  # three buttons are enough; the menu merges too
            buttons.append(Button(f"Merge with {called(other)}", action("qmergewith", question.id, other.id)))
    return (*parts, Buttons(tuple(buttons)))


def _first(lines: Iterable[Line]) -> str:
    """What the asker wrote, beginning with what is not answered yet."""
    every = list(lines)
    last = max((it.at for it in answers(every)), default=Instant(0))
    mine = asked(every)
    fresh = [it for it in mine if it.at > last] or mine
    words = "\n".join(one_line(plain(it.body)) for it in fresh)
    return shorten(words, FIRST) or "This question was taken back."


def _facts(question: Question, lines: list[Line], work: UnitOfWork) -> str:
    told = []
    asker = work.get(Member, question.session, question.person)
    if asker is not None and asker.blocked:
        told.append("its asker is blocked")
    if number := len(answers(lines)):
        told.append(f"{number} {'answer' if number == 1 else 'answers'} so far")
    if merged := [called(it) for it in followers(question.id, work)]:
        told.append(f"with {', '.join(merged)} merged into it")
    if question.late:
        told.append("asked outside the hours")
    if question.published_at is not None:
        told.append("published")
    if question.public:
        told.append("on stage now" if question.live else "on the board")
    if question.label:
        told.append(f"label: {question.label}")
    return " · ".join(told)


def _closed(question: Question, work: UnitOfWork) -> str:
    by, name = _name(question.closed_by, work), called(question)
    match question.state:
        case "resolved":
            how = "answered live" if question.spoken else "answered"
            took = _took((question.answered_at or question.closed_at or question.asked_at) - question.asked_at)
            published = " · published" if question.published_at is not None else ""
            return f"{name} {how} by {by} in {took}{published}"
        case "declined":
            return f"{name} declined by {by}" + (f": {question.reason}" if question.reason else "")
        case _:
            other = work.get(Question, question.merged_into) if question.merged_into else None
            return f"{name} merged into {called(other) if other else 'another question'} by {by}"


def _took(wait: int) -> str:
    minutes = max(0, wait) // MINUTE
    return "under a minute" if minutes == 0 else f"{minutes:,} min"


# -- for the asker ----------------------------------------------------------------------------------------------------


def _line(ident: LineId, here: Place, work: UnitOfWork) -> Card | None:
    """What goes to the asker; a question that was asked by a form is shown as they typed it."""
    line = work.get(Line, ident)
    session = work.get(Session, line.session) if line else None
    if line is None or session is None or line.deleted or line.by == "note" or here.person is None:
        return None
    head = f"Answering as {session.name}" if line.by == "moderator" else "You asked"
    asker = work.get(Person, here.person)
    if line.by == "asker" or here.kind != "question" or here.account is None or asker is None or not asker.toasts:
        return Card(OnlyPerson(here.person), (Heading(head), Words(line.body)))
    # A thread notifies only of mentions; in direct messages every post does (SPEC 6.3).
    told = Note(doc("For ", Called(here.account, shown_name(asker))))
    return Card(OnlyPerson(here.person), (Heading(head), Words(line.body), told))


def _name(person: PersonId | None, work: UnitOfWork) -> str:
    known = work.get(Person, person) if person is not None else None
    return shown_name(known) if known else "somebody"
