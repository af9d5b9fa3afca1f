"""Creating a session, and its Setup card (SPEC 1.2, 1.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.app.authorize import authorize
from core.app.commands import (
    Command,
    CreateSession,
    OpenSessionForm,
)
from core.app.handle.audit import record
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.find import actor_needs, organiser_needs, organiser_of
from core.app.handle.people import known_person
from core.app.handle.seating import seat_subject, take_seat
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, Invalid, Values, first
from core.domain.ids import MINUTE, Instant, PersonId, SessionId
from core.domain.interactions import KINDS
from core.domain.people import Member, Seat
from core.domain.question_rules import Mode, QuestionRules, mode_picks, parse_mode
from core.domain.sessions import (
    NAME_LIMIT,
    STATE_WORDS,
    Held,
    Session,
    Venue,
    chatting,
    known_zone,
    over,
    parse_minutes,
    parse_start,
)
from core.domain.surfaces import Place, PlaceKind, Subject
from core.domain.text import Room, Text, When, doc, one_line
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Option, Part, Select, Words, action

CREATE_FORM = action("create")


def create_needs(command: OpenSessionForm | CreateSession, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield from organiser_needs(command, work)
    yield key(Venue, command.actor.venue)
    yield draft_key(command, CREATE_FORM)


def open_session_form(command: OpenSessionForm, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "create sessions", organiser_of(command, work))
    return Outcome(with_draft(_form(), command, work))


def _form() -> Form:
    return Form(
        title="New session",
        action=CREATE_FORM,
        submit="Create",
        again=action("newsession"),
        fields=(
            Field("name", "Name", longest=NAME_LIMIT),
            Field("start", "Start", value=("now",), hint="14:30, 2026-11-14 14:30, or now", longest=30),
            Field("length", "Length", value=("1h",), hint="45m, 1h or 1h30m", longest=10),
            Field("zone", "Timezone of the start", value=("UTC",), hint="Europe/Berlin", longest=40),
            Field("mode", "Questions", "choice", value=("single",), picks=mode_picks()),
        ),
    )


def create_session(command: CreateSession, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "create sessions", organiser_of(command, work))
    try:
        session, mode = _read(command.values, moment)
    except Invalid as problem:
        form = _form().filled(command.values, problem.errors)
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form, done=False)
    work.put(session)
    if mode != QuestionRules(session.id).mode:
        work.put(QuestionRules(session.id, mode))
    forget_draft(command, CREATE_FORM, work, moment)
    work.know(key(Place, session=session.id), key(Subject, seat_subject(session.id, command.actor.account)))
    hold_in(command, session.id, work)
    person = known_person(command, work, moment)
    work.put(Member(session.id, person.id, role="moderator"))
    record(command, session.id, person.id, "appoint moderator", person.id, work, moment)
    work.know(key(Seat, session=session.id, person=person.id))
    take_seat(session.id, command.actor.venue, command.actor.account, person.id, work)
    return Outcome(setup_card(session, command, person.id, work, f"“{session.name}” is made."))


def _read(values: Values, moment: Moment) -> tuple[Session, Mode]:
    """Raises Invalid with a sentence for each field that needs another look."""
    errors: dict[str, str] = {}
    mode: Mode = "single"
    name, starts_at, ends_at, zone = "", moment.now, Instant(0), "UTC"
    try:
        mode = parse_mode(first(values, "mode"))
    except Invalid as problem:
        errors |= problem.errors
    try:
        name, starts_at, ends_at, zone = read_details(values, moment)
        if ends_at <= moment.now:
            errors["start"] = "That session would be over already. Choose a later start."
    except Invalid as problem:
        errors |= problem.errors
    if errors:
        raise Invalid(errors)
    ident = SessionId(moment.new_id())
    return Session(ident, name, "draft", starts_at, ends_at, zone, created_at=moment.now), mode


def read_details(values: Values, moment: Moment) -> tuple[str, Instant, Instant, str]:
    """Name, start, end and zone as they were typed. Raises Invalid with a sentence a field."""
    errors: dict[str, str] = {}
    name = one_line(first(values, "name"))
    if not 1 <= len(name) <= NAME_LIMIT:
        errors["name"] = f"Write a name of 1 to {NAME_LIMIT} characters."
    zone, starts_at, minutes = "UTC", moment.now, 60
    try:
        zone = known_zone(one_line(first(values, "zone")) or "UTC")
    except Invalid as problem:
        errors |= problem.errors
    try:
        starts_at = parse_start(first(values, "start"), zone, moment.now)
    except Invalid as problem:
        errors |= problem.errors
    try:
        minutes = parse_minutes(first(values, "length"), "length")
    except Invalid as problem:
        errors |= problem.errors
    if errors:
        raise Invalid(errors)
    return name, starts_at, Instant(starts_at + minutes * MINUTE), zone


def hold_in(command: Command, session: SessionId, work: UnitOfWork) -> None:
    actor = command.actor
    venue = work.get(Venue, actor.venue)
    can = actor.can - {"voice here"}
    if venue is None:
        work.put(Venue(actor.venue, actor.platform, actor.venue_name or actor.platform.capitalize(), can))
    else:
        now = replace(venue, name=actor.venue_name or venue.name, can=can)
        if now != venue:
            work.put(now)
    work.know(key(Held, session, actor.venue))
    work.put(Held(session, actor.venue))


ROOM_WORDS: dict[PlaceKind, str] = {
    "stage": "Chat (stage)",
    "door": "Join card (door)",
    "feed": "Feed",
    "queue": "Desk (queue)",
    "backchannel": "Backchannel",
    "voice": "Voice channel",
}


def room_line(kind: PlaceKind, place: Place | None, session: Session) -> Text:
    """Where the room is, or when it will be, in words."""
    label = ROOM_WORDS[kind]
    if place is None and kind == "voice":
        return f"{label}: none. To count who listens, do /mod rooms in the chat of a voice channel."
    if place is None:
        when = "made when the doors open" if kind in ("stage", "feed") else "made with the announcement"
        return f"{label}: {when if session.state in ('draft', 'announced', 'open', 'live') else 'none'}"
    if session.state == "archived":
        return f"{label}: put away"
    if place.state == "dead":
        why = f" ({place.trouble})" if place.trouble else ""
        return (
            f"{label}: cannot be used{why}. Do /mod rooms in another channel to take that, or there once it is mended."
        )
    if place.ref is None:
        return f"{label}: on its way"
    if place.state == "exposed":
        return doc(f"{label}: ", Room(place.ref), ". Nothing is shown there until only the team can read it.")
    return doc(f"{label}: ", Room(place.ref))


def room_lines(session: Session, command: Command, here: Mapping[PlaceKind, Place]) -> Iterable[Part]:
    """A line a kind; voice only where the platform tells who listens, a feed where there is a room for it."""
    for kind in ROOM_WORDS:
        if kind not in ("voice", "feed") or kind in here or kind in command.actor.can:
            yield Words(room_line(kind, here.get(kind), session))


def rooms_here(session: Session, command: Command, work: UnitOfWork) -> dict[PlaceKind, Place]:
    """The session's rooms in the venue of who asks, by kind; one that is gone only where none came after it."""
    mine = [it for it in work.all(Place, session=session.id) if it.venue == command.actor.venue]
    left = sorted((it for it in mine if it.state != "released"), key=lambda it: (it.state != "dead", it.wanted_at))
    return {place.kind: place for place in left}


