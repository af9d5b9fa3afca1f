"""Drafts of a session, shared by its moderators: listed, copied, deleted; and the run of show (SPEC 5.1, 12.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize_with_consent
from core.app.commands import DeleteInteraction, DuplicateInteraction, ListInteractions, MoveInteraction, PublishNext
from core.app.handle.find import meant, member_of, session_needs, session_of
from core.app.handle.interactions import at_desk, check_draft, fresh, life_needs, published_by, touch_lists
from core.app.handle.people import known_person
from core.app.handle.showing import kept_needs
from core.app.handle.twins import draft_card, drafts_of, in_order, listed, preview_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import SECOND, Instant, InteractionId, PersonId, SessionId
from core.domain.interactions.life import Interaction
from core.domain.refused import Refused
from core.domain.sessions import over
from core.domain.surfaces import Place
from core.domain.view import Card, Heading, OnlyPerson, say

DOUBLE_CLICK = 5 * SECOND
"""Who presses Duplicate again so soon gets the draft that is there: a slow platform made them press twice."""


def duplicate(command: DuplicateInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = at_desk(command, work, moment)
    if over(session):
        raise Refused(f"“{session.name}” is over; nothing new can be made in it.")
    if made := _just_copied(interaction, session.id, person, work, moment):
        return Outcome(draft_card(made, session, person, work, "It was copied just now. This is the new draft:"))
    copy = Interaction(
        InteractionId(moment.new_id()), session.id, interaction.kind, interaction.spec, "draft", interaction.sharing,
        created_by=person, created_at=moment.now, rank=moment.now, edited_by=person,
        anonymous=interaction.anonymous, lasts=interaction.lasts,
    )  # fmt: skip
    fresh(copy, work)
    work.put(copy)
    touch_lists(session.id, work)
    return Outcome(draft_card(copy, session, person, work, "A new draft with the same words:"))


def _just_copied(
    source: Interaction, session: SessionId, person: PersonId, work: UnitOfWork, moment: Moment
) -> Interaction | None:
    """What this person's double click has made; nobody has changed it yet."""

    def same(it: Interaction) -> bool:
        by_them = it.created_by == person and it.created_at > moment.now - DOUBLE_CLICK
        likeness = (it.kind, it.spec, it.sharing, it.anonymous, it.lasts)
        of_source = likeness == (source.kind, source.spec, source.sharing, source.anonymous, source.lasts)
        return it.id != source.id and it.state == "draft" and it.revision == 0 and by_them and of_source

    return next((it for it in work.all(Interaction, session=session) if same(it)), None)


def delete(command: DeleteInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = at_desk(command, work, moment)
    check_draft(interaction)
    work.remove(interaction)
    touch_lists(session.id, work)
    return Outcome(say(OnlyPerson(person), "The draft is deleted."))


def move(command: MoveInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    """One step in the run of show."""
    interaction, session, person = at_desk(command, work, moment)
    check_draft(interaction)
    order = drafts_of(session.id, work)
    here = next(index for index, it in enumerate(order) if it.id == interaction.id)
    there = here + (1 if command.down else -1)
    if not 0 <= there < len(order):
        raise Refused("It is the last one already." if command.down else "It is the first one already.")
    order[here], order[there] = order[there], order[here]
    ranks = sorted(it.rank for it in order)
    for index, one in enumerate(order):
        rank = Instant(max(ranks[index], ranks[0] + index))
        if one.rank != rank:
            work.put(replace(one, rank=rank))
    touch_lists(session.id, work)
    told = f"It is number {there + 1} of {len(order)} in the run of show now."
    return Outcome(draft_card(interaction, session, person, work, told))


# -- lists and the run of show ----------------------------------------------------------------------------------------


def list_needs(command: ListInteractions | PublishNext, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(Interaction, session=session)
        yield key(Place, session=session)
        yield from kept_needs(session, work)
        yield from preview_needs(session, work)
        for one in _next(session, work):
            yield from life_needs(one.id, session, work)


def _next(session: SessionId, work: UnitOfWork) -> list[Interaction]:
    drafts = (it for it in work.peek_all(Interaction, session=session) if it.state == "draft" and not it.rehearsal)
    return in_order(drafts)[:1]


def list_interactions(command: ListInteractions, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    person = known_person(command, work, moment)
    head = Heading(f"Interactions of “{session.name}”")
    return Outcome(Card(OnlyPerson(person.id), (head, *listed(session, person.id, work, command.page))))


def publish_next(command: PublishNext, work: UnitOfWork, moment: Moment) -> Outcome:
    """The first draft in the run of show. ``draft``: what the card named that was pressed (SPEC 12.3)."""
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    person = known_person(command, work, moment)
    if over(session):
        raise Refused(f"“{session.name}” is over, so nothing more is published.")
    drafts = drafts_of(session.id, work)
    if not drafts:
        raise Refused("There is no draft left. Pick a kind under New to make one.")
    first = drafts[0]
    if command.draft and command.draft != first.id:
        card = draft_card(first, session, person.id, work, f"{_instead(command.draft, session.id, work)} Next is this:")
        return Outcome(card, done=False)
    return published_by(first, session, person.id, work, moment, notify=False)


def _instead(draft: InteractionId, session: SessionId, work: UnitOfWork) -> str:
    """Why what the pressed card named is not published by that press."""
    named = next((it for it in work.all(Interaction, session=session) if it.id == draft), None)
    if named is None:
        return "That one is not there any more."
    return "The order has changed." if named.state == "draft" else "That one was published already."
