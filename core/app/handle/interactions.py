"""Interactions of every kind: made, published, answered, hidden, ended (SPEC 5.1 to 5.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize_with_consent
from core.app.commands import (
    AskToEndInteraction,
    CastBallot,
    EndInteraction,
    HideResults,
    ListInteractions,
    OfInteraction,
    PublishInteraction,
)
from core.app.handle.feed import item, item_needs, put
from core.app.handle.find import actor_needs, known_session, meant, member_of, session_needs, session_of
from core.app.handle.people import known_person
from core.app.handle.showing import kept_needs, show
from core.app.handle.twins import listed, twin
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import InteractionId, PersonId, SessionId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.life import (
    Ballot,
    Interaction,
    check_open,
    ended,
    newer,
    published,
    results_visible,
)
from core.domain.linking import Superseded, overtaken
from core.domain.people import Account, Member
from core.domain.refused import Refused
from core.domain.sessions import STANDS, Session, over
from core.domain.surfaces import Place, Subject, Surface, usable
from core.domain.view import Button, Card, OnlyPerson, action, say

# -- ballots --------------------------------------------------------------------------------------------------------


def ballot_needs(command: CastBallot, work: UnitOfWork) -> Iterable[Key]:
    yield key(Account, command.actor.account)
    yield key(Interaction, command.interaction)
    interaction = work.peek(Interaction, command.interaction)
    account = work.peek(Account, command.actor.account)
    if interaction is not None:
        yield key(Session, interaction.session)
    if interaction is not None and account is not None:
        yield key(Member, interaction.session, account.person)
        yield key(Ballot, command.interaction, account.person)


def cast_ballot(command: CastBallot, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction = _interaction(command.interaction, work)
    kind = KINDS[interaction.kind]
    session = known_session(interaction.session, work)
    member = member_of(command, session, work)
    authorize_with_consent(command.actor, session, member, "vote")
    check_open(interaction, kind.TITLE, command.at, moment.now)
    account = work.get(Account, command.actor.account)
    assert account is not None, "who may vote has an account"
    assert member is not None, "who may vote is a member"
    before = work.get(Ballot, interaction.id, account.person)
    first = before is None
    ballot = Ballot(
        interaction.id,
        account.person,
        account.id,
        account.platform,
        kind.respond(interaction.spec, command.picked, before.choice if before else None),
        command.at,
        command.delivery,
        member.role == "moderator",
    )
    if newer(ballot, before):
        work.put(ballot)
        if before is not None and before.account != ballot.account:
            work.know(key(Superseded, interaction.id, before.account))
            work.put(overtaken(before))
        if before is None or before.choice != ballot.choice:
            work.touch(subject("interaction", interaction.id))
        before = ballot
    assert before is not None, "either it was there or it was put"
    sentence = kind.confirm(interaction.spec, before.choice, session.ends_at)
    return Outcome(say(OnlyPerson(account.person), sentence), quiet=not first)


# -- publishing -----------------------------------------------------------------------------------------------------


def post(interaction: Interaction, work: UnitOfWork, moment: Moment) -> Interaction:
    """Posted at once in the stage of every venue; that post is the toast (SPEC 5.3)."""
    interaction = published(interaction, moment.now)
    work.put(interaction)
    for place in work.all(Place, session=interaction.session):
        if place.kind == "stage" and usable(place):
            show(subject("interaction", interaction.id), place, work, moment, urgency=3)
    put(interaction.session, "asked", interaction.id, work, moment)
    touch_lists(interaction.session, work)
    return interaction


def news_needs(interaction: InteractionId, session: SessionId) -> Iterable[Key]:
    """What publishing and ending take of the feed."""
    yield from item_needs(session, "asked", interaction)
    yield from item_needs(session, "result", interaction)


def over_and_told(interaction: Interaction, work: UnitOfWork, moment: Moment) -> None:
    """It has ended: its card says so, and its result is news of the feed."""
    work.touch(subject("interaction", interaction.id))
    work.touch(item(interaction.session, "asked", interaction.id))
    put(interaction.session, "result", interaction.id, work, moment)


def touch_lists(session: SessionId, work: UnitOfWork) -> None:
    """Stage bar and desk tell what is open now."""
    work.touch(subject("bar", session))
    work.touch(subject("desk", session))


# -- the desk's acts ------------------------------------------------------------------------------------------------


def desk_needs(command: OfInteraction, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield key(Interaction, command.interaction)
    yield key(Subject, subject("interaction", command.interaction))
    yield key(Surface, subject=subject("interaction", command.interaction))
    interaction = work.peek(Interaction, command.interaction)
    if interaction is None:
        return
    yield key(Session, interaction.session)
    yield key(Place, session=interaction.session)
    yield from kept_needs(interaction.session, work)
    yield from news_needs(interaction.id, interaction.session)
    if account := work.peek(Account, command.actor.account):
        yield key(Member, interaction.session, account.person)


def _at_desk(command: OfInteraction, work: UnitOfWork, moment: Moment) -> tuple[Interaction, Session, PersonId]:
    interaction = _interaction(command.interaction, work)
    session = known_session(interaction.session, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    return interaction, session, known_person(command, work, moment).id


def publish(command: PublishInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, session, person = _at_desk(command, work, moment)
    if over(session):
        raise Refused(f"“{session.name}” is over, so this cannot be published any more.")
    if session.state != "live":
        raise Refused(f"The session {STANDS[session.state]}; publish it when the session is live.")
    return Outcome(twin(post(interaction, work, moment), person, "Published."))


def ask_to_end(command: AskToEndInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, _, person = _at_desk(command, work, moment)
    word = KINDS[interaction.kind].TITLE.lower()
    if interaction.state != "live":
        raise Refused(f"This {word} is not live.")
    end = Button(f"End {word}", action("end", interaction.id), "danger")
    keep = Button("Keep it open", action("keep"))
    question = f"End this {word}? Nobody can vote after that; it cannot be reopened."
    return Outcome(say(OnlyPerson(person), question, buttons=(end, keep)))


def end(command: EndInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, _, person = _at_desk(command, work, moment)
    after = ended(interaction, moment.now)
    if after is not interaction:
        work.put(after)
        over_and_told(after, work, moment)
        touch_lists(interaction.session, work)
    return Outcome(twin(after, person, "Ended."))


def hide(command: HideResults, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, _, person = _at_desk(command, work, moment)
    if interaction.sharing == "never" and not command.hidden:
        raise Refused("It was announced that these results are never shared.")
    after = replace(interaction, hidden=command.hidden)
    if after != interaction:
        work.put(after)
        work.touch(subject("interaction", interaction.id))
        work.touch(item(interaction.session, "result", interaction.id))
    shown = "Results are shown." if results_visible(after) else "Results are shown when it ends."
    return Outcome(twin(after, person, "Results are hidden." if command.hidden else shown))


def list_needs(command: ListInteractions, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield key(Interaction, session=session)


def list_interactions(command: ListInteractions, work: UnitOfWork, moment: Moment) -> Outcome:
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "make interactions")
    person = known_person(command, work, moment)
    return Outcome(Card(OnlyPerson(person.id), listed(session, person.id, work)))


def _interaction(ident: InteractionId, work: UnitOfWork) -> Interaction:
    interaction = work.get(Interaction, ident)
    if interaction is None:
        raise Refused("This is not there any more.")
    return interaction
