"""An interaction as moderators read it after an act and in their list, with the next acts (SPEC 5.8)."""

from __future__ import annotations

from core.app.unit_of_work import UnitOfWork
from core.domain.form import first
from core.domain.ids import PersonId
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction, results_visible
from core.domain.sessions import Session
from core.domain.text import When, doc, shorten
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Part, Words, action

LISTED = 6
"""With heading, note and two buttons in a row each, eight would go over Discord's 40 components."""


def listed(session: Session, person: PersonId, work: UnitOfWork) -> tuple[Part, ...]:
    """What is live and what is drafted, each with its next acts."""
    found = [one for one in work.all(Interaction, session=session.id) if one.state in ("live", "draft")]
    if not found:
        return (Words("Nothing is live and there are no drafts. Make one with /mod poll."),)
    parts: list[Part] = []
    for one in sorted(found, key=lambda it: (it.state != "live", it.created_at))[:LISTED]:
        parts.extend(twin(one, person, "").parts)
    if len(found) > LISTED:
        parts.append(Note(f"and {len(found) - LISTED} more: publish or end some of these first."))
    return tuple(parts)


def twin(interaction: Interaction, person: PersonId, opening: str) -> Card:
    """What the moderator reads after an act, with the next acts; its numbers come with the desk's cards."""
    kind = KINDS[interaction.kind]
    title = shorten(next(iter(first(kind.write(interaction.spec), kind.fields()[0].name).splitlines()), ""), 100)
    words = {"live": "live", "draft": "draft", "ended": "ended", "unpublished": "unpublished"}
    shared = "results shown" if results_visible(interaction) else "results hidden"
    parts: list[Part] = [Words(opening)] if opening else []
    facts: list[str | When] = [f"{words[interaction.state]} · {shared}"]
    if interaction.state == "draft" and interaction.scheduled_at is not None:
        facts += [" · publishes itself at ", When(interaction.scheduled_at, "date")]
    parts += [Heading(f"{kind.TITLE}: {title}"), Note(doc(*facts))]
    buttons: tuple[Button, ...] = ()
    if interaction.state == "draft":
        # A list has many of them, and one primary a card is enough.
        buttons = (Button("Publish now", action("publish", interaction.id), "primary" if opening else "plain"),)
    elif interaction.state == "live":
        shown = results_visible(interaction)
        label, verb = ("Hide results", "hide") if shown else ("Show results", "unhide")
        buttons = (
            Button(label, action(verb, interaction.id)),
            Button("End", action("askend", interaction.id), "danger"),
        )
        if interaction.sharing != "live" and not shown:
            buttons = buttons[1:]
    return Card(OnlyPerson(person), (*parts, Buttons(buttons)) if buttons else tuple(parts))
