"""Questions on private pages: the list at the desk, one conversation, and one's own questions (SPEC 4.3, 4.11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from core.app.asked import Queue, Queued
from core.app.authorize import authorize_with_consent
from core.app.commands import ListQuestions, OfSession, ReadQuestion, ShowQuestions
from core.app.derived import Likes
from core.app.followed import head_of
from core.app.handle.find import meant_or_past, member_of, past_needs, session_or_past
from core.app.handle.people import known_person
from core.app.handle.questions.known import at_desk, desk_needs, moderated, name_of, question_needs, rules_of
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.question_menu import more_of, next_button, stands
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import SessionId, subject
from core.domain.people import Account, Person
from core.domain.question_rules import QuestionRules
from core.domain.questions import OPEN, Line, Question, asked, called, opening
from core.domain.sessions import Session, chatting
from core.domain.surfaces import Place, Surface, usable
from core.domain.text import Doc, When, doc, one_line, plain, shorten, weight
from core.domain.view import (
    AnyButton,
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Heading,
    JumpButton,
    Note,
    OnlyPerson,
    Option,
    Part,
    Select,
    Words,
    action,
)

Item = TypeVar("Item")
PAGE = 10
LISTED = 120
"""Characters of a question in a list."""
READ, OWN = 8, 5
"""Lines of a conversation a page, and one's own questions; fewer where they are long."""
WEIGHT = 3_000
"""Of a page: Discord shows 4,000 characters, signs escaped, and nothing of a line is left out."""
LINE = 350
"""Characters of an answer beside the way to the whole of it."""


# -- at the desk ----------------------------------------------------------------------------------------------------


def list_needs(command: ListQuestions, work: UnitOfWork) -> Iterable[Key]:
    yield from desk_needs(command, work)
    for session in meant_or_past(command, work):
        queue = work.peek(Queue, session)
        for entry in queue.open[command.page * PAGE : (command.page + 1) * PAGE] if queue else ():
            yield key(Question, entry.id)
            yield key(Line, question=entry.id)
            if question := work.peek(Question, entry.id):
                yield key(Person, question.person)
            if entry.owner is not None:
                yield key(Person, entry.owner)


def list_questions(command: ListQuestions, work: UnitOfWork, moment: Moment) -> Outcome:
    """What waits, oldest first; then what is claimed, by whom and how long."""
    session, person = at_desk(command, work, moment)
    queue = work.get(Queue, session.id)
    every = queue.open if queue else ()
    page = command.page if command.page * PAGE < len(every) else 0
    shown = every[page * PAGE : (page + 1) * PAGE]
    parts: list[Part] = [Heading(f"Questions of “{session.name}”")]
    if not every:
        parts.append(Words("No questions wait. They come here the moment somebody asks."))
    waits = len(queue.pending) if queue else 0
    parts.append(Note(f"{waits} pending, oldest first; then {len(every) - waits} claimed."))
    if shown:
        parts.append(Choices(tuple(_row(entry, work) for entry in shown)))
    buttons: list[AnyButton] = []
    if waits:
        buttons.append(next_button(session.id, queue, "primary"))
    if (page + 1) * PAGE < len(every):
        buttons.append(Button("Show more", action("qlist", session.id, str(page + 1))))
    elif page:
        buttons.append(Button("Show the first", action("qlist", session.id)))
    if any(entry.owner == person for entry in every):
        buttons.append(Button("Hand over mine", action("qhandover", session.id)))
    if buttons:
        parts.append(Buttons(tuple(buttons)))
    return Outcome(Card(OnlyPerson(person), tuple(parts)), kept=False)


def _row(entry: Queued, work: UnitOfWork) -> Choice:
    question = work.get(Question, entry.id)
    asker = name_of(question.person, work) if question else "somebody"
    words = opening(work.all(Line, question=entry.id), LISTED)
    stands = f"claimed by {name_of(entry.owner, work)}" if entry.owner else "pending"
    pinned = "pinned, " if entry.pinned else ""
    button = Button("Read", action("qread", entry.id), spoken=f"Read Q{entry.number}")
    return Choice(f"Q{entry.number}", f"{asker}: {words}", button, f"{pinned}{stands}")


# -- one conversation -------------------------------------------------------------------------------------------------


def read_needs(command: ReadQuestion, work: UnitOfWork) -> Iterable[Key]:
    yield from question_needs(command, work)
    question = work.peek(Question, command.question)
    if question is not None and question.suggested is not None:
        yield key(Question, question.suggested)
    for line in work.peek_all(Line, question=command.question):
        yield key(Person, line.person)
        yield key(Likes, subject("qline", line.id))


def read_question(command: ReadQuestion, work: UnitOfWork, moment: Moment) -> Outcome:
    """All of it, notes of moderators too; reading does not claim."""
    question, session, person = moderated(command, work, moment)
    lines = sorted(work.all(Line, question=question.id), key=lambda it: (it.at, it.id))
    pages = list(_pages(lines, lambda it: weight(plain(it.body)), READ))
    last = len(pages) - 1
    page = min(command.page, last)
    shown = pages[page]
    parts: list[Part] = [
        Heading(f"{called(question)} · {name_of(question.person, work)}"),
        Note(doc(f"{stands(question, work)} · asked ", When(question.asked_at))),
    ]
    parts += [Words(_told(line, session, work)) for line in shown]
    standing = [it for it in shown if not it.deleted]
    if standing:
        options = tuple(Option(shorten(_label(it, work), 75), it.id) for it in standing)
        parts.append(Select("Delete a line", action("qdelete", question.id), options))
    buttons: list[AnyButton] = []
    if question.state in OPEN:
        buttons.append(Button("Reply", action("qreply", question.id), "primary"))
    if page < last:
        buttons.append(Button("Show newer", action("qread", question.id, str(page + 1))))
    elif page:
        buttons.append(Button("Show the first", action("qread", question.id, "0")))
    if buttons:
        parts.append(Buttons(tuple(buttons)))
    parts.append(more_of(question, work))
    return Outcome(Card(OnlyPerson(person), tuple(parts)), kept=False)


