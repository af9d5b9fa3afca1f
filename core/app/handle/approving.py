"""Answers in people's own words: all of them on a private page, and what moderators let others read (SPEC 5.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize_with_consent
from core.app.commands import CountClick, JudgeAnswer, OfInteraction, ReadAnswers, ShowAnswers
from core.app.derived import AnswersPage
from core.app.handle.answering import ballot_needs, interaction_of
from core.app.handle.audit import record
from core.app.handle.find import actor_needs, known_session, member_of
from core.app.handle.interactions import at_desk, desk_needs
from core.app.handle.people import known_person
from core.app.handle.twins import twin_subject
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.written import name_of, numbers, people_needs, standing, written_needs
from core.domain.ids import PersonId, subject
from core.domain.interactions import KINDS, announcement, question
from core.domain.interactions.life import SHOWN, Ballot, Interaction, reading, results_visible
from core.domain.people import Account, Member
from core.domain.refused import Ignored, Refused
from core.domain.sessions import Session, consented
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Part, Words, action
from core.domain.words import weight

PAGE, PAGE_WEIGHT = 5, 2_800
"""So many answers a page, fewer where they are long: Discord shows 4,000 characters, signs escaped, in 40 parts."""


# -- for everybody ----------------------------------------------------------------------------------------------------


def read_needs(command: ReadAnswers, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield key(Interaction, command.interaction)
    interaction = work.peek(Interaction, command.interaction)
    if interaction is None:
        return
    yield key(Session, interaction.session)
    if account := work.peek(Account, command.actor.account):
        yield key(Member, interaction.session, account.person)
    yield from _page_needs(interaction, "shown", command.start, work)


def _page_needs(interaction: Interaction, of: str, start: int, work: UnitOfWork) -> Iterable[Key]:
    yield from written_needs(interaction, work)
    yield key(AnswersPage, interaction.id, of, start)
    if page := work.peek(AnswersPage, interaction.id, of, start):
        yield from people_needs(interaction, page.people)


def read_answers(command: ReadAnswers, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction = _approved(command, work)
    session = known_session(interaction.session, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "see shared results")
    if interaction.state not in ("live", "ended"):
        raise Refused("This is not shown any more.")
    if not results_visible(interaction):
        raise Refused("The answers are not shown now.")
    person = known_person(command, work, moment)
    shown, more = _page(interaction, "shown", command.start, work)
    parts: list[Part] = [_head(interaction)]
    parts += [Words(question.said(name_of(interaction, it, work), it.words)) for it in shown if it.state in SHOWN] or [
        Words("No answers are shown yet.")
    ]
    first = Button("Show the first", action("said", interaction.id))
    further = Button("Show more", action("said", interaction.id, str(more)))
    return Outcome(Card(OnlyPerson(person.id), (*parts, *_turns(command.start, more, first, further))))


def _approved(command: OfInteraction, work: UnitOfWork) -> Interaction:
    interaction = interaction_of(command.interaction, work)
    if "approved" not in KINDS[interaction.kind].TRAITS:
        raise Refused("This is answered by pressing; there is nothing to read.")
    return interaction


def _head(interaction: Interaction) -> Heading:
    return Heading(f"Answers to “{KINDS[interaction.kind].title(interaction.spec)}”")


def _page(interaction: Interaction, of: str, start: int, work: UnitOfWork) -> tuple[list[Ballot], int]:
    """What fits one page, and at which place the next one begins; 0 where none does."""
    page = work.get(AnswersPage, interaction.id, of, start)
    people = page.people if page else ()
    taken, room = 0, PAGE_WEIGHT
    for person in people[:PAGE]:
        ballot = work.get(Ballot, interaction.id, person)
        room -= weight(ballot.words) if ballot else 0
        if room < 0 and taken:
            break
        taken += 1
    more = start + taken if len(people) > taken else 0
    return standing(interaction, people[:taken], work), more


def _turns(start: int, more: int, first: Button, further: Button) -> tuple[Part, ...]:
    turns = (*((first,) if start else ()), *((further,) if more else ()))
    return (Buttons(turns),) if turns else ()


# -- for moderators ---------------------------------------------------------------------------------------------------


def desk_answers_needs(command: ShowAnswers | JudgeAnswer, work: UnitOfWork) -> Iterable[Key]:
    yield from desk_needs(command, work)
    interaction = work.peek(Interaction, command.interaction)
    if interaction is None:
        return
    if isinstance(command, JudgeAnswer):
        # Asked for once the interaction is here, and with it its lock: no answer is changed under a moderator.
        yield from people_needs(interaction, (command.person,))
    yield from _page_needs(interaction, "all", command.start, work)


def show_answers(command: ShowAnswers, work: UnitOfWork, moment: Moment) -> Outcome:
    _approved(command, work)
    interaction, _, person = at_desk(command, work, moment)
    return Outcome(_desk_page(interaction, person, command.start, work, ""))


def judge(command: JudgeAnswer, work: UnitOfWork, moment: Moment) -> Outcome:
    _approved(command, work)
    interaction, session, person = at_desk(command, work, moment)
    ballot = work.get(Ballot, interaction.id, command.person)
    if ballot is None or reading(ballot.words) != command.read:
        told = "That answer was changed meanwhile, so nothing was decided. Here is how it reads now:"
        return Outcome(_desk_page(interaction, person, command.start, work, told), done=False)
    after = replace(ballot, state="approved" if command.approve else "declined")
    if after != ballot:
        work.put(after)
        work.touch(subject("interaction", interaction.id))
        work.touch(twin_subject(interaction.id))
        deed = "approve answer" if command.approve else "decline answer"
        record(command, session.id, person, deed, interaction.id, work, moment)
    told = "Approved." if command.approve else "Declined; nobody else can read it."
    # The numbers are those of before this decision.
    return Outcome(_desk_page(interaction, person, command.start, work, told, decided=int(ballot.state == "waiting")))


STATES = {
    "waiting": "waits for approval",
    "approved": "approved",
    "declined": "declined",
    "": "shown without approval",
}


def _desk_page(
    interaction: Interaction, person: PersonId, start: int, work: UnitOfWork, opening: str, *, decided: int = 0
) -> Card:
    shown, more = _page(interaction, "all", start, work)
    waiting = numbers(interaction, work)[1] - decided
    wait = question.waiting(waiting) if waiting else "nothing waits for approval"
    parts: list[Part] = [*([Note(opening)] if opening else ()), _head(interaction), Note(wait.capitalize())]
    for number, ballot in enumerate(shown, start + 1):
        parts.append(Words(question.said(name_of(interaction, ballot, work), ballot.words)))
        parts.append(Note(f"{number} · {STATES[ballot.state]}"))
        parts.append(Buttons(tuple(_judging(interaction, ballot, number, start))))
    if not shown:
        parts.append(Words("Nobody has answered yet. Answers come here as they are written."))
    first = Button("Show the first", action("answers", interaction.id))
    further = Button("Show more", action("answers", interaction.id, str(more)))
    return Card(OnlyPerson(person), (*parts, *_turns(start, more, first, further)))


def _judging(interaction: Interaction, ballot: Ballot, number: int, start: int) -> Iterable[Button]:
    which = (interaction.id, ballot.person, reading(ballot.words), str(start))
    if ballot.state in ("waiting", "declined"):
        yield Button(f"Approve {number}", action("ok", *which))
    if ballot.state != "declined":
        yield Button(f"Decline {number}", action("no", *which))


# -- pages that a button opens ----------------------------------------------------------------------------------------


def click_needs(command: CountClick, work: UnitOfWork) -> Iterable[Key]:
    yield from ballot_needs(command, work)


def count_click(command: CountClick, work: UnitOfWork, moment: Moment) -> Outcome:
    """Everybody once, silently: the platform opens the page by itself."""
    interaction, account = work.get(Interaction, command.interaction), work.get(Account, command.actor.account)
    session = work.get(Session, interaction.session) if interaction else None
    member = work.get(Member, session.id, account.person) if session and account else None
    if interaction is None or account is None or session is None or member is None:
        raise Ignored
    if interaction.state != "live" or member.blocked or not consented(session, member) or interaction.anonymous:
        raise Ignored
    before = work.get(Ballot, interaction.id, account.person)
    if before is not None or "update" not in KINDS[interaction.kind].TRAITS:
        raise Ignored
    moderator = member.role == "moderator"
    ballot = Ballot(
        interaction.id, account.person, account.id, account.platform, announcement.CLICKED, command.at,
        command.delivery, moderator,
    )  # fmt: skip
    work.put(ballot)
    work.touch(twin_subject(interaction.id))
    return Outcome()
