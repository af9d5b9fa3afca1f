"""Answering several questions in one go: the invitation, going on later, dismissing it, reading what came of it."""

from __future__ import annotations

from collections.abc import Iterable

from core.app.authorize import authorize_with_consent
from core.app.commands import Command, DismissInteraction, OfInteraction, ShowInvitation, ShowPartAnswers
from core.app.derived import AnswersPage, Counts
from core.app.handle.answering import answer_needs, check_first, form_of, interaction_of, may_answer, voter_of
from core.app.handle.drafts import draft_key
from core.app.handle.find import known_session, member_of
from core.app.handle.interactions import at_desk, desk_needs
from core.app.outcome import FormDraft, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.drawing import Bars
from core.domain.ids import PersonId, SessionId
from core.domain.interactions import KINDS
from core.domain.interactions.common import percent
from core.domain.interactions.dismissed import Dismissed
from core.domain.interactions.kind import Answer
from core.domain.interactions.life import Ballot, Interaction
from core.domain.interactions.parts import parts_of
from core.domain.interactions.secret import BallotKey
from core.domain.people import Account
from core.domain.refused import Refused
from core.domain.text import Leaf, shorten
from core.domain.view import (
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Heading,
    Note,
    OnlyPerson,
    Option,
    Part,
    Picture,
    Select,
    Words,
    action,
    say,
)

# -- for who answers ---------------------------------------------------------------------------------------------------


def dismissed_needs(command: OfInteraction, work: UnitOfWork) -> Iterable[Key]:
    yield from answer_needs(command, work)
    if account := work.peek(Account, command.actor.account):
        yield key(Dismissed, command.interaction, account.person)


def show_invitation(command: ShowInvitation, work: UnitOfWork, moment: Moment) -> Outcome:
    """What it is about, and the way into its form; also back into one that was begun."""
    interaction, kind, account, _ = may_answer(command, work, moment)
    if "parts" not in kind.TRAITS:
        raise Refused("This is answered on its card. Look at it in the chat.")
    before = work.get(Ballot, interaction.id, voter_of(interaction, account, work)[0])
    check_first(kind, before, command)
    facts, words = parts_of(kind).invitation(interaction.spec)
    way, told = _way(interaction, command, work)
    return Outcome(
        Card(
            OnlyPerson(account.person),
            (
                Heading(kind.title(interaction.spec)),
                Note(f"{kind.TITLE} · {facts} · once a person"),
                Words(words),
                *([Note(f"You have begun it: {told}.")] if told.startswith("continue") else []),
                Buttons((Button(f"{'Continue' if told else 'Start'} {kind.TITLE.lower()}", way, "primary"),)),
            ),
        )
    )


def _way(interaction: Interaction, command: Command, work: UnitOfWork) -> tuple[str, str]:
    """The action of its form, at the page where it was left, and what to say of it; nothing if it was not begun."""
    form = form_of(interaction, KINDS[interaction.kind])
    draft = work.get(FormDraft, command.actor.account, form.action)
    if draft is None or not draft.values:
        return form.again, ""
    for number, fields in enumerate(form.pages):
        if any(it.name not in draft.values for it in fields):
            return form.opening(number), f"continue at page {number + 1}" if len(form.pages) > 1 else "begun"
    return form.again, "begun"


def listed_needs(session: SessionId, command: Command, work: UnitOfWork) -> Iterable[Key]:
    """What :func:`listed` takes besides the session's interactions."""
    account = work.peek(Account, command.actor.account)
    for one in work.peek_all(Interaction, session=session):
        if account is None or not _listable(one):
            continue
        yield key(Dismissed, one.id, account.person)
        yield draft_key(command, action("answered", one.id))
        if not one.anonymous:
            yield key(Ballot, one.id, account.person)
            continue
        yield key(BallotKey, one.id)
        if kept := work.peek(BallotKey, one.id):
            yield key(Ballot, one.id, kept.voter(account.person))


def _listable(one: Interaction) -> bool:
    return one.state == "live" and "parts" in KINDS[one.kind].TRAITS and not one.rehearsal


LISTED = 3


def listed(session: SessionId, command: Command, work: UnitOfWork) -> tuple[Part, ...]:
    """In the person's own menu: what waits for their answers, with the way to it and Dismiss (SPEC 5.3, UX 1.8)."""
    account = work.get(Account, command.actor.account)
    if account is None:
        return ()
    parts: list[Part] = []
    live = [it for it in work.all(Interaction, session=session) if _listable(it)]
    mine = [it for it in sorted(live, key=lambda it: it.published_at or 0) if _waits(it, account, work)]
    for one in mine[:LISTED]:
        kind = KINDS[one.kind]
        _, told = _way(one, command, work)
        name = shorten(kind.title(one.spec), 60)
        parts.append(Words(f"{kind.TITLE}: {told} · {name}" if told else f"{kind.TITLE}: {name}"))
        take = Button(f"{'Continue' if told else 'Take'} {kind.TITLE.lower()}", action("take", one.id))
        parts.append(Buttons((take, Button("Dismiss", action("dismiss", one.id)))))
    return tuple(parts)


