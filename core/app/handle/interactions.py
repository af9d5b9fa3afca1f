"""Interactions of every kind through their life: published, hidden and shown, ended, unpublished (SPEC 5.2, 5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize_with_consent
from core.app.commands import (
    AskAboutInteraction,
    EndInteraction,
    GiveMoreTime,
    HideResults,
    OfInteraction,
    PublishInteraction,
    ShowInteraction,
    UnpublishInteraction,
)
from core.app.handle.answering import interaction_of
from core.app.handle.feed_room import item, item_needs, put
from core.app.handle.find import actor_needs, known_session, member_of
from core.app.handle.people import known_person
from core.app.handle.showing import at_once, kept_needs, plan, show
from core.app.handle.toasting import announce
from core.app.handle.twins import MORE_TIME, desk_card, preview_needs, twin_subject
from core.app.leaders import touch_leaders
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import MINUTE, Instant, InteractionId, PersonId, SessionId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.leaders import leads
from core.domain.interactions.life import GRACE, Interaction, ended, published, results_visible, unpublished
from core.domain.interactions.secret import BallotKey
from core.domain.people import Account, Member
from core.domain.refused import Refused
from core.domain.schedule import Due, closing, forgetting
from core.domain.sessions import STANDS, Session, over
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.view import Button, OnlyPerson, action, say

NOTIFY_EVERY = 10 * MINUTE
NOBODY = PersonId("")
"""It was published by the clock."""

# -- what any step of its life takes ----------------------------------------------------------------------------------


def life_needs(ident: InteractionId, session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    """What publishing, ending and taking out of sight take, besides the session and its places."""
    yield key(Interaction, ident)
    for what in (subject("interaction", ident), twin_subject(ident)):
        yield key(Subject, what)
        yield key(Surface, subject=what)
    yield key(Due, closing(ident))
    yield key(Due, forgetting(ident))
    yield key(BallotKey, ident)
    yield from item_needs(session, "asked", ident)
    yield from item_needs(session, "result", ident)


def fresh(interaction: Interaction, work: UnitOfWork) -> None:
    """Of one that is just made nothing else is there."""
    for what in (subject("interaction", interaction.id), twin_subject(interaction.id)):
        work.know(key(Subject, what), key(Surface, subject=what))
    work.know(key(Interaction, interaction.id), key(Due, closing(interaction.id)), key(Due, forgetting(interaction.id)))
    work.know(key(BallotKey, interaction.id))
    work.know(*item_needs(interaction.session, "asked", interaction.id))
    work.know(*item_needs(interaction.session, "result", interaction.id))


def post(interaction: Interaction, work: UnitOfWork, moment: Moment, *, by: PersonId = NOBODY) -> Interaction:
    """Posted at once in the stage of every venue; that post is the toast (SPEC 5.3). At every desk stands its twin."""
    kind = KINDS[interaction.kind]
    interaction = published(interaction, moment.now)
    if "once" in kind.TRAITS and interaction.state == "live":
        interaction = replace(interaction, state="ended", ended_at=moment.now)
    if interaction.anonymous and interaction.state == "live" and work.get(BallotKey, interaction.id) is None:
        work.put(BallotKey(interaction.id, (moment.new_id() + moment.new_id()).encode().hex()))
    work.put(interaction)
    what = subject("interaction", interaction.id)
    rooms = ("stage",) if not interaction.rehearsal else ("backchannel",)
    for place in work.all(Place, session=interaction.session):
        if place.kind in rooms and usable(place):
            # What was taken away stays on record; shown again it is a post of its own, at the end.
            there = sum(it.place == place.id for it in work.all(Surface, subject=what))
            show(what, place, work, moment, urgency=3, part=there)
        if place.kind == "queue" and usable(place) and "once" not in kind.TRAITS and not interaction.rehearsal:
            twin = twin_subject(interaction.id)
            there = sum(it.place == place.id for it in work.all(Surface, subject=twin))
            show(twin, place, work, moment, urgency=5, part=there)
    if interaction.closes_at is not None and interaction.state == "live":
        plan(closing(interaction.id), interaction.closes_at, work, sooner=True)
    if not interaction.rehearsal and "once" not in kind.TRAITS:
        put(interaction.session, "asked" if interaction.state == "live" else "result", interaction.id, work, moment)
    announce(interaction, by, work, moment)
    touch_lists(interaction.session, work)
    return interaction


def over_and_told(interaction: Interaction, work: UnitOfWork, moment: Moment) -> None:
    """It has ended: its card says so, and its result is news of the feed; soon nobody can tell who said what."""
    interaction = replace(interaction, feed_at=None)
    work.put(interaction)
    work.touch(subject("interaction", interaction.id))
    at_once(twin_subject(interaction.id), work)
    if not interaction.rehearsal:
        work.touch(item(interaction.session, "asked", interaction.id))
        if interaction.state == "ended":
            put(interaction.session, "result", interaction.id, work, moment)
    if interaction.anonymous:
        plan(forgetting(interaction.id), Instant((interaction.ended_at or moment.now) + GRACE), work)


def touch_lists(session: SessionId, work: UnitOfWork) -> None:
    """Stage bar and desk tell what is open now."""
    work.touch(subject("bar", session))
    work.touch(subject("desk", session))


# -- the desk's acts --------------------------------------------------------------------------------------------------


def desk_needs(command: OfInteraction, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield key(Interaction, command.interaction)
    interaction = work.peek(Interaction, command.interaction)
    if interaction is None:
        return
    yield key(Session, interaction.session)
    yield key(Interaction, session=interaction.session)
    yield key(Place, session=interaction.session)
    yield from kept_needs(interaction.session, work)
    yield from preview_needs(interaction.session, work)
    yield from life_needs(interaction.id, interaction.session, work)
    if account := work.peek(Account, command.actor.account):
        yield key(Member, interaction.session, account.person)


def at_desk(command: OfInteraction, work: UnitOfWork, moment: Moment) -> tuple[Interaction, Session, PersonId]:
    """What is acted on, by somebody who may. Raises Refused."""
    interaction = interaction_of(command.interaction, work)
    session = known_session(interaction.session, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    return interaction, session, known_person(command, work, moment).id


def show_interaction(command: ShowInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = at_desk(command, work, moment)
    return Outcome(desk_card(interaction, session, person, work, ""))


def publish(command: PublishInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = at_desk(command, work, moment)
    return published_by(interaction, session, person, work, moment, notify=command.notify)


def published_by(
    interaction: Interaction, session: Session, person: PersonId, work: UnitOfWork, moment: Moment, *, notify: bool
) -> Outcome:
    again = interaction.state == "unpublished"
    if over(session) and not again:
        raise Refused(f"“{session.name}” is over, so this cannot be published any more.")
    if session.state != "live" and not again:
        raise Refused(f"The session {STANDS[session.state]}; publish it when the session is live.")
    check_ready(interaction)
    if notify:
        _check_notified(session, moment)
        work.put(replace(session, notified_at=moment.now))
        interaction = replace(interaction, notify=True)
    after = post(interaction, work, moment, by=person)
    told = "It is shown again, closed for answers." if again else "Published."
    return Outcome(desk_card(after, session, person, work, told))


def check_ready(interaction: Interaction) -> None:
    """Raises Refused where something is missing without which nobody could answer it."""
    if missing := KINDS[interaction.kind].missing(interaction.spec):
        raise Refused(missing, Button("Open", action("twin", interaction.id)))


def _check_notified(session: Session, moment: Moment) -> None:
    """Never a mass mailing: at most once in ten minutes (SPEC 6.3). Raises Refused."""
    if session.notified_at is not None and moment.now < session.notified_at + NOTIFY_EVERY:
        ago = (moment.now - session.notified_at) // MINUTE
        when = "less than a minute ago" if ago < 1 else "a minute ago" if ago == 1 else f"{ago} minutes ago"
        raise Refused(f"People were notified {when}; once in ten minutes is enough. Publish without that.")


def ask(command: AskAboutInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    """Danger asks once more."""
    interaction, _, person = at_desk(command, work, moment)
    word = KINDS[interaction.kind].TITLE.lower()
    match command.about:
        case "end":
            if interaction.state != "live":
                raise Refused(f"This {word} is not live.")
            question = f"End this {word}? Nobody can answer after that; it cannot be reopened."
            does = Button(f"End {word}", action("end", interaction.id), "danger")
            keep = Button("Keep it open", action("keep"))
        case "unpublish":
            unpublished(interaction, moment.now)
            ends = " It ends by that." if interaction.state == "live" else ""
            question = f"Take this {word} out of everybody's sight?{ends} You can show it again, closed for answers."
            does = Button("Unpublish", action("unpublish", interaction.id), "danger")
            keep = Button("Leave it there", action("keep"))
        case _:
            check_draft(interaction)
            question = f"Delete this draft of a {word}? It cannot be brought back."
            does = Button("Delete", action("delete", interaction.id), "danger")
            keep = Button("Keep it", action("keep"))
    return Outcome(say(OnlyPerson(person), question, buttons=(does, keep)))


def end(command: EndInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = at_desk(command, work, moment)
    after = ended(interaction, moment.now)
    if after is not interaction:
        over_and_told(after, work, moment)
        touch_lists(interaction.session, work)
    return Outcome(desk_card(after, session, person, work, "Ended."))


def unpublish(command: UnpublishInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = at_desk(command, work, moment)
    after = unpublished(interaction, moment.now)
    over_and_told(after, work, moment)
    for surface in work.all(Surface, subject=subject("interaction", interaction.id)):
        if not surface.gone:
            work.put(replace(surface, gone=True))
    for what in ("asked", "result"):
        work.touch(item(interaction.session, what, interaction.id))
    touch_lists(interaction.session, work)
    return Outcome(desk_card(after, session, person, work, "It is out of sight now, in the feed too."))


def hide_needs(command: HideResults, work: UnitOfWork) -> Iterable[Key]:
    yield from desk_needs(command, work)
    if interaction := work.peek(Interaction, command.interaction):
        yield key(Interaction, session=interaction.session)


def hide(command: HideResults, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = at_desk(command, work, moment)
    if interaction.sharing == "never" and not command.hidden:
        raise Refused("It was announced that these results are never shared.")
    after = replace(interaction, hidden=command.hidden)
    if after != interaction:
        work.put(after)
        work.touch(subject("interaction", interaction.id))
        at_once(twin_subject(interaction.id), work)
        work.touch(item(interaction.session, "result", interaction.id))
        if leads(interaction):
            touch_leaders(interaction.session, work)
    shown = "Results are shown." if results_visible(after) else "Results are shown when it ends."
    return Outcome(desk_card(after, session, person, work, "Results are hidden." if command.hidden else shown))


def give_more_time(command: GiveMoreTime, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = at_desk(command, work, moment)
    if interaction.state != "live":
        raise Refused("It has ended, so it gets no more time. Duplicate it to ask once more.")
    if interaction.closes_at is None:
        raise Refused("It stays open until you end it, so it needs no more time.")
    after = replace(interaction, closes_at=Instant(max(interaction.closes_at, moment.now) + MORE_TIME * MINUTE))
    work.put(after)
    plan(closing(after.id), after.closes_at or moment.now, work)
    work.touch(subject("interaction", interaction.id))
    at_once(twin_subject(interaction.id), work)
    return Outcome(desk_card(after, session, person, work, f"It stays open {MORE_TIME} minutes longer."))


def check_draft(interaction: Interaction) -> None:
    """Raises Refused for what was published already."""
    if interaction.state != "draft":
        raise Refused("Only drafts can be deleted or moved. What is published can be unpublished: then nobody sees it.")
