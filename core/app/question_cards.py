"""A question as it is seen: its card at the desks, the asker's receipt, and the lines that go to the asker (SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app import standing
from core.app.question_menu import more_of, stands, waits_for_board
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import MINUTE, Instant, InteractionId, LineId, PersonId, QuestionId, SubjectId
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction
from core.domain.people import Account, Member, Person, shown_name
from core.domain.public_questions import who_reads
from core.domain.question_rules import QuestionRules, away
from core.domain.questions import OPEN, Line, Question, answers, asked, called, opening
from core.domain.sessions import Session, Venue
from core.domain.surfaces import Place, Surface, usable
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
    yield key(Venue, question.venue)
    yield key(Account, question.account)
    yield key(Member, question.session, question.person)
    for person in (question.person, question.owner, question.closed_by):
        if person is not None:
            yield key(Person, person)
    for other in (question.merged_into, question.suggested):
        if other is not None:
            yield key(Question, other)
            yield key(Line, question=other)
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
            return _receipt(question, session, here, work)
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
    other = work.get(Question, question.suggested) if question.suggested else None
    waits = waits_for_board(question, work)
    if waits:
        parts.append(Note("Not on the board yet: only moderators and its asker read it."))
        buttons.append(Button("Let through", action("qdo", question.id, "approve")))
    if other is not None and other.state in OPEN:
        words = opening(work.all(Line, question=other.id), QUOTED)
        parts.append(Note(f"Close to {called(other)}: {words}"))
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
    if merged := [called(it) for it in work.all(Question, merged_into=question.id)]:
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


def _receipt(question: Question, session: Session, here: Place, work: UnitOfWork) -> Card | None:
    """Heads the conversation; what it says follows the question's state (SPEC 4.8)."""
    if here.person != question.person or not usable(here):
        return None
    lines = work.all(Line, question=question.id)
    rules = work.get(QuestionRules, question.session) or QuestionRules(question.session)
    parts: list[Part] = [
        Heading(f"{called(question)} · {asker_state(question, work)}"),
        Words((Quoted(doc(_mine(lines))),)),
        Note(f"Moderators of “{session.name}” answer here. {_write_here(here)}"),
    ]
    if readers := who_reads(question, rules):
        parts.append(Note(readers))
    if question.late and question.state == "pending" and (words := away(rules, session.zone, question.waiting_since)):
        parts.insert(2, Words(words))
    return Card(OnlyPerson(question.person), tuple(parts))


def _write_here(here: Place) -> str:
    if here.kind == "question":
        return "Write on here if you have more to say."
    return "Answer this message if you have more to say."


def _mine(lines: Iterable[Line]) -> str:
    mine = asked(list(lines))
    return shorten(plain(mine[0].body), FIRST + 20) if mine else "You took this question back."


def asker_state(question: Question, work: UnitOfWork) -> str:
    match question.state:
        case "pending" if question.answered_at is None:
            return f"received, number {question.line} in line"
        case "pending":
            return "received again"
        case "claimed":
            return "being answered"
        case "resolved":
            told = "answered live, in the session" if question.spoken else "answered"
            return f"{told} and published" if question.published_at is not None else told
        case "declined":
            return f"declined: {question.reason}" if question.reason else "declined"
        case _:
            other = work.get(Question, question.merged_into) if question.merged_into else None
            if other is not None and other.spoken:
                return f"answered live, in the session (as {called(other)})"
            return f"asked by others too ({called(other)}); you get the same answer" if other else "merged"


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


# -- what it is about -------------------------------------------------------------------------------------------------


def about_needs(about: SubjectId, work: UnitOfWork) -> Iterable[Key]:
    yield from standing.held_needs(about, work)
    for message in standing.peeked(about, work):
        yield key(Person, message.person)
    what, _, ident = about.partition(":")
    if what == "interaction":
        yield key(Interaction, InteractionId(ident))


def about_words(about: SubjectId, work: UnitOfWork) -> str:
    """The message that was chosen, in words; empty once it is gone."""
    what, _, ident = about.partition(":")
    if what == "interaction":
        one = work.get(Interaction, InteractionId(ident))
        kind = KINDS[one.kind] if one else None
        return f"{kind.TITLE} “{shorten(kind.title(one.spec), QUOTED)}”" if one and kind else ""
    lines: list[Message] = standing.held(about, work)
    if not lines:
        return ""
    person = work.get(Person, lines[0].person)
    author = "the session" if lines[0].voiced else shown_name(person) if person else "somebody"
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return f"{author}: {shorten(one_line(plain(lines[0].body)), QUOTED)}{more}"


def _name(person: PersonId | None, work: UnitOfWork) -> str:
    known = work.get(Person, person) if person is not None else None
    return shown_name(known) if known else "somebody"
