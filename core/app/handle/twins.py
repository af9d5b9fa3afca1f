"""An interaction as moderators have it at the desk: the exact card of a draft, the twin of a live one (SPEC 5.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.derived import Counts
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import InteractionId, PersonId, SessionId, SubjectId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Frame, Kind, Tally
from core.domain.interactions.life import Interaction, results_visible
from core.domain.sessions import Held, Session, Venue
from core.domain.text import When, doc
from core.domain.view import (
    Audience,
    Button,
    Buttons,
    Card,
    Divider,
    Heading,
    Note,
    OnlyPerson,
    Option,
    Part,
    Select,
    Words,
    action,
)

LISTED = 7
"""One row of text and one button each: with heading and rows of buttons well under Discord's 40 components."""
MORE_TIME = 2
"""Minutes."""


def twin_subject(ident: InteractionId) -> SubjectId:
    return subject("twin", ident)


def preview_needs(session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What the card of a draft takes: the drafts beside it, and whether people can be notified somewhere."""
    yield key(Interaction, session=session)
    yield key(Held, session=session)
    for held in work.peek_all(Held, session=session):
        yield key(Venue, held.venue)


def can_notify(session: SessionId, work: UnitOfWork) -> bool:
    venues = (work.get(Venue, held.venue) for held in work.all(Held, session=session))
    return any(venue is not None and "mentions" in venue.can for venue in venues)


# -- lists ------------------------------------------------------------------------------------------------------------


def titled(interaction: Interaction) -> str:
    """``Poll “Which topic first?”``."""
    kind = KINDS[interaction.kind]
    return f"{kind.TITLE} “{kind.title(interaction.spec)}”"


def in_order(drafts: Iterable[Interaction]) -> list[Interaction]:
    """The run of show: the order in which drafts are to be published."""
    return sorted(drafts, key=lambda it: (it.rank, it.created_at, it.id))


def drafts_of(session: SessionId, work: UnitOfWork) -> list[Interaction]:
    found = work.all(Interaction, session=session)
    return in_order(it for it in found if it.state == "draft" and not it.rehearsal)


def listed(session: Session, person: PersonId, work: UnitOfWork, page: int = 0) -> tuple[Part, ...]:
    """What is live, then the drafts in the order of the show, each with the way to its acts."""
    found = [it for it in work.all(Interaction, session=session.id) if not it.rehearsal]
    live = sorted((it for it in found if it.state == "live"), key=lambda it: it.published_at or 0)
    hidden = sorted((it for it in found if it.state == "unpublished"), key=lambda it: it.ended_at or 0)
    every = [*live, *drafts_of(session.id, work), *hidden]
    if not every:
        return (Words("Nothing is live and there are no drafts. Pick a kind under New to make one."),)
    parts: list[Part] = []
    for one in every[page * LISTED : (page + 1) * LISTED] or every[:LISTED]:
        parts.append(Words(doc(f"{titled(one)}", " · ", *_state(one))))
        parts.append(Buttons((Button("Open", action("twin", one.id)),)))
    turns = []
    if page:
        turns.append(Button("Back", action("list", session.id, str(page - 1))))
    if len(every) > (page + 1) * LISTED:
        turns.append(Button("Next page", action("list", session.id, str(page + 1))))
    return (*parts, *([Buttons(tuple(turns))] if turns else ()))


STATE_WORDS = {"live": "live", "draft": "draft", "ended": "ended", "unpublished": "taken out of sight"}


def _state(one: Interaction) -> tuple[str | When, ...]:
    told: tuple[str | When, ...] = (STATE_WORDS[one.state],)
    if one.state == "draft" and one.scheduled_at is not None:
        told = (*told, ", publishes itself at ", When(one.scheduled_at, "date"))
    return told


# -- one of them ------------------------------------------------------------------------------------------------------


def draft_card(interaction: Interaction, session: Session, person: PersonId, work: UnitOfWork, opening: str) -> Card:
    """The exact card, seen only by who made or opened it, and what can be done with it."""
    kind = KINDS[interaction.kind]
    closes = None if interaction.lasts is None else session.starts_at  # no time is shown that is not known yet
    tally = Tally(0, *_empty(kind, interaction)) if interaction.sharing == "live" and "shared" in kind.TRAITS else None
    frame = Frame(
        interaction.id, False, session.ends_at if closes is None and "outlasts" not in kind.TRAITS else None, tally,
        interaction.sharing,
        interaction.anonymous, session=session.name,
    )  # fmt: skip
    facts: list[str | When] = ["Draft · only moderators can see it"]
    if interaction.lasts is not None:
        facts.append(f" · closes {_length(interaction.lasts)} after publishing")
    if interaction.scheduled_at is not None:
        facts += [" · publishes itself at ", When(interaction.scheduled_at, "date")]
    more = [Option("Publish at a time", "timing"), Option("Duplicate", "duplicate"), Option("Delete", "askdelete")]
    if can_notify(session.id, work):
        more.insert(0, Option("Publish and notify people", "notify"))
    if len(drafts_of(session.id, work)) > 1:
        more += [Option("Move up in the run of show", "up"), Option("Move down in the run of show", "down")]
    return Card(
        OnlyPerson(person),
        (
            *((Note(opening), Divider()) if opening else ()),
            # What is pressed here reads that it is not open yet, and changes nothing.
            *(_calm(part) for part in kind.view(interaction.spec, frame)),
            Divider(),
            Note(doc(*facts)),
            Buttons(
                (
                    Button(kind.SEND, action("publish", interaction.id), "primary"),
                    Button("Edit", action("edit", interaction.id)),
                    *parts_button(interaction),
                )
            ),
            Select("More", action("more", interaction.id), tuple(more)),
        ),
    )


def _calm(part: Part) -> Part:
    """Of a draft's card the one primary button publishes it."""
    if not isinstance(part, Buttons):
        return part
    return Buttons(tuple(replace(it, style="plain") if isinstance(it, Button) else it for it in part.items))


def parts_button(interaction: Interaction) -> tuple[Button, ...]:
    """Where a kind is made of questions that have forms of their own."""
    return (Button("Questions", action("parts", interaction.id)),) if "parts" in KINDS[interaction.kind].TRAITS else ()


def _empty(kind: Kind, interaction: Interaction) -> tuple[tuple[int, ...]]:
    return (kind.tally(interaction.spec, ()).options,)


def _length(lasts: int) -> str:
    seconds = lasts // 1_000_000
    if seconds % 60:
        return f"{seconds} seconds"
    return "1 minute" if seconds == 60 else f"{seconds // 60} minutes"


def desk_card(interaction: Interaction, session: Session, person: PersonId, work: UnitOfWork, opening: str) -> Card:
    """The twin as an answer to what a moderator did, and in private from the list."""
    if interaction.state == "draft":
        return draft_card(interaction, session, person, work, opening)
    return Card(OnlyPerson(person), (*([Words(opening)] if opening else ()), *twin_parts(interaction, session, None)))


def twin_parts(
    interaction: Interaction, session: Session, counts: Counts | None, joined: int = 0, waiting: int = 0
) -> tuple[Part, ...]:
    """The twin at the desk (UX 1.4): numbers, then the acts. Without ``counts`` no number is told."""
    kind = KINDS[interaction.kind]
    counted = {"answered", "update"} & kind.TRAITS
    tally = kind.tally(interaction.spec, counts.counts) if counts is not None and counted else None
    wait = f" · {waiting:,} {'waits' if waiting == 1 else 'wait'} for approval" if waiting else ""
    parts: list[Part] = []
    if interaction.state != "live":
        word = "taken out of sight" if interaction.state != "ended" else "sent" if "once" in kind.TRAITS else "ended"
        facts: list[str | When] = [f"{titled(interaction)} {word}"]
        if interaction.ended_at is not None:
            facts += [" ", When(interaction.ended_at)]
        if tally is not None and "answered" in kind.TRAITS:
            facts.append(f" · {_voted(tally, joined)}{wait}")
        parts.append(Note(doc(*facts)))
        told = kind.summary(interaction.spec, tally.while_open()) if tally is not None and tally.voters else ""
        if told and interaction.state == "ended":
            parts.append(Note(told))
    else:
        parts.append(Heading(f"Live: {titled(interaction)}"))
        parts.append(Note(doc(*_live_facts(interaction, session, tally, joined, kind), wait)))
        tells = tally is not None and (tally.voters or "update" in kind.TRAITS)
        if tally is not None and tells and (told := kind.summary(interaction.spec, tally.while_open())):
            parts.append(Words(told))
    if buttons := _buttons(interaction, kind):
        parts.append(Buttons(buttons))
    parts.append(Select("More", action("more", interaction.id), _more(interaction, kind)))
    return tuple(parts)


def _voted(tally: Tally, joined: int) -> str:
    share = f" ({tally.voters / joined:.0%})".replace("%", " %") if joined else ""
    told = f"{tally.voters:,} of {joined:,} answered{share}" if joined else f"{tally.voters:,} answered"
    return told if tally.right is None or not tally.voters else f"{told} · {tally.right:,} of {tally.voters:,} right"


def _live_facts(
    interaction: Interaction, session: Session, tally: Tally | None, joined: int, kind: Kind
) -> list[str | When]:
    answered = tally is not None and "answered" in kind.TRAITS
    facts: list[str | When] = [_voted(tally, joined)] if tally is not None and answered else ["shown to everybody"]
    if "shared" in kind.TRAITS:
        facts.append(" · results shown" if results_visible(interaction) else " · results hidden")
    if interaction.closes_at is not None:
        facts += [" · closes ", When(min(interaction.closes_at, session.ends_at))]
    return facts


def _buttons(interaction: Interaction, kind: Kind) -> tuple[Button, ...]:
    buttons: list[Button] = []
    if interaction.state == "unpublished":
        return (Button("Show it again", action("publish", interaction.id), "primary"),)
    if "shared" in kind.TRAITS and interaction.sharing != "never":
        shown = results_visible(interaction)
        late = interaction.state == "live" and interaction.sharing != "live" and not interaction.hidden
        if not late:
            label, verb = ("Hide results", "hide") if shown else ("Show results", "unhide")
            buttons.append(Button(label, action(verb, interaction.id)))
    if "approved" in kind.TRAITS:
        buttons.append(Button("Answers", action("answers", interaction.id)))
    if "parts" in kind.TRAITS:
        buttons.append(Button("Answers", action("partanswers", interaction.id)))
    if interaction.state == "live" and "answered" in kind.TRAITS:
        buttons.append(Button("End", action("askend", interaction.id), "danger"))
    return tuple(buttons)


def _more(interaction: Interaction, kind: Kind) -> tuple[Option, ...]:
    more = [Option("Duplicate", "duplicate")]
    if interaction.state == "live":
        more.insert(0, Option("Edit", "edit"))
        if "parts" in kind.TRAITS:
            more.insert(1, Option("Questions", "parts"))
        if "answered" in kind.TRAITS and "outlasts" not in kind.TRAITS:
            more.insert(1, Option(f"{MORE_TIME} more minutes", "longer"))
    if interaction.state in ("live", "ended"):
        more.append(Option("Unpublish", "askunpublish"))
    return tuple(more)


def twin_card(
    interaction: Interaction, session: Session, audience: Audience, counts: Counts | None, joined: int, waiting: int = 0
) -> Card:
    return Card(audience, twin_parts(interaction, session, counts, joined, waiting))
