"""The feed: what was pinned, asked and answered, newest first, as a private page and as a room to read in (SPEC 6)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app import standing
from core.app.authorize import allowed, authorize_with_consent, parts_of
from core.app.commands import OfSession, ShowFeed
from core.app.commands.feeding import Item
from core.app.derived import Counts
from core.app.handle.find import meant_or_past, member_of, past_needs, session_or_past
from core.app.handle.people import known_person
from core.app.handle.seating import venue_here
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.published import IN_ROOM, answer_line, answer_needs, is_cut, published, published_needs
from core.app.sums import sums_needs, sums_words
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import Instant, MessageId, QuestionId, SessionId, SubjectId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.common import counted_words
from core.domain.interactions.life import Interaction, results_visible
from core.domain.people import Person, shown_name
from core.domain.questions import Question
from core.domain.sessions import Session
from core.domain.surfaces import Place, Surface, usable
from core.domain.text import Doc, Jump, doc, one_line, plain, shorten
from core.domain.view import (
    Attendees,
    Button,
    Buttons,
    Card,
    Heading,
    Note,
    OnlyPerson,
    Option,
    Part,
    Select,
    Words,
    action,
)

PAGE = 10
QUOTED = 300
"""Characters of a pinned line; the whole of it is where it was said."""
LABEL = 75
"""Characters of an option on Slack."""
Entry = tuple[Instant, str, str]
"""When, what it is - ``pin``, ``answer``, ``asked`` (open now) or ``result`` (ended, a new item: UX 2) - and which."""


def sort_of(what: str) -> Item:
    """As buttons name it: what is open and what came of it are one thing."""
    return "pin" if what == "pin" else "answer" if what == "answer" else "asked"


def entries_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """Everything that is in the feed."""
    yield key(Session, session)
    yield key(Place, session=session)
    yield key(Interaction, session=session)
    yield key(Message, session=session, pinned=True)
    for interaction in work.peek_all(Interaction, session=session):
        if interaction.published_at is not None and not interaction.rehearsal:
            yield from asked_needs(interaction.id, work)
    for message in work.peek_all(Message, session=session, pinned=True):
        yield from pinned_needs(message.id, work)
    yield from published_needs(session, work)


def asked_needs(ident: object, work: UnitOfWork) -> Iterable[Key]:
    yield key(Interaction, ident)
    yield key(Counts, ident)
    yield key(Surface, subject=subject("interaction", str(ident)))


def pinned_needs(ident: MessageId, work: UnitOfWork) -> Iterable[Key]:
    yield from standing.ref_needs(subject("message", ident), None, work)
    if message := work.peek(Message, ident):
        yield key(Person, message.person)


def entries(session: SessionId, work: UnitOfWork) -> list[Entry]:
    """Newest first; what was unpublished, unpinned or taken away is not among them."""
    found: list[Entry] = [
        (
            it.feed_at or it.ended_at or it.published_at or it.created_at,
            "asked" if it.state == "live" else "result",
            it.id,
        )
        for it in work.all(Interaction, session=session)
        if it.state in ("live", "ended") and not it.rehearsal and "once" not in KINDS[it.kind].TRAITS
    ]
    pinned = (it for it in work.all(Message, session=session, pinned=True) if it.pinned)
    found += [(it.feed_at or it.pinned_at or it.at, "pin", it.id) for it in pinned if not it.deleted and not it.cleared]
    answered = published(session, work)
    found += [(it.feed_at or it.published_at or it.asked_at, "answer", it.id) for it in answered]
    return sorted(found, reverse=True)


# -- one item -------------------------------------------------------------------------------------------------------


def lines(session: Session, what: str, ident: str, stage: Place | None, work: UnitOfWork) -> tuple[Doc, str]:
    """One line of kind and content with the way to it, and one of facts (UX 1.8)."""
    if what in ("asked", "result"):
        interaction = next((it for it in work.all(Interaction, session=session.id) if it.id == ident), None)
        state = "live" if what == "asked" else "ended"
        return _asked(interaction, stage, work) if interaction and interaction.state == state else ((), "")
    if what == "answer":
        question = work.get(Question, QuestionId(ident))
        return answer_line(question, session, work) if question else ((), "")
    message = work.get(Message, MessageId(ident))
    return _pinned(message, session, stage, work) if message else ((), "")


def line_of(session: Session, what: str, ident: str, work: UnitOfWork) -> Doc:
    """Its first line without the way to it."""
    return lines(session, what, ident, None, work)[0]


def _pinned(message: Message, session: Session, stage: Place | None, work: UnitOfWork) -> tuple[Doc, str]:
    if message.deleted or message.cleared or not message.pinned:
        return (), ""
    person = work.get(Person, message.person)
    author = session.name if message.voiced else shown_name(person) if person else "Somebody"
    words = shorten(one_line(plain(message.body)), QUOTED)
    way = _way(subject("message", message.id), "Go to message", stage, work)
    return doc(f"Pinned · {author}: {words}", *way), ""


def _asked(interaction: Interaction, stage: Place | None, work: UnitOfWork) -> tuple[Doc, str]:
    kind = KINDS[interaction.kind]
    asked = kind.title(interaction.spec)
    if "update" in kind.TRAITS:
        way = _way(subject("interaction", interaction.id), "Go to card", stage, work)
        return doc(f"{kind.TITLE} · {asked}", *way), ""
    if interaction.state == "live":
        way = _way(subject("interaction", interaction.id), "Go to card", stage, work)
        return doc(f"{kind.TITLE} open now · {asked}", *way), ""
    counts = work.get(Counts, interaction.id)
    if not results_visible(interaction):
        return doc(f"{kind.TITLE} ended · {asked}"), "The results are not shared."
    tally = kind.tally(interaction.spec, counts.counts if counts else ())
    words = ("answer", "answers") if kind.questions(interaction.spec) else ("vote", "votes")
    voted = counted_words(tally.voters, *words)
    result = kind.summary(interaction.spec, tally)
    return doc(f"{kind.TITLE} ended · {asked} – {result}" if result else f"{kind.TITLE} ended · {asked}"), voted


def _way(what: SubjectId, label: str, stage: Place | None, work: UnitOfWork) -> tuple[str | Jump, ...]:
    """To where it stands in this venue's stage."""
    if stage is None or stage.ref is None:
        return ()
    shown = standing.ref_in(what, stage.id, work)
    return ("  ", Jump(stage.ref, shown, label)) if shown else ()


