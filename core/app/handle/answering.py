"""Answers to interactions: pressed or written, one a person, changeable until the end (SPEC 5.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize_with_consent
from core.app.commands import CastBallot, OfInteraction, OpenAnswerForm, SubmitAnswer
from core.app.handle.drafts import draft_key, forget_draft, keep_draft
from core.app.handle.find import known_session, member_of
from core.app.handle.leading import leaderboard_button
from core.app.outcome import FormDraft, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.app.written import blocked
from core.domain.chat_rules import broken
from core.domain.form import TITLE_LIMIT, Form, Invalid, Values, first
from core.domain.ids import AccountId, DeliveryKey, Instant, InteractionId, PersonId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Answer, Kind
from core.domain.interactions.leaders import leads
from core.domain.interactions.life import Approval, Ballot, Interaction, check_open, newer
from core.domain.interactions.secret import BallotKey
from core.domain.linking import Superseded, overtaken
from core.domain.people import Account, Member
from core.domain.refused import Refused
from core.domain.sessions import Session, over
from core.domain.text import clean, doc
from core.domain.view import OnlyPerson, action, say

FEW = 5
"""Of fewer anonymous answers it is told nowhere from which platform they came: one would be known by it (SPEC 5.4)."""
NOBODY, NO_DELIVERY = AccountId(""), DeliveryKey("")
"""On an anonymous ballot."""


def interaction_of(ident: InteractionId, work: UnitOfWork) -> Interaction:
    interaction = work.get(Interaction, ident)
    if interaction is None:
        raise Refused("This is not there any more.")
    return interaction


def ballot_needs(command: OfInteraction, work: UnitOfWork) -> Iterable[Key]:
    yield key(Account, command.actor.account)
    yield key(Interaction, command.interaction)
    interaction = work.peek(Interaction, command.interaction)
    account = work.peek(Account, command.actor.account)
    if interaction is None:
        return
    yield key(Session, interaction.session)
    if account is None:
        return
    yield key(Member, interaction.session, account.person)
    if not interaction.anonymous:
        yield key(Ballot, interaction.id, account.person)
        return
    yield key(BallotKey, interaction.id)
    if kept := work.peek(BallotKey, interaction.id):
        yield key(Ballot, interaction.id, kept.voter(account.person))


def answer_needs(command: OfInteraction, work: UnitOfWork) -> Iterable[Key]:
    yield from ballot_needs(command, work)
    yield draft_key(command, answer_action(command.interaction))


def voter_of(interaction: Interaction, account: Account, work: UnitOfWork) -> tuple[PersonId, AccountId]:
    """The names under which a ballot is kept. Refused once the key of an anonymous one is gone."""
    if not interaction.anonymous:
        return account.person, account.id
    kept = work.get(BallotKey, interaction.id)
    if kept is None:
        raise Refused("This has ended, so your answer was not counted. The result stays in the chat.")
    return kept.voter(account.person), kept.account(account.id)


# -- pressed ----------------------------------------------------------------------------------------------------------


def cast_ballot(command: CastBallot, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, kind, account, member = may_answer(command, work, moment)
    before = work.get(Ballot, interaction.id, voter_of(interaction, account, work)[0])
    choice = kind.respond(interaction.spec, command.picked, before.choice if before else None)
    return _counted(command, Answer(choice), interaction, account, member, work, before)


def may_answer(command: OfInteraction, work: UnitOfWork, moment: Moment) -> tuple[Interaction, Kind, Account, Member]:
    interaction = interaction_of(command.interaction, work)
    kind = KINDS[interaction.kind]
    session = known_session(interaction.session, work)
    member = member_of(command, session, work)
    authorize_with_consent(command.actor, session, member, "vote")
    if interaction.state == "draft" and over(session):
        raise Refused(f"“{session.name}” is over, so this is not opened any more.")
    check_open(interaction, kind.TITLE, command.at, moment.now)
    account = work.get(Account, command.actor.account)
    assert account is not None, "who may vote has an account"
    assert member is not None, "who may vote is a member"
    return interaction, kind, account, member


def _counted(
    command: CastBallot | SubmitAnswer,
    answer: Answer,
    interaction: Interaction,
    account: Account,
    member: Member,
    work: UnitOfWork,
    before: Ballot | None,
) -> Outcome:
    """The ballot is kept if it is the newest; what the person reads is what counts."""
    kind, first = KINDS[interaction.kind], before is None
    flips = "flips" in kind.TRAITS
    secret = interaction.anonymous
    voter, name = voter_of(interaction, account, work)
    state: Approval = "waiting" if answer.waits else ""
    if before is not None and (before.choice, before.words) == (answer.choice, answer.words):
        state = before.state
    at, delivery = command.at, command.delivery
    if flips and before is not None:
        at, delivery = max((at, delivery), (before.at, before.delivery))
    ballot = Ballot(
        interaction.id, voter, name,
        account.platform, answer.choice, at, delivery, member.role == "moderator" and not secret,
        answer.words, state, flips,
    )  # fmt: skip
    if newer(ballot, before):
        work.put(ballot)
        if before is not None and before.account != ballot.account:
            work.know(key(Superseded, interaction.id, before.account))
            work.put(overtaken(before))
        if before is None or (before.choice, before.words) != (ballot.choice, ballot.words):
            work.touch(subject("interaction", interaction.id))
            work.touch(subject("twin", interaction.id))
        before = ballot
    assert before is not None, "either it was there or it was put"
    session = known_session(interaction.session, work)
    ways = (leaderboard_button(interaction.session),) if leads(interaction) else ()
    sentence = kind.confirm(interaction.spec, Answer(before.choice, before.words), ends_at(interaction, session))
    # Of an anonymous one no choice may stand in the inbox; deciding it once more changes nothing.
    return Outcome(
        say(OnlyPerson(account.person), sentence, buttons=ways),
        quiet=not first,
        kept=not (secret or interaction.rehearsal),
    )


def ends_at(interaction: Interaction, session: Session | None) -> Instant | None:
    """When it ends by itself or with its session; of an ended one, when it did."""
    if interaction.ended_at is not None:
        return interaction.ended_at
    if session is None or "outlasts" in KINDS[interaction.kind].TRAITS:
        return interaction.closes_at
    return session.ends_at if interaction.closes_at is None else min(interaction.closes_at, session.ends_at)


# -- written ----------------------------------------------------------------------------------------------------------


def answer_action(ident: InteractionId) -> str:
    return action("answered", ident)


def form_of(interaction: Interaction, kind: Kind) -> Form:
    return Form(
        title=kind.TITLE[:TITLE_LIMIT],
        action=answer_action(interaction.id),
        submit="Submit",
        again=action("answer", interaction.id),
        fields=kind.questions(interaction.spec),
        intro=kind.title(interaction.spec),
    )


def check_first(kind: Kind, before: Ballot | None, command: OfInteraction) -> None:
    """Raises Refused where an answer stays as it was sent, and this is not that one once more."""
    if "final" in kind.TRAITS and before is not None and before.delivery != command.delivery:
        raise Refused(f"You have answered this {kind.TITLE.lower()} already, thank you. One answer a person counts.")


def open_answer(command: OpenAnswerForm, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, kind, account, _ = may_answer(command, work, moment)
    form = form_of(interaction, kind)
    if not form.fields:
        raise Refused("This is answered by pressing one of its buttons. Look at its card in the chat.")
    before = work.get(Ballot, interaction.id, voter_of(interaction, account, work)[0])
    check_first(kind, before, command)
    draft, secret = work.get(FormDraft, command.actor.account, form.action), interaction.anonymous
    if draft is not None and draft.values:
        return Outcome(form.filled(draft.values), kept=not secret, secret=secret)
    known: Values = kind.given(interaction.spec, Answer(before.choice, before.words)) if before else {}
    return Outcome(form.filled(known), kept=not secret, secret=secret)


def submit_answer(command: SubmitAnswer, work: UnitOfWork, moment: Moment) -> Outcome:
    interaction, kind, account, member = may_answer(command, work, moment)
    form = form_of(interaction, kind)
    before = work.get(Ballot, interaction.id, voter_of(interaction, account, work)[0])
    check_first(kind, before, command)
    try:
        answer = kind.take(interaction.spec, command.values)
        _check_readable(command, form, kind, known_session(interaction.session, work), member)
    except Invalid as problem:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, problem.errors), done=False, kept=not interaction.anonymous)
    forget_draft(command, form.action, work, moment)
    return _counted(command, answer, interaction, account, member, work, before)


def _check_readable(command: SubmitAnswer, form: Form, kind: Kind, session: Session, member: Member) -> None:
    """What others can read keeps the rules of the chat, but for its pace; the team may write what it wants (SPEC 3.5).

    Raises Invalid.
    """
    if "shared" not in kind.TRAITS or member.role != "attendee":
        return
    for field in form.fields:
        body = doc(clean(first(command.values, field.name)))
        if field.kind in ("line", "paragraph") and (why := broken(session, body, command.at, None)):
            raise Invalid({field.name: why})


# -- after the end of an anonymous one --------------------------------------------------------------------------------


def forget_needs(ident: InteractionId, work: UnitOfWork) -> Iterable[Key]:
    yield key(Interaction, ident)
    interaction = work.peek(Interaction, ident)
    if interaction is not None and interaction.anonymous:
        yield key(BallotKey, ident)
        yield key(Ballot, interaction=ident)
        yield key(Superseded, interaction=ident)
        yield key(FormDraft, form=answer_action(ident))
        yield key(Member, session=interaction.session, blocked=True)


def forget(ident: InteractionId, work: UnitOfWork, moment: Moment) -> None:
    """The key is destroyed, and every ballot stands under a new name without time, in an order that tells nothing.

    What somebody wrote who is blocked is shown to nobody; soon nothing would tell that it is theirs, so it goes now.
    """
    interaction = work.get(Interaction, ident)
    if interaction is None or not interaction.anonymous or interaction.state == "live":
        return
    out = blocked(interaction, work) if "approved" in KINDS[interaction.kind].TRAITS else set()
    if kept := work.get(BallotKey, ident):
        work.remove(kept)
    for one in work.all(Superseded, interaction=ident):
        work.remove(one)
    for draft in work.all(FormDraft, form=answer_action(ident)):
        work.remove(draft)
    ballots = work.all(Ballot, interaction=ident)
    told = min(Counter(it.platform for it in ballots).values(), default=0) >= FEW
    for ballot in ballots:
        work.remove(ballot)
        if ballot.person in out:
            continue
        nameless = PersonId(moment.new_id())
        work.know(key(Ballot, ident, nameless))
        platform = ballot.platform if told else ""
        work.put(
            replace(ballot, person=nameless, account=NOBODY, platform=platform, at=Instant(0), delivery=NO_DELIVERY)
        )