def _waits(one: Interaction, account: Account, work: UnitOfWork) -> bool:
    if one.anonymous and work.get(BallotKey, one.id) is None:
        return False
    if work.get(Ballot, one.id, voter_of(one, account, work)[0]) is not None:
        return False
    return not is_dismissed(one, account.person, work)


def is_dismissed(one: Interaction, person: PersonId, work: UnitOfWork) -> bool:
    return work.get(Dismissed, one.id, person) is not None


def dismiss(command: DismissInteraction, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction = interaction_of(command.interaction, work)
    session = known_session(interaction.session, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "vote")
    account = work.get(Account, command.actor.account)
    assert account is not None, "who may vote has an account"
    if work.get(Dismissed, interaction.id, account.person) is None:
        work.put(Dismissed(interaction.id, account.person, moment.now))
    word = KINDS[interaction.kind].TITLE.lower()
    told = f"Dismissed: this {word} is not in your menu any more. Its card in the chat still takes your answers."
    return Outcome(say(OnlyPerson(account.person), told))


# -- for moderators ----------------------------------------------------------------------------------------------------

WRITTEN = 5
"""Texts on a page; each may have 500 characters, and Discord's card holds 4,000."""


def results_needs(command: ShowPartAnswers, work: UnitOfWork) -> Iterable[Key]:
    yield from desk_needs(command, work)
    yield key(Counts, command.interaction)
    start = command.page * WRITTEN
    yield key(AnswersPage, command.interaction, "all", start)
    if found := work.peek(AnswersPage, command.interaction, "all", start):
        for person in found.people[:WRITTEN]:
            yield key(Ballot, command.interaction, person)


def show_part_answers(command: ShowPartAnswers, work: UnitOfWork, moment: Moment) -> Outcome:
    """Question by question, without names; for moderators only, whatever is live or ended."""
    interaction, session, person = at_desk(command, work, moment)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "see all results")
    kind = KINDS[interaction.kind]
    if "parts" not in kind.TRAITS:
        raise Refused("Its results stand on its card.")
    parts, spec = parts_of(kind), interaction.spec
    questions = parts.of(spec)
    counts = work.get(Counts, interaction.id)
    tally = kind.tally(spec, counts.counts if counts else ())
    if not questions:
        raise Refused("It has no questions yet.")
    place = min(command.place, len(questions) - 1)
    one, counted = questions[place], tally.parts[place]
    shown: list[Part] = [
        Heading(f"Answers to “{kind.title(spec)}”"),
        Note(f"{tally.voters:,} answered · only moderators see this, without names"),
        Words(f"{place + 1}. {one.text}"),
    ]
    drawn = parts.drawing(one, counted)
    if isinstance(drawn, Bars):
        shown += [Note(drawn.foot), *_bars(drawn), Picture(drawn, parts.result(one, counted))]
    else:
        shown += [Note(parts.result(one, counted)), *_texts(command, place, one, interaction, work)]
    options = (Option(shorten(f"{number}. {it.text}", 70), str(number - 1)) for number, it in enumerate(questions, 1))
    if len(questions) > 1:
        shown.append(Select("Another question", action("partanswers", interaction.id), tuple(options)))
    return Outcome(Card(OnlyPerson(person), tuple(shown)))


def _bars(drawn: Bars) -> tuple[Part, ...]:
    """The number before the bar."""
    items = (
        Choice(str(place), bar.label, result=f"{percent(bar.share)} · {bar.number:,}", share=bar.share)
        for place, bar in enumerate(drawn.bars, 1)
    )
    return (Choices(tuple(items)),)


def _texts(
    command: ShowPartAnswers, place: int, one: object, interaction: Interaction, work: UnitOfWork
) -> Iterable[Part]:
    parts = parts_of(KINDS[interaction.kind])
    found = work.get(AnswersPage, interaction.id, "all", command.page * WRITTEN)
    people = found.people if found else ()
    ballots = [it for person in people[:WRITTEN] if (it := work.get(Ballot, interaction.id, person))]
    texts = [text for it in ballots if (text := parts.written(one, Answer(it.choice, it.words)))]
    for text in texts:
        yield Words((Leaf(f"“{text}”"),))
    if ballots and not texts:
        yield Note("The people on this page wrote something at other questions only.")
    turns = []
    if command.page:
        turns.append(Button("Back", action("partanswers", interaction.id, str(place), str(command.page - 1))))
    if len(people) > WRITTEN:
        turns.append(Button("Show more", action("partanswers", interaction.id, str(place), str(command.page + 1))))
    if turns:
        yield Buttons(tuple(turns))
