"""The desk card: what moderators have at hand near the end of the queue room (UX 1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.app.asked import Queue
from core.app.derived import Joined, Listening
from core.app.handle.menu import still_open
from core.app.handle.setup import longer
from core.app.handle.twins import drafts_of, titled
from core.app.question_menu import next_button
from core.app.unit_of_work import UnitOfWork
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction
from core.domain.question_rules import QuestionRules
from core.domain.sessions import STATE_WORDS, Session, chatting, joinable
from core.domain.surfaces import Place, usable
from core.domain.text import Doc, Room, When, doc
from core.domain.view import Button, Buttons, Card, Heading, Moderators, Note, Option, Part, Select, Words, action


def stage_in(session: Session, here: Place, work: UnitOfWork) -> Place | None:
    """The session's stage in the venue of this place."""
    places = work.all(Place, session=session.id)
    return next((it for it in places if it.kind == "stage" and it.venue == here.venue and usable(it)), None)


def joined(session: Session, work: UnitOfWork) -> int:
    known = work.get(Joined, session.id)
    return known.number if known else 0


def when(session: Session) -> Doc:
    if session.state in ("ended", "archived"):
        return doc("ended")
    if session.state == "live":
        return doc("live until ", When(session.ends_at))
    return doc(f"{STATE_WORDS[session.state]} · ", When(session.starts_at, "date"), " to ", When(session.ends_at))


def desk_card(session: Session, here: Place, work: UnitOfWork) -> Card:
    """What moderators have at hand in the queue room (UX 1.5)."""
    stage = stage_in(session, here, work)
    parts: list[Part] = [
        Heading(f"Desk: {session.name}"),
        Note(doc(*when(session), f" · {joined(session, work):,} joined")),
        Note("Attendees cannot see this room."),
    ]
    if ways := _ways(session, here, stage, work):
        parts.append(Words(ways))
    parts += still_open(session, stage, work)
    if listeners := _listeners(session, work):
        parts.append(Note(listeners))
    parts += _questions(session, work)
    drafts = drafts_of(session.id, work)
    if not drafts:
        parts.append(Words("No drafts. What you save for later is listed here."))
    else:
        parts.append(Words(f"Next up: {titled(drafts[0])}"))
        preview = Button("Preview", action("twin", drafts[0].id))
        ready = (Button("Publish next", action("next", session.id, drafts[0].id), "primary"),)
        parts.append(Buttons((*(ready if session.state == "live" else ()), preview)))
    if session.state not in ("ended", "archived"):
        kinds = tuple(Option(kind.TITLE, name) for name, kind in KINDS.items())
        parts.append(Select("New", action("newof", session.id), kinds))
    parts.append(Buttons(tuple(_buttons(session, drafts))))
    return Card(Moderators(session.id), tuple(parts))


def _questions(session: Session, work: UnitOfWork) -> tuple[Part, ...]:
    """How many wait and since when; taking the next one is one press (SPEC 4.3)."""
    queue = work.get(Queue, session.id)
    rules = work.get(QuestionRules, session.id) or QuestionRules(session.id)
    if session.state == "draft" or (rules.mode == "off" and not (queue and queue.open)):
        return ()
    buttons = [Button("List", action("qlist", session.id))]
    if queue is not None and queue.pending:
        buttons.insert(0, next_button(session.id, queue, "primary"))
    words: tuple[Part, ...] = (Words(_queue_words(queue)),)
    if queue is not None and queue.waiting and rules.mode == "public":
        words = (*words, Note(f"{queue.waiting} {'waits' if queue.waiting == 1 else 'wait'} to be let through."))
    return (*words, Buttons(tuple(buttons))) if queue is not None and queue.asked else words


def _queue_words(queue: Queue | None) -> Doc:
    """``Questions 14 pending (oldest from 14:31) · 2 claimed · 41 answered``."""
    if queue is None or not queue.asked:
        return doc("Questions: none yet. They come here the moment somebody asks.")
    oldest = min((it.waiting_since for it in queue.pending), default=None)
    since = doc(" (oldest from ", When(oldest), ")") if oldest is not None else ()
    rest = f" · {len(queue.claimed)} claimed · {queue.resolved} answered"
    return doc(f"Questions: {len(queue.pending)} pending", *since, rest)


def _listeners(session: Session, work: UnitOfWork) -> str:
    """Who is in the voice channel, in words; nothing where the session has none (SPEC 10.2)."""
    if not any(it.kind == "voice" and usable(it) for it in work.all(Place, session=session.id)):
        return ""
    listening = work.get(Listening, session.id)
    number, hearing = (listening.number, listening.hearing) if listening else (0, 0)
    if not number:
        return "Nobody who joined is in the voice channel."
    deaf = f", {number - hearing} with the sound off" if number > hearing else ""
    return f"In the voice channel: {number:,} of {joined(session, work):,} who joined{deaf}."


def _ways(session: Session, here: Place, stage: Place | None, work: UnitOfWork) -> Doc:
    """Where people join and talk: what moderators pass on to their audience."""
    places = work.all(Place, session=session.id)
    door = next((it for it in places if it.kind == "door" and it.venue == here.venue and usable(it)), None)
    joining = doc("People join in ", Room(door.ref), ". ") if joinable(session) and door and door.ref else ()
    return (*joining, *(doc("The chat is ", Room(stage.ref), ".") if stage and stage.ref else ()))


def _buttons(session: Session, drafts: Sequence[Interaction]) -> Iterable[Button]:
    steps = {"draft": ("Announce", "announced"), "announced": ("Open doors", "open"), "open": ("Start now", "live")}
    if session.state in steps:
        label, to = steps[session.state]
        yield Button(label, action("advance", session.id, to), "primary")
    number = len(drafts)
    yield Button(f"Drafts {number}" if number else "What is live", action("list", session.id))
    if chatting(session):
        yield Button("Message everyone", action("message", session.id))
    if session.state == "live":
        yield longer(session)
    yield Button("Setup", action("setup", session.id))
    if session.state in ("open", "live"):
        yield Button("End session", action("askendsession", session.id), "danger")
