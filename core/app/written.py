"""What people wrote in answer to an interaction, as others may read it: approved, and of nobody who is blocked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.app.asked import Published
from core.app.derived import Answers
from core.app.leaders import touch_leaders
from core.app.published import touch_named
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PersonId, SessionId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Said
from core.domain.interactions.life import SHOWN, Ballot, Interaction
from core.domain.interactions.secret import BallotKey
from core.domain.people import Member, Person, shown_name


def written_needs(interaction: Interaction, work: UnitOfWork) -> Iterable[Key]:
    """What :func:`newest` and :func:`numbers` take."""
    yield key(Answers, interaction.id)
    yield key(Member, session=interaction.session, blocked=True)
    if interaction.anonymous:
        yield key(BallotKey, interaction.id)
    for person in _blocked(interaction, work.peek(BallotKey, interaction.id), _peeked(interaction, work)):
        yield key(Ballot, interaction.id, person)
    if answers := work.peek(Answers, interaction.id):
        yield from people_needs(interaction, answers.newest)


def people_needs(interaction: Interaction, people: Sequence[PersonId]) -> Iterable[Key]:
    for person in people:
        yield key(Ballot, interaction.id, person)
        if not interaction.anonymous:
            yield key(Person, person)


def _peeked(interaction: Interaction, work: UnitOfWork) -> list[Member]:
    return work.peek_all(Member, session=interaction.session, blocked=True)


def _blocked(interaction: Interaction, kept: BallotKey | None, members: Iterable[Member]) -> set[PersonId]:
    """Under which names the blocked ones answered; of an anonymous one that is over nobody can tell."""
    if not interaction.anonymous:
        return {it.person for it in members}
    return {kept.voter(it.person) for it in members} if kept else set()


def blocked(interaction: Interaction, work: UnitOfWork) -> set[PersonId]:
    members = work.all(Member, session=interaction.session, blocked=True)
    return _blocked(interaction, work.get(BallotKey, interaction.id) if interaction.anonymous else None, members)


def numbers(interaction: Interaction, work: UnitOfWork) -> tuple[int, int]:
    """How many may be shown, and how many wait for a moderator."""
    answers = work.get(Answers, interaction.id)
    if answers is None:
        return 0, 0
    theirs = [it for person in blocked(interaction, work) if (it := work.get(Ballot, interaction.id, person))]
    states = [it.state for it in theirs if it.words]
    shown = answers.shown - sum(it in SHOWN for it in states)
    return shown, answers.waiting - states.count("waiting")


def newest(interaction: Interaction, most: int, work: UnitOfWork) -> tuple[Said, ...]:
    """What may be shown of what was written, newest first."""
    answers = work.get(Answers, interaction.id)
    ballots = standing(interaction, answers.newest if answers else (), work)
    return tuple(Said(it.words, name_of(interaction, it, work)) for it in ballots if it.state in SHOWN)[:most]


def standing(interaction: Interaction, people: Sequence[PersonId], work: UnitOfWork) -> list[Ballot]:
    """Their ballots, without those of who is blocked."""
    out = blocked(interaction, work)
    found = (work.get(Ballot, interaction.id, person) for person in people if person not in out)
    return [it for it in found if it is not None and it.words]


def answers_needs(session: SessionId) -> Iterable[Key]:
    """What :func:`touch_answers` takes."""
    yield key(Interaction, session=session)
    yield key(Published, session)


def touch_answers(session: SessionId, work: UnitOfWork) -> None:
    """Who is blocked, or goes by another name, changes what stands on the cards."""
    for it in work.all(Interaction, session=session):
        kind = KINDS[it.kind].TRAITS
        if it.state in ("live", "ended") and ("approved" in kind or ("answered" in kind and not it.anonymous)):
            work.touch(subject("interaction", it.id))
            work.touch(subject("twin", it.id))
    touch_leaders(session, work)
    for what in ("board", "bar"):
        work.touch(subject(what, session))
    touch_named(session, work)


def name_of(interaction: Interaction, ballot: Ballot, work: UnitOfWork) -> str:
    """The name that others see; none where nobody may know it."""
    person = None if interaction.anonymous else work.get(Person, ballot.person)
    return shown_name(person) if person else ""