def _told(line: Line, session: Session, work: UnitOfWork) -> Doc:
    who = name_of(line.person, work)
    voice = {"asker": who, "moderator": f"{who} as {session.name}", "note": f"Note by {who}"}[line.by]
    if line.deleted:
        return doc(When(line.at), f" {voice}: This message has been deleted.")
    likes = work.get(Likes, subject("qline", line.id))
    number = sum(count for _, count in likes.places) if likes else 0
    liked = f" ({number} {'like' if number == 1 else 'likes'})" if number else ""
    return doc(When(line.at), f" {voice}: {plain(line.body)}{liked}")


def _pages(every: Sequence[Item], size: Callable[[Item], int], most: int) -> Iterator[list[Item]]:
    """In order, as many a page as there is room for; one page at least."""
    taken: list[Item] = []
    room = WEIGHT
    for one in every:
        if taken and (size(one) > room or len(taken) == most):
            yield taken
            taken, room = [], WEIGHT
        taken.append(one)
        room -= size(one)
    yield taken


def _label(line: Line, work: UnitOfWork) -> str:
    return f"{name_of(line.person, work)}: {one_line(plain(line.body))}"


# -- one's own --------------------------------------------------------------------------------------------------------


def mine_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from past_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for session in meant_or_past(command, work):
        yield key(QuestionRules, session)
        yield key(Place, session=session)
        if account:
            yield from own_needs(session, account.person, work)


def own_needs(session: SessionId, person: object, work: UnitOfWork) -> Iterable[Key]:
    yield key(Question, session=session, person=person)
    for question in work.peek_all(Question, session=session, person=person):
        yield key(Line, question=question.id)
        yield key(Place, question.place)
        yield key(Surface, subject=subject("receipt", question.id))
        if question.merged_into is not None:
            yield key(Question, question.merged_into)
            yield key(Line, question=question.merged_into)


def show_questions(command: ShowQuestions, work: UnitOfWork, moment: Moment) -> Outcome:
    """One's own, newest first, each with the way to its conversation; the newest answer stands here too."""
    session = session_or_past(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "ask questions")
    person = known_person(command, work, moment)
    rules = rules_of(session.id, work)
    mine = sorted(work.all(Question, session=session.id, person=person.id), key=lambda it: -it.number)
    pages = list(_pages([own_parts(it, work) for it in mine], _weight, OWN))
    page = command.page if command.page < len(pages) else 0
    parts: list[Part] = [Heading(f"Your questions in “{session.name}”")]
    parts += [part for own in pages[page] for part in own]
    if not mine:
        readers = "Everybody reads" if rules.mode == "public" else "Only moderators read"
        parts.append(Words(f"You have asked nothing yet. {readers} what you ask."))
    buttons: list[AnyButton] = []
    if rules.mode != "off" and chatting(session):
        buttons.append(Button("Ask a question", action("ask", session.id), "primary"))
    if rules.mode == "public":
        buttons.append(Button("All questions", action("qboard", session.id)))
    if page + 1 < len(pages):
        buttons.append(Button("Show older", action("questions", session.id, str(page + 1))))
    elif page:
        buttons.append(Button("Show the newest", action("questions", session.id)))
    if buttons:
        parts.append(Buttons(tuple(buttons)))
    return Outcome(Card(OnlyPerson(person.id), tuple(parts)), kept=False)


def own_parts(question: Question, work: UnitOfWork) -> tuple[Part, ...]:
    """What was asked, where it stands, what was answered, and the way to it; all of the answer where there is none."""
    lines = work.all(Line, question=question.id)
    head = head_of(question, work)
    answered = [*lines, *(work.all(Line, question=head.id) if head is not question else ())]
    said = sorted((it for it in answered if it.by == "moderator" and not it.deleted), key=lambda it: it.at)
    words = shorten(one_line(plain(asked(lines)[-1].body)), LISTED) if asked(lines) else "You took this back."
    parts: list[Part] = [Words(f"{called(question)} · {own_state(question, head)}: {words}")]
    place = work.get(Place, question.place)
    there = place is not None and place.ref is not None and usable(place)
    if said:
        answer = plain(said[-1].body)
        parts.append(Words(f"Answer: {shorten(answer, LINE) if there else answer}"))
    if place is not None and place.ref and there:
        head_ref = _head_ref(question, place, work)
        parts.append(Buttons((JumpButton(f"Open {called(question)}", place.ref, head_ref, place.kind == "dm"),)))
    return tuple(parts)


def _weight(parts: tuple[Part, ...]) -> int:
    return sum(weight(plain(it.text)) for it in parts if isinstance(it, Words))


def _head_ref(question: Question, place: Place, work: UnitOfWork) -> str:
    posts = work.all(Surface, subject=subject("receipt", question.id))
    return next((it.ref for it in posts if it.place == place.id and it.ref and not it.gone), "") or ""


def own_state(question: Question, head: Question | None = None) -> str:
    """In the asker's words."""
    match question.state:
        case "pending":
            return "received" if question.answered_at is None else "waiting again"
        case "claimed":
            return "being answered"
        case "resolved":
            told = "answered live" if question.spoken else "answered"
            return f"{told} and published" if question.published_at is not None else told
        case "declined":
            return f"declined: {question.reason}" if question.reason else "declined"
        case _:
            if head is None or head.state == "merged":
                return "merged with another question"
            return f"merged with {called(head)}, {own_state(head)}"