# -- the room -------------------------------------------------------------------------------------------------------


def card_needs(ident: str, work: UnitOfWork) -> Iterable[Key]:
    """``ident`` is what stands behind ``feed:``."""
    session, what, one = ident.split(":", 2)
    yield key(Interaction, session=SessionId(session))
    if what == "answer":
        yield from answer_needs(QuestionId(one), work)
        return
    yield from pinned_needs(MessageId(one), work) if what == "pin" else asked_needs(one, work)


def feed_card(ident: str, session: Session, here: Place, work: UnitOfWork) -> Card | None:
    """One item as the feed room shows it; nothing once it was taken away."""
    _, what, one = ident.split(":", 2)
    if what == "answer":
        return _answer_card(QuestionId(one), session, work)
    places = work.all(Place, session=session.id)
    stage = next((it for it in places if (it.kind, it.venue) == ("stage", here.venue) and usable(it)), None)
    line, facts = lines(session, what, one, stage, work)
    if not line:
        return None
    parts: list[Part] = [Words(line)]
    if facts:
        parts.append(Note(facts))
    return Card(Attendees(session.id), tuple(parts))


def _answer_card(ident: QuestionId, session: Session, work: UnitOfWork) -> Card | None:
    question = work.get(Question, ident)
    line, facts = answer_line(question, session, work, IN_ROOM) if question else ((), "")
    if question is None or not line:
        return None
    parts: tuple[Part, ...] = (Words(line), Note(facts))
    if is_cut(question, IN_ROOM):
        parts = (*parts, Buttons((Button("Read all", action("qfull", ident)),)))
    return Card(Attendees(session.id), parts)


# -- the private page -----------------------------------------------------------------------------------------------


def feed_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from past_needs(command, work)
    for session in meant_or_past(command, work):
        yield from entries_needs(session, work)
        yield from sums_needs(session)


def show_feed(command: ShowFeed, work: UnitOfWork, moment: Moment) -> Outcome:
    session = mine(command, work)
    person = known_person(command, work, moment)
    venue = venue_here(command, session.id, work)
    places = work.all(Place, session=session.id)
    stage = next((it for it in places if (it.kind, it.venue) == ("stage", venue) and usable(it)), None)
    every = entries(session.id, work)
    shown = every[command.page * PAGE : (command.page + 1) * PAGE] or every[:PAGE]
    parts: list[Part] = [Heading(f"Feed of “{session.name}”")]
    for _, what, ident in shown:
        line, facts = lines(session, what, ident, stage, work)
        parts += [Words(line), *([Note(facts)] if facts else [])]
    if not shown:
        parts.append(Words("Nothing is here yet. What is pinned, asked and answered comes here, newest first."))
    if cut := [it for _, what, one in shown if what == "answer" and is_cut(it := _question(one, work))]:
        options = tuple(Option(shorten(it.wording, LABEL), it.id) for it in cut)
        parts.append(Select("Read a whole answer", action("qfull", session.id), options))
    if shown and _moderates(command, session, work):
        parts.append(_changing(session, shown, work))
    if len(every) > (command.page + 1) * PAGE:
        parts.append(Buttons((Button("Show older", action("feed", session.id, str(command.page + 1))),)))
    elif command.page:
        parts.append(Buttons((Button("Show the newest", action("feed", session.id)),)))
    if told := sums_words(session.id, work):
        parts.append(Note(told))
    return Outcome(Card(OnlyPerson(person.id), tuple(parts)))


def _question(ident: str, work: UnitOfWork) -> Question:
    question = work.get(Question, QuestionId(ident))
    assert question is not None, "it is in the feed"
    return question


def _moderates(command: OfSession, session: Session, work: UnitOfWork) -> bool:
    return allowed(parts_of(command.actor, session, member_of(command, session, work)), "moderate")


def _changing(session: Session, shown: Iterable[Entry], work: UnitOfWork) -> Select:
    """The page's items, for who may change them."""
    options = tuple(
        Option(shorten(plain(line_of(session, what, one, work)), LABEL), f"{sort_of(what)}.{one}")
        for _, what, one in shown
    )
    return Select("Change an item", action("feeditem", session.id), options)


def mine(command: OfSession, work: UnitOfWork) -> Session:
    """Whoever may read the chat may read this, also after the end."""
    session = session_or_past(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "see shared results")
    return session