def setup_card(
    session: Session, command: Command, person: PersonId, work: UnitOfWork, opening: str, hint: str = ""
) -> Card:
    """What is there, what is missing, and the buttons for the next step."""
    here = rooms_here(session, command, work)
    parts: list[Part] = [
        Heading(opening),
        Note(
            doc(
                f"{session.name} · {STATE_WORDS[session.state]} · ",
                When(session.starts_at, "date"),
                " to ",
                When(session.ends_at),
            )
        ),
        *([Words(hint)] if hint else []),
        *room_lines(session, command, here),
    ]
    row = [Button("Rooms", action("rooms", session.id)), Button("Team", action("team", session.id))]
    if not over(session):
        row += [Button("Details", action("details", session.id)), Button("Rules", action("rules", session.id))]
        if "stage" not in here and command.room and command.room not in {place.ref for place in here.values()}:
            row.insert(0, Button("Stage: this channel", action("room", session.id, "stage")))
    parts.append(Buttons(tuple(row)))
    if not over(session):
        texts = Button("Texts", action("texts", session.id))
        row = [texts, Button("Q&A", action("qrules", session.id), spoken="Q&A: how questions are asked and answered")]
        row.append(Button("Interactions", action("list", session.id)))
        if session.state in ("announced", "open"):
            row.append(Button("Rehearse", action("rehearse", session.id)))
        parts.append(Buttons(tuple(row)))
        parts.append(Select("The chat", action("chatdo", session.id), tuple(_chat_options(session))))
    if steps := tuple(_steps(session, coming=any(it.ref is None and it.state == "wanted" for it in here.values()))):
        parts.append(Buttons(steps))
    if session.state == "live":
        kinds = tuple(Option(kind.TITLE, name) for name, kind in KINDS.items())
        parts.append(Select("New", action("newof", session.id), kinds))
        parts.append(Buttons(_running(session)))
    return Card(OnlyPerson(person), tuple(parts))


def _chat_options(session: Session) -> Iterable[Option]:
    """Seldom needed, so in a menu: on a phone every row of buttons counts."""
    yield Option("Slow mode, links, words", "rules")
    yield Option("Who is blocked", "blocked")
    if chatting(session):
        yield Option("Clear the chat", "clear")


def longer(session: Session) -> Button:
    """The end that is shown beside it stands in it: pressed twice, it moves that end once."""
    return Button("10 more minutes", action("extend", session.id, "10m", str(session.ends_at)))


def _steps(session: Session, *, coming: bool) -> Iterable[Button]:
    """``coming``: a room is on its way, and this private card does not change by itself."""
    if session.state in _NEXT:
        label, to = _NEXT[session.state]
        yield Button(label, action("advance", session.id, to), "primary")
    if session.state == "ended":
        yield Button("Archive", action("askarchive", session.id))
    elif not over(session):
        yield Button("Add a venue", action("link", session.id))
    if coming:
        yield Button("Look again", action("setup", session.id))


_NEXT: dict[str, tuple[str, str]] = {
    "draft": ("Announce", "announced"),
    "announced": ("Open doors", "open"),
    "open": ("Start now", "live"),
}


def _running(session: Session) -> tuple[Button, ...]:
    """What a moderator does while it is live; the same as the typed commands."""
    return (
        longer(session),
        Button("End session", action("askendsession", session.id), "danger"),
    )
