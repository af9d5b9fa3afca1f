"""The menu: the person's tabs, the same in a private answer and in the App Home (SPEC 13.4)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.authorize import Part as Role
from core.app.authorize import allowed, join_button, parts_of
from core.app.commands import OfSession, ShowMenu
from core.app.derived import Joined
from core.app.handle import taking
from core.app.handle.find import Several, latest, meant, member_of, organiser_of, past_sessions, session_of
from core.app.handle.highlights import highlights, highlights_needs
from core.app.handle.leading import leaderboard_button
from core.app.handle.own import reader_of, settings_tab
from core.app.handle.people import known_person
from core.app.handle.questions.claims import holding_needs
from core.app.handle.questions.in_menu import in_menu, in_menu_needs
from core.app.handle.seating import seating_needs, venue_here
from core.app.handle.setup import setup_card
from core.app.handle.twins import listed
from core.app.handle.updates import updates
from core.app.handle.venues import venue_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.written import answers_needs
from core.domain.chat import Message
from core.domain.ids import PersonId, SessionId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.leaders import leads
from core.domain.interactions.life import Interaction
from core.domain.people import Account, Member, Person
from core.domain.refused import Refused
from core.domain.sessions import STATE_WORDS, Held, Session, chatting, consented, joinable
from core.domain.surfaces import Place, Surface, usable
from core.domain.text import Doc, Jump, When, doc, shorten
from core.domain.view import (
    AnyButton,
    Button,
    Buttons,
    Card,
    Divider,
    Heading,
    JumpButton,
    Note,
    OnlyPerson,
    Option,
    Part,
    Select,
    Words,
    action,
    say,
)

TAB_WORDS = {
    "stage": "Live stage",
    "updates": "Updates",
    "settings": "Settings",
    "interactions": "Interactions",
    "setup": "Setup",
}


def menu_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    yield from venue_needs(command, work)
    account = work.peek(Account, command.actor.account)
    for session in meant(command, work):
        yield key(Joined, session)
        yield key(Message, session=session, voiced=True)
        yield from highlights_needs(session, work)
        yield from in_menu_needs(session, command, work)
        for interaction in work.peek_all(Interaction, session=session):
            if interaction.state == "live":
                yield key(Surface, subject=subject("interaction", interaction.id))
        yield from taking.listed_needs(session, command, work)
        if account:
            yield from seating_needs(session, account.person, work)


def leave_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    """Besides, the questions that the person has: they wait for other moderators then."""
    yield from menu_needs(command, work)
    if account := work.peek(Account, command.actor.account):
        for session in meant(command, work):
            yield from holding_needs(session, account.person, work)


def settings_needs(command: OfSession, work: UnitOfWork) -> Iterable[Key]:
    """Besides, every session that the person takes part in: settings are one for all of them."""
    yield from menu_needs(command, work)
    if account := work.peek(Account, command.actor.account):
        yield key(Member, person=account.person)
        for member in work.peek_all(Member, person=account.person):
            yield from seating_needs(member.session, account.person, work)
            yield key(Message, session=member.session, pinned=True)
            yield from answers_needs(member.session)


# -- the tabs -------------------------------------------------------------------------------------------------------


def show_menu(command: ShowMenu, work: UnitOfWork, moment: Moment) -> Outcome:
    try:
        session = session_of(command, work)
    except Several as several:
        return Outcome(_which(several.sessions, reader_of(command, work)))
    except Refused:
        return Outcome(_nowhere(command, work))
    member = member_of(command, session, work)
    roles = parts_of(command.actor, session, member, organiser_of(command, work))
    if work.get(Held, session.id, command.actor.venue) is None:
        roles -= {"organiser"}  # of another place (SPEC 1.7)
    tabs = _tabs(roles)
    if not tabs and session.state == "draft":
        return Outcome(_nowhere(command, work))
    if not tabs:
        return Outcome(_outside(session, roles, reader_of(command, work)))
    joins = () if consented(session, member) or not joinable(session) else (join_button(session),)
    person = known_person(command, work, moment)
    tab = command.tab if command.tab in tabs else tabs[0]
    head: list[Part] = [Heading(session.name), Note(_facts(session, work)), Buttons(_row(session, tabs, tab))]
    return Outcome(Card(OnlyPerson(person.id), (*head, *_body(tab, command, session, person, joins, work))))


def _tabs(roles: frozenset[Role]) -> tuple[str, ...]:
    """Attendees' tabs, and what moderators and organisers have besides (SPEC 2.2).

    Who only organises sees nothing of the chat, and who is blocked neither.
    """
    mine = ["stage", "updates", "settings"] if {"attendee", "speaker", "moderator"} & roles else []
    if "moderator" in roles:
        mine.append("interactions")
    if {"moderator", "organiser"} & roles:
        mine.append("setup")
    return tuple(mine)


def _row(session: Session, tabs: Iterable[str], now: str) -> tuple[Button, ...]:
    return tuple(
        Button(f"Now: {TAB_WORDS[tab]}" if tab == now else TAB_WORDS[tab], action("menu", session.id, tab))
        for tab in tabs
    )


def _facts(session: Session, work: UnitOfWork) -> Doc:
    joined = work.get(Joined, session.id)
    here = f" · {joined.number:,} joined" if joined and joined.number else ""
    if session.state in ("ended", "archived"):
        return doc(f"{STATE_WORDS[session.state]}{here}")
    if session.state == "live":
        return doc("live until ", When(session.ends_at), here)
    return doc(f"{STATE_WORDS[session.state]} · ", When(session.starts_at, "date"), " to ", When(session.ends_at), here)


def _body(
    tab: str, command: ShowMenu, session: Session, person: Person, joins: tuple[Button, ...], work: UnitOfWork
) -> tuple[Part, ...]:
    match tab:
        case "updates":
            return updates(session, work)
        case "settings":
            return settings_tab(session, person)
        case "interactions":
            return _interactions_tab(session, person.id, work)
        case "setup":
            return setup_card(session, command, person.id, work, "Setup").parts
        case _:
            return _stage_tab(command, session, person, joins, work)


def _stage_tab(
    command: ShowMenu, session: Session, person: Person, joins: tuple[Button, ...], work: UnitOfWork
) -> tuple[Part, ...]:
    venue = venue_here(command, session.id, work)
    stage = next(
        (it for it in work.all(Place, session=session.id) if it.kind == "stage" and it.venue == venue and usable(it)),
        None,
    )
    parts: list[Part] = [Words(open_now(session.id, stage, work) or doc("Nothing is open for voting now."))]
    parts += taking.listed(session.id, command, work)
    parts += in_menu(session, person.id, work)
    parts += highlights(session, stage, work)
    buttons: list[AnyButton] = []
    if stage and stage.ref and chatting(session):
        buttons.append(JumpButton("Open the stage", stage.ref))
    buttons.append(Button("Feed", action("feed", session.id)))
    if any(
        it.state in ("live", "ended") and leads(it) and not it.rehearsal
        for it in work.all(Interaction, session=session.id)
    ):
        buttons.append(leaderboard_button(session.id))
    buttons.append(Button("Catch me up", action("catchup", session.id)))
    buttons += joins
    return (*parts, Buttons(tuple(buttons))) if buttons else tuple(parts)


def open_now(session: SessionId, stage: Place | None, work: UnitOfWork) -> Doc:
    """What can be answered now, each with the way to it where it stands in this venue."""
    live = [it for it in work.all(Interaction, session=session) if it.state == "live" and answerable(it)]
    told: list[str | Jump] = []
    for one in sorted(live, key=lambda it: it.published_at or 0):
        label = _label(one)
        shown = next((it for it in _posts(one, work) if stage and it.place == stage.id and it.ref), None)
        told += [" · " if told else "Open now: "]
        told.append(Jump(stage.ref, shown.ref, label) if stage and stage.ref and shown and shown.ref else label)
    return doc(*told)


def still_open(session: Session, stage: Place | None, work: UnitOfWork) -> tuple[Part, ...]:
    """What can be answered now; after the end only if something goes on."""
    told = open_now(session.id, stage, work)
    if not told and chatting(session):
        told = doc("Nothing is open for voting now.")
    return (Words(told),) if told else ()


def answerable(one: Interaction) -> bool:
    return "answered" in KINDS[one.kind].TRAITS and not one.rehearsal


def _posts(one: Interaction, work: UnitOfWork) -> list[Surface]:
    return [it for it in work.all(Surface, subject=subject("interaction", one.id)) if not it.gone and not it.dead]


def _label(one: Interaction) -> str:
    kind = KINDS[one.kind]
    return f"{kind.TITLE} “{shorten(kind.title(one.spec), 60)}”"


def _interactions_tab(session: Session, person: PersonId, work: UnitOfWork) -> tuple[Part, ...]:
    kinds = tuple(Option(kind.TITLE, name) for name, kind in KINDS.items())
    made = Select("New", action("newof", session.id), kinds)
    return (*listed(session, person, work), Divider(), made)


# -- without a session ----------------------------------------------------------------------------------------------


def _which(sessions: Iterable[Session], reader: OnlyPerson) -> Card:
    options = tuple(Option(shorten(session.name, 75), session.id) for session in sessions)
    return Card(reader, (Heading("Which session?"), Select("Choose a session", action("menuof"), options)))


def _nowhere(command: ShowMenu, work: UnitOfWork) -> Card:
    reader = reader_of(command, work)
    words = "You are in no session now. Press Join session where one is announced; everything else is here then."
    roles = parts_of(command.actor, None, None, organiser_of(command, work))
    made = (
        Button("New session", action("newsession")),
        Button("Import a session", action("import")),
        Button("Enter a code", action("entercode")),
    )
    past = latest(past_sessions(command, work))
    mine = (Button("Last session", action("menu", past.id)),) if past else ()
    buttons = (*mine, *(made if allowed(roles, "create sessions") else ()))
    if past:
        words += f" “{past.name}” is over; its feed and updates stay."
    return Card(reader, (Heading("Sidestage"), Words(words), *([Buttons(buttons)] if buttons else [])))


def _outside(session: Session, roles: frozenset[Role], reader: OnlyPerson) -> Card:
    if "blocked" in roles:
        return say(reader, "This is not available to you in this session.")
    parts: list[Part] = [Heading(session.name), Words("You have not joined this session.")]
    if joinable(session):
        parts.append(Buttons((join_button(session),)))
    return Card(reader, tuple(parts))
